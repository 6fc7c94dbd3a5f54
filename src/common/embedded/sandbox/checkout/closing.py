"""The end of a session that nobody paid: asked for, or because its time is over."""

from common.embedded.sandbox.desk import Call, Desk
from common.embedded.sandbox.errors import Refused
from common.embedded.sandbox.payments.closing import let_go
from common.embedded.sandbox.store import Doc


def expire(call: Call) -> Doc:
    """POST /v1/checkout/sessions/{id}/expire: open sessions only."""
    session = call.mine("checkout.session")
    if session["status"] != "open":
        message = f"Only Checkout Sessions with a status in ['open'] can be expired. This one has a status of '{session['status']}'."
        raise Refused(message, param="session")
    run_out(call.desk, session)
    return session


def run_out(desk: Desk, session: Doc) -> None:
    """The session ends, and with it a payment intent that is not paid. Nothing happens to one that has ended."""
    if session["status"] != "open":
        return
    session |= {"status": "expired", "url": None}
    desk.store.save(session)
    if session["payment_intent"] is not None:
        let_go(desk, desk.store.get("payment_intent", session["payment_intent"], session["_account"]), "expired")
    desk.emit("checkout.session.expired", session)
