"""People who are being erased, and rows that are append-only but for that; a salt for each new seal."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0021"
down_revision = "0020"

MOMENT = sa.BigInteger().with_variant(TIMESTAMP(timezone=True), "postgresql")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

CHANGED_BY_ERASING = ("answer", "event", "decision", "seal")
SQLITE = """
CREATE TRIGGER {table}_UPDATE BEFORE UPDATE ON {table}
WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE open AND org_id = OLD.org_id)
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
# A row that is open is seen by its own transaction alone, and closed before the end of that.
POSTGRES = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME <> 'submission' AND EXISTS (SELECT FROM erasure WHERE open) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'RC001';
END $$
"""


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("org_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_erasure_org_id")),
        sa.PrimaryKeyConstraint("org_id", "person_id", name=op.f("pk_erasure")),
        sqlite_with_rowid=False,
    )
    op.add_column("seal", sa.Column("salt", TEXT, nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRES)
        return
    for table in CHANGED_BY_ERASING:
        op.execute(f"DROP TRIGGER {table}_UPDATE")
        op.execute(SQLITE.format(table=table))
