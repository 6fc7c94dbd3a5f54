"""Doors for tests, demos and programs that stand in for a person. JSON, POST, and from this machine only.

    POST /sandbox/pay/{cs|pi}         {"method": "card", "number": "4242..."} | {"method": "qris"} | {"method": "decline"}
                                      | {"method": "3ds", "approve": true}
    POST /sandbox/expire/{cs|pi}      {}  the session's, or the QR code's, time is over
    POST /sandbox/onboard/{acct}      {}  finish onboarding, or {"deed": "without_bank" | "hand_in" | "blurred"}
    POST /sandbox/require/{acct}      {"transfers": "active", "payouts_enabled": true, "requirements": {"currently_due": [...], ...}}
    POST /sandbox/deauthorize/{acct}  {}  account.application.deauthorized
    POST /sandbox/dispute/{ch|pi|cs}  {}  dispute the charge; {"amount": 100, "seconds": 60, "inquiry": true}: in part, till when, only ask
    POST /sandbox/decide/{du}         {"won": true}  the bank has looked at it
    POST /sandbox/misbehave           a plan of mischief.Plan; {} is good behaviour again
    POST /sandbox/reset               {}  forget everything but the webhook endpoint of the command line; {"onboarded": true}: from now on
                                      new accounts come onboarded, for tests of what comes after
Answers are the object as /v1 shows it (a declined card: 402 and Stripe's error), of `pay` the payment intent: `decline` on a session that
has none yet, which is only leaving its page, answers the session. `qris` shows the code first when there is none.
"""

import ipaddress
import json
from collections.abc import Callable
from dataclasses import asdict

from common.embedded.sandbox.api import accounts, disputes, hooks, onboarding
from common.embedded.sandbox.checkout import closing
from common.embedded.sandbox.checkout import person as checkout
from common.embedded.sandbox.desk import Desk, Failed, public
from common.embedded.sandbox.errors import ApiError, BadParameter, NoRoute
from common.embedded.sandbox.http import Answer, Request, as_json
from common.embedded.sandbox.mischief import Mischief, Plan
from common.embedded.sandbox.payments import person
from common.embedded.sandbox.payments.confirming import fail
from common.embedded.sandbox.store import Doc, Store

METHODS = ("card", "qris", "decline", "3ds")


class ControlDoor:
    def __init__(self, store: Store, mischief: Mischief, render: Callable[[str], str]) -> None:
        self._store, self._mischief, self._render = store, mischief, render
        self._verbs: dict[str, Callable[[str, Doc], Doc | Failed]] = {
            "pay": self._pay, "onboard": self._onboard, "require": self._require, "deauthorize": self._deauthorise,
            "dispute": self._dispute, "decide": self._decide, "expire": self._expire, "misbehave": self._misbehave, "reset": self._reset,
        }  # fmt: skip

    def answer(self, request: Request) -> Answer:
        """Do one of the deeds above. 403 from elsewhere, 415 unless the body is declared as JSON (a web page cannot send that unasked)."""
        if not _is_here(request.client):
            return as_json(403, {"error": {"message": "only from this machine"}})
        if not request.headers.get("content-type", "").startswith("application/json"):
            return as_json(415, {"error": {"message": "send application/json"}})
        try:
            with self._store.transaction():
                done = self._do(request)
        except ApiError as error:
            return as_json(error.status, error.body())
        status, body = (done.status, done.body) if isinstance(done, Failed) else (200, public(done))
        return Answer(status, self._render(json.dumps(body)).encode())

    def _do(self, request: Request) -> Doc | Failed:
        _, _, rest = request.path.removeprefix("/").partition("/")
        deed, _, subject = rest.partition("/")
        if request.method != "POST" or deed not in self._verbs:
            raise NoRoute(request.method, request.path)
        return self._verbs[deed](subject, _body(request))

    @property
    def _desk(self) -> Desk:
        return Desk(self._store, self._mischief)

    def _pay(self, id_: str, body: Doc) -> Doc | Failed:
        method = body.get("method")
        if method not in METHODS:
            raise BadParameter(f"method is one of {', '.join(METHODS)}.", param="method")
        if id_.startswith("cs_"):
            session = self._any("checkout.session", id_)
            if method == "decline":
                return checkout.turn_back(self._desk, session)
            return self._attempt(checkout.submitted_intent(self._desk, session), method, body)
        return self._attempt(self._any("payment_intent", id_), method, body)

    def _attempt(self, intent: Doc, method: str, body: Doc) -> Doc | Failed:
        if method == "card":
            return person.pay_by_card(self._desk, intent, str(body.get("number", "4242424242424242")))
        if method == "qris":
            return self._pay_by_code(intent)
        if method == "decline":
            return person.decline(self._desk, intent)
        return person.authenticate(self._desk, intent, approved=body.get("approve", True) is True)

    def _pay_by_code(self, intent: Doc) -> Doc | Failed:
        shown = (intent["next_action"] or {}).get("type") == "qris_display_qr_code"
        asked = intent if shown else person.ask_for_code(self._desk, intent)
        return asked if isinstance(asked, Failed) else person.scan(self._desk, asked)

    def _onboard(self, id_: str, body: Doc) -> Doc:
        account, deed = self._any("account", id_), body.get("deed", "onboard")
        if deed not in onboarding.DEEDS:
            raise BadParameter(f"deed is one of {', '.join(onboarding.DEEDS)}.", param="deed")
        onboarding.DEEDS[deed](self._desk, account)
        return account

    def _require(self, id_: str, body: Doc) -> Doc:
        account = self._any("account", id_)
        onboarding.ask_for_more(self._desk, account, body)
        return account

    def _deauthorise(self, id_: str, _: Doc) -> Doc:
        account = self._any("account", id_)
        accounts.deauthorise(self._desk, account)
        return account

    def _decide(self, id_: str, body: Doc) -> Doc:
        dispute = self._any("dispute", id_)
        disputes.decide(self._desk, dispute, won=body.get("won") is True)
        return dispute

    def _dispute(self, id_: str, body: Doc) -> Doc:
        if id_.startswith("cs_"):
            id_ = self._any("checkout.session", id_)["payment_intent"] or id_
        charge_id = self._any("payment_intent", id_)["latest_charge"] if id_.startswith("pi_") else id_
        charge = self._any("charge", charge_id or id_)
        seconds = float(body.get("seconds", disputes.SECONDS_TO_ANSWER))
        disputes.open_(self._desk, charge, amount=body.get("amount"), seconds=seconds, inquiry=body.get("inquiry") is True)
        return self._any("charge", charge_id or id_)

    def _expire(self, id_: str, _: Doc) -> Doc:
        if id_.startswith("cs_"):
            session = self._any("checkout.session", id_)
            closing.run_out(self._desk, session)
            return session
        intent = self._any("payment_intent", id_)
        if (intent["next_action"] or {}).get("type") != "qris_display_qr_code":
            raise BadParameter("This PaymentIntent shows no code.", param="id")
        fail(self._desk, intent, "payment_intent_payment_attempt_expired")
        return intent

    def _misbehave(self, _: str, body: Doc) -> Doc:
        self._mischief.follow(Plan.read(body))
        return asdict(self._mischief.plan)

    def _reset(self, _: str, body: Doc) -> Doc:
        endpoint = self._store.find(hooks.COMMAND_LINE)
        self._store.empty()
        self._mischief.follow(Plan())
        self._store.keep(accounts.ONBOARDED, body.get("onboarded") is True)
        if endpoint is not None:
            hooks.listen(self._store, endpoint["url"], endpoint["_secret"])
        return {"reset": True}

    def _any(self, kind: str, id_: str) -> Doc:
        doc = self._store.find(id_) or {}
        return self._store.get(kind, id_, doc.get("_account", ""))


def _body(request: Request) -> Doc:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise BadParameter("The body must be a JSON object.")
    return body


def _is_here(client: str) -> bool:
    try:
        return ipaddress.ip_address(client).is_loopback
    except ValueError:
        return False
