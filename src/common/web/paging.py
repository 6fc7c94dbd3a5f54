"""Lists in pages of at most 100, by keyset: the next page begins after the last row seen, however many were added or removed meanwhile."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.params import QueryParameter
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, and_, false, or_, tuple_

from common.errors import Invalid
from common.i18n import N_, gettext
from common.settings import get_settings
from common.web.addresses import with_query

T = TypeVar("T")
MOST = 100
Key = int | float | str | UUID | datetime
Limit = Annotated[int, QueryParameter(name="limit", ge=1, le=MOST, description="rows on a page")]
Cursor = Annotated[str | None, QueryParameter(name="cursor", max_length=600, description="`next` of the page before; omit for the first")]
_SIGNATURE = 9


class BadCursor(Invalid):
    """The cursor was not given out by us, or for another list."""

    code = "bad_cursor"
    message = N_("Penanda halaman ini tidak berlaku lagi. Mulai dari halaman pertama.")

    def __init__(self) -> None:
        super().__init__({"cursor": gettext(self.message)})


class Page(BaseModel, Generic[T]):
    """One page of a list; `next` is the cursor of the following one, None at the end."""

    items: Sequence[T]
    next: str | None = None


def cursor_of(list_name: str, *keys: Key) -> str:
    """An opaque, signed cursor of a row's sort keys. `list_name` ties it to one list and order (`"listings:newest"`)."""
    body = msgspec.msgpack.encode([_pack(key) for key in keys])
    return base64.urlsafe_b64encode(_sign(list_name, body) + body).decode().rstrip("=")


def keys_of(list_name: str, cursor: str | None) -> tuple[Any, ...] | None:
    """The sort keys in `cursor`, typed as they were given; None for the first page. Raises `BadCursor` (422)."""
    if not cursor:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError):
        raise BadCursor from None
    body = raw[_SIGNATURE:]
    if not hmac.compare_digest(raw[:_SIGNATURE], _sign(list_name, body)):
        raise BadCursor
    return tuple(_unpack(kind, value) for kind, value in msgspec.msgpack.decode(body))


def after(
    statement: Select[Any], columns: Sequence[Any], keys: Sequence[Any] | None, *, descending: bool | Sequence[bool] = False
) -> Select[Any]:
    """`statement` ordered by `columns` and continued after `keys`. The last column must be unique (the id); none may be NULL.

    `descending` says it for all columns or for each. Mixed directions need the expanded comparison, equal ones a row comparison that an
    index on the columns serves.
    """
    down = [descending] * len(columns) if isinstance(descending, bool) else list(descending)
    ordered = statement.order_by(*(column.desc() if is_down else column.asc() for column, is_down in zip(columns, down, strict=True)))
    if keys is None:
        return ordered
    if len(keys) != len(columns):
        raise BadCursor
    return ordered.where(_beyond(columns, keys, down))


def page_of(rows: Sequence[Any], limit: int, list_name: str, keys: Callable[[Any], Sequence[Key]], show: Callable[[Any], T]) -> Page[T]:
    """A page from `limit + 1` rows fetched: the extra row only says that there is more."""
    shown = rows[:limit]
    more = cursor_of(list_name, *keys(shown[-1])) if len(rows) > limit else None
    return Page(items=[show(row) for row in shown], next=more)


def linked(request: Request[Any, Any, Any], found: Page[T]) -> Response[Page[T]]:
    """The page as an answer with the header `Link: <...>; rel="next"` (RFC 8288)."""
    if found.next is None:
        return Response(found)
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "cursor"]
    address = with_query(request.scope, [*kept, ("cursor", found.next)])
    return Response(found, headers={"Link": f'<{address}>; rel="next"'})


def _beyond(columns: Sequence[Any], keys: Sequence[Any], down: Sequence[bool]) -> ColumnElement[bool]:
    if len(set(down)) == 1:
        return tuple_(*columns) < tuple(keys) if down[0] else tuple_(*columns) > tuple(keys)
    found: ColumnElement[bool] = false()
    for place, (column, key, is_down) in enumerate(zip(columns, keys, down, strict=True)):
        equal = [columns[i] == keys[i] for i in range(place)]
        found = or_(found, and_(*equal, column < key if is_down else column > key))
    return found


def _sign(list_name: str, body: bytes) -> bytes:
    """72 bits: enough against guessing, short enough for an address."""
    key = get_settings().secret_key.get_secret_value().encode()
    return hmac.new(key, f"cursor:{list_name}:".encode() + body, hashlib.sha256).digest()[:_SIGNATURE]


def _pack(key: Key) -> tuple[str, Any]:
    if isinstance(key, UUID):
        return "u", key.bytes
    if isinstance(key, datetime):
        return "t", key.isoformat()
    return "v", key


def _unpack(kind: str, value: Any) -> Any:
    if kind == "u":
        return UUID(bytes=value)
    return datetime.fromisoformat(value) if kind == "t" else value
