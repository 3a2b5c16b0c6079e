"""What is asked of somebody, when, and what they gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.questionnaire import QuestionId
from bot.core.records.people import PersonId
from bot.core.records.pilots import CheckinId, PilotId
from bot.core.values import Value


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a pilot is next asked a questionnaire. `weeks` overrides the cadence of the policy.

    `last_due_at` is the slot that was dealt with last: somebody was asked, or the log says why nobody was.
    """

    id: int
    pilot: PilotId
    questionnaire: str
    next_due_at: datetime | None
    weeks: int | None = None
    last_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unproven:
    """A slot that was dealt with, and there is no sign of it: not `asked`, or asked and not delivered."""

    pilot: PilotId
    questionnaire: str
    asked: bool


@dataclass(frozen=True, slots=True)
class Given:
    """One answer as it was given: a row that is never changed. `value` None takes an earlier answer back."""

    checkin: CheckinId
    question: QuestionId
    value: Value | None
    revision: int
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """One thing asked of one person by a button message: clear a blocker, accept a role.

    `kind` is help, owner, sponsor, close (what is left to switch off; its `topic` is the day by which), confirm (items
    of the gate that is its `topic`), approve (a second yes to the decision of that number) or threshold (a launch or
    stop rule is to change). `reply` is empty until one of the buttons is pressed. `under` is the request whose message
    asks for this one too: equal blockers of several pilots are one message to whoever can clear them.
    """

    id: int
    kind: str
    pilot: PilotId
    person: PersonId
    asked_by: PersonId | None
    asked_at: datetime
    text: str = ""
    topic: str = ""
    reply: str = ""
    replied_at: datetime | None = None
    checkin: CheckinId | None = None
    under: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a pilot's check-in history, without its answers."""

    id: CheckinId
    pilot: PilotId
    questionnaire: str
    version: int
    person: PersonId
    slot: datetime
    phase: str
    outcome: str = ""
    done_at: datetime | None = None
    late: bool = False
    answers: Mapping[QuestionId, Value] = field(default_factory=dict)
