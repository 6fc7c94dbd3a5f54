"""Queues: counters of health centres and offices, their days, and people's numbers."""

from alembic import op

from common.states import install_machine

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TICKET_MOVES = {
    "waiting": ["called", "cancelled", "expired"],
    "called": ["serving", "skipped", "cancelled", "expired"],
    "serving": ["served"],
    "skipped": ["waiting", "cancelled", "expired"],
}


def upgrade() -> None:
    op.execute("""
        CREATE TABLE queue_counters (
            code text NOT NULL CONSTRAINT pk_queue_counters PRIMARY KEY, place text NOT NULL,
            kind text NOT NULL CONSTRAINT ck_queue_counters_kind CHECK (kind IN ('puskesmas', 'office')),
            name_id text NOT NULL, name_en text NOT NULL,
            hours jsonb NOT NULL CONSTRAINT ck_queue_counters_seven_days CHECK (jsonb_array_length(hours) = 7),
            minutes integer NOT NULL CONSTRAINT ck_queue_counters_minutes CHECK (minutes > 0),
            capacity integer NOT NULL CONSTRAINT ck_queue_counters_capacity CHECK (capacity > 0),
            desks integer NOT NULL CONSTRAINT ck_queue_counters_desks CHECK (desks > 0),
            is_active boolean NOT NULL)""")
    op.execute("CREATE INDEX ix_queue_counters_place ON queue_counters (place)")
    op.execute("""
        CREATE TABLE queue_days (
            counter text NOT NULL CONSTRAINT fk_queue_days_counter REFERENCES queue_counters (code), day date NOT NULL,
            opens_at timestamptz NOT NULL, closes_at timestamptz NOT NULL,
            capacity integer NOT NULL, given integer NOT NULL, taken integer NOT NULL, called integer NOT NULL,
            pace integer CONSTRAINT ck_queue_days_pace CHECK (pace > 0), last_call_at timestamptz,
            CONSTRAINT pk_queue_days PRIMARY KEY (counter, day),
            CONSTRAINT ck_queue_days_never_over_capacity CHECK (taken BETWEEN 0 AND capacity),
            CONSTRAINT ck_queue_days_counts CHECK (given >= taken AND called BETWEEN 0 AND given))""")
    op.execute("""
        CREATE TABLE queue_tickets (
            id uuid NOT NULL CONSTRAINT pk_queue_tickets PRIMARY KEY, counter text NOT NULL, day date NOT NULL,
            number integer NOT NULL CONSTRAINT ck_queue_tickets_number CHECK (number > 0),
            follows integer GENERATED ALWAYS AS (NULLIF(number - 1, 0)) STORED,
            person_id uuid NOT NULL, turn integer NOT NULL, queued_at timestamptz NOT NULL,
            returns integer NOT NULL CONSTRAINT ck_queue_tickets_comes_back_once CHECK (returns IN (0, 1)),
            desk integer, calls integer NOT NULL, called_at timestamptz, told_near boolean NOT NULL,
            state text NOT NULL, machine text NOT NULL, moved_at timestamptz NOT NULL, moved_by uuid, moved_because text NOT NULL,
            CONSTRAINT uq_queue_tickets_counter_day_number UNIQUE (counter, day, number),
            CONSTRAINT fk_queue_tickets_day FOREIGN KEY (counter, day) REFERENCES queue_days (counter, day),
            CONSTRAINT fk_queue_tickets_follows FOREIGN KEY (counter, day, follows) REFERENCES queue_tickets (counter, day, number),
            CONSTRAINT ck_queue_tickets_called_at_a_desk CHECK (state NOT IN ('called', 'serving') OR desk IS NOT NULL))""")
    op.execute("""
        CREATE UNIQUE INDEX uq_queue_tickets_one_at_a_desk ON queue_tickets (counter, day, desk) WHERE state IN ('called', 'serving')""")
    op.execute("""
        CREATE UNIQUE INDEX uq_queue_tickets_one_live_each ON queue_tickets (counter, day, person_id)
        WHERE state IN ('waiting', 'called', 'serving', 'skipped')""")
    op.execute("CREATE INDEX ix_queue_tickets_waiting ON queue_tickets (counter, day, turn, queued_at) WHERE state = 'waiting'")
    op.execute("CREATE INDEX ix_queue_tickets_person ON queue_tickets (person_id, id)")
    op.execute("""
        CREATE INDEX ix_queue_tickets_live ON queue_tickets (day) WHERE state IN ('waiting', 'called', 'serving', 'skipped')""")
    for statement in install_machine("queue_tickets", "ticket/1", ["waiting"], TICKET_MOVES):
        op.execute(statement)
