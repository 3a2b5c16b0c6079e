"""Computes every pilot's newest score again from its item levels and compares; it mends only what it is told to.

A snapshot is kept so that nobody computes it twice: whatever changed it behind the program's back (a restore of half a
database, a hand in a table, a bug) would be believed. Scores of other versions of policy or items cannot be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isclose

from bot.core import readiness
from bot.core.records import Event, Pilot, Snapshot
from bot.service.work import Work

REBUILT = "snapshot.rebuilt"
CLOSE = 1e-9  # coverage is the one number with a fraction


@dataclass(frozen=True, slots=True)
class Wrong:
    """A pilot whose newest snapshot says something else than its levels."""

    pilot: Pilot
    kept: Snapshot
    meant: Snapshot

    @property
    def fields(self) -> tuple[str, ...]:
        """What differs: `overall`, `dimensions`, `weakest`, `coverage`."""
        both = self.kept, self.meant
        names = ("overall", "dimensions", "weakest")
        found = tuple(name for name in names if getattr(both[0], name) != getattr(both[1], name))
        same = isclose(self.kept.coverage, self.meant.coverage, abs_tol=CLOSE)
        return found if same else (*found, "coverage")


@dataclass(frozen=True, slots=True)
class Verified:
    """How many snapshots were computed again, how many could not be, and which are wrong."""

    compared: int
    other_versions: int
    wrong: Sequence[Wrong]


def verify(work: Work) -> Verified:
    """Compare the newest snapshot of every pilot that has one."""
    kept, pilots = work.unit.snapshots(), {pilot.id: pilot for pilot in work.unit.pilots()}
    model, policy = work.content.model, work.content.policy
    ours = {
        pilot: one
        for pilot, one in kept.items()
        if (one.policy, one.model) == (policy.version, model.version)
    }
    levels = work.unit.levels_of_all()
    looked = (
        Wrong(pilots[pilot], one, _again(work, one, levels.get(pilot, {}))) for pilot, one in ours.items()
    )
    return Verified(len(ours), len(kept) - len(ours), [one for one in looked if one.fields])


def rebuild(work: Work, wrong: Wrong) -> None:
    """Put what was meant in the place of what was kept; the log of events says so."""
    before, after = wrong.kept.overall, wrong.meant.overall
    work.unit.drop_snapshot(wrong.pilot.id, wrong.kept.at)
    work.unit.add_snapshot(wrong.meant)
    work.unit.record(
        Event(REBUILT, work.now, None, wrong.pilot.id, ",".join(wrong.fields), before=before, after=after)
    )


def _again(work: Work, kept: Snapshot, levels: readiness.Levels) -> Snapshot:
    """What the snapshot should have said at its own moment."""
    scores = readiness.score(levels, work.content.model, work.content.policy, kept.at)
    return replace(
        kept,
        overall=scores.overall,
        dimensions={dimension.id: dimension.proven for dimension in scores.dimensions},
        weakest=scores.weakest,
        coverage=scores.coverage,
    )
