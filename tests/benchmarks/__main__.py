"""All benchmarks, or those that are named, one after another, each in a process of its own; then one table of all figures.

    scripts/bench [name ...] [--quick] [--list]

`--quick` shows in minutes that all of them run; its figures are rough. Method and figures: docs/operations/benchmarks.md.
"""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

from tests.benchmarks.figures import Figure, measure, table

NAMES = sorted(file.stem.removeprefix("bench_") for file in Path(__file__).parent.glob("bench_*.py"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(NAMES)}; all when none is named")
    parser.add_argument("--quick", action="store_true", help="short rounds and small data")
    parser.add_argument("--list", action="store_true", help="name them and what each measures")
    asked = parser.parse_args()
    if unknown := sorted(set(asked.names) - set(NAMES)):
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}")
    if asked.list:
        print("\n".join(f"{name:14} {about(name)}" for name in NAMES))
        return 0
    results = {name: run(name, quick=asked.quick) for name in asked.names or NAMES}
    print("\n" + table(figure for figures in results.values() for figure in figures or []))
    failed = [name for name, figures in results.items() if figures is None]
    print(*(f"{name} failed" for name in failed), sep="\n", file=sys.stderr)
    return 1 if failed else 0


def run(name: str, *, quick: bool) -> list[Figure] | None:
    """Its figures, None when it failed. In a new process: each has a city, settings and registries of its own."""
    print(f"\n== {name}: {about(name)}", flush=True)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        try:
            return alone.submit(measure, name, quick).result()
        except (Exception, BrokenProcessPool) as error:  # one that breaks must not take the others' figures with it
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            return None


def about(name: str) -> str:
    """The first line of its docstring, without loading it."""
    text = (Path(__file__).parent / f"bench_{name}.py").read_text()
    return text.removeprefix('"""').partition("\n")[0]


if __name__ == "__main__":
    sys.exit(main())
