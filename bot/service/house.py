"""Who confirms in a role at the gates of every pilot that names nobody for it; it must not know any gate.

The log keeps it: the newest event of a role holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.core.compose.words import REVIEWERS, listed
from bot.core.permissions import Action, kept_from
from bot.core.ports import Unit
from bot.core.records import Event, Person, PersonId, Pilot
from bot.core.reviewing import BUSINESS, NOBODY, SPONSOR
from bot.service import ServiceError
from bot.service.work import Work

NAMED = "organisation.reviewer"  # `subject` is the role, `after` the person; None: nobody any more
READ = 1000  # changes of eight roles: more than there will be


def name(work: Work, person: Person, role: str, *, remove: bool = False) -> None:
    """Name somebody for a role at every pilot, or nobody any more. ServiceError for a role that no gate has."""
    if role not in REVIEWERS:
        raise ServiceError(f"There is no role '{role}'. Use {listed(sorted(REVIEWERS), last='or')}.")
    if remove and reviewers(work.unit).get(role) != person.id:
        raise ServiceError(
            f"{person.name} is not named for {REVIEWERS[role]}, so there is nothing to take back."
        )
    after = None if remove else person.id
    work.unit.record(Event(NAMED, work.now, None, subject=role, after=after))


def reviewers(unit: Unit) -> Mapping[str, PersonId]:
    """Role -> who is named for it and still here."""
    newest: dict[str, object] = {}
    for event in unit.events(kinds=(NAMED,), limit=READ):
        newest.setdefault(event.subject, event.after)
    known = {role: unit.person(one) for role, one in newest.items() if isinstance(one, int)}
    return {role: one.id for role, one in known.items() if one is not None and one.active}


def whole(work: Work, pilot: Pilot) -> Pilot:
    """The pilot with the reviewers of the house in every role for which it names nobody of its own.

    Never one of its own people, nor in a role in which somebody handed an item back and knew nobody else; a pilot's
    sponsor comes before them in the roles that are the sponsor's.
    """
    shut = {role.partition(":")[0] for role, who in pilot.reviewers if ":" not in role or who == NOBODY}
    shut |= {SPONSOR, BUSINESS} if pilot.sponsor is not None else set()
    own = kept_from(Action.CONFIRM, pilot)
    filled = [
        (role, who) for role, who in reviewers(work.unit).items() if role not in shut and who not in own
    ]
    return replace(pilot, reviewers=(*pilot.reviewers, *filled)) if filled else pilot
