"""When people are asked, reminded and left alone: pure arithmetic that must not know a clock or who is asked.

All moments are aware and in UTC, in and out. Days are added on the wall clock of the person's zone and turned
back: a week is not 168 hours when the clocks change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from bot.core.days import dated
from bot.core.localtime import local, wall
from bot.core.policy import Asking, Cadence

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_LATER_TODAY = timedelta(hours=2)  # long enough for a meeting to end
_SAME_SLOT = timedelta(hours=36)  # zones lie up to 26 h apart; the rest is for an hour that moved with them
_TOO_SOON = timedelta(days=3.5)  # half the shortest rhythm: asked again within it feels like asked twice

# --- days and hours -----------------------------------------------------------------------------------------


def may_ask(day: date, asking: Asking) -> bool:
    """Whether questions and reminders are sent on that day: a working day, not in `never_on`, and no holiday."""
    allowed = set(asking.working_days) - set(asking.never_on)
    # A policy that leaves no day would otherwise silence the bot for good; `never_on` is the stronger wish.
    allowed = allowed or set(range(7)) - set(asking.never_on) or set(range(7))
    return day.weekday() in allowed and day not in asking.free


def is_quiet(hour: int, asking: Asking) -> bool:
    """Whether that local hour is a quiet one. They may go past midnight; from == until means that none is."""
    start, end = asking.quiet_from, asking.quiet_until
    return start <= hour < end if start <= end else hour >= start or hour < end


def working_days_between(a: date, b: date, asking: Asking) -> int:
    """How many working days lie after `a`, up to and with `b`; 0 when `b` is not later."""
    working = set(asking.working_days) or set(range(7))
    return sum(day.weekday() in working and day not in asking.free for day in _days(a, b))


def _days(a: date, b: date) -> Iterator[date]:
    """The days after `a`, up to and with `b`."""
    return (a + n * _DAY for n in range(1, (b - a).days + 1))


def good_moment(at: datetime, *, zone: str, asking: Asking) -> datetime:
    """`at` itself when it is a good moment for this person, else the next: an allowed day, no quiet hour."""
    while not _is_good(at, zone, asking):
        at = _towards_good(at, zone, asking)
    return at


def _is_good(at: datetime, zone: str, asking: Asking) -> bool:
    here = local(at, zone)
    return may_ask(here.date(), asking) and not is_quiet(here.hour, asking)


def _towards_good(at: datetime, zone: str, asking: Asking) -> datetime:
    here = local(at, zone)
    if may_ask(here.date(), asking) and here.hour < asking.quiet_until:
        later = wall(here.date(), time(asking.quiet_until), zone)
        return later if later > at else at + _MINUTE  # a doubled hour, second time round (Antarctica/Troll)
    # Where midnight is not quiet, a day still does not begin at midnight but at the usual hour.
    begins = asking.quiet_until if is_quiet(0, asking) else _awake(asking.hour, asking)
    return wall(_allowed_from(here.date() + _DAY, asking), time(begins), zone)


def _awake(hour: int, asking: Asking) -> int:
    return asking.quiet_until if is_quiet(hour, asking) else hour


def _allowed_from(day: date, asking: Asking) -> date:
    while not may_ask(day, asking):
        day += _DAY
    return day


def _slot_on(day: date, hour: int, zone: str, asking: Asking) -> datetime:
    """That hour of the first allowed day from `day` on, outside quiet hours."""
    day = _allowed_from(day, asking)
    moment = wall(day, time(_awake(hour, asking)), zone)
    if is_quiet(local(moment, zone).hour, asking):  # the clock jumped from a waking hour into a quiet one
        return wall(day, time(asking.quiet_until), zone)
    return moment


def usual_hour(at: datetime, *, hour: int, zone: str, asking: Asking) -> datetime:
    """`at` itself within that hour of an allowed day, else the next such hour: when what had to wait comes."""
    if _is_good(at, zone, asking) and local(at, zone).hour == _awake(hour, asking):
        return at
    day = local(at, zone).date()
    slot = _slot_on(day, hour, zone, asking)
    return slot if slot >= at else _slot_on(day + _DAY, hour, zone, asking)


# --- slots --------------------------------------------------------------------------------------------------


def interval_weeks(
    cadence: Cadence, *, stage: str, target: date | None, today: date, stuck: bool, override_weeks: int | None
) -> tuple[int, int] | None:
    """Every how many (weeks, months) this questionnaire is asked now; None when it is not in this stage.

    A pilot's own interval wins. Else the shortest that applies: as usual, while Stuck, or near the target day
    on either side: a day just missed is when asking helps most, one long gone is no launch any more.
    """
    if stage not in cadence.stages:
        return None
    if override_weeks:
        return override_weeks, 0
    near = target is not None and abs((target - today).days) < cadence.near_launch_days
    weeks = [cadence.weeks, cadence.near_launch_weeks if near else 0, cadence.stuck_weeks if stuck else 0]
    if any(weeks):
        return min(filter(None, weeks)), 0
    return (0, cadence.months) if cadence.months else None


def next_slot(
    after: datetime,
    *,
    weekday: int,
    hour: int,
    zone: str,
    asking: Asking,
    weeks: int = 0,
    months: int = 0,
    anchor: date | None = None,
) -> datetime:
    """The first slot strictly later than `after`.

    Every `weeks` weeks, or the first such weekday of every `months`-th month, counted from the ISO week or
    month of `anchor`: a day that stays, such as when the pilot was added. A day that is not allowed moves to
    the next that is, a quiet hour to the end of the quiet ones on the same day.
    Once a slot was used, ask `following` for the next: this one cannot know that the person moved since.
    """
    return _first_later(_Beat(weekday, hour, zone, asking, weeks, months, anchor), after)


def following(
    slot: datetime,
    *,
    weekday: int,
    hour: int,
    zone: str,
    asking: Asking,
    weeks: int = 0,
    months: int = 0,
    anchor: date | None = None,
) -> datetime:
    """The slot of the cycle after the one that `slot` was in, by the same rules as `next_slot`.

    A move to another zone between the two, or a new owner living in one, neither doubles nor drops a cycle.
    """
    beat = _Beat(weekday, hour, zone, asking, weeks, months, anchor)
    cycle = beat.cycle(local(slot, zone).date())
    # A slot this close to one of ours is that one seen from another zone, even if its date is a week off.
    near = (n for n in (cycle - 1, cycle, cycle + 1) if abs(beat.slot(n) - slot) <= _SAME_SLOT)
    used = next(near, cycle)
    # Holidays may push a slot onto that of the next cycle, or to a day or three before it: then the two are one.
    return next(later for n in count(used + 1) if (later := beat.slot(n)) - slot > _TOO_SOON)


def within_cycle(
    slot: datetime,
    *,
    weekday: int,
    hour: int,
    zone: str,
    asking: Asking,
    weeks: int = 0,
    months: int = 0,
    anchor: date | None = None,
) -> datetime:
    """Where the slot of the cycle that `slot` is in lies by these rules."""
    beat = _Beat(weekday, hour, zone, asking, weeks, months, anchor)
    return beat.slot(beat.cycle(local(slot, zone).date()))


def milestone(
    after: datetime, *, since: date, after_days: tuple[int, ...], hour: int, zone: str, asking: Asking
) -> datetime | None:
    """The first slot strictly later than `after` of those so many days after `since`; None when none is left.

    What comes then is `next_slot` with the last milestone's day as anchor, or the two may fall close together.
    """
    slots = (_slot_on(since + days * _DAY, hour, zone, asking) for days in sorted(after_days))
    return next((slot for slot in slots if slot > after), None)


def digest_slot(after: datetime, *, weekday: int, hour: int, zone: str) -> datetime:
    """The first weekly digest strictly later than `after`: to a channel, at the hour chosen, never moved."""
    return _first_later(_Beat(weekday, hour, zone, None, weeks=1), after)


@dataclass(frozen=True, slots=True)
class _Beat:
    """A row of slots, one a cycle of weeks or months; cycle 0 is the anchor's. `asking` None moves none."""

    weekday: int
    hour: int
    zone: str
    asking: Asking | None
    weeks: int = 0
    months: int = 0
    anchor: date | None = None

    def __post_init__(self) -> None:
        if (self.weeks > 0) == (self.months > 0):
            raise ValueError(f"weeks={self.weeks}, months={self.months}: exactly one of them must be above 0")

    def slot(self, cycle: int) -> datetime:
        """The slot of that cycle, UTC."""
        day = self._day(cycle)
        if self.asking is None:
            return wall(day, time(self.hour), self.zone)
        return _slot_on(day, self.hour, self.zone, self.asking)

    def cycle(self, day: date) -> int:
        """The cycle that `day` lies in."""
        anchor = self.anchor or date.min
        if self.weeks:
            return (_week(day) - _week(anchor)) // self.weeks
        return (_month(day) - _month(anchor)) // self.months

    def _day(self, cycle: int) -> date:
        """The chosen weekday of that cycle, before it is moved."""
        anchor = self.anchor or date.min
        if self.weeks:
            return date.fromordinal((_week(anchor) + cycle * self.weeks) * 7 + 1 + self.weekday)
        year, month = divmod(_month(anchor) + cycle * self.months, 12)
        first = date(year, month + 1, 1)
        return first + (self.weekday - first.weekday()) % 7 * _DAY


def _first_later(beat: _Beat, after: datetime) -> datetime:
    # A slot can move over the end of its week, so the cycle before the present one may still have it ahead.
    cycle = beat.cycle(local(after, beat.zone).date()) - 1
    while (slot := beat.slot(cycle)) <= after:
        cycle += 1
    return slot


def _week(day: date) -> int:
    return (day.toordinal() - 1) // 7  # day 1 is a Monday: ISO weeks, counted on without a year's end


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


# --- one check-in: reminders, closing, an outage ------------------------------------------------------------


def ladder(opened_at: datetime, *, zone: str, asking: Asking) -> tuple[tuple[datetime, ...], datetime]:
    """When a check-in reminds and when it closes: the reminders in order, at most two, and the closing.

    The first comes on the next day that people may be asked, at the hour it was opened; the second comes
    `last_reminder_hours` before closing, or on the nearest good day. What falls after closing is dropped.
    One opened by hand in quiet hours goes by the hour at which they end.
    """
    here = local(opened_at, zone).replace(second=0, microsecond=0)
    if is_quiet(here.hour, asking):
        here = here.replace(hour=asking.quiet_until, minute=0)
    closes_at = wall(_working_days_later(here.date(), max(asking.open_days, 1), asking), here.time(), zone)
    next_day = wall(_allowed_from(here.date() + _DAY, asking), here.time(), zone)
    first = good_moment(next_day, zone=zone, asking=asking)
    second = _last_call(closes_at, zone, asking)
    fitting = tuple(moment for moment in (first, second) if opened_at < moment < closes_at)
    if second <= first:  # too close to closing for two
        fitting = fitting[:1]
    return fitting[: max(asking.reminders, 0)], closes_at


def _last_call(closes_at: datetime, zone: str, asking: Asking) -> datetime:
    wanted = closes_at - timedelta(hours=asking.last_reminder_hours)
    moment = good_moment(wanted, zone=zone, asking=asking)
    if moment < closes_at:
        return moment
    here = local(wanted, zone)
    day = here.date()
    while not may_ask(day, asking) or _slot_on(day, here.hour, zone, asking) >= closes_at:
        day -= _DAY
    return _slot_on(day, here.hour, zone, asking)


def _working_days_later(day: date, count: int, asking: Asking) -> date:
    later = day
    while working_days_between(day, later, asking) < count:
        later += _DAY
    return later


def too_late(due: datetime, now: datetime, asking: Asking) -> bool:
    """Whether a slot found due now was missed by more than `late_hours`."""
    return now - due > timedelta(hours=asking.late_hours)


def after_outage(
    due: datetime, now: datetime, *, next_due: datetime | None, zone: str, asking: Asking
) -> datetime | None:
    """When a slot found due at `now` is sent; None when it is skipped because the next slot is nearer."""
    when = good_moment(max(due, now), zone=zone, asking=asking)
    if too_late(due, when, asking) and next_due is not None and next_due - when < when - due:
        return None
    return when


# --- snoozing -----------------------------------------------------------------------------------------------

SNOOZES = ("later_today", "tomorrow", "three_days", "next_week")


@dataclass(frozen=True, slots=True)
class Snooze:
    """One delay to offer: the words on it and the moment it means."""

    label: str
    until: datetime

    @property
    def choice(self) -> str:
        """What a button carries: the moment itself, which is the same on whatever day it is pressed."""
        return self.until.isoformat(timespec="minutes")


def snooze_of(choice: str) -> datetime | None:
    """The moment that a button carries; None where it carries none, such as one drawn before they were dated."""
    try:
        until = datetime.fromisoformat(choice)
        return until.astimezone(UTC) if until.tzinfo is not None else None
    except (ValueError, OverflowError):  # no day of a calendar, or none in every zone
        return None


def snooze_until(choice: str, now: datetime, *, zone: str, asking: Asking) -> datetime | None:
    """The good moment that one of SNOOZES means now, at most `snooze_days` ahead; None when it means none."""
    today = local(now, zone).date()
    match choice:
        case "later_today":
            return _later_today(now, zone, asking)
        case "tomorrow":
            wanted = today + _DAY
        case "three_days":
            wanted = today + 3 * _DAY
        case "next_week":
            wanted = today + (7 - today.weekday()) * _DAY
        case _:
            return None
    day = _allowed_from(wanted, asking)
    while day > today and (day > today + asking.snooze_days * _DAY or not may_ask(day, asking)):
        day -= _DAY
    return _slot_on(day, asking.hour, zone, asking) if day > today else None


def _later_today(now: datetime, zone: str, asking: Asking) -> datetime | None:
    later = (now + _LATER_TODAY).replace(second=0, microsecond=0)
    same_day = local(later, zone).date() == local(now, zone).date()
    return later if same_day and _is_good(later, zone, asking) else None


def snooze_choices(now: datetime, *, zone: str, asking: Asking, closes_at: datetime) -> tuple[Snooze, ...]:
    """The delays that end before the check-in closes, each moment once, soonest first."""
    found: dict[datetime, Snooze] = {}
    for choice in SNOOZES:
        until = snooze_until(choice, now, zone=zone, asking=asking)
        if until is not None and until < closes_at:
            found.setdefault(until, Snooze(dated(until, now, zone), until))
    return tuple(found[until] for until in sorted(found))
