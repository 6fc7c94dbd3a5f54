"""How the backups stand: one row, so that every process can tell."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """CREATE TABLE backup_status (
             id integer PRIMARY KEY CONSTRAINT ck_backup_status_only_one CHECK (id = 1),
             base_at timestamptz,
             base_bytes bigint NOT NULL DEFAULT 0,
             reach_at timestamptz,
             error text NOT NULL DEFAULT '',
             error_at timestamptz,
             told_at timestamptz NOT NULL,
             CONSTRAINT ck_backup_status_error_has_its_time CHECK ((error = '') = (error_at IS NULL))
           )"""
    )
