"""What Prometheus reads of the live door: how many sockets each process holds."""

from common.live import door
from common.metrics import BEATS, Kind, summed_gauge

SOCKETS = summed_gauge("marvec_sockets", "Open sockets", "kind")


def count(kind: Kind) -> None:
    SOCKETS.labels(kind).set(door.count_sockets())


BEATS.append(count)
