"""The application's role: rows, and nothing else."""

import asyncpg

from common import roles
from common.db import hot
from common.settings import get_settings

CATALOGUE = """
    SELECT c.relname AS name,
           EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'never_changes') AS never_changes,
           has_table_privilege(c.oid, 'INSERT') AS inserts, has_table_privilege(c.oid, 'UPDATE') AS updates,
           has_table_privilege(c.oid, 'DELETE') AS deletes,
           has_table_privilege(c.oid, 'TRUNCATE, REFERENCES, TRIGGER') AS more,
           c.relowner = current_user::regrole AS owns
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1
"""


async def test_the_application_owns_nothing_and_may_on_each_table_what_it_needs(database: None) -> None:
    async with hot() as connection:
        assert await roles.excess(connection) == ""
        found = await connection.fetch(CATALOGUE)
    assert len(found) > 80
    assert [row["name"] for row in found if row["owns"] or row["more"]] == []
    assert {row["name"] for row in found if not row["inserts"]} == set(roles.READ_ONLY)
    kept = {row["name"] for row in found if row["never_changes"]}
    assert {"audit_entries", "audit_seals", "state_history", "ledger_entries", "order_lines"} <= kept
    assert {row["name"] for row in found if not row["updates"] and not row["deletes"]} == kept | set(roles.READ_ONLY)


async def test_what_the_owner_makes_later_is_open_to_the_application_at_once(database: None) -> None:
    owner = await asyncpg.connect(get_settings().owner_url)
    try:
        await owner.execute("CREATE TABLE later (n int)")
        async with hot() as connection:
            assert await connection.fetchval("INSERT INTO later VALUES (1) RETURNING n") == 1
    finally:
        await owner.execute("DROP TABLE later")
        await owner.close()


async def test_an_owner_and_a_superuser_are_told_apart_from_an_application(database: None, doors: asyncpg.Connection) -> None:
    owner = await asyncpg.connect(get_settings().owner_url)
    try:
        assert (await roles.excess(owner)).startswith("owns ")
    finally:
        await owner.close()
    assert await roles.excess(doors) == "is a superuser"


def test_the_role_is_read_from_any_address() -> None:
    assert roles.role_of("postgresql://kota%40makassar:x@db1:5432,db2:5433/marvec") == "kota@makassar"
    assert roles.role_of("postgresql:///marvec") == ""
