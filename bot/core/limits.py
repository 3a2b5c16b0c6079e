"""How much one person or one organisation may ask of us at a time; it must not know what is asked, or the time.

Pure arithmetic over a mapping, no library: those there are keep their own clock and start a thread for each key.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

KEPT: Final = 20_000  # keys; whoever is not in a hurry is forgotten first


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and so many a second after that."""

    burst: int
    per_second: float


@dataclass(slots=True)
class Limit:
    """Who has asked how much lately: for each key the moment, in seconds, at which it owes nothing any more.

    This is GCRA, the leaky bucket of ATM networks: one number for each key, exact at any rate.
    """

    rate: Rate
    owing: dict[Hashable, float] = field(default_factory=dict)

    def admits(self, key: Hashable, now: float) -> bool:
        """Whether one more is within the rate; if so it is counted."""
        step = 1.0 / self.rate.per_second
        owed = max(self.owing.get(key, now), now)
        if owed - now > (self.rate.burst - 0.5) * step:  # half a step is for what sums of fractions lose
            return False
        self.owing.pop(key, None)  # the latest comes last
        self.owing[key] = owed + step
        if len(self.owing) > KEPT:
            self._forget(now)
        return True

    def _forget(self, now: float) -> None:
        """Whoever owes nothing; where all do, the half that asked longest ago."""
        self.owing = {key: owed for key, owed in self.owing.items() if owed > now}
        if len(self.owing) > KEPT:
            self.owing = dict(list(self.owing.items())[KEPT // 2 :])


# Nobody presses thirty buttons in a moment; a script does. An organisation's Monday morning is 200 answers a second
# and more, which a process of ours still stores (docs/benchmarks.md); what is over that would only wait, for all.
A_PERSON: Final = Rate(burst=30, per_second=3)
A_TENANT: Final = Rate(burst=1000, per_second=300)
A_SEARCHER: Final = Rate(burst=40, per_second=10)  # one for each letter typed
A_WORD: Final = Rate(burst=1, per_second=0.1)  # who types in a storm is told so, and not once for each line


@dataclass(slots=True)
class Limits:
    """The limits of one process. They are per process: what is behind them is its own threads and connections."""

    person: Limit = field(default_factory=lambda: Limit(A_PERSON))
    tenant: Limit = field(default_factory=lambda: Limit(A_TENANT))
    searcher: Limit = field(default_factory=lambda: Limit(A_SEARCHER))
    told: Limit = field(default_factory=lambda: Limit(A_WORD))

    def admits(self, tenant: Hashable, user: Hashable, now: float) -> bool:
        """Whether somebody may do one more thing; who is over their own limit takes nothing from the others' share."""
        return self.person.admits((tenant, user), now) and self.tenant.admits(tenant, now)

    def tells(self, tenant: Hashable, user: Hashable, now: float) -> bool:
        """Whether somebody is told of it by a message, which costs as much as what was not done."""
        return self.told.admits((tenant, user), now)

    def lets_search(self, tenant: Hashable, user: Hashable, now: float) -> bool:
        """Whether somebody may look for one more piece of text."""
        return self.searcher.admits((tenant, user), now)


# Both platforms are answered within two and a half seconds. Where several have waited for nearly that already, whoever
# comes now would wait for longer: one slow look-up is not several, and a queue that moves leaves nobody there so long.
BEHIND: Final = 8
BEHIND_S: Final = 1.7
AHEAD_S: Final = 1.7  # that those before somebody may take, at the pace at which they were done lately
LATELY: Final = (
    0.05  # of the pace is the last one's share: some twenty of them, as several are stored together
)


@dataclass(slots=True)
class InHand:
    """What is being worked on, each thing since which moment, in seconds; the one that came first is first."""

    since: dict[Hashable, float] = field(default_factory=dict)
    pace_s: float = 0.0  # from one that is done to the next, while others wait
    last_done: float = 0.0

    def __len__(self) -> int:
        return len(self.since)

    def take(self, thing: Hashable, now: float) -> None:
        """Begin with one more."""
        self.since[thing] = now

    def done(self, thing: Hashable, now: float) -> None:
        """It is finished."""
        begun = self.since.pop(thing, now)
        took = now - max(begun, self.last_done)
        self.last_done = now
        self.pace_s += (took - self.pace_s) * LATELY if self.since else -self.pace_s * LATELY

    def is_behind(self, now: float) -> bool:
        """Whether so many have waited for so long that one more would be answered too late."""
        last = next(islice(self.since.values(), BEHIND - 1, None), now)
        return now - last > BEHIND_S or len(self.since) * self.pace_s > AHEAD_S
