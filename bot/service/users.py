"""A pilot's users: named by its people, one drawn now and then, asked one tap, counted without a name.

The log keeps who was named, that somebody was asked, that they answered, and apart from that the vote, which says
neither who nor which question it answers. It must not word any of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from bot.core import permissions
from bot.core.compose import notes
from bot.core.compose import users as words
from bot.core.draw import draw
from bot.core.permissions import Action
from bot.core.ports import Message, Reply, Show
from bot.core.questionnaire import Question
from bot.core.records import Event, Person, PersonId, Pilot
from bot.core.tokens import Token
from bot.service import hours, registry, typed
from bot.service.work import Work

NAMED, ASKED, ANSWERED, VOTE, LEFT = (
    "users.named",
    "users.asked",
    "users.answered",
    "users.vote",
    "users.left",
)
STAGES = ("pilot", "hardening", "limited", "production")  # those in which somebody uses it
EVERY = timedelta(days=28)  # as the sponsor's view
OPEN_FOR = timedelta(days=3)  # a message that could not be sent by then asks about another month
YEAR = timedelta(days=365)  # votes counted
FORM, QUESTION = "second", "second.user"


# --- naming ---------------------------------------------------------------------------------------------------------


def answer(work: Work, person: Person, pilot: Pilot, people: Sequence[str] | None, connection: int) -> Reply:
    """Who is named, after naming those that were typed in place of those before."""
    if not permissions.may(person, Action.ASK, pilot):
        return Show(words.not_yours())
    if people is not None:
        found = [_one(work, pilot, text, connection) for text in people]
        wrong = next((one for one in found if isinstance(one, str)), None)
        if wrong is not None:
            return Show(notes.problem(wrong))
        ids = list(dict.fromkeys(one.id for one in found if isinstance(one, Person)))
        work.unit.record(Event(NAMED, work.now, person.id, pilot.id, after=list(ids)))
    named, gone = of(work, pilot), _left(work, pilot)
    known = [one.name for user in named if (one := work.unit.person(user)) is not None]
    return Show(words.named(pilot.name, known, told(work, pilot), left=len(gone & set(named))))


def _one(work: Work, pilot: Pilot, text: str, connection: int) -> Person | str:
    """The person that is meant, or why nobody is."""
    meant = typed.only(text, typed.near(work, text, connection))
    if isinstance(meant, Person) and permissions.relations(meant, pilot):
        return words.own(meant.name)
    return meant


def of(work: Work, pilot: Pilot) -> list[PersonId]:
    """Who is named as a user of a pilot now, in the order they were named."""
    newest = next(iter(work.unit.events(pilot=pilot.id, kinds=(NAMED,), limit=1)), None)
    return [int(str(one)) for one in newest.after] if newest and isinstance(newest.after, list) else []


def _left(work: Work, pilot: Pilot) -> set[PersonId]:
    """Who does not want to be asked; naming them again does not change that."""
    events = work.unit.events(pilot=pilot.id, kinds=(LEFT,), limit=1000)
    return {event.actor for event in events if event.actor is not None}


# --- asking ---------------------------------------------------------------------------------------------------------


def ride_along(work: Work, pilot: Pilot) -> None:
    """The owner has answered: ask one user at their next good hour, where it is time for one."""
    if pilot.stage not in STAGES:
        return
    named = of(work, pilot)
    asked = work.unit.events(pilot=pilot.id, kinds=(ASKED,), limit=max(len(named), 1)) if named else ()
    if not named or (asked and work.now - asked[0].at < EVERY):
        return
    open_ = [user for user in named if user not in _left(work, pilot) and _there(work, pilot, user)]
    if len(open_) < words.LEAST:
        return
    lately = {event.after for event in asked[: len(open_) - 1]}
    user = draw([one for one in open_ if one not in lately], seed=f"{pilot.id}:{work.today().isoformat()}")
    if user is not None:
        _ask(work, pilot, user)


def _there(work: Work, pilot: Pilot, user: PersonId) -> bool:
    """Whether somebody can be asked now, as a user and nothing else."""
    person = work.unit.person(user)
    if person is None or not person.active or work.is_away(person) or permissions.relations(person, pilot):
        return False
    return registry.address_of(work.unit, user) is not None


def _ask(work: Work, pilot: Pilot, user: PersonId) -> None:
    question, slot = _question(work), work.today().toordinal()
    address = registry.address_of(work.unit, user)
    if address is None or question is None:
        return
    good = hours.good(work, work.unit.person(user), work.now)
    text = question.text.replace("{pilot}", pilot.name)
    card = words.question(pilot.id, pilot.name, text, question.options, slot=slot)
    key = f"user:{pilot.id}:{slot}"
    work.unit.enqueue(Message(key, address, card, not_before=good, stale_at=good + OPEN_FOR), work.now)
    work.unit.record(Event(ASKED, work.now, None, pilot.id, str(slot), after=user))


def _question(work: Work) -> Question | None:
    form = work.content.questionnaires.get(FORM)
    return form.question(QUESTION) if form else None


# --- answering ------------------------------------------------------------------------------------------------------


def answered(work: Work, person: Person, pilot: Pilot, token: Token) -> Reply:
    """Whoever was asked taps once; a vote has no name, so that a second one cannot take its place."""
    slot, question = str(token.step), _question(work)
    asked = work.unit.events(pilot=pilot.id, kinds=(ASKED,), limit=1000)
    theirs = any(event.subject == slot and event.after == person.id for event in asked)
    if not theirs or question is None:
        return Show(notes.not_there())
    if token.arg == words.STOP:
        if person.id not in _left(work, pilot):
            work.unit.record(Event(LEFT, work.now, person.id, pilot.id))
        return Show(words.left(pilot.name))
    done = work.unit.events(pilot=pilot.id, kinds=(ANSWERED,), limit=1000)
    if any(event.subject == slot for event in done):
        return Show(words.counted_already(pilot.name))
    if question.option(token.arg) is None:
        return Show(notes.old_button())
    work.unit.record(Event(ANSWERED, work.now, None, pilot.id, slot))
    work.unit.record(Event(VOTE, work.now, None, pilot.id, after=token.arg))
    return Show(words.thanks(pilot.name))


def told(work: Work, pilot: Pilot) -> str:
    """What its users said within a year, as counts; empty below the number from which they are shown."""
    question = _question(work)
    votes = work.unit.events(pilot=pilot.id, kinds=(VOTE,), since=work.now - YEAR, limit=1000)
    return words.counts(Counter(str(vote.after) for vote in votes), question.options if question else ())
