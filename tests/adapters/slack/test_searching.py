"""Choosing a pilot in a field that searches: from the letters typed in Slack to the options that come up there."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack.searching import offered, searched
from bot.core.card import Offer, Source
from bot.core.ports import Search
from tests.adapters.slack import screen
from tests.adapters.slack.airport import Airport
from tests.adapters.slack.telling import Tell
from tests.fakes.slack.people import words

pytest_plugins = ["tests.databases"]

NAMES = (
    "Invoice matcher",
    "Invoice reader",
    "Claims triage",
    "Demand forecast",
    "Écriture assistée",
    "Rostering",
)


def portfolio(airport: Airport) -> None:
    """Six pilots of Anna's: too many for buttons."""
    for name in NAMES:
        airport.pilot(name, "U0ANNA")


def labels(options: list[Any]) -> list[str]:
    return [option["text"]["text"] for option in options]


def test_a_command_without_its_pilot_lets_one_be_searched_for_and_is_then_run_on_it(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        portfolio(airport)
        await anna.command("history")
        await airport.settled()
        assert anna.modal
        assert labels(await anna.search("pilot")) == sorted(NAMES, key=str.casefold)
        assert labels(await anna.search("pilot", "INVOICE")) == ["Invoice matcher", "Invoice reader"]
        assert labels(await anna.search("pilot", "ecrit")) == ["Écriture assistée"]
        assert labels(await anna.search("pilot", "claimz triage")) == ["Claims triage"]
        assert await anna.search("pilot", "zzzz") == []
        await anna.search("pilot", "demand-f")
        await anna.submit({"pilot": "demand-forecast"})
        assert anna.modal
        assert "Demand forecast" in words(anna.modal.view)
        assert "Registered" in words(anna.modal.view)

    tell(story)


def test_the_same_search_can_be_asked_twice_and_leaves_no_trace(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        stranger = airport.somebody("U0NEWCOMER", "Emil Ozols", known=False)
        portfolio(airport)
        await anna.command("history")
        await stranger.command("help")
        await airport.settled()
        first = await anna.search("pilot", "in")
        assert await anna.search("pilot", "in") == first

    tell(story)


def test_a_private_pilot_is_offered_to_its_people_and_the_leads_alone(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        emil = airport.somebody("U0EMIL", "Emil Ozols")
        lena = airport.somebody("U0LENA", "Lena Kalnina", standing="lead")
        portfolio(airport)
        airport.pilot("Secret merger", "U0ANNA", private=True)
        for person, sees in ((anna, True), (lena, True), (emil, False)):
            await person.command("history")
            await airport.settled()
            assert ("Secret merger" in labels(await person.search("pilot", "secret"))) is sees
            assert ("Secret merger" in labels(await person.search("pilot"))) is sees

    tell(story)


def test_the_pilots_of_whoever_asks_come_first_and_never_more_than_slack_takes(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        airport.somebody("U0ANNA", "Anna Berzina")
        emil = airport.somebody("U0EMIL", "Emil Ozols")
        for number in range(120):
            airport.pilot(f"Pilot {number:03} {'of a very long name ' * 3}", "U0ANNA")
        airport.pilot("Zebra counter", "U0EMIL")
        await emil.command("history")
        await airport.settled()
        found = labels(await emil.search("pilot"))
        assert found[0] == "Zebra counter"
        assert len(found) == 100

    tell(story)


def test_a_mention_offers_a_button_that_opens_the_search(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        portfolio(airport)
        await anna.write("history")
        await airport.settled()
        await anna.press(anna.inbox[-1], "Choose a pilot")
        await airport.settled()
        await anna.search("pilot", "rost")
        await anna.submit({"pilot": "rostering"})
        assert anna.modal
        assert "Rostering" in words(anna.modal.view)

    tell(story)


def test_a_search_that_takes_too_long_is_answered_with_nothing_in_time(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        portfolio(airport)
        await anna.command("history")
        await airport.settled()
        monkeypatch.setattr("adapters.slack.adapter.BUDGET", 0.0)
        assert await anna.search("pilot", "invoice") == []

    tell(story)


# --- the payload and the answer, without a server


def suggestion(**parts: Any) -> Any:
    inside = {"action_id": "search:pilots", "block_id": "field:pilot", "value": "inv"}
    return screen.envelope(type="block_suggestion", **{**inside, **parts})


def test_a_search_names_its_sender_and_what_was_typed() -> None:
    found = searched(suggestion(value="  Inv <b>\x00"))
    assert isinstance(found, Search)
    assert (found.sender.tenant, found.sender.user, found.source) == (screen.TEAM, screen.ANNA, Source.PILOTS)
    assert "\x00" not in found.text


@pytest.mark.parametrize(
    "raw",
    [
        None,
        {},
        suggestion(action_id="another.app"),
        suggestion(action_id="search:people"),
        suggestion(action_id=None),
        suggestion(user={"id": "anna"}),
        suggestion(user=None),
        suggestion(team=None),
        screen.envelope(type="block_actions"),
    ],
)
def test_what_is_no_search_of_ours_is_none(raw: Any) -> None:
    assert searched(raw) is None


def test_options_are_cut_to_what_slack_takes() -> None:
    offers = [Offer(f"p{n}", "n" * 90, "h" * 90) for n in range(150)]
    options = offered([Offer("v" * 90, "too long a value"), Offer("", "no value"), *offers])["options"]
    assert len(options) == 100
    assert {len(option["text"]["text"]) for option in options} == {75}
    assert {len(option["description"]["text"]) for option in options} == {75}
    assert offered([]) == {"options": []}
