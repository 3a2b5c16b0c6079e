"""Where one inbound is worked on, and its commands; it must not know buttons or check-ins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core import commands
from bot.core.answers import tidy
from bot.core.compose import notes
from bot.core.ports import Inbound, Problems, Reply, Unit
from bot.core.records import Address, Connection, Person, PersonId
from bot.service import query, registry
from bot.service.asker import Where
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


@dataclass(frozen=True, slots=True)
class Look:
    """A command that changes nothing, and whose it is."""

    person: Person
    command: commands.Command
    where: Where


def run(desk: Desk, text: str) -> Reply | Look:
    """Do what a command says, or leave to be answered what only looks."""
    command = commands.parse(text, today=desk.work.today(desk.person))
    place = Where(desk.connection, desk.inbound.on)
    if _only_looks(command):
        return Look(desk.person, command, place)
    return query.answer(desk.work, desk.person, command, place)


def _only_looks(command: commands.Command) -> bool:
    match command:
        case (
            commands.Help()
            | commands.Status()
            | commands.List()
            | commands.Todo()
            | commands.Privacy()
            | commands.History()
            | commands.Gate()
            | commands.Unknown()
            | commands.Incomplete()
        ):
            return True
        case commands.DigestNow(action):
            return action in commands.LOOKING
    return False


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
