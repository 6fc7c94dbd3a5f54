"""Civic: promises, applications for services, slots, the register of births."""

from alembic import op

from common.states import install_machine

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

APPLICATION_MOVES = {
    "draft": ["submitted", "withdrawn"],
    "submitted": ["in_review", "withdrawn"],
    "in_review": ["correction", "approved", "rejected"],
    "correction": ["submitted", "withdrawn"],
    "approved": ["awaiting_payment", "issued"],
    "awaiting_payment": ["issued", "withdrawn"],
}


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
    op.execute("""
        CREATE TABLE applications (
            id uuid NOT NULL CONSTRAINT pk_applications PRIMARY KEY, reference text NOT NULL CONSTRAINT uq_applications_reference UNIQUE,
            service text NOT NULL, version integer NOT NULL, office text NOT NULL, applicant_id uuid NOT NULL, answers bytea NOT NULL,
            steps_done integer NOT NULL CONSTRAINT ck_applications_steps_done CHECK (steps_done >= 0), officer_id uuid,
            fee bigint CONSTRAINT ck_applications_fee CHECK (fee >= 0), fee_intent_id uuid, fee_settled_at timestamptz,
            credential_id uuid CONSTRAINT uq_applications_credential_id UNIQUE,
            created_at timestamptz NOT NULL, submitted_at timestamptz,
            state text NOT NULL, machine text NOT NULL, moved_at timestamptz NOT NULL, moved_by uuid, moved_because text NOT NULL,
            CONSTRAINT ck_applications_product_never_before_its_fee
                CHECK (state <> 'issued' OR (fee IS NOT NULL AND (fee = 0 OR fee_settled_at IS NOT NULL))),
            CONSTRAINT ck_applications_credential_only_when_issued CHECK (credential_id IS NULL OR state = 'issued'))""")
    op.execute("CREATE INDEX ix_applications_applicant ON applications (applicant_id, id)")
    op.execute("CREATE INDEX ix_applications_desk ON applications (office, state, submitted_at, id)")
    op.execute("CREATE UNIQUE INDEX uq_applications_fee_intent_id ON applications (fee_intent_id) WHERE fee_intent_id IS NOT NULL")
    for statement in install_machine("applications", "application/1", ["draft"], APPLICATION_MOVES):
        op.execute(statement)
    op.execute("""
        CREATE TABLE application_documents (
            application_id uuid NOT NULL CONSTRAINT fk_application_documents_application_id REFERENCES applications (id),
            name text NOT NULL, file_id uuid NOT NULL, uploaded_at timestamptz NOT NULL,
            CONSTRAINT pk_application_documents PRIMARY KEY (application_id, name))""")
    op.execute("CREATE INDEX ix_application_documents_file_id ON application_documents (file_id)")
    op.execute("""
        CREATE TABLE application_corrections (
            id uuid NOT NULL CONSTRAINT pk_application_corrections PRIMARY KEY,
            application_id uuid NOT NULL CONSTRAINT fk_application_corrections_application_id REFERENCES applications (id),
            asked_by uuid NOT NULL, asked_at timestamptz NOT NULL, items jsonb NOT NULL, answered_at timestamptz)""")
    op.execute("CREATE INDEX ix_application_corrections_application_id ON application_corrections (application_id)")
    op.execute("""
        CREATE UNIQUE INDEX uq_application_corrections_open ON application_corrections (application_id) WHERE answered_at IS NULL""")
    op.execute("""
        CREATE TABLE application_steps (
            application_id uuid NOT NULL CONSTRAINT fk_application_steps_application_id REFERENCES applications (id),
            number integer NOT NULL, code text NOT NULL, done_by uuid NOT NULL, done_at timestamptz NOT NULL, note text NOT NULL,
            CONSTRAINT pk_application_steps PRIMARY KEY (application_id, number))""")
    op.execute("""
        CREATE TABLE slots (
            id uuid NOT NULL CONSTRAINT pk_slots PRIMARY KEY, service text NOT NULL, office text NOT NULL, starts_at timestamptz NOT NULL,
            minutes integer NOT NULL, capacity integer NOT NULL, booked integer NOT NULL,
            CONSTRAINT ck_slots_never_overbooked CHECK (booked BETWEEN 0 AND capacity),
            CONSTRAINT uq_slots_office_service_starts_at UNIQUE (office, service, starts_at))""")
    op.execute("""
        CREATE TABLE slot_bookings (
            application_id uuid NOT NULL CONSTRAINT pk_slot_bookings PRIMARY KEY
                CONSTRAINT fk_slot_bookings_application_id REFERENCES applications (id),
            slot_id uuid NOT NULL CONSTRAINT fk_slot_bookings_slot_id REFERENCES slots (id), booked_at timestamptz NOT NULL)""")
    op.execute("CREATE INDEX ix_slot_bookings_slot_id ON slot_bookings (slot_id)")
    op.execute("""
        CREATE TABLE births (
            id uuid NOT NULL CONSTRAINT pk_births PRIMARY KEY, number text NOT NULL CONSTRAINT uq_births_number UNIQUE,
            application_id uuid NOT NULL CONSTRAINT uq_births_application_id UNIQUE
                CONSTRAINT fk_births_application_id REFERENCES applications (id),
            facts bytea NOT NULL, registered_by uuid NOT NULL, registered_at timestamptz NOT NULL)""")
    op.execute("""
        CREATE TABLE register_numbers (
            series text NOT NULL, year integer NOT NULL, last integer NOT NULL,
            CONSTRAINT pk_register_numbers PRIMARY KEY (series, year))""")
