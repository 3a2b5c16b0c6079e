"""Who and what somebody means by a name typed by hand, or a refusal with the nearest names; it shows nothing."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core import names
from bot.core.compose.words import listed
from bot.core.ports import Unit
from bot.core.questionnaire import Content, Questionnaire
from bot.core.records import Person, Pilot
from bot.service import ServiceError


def pilot_named(unit: Unit, text: str) -> Pilot:
    """The pilot of that key or name. ServiceError with the nearest names where it is none or several."""
    known = unit.pilots()
    if not known:
        raise ServiceError("There is no pilot yet. Add one: rampcheck pilots add NAME")
    match names.match_name(text, [(pilot.id, pilot.key, pilot.name) for pilot in known]):
        case names.Found(id):
            return next(pilot for pilot in known if pilot.id == id)
        case names.Several(options):
            keys = {pilot.id: pilot.key for pilot in known}
            several = listed(f"{name} ({keys[id]})" for id, name in options)
            raise ServiceError(f"Several pilots fit '{text}': {several}. Use the key in brackets.")
        case names.Nearest(options):
            raise ServiceError(f"No pilot is called '{text}'. {_suggested(options, 'rampcheck pilots list')}")


def person_named(unit: Unit, text: str, *, left: bool = False) -> Person:
    """The person of that e-mail address or name. ServiceError with the nearest names where it is none or several.

    Whoever has left is found too where `left` is set.
    """
    known = [person for person in unit.people() if person.active or left]
    if not known:
        raise ServiceError("Nobody is known yet. Add somebody: rampcheck people add NAME")
    by_email = [
        person for person in known if person.email and person.email.casefold() == text.strip().casefold()
    ]
    if len(by_email) == 1:
        return by_email[0]
    match names.match_name(text.lstrip("@"), [(person.id, person.email, person.name) for person in known]):
        case names.Found(id):
            return next(person for person in known if person.id == id)
        case names.Several(options):
            several = listed(_with_email(person) for person in known if person.id in dict(options))
            raise ServiceError(f"Several people fit '{text}': {several}. Use the e-mail address.")
        case names.Nearest(options):
            raise ServiceError(f"Nobody is called '{text}'. {_suggested(options, 'rampcheck people list')}")


def form_named(content: Content, text: str) -> Questionnaire:
    """The newest version of a questionnaire. ServiceError with all there are."""
    found = content.questionnaires.get(text.strip().casefold())
    if found is None:
        raise ServiceError(
            f"No questionnaire is called '{text}'. There is {listed(sorted(content.questionnaires))}."
        )
    return found


def _suggested(options: Sequence[tuple[int, str]], command: str) -> str:
    near = listed((name for _, name in options), last="or")
    return f"Did you mean {near}?" if near else f"See all: {command}"


def _with_email(person: Person) -> str:
    return f"{person.name} ({person.email or 'no e-mail address'})"
