"""What the checks of a soak look up in a record, and where they are entered; it shares no line of code with the bot."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays

from tests.soak.people import BY_ZONE, ZONES
from tests.soak.record import House, Post, Record, Silent, Turn

Check = Callable[[Record], Iterator[str]]
CHECKS: dict[str, Check] = {}

DAY = timedelta(days=1)
ON_TIME = timedelta(minutes=30)  # a message may leave so much later than the moment it was written at
HEARD = timedelta(minutes=35)  # what comes so soon after somebody's own act is an answer to it
MOST = 5  # pilots in one message
ANSWERS = ("checkin.answered", "checkin.nothing", "checkin.declined")
ENDS = ("answered", "nothing", "declined", "missed", "closed")


def promise(text: str) -> Callable[[Check], Check]:
    """Enter a check under the promise that it verifies."""

    def enter(check: Check) -> Check:
        CHECKS[text] = check
        return check

    return enter


def may_ask(house: House, day: date, zone: str) -> bool:
    """Whether somebody in a zone may be asked on a day: by the working week and the holidays of the country, theirs or
    everybody's, and by one's own days.
    """
    weekend, free = calendar(ZONES[zone] if house.country == BY_ZONE else house.country, day.year)
    return day.weekday() not in weekend | house.never_on and day not in free and day not in house.closed


@lru_cache(maxsize=64)  # years of eight countries
def calendar(country: str, year: int) -> tuple[frozenset[int], frozenset[date]]:
    """(weekend, public holidays) of a country, by a library that the bot uses as well, and none of the bot's code."""
    found = holidays.country_holidays(country, years=year)
    return frozenset(found.weekend), frozenset(found)


def ends(kind: str) -> bool:
    return kind.startswith("checkin.") and kind.partition(".")[2] in ENDS


def to_people(record: Record) -> Iterator[Post]:
    return (post for post in record.posts if post.conversation in record.places)


def asks(record: Record, key: str) -> list[tuple[str, int]]:
    """(slot's kind, check-in) of all that a message asks, e.g. ("reminder", 17)."""
    found = []
    for one in record.within.get(key, [key]):
        first, _, rest = one.partition(":")
        number, _, slot = rest.partition(":")
        if first == "checkin" and number.isdigit():
            found.append((slot.rstrip("0123456789"), int(number)))
    return found


def silences(record: Record, key: str) -> list[Silent]:
    """The silences of which a new message asks why."""
    if len(record.by_request) != len(record.silent):
        record.by_request = {f"request:{one.id}": one for one in record.silent}
    return [record.by_request[one] for one in record.within.get(key, [key]) if one in record.by_request]


def by_itself(record: Record, kinds: tuple[str, ...]) -> Iterator[tuple[int, datetime, list[int]]]:
    """(person, written at, check-ins) of each new message of these kinds, the oldest first."""
    for row in sorted(record.waited, key=lambda one: (one.created_at, one.id)):
        asked = [number for kind, number in asks(record, row.key) if kind in kinds]
        if asked and not row.replaces and row.conversation in record.places:
            yield record.places[row.conversation], row.created_at, asked


def opened(record: Record) -> Mapping[int, list[tuple[datetime, int]]]:
    """Pilot -> when it was asked about by itself, and whom."""
    people = {one.id: one.person for one in record.asked if not one.by_hand}
    found: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for one in record.noted:
        if one.kind == "checkin.opened" and one.pilot is not None and one.after["checkin"] in people:
            found[one.pilot].append((one.at, people[one.after["checkin"]]))
    return found


def acts(record: Record) -> Mapping[int, list[datetime]]:
    found: dict[int, list[datetime]] = defaultdict(list)
    for act in sorted(record.acts, key=lambda one: one.at):
        found[act.person].append(act.at)
    return found


def just_acted(heard: Mapping[int, list[datetime]], person: int, at: datetime) -> bool:
    moments = heard.get(person, [])
    found = bisect_right(moments, at)
    return found > 0 and at - moments[found - 1] <= HEARD


def turns_of(record: Record, person: int) -> Sequence[Turn]:
    """The turns in one life, in the order in which they came."""
    if not record.by_person:
        for turn in record.turns:
            record.by_person.setdefault(turn.person, []).append(turn)
    return record.by_person.get(person, ())


def zone(record: Record, person: int, at: datetime) -> str:
    moves = [turn for turn in turns_of(record, person) if turn.kind == "zone" and turn.at <= at]
    return max(moves, key=lambda turn: turn.at).value if moves else record.zones[person]


def away_spans(record: Record) -> Mapping[int, list[tuple[datetime, date]]]:
    """Person -> absences, as (said at, last day)."""
    found: dict[int, list[tuple[datetime, date]]] = defaultdict(list)
    for turn in record.turns:
        if turn.kind == "away":
            before = found[turn.person]
            if before and turn.at.date() <= before[-1][1]:  # what is said later holds
                before[-1] = (before[-1][0], turn.at.date() - DAY)
            before.append((turn.at, date.fromisoformat(turn.value)))
    return found


def stopped(record: Record) -> Mapping[int, datetime]:
    """Pilot -> when it ended."""
    return {record.pilots[turn.value]: turn.at for turn in record.turns if turn.kind == "stops"}


def down(record: Record, since: datetime, until: datetime) -> timedelta:
    spans = (min(end, until) - max(begin, since) for begin, end in record.down)
    return sum((span for span in spans if span > timedelta(0)), timedelta(0))


def absent(
    spans: Mapping[int, list[tuple[datetime, date]]], people: set[int], since: datetime, until: datetime
) -> timedelta:
    """How long all of these people were away at once: then a slot comes at the first good hour after the first is back.

    A day in which they were away for a part counts, and four more: over a weekend.
    """
    days = (since + timedelta(days=n) for n in range((until - since).days + 1))
    return sum((DAY for at in days if all(_is_away(spans.get(one, ()), at) for one in people)), timedelta(0))


def _is_away(spans: Iterable[tuple[datetime, date]], at: datetime) -> bool:
    return any(said - DAY < at and at.date() <= last + 4 * DAY for said, last in spans)
