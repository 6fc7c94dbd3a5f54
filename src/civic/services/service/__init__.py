"""The engine's verbs, by who moves.

The applicant (`filling`), the office (`reviewing`, `deciding`), the fee (`issuing`), the clock (`slots`).
"""

from civic.services.service.deciding import check_shown, decide, settle, take_effect, undo
from civic.services.service.filling import PURPOSE, attach, book_slot, drop_drafts, fill, start, submit, withdraw
from civic.services.service.issuing import certificate, on_paid, on_payment_closed
from civic.services.service.levies import decide_levy, set_levy
from civic.services.service.pursuing import pursue
from civic.services.service.reviewing import ask_correction, complete_step, reject, take_up
from civic.services.service.slots import open_slots

__all__ = [
    "PURPOSE",
    "ask_correction",
    "attach",
    "book_slot",
    "certificate",
    "check_shown",
    "complete_step",
    "decide",
    "decide_levy",
    "drop_drafts",
    "fill",
    "on_paid",
    "on_payment_closed",
    "open_slots",
    "pursue",
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
