"""Payments: intents and their parts, the flows of money, the ledger, the webhook inbox."""

from alembic import op

from common.states import install_machine

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LARGEST = 10_000_000_000  # Rp 10 milyar, as common.money.LARGEST on the day of this migration

MOVES = {
    "created": ["started", "closed"],
    "started": ["processing", "succeeded", "closed"],
    "processing": ["started", "succeeded", "closed"],
    "closed": ["succeeded"],
}

TABLES = (
    f"""
    CREATE TABLE payment_intents (
        id uuid NOT NULL CONSTRAINT pk_payment_intents PRIMARY KEY,
        payer_id uuid NOT NULL, purpose text NOT NULL, purpose_id uuid NOT NULL,
        amount bigint NOT NULL, refunded bigint NOT NULL, state text NOT NULL, machine text NOT NULL,
        moved_at timestamptz NOT NULL, moved_by uuid, moved_because text NOT NULL,
        provider_ref text CONSTRAINT uq_payment_intents_provider_ref UNIQUE,
        payment_ref text CONSTRAINT uq_payment_intents_payment_ref UNIQUE, charge_ref text, client_action jsonb,
        return_url text NOT NULL, last_error text NOT NULL, settled_to text,
        expires_at timestamptz NOT NULL, started_at timestamptz, close_wanted_at timestamptz, checked_at timestamptz, created_at timestamptz NOT NULL,
        CONSTRAINT ck_payment_intents_purpose CHECK (purpose IN ('order_group', 'application_fee')),
        CONSTRAINT ck_payment_intents_amount CHECK (amount BETWEEN 1 AND {LARGEST}),
        CONSTRAINT ck_payment_intents_refunded CHECK (refunded BETWEEN 0 AND amount),
        CONSTRAINT ck_payment_intents_settled CHECK (settled_to IS NULL OR purpose = 'application_fee'))""",
    # One open intent for each purpose row.
    """CREATE UNIQUE INDEX uq_payment_intents_open ON payment_intents (purpose, purpose_id)
       WHERE state IN ('created', 'started', 'processing')""",
    "CREATE INDEX ix_payment_intents_payer_id ON payment_intents (payer_id)",
    "CREATE INDEX ix_payment_intents_purpose ON payment_intents (purpose, purpose_id)",
    """CREATE INDEX ix_payment_intents_to_look_at ON payment_intents (checked_at NULLS FIRST)
       WHERE state IN ('created', 'started', 'processing')""",
    """
    CREATE TABLE payment_parts (
        order_id uuid NOT NULL CONSTRAINT pk_payment_parts PRIMARY KEY,
        intent_id uuid NOT NULL CONSTRAINT fk_payment_parts_intent_id REFERENCES payment_intents,
        storefront_id uuid NOT NULL, amount bigint NOT NULL, commission bigint NOT NULL, refunded bigint NOT NULL,
        released_at timestamptz, released_amount bigint NOT NULL, released_commission bigint NOT NULL,
        CONSTRAINT ck_payment_parts_amount CHECK (amount > 0 AND commission BETWEEN 0 AND amount),
        CONSTRAINT ck_payment_parts_refunded CHECK (refunded BETWEEN 0 AND amount),
        CONSTRAINT ck_payment_parts_released CHECK (released_commission BETWEEN 0 AND released_amount AND released_amount <= amount))""",
    "CREATE INDEX ix_payment_parts_intent_id ON payment_parts (intent_id)",
    """
    CREATE TABLE payment_refunds (
        id uuid NOT NULL CONSTRAINT pk_payment_refunds PRIMARY KEY, state text NOT NULL, amount bigint NOT NULL,
        provider_ref text CONSTRAINT uq_payment_refunds_provider_ref UNIQUE, created_at timestamptz NOT NULL,
        intent_id uuid NOT NULL CONSTRAINT fk_payment_refunds_intent_id REFERENCES payment_intents, order_id uuid,
        taken_from jsonb NOT NULL, reason text NOT NULL, ours boolean NOT NULL,
        CONSTRAINT ck_payment_refunds_state CHECK (state IN ('pending', 'succeeded', 'failed')),
        CONSTRAINT ck_payment_refunds_amount CHECK (amount > 0))""",
    "CREATE INDEX ix_payment_refunds_intent_id ON payment_refunds (intent_id)",
    "CREATE INDEX ix_payment_refunds_order_id ON payment_refunds (order_id)",
    "CREATE INDEX ix_payment_refunds_pending ON payment_refunds (created_at) WHERE state = 'pending'",
    """
    CREATE TABLE payment_transfers (
        id uuid NOT NULL CONSTRAINT pk_payment_transfers PRIMARY KEY, state text NOT NULL, amount bigint NOT NULL,
        provider_ref text CONSTRAINT uq_payment_transfers_provider_ref UNIQUE, created_at timestamptz NOT NULL,
        order_id uuid NOT NULL CONSTRAINT uq_payment_transfers_order_id UNIQUE CONSTRAINT fk_payment_transfers_order_id REFERENCES payment_parts,
        intent_id uuid NOT NULL CONSTRAINT fk_payment_transfers_intent_id REFERENCES payment_intents, storefront_id uuid NOT NULL,
        CONSTRAINT ck_payment_transfers_state CHECK (state IN ('pending', 'sent')),
        CONSTRAINT ck_payment_transfers_amount CHECK (amount >= 0))""",
    "CREATE INDEX ix_payment_transfers_intent_id ON payment_transfers (intent_id)",
    "CREATE INDEX ix_payment_transfers_storefront_id ON payment_transfers (storefront_id)",
    "CREATE INDEX ix_payment_transfers_pending ON payment_transfers (created_at) WHERE state = 'pending'",
    """
    CREATE TABLE payment_reversals (
        id uuid NOT NULL CONSTRAINT pk_payment_reversals PRIMARY KEY, state text NOT NULL, amount bigint NOT NULL,
        provider_ref text CONSTRAINT uq_payment_reversals_provider_ref UNIQUE, created_at timestamptz NOT NULL,
        transfer_id uuid NOT NULL CONSTRAINT fk_payment_reversals_transfer_id REFERENCES payment_transfers, storefront_id uuid NOT NULL,
        refund_id uuid CONSTRAINT uq_payment_reversals_refund_id UNIQUE CONSTRAINT fk_payment_reversals_refund_id REFERENCES payment_refunds,
        CONSTRAINT ck_payment_reversals_state CHECK (state IN ('pending', 'failed', 'done')),
        CONSTRAINT ck_payment_reversals_amount CHECK (amount > 0))""",
    "CREATE INDEX ix_payment_reversals_transfer_id ON payment_reversals (transfer_id)",
    """
    CREATE TABLE payment_disputes (
        id uuid NOT NULL CONSTRAINT pk_payment_disputes PRIMARY KEY, state text NOT NULL, amount bigint NOT NULL,
        provider_ref text CONSTRAINT uq_payment_disputes_provider_ref UNIQUE, created_at timestamptz NOT NULL,
        intent_id uuid NOT NULL CONSTRAINT fk_payment_disputes_intent_id REFERENCES payment_intents,
        CONSTRAINT ck_payment_disputes_state CHECK (state IN ('opened', 'withdrawn', 'lost', 'won')),
        CONSTRAINT ck_payment_disputes_amount CHECK (amount > 0))""",
    "CREATE INDEX ix_payment_disputes_intent_id ON payment_disputes (intent_id)",
    """
    CREATE TABLE payment_payouts (
        id uuid NOT NULL CONSTRAINT pk_payment_payouts PRIMARY KEY, state text NOT NULL, amount bigint NOT NULL,
        provider_ref text CONSTRAINT uq_payment_payouts_provider_ref UNIQUE, created_at timestamptz NOT NULL, owner text NOT NULL,
        CONSTRAINT ck_payment_payouts_state CHECK (state IN ('pending', 'paid', 'failed')),
        CONSTRAINT ck_payment_payouts_amount CHECK (amount > 0))""",
    """
    CREATE TABLE payment_seller_accounts (
        storefront_id uuid NOT NULL CONSTRAINT pk_payment_seller_accounts PRIMARY KEY,
        provider_account text CONSTRAINT uq_payment_seller_accounts_provider_account UNIQUE,
        transfers_enabled boolean NOT NULL, payouts_enabled boolean NOT NULL, disconnected boolean NOT NULL,
        checked_at timestamptz, swept_at timestamptz)""",
    "CREATE TABLE payment_sweep_marks (name text NOT NULL CONSTRAINT pk_payment_sweep_marks PRIMARY KEY, read_until timestamptz NOT NULL)",
    """
    CREATE TABLE webhook_inbox (
        event_id text NOT NULL CONSTRAINT pk_webhook_inbox PRIMARY KEY,
        type text NOT NULL, payload jsonb NOT NULL, state text NOT NULL, received_at timestamptz NOT NULL, done_at timestamptz,
        CONSTRAINT ck_webhook_inbox_state CHECK (state IN ('waiting', 'done', 'ignored')))""",
    "CREATE INDEX ix_webhook_inbox_received_at ON webhook_inbox (received_at DESC, event_id DESC)",
)

# The composite keys carry the book along, so that no transaction touches the accounts of both books.
LEDGER = (
    """
    CREATE TABLE ledger_accounts (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_ledger_accounts PRIMARY KEY,
        book text NOT NULL, kind text NOT NULL, owner text NOT NULL,
        CONSTRAINT uq_ledger_accounts_kind_owner_book UNIQUE (kind, owner, book),
        CONSTRAINT uq_ledger_accounts_id_book UNIQUE (id, book),
        CONSTRAINT ck_ledger_accounts_book CHECK (
            (book IN ('market', 'city') AND kind IN ('outside', 'arrived', 'refunding', 'unplanned', 'disputed', 'losses'))
            OR (book = 'market' AND kind IN ('held', 'seller', 'commission', 'in_transit', 'transferred', 'bank'))
            OR (book = 'city' AND kind = 'office')))""",
    """
    CREATE TABLE ledger_transactions (
        id uuid NOT NULL CONSTRAINT pk_ledger_transactions PRIMARY KEY,
        book text NOT NULL, kind text NOT NULL, cause text NOT NULL CONSTRAINT uq_ledger_transactions_cause UNIQUE, at timestamptz NOT NULL,
        CONSTRAINT uq_ledger_transactions_id_book UNIQUE (id, book),
        CONSTRAINT ck_ledger_transactions_book CHECK (book IN ('market', 'city')))""",
    """
    CREATE TABLE ledger_entries (
        transaction_id uuid NOT NULL, account_id bigint NOT NULL, book text NOT NULL, amount bigint NOT NULL,
        CONSTRAINT pk_ledger_entries PRIMARY KEY (transaction_id, account_id),
        CONSTRAINT fk_ledger_entries_transaction_id_book FOREIGN KEY (transaction_id, book) REFERENCES ledger_transactions (id, book),
        CONSTRAINT fk_ledger_entries_account_id_book FOREIGN KEY (account_id, book) REFERENCES ledger_accounts (id, book),
        CONSTRAINT ck_ledger_entries_amount CHECK (amount <> 0))""",
    "CREATE INDEX ix_ledger_entries_account_id ON ledger_entries (account_id) INCLUDE (amount)",
    """
    CREATE FUNCTION ledger_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        checked uuid := CASE TG_TABLE_NAME WHEN 'ledger_transactions' THEN (to_jsonb(NEW) ->> 'id')::uuid
                                           ELSE (to_jsonb(NEW) ->> 'transaction_id')::uuid END;
        total numeric;
        entries integer;
    BEGIN
        SELECT coalesce(sum(amount), 0), count(*) INTO total, entries FROM ledger_entries WHERE transaction_id = checked;
        IF total <> 0 OR entries < 2 THEN
            RAISE EXCEPTION 'ledger transaction % has % entries with the sum %', checked, entries, total
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_sums_to_zero';
        END IF;
        RETURN NULL;
    END $$""",
    # The lock comes first and the sum is a statement of its own: it sees what the transaction that held the lock has committed.
    """
    CREATE FUNCTION pots_never_negative() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        pot ledger_accounts;
        total numeric;
    BEGIN
        SELECT * INTO pot FROM ledger_accounts WHERE id = NEW.account_id;
        IF pot.kind NOT IN ('arrived', 'held') THEN
            RETURN NULL;
        END IF;
        PERFORM FROM ledger_accounts WHERE id = pot.id FOR NO KEY UPDATE;
        SELECT sum(amount) INTO total FROM ledger_entries WHERE account_id = pot.id;
        IF total < 0 THEN
            RAISE EXCEPTION 'pot % of % would hold %', pot.kind, pot.owner, total
                USING ERRCODE = 'check_violation', CONSTRAINT = 'pots_never_negative';
        END IF;
        RETURN NULL;
    END $$""",
    """CREATE CONSTRAINT TRIGGER ledger_sums_to_zero AFTER INSERT ON ledger_transactions DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION ledger_sums_to_zero()""",
    """CREATE CONSTRAINT TRIGGER ledger_sums_to_zero AFTER INSERT ON ledger_entries DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION ledger_sums_to_zero()""",
    """CREATE CONSTRAINT TRIGGER pots_never_negative AFTER INSERT ON ledger_entries DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW WHEN (NEW.amount < 0) EXECUTE FUNCTION pots_never_negative()""",
    # One round trip for one movement. True when posted, false when its cause was posted before.
    """
    CREATE FUNCTION post_ledger(p_id uuid, p_book text, p_kind text, p_cause text, p_at timestamptz,
                                p_kinds text[], p_owners text[], p_amounts bigint[]) RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO ledger_transactions (id, book, kind, cause, at) VALUES (p_id, p_book, p_kind, p_cause, p_at) ON CONFLICT (cause) DO NOTHING;
        IF NOT FOUND THEN
            RETURN false;
        END IF;
        INSERT INTO ledger_accounts (book, kind, owner)
        SELECT p_book, e.kind, e.owner FROM unnest(p_kinds, p_owners) AS e (kind, owner)
        WHERE NOT EXISTS (SELECT FROM ledger_accounts a WHERE a.kind = e.kind AND a.owner = e.owner AND a.book = p_book)
        ORDER BY 2, 3
        ON CONFLICT DO NOTHING;
        INSERT INTO ledger_entries (transaction_id, account_id, book, amount)
        SELECT p_id, a.id, p_book, e.amount FROM unnest(p_kinds, p_owners, p_amounts) AS e (kind, owner, amount)
        JOIN ledger_accounts a ON a.kind = e.kind AND a.owner = e.owner AND a.book = p_book;
        RETURN true;
    END $$""",
)

# Opening in one statement, for the payments service and for verbs of other rooms that open one within a larger statement.
# Null when the purpose has an open intent already.
OPEN_INTENT = """
CREATE FUNCTION open_payment_intent(new_id uuid, payer uuid, for_purpose text, for_id uuid, rupiah bigint, until timestamptz, at timestamptz)
RETURNS uuid LANGUAGE sql AS $$
    INSERT INTO payment_intents (id, payer_id, purpose, purpose_id, amount, refunded, state, machine, moved_at, moved_because, last_error, return_url,
                                 expires_at, created_at)
    VALUES (new_id, payer, for_purpose, for_id, rupiah, 0, 'created', 'payment_intents/1', at, '', '', '', until, at)
    ON CONFLICT (purpose, purpose_id) WHERE state IN ('created', 'started', 'processing') DO NOTHING
    RETURNING id
$$
"""


def upgrade() -> None:
    for statement in (*TABLES, *LEDGER):
        op.execute(statement)
    for table in ("ledger_accounts", "ledger_transactions", "ledger_entries"):
        op.execute(f"CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION never_changes()")
    for statement in install_machine("payment_intents", "payment_intents/1", ["created"], MOVES):
        op.execute(statement)
    op.execute(OPEN_INTENT)
