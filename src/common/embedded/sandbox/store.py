"""All that the sandbox knows, in one SQLite file. One connection, one thread, one transaction a request: nothing runs beside anything else.

WAL with synchronous=NORMAL: what was answered survives the death of the process (kill -9); a power cut may lose the last moments, which is
fair for a sandbox and saves a disk flush a request.
"""

import json
import secrets
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from common.embedded.sandbox.errors import NoSuch

Doc = dict[str, Any]
PLATFORM = ""

VERSION = 1

# Locked for us alone: a second sandbox on the same file is told "database is locked" and ends.
_PRAGMAS = "PRAGMA locking_mode=EXCLUSIVE; PRAGMA busy_timeout=1000; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS thing (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, account TEXT NOT NULL,
    created INTEGER NOT NULL, doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS thing_by_kind ON thing (kind, account, seq);
CREATE INDEX IF NOT EXISTS thing_by_intent ON thing (kind, json_extract(doc, '$.payment_intent'));
CREATE INDEX IF NOT EXISTS thing_by_source ON thing (kind, json_extract(doc, '$.source_transaction'));
CREATE TABLE IF NOT EXISTS balance (
    account TEXT NOT NULL, currency TEXT NOT NULL, available INTEGER NOT NULL, PRIMARY KEY (account, currency)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answered (
    account TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (account, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, endpoint TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL, began REAL NOT NULL, lose_first INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'lost', 'given_up')));
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (due) WHERE state = 'pending';
CREATE TABLE IF NOT EXISTS timer (id INTEGER PRIMARY KEY AUTOINCREMENT, due REAL NOT NULL, verb TEXT NOT NULL, subject TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS timer_due ON timer (due);
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_TABLES = ("thing", "balance", "answered", "delivery", "timer", "kept")


def new_id(prefix: str) -> str:
    """An id of Stripe's form: the prefix and 24 characters that nobody guesses."""
    return f"{prefix}_{secrets.token_hex(12)}"


class Store:
    """The file and its one connection. Reads and writes happen inside `transaction()`."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(_PRAGMAS)
        self._check_version()
        self._db.executescript(_SCHEMA)

    def _check_version(self) -> None:
        found = int(self._db.execute("PRAGMA user_version").fetchall()[0][0])
        if found > VERSION:
            raise sqlite3.DatabaseError(f"the file is of a newer sandbox (version {found}, this one knows {VERSION})")
        self._db.execute(f"PRAGMA user_version={VERSION}")

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is kept together, or nothing of it when it raises."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._db.execute(sql, values).fetchall()

    def add(self, doc: Doc, account: str = PLATFORM) -> Doc:
        """Keep a new object of `account` ("" is the platform) and hand it back with its owner noted in `_account`."""
        doc["_account"] = account
        self._db.execute(
            "INSERT INTO thing (id, kind, account, created, doc) VALUES (?, ?, ?, ?, ?)",
            (doc["id"], doc["object"], account, doc["created"], json.dumps(doc)),
        )
        return doc

    def save(self, doc: Doc) -> None:
        self._db.execute("UPDATE thing SET doc = ? WHERE id = ?", (json.dumps(doc), doc["id"]))

    def remove(self, id_: str) -> None:
        self._db.execute("DELETE FROM thing WHERE id = ?", (id_,))

    def find(self, id_: str) -> Doc | None:
        """Any object by its id, whoever owns it."""
        rows = self._db.execute("SELECT doc FROM thing WHERE id = ?", (id_,)).fetchall()
        return json.loads(rows[0][0]) if rows else None

    def get(self, kind: str, id_: str, account: str = PLATFORM, *, param: str = "id") -> Doc:
        """The object, or NoSuch when there is none of this kind in this account."""
        doc = self.find(id_)
        if doc is None or doc["object"] != kind or doc["_account"] != account:
            raise NoSuch(kind, id_, param)
        return doc

    def select(
        self, kind: str, account: str, where: str = "", values: Sequence[Any] = (), *, order: str = "DESC", limit: int = -1
    ) -> list[Doc]:
        """Objects of one kind and account. `where` is SQL of ours about `seq`, `created` or `doc`, never a caller's text."""
        sql = f"SELECT doc FROM thing WHERE kind = ? AND account = ? {where} ORDER BY seq {order} LIMIT ?"  # noqa: S608  (only our own words)
        return [json.loads(row[0]) for row in self._db.execute(sql, (kind, account, *values, limit))]

    def sequence_of(self, id_: str) -> int | None:
        rows = self._db.execute("SELECT seq FROM thing WHERE id = ?", (id_,)).fetchall()
        return int(rows[0][0]) if rows else None

    def later(self, seconds: float, verb: str, subject: str) -> None:
        """Have the clerk run `verb` on the object `subject`, `seconds` from now, restart or not."""
        self._db.execute("INSERT INTO timer (due, verb, subject) VALUES (?, ?, ?)", (time.time() + seconds, verb, subject))

    def kept(self, name: str, default: Any = None) -> Any:
        rows = self._db.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchall()
        return json.loads(rows[0][0]) if rows else default

    def keep(self, name: str, value: Any) -> None:
        self._db.execute(
            "INSERT INTO kept VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, json.dumps(value))
        )

    def empty(self) -> None:
        for table in _TABLES:
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608  (our own table names)
