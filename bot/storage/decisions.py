"""What was decided about pilots: rows to values and back; it must not know what a decision does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime

from sqlalchemy import bindparam, select

from bot.core.records import Decision, PilotId
from bot.storage.fields import table
from bot.storage.scope import Record, Scope, added, mine, values_of
from bot.storage.tables import DecisionRow

_decision = table(DecisionRow)
NAMED = {"pilot": "pilot_id", "by": "by_person", "checkin": "checkin_id"}  # fields -> their columns
LISTS = ("reuse", "closed", "signals")

_all = select(*(_decision.c[NAMED.get(each.name, each.name)] for each in fields(Decision)))
_decisions = _all.order_by(_decision.c.at.desc(), _decision.c.id.desc()).limit(bindparam("top"))
_conditions = {
    "pilot": _decision.c.pilot_id == bindparam("pilot"),
    "since": _decision.c.at >= bindparam("since"),
}
# The names of the conditions that apply -> the statement.
DECISIONS = {
    names: mine(_decisions.where(*(_conditions[name] for name in sorted(names))))
    for names in (frozenset(), frozenset({"pilot"}), frozenset({"since"}), frozenset({"pilot", "since"}))
}
THESE = mine(_all.where(_decision.c.id.in_(bindparam("ids", expanding=True))), by_other=[_decision])
ADD_DECISION = added(DecisionRow, "id")


class Decisions(Scope):
    """The unit's room for decisions."""

    def add_decision(self, decision: Decision) -> Decision:
        values = values_of(decision)
        for name, column in NAMED.items():
            values[column] = values.pop(name)
        values |= {name: list(values[name]) for name in LISTS} | {"dimensions": dict(decision.dimensions)}
        row = self._add(ADD_DECISION, values)
        assert row is not None  # noqa: S101 - RETURNING of a plain INSERT
        return replace(decision, id=int(row.id))

    def decisions(
        self, *, pilot: PilotId | None = None, since: datetime | None = None, limit: int = 100
    ) -> Sequence[Decision]:
        given = {name: value for name, value in (("pilot", pilot), ("since", since)) if value is not None}
        return [as_decision(row) for row in self._all(DECISIONS[frozenset(given)], top=limit, **given)]


def as_decision(row: Record) -> Decision:
    """From the columns of a decision, in the order of its fields."""
    found = Decision(*row)
    return replace(found, reuse=tuple(found.reuse), closed=tuple(found.closed), signals=tuple(found.signals))
