"""The groups of pilots that somebody leads."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Empty where somebody leads none, so that a program of the version before still writes people."""
    op.add_column("person", sa.Column("leads", sa.Text(), nullable=True))
