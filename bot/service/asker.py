"""Who typed a command, where, in which unit of work; it must not know any command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.core import permissions
from bot.core.permissions import Action
from bot.core.ports import Place, Unit
from bot.core.records import Address, Connection, Person, Pilot
from bot.service.work import Work


@dataclass(frozen=True, slots=True)
class Where:
    """The connection and the conversation that a command came from."""

    connection: Connection
    place: Place

    @property
    def address(self) -> Address:
        """The conversation as an address."""
        return Address(
            self.connection.id, self.connection.platform, self.place.conversation, self.place.service
        )


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, in which unit of work, at what moment."""

    work: Work
    person: Person
    where: Where

    @property
    def unit(self) -> Unit:
        """The transaction."""
        return self.work.unit

    @property
    def today(self) -> date:
        """The asker's day."""
        return self.work.today(self.person)

    def sees(self, pilot: Pilot) -> bool:
        """Whether the pilot is there for whoever asks."""
        return self.may(Action.SEE, pilot)

    def may(self, action: Action, pilot: Pilot | None = None) -> bool:
        """Whether whoever asks may do something, to a pilot or in the organisation."""
        return permissions.may(self.person, action, pilot)
