"""What follows for a pilot when an import changes its stage, people or dates; it must not know of files."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from datetime import date

from bot.core.records import Pilot

PAUSED = "paused"


def settled(before: Pilot | None, after: Pilot, given: Container[str], today: date) -> Pilot:
    """The pilot as it will be stored: `given` are the fields that the row itself sets."""
    after = _accepted(before, after)
    after = _paused(before, after)
    if after.target is not None and after.original_target is None:
        after = replace(after, original_target=after.target)
    if before is not None and _moved(before, after) and "stage_since" not in given:
        after = replace(after, stage_since=today)
    return after


def _moved(before: Pilot, after: Pilot) -> bool:
    """A pause does not make a stage younger, as elsewhere (registry.resume)."""
    return before.stage != after.stage and PAUSED not in (before.stage, after.stage)


def _accepted(before: Pilot | None, after: Pilot) -> Pilot:
    """Somebody else has not accepted yet."""
    return replace(
        after,
        owner_accepted=before is not None and before.owner == after.owner and before.owner_accepted,
        sponsor_accepted=before is not None and before.sponsor == after.sponsor and before.sponsor_accepted,
    )


def _paused(before: Pilot | None, after: Pilot) -> Pilot:
    if after.stage != PAUSED:
        return replace(after, paused_until=None, before_pause="")
    if after.before_pause in ("", PAUSED):
        left = before.stage if before is not None and before.stage != PAUSED else ""
        return replace(after, before_pause=left)
    return after
