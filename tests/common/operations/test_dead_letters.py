from datetime import timedelta

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, jobs, outbox
from common.actor import Role
from common.db import unit_of_work
from tests.common.identity.make import bearer, enter, form_token, holder
from tests.conftest import RunJobs

healed = False


@jobs.job("test.dies")
async def dies(_session: AsyncSession) -> None:
    if not healed:
        raise ValueError("penyedia tidak menjawab")


async def a_dead_job(run_jobs: RunJobs) -> None:
    async with unit_of_work() as session:
        await outbox.enqueue(session, "test.dies")
    for day in range(1, jobs.MOST_ATTEMPTS + 1):
        with clock.frozen(clock.now() + timedelta(days=day)):
            for row in await jobs.due_rows():
                await jobs.run_row(row)


async def test_an_operator_sees_a_dead_job_revives_it_once_and_it_is_done(client: httpx.AsyncClient, run_jobs: RunJobs) -> None:
    global healed  # noqa: PLW0603  the provider that answers again
    healed = False
    await a_dead_job(run_jobs)
    async with unit_of_work() as session:
        operator = await holder(session, Role.OPERATOR)
        await enter(session, client, operator)
        headers = await bearer(session, operator, "operations:read", "operations:write")
    assert "penyedia tidak menjawab" in (await client.get("/operator/pekerjaan")).text
    (found,) = (await client.get("/api/v1/jobs", headers=headers)).json()["items"]
    assert (found["job"], found["attempts"]) == ("test.dies", 10)
    healed = True
    csrf = form_token(client)
    revived = await client.post(f"/operator/pekerjaan/{found['id']}/hidupkan", data={"_csrf": csrf})
    assert revived.status_code == 303
    assert (await client.post(f"/api/v1/jobs/{found['id']}/revival", headers=headers)).status_code == 409
    assert await run_jobs() >= 1
    assert (await client.get("/api/v1/jobs?state=dead", headers=headers)).json()["items"] == []
    assert (await client.get("/operator/jejak")).status_code == 200
    assert (await client.get("/operator")).status_code == 200
