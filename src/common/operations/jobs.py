"""The head of the audit trail, kept where files are kept, beyond the database's reach."""

import structlog

from common.audit import head
from common.files.stores import store
from common.jobs import every

log = structlog.get_logger(__name__)


@every("audit.keep_head", seconds=10)
async def keep_head() -> None:
    finding = await head.keep(store())
    if finding.ill:
        kept = finding.kept.seq if finding.kept else None
        log.error("audit_head_does_not_fit", standing=finding.standing.value, kept=kept, found=finding.last)
