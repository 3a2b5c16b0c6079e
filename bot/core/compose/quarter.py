"""The words of a quarter: five figures, and which of them too few pilots stand behind; it must not compute them."""

from __future__ import annotations

from bot.core import tokens
from bot.core.card import Button, Card, Paragraph, bold, say, spoken
from bot.core.compose import words
from bot.core.days import MONTHS
from bot.core.quarter import LEAST, Ended, Figures, Quarter
from bot.core.questionnaire import STAGES

LEFT = STAGES[
    1:-1
]  # from Framed on: an idea has no usual time (policy.yaml), and what is in production stays
TOO_FEW = "Too few for a share."


def quarter(found: Figures, about: str = "") -> Card:
    """One card for a channel; `about` names the pilots where it is not all of them."""
    title = f"AI pilots, {about}, {_name(found.quarter)}" if about else f"AI pilots, {_name(found.quarter)}"
    body = (_reached(found), _stays(found), _value(found), _ended(found.ended), _clearing(found))
    footer = f"Pilots are counted, never people. A share needs {LEAST} of them, the days in a stage {found.cohort}."
    fallback = f"{title}\n{spoken(body)}\n{footer}"
    return Card(
        title, fallback, body=body, actions=(Button("All pilots", tokens.command("list")),), footer=footer
    )


def _name(quarter: Quarter) -> str:
    first, last = MONTHS[quarter.first.month - 1], MONTHS[quarter.last.month - 1]
    return f"{first} to {last} {quarter.first.year}"


def _reached(found: Figures) -> Paragraph:
    did, stopped = words.count(found.reached, "pilot"), found.stopped
    told = f"{did} did, {stopped} {words.verb(stopped, 'was')} stopped on the way."
    return say(bold("Reached production: "), _share(found.reached, found.reached + stopped, told))


def _share(part: int, whole: int, told: str) -> str:
    """The counts, and the share where enough stand behind it."""
    return f"{told} {TOO_FEW}" if whole < LEAST else f"{round(100 * part / whole)}%. {told}"


def _stays(found: Figures) -> Paragraph:
    told = [f"{words.stage_name(stage)} {days}" for stage, days in _by_stage(found)]
    unknown = [words.stage_name(stage) for stage in LEFT if stage not in found.stays]
    silent = f" Too few pilots, or too few that left: {words.listed(unknown)}." if unknown else ""
    days = f"{words.listed(told)}." if told else "not known yet."
    return say(bold("Days until half have left a stage: "), f"{days}{silent}")


def _by_stage(found: Figures) -> list[tuple[str, int]]:
    """In the order of the stages."""
    return [(stage, found.stays[stage]) for stage in LEFT if stage in found.stays]


def _value(found: Figures) -> Paragraph:
    measured = found.met + found.missed
    told = f"{found.met} of {words.count(measured, 'live pilot')}." if measured else "None was measured."
    open_ = f" {found.unmeasured} without a measured target." if found.unmeasured else ""
    return say(bold("Target met at day 90: "), f"{_share(found.met, measured, told)}{open_}")


def _ended(ended: Ended) -> Paragraph:
    reused = f", {ended.reused} with something to reuse" if ended.pilots else ""
    return say(bold("Stopped, merged or retired: "), f"{words.count(ended.pilots, 'pilot')}{reused}.")


def _clearing(found: Figures) -> Paragraph:
    name, blockers = bold("From blocked to cleared: "), words.count(found.blockers, "blocker")
    if found.blockers < LEAST:
        return say(name, f"{blockers}, too few to say.")
    if found.clearing is None:
        return say(name, f"fewer than half of {blockers} are cleared.")
    return say(name, f"half within {words.count(found.clearing, 'day')} ({blockers}).")
