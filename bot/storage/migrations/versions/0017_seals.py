"""The chain of each organisation's events, append-only as they are. What was logged before is sealed by the worker."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SQLITE = (
    "CREATE TRIGGER seal_{verb} BEFORE {verb} ON seal BEGIN SELECT RAISE(ABORT, 'seal is append-only'); END"
)
POSTGRES = """
CREATE TRIGGER seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON seal
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    op.create_table(
        "seal",
        sa.Column("org_id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("previous", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_seal_org_id")),
        sa.PrimaryKeyConstraint("org_id", "number", name=op.f("pk_seal")),
        sa.UniqueConstraint("org_id", "event_id", name=op.f("uq_seal_org_id_event_id")),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(SQLITE.format(verb=verb))
        return
    op.execute(POSTGRES)
