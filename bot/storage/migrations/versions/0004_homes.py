"""Homes that were opened, and what has changed on them since they were drawn."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0004"
down_revision = "0003"

MOMENT = sa.BigInteger().with_variant(TIMESTAMP(timezone=True), "postgresql")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "home",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("org_id", sa.SmallInteger(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("conversation", TEXT, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.Column("looked_at", sa.Boolean(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "connection_id"],
            ["connection.org_id", "connection.id"],
            name=op.f("fk_home_org_id_connection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "person_id"], ["person.org_id", "person.id"], name=op.f("fk_home_org_id_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home")),
        sa.UniqueConstraint("connection_id", "conversation", name=op.f("uq_home_connection_id_conversation")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_home_org_id_id")),
    )
    with op.batch_alter_table("home", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_home_org_id_person_id"), ["org_id", "person_id"], unique=False)

    op.create_table(
        "home_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("org_id", sa.SmallInteger(), nullable=False),
        sa.Column("home_id", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_home_change_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_change")),
    )
    with op.batch_alter_table("home_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_home_change_home_id"), ["home_id"], unique=False)
