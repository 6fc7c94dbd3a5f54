"""`marvec doctor`: what a person who runs Marvec would look at first, each with how to mend it."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import click
import httpx
from pydantic import ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from common import roles, servers
from common.backup.catalog import Vault
from common.backup.models import BackupStatus
from common.backup.policy import GOOD, judge
from common.backup.targets import target
from common.clock import now
from common.embedded.errors import EmbeddedError
from common.embedded.folders import make_private
from common.files import scanning
from common.settings import DEVELOPMENT_KEY, Settings, get_settings
from marvec.cli import schema

OLDEST_POSTGRES = 150000
LEAST_DISK = 1024 * 1024 * 1024  # bytes
PROBES = 5  # a busy pooler may happen to give us the same server again
MOST_SKEW = 5.0  # seconds: signatures, one-time codes and deadlines all compare clocks


class Ill(Exception):
    """What is wrong, and how to mend it."""

    word = "problem"

    def __init__(self, finding: str, mend: str) -> None:
        super().__init__(finding)
        self.mend = mend


class Unsafe(Ill):
    """It works, and could be made safer: no reason for a non-zero exit."""

    word = "warning"


@click.command()
def doctor() -> None:
    """Check settings, servers, files and clock; say how to mend what is wrong. Non-zero exit when something is."""
    try:
        settings = get_settings()
    except ValidationError as error:
        for problem in error.errors():
            click.echo(f"problem  settings      {problem['msg'].removeprefix('Value error, ')}")
        sys.exit(1)
    results = asyncio.run(_examine(settings))
    for word, name, finding, mend in results:
        click.echo(f"{word:<9}{name:<14}{finding}")
        if mend:
            click.echo(f"{'':<23}-> {mend}")
    sys.exit(1 if any(word == Ill.word for word, *_ in results) else 0)


async def _examine(settings: Settings) -> list[tuple[str, str, str, str]]:
    """(ok, warning or problem; name; finding; how to mend or "") of every check; they run together, since each mostly waits."""
    return list(await asyncio.gather(*(_ask(name, check, settings) for name, check in CHECKS.items())))


async def _ask(name: str, check: Callable[[Settings], Awaitable[str]], settings: Settings) -> tuple[str, str, str, str]:
    try:
        return "ok", name, await check(settings), ""
    except Ill as ill:
        return ill.word, name, str(ill), ill.mend


async def settings_fit(settings: Settings) -> str:
    """Keys of no value are for development alone."""
    if settings.secret_key.get_secret_value() == DEVELOPMENT_KEY and not settings.base_url.startswith("http://127.0.0.1"):
        raise Ill("the secret key is the public one of development", "set MARVEC_SECRET_KEY and MARVEC_NIK_KEY")
    return f"{settings.mode}, {settings.base_url}"


async def database_answers(settings: Settings) -> str:
    """Reachable, new enough."""
    try:
        connection = await servers.connect(settings.database_url, statement_cache_size=0)
    except (OSError, asyncpg.PostgresError, TimeoutError, ValueError) as error:
        raise Ill(f"cannot be reached: {error or type(error).__name__}", "start PostgreSQL, or correct MARVEC_DATABASE_URL") from error
    try:
        number, name = int(await connection.fetchval("SHOW server_version_num")), await connection.fetchval("SHOW server_version")
    finally:
        await connection.close()
    if number < OLDEST_POSTGRES:
        raise Ill(f"PostgreSQL {name} is too old", "use PostgreSQL 15 or newer")
    return f"PostgreSQL {name}"


async def roles_are_apart(settings: Settings) -> str:
    """The application's role may read and write rows, and owns nothing whose triggers it could switch off."""
    async with _database(settings) as connection:
        excess = await roles.excess(connection)
    role = roles.role_of(settings.database_url)
    if excess:
        raise Unsafe(f"{role} {excess}", "let an owner migrate by MARVEC_DATABASE_OWNER_URL: Database roles in docs/operations/runbook.md")
    return f"{role} owns nothing"


async def extensions_are_there(settings: Settings) -> str:
    """What `marvec migrate` asks for, and not every role may create."""
    async with _database(settings) as connection:
        missing = await schema.missing_extensions(connection)
    if missing:
        raise Ill(f"missing: {', '.join(missing)}", f"as superuser, in Marvec's database: {schema.statement_for(missing)}")
    return f"{len(schema.EXTENSIONS)} of {len(schema.EXTENSIONS)}"


async def statements_are_kept(settings: Settings) -> str:
    """A pooler in transaction mode is told of: without that, what one connection prepared is asked of another one."""
    if settings.database_pooler != "none":
        return f"each sent whole, since a pooler keeps none ({settings.database_pooler})"
    async with _database(settings) as ours, _database(settings) as other:
        statement = await ours.prepare("SELECT $1::integer", name="marvec_doctor")
        await statement.fetchval(1)  # and the pooler has its server back
        for _ in range(PROBES):
            async with other.transaction():  # takes the server that the pooler has just got back from us
                await other.execute("SELECT")
                try:
                    await statement.fetchval(1)
                except asyncpg.InvalidSQLStatementNameError as error:
                    raise Ill("a pooler in transaction mode loses them", "set MARVEC_DATABASE_POOLER=transaction") from error
    return "kept by their connections"


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    try:
        connection = await servers.connect(settings.database_url, statement_cache_size=0)
    except (OSError, asyncpg.PostgresError, TimeoutError, ValueError) as error:
        raise Ill("not looked at: the database cannot be reached", "see the line of the database") from error
    try:
        yield connection
    finally:
        await connection.close()


async def schema_fits(settings: Settings) -> str:
    """The database's version is this code's."""
    try:
        version = await schema.version_of(settings.database_url)
        behind = schema.must_migrate(version)
    except EmbeddedError as error:
        raise Ill(str(error), "see the line above, or update the program") from error
    if behind:
        raise Ill(f"version {version or 'none'}, this code wants {schema.versions()[-1]}", "run `marvec migrate`")
    return f"version {version}"


async def queue_answers(settings: Settings) -> str:
    """Redis or Valkey answers."""
    try:
        client = servers.redis(settings.redis_url, Redis, socket_connect_timeout=5, socket_timeout=5)
    except ValueError as error:
        raise Ill(f"the address cannot be read: {error}", "correct MARVEC_REDIS_URL") from error
    try:
        about = await client.info("server")
    except (RedisError, OSError) as error:
        raise Ill(f"cannot be reached: {error}", "start Redis or Valkey, or correct MARVEC_REDIS_URL") from error
    finally:
        await client.aclose()
    return f"{about.get('server_name', 'redis')} {about.get('valkey_version', about['redis_version'])}"


async def payments_answer(settings: Settings) -> str:
    """Stripe (or the sandbox) can be reached and knows our key."""
    base = settings.stripe_api_base or "https://api.stripe.com"
    answer = await _get(f"{base}/v1/balance", "MARVEC_STRIPE_API_BASE", settings.stripe_api_key.get_secret_value())
    if answer.status_code in (401, 403):
        raise Ill("the key is refused", "correct STRIPE_API_KEY")
    return urlsplit(base).netloc


async def clock_is_right(settings: Settings) -> str:
    """Our clock against the payment provider's: the one outside clock that we always can ask."""
    if settings.stripe_api_base:
        return "not compared: the sandbox runs by this machine's own clock"
    answer = await _get("https://api.stripe.com/healthcheck", "")
    skew = abs((now() - parsedate_to_datetime(answer.headers["date"]).astimezone(UTC)).total_seconds())
    if skew > MOST_SKEW:
        raise Ill(f"off by {skew:.0f} s", "switch on time synchronisation (NTP)")
    return f"off by less than {MOST_SKEW:.0f} s"


async def _get(url: str, variable: str, key: str = "") -> httpx.Response:
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            return await client.get(url, auth=(key, "") if key else None)
    except httpx.HTTPError as error:
        mend = "open the way to api.stripe.com" + (f", or set {variable} to a sandbox" if variable else "")
        raise Ill(f"{urlsplit(url).netloc} cannot be reached: {type(error).__name__}", mend) from error


async def files_are_writable(settings: Settings) -> str:
    """The folder of uploaded files, or their place in S3."""
    if settings.files_url:
        return await _bucket_takes(settings)
    try:
        make_private(settings.data_dir)
    except EmbeddedError as error:
        raise Ill(str(error), "give this user the folder, or set MARVEC_DATA_DIR") from error
    return str(settings.data_dir)


async def _bucket_takes(settings: Settings) -> str:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - half a second, for who needs it

    from common.files.stores import store  # noqa: PLC0415 - as above

    try:
        bucket, key = store(settings), f"doctor/{uuid4()}"
        await bucket.put(key, b"", "application/octet-stream")
        await bucket.delete(key)
    except (BotoCoreError, ClientError) as error:
        mend = "correct MARVEC_FILES_URL, MARVEC_FILES_ENDPOINT_URL and the AWS variables, or give their key the right to write and delete"
        raise Ill(f"{settings.files_url} does not take what is put there: {type(error).__name__}", mend) from error
    return settings.files_url


async def backup_is_fresh(settings: Settings) -> str:
    """The target answers, and what it holds is young enough."""
    if not settings.backup_url:
        if settings.production:
            raise Ill("none is made", "set MARVEC_BACKUP_URL and MARVEC_BACKUP_KEY, and run `marvec backup archive`")
        return "off"
    try:
        vault = Vault(target(settings.backup_url, settings.backup_endpoint_url), settings.backup_key.get_secret_value())
        bases = await asyncio.to_thread(vault.bases)
        reach = await asyncio.to_thread(vault.reach_of, bases[-1]) if bases else None
    except EmbeddedError as error:
        raise Ill(str(error), "see Backup in docs/operations/runbook.md") from error
    if reach is None:
        raise Ill(f"nothing in {settings.backup_url} yet", "run `marvec backup`, and `marvec backup archive` beside the city")
    status = BackupStatus(base_at=bases[-1].ended_at, reach_at=reach if reach > bases[-1].ended_at else None)
    judged = judge(status, settings, now())
    told = f"{settings.backup_url}, copied {bases[-1].ended_at:%Y-%m-%d %H:%M} UTC, kept to {reach:%Y-%m-%d %H:%M} UTC"
    if judged.tone != GOOD:
        raise Ill(told, "too old: does `marvec backup archive` run? See Backup in docs/operations/runbook.md")
    return told


async def scanner_answers(settings: Settings) -> str:
    """The virus scanner, if there is one."""
    if not settings.scanner_url:
        return "none: uploads are not scanned"
    try:
        async with asyncio.timeout(5):
            said = await scanning.ask(settings.scanner_url, [b"zPING\0"])
    except (OSError, EOFError, TimeoutError) as error:
        raise Ill(f"cannot be reached: {type(error).__name__}", "start it, or correct MARVEC_SCANNER_URL") from error
    if said != "PONG":
        raise Ill(f"says {said[:40]!r} to a PING", "let MARVEC_SCANNER_URL name a clamd")
    return settings.scanner_url


async def disk_has_room(settings: Settings) -> str:
    """At least LEAST_DISK bytes where the data are."""
    folder = settings.data_dir if settings.data_dir.exists() else Path()
    free = shutil.disk_usage(folder).free
    if free < LEAST_DISK:
        raise Ill(f"{free >> 20} MB free", f"free some space for {settings.data_dir}")
    return f"{free >> 30} GB free"


CHECKS: dict[str, Callable[[Settings], Awaitable[str]]] = {
    "settings": settings_fit,
    "database": database_answers,
    "roles": roles_are_apart,
    "extensions": extensions_are_there,
    "statements": statements_are_kept,
    "schema": schema_fits,
    "queue": queue_answers,
    "payments": payments_answer,
    "files": files_are_writable,
    "backup": backup_is_fresh,
    "scanner": scanner_answers,
    "disk": disk_has_room,
    "clock": clock_is_right,
}
