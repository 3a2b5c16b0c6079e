"""What reviewers said of each item, conditions at gates, the owner's launch and stop rules, links that were tried."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

from bot.storage.migrations.steps import index_beside

revision = "0018"
down_revision = "0017"

MOMENT = sa.BigInteger().with_variant(TIMESTAMP(timezone=True), "postgresql")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
JSON = sa.Text()


def upgrade() -> None:
    op.add_column("level", sa.Column("verdicts", JSON, nullable=True))
    op.add_column("level", sa.Column("link_checked_at", MOMENT, nullable=True))
    op.add_column("level", sa.Column("link_failures", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("pilot", sa.Column("reviewers", JSON, nullable=True))
    op.add_column("pilot", sa.Column("conditions", JSON, nullable=True))
    op.add_column("pilot", sa.Column("scale_if", TEXT, nullable=False, server_default=""))
    op.add_column("pilot", sa.Column("stop_if", TEXT, nullable=False, server_default=""))
    index_beside(op, "ix_level_link", "level", "org_id", "link_checked_at", where="link <> ''")
