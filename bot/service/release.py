"""What owner and operations said before the production gate, and who they are; it asks nobody and words nothing."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core import permissions
from bot.core.compose.release import OPERATIONS, OWNER, Fear, Release
from bot.core.permissions import Sensitivity
from bot.core.questionnaire import QuestionId
from bot.core.records import Asked, Person, PersonId, Pilot
from bot.core.reviewing import reviewer_of
from bot.core.state import Phase
from bot.service import house, schedules
from bot.service.work import Work

FORM = "gate"  # the questionnaire
OPEN, LIMIT, REASON = "gate.open", "gate.limit", "gate.limit_reason"
READ = 10  # check-ins looked back at: two people, and a few rounds of the gate


def is_next(pilot: Pilot) -> bool:
    """Whether the production gate is the one before a pilot."""
    return (pilot.before_pause or pilot.stage) == schedules.BEFORE_LIVE


def operations(work: Work, pilot: Pilot) -> PersonId | None:
    """Who answers for operations at this pilot's gate; never one of its own people."""
    return reviewer_of(house.whole(work, pilot), OPERATIONS, "", leads=())


def role_of(work: Work, pilot: Pilot, person: PersonId) -> str:
    """As what somebody is asked; empty for all others."""
    if person in (pilot.owner, pilot.deputy):
        return OWNER
    return OPERATIONS if person == operations(work, pilot) else ""


def read(work: Work, reader: Person, pilot: Pilot) -> Release | None:
    """What is said about the first release, for one who may read it; None where there is none or it is not theirs."""
    if not is_next(pilot) or not permissions.reads(reader, Sensitivity.RELEASE, house.whole(work, pilot)):
        return None
    return said(work, pilot, reader=role_of(work, pilot, reader.id))


def is_withheld(work: Work, reader: Person, pilot: Pilot, asked: Asked) -> bool:
    """Whether one of the two may not read yet what the other said, for they have said nothing themselves."""
    if asked.questionnaire != FORM or asked.person == reader.id or not is_next(pilot):
        return False
    return said(work, pilot, reader=role_of(work, pilot, reader.id)).unsaid


def said(work: Work, pilot: Pilot, *, reader: str = "") -> Release:
    """The newest that each of the two said."""
    asked = work.unit.history(pilot.id, questionnaire=FORM, limit=READ, answers=True)
    done = [one for one in asked if one.phase == Phase.DONE]
    owner = next((one for one in done if LIMIT in one.answers), None)
    other = next((one for one in done if LIMIT not in one.answers and OPEN in one.answers), None)
    fears = (
        _fear(work, OWNER, owner, pilot.owner or pilot.deputy),
        _fear(work, OPERATIONS, other, operations(work, pilot)),
    )
    return Release(_label(work, owner), _text(owner, REASON), fears, reader)


def _fear(work: Work, role: str, asked: Asked | None, now: PersonId | None) -> Fear:
    person = asked.person if asked is not None else now
    known = work.unit.person(person) if person is not None else None
    return Fear(role, known.name if known else "", _text(asked, OPEN))


def _text(asked: Asked | None, question: QuestionId) -> str:
    found = asked.answers.get(question) if asked is not None else None
    return found if isinstance(found, str) else ""


def _label(work: Work, asked: Asked | None) -> str:
    """How far it goes, in the words of the option that was chosen."""
    form = work.unit.form(asked.questionnaire, asked.version) if asked is not None else None
    question = form.question(LIMIT) if form is not None else None
    option = question.option(_text(asked, LIMIT)) if question is not None else None
    return option.label if option is not None else ""


def unsaid(release: Release) -> Sequence[str]:
    """The roles of which nothing is said yet."""
    return [one.role for one in release.fears if not one.text]
