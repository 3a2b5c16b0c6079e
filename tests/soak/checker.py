"""Holds what was delivered and stored against every promise, from outside; it shares no line of code with the bot.

Each check takes the record and yields a sentence for each violation. tests/soak/test_checker.py doctors a record in
every way that is listed here, and sees that it is found.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise, product
from zoneinfo import ZoneInfo

from tests.soak import asking
from tests.soak import lookups as look
from tests.soak.lookups import ANSWERS, CHECKS, HEARD, MOST, ON_TIME, promise
from tests.soak.record import Post, Record

STEPS = 20  # of silence, in one unit of work
STILL_OPEN = 21  # days: what a stand-in was asked may still be open, and put off, after the last of theirs
MORE = asking  # importing it enters its checks


def violations(record: Record) -> Mapping[str, list[str]]:
    """Promise -> what broke it."""
    return {text: list(check(record)) for text, check in CHECKS.items()}


# --- delivery -------------------------------------------------------------------------------------------------------


@promise("each message is delivered once")
def once(record: Record) -> Iterator[str]:
    for key, count in Counter(post.key for post in record.posts).items():
        if count > 1:
            yield f"{key} was posted {count} times"


@promise("nothing is lost: what was written is delivered, or given up for a reason")
def nothing_lost(record: Record) -> Iterator[str]:
    posted = {post.key for post in record.posts}
    for row in record.waited:
        if row.state == "sent" and not row.replaces and row.key not in posted:
            yield f"{row.key} is called sent, and the platform never saw it"
        elif row.state in ("pending", "leased") and row.due_at < record.end - timedelta(hours=1):
            yield f"{row.key} has waited since {row.due_at}"
        elif row.state in ("dead", "stale") and not row.reason:
            yield f"{row.key} was given up without a reason"


@promise("nothing is made up: what was delivered had been written")
def nothing_made_up(record: Record) -> Iterator[str]:
    written = {row.key for row in record.waited}
    for post in record.posts:
        if post.key.partition("#")[0] not in written:
            yield f"{post.key} was posted, and is in no outbox"


@promise("order is kept per address")
def in_order(record: Record) -> Iterator[str]:
    rows = {row.key: row for row in record.waited}
    last: dict[str, tuple[int, str]] = {}
    for post in record.posts:
        row = rows.get(post.key)
        if row is None or post.at - row.created_at > ON_TIME:
            continue  # what was held for the morning lets others pass
        before = last.get(post.conversation, (0, ""))
        if row.id < before[0]:
            yield f"{post.key} came after {before[1]}, which was written later"
        last[post.conversation] = max(before, (row.id, post.key))


@promise("what was acknowledged is stored")
def acknowledged(record: Record) -> Iterator[str]:
    for act in record.acts:
        kept = act.at > record.end - record.house.receipts
        if act.stored and kept and act.key not in record.sights:
            yield f"{act.key} was acknowledged, and is in no row"
        elif act.stored and act.checkin is not None and act.checkin not in record.answered:
            yield f"{act.key} answered check-in {act.checkin}, which has no answer"


# --- when -----------------------------------------------------------------------------------------------------------


@promise("nobody is disturbed at night, on a Friday, at the weekend or on a holiday")
def good_hours(record: Record) -> Iterator[str]:
    heard = look.acts(record)
    turns = {
        0: sorted(turn.at for turn in record.turns)
    }  # what somebody does may ask something of another at once
    by_hand = {one.id: one.opened_at for one in record.asked if one.by_hand}
    for post in look.to_people(record):
        person = record.places[post.conversation]
        if post.key.startswith(("request:", "bundle:request:")) and look.just_acted(turns, 0, post.at):
            continue
        if any(
            post.at - by_hand[number] <= HEARD
            for _, number in look.asks(record, post.key)
            if number in by_hand
        ):
            continue  # whoever sent it by hand chose the hour
        zone = look.zone(record, person, post.at)
        here = post.at.astimezone(ZoneInfo(zone))
        quiet = not record.house.quiet_until <= here.hour < record.house.quiet_from
        if (quiet or not look.may_ask(record.house, here.date(), zone)) and not look.just_acted(
            heard, person, post.at
        ):
            yield f"{post.key} came to person {person} at {here:%a %d %b %H:%M}"


@promise("no backlog: a pilot is asked again after half a week at the earliest")
def no_backlog(record: Record) -> Iterator[str]:
    for pilot, opened in look.opened(record).items():
        for (earlier, _), (later, person) in pairwise(opened):
            # Holidays and outages move a question up to half a week towards the next one. Days by the calendar of
            # whoever is asked: who moved half a day east has a week that is shorter.
            zone = ZoneInfo(look.zone(record, person, later))
            if later.astimezone(zone).date() - earlier.astimezone(zone).date() < timedelta(days=4):
                yield f"pilot {pilot} was asked at {earlier} and again at {later}"


@promise("no slot is dropped: each is asked, or left out for a reason that is logged")
def none_dropped(record: Record) -> Iterator[str]:
    # A slot that falls due while the check-in before it is open, put off and put off again, is that check-in's.
    reasons = ("checkin.opened", "slot.skipped", *ANSWERS, "checkin.missed")
    # A slot may wait for the check-in before it. Where there are two kinds it may then be put off for an answer to the
    # other; a month has up to five weeks.
    reviews = record.house.reviews
    longest = {"pulse": timedelta(weeks=record.house.weeks, days=15 if reviews else 8)}
    longest |= {"review": timedelta(weeks=7, days=1)} if reviews else {}
    gone = record.lost | {turn.person: turn.at for turn in record.turns if turn.kind == "left"}
    spans, ended = look.away_spans(record), look.stopped(record)
    seen: dict[tuple[int, str], list[datetime]] = defaultdict(list)
    for one in record.noted:
        if one.kind in reasons and one.pilot is not None:
            seen[one.pilot, one.subject.partition("@")[0]].append(one.at)
    for (pilot, people), form in product(record.owners.items(), longest):
        there = [gone.get(person, record.end) for person in people]
        until = min(
            max(there, default=record.end), ended.get(pilot, record.end)
        )  # as long as somebody can be asked
        moments = [at for at in seen[pilot, form] if at < until]
        for earlier, later in pairwise([record.begin, *moments, until]):
            here = {person for person in people if gone.get(person, record.end) > earlier}
            excused = look.down(record, earlier, later) + look.absent(spans, here, earlier, later)
            if later - earlier - excused > longest[form]:
                yield f"pilot {pilot} was neither asked its {form} nor left out from {earlier} to {later}"


@promise("one open request per pilot, and none while the last is pending")
def one_open(record: Record) -> Iterator[str]:
    pending: dict[int, set[int]] = defaultdict(set)
    for one in record.noted:
        if one.pilot is None or not one.kind.startswith("checkin."):
            continue
        if one.kind == "checkin.opened":
            if pending[one.pilot]:
                yield f"pilot {one.pilot} was asked at {one.at} with {sorted(pending[one.pilot])} open"
            pending[one.pilot].add(one.after["checkin"])
        elif look.ends(one.kind):
            pending[one.pilot].discard(one.after["checkin"])


@promise("at most two reminders, to those who have not answered")
def reminders(record: Record) -> Iterator[str]:
    ended = {one.after["checkin"]: one.at for one in record.noted if look.ends(one.kind)}
    aside = look.away_spans(record)
    count: Counter[tuple[int, int]] = Counter()  # whoever it was handed to has two of their own
    asked = ((post, *one) for post in record.posts for one in look.asks(record, post.key))
    for post, kind, number in asked:
        if kind != "reminder":
            continue
        person = record.places.get(post.conversation, 0)
        count[number, person] += 1
        if number in ended and post.at > ended[number]:
            yield f"{post.key} reminded at {post.at} of what ended at {ended[number]}"
        if count[number, person] > record.house.reminders and not aside.get(person):
            yield f"{post.key} is reminder {count[number, person]} of check-in {number} to person {person}"


@promise("several pilots of one person come in one message, five at most")
def bundled(record: Record) -> Iterator[str]:
    together: dict[tuple[int, datetime], list[int]] = defaultdict(list)
    by_hand = {one.id for one in record.asked if one.by_hand}
    for person, at, checkins in look.by_itself(record, ("invite",)):
        if not by_hand.issuperset(checkins):
            together[person, at].append(len(checkins))
    for (person, at), sizes in together.items():
        if max(sizes) > MOST or len(sizes) > -(-sum(sizes) // MOST):
            yield f"person {person} was asked about {sizes} pilots in {len(sizes)} messages at {at}"


@promise("why nobody answers is asked about several pilots in one message, five at most")
def asked_why_together(record: Record) -> Iterator[str]:
    """Of more steps than one unit of work takes, some come in another message; so does what waited for somebody."""
    together: dict[tuple[datetime, str], list[int]] = defaultdict(list)
    steps: Counter[datetime] = Counter()
    for row in record.waited:
        silences = look.silences(record, row.key)
        if silences and not row.replaces and row.state != "cancelled":
            together[row.created_at, row.conversation].append(len(silences))
            steps[row.created_at] += len(silences)
    for (at, where), sizes in together.items():
        whole = steps[at] <= STEPS
        if max(sizes) > MOST or (whole and len(sizes) > -(-sum(sizes) // MOST) + 1):
            yield f"{where} was asked why nobody answers in {len(sizes)} messages about {sizes} pilots at {at}"


@promise("a week has a budget over all pilots of a person")
def budget(record: Record) -> Iterator[str]:
    before: dict[int, list[datetime]] = defaultdict(list)
    for person, at, _ in look.by_itself(record, ("ask", "invite", "reminder")):
        full = [one for one in before[person] if at - timedelta(days=7) < one < at]
        if len(full) >= record.house.messages:
            yield f"person {person} had {len(full)} messages in the week before {at}, and got one more"
        before[person].append(at)


@promise("the boss hears later than the owner, and never of silence where there is an answer")
def boss_later(record: Record) -> Iterator[str]:
    pilots = {one.id: one.pilot for one in record.asked}
    answers: dict[int, list[datetime]] = defaultdict(list)
    for one in record.noted:
        if one.kind in ANSWERS and one.pilot is not None:
            answers[one.pilot].append(one.at)
    told: dict[int, datetime] = {}  # pilot -> when somebody who answers for it was last written to about it
    for post in record.posts:
        for _, number in look.asks(record, post.key):
            told[pilots.get(number, 0)] = post.at
        for about in look.silences(record, post.key):
            if any(about.since < at < post.at for at in answers[about.pilot]):
                yield f"{post.key} told person {about.person} of silence about pilot {about.pilot}, which has an answer"
            if told.get(about.pilot, record.begin) < about.since:
                yield f"{post.key} told person {about.person} of pilot {about.pilot} before its owner heard"


# --- who ------------------------------------------------------------------------------------------------------------


@promise("whoever is away is left alone")
def away(record: Record) -> Iterator[str]:
    spans, heard = look.away_spans(record), look.acts(record)
    for post in look.to_people(record):
        person = record.places[post.conversation]
        day = post.at.astimezone(ZoneInfo(look.zone(record, person, post.at))).date()
        for since, until in spans.get(person, ()):
            if since < post.at and day <= until and not look.just_acted(heard, person, post.at):
                yield f"{post.key} came to person {person}, who is away until {until}"


@promise("whoever left is left alone")
def left(record: Record) -> Iterator[str]:
    gone = {turn.person: turn.at for turn in record.turns if turn.kind == "left"}
    for post in look.to_people(record):
        person = record.places[post.conversation]
        if person in gone and post.at > gone[person]:
            yield f"{post.key} came to person {person}, who left at {gone[person]}"


@promise("only the responsible are asked")
def responsible(record: Record) -> Iterator[str]:
    pilots = {one.id: one.pilot for one in record.asked}
    answers: dict[int, set[int]] = {pilot: set(people) for pilot, people in record.owners.items()}
    for one in record.noted:
        if one.kind in ("pilot.owner", "pilot.deputy") and one.pilot is not None and one.after is not None:
            answers.setdefault(one.pilot, set()).add(int(one.after))
    asked = [(post, number) for post in record.posts for _, number in look.asks(record, post.key)]
    for post, number in asked:
        person = record.places.get(post.conversation)
        if number not in pilots or person in answers.get(pilots[number], ()):
            continue
        if not _stands_in(record, person, answers[pilots[number]], post.at):
            yield f"{post.key} asked person {person}, who has no part in pilot {pilots[number]}"


def _stands_in(record: Record, person: int | None, holders: set[int], at: datetime) -> bool:
    """Whether one of these has named somebody to answer in their place, until then or a little before."""
    for turn in record.turns:
        if turn.kind == "delegates" and turn.person in holders and turn.at <= at:
            who, _, until = turn.value.partition(":")
            if int(who) == person and at.date() <= date.fromisoformat(until) + timedelta(days=STILL_OPEN):
                return True
    return False


# --- channels -------------------------------------------------------------------------------------------------------


@promise("a digest comes once a week, and a channel that is gone is told of once")
def digests(record: Record) -> Iterator[str]:
    weeks: Counter[tuple[str, date]] = Counter()
    told = [post for post in record.posts if "did not reach" in post.title]
    for post in record.posts:
        if post.key.startswith("digest:") and post.conversation not in record.places:
            monday = post.at.date() - timedelta(days=post.at.weekday())
            weeks[post.conversation, monday] += "digest" in post.title.casefold()
    for (place, week), many in weeks.items():
        if many > 1:
            yield f"{place} had {many} digests in the week of {week}"
    yield from (f"{person} was told again: {post.key}" for person, post in _repeated(told))


def _repeated(posts: list[Post]) -> Iterator[tuple[str, Post]]:
    seen: set[tuple[str, str]] = set()
    for post in posts:
        if (post.conversation, post.title) in seen:
            yield post.conversation, post
        seen.add((post.conversation, post.title))
