"""The door hears of every session, token and role that ends from the very transaction that ends it, whoever wrote it."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# At COMMIT, so that `at` is the moment in which others can read the row, give or take the commit itself.
STATEMENTS = (
    """
    CREATE TABLE live_endings (
        id uuid PRIMARY KEY,
        kind text NOT NULL CONSTRAINT ck_live_endings_kind CHECK (kind IN ('key', 'person')),
        ended uuid NOT NULL,
        at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX ix_live_endings_at ON live_endings (at)",
    """
    CREATE FUNCTION tell_the_door() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO live_endings (id, kind, ended, at)
        VALUES (gen_random_uuid(), TG_ARGV[0], CASE TG_ARGV[0] WHEN 'key' THEN OLD.id ELSE OLD.person_id END, clock_timestamp());
        RETURN NULL;
    END $$
    """,
    *(
        f"""
        CREATE CONSTRAINT TRIGGER {table}_{event}_is_told AFTER {what} ON {table} DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION tell_the_door('{kind}')
        """
        for table, kind in (("person_session", "key"), ("api_token", "key"), ("role_grant", "person"))
        for event, what, when in (
            ("end", "UPDATE OF revoked_at", "OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL"),
            ("removal", "DELETE", "OLD.revoked_at IS NULL"),
        )
    ),
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
