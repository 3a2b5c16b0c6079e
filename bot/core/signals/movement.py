"""Signals about movement: P02 none, P05 the same blocker again, P18 on track in words alone."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.days import day_words
from bot.core.policy import Policy
from bot.core.signals.facts import STUCK_STAGES, Blocked, Forecast, PilotFacts, in_grace
from bot.core.signals.kinds import Group, Severity, Signal
from bot.core.wording import count

TELLING = ("P01", "P02", "P03")  # what says otherwise when an owner is sure; P01 and P03 where they are high


def no_movement(facts: PilotFacts, policy: Policy) -> Signal | None:
    """P02: over the window `max R - min R < d`, no effective level changed, no gate passed, nothing finished."""
    pace, limits = facts.pace, policy.thresholds["P02"]
    if pace is None or facts.stage not in STUCK_STAGES or in_grace(facts, policy):
        return None
    asked = pace.answered >= limits["checkins"] and pace.reviewed >= limits["reviews"]
    still = pace.high - pace.low < limits["points"] and not pace.moved
    if not asked or not still or min(pace.watched_days, facts.stage_days) < limits["days"]:
        return None
    return Signal(
        "P02",
        "No movement",
        Severity.HIGH,
        Group.MOVEMENT,
        f"Nothing changed level in {pace.days} days although {pace.answered} check-ins were answered.",
        "Give the lowest gate item a person and a date this week, or pause it with a wake-up date.",
        f"readiness between {pace.low} and {pace.high} in {pace.days} days, under {limits['points']:g} points; "
        "no level changed, no gate passed, nothing finished with a link",
    )


def same_blocker(facts: PilotFacts, policy: Policy) -> Signal | None:
    """P05: the same category and person in so many check-ins running, or a request for help left without a reply."""
    blocked, limits = facts.blocked, policy.thresholds["P05"]
    if blocked is None or facts.stage not in STUCK_STAGES or in_grace(facts, policy):
        return None
    waited = blocked.waiting_days or 0
    high = blocked.run >= limits["high"] or waited > limits["unanswered_days"]
    if not high and blocked.run < limits["medium"]:
        return None
    return Signal(
        "P05",
        "Same blocker again",
        Severity.HIGH if high else Severity.MEDIUM,
        Group.MOVEMENT,
        _blocked(blocked, facts),
        "Say one level up what is needed, from whom, by when, and what waiting costs.",
        f"named in {count(blocked.run, 'check-in')} running (from {limits['medium']:g}, high from "
        f"{limits['high']:g}); {count(waited, 'day')} without a reply (high over {limits['unanswered_days']:g})",
    )


def sure_but_still(facts: PilotFacts, policy: Policy, others: Iterable[Signal]) -> Signal | None:
    """P18: sure in the last check-ins while the data says no; or a sponsor or a record that doubts it."""
    forecast, limits = facts.forecast, policy.thresholds["P18"]
    if forecast is None or facts.stage not in STUCK_STAGES or in_grace(facts, policy):
        return None
    against = next((one for one in others if _tells(one)), None)
    text = _doubt(forecast, against, policy)
    if not text:
        return None
    return Signal(
        "P18",
        "Says on track, data says no",
        Severity.HIGH,
        Group.MOVEMENT,
        text,
        "Talk for 15 minutes, owner, sponsor and one user: what would have to be true by the date?",
        f"sure {', '.join(f'{value:g}' for value in forecast.sure[: int(limits['checkins'])]) or 'not said'} "
        f"(from {limits['sure']:g}); sponsor less hopeful {count(forecast.less_hopeful, 'time')} running",
    )


def _tells(signal: Signal) -> bool:
    return signal.id == "P02" or (signal.id in TELLING and signal.severity is Severity.HIGH)


def _doubt(forecast: Forecast, against: Signal | None, policy: Policy) -> str:
    """What speaks against the owner's view; nothing where all agrees."""
    limits = policy.thresholds["P18"]
    lately = forecast.sure[: int(limits["checkins"])]
    sure = len(lately) == limits["checkins"] and min(lately) >= limits["sure"]
    if sure and against is not None:
        said = f'The owner says "{forecast.word}"' if forecast.word else "The owner is confident"
        return f"{said}; {against.text[:1].lower()}{against.text[1:]}"
    if forecast.less_hopeful >= limits["less_hopeful"]:
        return "The sponsor is less hopeful than the owner, twice running."
    if (
        forecast.brier is not None
        and forecast.resolved >= limits["resolved"]
        and forecast.brier > limits["brier"]
    ):
        return f"Forecasts for {forecast.resolved} earlier dates were mostly wrong."
    return ""


def _blocked(blocked: Blocked, facts: PilotFacts) -> str:
    times = f" for {blocked.run} check-ins" if blocked.run > 1 else ""
    if not blocked.who or blocked.asked_on is None:
        return f"Blocked by {blocked.label}{times}."
    asked = f"{blocked.who} was asked on {day_words(blocked.asked_on, facts.today)}"
    answer = ", with no answer" if blocked.waiting_days is not None else ""
    return f"Blocked by {blocked.label}{times}; {asked}{answer}."
