"""What waits for its seal is known by the database, whatever time an entry says it is of."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

# An entry begins to wait with its commit, not with its writing: a transaction that took an hour is no backlog, and none slips by behind a
# watermark. The functions run as the tables' owner, so that the application can neither add to this table nor take from it; nobody else
# may call them, since a caller could hand them rows of his own choice.
STATEMENTS = (
    """
    CREATE TABLE audit_unsealed (
        entry_id uuid NOT NULL CONSTRAINT pk_audit_unsealed PRIMARY KEY
            CONSTRAINT fk_audit_unsealed_entry_id REFERENCES audit_entries (id),
        since timestamptz NOT NULL)
    """,
    "CREATE INDEX ix_audit_unsealed_since ON audit_unsealed (since)",
    """
    CREATE FUNCTION await_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        INSERT INTO audit_unsealed (entry_id, since) VALUES (NEW.id, clock_timestamp());
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION take_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        DELETE FROM audit_unsealed u USING sealed s WHERE u.entry_id = s.entry_id;
        RETURN NULL;
    END $$
    """,
    "REVOKE ALL ON FUNCTION await_seal(), take_seal() FROM PUBLIC",
    """
    CREATE CONSTRAINT TRIGGER awaits_its_seal AFTER INSERT ON audit_entries
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION await_seal()
    """,
    """
    CREATE TRIGGER takes_its_seal AFTER INSERT ON audit_seals
    REFERENCING NEW TABLE AS sealed FOR EACH STATEMENT EXECUTE FUNCTION take_seal()
    """,
    """
    INSERT INTO audit_unsealed (entry_id, since)
    SELECT id, clock_timestamp() FROM audit_entries e WHERE NOT EXISTS (SELECT FROM audit_seals s WHERE s.entry_id = e.id)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
