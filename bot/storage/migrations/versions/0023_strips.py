"""Several check-ins of one person in one message: what each of them shows there."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "strip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("org_id", sa.SmallInteger(), nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("host", TEXT, nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_strip_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strip")),
        sa.UniqueConstraint("org_id", "key", name=op.f("uq_strip_org_id_key")),
    )
    op.create_index(op.f("ix_strip_org_id_host"), "strip", ["org_id", "host"], unique=False)
