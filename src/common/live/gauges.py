"""What Prometheus reads of the live door: how many sockets each process holds."""

from common.live import door
from common.live.errors import EXPIRED, INVALID_TOKEN, MALFORMED, NO_PONG, SERVER_ERROR, SHUTDOWN, SIGNED_OUT, SLOW, STALE
from common.live.socket import CLOSED
from common.metrics import BEATS, Kind, summed_gauge

SOCKETS = summed_gauge("marvec_sockets", "Open sockets", "kind")


def count(kind: Kind) -> None:
    SOCKETS.labels(kind).set(door.count_sockets())


BEATS.append(count)
for ending in (SHUTDOWN, SERVER_ERROR, EXPIRED, SLOW, NO_PONG, INVALID_TOKEN, MALFORMED, STALE, SIGNED_OUT):
    CLOSED.labels(str(ending.code))  # from zero, or the first of a kind would be no increase
