"""What binds a person is not written for a closed account, not even in the instant of its closing."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Closing holds the person's row FOR NO KEY UPDATE from before it looks for what is open until it commits. Whoever binds the person shares
# the row: he comes before, and the closing sees what he wrote, or after, and sees that the account is closed.
MUST_BE_OPEN = """
CREATE FUNCTION accounts_must_be_open(VARIADIC people uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE closed timestamptz;
BEGIN
    FOR closed IN SELECT closed_at FROM person WHERE id = ANY (people) ORDER BY id FOR SHARE LOOP
        IF closed IS NOT NULL THEN
            RAISE EXCEPTION 'a closed account is bound by nothing new' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_person_is_open';
        END IF;
    END LOOP;
END $$
"""
BORN = "INSERT"
# table: (whom it binds, when, if). Obligations first, then what is kept of a person, then every way in.
BINDING = {
    "orders": (("buyer_id", "seller_id"), BORN, ""),
    "offers": (("buyer_id", "seller_id"), BORN, ""),
    "requests": (("buyer_id",), BORN, ""),
    "standing_queries": (("person_id",), BORN, ""),
    "storefronts": (("owner_id",), "INSERT OR UPDATE OF state", "NEW.state = 'open'"),
    "applications": (("applicant_id",), "INSERT OR UPDATE OF state", "NEW.state IN ('draft', 'submitted')"),
    "queue_tickets": (("person_id",), BORN, ""),
    "carts": (("person_id",), BORN, ""),
    "saved_addresses": (("person_id",), BORN, ""),
    "data_exports": (("person_id",), BORN, ""),
    "person_nik": (("person_id",), BORN, ""),
    "person_session": (("person_id",), BORN, ""),
    "api_token": (("person_id",), BORN, ""),
    "role_grant": (("person_id",), BORN, ""),
    "totp": (("person_id",), BORN, ""),
}


def upgrade() -> None:
    op.execute(MUST_BE_OPEN)
    for table, (columns, deed, condition) in BINDING.items():
        people = ", ".join(f"NEW.{column}" for column in columns)
        op.execute(f"""
            CREATE FUNCTION {table}_bind_open_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM accounts_must_be_open({people});
                RETURN NEW;
            END $$""")
        when = f"WHEN ({condition})" if condition else ""
        op.execute(f"""
            CREATE TRIGGER binds_open_accounts BEFORE {deed} ON {table}
            FOR EACH ROW {when} EXECUTE FUNCTION {table}_bind_open_accounts()""")
