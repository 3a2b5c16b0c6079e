"""A message becomes the proof of a readiness item, from its menu in Slack to the score."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack.linking import link_of
from adapters.slack.parse import parse
from adapters.slack.scopes import SHORTCUT_CALLBACK, SHORTCUTS
from adapters.slack.view import view
from bot.core import proof
from bot.core.card import Offer
from bot.core.compose.proof import attach_card, level_card
from bot.core.ports import Ran
from bot.core.readiness import effective
from bot.core.records import ItemLevel, Pilot
from tests.adapters.slack import screen
from tests.adapters.slack.airport import Airport
from tests.adapters.slack.telling import Tell
from tests.adapters.slack.validators import check_view
from tests.fakes.office import CONTENT, MONDAY
from tests.fakes.slack.people import words
from tests.fakes.slack.workspace import Message

pytest_plugins = ["tests.databases"]

CALLBACK = "rampcheck.proof"
ITEM = "data.access"
OWN = "https://airport.slack.com/archives/C0PILOTS/p"


def claimed(airport: Airport, level: int | None) -> None:
    """Anna's pilot says that much of its access to data."""
    airport.pilot("Invoice matcher", "U0ANNA")
    if level is not None:
        said = ItemLevel(ITEM, level, at=MONDAY, changed_at=MONDAY)
        airport.write(lambda work: work.unit.set_level(pilot(airport).id, said))


def pilot(airport: Airport) -> Pilot:
    found = airport.read(lambda unit: unit.pilot_by_key("invoice-matcher"))
    assert found
    return found


def level(airport: Airport) -> ItemLevel:
    return airport.read(lambda unit: unit.levels(pilot(airport).id)[ITEM])


def posted(airport: Airport, text: str) -> Message:
    """What a colleague wrote in a channel."""
    if "C0PILOTS" not in airport.slack.workspace.channels:
        airport.slack.workspace.add_channel("C0PILOTS", "ai-pilots")
    return airport.slack.workspace.post("C0PILOTS", {"text": text}, user="U0ANNA")


def test_a_message_is_attached_as_proof_and_the_effect_is_shown(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        claimed(airport, 3)
        message = posted(airport, "The interface has run every night for a month")
        await anna.use_shortcut(CALLBACK, message)
        await airport.settled()
        assert anna.modal
        assert "Invoice matcher" in words(anna.modal.view)  # the only pilot of hers, chosen already
        await anna.submit({"item": ITEM})
        assert anna.modal
        assert "counts 3 instead of 2. Readiness 50 → 75." in words(anna.modal.view)
        assert level(airport).link == OWN + message.ts.replace(".", "")
        assert effective(level(airport), CONTENT.policy, MONDAY) == 3

    tell(story)


def test_a_link_in_the_message_is_the_proof_and_can_be_changed(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        claimed(airport, 3)
        report = posted(airport, "See <https://example.org/report?a=1&amp;b=2|the report>")
        await anna.use_shortcut(CALLBACK, report)
        await airport.settled()
        await anna.submit({"item": ITEM})
        assert level(airport).link == "https://example.org/report?a=1&b=2"
        await anna.use_shortcut(CALLBACK, report)
        await airport.settled()
        await anna.submit({"item": ITEM, "link": "not a link"})
        assert anna.modal
        assert list(anna.modal.errors) == ["field:link"]
        await anna.submit({"item": ITEM, "link": "https://example.org/newer"})
        assert level(airport).link == "https://example.org/newer"

    tell(story)


def test_with_several_pilots_one_is_searched_for_first(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        claimed(airport, 3)
        airport.pilot("Claims triage", "U0ANNA")
        await anna.use_shortcut(CALLBACK, posted(airport, "Done"))
        await airport.settled()
        [found] = await anna.search("pilot", "invoice")
        await anna.submit({"pilot": found["value"]})
        assert anna.modal
        assert "Counts less until it has proof" in words(anna.modal.view)
        await anna.submit({"item": ITEM})
        assert level(airport).link.startswith(OWN)

    tell(story)


def test_an_item_that_was_never_answered_asks_its_level_in_the_same_modal(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        claimed(airport, None)
        await anna.use_shortcut(CALLBACK, posted(airport, "Done"))
        await airport.settled()
        await anna.submit({"item": ITEM})
        assert anna.modal
        assert "has no level yet" in words(anna.modal.view)
        await anna.submit({"level": "3"})
        assert (level(airport).level, level(airport).link.startswith(OWN)) == (3, True)

    tell(story)


def test_whoever_may_not_is_told_whom_to_ask(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        airport.somebody("U0ANNA", "Anna Berzina")
        dora = airport.somebody("U0DORA", "Dora Liepa")
        claimed(airport, 3)
        await dora.use_shortcut(CALLBACK, posted(airport, "Done"))
        await airport.settled()
        assert dora.modal is None
        assert "owner, the deputy or the builder" in words(dora.whispers[-1].blocks)
        await dora.command("proof Invoice matcher for live data access https://example.org")
        assert "Ask Anna Berzina." in words(dora.whispers[-1].blocks)
        assert level(airport).link == ""

    tell(story)


# --- without a server


def test_the_menu_of_every_message_has_the_shortcut_that_is_taken() -> None:
    [shortcut] = [one for one in SHORTCUTS if one.command == "proof"]
    assert f"{SHORTCUT_CALLBACK}{shortcut.command}" == CALLBACK
    assert len(shortcut.name) <= 24


def used(**message: Any) -> Any:
    shown = {"type": "message", "user": screen.ANNA, "ts": screen.MESSAGE, "text": "Done", **message}
    return screen.envelope(
        type="message_action",
        callback_id=CALLBACK,
        action_ts="1.2",
        message_ts=screen.MESSAGE,
        channel={"id": screen.CHANNEL, "name": "ai-pilots"},
        message=shown,
    )


PERMALINK = "https://example.slack.com/archives/C0PILOTS1/p1795400000000100"


@pytest.mark.parametrize(
    ("message", "link"),
    [
        ({}, PERMALINK),
        (
            {"thread_ts": "1795300000.000200"},
            f"{PERMALINK}?thread_ts=1795300000.000200&cid=C0PILOTS1",
        ),
        ({"thread_ts": screen.MESSAGE}, PERMALINK),
        ({"text": "at <https://example.org/a> and <https://example.org/b>"}, "https://example.org/a"),
        ({"text": "<@U1> <#C1|x> <mailto:a@b.example|a>"}, PERMALINK),
        ({"text": '<https://example.org/o\'neil "x">'}, PERMALINK),
        ({"text": "<https://example.org/o'neil>"}, "https://example.org/o%27neil"),
        ({"text": f"<https://example.org/{'x' * 3000}>"}, PERMALINK),
        (
            {"files": [{"permalink": "https://example.slack.com/files/U1/F1/report.pdf"}]},
            "https://example.slack.com/files/U1/F1/report.pdf",
        ),
        ({"text": None, "files": [{}]}, PERMALINK),
    ],
)
def test_a_message_stands_for_the_link_in_it_or_for_its_own(message: dict[str, Any], link: str) -> None:
    raw = used(**message)
    assert link_of(raw) == link
    inbound = parse(raw)
    assert inbound
    assert inbound.act == Ran(f"proof {link}")


def test_a_message_without_an_address_leaves_the_link_to_be_typed() -> None:
    for raw in (
        used() | {"team": {"id": screen.TEAM, "domain": "evil.example/x?"}},
        used() | {"channel": {"id": "../.."}},
        used(ts="x"),
        used() | {"message": None},
    ):
        inbound = parse(raw)
        assert inbound
        assert inbound.act == Ran("proof")


def test_its_forms_are_what_slack_takes() -> None:
    found = Pilot(1, "invoice-matcher", "Invoice matcher")
    items = proof.wanting({}, CONTENT.model, CONTENT.policy, MONDAY)
    item = items[0].item
    offers = (Offer(found.key, found.name, "Pilot"),)
    check_view(view(attach_card(offers, items, pilot=found, link=PERMALINK)))
    check_view(view(attach_card(offers, items, pilot=None, link=PERMALINK)))
    check_view(view(level_card(found, item, PERMALINK, level=2)))
