"""Equal blockers of several pilots are one message: a request may stand in that of another."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("request", sa.Column("under_id", sa.Integer(), nullable=True))
