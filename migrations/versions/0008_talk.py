"""Talk: chat, then offers and matching."""

from alembic import op

from common.states import install_machine

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# --- offers, matching

OFFERS = """
CREATE TABLE offers (
    id uuid NOT NULL CONSTRAINT pk_offers PRIMARY KEY,
    conversation_id uuid NOT NULL, subject_kind text NOT NULL, subject_id uuid,
    author_id uuid NOT NULL, buyer_id uuid NOT NULL, seller_id uuid NOT NULL,
    listing_id uuid NOT NULL, title text NOT NULL, unit text NOT NULL,
    quantity integer NOT NULL CONSTRAINT ck_offers_quantity CHECK (quantity BETWEEN 1 AND 10000),
    unit_price bigint NOT NULL CONSTRAINT ck_offers_unit_price CHECK (unit_price > 0),
    handover text NOT NULL CONSTRAINT ck_offers_handover CHECK (handover IN ('pickup', 'courier')),
    address text NOT NULL, kelurahan_code text NOT NULL, needed_at timestamptz, note text NOT NULL,
    counters_id uuid CONSTRAINT uq_offers_counters_id UNIQUE CONSTRAINT fk_offers_counters_id_offers REFERENCES offers (id),
    expires_at timestamptz NOT NULL, created_at timestamptz NOT NULL,
    state text NOT NULL
        CONSTRAINT ck_offers_state CHECK (state IN ('open', 'accepted', 'declined', 'countered', 'withdrawn', 'expired')),
    machine text NOT NULL, moved_at timestamptz NOT NULL, moved_by uuid, moved_because text NOT NULL,
    CONSTRAINT ck_offers_between_two CHECK (buyer_id <> seller_id AND author_id IN (buyer_id, seller_id)))
"""
REQUESTS = """
CREATE TABLE requests (
    id uuid NOT NULL CONSTRAINT pk_requests PRIMARY KEY,
    buyer_id uuid NOT NULL, what text NOT NULL,
    quantity integer NOT NULL CONSTRAINT ck_requests_quantity CHECK (quantity > 0),
    unit text NOT NULL,
    budget bigint CONSTRAINT ck_requests_budget CHECK (budget > 0),
    needed_at timestamptz, kelurahan_code text NOT NULL, lat double precision NOT NULL, lon double precision NOT NULL,
    radius_km double precision NOT NULL CONSTRAINT ck_requests_radius CHECK (radius_km > 0),
    expires_at timestamptz NOT NULL, created_at timestamptz NOT NULL,
    state text NOT NULL CONSTRAINT ck_requests_state CHECK (state IN ('open', 'matched', 'closed', 'expired')),
    machine text NOT NULL, moved_at timestamptz NOT NULL, moved_by uuid, moved_because text NOT NULL)
"""
STANDING_QUERIES = """
CREATE TABLE standing_queries (
    id uuid NOT NULL CONSTRAINT pk_standing_queries PRIMARY KEY,
    kind text NOT NULL CONSTRAINT ck_standing_queries_kind CHECK (kind IN ('request', 'search', 'criteria')),
    person_id uuid NOT NULL, what text NOT NULL, terms text[] NOT NULL, anchor text NOT NULL,
    price_max bigint, lat double precision NOT NULL, lon double precision NOT NULL, radius_km double precision NOT NULL,
    expires_at timestamptz, is_open boolean NOT NULL, created_at timestamptz NOT NULL,
    CONSTRAINT ck_standing_queries_anchored CHECK (anchor = ANY (terms)))
"""
OFFERED_GOODS = """
CREATE TABLE offered_goods (
    listing_id uuid NOT NULL CONSTRAINT pk_offered_goods PRIMARY KEY,
    seller_id uuid NOT NULL, terms text[] NOT NULL, title text NOT NULL, unit text NOT NULL, price bigint NOT NULL,
    lat double precision NOT NULL, lon double precision NOT NULL)
"""
MATCHES = """
CREATE TABLE matches (
    id uuid NOT NULL CONSTRAINT pk_matches PRIMARY KEY,
    standing_id uuid NOT NULL CONSTRAINT fk_matches_standing_id_standing_queries REFERENCES standing_queries (id),
    subject_id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT ck_matches_kind CHECK (kind IN ('request', 'search', 'criteria')),
    request_id uuid CONSTRAINT fk_matches_request_id_requests REFERENCES requests (id),
    listing_id uuid, buyer_id uuid NOT NULL, seller_id uuid NOT NULL, title text NOT NULL, unit text NOT NULL, price bigint,
    km double precision NOT NULL, created_at timestamptz NOT NULL,
    CONSTRAINT uq_matches_standing_id_subject_id UNIQUE (standing_id, subject_id))
"""
# Great-circle distance in km, as common/regions.py has it (haversine, IUGG mean radius).
KM_BETWEEN = """
CREATE FUNCTION km_between(lat_a double precision, lon_a double precision, lat_b double precision, lon_b double precision)
RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT 2 * 6371.0088 * asin(sqrt(
        sin(radians(lat_b - lat_a) / 2) ^ 2 + cos(radians(lat_a)) * cos(radians(lat_b)) * sin(radians(lon_b - lon_a) / 2) ^ 2))
$$
"""
OFFER_AND_MATCHING_INDEXES = (
    "CREATE INDEX ix_offers_conversation_id ON offers (conversation_id)",
    "CREATE INDEX ix_requests_buyer_id ON requests (buyer_id)",
    "CREATE INDEX ix_standing_queries_person_id ON standing_queries (person_id)",
    "CREATE INDEX ix_standing_queries_anchor ON standing_queries (anchor) WHERE is_open",
    "CREATE INDEX ix_offered_goods_terms ON offered_goods USING gin (terms)",
    "CREATE INDEX ix_matches_request_id ON matches (request_id)",
    "CREATE INDEX ix_matches_seller_id_id ON matches (seller_id, id)",
)


def offers_and_matching() -> None:
    for statement in (OFFERS, REQUESTS, STANDING_QUERIES, OFFERED_GOODS, MATCHES, KM_BETWEEN, *OFFER_AND_MATCHING_INDEXES):
        op.execute(statement)
    answers = ["accepted", "declined", "countered", "withdrawn", "expired"]
    asked = {"open": ["matched", "closed", "expired"], "matched": ["closed"]}
    for statement in (
        *install_machine("offers", "offers/1", ["open"], {"open": answers}),
        *install_machine("requests", "requests/1", ["open"], asked),
    ):
        op.execute(statement)


def upgrade() -> None:
    chat()
    offers_and_matching()


def chat() -> None:
    """Conversations, their people, their messages; who blocks whom; what was reported."""
    op.execute("""
        CREATE TABLE conversations (
            id uuid NOT NULL CONSTRAINT pk_conversations PRIMARY KEY,
            kind text NOT NULL, subject_id uuid, people uuid[] NOT NULL, title text NOT NULL,
            last_seq bigint NOT NULL CONSTRAINT ck_conversations_last_seq CHECK (last_seq >= 0),
            last_at timestamptz NOT NULL, created_at timestamptz NOT NULL,
            CONSTRAINT uq_conversations_kind_subject_id_people UNIQUE NULLS NOT DISTINCT (kind, subject_id, people))""")
    op.execute("""
        CREATE TABLE conversation_people (
            conversation_id uuid NOT NULL CONSTRAINT fk_conversation_people_conversation_id REFERENCES conversations,
            person_id uuid NOT NULL, read_seq bigint NOT NULL, told_seq bigint NOT NULL,
            CONSTRAINT pk_conversation_people PRIMARY KEY (conversation_id, person_id))""")
    op.execute("CREATE INDEX ix_conversation_people_person_id ON conversation_people (person_id)")
    # The foreign key onto the message before makes a gap impossible: 3 cannot be written before 2, nor 2 be deleted while 3 is there.
    op.execute("""
        CREATE TABLE messages (
            conversation_id uuid NOT NULL CONSTRAINT fk_messages_conversation_id REFERENCES conversations,
            seq bigint NOT NULL CONSTRAINT ck_messages_seq CHECK (seq > 0),
            follows bigint GENERATED ALWAYS AS (NULLIF(seq - 1, 0)) STORED,
            client_id text NOT NULL, author_id uuid NOT NULL, text text NOT NULL CONSTRAINT ck_messages_text CHECK (length(text) <= 4000),
            card jsonb, warning text, at timestamptz NOT NULL,
            CONSTRAINT ck_messages_says_something CHECK (text <> '' OR card IS NOT NULL),
            CONSTRAINT pk_messages PRIMARY KEY (conversation_id, seq),
            CONSTRAINT uq_messages_conversation_id_client_id UNIQUE (conversation_id, client_id),
            CONSTRAINT fk_messages_follows FOREIGN KEY (conversation_id, follows) REFERENCES messages (conversation_id, seq))""")
    op.execute("""
        CREATE TABLE chat_blocks (
            blocker_id uuid NOT NULL, blocked_id uuid NOT NULL, at timestamptz NOT NULL,
            CONSTRAINT pk_chat_blocks PRIMARY KEY (blocker_id, blocked_id))""")
    op.execute("CREATE INDEX ix_chat_blocks_blocked_id ON chat_blocks (blocked_id)")
    op.execute("""
        CREATE TABLE chat_reports (
            conversation_id uuid NOT NULL, seq bigint NOT NULL, reporter_id uuid NOT NULL, reason text NOT NULL, at timestamptz NOT NULL,
            CONSTRAINT pk_chat_reports PRIMARY KEY (conversation_id, seq, reporter_id),
            CONSTRAINT fk_chat_reports_message FOREIGN KEY (conversation_id, seq) REFERENCES messages (conversation_id, seq))""")
    op.execute("CREATE INDEX ix_chat_reports_at ON chat_reports (at)")
