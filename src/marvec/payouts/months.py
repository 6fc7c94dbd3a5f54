"""Months as statements count them: the city's calendar months, in Makassar's time."""

from datetime import date, datetime, time

from common import clock
from common.errors import NotFound
from common.i18n import N_
from marvec.storefronts.models import Storefront

SHOWN = 12


class NoSuchMonth(NotFound):
    code = "no_such_month"
    message = N_("Laporan bulan itu tidak ada. Pilih bulan dari halaman saldo.")


def month_of(text: str, shop: Storefront) -> date:
    """`2026-11` as its first day, from the shop's first month to the present one. Raises NoSuchMonth."""
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise NoSuchMonth from error
    if len(text) != len("2026-11") or not _first(shop) <= month <= clock.today():
        raise NoSuchMonth
    return month


def months_of(shop: Storefront) -> list[date]:
    """The last twelve months of a shop, the present one first."""
    month = clock.today().replace(day=1)
    found: list[date] = []
    while month >= _first(shop) and len(found) < SHOWN:
        found.append(month)
        month = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
    return found


def bounds_of(month: date) -> tuple[datetime, datetime]:
    """The first moment of a month in WITA, and of the next one."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return datetime.combine(month, time(), clock.WITA), datetime.combine(following, time(), clock.WITA)


def _first(shop: Storefront) -> date:
    return shop.created_at.astimezone(clock.WITA).date().replace(day=1)
