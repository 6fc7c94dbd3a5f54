"""Pages and what is pressed on them (those of Checkout Sessions: `checkout`).

A link carries the intent's client secret: whoever has it may pay, nobody else sees anything.

No script, no cookie, nothing of a third party. A form goes back to its own address, so the query (secret, return_url, lang) stays.
"""

import hmac
from collections.abc import Callable

from common.embedded.sandbox.desk import Desk, Failed
from common.embedded.sandbox.errors import ApiError, Refused
from common.embedded.sandbox.http import Answer, Request
from common.embedded.sandbox.mischief import Mischief
from common.embedded.sandbox.pages import views
from common.embedded.sandbox.pages.checkout import CheckoutPages
from common.embedded.sandbox.pages.deeds import DEEDS
from common.embedded.sandbox.pages.sellers import SellerPages
from common.embedded.sandbox.pages.views import View
from common.embedded.sandbox.params import Params, decode
from common.embedded.sandbox.payments import person
from common.embedded.sandbox.store import Doc, Store


class PageDoor:
    def __init__(self, store: Store, mischief: Mischief, render: Callable[[str], str]) -> None:
        self._store, self._mischief, self._render = store, mischief, render
        self._checkout = CheckoutPages(store, mischief)
        self._sellers = SellerPages(store, mischief)

    def answer(self, request: Request) -> Answer:
        """A page, a redirect, or the page that says there is none."""
        _, place, rest = (*request.path.split("/", 2), "", "")[:3]
        try:
            query = Params(decode(request.query))
            view = View(query.text("lang"), query.text("return_url"), request.query)
        except ApiError:
            return View(None, None, "").page("message", 404, word="not_found")
        if place == "static" and rest == "sandbox.css":
            return views.stylesheet()
        if place == "c":
            return self._checkout.answer(request, rest, view)
        if place in {"setup", "onboard", "express"}:
            return self._sellers.answer(request, place, rest, view)
        intent = self._intent(rest.removesuffix(".svg"), query.text("client_secret")) if place in {"pay", "3ds", "qris"} else None
        return view.page("message", 404, word="not_found") if intent is None else self._meet(request, place, intent, view)

    def _meet(self, request: Request, place: str, intent: Doc, view: View) -> Answer:
        view.come_from(intent)
        if place == "qris":
            return views.code_image(intent) or view.page("message", 404, word="not_found")
        return self._press(request, intent, view) if request.method == "POST" else self._show(intent, view)

    def _show(self, intent: Doc, view: View, said: str = "", status: int = 200) -> Answer:
        if intent["status"] not in person.PAYABLE:
            word = "closed" if intent["status"] == "canceled" else "paid"
            return view.page("message", status, word=word, back=view.back(intent), intent=intent)
        action = (intent["next_action"] or {}).get("type")
        if action == "redirect_to_url":
            return view.page("secure", status, intent=intent)
        return view.page("pay", status, intent=intent, code=views.code(intent), said=said)

    def _press(self, request: Request, intent: Doc, view: View) -> Answer:
        form = Params(decode(request.body.decode("utf-8", "replace")))
        deed = DEEDS.get(str(form.values.get("deed")))
        try:
            if deed is None:
                raise Refused("There is no such button.")
            with self._store.transaction():
                done = deed(Desk(self._store, self._mischief), intent, form)
        except ApiError:
            return self._show(self._store.find(intent["id"]) or intent, view, "not_now", 409)
        return self._after(form, intent, done, view)

    def _after(self, form: Params, intent: Doc, done: Doc | Failed, view: View) -> Answer:
        """Paid or called off: back to the shop. Asked something: the page that asks. Declined: the form again, with the reason."""
        if isinstance(done, Failed) and form.values["deed"] == "card":
            return self._show(intent, view, done.body["error"]["code"], 402)
        if intent["status"] == "requires_action":
            return view.see(f"/pay/{intent['id']}?{view.query}")
        return view.leave(intent)

    def _intent(self, id_: str, secret: str | None) -> Doc | None:
        doc = self._store.find(id_)
        if doc is None or doc["object"] != "payment_intent":
            return None
        return doc if hmac.compare_digest(doc["client_secret"].encode(), (secret or "").encode()) else None
