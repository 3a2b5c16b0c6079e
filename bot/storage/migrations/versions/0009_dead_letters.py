"""Messages that were given up are found by an index of their own: they are counted at every look at /metrics."""

from alembic import op

from bot.storage.migrations.steps import index_beside

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    index_beside(op, "ix_message_dead", "message", "settled_at", where="state = 'dead'")
