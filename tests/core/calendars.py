"""Zones, policies and moments that the tests of the calendar share."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from bot.core.policy import Asking

# Every kind of clock there is: whole, half and quarter hours, both hemispheres, both sides of the date line, a change
# of half an hour (Lord_Howe) or two (Troll), at midnight (Havana, Beirut, Asuncion), summer time that is the standard
# (Dublin), a pause for Ramadan (Casablanca), and none at all.
ZONES = (
    "UTC",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "America/Adak",
    "America/Asuncion",
    "America/Caracas",
    "America/Chicago",
    "America/Halifax",
    "America/Havana",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Atlantic/Azores",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Chisinau",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Europe/London",
    "Europe/Riga",
    "Pacific/Apia",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Easter",
    "Pacific/Kiritimati",
    "Pacific/Niue",
)

WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


def asking(
    working: tuple[int, ...] = (MON, TUE, WED, THU, FRI),
    never: tuple[int, ...] = (FRI,),
    quiet: tuple[int, int] = (18, 8),
    hour: int = 10,
    open_days: int = 3,
    reminders: int = 2,
    last_hours: int = 2,
    late_hours: int = 4,
    snooze_days: int = 7,
) -> Asking:
    """The policy that ships, with what a test changes in it."""
    return Asking(
        weekday=TUE,
        hour=hour,
        working_days=working,
        quiet_from=quiet[0],
        quiet_until=quiet[1],
        never_on=never,
        open_days=open_days,
        reminders=reminders,
        last_reminder_hours=last_hours,
        late_hours=late_hours,
        snooze_days=snooze_days,
        messages_a_week=8,
        backoff_after=4,
        recent_days=2,
    )


ANY_HOUR = asking(working=tuple(range(7)), never=(), quiet=(0, 0))


def at(text: str, zone: str = "UTC") -> datetime:
    """The moment (UTC) a wall clock shows that text, first time round."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def shown(moment: datetime, zone: str) -> str:
    """What the person's wall clock shows: "Tue 2026-03-31 10:00"."""
    assert moment.tzinfo is UTC
    here = moment.astimezone(ZoneInfo(zone))
    return f"{WEEKDAYS[here.weekday()][:3]} {here:%Y-%m-%d %H:%M}"


def has_gap(day: date, zone: str) -> bool:
    """Whether the clock skips anything on that local day, found without the code under test."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    offsets = [
        (midnight + timedelta(hours=hour)).astimezone(ZoneInfo(zone)).utcoffset() for hour in range(-16, 40)
    ]
    return any(later > sooner for sooner, later in pairwise(offsets))


zones = st.sampled_from(ZONES)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))
weekdays = st.integers(0, 6)
hours = st.integers(0, 23)


@st.composite
def policies(draw: st.DrawFn) -> Asking:
    """Any policy the loader would take: at least one day on which people may be asked, and one waking hour."""
    working = draw(st.sets(weekdays, min_size=1))
    never = draw(st.sets(weekdays, max_size=3).filter(lambda days: working - days))
    return asking(
        working=tuple(sorted(working)),
        never=tuple(sorted(never)),
        quiet=(draw(hours), draw(hours)),
        hour=draw(hours),
        open_days=draw(st.integers(1, 6)),
        reminders=draw(st.integers(0, 3)),
        last_hours=draw(st.integers(1, 30)),
        late_hours=draw(st.integers(0, 48)),
        snooze_days=draw(st.integers(0, 10)),
    )
