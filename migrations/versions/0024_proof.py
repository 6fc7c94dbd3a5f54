"""Addresses belong to who has proven them; when a session last proved who sits at it; ways back; nobody gives a role to himself."""

from alembic import op

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None

# Several accounts may claim an address; one has proven it. A claim beside a proven address is a change that waits (address_change).
ADDRESSES = (
    "ALTER TABLE person ADD COLUMN unreachable_since timestamptz",
    "ALTER TABLE person DROP CONSTRAINT uq_person_phone, DROP CONSTRAINT uq_person_email, DROP CONSTRAINT ck_person_reachable",
    """ALTER TABLE person ADD CONSTRAINT ck_person_reachable CHECK (
        closed_at IS NOT NULL OR (unreachable_since IS NOT NULL) = (phone IS NULL AND email IS NULL))""",
    "CREATE UNIQUE INDEX uq_person_phone_confirmed ON person (phone) WHERE phone_confirmed_at IS NOT NULL",
    "CREATE UNIQUE INDEX uq_person_email_confirmed ON person (email) WHERE email_confirmed_at IS NOT NULL",
    "CREATE INDEX ix_person_phone ON person (phone)",
    "CREATE INDEX ix_person_email ON person (email)",
    "CREATE INDEX ix_person_unreachable_since ON person (unreachable_since) WHERE closed_at IS NULL",
    """CREATE TABLE address_change (
        person_id uuid NOT NULL CONSTRAINT pk_address_change PRIMARY KEY CONSTRAINT fk_address_change_person_id REFERENCES person,
        kind text NOT NULL CONSTRAINT ck_address_change_kind CHECK (kind IN ('phone', 'email')),
        address citext NOT NULL, asked_at timestamptz NOT NULL)""",
    "CREATE INDEX ix_address_change_address ON address_change (address)",
    """INSERT INTO address_change (person_id, kind, address, asked_at)
       SELECT id, 'email', email, now() FROM person
       WHERE phone_confirmed_at IS NOT NULL AND email IS NOT NULL AND email_confirmed_at IS NULL
       UNION ALL SELECT id, 'phone', phone, now() FROM person
       WHERE email_confirmed_at IS NOT NULL AND phone IS NOT NULL AND phone_confirmed_at IS NULL""",
    "UPDATE person SET email = NULL WHERE phone_confirmed_at IS NOT NULL AND email_confirmed_at IS NULL",
    "UPDATE person SET phone = NULL WHERE email_confirmed_at IS NOT NULL AND phone_confirmed_at IS NULL",
    """ALTER TABLE person ADD CONSTRAINT ck_person_claims_nothing_beside_a_proven_address CHECK (
        (phone_confirmed_at IS NULL AND email_confirmed_at IS NULL)
        OR ((phone IS NULL OR phone_confirmed_at IS NOT NULL) AND (email IS NULL OR email_confirmed_at IS NOT NULL)))""",
    """CREATE TABLE way_back (
        id uuid NOT NULL CONSTRAINT pk_way_back PRIMARY KEY,
        person_id uuid NOT NULL CONSTRAINT fk_way_back_person_id REFERENCES person,
        token_hash bytea NOT NULL CONSTRAINT uq_way_back_token_hash UNIQUE,
        change text NOT NULL
            CONSTRAINT ck_way_back_change CHECK (change IN ('address', 'password', 'factor_on', 'factor_off', 'token')),
        kind text CONSTRAINT ck_way_back_kind CHECK (kind IN ('phone', 'email')), old citext, sealed bytea,
        made_at timestamptz NOT NULL, expires_at timestamptz NOT NULL,
        CONSTRAINT ck_way_back_whole CHECK ((change = 'address') = (kind IS NOT NULL) AND (old IS NULL OR kind IS NOT NULL)))""",
    "CREATE INDEX ix_way_back_person_id ON way_back (person_id, id)",
    "CREATE INDEX ix_way_back_expires_at ON way_back (expires_at)",
    "ALTER TABLE confirmation_code ADD COLUMN asker bytea",
    "CREATE INDEX ix_confirmation_code_created_at ON confirmation_code (created_at)",
)
KEYS = (
    "ALTER TABLE person_session ADD COLUMN proven_at timestamptz",
    """CREATE FUNCTION tokens_need_a_proven_address() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM FROM person WHERE id = NEW.person_id AND (phone_confirmed_at IS NOT NULL OR email_confirmed_at IS NOT NULL);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'no token for an account whose address nobody has proven'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_api_token_of_the_confirmed';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER of_the_confirmed BEFORE INSERT ON api_token
       FOR EACH ROW EXECUTE FUNCTION tokens_need_a_proven_address()""",
    """UPDATE api_token t SET revoked_at = now() FROM person p
       WHERE p.id = t.person_id AND t.revoked_at IS NULL AND p.phone_confirmed_at IS NULL AND p.email_confirmed_at IS NULL""",
    # Who gave the giver's power, directly or through others, gets nothing from it: an account made for that purpose is no detour.
    """CREATE FUNCTION roles_are_given_by_others() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.granted_by IS NULL THEN RETURN NEW; END IF;
        IF NEW.granted_by = NEW.person_id OR EXISTS (
            WITH RECURSIVE above (who) AS (
                SELECT g.granted_by FROM role_grant g
                WHERE g.person_id = NEW.granted_by AND g.role = 'admin' AND g.revoked_at IS NULL AND g.granted_by IS NOT NULL
                UNION SELECT g.granted_by FROM above JOIN role_grant g ON g.person_id = above.who
                WHERE g.role = 'admin' AND g.granted_by IS NOT NULL)
            SELECT FROM above WHERE who = NEW.person_id)
        THEN
            RAISE EXCEPTION 'nobody gives a role to himself' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_role_grant_by_another';
        END IF;
        IF NEW.scope <> '*' AND EXISTS (
            SELECT FROM role_grant g WHERE g.person_id = NEW.granted_by AND g.scope = NEW.scope AND g.revoked_at IS NULL)
        THEN
            RAISE EXCEPTION 'nobody staffs his own office' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_role_grant_other_office';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER given_by_others BEFORE INSERT OR UPDATE OF person_id, granted_by, scope ON role_grant
       FOR EACH ROW EXECUTE FUNCTION roles_are_given_by_others()""",
)


def upgrade() -> None:
    for statement in (*ADDRESSES, *KEYS):
        op.execute(statement)
