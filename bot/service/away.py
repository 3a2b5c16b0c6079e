"""The commands `away` and `back`, for oneself or by a lead for somebody else; it must not know what they set off."""

from __future__ import annotations

from bot.core import commands as c
from bot.core.card import Card
from bot.core.compose import away as words
from bot.core.compose import notes
from bot.core.ports import Reply, Show
from bot.core.records import Person, Standing
from bot.service import ServiceError, absence
from bot.service.work import Work


def answer(work: Work, asker: Person, command: c.Away | c.Back, connection: int) -> Reply:
    """What became of it, or why nothing did."""
    found = _whom(work, asker, command.person, connection)
    if isinstance(found, str):
        return Show(notes.problem(found))
    try:
        return Show(told(work, found, command, asker=asker))
    except ServiceError as refused:
        return Show(notes.problem(str(refused)))


def told(work: Work, person: Person, command: c.Away | c.Back, *, asker: Person | None) -> Card:
    """Do what was said of a person, and say what follows from it. ServiceError where it cannot be."""
    own = asker is not None and asker.id == person.id
    name, actor = "" if own else person.name, asker.id if asker else None
    zone = work.zone(asker or person)
    if isinstance(command, c.Back):
        if not work.is_away(person):
            raise ServiceError(words.here(name))
        waiting, again = absence.come_back(work, person, actor=actor)
        return words.back(waiting, again, name=name, now=work.now, zone=zone)
    until = command.until or work.today(person)
    fates = absence.leave(work, person, until, actor=actor)
    alone = absence.alone(work, person)
    return words.gone(until, fates, name=name, alone=alone, today=work.today(person), now=work.now, zone=zone)


def _whom(work: Work, asker: Person, text: str, connection: int) -> Person | str:
    """Whoever is meant, or why nobody is: only leads say so for somebody else."""
    if not text:
        return asker
    account = work.unit.person_of(connection, text.strip("<@>"))
    near = [account] if account else list(work.unit.find_people(text))
    exact = [one for one in near if one.name.casefold() == text.lstrip("@").casefold()]
    found = exact if len(exact) == 1 else near
    if [one.id for one in found] != [asker.id] and asker.standing is Standing.MEMBER:
        return words.not_yours()
    if len(found) == 1:
        return found[0]
    return notes.several_people(text, [one.name for one in found]) if found else notes.nobody(text)
