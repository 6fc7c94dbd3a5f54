"""Reviews of completed orders, and every shop's rating, which follows them in the same commit."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

RATINGS = """
CREATE TABLE storefront_ratings (
    storefront_id uuid NOT NULL CONSTRAINT pk_storefront_ratings PRIMARY KEY
        CONSTRAINT fk_storefront_ratings_storefront_id_storefronts REFERENCES storefronts (id),
    reviews bigint NOT NULL CONSTRAINT ck_storefront_ratings_reviews CHECK (reviews >= 0),
    stars bigint NOT NULL,
    CONSTRAINT ck_storefront_ratings_stars CHECK (stars BETWEEN reviews AND 5 * reviews))
"""
REVIEWS = """
CREATE TABLE reviews (
    id uuid NOT NULL CONSTRAINT pk_reviews PRIMARY KEY,
    order_id uuid NOT NULL CONSTRAINT fk_reviews_order_id_orders REFERENCES orders (id),
    storefront_id uuid NOT NULL CONSTRAINT fk_reviews_storefront_id_storefronts REFERENCES storefronts (id),
    side text NOT NULL CONSTRAINT ck_reviews_side CHECK (side IN ('buyer', 'seller')),
    author_id uuid NOT NULL, about_id uuid NOT NULL,
    stars smallint NOT NULL CONSTRAINT ck_reviews_stars CHECK (stars BETWEEN 1 AND 5),
    words text NOT NULL CONSTRAINT ck_reviews_words CHECK (length(words) <= 1000),
    written_at timestamptz NOT NULL,
    shown_at timestamptz CONSTRAINT ck_reviews_shown_after_written CHECK (shown_at >= written_at),
    answer text NOT NULL CONSTRAINT ck_reviews_answer CHECK (length(answer) <= 1000),
    answered_at timestamptz,
    hidden_at timestamptz, hidden_by uuid, hidden_because text NOT NULL,
    CONSTRAINT uq_reviews_order_id_author_id UNIQUE (order_id, author_id),
    CONSTRAINT uq_reviews_order_id_side UNIQUE (order_id, side),
    CONSTRAINT ck_reviews_between_two CHECK (author_id <> about_id),
    CONSTRAINT ck_reviews_answer_to_shown CHECK (
        (answered_at IS NULL) = (answer = '') AND (answered_at IS NULL OR (side = 'buyer' AND answered_at >= shown_at))),
    CONSTRAINT ck_reviews_answer_needs_showing CHECK (answered_at IS NULL OR shown_at IS NOT NULL),
    CONSTRAINT ck_reviews_hidden_because CHECK (
        (hidden_at IS NULL) = (hidden_by IS NULL) AND (hidden_at IS NULL) = (hidden_because = '')))
"""
INDEXES = (
    "CREATE INDEX ix_reviews_storefront_newest ON reviews (storefront_id, shown_at DESC, id DESC) "
    "WHERE side = 'buyer' AND shown_at IS NOT NULL AND hidden_at IS NULL",
    "CREATE INDEX ix_reviews_author_id ON reviews (author_id, id)",
    "CREATE INDEX ix_orders_completed_buyer ON orders (buyer_id, moved_at DESC) WHERE state = 'completed'",
    "CREATE INDEX ix_orders_completed_seller ON orders (seller_id, moved_at DESC) WHERE state = 'completed'",
    "CREATE INDEX ix_orders_completed_storefront ON orders (storefront_id) WHERE state = 'completed'",
)
# The row of the order is locked: two who write at the same moment come one after the other, so the second sees the first.
BELONGS = """
CREATE FUNCTION review_belongs_to_its_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE deal orders;
BEGIN
    SELECT * INTO deal FROM orders WHERE id = NEW.order_id FOR UPDATE;
    IF deal.state <> 'completed' THEN
        RAISE EXCEPTION 'only a completed order is reviewed' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_reviews_completed';
    END IF;
    IF NEW.written_at >= deal.moved_at + interval '14 days' THEN
        RAISE EXCEPTION 'an order is reviewed within 14 days' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_reviews_in_time';
    END IF;
    IF (NEW.author_id, NEW.about_id, NEW.storefront_id) IS DISTINCT FROM (
        CASE NEW.side WHEN 'buyer' THEN deal.buyer_id ELSE deal.seller_id END,
        CASE NEW.side WHEN 'buyer' THEN deal.seller_id ELSE deal.buyer_id END, deal.storefront_id) THEN
        RAISE EXCEPTION 'a review is of the two of its order' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_reviews_of_the_two';
    END IF;
    IF EXISTS (SELECT FROM reviews WHERE order_id = NEW.order_id AND shown_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the reviews of this order are shown' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_reviews_still_blind';
    END IF;
    RETURN NEW;
END $$
"""
STANDS = """
CREATE FUNCTION review_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a review is hidden, never deleted' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_reviews_stands';
    END IF;
    IF (OLD.id, OLD.order_id, OLD.storefront_id, OLD.side, OLD.author_id, OLD.about_id, OLD.stars, OLD.words, OLD.written_at)
        IS DISTINCT FROM
       (NEW.id, NEW.order_id, NEW.storefront_id, NEW.side, NEW.author_id, NEW.about_id, NEW.stars, NEW.words, NEW.written_at)
       OR (OLD.shown_at IS NOT NULL AND OLD.shown_at IS DISTINCT FROM NEW.shown_at)
       OR (OLD.answered_at IS NOT NULL AND (OLD.answer, OLD.answered_at) IS DISTINCT FROM (NEW.answer, NEW.answered_at)) THEN
        RAISE EXCEPTION 'what was written and shown stands' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_reviews_stands';
    END IF;
    RETURN NEW;
END $$
"""
# What a review counts for: a buyer's, shown and not hidden. The shop's row is locked by its own change, so sums are exact at any crowd.
COUNTS = """
CREATE FUNCTION review_counts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was integer := 0;
    is_now integer := (NEW.side = 'buyer' AND NEW.shown_at IS NOT NULL AND NEW.hidden_at IS NULL)::integer;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        was := (OLD.side = 'buyer' AND OLD.shown_at IS NOT NULL AND OLD.hidden_at IS NULL)::integer;
    END IF;
    IF was <> is_now THEN
        INSERT INTO storefront_ratings (storefront_id, reviews, stars) VALUES (NEW.storefront_id, 0, 0) ON CONFLICT DO NOTHING;
        UPDATE storefront_ratings SET reviews = reviews + is_now - was, stars = stars + (is_now - was) * NEW.stars
            WHERE storefront_id = NEW.storefront_id;
    END IF;
    RETURN NULL;
END $$
"""
TRIGGERS = (
    "CREATE TRIGGER belongs_to_its_order BEFORE INSERT ON reviews FOR EACH ROW EXECUTE FUNCTION review_belongs_to_its_order()",
    "CREATE TRIGGER stands BEFORE UPDATE OR DELETE ON reviews FOR EACH ROW EXECUTE FUNCTION review_stands()",
    "CREATE TRIGGER counts AFTER INSERT OR UPDATE OF shown_at, hidden_at ON reviews FOR EACH ROW EXECUTE FUNCTION review_counts()",
)


def upgrade() -> None:
    for statement in (RATINGS, REVIEWS, *INDEXES, BELONGS, STANDS, COUNTS, *TRIGGERS):
        op.execute(statement)
