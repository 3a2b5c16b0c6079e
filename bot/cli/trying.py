"""Trying a change before it bites: `rampcheck calibrate`; it must not compute any of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import assert_never

from bot.cli import opening, screen
from bot.core.calibration import ENOUGH, WITHIN, Calibration, Share, Verdict
from bot.core.compose.words import count, listed
from bot.core.signals import RULES
from bot.service import calibration as calibrating
from bot.service.calibration import Findings

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
            "change its threshold in policy.yaml."
        )
    return lines
