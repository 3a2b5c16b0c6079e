"""What the passing of time does to a check-in: snooze, remind, close; it must not read a clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core import cadence
from bot.core.compose import checkin as words
from bot.core.compose.form import form_card
from bot.core.context import Context
from bot.core.events import (
    Amend,
    Effect,
    Finish,
    Say,
    Snoozed,
    Step,
    Ticked,
    WentAway,
)
from bot.core.progress import close_handed, finish, waking
from bot.core.questionnaire import Questionnaire
from bot.core.state import Phase, State

SAY_BEFORE_CLOSING = timedelta(hours=1)  # a reminder nearer to the end than this would only annoy


def ticked(form: Questionnaire, context: Context, state: State, event: Ticked) -> Step:
    """What is due at this moment, if anything: the end, a waking, a reminder."""
    if state.wake_at is None or event.at < state.wake_at:
        return Step(state)
    good = cadence.good_moment(event.at, zone=context.zone, asking=context.asking)
    if event.at >= state.closes_at:
        if good > event.at and _tells_at_the_end(context, state):
            return _open_until_morning(state, good)
        return _closed(form, context, state, event.at)
    if good > event.at:
        return _until_morning(state, event.at, good)
    if state.phase is Phase.SNOOZED:
        return _reminded(
            form, context, replace(state, phase=Phase.OPEN, snoozed_until=None), event.at, "wake"
        )
    return _reminded(form, context, state, event.at, "reminder")


def _until_morning(state: State, at: datetime, good: datetime) -> Step:
    """What an outage has moved into the night is said at the next good hour; several become one."""
    snoozed_until = good if state.phase is Phase.SNOOZED else state.snoozed_until
    left = tuple(moment for moment in state.ladder if moment > good)
    missed = any(moment <= at for moment in state.ladder)
    again = (good,) if missed and state.phase is not Phase.SNOOZED else ()
    after = replace(state, snoozed_until=snoozed_until, ladder=(*again, *left), revision=state.revision + 1)
    return Step(waking(after))


def _tells_at_the_end(context: Context, state: State) -> bool:
    """Whether no message has told yet what follows from silence: one that is only amended is not read."""
    return bool(context.follows) and not state.reminders and state.phase is not Phase.WAITING


def _open_until_morning(state: State, good: datetime) -> Step:
    """An end that an outage has moved into the night, and that is to be told, comes at the next good hour."""
    awake = Phase.OPEN if state.phase is Phase.SNOOZED else state.phase
    later = replace(state, phase=awake, closes_at=good, ladder=(), snoozed_until=None)
    return Step(waking(replace(later, revision=state.revision + 1)))


def _closed(form: Questionnaire, context: Context, state: State, at: datetime) -> Step:
    """Closing time: what colleagues still owe is let go; an open check-in expires and takes late answers."""
    closed = close_handed(context, state)
    let_go = replace(
        state,
        handed={},
        drafts={},
        skipped=(*state.skipped, *state.handed),
        revision=state.revision + 1,
    )
    if state.phase is Phase.WAITING:
        ended = finish(let_go, "answered", at)
        return replace(ended, effects=(*closed, *ended.effects))
    after = replace(
        let_go, phase=Phase.EXPIRED, outcome="missed", ladder=(), snoozed_until=None, wake_at=None
    )
    if _tells_at_the_end(context, state):
        return _told_at_the_end(form, context, after, closed, at)
    card = form_card(form, context, after, at)
    return Step(
        after, (*closed, Amend(state.said, state.person, card), Finish("missed", state.said, state.person))
    )


def _told_at_the_end(
    form: Questionnaire, context: Context, state: State, closed: tuple[Effect, ...], at: datetime
) -> Step:
    moved = Amend(state.said, state.person, words.moved_card(form, context))
    after = replace(state, said=f"closed{state.revision}")
    said = Say(after.said, after.person, form_card(form, context, after, at))
    return Step(after, (*closed, moved, said, Finish("missed", after.said, after.person)))


def _reminded(form: Questionnaire, context: Context, state: State, at: datetime, kind: str) -> Step:
    """Say it once more in a new message. Several reminders missed together, after an outage, become one."""
    left = tuple(moment for moment in state.ladder if moment > at)
    state = replace(state, ladder=left, revision=state.revision + 1)
    held = kind == "reminder" and not context.may_remind
    if held or state.phase is Phase.WAITING or state.closes_at - at < SAY_BEFORE_CLOSING:
        return Step(waking(state))
    number = state.reminders + (kind == "reminder")
    after = waking(replace(state, reminders=number, said=f"{kind}{state.revision}"))
    moved = Amend(state.said, state.person, words.moved_card(form, context))
    card = form_card(form, context, after, at)
    return Step(after, (moved, Say(after.said, after.person, card, stale_at=after.closes_at)))


def snoozed(form: Questionnaire, context: Context, state: State, event: Snoozed) -> Step:
    """Ask again later: at most the policy's days ahead, with the reminders that are left."""
    if event.by != state.person or state.phase not in (Phase.OPEN, Phase.SNOOZED):
        return Step(state)
    latest = event.at + timedelta(days=context.asking.snooze_days)
    if not event.at < event.until <= latest:
        return Step(state, problems={"": words.snooze_bounds(context.asking.snooze_days)})
    ladder, closes_at = cadence.ladder(event.until, zone=context.zone, asking=context.asking)
    left = max(context.asking.reminders - state.reminders, 0)
    after = replace(
        state,
        phase=Phase.SNOOZED,
        snoozed_until=event.until,
        ladder=ladder[:left],
        closes_at=max(state.closes_at, closes_at),
        revision=state.revision + 1,
    )
    card = words.snoozed_card(form, context, after, event.at)
    return Step(waking(after), (Amend(state.said, state.person, card),))


def set_aside(form: Questionnaire, context: Context, state: State, event: WentAway) -> Step:
    """It waits until its person is back, and then begins anew: with all its reminders, and open as long as any."""
    if state.phase not in (Phase.OPEN, Phase.SNOOZED):
        return Step(state)
    ladder, closes_at = cadence.ladder(event.until, zone=context.zone, asking=context.asking)
    after = replace(
        state,
        phase=Phase.SNOOZED,
        snoozed_until=event.until,
        ladder=ladder,
        reminders=0,
        closes_at=closes_at,
        revision=state.revision + 1,
    )
    return Step(
        waking(after), (Amend(state.said, state.person, words.away_card(form, context, after, event.at)),)
    )
