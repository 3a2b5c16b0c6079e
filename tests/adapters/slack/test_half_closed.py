"""A modal closed half-way: what was entered is kept for its person, counts as nothing, and is there to go on with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from adapters.slack.parse import parse
from adapters.slack.view import view
from bot.core.card import Card, Submit, Text
from bot.core.ports import Closed
from bot.core.state import Phase
from tests.adapters.slack import screen
from tests.adapters.slack.airport import Airport
from tests.adapters.slack.telling import Tell
from tests.fakes.slack.people import Somebody, labels, words

pytest_plugins = ["tests.databases"]

CALM = {
    "pulse.moved": "worked",
    "pulse.block": "nothing",
    "pulse.date": "none",
    "pulse.users": "12",
    "pulse.sure": "even",
}


async def opened(airport: Airport) -> tuple[Somebody, Any]:
    """Anna, with the form of her check-in in front of her."""
    anna = airport.somebody("U0ANNA", "Anna Berzina")
    airport.pilot("Invoice matcher", "U0ANNA")
    checkin = await airport.until_asked("U0ANNA")
    await anna.press(anna.inbox[0], "Answer")
    await airport.settled()
    return anna, checkin


def test_what_was_entered_is_there_again_and_only_sending_it_answers(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna, checkin = await opened(airport)
        await anna.close({"pulse.moved": "worked", "pulse.users": "12", "pulse.block": "nothing"})
        await airport.deliver()
        assert airport.state(checkin).answers == {}
        assert "Go on: 3 of 5 answered" in labels(anna.inbox[0].blocks)
        assert "Not sent yet." in words(anna.inbox[0].blocks)

        await anna.press(anna.inbox[0], "Go on")
        await airport.settled()
        await anna.submit({"pulse.date": "none", "pulse.sure": "even"})  # the rest is filled in already
        await airport.deliver()
        answers = airport.state(checkin).answers
        assert (answers["pulse.moved"], answers["pulse.users"], answers["pulse.block"]) == (
            "worked",
            12,
            "nothing",
        )
        assert airport.state(checkin).drafts == {}
        assert "Not sent yet." not in words(anna.inbox[0].blocks)

    tell(story)


def test_what_cannot_be_read_is_not_kept(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna, checkin = await opened(airport)
        await anna.close({"pulse.users": "-3", "pulse.moved": "worked"})
        assert airport.state(checkin).drafts == {"pulse.moved": "worked"}

    tell(story)


def test_a_form_closed_untouched_or_told_nothing_of_changes_nothing(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna, checkin = await opened(airport)
        before = airport.state(checkin)
        await anna.close()
        assert airport.state(checkin) == before
        await anna.press(anna.inbox[0], "Answer")
        await airport.settled()
        await anna.close({"pulse.moved": "worked"}, told=False)
        assert airport.state(checkin) == before
        assert anna.inbox[0].versions == 1

    tell(story)


def test_screens_that_were_sent_are_answers_whatever_happens_to_the_next(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna, checkin = await opened(airport)
        await anna.submit({**CALM, "pulse.moved": "finished", "pulse.block": "security"})
        assert anna.modal
        assert "What was finished?" in words(anna.modal.view)
        await anna.close({"pulse.done": "The interface to the ledger"})
        await airport.deliver()
        state = airport.state(checkin)
        assert state.answers["pulse.block"] == "security"
        assert state.drafts == {"pulse.done": "The interface to the ledger"}
        assert any(label.startswith("Go on: 1 of ") for label in labels(anna.inbox[0].blocks))

    tell(story)


def test_a_colleague_who_was_entered_is_still_chosen(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        rita = airport.somebody("U0RITA", "Rita Lindqvist")
        anna, _ = await opened(airport)
        await anna.submit({**CALM, "pulse.block": "security"})
        await anna.close({"pulse.who": rita.id})
        await airport.deliver()
        await anna.press(anna.inbox[0], "Go on")
        await airport.settled()
        assert anna.modal
        chosen = [
            block["element"].get("initial_user") for block in anna.modal.view["blocks"] if "element" in block
        ]
        assert rita.id in chosen

    tell(story)


def test_a_draft_ends_with_the_time_for_answering_and_goes_to_nobody_else(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        rita = airport.somebody("U0RITA", "Rita Lindqvist")
        anna, checkin = await opened(airport)
        await anna.close({"pulse.moved": "worked"})
        await airport.deliver()
        await anna.press(anna.inbox[0], "Not mine")
        await airport.settled()
        await anna.submit({"to": rita.id})
        await airport.deliver()
        assert airport.state(checkin).drafts == {}
        assert "Go on" not in " ".join(labels(rita.inbox[-1].blocks))

        await rita.press(rita.inbox[-1], "Answer")
        await airport.settled()
        await rita.close({"pulse.moved": "finished"})
        assert airport.state(checkin).drafts == {"pulse.moved": "finished"}
        await airport.pass_time(timedelta(days=9))
        assert airport.state(checkin).phase in (Phase.EXPIRED, Phase.CLOSED)
        assert airport.state(checkin).drafts == {}

    tell(story)


def test_a_small_form_closed_unsent_does_nothing(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        airport.pilot("Invoice matcher", "U0ANNA")
        checkin = await airport.until_asked("U0ANNA")
        before = airport.state(checkin)
        await anna.press(anna.inbox[0], "Can't answer")
        await airport.settled()
        await anna.close({"reason": "On holiday"})
        assert airport.state(checkin) == before

    tell(story)


def test_a_form_that_was_overtaken_leaves_no_draft(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna, checkin = await opened(airport)
        await anna.press(anna.inbox[0], "Nothing to report")
        await anna.close({"pulse.moved": "worked"})
        assert airport.state(checkin).drafts == {}

    tell(story)


# --- the payload, without a server


def form() -> Card:
    fields = (Text("why", "Why?"), Text("what", "What?"))
    return Card("Two questions", "Two questions", fields=fields, actions=(Submit("Send", "t1.submit"),))


def test_a_closed_modal_says_what_stood_in_it_and_is_one_act_however_often_it_comes() -> None:
    raw = screen.closed(view(form()), {"why": "because"})
    once, again = parse(raw), parse(raw)
    assert once
    assert again
    assert once.act == Closed("t1.submit", {"why": "because"})
    assert once.dedupe_key == again.dedupe_key
    other = parse(screen.closed(view(form()), {"why": "because"}))
    assert other
    assert other.dedupe_key != once.dedupe_key


def test_a_closed_modal_that_says_nothing_is_no_act() -> None:
    assert parse(screen.closed(view(form()), {})) is None
    raw = screen.closed(view(form()), {"why": "because"})
    assert parse(raw | {"view": {**raw["view"], "state": {}}}) is None
    assert parse(raw | {"view": {**raw["view"], "callback_id": "another.app"}}) is None
