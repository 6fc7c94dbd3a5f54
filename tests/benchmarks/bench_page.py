"""The first page's weight over the wire, as a browser with an empty cache asks for it, and the warm start of `marvec run` up to it.

    python -m tests.benchmarks.bench_page [--starts 3]

Weight: heads and bodies of the page and of all that it names (styles, scripts, icons, pictures, fonts named in the styles), with the
encodings that browsers accept, once the city has made its thumbnails. Lazy pictures count too: a browser asks for those near the screen.
A warm start has its database; it is timed from the command to the page's last byte.
"""

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from common.embedded.processes import free_port
from tests.benchmarks.city import ROOT
from tests.benchmarks.figures import Figure
from tests.benchmarks.wire import Wire

QUICK = ["--starts", "1"]
MOST_BYTES = 80_000
MOST_SECONDS = 3.0
ACCEPTS = "Accept-Encoding: gzip, deflate, br, zstd"
NAMING = {
    b"html": re.compile(r"""<(?:script|img|link|source|use)\b[^>]*?\b(?:src|href)="([^"#?]+[^"#]*)"""),
    b"css": re.compile(r"""url\(["']?([^"')#]+)"""),
    b"script": re.compile(r"""(?:from|import)\s*["']([./][^"']+)"""),
}
"""How an answer of this kind names what a browser then asks for."""


def main(words: Sequence[str] | None = None) -> list[Figure]:
    parser = argparse.ArgumentParser()
    parser.add_argument("--starts", type=int, default=3)
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as data:
        starts = [asyncio.run(one_start(data)) for _ in range(asked.starts + 1)]
    cold, warm = starts[0][0], sorted(seconds for seconds, _ in starts[1:])
    pieces = starts[-1][1]
    for path, size in sorted(pieces.items(), key=lambda one: -one[1]):
        print(f"{size:8,} {path}")
    weight = sum(pieces.values())
    middle = warm[len(warm) // 2]
    print(f"{weight:8,} bytes in {len(pieces)} answers; first start {cold:.1f} s, warm starts {', '.join(f'{one:.1f}' for one in warm)} s")
    return [
        Figure("first page over the wire", f"{weight / 1000:.1f} kB", floor="<= 80 kB", falls_short=weight > MOST_BYTES),
        Figure("warm start to the first page", f"{middle:.1f} s", floor="<= 3 s", falls_short=middle > MOST_SECONDS),
    ]


async def one_start(data: str) -> tuple[float, dict[str, int]]:
    """Seconds until the page was there, and the bytes of everything that it needs."""
    port, began = free_port(), time.perf_counter()
    words = [sys.executable, "-W", "ignore", "-m", "marvec.cli", "run", "--port", str(port), "--data", data]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    city = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        await first_page(port, city)
        seconds = time.perf_counter() - began
        sizes, unmade = await weigh(port)
        while unmade:
            await asyncio.sleep(1)
            sizes, unmade = await weigh(port)
        return seconds, sizes
    finally:
        city.terminate()
        city.wait(60)


async def first_page(port: int, city: subprocess.Popen[bytes]) -> None:
    while city.poll() is None:
        try:
            wire = await Wire.open(port)
            status, _, _ = await wire.ask("GET", "/", None, ACCEPTS)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            wire.close()
            assert status == 200, status
            return
    raise RuntimeError("the city ended before it answered")


async def weigh(port: int) -> tuple[dict[str, int], int]:
    """Path -> bytes of head and body; and how many pictures still stand in for their thumbnails."""
    wire, sizes, waiting, unmade = await Wire.open(port), dict[str, int](), ["/"], 0
    while waiting:
        path = waiting.pop(0)
        if path in sizes:
            continue
        status, head, body = await wire.ask("GET", path, None, ACCEPTS)
        assert status == 200, (path, status)
        sizes[path] = len(head) + len(body)
        unmade += b"image/jpeg" in head
        _, _, plain = await wire.ask("GET", path)
        waiting += [urljoin(path, name) for name in names_in(head, plain) if not urlsplit(name).netloc and not name.startswith("data:")]
    wire.close()
    return sizes, unmade


def names_in(head: bytes, plain: bytes) -> list[str]:
    """The addresses that a browser asks for because of this answer."""
    kind = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-type:")), b"")
    patterns = [pattern for word, pattern in NAMING.items() if word in kind]
    return [name for pattern in patterns for name in pattern.findall(plain.decode())]


if __name__ == "__main__":
    sys.exit(any(one.falls_short for one in main()))
