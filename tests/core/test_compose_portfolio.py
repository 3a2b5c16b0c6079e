"""List, to do, history, nearest names and help: what each of them says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.card import Button, Card, Heading, Table
from bot.core.compose.portfolio import (
    ROWS_SHOWN,
    By,
    Entry,
    Help,
    HistoryView,
    Line,
    ListView,
    Said,
    Task,
    Todo,
    help_card,
    history_card,
    list_card,
    nearest_card,
    todo_card,
    which_card,
)
from bot.core.signals import Course
from bot.core.tokens import About, decode
from tests.core.golden import drawn, same_as
from tests.core.scenery import NOW, TODAY, day

MATCHER = Line(1, "Invoice matcher", "pilot", "Dana Okafor", day(-91), 42, False, Course.STUCK, "Finance")
TRIAGE = Line(2, "Claims triage", "pilot", "", None, None, True, Course.UNKNOWN, "Claims")
NOTES = Line(3, "Call notes", "limited", "Bo Chen", day(3), 71, True, Course.MOVING)
ALL = (MATCHER, TRIAGE, NOTES)


# --- list ---------------------------------------------------------------------------------------------------


def test_a_list_is_grouped_by_stage_in_the_order_of_the_ladder() -> None:
    same_as("list_by_stage", drawn(list_card(ListView(ALL, TODAY))))


def test_a_list_by_group_has_those_without_one_last() -> None:
    card = list_card(ListView(ALL, TODAY, by=By.GROUP))
    assert [block.text for block in card.body if isinstance(block, Heading)] == [
        "Claims",
        "Finance",
        "No group",
    ]


def test_a_filtered_list_says_what_it_was_filtered_by() -> None:
    assert list_card(ListView((MATCHER,), TODAY, wanted="stuck")).title == "1 pilot: stuck"


def test_pilots_of_one_group_stand_in_the_order_of_the_alphabet_not_of_a_score() -> None:
    assert _names(list_card(ListView((MATCHER, TRIAGE), TODAY))) == ["Claims triage", "Invoice matcher"]


def test_a_long_list_says_how_many_are_left_out() -> None:
    many = tuple(
        replace(MATCHER, pilot=number, name=f"Pilot {number:02}") for number in range(ROWS_SHOWN + 3)
    )
    card = list_card(ListView(many, TODAY))
    assert len(_names(card)) == ROWS_SHOWN
    assert "And 3 more. Narrow it down, for example: list stuck" in card.fallback


@pytest.mark.parametrize(
    ("wanted", "line", "command"),
    [("", "There is no pilot yet.", "add"), ("stuck", "No pilot fits “stuck”.", "list")],
)
def test_an_empty_list_says_what_to_do(wanted: str, line: str, command: str) -> None:
    card = list_card(ListView((), TODAY, wanted=wanted))
    assert card.fallback == line
    assert _commands(card) == [command]


def test_a_very_long_name_is_cut_in_a_list() -> None:
    card = list_card(ListView((replace(MATCHER, name="x" * 300),), TODAY))
    assert max(len(name) for name in _names(card)) == 60


# --- to do --------------------------------------------------------------------------------------------------

SOON = NOW + timedelta(hours=3)


def test_a_todo_list_has_the_most_urgent_first() -> None:
    todos = (
        Todo(Task.REQUEST, 2, "Claims triage", "accept to be the owner"),
        Todo(Task.CHECKIN, 1, "Invoice matcher", "5 questions", NOW + timedelta(days=2), checkin=7),
        Todo(Task.QUESTION, 3, "Call notes", "How many people used it?", SOON, checkin=8),
        Todo(Task.DECISION, 4, "Tender writer", "scale, fix or stop", NOW - timedelta(days=9)),
    )
    same_as("todo", drawn(todo_card(todos, NOW, zone="Europe/Riga")))


def test_nothing_to_do_is_said_in_a_line() -> None:
    card = todo_card((), NOW, zone="UTC")
    assert (card.fallback, card.actions) == ("Nothing is waiting for you.", ())


def test_a_todo_opens_the_checkin_it_is_about() -> None:
    card = todo_card(
        (Todo(Task.CHECKIN, 1, "Invoice matcher", "5 questions", SOON, checkin=7),), NOW, zone="UTC"
    )
    (button,) = card.actions
    assert isinstance(button, Button)
    token = decode(button.token)
    assert token is not None
    assert (token.about, token.id, token.verb) == (About.CHECKIN, 7, "show")


def test_a_long_todo_list_counts_the_rest() -> None:
    many = [Todo(Task.REQUEST, number, f"Pilot {number}", "help") for number in range(11)]
    card = todo_card(many, NOW, zone="UTC")
    assert card.title == "To do: 11 things"
    assert card.fallback.endswith("And 3 more")


# --- history ------------------------------------------------------------------------------------------------

PAST = HistoryView(
    1,
    "Invoice matcher",
    TODAY,
    (
        Entry(day(40), "moved on to Pilot", "Dana Okafor"),
        Entry(
            day(14),
            "Pilot check-in",
            "Dana Okafor",
            "answered late",
            (
                Said("What is most in the way now?", "Security review"),
                Said("What exactly do you need?", "A date for the test"),
            ),
        ),
        Entry(day(28), "Pilot check-in", result="no answer"),
    ),
)


def test_a_history_is_told_from_the_newest_on() -> None:
    same_as("history", drawn(history_card(PAST)))


def test_a_new_pilot_has_no_history_yet() -> None:
    assert history_card(replace(PAST, entries=())).fallback.endswith("Nothing has happened yet.")


def test_a_long_history_counts_the_rest() -> None:
    many = tuple(Entry(day(number), "Pilot check-in") for number in range(15))
    assert "And 5 more, earlier ones." in history_card(replace(PAST, entries=many)).fallback


# --- names and help -----------------------------------------------------------------------------------------


def test_the_nearest_names_are_offered_as_buttons() -> None:
    card = nearest_card("invoise", [(1, "Invoice matcher"), (2, "Invoice reader")], command="status")
    assert (
        card.fallback == "I know no pilot called “invoise”. Did you mean Invoice matcher or Invoice reader?"
    )
    assert _verbs(card) == [(1, "status"), (2, "status")]


def test_nothing_near_offers_the_list() -> None:
    card = nearest_card("zzz", [], command="status")
    assert card.fallback == "I know no pilot called “zzz”."
    assert _commands(card) == ["list"]


def test_a_hundred_thousand_characters_are_no_name() -> None:
    assert len(nearest_card("x" * 100_000, [], command="status").fallback) < 100


def test_a_command_without_a_pilot_asks_which() -> None:
    card = which_card([(1, "Invoice matcher"), (2, "Call notes")], command="checkin")
    assert card.fallback == "Which pilot do you mean: Invoice matcher or Call notes?"
    assert _verbs(card) == [(1, "checkin"), (2, "checkin")]


def test_a_command_without_any_pilot_gives_an_example() -> None:
    assert which_card([], command="status").fallback == "Name the pilot, for example: status Invoice matcher"


def test_help_lists_every_command_of_the_registry() -> None:
    commands = (Help("status [pilot]", "Where a pilot stands"), Help("todo", "What waits for you"))
    same_as("help", drawn(help_card(commands)))


# --- shorthand ----------------------------------------------------------------------------------------------


def _names(card: Card) -> list[str]:
    return [row[0] for block in card.body if isinstance(block, Table) for row in block.rows]


def _commands(card: Card) -> list[str]:
    found = [decode(action.token) for action in card.actions if isinstance(action, Button)]
    return [token.arg for token in found if token and token.about is About.COMMAND]


def _verbs(card: Card) -> list[tuple[int, str]]:
    found = [decode(action.token) for action in card.actions if isinstance(action, Button)]
    return [(token.id, token.verb) for token in found if token and token.about is About.PILOT]
