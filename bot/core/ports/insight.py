"""What a transaction knows of insight: levels, scores, and what the last evaluation found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.core.links import Due
from bot.core.questionnaire import ItemId
from bot.core.records import (
    ItemLevel,
    PersonId,
    PilotId,
    ScoreRange,
    Snapshot,
)
from bot.core.signals.evaluation import Evaluation, Mute


class ReadinessKept(Protocol):
    """Where items stand, and the scores as they were computed."""

    def levels(self, pilot: PilotId) -> Mapping[ItemId, ItemLevel]: ...
    def levels_of_all(self) -> Mapping[PilotId, Mapping[ItemId, ItemLevel]]:
        """The levels of every pilot that has any."""
        ...

    def due_links(self, before: datetime, *, failed: datetime, limit: int) -> Sequence[Due]:
        """Links behind claims that need one, last looked at before a moment, those that did not open before `failed`;
        the longest not looked at first.
        """
        ...

    def set_level(self, pilot: PilotId, level: ItemLevel) -> None: ...
    def add_snapshot(self, snapshot: Snapshot) -> None: ...
    def drop_snapshot(self, pilot: PilotId, at: datetime) -> None:
        """Take back the snapshots of that moment: what was kept is not what was computed."""
        ...

    def snapshot(self, pilot: PilotId, *, before: datetime | None = None) -> Snapshot | None:
        """The newest snapshot, or the newest at or before a moment."""
        ...

    def snapshots(self, *, before: datetime | None = None) -> Mapping[PilotId, Snapshot]:
        """The newest snapshot of every pilot, or the newest at or before a moment."""
        ...

    def score_range(self, pilot: PilotId, *, since: datetime) -> ScoreRange | None:
        """Of the scores that held at or after a moment, the one in force then included; None without any."""
        ...

    def last_act(self, pilot: PilotId, person: PersonId) -> datetime | None:
        """When a person last did something to a pilot that was logged."""
        ...


class EvaluationsKept(Protocol):
    """What evaluating each pilot found, and what was acknowledged."""

    def evaluation(self, pilot: PilotId) -> Evaluation | None:
        """The last one; None while the pilot was never evaluated."""
        ...

    def evaluations(self) -> Mapping[PilotId, Evaluation]:
        """The last one of every pilot that has one."""
        ...

    def save_evaluation(self, evaluation: Evaluation) -> None: ...
    def await_evaluation(self, pilot: PilotId, at: datetime) -> None:
        """Let the next evaluation fall due at a moment, also of a pilot that never had one."""
        ...

    def due_evaluations(self, now: datetime, *, limit: int) -> Sequence[PilotId]:
        """Pilots whose next evaluation is due, the longest waiting first."""
        ...

    def mutes(self, pilot: PilotId) -> Sequence[Mute]:
        """Acknowledged signals, also those whose day has passed."""
        ...

    def save_mute(self, mute: Mute) -> None: ...
    def usual_stays(self) -> Mapping[str, int]:
        """Stage -> days that half of the organisation's own pilots stay; a stage with too few has none."""
        ...

    def save_usual_stays(self, stays: Mapping[str, int]) -> None:
        """In place of those before."""
        ...
