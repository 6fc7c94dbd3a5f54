"""The market tells the truth: which good a listing is, words that an operator cleared, what was shown when it was held."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

REASONS = ("fraud", "forbidden", "unlicensed", "fake", "misleading", "rude", "other", "review")
STATEMENTS = (
    "ALTER TABLE listings ADD COLUMN good text, ADD COLUMN cleared text, ADD COLUMN shown_when_held boolean NOT NULL DEFAULT false",
    # Held so far: the move that paused it gives the same reason, unless its seller had paused it before.
    """UPDATE listings SET shown_when_held = true
       WHERE held_because IS NOT NULL AND state = 'paused' AND moved_because = held_because""",
    "ALTER TABLE listings ADD CONSTRAINT ck_listings_shown_when_held_is_held CHECK (held_because IS NOT NULL OR NOT shown_when_held)",
    "ALTER TABLE moderation_reports DROP CONSTRAINT ck_moderation_reports_reason",
    f"ALTER TABLE moderation_reports ADD CONSTRAINT ck_moderation_reports_reason CHECK (reason IN {REASONS})",
    "ALTER TABLE standing_queries ADD COLUMN better text[] NOT NULL DEFAULT '{}', ADD COLUMN asked_at timestamptz",
    "UPDATE standing_queries SET asked_at = created_at",
    "ALTER TABLE matches ADD COLUMN missing text[] NOT NULL DEFAULT '{}'",
    # What was listed before the rules followed the good is judged by a job, in parts.
    """INSERT INTO outbox (id, job, args, run_at, created_at, attempts, last_error)
       SELECT gen_random_uuid(), 'listings.judge_anew', '{}'::jsonb, now(), now(), 0, '' WHERE EXISTS (SELECT FROM listings)""",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
