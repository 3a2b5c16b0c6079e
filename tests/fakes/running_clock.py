"""A clock that runs, from any moment on: what is measured or broken on a day of a story is not to hang on today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.app import MovableClock


@dataclass
class RunningClock(MovableClock):
    """A movable clock that can be set back as well: the program's own never goes back."""

    def move_to(self, moment: datetime) -> None:
        """Make `moment` the present."""
        self.ahead = moment - datetime.now(UTC)
