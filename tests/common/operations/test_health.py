"""Health at a glance: measured now, what is ill first, with a word, a colour and a section of the runbook that exists."""

import re
from datetime import timedelta

import httpx
import pytest

from common import clock, outbox
from common.actor import Role
from common.db import unit_of_work
from common.operations import checks, runbook
from tests.common.identity.make import bearer, enter, holder

pytestmark = pytest.mark.usefixtures("database")


async def seen() -> dict[str, checks.Check]:
    async with unit_of_work() as session:
        return {check.section: check for check in await checks.all_checks(session)}


async def test_servers_are_asked_now_and_an_unreachable_provider_is_said_so() -> None:
    found = await seen()
    for name in ("database", "queue", "storage"):
        took = found[name].took
        assert (found[name].tone, took is not None and took < 500) == ("good", True), found[name]
    assert (found["ledger"].tone, found["ledger"].finding) == ("good", "Jumlah semua akun buku besar nol.")
    assert found["payment-provider"].tone == "bad"  # nothing listens in a test


@pytest.mark.parametrize(("minutes", "tone"), [(0, "good"), (2, "warn"), (11, "bad")])
async def test_the_age_of_waiting_work_has_a_colour(minutes: int, tone: str) -> None:
    async with unit_of_work() as session:
        await outbox.enqueue(session, "test.waits", run_at=clock.now() - timedelta(minutes=minutes))
    check = (await seen())["waiting-jobs"]
    assert check.tone == tone
    assert check.finding == f"Yang tertua menunggu {'0 detik' if not minutes else f'{minutes} menit'}."


async def test_every_check_has_its_section_in_the_runbook() -> None:
    sections = {check.section for check in (await seen()).values()}
    for language in runbook.FILES:
        assert sections <= {part.slug for part in runbook.parts(language)}


def test_the_runbook_says_the_same_in_both_languages() -> None:
    """Section by section, step by step, with the same commands."""
    indonesian, english = ([(part.slug, shape(part)) for part in runbook.parts(language)] for language in ("id", "en"))
    assert indonesian == english


def shape(part: runbook.Part) -> list[tuple[str, int, list[str]]]:
    commands = re.compile(r"`([^`]+)`|^(SELECT .*)")
    return [(kind, len(lines), sorted("".join(found) for line in lines for found in commands.findall(line))) for kind, lines in part.blocks]


async def test_the_page_and_the_api_say_the_same_to_operators_only(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        operator = await holder(session, Role.OPERATOR)
        await enter(session, client, operator)
        headers = await bearer(session, operator, "operations:read")
    page = (await client.get("/operator")).text
    assert "Segera tangani" in page and "/operator/panduan#payment-provider" in page
    answered = (await client.get("/api/v1/health", headers=headers)).json()
    assert answered[0]["tone"] == "bad" and {one["section"] for one in answered} == set(await seen())
    assert "Pekerjaan yang berhenti" in (await client.get("/operator/panduan")).text
