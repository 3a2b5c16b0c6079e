"""The Teams rendering, as golden files to review as diffs; each is what Teams takes. `GOLDEN=write make test`."""

from __future__ import annotations

import json
import os
import random
import re
from pathlib import Path
from typing import Any

import pytest

from adapters.teams import limits
from adapters.teams.controls import act_of, question
from adapters.teams.render import card_of, render, size
from bot.core.card import (
    Bar,
    Bars,
    Button,
    Card,
    Choice,
    Grid,
    Number,
    Offer,
    OpenLink,
    Person,
    Picture,
    Submit,
    Text,
    Tone,
    say,
)
from bot.core.ports import Clicked
from tests.adapters.teams.validators import check_card, check_message, walk
from tests.contract.gallery import EVERYTHING, FIELDS, GALLERY, NAUGHTY, large, naughty
from tests.fakes import cards

GOLDEN = Path(__file__).parents[2] / "golden" / "teams"
BY_SIGHT = {
    **{name: card for name, card in GALLERY.items() if not name.startswith("naughty")},
    "pulse": cards.PULSE,
    "thanks": cards.THANKS,
    "status": cards.STATUS,
    "digest": cards.DIGEST,
    "map": cards.MAP,
    "naughty teams mentions": naughty(NAUGHTY["teams mentions"]),
    "naughty markdown": naughty(NAUGHTY["markdown"]),
    "naughty control characters": naughty(NAUGHTY["control characters"]),
}
EVERY = {**GALLERY, **{f"large: {name}": card for name, card in large(40_000).items()}, **BY_SIGHT}
every_card = pytest.mark.parametrize("card", EVERY.values(), ids=EVERY)


def content(card: Card) -> Any:
    return render(card)["attachments"][0]["content"]


def file_of(name: str) -> Path:
    return GOLDEN / f"{name.replace(': ', '-').replace(' ', '-')}.json"


@pytest.mark.parametrize("name", BY_SIGHT)
def test_a_card_is_drawn_as_its_golden_file_says(name: str) -> None:
    path = file_of(name)
    text = json.dumps(render(BY_SIGHT[name]), indent=1, ensure_ascii=True) + "\n"
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), (
        f"{path.name} differs: review, then GOLDEN=write make test"
    )


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in GOLDEN.glob("*.json")} == {file_of(name).name for name in BY_SIGHT}


@every_card
def test_teams_takes_every_card(card: Card) -> None:
    check_message(render(card))


@every_card
def test_teams_takes_what_a_button_asks_with_first(card: Card) -> None:
    for part in walk(content(card)):
        asking = question(part.get("data"))
        if asking is not None:
            check_card(card_of(asking))


def test_the_validator_notices_what_teams_would_refuse() -> None:
    good = content(cards.PULSE)

    def refused(**changes: Any) -> bool:
        try:
            check_card({**good, **changes})
        except AssertionError:
            return True
        return False

    first = good["body"][2]
    assert not refused()
    assert refused(version="1.6")
    assert refused(body=[])
    assert refused(body=[{"type": "RichTextBlock"}])
    assert refused(body=[{"type": "Chart.Cake", "data": []}])
    chart = content(cards.MAP)["body"][1]
    assert not refused(body=[chart])
    assert refused(body=[{**chart, "colour": "red"}])
    assert refused(body=[{**chart, "fallback": {"type": "Container"}}])
    assert refused(
        body=[{**chart, "fallback": {"type": "Container", "items": chart["fallback"]["items"][:3]}}]
    )
    assert refused(body=[{**chart, "data": [{"title": "Data", "data": [{"label": "x", "value": 1}]}]}])
    assert refused(body=[{**chart, "data": [{"title": "Data", "data": [{"legend": "x", "color": "puce"}]}]}])
    assert refused(body=[{"type": "TextBlock", "text": "*x*"}])
    assert refused(body=[{**first, "errorMessage": ""}])
    assert refused(body=[{**first, "colour": "red"}])
    assert refused(body=[first, first])
    assert refused(actions=[{**good["actions"][1], "associatedInputs": "auto"}])
    assert refused(actions=[{"type": "Action.Execute", "title": str(number)} for number in range(7)])


# --- the whole screen in one card


def test_a_pulse_is_one_card_with_every_question_in_it() -> None:
    inputs = [part["id"] for part in walk(content(cards.PULSE)) if str(part.get("type")).startswith("Input.")]
    assert [name.partition(":")[2] for name in inputs] == [
        "moved",
        "block",
        "users",
        "users",
        "sure",
        "target",
        "target",
        "note",
    ]


def test_the_last_answer_stands_in_grey_and_nothing_is_preselected() -> None:
    drawn = content(cards.PULSE)
    asked = [part for part in walk(drawn) if str(part.get("type")).startswith("Input.")]
    assert all(part.get("value", "false") == "false" for part in asked)
    grey = [part["text"] for part in walk(drawn) if part.get("isSubtle")]
    assert "Last time, 17 Nov: A little" in grey


def test_what_this_person_entered_already_stands_there_again() -> None:
    drawn = content(Card("t", "t", fields=tuple(FIELDS.values())))
    values = {
        part["id"]: part["value"]
        for part in walk(drawn)
        if part.get("value") not in (None, "false") and "id" in part
    }
    assert values == {
        "one:group": "o7",
        "one:pilot": "pilot-3",
        "several:risks": "1,3",
        "one:title": "Invoice matcher",
        "ticked:cost": "none",
        "offered:review": "other",
        "one:review": "2027-04-30",
        "one:proof": "https://example.org/r",
    }


def test_a_person_is_picked_from_everybody_in_the_tenant() -> None:
    [picker] = [part for part in walk(content(GALLERY["field: person"])) if "choices.data" in part]
    assert picker["choices.data"] == {"type": "Data.Query", "dataset": "graph.microsoft.com/users"}
    assert picker["isRequired"]


def test_what_the_server_refuses_is_said_above_its_field() -> None:
    body = content(GALLERY["problems"])["body"]
    at = [number for number, part in enumerate(body) if part.get("id") == "one:users"]
    above = body[at[0] - 1]["inlines"][0]
    assert above["text"] == "⚠ Write it in digits."
    assert above["color"] == "Attention"


def test_a_number_outside_its_range_is_refused_by_the_server_alone() -> None:
    number = Number("n", "How many?", low=1, high=9, whole=True, required=True)
    [drawn] = [part for part in walk(content(Card("t", "t", fields=(number,)))) if part.get("id") == "one:n"]
    assert drawn["errorMessage"] == "Enter a whole number from 1 to 9."
    assert not {"min", "max"} & drawn.keys()


@pytest.mark.parametrize(
    ("low", "high", "whole", "says"),
    [
        (None, None, False, "Enter a number."),
        (0, None, True, "Enter a whole number, at least 0."),
        (None, 2.5, False, "Enter a number, at most 2.5."),
        (float("nan"), float("inf"), False, "Enter a number."),
        (1000, 1_000_000, False, "Enter a number from 1,000 to 1e+06."),
    ],
)
def test_a_number_says_what_is_wanted(low: float | None, high: float | None, whole: bool, says: str) -> None:
    number = Number("n", "How many?", low=low, high=high, whole=whole, required=True)
    assert content(Card("t", "t", fields=(number,)))["body"][1]["errorMessage"] == says


# --- the map of a portfolio


def test_the_map_is_a_chart_of_the_dimensions_and_a_line_for_every_pilot() -> None:
    drawn = content(cards.MAP)
    [picture] = cards.MAP.body
    assert isinstance(picture, Picture)
    assert picture.grid
    [chart] = [part for part in walk(drawn) if str(part.get("type")).startswith("Chart.")]
    bars = {one["title"]: sum(part["value"] for part in one["data"]) for one in chart["data"]}
    assert bars == dict.fromkeys(picture.grid.columns, len(picture.grid.rows)), (
        "every bar is as long as the others"
    )
    lines = ["".join(one["text"] for one in part["inlines"]) for part in drawn["body"] if "inlines" in part]
    for name, scores in picture.grid.rows:
        below = lines[lines.index(name) + 1]
        for column, score in zip(picture.grid.columns, scores, strict=True):
            assert column in below if score is None else f"{column} {score}" in below
    assert lines[-1] == picture.grid.note


def test_without_charts_the_map_says_in_words_what_they_show() -> None:
    [chart] = [part for part in walk(content(cards.MAP)) if str(part.get("type")).startswith("Chart.")]
    said = [part["text"] for part in walk(chart["fallback"]) if "text" in part]
    assert said[0] == "Readiness by dimension, 0 to 100: how many are where"
    assert "Data: 2 under 25, 8 from 25 to 49, 1 from 50 to 74, 1 not known" in said


def test_a_map_of_many_long_names_is_cut_and_never_over_what_teams_takes() -> None:
    rows = tuple(("n" * 500 + str(number), (number,) * 9) for number in range(60))
    grid = Grid("g" * 900, tuple(f"Dimension {number}" for number in range(9)), rows, "x" * 900)
    drawn = content(Card("t", "t", body=(Picture("k", "a", grid),)))
    check_card(drawn)
    assert size(drawn) <= limits.CARD_BYTES
    assert re.search(r"left out here: \d+ rows\.", json.dumps(drawn))


def test_a_bar_is_drawn_of_letters_and_needs_no_picture_from_anywhere() -> None:
    drawn = content(cards.STATUS)
    texts = [part["text"] for part in walk(drawn) if part.get("type") == "TextRun"]
    assert "█" in "".join(texts)
    assert not [
        part for part in walk(drawn) if part.get("type") in ("Image", "Media") or "backgroundImage" in part
    ]


# --- buttons


def test_nothing_but_submitting_waits_for_what_must_be_filled_in() -> None:
    actions = content(cards.PULSE)["actions"]
    assert [one.get("associatedInputs") for one in actions] == [None, "none", "none", "none"]


def test_more_buttons_than_teams_shows_are_in_its_menu() -> None:
    card = Card("t", "t", actions=tuple(Button(str(number), f"t{number}") for number in range(9)))
    modes = [one.get("mode", "primary") for one in content(card)["actions"]]
    assert modes == ["primary"] * 5 + ["secondary"] * 4


def test_on_a_form_a_button_that_asks_is_answered_with_its_question_and_a_way_back() -> None:
    [button] = [one for one in content(cards.PULSE)["actions"] if one["title"] == "Later"]
    assert act_of(button["data"]) is None
    asking = question(button["data"])
    assert asking is not None
    assert [field.name for field in asking.fields] == ["until"]
    send, back = content(asking)["actions"]
    assert act_of(send["data"] | {"one:until": "tomorrow"}) == Clicked("pulse.snooze", {"until": "tomorrow"})
    assert act_of(back["data"]) == Clicked("pulse.submit", None)


def test_where_nothing_else_is_asked_its_question_unfolds_beneath() -> None:
    [button] = content(GALLERY["action: button that asks"])["actions"]
    assert button["type"] == "Action.ShowCard"
    [send] = button["card"]["actions"]
    assert act_of(send["data"] | {"one@0:until": "1"}) == Clicked("t1.snooze", {"until": "1"})
    assert button["card"]["body"][0]["id"] == "one@0:until"


def test_buttons_stand_out_as_their_tone_says() -> None:
    card = Card(
        "t", "t", actions=(Button("a", "a", Tone.PRIMARY), Button("b", "b", Tone.DANGER), Button("c", "c"))
    )
    assert [one.get("style") for one in content(card)["actions"]] == ["positive", "destructive", None]


@pytest.mark.parametrize(
    "data",
    [
        None,
        7,
        {},
        {"rampcheck": 1},
        {"rampcheck": {}},
        {"rampcheck": {"token": 1, "does": "press"}},
        {"rampcheck": {"token": "", "does": "press"}},
        {"rampcheck": {"token": "t", "does": "dance"}},
        {"rampcheck": {"token": "t", "does": ["press"]}},
        {"rampcheck": {"token": "t", "does": "ask"}},
        {"rampcheck": {"token": "t", "does": "ask", "card": [1]}},
        {"rampcheck": {"token": "t", "does": "ask", "card": {"title": 1}}},
    ],
)
def test_a_button_that_is_not_ours_does_nothing(data: Any) -> None:
    assert act_of(data) is None
    assert question(data) is None


# --- size


def test_a_long_card_is_cut_before_anything_is_left_out() -> None:
    rows = tuple(Bar(f"Pilot {number} " + "x" * 500, number) for number in range(60))
    drawn = content(Card("t", "t", body=(Bars(rows),)))
    assert size(drawn) <= limits.CARD_BYTES
    assert sum("Pilot" in part["text"] for part in walk(drawn) if part.get("type") == "TextRun") == 60


def test_what_is_left_out_is_said() -> None:
    card = Card("t", "t", body=tuple(say(f"{number} " + "y" * 100) for number in range(900)))
    assert re.search(r"left out here: \d+ parts\.", json.dumps(content(card)))


def test_an_address_that_is_none_makes_no_button() -> None:
    drawn = content(
        Card("t", "t", actions=(OpenLink("a", "javascript:x"), OpenLink("b", "https://b.example")))
    )
    assert [one["url"] for one in drawn["actions"]] == ["https://b.example"]


def test_whatever_stands_together_teams_takes_it() -> None:
    chance = random.Random(7)
    for _ in range(60):
        card = Card(
            chance.choice(list(NAUGHTY.values()))[:400],
            "f",
            body=tuple(chance.sample(EVERYTHING.body, chance.randrange(6))),
            fields=tuple(chance.sample(EVERYTHING.fields, chance.randrange(6))),
            actions=tuple(chance.sample(EVERYTHING.actions, chance.randrange(7))),
        )
        check_message(render(card))


def test_options_with_commas_are_told_apart_when_several_are_sent() -> None:
    options = (Offer("a,b", "A"), Offer("a", "B"), Offer("100%2C", "C"))
    card = Card("t", "t", fields=(Choice("c", "C", options, many=True),), actions=(Submit("S", "s"),))
    [drawn] = [part for part in walk(content(card)) if part.get("id") == "several:c"]
    sent = ",".join(choice["value"] for choice in drawn["choices"])
    data = content(card)["actions"][0]["data"] | {"several:c": sent}
    assert act_of(data) == Clicked("s", {"c": ["a,b", "a", "100%2C"]})


def test_every_value_comes_as_text_and_what_was_left_empty_does_not() -> None:
    fields = (Number("n", "N"), Text("t", "T"), Person("p", "P"))
    data = content(Card("t", "t", fields=fields, actions=(Submit("S", "s"),)))["actions"][0]["data"]
    came = {"one:n": 42, "one:t": "", "person:p": "3F2504E0-4F89-11D3-9A0C-0305E82C3301"}
    assert act_of(data | came) == Clicked("s", {"n": "42", "p": "3f2504e0-4f89-11d3-9a0c-0305e82c3301"})


@pytest.mark.parametrize(
    ("came", "means"),
    [
        ({"none:n": "none"}, "none"),
        ({"none:n": "none", "one:n": "3"}, "none"),
        ({"none:n": "false", "one:n": "3"}, "3"),
        ({"ticked:n": "none", "one:n": "3"}, "3"),
        ({"ticked:n": "none"}, "none"),
        ({"ticked:n": "false"}, None),
        ({"offered:n": "other", "one:n": "2027-01-01"}, "2027-01-01"),
        ({"offered:n": "2027-03-31", "one:n": "2027-01-01"}, "2027-03-31"),
        ({"offered:n": "other"}, None),
        ({"one:n": "2027-01-01"}, "2027-01-01"),
        ({"kept:n": "2027-03-31", "one:n": "2027-01-01"}, "2027-01-01"),
        ({"kept:n": "none"}, "none"),
        ({"kept:n": "other"}, None),
        ({"several:n": ""}, None),
        ({"several:n": "a, b"}, ["a", "b"]),
        ({"one:n": True}, None),
        ({"one:n": {"a": 1}}, None),
        ({"one:": "x"}, None),
    ],
)
def test_of_two_inputs_that_contradict_each_other_the_one_that_was_touched_counts(
    came: Any, means: Any
) -> None:
    data = {"rampcheck": {"does": "send", "token": "s"}, **came}
    assert act_of(data) == Clicked("s", {} if means is None else {"n": means})
