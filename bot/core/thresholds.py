"""The owner's own launch and stop rules, frozen since the kickoff; it must not know how anybody is asked.

"Launch and stop rules are written before results" (content.md section 7): what was given first stands until the
sponsor agrees to another, and what it was first stays beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.core.permissions import Action, kept_from
from bot.core.records import Event, PersonId, Pilot

SCALE_IF, STOP_IF = "scale_if", "stop_if"  # fields of a pilot, and what a request to change one is about
FIELDS = (SCALE_IF, STOP_IF)
KINDS = tuple(f"pilot.{field}" for field in FIELDS)  # the events that tell of them
LIMIT = 140  # characters


@dataclass(frozen=True, slots=True)
class Threshold:
    """One rule as it stands: `first` is what the kickoff said where that was another, `changed_at` when it changed."""

    field: str
    text: str
    first: str = ""
    changed_at: datetime | None = None


def thresholds(pilot: Pilot, changed: Iterable[Event]) -> tuple[Threshold, ...]:
    """Both rules of a pilot, those that are there; `changed` are the events that changed them, the newest first."""
    told = list(changed)[::-1]
    return tuple(
        _as_it_stands(field, str(getattr(pilot, field)), told) for field in FIELDS if getattr(pilot, field)
    )


def _as_it_stands(field: str, text: str, told: list[Event]) -> Threshold:
    of = [event for event in told if event.subject == field]
    first = next((str(event.after) for event in of if event.after), text)
    return Threshold(field, text, first, of[-1].at) if first != text else Threshold(field, text)


def agrees(pilot: Pilot, proposer: PersonId) -> PersonId | None:
    """Whose yes a change needs: the sponsor's, or the decider's where the sponsor asks for it or owns the pilot.

    Never the owner's, the deputy's, the builder's or that of whoever proposes it; None: nobody is there.
    """
    own = {*kept_from(Action.AGREE, pilot), proposer, None}
    return next((one for one in (pilot.sponsor, pilot.decider) if one not in own), None)
