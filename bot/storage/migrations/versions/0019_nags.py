"""What Rampcheck sent people by itself: for a week's budget, and for what reminders gain."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0019"
down_revision = "0018"

MOMENT = sa.BigInteger().with_variant(TIMESTAMP(timezone=True), "postgresql")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "nag",
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("pilot_id", sa.Integer(), nullable=False),
        sa.Column("checkin_id", sa.Integer(), nullable=False),
        sa.Column("org_id", sa.SmallInteger(), nullable=False),
        sa.Column("step", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["checkin_id"], ["checkin.id"], name=op.f("fk_nag_checkin_id")),
        sa.ForeignKeyConstraint(
            ["org_id", "person_id"], ["person.org_id", "person.id"], name=op.f("fk_nag_org_id_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "pilot_id"], ["pilot.org_id", "pilot.id"], name=op.f("fk_nag_org_id_pilot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nag")),
    )
    op.create_index(op.f("ix_nag_org_id_at"), "nag", ["org_id", "at"], unique=False)
    op.create_index(op.f("ix_nag_org_id_person_id_at"), "nag", ["org_id", "person_id", "at"], unique=False)
