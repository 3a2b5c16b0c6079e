"""Asks owner and operations, each apart, what could go wrong with the first release; it must not word it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.core.compose import notes
from bot.core.compose import release as words
from bot.core.compose.form import form_card
from bot.core.ports import Reply, Show
from bot.core.records import Person, Pilot
from bot.core.state import Checkin
from bot.service import ServiceError, checkins, framing, registry, release
from bot.service.work import Work

AT_ONCE = 5  # people who open the same questionnaire in the same moment


def ask(work: Work, pilot: Pilot, *roles: str) -> list[Person]:
    """Ask those of the two who have not answered and have no open form; who was asked.

    By itself only operations is asked: the owner's check-ins would wait behind one more open form, and a button in the
    message about the gate does as well.
    """
    if not release.is_next(pilot):
        return []
    left = [role for role in release.unsaid(release.said(work, pilot)) if role in roles]
    return [person for person in _people(work, pilot) if _ask(work, pilot, person, left)]


def _people(work: Work, pilot: Pilot) -> Iterator[Person]:
    for one in (pilot.owner or pilot.deputy, release.operations(work, pilot)):
        person = work.unit.person(one) if one is not None else None
        if person is not None and person.active and registry.address_of(work.unit, person.id) is not None:
            yield person


def _ask(work: Work, pilot: Pilot, person: Person, left: Sequence[str]) -> bool:
    wanted = release.role_of(work, pilot, person.id) in left
    if not wanted or work.is_away(person) or _held(work, pilot, person):
        return False
    return _open(work, pilot, person) is not None


def _held(work: Work, pilot: Pilot, person: Person) -> Checkin | None:
    """The form that somebody has before them."""
    live = work.unit.live_checkins(pilot=pilot.id)
    mine = (one for one in live if one.questionnaire == release.FORM and one.state.person == person.id)
    return next(mine, None)


def _open(work: Work, pilot: Pilot, person: Person) -> Checkin | None:
    """A form of one's own, beside the other's: a slot is one for each pilot, so each takes the next free one."""
    slots = (work.now + timedelta(microseconds=taken) for taken in range(AT_ONCE))
    opened = (
        checkins.open_one(work, pilot, release.FORM, person=person.id, slot=slot, on_demand=True, beside=True)
        for slot in slots
    )
    return next((one for one in opened if one is not None), None)


def send(work: Work, pilot: Pilot) -> list[Person]:
    """Ask out of turn; who was asked. ServiceError where the gate is another, or nobody is left to ask."""
    if not release.is_next(pilot):
        raise ServiceError(words.NOT_NEXT)
    asked = ask(work, pilot, words.OWNER, words.OPERATIONS)
    if not asked:
        raise ServiceError(words.NOBODY_LEFT)
    return asked


def request(work: Work, person: Person, pilot: Pilot) -> Reply:
    """Somebody asks for it: one of the two answers at once, anybody else has them asked."""
    if release.role_of(work, pilot, person.id):
        return show(work, person, pilot)
    try:
        asked = send(work, pilot)
    except ServiceError as refused:
        return Show(notes.note(str(refused), pilot.name))
    return Show(notes.note(words.asked(one.name for one in asked), pilot.name))


def show(work: Work, person: Person, pilot: Pilot) -> Reply:
    """The form for whoever of the two wants to answer now."""
    if not release.role_of(work, pilot, person.id):
        return Show(notes.note(words.NOT_YOURS, pilot.name))
    if not release.is_next(pilot):
        return Show(notes.note(words.NOT_NEXT, pilot.name))
    opened = _held(work, pilot, person) or _open(work, pilot, person)
    if opened is None or not opened.state.asking:
        return Show(notes.note(words.WITH_A_COLLEAGUE, pilot.name))
    form = checkins.form_of(work, opened) or work.content.questionnaires[release.FORM]
    return Show(form_card(form, framing.context_for(work, opened, form, pilot), opened.state, work.now))
