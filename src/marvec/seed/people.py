"""Who lives in the demonstration city. All are invented."""

import csv
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from common import clock
from common.actor import Actor, Grant, Role
from common.identity import service
from common.identity.schemas import SignUp
from marvec.seed.accounts import PASSWORD


@dataclass(frozen=True)
class InventedShop:
    name: str
    category: str
    kecamatan: str


async def enrol(session: AsyncSession, name: str, email: str, role: Role | None = None, scope: str = "*") -> Actor:
    """A person with a confirmed address and perhaps a role, as the actor that verbs receive."""
    person = await service.sign_up(session, SignUp.model_validate({"name": name, "address": email, "password": PASSWORD, "consent": True}))
    person.email_confirmed_at = clock.now()
    await session.flush()
    if role is None:
        return Actor(person.id, name, assurance=1)
    await service.grant(session, None, person.id, role, scope)
    return Actor(person.id, name, assurance=1, grants=frozenset({Grant(role, scope)}))


def invented_people() -> list[str]:
    return [row["name"] for row in _rows() if row["kind"] == "person"]


def invented_shops() -> list[InventedShop]:
    return [InventedShop(row["name"], row["tradition_or_category"], row["kecamatan"]) for row in _rows() if row["kind"] == "shop"]


def _rows() -> list[dict[str, str]]:
    with (Path(__file__).parent / "data" / "people_and_shops.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
