"""Somebody answers in another person's place for a time."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("person", sa.Column("stand_in", sa.Integer(), nullable=True))
    op.add_column("person", sa.Column("stand_in_until", sa.Date(), nullable=True))
