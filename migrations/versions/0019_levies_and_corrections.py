"""Corrections open only what was asked, steps hold what they looked at, levies have a foundation, a child is registered once."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# --- answers, each sealed by itself, so that the database sees which of them changes. What was sealed as one stays under the name ''.
ANSWERS = """
ALTER TABLE applications ALTER COLUMN answers TYPE jsonb USING
    CASE WHEN length(answers) = 0 THEN '{}' ELSE jsonb_build_object('', replace(encode(answers, 'base64'), E'\\n', '')) END
"""
CORRECTIONS = (
    """ALTER TABLE application_corrections ADD COLUMN opens jsonb NOT NULL DEFAULT '[]', ADD COLUMN before jsonb NOT NULL DEFAULT '{}'""",
    """UPDATE application_corrections SET opens = (SELECT jsonb_agg(item -> 'target') FROM jsonb_array_elements(items) AS item)""",
    """CREATE INDEX ix_application_corrections_before ON application_corrections USING gin (before jsonb_path_ops)""",
    """
    CREATE FUNCTION corrections_are_only_answered() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'answered_at' = to_jsonb(OLD) - 'answered_at' AND OLD.answered_at IS NULL THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'a correction is answered once, and changes in nothing else'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'corrections_are_only_answered';
    END $$""",
    """
    CREATE TRIGGER corrections_are_only_answered BEFORE UPDATE OR DELETE ON application_corrections
    FOR EACH ROW EXECUTE FUNCTION corrections_are_only_answered()""",
    """
    CREATE FUNCTION application_opens(asked uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
        SELECT coalesce((SELECT opens FROM application_corrections WHERE application_id = asked AND answered_at IS NULL), '[]')
    $$""",
    """
    CREATE FUNCTION answers_change_where_asked() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE closed text;
    BEGIN
        IF NEW.answers = OLD.answers OR OLD.state = 'draft' THEN RETURN NEW; END IF;
        IF OLD.state = 'correction' THEN
            SELECT string_agg(name, ', ') INTO closed FROM jsonb_object_keys(OLD.answers || NEW.answers) AS name
            WHERE OLD.answers -> name IS DISTINCT FROM NEW.answers -> name AND NOT application_opens(NEW.id) ? name;
            IF closed IS NULL THEN RETURN NEW; END IF;
        END IF;
        RAISE EXCEPTION 'these answers are not open: %', coalesce(closed, 'all')
            USING ERRCODE = 'check_violation', CONSTRAINT = 'answers_change_where_asked';
    END $$""",
    """
    CREATE TRIGGER answers_change_where_asked BEFORE UPDATE OF answers ON applications
    FOR EACH ROW EXECUTE FUNCTION answers_change_where_asked()""",
    """
    CREATE FUNCTION documents_change_where_asked() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        its application_documents;
        file applications;
    BEGIN
        IF TG_OP = 'DELETE' THEN its := OLD; ELSE its := NEW; END IF;
        SELECT * INTO file FROM applications WHERE id = its.application_id FOR SHARE;
        IF TG_OP = 'UPDATE' AND (NEW.application_id, NEW.name) IS DISTINCT FROM (OLD.application_id, OLD.name) THEN
            RAISE EXCEPTION 'a document stays in its place' USING ERRCODE = 'check_violation', CONSTRAINT = 'documents_change_where_asked';
        END IF;
        IF file.submitted_at IS NULL OR (file.state = 'correction' AND application_opens(file.id) ? its.name) THEN
            RETURN its;
        END IF;
        RAISE EXCEPTION 'this document is not open: %', its.name
            USING ERRCODE = 'check_violation', CONSTRAINT = 'documents_change_where_asked';
    END $$""",
    """
    CREATE TRIGGER documents_change_where_asked BEFORE INSERT OR UPDATE OR DELETE ON application_documents
    FOR EACH ROW EXECUTE FUNCTION documents_change_where_asked()""",
)

# --- steps keep a mark of each thing that they looked at (null: of all); nothing is approved that a step has not seen as it is now.
STEPS = (
    """
    CREATE FUNCTION application_marks(asked uuid, kept jsonb, names jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
        SELECT coalesce(jsonb_object_agg(name, mark), '{}') FROM (
            SELECT key AS name, md5(value) AS mark FROM jsonb_each_text(kept)
            UNION ALL SELECT name, file_id::text FROM application_documents WHERE application_id = asked) AS every
        WHERE names IS NULL OR names ? name OR name = ''
    $$""",
    """ALTER TABLE application_steps ADD COLUMN looks_at jsonb, ADD COLUMN saw jsonb NOT NULL DEFAULT '{}'""",
    """UPDATE application_steps SET saw = application_marks(a.id, a.answers, NULL) FROM applications a WHERE a.id = application_id""",
    """
    CREATE FUNCTION keep_what_was_seen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.saw := application_marks(NEW.application_id, (SELECT answers FROM applications WHERE id = NEW.application_id), NEW.looks_at);
        RETURN NEW;
    END $$""",
    """
    CREATE TRIGGER keep_what_was_seen BEFORE INSERT ON application_steps FOR EACH ROW EXECUTE FUNCTION keep_what_was_seen()""",
    """
    CREATE TABLE application_steps_reopened (
        id uuid NOT NULL CONSTRAINT pk_application_steps_reopened PRIMARY KEY,
        application_id uuid NOT NULL CONSTRAINT fk_application_steps_reopened_application_id REFERENCES applications (id),
        number integer NOT NULL, code text NOT NULL, done_by uuid NOT NULL, done_at timestamptz NOT NULL, note text NOT NULL,
        changed jsonb NOT NULL, reopened_at timestamptz NOT NULL)""",
    """CREATE INDEX ix_application_steps_reopened_application_id ON application_steps_reopened (application_id)""",
    """
    CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON application_steps_reopened FOR EACH ROW EXECUTE FUNCTION never_changes()""",
    """
    CREATE FUNCTION approved_as_it_was_seen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM application_steps s WHERE s.application_id = NEW.id
                   AND s.saw <> application_marks(NEW.id, NEW.answers, s.looks_at)) THEN
            RAISE EXCEPTION 'a step has not seen this file as it is now'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'approved_as_it_was_seen';
        END IF;
        RETURN NEW;
    END $$""",
    """
    CREATE TRIGGER approved_as_it_was_seen BEFORE UPDATE OF state ON applications
    FOR EACH ROW WHEN (NEW.state = 'approved') EXECUTE FUNCTION approved_as_it_was_seen()""",
)

# --- levies: computed, or deviating with a reason and a second officer; zero by a named exemption only; a file waits for money until a day.
FOUNDED = "(confirmed_at IS NOT NULL OR (amount = proposed AND exemption IS NOT DISTINCT FROM proposed_exemption))"
LEVIES = (
    """
    CREATE TABLE application_levies (
        id uuid NOT NULL CONSTRAINT pk_application_levies PRIMARY KEY,
        application_id uuid NOT NULL CONSTRAINT fk_application_levies_application_id REFERENCES applications (id),
        amount bigint NOT NULL CONSTRAINT ck_application_levies_amount CHECK (amount >= 0), exemption text,
        proposed bigint NOT NULL, proposed_exemption text, computation jsonb NOT NULL, reason text NOT NULL,
        looks_at jsonb NOT NULL, saw jsonb NOT NULL DEFAULT '{}', set_by uuid NOT NULL, set_at timestamptz NOT NULL,
        confirmed_by uuid CONSTRAINT ck_application_levies_four_eyes CHECK (confirmed_by <> set_by), confirmed_at timestamptz,
        ended_at timestamptz, ended_because text NOT NULL,
        CONSTRAINT ck_application_levies_zero_is_an_exemption CHECK ((amount = 0) = (exemption IS NOT NULL)),
        CONSTRAINT ck_application_levies_deviation_has_a_reason CHECK (
            (amount = proposed AND exemption IS NOT DISTINCT FROM proposed_exemption) OR length(btrim(reason)) >= 3),
        CONSTRAINT ck_application_levies_confirmed CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)))""",
    f"""CREATE UNIQUE INDEX uq_application_levies_founded ON application_levies (application_id) WHERE ended_at IS NULL AND {FOUNDED}""",
    f"""CREATE UNIQUE INDEX uq_application_levies_waiting ON application_levies (application_id) WHERE ended_at IS NULL AND NOT {FOUNDED}""",
    """CREATE INDEX ix_application_levies_application_id ON application_levies (application_id)""",
    """
    CREATE FUNCTION levies_are_confirmed_and_ended() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE moving text[] := ARRAY['confirmed_by', 'confirmed_at', 'ended_at', 'ended_because'];
    BEGIN
        IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL AND to_jsonb(NEW) - moving = to_jsonb(OLD) - moving
           AND (OLD.confirmed_by IS NULL OR OLD.confirmed_by = NEW.confirmed_by) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'a levy is confirmed and ended, and changes in nothing else'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'levies_are_confirmed_and_ended';
    END $$""",
    """
    CREATE TRIGGER levies_are_confirmed_and_ended BEFORE UPDATE OR DELETE ON application_levies
    FOR EACH ROW EXECUTE FUNCTION levies_are_confirmed_and_ended()""",
    """
    CREATE TRIGGER keep_what_was_seen BEFORE INSERT ON application_levies FOR EACH ROW EXECUTE FUNCTION keep_what_was_seen()""",
    """
    ALTER TABLE applications ADD COLUMN levied boolean NOT NULL DEFAULT false, ADD COLUMN exemption text,
        ADD COLUMN fee_due_at timestamptz, ADD COLUMN fee_notice_at timestamptz, ADD COLUMN fee_reminders integer NOT NULL DEFAULT 0""",
    # what was set without a foundation is set anew; what was approved keeps what was set, as it was
    """UPDATE applications SET levied = true WHERE service = 'pbg'""",
    """UPDATE applications SET fee = NULL WHERE levied AND state IN ('submitted', 'in_review', 'correction')""",
    """UPDATE applications SET exemption = 'tidak-tercatat' WHERE levied AND fee = 0""",
    """
    INSERT INTO application_levies (id, application_id, amount, exemption, proposed, proposed_exemption, computation, reason, looks_at,
                                    set_by, set_at, ended_because)
    SELECT gen_random_uuid(), id, fee, exemption, fee, exemption, '[]', '', '[]', coalesce(officer_id, applicant_id), moved_at, ''
    FROM applications WHERE levied AND fee IS NOT NULL""",
    """
    UPDATE applications SET fee_due_at = greatest(moved_at + interval '30 days', now() + interval '10 days'),
        fee_notice_at = now() + interval '3 days' WHERE state = 'awaiting_payment'""",
    """CREATE INDEX ix_applications_fee_notice ON applications (fee_notice_at) WHERE state = 'awaiting_payment'""",
    """
    ALTER TABLE applications DROP CONSTRAINT ck_applications_product_never_before_its_fee,
        ADD CONSTRAINT ck_applications_product_never_before_its_fee CHECK (state <> 'issued' OR (fee IS NOT NULL AND (
            fee_settled_at IS NOT NULL OR (fee = 0 AND (NOT levied OR exemption IS NOT NULL))))),
        ADD CONSTRAINT ck_applications_zero_is_an_exemption CHECK (NOT levied OR fee IS NULL OR (fee = 0) = (exemption IS NOT NULL))""",
    f"""
    CREATE FUNCTION levy_is_founded() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND NEW.levied <> OLD.levied THEN
            RAISE EXCEPTION 'a service is levied or not' USING ERRCODE = 'check_violation', CONSTRAINT = 'levy_is_founded';
        END IF;
        IF NEW.levied AND NEW.fee IS NOT NULL AND NOT EXISTS (
            SELECT FROM application_levies WHERE application_id = NEW.id AND ended_at IS NULL AND {FOUNDED}
            AND amount = NEW.fee AND exemption IS NOT DISTINCT FROM NEW.exemption
            AND (NEW.state <> 'approved' OR saw = application_marks(NEW.id, NEW.answers, looks_at))) THEN
            RAISE EXCEPTION 'this levy was not set by its rule, nor confirmed by a second officer'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'levy_is_founded';
        END IF;
        RETURN NEW;
    END $$""",  # noqa: S608  words of a migration, nobody's input
    """
    CREATE TRIGGER levy_is_founded BEFORE INSERT OR UPDATE OF levied, fee, exemption, state ON applications
    FOR EACH ROW WHEN (NEW.state NOT IN ('rejected', 'withdrawn')) EXECUTE FUNCTION levy_is_founded()""",
    """
    CREATE FUNCTION product_never_before_its_fee() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.fee > 0 AND NOT EXISTS (SELECT FROM payment_intents WHERE id = NEW.fee_intent_id AND state = 'succeeded'
                                       AND settled_to = NEW.office AND amount = NEW.fee) THEN
            RAISE EXCEPTION 'product_never_before_its_fee: the money is not here'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'product_never_before_its_fee';
        END IF;
        RETURN NEW;
    END $$""",
    """
    CREATE TRIGGER product_never_before_its_fee BEFORE UPDATE OF state ON applications
    FOR EACH ROW WHEN (NEW.state = 'issued') EXECUTE FUNCTION product_never_before_its_fee()""",
    """INSERT INTO state_moves (machine, from_state, to_state) VALUES ('application/1', 'awaiting_payment', 'expired')""",
)

# --- births: one entry for a child that holds. The columns are keyed hashes; entries from before get theirs from a job.
BIRTHS = (
    """
    ALTER TABLE births ADD COLUMN mother bytea, ADD COLUMN born bytea, ADD COLUMN birth_order integer, ADD COLUMN child bytea,
        ADD COLUMN family bytea, ADD COLUMN cancelled_at timestamptz""",
    """
    CREATE FUNCTION births_say_who_was_born() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF num_nulls(NEW.mother, NEW.born, NEW.birth_order, NEW.child, NEW.family) > 0 THEN
            RAISE EXCEPTION 'births_say_who_was_born' USING ERRCODE = 'not_null_violation', CONSTRAINT = 'births_say_who_was_born';
        END IF;
        RETURN NEW;
    END $$""",
    """
    CREATE TRIGGER births_say_who_was_born BEFORE INSERT ON births FOR EACH ROW EXECUTE FUNCTION births_say_who_was_born()""",
    """
    CREATE UNIQUE INDEX uq_births_a_child_is_registered_once ON births (mother, born, birth_order, child) WHERE cancelled_at IS NULL""",
    """CREATE INDEX ix_births_mother ON births (mother)""",
    """CREATE INDEX ix_births_child ON births (child)""",
    """CREATE INDEX ix_births_family ON births (family)""",
    """
    CREATE TABLE birth_comparisons (
        id uuid NOT NULL CONSTRAINT pk_birth_comparisons PRIMARY KEY,
        application_id uuid NOT NULL CONSTRAINT fk_birth_comparisons_application_id REFERENCES applications (id),
        birth_id uuid NOT NULL CONSTRAINT fk_birth_comparisons_birth_id REFERENCES births (id),
        child bytea NOT NULL, same boolean NOT NULL, reason text NOT NULL CONSTRAINT ck_birth_comparisons_reason CHECK (length(btrim(reason)) >= 3),
        decided_by uuid NOT NULL, decided_at timestamptz NOT NULL,
        CONSTRAINT uq_birth_comparisons_decided_once UNIQUE (application_id, birth_id, child))""",
    """CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON birth_comparisons FOR EACH ROW EXECUTE FUNCTION never_changes()""",
)


def upgrade() -> None:
    for statement in (ANSWERS, *CORRECTIONS, *STEPS, *LEVIES, *BIRTHS):
        op.execute(statement)
