"""Events of one pilot by their kind and by who did them: without it a status reads all that happened to a pilot."""

from alembic import op

from bot.storage.migrations.steps import index_beside

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    index_beside(op, "ix_event_org_id_pilot_id_kind_at", "event", "org_id", "pilot_id", "kind", "at")
    acts = "actor_id IS NOT NULL"
    index_beside(op, "ix_event_act", "event", "org_id", "pilot_id", "actor_id", "at", where=acts)
