"""The pages of sellers: `/setup/e/{acct}/{link}` opens a visit, `/onboard/{acct}` is the form, `/express/{acct}/{link}` the dashboard."""

from common.embedded.sandbox.api import onboarding
from common.embedded.sandbox.api.accounts import DUE
from common.embedded.sandbox.desk import Desk
from common.embedded.sandbox.http import Answer, Request
from common.embedded.sandbox.mischief import Mischief
from common.embedded.sandbox.pages.views import View
from common.embedded.sandbox.params import Params, decode
from common.embedded.sandbox.store import Store


class SellerPages:
    def __init__(self, store: Store, mischief: Mischief) -> None:
        self._store, self._mischief = store, mischief

    def answer(self, request: Request, place: str, rest: str, view: View) -> Answer:
        if place == "setup":
            return self._begin(request, rest.removeprefix("e/"), view)
        return self._dashboard(request, rest, view) if place == "express" else self._visit(request, rest, view)

    def _begin(self, request: Request, rest: str, view: View) -> Answer:
        """The link itself: used up by the first who opens it. Later it leads back to where a new one is made."""
        account_id, _, link_id = rest.partition("/")
        if request.method != "GET":  # a program that only looks whether the link is there
            return view.page("message", 405, word="not_found")
        with self._store.transaction():
            link = onboarding.visit(self._desk, account_id, link_id)
        if link is None:
            return view.page("message", 404, word="not_found")
        return view.see(f"/onboard/{account_id}?visit={link['_visit']}" if link["_visit"] else link["refresh_url"])

    def _visit(self, request: Request, account_id: str, view: View) -> Answer:
        found = onboarding.account_of_visit(self._desk, account_id, Params(decode(request.query)).text("visit") or "")
        if found is None:
            return view.page("message", 404, word="not_found")
        account, link = found
        view.return_to(link["return_url"])
        wanted = account["requirements"]["currently_due"] or DUE
        if request.method != "POST":
            return view.page("onboard", 200, wanted=wanted, errors=account["requirements"]["errors"])
        deed = onboarding.DEEDS.get(str(Params(decode(request.body.decode("utf-8", "replace"))).values.get("deed")))
        if deed is None:
            return view.page("message", 400, word="not_now")
        with self._store.transaction():
            deed(self._desk, account)
        return view.see(link["return_url"])

    def _dashboard(self, request: Request, rest: str, view: View) -> Answer:
        account_id, _, link_id = rest.partition("/")
        with self._store.transaction():
            account = onboarding.log_in(self._desk, account_id, link_id) if request.method == "GET" else None
        if account is None:
            return view.page("message", 404, word="not_found")
        payouts = self._store.select("payout", account_id, limit=20)
        rows = self._store.execute("SELECT available FROM balance WHERE account = ? AND currency = 'idr'", (account_id,))
        balance = {"amount": rows[0][0] if rows else 0, "currency": "idr"}
        return view.page("express", 200, balance=balance, payouts=payouts)

    @property
    def _desk(self) -> Desk:
        return Desk(self._store, self._mischief)
