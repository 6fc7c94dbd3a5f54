"""How the pages look: templates, headers, the QR picture and the way back."""

import io
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from common.embedded.sandbox.http import Answer
from common.embedded.sandbox.pages.words import LANGUAGES, WORDS
from common.embedded.sandbox.store import Doc

if TYPE_CHECKING:
    import jinja2

FOLDER = Path(__file__).parent.parent / "templates"
WITA_SECONDS = 8 * 3600
HTML = "text/html; charset=utf-8"
HEADERS = {"referrer-policy": "no-referrer", "x-content-type-options": "nosniff", "x-frame-options": "DENY"}


class View:
    """One visit: its language, where it goes afterwards, and the query that its forms keep."""

    def __init__(self, language: str | None, return_url: str | None, query: str) -> None:
        self.language = language if language in LANGUAGES else LANGUAGES[0]
        self.query = query
        self._return_url = _web_address(return_url)
        self._others: tuple[str, ...] = ()

    def serve(self, session: Doc) -> None:
        """Speak a session's language unless the link names one, and let its forms lead to both of its ways out."""
        if "lang" not in dict(parse_qsl(self.query)) and session["locale"] in LANGUAGES:
            self.language = session["locale"]
        self._others = (session["success_url"], session["cancel_url"] or "")

    def come_from(self, intent: Doc) -> None:
        """Go back to where the intent says, unless the link says otherwise."""
        self._return_url = self._return_url or _web_address(intent["_return_url"])

    def return_to(self, url: str) -> None:
        self._return_url = _web_address(url)

    def page(self, name: str, status: int, **context: Any) -> Answer:
        words = WORDS[self.language]
        text = (
            _templates().get_template(f"{name}.html").render(t=words, language=self.language, other=self._other(), rupiah=rupiah, **context)
        )
        return Answer(status, text.encode(), HTML, HEADERS | {"content-security-policy": self._policy()})

    def see(self, url: str) -> Answer:
        return Answer(303, kind=HTML, headers=HEADERS | {"location": url})

    def leave(self, intent: Doc) -> Answer:
        """Back to the shop with Stripe's parameters, or a page that says how it ended when there is no way back."""
        back = self.back(intent)
        if back:
            return self.see(back)
        return self.page("message", 200, word="paid" if _redirect_status(intent) == "succeeded" else "not_paid", intent=intent)

    def back(self, intent: Doc) -> str | None:
        """The return address with payment_intent, payment_intent_client_secret and redirect_status (succeeded or failed)."""
        if self._return_url is None:
            return None
        parts = urlsplit(self._return_url)
        told = {
            "payment_intent": intent["id"],
            "payment_intent_client_secret": intent["client_secret"],
            "redirect_status": _redirect_status(intent),
        }
        return urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query, keep_blank_values=True), *told.items()])))

    def _policy(self) -> str:
        # A browser holds the redirect after a form to form-action too, so the shop's own address must stand here.
        ways = (urlsplit(_web_address(url) or "") for url in (self._return_url, *self._others))
        shop = "".join(dict.fromkeys(f" {parts.scheme}://{parts.netloc}" for parts in ways if parts.netloc))
        return f"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'{shop}; base-uri 'none'; frame-ancestors 'none'"

    def _other(self) -> str:
        other = LANGUAGES[1 - LANGUAGES.index(self.language)]
        kept = [(name, value) for name, value in parse_qsl(self.query) if name != "lang"]
        return f"?{urlencode([*kept, ('lang', other)])}"


def code(intent: Doc) -> dict[str, str] | None:
    """What the page says about the QRIS code that waits to be scanned."""
    action = intent["next_action"] or {}
    if action.get("type") != "qris_display_qr_code":
        return None
    ends = time.strftime("%H.%M", time.gmtime(action["qris_display_qr_code"]["expires_at"] + WITA_SECONDS))
    return {
        "data": action["qris_display_qr_code"]["data"],
        "ends": ends,
        "image": f"/qris/{intent['id']}.svg?client_secret={intent['client_secret']}",
    }


def code_image(intent: Doc) -> Answer | None:
    """The code as a picture (SVG)."""
    shown = code(intent)
    if shown is None:
        return None
    import segno  # noqa: PLC0415  (only when somebody pays by QRIS)

    out = io.BytesIO()
    segno.make(shown["data"], error="m", micro=False).save(out, kind="svg", scale=6, border=4, light="white")
    return Answer(200, out.getvalue(), "image/svg+xml", HEADERS)


def stylesheet() -> Answer:
    return Answer(200, (FOLDER / "sandbox.css").read_bytes(), "text/css; charset=utf-8", HEADERS)


def rupiah(intent: Doc) -> str:
    """`Rp25.000` or `Rp25.000,50`; other currencies as `12.34 USD`."""
    amount, currency = intent["amount"], intent["currency"]
    if currency != "idr":
        return f"{amount / 100:.2f} {currency.upper()}"
    whole, sen = divmod(amount, 100)
    return f"Rp{whole:,}".replace(",", ".") + (f",{sen:02}" if sen else "")


@lru_cache(maxsize=1)
def _templates() -> "jinja2.Environment":
    import jinja2  # noqa: PLC0415  (only when the first page is asked for)

    return jinja2.Environment(loader=jinja2.FileSystemLoader(FOLDER), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)


def _redirect_status(intent: Doc) -> str:
    return "succeeded" if intent["status"] in {"succeeded", "requires_capture"} else "failed"


def _web_address(url: str | None) -> str | None:
    parts = urlsplit(url or "")
    safe = parts.scheme in {"http", "https"} and parts.netloc and not set(parts.netloc) & set(" ;,'\"")
    return url if safe else None
