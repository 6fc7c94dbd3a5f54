"""What buyers and sellers said afterwards: a review or two for most completed orders, and some answers, by `data/reviews.csv`."""

import csv
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.actor import Actor
from marvec.listings import queries as listings
from marvec.orders import queries
from marvec.orders.machine import OrderState
from marvec.reviews import policy
from marvec.reviews import queries as written
from marvec.reviews import service as reviews
from marvec.reviews.models import Side
from marvec.reviews.schemas import AnswerReview, WriteReview
from marvec.seed.moments import History, dice_of
from marvec.seed.shelves import EATEN

STARS = ((5, 52), (4, 32), (3, 11), (2, 5))
"""Of a hundred buyers; an order that was in dispute gets two or three."""
BUYERS_WRITE, SELLERS_WRITE, WITHOUT_WORDS = 0.82, 0.7, 0.1
ANSWERED, ANSWERED_WHEN_LOW = 0.4, 0.85
LOW = 3
LEFT_HOURS = 10 * 24


@dataclass(frozen=True)
class Said:
    """`of`: buyer, seller, answer; `about`: eaten, any; a text fits the stars from `least` to `most`."""

    of: str
    about: str
    least: int
    most: int
    text: str


async def follow(
    session: AsyncSession, history: History, number: int, order_id: UUID, people: tuple[Actor, Actor], *, invited: bool = False
) -> None:
    """Buyer and seller (`people`) review order `number`, each at a moment before the present; then the time passes that shows one alone.

    A buyer who is `invited` has left the last orders for whoever looks around.
    """
    order = await queries.by_id(session, order_id)
    if order.state is not OrderState.COMPLETED:
        return
    dice, done = dice_of("review", number), order.moved_at
    is_eaten = await _is_eaten(session, order_id)
    stars = dice.choice((2, 3)) if order.refunded else dice.choices(*zip(*STARS, strict=True))[0]
    words = (_pick("buyer", number, stars, is_eaten=is_eaten), _pick("seller", number, stars))
    if stars > LOW and dice.random() < WITHOUT_WORDS:
        words = ("", words[1])
    moments = [done + timedelta(hours=dice.uniform(2, 70)) for _ in people]
    silent = [dice.random() > BUYERS_WRITE or (invited and done > history.ago(LEFT_HOURS)), dice.random() > SELLERS_WRITE]
    given = [
        (at, actor, WriteReview(stars=mark, words=text))
        for at, actor, mark, text, is_silent in zip(moments, people, (stars, 5 if stars > LOW else 4), words, silent, strict=True)
        if not is_silent and at < history.began
    ]
    for at, actor, data in sorted(given, key=lambda one: one[0]):
        with clock.frozen(at):
            await reviews.write_review(session, actor, order_id, data)
    await _pass_time(session, history, order_id, done)
    await _answer(session, history, order_id, people[1], dice)


async def _pass_time(session: AsyncSession, history: History, order_id: UUID, done: datetime) -> None:
    end = policy.end_of_blindness(done)
    if end < history.began:
        with clock.frozen(end):
            await reviews.show_by_time(session, order_id)


async def _answer(session: AsyncSession, history: History, order_id: UUID, seller: Actor, dice: random.Random) -> None:
    review = (await written.of_order(session, order_id)).get(Side.BUYER)
    if review is None or review.shown_at is None:
        return
    at = review.shown_at + timedelta(hours=dice.uniform(1, 20))
    if at < history.began and dice.random() < (ANSWERED_WHEN_LOW if review.stars <= LOW else ANSWERED):
        with clock.frozen(at):
            text = _pick("answer", dice.randint(0, 99), review.stars)
            await reviews.answer_review(session, seller, review.id, AnswerReview(answer=text))


async def _is_eaten(session: AsyncSession, order_id: UUID) -> bool:
    line = (await queries.lines_of(session, [order_id]))[0]
    return (await listings.by_id(session, line.listing_id)).category in EATEN


def _pick(of: str, number: int, stars: int, *, is_eaten: bool = False) -> str:
    """A text that fits, the next one for the next `number`: so neighbours differ."""
    fitting = [one.text for one in _said() if one.of == of and one.least <= stars <= one.most and (is_eaten or one.about == "any")]
    return fitting[number % len(fitting)]


@lru_cache(maxsize=1)
def _said() -> tuple[Said, ...]:
    with (Path(__file__).parent / "data" / "reviews.csv").open(encoding="utf-8") as file:
        return tuple(Said(row["of"], row["about"], int(row["least"]), int(row["most"]), row["text"]) for row in csv.DictReader(file))
