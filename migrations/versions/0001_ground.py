"""The ground: extensions, the machines' moves and history, the outbox."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

EXTENSIONS = ("pg_trgm", "unaccent", "citext", "btree_gist", "cube", "earthdistance")

# A row is born in a state that ('' -> state) allows, and moves only along (old -> new) of its own machine. The history row is written
# here and nowhere else: its number is one more than the subject's last.
MOVE_ALONG_TABLE = """
CREATE FUNCTION move_along_table() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text := CASE WHEN TG_OP = 'UPDATE' THEN OLD.state ELSE '' END;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = NEW.state THEN
        RETURN NULL;
    END IF;
    IF NOT EXISTS (SELECT FROM state_moves m WHERE m.machine = NEW.machine AND m.from_state = before AND m.to_state = NEW.state) THEN
        RAISE EXCEPTION 'machine % knows no move from % to %', NEW.machine, quote_literal(before), quote_literal(NEW.state)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'moves_along_its_table';
    END IF;
    INSERT INTO state_history (subject_id, seq, machine, from_state, to_state, moved_at, moved_by, moved_because)
    SELECT NEW.id, coalesce(max(h.seq), 0) + 1, NEW.machine, nullif(before, ''), NEW.state, NEW.moved_at, NEW.moved_by, NEW.moved_because
    FROM state_history h WHERE h.subject_id = NEW.id;
    RETURN NULL;
END $$
"""

NEVER_CHANGES = """
CREATE FUNCTION never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


def upgrade() -> None:
    for extension in EXTENSIONS:
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    op.execute("""
        CREATE TABLE state_moves (
            machine text NOT NULL, from_state text NOT NULL, to_state text NOT NULL,
            CONSTRAINT pk_state_moves PRIMARY KEY (machine, from_state, to_state))""")
    op.execute("""
        CREATE TABLE state_history (
            subject_id uuid NOT NULL, seq integer NOT NULL, machine text NOT NULL, from_state text, to_state text NOT NULL,
            moved_at timestamptz NOT NULL, moved_by uuid, moved_because text NOT NULL,
            CONSTRAINT pk_state_history PRIMARY KEY (subject_id, seq))""")
    op.execute(NEVER_CHANGES)
    op.execute(MOVE_ALONG_TABLE)
    op.execute("CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON state_history FOR EACH ROW EXECUTE FUNCTION never_changes()")
    op.execute("""
        CREATE TABLE outbox (
            id uuid NOT NULL CONSTRAINT pk_outbox PRIMARY KEY,
            job text NOT NULL, args jsonb NOT NULL, key text CONSTRAINT uq_outbox_key UNIQUE,
            run_at timestamptz NOT NULL, created_at timestamptz NOT NULL, attempts integer NOT NULL,
            leased_until timestamptz, done_at timestamptz, dead_at timestamptz, last_error text NOT NULL)""")
    op.execute("CREATE INDEX ix_outbox_due ON outbox (run_at) WHERE done_at IS NULL AND dead_at IS NULL")
    op.execute("CREATE INDEX ix_outbox_dead ON outbox (dead_at) WHERE dead_at IS NOT NULL")
    live()


def live() -> None:
    """Channels and their publications."""
    op.execute("""
        CREATE TABLE live_channels (
            channel text NOT NULL CONSTRAINT pk_live_channels PRIMARY KEY,
            last_offset bigint NOT NULL)""")
    op.execute("""
        CREATE TABLE live_publications (
            channel text NOT NULL, "offset" bigint NOT NULL, data jsonb NOT NULL, at timestamptz NOT NULL,
            CONSTRAINT pk_live_publications PRIMARY KEY (channel, "offset"))""")
    op.execute("CREATE INDEX ix_live_publications_at ON live_publications (at)")
    op.execute("""
        CREATE TABLE idempotency_keys (
            id uuid NOT NULL CONSTRAINT pk_idempotency_keys PRIMARY KEY, caller bytea NOT NULL, key text NOT NULL,
            body_hash bytea NOT NULL, status smallint, headers jsonb NOT NULL, body bytea, created_at timestamptz NOT NULL)""")
    op.execute("CREATE UNIQUE INDEX uq_idempotency_keys_caller_key ON idempotency_keys (caller, key)")
    op.execute("CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at)")
