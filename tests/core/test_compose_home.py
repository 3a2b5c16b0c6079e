"""Somebody's home: what it says to a newcomer, an owner, a lead, and what it never says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.core.card import Button, Card, spoken
from bot.core.compose.home import Due, HomeView, Mine, Named, Portfolio, home_cards
from bot.core.compose.portfolio import Task, Todo
from bot.core.gates import gate
from bot.core.readiness import score
from bot.core.records import Request
from bot.core.signals import Course
from bot.core.tokens import ENTERED, About, decode
from tests.core.golden import drawn, same_as
from tests.core.scenery import NOW, TODAY, ago, day, invoice_matcher, model, pilot, policy

HOURS = timedelta(hours=1)
CHECKIN = Todo(Task.CHECKIN, 1, "Invoice matcher", "pilot check-in", by=NOW + 26 * HOURS, checkin=7)
QUESTION = Todo(Task.QUESTION, 2, "Churn alert", "Who owns the data?", by=NOW + 3 * HOURS, checkin=9)
ROLE = Todo(
    Task.REQUEST, 3, "Contract reader", "are you its owner?", request=Request(4, "owner", 3, 1, 2, ago(1))
)
HELP = Todo(
    Task.REQUEST,
    1,
    "Invoice matcher",
    "your help: Security review",
    request=Request(5, "help", 1, 1, 2, ago(2)),
)
DECISION = Todo(Task.DECISION, 3, "Contract reader", "decide: scale, fix or stop (due 2026-03-30)")


def mine(**changes: Any) -> Mine:
    """Invoice matcher as its owner sees it."""
    levels = invoice_matcher()
    known: dict[str, Any] = {
        "pilot": pilot(),
        "roles": frozenset({"owner"}),
        "stage_days": 41,
        "course": Course.AT_RISK,
        "why": "Its date for real use has passed.",
        "readiness": score(levels, model(), policy(), NOW),
        "gate": gate(levels, model(), policy(), stage="hardening", risk="", now=NOW),
        "first": "support after launch, 0 of 2",
        "asks": True,
    }
    return Mine(**{**known, **changes})


def view(**changes: Any) -> HomeView:
    known: dict[str, Any] = {"name": "Dana Okafor", "now": NOW, "today": TODAY, "zone": "Europe/Riga"}
    return HomeView(**{**known, **changes})


PORTFOLIO = Portfolio(
    courses={Course.STUCK: 2, Course.MOVING: 5, Course.UNKNOWN: 1},
    due=(Due(3, "Contract reader", day(1), "Sofia Marin"), Due(4, "Alarm triage", TODAY)),
    stuck=(
        Named(5, "Shift planner", "No date for real use, 68 days into Pilot."),
        Named(3, "Contract reader", "Two check-ins missed."),
    ),
    alone=(Named(6, "Menu writer", "Bo Chen has left"),),
)
OWNER = view(
    todos=(CHECKIN, QUESTION, ROLE, HELP, DECISION), mine=(mine(), mine(pilot=pilot(name="Alarm triage")))
)
LEAD = view(portfolio=PORTFOLIO)
PAUSED = mine(
    pilot=pilot(stage="paused", before_pause="pilot", paused_until=day(-14)),
    course=Course.PAUSED,
    why="",
    asks=False,
)


def test_a_newcomer_reads_what_this_is_and_how_to_begin() -> None:
    same_as("home_newcomer", drawn(*home_cards(view())))
    [card] = home_cards(view())
    add = card.actions[0]
    assert isinstance(add, Button)
    assert [field.name for field in add.asks] == [ENTERED], "adding asks for the name"


def test_an_owner_reads_what_to_do_and_where_their_pilots_stand() -> None:
    same_as("home_owner", drawn(*home_cards(OWNER)))


def test_a_lead_reads_the_portfolio() -> None:
    same_as("home_lead", drawn(*home_cards(LEAD)))


def test_nothing_to_do_and_a_paused_pilot_are_said() -> None:
    same_as("home_calm", drawn(*home_cards(view(mine=(PAUSED,)))))


def test_a_check_in_is_opened_by_the_same_token_as_elsewhere() -> None:
    tokens = [decode(action.token) for action in buttons(OWNER) if action.label.startswith("Answer")]
    assert [(one.about, one.id, one.verb) for one in tokens if one] == [
        (About.CHECKIN, 9, "show"),
        (About.CHECKIN, 7, "show"),
    ]


def test_what_is_more_than_a_page_holds_is_counted_and_can_be_had() -> None:
    many = tuple(replace(CHECKIN, checkin=n) for n in range(30))
    pilots = tuple(mine(pilot=pilot(id=n, name=f"Pilot {n:02}")) for n in range(25))
    cards = home_cards(view(todos=many, mine=pilots))
    said = "\n".join(spoken(card.body) for card in cards)
    assert "And 22 more" in said
    assert "And 15 more" in said
    assert {"Show all", "All of mine"} <= {button.label for button in buttons(view(todos=many, mine=pilots))}


def test_pilots_stand_by_name_and_never_by_score() -> None:
    names = ("Zebra", "apple", "Mango")
    pilots = tuple(mine(pilot=pilot(id=n, name=name)) for n, name in enumerate(names))
    said = "\n".join(spoken(card.body) for card in home_cards(view(mine=pilots)))
    assert said.index("apple") < said.index("Mango") < said.index("Zebra")


def buttons(shown: HomeView) -> list[Button]:
    found: list[Card] = list(home_cards(shown))
    return [action for card in found for action in card.actions if isinstance(action, Button)]
