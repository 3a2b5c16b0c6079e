"""The weekly digest: gathers a week, posts it to subscribed channels, plans the next; it must not word it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core import cadence, permissions
from bot.core.card import Card
from bot.core.command import DigestNow
from bot.core.compose import decision as decision_words
from bot.core.compose import digest as words
from bot.core.compose import notes
from bot.core.compose.digest import (
    Digest,
    DigestView,
    Due,
    Moved,
    Quiet,
    Ruled,
    SharedBlocker,
    Stuck,
    Waits,
)
from bot.core.compose.portfolio_map import Scored, portfolio_map
from bot.core.days import dated
from bot.core.decisions import ENDING, Choice, deciders
from bot.core.journey import came_forward
from bot.core.permissions import Action
from bot.core.portfolio import clears, waiting_for
from bot.core.ports import Message, Reply, Show, Unit
from bot.core.questionnaire import STAGES, ItemId
from bot.core.records import (
    EVERYTHING,
    Address,
    Decision,
    Event,
    Person,
    Pilot,
    PilotId,
    Slice,
    Subscription,
)
from bot.core.signals import Course
from bot.core.signals.portfolio import portfolio_signals, shared_blockers
from bot.core.values import Json
from bot.service import cases, portfolio_facts, quarter, subscribed
from bot.service.evaluate import Standing as Stand
from bot.service.portfolio_facts import Portfolio
from bot.service.standings import standings
from bot.service.work import Work

DECISIONS_READ = 100_000  # all of them: a pilot has a few in its life
WEEK = timedelta(days=7)
ON_TIME = timedelta(minutes=15)  # a digest is posted at its own hour, be that a Friday or late
A_WEEK_AND_A_DAY = timedelta(days=8)  # before a slot: the slot before it is the first after that, DST or not
STALE_AFTER = timedelta(days=2)  # a digest that comes later than this tells of another week
SHARED = "PF3"  # stands in the channel; the other portfolio signals in the thread
JUMP = 3  # points of readiness that count as movement (content.md section 4)


def compose(work: Work, about: Slice = EVERYTHING, *, before: int | None = None) -> Digest:
    """The digest of this moment for all pilots, or for a slice of them."""
    return words.digest(gather(work, about, before=before), work.content.policy.digest)


def shown(work: Work, command: DigestNow) -> Card:
    """The digest as whoever asks for it sees it: of this moment, or of the last quarter."""
    if command.action == "quarter":
        return quarter.card(work, command.about)
    return compose(work, command.about).channel


def gather(work: Work, about: Slice = EVERYTHING, *, before: int | None = None) -> DigestView:
    """What happened in the last seven days, and where every pilot stands. Private pilots stay out of channels."""
    pilots = subscribed.pilots(work.unit, about)
    going = [pilot for pilot in pilots if pilot.stage in STAGES]
    standing = standings(work, going, scored=False)
    stuck = [pilot for pilot in going if standing[pilot.id].course is Course.STUCK]
    silent = {pilot.id: standing[pilot.id].streak for pilot in going}
    quiet_from = work.content.policy.thresholds["P10"]["high"]
    ruled = _ruled(work, pilots)
    together = portfolio_facts.portfolio_of(work, pilots)
    on = portfolio_signals(together.facts, work.content.policy)
    open_, live = words.headcount(pilot.stage for pilot in pilots)
    return DigestView(
        today=work.today(),
        open=open_,
        live=live,
        decided=len(ruled),
        stuck_before=before,
        due=_due(work, going, standing),
        stuck=tuple(
            Stuck(one.id, one.name, standing[one.id].signals, work.day(standing[one.id].since))
            for one in stuck
        ),
        moved=_moved(work.unit, going, work.now),
        ruled=ruled,
        quiet=tuple(Quiet(p.id, p.name, silent[p.id]) for p in going if silent[p.id] >= quiet_from),
        shared=_shared(work, pilots, together),
        together=tuple(signal for signal in on if signal.id != SHARED),
        about=words.of_slice(about),
    )


def _shared(work: Work, pilots: Sequence[Pilot], together: Portfolio) -> tuple[SharedBlocker, ...]:
    """The blockers that hold up many of these pilots (PF3)."""
    names = {pilot.id: pilot.name for pilot in pilots}
    found = []
    for blocker in shared_blockers(together.facts, work.content.policy):
        waiting = waiting_for(together.named, blocker.slug)
        waits = tuple(Waits(pilot, names[pilot], one.since) for pilot, one in waiting.items())
        who = clears(waiting.values())
        found.append(SharedBlocker(blocker.label, waits, cases.name_of(work, who) if who else ""))
    return tuple(found)


def _due(work: Work, pilots: Sequence[Pilot], standing: Mapping[PilotId, Stand]) -> tuple[Due, ...]:
    """Decisions whose day comes within the week, or that a pilot has been Stuck for too long without.

    Those that stand in the channel come with what the data suggests, and those in its thread with who decides; of the
    others that would be read for nobody.
    """
    soon, items = work.today() + WEEK, cases.item_names(work)
    last = _last_decisions(work)
    due = [
        Due(
            pilot.id,
            pilot.name,
            pilot.decide_by if pilot.decide_by is not None and pilot.decide_by <= soon else None,
            "",
            stuck_days=cases.stuck_days(work, standing[pilot.id]) or 0,
        )
        for pilot in pilots
        if (pilot.decide_by is not None and pilot.decide_by <= soon)
        or cases.waits(work, pilot, standing=standing[pilot.id], made=last.get(pilot.id, ()))
    ]
    by_id = {pilot.id: pilot for pilot in pilots}
    first = sorted(due, key=words.longest_first)
    told = work.content.policy.digest.shown
    named = [_with_decider(work, one, by_id[one.pilot]) for one in first[: max(told, words.DETAILS_SHOWN)]]
    suggested = [
        _with_suggestion(one, cases.case(work, by_id[one.pilot], standing=standing[one.pilot]), items)
        for one in named[:told]
    ]
    return (*suggested, *named[told:], *first[len(named) :])


def _last_decisions(work: Work) -> dict[PilotId, Sequence[Decision]]:
    """The newest decision about each pilot."""
    found: dict[PilotId, Sequence[Decision]] = {}
    for made in work.unit.decisions(limit=DECISIONS_READ):
        found.setdefault(made.pilot, (made,))
    return found


def _with_decider(work: Work, due: Due, pilot: Pilot) -> Due:
    return replace(due, decider=next((cases.name_of(work, one) for one, _ in deciders(pilot)), ""))


def _with_suggestion(due: Due, known: cases.Case, items: Mapping[ItemId, str]) -> Due:
    suggestion = known.suggestion
    return replace(
        due,
        suggests=decision_words.choice_name(suggestion.choice) if suggestion.choice else "",
        because=decision_words.strongest(suggestion, items),
    )


def _ruled(work: Work, pilots: Sequence[Pilot]) -> tuple[Ruled, ...]:
    """What was decided in the last seven days, the newest first; a date that was moved is no decision."""
    names, today = {pilot.id: pilot.name for pilot in pilots}, work.today()
    return tuple(
        Ruled(
            made.pilot,
            names[made.pilot],
            decision_words.decided(made, today),
            cases.name_of(work, made.by),
            decision_words.learned(made) if Choice(made.choice) in ENDING else "",
        )
        for made in work.unit.decisions(since=work.now - WEEK)
        if made.pilot in names and made.choice != Choice.LATER
    )


def _moved(unit: Unit, pilots: Sequence[Pilot], now: datetime) -> tuple[Moved, ...]:
    """Pilots that entered a later stage, or whose readiness rose, in the last seven days."""
    steps = _forward(unit, now)
    then, latest = unit.snapshots(before=now - WEEK), unit.snapshots()
    found = []
    for pilot in pilots:
        before, after = then.get(pilot.id), latest.get(pilot.id)
        old, new = before.overall if before else None, after.overall if after else None
        if pilot.id in steps:
            found.append(Moved(pilot.id, pilot.name, stage=pilot.stage))
        elif old is not None and new is not None and new - old >= JUMP:
            found.append(Moved(pilot.id, pilot.name, before=old, after=new))
    return tuple(found)


def _forward(unit: Unit, now: datetime) -> set[PilotId]:
    """Pilots whose stage rose."""
    events = unit.events(kinds=("pilot.stage",), since=now - WEEK, limit=1000)
    rises = (event.pilot for event in events if came_forward(str(event.before), str(event.after)))
    return {pilot for pilot in rises if pilot is not None}


# --- posting --------------------------------------------------------------------------------------------------------


def post_due(work: Work, seen: Subscription) -> None:
    """Post a due digest and plan the next one; both in this unit, so never one without the other."""
    subscription = next((one for one in work.unit.subscriptions() if one.id == seen.id), None)
    if subscription is None or subscription.next_due_at > work.now:
        return
    following = next_slot(work)
    # After weeks without a worker it is the newest slot that is late, not the oldest.
    due = max(subscription.next_due_at, _slot_after(work, following - A_WEEK_AND_A_DAY))
    when = work.now if work.now - due <= ON_TIME else _after_outage(work, due, following)
    if when is None:
        work.unit.record(Event("digest.skipped", work.now, None, subject=str(subscription.id)))
    elif when > work.now:
        work.unit.save_subscription(replace(subscription, next_due_at=when))
        return
    else:
        post(work, subscription, key=f"digest:{subscription.id}:{due.isoformat()}")
        quarter.post(work, subscription)
    work.unit.save_subscription(replace(subscription, next_due_at=following))


def _after_outage(work: Work, due: datetime, following: datetime) -> datetime | None:
    """When a late digest is posted: at the next good hour; None where the next one is nearer."""
    zone, asking = work.zone(None), work.asking()
    return cadence.after_outage(due, work.now, next_due=following, zone=zone, asking=asking)


def post(work: Work, subscription: Subscription, *, key: str) -> None:
    """The channel's card, then its details as replies beneath it."""
    last = next(iter(subscribed.posts(work.unit, subscription)), None)
    before = last.after.get("stuck") if last and isinstance(last.after, dict) else None
    view = gather(work, subscription.about, before=before if isinstance(before, int) else None)
    made = words.digest(view, work.content.policy.digest)
    # Whatever was wrong with the channel may have been mended: the platform knows, and its answer is passed on.
    address, stale = work.unit.channel(subscription.channel.address).address, work.now + STALE_AFTER
    work.unit.enqueue(Message(key, address, made.channel, stale_at=stale), work.now)
    picture = _map(work, view, subscription.about)
    for number, card in enumerate([*([picture] if picture else ()), *made.thread], start=1):
        work.unit.enqueue(Message(f"{key}:{number}", address, card, under=key, stale_at=stale), work.now)
    after: Json = {"stuck": len(view.stuck), "key": key}
    work.unit.record(Event(subscribed.POSTED, work.now, None, subject=str(subscription.id), after=after))


def _map(work: Work, view: DigestView, about: Slice) -> Card | None:
    """The picture of all pilots that still go on; it stands in the thread, so nothing it lacks holds up the digest."""
    dimensions = [dimension.id for dimension in work.content.model.dimensions]
    latest = work.unit.snapshots()
    scored = []
    for pilot in subscribed.pilots(work.unit, about):
        if pilot.stage in STAGES:
            known = latest[pilot.id].dimensions if pilot.id in latest else {}
            scored.append(Scored(pilot.id, pilot.name, pilot.stage, tuple(map(known.get, dimensions))))
    wanted = {due.pilot for due in view.due} | {stuck.pilot for stuck in view.stuck}
    return portfolio_map(dimensions, scored, wanted)


def catch_up(work: Work, address: Address) -> None:
    """The bot was let into a channel: the digest that could not be posted there lately is posted now."""
    known = subscribed.of_channel(work.unit, address)
    last = next(iter(subscribed.posts(work.unit, known)), None) if known else None
    if known is None or last is None or work.now - last.at > STALE_AFTER:
        return
    if not work.unit.was_sent(subscribed.key_of(last)):
        post(work, known, key=f"digest:{known.id}:{work.now.isoformat()}")


def post_again(work: Work, person: Person, number: int) -> Reply:
    """Post the digest of a subscription now: for whoever set it up and for leads."""
    known = next((one for one in work.unit.subscriptions() if one.id == number), None)
    if known is None or (known.by != person.id and not permissions.may(person, Action.SET_DIGEST)):
        return Show(notes.not_there())
    post(work, known, key=f"digest:{known.id}:{work.now.isoformat()}")
    return Show(notes.note(f"The digest is on its way to {subscribed.name_of(known)}."))


def amend(work: Work, pilot: Pilot, decided: str, who: str, decision: int) -> None:
    """Say what was decided in the newest digest of every channel, where it asked for that decision."""
    if not permissions.is_for_all(pilot):
        return
    for subscription in work.unit.subscriptions():
        last = next(iter(subscribed.posts(work.unit, subscription)), None)
        key = subscribed.key_of(last) if last else ""
        card = work.unit.posted(key) if key else None
        amended = words.amended(card, pilot.id, pilot.name, decided, who) if card else None
        if amended is None:
            continue
        message = Message(f"{key}:decided:{decision}", subscription.channel.address, amended, replaces=key)
        work.unit.enqueue(message, work.now)


def next_slot(work: Work) -> datetime:
    """The next weekly moment, in the organisation's zone."""
    return _slot_after(work, work.now)


def _slot_after(work: Work, moment: datetime) -> datetime:
    policy = work.content.policy.digest
    return cadence.digest_slot(
        moment, weekday=policy.weekday, hour=policy.hour, zone=work.unit.organisation.zone
    )


def subscribe(work: Work, address: Address, name: str, person: Person, about: Slice = EVERYTHING) -> Card:
    """Have the digest posted to a channel every week; asking again changes what it is about."""
    channel = work.unit.channel(address, name)
    known = next((one for one in work.unit.subscriptions() if one.channel.id == channel.id), None)
    due = next_slot(work)
    fresh = Subscription(0, channel, due, about, person.id)
    work.unit.save_subscription(replace(known, about=about, by=person.id) if known else fresh)
    work.unit.record(
        Event("digest.subscribed", work.now, person.id, subject=str(channel.id), after=words.of_slice(about))
    )
    when = dated(known.next_due_at if known else due, work.now, work.unit.organisation.zone)
    return notes.subscribed(words.of_slice(about), when)


def unsubscribe(work: Work, address: Address, name: str, person: Person) -> Card:
    """No more digests in this channel."""
    channel = work.unit.channel(address, name)
    known = next((one for one in work.unit.subscriptions() if one.channel.id == channel.id), None)
    if known is None:
        return notes.note("This channel gets no digest, so there is nothing to stop.")
    work.unit.drop_subscription(known.id)
    work.unit.record(Event("digest.unsubscribed", work.now, person.id, subject=str(channel.id)))
    return notes.note("No more weekly digests here. Type `digest subscribe` to have them again.")
