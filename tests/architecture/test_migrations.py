"""A new migration leaves the code that runs beside it alive: it expands. What takes something away says that it is the contracting half.

While an upgrade goes on, processes of the release before read and write the new schema. So a release only adds; what nobody uses any more
goes a release later, in a file with `CONTRACTS = "<why no running code misses it>"`.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOUNDED = "0021"  # up to here there was no city to upgrade
TAKES_AWAY = {
    "drops": re.compile(r"\bDROP\s+(TABLE|COLUMN|VIEW|MATERIALIZED\s+VIEW|TYPE|SCHEMA)\b", re.IGNORECASE),
    "drops a column": re.compile(
        r"\bALTER\s+TABLE\b[^;]*\bDROP\s+(?!(CONSTRAINT|COLUMN|NOT|DEFAULT|EXPRESSION|IDENTITY)\b)\w", re.IGNORECASE
    ),
    "renames": re.compile(r"\bALTER\s+(TABLE|TYPE|VIEW)\b[^;]*\bRENAME\b", re.IGNORECASE),
    "changes a type": re.compile(r"\bALTER\s+(COLUMN\s+)?\w+\s+(SET\s+DATA\s+)?TYPE\b", re.IGNORECASE),
    "demands a value": re.compile(r"\bSET\s+NOT\s+NULL\b", re.IGNORECASE),
}
ADDED = re.compile(
    r"^\s*(ALTER\s+TABLE\s.*?\s)?ADD\s+(COLUMN\s+)?(?!(CONSTRAINT|PRIMARY|UNIQUE|CHECK|FOREIGN|EXCLUDE|VALUE)\b)", re.I | re.S
)
FILLED = re.compile(r"\b(DEFAULT|GENERATED)\b", re.IGNORECASE)


def migrations() -> list[Path]:
    return [path for path in sorted((ROOT / "migrations/versions").glob("[0-9]*_*.py")) if path.name[:4] > FOUNDED]


def test_migrations_only_expand_or_say_that_they_contract() -> None:
    assert {path.name: found for path in migrations() if not contracts(path) and (found := list(risks(path.read_text())))} == {}


def test_what_says_that_it_contracts_has_a_reason_and_does() -> None:
    for path in migrations():
        if (why := contracts(path)) is not None:
            assert len(why) > 20 and list(risks(path.read_text())), path.name


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('op.execute("ALTER TABLE orders ADD COLUMN note text")', []),
        ('op.execute("ALTER TABLE orders ADD COLUMN n int NOT NULL DEFAULT 0, ADD CONSTRAINT c CHECK (n IS NOT NULL)")', []),
        ('op.execute("ALTER TABLE orders ALTER COLUMN note DROP NOT NULL, DROP CONSTRAINT ck_old")', []),
        ('op.execute("DROP TRIGGER t ON orders"); op.execute("DROP INDEX ix_old")', []),
        ('op.execute("CREATE TABLE notes (id uuid NOT NULL)"); op.add_column("o", sa.Column("n", nullable=False, server_default="0"))', []),
        ('op.execute("ALTER TABLE orders ADD COLUMN note text NOT NULL")', ["demands a value"]),
        ('op.execute("ALTER TABLE orders ADD a int DEFAULT 1, ADD b numeric(3, 1) NOT NULL")', ["demands a value"]),
        ('op.execute(f"ALTER TABLE {name} ALTER COLUMN note SET NOT NULL")', ["demands a value"]),
        ('op.execute("ALTER TABLE orders DROP note")', ["drops a column"]),
        ('op.execute("ALTER TABLE orders DROP COLUMN note")', ["drops"]),
        ('op.execute("""DROP\n TABLE orders""")', ["drops"]),
        ('op.execute("ALTER TABLE orders RENAME note TO words")', ["renames"]),
        ('op.execute("ALTER TABLE orders ALTER total TYPE bigint")', ["changes a type"]),
        ('op.drop_column("orders", "note")', ["op.drop_column"]),
        ('op.add_column("orders", sa.Column("note", sa.Text(), nullable=False))', ["op.add_column demands a value"]),
        ('op.alter_column("orders", "note", nullable=False)', ["op.alter_column"]),
        ('op.alter_column("orders", "note", server_default="")', []),
    ],
)
def test_the_rule_knows_what_takes_away(line: str, found: list[str]) -> None:
    assert list(risks(f"def upgrade():\n    {line}")) == found


def contracts(path: Path) -> str | None:
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and any(isinstance(name, ast.Name) and name.id == "CONTRACTS" for name in node.targets):
            return str(ast.literal_eval(node.value))
    return None


def risks(source: str) -> Iterator[str]:
    """What the migration would take from running code; `downgrade` may do as it likes."""
    body = [node for node in ast.parse(source).body if not (isinstance(node, ast.FunctionDef) and node.name == "downgrade")]
    for node in (inner for outer in body for inner in ast.walk(outer)):
        if isinstance(node, ast.Call) and (found := _of_call(node)):
            yield found
    for sql in (text for outer in body for text in _texts(outer)):
        yield from (name for name, pattern in TAKES_AWAY.items() if pattern.search(sql))
        yield from ("demands a value" for part in _parts(sql) if ADDED.match(part) and _demands(part))


def _of_call(call: ast.Call) -> str:
    name, told = ast.unparse(call.func), {word.arg: ast.unparse(word.value) for word in call.keywords}
    if name in {"op.drop_table", "op.drop_column", "op.rename_table"}:
        return name
    if name == "op.alter_column" and ({"new_column_name", "type_"} & set(told) or told.get("nullable") == "False"):
        return name
    if name == "op.add_column" and "nullable=False" in (written := ast.unparse(call)) and "server_default" not in written:
        return f"{name} demands a value"
    return ""


def _texts(node: ast.AST) -> Iterator[str]:
    """Strings as they stand, with a word in the place of what an f-string fills in."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        for child in ast.iter_child_nodes(node):
            yield from _texts(child)


def _parts(sql: str) -> Iterator[str]:
    """The statements, and within each the parts between its outermost commas."""
    part, depth = "", 0
    for letter in sql + ";":
        depth += (letter == "(") - (letter == ")")
        if letter == ";" or (letter == "," and depth == 0):
            yield part
            part = ""
        else:
            part += letter


def _demands(part: str) -> bool:
    return bool(re.search(r"\bNOT\s+NULL\b", part, re.IGNORECASE)) and not FILLED.search(part)
