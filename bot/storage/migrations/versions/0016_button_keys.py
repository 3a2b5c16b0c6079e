"""What each organisation's buttons are signed with, and until when those of before are taken without a signature."""

import secrets

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0016"
down_revision = "0015"

MOMENT = sa.BigInteger().with_variant(TIMESTAMP(timezone=True), "postgresql")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
# 30 days: what was asked before is answered or closed by then, and a digest's buttons have been followed.
IN_30_DAYS = {
    "sqlite": "(CAST(strftime('%s', 'now') AS INTEGER) + 30 * 86400) * 1000000",
    "postgresql": "now() + interval '30 days'",
}


def upgrade() -> None:
    """The organisations there are get a key each; a program of the version before goes on without."""
    op.add_column("organisation", sa.Column("button_secret", TEXT, nullable=True))
    op.add_column("organisation", sa.Column("plain_until", MOMENT, nullable=True))
    connection = op.get_bind()
    until = IN_30_DAYS[connection.dialect.name]
    change = sa.text(f"UPDATE organisation SET button_secret = :secret, plain_until = {until} WHERE id = :id")  # noqa: S608 - one of the two constants above
    for (organisation,) in connection.execute(sa.text("SELECT id FROM organisation")).all():
        connection.execute(change, {"secret": secrets.token_hex(32), "id": organisation})
