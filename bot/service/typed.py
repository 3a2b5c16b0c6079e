"""Who is meant by a name or a mention that somebody typed into a command; it must not know which command."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.compose import notes
from bot.core.records import Person
from bot.service.work import Work


def near(work: Work, text: str, connection: int) -> list[Person]:
    """Whoever is mentioned, or has that name; an exact name beats longer ones."""
    account = work.unit.person_of(connection, text.strip("<@>"))
    found = [account] if account else list(work.unit.find_people(text))
    exact = [one for one in found if one.name.casefold() == text.lstrip("@").casefold()]
    return exact if len(exact) == 1 else found


def only(text: str, found: Sequence[Person]) -> Person | str:
    """The one person that is meant, or why that is nobody."""
    if len(found) == 1:
        return found[0]
    return notes.several_people(text, [one.name for one in found]) if found else notes.nobody(text)
