"""Passkeys, and the challenges that they answer."""

from alembic import op

revision = "0031"
down_revision = "0028"
branch_labels = None
depends_on = None

# A removed passkey stays as long as a way back leads to it. Whoever only claims an address makes none: it would open the account of who
# proves that address later.
STATEMENTS = (
    """CREATE TABLE passkey (
        id uuid NOT NULL CONSTRAINT pk_passkey PRIMARY KEY,
        person_id uuid NOT NULL CONSTRAINT fk_passkey_person_id REFERENCES person,
        credential_id bytea NOT NULL CONSTRAINT uq_passkey_credential_id UNIQUE
            CONSTRAINT ck_passkey_credential_id CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
        public_key bytea NOT NULL CONSTRAINT ck_passkey_public_key CHECK (octet_length(public_key) BETWEEN 1 AND 4096),
        sign_count bigint NOT NULL CONSTRAINT ck_passkey_sign_count CHECK (sign_count >= 0),
        name text NOT NULL, made_at timestamptz NOT NULL, last_used_at timestamptz, removed_at timestamptz)""",
    "CREATE INDEX ix_passkey_person_id ON passkey (person_id)",
    "CREATE INDEX ix_passkey_removed_at ON passkey (removed_at) WHERE removed_at IS NOT NULL",
    """CREATE FUNCTION passkeys_need_a_proven_address() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM FROM person WHERE id = NEW.person_id AND (phone_confirmed_at IS NOT NULL OR email_confirmed_at IS NOT NULL);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'no passkey for an account whose address nobody has proven'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_passkey_of_the_confirmed';
        END IF;
        RETURN NEW;
    END $$""",
    "CREATE TRIGGER of_the_confirmed BEFORE INSERT ON passkey FOR EACH ROW EXECUTE FUNCTION passkeys_need_a_proven_address()",
    """CREATE FUNCTION passkey_counters_never_go_back() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.sign_count < OLD.sign_count OR (NEW.person_id, NEW.credential_id) <> (OLD.person_id, OLD.credential_id) THEN
            RAISE EXCEPTION 'a passkey keeps its person, and its counter goes up'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_passkey_goes_on';
        END IF;
        RETURN NEW;
    END $$""",
    "CREATE TRIGGER goes_on BEFORE UPDATE ON passkey FOR EACH ROW EXECUTE FUNCTION passkey_counters_never_go_back()",
    """CREATE TABLE passkey_challenge (
        challenge bytea NOT NULL CONSTRAINT pk_passkey_challenge PRIMARY KEY,
        purpose text NOT NULL
            CONSTRAINT ck_passkey_challenge_purpose CHECK (purpose IN ('register', 'sign_in', 'second_step', 'proof')),
        bound_to bytea NOT NULL, expires_at timestamptz NOT NULL)""",
    "CREATE INDEX ix_passkey_challenge_expires_at ON passkey_challenge (expires_at)",
    """ALTER TABLE way_back ADD COLUMN passkey_id uuid CONSTRAINT fk_way_back_passkey_id REFERENCES passkey,
        DROP CONSTRAINT ck_way_back_change,
        ADD CONSTRAINT ck_way_back_change CHECK (
            change IN ('address', 'password', 'factor_on', 'factor_off', 'token', 'passkey_on', 'passkey_off')),
        ADD CONSTRAINT ck_way_back_passkey CHECK ((change IN ('passkey_on', 'passkey_off')) = (passkey_id IS NOT NULL))""",
    "CREATE INDEX ix_way_back_passkey_id ON way_back (passkey_id) WHERE passkey_id IS NOT NULL",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
