"""Hostile requests to every operation of the API, by every kind of person: `scripts/test --fuzz [--examples 20] [--as operator]`.

A small city is started; schemathesis reads its description and sends what fits, what almost fits and what does not. What it finds is a
fault: an answer of 500, one of a status or shape that the description does not name. Ids that exist are put into most paths.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import asyncpg
import click
import httpx

from marvec.seed.accounts import PASSWORD
from tests.marvec.cli.make import SMALL, running_city

PEOPLE = ("", "pembeli", "penjual", "ibu", "petugas", "kepala", "perizinan", "perawat", "operator", "admin")  # "": nobody signed in
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
NEVER = "/sessions|/people|/account|/tokens"  # they would end the fuzzing person's own way in; the stranger tries them all
SAMPLES = 20  # ids of each kind


@click.command()
@click.option("--examples", default=10, show_default=True, help="Random requests to an operation, beside those at the edges.")
@click.option("--as", "people", multiple=True, type=click.Choice(PEOPLE[1:]), help="These demonstration accounts alone.")
@click.option("--seed", default=0, show_default=True, help="Another seed, other requests.")
def main(examples: int, people: tuple[str, ...], seed: int) -> None:
    """Exit 1 when anybody found a fault."""
    with tempfile.TemporaryDirectory() as folder, running_city(Path(folder) / "var", demo=True, program=SMALL) as city:
        city.wait_for_history()
        known = Path(folder) / "ids.json"
        known.write_text(json.dumps(asyncio.run(ids(city.database_url))))
        url = f"http://127.0.0.1:{city.port}"
        faulty = [who or "nobody" for who in people or PEOPLE if not fuzz(url, who, examples=examples, seed=seed, known=known)]
    click.echo(f"Faults were found by: {', '.join(faulty)}" if faulty else "No faults were found.")
    sys.exit(1 if faulty else 0)


def fuzz(url: str, who: str, *, examples: int, seed: int, known: Path) -> bool:
    """One person's whole run; True when nothing was wrong."""
    click.echo(f"== as {who or 'nobody'}")
    words = [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/api/openapi.json", "--checks", ",".join(CHECKS), "--seed", str(seed)]
    words += ["--phases", "examples,coverage,fuzzing", "--max-examples", str(examples), "--continue-on-failure", "--warnings", "off"]
    words += ["--workers", "2", "--request-timeout", "30", "--no-color"]
    if who:
        words += ["-H", f"Authorization: Bearer {token(url, who)}", "--exclude-path-regex", NEVER]
    told = os.environ | {"SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "FUZZ_IDS": str(known)}
    return subprocess.run(words, env=told, check=False).returncode == 0


def token(url: str, who: str) -> str:
    """One that opens all that the person may do."""
    wanted = {"address": f"{who}@marvec.example", "password": PASSWORD, "token": True, "name": "fuzz"}
    answer = httpx.post(f"{url}/api/v1/sessions", json=wanted, timeout=30)
    answer.raise_for_status()
    return str(answer.json()["token"])


async def ids(database_url: str) -> dict[str, list[str]]:
    """Name of a path's parameter -> some that exist: columns of other tables carry the same names."""
    columns = "SELECT column_name, table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name LIKE '%\\_id'"
    connection = await asyncpg.connect(database_url)
    try:
        found = await connection.fetch(columns + " AND data_type = 'uuid'")
        known: dict[str, list[str]] = {}
        for name, table in found:
            rows = await connection.fetch(f'SELECT DISTINCT "{name}" FROM "{table}" WHERE "{name}" IS NOT NULL LIMIT {SAMPLES}')
            known.setdefault(name, []).extend(str(row[0]) for row in rows)
        return known
    finally:
        await connection.close()


if __name__ == "__main__":
    main()
