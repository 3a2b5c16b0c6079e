"""What the last evaluation of each pilot found, and which signals somebody acknowledged: rows to values and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select

from bot.core.records import PilotId
from bot.core.signals.course import Heading
from bot.core.signals.evaluation import Evaluation, Mute, Seen
from bot.core.signals.kinds import Course, Group, Severity, Signal
from bot.storage.fields import table
from bot.storage.scope import Record, Scope, added, mine, put
from bot.storage.statements import Mine
from bot.storage.tables import EvaluationRow, MuteRow, UsualStayRow

_evaluation, _mute, _usual = table(EvaluationRow), table(MuteRow), table(UsualStayRow)

SIGNAL = ("id", "name", "severity", "group", "text", "action", "formula")
KEPT = (
    "pilot_id",
    "at",
    "due_at",
    "course",
    "since",
    "next",
    "times",
    "was",
    "points",
    "signals",
    "known",
    "streak",
    "paused_days",
)
_evaluations = select(*(_evaluation.c[name] for name in KEPT))
EVALUATION = mine(_evaluations.where(_evaluation.c.pilot_id == bindparam("pilot")))
EVALUATIONS = mine(_evaluations)


def evaluations_of(pilots: Any) -> Mine:
    """Those of these pilots."""
    return mine(_evaluations.where(_evaluation.c.pilot_id.in_(pilots)))


SAVE = put(EvaluationRow, by=("pilot_id",), columns=KEPT[1:])
AWAIT = put(EvaluationRow, by=("pilot_id",), columns=("due_at",))
DUE = mine(
    select(_evaluation.c.pilot_id)
    .where(_evaluation.c.due_at <= bindparam("now"))
    .order_by(_evaluation.c.due_at, _evaluation.c.pilot_id)
    .limit(bindparam("top"))
)
MUTES = mine(
    select(_mute.c.pilot_id, _mute.c.signal, _mute.c.until, _mute.c.reason, _mute.c.by_person, _mute.c.at)
    .where(_mute.c.pilot_id == bindparam("pilot"))
    .order_by(_mute.c.signal)
)
SAVE_MUTE = put(MuteRow, by=("pilot_id", "signal"), columns=("until", "reason", "by_person", "at"))
USUAL = mine(select(_usual.c.stage, _usual.c.days).order_by(_usual.c.stage))
FORGET_USUAL = mine(delete(_usual))
ADD_USUAL = added(UsualStayRow)

# A pilot that was never evaluated has a row without a course, so that it falls due.
NEVER: dict[str, Any] = {"course": "", "next": "", "was": "", "times": 0, "points": 0, "streak": 0}
NEVER |= {"paused_days": 0, "signals": [], "known": []}


class Evaluations(Scope):
    """The unit's room for evaluations."""

    def evaluation(self, pilot: PilotId) -> Evaluation | None:
        row = self._one(EVALUATION, pilot=pilot)
        return None if row is None or not row.course else _read(row)

    def evaluations(self) -> Mapping[PilotId, Evaluation]:
        return {row.pilot_id: _read(row) for row in self._all(EVALUATIONS) if row.course}

    def save_evaluation(self, evaluation: Evaluation) -> None:
        self._add(SAVE, _row(evaluation))

    def await_evaluation(self, pilot: PilotId, at: datetime) -> None:
        self._add(AWAIT, NEVER | {"pilot_id": pilot, "at": at, "due_at": at, "since": at})

    def due_evaluations(self, now: datetime, *, limit: int) -> Sequence[PilotId]:
        return [row.pilot_id for row in self._all(DUE, now=now, top=limit)]

    def mutes(self, pilot: PilotId) -> Sequence[Mute]:
        return [Mute(*row) for row in self._all(MUTES, pilot=pilot)]

    def save_mute(self, mute: Mute) -> None:
        values = {"pilot_id": mute.pilot, "signal": mute.signal, "until": mute.until, "reason": mute.reason}
        self._add(SAVE_MUTE, values | {"by_person": mute.by, "at": mute.at})

    def usual_stays(self) -> Mapping[str, int]:
        return {row.stage: row.days for row in self._all(USUAL)}

    def save_usual_stays(self, stays: Mapping[str, int]) -> None:
        self._change(FORGET_USUAL)
        self._add_all(ADD_USUAL, ({"stage": stage, "days": days} for stage, days in stays.items()))


def _row(found: Evaluation) -> dict[str, Any]:
    head = found.heading
    return {
        "pilot_id": found.pilot,
        "at": found.at,
        "due_at": found.due_at,
        "course": head.course,
        "since": head.since,
        "next": head.next or "",
        "times": head.times,
        "was": found.was or "",
        "points": found.index,
        "signals": _written(found.signals),
        "known": _written(found.known),
        "streak": found.streak,
        "paused_days": found.paused_days,
    }


def _read(row: Record) -> Evaluation:
    head = Heading(Course(row.course), row.since, Course(row.next) if row.next else None, row.times)
    return Evaluation(
        row.pilot_id,
        row.at,
        row.due_at,
        head,
        Course(row.was) if row.was else None,
        row.points,
        _seen(row.signals),
        _seen(row.known),
        row.streak,
        row.paused_days,
    )


def _written(seen: Iterable[Seen]) -> list[list[str]]:
    return [[one.since.isoformat(), *(str(getattr(one.signal, name)) for name in SIGNAL)] for one in seen]


def _seen(written: Sequence[Sequence[str]]) -> tuple[Seen, ...]:
    return tuple(
        Seen(Signal(ident, name, Severity(severity), Group(group), *words), datetime.fromisoformat(since))
        for since, ident, name, severity, group, *words in written
    )
