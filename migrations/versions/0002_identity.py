"""People, their sessions, tokens, grants and codes; messages to addresses; the inbox."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PEOPLE = (
    """CREATE TABLE person (
        id uuid NOT NULL CONSTRAINT pk_person PRIMARY KEY,
        name text NOT NULL CONSTRAINT ck_person_name CHECK (char_length(btrim(name)) BETWEEN 1 AND 120),
        phone text CONSTRAINT uq_person_phone UNIQUE CONSTRAINT ck_person_phone CHECK (phone ~ '^\\+62[0-9]{7,13}$'),
        email citext CONSTRAINT uq_person_email UNIQUE CONSTRAINT ck_person_email CHECK (email ~ '^[^@\\s]+@[^@\\s]+$'),
        phone_confirmed_at timestamptz, email_confirmed_at timestamptz,
        password_hash text NOT NULL CONSTRAINT ck_person_password CHECK (password_hash LIKE '$argon2id$%'),
        locale text NOT NULL CONSTRAINT ck_person_locale CHECK (locale IN ('id', 'en')),
        created_at timestamptz NOT NULL,
        CONSTRAINT ck_person_reachable CHECK (phone IS NOT NULL OR email IS NOT NULL),
        CONSTRAINT ck_person_confirmed CHECK ((phone IS NOT NULL OR phone_confirmed_at IS NULL) AND (email IS NOT NULL OR email_confirmed_at IS NULL)))""",
    """CREATE TABLE person_nik (
        person_id uuid NOT NULL CONSTRAINT pk_person_nik PRIMARY KEY CONSTRAINT fk_person_nik_person_id REFERENCES person,
        sealed bytea NOT NULL, hash bytea NOT NULL CONSTRAINT uq_person_nik_hash UNIQUE, born_on date, given_at timestamptz NOT NULL,
        officer_seen_at timestamptz, officer_seen_by uuid CONSTRAINT fk_person_nik_officer_seen_by REFERENCES person,
        dukcapil_verified_at timestamptz,
        CONSTRAINT ck_person_nik_seen_by CHECK ((officer_seen_at IS NULL) = (officer_seen_by IS NULL)))""",
    """CREATE TABLE consent (
        id uuid NOT NULL CONSTRAINT pk_consent PRIMARY KEY,
        person_id uuid NOT NULL CONSTRAINT fk_consent_person_id REFERENCES person,
        purpose text NOT NULL, version text NOT NULL, given_at timestamptz NOT NULL, withdrawn_at timestamptz)""",
    "CREATE INDEX ix_consent_person_id ON consent (person_id)",
)

KEYS = (
    """CREATE TABLE person_session (
        id uuid NOT NULL CONSTRAINT pk_person_session PRIMARY KEY,
        person_id uuid NOT NULL CONSTRAINT fk_person_session_person_id REFERENCES person,
        token_hash bytea NOT NULL CONSTRAINT uq_person_session_token_hash UNIQUE, device text NOT NULL,
        second_factor_due boolean NOT NULL, created_at timestamptz NOT NULL, last_seen_at timestamptz NOT NULL, revoked_at timestamptz)""",
    "CREATE INDEX ix_person_session_person_id ON person_session (person_id)",
    """CREATE TABLE api_token (
        id uuid NOT NULL CONSTRAINT pk_api_token PRIMARY KEY,
        person_id uuid NOT NULL CONSTRAINT fk_api_token_person_id REFERENCES person,
        token_hash bytea NOT NULL CONSTRAINT uq_api_token_token_hash UNIQUE, name text NOT NULL, scopes text[] NOT NULL,
        created_at timestamptz NOT NULL, last_used_at timestamptz, expires_at timestamptz NOT NULL, revoked_at timestamptz)""",
    "CREATE INDEX ix_api_token_person_id ON api_token (person_id)",
    """CREATE TABLE role_grant (
        id uuid NOT NULL CONSTRAINT pk_role_grant PRIMARY KEY,
        person_id uuid NOT NULL CONSTRAINT fk_role_grant_person_id REFERENCES person,
        role text NOT NULL CONSTRAINT ck_role_grant_role CHECK (role IN ('officer', 'editor', 'operator', 'admin')),
        scope text NOT NULL, granted_by uuid CONSTRAINT fk_role_grant_granted_by REFERENCES person, granted_at timestamptz NOT NULL,
        revoked_by uuid CONSTRAINT fk_role_grant_revoked_by REFERENCES person, revoked_at timestamptz)""",
    "CREATE UNIQUE INDEX uq_role_grant_standing ON role_grant (person_id, role, scope) WHERE revoked_at IS NULL",
    """CREATE TABLE confirmation_code (
        id uuid NOT NULL CONSTRAINT pk_confirmation_code PRIMARY KEY,
        person_id uuid CONSTRAINT fk_confirmation_code_person_id REFERENCES person, address citext NOT NULL,
        purpose text NOT NULL CONSTRAINT ck_confirmation_code_purpose CHECK (purpose IN ('confirm', 'reset')),
        code_hash bytea NOT NULL, tries integer NOT NULL CONSTRAINT ck_confirmation_code_tries CHECK (tries BETWEEN 0 AND 5),
        created_at timestamptz NOT NULL, expires_at timestamptz NOT NULL, used_at timestamptz)""",
    "CREATE INDEX ix_confirmation_code_address ON confirmation_code (address, purpose, created_at)",
    """CREATE TABLE throttle (
        key bytea NOT NULL CONSTRAINT pk_throttle PRIMARY KEY, tries integer NOT NULL,
        last_at timestamptz NOT NULL, blocked_until timestamptz NOT NULL)""",
    "CREATE INDEX ix_throttle_last_at ON throttle (last_at)",
    """CREATE TABLE totp (
        person_id uuid NOT NULL CONSTRAINT pk_totp PRIMARY KEY CONSTRAINT fk_totp_person_id REFERENCES person,
        sealed bytea NOT NULL, last_step bigint NOT NULL, confirmed_at timestamptz)""",
    """CREATE TABLE recovery_code (
        code_hash bytea NOT NULL CONSTRAINT pk_recovery_code PRIMARY KEY,
        person_id uuid NOT NULL CONSTRAINT fk_recovery_code_person_id REFERENCES person, used_at timestamptz)""",
    "CREATE INDEX ix_recovery_code_person_id ON recovery_code (person_id)",
)

MESSAGES = (
    """CREATE TABLE channel_message (
        id uuid NOT NULL CONSTRAINT pk_channel_message PRIMARY KEY,
        channel text NOT NULL CONSTRAINT ck_channel_message_channel CHECK (channel IN ('email', 'phone', 'nowhere')),
        address text NOT NULL, locale text NOT NULL, template text NOT NULL, sealed_params bytea,
        created_at timestamptz NOT NULL, sent_at timestamptz)""",
    "CREATE INDEX ix_channel_message_created_at ON channel_message (created_at)",
    """CREATE TABLE inbox (
        person_id uuid NOT NULL CONSTRAINT pk_inbox PRIMARY KEY CONSTRAINT fk_inbox_person_id REFERENCES person,
        last_seq bigint NOT NULL, unread integer NOT NULL CONSTRAINT ck_inbox_unread CHECK (unread >= 0))""",
    """CREATE TABLE notification (
        id uuid NOT NULL CONSTRAINT pk_notification PRIMARY KEY,
        person_id uuid NOT NULL CONSTRAINT fk_notification_person_id REFERENCES person, seq bigint NOT NULL,
        kind text NOT NULL, text text NOT NULL, params jsonb NOT NULL, link text NOT NULL CONSTRAINT ck_notification_link CHECK (link ~ '^(/([^/\\\\]|$)|$)'),
        created_at timestamptz NOT NULL, read_at timestamptz, CONSTRAINT uq_notification_person_id_seq UNIQUE (person_id, seq))""",
    """CREATE TABLE notification_preference (
        person_id uuid NOT NULL CONSTRAINT fk_notification_preference_person_id REFERENCES person,
        kind_group text NOT NULL, channel text NOT NULL CONSTRAINT ck_notification_preference_channel CHECK (channel IN ('email')),
        wanted boolean NOT NULL, CONSTRAINT pk_notification_preference PRIMARY KEY (person_id, kind_group, channel))""",
)


def upgrade() -> None:
    for statement in (*PEOPLE, *KEYS, *MESSAGES):
        op.execute(statement)
