"""A workspace from invitation to answer, over signed HTTP and over Socket Mode, on the real service and SQLite."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from bot.core.state import Phase
from tests.adapters.slack.airport import Airport
from tests.adapters.slack.telling import Tell
from tests.fakes.slack.people import labels, words
from tests.fakes.slack.server import Fault

pytest_plugins = ["tests.databases"]

CALM = {
    "pulse.moved": "worked",
    "pulse.block": "nothing",
    "pulse.date": "none",
    "pulse.users": "12",
    "pulse.sure": "even",
}


def test_an_invitation_is_answered_in_a_modal_and_changes_to_what_came_of_it(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        airport.pilot("Invoice matcher", "U0ANNA")
        checkin = await airport.until_asked("U0ANNA")
        [invitation] = anna.inbox
        assert "Invoice matcher" in invitation.text
        assert "Answer (1 min)" in labels(invitation.blocks)

        await anna.press(invitation, "Answer")
        await airport.settled()
        assert anna.modal
        assert "How many people used it" in words(anna.modal.view)

        await anna.submit({**CALM, "pulse.users": "-3"})
        assert anna.modal
        assert list(anna.modal.errors) == ["field:pulse.users"]

        await anna.submit(CALM)
        await airport.deliver()
        assert anna.modal is None or "A little more" in words(anna.modal.view)
        assert invitation.versions > 1
        assert airport.state(checkin).answers["pulse.users"] == 12

    tell(story)


def test_the_whole_check_in_ends_with_its_effect_in_the_message(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        airport.pilot("Invoice matcher", "U0ANNA")
        checkin = await airport.until_asked("U0ANNA")
        await anna.press(anna.inbox[0], "Answer")
        await airport.settled()
        await anna.submit(CALM)
        for _ in range(5):
            if anna.modal is None:
                break
            await anna.submit({})
        await airport.deliver()
        assert airport.state(checkin).phase is Phase.DONE
        assert anna.modal is None
        assert "Answer (1 min)" not in labels(anna.inbox[0].blocks)

    tell(story)


def test_a_question_is_handed_to_a_colleague_who_answers_it_by_a_button(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        rita = airport.somebody("U0RITA", "Rita Lindqvist", known=False)  # never heard of
        airport.pilot("Invoice matcher", "U0ANNA")
        checkin = await airport.until_asked("U0ANNA")

        await anna.press(anna.inbox[0], "Ask a colleague")
        await airport.settled()
        await anna.submit({"question": "pulse.sure", "to": "U0RITA"})
        assert anna.modal, "the rest of the questions"
        shown = words(anna.modal.view)
        assert shown.count("How likely is production use") == shown.count(" has been asked: How likely") == 1
        await airport.deliver()
        person = airport.person("U0RITA")
        assert person
        assert (person.name, person.zone) == ("Rita Lindqvist", "Europe/Riga")

        question = next(one for one in rita.inbox if "About even: 40 to 60%" in labels(one.blocks))
        await rita.press(question, "About even: 40 to 60%")
        await airport.deliver()
        assert airport.state(checkin).answers["pulse.sure"] == "even"
        assert "About even: 40 to 60%" not in labels(question.blocks)

    tell(story)


def test_a_slash_command_is_answered_to_whoever_typed_it(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina", standing="lead")
        airport.pilot("Invoice matcher", "U0ANNA")
        airport.slack.workspace.add_channel("C0PILOTS", "ai-pilots")
        await anna.command("list", channel="C0PILOTS")
        [said] = anna.whispers
        assert "Invoice matcher" in words(said.blocks)
        assert said.channel == "C0PILOTS"

        await anna.press(said, "Share in channel")
        await airport.settled()
        shared = [
            one for one in airport.slack.workspace.messages if one.channel == "C0PILOTS" and not one.only
        ]
        assert "Invoice matcher" in words(shared[0].blocks)

    tell(story)


def test_a_refusal_is_nothing_to_share(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        airport.somebody("U0BO", "Bo Liepa")
        airport.pilot("Invoice matcher", "U0BO")
        airport.slack.workspace.add_channel("C0PILOTS", "ai-pilots")
        await anna.command("checkin Invoice matcher", channel="C0PILOTS")
        [refused] = anna.whispers
        assert "Only this pilot's own people" in words(refused.blocks)
        assert labels(refused.blocks) == []

    tell(story)


def test_whoever_writes_for_the_first_time_is_known_by_name_and_zone(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        emil = airport.somebody("U0EMIL", "Emil Ozols", known=False)
        said = await emil.write("help")
        assert (said.status, said.attempts) == (200, 1)
        await airport.settled()
        person = airport.person("U0EMIL")
        assert person
        assert (person.name, person.zone) == ("Emil Ozols", "Europe/Riga")
        assert "status" in words(emil.inbox[-1].blocks)
        assert airport.slack.count("users.info") == 1
        await emil.write("todo")
        assert airport.slack.count("users.info") == 1

    tell(story)


def test_a_mention_in_a_channel_is_answered_to_its_writer_alone(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        airport.pilot("Invoice matcher", "U0ANNA")
        airport.slack.workspace.add_channel("C0PILOTS", "ai-pilots")
        await anna.mention("C0PILOTS", "<@U0RAMPCHK> status Invoice matcher")
        await airport.settled()
        [said] = anna.whispers
        assert "Invoice matcher" in words(said.blocks)

    tell(story)


def test_the_same_event_twice_is_answered_once(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        for _ in range(2):
            said = await anna.write("help", event_id="Ev000000777")
            assert said.status == 200
        await airport.settled()
        assert (
            sum(
                "Commands" in words(one.blocks) or "help" in one.text.lower()
                for one in anna.inbox
                if one.user != anna.id
            )
            <= 1
        )
        assert airport.slack.count("chat.postMessage") == 1

    tell(story)


def test_what_cannot_be_stored_is_said_and_an_event_comes_again(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        taken: Any = airport.adapter._on_inbound
        failures = iter([True, True])

        async def shaky(inbound: Any) -> Any:
            if next(failures, False):
                raise RuntimeError("the disk is on fire")
            return await taken(inbound)

        monkeypatch.setattr(airport.adapter, "_on_inbound", shaky)
        said = await anna.command("todo")
        assert said
        assert "busy" in words(anna.whispers[-1].blocks)
        told = await anna.write("help")
        assert (told.status, told.attempts) == (200, 2)

    tell(story)


def test_too_slow_is_said_before_slack_shows_an_error(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        monkeypatch.setattr("adapters.slack.adapter.BUDGET", 0.1)
        taken: Any = airport.adapter._on_inbound

        async def slow(inbound: Any) -> Any:
            await asyncio.sleep(0.4)
            return await taken(inbound)

        monkeypatch.setattr(airport.adapter, "_on_inbound", slow)
        said = await anna.command("todo")
        assert said
        assert "busy" in words(anna.whispers[-1].blocks)
        await airport.slack.until(lambda: not airport.adapter._in_hand)

    tell(story)


def test_a_text_that_took_too_long_is_answered_when_it_is_done_and_once(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        monkeypatch.setattr("adapters.slack.adapter.BUDGET", 0.1)
        taken: Any = airport.adapter._on_inbound
        slow = iter([0.4])

        async def at_first_slow(inbound: Any) -> Any:
            reply = await taken(inbound)
            await asyncio.sleep(next(slow, 0.0))
            return reply

        monkeypatch.setattr(airport.adapter, "_on_inbound", at_first_slow)
        said = await anna.write("help")
        assert said.attempts > 1
        await airport.slack.until(lambda: airport.slack.count("chat.postMessage"))
        await airport.settled()
        assert airport.slack.count("chat.postMessage") == 1

    tell(story)


def test_more_at_once_than_can_be_stored_in_time_is_said_to_be_so(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        monkeypatch.setattr("adapters.slack.adapter.IN_HAND", 0)
        await anna.command("todo")
        assert "busy" in words(anna.whispers[-1].blocks)

    tell(story)


def test_who_is_told_so_costs_no_more_than_telling_and_what_slack_reports_goes_its_way(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(airport: Airport) -> None:
        anna, through_the_sdk = airport.somebody("U0ANNA", "Anna Berzina"), list[str]()
        take = airport.adapter._door.take

        async def noted(body: Any, headers: Any) -> Any:
            through_the_sdk.append(body.get("command") or body["type"])
            return await take(body, headers)

        monkeypatch.setattr(airport.adapter._door, "take", noted)
        monkeypatch.setattr("adapters.slack.adapter.IN_HAND", 0)
        await anna.command("todo")
        assert "busy" in words(anna.whispers[-1].blocks)
        assert through_the_sdk == []
        await anna.write("help")
        assert set(through_the_sdk) == {"event_callback"}, "Slack brings it again until it is taken"

    tell(story)


def test_a_form_that_slack_opened_too_late_is_said_to_be_so(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        airport.pilot("Invoice matcher", "U0ANNA")
        await airport.until_asked("U0ANNA")
        airport.slack.fail("views.open", Fault(code="expired_trigger_id"))
        await anna.press(anna.inbox[0], "Answer")
        await airport.settled()
        assert anna.modal is None
        assert "press again" in words(anna.whispers[-1].blocks)

    tell(story)


def test_going_back_inside_the_modal_changes_it(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        airport.pilot("Invoice matcher", "U0ANNA")
        await airport.until_asked("U0ANNA")
        await anna.press(anna.inbox[0], "Answer")
        await airport.settled()
        await anna.submit({**CALM, "pulse.moved": "finished", "pulse.block": "security"})
        assert anna.modal
        assert "What was finished?" in words(anna.modal.view)
        await anna.press_in_modal("Back")
        await airport.settled()
        assert anna.modal
        assert "What changed most" in words(anna.modal.view)
        await anna.submit({})  # what was entered before is still there

    tell(story)


def test_a_stale_form_says_so_in_the_modal(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        airport.pilot("Invoice matcher", "U0ANNA")
        await airport.until_asked("U0ANNA")
        await anna.press(anna.inbox[0], "Answer")
        await airport.settled()
        await anna.press(anna.inbox[0], "Nothing to report")
        await anna.submit(CALM)
        assert anna.modal
        assert not [block for block in anna.modal.view["blocks"] if block["type"] == "input"]

    tell(story)


def test_the_sdk_is_silenced_and_our_own_lines_are_not(tell: Tell) -> None:
    ours = logging.getLogger("rampcheck")
    before = ours.level

    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        airport.slack.workspace.add_channel("C0PILOTS", "ai-pilots")
        await anna.command("help", channel="C0PILOTS")
        assert ours.level == before
        assert logging.getLogger("rampcheck.slack.bolt").level == logging.CRITICAL

    tell(story)
