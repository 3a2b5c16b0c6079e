"""A pilot, and what has happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.core.questionnaire import ItemId
from bot.core.records.people import PersonId
from bot.core.values import Json

PilotId = int
CheckinId = int


@dataclass(frozen=True, slots=True)
class Condition:
    """An item that may follow after its gate: who closes it by which day, agreed by whom on which."""

    gate: str
    item: ItemId
    person: PersonId
    until: date
    by: PersonId
    agreed: date


@dataclass(frozen=True, slots=True)
class Pilot:
    """An AI initiative. Dates are days; `key` is its short name in commands, `external` the id an import gave it.

    `original_target` is the first target date ever given, `stage_since` the day the present stage was entered.
    `risk` is high, medium, low or empty for not known. `paused_until` is set while paused; `before_pause` is the
    stage it returns to. `reviewers` are (role, who): who confirms items at its gates as what; `role:item` names
    somebody for one item alone. `conditions` are those agreed at its gates. `scale_if` and `stop_if` are the owner's
    own launch and stop rules, frozen since the kickoff.
    """

    id: PilotId
    key: str
    name: str
    work: str = ""
    stage: str = "idea"
    stage_since: date = date.min
    created: date = date.min
    owner: PersonId | None = None
    owner_accepted: bool = False
    deputy: PersonId | None = None
    sponsor: PersonId | None = None
    sponsor_accepted: bool = False
    decider: PersonId | None = None
    builder: PersonId | None = None
    target: date | None = None
    original_target: date | None = None
    decide_by: date | None = None
    group: str = ""
    tags: tuple[str, ...] = ()
    risk: str = ""
    metric: str = ""
    baseline: float | None = None
    goal: float | None = None
    intended_users: int | None = None
    paused_until: date | None = None
    before_pause: str = ""
    private: bool = False
    external: str = ""
    reviewers: tuple[tuple[str, PersonId], ...] = ()
    conditions: tuple[Condition, ...] = ()
    scale_if: str = ""
    stop_if: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the append-only log: who changed what of which pilot, from what to what."""

    kind: str
    at: datetime
    actor: PersonId | None
    pilot: PilotId | None = None
    subject: str = ""
    before: Json = None
    after: Json = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided about a pilot, and all that it rests on; never changed, a new one takes its place.

    `choice` is a slug of decisions.Choice, `suggested` the one that the rules suggested, empty for none. `role` is what
    whoever decided was to the pilot. `until` is the next decide-by date, or the end of a pause; `due` the decide-by
    date that it answers. `text` is the gap to fix, or why the date moves. `closed` are the switch-off steps done.
    `form` is the questionnaire's version (`decision@1`), `policy` and `model` those of the scores. `overall` and
    `dimensions` are the readiness of that moment, `signals` the ids of those that were on.
    """

    id: int
    pilot: PilotId
    choice: str
    at: datetime
    by: PersonId
    role: str
    reason: str = ""
    text: str = ""
    until: date | None = None
    due: date | None = None
    lesson: str = ""
    reuse: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    into: str = ""
    suggested: str = ""
    stage_before: str = ""
    stage_after: str = ""
    form: str = ""
    policy: int = 0
    model: int = 0
    overall: int | None = None
    dimensions: Mapping[str, int | None] = field(default_factory=dict)
    signals: tuple[str, ...] = ()
    checkin: CheckinId | None = None
