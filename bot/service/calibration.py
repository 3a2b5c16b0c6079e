"""Reads from the log when signals came on and what became of their pilots; it must not judge a signal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.calibration import Calibration, Firing, calibrated
from bot.core.journey import MONTH
from bot.core.records import Event, PilotId
from bot.core.signals.evaluation import Evaluation
from bot.service import evaluations
from bot.service.portfolio_facts import journeys
from bot.service.work import Work

MONTHS = 24  # as far back as the usual stays look (P01): older stays say little about how we work now
EVENTS_READ = 1_000_000  # signals that came on in that time: some twenty for each pilot and year


@dataclass(frozen=True, slots=True)
class Findings:
    """Every signal that fired since a day, what each is called, and how many pilots are watched since then."""

    since: date
    pilots: int
    signals: tuple[Calibration, ...]
    names: Mapping[str, str]


def findings(work: Work) -> Findings:
    """What the log of signals says of each, over the last two years or as far back as it goes."""
    since = work.now - timedelta(days=MONTHS * MONTH)
    came = work.unit.events(kinds=(evaluations.ON,), since=since, limit=EVENTS_READ)
    last = work.unit.evaluations()
    firings = {Firing(event.pilot, event.subject, work.day(event.at)) for event in came if event.pilot}
    firings |= set(_unlogged(work, last, {(firing.pilot, firing.signal) for firing in firings}))
    start = min((work.day(event.at) for event in came), default=work.today())
    watched = _watched(work, start)
    found = calibrated(firings, journeys(work, work.unit.pilots()), watched, work.today())
    return Findings(start, len(watched), found, _names(came, last.values()))


def _unlogged(
    work: Work, last: Mapping[PilotId, Evaluation], logged: set[tuple[PilotId, str]]
) -> Iterable[Firing]:
    """Signals that are on and came before the log of them began: they count as fired, not towards a share."""
    for pilot, found in last.items():
        for seen in (*found.signals, *found.known):
            if (pilot, seen.signal.id) not in logged:
                yield Firing(pilot, seen.signal.id, work.day(seen.since))


def _watched(work: Work, start: date) -> dict[PilotId, date]:
    """The day since which each pilot is evaluated with its signals logged."""
    first: dict[PilotId, date] = {}
    for event in work.unit.events(kinds=(evaluations.COURSE,), limit=EVENTS_READ):
        if event.pilot is not None:
            first[event.pilot] = max(work.day(event.at), start)
    return first


def _names(came: Sequence[Event], last: Iterable[Evaluation]) -> dict[str, str]:
    logged = {event.subject: str(event.after["name"]) for event in came if isinstance(event.after, dict)}
    kept = {seen.signal.id: seen.signal.name for found in last for seen in (*found.signals, *found.known)}
    return logged | kept
