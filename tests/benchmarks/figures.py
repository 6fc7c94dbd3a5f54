"""What a benchmark hands back: a figure beside its yardstick of the same run, the floor that it should reach, who used the CPU."""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module

import psutil

HEADS = ("what", "ours", "yardstick", "ratio", "floor", "client CPU")


@dataclass(frozen=True)
class Figure:
    """One line of the table. `ratio` is ours / yardstick where there is one; `client`: the load generator's share (see Meter)."""

    what: str
    ours: str
    yardstick: str = ""
    ratio: float | None = None
    floor: str = ""
    falls_short: bool = False
    client: float | None = None


def rate(what: str, ours: float, yardstick: float, floor: float, client: float, unit: str = "/s") -> Figure:
    """More is better."""
    ratio = ours / yardstick
    return Figure(what, f"{ours:,.0f}{unit}", f"{yardstick:,.0f}{unit}", ratio, f">= {floor}x", ratio < floor, client)


class Meter:
    """CPU seconds of this process and of `servers` from now on. The database's are left out: other people's work would be among them."""

    def __init__(self, servers: Iterable[psutil.Process]) -> None:
        self._me, self._servers = psutil.Process(), list(servers)
        self._before = self._now()

    def _now(self) -> tuple[float, float]:
        return cpu(self._me), sum(map(cpu, self._servers))

    def read(self) -> tuple[float, float]:
        """Ours and the servers', in seconds."""
        mine, theirs = self._now()
        return mine - self._before[0], theirs - self._before[1]

    def share(self) -> float:
        """Ours, of both together."""
        mine, theirs = self.read()
        return mine / ((mine + theirs) or 1)


def cpu(process: psutil.Process) -> float:
    spent = process.cpu_times()
    return float(spent.user + spent.system)


def at(times: list[float], share: float) -> float:
    """A quantile, `share` in hundredths."""
    return statistics.quantiles(times, n=100, method="inclusive")[round(share * 100) - 1]


def measure(name: str, quick: bool) -> list[Figure]:
    """Run `bench_<name>.py`; here and not in __main__, so that a new process finds it."""
    module = import_module(f"tests.benchmarks.bench_{name}")
    figures: list[Figure] = module.main(module.QUICK if quick else [])
    return figures


def table(figures: Iterable[Figure]) -> str:
    """All figures as a Markdown table; what falls short is marked in the column of the floor."""
    rows = [HEADS, tuple("-" * 3 for _ in HEADS), *map(_row, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows)


def _row(one: Figure) -> tuple[str, ...]:
    ratio = "" if one.ratio is None else f"{one.ratio:.2f}x"
    client = "" if one.client is None else f"{one.client:.0%}"
    return one.what, one.ours, one.yardstick, ratio, one.floor + (" (short)" if one.falls_short else ""), client
