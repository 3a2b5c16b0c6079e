"""The home as Slack draws it: golden files to review as diffs, and sizes at which it still is taken."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from adapters.slack.home import home
from bot.core.card import Card
from bot.core.compose.home import HomeView, home_cards
from tests.adapters.slack.validators import check_home
from tests.contract.gallery import GALLERY, large
from tests.core.test_compose_home import LEAD, OWNER, view

GOLDEN = Path(__file__).parents[2] / "golden" / "slack" / "home"
BY_SIGHT = {"newcomer": view(), "owner": OWNER, "lead": LEAD}
EVERY = {**GALLERY, **{f"large: {name}": card for name, card in large(40_000).items()}}


@pytest.mark.parametrize(("name", "shown"), BY_SIGHT.items(), ids=BY_SIGHT)
def test_a_home_is_drawn_as_its_golden_file_says(name: str, shown: HomeView) -> None:
    path = GOLDEN / f"{name}.json"
    drawn = home(home_cards(shown))
    check_home(drawn)
    text = json.dumps(drawn, indent=1, ensure_ascii=True) + "\n"
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), (
        f"{path.name} differs: review, then GOLDEN=write make test"
    )


@pytest.mark.parametrize("card", EVERY.values(), ids=EVERY)
def test_slack_takes_every_card_at_home_alone_and_forty_of_them(card: Card) -> None:
    for cards in ((card,), (card,) * 40):
        check_home(home(cards))


def test_a_home_of_nothing_is_still_a_page() -> None:
    check_home(home(()))


def test_what_does_not_fit_is_said_to_be_left_out() -> None:
    shown = home([Card(f"Part {number}", "", ()) for number in range(120)])
    assert len(shown["blocks"]) == 100
    assert "left out" in json.dumps(shown["blocks"][-1])
