"""Credentials: what the city says is true."""

from alembic import op

from common.states import install_machine

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOVES = {"active": ["suspended", "revoked"], "suspended": ["active", "revoked"]}


def upgrade() -> None:
    op.execute("""
        CREATE TABLE credentials (
            id uuid NOT NULL CONSTRAINT pk_credentials PRIMARY KEY,
            code text NOT NULL CONSTRAINT uq_credentials_code UNIQUE CONSTRAINT ck_credentials_code CHECK (length(code) >= 20),
            kind text NOT NULL, holder_id uuid NOT NULL, office text NOT NULL, title text NOT NULL, subject jsonb NOT NULL,
            application_id uuid, issued_at timestamptz NOT NULL, valid_until date,
            state text NOT NULL, machine text NOT NULL, moved_at timestamptz NOT NULL, moved_by uuid, moved_because text NOT NULL,
            CONSTRAINT uq_credentials_application_id_kind UNIQUE (application_id, kind),
            CONSTRAINT ck_credentials_state CHECK (state IN ('active', 'suspended', 'revoked')))""")
    op.execute("CREATE INDEX ix_credentials_holder ON credentials (holder_id, kind, state)")
    for statement in install_machine("credentials", "credential/1", ["active"], MOVES):
        op.execute(statement)
