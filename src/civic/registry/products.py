"""The birth certificate: made from the register's entry."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from civic.registry import queries, service
from civic.registry.likeness import REASONS
from civic.services import catalogue, products
from civic.services.answers import Answers
from civic.services.models import Application
from common.actor import Actor
from common.errors import Forbidden
from common.i18n import gettext as _
from common.i18n import tanggal


async def make(session: AsyncSession, officer: Actor | None, application: Application, answers: Answers) -> products.Product:
    """Register the birth and say what its certificate shows to anybody: the name and the number, nothing else of a child."""
    if officer is None:
        raise Forbidden
    entry = await service.register_birth(session, officer, application.id, answers)
    shown = products.public_subject(catalogue.find(application.service, application.version), answers)
    return products.Product({"Nomor akta": entry.number, **shown})


async def lines(session: AsyncSession, application: Application, answers: Answers) -> list[tuple[str, str]]:
    entry = await queries.birth_of(session, application.id)
    sexes = {"L": _("Laki-laki"), "P": _("Perempuan")}
    born = tanggal(date.fromisoformat(answers["tanggal_lahir"]))
    parents = " / ".join(name for name in (answers.get("nama_ayah", ""), answers["nama_ibu"]) if name)
    return [
        (_("Nomor akta"), entry.number if entry else ""),
        (_("Nama"), answers["nama_anak"]),
        (_("Jenis kelamin"), sexes.get(answers["jenis_kelamin"], "")),
        (_("Tempat, tanggal lahir"), f"{answers['tempat_lahir']}, {born}"),
        (_("Anak ke"), answers["anak_ke"]),
        (_("Orang tua"), parents),
    ]


async def asides(session: AsyncSession, application: Application, answers: Answers) -> list[products.Aside]:
    """What an officer must compare, or has compared, and twins for their information; a revoked entry is none of it."""
    found = [one for one in await service.alike(session, application.id, answers) if not one.revoked]
    return [products.Aside(_(REASONS[one.why]), f"/meja/{application.id}/kelahiran/{one.entry.id}", one.stops) for one in found]


products.register("akta-kelahiran", products.Workshop(make, lines, asides))
