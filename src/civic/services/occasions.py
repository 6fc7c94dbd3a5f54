"""Services by what happens in a life (`data/occasions.toml`): a birth, a move, a death, and what is to be arranged then."""

import tomllib
from functools import lru_cache
from pathlib import Path

from civic.services import catalogue, life_events
from civic.services.catalogue import Frozen, Service, Text
from civic.services.errors import NoSuchService
from common.i18n import gettext as _

ELSEWHERE = {"jual-di-pasar": "/toko/baru", "antrean-puskesmas": "/antrean", "slot-mpp": "/antrean/tempat/DPMPTSP"}
"""What other rooms serve, by the code of the life events."""


class Occasion(Frozen):
    """`services` are codes of the catalogue or of the life events, in the order in which one needs them."""

    code: str
    icon: str
    title: Text
    lead: Text
    services: tuple[str, ...]


class Way(Frozen):
    """Where one of an occasion's services is had: here (`service` set), in another room, or at an office (`note` says so)."""

    name: str
    link: str
    note: str = ""
    service: Service | None = None


@lru_cache(maxsize=1)
def every() -> tuple[Occasion, ...]:
    rows = tomllib.loads((Path(__file__).parent / "data" / "occasions.toml").read_text(encoding="utf-8"))["occasion"]
    return tuple(Occasion.model_validate(row) for row in rows)


def find(code: str) -> Occasion:
    """Raises NoSuchService."""
    found = next((one for one in every() if one.code == code), None)
    if found is None:
        raise NoSuchService
    return found


def way_to(code: str) -> Way:
    """How a service is had today, whether the city serves it here or not yet."""
    try:
        service = catalogue.find(code)
    except NoSuchService:
        name = life_events.name_of(code)
        if code in ELSEWHERE:
            return Way(name=name, link=ELSEWHERE[code])
        office = life_events.office_of(code)
        link = "/kantor" if office.startswith("(") or not office else f"/kantor?q={office}"
        return Way(name=name, link=link, note=_("Belum bisa diurus dari sini. Lihat kantornya."))
    return Way(name=str(service.name), link=f"/layanan/{code}", service=service)


def sounding_like(text: str) -> list[Way]:
    """What people probably mean by their own words, without the emergencies (the page shows 112 for those)."""
    codes = [event.service for event in life_events.find(text) if not event.emergency]
    words = [word for word in text.casefold().split() if len(word) > 2]
    named = [one.code for one in catalogue.current() if words and all(word in f"{one.name.id} {one.name.en}".casefold() for word in words)]
    return [way_to(code) for code in dict.fromkeys([*codes, *named])]


def is_emergency(text: str) -> bool:
    return any(event.emergency for event in life_events.find(text))


def by_office() -> list[tuple[str, list[Service]]]:
    """(office, its services), both in the order of their codes."""
    groups: dict[str, list[Service]] = {}
    for service in catalogue.current():
        groups.setdefault(service.office_name, []).append(service)
    return list(groups.items())
