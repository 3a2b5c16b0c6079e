"""Events by their kind: without it whoever asks for the newest of a rare one reads all that ever happened."""

from alembic import op

from bot.storage.migrations.steps import index_beside

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    index_beside(op, "ix_event_org_id_kind_at", "event", "org_id", "kind", "at")
