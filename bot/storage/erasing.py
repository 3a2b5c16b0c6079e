"""Takes a person out of every table, a page of rows at a time; it must not know what else erasing somebody means.

Which tables and columns there are is read off the rows themselves: a new one is searched from its first day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, Text, bindparam, delete, func, select, type_coerce, update
from sqlmodel import SQLModel

from bot.core import chain
from bot.core.card import Card
from bot.core.card_json import to_json
from bot.core.dossier import record_digest
from bot.core.erasure import OF_PEOPLE, Marks, Remnant, Scrub
from bot.core.ports.audit import Scrubbed
from bot.core.records import PersonId
from bot.storage.columns import JsonText, Plain
from bot.storage.decisions import THESE, as_decision
from bot.storage.fields import Row, table
from bot.storage.scope import Record, Scope, changed, mine, put
from bot.storage.seals import THEIR_EVENTS, as_logged
from bot.storage.statements import Mine
from bot.storage.tables import (
    ErasureRow,
    HomeRow,
    IdentityRow,
    MessageRow,
    PersonRow,
    SealRow,
    SightRow,
    SoughtRow,
)

PAGE = 2_000  # rows in one transaction: a few milliseconds of a writer's time where none is changed
# Their own rows are dealt with by themselves; the others hold no word of a person.
NOT_SEARCHED = frozenset(
    {"person", "identity", "sought", "home", "erasure", "seal", "word", "form", "connection"}
)
APPEND_ONLY = frozenset({"answer", "event", "decision"})
# Where people's own words are kept: a short text is looked for here alone, for elsewhere it may be a label or a name.
OWN_WORDS = frozenset(
    {
        *(
            ("answer", "value"),
            ("checkin", "detail"),
            ("request", "text"),
            ("mute", "reason"),
            ("event", "after"),
        ),
        *(("decision", "text"), ("decision", "lesson"), ("level", "not_applicable"), ("level", "verdicts")),
    }
)
ERASED = "the person was erased"
BLANK = Card("", "")
WHERE = ("conversation", "service", "thread", "ref_conversation", "ref_message", "ref_thread")
SETTLED = ("sent", "stale", "cancelled")  # what became of a message that has nothing more to come

_message = table(MessageRow)
_identity, _sought, _home, _sight = table(IdentityRow), table(SoughtRow), table(HomeRow), table(SightRow)
_erasure, _person = table(ErasureRow), table(PersonRow)
_theirs = _erasure.c.person_id == bindparam("person")

PUT_ERASURE = put(ErasureRow, by=("org_id", "person_id"), columns=("open", "marks", "at"))
ERASURES = mine(select(_erasure.c.marks).where(_erasure.c.person_id > 0).order_by(_erasure.c.person_id))
OPEN = mine(update(_erasure).where(_theirs).values(open=bindparam("now_open")))
END = mine(delete(_erasure).where(_theirs))
DROP_IDENTITIES = mine(delete(_identity).where(_identity.c.person_id == bindparam("person")))
DROP_SOUGHT = mine(delete(_sought).where(_sought.c.person_id == bindparam("person")))
DROP_HOMES = mine(delete(_home).where(_home.c.person_id == bindparam("person")))
NO_STAND_IN = mine(
    update(_person)
    .where(_person.c.stand_in == bindparam("person"))
    .values(stand_in=None, stand_in_until=None)
)
FORGET_SALT = changed(SealRow, "event_id")
# What they did once is not done again: they are gone.
DROP_SIGHTS = mine(delete(_sight).where(_sight.c.key.contains(bindparam("handle"), autoescape=False)))


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """One table as it is searched: pages of a number of its key, and the texts in it as they are stored."""

    name: str
    key: tuple[str, ...]
    texts: tuple[str, ...]
    page: Mine
    last: Mine
    change: Mine


@cache
def searched() -> dict[str, Searched]:
    """Every table that may name somebody: made at the first use, for hardly any process erases anybody."""
    rows = {table(row).name: row for row in Row.__subclasses__()}
    found = (_searched(row) for name, row in sorted(rows.items()) if name not in NOT_SEARCHED)
    return {one.name: one for one in found if one is not None}


def _searched(row: type[SQLModel]) -> Searched | None:
    source = table(row)
    key = [column.name for column in source.primary_key if column.name != "org_id"]
    number = next((name for name in key if isinstance(source.c[name].type, Integer)), None)
    texts = [
        one.name for one in source.c if isinstance(one.type, Text | JsonText | Plain) and one.name not in key
    ]
    if number is None or not texts or "org_id" not in source.c:
        return None
    counted = source.c[number]
    columns = [
        *(source.c[name] for name in key),
        *(type_coerce(source.c[name], Text).label(name) for name in texts),
    ]
    between = (counted > bindparam("behind"), counted <= bindparam("upto"))
    return Searched(
        source.name,
        tuple(key),
        tuple(texts),
        mine(select(counted.label("number"), *columns).where(*between), by_other=[source]),
        mine(select(func.max(counted).label("number"))),
        changed(row, *key),
    )


class Erasing(Scope):
    """The unit's room for erasing people."""

    def begin_erasure(self, marks: Marks, now: datetime) -> None:
        self._add(
            PUT_ERASURE, {"person_id": marks.person, "at": now, "open": False, "marks": marks.to_json()}
        )

    def erasures(self) -> Sequence[Marks]:
        return [Marks.from_json(row.marks) for row in self._all(ERASURES)]

    def end_erasure(self, person: PersonId) -> None:
        self._change(END, person=person)

    def forget_accounts(self, marks: Marks) -> None:
        self.seen_people.clear()
        for statement in (DROP_IDENTITIES, DROP_SOUGHT, DROP_HOMES, NO_STAND_IN):
            self._change(statement, person=marks.person)
        for handle in marks.handles:
            self._change(DROP_SIGHTS, handle=handle)

    def tables_to_scrub(self) -> Sequence[str]:
        return list(searched())

    def scrub(self, marks: Marks, where: str, now: datetime, *, after: int) -> Scrubbed:
        """Rows are changed one by one: of thousands that are looked at a handful names anybody."""
        source, scrub = searched()[where], Scrub(marks)
        last = self._one(source.last)
        upto, end = after + PAGE, (last.number or 0) if last is not None else 0
        found = self._all(source.page, behind=after, upto=upto)
        changes = [(row, change) for row in found if (change := _change(source, scrub, row, now))]
        if changes:
            self._change(OPEN, person=marks.person, now_open=True)
            for row, change in changes:
                self._change(
                    source.change, **{f"at_{name}": getattr(row, name) for name in source.key}, **change
                )
            remnant = self._remnant(where, [row.number for row, _ in changes])
            self._change(OPEN, person=marks.person, now_open=False)
        else:
            remnant = Remnant()
        return Scrubbed(len(changes), remnant, upto if upto < end else None)

    def _remnant(self, where: str, numbers: list[int]) -> Remnant:
        """What the log is to hold of rows that prove themselves; what guesses could be tried against is forgotten."""
        if where == "event":
            for number in numbers:
                self._change(FORGET_SALT, at_event_id=number, salt=None)
            left = [as_logged(row) for row in self._all(THEIR_EVENTS, ids=numbers)]
            return Remnant(events=tuple((one.id, chain.remnant_of(one)) for one in left))
        if where == "decision":
            made = [as_decision(row) for row in self._all(THESE, ids=numbers)]
            return Remnant(decisions=tuple((one.id, record_digest(one)) for one in made))
        return Remnant()


def _change(source: Searched, scrub: Scrub, row: Record, now: datetime) -> dict[str, Any]:
    """The columns of a row that lose something, as they are to be; empty for most rows."""
    if source.name == "message" and {row.conversation, row.ref_conversation} & set(scrub.marks.lanes):
        return dict(_scrubbed(source, scrub, row)) | _of_their_lane(row, now)
    if source.name == "event" and row.kind.startswith(OF_PEOPLE) and row.subject == str(scrub.marks.person):
        return {name: None for name in ("before", "after") if getattr(row, name) is not None}
    return dict(_scrubbed(source, scrub, row))


def _scrubbed(source: Searched, scrub: Scrub, row: Record) -> Iterator[tuple[str, Any]]:
    columns = Row.metadata.tables[source.name].c
    for name in source.texts:
        raw = getattr(row, name)
        if not raw or not scrub.touches(raw):
            continue
        kind: Any = columns[name].type
        is_json = isinstance(kind, JsonText)
        before = kind.process_result_value(raw, None) if is_json else raw
        after = scrub.value(before, written=(source.name, name) in OWN_WORDS)
        if after != before:
            yield name, f"erased:{row.number}" if name == "key" else after


def _of_their_lane(row: Record, now: datetime) -> dict[str, Any]:
    """A message to them: that there was one stays, neither where nor what."""
    state = {} if row.state in SETTLED else {"state": "cancelled", "reason": ERASED, "settled_at": now}
    return {"card": to_json(BLANK), **dict.fromkeys(WHERE, ""), **state}
