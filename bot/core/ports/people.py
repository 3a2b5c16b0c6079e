"""What a transaction knows of people: who they are, where they are reached, what is asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from bot.core.records import (
    Address,
    Channel,
    Connection,
    Identity,
    Person,
    PersonId,
    PilotId,
    Request,
    Sought,
)


class PeopleKept(Protocol):
    """People, their accounts and homes, the chats they are in, and the channels."""

    def person(self, person: PersonId) -> Person | None: ...
    def people(self) -> Sequence[Person]:
        """Everybody, by name."""
        ...

    def absent(self) -> Sequence[Person]:
        """Everybody with a last day away, past or to come."""
        ...

    def overseers(self) -> Sequence[Person]:
        """Everybody active who leads all pilots or those of a group, by name."""
        ...

    def represented(self) -> Sequence[Person]:
        """Everybody who named somebody to answer in their place, also for days that are over."""
        ...

    def find_people(self, text: str, *, limit: int = 5) -> Sequence[Person]:
        """Active people whose name or e-mail contains `text` (any case, leading @ ignored), by name."""
        ...

    def person_of(self, connection: int, external: str) -> Person | None:
        """The person behind a platform account."""
        ...

    def person_at(self, address: Address) -> Person | None:
        """The person whom a direct conversation reaches."""
        ...

    def save_person(self, person: Person) -> Person:
        """Store; an id of 0 is new and comes back filled."""
        ...

    def people_of_email(self, email: str) -> Sequence[Person]:
        """Everybody with exactly that e-mail address (any case), those who left included."""
        ...

    def identities(self, person: PersonId) -> Sequence[Identity]:
        """Active accounts first."""
        ...

    def save_identity(self, identity: Identity) -> None: ...
    def drop_identity(self, identity: Identity) -> None:
        """The account is nobody's any more."""
        ...

    def people_to_seek(self, connection: int, now: datetime, *, limit: int) -> Sequence[Person]:
        """Active people with an e-mail address and no account on a connection, whose account may be looked for now.

        Who was never looked for comes first.
        """
        ...

    def sought(self) -> Sequence[Sought]:
        """What came of looking for people's accounts."""
        ...

    def save_sought(self, sought: Sought) -> None:
        """Store; unique by person and connection."""
        ...

    def switch_off(self, address: Address) -> None:
        """No more messages to this conversation until it is heard from again."""
        ...

    def connection(self, connection: int) -> Connection | None: ...
    def connections(self) -> Sequence[Connection]:
        """Every chat of the organisation, the disconnected included, by platform."""
        ...

    def save_connection(self, connection: Connection) -> Connection:
        """Store; unique by platform and external id, so saving a known one returns it."""
        ...

    def channel(self, address: Address, name: str = "") -> Channel:
        """The channel at an address, made on first sight; a name given renames it."""
        ...

    def channels(self) -> Sequence[Channel]: ...

    def open_home(self, person: PersonId, address: Address, now: datetime) -> None:
        """Somebody looks at their home: it is drawn at once, and from now on whenever it changes."""
        ...

    def outdate_homes(self, people: Iterable[PersonId], *, at: datetime, leads_at: datetime) -> None:
        """What these people's homes show has changed: they are drawn anew at `at`, those with the portfolio at
        `leads_at`. Who never opened theirs has none.
        """
        ...


class RequestsKept(Protocol):
    """What was asked of one person by a button message."""

    def save_request(self, request: Request) -> Request: ...
    def request(self, request: int) -> Request | None: ...
    def requests(
        self, *, pilot: PilotId | None = None, person: PersonId | None = None, unanswered: bool = True
    ) -> Sequence[Request]: ...

    def help_asked(self, person: PersonId, topic: str, *, since: datetime) -> Sequence[Request]:
        """Requests to somebody for help with one thing that wait for a reply or had it since, the oldest first."""
        ...
