"""Files: what waits to be taken, and how much room a person's files may take."""

from alembic import op

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None

# A file that older code keeps is taken at once: it waits for nobody.
TABLES = (
    "ALTER TABLE files ADD COLUMN waiting_since timestamptz",
    "CREATE INDEX ix_files_waiting_since ON files (waiting_since) WHERE waiting_since IS NOT NULL",
    # The city's quota; a person's own, where somebody needs more, stands in file_usage.
    """CREATE TABLE file_quota (
        one boolean NOT NULL CONSTRAINT pk_file_quota PRIMARY KEY CONSTRAINT ck_file_quota_one CHECK (one),
        most_files integer NOT NULL CONSTRAINT ck_file_quota_files CHECK (most_files >= 0),
        most_bytes bigint NOT NULL CONSTRAINT ck_file_quota_bytes CHECK (most_bytes >= 0))""",
    "INSERT INTO file_quota (one, most_files, most_bytes) VALUES (true, 2000, 1073741824)",
    """CREATE TABLE file_usage (
        owner_id uuid NOT NULL CONSTRAINT pk_file_usage PRIMARY KEY,
        files integer NOT NULL CONSTRAINT ck_file_usage_files CHECK (files >= 0),
        bytes bigint NOT NULL CONSTRAINT ck_file_usage_bytes CHECK (bytes >= 0),
        most_files integer CONSTRAINT ck_file_usage_most_files CHECK (most_files >= 0),
        most_bytes bigint CONSTRAINT ck_file_usage_most_bytes CHECK (most_bytes >= 0))""",
    "LOCK TABLE files IN SHARE ROW EXCLUSIVE MODE",  # nothing is added between the counting and the triggers
    "INSERT INTO file_usage (owner_id, files, bytes) SELECT owner_id, count(*), sum(size) FROM files WHERE owner_id IS NOT NULL GROUP BY 1",
)

# The last word. The row of a person's usage is locked by the first of several at once, so that the next one counts it.
TRIGGERS = (
    """
    CREATE FUNCTION files_keep_within_quota() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE used file_usage; quota file_quota;
    BEGIN
        INSERT INTO file_usage AS u (owner_id, files, bytes) VALUES (NEW.owner_id, 1, NEW.size)
        ON CONFLICT (owner_id) DO UPDATE SET files = u.files + 1, bytes = u.bytes + NEW.size
        RETURNING * INTO used;
        SELECT * INTO quota FROM file_quota;
        IF used.files > coalesce(used.most_files, quota.most_files) OR used.bytes > coalesce(used.most_bytes, quota.most_bytes) THEN
            RAISE EXCEPTION 'more files than this person may keep'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_files_within_quota';
        END IF;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER keeps_within_quota AFTER INSERT ON files
       FOR EACH ROW WHEN (NEW.owner_id IS NOT NULL) EXECUTE FUNCTION files_keep_within_quota()""",
    """
    CREATE FUNCTION files_give_room_back() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE file_usage SET files = files - 1, bytes = bytes - OLD.size WHERE owner_id = OLD.owner_id;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER gives_room_back AFTER DELETE ON files
       FOR EACH ROW WHEN (OLD.owner_id IS NOT NULL) EXECUTE FUNCTION files_give_room_back()""",
    """
    CREATE FUNCTION files_stay_as_large() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a file keeps its owner and its size' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_files_stay_as_large';
    END $$""",
    """CREATE TRIGGER stays_as_large BEFORE UPDATE ON files FOR EACH ROW
       WHEN (NEW.owner_id IS DISTINCT FROM OLD.owner_id OR NEW.size <> OLD.size) EXECUTE FUNCTION files_stay_as_large()""",
)


def upgrade() -> None:
    for statement in (*TABLES, *TRIGGERS):
        op.execute(statement)
