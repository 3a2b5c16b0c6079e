"""The event log's seals: rows to values and back; it must not know what a seal proves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, func, select

from bot.core.chain import Link, Logged
from bot.core.records import Event, PilotId
from bot.storage.errors import Conflict, Taken
from bot.storage.fields import table
from bot.storage.scope import Record, Scope, added, mine, own
from bot.storage.tables import EventRow, SealRow

# Numbers of events are given before they are stored: one of a slow transaction can turn up behind newer ones. So many
# may be stored in the meantime; what turned up later than that is found by `audit verify`.
OVERTAKEN = 10_000

_event, _seal = table(EventRow), table(SealRow)
_line = (
    _event.c.id.label("logged"),
    _event.c.kind,
    _event.c.at,
    _event.c.actor_id,
    _event.c.pilot_id,
    _event.c.subject,
    _event.c.before,
    _event.c.after,
)
_link = (
    _seal.c.number,
    _seal.c.event_id,
    _seal.c.previous,
    _seal.c.digest,
    func.coalesce(_seal.c.salt, "").label("salt"),
)
_has_seal = (
    select(_seal.c.number).where(own(_seal), _seal.c.event_id == _event.c.id).correlate(_event).exists()
)

NEWEST = mine(select(func.max(_seal.c.event_id).label("event")))
UNSEALED = mine(
    select(*_line)
    .where(_event.c.id > bindparam("above"), ~_has_seal)
    .order_by(_event.c.id)
    .limit(bindparam("top")),
    by_other=[_event],
)
LAST_LINK = mine(select(*_link).order_by(_seal.c.number.desc()).limit(1))
SEALED = mine(
    select(*_link)
    .where(_seal.c.number > bindparam("behind"))
    .order_by(_seal.c.number)
    .limit(bindparam("top"))
)
# Not joined: a link whose event is gone has to be seen.
THEIR_EVENTS = mine(
    select(*_line).where(_event.c.id.in_(bindparam("ids", expanding=True))), by_other=[_event]
)
TRAIL = mine(select(*_line).where(_event.c.pilot_id == bindparam("pilot")).order_by(_event.c.at, _event.c.id))
THEIR_LINKS = mine(
    select(*_link).where(
        _seal.c.event_id.in_(select(_event.c.id).where(own(_event), _event.c.pilot_id == bindparam("pilot")))
    )
)
OF_KIND = mine(select(*_line).where(_event.c.kind == bindparam("kind")).order_by(_event.c.at, _event.c.id))
LINKS_OF_KIND = mine(
    select(*_link).where(
        _seal.c.event_id.in_(select(_event.c.id).where(own(_event), _event.c.kind == bindparam("kind")))
    )
)
ADD_LINK = added(SealRow)


class Seals(Scope):
    """The unit's room for what proves that the log is as it was."""

    def unsealed(self, *, limit: int) -> Sequence[Logged]:
        newest = self._one(NEWEST)
        above = max((newest.event or 0) - OVERTAKEN, 0) if newest is not None else 0
        return [as_logged(row) for row in self._all(UNSEALED, above=above, top=limit)]

    def last_link(self) -> Link | None:
        row = self._one(LAST_LINK)
        return None if row is None else Link(*row)

    def add_links(self, links: Iterable[Link]) -> None:
        rows = ((link.number, link.event, link.previous, link.digest, link.salt or None) for link in links)
        names = ("number", "event_id", "previous", "digest", "salt")
        try:
            self._add_all(ADD_LINK, (dict(zip(names, row, strict=True)) for row in rows))
        except (
            Taken
        ) as error:  # the link behind the last one is another worker's now: begin again behind that
            self.failed = Conflict("Another worker sealed the log at the same moment.")
            raise self.failed from error

    def sealed(self, *, after: int, limit: int) -> Sequence[tuple[Link, Logged | None]]:
        links = [Link(*row) for row in self._all(SEALED, behind=after, top=limit)]
        rows = self._all(THEIR_EVENTS, ids=[link.event for link in links]) if links else ()
        events = {row.logged: as_logged(row) for row in rows}
        return [(link, events.get(link.event)) for link in links]

    def trail(self, pilot: PilotId) -> Sequence[tuple[Link | None, Logged]]:
        return _paired(self._all(THEIR_LINKS, pilot=pilot), self._all(TRAIL, pilot=pilot))

    def trail_of_kind(self, kind: str) -> Sequence[tuple[Link | None, Logged]]:
        return _paired(self._all(LINKS_OF_KIND, kind=kind), self._all(OF_KIND, kind=kind))


def _paired(sealed: Sequence[Record], lines: Sequence[Record]) -> Sequence[tuple[Link | None, Logged]]:
    links = {row.event_id: Link(*row) for row in sealed}
    return [(links.get(row.logged), as_logged(row)) for row in lines]


def as_logged(row: Record) -> Logged:
    """From the columns of an event."""
    line = (row.kind, row.at, row.actor_id, row.pilot_id, row.subject, row.before, row.after)
    return Logged(row.logged, Event(*line))
