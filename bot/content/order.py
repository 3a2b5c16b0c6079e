"""Conditions look back: finds those that do not, and circles; it must not know whether one can ever hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.content.forms import Draft
from bot.content.problem import Page, quote
from bot.core.questionnaire import Condition, QuestionId, Source, checks

Graph = Mapping[QuestionId, set[QuestionId]]


@dataclass(frozen=True, slots=True)
class _Look:
    """One check of one condition: the screen it looks from, the questions that depend on it, where it looks."""

    screen: int
    members: tuple[QuestionId, ...]
    at: QuestionId
    line: int


def check(page: Page, draft: Draft) -> None:
    """Note every condition that does not look back."""
    screens = enumerate(draft.form.screens)
    where = {question.id: index for index, screen in screens for question in screen.questions}
    looks = [look for look in _looks(draft) if look.at in where]
    graph: dict[QuestionId, set[QuestionId]] = {}
    for look in looks:
        for member in look.members:
            graph.setdefault(member, set()).add(look.at)
    in_circle = _note_circles(page, looks, graph)
    for look in looks:
        if where[look.at] >= look.screen and not in_circle.intersection(look.members):
            which = "the same screen" if where[look.at] == look.screen else "a later screen"
            fix = f"move it to a screen after {quote(look.at)}: a screen is shown all at once"
            page.note(look.line, f"a condition looks at {quote(look.at)}, which is on {which}", fix)


def _looks(draft: Draft) -> Iterator[_Look]:
    for index, screen in enumerate(draft.form.screens):
        members = tuple(question.id for question in screen.questions)
        for name, line in _asked(screen.when, draft.checks.get(f"screen:{screen.id}", ())):
            yield _Look(index, members, name, line)
        for question in screen.questions:
            for name, line in _asked(question.when, draft.checks.get(f"question:{question.id}", ())):
                yield _Look(index, (question.id,), name, line)


def _asked(condition: Condition | None, lines: tuple[int, ...]) -> Iterator[tuple[QuestionId, int]]:
    """The questions that a condition looks at, each with its line."""
    for each, line in zip(checks(condition), lines, strict=False):
        if each.source is Source.ANSWER:
            yield each.name, line


def _note_circles(page: Page, looks: list[_Look], graph: Graph) -> set[QuestionId]:
    """Note each circle once, with its members; returns all members."""
    found: set[QuestionId] = set()
    for look in looks:
        if found.intersection(look.members):
            continue
        circle = next((path for member in look.members if (path := _back_to(member, graph))), None)
        if circle:
            found |= set(circle)
            names = " -> ".join((*circle, circle[0]))
            page.note(
                look.line, f"conditions go round in a circle: {names}", "remove one of these conditions"
            )
    return found


def _back_to(start: QuestionId, graph: Graph) -> list[QuestionId] | None:
    """The shortest way from a question through conditions back to itself."""
    paths, seen = [[start]], {start}
    for path in paths:  # grows while it is read: breadth first
        for following in sorted(graph.get(path[-1], ())):
            if following == start:
                return path
            if following not in seen:
                seen.add(following)
                paths.append([*path, following])
    return None
