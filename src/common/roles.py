"""Who may do what in the database. The *owner* has the tables and migrates; the *application* may read and write rows, and nothing else:
it can switch off no trigger, drop no constraint and empty no table, whatever somebody makes it say.

What never changes it may only read and add to; what migrations alone fill it may only read. Both are granted anew by every migration.
"""

from urllib.parse import unquote, urlsplit

import asyncpg
from sqlalchemy import Connection

ROWS = "SELECT, INSERT, UPDATE, DELETE"
READ_ONLY = ("alembic_version", "audit_unsealed", "state_moves")
LOCKED = {"ledger_accounts": "book"}
"""Tables that never change whose rows are locked all the same, which PostgreSQL gives to those alone who may update some column."""
OWN_TABLES = """
    SELECT c.oid::regclass::text,
           EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'never_changes') AS never_changes
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND c.relowner = current_user::regrole
"""
POWERS = """
    SELECT rolsuper AS superuser,
           (SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p')) AS owns,
           has_database_privilege(current_database(), 'TEMPORARY') OR has_schema_privilege('public', 'CREATE') AS makes
    FROM pg_roles r WHERE rolname = current_user
"""


def role_of(url: str) -> str:
    """The role that an address names."""
    return unquote(urlsplit(url).username or "")


def grant(connection: Connection, owner: str, application: str) -> None:
    """Let `application` work with the tables of `owner`, who is asking; nothing to do where they are the same role."""
    if application in {"", owner}:
        return
    to, tables = _quoted(application), connection.exec_driver_sql(OWN_TABLES).all()
    for name, never_changes in tables:
        may = "SELECT" if name in READ_ONLY else "SELECT, INSERT" if never_changes else ROWS
        may += f", UPDATE ({LOCKED[name]})" if name in LOCKED else ""
        connection.exec_driver_sql(f"REVOKE ALL ON {name} FROM {to}")
        connection.exec_driver_sql(f"GRANT {may} ON {name} TO {to}")
    connection.exec_driver_sql(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {to}")
    connection.exec_driver_sql(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {ROWS} ON TABLES TO {to}")


async def excess(connection: asyncpg.Connection) -> str:
    """What the role of this connection may do that no application should; empty when nothing."""
    found = await connection.fetchrow(POWERS)
    if found["superuser"]:
        return "is a superuser"
    if found["owns"]:
        return f"owns {found['owns']} tables and could switch their triggers off"
    return "may make tables of its own" if found["makes"] else ""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
