"""Where one check-in stands, as a frozen value that survives storage; the rules that change it are in `checkin`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.core.questionnaire import ItemId, QuestionId
from bot.core.records import CheckinId, PersonId, PilotId
from bot.core.values import Value


class Phase(StrEnum):
    """What a check-in is doing."""

    OPEN = "open"  # asks its person
    SNOOZED = "snoozed"  # asks again at `snoozed_until`
    WAITING = "waiting"  # its person is through; a colleague still has a question
    DONE = "done"
    DECLINED = "declined"
    EXPIRED = "expired"  # nobody answered in time; a late answer is still taken
    CLOSED = "closed"  # replaced by a newer one, or its pilot is gone


ASKING = frozenset({Phase.OPEN, Phase.SNOOZED, Phase.WAITING})


@dataclass(frozen=True, slots=True)
class State:
    """Everything that `step` needs to go on.

    `answers` are those on the path, newest value each. `asking` are the questions now before `person`, put at
    revision `step`; a submission that names another step is stale. `handed` maps a question to the colleague who has
    it. `drafts` is what was entered in a form that was closed unsent: no answers, only where its person goes on.
    `ladder` are the reminders still to come, `said` names the message that holds the form (`invite`,
    `reminder1`, ...). `wake_at` is when the next Ticked event is due. All moments are UTC.
    """

    phase: Phase
    person: PersonId
    opened_at: datetime
    closes_at: datetime
    answers: Mapping[QuestionId, Value] = field(default_factory=dict)
    asking: tuple[QuestionId, ...] = ()
    step: int = 0
    revision: int = 0
    ladder: tuple[datetime, ...] = ()
    reminders: int = 0
    handed: Mapping[QuestionId, PersonId] = field(default_factory=dict)
    skipped: tuple[QuestionId, ...] = ()
    said: str = "invite"
    snoozed_until: datetime | None = None
    wake_at: datetime | None = None
    outcome: str = ""
    late: bool = False
    done_at: datetime | None = None
    drafts: Mapping[QuestionId, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checkin:
    """One run of one questionnaire version for one pilot: what is stored beside its state.

    `slot` is the moment it was due (UTC), unique with pilot and questionnaire. `focus` are the readiness items
    picked for it in the order asked, `blind` the one of them that is shown without its earlier answer.
    `on_demand`: somebody asked for it, no schedule did.
    """

    id: CheckinId
    pilot: PilotId
    questionnaire: str
    version: int
    slot: datetime
    state: State
    focus: tuple[ItemId, ...] = ()
    on_demand: bool = False
    blind: ItemId = ""
