"""Carts and orders."""

from alembic import op

from common.states import install_machine

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# The table of orders/1 as it was when this migration was written; a test holds it against marvec/orders/machine.py.
MOVES = {
    "placed": ["paid", "expired", "cancelled"],
    "paid": ["accepted", "declined", "cancelled"],
    "accepted": ["ready", "shipped", "cancelled"],
    "ready": ["delivered", "completed", "cancelled"],
    "shipped": ["delivered", "completed", "disputed"],
    "delivered": ["completed", "disputed"],
    "disputed": ["completed", "cancelled"],
}
STATES = "'placed','paid','accepted','ready','shipped','delivered','completed','disputed','cancelled','declined','expired'"

CARTS = """
CREATE TABLE carts (
    id uuid NOT NULL CONSTRAINT pk_carts PRIMARY KEY,
    person_id uuid CONSTRAINT uq_carts_person_id UNIQUE,
    token_hash text CONSTRAINT uq_carts_token_hash UNIQUE,
    touched_at timestamptz NOT NULL,
    CONSTRAINT ck_carts_one_holder CHECK ((person_id IS NULL) <> (token_hash IS NULL)))
"""
CART_LINES = """
CREATE TABLE cart_lines (
    cart_id uuid NOT NULL CONSTRAINT fk_cart_lines_cart_id REFERENCES carts (id) ON DELETE CASCADE,
    listing_id uuid NOT NULL,
    quantity integer NOT NULL,
    seen_price bigint NOT NULL,
    added_at timestamptz NOT NULL,
    CONSTRAINT pk_cart_lines PRIMARY KEY (cart_id, listing_id),
    CONSTRAINT ck_cart_lines_quantity CHECK (quantity BETWEEN 1 AND 10000),
    CONSTRAINT ck_cart_lines_seen_price CHECK (seen_price >= 0))
"""
GROUPS = """
CREATE TABLE order_groups (
    id uuid NOT NULL CONSTRAINT pk_order_groups PRIMARY KEY,
    buyer_id uuid NOT NULL,
    client_key text NOT NULL,
    total bigint NOT NULL CONSTRAINT ck_order_groups_total CHECK (total > 0),
    intent_id uuid NOT NULL CONSTRAINT uq_order_groups_intent_id UNIQUE,
    created_at timestamptz NOT NULL,
    money_at timestamptz,
    CONSTRAINT uq_order_groups_buyer_id_client_key UNIQUE (buyer_id, client_key))
"""
ORDERS = f"""
CREATE TABLE orders (
    id uuid NOT NULL CONSTRAINT pk_orders PRIMARY KEY,
    reference text NOT NULL CONSTRAINT uq_orders_reference UNIQUE,
    group_id uuid NOT NULL CONSTRAINT fk_orders_group_id REFERENCES order_groups (id),
    buyer_id uuid NOT NULL,
    seller_id uuid NOT NULL,
    storefront_id uuid NOT NULL,
    offer_id uuid CONSTRAINT uq_orders_offer_id UNIQUE,
    machine text NOT NULL,
    state text NOT NULL CONSTRAINT ck_orders_state CHECK (state IN ({STATES})),
    moved_at timestamptz NOT NULL,
    moved_by uuid,
    moved_because text NOT NULL,
    total bigint NOT NULL CONSTRAINT ck_orders_total CHECK (total > 0),
    commission bigint NOT NULL CONSTRAINT ck_orders_commission CHECK (commission BETWEEN 0 AND total),
    refunded bigint NOT NULL CONSTRAINT ck_orders_refunded CHECK (refunded BETWEEN 0 AND total),
    handover text NOT NULL CONSTRAINT ck_orders_handover CHECK (handover IN ('pickup', 'courier')),
    address text NOT NULL,
    kelurahan_code text NOT NULL,
    note text NOT NULL,
    needed_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT ck_orders_not_to_oneself CHECK (buyer_id <> seller_id),
    CONSTRAINT ck_orders_courier_knows_where CHECK (handover = 'pickup' OR (address <> '' AND kelurahan_code <> '')))
"""
LINES = """
CREATE TABLE order_lines (
    id uuid NOT NULL CONSTRAINT pk_order_lines PRIMARY KEY,
    order_id uuid NOT NULL CONSTRAINT fk_order_lines_order_id REFERENCES orders (id),
    listing_id uuid NOT NULL,
    title text NOT NULL,
    unit text NOT NULL,
    quantity integer NOT NULL CONSTRAINT ck_order_lines_quantity CHECK (quantity > 0),
    unit_price bigint NOT NULL CONSTRAINT ck_order_lines_unit_price CHECK (unit_price >= 0),
    commission_bps integer NOT NULL CONSTRAINT ck_order_lines_commission_bps CHECK (commission_bps BETWEEN 0 AND 10000),
    commission_base bigint NOT NULL,
    commission bigint NOT NULL CONSTRAINT ck_order_lines_commission CHECK (commission BETWEEN 0 AND commission_base),
    CONSTRAINT ck_order_lines_commission_base CHECK (commission_base = quantity * unit_price),
    CONSTRAINT uq_order_lines_order_id_listing_id UNIQUE (order_id, listing_id))
"""
INDEXES = (
    "CREATE INDEX ix_orders_group_id ON orders (group_id)",
    "CREATE INDEX ix_orders_buyer_id_id ON orders (buyer_id, id)",
    "CREATE INDEX ix_orders_seller_id_id ON orders (seller_id, id) WHERE state <> 'placed'",
    "CREATE INDEX ix_orders_disputed ON orders (moved_at) WHERE state = 'disputed'",
)


def upgrade() -> None:
    for table in (CARTS, CART_LINES, GROUPS, ORDERS, LINES, *INDEXES):
        op.execute(table)
    for statement in install_machine("orders", "orders/1", births=["placed"], moves=MOVES):
        op.execute(statement)
    op.execute("CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON order_lines FOR EACH ROW EXECUTE FUNCTION never_changes()")
