"""Check-ins and their answers: opened, saved, read back; it must not know the rules that move them on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, lateral, select, text, true, union

from bot.core.questionnaire import QuestionId
from bot.core.records import Asked, CheckinId, Given, PersonId, PilotId
from bot.core.state import ASKING, Checkin, State
from bot.core.values import Value, decode, encode
from bot.storage.checkin_rows import columns_of_state, detail_of, numbers_in, packed, state_of, unpacked
from bot.storage.errors import StorageError
from bot.storage.fields import table
from bot.storage.scope import Record, added, added_once, changed, mine, own
from bot.storage.statements import Mine
from bot.storage.tables import LIVE, AnswerRow, CheckinRow, HelperRow, PilotRow, SubmissionRow
from bot.storage.words import Words

_checkin, _helper, _pilot = table(CheckinRow), table(HelperRow), table(PilotRow)
_submission, _answer = table(SubmissionRow), table(AnswerRow)

ADD_CHECKIN = added_once(CheckinRow, "id")
ADD_HELPER = added_once(HelperRow)
ADD_SUBMISSION = added(SubmissionRow, "id")
ADD_ANSWERS = added(AnswerRow)
SAVE = changed(CheckinRow, "id", "revision")

_whole = select(_checkin)
CHECKIN = mine(_whole.where(_checkin.c.id == bindparam("id")))
_live = _whole.where(text(LIVE)).order_by(_checkin.c.slot, _checkin.c.id)
_near = _checkin.alias("near")
_asked = select(_near.c.id).where(own(_near), text(LIVE), _near.c.person_id == bindparam("person"))
_helping = select(_helper.c.checkin_id).where(own(_helper), _helper.c.person_id == bindparam("person"))
_with = _checkin.c.id.in_(union(_asked, _helping))  # an OR would look at all that is live
_of = _checkin.c.pilot_id == bindparam("pilot")
LIVE_CHECKINS = {  # by pilot, by person
    (False, False): mine(_live),
    (True, False): mine(_live.where(_of)),
    (False, True): mine(_live.where(_with), by_other=[_checkin]),
    (True, True): mine(_live.where(_of, _with), by_other=[_checkin]),
}


LIVE_OF_PILOT = LIVE_CHECKINS[True, False]


def live_of(pilots: Any) -> Mine:
    """Those of these pilots."""
    return mine(_live.where(_checkin.c.pilot_id.in_(pilots)))


DUE_CHECKINS = mine(
    select(_checkin.c.id)
    .where(_checkin.c.wake_at.is_not(None), _checkin.c.wake_at <= bindparam("now"))
    .order_by(_checkin.c.wake_at, _checkin.c.id)
    .limit(bindparam("top"))
)

# In the order of Asked.
LINE = (
    "id",
    "pilot_id",
    "questionnaire_id",
    "version",
    "person_id",
    "slot",
    "phase",
    "outcome",
    "done_at",
    "late",
)
_lines = select(*(_checkin.c[name] for name in LINE))
_newest = (_checkin.c.slot.desc(), _checkin.c.id.desc())


def _last_of(*conditions: Any) -> Select[Any]:
    """The numbers of the newest check-ins: found in the unique index alone."""
    near = select(_near.c.id).where(own(_near), *conditions)
    return near.order_by(_near.c.slot.desc()).limit(bindparam("top"))


_of_pilot = _near.c.pilot_id == bindparam("pilot")
_of_form = _near.c.questionnaire_id == bindparam("questionnaire")
HISTORY = mine(_lines.where(_checkin.c.id.in_(_last_of(_of_pilot))).order_by(*_newest), by_other=[_checkin])
HISTORY_OF = mine(
    _lines.where(_checkin.c.id.in_(_last_of(_of_pilot, _of_form))).order_by(*_newest), by_other=[_checkin]
)

# SQLite has no LATERAL; PostgreSQL plans IN (... LIMIT) of another row's columns badly.
_few = _last_of(_near.c.pilot_id == _pilot.c.id, _of_form).correlate(_pilot)
_near_lines = lateral(_few.with_only_columns(*(_near.c[name] for name in LINE)), name="newest")


def _latest(*conditions: Any) -> Mine:
    lines = _lines.join_from(_pilot, _checkin, _checkin.c.id.in_(_few)).where(*conditions)
    near = select(*(_near_lines.c[name] for name in LINE)).join_from(_pilot, _near_lines, true())
    return mine(
        lines.order_by(_checkin.c.pilot_id, _checkin.c.slot.desc()),
        near.where(*conditions).order_by(_near_lines.c.pilot_id, _near_lines.c.slot.desc()),
        by_other=[_checkin],
    )


LATEST = _latest()
LATEST_OF = _latest(_pilot.c.id.in_(bindparam("pilots", expanding=True)))

_answers = select(_submission.c.checkin_id, _answer.c.question_id, _answer.c.value).join_from(
    _submission, _answer, _answer.c.submission_id == _submission.c.id
)
ANSWERS = mine(
    _answers.where(_submission.c.checkin_id.in_(bindparam("checkins", expanding=True))).order_by(
        _submission.c.id
    )
)
ANSWERS_TO = mine(
    _answers.where(
        _submission.c.checkin_id.in_(bindparam("checkins", expanding=True)),
        _answer.c.question_id.in_(bindparam("questions", expanding=True)),
    ).order_by(_submission.c.id)
)
_who = (_submission.c.revision, _submission.c.person_id, _submission.c.at)
GIVEN = mine(
    _answers.add_columns(*_who)
    .where(_submission.c.checkin_id == bindparam("checkin"))
    .order_by(_submission.c.id, _answer.c.question_id)
)
THERE = mine(select(_checkin.c.id).where(_checkin.c.id == bindparam("id")))


class Checkins(Words):
    """The unit's room for check-ins and answers."""

    def open_checkin(self, checkin: Checkin) -> Checkin | None:
        values = self._row(checkin) | {
            "slot": checkin.slot,
            "pilot_id": checkin.pilot,
            "version": checkin.version,
            "questionnaire_id": self._number(checkin.questionnaire),
            "on_demand": checkin.on_demand,
        }
        row = self._add(ADD_CHECKIN, values)
        if row is None:
            return None
        opened = _numbered(checkin, row.id)
        self.seen_checkins.add(opened.id)
        self.fresh_checkins.add(opened.id)
        self._note_helpers(opened)
        self.keep(_first_answers(opened))
        return opened

    def checkin(self, checkin: CheckinId) -> Checkin | None:
        row = self._one(CHECKIN, id=checkin)
        if row is None:
            return None
        self.seen_checkins.add(row.id)
        return self._read([row])[0]

    def save(self, checkin: Checkin, *, was: int) -> bool:
        row = {"at_id": checkin.id, "at_revision": was, **self._row(checkin)}
        if checkin.id in self.fresh_checkins:  # nobody else can have changed what nobody else can see
            self._change_soon(checkin.pilot, SAVE, fresh=True, **row)
        elif not self._change_of(checkin.pilot, SAVE, **row):
            return False
        self._note_helpers(checkin)
        return True

    def keep(self, answers: Iterable[Given]) -> None:
        """Raises StorageError for a check-in that is not there."""
        for submission in _submissions(answers):
            self._submit(submission)

    def given(self, checkin: CheckinId) -> Sequence[Given]:
        rows = self._all(GIVEN, checkin=checkin)
        names = self._names(row.question_id for row in rows)
        return [
            Given(checkin, names[row.question_id], _value(row.value), row.revision, row.person_id, row.at)
            for row in rows
        ]

    def due_checkins(self, now: datetime, *, limit: int) -> Sequence[CheckinId]:
        return [row.id for row in self._all(DUE_CHECKINS, now=now, top=limit)]

    def live_checkins(
        self, *, pilot: PilotId | None = None, person: PersonId | None = None
    ) -> Sequence[Checkin]:
        given = {name: value for name, value in (("pilot", pilot), ("person", person)) if value is not None}
        found = self._read(self._all(LIVE_CHECKINS[pilot is not None, person is not None], **given))
        return [each for each in found if each.state.phase in ASKING and _asks(each.state, person)]

    def history(
        self, pilot: PilotId, *, questionnaire: str = "", limit: int = 10, answers: bool = False
    ) -> Sequence[Asked]:
        if not questionnaire:
            return self._asked(self._all(HISTORY, pilot=pilot, top=limit), answers=answers)
        number = self._old_number(questionnaire)
        if number is None:
            return []
        return self._asked(
            self._all(HISTORY_OF, pilot=pilot, questionnaire=number, top=limit), answers=answers
        )

    def latest(
        self, *, questionnaire: str, per_pilot: int, pilots: Collection[PilotId] | None = None
    ) -> Mapping[PilotId, Sequence[Asked]]:
        number = self._old_number(questionnaire)
        if number is None or (pilots is not None and not pilots):
            return {}
        asked = {"questionnaire": number, "top": per_pilot}
        rows = (
            self._all(LATEST, **asked)
            if pilots is None
            else self._all(LATEST_OF, **asked, pilots=list(pilots))
        )
        found: dict[PilotId, list[Asked]] = defaultdict(list)
        for line in self._asked(rows, answers=False):
            found[line.pilot].append(line)
        return dict(found)

    def answers_of(
        self, checkins: Iterable[CheckinId], *, to: Collection[QuestionId] = ()
    ) -> Mapping[CheckinId, Mapping[QuestionId, Value]]:
        if not to:
            return dict(self._answers(list(checkins)))
        numbers, wanted = (
            [number for one in to if (number := self._old_number(one)) is not None],
            list(checkins),
        )
        if not numbers or not wanted:
            return {}
        return dict(self._standing(self._all(ANSWERS_TO, checkins=wanted, questions=numbers)))

    def _row(self, checkin: Checkin) -> dict[str, Any]:
        """The columns that change in the life of a check-in."""
        detail = detail_of(checkin)
        numbers = {name: self._number(name) for name in detail.names()}
        return columns_of_state(checkin.state) | {"detail": packed(detail, numbers)}

    def _note_helpers(self, checkin: Checkin) -> None:
        helpers = sorted(set(checkin.state.handed.values()))
        self._add_all(ADD_HELPER, ({"checkin_id": checkin.id, "person_id": person} for person in helpers))

    def _submit(self, answers: Sequence[Given]) -> None:
        first = answers[0]
        if first.checkin not in self.seen_checkins and self._one(THERE, id=first.checkin) is None:
            raise StorageError("The check-in of this answer is not there. Look it up again.")
        who = {"revision": first.revision, "person_id": first.by, "at": first.at}
        submission = self._add(ADD_SUBMISSION, {"checkin_id": first.checkin, **who})
        assert submission is not None  # noqa: S101 - RETURNING of a plain INSERT
        self._add_all(ADD_ANSWERS, (self._answer(given, submission.id) for given in answers))

    def _answer(self, given: Given, submission: int) -> dict[str, Any]:
        value = None if given.value is None else encode(given.value)
        return {"submission_id": submission, "question_id": self._number(given.question), "value": value}

    def _read(self, rows: Sequence[Record]) -> list[Checkin]:
        answers = self._answers([row.id for row in rows])
        names = self._names(
            number for row in rows for number in (row.questionnaire_id, *numbers_in(row.detail))
        )
        return [_as_checkin(row, names, answers[row.id]) for row in rows]

    def _answers(self, checkins: Sequence[CheckinId]) -> dict[CheckinId, dict[QuestionId, Value]]:
        """The answers that stand: the last one of each question, unless it took the answer back."""
        return self._standing(self._all(ANSWERS, checkins=list(checkins)) if checkins else [])

    def _standing(self, rows: Sequence[Record]) -> dict[CheckinId, dict[QuestionId, Value]]:
        found: dict[CheckinId, dict[QuestionId, Value]] = defaultdict(dict)
        names = self._names(row.question_id for row in rows)
        for row in rows:
            if row.value is None:
                found[row.checkin_id].pop(names[row.question_id], None)
            else:
                found[row.checkin_id][names[row.question_id]] = decode(row.value)
        return found

    def _asked(self, rows: Sequence[Record], *, answers: bool) -> list[Asked]:
        names = self._names(row.questionnaire_id for row in rows)
        found = self._answers([row.id for row in rows]) if answers else {}
        return [_as_line(row, names[row.questionnaire_id], found.get(row.id, {})) for row in rows]

    def _names(self, numbers: Iterable[int]) -> dict[int, str]:
        listed = list(dict.fromkeys(numbers))
        return dict(zip(listed, self._words(listed), strict=True))


def _numbered(checkin: Checkin, number: CheckinId) -> Checkin:
    return Checkin(**{name: getattr(checkin, name) for name in Checkin.__slots__} | {"id": number})


def _first_answers(checkin: Checkin) -> Iterator[Given]:
    state = checkin.state
    for question, value in state.answers.items():
        yield Given(checkin.id, question, value, state.revision, state.person, state.opened_at)


def _submissions(answers: Iterable[Given]) -> list[list[Given]]:
    """Answers of one check-in, revision, person and moment together; a question given again begins anew."""
    found: list[list[Given]] = []
    for given in answers:
        same = [each for each in found if _whose(each[0]) == _whose(given)][-1:]
        if same and all(other.question != given.question for other in same[0]):
            same[0].append(given)
        else:
            found.append([given])
    return found


def _whose(given: Given) -> tuple[object, ...]:
    return given.checkin, given.revision, given.by, given.at


def _value(raw: Any) -> Value | None:
    return None if raw is None else decode(raw)


def _asks(state: State, person: PersonId | None) -> bool:
    return person is None or state.person == person or person in state.handed.values()


def _as_line(row: Record, questionnaire: str, answers: Mapping[QuestionId, Value]) -> Asked:
    number, pilot, _, version, person, slot, phase, outcome, done_at, late = row
    return Asked(number, pilot, questionnaire, version, person, slot, phase, outcome, done_at, late, answers)


def _as_checkin(row: Record, names: Mapping[int, str], answers: Mapping[QuestionId, Value]) -> Checkin:
    detail = unpacked(row.detail, names)
    state = state_of(row._asdict(), detail, answers)
    name = names[row.questionnaire_id]
    return Checkin(
        row.id,
        row.pilot_id,
        name,
        row.version,
        row.slot,
        state,
        focus=detail.focus,
        on_demand=row.on_demand,
        blind=detail.blind,
    )
