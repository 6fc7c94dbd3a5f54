"""The page of a Checkout Session, `/c/{cs_id}`: the id itself is the secret. Paid: on to success_url; declined: back to cancel_url."""

from common.embedded.sandbox.checkout import person as checkout
from common.embedded.sandbox.desk import Desk, Failed
from common.embedded.sandbox.errors import ApiError, Refused
from common.embedded.sandbox.http import Answer, Request
from common.embedded.sandbox.mischief import Mischief
from common.embedded.sandbox.pages import views
from common.embedded.sandbox.pages.deeds import DEEDS
from common.embedded.sandbox.pages.views import View
from common.embedded.sandbox.params import Params, decode
from common.embedded.sandbox.store import Doc, Store


class CheckoutPages:
    def __init__(self, store: Store, mischief: Mischief) -> None:
        self._store, self._mischief = store, mischief

    def answer(self, request: Request, id_: str, view: View) -> Answer:
        session = self._store.find(id_)
        if session is None or session["object"] != "checkout.session":
            return view.page("message", 404, word="not_found")
        view.serve(session)
        return self._press(request, session, view) if request.method == "POST" else self._show(session, view)

    def _show(self, session: Doc, view: View, said: str = "", status: int = 200) -> Answer:
        intent = checkout.shown_intent(self._desk, session)
        if session["status"] == "expired":
            return view.page("message", status, word="closed", back=session["cancel_url"], intent=intent)
        if session["status"] == "complete":
            word = "paid" if session["payment_status"] == "paid" else _unpaid(intent)
            return view.page("message", status, word=word, back=checkout.way_on(session), intent=intent)
        if (intent["next_action"] or {}).get("type") == "redirect_to_url":
            return view.page("secure", status, intent=intent)
        return view.page("pay", status, intent=intent, code=views.code(intent), said=said)

    def _press(self, request: Request, session: Doc, view: View) -> Answer:
        form = Params(decode(request.body.decode("utf-8", "replace")))
        try:
            with self._store.transaction():
                done = self._do(form, session)
        except ApiError:
            return self._show(self._store.find(session["id"]) or session, view, "not_now", 409)
        return self._after(form, self._store.find(session["id"]) or session, done, view)

    def _do(self, form: Params, session: Doc) -> Doc | Failed:
        name = str(form.values.get("deed"))
        if name not in DEEDS:
            raise Refused("There is no such button.")
        if name == "decline":
            return checkout.turn_back(self._desk, session)
        return DEEDS[name](self._desk, checkout.submitted_intent(self._desk, session), form)

    def _after(self, form: Params, session: Doc, done: Doc | Failed, view: View) -> Answer:
        """Paid, or on its way: to the shop. Declined by the person: back. Declined by the bank, or asked something: this page again."""
        if session["status"] == "complete":
            return view.see(checkout.way_on(session))
        if form.values["deed"] == "decline" and session["cancel_url"]:
            return view.see(session["cancel_url"])
        if isinstance(done, Failed):
            return self._show(session, view, done.body["error"]["code"], 402)
        return view.see(f"/c/{session['id']}{f'?{view.query}' if view.query else ''}")

    @property
    def _desk(self) -> Desk:
        return Desk(self._store, self._mischief)


def _unpaid(intent: Doc) -> str:
    return "under_way" if intent["status"] == "processing" else "not_paid"
