"""What tests of the core are played with: the shipped content, a moment, and the pilot of the examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot.content.loader import load
from bot.core import reviewing
from bot.core.policy import Policy
from bot.core.questionnaire import Content, Model
from bot.core.records import ItemLevel, Pilot

NOW = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
LINK = "https://example.com/proof"

# "Invoice matcher" of content.md section 4: levels that give the scores printed there.
MATCHER = {
    "value.problem": 2,
    "value.baseline": 2,
    "value.proof": 2,
    "value.cost": 1,
    "value.scale": 0,
    "flow.map": 2,
    "flow.embed": 1,
    "flow.review": 1,
    "flow.fallback": 1,
    "flow.same": 1,
    "flow.users": 2,
    "data.access": 2,
    "data.quality": 3,
    "data.real": 1,
    "data.owner": 2,
    "data.rights": 3,
    "base.eval": 3,
    "base.env": 2,
    "base.links": 0,
    "base.monitor": 1,
    "base.rollback": 1,
    "gov.risk": 3,
    "gov.security": 1,
    "gov.access": 2,
    "gov.audit": 2,
    "gov.lineage": 1,
    "gov.vendor": 2,
    "team.owner": 3,
    "team.sponsor": 2,
    "team.decide": 2,
    "team.run": 0,
    "team.skills": 2,
    "team.change": 2,
}
MATCHER_LINKS = frozenset({"team.owner", "data.rights", "gov.risk"})
MATCHER_AGES = {"value": 20, "flow": 24, "data": 38, "base": 48, "gov": 32, "team": 53}  # days


@cache
def content() -> Content:
    """What Rampcheck ships with."""
    return load(Path(__file__).parents[2] / "questionnaires")


def model() -> Model:
    return content().model


def policy() -> Policy:
    return content().policy


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def day(days_ago: int) -> date:
    return TODAY - timedelta(days=days_ago)


def level(item: str, claimed: int | None, *, days: float = 0, link: str = "", **more: Any) -> ItemLevel:
    """A level as if answered so many days ago; a link is as old as the answer."""
    at = ago(days)
    known: dict[str, Any] = {"at": at, "changed_at": at, "link": link, "link_at": at if link else None}
    return ItemLevel(item, claimed, **{**known, **more})


def levels(claimed: Mapping[str, int | None], *, link: str = "", days: float = 0) -> dict[str, ItemLevel]:
    return {item: level(item, number, link=link, days=days) for item, number in claimed.items()}


def everywhere(claimed: int, *, link: str = LINK, days: float = 0) -> dict[str, ItemLevel]:
    """Every item at one level."""
    return levels(dict.fromkeys((item.id for item in model().items()), claimed), link=link, days=days)


def invoice_matcher() -> dict[str, ItemLevel]:
    return {
        item: level(
            item,
            number,
            days=MATCHER_AGES[item.partition(".")[0]],
            link=LINK if item in MATCHER_LINKS else "",
        )
        for item, number in MATCHER.items()
    }


def pilot(**changes: Any) -> Pilot:
    """Invoice matcher's record, owned by Dana (1), sponsored by Sofia (2)."""
    known: dict[str, Any] = {
        "id": 1,
        "key": "invoice-matcher",
        "name": "Invoice matcher",
        "stage": "pilot",
        "stage_since": day(40),
        "created": day(100),
        "owner": 1,
        "sponsor": 2,
    }
    return Pilot(**{**known, **changes})


def confirmed(
    gate: str, given: Mapping[str, ItemLevel], *, by: int = 9, when: datetime = NOW
) -> dict[str, ItemLevel]:
    """The levels with a yes of every role for every item of a gate that is there."""
    roles = next(one.reviewers for one in model().gates if one.id == gate)
    return {
        name: said_yes(level, gate, roles.get(name, ()), by=by, when=when) for name, level in given.items()
    }


def said_yes(
    level: ItemLevel, gate: str, roles: Iterable[str], *, by: int = 9, when: datetime = NOW
) -> ItemLevel:
    """An item that somebody confirmed in each of these roles."""
    for role in roles:
        level = reviewing.said(level, gate, role, by=by, at=when, yes=True)
    return level
