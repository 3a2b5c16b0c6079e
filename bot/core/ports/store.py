"""The database as the service sees it: one transaction of one organisation, and who hands them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from datetime import datetime
from typing import Protocol, TypeVar

from bot.core.button_key import ButtonKey
from bot.core.installations import Installations
from bot.core.ports.audit import ErasuresKept, SealsKept, TimesKept
from bot.core.ports.checkins import AskingKept, CheckinsKept, NagsKept
from bot.core.ports.homes import Homes
from bot.core.ports.insight import EvaluationsKept, ReadinessKept
from bot.core.ports.letters import Letters
from bot.core.ports.outbox import MessagesKept, Outbox
from bot.core.ports.people import PeopleKept, RequestsKept
from bot.core.ports.pilots import DecisionsKept, DigestsKept, PilotsKept
from bot.core.records import Connection, Organisation, OrganisationId, PilotId

T = TypeVar("T")


class Unit(
    PeopleKept,
    RequestsKept,
    PilotsKept,
    DecisionsKept,
    DigestsKept,
    AskingKept,
    CheckinsKept,
    ReadinessKept,
    EvaluationsKept,
    MessagesKept,
    SealsKept,
    ErasuresKept,
    TimesKept,
    NagsKept,
    Protocol,
):
    """One transaction of one organisation: everything in it is stored together or not at all.

    Reads see the unit's own writes. Nothing here reaches another organisation.
    """

    organisation: Organisation

    def first_sight(self, key: str, now: datetime) -> bool:
        """True once for each key: a second delivery of the same act gets False."""
        ...

    def foresee(self, pilots: Mapping[PilotId, str], *, back: int, nags: int) -> Set[PilotId]:
        """Read at once what is about to be read of each of these pilots, to ask it a questionnaire: its people and so
        many of the last messages that they did not ask for, what is planned and open, and so many of its last check-ins
        with their answers. It changes no answer.

        Those that it names: each that is there and that no other unit has foreseen and still has in hand.
        """
        ...


class Store(Protocol):
    """The database. `write` runs one unit of work in a transaction, `read` one that only looks.

    Both block the calling thread. On SQLite all writes of the process go through one thread that commits several
    units together, so `work` must be quick, must not wait for anything else, and may be run again from the start
    after a conflict.
    """

    outbox: Outbox
    letters: Letters
    installations: Installations
    homes: Homes

    def write(self, organisation: OrganisationId, work: Callable[[Unit], T]) -> T: ...
    def read(self, organisation: OrganisationId, work: Callable[[Unit], T]) -> T: ...
    def organisations(self) -> Sequence[Organisation]: ...
    def organisation_of(self, platform: str, external: str) -> tuple[OrganisationId, int] | None:
        """(organisation, connection) of a workspace or tenant; None for a stranger."""
        ...

    def connection(self, connection: int) -> tuple[OrganisationId, Connection] | None:
        """Whose a connection is, and what it is."""
        ...

    def button_key(self, organisation: OrganisationId) -> ButtonKey:
        """What the organisation's buttons are signed with; looked up once in the life of a process."""
        ...

    def add_organisation(self, name: str, zone: str) -> Organisation: ...
    def beat(self, worker: str, now: datetime) -> None:
        """Leave a sign of life."""
        ...

    def beats(self) -> Mapping[str, datetime]: ...
    def close(self) -> None:
        """Finish what was accepted, then let go of every connection."""
        ...
