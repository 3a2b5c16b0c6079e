"""More of what a soak is held against: hours of one's own, who stands in, how often, and what follows silence.

As in the checker, each check takes the record and yields a sentence for each violation.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from tests.soak import lookups as look
from tests.soak.lookups import ANSWERS, HEARD, ON_TIME, promise
from tests.soak.record import Asked, House, Noted, Record

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
SETTLED = timedelta(
    days=24
)  # after a turn in somebody's life, a slot may still be the one that was planned before
BACK = timedelta(
    days=4
)  # from the end of an outage, or of what was before it, to the next good hour, over a weekend
MANY = 3  # pilots: whoever owns more has weeks without room for one more message
IN_VAIN = 4  # reminders in a row that gained nothing: then one less is sent
LOUD = ("checkin.opened", "checkin.missed", "silence.begun", "silence.step")
NOTICED = timedelta(weeks=2)  # until somebody's leaving is asked about, over a weekend and a holiday
TOLD = timedelta(weeks=5)  # until it is found that an address takes nothing: with the next message to it
SILENCE_LASTS = timedelta(weeks=8)  # fourteen working days, and what an absence and Christmas add


# --- when -----------------------------------------------------------------------------------------------------------


@promise(
    "the question comes on one's own weekday and hour, across clock changes; on Tuesday at ten without one"
)
def own_hour(record: Record) -> Iterator[str]:
    unsettled = _unsettled(record)
    for one in _scheduled(record):
        owner = record.owner.get(one.pilot)
        if (
            owner is None
            or _is_gone(record, owner, one.slot)
            or any(_is_near(unsettled, person, one) for person in record.owners[one.pilot])
        ):
            continue
        if _in_outage(record, one):
            continue
        weekday, hour = _wish(record, owner, one.slot)
        zone = look.zone(record, owner, one.slot)
        here = one.slot.astimezone(ZoneInfo(zone))
        days = _days(record.house, here.date(), weekday, zone)
        on_time = here.minute == 0 and here.date() in days
        if here.hour != hour or not (on_time or _waited(record, one)):
            yield f"pilot {one.pilot} was asked for {here:%a %d %b %H:%M}, not on day {weekday} at {hour}"


def _scheduled(record: Record) -> Iterator[Asked]:
    return (one for one in record.asked if not one.by_hand)


def _is_gone(record: Record, person: int, at: datetime) -> bool:
    """Whether somebody has left or is out of reach: then another's hours are kept."""
    return record.lost.get(person, record.end) <= at or _left(record, person, at)


def _unsettled(record: Record) -> Mapping[int, list[datetime]]:
    """Person -> the moments at which something about their hours or their being there changed, in order."""
    found: dict[int, list[datetime]] = defaultdict(list)
    for turn in record.turns:
        found[turn.person].append(turn.at)
    for person, at in record.lost.items():
        found[person].append(at)
    return {person: sorted(moments) for person, moments in found.items()}


def _is_near(unsettled: Mapping[int, list[datetime]], person: int, one: Asked) -> bool:
    """Whether something changed shortly before a slot, or made one that had come by another clock due at once."""
    moments = unsettled.get(person, [])
    return bisect_left(moments, one.slot - SETTLED) < bisect_right(moments, one.opened_at)


def _in_outage(record: Record, one: Asked) -> bool:
    """Whether a slot had to wait for a worker: then it comes at the next good hour."""
    return any(begin - DAY <= one.slot <= end + BACK for begin, end in record.down)


def _waited(record: Record, one: Asked) -> bool:
    """Whether a slot had to wait for the check-in before it, or for room in a full week: then at one's own hour."""
    if sum(owner == record.owner[one.pilot] for owner in record.owner.values()) > MANY:
        return True
    before = [other for other in _of_pilot(record)[one.pilot] if other.opened_at < one.opened_at]
    return bool(before) and (before[-1].done_at or before[-1].closes_at) > one.slot - BACK


def _of_pilot(record: Record) -> Mapping[int, list[Asked]]:
    if not record.by_pilot:
        for one in sorted(record.asked, key=lambda one: one.opened_at):
            record.by_pilot.setdefault(one.pilot, []).append(one)
    return record.by_pilot


def _wish(record: Record, person: int, at: datetime) -> tuple[int, int]:
    """(weekday, hour) that somebody wants to be asked at."""
    said = [turn for turn in look.turns_of(record, person) if turn.kind == "hours" and turn.at <= at]
    if not said:
        return record.house.weekday, record.house.hour
    weekday, _, hour = max(said, key=lambda turn: turn.at).value.partition(":")
    return int(weekday), int(hour)


def _days(house: House, day: date, weekday: int, zone: str) -> set[date]:
    """The days that this weekday moves to where it is free in that zone, in the week of a day and the two before it."""
    found = set()
    for weeks in (0, 1, 2):
        wanted = day - timedelta(days=day.weekday() - weekday, weeks=weeks)
        while not look.may_ask(house, wanted, zone):
            wanted += DAY
        found.add(wanted)
    return found


@promise("each slot is opened once, and whoever answered lately is left alone")
def left_alone(record: Record) -> Iterator[str]:
    for (pilot, slot), many in Counter((one.pilot, one.slot) for one in record.asked).items():
        if many > 1:
            yield f"the slot of {slot} of pilot {pilot} was opened {many} times"
    done = _answered_at(record)
    for one in _scheduled(record):
        moments = done.get(one.pilot, [])
        since = one.opened_at - timedelta(days=record.house.recent)
        if bisect_left(moments, one.opened_at) > bisect_left(moments, since + ON_TIME):
            yield f"pilot {one.pilot} was asked at {one.opened_at}, and had answered since {since}"


def _answered_at(record: Record) -> Mapping[int, list[datetime]]:
    found: dict[int, list[datetime]] = defaultdict(list)
    for note in record.noted:
        if note.kind in ANSWERS[:2] and note.pilot is not None:
            found[note.pilot].append(note.at)
    return {pilot: sorted(moments) for pilot, moments in found.items()}


# --- reminders ------------------------------------------------------------------------------------------------------


@promise("a reminder comes on a later day than the question, and before it closes")
def reminded_in_time(record: Record) -> Iterator[str]:
    by_id = {one.id: one for one in record.asked}
    for post in look.to_people(record):
        here = ZoneInfo(look.zone(record, record.places[post.conversation], post.at))
        for kind, number in look.asks(record, post.key):
            one = by_id.get(number)
            if kind != "reminder" or one is None:
                continue
            if post.at.astimezone(here).date() <= one.opened_at.astimezone(here).date():
                yield f"{post.key} reminded at {post.at} of what was asked at {one.opened_at}"
            if post.at > one.closes_at + ON_TIME:
                yield f"{post.key} reminded at {post.at} of what closed at {one.closes_at}"


@promise("what is snoozed is put off for a week at most, and not spoken of meanwhile")
def snoozed(record: Record) -> Iterator[str]:
    quiet = []
    for note in record.noted:
        if note.kind == "checkin.snoozed":
            until = datetime.fromisoformat(note.after["until"])
            quiet.append((note.after["checkin"], note.at, until))
            if until - note.at > WEEK + DAY:
                yield f"check-in {note.after['checkin']} was put off from {note.at} until {until}"
    spoken: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    for post in record.posts:
        for kind, number in look.asks(record, post.key):
            spoken[number].append((post.at, kind))
    for number, since, until in quiet:
        heard = [(at, kind) for at, kind in spoken[number] if since + HEARD < at < until]
        if heard and heard[0][1] in ("reminder", "wake"):  # whom it was handed to has not put it off
            yield f"check-in {number} is put off until {until}, and was spoken of at {heard[0][0]}"


@promise("whoever answers no reminder gets fewer, and in the end none")
def fewer_in_vain(record: Record) -> Iterator[str]:
    answered = {
        note.after["checkin"]: note.at
        for note in record.noted
        if note.kind in ANSWERS and isinstance(note.after, dict)
    }
    reminders = _reminders(record)
    sent = Counter(
        (person, number) for person, all_ in reminders.items() for _, one in all_ for number in one
    )
    handed = {
        number for post in record.posts for kind, number in look.asks(record, post.key) if kind == "handed"
    }
    aside = look.away_spans(record)
    for one in _scheduled(record):
        if one.id in handed or aside.get(one.person):
            continue
        in_vain = 0
        for _, numbers in reversed(
            [each for each in reminders.get(one.person, ()) if each[0] < one.opened_at]
        ):
            if any(number in answered and answered[number] <= one.opened_at for number in numbers):
                break
            in_vain += 1
        many, left = sent[one.person, one.id], max(record.house.reminders - in_vain // IN_VAIN, 0)
        if many > left:
            yield f"check-in {one.id} of person {one.person} has {many} reminders, after {in_vain} in vain"


def _reminders(record: Record) -> Mapping[int, list[tuple[datetime, list[int]]]]:
    """Person -> (at, check-ins) of each moment at which they were reminded, in order: several messages are one."""
    found: dict[int, dict[datetime, list[int]]] = defaultdict(lambda: defaultdict(list))
    for post in look.to_people(record):
        numbers = [number for kind, number in look.asks(record, post.key) if kind == "reminder"]
        if numbers:
            found[record.places[post.conversation]][post.at] += numbers
    return {person: sorted(moments.items()) for person, moments in found.items()}


# --- who ------------------------------------------------------------------------------------------------------------


@promise("whoever is away is not called missing")
def not_missed(record: Record) -> Iterator[str]:
    people, spans = {one.id: one.person for one in record.asked}, look.away_spans(record)
    for note in record.noted:
        if note.kind != "checkin.missed":
            continue
        person = people[note.after["checkin"]]
        day = note.at.astimezone(ZoneInfo(look.zone(record, person, note.at))).date()
        if any(since < note.at and day <= until for since, until in spans.get(person, ())):
            yield f"check-in {note.after['checkin']} of person {person} was missed at {note.at}, while away"


@promise("whoever was named to answer in somebody's place is asked")
def stands_in(record: Record) -> Iterator[str]:
    unsettled, asked = _unsettled(record), defaultdict[int | None, list[Asked]](list)
    for one in _scheduled(record):
        asked[record.owner.get(one.pilot)].append(one)
    spans = look.away_spans(record)
    opened = (note.after for note in record.noted if note.kind == "checkin.opened")
    first = {after["checkin"]: after["person"] for after in opened if "person" in after}
    for turn in record.turns:
        if turn.kind != "delegates":
            continue
        other, until = _stand_in(turn.value)
        aside = any(said <= turn.at and turn.at.date() <= last for said, last in spans.get(other, ()))
        if (
            aside  # and was not taken for it
            or other in record.lost
            or any(
                one.person == turn.person and one.kind == "delegates" and one.at > turn.at
                for one in record.turns
            )
        ):
            continue
        for one in asked[turn.person]:
            day = one.opened_at.astimezone(ZoneInfo(look.zone(record, turn.person, one.opened_at))).date()
            if not turn.at < one.opened_at or day > until:
                continue
            busy = _is_near(unsettled, other, one) or _left(record, other, one.opened_at)
            busy = busy or turn.person in record.lost
            person = first.get(
                one.id, one.person
            )  # whoever it was asked of; it may have been handed on since
            if person != other and not busy and not _left(record, turn.person, one.opened_at):
                yield f"pilot {one.pilot} was asked of person {person} at {one.opened_at}, not of {other}"


def _stand_in(value: str) -> tuple[int, date]:
    who, _, until = value.partition(":")
    return int(who), date.fromisoformat(until)


def _left(record: Record, person: int, at: datetime) -> bool:
    return any(turn.kind == "left" and turn.at <= at for turn in look.turns_of(record, person))


@promise("for whoever left, a new owner is asked for, once")
def asked_for_once(record: Record) -> Iterator[str]:
    for (pilot, person, role), many in Counter(
        (one.pilot, one.person, one.role) for one in record.heirs
    ).items():
        if many > 1:
            yield f"person {person} was asked {many} times for the {role} of pilot {pilot}"
    asked = {(one.pilot, one.role): one.at for one in record.heirs}
    gone = {turn.person: (turn.at, NOTICED) for turn in record.turns if turn.kind == "left"}
    gone = {person: (at, TOLD) for person, at in record.lost.items()} | gone
    for pilot, owner in record.owner.items():
        if owner not in gone or pilot in look.stopped(record):
            continue
        at, within = gone[owner]
        late = at + within + look.down(record, at, record.end)
        if late < record.end and (pilot, "owner") not in asked and _was_asked_since(record, pilot, at):
            yield f"nobody was asked for an owner of pilot {pilot}, whose owner was gone at {at}"


def _was_asked_since(record: Record, pilot: int, at: datetime) -> bool:
    """Whether there was anything to notice it by: an account that is closed, or a message that was refused."""
    owner = record.owner[pilot]
    left = any(turn.kind == "left" and turn.person == owner for turn in record.turns)
    place = next((where for where, person in record.places.items() if person == owner), "")
    return left or bool(record.refused.get(place))


@promise("a pilot that ends closes quietly: nobody is asked, reminded or blamed after it")
def quiet_end(record: Record) -> Iterator[str]:
    ended, pilots = look.stopped(record), {one.id: one.pilot for one in record.asked}
    for note in record.noted:
        if note.pilot in ended and note.kind in LOUD and note.at > ended[note.pilot]:
            yield f"{note.kind} came to pilot {note.pilot} at {note.at}, which ended at {ended[note.pilot]}"
    for row in record.waited:
        for _, number in look.asks(record, row.key) if not row.replaces else ():
            end = ended.get(pilots.get(number, 0))
            if end is not None and row.created_at > end:
                yield f"{row.key} was written at {row.created_at} about a pilot that ended at {end}"


# --- delivery that fails --------------------------------------------------------------------------------------------


@promise("an address that takes nothing is switched off after the first refusal, and its leads are told once")
def switched_off(record: Record) -> Iterator[str]:
    told = Counter(post.key.split(":")[1] for post in record.posts if post.key.startswith("unreachable:"))
    for place, moments in record.refused.items():
        again = [at for at in moments if at > moments[0] + HEARD]
        if again and not place.startswith("channel:"):
            yield f"{place} refused at {moments[0]}, and was tried again at {again[0]}"
        person = record.places.get(place)
        if person is None or moments[0] > record.end - WEEK - look.down(record, moments[0], record.end):
            continue
        if told[str(person)] != 1:
            yield f"the leads were told {told[str(person)]} times that person {person} is reached no more"


@promise("no week passes without its digest")
def every_digest(record: Record) -> Iterator[str]:
    found = {
        post.at.isocalendar()[:2]
        for post in record.posts
        if post.key.startswith("digest:") and post.conversation == record.channel
    }
    at = record.begin + 2 * WEEK
    while record.channel and at < record.end - WEEK:
        monday = at - timedelta(days=at.weekday())
        if at.isocalendar()[:2] not in found and not look.down(record, monday, monday + WEEK):
            yield f"{record.channel} had no digest in the week of {monday:%d %b}"
        at += WEEK


# --- silence --------------------------------------------------------------------------------------------------------


@promise(
    "silence goes up step by step, each with a day of grace, and ends in an answer or what was announced"
)
def silence_ends(record: Record) -> Iterator[str]:
    found: dict[int, list[Noted]] = defaultdict(list)
    for note in record.noted:
        if note.kind.startswith("silence.") and note.pilot is not None:
            found[note.pilot].append(note)
    for pilot, notes in found.items():
        yield from _climb(record, pilot, notes)


def _climb(record: Record, pilot: int, notes: list[Noted]) -> Iterator[str]:
    begun: Noted | None = None
    steps: list[Noted] = []
    for note in notes:
        match note.kind:
            case "silence.begun":
                begun, steps = note, []
            case "silence.step":
                steps.append(note)
            case "silence.ended":
                if begun is not None:
                    yield from _lasted(record, pilot, begun.at, note.at)
                begun = None
        for earlier, later in pairwise(steps):
            if later.at - earlier.at < timedelta(hours=12) or later.subject == earlier.subject:
                yield f"pilot {pilot} went from {earlier.subject} at {earlier.at} to {later.subject} at {later.at}"
        steps = steps[-1:]
    if begun is not None:
        yield from _lasted(record, pilot, begun.at, record.end)


def _lasted(record: Record, pilot: int, begun: datetime, ended: datetime) -> Iterator[str]:
    absent = timedelta()
    for person in record.owners[pilot]:
        for since, until in look.away_spans(record).get(person, ()):
            back = datetime.combine(until, datetime.min.time(), since.tzinfo) + 4 * DAY
            absent += max(min(back, ended) - max(since, begun), timedelta())
    if ended - begun - look.down(record, begun, ended) - absent > SILENCE_LASTS:
        yield f"nobody answered about pilot {pilot} from {begun} to {ended}, and nothing came of it"
