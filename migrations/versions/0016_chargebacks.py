"""Chargebacks: what a bank takes back stops the release, freezes the orders and is borne by whom the rows say; daily comparisons with the provider."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

COLUMNS = (
    # What banks took back for good and somebody bears: it can neither be released nor refunded any more.
    "ALTER TABLE payment_intents ADD COLUMN lost bigint NOT NULL DEFAULT 0",
    "ALTER TABLE payment_intents DROP CONSTRAINT ck_payment_intents_refunded",
    "ALTER TABLE payment_intents ADD CONSTRAINT ck_payment_intents_refunded CHECK (refunded >= 0 AND lost >= 0 AND refunded + lost <= amount)",
    "ALTER TABLE payment_parts ADD COLUMN lost bigint NOT NULL DEFAULT 0",
    "ALTER TABLE payment_parts DROP CONSTRAINT ck_payment_parts_refunded",
    "ALTER TABLE payment_parts ADD CONSTRAINT ck_payment_parts_refunded CHECK (refunded >= 0 AND lost >= 0 AND refunded + lost <= amount)",
    # A loss: which order bears how much (`shares`), out of which pots (`borne_by`). A dispute's words: what the bank says, until when.
    """ALTER TABLE payment_disputes
       ADD COLUMN reason text NOT NULL DEFAULT '', ADD COLUMN due_by timestamptz, ADD COLUMN evidence_sent_at timestamptz, ADD COLUMN reminded_at timestamptz,
       ADD COLUMN shares jsonb NOT NULL DEFAULT '{}', ADD COLUMN borne_by jsonb NOT NULL DEFAULT '{}',
       ADD COLUMN assigned_at timestamptz, ADD COLUMN assigned_by uuid, ADD COLUMN assigned_because text NOT NULL DEFAULT '',
       ADD CONSTRAINT ck_payment_disputes_assigned CHECK ((assigned_at IS NULL) = (assigned_by IS NULL)
           AND (assigned_at IS NULL OR assigned_because <> ''))""",
    "CREATE INDEX ix_payment_disputes_due_by ON payment_disputes (due_by) WHERE state IN ('opened', 'withdrawn') AND evidence_sent_at IS NULL",
    """ALTER TABLE payment_refunds
       ADD COLUMN assigned_at timestamptz, ADD COLUMN assigned_by uuid, ADD COLUMN assigned_because text NOT NULL DEFAULT '',
       ADD CONSTRAINT ck_payment_refunds_assigned CHECK ((assigned_at IS NULL) = (assigned_by IS NULL)
           AND (assigned_at IS NULL OR assigned_because <> ''))""",
    # Money is taken back from a seller for a refund or for a lost dispute.
    """ALTER TABLE payment_reversals
       ADD COLUMN dispute_id uuid CONSTRAINT fk_payment_reversals_dispute_id REFERENCES payment_disputes,
       ADD CONSTRAINT uq_payment_reversals_dispute_id_transfer_id UNIQUE (dispute_id, transfer_id),
       ADD CONSTRAINT ck_payment_reversals_one_cause CHECK (refund_id IS NULL OR dispute_id IS NULL)""",
    "CREATE INDEX ix_payment_reversals_pending ON payment_reversals (created_at) WHERE state = 'pending'",
    # Besides the transfer of its release an order may have others, each giving back one reversal whose cause came to nothing.
    """ALTER TABLE payment_transfers DROP CONSTRAINT uq_payment_transfers_order_id,
       ADD COLUMN reversal_id uuid CONSTRAINT uq_payment_transfers_reversal_id UNIQUE
           CONSTRAINT fk_payment_transfers_reversal_id REFERENCES payment_reversals""",
    "CREATE UNIQUE INDEX uq_payment_transfers_order_id ON payment_transfers (order_id) WHERE reversal_id IS NULL",
    # A message about a payment that we do not know yet is parked until we do.
    "ALTER TABLE webhook_inbox DROP CONSTRAINT ck_webhook_inbox_state, ADD COLUMN about text",
    "ALTER TABLE webhook_inbox ADD CONSTRAINT ck_webhook_inbox_state CHECK (state IN ('waiting', 'parked', 'done', 'ignored'))",
    "CREATE INDEX ix_webhook_inbox_parked ON webhook_inbox (about) WHERE state = 'parked'",
    """
    CREATE TABLE payment_evidence (
        id uuid NOT NULL CONSTRAINT pk_payment_evidence PRIMARY KEY,
        dispute_id uuid NOT NULL CONSTRAINT fk_payment_evidence_dispute_id REFERENCES payment_disputes,
        author_id uuid NOT NULL, side text NOT NULL, words text NOT NULL CONSTRAINT ck_payment_evidence_words CHECK (words <> ''),
        file_id uuid, filename text NOT NULL, created_at timestamptz NOT NULL)""",
    "CREATE INDEX ix_payment_evidence_dispute_id ON payment_evidence (dispute_id, id)",
    "CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON payment_evidence FOR EACH ROW EXECUTE FUNCTION never_changes()",
    """
    CREATE TABLE payment_provider_checks (
        id uuid NOT NULL CONSTRAINT pk_payment_provider_checks PRIMARY KEY,
        state text NOT NULL CONSTRAINT ck_payment_provider_checks_state CHECK (state IN ('wanted', 'done')),
        wanted_at timestamptz NOT NULL, since timestamptz, done_at timestamptz, compared integer NOT NULL, differences integer NOT NULL,
        CONSTRAINT ck_payment_provider_checks_done CHECK ((state = 'done') = (done_at IS NOT NULL)))""",
    "CREATE UNIQUE INDEX uq_payment_provider_checks_wanted ON payment_provider_checks (state) WHERE state = 'wanted'",
    """
    CREATE TABLE payment_provider_differences (
        id uuid NOT NULL CONSTRAINT pk_payment_provider_differences PRIMARY KEY,
        check_id uuid NOT NULL CONSTRAINT fk_payment_provider_differences_check_id REFERENCES payment_provider_checks,
        kind text NOT NULL, ref text NOT NULL, ours text NOT NULL, theirs text NOT NULL)""",
    "CREATE INDEX ix_payment_provider_differences_check_id ON payment_provider_differences (check_id, id)",
)

# An operator decides once on the same money, and nobody rewrites the decision.
DECIDED_ONCE = """
CREATE FUNCTION assigned_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% was assigned before', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'assigned_once';
END $$"""
ASSIGNED = ("payment_refunds", "payment_disputes")

LAST_WORDS = (
    # Lent to other rooms' triggers. The lock makes the answer hold until the end of the transaction: a dispute is merged under the same.
    """
    CREATE FUNCTION payment_in_dispute(intent uuid) RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM FROM payment_intents WHERE id = intent FOR NO KEY UPDATE;
        RETURN EXISTS (SELECT FROM payment_disputes WHERE intent_id = intent AND state IN ('opened', 'withdrawn'));
    END $$""",
    """
    CREATE FUNCTION payment_is_not_in_dispute() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF payment_in_dispute(NEW.intent_id) THEN
            RAISE EXCEPTION 'a bank disputes payment %', NEW.intent_id USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_is_not_in_dispute';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER never_released_in_dispute BEFORE UPDATE OF released_at ON payment_parts
       FOR EACH ROW WHEN (OLD.released_at IS NULL AND NEW.released_at IS NOT NULL) EXECUTE FUNCTION payment_is_not_in_dispute()""",
    """CREATE TRIGGER never_refunded_in_dispute BEFORE INSERT ON payment_refunds
       FOR EACH ROW WHEN (NEW.ours) EXECUTE FUNCTION payment_is_not_in_dispute()""",
)

ORDERS = (
    """ALTER TABLE orders ADD COLUMN frozen_at timestamptz, ADD COLUMN paused_seconds integer NOT NULL DEFAULT 0,
       ADD COLUMN lost bigint NOT NULL DEFAULT 0,
       ADD CONSTRAINT ck_orders_paused CHECK (paused_seconds >= 0),
       ADD CONSTRAINT ck_orders_lost CHECK (lost BETWEEN 0 AND total)""",
    "CREATE INDEX ix_orders_frozen ON orders (frozen_at) WHERE frozen_at IS NOT NULL",
    """
    CREATE FUNCTION frozen_orders_stand_still() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.state = OLD.state THEN
            RETURN NEW;
        END IF;
        IF OLD.frozen_at IS NOT NULL AND NEW.frozen_at IS NOT NULL THEN
            RAISE EXCEPTION 'order % is frozen', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'frozen_orders_stand_still';
        END IF;
        IF NEW.state = 'completed' AND (SELECT payment_in_dispute(intent_id) FROM order_groups WHERE id = NEW.group_id) THEN
            RAISE EXCEPTION 'a bank disputes the payment of order %', OLD.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'frozen_orders_stand_still';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER frozen_orders_stand_still BEFORE UPDATE OF state ON orders
       FOR EACH ROW EXECUTE FUNCTION frozen_orders_stand_still()""",
)


def upgrade() -> None:
    for statement in (*COLUMNS, *LAST_WORDS, *ORDERS):
        op.execute(statement)
    op.execute(DECIDED_ONCE)
    for table in ASSIGNED:
        op.execute(f"""
            CREATE TRIGGER assigned_once BEFORE UPDATE ON {table} FOR EACH ROW
            WHEN (OLD.assigned_at IS NOT NULL AND (OLD.assigned_at, OLD.assigned_by, OLD.assigned_because)
                  IS DISTINCT FROM (NEW.assigned_at, NEW.assigned_by, NEW.assigned_because)) EXECUTE FUNCTION assigned_once()""")
