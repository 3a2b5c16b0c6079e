"""What the last evaluation of each pilot found, and signals that were acknowledged."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0006"
down_revision = "0005"

# As bot/storage/columns.py has them today; a step must go on meaning what it meant when it was written.
MOMENT = sa.BigInteger().with_variant(TIMESTAMP(timezone=True), "postgresql")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.Text()


def upgrade() -> None:
    op.create_table(
        "evaluation",
        sa.Column("pilot_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("org_id", sa.SmallInteger(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("course", TEXT, nullable=False),
        sa.Column("next", TEXT, nullable=False),
        sa.Column("was", TEXT, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("streak", sa.Integer(), nullable=False),
        sa.Column("paused_days", sa.Integer(), nullable=False),
        sa.Column("signals", JSON, nullable=False),
        sa.Column("known", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "pilot_id"], ["pilot.org_id", "pilot.id"], name=op.f("fk_evaluation_org_id_pilot_id")
        ),
        sa.PrimaryKeyConstraint("pilot_id", name=op.f("pk_evaluation")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_evaluation_org_id_due_at"), "evaluation", ["org_id", "due_at"], unique=False)
    op.create_table(
        "mute",
        sa.Column("pilot_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("signal", TEXT, nullable=False),
        sa.Column("org_id", sa.SmallInteger(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("by_person", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "by_person"], ["person.org_id", "person.id"], name=op.f("fk_mute_org_id_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "pilot_id"], ["pilot.org_id", "pilot.id"], name=op.f("fk_mute_org_id_pilot_id")
        ),
        sa.PrimaryKeyConstraint("pilot_id", "signal", name=op.f("pk_mute")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "usual_stay",
        sa.Column("org_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_usual_stay_org_id")),
        sa.PrimaryKeyConstraint("org_id", "stage", name=op.f("pk_usual_stay")),
        sqlite_with_rowid=False,
    )
