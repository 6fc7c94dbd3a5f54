"""What a service issues, made by the room that knows: `registry` for births, the engine's plain form for the rest."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from civic.services import answers as forms
from civic.services.answers import Answers
from civic.services.catalogue import Service
from civic.services.models import Application
from common.actor import Actor
from common.i18n import N_


@dataclass(frozen=True)
class Product:
    """`subject`: what the verification page shows to anybody (label -> value)."""

    subject: dict[str, Any] = field(default_factory=dict)


SHOWN = (
    N_("Kutipan Akta Kelahiran"), N_("Kutipan Akta Kematian"), N_("Persetujuan Bangunan Gedung"),
    N_("Nama lengkap anak"), N_("Nama lengkap"), N_("Nama pemilik"), N_("Alamat bangunan"), N_("Luas bangunan (meter persegi)"),
)  # fmt: skip
"""Titles and public labels of the definitions. A credential keeps the Indonesian ones; its page says them in any language."""


@dataclass(frozen=True)
class Aside:
    """What the room that makes the product has to say of a file that is being looked at; `stops`: an officer decides on it first."""

    text: str
    link: str
    stops: bool


Maker = Callable[[AsyncSession, Actor | None, Application, Answers], Awaitable[Product]]
Asides = Callable[[AsyncSession, Application, Answers], Awaitable[list[Aside]]]
Lines = Callable[[AsyncSession, Application, Answers], Awaitable[list[tuple[str, str]]]]


@dataclass(frozen=True)
class Workshop:
    """`make` runs within the issuing transaction; `lines` gives the certificate's rows (label, value) for the holder; `asides` what the
    officer should know before."""

    make: Maker
    lines: Lines
    asides: Asides | None = None


WORKSHOPS: dict[str, Workshop] = {}


def register(kind: str, workshop: Workshop) -> None:
    """A room offers to make products of `kind`."""
    WORKSHOPS[kind] = workshop


def public_subject(service: Service, answers: Answers) -> dict[str, str]:
    """The answers that the service's file declares public, by their Indonesian label."""
    if service.product is None:
        return {}
    named = {question.name: question for question in service.questions}
    return {named[name].label.id: forms.shown(named[name], answers.get(name, ""), masked=True) for name in service.product.public}
