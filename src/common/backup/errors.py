"""What can go wrong with a backup: each a single line that an operator can act upon."""

from common.embedded.errors import EmbeddedError


class BackupError(EmbeddedError):
    """The message says what stands in the way."""

    code = "backup"
