"""What can go wrong with a backup: each a single line that an operator can act upon."""

from common.embedded.errors import EmbeddedError


class BackupError(EmbeddedError):
    """The message says what stands in the way."""

    code = "backup"


class TargetRefuses(BackupError):
    """The bucket does not answer, or lets nothing be written."""

    code = "target_refuses"


class ServerAway(BackupError):
    """The database cannot be reached."""

    code = "server_away"


class ServerRefuses(BackupError):
    """The database gives no copy and no WAL: a setting or a right is missing."""

    code = "server_refuses"


class TooSlow(BackupError):
    """More WAL is written than can be taken away."""

    code = "too_slow"
