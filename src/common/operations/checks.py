"""The system's health, measured at the moment somebody looks: what answers, how fast, and what has been waiting for how long."""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncSession

from common import clock, servers
from common.audit import head
from common.audit import queries as trail
from common.audit import service as audit
from common.audit.head import Standing
from common.backup import queries as backups
from common.backup.policy import judge
from common.db import hot
from common.files.stores import store
from common.i18n import N_, ngettext, waktu
from common.i18n import gettext as _
from common.operations import queries
from common.payments import lists, waiting
from common.payments.provider import provider
from common.settings import get_settings

PATIENCE = 4.0  # seconds that a server may take before it counts as silent
SLOW = 0.5  # seconds
LATE, VERY_LATE = timedelta(minutes=1), timedelta(minutes=10)
BACKUP = {
    "off": N_("Tidak dinyalakan."),
    "none": N_("Belum ada cadangan."),
    "failing": N_("Gagal sejak %(age)s yang lalu: %(reason)s."),
    "behind": N_("Tertinggal %(age)s."),
    "base_old": N_("Salinan lengkap terakhir berumur %(age)s."),
    "fresh": N_("Lengkap sampai %(age)s yang lalu."),
}
REASONS = {
    "disk_full": N_("disk tujuannya penuh"),
    "not_writable": N_("tujuannya tidak bisa ditulisi"),
    "target_refuses": N_("bucket tujuannya menolak atau tidak menjawab"),
    "server_away": N_("basis data tidak terjangkau"),
    "server_refuses": N_("basis data menolak disalin"),
    "too_slow": N_("tujuannya terlalu lambat"),
}
UNKNOWN = N_("lihat log proses cadangan")
LEAST_FREE, LITTLE_FREE = 2**30, 5 * 2**30  # bytes
GOOD, WARN, BAD = "good", "warn", "bad"
HEADS = {
    Standing.CUT: N_("Ujung jejak hilang: yang disimpan segel %(kept)s, di basis data sampai %(found)s dan tidak cocok."),
    Standing.LOST: N_("Ujung jejak yang disimpan di luar basis data hilang."),
    Standing.FORGED: N_("Ujung jejak yang disimpan di luar basis data bukan tulisan kami."),
}
WORDS = {GOOD: N_("Sehat"), WARN: N_("Perlu dilihat"), BAD: N_("Segera tangani")}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `took`: milliseconds, None for what is counted. `section`: of the runbook; `link`: the desk for it."""

    name: str
    tone: str
    finding: str
    section: str
    took: int | None = None
    link: str = ""

    @property
    def word(self) -> str:
        return _(WORDS[self.tone])


async def all_checks(session: AsyncSession) -> list[Check]:
    """What is ill first. The servers are asked together: each of them mostly waits."""
    servers = await asyncio.gather(*(_asked(name, section, ask) for name, section, ask in SERVERS))
    found = [*servers, *await _work(session), await _messages(session), await _ledger(session), *await _money(session)]
    found += [await _trail(session), await backup(session), await _disk()]
    return sorted(found, key=lambda check: (BAD, WARN, GOOD).index(check.tone))


async def _asked(name: str, section: str, ask: Callable[[], Awaitable[None]]) -> Check:
    began = time.perf_counter()
    try:
        await asyncio.wait_for(ask(), PATIENCE)
    except TimeoutError:
        return Check(_(name), BAD, _("Tidak menjawab dalam %(seconds)s detik.", seconds=int(PATIENCE)), section)
    except Exception as error:  # whatever a server's client raises is the finding; its text could hold an address
        return Check(_(name), BAD, _("Tidak menjawab: %(error)s.", error=type(error).__name__), section)
    took = time.perf_counter() - began
    tone = WARN if took > SLOW else GOOD
    return Check(_(name), tone, _("Menjawab, tapi lambat.") if tone == WARN else _("Menjawab."), section, round(took * 1000))


async def _database() -> None:
    async with hot() as connection:
        await connection.fetchval("SELECT 1")


async def _queue() -> None:
    async with servers.redis(get_settings().redis_url, Redis, socket_connect_timeout=PATIENCE) as redis:
        if not await redis.ping():
            raise RedisError


async def _storage() -> None:
    """Asking for what is not there answers as fast as what is, and leaves nothing behind."""
    try:
        await store().get("00/kesehatan")
    except KeyError:
        return


async def _provider() -> None:
    """The cheapest question that needs our key: did anything happen just now."""
    events = provider().list_since(clock.now())
    async for _event in events:
        break


SERVERS: tuple[tuple[str, str, Callable[[], Awaitable[None]]], ...] = (
    (N_("Basis data"), "database", _database),
    (N_("Antrean kerja"), "queue", _queue),
    (N_("Penyimpanan berkas"), "storage", _storage),
    (N_("Penyedia pembayaran"), "payment-provider", _provider),
)


async def _work(session: AsyncSession) -> list[Check]:
    counts, oldest = await queries.counts(session), await queries.oldest_due(session)
    age = clock.now() - oldest if oldest else timedelta(0)
    waiting = _("Yang tertua menunggu %(age)s.", age=age_words(age)) if oldest else _("Tidak ada pekerjaan yang menunggu.")
    dead = ngettext("%(n)s pekerjaan berhenti", "%(n)s pekerjaan berhenti", counts["dead"])
    return [
        Check(_("Pekerjaan yang menunggu"), _tone(age), waiting, "waiting-jobs", link="/operator/pekerjaan?tampil=due"),
        Check(_("Pekerjaan yang berhenti"), BAD if counts["dead"] else GOOD, dead, "dead-jobs", link="/operator/pekerjaan"),
    ]


async def _messages(session: AsyncSession) -> Check:
    count, oldest = await lists.unmerged(session)
    words = ngettext("%(n)s kabar belum dibaca", "%(n)s kabar belum dibaca", count)
    tone = _tone(clock.now() - oldest) if oldest else GOOD
    return Check(_("Kabar dari penyedia pembayaran"), tone, words, "webhooks", link="/operator/webhook?keadaan=waiting")


async def _ledger(session: AsyncSession) -> Check:
    total = (await lists.balance(session)).sum
    words = (
        _("Jumlah semua akun buku besar nol.")
        if total == 0
        else _("Jumlah semua akun buku besar bukan nol: %(total)s rupiah.", total=total)
    )
    return Check(_("Buku besar"), GOOD if total == 0 else BAD, words, "ledger", link="/operator/buku-besar")


async def _trail(session: AsyncSession) -> Check:
    """Whether entries get their seals in time, and whether the chain still has the head that was kept elsewhere."""
    count, longest = await trail.waiting(session)
    words = ngettext("%(n)s catatan menunggu segel", "%(n)s catatan menunggu segel", count)
    tone = BAD if longest > audit.OVERDUE else WARN if longest > audit.SOON else GOOD
    if tone != GOOD:
        words = _("%(waiting)s, yang tertua sejak %(age)s.", waiting=words, age=age_words(longest))
    try:
        raw = await asyncio.wait_for(head.read(store()), PATIENCE)
    except Exception:  # whatever a store raises: it has a line of its own
        return Check(_("Jejak audit"), BAD if tone == BAD else WARN, _("Ujung jejak tidak bisa dibandingkan."), "audit-trail")
    finding = await head.compare(session, raw)
    if finding.ill:
        kept = finding.kept.seq if finding.kept else 0
        tone, words = BAD, _(HEADS[finding.standing], kept=kept, found=finding.last)
    return Check(_("Jejak audit"), tone, words, "audit-trail", link="/operator/jejak")


async def _money(session: AsyncSession) -> list[Check]:
    """What waits for an operator's decision, and whether the provider says the same as we."""
    count, _amount = await waiting.count_unassigned(session)
    words = ngettext("%(n)s kali uang menunggu keputusan", "%(n)s kali uang menunggu keputusan", count) if count else ""
    unassigned = Check(_("Uang yang menunggu"), BAD if count else GOOD, words or _("Tidak ada uang yang menunggu keputusan."), "unassigned",
                       link="/operator/uang")  # fmt: skip
    return [unassigned, await _provider_check(session)]


async def _provider_check(session: AsyncSession) -> Check:
    last = await waiting.last_provider_check(session)
    tone, words = GOOD, _("Belum pernah dibandingkan dengan penyedia.")
    if last is not None and last.differences:
        tone, words = BAD, ngettext("%(n)s selisih dengan penyedia", "%(n)s selisih dengan penyedia", last.differences)
    elif last is not None and last.done_at is not None:
        words = _("Sama dengan penyedia pada %(at)s.", at=waktu(last.done_at, short=True))
    return Check(_("Catatan penyedia pembayaran"), tone, words, "provider-records", link="/operator/penyedia")


async def backup(session: AsyncSession) -> Check:
    """How old the newest copy is, and how far the city is followed."""
    status = await backups.status(session)
    judged = judge(status, get_settings(), clock.now())
    age = age_words(clock.now() - judged.since) if judged.since else ""
    words = _(BACKUP[judged.what], age=age, reason=_(REASONS.get(status.error if status else "", UNKNOWN)))
    return Check(_("Cadangan"), judged.tone, words, "backup")


async def _disk() -> Check:
    folder = get_settings().data_dir
    free = (await asyncio.to_thread(shutil.disk_usage, folder if folder.exists() else folder.anchor or ".")).free
    tone = BAD if free < LEAST_FREE else WARN if free < LITTLE_FREE else GOOD
    return Check(_("Ruang disk"), tone, _("Sisa %(free)s GB.", free=round(free / 2**30, 1)), "disk")


def _tone(age: timedelta) -> str:
    return BAD if age > VERY_LATE else WARN if age > LATE else GOOD


def age_words(age: timedelta) -> str:
    """Seconds below two minutes, minutes below two hours, then hours."""
    seconds = max(0, int(age.total_seconds()))
    if seconds < 120:
        return _("%(n)s detik", n=seconds)
    return _("%(n)s menit", n=seconds // 60) if seconds < 7200 else _("%(n)s jam", n=seconds // 3600)
