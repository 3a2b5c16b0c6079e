"""`rampcheck report nags`: what was sent unasked and what it gained; it must not name anybody."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from bot.cli import opening, screen
from bot.core.nags import Gain, gains
from bot.service.work import Work

READ = 1_000_000  # messages: a year of ten thousand people


def nags(*, weeks: int, as_json: bool) -> None:
    """Each step: sent, answered before the next one, to how many people."""
    with opening.reading() as app:
        found = opening.look(app, lambda work: _gains(work, weeks))
    if as_json:
        screen.as_json([asdict(gain) for gain in found])
    elif not found:
        screen.say("Nobody was asked anything in that time.")
    else:
        rows = [(one.step.capitalize(), one.sent, one.answered, _share(one), one.people) for one in found]
        screen.show(screen.table(("Step", "Sent", "Answered", "Share", "People"), rows))
        screen.say(
            "Answered: before the next message about the same check-in. After several reminders in a row"
        )
        screen.say("without an answer, somebody gets fewer (`backoff_after` in policy.yaml).")


def _gains(work: Work, weeks: int) -> tuple[Gain, ...]:
    return gains(work.unit.nags(since=work.now - timedelta(weeks=weeks), limit=READ))


def _share(gain: Gain) -> str:
    return f"{gain.answered / gain.sent:.0%}"
