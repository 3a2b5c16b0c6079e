"""What a transaction knows of asking: questionnaires, schedules, check-ins and the answers in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.core.nags import Nag
from bot.core.questionnaire import QuestionId, Questionnaire
from bot.core.records import (
    Asked,
    CheckinId,
    Given,
    PersonId,
    PilotId,
    Schedule,
    Unproven,
)
from bot.core.state import Checkin
from bot.core.values import Value


class AskingKept(Protocol):
    """Versions of questionnaires that were used, and when each pilot is next asked."""

    def form(self, form: str, version: int) -> Questionnaire | None:
        """A version that was used, as it was then."""
        ...

    def keep_form(self, form: Questionnaire) -> None:
        """Remember a version's body; the same version with another digest is a ValueError."""
        ...

    def schedules(self, pilot: PilotId) -> Sequence[Schedule]: ...
    def save_schedule(self, schedule: Schedule) -> Schedule:
        """Store; unique by pilot and questionnaire; an id of 0 is new."""
        ...

    def due_schedules(self, now: datetime, *, limit: int) -> Sequence[Schedule]:
        """Schedules due, the oldest first."""
        ...

    def unproven(self, *, since: datetime, late: datetime) -> Sequence[Unproven]:
        """Slots of between `since` and `late` that leave no sign: neither check-in nor reason, or no settled message.

        A message written after `late` may still be on its way.
        """
        ...

    def next_moment(self) -> datetime | None:
        """The nearest moment at which a schedule, a check-in, a subscription, an evaluation or a message falls due."""
        ...


class CheckinsKept(Protocol):
    """Check-ins and every answer given in them."""

    def open_checkin(self, checkin: Checkin) -> Checkin | None:
        """Store a new check-in (id 0) with its answers; None when (pilot, questionnaire, slot) is already there."""
        ...

    def checkin(self, checkin: CheckinId) -> Checkin | None:
        """With the answers that stand now."""
        ...

    def save(self, checkin: Checkin, *, was: int) -> bool:
        """Store the state if the stored revision is still `was`; False when somebody was faster.

        Answers are not written here: `keep` appends them.
        """
        ...

    def keep(self, answers: Iterable[Given]) -> None:
        """Append answers; those of one check-in, revision and person are one submission."""
        ...

    def given(self, checkin: CheckinId) -> Sequence[Given]:
        """Every answer ever given in a check-in, the oldest first."""
        ...

    def due_checkins(self, now: datetime, *, limit: int) -> Sequence[CheckinId]:
        """Check-ins whose wake-up time has come."""
        ...

    def live_checkins(
        self, *, pilot: PilotId | None = None, person: PersonId | None = None
    ) -> Sequence[Checkin]:
        """Check-ins that still ask somebody (open, snoozed or waiting for a colleague), the oldest slot first.

        With `person`: those that ask this person or have a question handed to them.
        """
        ...

    def history(
        self, pilot: PilotId, *, questionnaire: str = "", limit: int = 10, answers: bool = False
    ) -> Sequence[Asked]:
        """Check-ins of one pilot, the newest slot first."""
        ...

    def latest(
        self, *, questionnaire: str, per_pilot: int, pilots: Collection[PilotId] | None = None
    ) -> Mapping[PilotId, Sequence[Asked]]:
        """The newest check-ins of every pilot, or of some, without answers: by index, never a scan of all history."""
        ...

    def answers_of(
        self, checkins: Iterable[CheckinId], *, to: Collection[QuestionId] = ()
    ) -> Mapping[CheckinId, Mapping[QuestionId, Value]]:
        """The answers that stand now, or those `to` some questions; a check-in without any is left out."""
        ...


class NagsKept(Protocol):
    """Messages that nobody asked for."""

    def add_nag(self, nag: Nag) -> None: ...
    def nags_of(self, person: PersonId, *, limit: int) -> Sequence[Nag]:
        """What somebody was sent, the newest first, with when its check-in was answered."""
        ...

    def nags(self, *, since: datetime, limit: int) -> Sequence[Nag]:
        """What everybody was sent since a moment, the newest first."""
        ...
