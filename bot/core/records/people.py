"""Who is there and where they are reached: the organisation, its people and its channels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

OrganisationId = int
PersonId = int


@dataclass(frozen=True, slots=True)
class Organisation:
    """The tenant. `zone` is the IANA zone of everybody whose own is not known."""

    id: OrganisationId
    name: str
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Connection:
    """A chat attached to an organisation: `external` is the platform's own id of the workspace or tenant."""

    id: int
    platform: str
    external: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes: plain columns, enough for any platform to reach one conversation.

    `conversation` is a user, direct-message or channel id; `thread` the message that a reply hangs under;
    `service` a base address where the platform gives one for each conversation.
    """

    connection: int
    platform: str
    conversation: str
    service: str = ""
    thread: str = ""

    @property
    def lane(self) -> str:
        """Messages of one lane keep their order: one lane for each conversation, whatever the thread."""
        return f"{self.connection}:{self.conversation}"


class Standing(StrEnum):
    """What a person is to the whole organisation; `permissions` says what that allows."""

    GUEST = "guest"
    MEMBER = "member"
    LEAD = "lead"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Person:
    """A human. An empty `zone` means the organisation's; `weekday` (Monday 0) and `hour` are the slot they chose.

    `away_until` is the last day away. What they are asked up to and with `stand_in_until` goes to `stand_in`.
    `leads` are the groups of pilots that they lead.
    """

    id: PersonId
    name: str
    email: str = ""
    zone: str = ""
    standing: Standing = Standing.MEMBER
    active: bool = True
    weekday: int | None = None
    hour: int | None = None
    away_until: date | None = None
    stand_in: PersonId | None = None
    stand_in_until: date | None = None
    leads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """A person's account on one connection and the address that reaches it; inactive once delivery is refused."""

    person: PersonId
    external: str
    address: Address
    active: bool = True


class Finding(StrEnum):
    """What came of looking for a person's account by their e-mail address."""

    PENDING = "pending"  # it is being asked, or could not be
    ABSENT = "absent"  # no account has the address
    UNCONFIRMED = "unconfirmed"  # one has it, and nobody confirmed that it is theirs
    TAKEN = "taken"  # the account is somebody else's here
    SHARED = "shared"  # several people here have the address
    APART = "apart"  # an admin took the account away from the person: it is not matched again


@dataclass(frozen=True, slots=True)
class Sought:
    """That a person's account was looked for on a connection; not again before `due_at`, and never when APART."""

    person: PersonId
    connection: int
    due_at: datetime
    finding: Finding


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel the bot may post to."""

    id: int
    name: str
    address: Address
    active: bool = True
