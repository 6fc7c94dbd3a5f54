"""`marvec audit verify | head | acknowledge`."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from common.actor import Actor
    from common.audit.head import Finding
    from common.audit.service import Verdict


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
@click.option("--head", "held", help="What `marvec audit head` printed at another time, kept by hand.")
def verify(held: str | None) -> None:
    """Walk the whole chain of seals and compare its head with the one that is kept outside of the database. Non-zero exit and a line for
    each thing that is wrong: a seal that does not fit, an entry that has waited for its seal for minutes, an end that was cut off."""
    sys.exit(asyncio.run(_with_database(_verify(held))))


@audit.command()
def head() -> None:
    """Print the last seal as number:hash, to be kept by hand: on paper, in another house."""
    sys.exit(asyncio.run(_with_database(_head())))


@audit.command()
@click.option("--because", required=True, help="Why the end of the trail is missing: which backup was restored, and on whose word.")
@click.option("--by", "who", help="The operator who says so: id or address of the account.")
def acknowledge(because: str, who: str | None) -> None:
    """Go on from the trail as it is after a restore on purpose. What is missing, and why, stays on record."""
    sys.exit(asyncio.run(_with_database(_acknowledge(because, who))))


async def _with_database(deed: Coroutine[Any, Any, int]) -> int:
    from common import db  # noqa: PLC0415 - so that the command's help needs none of it
    from common.settings import get_settings  # noqa: PLC0415

    await db.open_database(get_settings())
    try:
        return await deed
    finally:
        await db.close_database()


async def _verify(held: str | None) -> int:
    from common import db  # noqa: PLC0415
    from common.audit import head, service  # noqa: PLC0415
    from common.files.stores import store  # noqa: PLC0415

    raw = await head.read(store())
    async with db.unit_of_work() as session:
        finding = await head.compare(session, raw)
        by_hand = head.by_hand(held) if held else None
        missing = by_hand is not None and not await head.is_in(session, by_hand)
        verdict = await service.verify(session)
    wrong = [*_of_chain(verdict), *_of_head(finding)]
    if by_hand and missing:
        wrong.append(f"the head that was held by hand, seal {by_hand.seq}, is not in this trail: its end was cut off since")
    for line in wrong:
        click.echo(f"audit: {line}", err=True)
    if not wrong:
        _say_all_is_well(verdict, finding)
    return 1 if wrong else 0


def _of_chain(verdict: "Verdict") -> list[str]:
    from common.audit.service import OVERDUE  # noqa: PLC0415

    wrong = []
    if verdict.broken_at is not None:
        wrong.append(f"seal {verdict.broken_at} does not fit; the {verdict.sealed} before it do")
    if verdict.longest > OVERDUE:
        minutes = int(verdict.longest.total_seconds() // 60)
        wrong.append(f"{verdict.unsealed} entries wait for their seal, the first for {minutes} minutes: no worker seals, look at its log")
    if verdict.forgotten:
        wrong.append(f"{verdict.forgotten} entries have no seal and wait for none: somebody wrote past the triggers")
    return wrong


def _of_head(finding: "Finding") -> list[str]:
    from common.audit.head import Standing  # noqa: PLC0415

    mend = 'if a backup was restored on purpose: marvec audit acknowledge --because "..."'
    if finding.standing is Standing.CUT and finding.kept:
        kept = finding.kept
        has = f"ends at seal {finding.last}" if finding.last < kept.seq else f"has another seal {kept.seq} and goes on to {finding.last}"
        return [
            f"the end of the trail is missing: seal {kept.seq} was kept outside on {kept.at[:19]}Z, the database {has}. "
            f"It was set back to an older state, or its end was cut off; {mend}"
        ]
    return {
        Standing.LOST: [f"the head that was kept outside of the database is gone, so a missing end could not be seen; {mend}"],
        Standing.FORGED: [f"the head that is kept outside of the database was not signed by MARVEC_SECRET_KEY; {mend}"],
    }.get(finding.standing, [])


def _say_all_is_well(verdict: "Verdict", finding: "Finding") -> None:
    kept = f"kept outside up to seal {finding.kept.seq}" if finding.kept else "not kept outside yet"
    click.echo(f"audit: {verdict.sealed} sealed entries fit, {verdict.unsealed} wait for their seal; head {verdict.head or '-'}, {kept}")
    for cut in finding.kept.cuts if finding.kept else ():
        click.echo(f"audit: acknowledged on {cut.at[:19]}Z: up to seal {cut.kept} was kept, {cut.found} were found ({cut.because})")


async def _head() -> int:
    from common import db  # noqa: PLC0415
    from common.audit import queries  # noqa: PLC0415

    async with db.unit_of_work() as session:
        last = await queries.last_seal(session)
    if last is None:
        click.echo("audit: nothing is sealed yet", err=True)
        return 1
    click.echo(f"{last.seq}:{last.hash.hex()}")
    return 0


async def _acknowledge(because: str, who: str | None) -> int:
    from common.audit import head  # noqa: PLC0415
    from common.files.stores import store  # noqa: PLC0415

    actor = await _operator(who) if who else None
    if who and actor is None:
        click.echo(f"audit: {who} is nobody who holds the role of an operator", err=True)
        return 1
    finding = await head.acknowledge(store(), actor, because)
    if not finding.ill:
        click.echo("audit: nothing to acknowledge: no end is missing")
        return 0
    kept = finding.kept.seq if finding.kept else "-"
    click.echo(f"audit: acknowledged; kept was seal {kept}, the trail goes on from seal {finding.last}")
    return 0


async def _operator(who: str) -> "Actor | None":
    from common import db  # noqa: PLC0415
    from common.actor import Role  # noqa: PLC0415
    from common.identity import queries  # noqa: PLC0415

    async with db.unit_of_work() as session:
        person = await queries.by_name_tag(session, who)
        actor = await queries.actor_now(session, person.id) if person else None
    return actor if actor and actor.has(Role.OPERATOR) else None
