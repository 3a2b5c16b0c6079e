"""How far the nightly job has come that removes what was kept long enough."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "retention",
        sa.Column("org_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_retention_org_id")),
        sa.PrimaryKeyConstraint("org_id", "kind", name=op.f("pk_retention")),
        sqlite_with_rowid=False,
    )
