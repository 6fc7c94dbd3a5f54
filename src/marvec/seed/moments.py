"""When things happened: three months of history, told backwards from the moment at which the seeding began."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from common import clock

DAYS = 90


def dice_of(*words: object) -> random.Random:
    """Dice that always fall the same way for the same words."""
    return random.Random("/".join(map(str, ("makassar", *words))))  # noqa: S311  always the same city


@dataclass(frozen=True)
class History:
    """`began`: the present of the seeded city (aware)."""

    began: datetime

    def ago(self, hours: float) -> datetime:
        return self.began - timedelta(hours=hours)

    def opening_of(self, shop: int, shops: int) -> datetime:
        """Shops open one after another, the first three months ago, the last last week; at nine in the morning in Makassar."""
        day = self.began - timedelta(days=DAYS - (DAYS - 7) * shop / shops)
        return day.astimezone(clock.WITA).replace(hour=9, minute=shop % 60, second=0, microsecond=0)

    def listing_of(self, shop: int, shops: int, place: int, places: int) -> datetime:
        """A shop's goods come between its opening and today."""
        opened = self.opening_of(shop, shops)
        return opened + (self.began - opened) * place / places + timedelta(seconds=17 * place)
