"""The buttons of the pay page, by the value that a form sends as `deed`."""

from collections.abc import Callable

from common.embedded.sandbox.desk import Desk, Failed
from common.embedded.sandbox.params import Params
from common.embedded.sandbox.payments import person
from common.embedded.sandbox.store import Doc

Deed = Callable[[Desk, Doc, Params], Doc | Failed]
DEEDS: dict[str, Deed] = {
    "card": lambda desk, intent, form: person.pay_by_card(desk, intent, form.text("number") or ""),
    "code": lambda desk, intent, _: person.ask_for_code(desk, intent),
    "scanned": lambda desk, intent, _: person.scan(desk, intent),
    "decline": lambda desk, intent, _: person.decline(desk, intent),
    "approve": lambda desk, intent, _: person.authenticate(desk, intent, approved=True),
    "reject": lambda desk, intent, _: person.authenticate(desk, intent, approved=False),
}
