"""Shops: storefronts, listings with stock and pictures, the search's documents."""

from alembic import op

from common import regions
from common.states import install_machine

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STOREFRONTS = """
CREATE TABLE storefronts (
    id uuid NOT NULL CONSTRAINT pk_storefronts PRIMARY KEY,
    owner_id uuid NOT NULL,
    slug text NOT NULL CONSTRAINT uq_storefronts_slug UNIQUE,
    name text NOT NULL, about text NOT NULL, kelurahan_code text NOT NULL, lat double precision NOT NULL, lon double precision NOT NULL,
    state text NOT NULL CONSTRAINT ck_storefronts_state CHECK (state IN ('open', 'paused', 'suspended')),
    machine text NOT NULL, moved_at timestamptz NOT NULL, moved_by uuid, moved_because text NOT NULL,
    version integer NOT NULL, created_at timestamptz NOT NULL)
"""
LISTINGS = """
CREATE TABLE listings (
    id uuid NOT NULL CONSTRAINT pk_listings PRIMARY KEY,
    storefront_id uuid NOT NULL CONSTRAINT fk_listings_storefront_id_storefronts REFERENCES storefronts (id),
    seller_id uuid NOT NULL,
    title text NOT NULL, description text NOT NULL, category text NOT NULL, unit text NOT NULL,
    price bigint NOT NULL CONSTRAINT ck_listings_price_not_negative CHECK (price >= 0),
    lead_minutes integer NOT NULL CONSTRAINT ck_listings_lead_not_negative CHECK (lead_minutes >= 0),
    kelurahan_code text NOT NULL, lat double precision NOT NULL, lon double precision NOT NULL,
    needs_credential text,
    state text NOT NULL CONSTRAINT ck_listings_state CHECK (state IN ('draft', 'published', 'paused')),
    machine text NOT NULL, moved_at timestamptz NOT NULL, moved_by uuid, moved_because text NOT NULL,
    version integer NOT NULL, created_at timestamptz NOT NULL, published_at timestamptz,
    CONSTRAINT ck_listings_published_once_known CHECK ((state = 'draft') = (published_at IS NULL)))
"""
STOCK = """
CREATE TABLE listing_stock (
    listing_id uuid NOT NULL CONSTRAINT pk_listing_stock PRIMARY KEY
        CONSTRAINT fk_listing_stock_listing_id_listings REFERENCES listings (id),
    on_hand integer NOT NULL, reserved integer NOT NULL,
    CONSTRAINT ck_listing_stock_reserved_within_on_hand CHECK (0 <= reserved AND reserved <= on_hand))
    WITH (fillfactor = 50)
"""
PICTURES = """
CREATE TABLE listing_pictures (
    file_id uuid NOT NULL CONSTRAINT pk_listing_pictures PRIMARY KEY,
    listing_id uuid NOT NULL CONSTRAINT fk_listing_pictures_listing_id_listings REFERENCES listings (id),
    place integer NOT NULL CONSTRAINT ck_listing_pictures_at_most_eight CHECK (place BETWEEN 0 AND 7),
    CONSTRAINT uq_listing_pictures_listing_id_place UNIQUE (listing_id, place) DEFERRABLE INITIALLY DEFERRED)
"""
# One guarded UPDATE a row, in id order (no deadlock), all or nothing: what was changed before the first short row is changed back.
# No row comes back when all went well, else the short one with what is free there.
CHANGE_STOCK = """
CREATE FUNCTION change_stock(ids uuid[], pieces integer[], on_hand_step integer, reserved_step integer)
RETURNS TABLE (short_id uuid, short_free integer) LANGUAGE plpgsql AS $$
DECLARE
    want record;
BEGIN
    IF 1 > ANY (pieces) THEN
        RAISE EXCEPTION 'at least one piece of each' USING ERRCODE = 'check_violation', CONSTRAINT = 'pieces_positive';
    END IF;
    FOR want IN SELECT w.id, w.n FROM unnest(ids, pieces) AS w (id, n) ORDER BY w.id LOOP
        UPDATE listing_stock s SET on_hand = s.on_hand + on_hand_step * want.n, reserved = s.reserved + reserved_step * want.n
        WHERE s.listing_id = want.id AND s.reserved + reserved_step * want.n BETWEEN 0 AND s.on_hand + on_hand_step * want.n;
        IF NOT FOUND THEN
            UPDATE listing_stock s SET on_hand = s.on_hand - on_hand_step * w.n, reserved = s.reserved - reserved_step * w.n
            FROM unnest(ids, pieces) AS w (id, n) WHERE s.listing_id = w.id AND w.id < want.id;
            RETURN QUERY SELECT want.id, coalesce((SELECT s.on_hand - s.reserved FROM listing_stock s WHERE s.listing_id = want.id), 0);
            RETURN;
        END IF;
    END LOOP;
END $$
"""

# --- search: one flat row a listing, written by triggers in the transaction of its cause

# The same as `marvec.search.words.words`: no accents, no apostrophes, `oleh2` written out.
SEARCH_TEXT = r"""
CREATE FUNCTION search_text(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(regexp_replace(regexp_replace(lower(public.unaccent('public.unaccent', given)),
        '[''`]', '', 'g'), '\m([a-z]+)2\M', '\1 \1', 'g'), '[^a-z0-9]+', ' ', 'g')
$$
"""
PLACES = """
CREATE TABLE search_places (
    kelurahan_code text NOT NULL CONSTRAINT pk_search_places PRIMARY KEY, kelurahan text NOT NULL, kecamatan text NOT NULL)
"""
DOCUMENTS = """
CREATE TABLE search_documents (
    listing_id uuid NOT NULL CONSTRAINT pk_search_documents PRIMARY KEY
        CONSTRAINT fk_search_documents_listing_id_listings REFERENCES listings (id),
    storefront_id uuid NOT NULL, seller_id uuid NOT NULL, title text NOT NULL, unit text NOT NULL, price bigint NOT NULL, category text NOT NULL,
    kelurahan_code text NOT NULL, lat double precision NOT NULL, lon double precision NOT NULL, place point NOT NULL,
    published_at timestamptz NOT NULL, needs_credential text, shop_slug text NOT NULL, shop_name text NOT NULL, picture_id uuid,
    tsv tsvector NOT NULL)
"""
# A flat plane in km around the centre of the city: within its 30 km the error against the sphere is below 0.1 %, and `<->` is in km.
# The lexeme `@202611` (nobody can type an @ into a query) is the month of publishing: candidates of a common word are taken from the newest
# months first, within the same index.
SOURCE = """
CREATE VIEW search_source AS
SELECT l.id AS listing_id, l.storefront_id, l.seller_id, l.title, l.unit, l.price, l.category, l.kelurahan_code, l.lat, l.lon,
    city_point(l.lat, l.lon) AS place,
    l.published_at, l.needs_credential, s.slug AS shop_slug, s.name AS shop_name,
    (SELECT p.file_id FROM listing_pictures p WHERE p.listing_id = l.id ORDER BY p.place LIMIT 1) AS picture_id,
    setweight(to_tsvector('indonesian', search_text(l.title)), 'A') ||
    setweight(to_tsvector('indonesian', search_text(l.category || ' ' || s.name)), 'B') ||
    setweight(to_tsvector('indonesian', search_text(left(l.description, 1000))), 'C') ||
    setweight(to_tsvector('indonesian', search_text(coalesce(p.kelurahan || ' ' || p.kecamatan, ''))), 'D') ||
    array_to_tsvector(ARRAY['@' || to_char(l.published_at AT TIME ZONE 'UTC', 'YYYYMM')]) AS tsv
FROM listings l JOIN storefronts s ON s.id = l.storefront_id LEFT JOIN search_places p ON p.kelurahan_code = l.kelurahan_code
WHERE l.state = 'published' AND s.state = 'open'
"""
CITY_POINT = f"""
CREATE FUNCTION city_point(lat double precision, lon double precision) RETURNS point LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT point((lon - {regions.CENTRE[1]}) * 110.7488, (lat - {regions.CENTRE[0]}) * 111.1951)
$$
"""
# A hidden listing has no document: that is cheaper to search than a flag that every query must test. The lock on the shop orders us with
# whoever pauses it: without it, each would see the other's row as it was, and a paused shop could keep a document.
INDEX_LISTING = """
CREATE FUNCTION search_index(given uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM storefronts s JOIN listings l ON l.storefront_id = s.id WHERE l.id = given FOR SHARE OF s;
    DELETE FROM search_documents d WHERE d.listing_id = given;
    INSERT INTO search_documents SELECT * FROM search_source WHERE listing_id = given;
END $$
"""
TRIGGERS = (
    """
    CREATE FUNCTION search_on_listing() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM search_index(NEW.id); RETURN NULL; END $$
    """,
    """
    CREATE FUNCTION search_on_storefront() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM search_index(l.id) FROM listings l WHERE l.storefront_id = NEW.id AND l.state = 'published'; RETURN NULL; END $$
    """,
    """
    CREATE FUNCTION search_on_picture() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM search_index(coalesce(NEW.listing_id, OLD.listing_id)); RETURN NULL; END $$
    """,
    """
    CREATE TRIGGER search_index AFTER INSERT OR UPDATE OF title, description, category, unit, price, kelurahan_code, lat, lon, needs_credential,
        state, published_at ON listings FOR EACH ROW EXECUTE FUNCTION search_on_listing()
    """,
    "CREATE TRIGGER search_index AFTER UPDATE OF name, slug, state ON storefronts FOR EACH ROW EXECUTE FUNCTION search_on_storefront()",
    "CREATE TRIGGER search_index AFTER INSERT OR UPDATE OR DELETE ON listing_pictures FOR EACH ROW EXECUTE FUNCTION search_on_picture()",
)
VOCABULARY = """
CREATE TABLE search_vocabulary (
    word text NOT NULL CONSTRAINT pk_search_vocabulary PRIMARY KEY, uses integer NOT NULL)
"""
INDEXES = (
    "CREATE INDEX ix_storefronts_owner_id ON storefronts (owner_id)",
    "CREATE INDEX ix_listings_storefront_id ON listings (storefront_id)",
    "CREATE INDEX ix_listings_seller_id ON listings (seller_id)",
    "CREATE INDEX ix_search_documents_tsv ON search_documents USING gin (tsv)",
    "CREATE INDEX ix_search_documents_place ON search_documents USING gist (place)",
    "CREATE INDEX ix_search_documents_newest ON search_documents (published_at DESC, listing_id DESC)",
    "CREATE INDEX ix_search_documents_category_newest ON search_documents (category, published_at DESC, listing_id DESC)",
    "CREATE INDEX ix_search_documents_cheapest ON search_documents (price, listing_id)",
    "CREATE INDEX ix_search_documents_category_cheapest ON search_documents (category, price, listing_id)",
    "CREATE INDEX ix_search_documents_kelurahan_newest ON search_documents (kelurahan_code, published_at DESC, listing_id DESC)",
    "CREATE INDEX ix_search_vocabulary_trigrams ON search_vocabulary USING gin (word gin_trgm_ops)",
)


def upgrade() -> None:
    for statement in (STOREFRONTS, LISTINGS, STOCK, PICTURES, CHANGE_STOCK):
        op.execute(statement)
    _machines()
    for statement in (SEARCH_TEXT, CITY_POINT, PLACES, DOCUMENTS, VOCABULARY, SOURCE, INDEX_LISTING, *TRIGGERS, *INDEXES):
        op.execute(statement)
    rows = ", ".join(f"('{place.code}', '{_quoted(place.name)}', '{_quoted(place.kecamatan)}')" for place in regions.all_kelurahan())
    op.execute(f"INSERT INTO search_places (kelurahan_code, kelurahan, kecamatan) VALUES {rows}")  # noqa: S608  rows of our own file


def _machines() -> None:
    shop = {"open": ["paused", "suspended"], "paused": ["open", "suspended"], "suspended": ["open"]}
    goods = {"draft": ["published"], "published": ["paused"], "paused": ["published"]}
    for statement in (
        *install_machine("storefronts", "storefronts/1", ["open"], shop),
        *install_machine("listings", "listings/1", ["draft"], goods),
    ):
        op.execute(statement)


def _quoted(text: str) -> str:
    return text.replace("'", "''")
