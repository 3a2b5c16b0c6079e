"""`rampcheck permissions` and its reference page: the table of the core, written down; it must not decide anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.cli import screen
from bot.cli.markdown import heading, table
from bot.core.permissions import ACTIONS, ORGANISATION, READS, Role, Rule

YES, BARRED = "yes", "never"
HEADER = ("", *(role.value for role in Role))
PARTS: Mapping[str, tuple[Rule, ...]] = {
    "In the organisation": tuple(rule for action, rule in ACTIONS.items() if action in ORGANISATION),
    "With a pilot": tuple(rule for action, rule in ACTIONS.items() if action not in ORGANISATION),
    "What is read about a pilot": tuple(READS.values()),
}
PARTS_NOTE = (
    "Who has several parts may do what any of them may. “never” is segregation of duties: it holds whatever else "
    "somebody is. To a private pilot members are nobody: it is there for its own people and the leads alone, and for "
    "all others “not yours” and “not there” are the same answer."
)
ROLES_NOTE = (
    "A guest sees the pilots that they have a part in: whom Slack or Teams calls one, or `rampcheck people guest`. The "
    "lead of a group is a lead to its pilots (`rampcheck people lead NAME --group GROUP`). Operations is whoever "
    "confirms in that role, at a pilot or at all of them (`rampcheck people reviewer`). Whoever installs the app "
    "first is an admin, and whoever RAMPCHECK_ADMINS names; `rampcheck people admin` names others. A question is "
    "answered only by whoever was asked, whatever they are."
)
NOTES = (PARTS_NOTE, ROLES_NOTE)


def show() -> None:
    """Print the table."""
    for title, rules in PARTS.items():
        screen.show(screen.table((title, *HEADER[1:]), _rows(rules)))
        screen.say("")
    for note in NOTES:
        screen.say(note.replace("`", ""))


def page() -> str:
    """The table as a reference page."""
    parts = [f"{heading(2, title)}\n\n{table(HEADER, _rows(rules))}" for title, rules in PARTS.items()]
    return "\n\n".join((*NOTES, *parts))


def _rows(rules: tuple[Rule, ...]) -> Iterator[tuple[str, ...]]:
    for rule in rules:
        yield rule.about, *(_cell(rule, role) for role in Role)


def _cell(rule: Rule, role: Role) -> str:
    if role in rule.barred:
        return BARRED
    return YES if role in rule.roles else ""
