"""The web process: the whole house behind one door."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar
from litestar.di import Provide

from common import indonesia, logs, metrics, tracing
from common.db import close_database, open_database, request_session
from common.errors import Unauthenticated
from common.files.decoder.pool import close_decoders
from common.guards import FactorNeeded, ProveIt
from common.identity.dependencies import actor, visitor
from common.identity.middleware import WhoIsIt
from common.identity.pages.entering import ask_who
from common.identity.pages.proving import ask_again, ask_for_factor
from common.live import door
from common.queue import close_queue, open_queue
from common.settings import get_settings
from common.web.site import make_app
from marvec import site

LATER = 1.0  # seconds
PATIENCE = 10.0  # seconds for one statement: who waits longer for a page has left it


@asynccontextmanager
async def doors(_: Litestar) -> AsyncIterator[None]:
    """Database and queue are open while the app lives."""
    settings = get_settings()
    tracing.start(settings, "marvec-web")
    await open_database(settings, patience=PATIENCE)
    await open_queue(settings)
    beside = [asyncio.create_task(_load_later()), asyncio.create_task(metrics.beat("web"))]
    try:
        yield
    finally:
        for task in beside:
            task.cancel()
        await close_decoders()
        await close_queue()
        await close_database()
        await tracing.stop()


async def _load_later() -> None:
    """What the first page does not need: loaded in the background, so that the first sign-in does not wait for it either."""
    await asyncio.sleep(LATER)
    await asyncio.to_thread(indonesia.load)


def create_app() -> Litestar:
    """The application, for uvicorn's factory."""
    site.load_models()
    site.load_jobs()
    site.load_channels()
    site.load_fronts()
    site.load_gauges()
    settings = get_settings()
    logs.configure(settings)
    app = make_app(
        site.folders("templates"),
        sockets={door.PATH: WhoIsIt(door.door)},
        route_handlers=site.routers(),
        lifespan=[doors, door.open_door],
        middleware=[WhoIsIt],
        exception_handlers={Unauthenticated: ask_who, ProveIt: ask_again, FactorNeeded: ask_for_factor},
        dependencies={
            "session": Provide(request_session),
            "actor": Provide(actor, sync_to_thread=False),
            "visitor": Provide(visitor, sync_to_thread=False),
        },
    )
    app.asgi_handler = tracing.around(app.asgi_handler, settings)
    return app
