"""The vocabulary, counted anew every hour."""

from common import jobs
from marvec.search import service


async def count_words() -> None:
    await service.count_words()


jobs.every("search.count_words", seconds=3600)(count_words)
