"""The commands `away`, `delegate` and `back`, for oneself or by a lead for another; it must not know what they do."""

from __future__ import annotations

from datetime import date

from bot.core import commands as c
from bot.core import permissions
from bot.core.card import Card
from bot.core.compose import away as words
from bot.core.compose import notes
from bot.core.permissions import Action
from bot.core.ports import Reply, Show
from bot.core.records import Person
from bot.service import ServiceError, absence, typed
from bot.service.work import Work


def answer(work: Work, asker: Person, command: c.Away | c.Back | c.Delegate, connection: int) -> Reply:
    """What became of it, or why nothing did."""
    found = _whom(work, asker, command.person, connection)
    if isinstance(found, str):
        return Show(notes.problem(found))
    try:
        if isinstance(command, c.Delegate):
            return Show(_delegated(work, found, command, connection, asker=asker))
        return Show(told(work, found, command, asker=asker))
    except ServiceError as refused:
        return Show(notes.problem(str(refused)))


def told(work: Work, person: Person, command: c.Away | c.Back, *, asker: Person | None) -> Card:
    """Do what was said of a person, and say what follows from it. ServiceError where it cannot be."""
    own = asker is not None and asker.id == person.id
    name, actor = "" if own else person.name, asker.id if asker else None
    zone = work.zone(asker or person)
    if isinstance(command, c.Back):
        if not work.is_away(person) and not absence.is_represented(work, person):
            raise ServiceError(words.here(name))
        waiting, again = absence.come_back(work, person, actor=actor)
        return words.back(waiting, again, name=name, now=work.now, zone=zone)
    until = command.until or work.today(person)
    fates = absence.leave(work, person, until, actor=actor)
    alone = absence.alone(work, person)
    return words.gone(until, fates, name=name, alone=alone, today=work.today(person), now=work.now, zone=zone)


def _delegated(work: Work, person: Person, command: c.Delegate, connection: int, *, asker: Person) -> Card:
    to = typed.only(command.to, typed.near(work, command.to, connection))
    if isinstance(to, str):
        raise ServiceError(to)
    return put_in_place(work, person, to, command.until, asker=asker)


def put_in_place(work: Work, person: Person, to: Person, until: date, *, asker: Person | None) -> Card:
    """Somebody answers in a person's place from now on. ServiceError where that cannot be."""
    own = asker is not None and asker.id == person.id
    fates = absence.delegate(work, person, to, until, actor=asker.id if asker else None)
    return words.stands_in(to.name, until, fates, name="" if own else person.name, today=work.today(person))


def _whom(work: Work, asker: Person, text: str, connection: int) -> Person | str:
    """Whoever is meant, or why nobody is: only leads say so for somebody else."""
    if not text:
        return asker
    found = typed.near(work, text, connection)
    if [one.id for one in found] != [asker.id] and not permissions.may(asker, Action.EXCUSE):
        return words.not_yours()
    return typed.only(text, found)
