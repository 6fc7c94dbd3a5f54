"""What is kept: the audit trail and files."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE audit_entries (
            id uuid NOT NULL CONSTRAINT pk_audit_entries PRIMARY KEY, at timestamptz NOT NULL, actor_id uuid,
            action text NOT NULL, subject_kind text NOT NULL, subject_id text NOT NULL, details jsonb NOT NULL)""")
    op.execute("CREATE INDEX ix_audit_entries_subject ON audit_entries (subject_kind, subject_id, id)")
    op.execute("CREATE INDEX ix_audit_entries_at ON audit_entries (at)")
    op.execute("""
        CREATE TABLE audit_seals (
            seq bigint NOT NULL CONSTRAINT pk_audit_seals PRIMARY KEY CHECK (seq > 0),
            entry_id uuid NOT NULL CONSTRAINT uq_audit_seals_entry_id UNIQUE
                CONSTRAINT fk_audit_seals_entry_id REFERENCES audit_entries (id),
            hash bytea NOT NULL)""")
    for table in ("audit_entries", "audit_seals"):
        op.execute(f"CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION never_changes()")
        op.execute(f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION never_changes()")
    op.execute("""
        CREATE TABLE files (
            id uuid NOT NULL CONSTRAINT pk_files PRIMARY KEY, owner_id uuid, purpose text NOT NULL, filename text NOT NULL,
            kind text NOT NULL, size integer NOT NULL CONSTRAINT ck_files_size CHECK (size > 0), sha256 bytea NOT NULL,
            width integer, height integer, thumbnails integer[] NOT NULL, created_at timestamptz NOT NULL)""")
    op.execute("CREATE INDEX ix_files_owner ON files (owner_id, id)")
