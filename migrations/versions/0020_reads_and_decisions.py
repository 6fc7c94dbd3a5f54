"""Reads on record, decisions that can be undone, credentials decided by others, and the ladder of late promises."""

from alembic import op

from common.states import install_machine

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in (*READS, *REVISIONS, *DECISIONS, *CREDENTIALS, *PROMISES):
        op.execute(statement)
    for statement in install_machine("application_decisions", "decision/1", ["pending"], {"pending": ["effective", "undone", "lapsed"]}):
        op.execute(statement)


# A person's page asks who read what of them. What looks like a NIK gets into no entry (those written before stay as they are).
READS = (
    "CREATE INDEX ix_audit_entries_reads ON audit_entries ((details ->> 'person'), at) WHERE action = 'personal.read'",
    """
    CREATE FUNCTION refuse_nik() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.details::text ~ '(^|[^0-9a-f-])[0-9]{16}($|[^0-9])' THEN
            RAISE EXCEPTION 'no NIK gets into the trail' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_audit_entries_no_nik';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER holds_no_nik BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_nik()",
)
# Every change of an application counts, whoever makes it: what an officer saw is named by this number.
REVISIONS = (
    "ALTER TABLE applications ADD COLUMN revision integer NOT NULL DEFAULT 0",
    """
    CREATE FUNCTION count_revision() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.revision := OLD.revision + 1;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER counts_its_revisions BEFORE UPDATE ON applications FOR EACH ROW EXECUTE FUNCTION count_revision()",
)
DECISIONS = (
    """
    CREATE TABLE application_decisions (
        id uuid NOT NULL CONSTRAINT pk_application_decisions PRIMARY KEY,
        application_id uuid NOT NULL CONSTRAINT fk_application_decisions_application_id REFERENCES applications (id),
        kind text NOT NULL CONSTRAINT ck_application_decisions_kind CHECK (kind IN ('step', 'correction', 'rejection')),
        args jsonb NOT NULL, revision integer NOT NULL, revision_after integer, decided_by uuid NOT NULL,
        decided_at timestamptz NOT NULL, effective_at timestamptz NOT NULL,
        state text NOT NULL, machine text NOT NULL, moved_at timestamptz NOT NULL, moved_by uuid, moved_because text NOT NULL,
        CONSTRAINT ck_application_decisions_time_to_undo CHECK (effective_at >= decided_at + interval '10 seconds'),
        CONSTRAINT ck_application_decisions_revision_after CHECK ((state = 'effective') = (revision_after IS NOT NULL)))
    """,
    "CREATE UNIQUE INDEX uq_application_decisions_pending ON application_decisions (application_id) WHERE state = 'pending'",
    "CREATE INDEX ix_application_decisions_application_id ON application_decisions (application_id, id)",
)
# Who holds a credential, or owns the business that does, decides nothing about it; the same function says who is to be told.
CREDENTIALS = (
    """
    CREATE FUNCTION people_behind(holder uuid) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
        SELECT id FROM person WHERE id = holder UNION SELECT owner_id FROM storefronts WHERE id = holder
    $$
    """,
    """
    CREATE FUNCTION others_decide() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.moved_by IN (SELECT people_behind(NEW.holder_id)) THEN
            RAISE EXCEPTION 'nobody decides upon a credential of their own'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_credentials_decided_by_others';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER is_decided_by_others BEFORE INSERT OR UPDATE OF state ON credentials
    FOR EACH ROW WHEN (NEW.moved_by IS NOT NULL) EXECUTE FUNCTION others_decide()
    """,
    "ALTER TABLE credentials ADD COLUMN expiry_told_at timestamptz",
    "UPDATE credentials SET expiry_told_at = valid_until WHERE valid_until < current_date",
    "CREATE INDEX ix_credentials_expiring ON credentials (valid_until) WHERE expiry_told_at IS NULL AND state <> 'revoked'",
    "CREATE INDEX ix_credentials_office ON credentials (office, id)",
)
# Each rung of the ladder of a late promise hears of it once. The head of an office is a role.
PROMISES = (
    """
    ALTER TABLE promises ADD COLUMN renewed_due_on date, ADD COLUMN warned_at timestamptz, ADD COLUMN head_told_at timestamptz,
        ADD COLUMN operator_told_at timestamptz,
        ADD CONSTRAINT ck_promises_renewed_later CHECK (renewed_due_on > due_on),
        ADD CONSTRAINT ck_promises_renewed_when_broken CHECK (renewed_due_on IS NULL OR broken_told_at IS NOT NULL),
        ADD CONSTRAINT ck_promises_no_rung_skipped CHECK (broken_told_at IS NOT NULL OR (head_told_at IS NULL AND operator_told_at IS NULL))
    """,
    "CREATE INDEX ix_promises_due ON promises (due_on, id) WHERE ended_at IS NULL AND paused_at IS NULL",
    "ALTER TABLE role_grant DROP CONSTRAINT ck_role_grant_role",
    """
    ALTER TABLE role_grant ADD CONSTRAINT ck_role_grant_role
        CHECK (role IN ('officer', 'head', 'editor', 'operator', 'admin'))
    """,
)
