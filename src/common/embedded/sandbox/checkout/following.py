"""What becomes of a session when its payment intent moves: told after the intent's own events, as Stripe does."""

from common.embedded.sandbox.desk import Desk
from common.embedded.sandbox.errors import Refused
from common.embedded.sandbox.store import Doc


def of(desk: Desk, intent: Doc) -> Doc | None:
    """The session that an intent belongs to; None for one that was made by itself."""
    id_ = intent.get("_session")
    return None if id_ is None else desk.store.find(id_)


def must_stand_alone(intent: Doc, what: str) -> None:
    """Errors: Refused when the intent is a session's; Stripe lets nobody confirm or cancel that."""
    if intent.get("_session") is not None:
        raise Refused(f"You cannot {what} the PaymentIntent of a Checkout Session: expire the session instead.", param="intent")


def under_way(desk: Desk, intent: Doc) -> None:
    """The person has paid, the bank will answer later: the session is complete, but unpaid."""
    session = of(desk, intent)
    if session is not None:
        _complete(desk, session, "unpaid", "checkout.session.completed")


def paid(desk: Desk, intent: Doc) -> None:
    """The money is here: at once, or after a session that was complete already."""
    session = of(desk, intent)
    if session is not None:
        late = session["status"] == "complete"
        _complete(desk, session, "paid", f"checkout.session.{'async_payment_succeeded' if late else 'completed'}")


def failed(desk: Desk, intent: Doc) -> None:
    """A try failed. On an open session the person tries again; a complete one has ended without money."""
    session = of(desk, intent)
    if session is not None and session["status"] == "complete":
        desk.emit("checkout.session.async_payment_failed", session)


def _complete(desk: Desk, session: Doc, payment_status: str, told: str) -> None:
    session |= {"status": "complete", "payment_status": payment_status, "url": None}
    desk.store.save(session)
    desk.emit(told, session)
