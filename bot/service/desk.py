"""Where one inbound is worked on, and whom it names; it must not know commands, buttons or check-ins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.answers import tidy
from bot.core.compose import notes
from bot.core.ports import Inbound, Problems, Unit
from bot.core.records import Address, Connection, Person, PersonId
from bot.service import registry
from bot.service.work import Work


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one inbound is worked on: its unit of work, and who acts from where."""

    work: Work
    person: Person
    connection: Connection
    inbound: Inbound

    @property
    def unit(self) -> Unit:
        """The transaction."""
        return self.work.unit

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.work.now

    @property
    def place(self) -> Address:
        """Where it happened, as an address."""
        on = self.inbound.on
        return Address(self.connection.id, self.connection.platform, on.conversation, on.service)


def people_named(desk: Desk, text: str) -> list[Person]:
    """By the key a picker sends, the platform's own id, or a name; an exact name beats longer ones."""
    if text.isascii() and text.isdigit() and len(text) <= 10:
        person = desk.unit.person(int(text))
        return [person] if person and person.active else []
    account = desk.unit.person_of(desk.connection.id, text)
    if account is not None:
        return [account] if account.active else []
    near = list(desk.unit.find_people(text))
    exact = [person for person in near if person.name.casefold() == text.lstrip("@").casefold()]
    return exact if len(exact) == 1 else near


def colleague(desk: Desk, raw: object, *, field: str = "to") -> PersonId | Problems:
    """The reachable person meant by a picked key or a typed name; `field` names the form field that problems are of."""
    text = tidy(str(raw or ""))
    if not text:
        return Problems({field: "Please name somebody."})
    found = people_named(desk, text)
    if len(found) == 1:
        reachable = registry.address_of(desk.unit, found[0].id) is not None
        return found[0].id if reachable else Problems({field: notes.unreachable(found[0].name)})
    if found:
        return Problems({field: notes.several_people(text, [person.name for person in found])})
    return Problems({field: notes.nobody(text)})
