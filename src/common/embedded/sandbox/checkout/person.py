"""What the person does on a session's page. The first submit makes the payment intent."""

from typing import Any

from common.embedded.sandbox.desk import Desk
from common.embedded.sandbox.errors import Refused
from common.embedded.sandbox.params import Params
from common.embedded.sandbox.payments import opening, person
from common.embedded.sandbox.store import Doc


def shown_intent(desk: Desk, session: Doc) -> Doc:
    """The session's intent, or what it would be: nothing is kept, so a page may be looked at without consequence."""
    if session["payment_intent"] is not None:
        return desk.store.get("payment_intent", session["payment_intent"], session["_account"])
    draft = opening.new(Params(_asked(session)))
    return draft | {"_session": session["id"], "_return_url": way_on(session)}


def submitted_intent(desk: Desk, session: Doc) -> Doc:
    """The session's intent, made now when this is the first submit. Errors: Refused unless the session is open."""
    must_be_open(session)
    intent = shown_intent(desk, session)
    if session["payment_intent"] is None:
        opening.keep(desk, intent, session["_account"])
        session["payment_intent"] = intent["id"]
        desk.store.save(session)
    return intent


def turn_back(desk: Desk, session: Doc) -> Doc:
    """Leave without paying: a try under way is called off, the session stays open. Returns the intent, or the session without."""
    must_be_open(session)
    if session["payment_intent"] is None:
        return session
    intent = shown_intent(desk, session)
    if intent["status"] == "requires_action":
        person.decline(desk, intent)
    return intent


def way_on(session: Doc) -> str:
    """Where a person goes who has paid."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def must_be_open(session: Doc) -> None:
    if session["status"] != "open":
        raise Refused(f"This Checkout Session has a status of {session['status']}.", code="checkout_session_not_open")


def _asked(session: Doc) -> dict[str, Any]:
    asked: dict[str, Any] = {"amount": str(session["amount_total"]), "currency": session["currency"]}
    asked |= {"payment_method_types": session["payment_method_types"], "payment_method_options": session["payment_method_options"]}
    asked |= session["_intent_data"]
    return asked
