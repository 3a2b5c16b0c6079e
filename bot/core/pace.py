"""Turns that are spaced, so that a platform never has to say no; it knows no platform, no call and no clock."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b


class Wait(Exception):
    """It is nobody's turn yet: come back in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"a turn in {seconds:.1f} s")
        self.seconds = seconds


@dataclass(slots=True)
class Pace:
    """Turns at most every `interval` seconds, `burst` of them at once after a rest (the generic cell rate algorithm).

    Moments are seconds of any clock that never goes back.
    """

    interval: float
    burst: int = 1
    _next: float = 0.0
    _promised: float = 0.0

    def wait(self, now: float) -> float:
        """Seconds until there is a turn."""
        return max(0.0, self._next - (self.burst - 1) * self.interval - now)

    def take(self, now: float) -> None:
        """Take the turn that comes at or after `now`."""
        self._next = max(self._next, now) + self.interval

    def promise(self, now: float) -> float:
        """Seconds until a turn for somebody who will not wait; each who asks gets a later one."""
        moment = max(self._promised, now + self.wait(now))
        self._promised = moment + self.interval
        return moment - now

    def hold(self, now: float, seconds: float) -> None:
        """No turn for so long: the platform said so."""
        self._next = max(self._next, now + seconds + (self.burst - 1) * self.interval)


def spread(seconds: float, share: float, of: str) -> float:
    """`seconds`, longer by up to `share` of them: what failed together does not come again together.

    No chance is in it: the same `of` is spread the same, so that a retry's moment can be told beforehand.
    """
    drawn = int.from_bytes(blake2b(of.encode(), digest_size=4).digest())
    return seconds * (1 + share * drawn / 0xFFFFFFFF)
