"""One's own things: saved addresses, the download of one's data, closed accounts; settings of the inbox by channel and by night."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE person ADD COLUMN closed_at timestamptz",
    "ALTER TABLE person DROP CONSTRAINT ck_person_reachable",
    "ALTER TABLE person ADD CONSTRAINT ck_person_reachable CHECK (closed_at IS NOT NULL OR phone IS NOT NULL OR email IS NOT NULL)",
    "ALTER TABLE person ADD CONSTRAINT ck_person_closed_is_nobody CHECK (closed_at IS NULL OR (phone IS NULL AND email IS NULL))",
    """CREATE TABLE saved_addresses (
        id uuid NOT NULL CONSTRAINT pk_saved_addresses PRIMARY KEY,
        person_id uuid NOT NULL CONSTRAINT fk_saved_addresses_person_id REFERENCES person,
        label text NOT NULL CONSTRAINT ck_saved_addresses_label CHECK (char_length(label) BETWEEN 1 AND 40),
        recipient text NOT NULL CONSTRAINT ck_saved_addresses_recipient CHECK (char_length(recipient) BETWEEN 1 AND 120),
        phone text NOT NULL CONSTRAINT ck_saved_addresses_phone CHECK (phone = '' OR phone ~ '^\\+62[0-9]{7,13}$'),
        street text NOT NULL CONSTRAINT ck_saved_addresses_street CHECK (char_length(street) BETWEEN 3 AND 300),
        kelurahan_code text NOT NULL, note text NOT NULL, is_default boolean NOT NULL, created_at timestamptz NOT NULL)""",
    "CREATE INDEX ix_saved_addresses_person_id ON saved_addresses (person_id, id)",
    "CREATE UNIQUE INDEX uq_saved_addresses_default ON saved_addresses (person_id) WHERE is_default",
    """CREATE TABLE data_exports (
        id uuid NOT NULL CONSTRAINT pk_data_exports PRIMARY KEY,
        person_id uuid NOT NULL CONSTRAINT fk_data_exports_person_id REFERENCES person, asked_at timestamptz NOT NULL,
        ready_at timestamptz, expires_at timestamptz, size integer, sealed bytea,
        CONSTRAINT ck_data_exports_ready_whole CHECK (
            (ready_at IS NULL) = (expires_at IS NULL) AND (ready_at IS NULL) = (size IS NULL) AND (ready_at IS NOT NULL OR sealed IS NULL)))""",
    "CREATE INDEX ix_data_exports_person_id ON data_exports (person_id, id)",
    "CREATE UNIQUE INDEX uq_data_exports_waiting ON data_exports (person_id) WHERE ready_at IS NULL",
    "CREATE INDEX ix_data_exports_expires_at ON data_exports (expires_at) WHERE sealed IS NOT NULL",
    "ALTER TABLE inbox ADD COLUMN quiet_at_night boolean NOT NULL DEFAULT false",
    "ALTER TABLE notification_preference DROP CONSTRAINT ck_notification_preference_channel",
    "ALTER TABLE notification_preference ADD CONSTRAINT ck_notification_preference_channel CHECK (channel IN ('email', 'phone'))",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
