"""Orders, version 2: complaints with an end, refunds by the seller, and a time to pay that an order carries itself."""

from alembic import op

from common.states import install_machine

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# The table of orders/2 as it was when this migration was written; a test holds it against marvec/orders/machine.py.
ORDERS = {
    "placed": ["paid", "expired", "cancelled"],
    "paid": ["accepted", "declined", "cancelled"],
    "accepted": ["ready", "shipped", "cancelled"],
    "ready": ["delivered", "completed", "cancelled"],
    "shipped": ["delivered", "completed", "disputed"],
    "delivered": ["completed", "disputed"],
    "disputed": ["completed", "cancelled"],
}
DISPUTES = {
    "open": ["answered", "settled", "lapsed"],
    "answered": ["review", "settled", "lapsed"],
    "review": ["settled", "decided", "lapsed"],
}
ORDER_MOVES = "".join(f", ('orders/2', '{old}', '{new}')" for old, news in ORDERS.items() for new in news)

# The default serves processes of the version before, until the last of them is gone.
PAY_BY = (
    "ALTER TABLE orders ADD COLUMN pay_by timestamptz NOT NULL DEFAULT now() + interval '15 minutes'",
    "UPDATE orders SET pay_by = created_at + interval '15 minutes'",
    "ALTER TABLE orders ADD CONSTRAINT ck_orders_pay_by CHECK (pay_by > created_at)",
)
REFUNDS = (
    """CREATE TABLE order_refunds (
        id uuid NOT NULL CONSTRAINT pk_order_refunds PRIMARY KEY,
        order_id uuid NOT NULL CONSTRAINT fk_order_refunds_order_id REFERENCES orders (id),
        amount bigint NOT NULL CONSTRAINT ck_order_refunds_amount CHECK (amount > 0),
        reason text NOT NULL CONSTRAINT ck_order_refunds_reason CHECK (reason <> '' AND char_length(reason) <= 500),
        made_by uuid, made_at timestamptz NOT NULL, client_key text,
        CONSTRAINT uq_order_refunds_order_id_client_key UNIQUE (order_id, client_key))""",
    "CREATE INDEX ix_order_refunds_order_id ON order_refunds (order_id, id)",
    """INSERT INTO order_refunds (id, order_id, amount, reason, made_by, made_at)
       SELECT gen_random_uuid(), id, refunded, coalesce(nullif(left(moved_because, 500), ''), state), moved_by, moved_at
       FROM orders WHERE refunded > 0""",
    "CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON order_refunds FOR EACH ROW EXECUTE FUNCTION never_changes()",
    # What an order says went back is the sum of its refunds, whoever writes.
    """CREATE FUNCTION order_refunds_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        checked uuid := CASE TG_TABLE_NAME WHEN 'orders' THEN (to_jsonb(NEW) ->> 'id')::uuid ELSE (to_jsonb(NEW) ->> 'order_id')::uuid END;
        counted bigint;
        kept bigint;
    BEGIN
        SELECT refunded INTO counted FROM orders WHERE id = checked;
        SELECT coalesce(sum(amount), 0) INTO kept FROM order_refunds WHERE order_id = checked;
        IF counted <> kept THEN
            RAISE EXCEPTION 'order % counts % as refunded, its refunds are %', checked, counted, kept
                USING ERRCODE = 'check_violation', CONSTRAINT = 'order_refunds_add_up';
        END IF;
        RETURN NULL;
    END $$""",
    """CREATE CONSTRAINT TRIGGER refunds_add_up AFTER UPDATE OF refunded ON orders DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION order_refunds_add_up()""",
    """CREATE CONSTRAINT TRIGGER refunds_add_up AFTER INSERT ON order_refunds DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION order_refunds_add_up()""",
)
COMPLAINTS = (
    """CREATE TABLE order_disputes (
        id uuid NOT NULL CONSTRAINT pk_order_disputes PRIMARY KEY,
        order_id uuid NOT NULL CONSTRAINT uq_order_disputes_order_id UNIQUE CONSTRAINT fk_order_disputes_order_id REFERENCES orders (id),
        reason text NOT NULL CONSTRAINT ck_order_disputes_reason
            CHECK (reason IN ('not_arrived', 'damaged', 'different', 'incomplete', 'other')),
        offered bigint CONSTRAINT ck_order_disputes_offered CHECK (offered > 0),
        answer_by timestamptz, decide_by timestamptz, opened_at timestamptz NOT NULL,
        state text NOT NULL CONSTRAINT ck_order_disputes_state
            CHECK (state IN ('open', 'answered', 'review', 'settled', 'decided', 'lapsed')),
        machine text NOT NULL, moved_at timestamptz NOT NULL, moved_by uuid, moved_because text NOT NULL,
        CONSTRAINT ck_order_disputes_ends CHECK ((answer_by IS NULL) = (decide_by IS NULL) AND answer_by > opened_at AND decide_by > answer_by),
        CONSTRAINT ck_order_disputes_decided_for_a_reason CHECK (state <> 'decided' OR moved_because <> ''),
        CONSTRAINT ck_order_disputes_waits_with_an_end CHECK (state NOT IN ('open', 'answered', 'lapsed') OR decide_by IS NOT NULL))""",
    "CREATE INDEX ix_order_disputes_review ON order_disputes (decide_by, id) WHERE state = 'review'",
    """CREATE TABLE order_dispute_statements (
        id uuid NOT NULL CONSTRAINT pk_order_dispute_statements PRIMARY KEY,
        dispute_id uuid NOT NULL CONSTRAINT fk_order_dispute_statements_dispute_id REFERENCES order_disputes (id),
        author_id uuid NOT NULL,
        side text NOT NULL CONSTRAINT ck_order_dispute_statements_side CHECK (side IN ('buyer', 'seller')),
        words text NOT NULL CONSTRAINT ck_order_dispute_statements_words CHECK (words <> '' AND char_length(words) <= 2000),
        said_at timestamptz NOT NULL)""",
    "CREATE INDEX ix_order_dispute_statements_dispute_id ON order_dispute_statements (dispute_id, id)",
    """CREATE TABLE order_dispute_pictures (
        file_id uuid NOT NULL CONSTRAINT pk_order_dispute_pictures PRIMARY KEY,
        statement_id uuid NOT NULL CONSTRAINT fk_order_dispute_pictures_statement_id REFERENCES order_dispute_statements (id),
        place integer NOT NULL CONSTRAINT ck_order_dispute_pictures_place CHECK (place BETWEEN 0 AND 4),
        CONSTRAINT uq_order_dispute_pictures_statement_id_place UNIQUE (statement_id, place))""",
    """CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON order_dispute_statements FOR EACH ROW EXECUTE FUNCTION never_changes()""",
    """CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON order_dispute_pictures FOR EACH ROW EXECUTE FUNCTION never_changes()""",
    *install_machine("order_disputes", "disputes/1", ["open", "review"], DISPUTES),
    # Orders that are in dispute already wait for an operator, as they began: without an end of their own.
    """INSERT INTO order_disputes (id, order_id, reason, opened_at, state, machine, moved_at, moved_by, moved_because)
       SELECT gen_random_uuid(), id, 'other', moved_at, 'review', 'disputes/1', moved_at, moved_by, moved_because
       FROM orders WHERE state = 'disputed'""",
    """INSERT INTO order_dispute_statements (id, dispute_id, author_id, side, words, said_at)
       SELECT gen_random_uuid(), d.id, o.buyer_id, 'buyer', left(o.moved_because, 2000), o.moved_at
       FROM order_disputes d JOIN orders o ON o.id = d.order_id WHERE o.moved_because <> ''""",
    # An order is in dispute exactly while its complaint is open: nothing waits without somebody who must answer, decide, or an end.
    """CREATE FUNCTION order_in_dispute_has_its_complaint() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        checked uuid := CASE TG_TABLE_NAME WHEN 'orders' THEN (to_jsonb(NEW) ->> 'id')::uuid ELSE (to_jsonb(NEW) ->> 'order_id')::uuid END;
        disputed boolean;
    BEGIN
        SELECT state = 'disputed' INTO disputed FROM orders WHERE id = checked;
        IF disputed <> EXISTS (SELECT FROM order_disputes d WHERE d.order_id = checked AND d.state IN ('open', 'answered', 'review')) THEN
            RAISE EXCEPTION 'order % and its complaint say different things', checked
                USING ERRCODE = 'check_violation', CONSTRAINT = 'order_in_dispute_has_its_complaint';
        END IF;
        RETURN NULL;
    END $$""",
    """CREATE CONSTRAINT TRIGGER has_its_complaint AFTER UPDATE OF state ON orders DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW WHEN ((NEW.state = 'disputed') <> (OLD.state = 'disputed')) EXECUTE FUNCTION order_in_dispute_has_its_complaint()""",
    """CREATE CONSTRAINT TRIGGER has_its_complaint AFTER INSERT OR UPDATE OF state ON order_disputes DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION order_in_dispute_has_its_complaint()""",
)


def upgrade() -> None:
    op.execute(f"INSERT INTO state_moves (machine, from_state, to_state) VALUES ('orders/2', '', 'placed'){ORDER_MOVES}")  # noqa: S608
    for statement in (*PAY_BY, *REFUNDS, *COMPLAINTS):
        op.execute(statement)
