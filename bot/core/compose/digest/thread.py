"""The details under a digest: what the channel left out, in the order of its sections; it must not repeat the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from bot.core.card import Block, Card, bold, say, spoken
from bot.core.compose import words
from bot.core.compose.digest.lines import DECIDE, SHARED, due_line, moved_line, ruled_line
from bot.core.compose.digest.view import DigestView, Quiet, SharedBlocker, Stuck
from bot.core.days import day_words
from bot.core.signals.portfolio import PortfolioSignal

DETAILS_SHOWN = 20  # entries of one thread card; a longer one is a list
T = TypeVar("T")


def thread(view: DigestView, most: int) -> Iterator[Card]:
    """What the channel left out: all reasons of the stuck, and every section that was cut short."""
    if len(view.due) > most:
        yield _details(DECIDE, view.due, lambda due: [due_line(due, view.today)])
    if view.stuck:
        yield _details("Stuck", view.stuck, lambda stuck: _reasons(stuck, view.today))
    if len(view.moved) > most or (view.moved and not view.due and not view.stuck):
        yield _details("Moved", view.moved, lambda moved: [moved_line(moved)])
    yield from (_blocked(blocker, view.today) for blocker in view.shared)
    calm = not view.due and not view.stuck
    if len(view.ruled) > most or (view.ruled and calm):
        yield _details("Decided", view.ruled, lambda ruled: [ruled_line(ruled)])
    if view.quiet:
        yield _details("Quiet", view.quiet, _silence)
    if view.together:
        yield _together(view.together)


def _blocked(blocker: SharedBlocker, today: date) -> Card:
    """Everybody whom one thing holds up, who can clear it and what to do about it."""
    title = f"{SHARED}: {blocker.label}"
    body: list[Block] = [
        say(bold(words.pilot_name(one.name)), f": {words.count((today - one.since).days, 'day')}")
        for one in blocker.waiting[:DETAILS_SHOWN]
    ]
    if len(blocker.waiting) > DETAILS_SHOWN:
        body.append(say(words.capital(words.more(len(blocker.waiting) - DETAILS_SHOWN))))
    who = f"{blocker.who} can clear it." if blocker.who else "Nobody is named who can clear it."
    body.append(say(f"{who} Next step: give it one owner outside the pilots, as one task."))
    return Card(title, f"{title}\n{spoken(body)}", body=tuple(body))


def _together(signals: Sequence[PortfolioSignal]) -> Card:
    """What holds for all pilots together, each with its act."""
    title = "All pilots together"
    body = [block for signal in signals for block in _act(signal)]
    return Card(title, f"{title}\n{spoken(body)}", body=tuple(body))


def _act(signal: PortfolioSignal) -> Iterator[Block]:
    yield say(bold(signal.name), f": {signal.text}")
    yield say(f"Next step: {signal.action}" if signal.strong else f"To consider: {signal.action}")


def _details(name: str, entries: Sequence[T], lines: Callable[[T], Sequence[Block]]) -> Card:
    title = f"{name}: {words.count(len(entries), 'pilot')}"
    body = [block for entry in entries[:DETAILS_SHOWN] for block in lines(entry)]
    if len(entries) > DETAILS_SHOWN:
        body.append(say(f"{words.capital(words.more(len(entries) - DETAILS_SHOWN))}: type list"))
    return Card(title, f"{title}\n{spoken(body)}", body=tuple(body))


def _reasons(stuck: Stuck, today: date) -> list[Block]:
    since = f" (since {day_words(stuck.since, today)})" if stuck.since else ""
    reasons = " ".join(signal.text for signal in stuck.signals)
    steps = " ".join(signal.action for signal in stuck.signals)
    return [say(bold(words.pilot_name(stuck.name)), f"{since}: {reasons}"), say(f"Next step: {steps}")]


def _silence(quiet: Quiet) -> list[Block]:
    checkins = words.count(quiet.missed, "check-in")
    return [say(bold(words.pilot_name(quiet.name)), f": no answer to {checkins}. Is it still running?")]
