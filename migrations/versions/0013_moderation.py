"""Moderation: cases and reports; a listing that an operator holds back; reports of messages that were made before there was a desk."""

from alembic import op

from common.states import install_machine

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOVES = {"open": ["dismissed", "warned", "hidden", "suspended"], "hidden": ["lifted"], "suspended": ["lifted"]}
STATEMENTS = (
    "ALTER TABLE listings ADD COLUMN held_because text",
    "ALTER TABLE listings ADD CONSTRAINT ck_listings_held_is_not_shown CHECK (held_because IS NULL OR state <> 'published')",
    """CREATE TABLE moderation_cases (
        id uuid NOT NULL CONSTRAINT pk_moderation_cases PRIMARY KEY,
        kind text NOT NULL CONSTRAINT ck_moderation_cases_kind CHECK (kind IN ('listing', 'message')),
        subject_id uuid NOT NULL, seq bigint NOT NULL, person_id uuid NOT NULL, storefront_id uuid, opened_at timestamptz NOT NULL,
        state text NOT NULL, machine text NOT NULL, moved_at timestamptz NOT NULL, moved_by uuid, moved_because text NOT NULL,
        CONSTRAINT ck_moderation_cases_decided_for_a_reason CHECK (state = 'open' OR moved_because <> ''),
        CONSTRAINT ck_moderation_cases_seq CHECK ((kind = 'message') = (seq > 0)))""",
    "CREATE UNIQUE INDEX uq_moderation_cases_open ON moderation_cases (kind, subject_id, seq) WHERE state = 'open'",
    "CREATE INDEX ix_moderation_cases_decided ON moderation_cases (id) WHERE state <> 'open'",
    """CREATE TABLE moderation_reports (
        id uuid NOT NULL CONSTRAINT pk_moderation_reports PRIMARY KEY,
        case_id uuid NOT NULL CONSTRAINT fk_moderation_reports_case_id REFERENCES moderation_cases (id), reporter_id uuid NOT NULL,
        reason text NOT NULL CONSTRAINT ck_moderation_reports_reason
            CHECK (reason IN ('fraud', 'forbidden', 'unlicensed', 'fake', 'misleading', 'rude', 'other')),
        words text NOT NULL CONSTRAINT ck_moderation_reports_words CHECK (char_length(words) <= 1000), at timestamptz NOT NULL,
        CONSTRAINT uq_moderation_reports_case_id UNIQUE (case_id, reporter_id))""",
    "CREATE INDEX ix_moderation_reports_reporter_id ON moderation_reports (reporter_id)",
    *install_machine("moderation_cases", "moderation/1", ["open"], MOVES),
    """INSERT INTO outbox (id, job, args, run_at, created_at, attempts, last_error)
       SELECT gen_random_uuid(), 'moderation.on_message_reported', jsonb_build_object('event', jsonb_build_object(
           'conversation_id', conversation_id, 'seq', seq, 'reporter_id', reporter_id, 'reason', reason)), now(), now(), 0, '' FROM chat_reports""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
