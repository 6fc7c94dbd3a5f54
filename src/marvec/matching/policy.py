"""Limits, and who may read what."""

from datetime import datetime, timedelta

from common import clock
from common.actor import Actor
from marvec.matching.errors import NoSuchRequest, NotYours
from marvec.matching.models import Match, Request, StandingQuery

MOST_STANDING = 50
"""Open requests, saved searches and criteria of one person."""
MOST_TOLD = 200
"""Goods that one new request is shown, nearest first."""


def check_is_buyer(actor: Actor, request: Request) -> None:
    if request.buyer_id != actor.person_id:
        raise NotYours


def check_is_owner(actor: Actor, query: StandingQuery) -> None:
    if query.person_id != actor.person_id:
        raise NoSuchRequest


def check_is_seller(actor: Actor, match: Match) -> None:
    if match.seller_id != actor.person_id:
        raise NoSuchRequest


def unit_limit(budget: int | None, quantity: int) -> int | None:
    """Rupiah a unit that a budget for `quantity` of them allows."""
    return None if budget is None else budget // quantity


def end_of_life(days: int) -> datetime:
    return clock.now() + timedelta(days=days)
