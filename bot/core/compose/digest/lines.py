"""One line about one pilot or one blocker, the same in the channel and in its thread; it must not order or cut."""

from __future__ import annotations

from datetime import date

from bot.core.card import Paragraph, bold, say
from bot.core.compose import words
from bot.core.compose.digest.view import Due, Moved, Ruled, SharedBlocker, Stuck
from bot.core.days import day_words

DECIDE = "Decide this week"
SHARED = "Shared blocker"


def waits(blocker: SharedBlocker, today: date) -> str:
    """How many wait for a blocker to be cleared, for how long, and who can clear it."""
    oldest = words.count((today - blocker.waiting[0].since).days, "day")
    clears = f"{blocker.who} can clear it" if blocker.who else "Nobody is named who can clear it"
    return f"{blocker.label}: {words.count(len(blocker.waiting), 'pilot')} wait, oldest {oldest}. {clears}."


def due_line(due: Due, today: date, reasons: int = 2) -> Paragraph:
    """A decision that waits: since when, who decides, and what the data suggests with so many reasons."""
    decider = f"decider {due.decider}" if due.decider else "nobody is named to decide"
    line = f": scale, fix or stop, {_since(due, today)}, {decider}."
    if due.suggests:
        because = f": {', '.join(due.because[:reasons])}" if reasons and due.because else ""
        line += f" Data suggests {due.suggests}{because}."
    return say(bold(words.pilot_name(due.name)), line)


def _since(due: Due, today: date) -> str:
    if due.on is None:
        return f"stuck for {words.count(due.stuck_days, 'day')}"
    days = (today - due.on).days
    if days < 0:
        return f"due {day_words(due.on, today)}"
    return "due today" if days == 0 else f"due {words.count(days, 'day')} ago"


def ruled_line(ruled: Ruled) -> Paragraph:
    """What was decided; of a pilot that ended what it leaves behind."""
    if ruled.lesson:
        return say(bold(words.pilot_name(ruled.name)), f" ({words.small(ruled.what)}): {ruled.lesson}")
    return say(bold(words.pilot_name(ruled.name)), f": {ruled.what} ({ruled.who}).")


def stuck_line(stuck: Stuck) -> Paragraph:
    """The one fact that proves it and the one next step."""
    fact = f": {stuck.signals[0].text} {stuck.signals[0].action}" if stuck.signals else ""
    return say(bold(words.pilot_name(stuck.name)), fact)


def moved_line(moved: Moved) -> Paragraph:
    """How a pilot came forward."""
    return say(bold(words.pilot_name(moved.name)), f"{_movement(moved)}.")


def _movement(moved: Moved) -> str:
    if moved.stage == "production":
        return " is in production"
    if moved.stage == "limited":
        return " went live for its first users"
    if moved.stage:
        return f" moved on to {words.stage_name(moved.stage)}"
    proof = f", with proof for {words.small(moved.because)}" if moved.because else ""
    return f": readiness {moved.before} to {moved.after}{proof}"
