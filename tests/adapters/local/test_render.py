"""The local rendering, as golden files to review as diffs. `GOLDEN=write make test` writes them anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from adapters.local.render import MAX_PAYLOAD_BYTES, render, size
from bot.core.card import Bar, Bars, Card, Facts, Number, say
from tests.contract.gallery import EVERYTHING, GALLERY, NAUGHTY, large, naughty
from tests.fakes import cards

GOLDEN = Path(__file__).parents[2] / "golden" / "local"
SHOWN = {
    "everything": EVERYTHING,
    "problems": GALLERY["problems"],
    "pulse": cards.PULSE,
    "thanks": cards.THANKS,
    "status": cards.STATUS,
    "digest": cards.DIGEST,
    "naughty-html": naughty(NAUGHTY["html"]),
    "naughty-directions": naughty(NAUGHTY["direction overridden"]),
    "naughty-control-characters": naughty(NAUGHTY["control characters"]),
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_card_is_drawn_as_its_golden_file_says(name: str) -> None:
    path = GOLDEN / f"{name}.json"
    drawn = json.dumps(render(SHOWN[name]), indent=1, ensure_ascii=True) + "\n"
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(drawn, encoding="utf-8")
    assert drawn == path.read_text(encoding="utf-8"), (
        f"{path.name} differs: review, then GOLDEN=write make test"
    )


def test_every_golden_file_belongs_to_a_card() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(SHOWN)


def test_a_long_text_is_cut_with_an_ellipsis_and_whole_in_the_fallback() -> None:
    text = "word " * 2000
    drawn = render(Card("t", text, (say(text),)))
    assert drawn["body"][0]["spans"][0]["text"].endswith("…")
    assert drawn["fallback"] == text
    assert drawn["note"] == ""


def test_what_is_left_out_is_said() -> None:
    rows = tuple((f"name {number}", "value") for number in range(1000))
    drawn = render(Card("t", "t", (Facts(rows),)))
    assert len(drawn["body"][0]["rows"]) == 240
    assert drawn["note"] == "Too long to show whole, left out here: 760 rows. The plain text has more."


def test_the_questions_of_a_large_card_stay_as_long_as_cutting_its_texts_is_enough() -> None:
    drawn = render(large(MAX_PAYLOAD_BYTES)["many questions"])
    assert size(drawn) <= MAX_PAYLOAD_BYTES
    assert len(drawn["fields"]) == 240
    assert drawn["actions"][0]["token"] == "s"


def test_bars_stay_on_their_scale_and_unknown_stays_unknown() -> None:
    drawn = render(Card("t", "t", (Bars((Bar("over", 140), Bar("under", -3), Bar("unknown", None))),)))
    assert [row["value"] for row in drawn["body"][0]["rows"]] == [100, 0, None]


def test_limits_that_json_has_no_number_for_are_none() -> None:
    drawn = render(Card("t", "t", fields=(Number("n", "N", low=float("-inf"), high=float("nan")),)))
    assert (drawn["fields"][0]["low"], drawn["fields"][0]["high"]) == (None, None)


def test_a_link_that_cannot_be_followed_shows_its_address() -> None:
    drawn = render(GALLERY["block: link that is none"])
    assert drawn["body"][0]["spans"][0] == {"text": "press me (javascript:alert(1))", "style": "plain"}
