"""When a backup is too old: one judgement for the operator's page, the metrics and `marvec doctor`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from common.backup.models import BackupStatus
from common.settings import Settings

LATE, VERY_LATE = timedelta(minutes=5), timedelta(hours=1)  # of the WAL
SPARE = timedelta(hours=2)  # a base takes its time, and the machine may have slept
GOOD, WARN, BAD = "good", "warn", "bad"


@dataclass(frozen=True, slots=True)
class Judgement:
    """`what`: off, none, failing, base_old, behind or fresh. `since`: of the newest base, of the last reach, or of the error."""

    tone: str
    what: str
    since: datetime | None = None


def judge(status: BackupStatus | None, settings: Settings, now: datetime) -> Judgement:
    """What follows the WAL may be quiet for LATE, and a base is due every `backup_hours`. In production, none at all is no good news."""
    if not settings.backup_url:
        return Judgement(WARN if settings.production else GOOD, "off")
    if status is None or status.base_at is None:
        return Judgement(BAD if settings.production else WARN, "none")
    behind = now - status.reach_at if status.reach_at else timedelta(0)
    age = now - status.base_at
    if status.error and status.error_at and now - status.error_at > LATE:
        return Judgement(BAD if max(behind, now - status.error_at) > VERY_LATE else WARN, "failing", status.error_at)
    if behind > LATE:
        return Judgement(BAD if behind > VERY_LATE else WARN, "behind", status.reach_at)
    between = timedelta(hours=settings.backup_hours)
    if age > between + SPARE:
        return Judgement(BAD if age > 3 * between else WARN, "base_old", status.base_at)
    return Judgement(GOOD, "fresh", status.reach_at or status.base_at)
