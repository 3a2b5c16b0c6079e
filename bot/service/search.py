"""What a field that searches is offered while somebody types; it reads only, and shows nobody what is not theirs."""

from __future__ import annotations

from typing import assert_never

from bot.core import names, permissions
from bot.core.card import Offer, Source
from bot.core.compose.words import pilot_name, stage_name
from bot.core.permissions import Action
from bot.core.ports import Search, Store, Unit
from bot.core.records import Person, Pilot

MOST = 100  # options that the narrowest platform takes


def search(store: Store, asked: Search) -> tuple[Offer, ...]:
    """At most MOST options for what was typed, likeliest first; nothing for strangers and people who left."""
    known = store.organisation_of(asked.sender.platform, asked.sender.tenant)
    if known is None:
        return ()
    organisation, connection = known
    return store.read(organisation, lambda unit: _searched(unit, connection, asked))


def _searched(unit: Unit, connection: int, asked: Search) -> tuple[Offer, ...]:
    person = unit.person_of(connection, asked.sender.user) or Person(0, asked.sender.name)
    if not person.active:
        return ()
    match asked.source:
        case Source.PILOTS:
            return pilot_offers(unit, person, asked.text)
    assert_never(asked.source)


def pilot_offers(
    unit: Unit, person: Person, text: str = "", *, must: Pilot | None = None
) -> tuple[Offer, ...]:
    """Pilots that a text may mean among those the person may see; their own first where nothing tells them apart.

    `must` is among them however many there are.
    """
    seen = [pilot for pilot in unit.pilots() if permissions.may(person, Action.SEE, pilot)]
    seen.sort(key=lambda pilot: (pilot != must, not permissions.relations(person, pilot)))
    named = [(pilot.id, pilot.key, pilot.name) for pilot in seen]
    by_id = {pilot.id: pilot for pilot in seen}
    found = (by_id[ident] for ident in names.suggested(text, named, limit=MOST))
    return tuple(Offer(pilot.key, pilot_name(pilot.name), stage_name(pilot.stage)) for pilot in found)
