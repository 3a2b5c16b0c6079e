"""What was decided about pilots, append-only like all that somebody said."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0005"
down_revision = "0004"

# As bot/storage/columns.py has them today; a step must go on meaning what it meant when it was written.
MOMENT = sa.BigInteger().with_variant(TIMESTAMP(timezone=True), "postgresql")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.Text()

SQLITE = """
CREATE TRIGGER decision_{verb} BEFORE {verb} ON decision
BEGIN SELECT RAISE(ABORT, 'decision is append-only'); END
"""
POSTGRES = """
CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decision
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("org_id", sa.SmallInteger(), nullable=False),
        sa.Column("pilot_id", sa.Integer(), nullable=False),
        sa.Column("choice", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_person", sa.Integer(), nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("lesson", TEXT, nullable=False),
        sa.Column("reuse", JSON, nullable=False),
        sa.Column("closed", JSON, nullable=False),
        sa.Column("into", TEXT, nullable=False),
        sa.Column("suggested", TEXT, nullable=False),
        sa.Column("stage_before", TEXT, nullable=False),
        sa.Column("stage_after", TEXT, nullable=False),
        sa.Column("form", TEXT, nullable=False),
        sa.Column("policy", sa.Integer(), nullable=False),
        sa.Column("model", sa.Integer(), nullable=False),
        sa.Column("overall", sa.Integer(), nullable=True),
        sa.Column("dimensions", JSON, nullable=False),
        sa.Column("signals", JSON, nullable=False),
        sa.Column("checkin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["checkin_id"], ["checkin.id"], name=op.f("fk_decision_checkin_id")),
        sa.ForeignKeyConstraint(
            ["org_id", "by_person"], ["person.org_id", "person.id"], name=op.f("fk_decision_org_id_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "pilot_id"], ["pilot.org_id", "pilot.id"], name=op.f("fk_decision_org_id_pilot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_org_id_at"), "decision", ["org_id", "at"], unique=False)
    op.create_index(
        op.f("ix_decision_org_id_pilot_id_at"), "decision", ["org_id", "pilot_id", "at"], unique=False
    )
    refuse_changes()


def refuse_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(SQLITE.format(verb=verb))
        return
    op.execute(POSTGRES)
