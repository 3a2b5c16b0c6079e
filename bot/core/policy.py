"""The numbers that rules use, as `policy.yaml` gives them; it must not know the rules."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

TYPES = ("bought", "configured", "custom")  # of a pilot, as its tags say


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often a questionnaire is asked: every so many weeks, or months, in the stages named."""

    questionnaire: str
    stages: tuple[str, ...]
    weeks: int = 0
    months: int = 0
    near_launch_weeks: int = 0  # the interval when the target date is nearer than `near_launch_days`
    near_launch_days: int = 0
    stuck_weeks: int = 0  # the interval while the pilot is Stuck
    after_days: tuple[
        int, ...
    ] = ()  # first so many days after the stage was entered, before the interval holds


@dataclass(frozen=True, slots=True)
class Days:
    """The days of one country: on which weekdays people work there, and which days are free all the same."""

    working: tuple[int, ...]
    free: Container[date]


class Countries(Protocol):
    """Knows the days of every country, the organisation's own free days with them."""

    def days_in(self, zone: str) -> Days | None:
        """The days of the country that an IANA zone lies in; None where it lies in none."""


@dataclass(frozen=True, slots=True)
class Asking:
    """When people are asked, reminded and left alone. Days count Monday = 0; hours are local, 0..23.

    With `countries` each person has the days of their own, and `working_days` and `free` are for whoever has none.
    """

    weekday: int
    hour: int
    working_days: tuple[int, ...]
    quiet_from: int
    quiet_until: int
    never_on: tuple[int, ...]
    open_days: int  # working days until a check-in closes
    reminders: int
    last_reminder_hours: int  # before closing
    late_hours: int  # an invitation later than this is moved to the next good hour
    snooze_days: int
    messages_a_week: int  # that Rampcheck sends somebody by itself, over all their pilots
    backoff_after: int  # reminders in a row that gained nothing: then one less is sent
    recent_days: int  # who answered within so many days before a slot is not asked again
    free: Container[date] = (
        frozenset()
    )  # public holidays and the organisation's own: working days that are none
    countries: Countries | None = None

    def where(self, zone: str) -> Asking:
        """The same rules with the days of somebody in that zone."""
        days = self.countries.days_in(zone) if self.countries is not None else None
        return self if days is None else replace(self, working_days=days.working, free=days.free)


@dataclass(frozen=True, slots=True)
class Escalation:
    """What follows where nobody answers: the working days before each step, and what comes of silence in the end.

    `days` maps a step (deputy, sponsor, lead, outcome) to its grace; `silence` a risk (high, medium, low, unknown) to
    pause, decide or note.
    """

    days: Mapping[str, int]
    silence: Mapping[str, str]
    pause_days: int


@dataclass(frozen=True, slots=True)
class Digesting:
    """The weekly digest: when, and how much of it is in the channel itself."""

    weekday: int
    hour: int
    words: int
    shown: int  # entries of one section in the channel; the rest is in the thread


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days what is nobody's record is kept.

    Of `messages` their text, once they are settled; `drafts` of check-ins that closed; `receipts` are the keys of what
    was pressed, against doubles; `reminders` who was written to unasked; `texts` answers in own words.
    """

    messages: int
    drafts: int
    receipts: int
    reminders: int
    texts: int


@dataclass(frozen=True, slots=True)
class Policy:
    """Weights, thresholds, cadences and time boxes (`policy.yaml`); a change is a new version.

    `thresholds` maps a signal id to its named numbers, e.g. {"P10": {"medium": 2, "high": 3}}; besides the signals
    it holds the numbers of `state`, `signal`, `confidence`, `movement`, `gate`, `label`, `review`, `pause`, `box`.
    `boxes` maps a stage to its time box in days, `medians` to the default days in stage.
    """

    version: int
    weights: Mapping[str, float]
    thresholds: Mapping[str, Mapping[str, float]]
    severity: Mapping[str, float]
    boxes: Mapping[str, int]
    medians: Mapping[str, int]
    cadences: tuple[Cadence, ...]
    asking: Asking
    escalation: Escalation
    digest: Digesting
    retention: Retention
    bands: tuple[tuple[int, str], ...]  # (from score, name), rising
    proof_days: int  # a link older than this proves nothing
    provisional_below: float  # coverage
    unlabelled_below: float

    def time_box(self, stage: str, tags: Iterable[str]) -> int:
        """Days that a pilot gets for a stage, 0 where it has no time box.

        What was bought or only configured needs less than what is built: its type is a tag, custom without one. Shares
        from Microsoft's Cloud Adoption Framework, AI plan: days to weeks, weeks to months.
        """
        shares = self.thresholds["box"]
        share = min(
            (shares[tag] for tag in map(str.casefold, tags) if tag in TYPES), default=shares["custom"]
        )
        return round(self.boxes.get(stage, 0) * share)
