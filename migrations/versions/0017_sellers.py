"""Sellers: who may sell how much in a month, who asks for more, what the provider wants of a shop's account, and who is paid."""

from alembic import op

from common.states import install_machine

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

APPEAL_MOVES = {"open": ["granted", "refused"]}

# The limits are rows with a period, so that a new sum is a new row and last year's month is still judged by last year's sum.
# A level without a row has no limit. Level 0 keeps level 1's limit: see docs/decisions/0011.
TABLES = (
    """CREATE TABLE selling_limits (
        level integer NOT NULL CONSTRAINT ck_selling_limits_level CHECK (level BETWEEN 0 AND 2),
        valid_from date NOT NULL, valid_until date,
        monthly bigint NOT NULL CONSTRAINT ck_selling_limits_monthly CHECK (monthly >= 0),
        CONSTRAINT pk_selling_limits PRIMARY KEY (level, valid_from),
        CONSTRAINT ex_selling_limits_one_at_a_time EXCLUDE USING gist (level WITH =, daterange(valid_from, valid_until) WITH &&))""",
    "INSERT INTO selling_limits (level, valid_from, monthly) VALUES (0, '2020-01-01', 5000000), (1, '2020-01-01', 5000000)",
    """CREATE TABLE selling_appeals (
        id uuid NOT NULL CONSTRAINT pk_selling_appeals PRIMARY KEY,
        person_id uuid NOT NULL,
        words text NOT NULL CONSTRAINT ck_selling_appeals_words CHECK (char_length(words) BETWEEN 1 AND 1000),
        monthly bigint CONSTRAINT ck_selling_appeals_monthly CHECK (monthly > 0), valid_until date, opened_at timestamptz NOT NULL,
        state text NOT NULL, machine text NOT NULL, moved_at timestamptz NOT NULL, moved_by uuid, moved_because text NOT NULL,
        CONSTRAINT ck_selling_appeals_decided_for_a_reason CHECK (state = 'open' OR moved_because <> ''),
        CONSTRAINT ck_selling_appeals_nobody_decides_on_oneself CHECK (state = 'open' OR moved_by <> person_id),
        CONSTRAINT ck_selling_appeals_grant CHECK ((state = 'granted') = (monthly IS NOT NULL AND valid_until IS NOT NULL)))""",
    "CREATE UNIQUE INDEX uq_selling_appeals_open ON selling_appeals (person_id) WHERE state = 'open'",
    "CREATE INDEX ix_selling_appeals_person_id ON selling_appeals (person_id)",
    "CREATE INDEX ix_selling_appeals_decided ON selling_appeals (id) WHERE state <> 'open'",
    *install_machine("selling_appeals", "selling_appeals/1", ["open"], APPEAL_MOVES),
    """CREATE FUNCTION selling_appeals_bind_open_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM accounts_must_be_open(NEW.person_id);
            RETURN NEW;
        END $$""",
    """CREATE TRIGGER binds_open_accounts BEFORE INSERT ON selling_appeals
       FOR EACH ROW EXECUTE FUNCTION selling_appeals_bind_open_accounts()""",
    """ALTER TABLE payment_seller_accounts
        ADD COLUMN details_submitted boolean NOT NULL DEFAULT false,
        ADD COLUMN requirements jsonb NOT NULL DEFAULT '{}'""",
    "ALTER TABLE payment_transfers ADD COLUMN requested_at timestamptz",
    "CREATE INDEX ix_payment_parts_storefront_id ON payment_parts (storefront_id) WHERE released_at IS NULL",
    "CREATE INDEX ix_payment_payouts_owner ON payment_payouts (owner, created_at)",
    "CREATE INDEX ix_orders_seller_id_created_at ON orders (seller_id, created_at)",
)

# What other rooms ask: the level and the limit by the city's own day, what counts against it, and whether a payee is paid now.
FUNCTIONS = (
    """
    CREATE FUNCTION selling_level(who uuid) RETURNS integer STABLE LANGUAGE sql AS $$
        SELECT CASE WHEN p.phone_confirmed_at IS NULL AND p.email_confirmed_at IS NULL THEN 0
                    WHEN EXISTS (SELECT FROM person_nik n WHERE n.person_id = p.id) THEN 2 ELSE 1 END
        FROM person p WHERE p.id = who
    $$""",
    """
    CREATE FUNCTION selling_limit(who uuid, today date) RETURNS bigint STABLE LANGUAGE sql AS $$
        SELECT greatest(l.monthly, (SELECT max(a.monthly) FROM selling_appeals a
                                    WHERE a.person_id = who AND a.state = 'granted' AND a.valid_until >= today))
        FROM selling_limits l
        WHERE l.level = selling_level(who) AND today >= l.valid_from AND (l.valid_until IS NULL OR today < l.valid_until)
    $$""",
    """
    CREATE FUNCTION sold_in_month(who uuid, moment timestamptz) RETURNS bigint STABLE LANGUAGE sql AS $$
        SELECT coalesce(sum(o.total - o.refunded), 0)::bigint
        FROM orders o, (SELECT date_trunc('month', moment AT TIME ZONE 'Asia/Makassar') AS first) m
        WHERE o.seller_id = who AND o.state NOT IN ('cancelled', 'declined', 'expired')
          AND o.created_at >= m.first AT TIME ZONE 'Asia/Makassar'
          AND o.created_at < (m.first + interval '1 month') AT TIME ZONE 'Asia/Makassar'
    $$""",
    """
    CREATE FUNCTION payee_is_confirmed(payee uuid) RETURNS boolean STABLE LANGUAGE sql AS $$
        SELECT coalesce((SELECT coalesce(selling_level(s.owner_id), 0) >= 1 FROM storefronts s WHERE s.id = payee), true)
    $$""",
)

# The last word. Two orders of one seller wait for each other (sellers in the order of ids), so the second one counts the first; whoever has
# no limit waits for nobody. Closed or unknown people are `binds_open_accounts`' affair.
TRIGGERS = (
    """
    CREATE FUNCTION orders_keep_within_selling_limits() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE sale record; most bigint;
    BEGIN
        FOR sale IN SELECT seller_id, min(created_at) AS at FROM placed GROUP BY seller_id ORDER BY seller_id LOOP
            most := selling_limit(sale.seller_id, (sale.at AT TIME ZONE 'Asia/Makassar')::date);
            CONTINUE WHEN most IS NULL;
            PERFORM pg_advisory_xact_lock(hashtextextended('selling_limit:' || sale.seller_id, 0));
            IF sold_in_month(sale.seller_id, sale.at) > most THEN
                RAISE EXCEPTION 'more than this seller may sell in a month'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_orders_within_selling_limit', DETAIL = sale.seller_id::text;
            END IF;
        END LOOP;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER keeps_within_selling_limits AFTER INSERT ON orders
       REFERENCING NEW TABLE AS placed FOR EACH STATEMENT EXECUTE FUNCTION orders_keep_within_selling_limits()""",
    """
    CREATE FUNCTION sellers_must_be_confirmed() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE who uuid;
    BEGIN
        who := to_jsonb(NEW) ->> TG_ARGV[0];
        IF selling_level(who) = 0 THEN
            RAISE EXCEPTION 'nobody sells without a confirmed address'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_seller_is_confirmed';
        END IF;
        RETURN NEW;
    END $$""",
    """
    CREATE FUNCTION payees_must_be_confirmed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT payee_is_confirmed(NEW.storefront_id) THEN
            RAISE EXCEPTION 'nobody is paid without a confirmed address'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_payee_is_confirmed';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER pays_the_confirmed BEFORE INSERT OR UPDATE OF requested_at ON payment_transfers
       FOR EACH ROW WHEN (NEW.requested_at IS NOT NULL) EXECUTE FUNCTION payees_must_be_confirmed()""",
    """CREATE TRIGGER opened_by_the_confirmed BEFORE INSERT ON storefronts
       FOR EACH ROW EXECUTE FUNCTION sellers_must_be_confirmed('owner_id')""",
    """CREATE TRIGGER published_by_the_confirmed BEFORE INSERT OR UPDATE OF state ON listings
       FOR EACH ROW WHEN (NEW.state = 'published') EXECUTE FUNCTION sellers_must_be_confirmed('seller_id')""",
)


def upgrade() -> None:
    for statement in (*TABLES, *FUNCTIONS, *TRIGGERS):
        op.execute(statement)
