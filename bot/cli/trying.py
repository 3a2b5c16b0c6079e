"""Trying a change before it bites: `rampcheck calibrate`, `simulate` and `replay`; it must not compute any of it."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import assert_never

from bot import simulation
from bot.cli import opening, screen
from bot.cli.trouble import Trouble
from bot.content.loader import Instead, load
from bot.core.calibration import ENOUGH, WITHIN, Calibration, Share, Verdict
from bot.core.compose.decision import CHOICES
from bot.core.compose.words import COURSES, count, listed
from bot.core.decisions import Choice
from bot.core.signals import RULES, Course
from bot.service import calibration as calibrating
from bot.service import replay as replaying
from bot.service.calibration import Findings
from bot.service.replay import Difference, Outcome
from bot.simulation.fates import Fate
from bot.simulation.verdict import Report
from bot.storage import migrate, open_store

NUMBERS = (*RULES, "P18")  # P18 stands beside the rules, for it needs what they found

# --- calibrate ------------------------------------------------------------------------------------------------------


def calibrate(*, as_json: bool) -> None:
    """Which signals tell pilots that move on from those that do not."""
    with opening.reading() as app:
        found = opening.look(app, calibrating.findings)
    if as_json:
        screen.as_json(asdict(found))
        return
    for line in _heading(found):
        screen.say(line)
    told = [one for one in found.signals if one.verdict is not Verdict.TOO_FEW]
    if told:
        header = ("Signal", "", "Fired", "Pilots", "Moved on with it", "Without it", "")
        screen.show(screen.table(header, [_row(one, found) for one in told]))
    for line in _rest(found):
        screen.say(line)


def _heading(found: Findings) -> list[str]:
    if not found.signals:
        return ["No signal has fired yet, so there is nothing to compare."]
    watched = f"Signals since {found.since.isoformat()}, {count(found.pilots, 'pilot')}."
    return [f"{watched} Moved on: reached a later stage within {WITHIN.days} days."]


def _row(one: Calibration, found: Findings) -> tuple[object, ...]:
    shares = (_share(one.fired), _share(one.quiet))
    return one.signal, found.names.get(one.signal, ""), one.times, one.pilots, *shares, _said(one.verdict)


def _share(share: Share) -> str:
    return f"{share.moved} of {share.of} ({share.moved / share.of:.0%})"


def _said(verdict: Verdict) -> str:
    match verdict:
        case Verdict.SEPARATES:
            return "separates"
        case Verdict.UNCLEAR:
            return "may be luck"
        case Verdict.NONE:
            return "does not separate"
        case Verdict.TOO_FEW:
            return "too few to tell"
        case _:
            assert_never(verdict)


def _rest(found: Findings) -> list[str]:
    """What no share is printed of: signals with too few cases, and those that never fired."""
    few = [one for one in found.signals if one.verdict is Verdict.TOO_FEW]
    fired = {one.signal for one in found.signals}
    never = [name for name in NUMBERS if name not in fired]
    lines = []
    if few:
        counts = listed(f"{one.signal} {count(one.times, 'time')}" for one in few)
        lines.append(
            f"Too few to tell: {counts}. A share needs {ENOUGH} pilots with the signal and {ENOUGH} without it, "
            f"each followed for {WITHIN.days} days."
        )
    if never and fired:
        lines.append(f"Never fired: {listed(never)}.")
    if any(one.verdict is Verdict.NONE for one in found.signals):
        lines.append(
            "A signal that does not separate asks for attention and earns none: "
            "change its threshold in policy.yaml, and try that with `rampcheck replay` first."
        )
    return lines


# --- simulate -------------------------------------------------------------------------------------------------------


def simulate(*, pilots: int, weeks: int, seed: int, policy: Path | None, as_json: bool) -> None:
    """Live a portfolio of known fates in a database of its own, and say how well Stuck found them."""
    found = opening.settings()
    content = load(found.questionnaires, Instead(policy=policy))
    with tempfile.TemporaryDirectory(prefix="rampcheck-simulate-") as folder:
        url = f"sqlite:///{Path(folder) / 'simulated.db'}"
        migrate.upgrade(url)
        with contextlib.closing(open_store(url)) as store:
            report = simulation.simulate(store, content, pilots=pilots, weeks=weeks, seed=seed)
    if as_json:
        screen.as_json(_plain(report, weeks, seed))
        return
    screen.say(_setting(report, weeks, seed))
    courses = (Course.STUCK, Course.AT_RISK, Course.UNKNOWN, Course.MOVING)
    header = ("Fate", "Pilots", "Called Stuck", *(f"{COURSES[course]} at the end" for course in courses))
    fates = [
        (fate, report.pilots(fate), report.stuck(fate), *(report.last(fate, course) for course in courses))
        for fate in Fate
    ]
    names = report.names()
    fired = [(ident, names[ident], *(by[fate] for fate in Fate)) for ident, by in report.signals().items()]
    screen.show(screen.table(header, fates), "")
    for line in _judged(report):
        screen.say(line)
    screen.show("", screen.table(("Signal", "", *(f"Of {report.pilots(f)} {f}" for f in Fate)), fired))


def _setting(report: Report, weeks: int, seed: int) -> str:
    return f"{count(len(report.cases), 'pilot')} for {count(weeks, 'week')}, seed {seed}, through the real engine."


def _judged(report: Report) -> list[str]:
    """Precision, recall and how early, in sentences that say what was counted."""
    lines = ["Stuck is to find the stuck and the over-optimistic; silent pilots count neither way."]
    if report.precision is None:
        lines.append("Precision: nobody was called Stuck.")
    else:
        lines.append(
            f"Precision {report.precision:.2f}: {report.found} of {report.called} called Stuck were."
        )
    if report.recall is None:
        lines.append("Recall: nobody was to be found.")
    else:
        lines.append(f"Recall {report.recall:.2f}: {report.found} of {report.standing} were found.")
    if report.weeks is not None:
        lines.append(f"Found after {report.weeks:.1f} weeks (median), counted from the day the fate began.")
    return lines


def _plain(report: Report, weeks: int, seed: int) -> dict[str, object]:
    return {
        "pilots": len(report.cases),
        "weeks": weeks,
        "seed": seed,
        "precision": report.precision,
        "recall": report.recall,
        "median_weeks": report.weeks,
        "cases": [asdict(case) for case in report.cases],
    }


# --- replay ---------------------------------------------------------------------------------------------------------


def replay(*, forms: list[Path], policy: Path | None, since: datetime | None, as_json: bool) -> None:
    """Which pilots would be another under changed files; nothing of it is stored."""
    if policy is None and not forms:
        raise Trouble("Name what to try: --policy FILE, --questionnaire FILE, or both.")
    tried = load(opening.settings().questionnaires, Instead(policy, tuple(forms)))
    moment = since.replace(tzinfo=UTC) if since else None
    with opening.reading() as app:
        found = opening.look(app, lambda work: replaying.replay(work, tried, since=moment))
    if as_json:
        screen.as_json(asdict(found))
        return
    screen.say(
        f"{len(found.differences)} of {count(found.pilots, 'pilot')} would change. Nothing was stored."
    )
    if found.differences:
        rows = [row for one in found.differences for row in _changes(one)]
        screen.show(screen.table(("Pilot", "", "Now", "Then"), rows))
    if found.lost:
        lost = listed(f"{name} {count(number, 'time')}" for name, number in found.lost.items())
        screen.say(f"Stored answers that the changed questions do not know, left out: {lost}.")


def _changes(one: Difference) -> list[tuple[str, str, str, str]]:
    """A row for each thing that changes, the pilot's name on the first."""
    now, then = _told(one.now), _told(one.then)
    rows = [(what, now[what], then[what]) for what in now if now[what] != then[what]]
    return [(one.name if place == 0 else "", *row) for place, row in enumerate(rows)]


def _told(outcome: Outcome) -> dict[str, str]:
    gate = outcome.gate
    return {
        "State": COURSES[outcome.course],
        "Signals": ", ".join(sorted(outcome.signals)) or "none",
        "Gate": f"{gate[0]}: {gate[1]} of {gate[2]} met" if gate else "none",
        "Suggestion": CHOICES[Choice(outcome.suggested)] if outcome.suggested else "none",
    }
