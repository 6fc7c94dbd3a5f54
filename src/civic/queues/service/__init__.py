"""The verbs of a queue, by who does them: the citizen (`taking`), the officer (`calling`), the house (`keeping`)."""

from civic.queues.service.calling import call_again, call_next, mark_absent, open_until, serve
from civic.queues.service.keeping import close_days, sync_counters
from civic.queues.service.taking import cancel, come_back, give_up_all, take_number

__all__ = [
    "call_again", "call_next", "cancel", "close_days", "come_back", "give_up_all", "mark_absent", "open_until", "serve",
    "sync_counters", "take_number",
]  # fmt: skip
