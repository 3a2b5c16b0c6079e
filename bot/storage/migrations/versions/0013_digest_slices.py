"""A channel's digest may be about the pilots of one stage or tag, as it may be about those of one group."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

# As bot/storage/columns.py has it today; a step must go on meaning what it meant when it was written.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    for name in ("stage", "tag"):
        op.add_column("subscription", sa.Column(name, TEXT, nullable=False, server_default=""))
