"""The engine's verbs, by who moves.

The applicant (`filling`), the office (`reviewing`, `deciding`), the fee (`issuing`), the clock (`slots`).
"""

from civic.services.service.deciding import check_shown, decide, settle, take_effect, undo
from civic.services.service.filling import attach, book_slot, drop_drafts, fill, start, submit, withdraw
from civic.services.service.issuing import certificate, on_paid, on_payment_closed
from civic.services.service.reviewing import ask_correction, complete_step, reject, set_levy, take_up
from civic.services.service.slots import open_slots

__all__ = [
    "ask_correction",
    "attach",
    "book_slot",
    "certificate",
    "check_shown",
    "complete_step",
    "decide",
    "drop_drafts",
    "fill",
    "on_paid",
    "on_payment_closed",
    "open_slots",
    "reject",
    "set_levy",
    "settle",
    "start",
    "submit",
    "take_effect",
    "take_up",
    "undo",
    "withdraw",
]
