"""Applications handed in a second through HTTP: start, fill, submit; beside the same SQL in pgbench, on one durable database.

    python -m tests.benchmarks.bench_applications [--seconds 10] [--connections 16] [--web 2]

An application is three requests and three commits: the draft, the sealed answers, the handing in with its move, history, promise,
notification and publications. The pictures of its documents are left out, since they measure a picture library: a trigger of the scratch
database lays down their rows, for both sides. What the pgbench script leaves out is the look-up of the bearer token.
"""

import argparse
import asyncio
import itertools
import json
import sys
import time
from collections.abc import Sequence

import msgspec
import psutil

from common.db import close_database, open_database, unit_of_work
from common.ids import uuid7
from tests.benchmarks.city import as_superuser, pgbench, scratch_city, web_processes
from tests.benchmarks.figures import Figure, Meter, at, rate
from tests.benchmarks.wire import Wire
from tests.civic.services.make import BIRTH, DOCUMENTS
from tests.common.identity import make as identity

QUICK = ["--seconds", "2"]
FLOOR = 0.15
CITIZENS = 40
SERVICE = "akta-kelahiran"
NO_PICTURES = f"""
CREATE FUNCTION bench_documents() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    INSERT INTO application_documents (application_id, name, file_id, uploaded_at)
    SELECT NEW.id, name, '{uuid7()}', now() FROM unnest('{{{",".join(DOCUMENTS[SERVICE])}}}'::text[]) AS name;
    RETURN NULL;
END $$
"""
AFTER_START = "CREATE TRIGGER bench_documents AFTER INSERT ON applications FOR EACH ROW EXECUTE FUNCTION bench_documents()"
SEALED = json.dumps(dict.fromkeys(BIRTH, f"1${'x' * 70}"))  # each answer by itself
PEOPLE = "CREATE TABLE bench_people AS SELECT row_number() OVER () AS number, id FROM person"
YARDSTICK = f"""
\\set number random(1, {CITIZENS})
BEGIN;
INSERT INTO applications (moved_at, moved_by, moved_because, id, reference, service, version, office, applicant_id, answers, steps_done,
    fee, created_at, state, machine)
SELECT now(), id, '', gen_random_uuid(), gen_random_uuid()::text, '{SERVICE}', 1, 'DISDUKCAPIL', id, '{{}}', 0, 0, now(), 'draft',
    'application/1' FROM bench_people WHERE number = :number RETURNING id, reference, applicant_id AS person \\gset
COMMIT;
BEGIN;
SELECT answers FROM applications WHERE id = :id::uuid FOR UPDATE;
UPDATE applications SET answers = '{SEALED}' WHERE id = :id::uuid;
COMMIT;
BEGIN;
SELECT answers FROM applications WHERE id = :id::uuid FOR UPDATE;
SELECT * FROM application_documents WHERE application_id = :id::uuid;
SELECT * FROM application_corrections WHERE application_id = :id::uuid AND answered_at IS NULL;
UPDATE applications SET moved_at = now(), submitted_at = now(), state = 'submitted' WHERE id = :id::uuid;
SELECT * FROM promises WHERE subject_id = :id::uuid;
INSERT INTO promises (id, subject_kind, subject_id, office, working_days, started_at, due_on)
    VALUES (gen_random_uuid(), 'application', :id::uuid, 'DISDUKCAPIL', 3, now(), current_date + 3);
INSERT INTO inbox (person_id, last_seq, unread) VALUES (:person::uuid, 1, 1)
    ON CONFLICT (person_id) DO UPDATE SET last_seq = inbox.last_seq + 1, unread = inbox.unread + 1 RETURNING last_seq \\gset
INSERT INTO notification (id, person_id, seq, kind, text, params, link, created_at)
    VALUES (gen_random_uuid(), :person::uuid, :last_seq, 'applications.submitted', 'Permohonan %(reference)s sudah kami terima.',
    '{{}}', '/permohonan/', now());
SELECT * FROM person WHERE id = :person::uuid;
WITH told AS (
    INSERT INTO live_channels (channel, last_offset) VALUES ('application:' || :id::text, 1), ('desk', 1),
    ('person:' || :person::text, 1) ON CONFLICT (channel) DO UPDATE SET last_offset = live_channels.last_offset + 1
    RETURNING channel, last_offset
) INSERT INTO live_publications (channel, "offset", data, at) SELECT channel, last_offset, '{{"state": "submitted"}}', now() FROM told;
SELECT due_on FROM promises WHERE subject_id = :id::uuid;
COMMIT;
"""


def main(words: Sequence[str] | None = None) -> list[Figure]:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--web", type=int, default=2, help="web processes")
    asked = parser.parse_args(words)
    with scratch_city() as superuser_url:
        return [asyncio.run(bench(superuser_url, asked.seconds, asked.connections, asked.web))]


async def bench(superuser_url: str, seconds: int, connections: int, web: int) -> Figure:
    citizens = await settle()
    await as_superuser(superuser_url, NO_PICTURES, AFTER_START, PEOPLE, "GRANT SELECT ON bench_people TO marvec")
    with web_processes(web) as (ports, servers):
        await hand_in_for(2, ports, servers, citizens, connections)
        yardstick = await pgbench(YARDSTICK, seconds)
        times, share, spent = await hand_in_for(seconds, ports, servers, citizens, connections)
    print(f"pgbench {yardstick:,.0f}/s; HTTP {len(times) / spent:,.0f}/s of three requests, p50 {at(times, 0.5):.1f} ms", end="")
    print(f", p99 {at(times, 0.99):.1f} ms an application; client's CPU {share:.0%}")
    return rate("applications, through HTTP", len(times) / spent, yardstick, FLOOR, share)


async def settle() -> list[str]:
    """Citizens, each as the header of a token."""
    await open_database()
    async with unit_of_work() as session:
        people = [await identity.bearer(session, await identity.person(session), "applications") for _ in range(CITIZENS)]
    await close_database()
    return [f"{name}: {value}" for headers in people for name, value in headers.items()]


async def hand_in_for(
    seconds: float, ports: list[int], servers: list[psutil.Process], citizens: list[str], connections: int
) -> tuple[list[float], float, float]:
    """Milliseconds of each application, our share of the CPU, seconds."""
    meter, began = Meter(servers), time.perf_counter()
    lines = [hand_in(ports[n % len(ports)], citizens[n:] + citizens[:n], began + seconds) for n in range(connections)]
    times = [one for line in await asyncio.gather(*lines) for one in line]
    return times, meter.share(), time.perf_counter() - began


async def hand_in(port: int, citizens: list[str], until: float) -> list[float]:
    """One application after another, each of the next citizen."""
    wire, times = await Wire.open(port), []
    for citizen in itertools.cycle(citizens):
        if (began := time.perf_counter()) >= until:
            break
        status, _, body = await wire.ask("POST", "/api/v1/applications", {"service": SERVICE}, citizen)
        assert status == 201, body
        path = f"/api/v1/applications/{msgspec.json.decode(body)['id']}"
        status, _, body = await wire.ask("PATCH", path, {"answers": BIRTH}, citizen)
        assert status == 200, body
        status, _, body = await wire.ask("POST", f"{path}/submission", None, citizen)
        assert status == 201, body
        times.append(1000 * (time.perf_counter() - began))
    wire.close()
    return times


if __name__ == "__main__":
    sys.exit(not main())
