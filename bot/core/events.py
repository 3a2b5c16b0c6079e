"""What can happen to a check-in, and what is then to be done, as frozen values; the rules between are in `checkin`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.core.card import Card
from bot.core.questionnaire import QuestionId
from bot.core.records import PersonId
from bot.core.state import State
from bot.core.values import Value


@dataclass(frozen=True, slots=True)
class Submitted:
    """Fields were sent. `step` is the step that the form was drawn at, `values` are raw.

    `handed` is the question of a card that asks a colleague one question alone.
    """

    at: datetime
    by: PersonId
    step: int
    values: Mapping[QuestionId, Any]
    handed: QuestionId = ""


@dataclass(frozen=True, slots=True)
class Abandoned:
    """A form was closed without being sent; `step` and `values` are as in Submitted. It answers nothing."""

    at: datetime
    by: PersonId
    step: int
    values: Mapping[QuestionId, Any]


@dataclass(frozen=True, slots=True)
class Typed:
    """A text was typed in the conversation."""

    at: datetime
    by: PersonId
    text: str


@dataclass(frozen=True, slots=True)
class WentBack:
    """Back to the screen before."""

    at: datetime
    by: PersonId
    step: int


@dataclass(frozen=True, slots=True)
class Corrected:
    """An answered question is to be answered anew."""

    at: datetime
    by: PersonId
    question: QuestionId


@dataclass(frozen=True, slots=True)
class Snoozed:
    """Ask again at `until`."""

    at: datetime
    by: PersonId
    until: datetime


@dataclass(frozen=True, slots=True)
class WentAway:
    """Its person is away: nothing is asked before `until`, and nothing counts as missed."""

    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The whole check-in goes to `to`; `inherited`: because the pilot is theirs now, and nobody handed it to them."""

    at: datetime
    by: PersonId
    to: PersonId
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class Handed:
    """One question goes to `to`; its answer comes back."""

    at: datetime
    by: PersonId
    question: QuestionId
    to: PersonId


@dataclass(frozen=True, slots=True)
class PassedBack:
    """A colleague gives a handed question back unanswered."""

    at: datetime
    by: PersonId
    question: QuestionId


@dataclass(frozen=True, slots=True)
class SaidNothing:
    """Nothing to report this time."""

    at: datetime
    by: PersonId


@dataclass(frozen=True, slots=True)
class Declined:
    """The person will not answer, and says why."""

    at: datetime
    by: PersonId
    reason: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The check-in is no longer wanted: replaced by a newer one, or its pilot is paused or gone."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time has passed."""

    at: datetime


Event = (
    Submitted
    | Abandoned
    | Typed
    | WentBack
    | Corrected
    | Snoozed
    | WentAway
    | HandedOver
    | Handed
    | PassedBack
    | SaidNothing
    | Declined
    | Withdrawn
    | Ticked
)


@dataclass(frozen=True, slots=True)
class Say:
    """Post a new message to `to` under the name `slot`; past `stale_at` it is not worth sending."""

    slot: str
    to: PersonId
    card: Card
    stale_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Amend:
    """Replace the message named `slot`, which is with `to`."""

    slot: str
    to: PersonId
    card: Card


@dataclass(frozen=True, slots=True)
class Keep:
    """Store one answer; None takes an earlier one back."""

    question: QuestionId
    value: Value | None
    by: PersonId


@dataclass(frozen=True, slots=True)
class Finish:
    """The check-in has ended as `answered`, `nothing`, `declined`, `missed`, `closed`, or was `corrected` later.

    The message `slot` of `to` is to show the end; the service composes it, for it alone knows the effect.
    """

    outcome: str
    slot: str
    to: PersonId


Effect = Say | Amend | Keep | Finish

NO_PROBLEMS: Mapping[QuestionId, str] = {}


@dataclass(frozen=True, slots=True)
class Step:
    """The state after an event, what is to be done, and what was wrong with the values by question.

    The empty question id speaks of the event as a whole. With problems nothing else has changed.
    """

    state: State
    effects: tuple[Effect, ...] = ()
    problems: Mapping[QuestionId, str] = field(default_factory=lambda: NO_PROBLEMS)
