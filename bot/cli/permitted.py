"""`rampcheck permissions` and its reference page: the table of the core, written down; it must not decide anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.cli import screen
from bot.cli.markdown import heading, table
from bot.core.permissions import ACTIONS, CHECKIN, ORGANISATION, READS, Action, Role, Rule

YES, BARRED = "yes", "never"
OF_CHECKINS = (Role.ASKED, Role.HANDED)
OTHERS = tuple(role for role in Role if role not in OF_CHECKINS)


def _rules_of(actions: Iterable[Action]) -> tuple[Rule, ...]:
    return tuple(rule for action, rule in ACTIONS.items() if action in actions)


# What it is about, the columns, the rows.
PARTS: Sequence[tuple[str, Sequence[Role], tuple[Rule, ...]]] = (
    ("In the organisation", OTHERS, _rules_of(ORGANISATION)),
    ("With a pilot", OTHERS, _rules_of(set(ACTIONS) - ORGANISATION - CHECKIN)),
    ("With a check-in", OF_CHECKINS, _rules_of(CHECKIN)),
    ("What is read about a pilot", OTHERS, tuple(READS.values())),
)
PARTS_NOTE = (
    "Who has several parts may do what any of them may. “never” is segregation of duties: it holds whatever else "
    "somebody is. To a private pilot members are nobody: it is there for its own people and the leads alone, and for "
    "all others “not yours” and “not there” are the same answer."
)
ROLES_NOTE = (
    "A guest sees the pilots that they have a part in: whom Slack or Teams calls one, or `rampcheck people guest`. The "
    "lead of a group is a lead to its pilots (`rampcheck people lead NAME --group GROUP`). Operations is whoever "
    "confirms in that role, at a pilot or at all of them (`rampcheck people reviewer`). Whoever installs the app "
    "first is an admin, and whoever RAMPCHECK_ADMINS names; `rampcheck people admin` names others. A check-in is for "
    "whoever was asked and, question by question, whoever they handed one to: whatever else somebody is, even an "
    "admin, it is nobody else's."
)
NOTES = (PARTS_NOTE, ROLES_NOTE)


def show() -> None:
    """Print the table."""
    for title, roles, rules in PARTS:
        screen.show(screen.table((title, *roles), _rows(roles, rules)))
        screen.say("")
    for note in NOTES:
        screen.say(note.replace("`", ""))


def page() -> str:
    """The table as a reference page."""
    parts = [
        f"{heading(2, title)}\n\n{table(('', *roles), _rows(roles, rules))}" for title, roles, rules in PARTS
    ]
    return "\n\n".join((*NOTES, *parts))


def _rows(roles: Sequence[Role], rules: tuple[Rule, ...]) -> Iterator[tuple[str, ...]]:
    for rule in rules:
        yield rule.about, *(_cell(rule, role) for role in roles)


def _cell(rule: Rule, role: Role) -> str:
    if role in rule.barred:
        return BARRED
    return YES if role in rule.roles else ""
