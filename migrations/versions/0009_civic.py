"""Civic: promises, applications for services, slots, the register of births."""

from alembic import op

from common.states import install_machine

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE promises (
            id uuid NOT NULL CONSTRAINT pk_promises PRIMARY KEY, subject_kind text NOT NULL,
            subject_id uuid NOT NULL CONSTRAINT uq_promises_subject_id UNIQUE, office text NOT NULL,
            working_days integer NOT NULL CONSTRAINT ck_promises_working_days CHECK (working_days > 0),
            started_at timestamptz NOT NULL, due_on date NOT NULL, paused_at timestamptz, ended_at timestamptz, kept boolean,
            broken_told_at timestamptz,
            CONSTRAINT ck_promises_kept_only_when_ended CHECK (kept IS NULL OR ended_at IS NOT NULL))""")
    op.execute("""
        CREATE INDEX ix_promises_running ON promises (due_on)
        WHERE ended_at IS NULL AND paused_at IS NULL AND broken_told_at IS NULL""")
