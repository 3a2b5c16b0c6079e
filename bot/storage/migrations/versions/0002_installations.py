"""What lets us act in somebody's workspace, sealed, and installations that were begun."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0002"
down_revision = "0001"

MOMENT = sa.BigInteger().with_variant(TIMESTAMP(timezone=True), "postgresql")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.Text()


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("connection_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("org_id", sa.SmallInteger(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("installed_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("renewing_until", MOMENT, nullable=True),
        sa.Column("health", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("about", JSON, nullable=False),
        sa.Column("sealed", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "connection_id"],
            ["connection.org_id", "connection.id"],
            name=op.f("fk_installation_org_id_connection_id"),
        ),
        sa.PrimaryKeyConstraint("connection_id", name=op.f("pk_installation")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "oauth_state",
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_oauth_state")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_oauth_state_until"), "oauth_state", ["until"])
