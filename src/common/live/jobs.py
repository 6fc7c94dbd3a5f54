"""Old publications go: a stream is for catching up, the page is for the past."""

from datetime import timedelta

from common import clock
from common.db import hot
from common.jobs import every

KEPT = timedelta(days=7)
KEPT_A_CHANNEL = 1000
ENDINGS_KEPT = timedelta(days=1)  # the hubs read them within seconds


@every("live.trim", seconds=600)
async def trim() -> None:
    sql = """
        DELETE FROM live_publications p USING live_channels c
        WHERE c.channel = p.channel AND (p.at < $1 OR p."offset" <= c.last_offset - $2)"""
    async with hot() as connection:
        await connection.execute(sql, clock.now() - KEPT, KEPT_A_CHANNEL)
        await connection.execute("DELETE FROM live_endings WHERE at < $1", clock.now() - ENDINGS_KEPT)
