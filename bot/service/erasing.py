"""Erases a person: all that was theirs moves on, then nothing that is kept names them; irreversible.

Answers and decisions stay as the organisation's record, given by a number. What is found is done a page at a time, so
that nobody waits, and what a crash left undone is gone on with: by what somebody is found is kept until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.decisions import ENDED
from bot.core.erasure import ERASED, NAME, REDACTED, Marks, Remnant
from bot.core.ports import Store, Unit
from bot.core.questionnaire import Content, Kind
from bot.core.records import Event, OrganisationId, Person, PersonId, Pilot
from bot.core.values import Json, NotApplicable, Value
from bot.service import leaving, sealing
from bot.service.work import Work, again

ALL = 1_000_000  # events, check-ins: more than there will ever be
TYPED = frozenset({Kind.TEXT, Kind.LONGTEXT})
# Events that hold in somebody's own words what is nowhere else, or what a newer word has taken the place of.
WRITTEN = ("pilot.differs", "gate.approved", "signal.known", "gate.verdict")
OF_THEIR_NAME = ("person.added", "person.name")
OF_THEIR_ACCOUNTS = ("account.linked", "account.unlinked")


@dataclass(frozen=True, slots=True)
class Begun:
    """What erasing somebody did at once: what they are called now, and pilots that have no owner or sponsor now."""

    marks: Marks
    called: str
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What was taken out: rows that lost something, and those of them in the log of events."""

    rows: int
    events: int


def preview(work: Work, person: Person) -> tuple[str, ...]:
    """The pilots that will be without an owner or sponsor."""
    return tuple(pilot.name for pilot in _led(work, person))


def _led(work: Work, person: Person) -> Iterator[Pilot]:
    for pilot in work.unit.pilots_of(person.id):
        if person.id in (pilot.owner, pilot.sponsor) and pilot.stage not in ENDED:
            yield pilot


def begin(work: Work, person: Person) -> Begun:
    """Everything of theirs moves on, nothing more is sent to them, and they are called by a number from now on."""
    marks, without = _marks(work, person), preview(work, person)
    gone = replace(person, active=False)
    work.unit.save_person(gone)
    leaving.gone(work, gone)
    for account in work.unit.identities(person.id):
        work.unit.switch_off(account.address)
    work.unit.begin_erasure(marks, work.now)
    work.unit.forget_accounts(marks)
    called = NAME.format(person.id)
    work.unit.save_person(Person(person.id, called, active=False))
    work.unit.record(Event(ERASED, work.now, None, subject=str(person.id)))
    return Begun(marks, called, without)


def finish(store: Store, organisation: OrganisationId, marks: Marks, now: datetime) -> Done:
    """Search every table; what the log lost is logged with what is left of it, and sealed."""

    def run(work: Callable[[Unit], tuple[int, int, int | None]]) -> tuple[int, int, int | None]:
        return again(lambda: store.write(organisation, work))

    rows = events = 0
    for table in store.read(organisation, lambda unit: unit.tables_to_scrub()):
        after: int | None = 0
        while after is not None:
            changed, redacted, after = run(
                lambda unit, at=after, where=table: _page(unit, marks, where, at, now)  # type: ignore[misc]  # bound here
            )
            rows, events = rows + changed, events + redacted
    store.write(organisation, lambda unit: unit.end_erasure(marks.person))
    sealing.seal(store)
    return Done(rows, events)


def _page(unit: Unit, marks: Marks, where: str, after: int, now: datetime) -> tuple[int, int, int | None]:
    found = unit.scrub(marks, where, now, after=after)
    if found.remnant != Remnant():
        left = found.remnant.to_json()
        unit.record(Event(REDACTED, now, None, subject=str(marks.person), after=left))
    return found.rows, len(found.remnant.events), found.next


# --- by what they are found -----------------------------------------------------------------------------------------


def _marks(work: Work, person: Person) -> Marks:
    accounts = work.unit.identities(person.id)
    named = [event.after for event in _of(work, person, OF_THEIR_NAME)]
    named += [event.before for event in _of(work, person, OF_THEIR_NAME)]
    known = [str(event.after) for event in _of(work, person, OF_THEIR_ACCOUNTS)]
    lanes = {account.address.conversation for account in accounts}
    handles = {account.external for account in accounts} | {one.partition(":")[2] for one in known} | lanes
    described = {text for pilot in work.unit.pilots() for text in _described(pilot)}
    return Marks(
        person.id,
        names=_several({person.name, *(one for one in named if isinstance(one, str))}),
        handles=_several({person.email, *handles}),
        lanes=_several(lanes),
        texts=_several({text.strip() for text in _texts(work, person)} - described),
    )


def _several(texts: set[str]) -> tuple[str, ...]:
    return tuple(sorted(text for text in texts if text.strip()))


def _described(pilot: Pilot) -> tuple[str, ...]:
    """What a pilot is: the organisation's record, whoever said it."""
    said = (pilot.name, pilot.work, pilot.metric, pilot.scale_if, pilot.stop_if, pilot.group, *pilot.tags)
    return tuple(text.strip() for text in said)


def _of(work: Work, person: Person, kinds: Sequence[str]) -> list[Event]:
    found = work.unit.events(kinds=kinds, limit=ALL)
    return [event for event in found if event.subject == str(person.id)]


def _texts(work: Work, person: Person) -> Iterator[str]:
    """All that they wrote in their own words."""
    yield from _answers(work, person)
    for request in work.unit.requests(unanswered=False):
        if request.asked_by == person.id:
            yield request.text
    for decision in work.unit.decisions(limit=ALL):
        if decision.by == person.id:
            yield from (decision.text, decision.lesson)
    for pilot in work.unit.pilots():
        yield from (mute.reason for mute in work.unit.mutes(pilot.id) if mute.by == person.id)
    for levels in work.unit.levels_of_all().values():
        for level in levels.values():
            yield from (word.reason for word in level.verdicts if word.by == person.id)
            yield level.not_applicable if level.by == person.id else ""
    for event in work.unit.events(kinds=WRITTEN, limit=ALL):
        if event.actor == person.id:
            yield from _said(event.after)


def _answers(work: Work, person: Person) -> Iterator[str]:
    """Answers in words, those not sent yet included."""
    for pilot in work.unit.pilots():
        for asked in work.unit.history(pilot.id, limit=ALL):
            form = work.unit.form(asked.questionnaire, asked.version)
            for given in work.unit.given(asked.id):
                question = form.question(given.question) if form else None
                if given.by == person.id:
                    yield _written(given.value, question.kind if question else Kind.TEXT)
    for checkin in work.unit.live_checkins(person=person.id):
        for name, value in checkin.state.drafts.items():
            form = work.unit.form(checkin.questionnaire, checkin.version)
            question = form.question(name) if form else None
            yield _written(value, question.kind if question else Kind.TEXT)


def _written(value: Value | None, kind: Kind) -> str:
    if isinstance(value, NotApplicable):
        return value.reason
    return value if isinstance(value, str) and kind in TYPED else ""


def _said(after: Json) -> Iterator[str]:
    """The words in what an event holds: texts of its own, or its reason."""
    match after:
        case str():
            yield after
        case {"reason": str(reason)}:
            yield reason


def erase(
    store: Store, content: Content, organisation: OrganisationId, person: PersonId, now: datetime
) -> tuple[Begun, Done]:
    """Erase somebody from begin to end."""

    def start(unit: Unit) -> Begun:
        found = unit.person(person)
        assert found is not None  # noqa: S101 - people are never deleted
        return begin(Work(unit, content, now), found)

    begun = again(lambda: store.write(organisation, start))
    return begun, finish(store, organisation, begun.marks, now)


def go_on(store: Store, organisation: OrganisationId, now: datetime) -> int:
    """Finish what a crash left undone; how many people."""
    left = store.read(organisation, lambda unit: unit.erasures())
    for marks in left:
        finish(store, organisation, marks, now)
    return len(left)
