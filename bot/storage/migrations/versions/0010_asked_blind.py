"""A level that was said again without sight of the earlier answer is as good as new from then on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0010"
down_revision = "0009"

# As bot/storage/columns.py has it today; a step must go on meaning what it meant when it was written.
MOMENT = sa.BigInteger().with_variant(TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.add_column("level", sa.Column("fresh_at", MOMENT, nullable=True))
