"""What must never be seen: no NIK, code, password or token in a log line, an address or an error."""

import logging

import httpx
import pytest
import structlog

from common.db import hot
from tests.common.identity import make
from tests.conftest import RunJobs

NIK, EMAIL, NEW = "7371034208900003", "sitti.rahasia@contoh.id", "pisang epe malam ini"


async def test_a_life_of_an_account_leaves_no_secret_in_the_logs(
    client: httpx.AsyncClient, run_jobs: RunJobs, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as lines:
        secrets = await _live(client)
        await run_jobs()
    said = capfd.readouterr()
    seen = f"{lines}{said.out}{said.err}{caplog.text}"
    assert "route=/api/v1/people" in seen or "'/api/v1/people'" in seen, "the lines were captured"
    for secret in secrets:
        assert secret not in seen, f"{secret} was logged"


async def test_the_outbox_holds_no_secret(client: httpx.AsyncClient) -> None:
    secrets = await _live(client)
    async with hot() as connection:
        whole = "".join(row["whole"] for row in await connection.fetch("SELECT outbox::text AS whole FROM outbox"))
        whole += "".join(row["whole"] for row in await connection.fetch("SELECT audit_entries::text AS whole FROM audit_entries"))
    for secret in secrets:
        assert f'"{secret}"' not in whole


async def _live(client: httpx.AsyncClient) -> list[str]:
    """Sign up, confirm, fail, give a NIK (twice wrongly), reset. -> all that must not be seen."""
    made = await client.post("/api/v1/people", json={"name": "Sitti", "email": EMAIL, "password": make.PASSWORD, "consent": True})
    code = made.json()["confirmation"]["code"]
    entered = await client.post("/api/v1/sessions", json={"email": EMAIL, "password": make.PASSWORD, "confirmation": code, "token": True})
    headers = {"Authorization": f"Bearer {entered.json()['token']}"}
    await client.post("/api/v1/sessions", json={"email": EMAIL, "password": "salah sama sekali"}, headers=headers)
    for nik in (NIK[:-1], f"{NIK[:-4]}0000", NIK):
        refused = await client.put("/api/v1/people/me/nik", json={"nik": nik}, headers=headers)
        assert NIK[:-4] not in refused.text
    reset = (await client.post("/api/v1/codes", json={"purpose": "reset", "address": EMAIL}, headers=headers)).json()["code"]
    body = {"email": EMAIL, "code": reset, "password": NEW}
    assert (await client.post("/api/v1/passwords", json=body, headers=headers)).status_code == 204
    return [
        code,
        reset,
        make.PASSWORD,
        NEW,
        "salah sama sekali",
        NIK,
        NIK[:-1],
        EMAIL,
        entered.json()["token"],
        entered.cookies["marvec_session"],
    ]
