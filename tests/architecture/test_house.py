"""The shape of the house, held by machine: furniture, who reads the environment, who commits, the schema, the routes' transactions."""

import ast
import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from common import events, jobs, personal
from common.db import Table, database, metadata
from common.events import HEARERS
from marvec import site

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
FURNITURE = {
    "__init__", "models", "errors", "policy", "queries", "schemas", "service", "routes", "pages", "live", "jobs", "products", "personal",
}  # fmt: skip
LONGEST = 300
PERSON = re.compile(
    r"(person|buyer|seller|author|about|owner|holder|applicant|officer|payer|reporter|block(er|ed)|actor)_id|(?!moved)\w+_by"
)
"""Columns that name a person; who moved a row stands on every row that moves."""
KEEPS_NOTHING_OF_ITS_OWN = {
    "common.audit": "who did what, by ids alone; a trail that one can ask to have rewritten is none",
    "civic.registry": "names the officer who registered; the facts of a birth are in the applicant's own application",
    "marvec.search": "what listings say, once more, to be found by",
}
"""Rooms that know people and export nothing, each with its reason."""


def sources(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders or ("common", "civic", "marvec"):
        for path in sorted((SRC / folder).rglob("*.py")):
            yield path, parsed(path)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.Module) -> Iterator[str]:
    return (ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_every_room_has_its_start_and_the_house_knows_every_room() -> None:
    for room in site.ROOMS:
        folder = SRC / room.replace(".", "/")
        assert (folder / "__init__.py").is_file(), room
        assert FURNITURE & {path.stem for path in folder.iterdir()} - {"__init__"}, f"{room} has no furniture at all"


def test_every_room_that_knows_people_tells_them_what_it_keeps(house: None) -> None:
    knowing = {_room_of(table) for table in _tables() if any(map(PERSON.fullmatch, table.model_fields))}
    telling = {export.__module__.rpartition(".")[0] for export in personal.EXPORTS.values()}
    assert knowing - telling == set(KEEPS_NOTHING_OF_ITS_OWN)


def test_only_the_settings_read_the_environment() -> None:
    reading = ("os.getenv", "os.environ.get")
    allowed = {"common/settings.py"}
    found = {path.relative_to(SRC).as_posix() for path, tree in sources() if any(call in reading for call in calls(tree))}
    outside = {name for name in found - allowed if not name.startswith(("common/embedded/", "marvec/cli/"))}
    assert outside == set()


def test_only_the_database_module_commits() -> None:
    found = {path.relative_to(SRC).as_posix() for path, tree in sources() if any(call.endswith("session.commit") for call in calls(tree))}
    assert found == set()


def test_only_the_clock_knows_the_time() -> None:
    known = ("datetime.now", "datetime.utcnow", "date.today", "datetime.today")
    found = {path.relative_to(SRC).as_posix() for path, tree in sources() if any(call in known for call in calls(tree))}
    assert {name for name in found if not name.startswith(("common/embedded/", "marvec/demo/"))} == {"common/clock.py"}


def test_no_file_is_too_long_to_read() -> None:
    long = {path.relative_to(SRC).as_posix() for path, _tree in sources() if len(path.read_text().splitlines()) > LONGEST}
    assert long == set()


def test_the_migrations_are_one_line() -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


async def test_the_models_are_the_schema(database: None) -> None:
    differences = await _differences()
    assert differences == []


def test_every_fact_has_somebody_who_hears_it(house: None) -> None:
    facts = {name for name, kind in vars(events).items() if isinstance(kind, type) and is_dataclass(kind)}
    assert {"OrderMoved", "PromiseBroken"} <= facts
    assert facts - {kind.__name__ for kind in HEARERS} == set()


def test_every_hearer_has_its_job(house: None) -> None:
    assert {name for names in HEARERS.values() for name in names} <= set(jobs.JOBS)


def _tables() -> Iterator[type[Table]]:
    """Every table of the house."""
    waiting = [Table]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            yield kind


def _room_of(table: type[Table]) -> str:
    return ".".join(table.__module__.split(".")[:2])


async def _differences() -> list[str]:
    """Tables and columns that only one side has, or whose nullability differs. Indexes and constraints are the migrations' own."""
    async with database().engine.connect() as connection:
        found = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync, opts={"compare_type": False}), metadata)
        )
    kinds = ("add_table", "remove_table", "add_column", "remove_column", "modify_nullable")
    flat = [entry for one in found for entry in (one if isinstance(one, list) else [one])]
    return [str(entry[:4]) for entry in flat if entry[0] in kinds]
