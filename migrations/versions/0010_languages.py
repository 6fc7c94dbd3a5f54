"""Languages: a person may choose Indonesian without Makassar's colour."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE person DROP CONSTRAINT ck_person_locale")
    op.execute("ALTER TABLE person ADD CONSTRAINT ck_person_locale CHECK (locale IN ('id', 'id-baku', 'en'))")
