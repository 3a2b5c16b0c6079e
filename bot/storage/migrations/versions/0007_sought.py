"""People whose account was looked for by their e-mail address."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0007"
down_revision = "0006"

MOMENT = sa.BigInteger().with_variant(TIMESTAMP(timezone=True), "postgresql")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "sought",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("connection_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("org_id", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("finding", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "connection_id"],
            ["connection.org_id", "connection.id"],
            name=op.f("fk_sought_org_id_connection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "person_id"], ["person.org_id", "person.id"], name=op.f("fk_sought_org_id_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "connection_id", name=op.f("pk_sought")),
        sqlite_with_rowid=False,
    )
