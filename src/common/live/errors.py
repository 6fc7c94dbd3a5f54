"""What the protocol says when something is wrong: an error reply to one command, or the end of the connection.

Codes as in centrifugal/centrifuge `errors.go` and `disconnect.go`. A client comes back after 3000..3499 and stays away after 3500..3999;
unsubscribe codes from 2500 on ask it to subscribe again.
"""

from dataclasses import dataclass

from common.errors import DomainError

UNSUBSCRIBED_INSUFFICIENT_STATE = 2500
TEMPORARY = (429, 503)


@dataclass(frozen=True)
class Refusal(Exception):
    """An error reply. Domain errors keep their HTTP status as code (the protocol leaves 400 to 1999 to applications)."""

    code: int
    message: str
    temporary: bool = False


@dataclass(frozen=True)
class Disconnect(Exception):
    """The connection ends with this close code."""

    code: int
    reason: str


INTERNAL = Refusal(100, "internal server error", temporary=True)
UNAUTHORIZED = Refusal(101, "unauthorized")
UNKNOWN_CHANNEL = Refusal(102, "unknown channel")
PERMISSION_DENIED = Refusal(103, "permission denied")
METHOD_NOT_FOUND = Refusal(104, "method not found")
ALREADY_SUBSCRIBED = Refusal(105, "already subscribed")
LIMIT_EXCEEDED = Refusal(106, "limit exceeded")
BAD_REQUEST = Refusal(107, "bad request")
NOT_AVAILABLE = Refusal(108, "not available")
TOKEN_EXPIRED = Refusal(109, "token expired")
TOO_MANY_REQUESTS = Refusal(111, "too many requests", temporary=True)
UNRECOVERABLE_POSITION = Refusal(112, "unrecoverable position")

SHUTDOWN = Disconnect(3001, "shutdown")
SERVER_ERROR = Disconnect(3004, "internal server error")
EXPIRED = Disconnect(3005, "connection expired")
SLOW = Disconnect(3008, "slow")
FORCE_RECONNECT = Disconnect(3011, "force reconnect")
NO_PONG = Disconnect(3012, "no pong")
INVALID_TOKEN = Disconnect(3500, "invalid token")
MALFORMED = Disconnect(3501, "bad request")
STALE = Disconnect(3502, "stale")
SIGNED_OUT = Disconnect(3503, "force disconnect")
TOO_MANY_SOCKETS = Disconnect(3504, "connection limit")
NO_SCOPE = Disconnect(3507, "permission denied")
TOO_MANY_ERRORS = Disconnect(3509, "too many errors")


def refusal_of(error: DomainError) -> Refusal:
    """A domain's error as an error reply: its status, and its sentence for people."""
    return Refusal(error.status, str(error), temporary=error.status in TEMPORARY)
