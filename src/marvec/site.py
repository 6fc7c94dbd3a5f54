"""The list of rooms, and what they bring: routers, pages, jobs and channels, picked up by the names that every room gives them."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from litestar import Router

from civic.site import ROOMS as CIVIC_ROOMS

COMMON_ROOMS = (
    "common.audit",
    "common.files",
    "common.backup",
    "common.channels",
    "common.identity",
    "common.notifications",
    "common.credentials",
    "common.payments",
    "common.live",
    "common.account",
    "common.operations",
    "common.web",
)
MARKET_ROOMS = (
    "marvec.storefronts",
    "marvec.listings",
    "marvec.search",
    "marvec.carts",
    "marvec.orders",
    "marvec.reviews",
    "marvec.chat",
    "marvec.offers",
    "marvec.matching",
    "marvec.checkout",
    "marvec.insights",
    "marvec.moderation",
    "marvec.selling",
    "marvec.payouts",
    "marvec.home",
)
DEMO_ROOMS = ("marvec.seed", "marvec.tour")
"""The demonstration city and the way around in it; in production they refuse."""
ROOMS = (*COMMON_ROOMS, *CIVIC_ROOMS, *MARKET_ROOMS, *DEMO_ROOMS)


def furniture(name: str) -> list[ModuleType]:
    """The module called `name` of every room that has one (`models`, `jobs`, `routes`, ...)."""
    return [import_module(f"{room}.{name}") for room in ROOMS if find_spec(room) and find_spec(f"{room}.{name}")]


def routers() -> list[Router]:
    """JSON routers, then pages."""
    return [module.router for name in ("routes", "pages") for module in furniture(name)]


def load_jobs() -> None:
    """Import every room's jobs, what they make (`products`) and what they keep of people (`personal`), so that the registries know them."""
    furniture("products")
    furniture("personal")
    furniture("jobs")


def load_channels() -> None:
    """Import every room's live channels, so that the door knows them."""
    furniture("live")


def load_fronts() -> None:
    """Import what every room brings to the first page and the one search, so that the registries know it."""
    furniture("front")


def load_gauges() -> None:
    """Import what every room tells Prometheus, so that it is there when it is asked."""
    furniture("gauges")


def load_models() -> None:
    """Import every room's tables, so that the metadata is whole."""
    import_module("common.states")
    import_module("common.outbox")
    furniture("models")


def folders(name: str) -> list[Path]:
    """The folder `name` (`templates`, `locale`) of every room that has one."""
    found = (
        Path(str(spec.submodule_search_locations[0])) / name
        for room in ROOMS
        if (spec := find_spec(room)) and spec.submodule_search_locations
    )
    return [folder for folder in found if folder.is_dir()]
