"""What a request may carry, checked before anything is made of it: how much, how deep, and nothing that no column takes.

A body is SMALL unless its route names its bytes (`opt={"takes": ...}`), or a guard of it says that it takes UPLOADs, from somebody who is
signed in (`common.files.uploads.takes`). Parsing stands on the event loop, where everybody waits for it: two million fields of a form were
ten seconds of silence.
"""

import re
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.enums import RequestEncodingType
from litestar.exceptions import SerializationException
from litestar.handlers import BaseRouteHandler
from litestar.plugins import ReceiveRoutePlugin
from litestar.routes import BaseRoute, HTTPRoute

from common.errors import DomainError, Invalid, TooLarge, Unauthenticated
from common.i18n import N_, gettext
from common.settings import get_settings

SMALL = 64 * 1024
SLACK = 1024 * 1024
"""Bytes around an upload: the other fields of its form."""
MOST_FIELDS = 200
MOST_DEPTH = 32
TAKES = "takes"
UPLOAD = "upload"

LARGEST = 2**63 - 1
NUL = N_("Ada huruf yang tidak bisa disimpan. Hapus, lalu ketik ulang.")
TOO_LONG = N_("Angkanya terlalu besar.")
ONE_FILE = N_("Kirim satu berkas.")
STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)  # also one without an end, lest every quotation mark be tried as a beginning
LONG_NUMBERS = re.compile(rb"(?<![\d.])\d{19,}")


class TooManyFields(TooLarge):
    code = "too_many_fields"
    message = N_("Kiriman ini punya terlalu banyak isian.")


class TooDeep(Invalid):
    code = "too_deep"
    message = N_("Susunan kiriman ini terlalu dalam.")


class Malformed(DomainError):
    code = "malformed"


class BoundedRequest(Request[Any, Any, Any]):
    """Litestar's request, reading forms and JSON within the bounds."""

    _checked: FormMultiDict | None = None

    async def form(self) -> FormMultiDict:
        """Raises TooLarge (413), or Invalid (422) by the field that holds what cannot be kept."""
        if self._checked is None:
            kind = self.content_type[0]
            self._checked = await self._url_encoded() if kind == RequestEncodingType.URL_ENCODED else await self._parts()
            if bad := [name for name, value in self._checked.multi_items() if _holds_nul(name) or _holds_nul(value)]:
                raise Invalid(dict.fromkeys((name.replace("\0", "") for name in bad), gettext(NUL)))
        return self._checked

    async def json(self) -> Any:
        """Raises Malformed (400) for what is no JSON, and what `check_json` raises."""
        check_json(await self.body())
        try:
            return await super().json()
        except SerializationException as error:
            raise Malformed from error

    async def _url_encoded(self) -> FormMultiDict:
        """Not Litestar's, which keeps the last thousand bodies, passwords and all."""
        body = await self.body()
        if body.count(b"&") >= MOST_FIELDS:
            raise TooManyFields
        return FormMultiDict(parse_qsl(body.decode("latin-1"), keep_blank_values=True))

    async def _parts(self) -> FormMultiDict:
        try:
            return await super().form()
        except (UnicodeDecodeError, LookupError):  # what a part says of its own charset
            raise Invalid from None


def check_json(body: bytes) -> None:
    """Raises Invalid (422) for what is too deep, for numbers that no column takes, and for NUL in text: by brackets and digits, before
    anything is parsed."""
    if b"\\u0000" in body and re.search(rb"(?<!\\)(?:\\\\)*\\u0000", body):
        raise Invalid({"": gettext(NUL)})
    is_deep, is_long = body.count(b"[") + body.count(b"{") > MOST_DEPTH, LONG_NUMBERS.search(body) is not None
    if not (is_deep or is_long):
        return
    bare = STRINGS.sub(b"", body)
    depth = 0
    for bracket in re.findall(rb"[\[{\]}]", bare):
        depth += 1 if bracket in b"[{" else -1
        if depth > MOST_DEPTH:
            raise TooDeep
    if any(int(digits[:20]) > LARGEST for digits in LONG_NUMBERS.findall(bare)):
        raise Invalid({"": gettext(TOO_LONG)})


async def check(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """At the door, before anything is read: nothing unstorable in the address; who sends a file must be somebody."""
    address = connection.scope["raw_path"] + b"?" + connection.scope["query_string"]
    if b"%00" in address and b"\0" in unquote_to_bytes(address):
        raise Invalid({"": gettext(NUL)})
    if takes(handler) == UPLOAD and connection.scope["state"].get("actor") is None and not _is_small(connection):
        raise Unauthenticated


async def check_upload(request: Request[Any, Any, Any]) -> None:
    """An API call whose whole body is one file: one, and a file. Raises Invalid (422)."""
    field = request.route_handler.parsed_fn_signature.parameters.get("data")
    if field is None or field.annotation is not UploadFile:
        return
    sent = (await request.form()).multi_items()
    if [isinstance(value, UploadFile) for _, value in sent] != [True]:
        raise Invalid(dict.fromkeys([name for name, _ in sent] or ["data"], gettext(ONE_FILE)))


class Bounds(ReceiveRoutePlugin):
    """Gives each route the limit that it declares; Litestar enforces it, by Content-Length before reading and by count while it reads."""

    def receive_route(self, route: BaseRoute) -> None:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                if wanted := takes(handler):
                    handler.request_max_body_size = get_settings().upload_limit + SLACK if wanted == UPLOAD else int(wanted)


def takes(handler: BaseRouteHandler) -> str | int:
    """What the route says: bytes, UPLOAD, or nothing."""
    by_guard = next((getattr(guard, TAKES) for guard in handler.guards or () if hasattr(guard, TAKES)), "")
    wanted: str | int = handler.opt.get(TAKES, by_guard)
    return wanted


def _is_small(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    length = connection.headers.get("content-length", "0" if "transfer-encoding" not in connection.headers else "")
    return length.isascii() and length.isdigit() and int(length) <= SMALL


def _holds_nul(value: Any) -> bool:
    return "\0" in (value.filename if isinstance(value, UploadFile) else value)
