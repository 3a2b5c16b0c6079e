"""Messages that go on in a thread: how many of their parts are sent."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("message", sa.Column("parts", sa.Integer(), nullable=False, server_default="0"))
