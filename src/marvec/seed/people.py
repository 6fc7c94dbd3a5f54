"""Who lives in the demonstration city. All are invented."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.actor import Actor, Grant, Role
from common.identity import queries, service
from common.identity.policy import Address
from common.identity.schemas import SignUp
from marvec.seed.accounts import ACCOUNTS, PASSWORD
from marvec.seed.moments import dice_of

if TYPE_CHECKING:
    from common.identity.models import Person

SHOPS, BUYERS = 60, 24
FIRST_SHOP, FIRST_OWNER = "Kue Daeng Ngai", "penjual"


@dataclass(frozen=True)
class InventedShop:
    name: str
    category: str
    kecamatan: str


def shops() -> list[InventedShop]:
    """The demonstration seller's shop in Tallo, then others spread over the kecamatan."""
    return [InventedShop(FIRST_SHOP, "kue", "Tallo"), *_drawn()[: SHOPS - 1]]


def owner_key(shop: int) -> str:
    return f"toko{shop}" if shop else FIRST_OWNER


def buyer_keys() -> list[str]:
    """The demonstration buyer, and the city's other buyers."""
    return ["pembeli", *(f"pembeli{number}" for number in range(1, BUYERS + 1))]


def name_of(key: str) -> str:
    """The name behind an account that is made on the way: shopkeepers first, then buyers."""
    number = int("".join(filter(str.isdigit, key)))
    return invented_people()[number if key.startswith("toko") else SHOPS + number]


async def enrol(session: AsyncSession, name: str, email: str, role: Role | None = None, scope: str = "*") -> Actor:
    """A person with a confirmed address and perhaps a role, as the actor that verbs receive."""
    person = await service.sign_up(session, SignUp.model_validate({"name": name, "address": email, "password": PASSWORD, "consent": True}))
    person.email_confirmed_at = clock.now()
    await session.flush()
    if role is None:
        return Actor(person.id, name, assurance=1)
    await service.grant(session, None, person.id, role, scope)
    return Actor(person.id, name, assurance=1, grants=frozenset({Grant(role, scope)}))


async def enrol_key(session: AsyncSession, key: str) -> Actor:
    return await enrol(session, name_of(key), address_of(key))


async def known(session: AsyncSession, key: str) -> "Person | None":
    """The person with this account, if there is one."""
    return await queries.by_address(session, Address("email", address_of(key)))


async def actor(session: AsyncSession, key: str) -> Actor:
    """Somebody who was enrolled before, with the role of the account."""
    person = await known(session, key)
    if person is None:
        raise LookupError(f"nobody was enrolled as {key}")
    account = next((one for one in ACCOUNTS if one.key == key), None)
    grants = {Grant(account.role, account.scope)} if account and account.role else set()
    return Actor(person.id, person.name, assurance=1, grants=frozenset(grants))


def address_of(key: str) -> str:
    return f"{key}@marvec.example"


def invented_people() -> list[str]:
    return [row["name"] for row in _rows() if row["kind"] == "person"]


def invented_shops() -> list[InventedShop]:
    return [InventedShop(row["name"], row["tradition_or_category"], row["kecamatan"]) for row in _rows() if row["kind"] == "shop"]


@lru_cache(maxsize=1)
def _drawn() -> list[InventedShop]:
    return dice_of("shops").sample(invented_shops(), len(invented_shops()))


@lru_cache(maxsize=1)
def _rows() -> list[dict[str, str]]:
    with (Path(__file__).parent / "data" / "people_and_shops.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
