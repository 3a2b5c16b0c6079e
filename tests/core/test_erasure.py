"""What is taken out of a text when somebody is erased, and what stays as it was."""

from __future__ import annotations

import json

import pytest

from bot.core.erasure import Marks, Scrub

ANN = Marks(
    7,
    names=("Ann Kalniņa", "Will"),
    handles=("ann@acme.example", "U7ANN", "ann", "dm:ann"),
    texts=("Fine", "pilot", "The vendor is late again", 'Two lines\nof "text" that she wrote'),
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ask ANN KALNIŅA about it", "Ask a former colleague about it"),
        ("Ann Kalniņas list", "Ann Kalniņas list"),
        ("Will says no", "a former colleague says no"),
        ("It will be done", "It will be done"),
        ("Write to Ann@acme.example.", "Write to [removed]."),
        ("slack:U7ANN", "slack:[removed]"),
        ("U7ANNEX", "U7ANNEX"),
        ("local:ann", "local:[removed]"),
        ("an announcement by ann", "an announcement by ann"),
        ("1:dm:ann", "1:[removed]"),
        ("Fine", "Fine"),
        ("Fine so far", "Fine so far"),
        ("They wrote: The vendor is late again!", "They wrote: [removed]!"),
        ("They wrote: The vendor is late agai…", "They wrote: [removed]…"),
        ("The vendor is late agreed Bo", "The vendor is late agreed Bo"),
        ('Two lines of "text" that she wrote', "[removed]"),
    ],
)
def test_what_names_them_goes_and_nothing_else(text: str, left: str) -> None:
    assert Scrub(ANN).text(text) == left
    stored = json.dumps(text, ensure_ascii=False)
    assert Scrub(ANN).touches(stored) or left == text


def test_a_short_text_goes_where_people_write_and_is_a_label_elsewhere() -> None:
    assert Scrub(ANN).text("Fine", written=True) == "[removed]"
    assert Scrub(ANN).text("Fine so far", written=True) == "Fine so far"
    assert Scrub(ANN).value({"a": ["Fine"]}, written=True) == {"a": ["[removed]"]}


def test_a_single_small_word_stays_for_it_may_be_a_choice() -> None:
    assert Scrub(ANN).text("pilot", written=True) == "pilot"


@pytest.mark.parametrize("name", ["sent", "pilot", "paragraph", "owner"])
def test_whoever_is_called_like_a_word_of_ours_takes_no_state_kind_or_field_along(name: str) -> None:
    scrub = Scrub(Marks(7, names=(name,)))
    ours = {"paragraph": [["pilot", "sent", "pilot.owner", "pilot:3:status:owner"]]}
    assert scrub.value(ours) == scrub.value(ours, written=True) == ours
    assert scrub.text(f"Ask {name} about it") == "Ask a former colleague about it"


def test_a_name_of_one_word_and_another_sign_goes_everywhere() -> None:
    assert Scrub(Marks(7, names=("ann.ruiz",))).text("ann.ruiz") == "a former colleague"


def test_a_value_keeps_its_shape() -> None:
    found = Scrub(ANN).value({"rows": ["Ann Kalniņa", 3, None, True], "Ann Kalniņa": {"note": "fine"}})
    assert found == {"rows": ["a former colleague", 3, None, True], "a former colleague": {"note": "fine"}}


def test_whoever_has_no_marks_changes_nothing() -> None:
    assert Scrub(Marks(1)).text("Anything") == "Anything"
    assert not Scrub(Marks(1)).touches("Anything")


def test_marks_survive_being_stored() -> None:
    assert Marks.from_json(json.loads(json.dumps(ANN.to_json()))) == ANN
