"""What an observer outside the program can know: what was delivered, what people did, what the database says.

Plain data and plain SQL; it must not import anything of the bot.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Post:
    """A message as the platform took it. `number` counts everything that the platform took, in order."""

    number: int
    at: datetime
    conversation: str
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Act:
    """Something a person did; `stored` says that the program acknowledged it, `checkin` which one it answered."""

    at: datetime
    person: int
    key: str
    stored: bool
    checkin: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn in a person's life: `zone` with a name, `away` with the last day, `left`, `hours` with weekday and hour
    ("2:14"), `delegates` with who answers up to which day ("7:2026-03-31"), `early` and `sent` with the name of a pilot
    that was asked about by hand, `stops` with that of one that has ended.
    """

    at: datetime
    person: int
    kind: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Waited:
    """A row of the outbox."""

    id: int
    key: str
    conversation: str
    replaces: str
    state: str
    reason: str
    created_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A row of the check-ins."""

    id: int
    pilot: int
    person: int
    slot: datetime
    opened_at: datetime
    closes_at: datetime
    done_at: datetime | None
    phase: str
    by_hand: bool = False  # somebody asked for it, no schedule did


@dataclass(frozen=True, slots=True)
class Noted:
    """A row of the log of events."""

    id: int
    kind: str
    at: datetime
    pilot: int | None
    subject: str
    after: Any


@dataclass(frozen=True, slots=True)
class Silent:
    """A row of the requests: somebody is asked why nobody has answered about a pilot since a moment."""

    id: int
    pilot: int
    person: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Heir:
    """A row of the requests: somebody is asked who takes over a part (`role`) in a pilot."""

    id: int
    pilot: int
    person: int
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class House:
    """The rules as they were announced to people: quiet hours, the country with its working week and holidays (`zone`:
    each person's own), the weekdays on which nobody is asked and the organisation's own free days, how many reminders
    there are, after how many weeks and at what weekday and hour the next question comes, for how many days whoever
    answered is left alone, how many messages a week has room for, and for how long it is kept which acts were dealt
    with.
    """

    quiet_from: int
    quiet_until: int
    country: str
    never_on: frozenset[int]
    closed: frozenset[date]
    reminders: int
    weeks: int
    weekday: int = 1
    hour: int = 10
    recent: int = 3
    messages: int = 8
    reviews: bool = False  # whether a longer question comes each month, beside
    receipts: timedelta = timedelta(days=30)


@dataclass(slots=True)
class Record:
    """Everything that a soak leaves behind. `owners` are the people that each pilot had from the beginning."""

    house: House
    begin: datetime
    end: datetime
    zones: dict[int, str] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)  # conversation -> person
    people: dict[str, int] = field(default_factory=dict)  # name -> person
    channel: str = ""  # where the digest goes
    owner: dict[int, int] = field(default_factory=dict)  # pilot -> its owner at the beginning
    refused: dict[str, list[datetime]] = field(
        default_factory=dict
    )  # conversation -> when it refused a message
    by_pilot: dict[int, list[Asked]] = field(default_factory=dict)  # looked up once, by the checker
    by_person: dict[int, list[Turn]] = field(default_factory=dict)  # looked up once as well
    by_request: dict[str, Silent] = field(default_factory=dict)  # looked up once as well
    owners: dict[int, set[int]] = field(default_factory=dict)
    lost: dict[int, datetime] = field(
        default_factory=dict
    )  # person -> since when their address takes nothing
    posts: list[Post] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    down: list[tuple[datetime, datetime]] = field(default_factory=list)  # outages
    waited: list[Waited] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    noted: list[Noted] = field(default_factory=list)
    sights: set[str] = field(default_factory=set)
    answered: set[int] = field(default_factory=set)  # check-ins with an answer
    silent: list[Silent] = field(default_factory=list)
    heirs: list[Heir] = field(default_factory=list)
    pilots: dict[str, int] = field(default_factory=dict)  # name -> pilot
    within: dict[str, list[str]] = field(
        default_factory=dict
    )  # message -> those that stand in it, by their keys


WAITED = "SELECT id, key, conversation, replaces, state, reason, created_at, due_at FROM message"
ASKED = "SELECT id, pilot_id, person_id, slot, opened_at, closes_at, done_at, phase, on_demand FROM checkin"
NOTED = "SELECT id, kind, at, pilot_id, subject, after FROM event WHERE kind NOT LIKE 'signal.%' ORDER BY id"
SIGHTS = "SELECT key FROM sight"
SILENT = "SELECT id, pilot_id, person_id, text FROM request WHERE kind = 'silent'"
HEIRS = "SELECT id, pilot_id, person_id, topic, asked_at FROM request WHERE kind = 'successor'"
PILOTS = "SELECT name, id FROM pilot"
WITHIN = "SELECT host, key FROM strip ORDER BY id"
ANSWERED = "SELECT DISTINCT checkin_id FROM submission"


def read(record: Record, url: str) -> None:
    """Add what the database says."""
    record.waited = [Waited(*row[:6], *map(moment, row[6:])) for row in rows(url, WAITED)]
    record.asked = [Asked(*row[:3], *map(moment, row[3:7]), row[7], bool(row[8])) for row in rows(url, ASKED)]
    record.noted = [
        Noted(row[0], row[1], moment(row[2]), row[3], row[4], parsed(row[5])) for row in rows(url, NOTED)
    ]
    record.answered = {row[0] for row in rows(url, ANSWERED)}
    record.sights = {row[0] for row in rows(url, SIGHTS)}
    record.silent = [Silent(*row[:3], datetime.fromisoformat(row[3])) for row in rows(url, SILENT)]
    record.heirs = [Heir(*row[:4], moment(row[4])) for row in rows(url, HEIRS)]
    record.pilots = dict(map(tuple, rows(url, PILOTS)))
    for host, key in rows(url, WITHIN):
        record.within.setdefault(host, []).append(key)


def rows(url: str, statement: str) -> Sequence[Any]:
    """What a statement finds, on either database."""
    found: Sequence[Any] = _connected(url).execute(statement).fetchall()
    return found


@lru_cache(maxsize=2)
def _connected(url: str) -> Any:
    """A connection that is kept: it is asked at every moment of a year."""
    if url.startswith("sqlite"):
        return sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    import psycopg

    return psycopg.connect(url, autocommit=True)


def moment(value: Any) -> Any:
    """A moment as either database keeps it: microseconds since 1970, or a timestamp."""
    return EPOCH + timedelta(microseconds=value) if isinstance(value, int) else value


def parsed(value: Any) -> Any:
    """JSON as either database hands it out."""
    return json.loads(value) if isinstance(value, str) else value
