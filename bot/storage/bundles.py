"""Messages that stand within other messages: rows to values and back; it must not know what they say."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from bot.core.bundles import Strip
from bot.core.card_json import from_json, to_json
from bot.storage.fields import table
from bot.storage.scope import Scope, mine, put
from bot.storage.tables import StripRow

_strip = table(StripRow)

PUT_STRIP = put(StripRow, by=("org_id", "key"), columns=("host", "card"))
STANDS_IN = mine(select(_strip.c.host).where(_strip.c.key == bindparam("key")))
STRIPS = mine(
    select(_strip.c.host, _strip.c.key, _strip.c.card)
    .where(_strip.c.host == bindparam("host"))
    .order_by(_strip.c.id)
)


class Bundles(Scope):
    """The unit's room for messages about several pilots."""

    def put_strip(self, strip: Strip) -> None:
        self._add(PUT_STRIP, {"host": strip.host, "key": strip.key, "card": to_json(strip.card)})

    def stands_in(self, key: str) -> str:
        row = self._one(STANDS_IN, key=key)
        return str(row.host) if row is not None else ""

    def strips(self, host: str) -> Sequence[Strip]:
        return [Strip(row.host, row.key, from_json(row.card)) for row in self._all(STRIPS, host=host)]
