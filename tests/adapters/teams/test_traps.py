"""The twenty-one traps seen in botbuilder and Teams: where each is tested, or why it cannot catch us."""

from __future__ import annotations

import ast
import logging
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.adapters.teams import screen
from tests.adapters.teams.office import Counter, run
from tests.adapters.teams.validators import check_message

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


@dataclass(frozen=True)
class Trap:
    """One trap: the tests that fell into it before its mend, or the reason why it is not in our way."""

    says: str
    tests: tuple[str, ...] = ()
    not_ours: str = ""


TRAPS = {
    1: Trap(
        "Every answer to a press fails, as it is serialised twice.",
        ("test_talking.py::test_an_answer_card_comes_back_with_the_press_itself",),
    ),
    2: Trap(
        "An exception in a press is a 501.",
        ("test_talking.py::test_an_engine_that_fails_is_no_500",),
    ),
    3: Trap(
        "An error handler swallows what goes wrong in a proactive send.",
        (
            "test_sending.py::test_somebody_who_blocked_us_is_gone_until_heard_from",
            "test_sending.py::test_what_teams_refuses_is_never_tried_again",
        ),
    ),
    4: Trap(
        "The tenant of a conversation is always None.",
        (
            "test_parse.py::test_the_tenant_is_the_one_in_channel_data_which_the_sdk_does_not_read",
            "test_sending.py::test_what_is_sent_names_the_tenant_and_answers_no_message",
        ),
    ),
    5: Trap(
        "Every turn fetches a token of its own, in the event loop.",
        ("test_sending.py::test_one_token_serves_everybody_and_is_renewed_early_beside_the_loop",),
    ),
    6: Trap(
        "Keys are read without a time limit, in the event loop.",
        ("test_tokens.py::test_a_key_server_that_hangs_holds_up_nobody_whose_key_is_known",),
    ),
    7: Trap(
        "A key that is not known yet is a 500, and the keys are not read again.",
        (
            "test_tokens.py::test_after_a_change_of_keys_what_they_sign_is_believed_at_once",
            "test_tokens.py::test_unknown_key_ids_make_nobody_read_the_keys_again_and_again",
        ),
    ),
    8: Trap(
        "Bad tokens are a 500, a token without end and a body without service are believed.",
        (
            "test_tokens.py::test_a_forged_or_foreign_token_is_401_and_reaches_nobody",
            "test_tokens.py::test_a_header_that_is_no_bearer_token_is_401",
            "test_tokens.py::test_a_body_that_the_token_does_not_stand_for_is_401",
            "test_tokens.py::test_a_token_speaks_for_one_service_and_no_other_of_teams",
            "test_tokens.py::test_what_cannot_be_read_is_the_senders_mistake",
            "test_tokens.py::test_a_signed_activity_of_odd_shape_is_no_failure_of_ours",
        ),
    ),
    9: Trap(
        "One setting about the channel switches to another verifier that needs all of them.",
        not_ours="the SDK's verifier is not used, and no setting says where Microsoft is",
    ),
    10: Trap(
        "A proactive message is sent as the answer to a message that there is not.",
        ("test_sending.py::test_what_is_sent_names_the_tenant_and_answers_no_message",),
    ),
    11: Trap(
        "An error that comes as a web page loses its status.",
        ("test_sending.py::test_what_does_not_pass_is_left_for_later_with_its_status",),
    ),
    12: Trap(
        "Calls go out from six threads, each over a connection of its own.",
        ("test_traps.py::test_all_calls_go_over_one_connection",),
    ),
    13: Trap(
        "A changed message is tried again three times in a thread, a new one never.",
        (
            "test_sending.py::test_what_passes_is_tried_again_at_once",
            "test_sending.py::test_what_teams_refuses_is_never_tried_again",
            "test_outbox_in_teams.py::test_what_passes_comes_again_by_itself",
            "test_outbox_in_teams.py::test_what_teams_refuses_is_given_up_at_once",
        ),
    ),
    14: Trap(
        "What a press carries is a dictionary, whatever its type says.",
        ("test_parse.py::test_what_a_button_carries_can_be_read_again",),
    ),
    15: Trap(
        "The bot's name is taken out of a text everywhere.",
        (
            "test_parse.py::test_the_mention_goes_and_nothing_else",
            "test_parse.py::test_a_mention_of_somebody_else_stays_what_it_is",
        ),
    ),
    16: Trap(
        "Every member of a team is asked for when the bot is added.",
        (
            "test_parse.py::test_we_come_and_go_and_others_are_no_business_of_ours",
            "test_talking.py::test_what_is_nothing_to_us_is_taken_without_a_word",
        ),
    ),
    17: Trap(
        "A line is logged for every property that the SDK does not know.",
        ("test_traps.py::test_what_the_sdk_does_not_know_is_no_line_in_the_log",),
    ),
    18: Trap(
        "The SDK's storage is unpickled, knows no locks and is lost at a restart.",
        ("test_traps.py::test_nothing_of_the_sdks_storage_or_dialogs_is_used",),
    ),
    19: Trap(
        "The SDK's test package pins an old pytest.",
        not_ours="it is not installed: tests go through our own address, in front of the fake Teams",
    ),
    20: Trap(
        "A request without Content-Type is a 500.",
        ("test_tokens.py::test_what_cannot_be_read_is_the_senders_mistake",),
    ),
    21: Trap(
        "The older adapter only thinks of bots in many tenants.",
        not_ours="neither stock adapter is used: the turns' own one stands on BotAdapter alone",
    ),
}


def test_every_trap_is_tested_or_out_of_our_way() -> None:
    assert sorted(TRAPS) == list(range(1, 22))
    for number, trap in TRAPS.items():
        assert bool(trap.tests) != bool(trap.not_ours), f"trap {number}: tests, or a reason"


@pytest.mark.parametrize("named", sorted({name for trap in TRAPS.values() for name in trap.tests}))
def test_the_tests_named_here_are_there(named: str) -> None:
    file, _, name = named.partition("::")
    body = ast.parse((HERE / file).read_text(encoding="utf-8")).body
    assert name in {part.name for part in body if isinstance(part, ast.FunctionDef)}


# --- those that are tested nowhere else


def test_all_calls_go_over_one_connection() -> None:  # T12
    async def story(counter: Counter) -> None:
        from bot.core.card import Card
        from bot.core.records import Address

        for _ in range(2):
            address = Address(1, "teams", screen.DIRECT, counter.teams.service)
            payload = counter.adapter.render(Card("x", "x"))
            check_message(payload)
            await counter.adapter.send(address, payload, key="k")
        assert len(counter.teams.calls) == 2
        assert len(counter.teams.lines) == 1

    run(story)


def test_what_the_sdk_does_not_know_is_no_line_in_the_log() -> None:  # T17
    from botbuilder.schema import ChannelAccount

    from adapters.teams import turns

    assert turns
    told: list[logging.LogRecord] = []
    ear = logging.Handler()
    ear.emit = told.append  # type: ignore[method-assign]  # the smallest ear there is
    loud = logging.getLogger("msrest.serialization")
    loud.addHandler(ear)
    try:
        ChannelAccount(id="29:x", somethingNew=1)
    finally:
        loud.removeHandler(ear)
    assert not told


def test_nothing_of_the_sdks_storage_or_dialogs_is_used() -> None:  # T18
    texts = [file.read_text(encoding="utf-8") for file in (ROOT / "adapters" / "teams").rglob("*.py")]
    assert texts
    unwanted = ("jsonpickle", "BotState", "MemoryStorage", "botbuilder.dialogs", "ConversationReference")
    assert not [one for one in unwanted for text in texts if one in text]
