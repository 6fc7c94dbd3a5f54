"""Whose cart a request means, and the cookie that carries a browser's."""

from typing import Any

from litestar import Request
from litestar.datastructures import Cookie
from sqlalchemy.ext.asyncio import AsyncSession

from common import ids
from common.actor import Actor
from common.web.cookies import name_of, own_cookie
from marvec.carts import service
from marvec.carts.service import Holder

COOKIE = "marvec_cart"
LIFE = 60 * 24 * 3600
"""Seconds: 60 days."""


async def holder_of(request: Request[Any, Any, Any], session: AsyncSession, visitor: Actor | None) -> tuple[Holder, list[Cookie]]:
    """The holder, and the cookies to set: a new browser gets a token, a person who just signed in gives the browser's cart up."""
    token = request.cookies.get(name_of(COOKIE))
    if visitor is None:
        token = token or ids.secret_token()
        return Holder(None, token), [_cookie(token, LIFE)]
    if token:
        await service.merge(session, visitor.person_id, token)
        return Holder(visitor.person_id), [_cookie("", 0)]
    return Holder(visitor.person_id), []


def _cookie(token: str, life: int) -> Cookie:
    return own_cookie(COOKIE, token, life)
