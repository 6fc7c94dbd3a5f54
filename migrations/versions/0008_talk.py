"""Talk: chat, then offers and matching."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    chat()


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
