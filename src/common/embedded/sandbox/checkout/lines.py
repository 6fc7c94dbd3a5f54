"""What a session sells: lines of a price named on the spot."""

from common.embedded.sandbox import ledger
from common.embedded.sandbox.desk import now
from common.embedded.sandbox.errors import BadParameter
from common.embedded.sandbox.params import Params
from common.embedded.sandbox.store import Doc, new_id

MOST = 100


def read_lines(params: Params) -> tuple[list[Doc], str]:
    """`line_items` as Stripe shows them, and their one currency. Errors: BadParameter."""
    lines = [_line(item) for item in params.groups("line_items")]
    if not 1 <= len(lines) <= MOST:
        raise BadParameter("Missing required param: line_items.", code="parameter_missing", param="line_items")
    currencies = {line["currency"] for line in lines}
    if len(currencies) > 1:
        raise BadParameter("All line items must have the same currency.", param="line_items")
    return lines, currencies.pop()


def _line(item: Params) -> Doc:
    price = item.group("price_data")
    amount = ledger.positive(price.needed_integer("unit_amount"), "unit_amount")
    quantity = ledger.positive(item.needed_integer("quantity"), "quantity")
    currency, name = ledger.check_currency(price.needed("currency")), price.group("product_data").needed("name")
    line: Doc = {"id": new_id("li"), "object": "item", "currency": currency, "description": name, "quantity": quantity, "metadata": {}}
    line |= {"amount_discount": 0, "amount_tax": 0, "amount_subtotal": amount * quantity, "amount_total": amount * quantity}
    return line | {"price": _price(amount, currency)}


def _price(amount: int, currency: str) -> Doc:
    price: Doc = {"id": new_id("price"), "object": "price", "active": False, "billing_scheme": "per_unit", "created": now()}
    price |= {"currency": currency, "livemode": False, "metadata": {}, "product": new_id("prod"), "recurring": None, "type": "one_time"}
    return price | {"unit_amount": amount, "unit_amount_decimal": str(amount)}
