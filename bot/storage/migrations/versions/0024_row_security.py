"""A policy for every table of organisations, which binds every role but the tables' owner."""

from alembic import op

revision = "0024"
down_revision = "0023"

TABLES = (
    *(
        "answer",
        "channel",
        "checkin",
        "connection",
        "decision",
        "erasure",
        "evaluation",
        "event",
        "form",
        "helper",
    ),
    *(
        "home",
        "home_change",
        "identity",
        "installation",
        "level",
        "message",
        "mute",
        "nag",
        "person",
        "pilot",
    ),
    *("request", "retention", "schedule", "seal", "sight", "snapshot", "sought", "strip", "submission"),
    *("subscription", "usual_stay", "word"),
)
# The setting is read once for a statement, not for each row: hence the SELECTs.
SETTING = "NULLIF(current_setting('rampcheck.organisation', true), '')"
LOCK = """
DROP POLICY IF EXISTS tenant ON {table};
CREATE POLICY tenant ON {table} USING (
    (SELECT {setting} = '*') OR org_id = (SELECT NULLIF({setting}, '*')::smallint)
);
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY
"""


def upgrade() -> None:
    """Each table by itself: the lock it takes is over at once, and only one table waits for it."""
    if op.get_bind().dialect.name == "sqlite":
        return
    with op.get_context().autocommit_block():
        for table in TABLES:
            op.get_bind().exec_driver_sql(LOCK.format(table=table, setting=SETTING))
