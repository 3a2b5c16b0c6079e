"""The seventeen traps seen in Slack's SDK and platform: where each is tested, or why it cannot catch us."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.adapters.slack.airport import Airport
from tests.adapters.slack.telling import Tell
from tests.fakes.slack.people import words
from tests.fakes.slack.server import Fault

pytest_plugins = ["tests.databases"]

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
        "Nothing is deduplicated.",
        (
            "test_whole_way.py::test_the_same_event_twice_is_answered_once",
            "test_duties.py::test_an_event_that_comes_again_is_one_act_whatever_id_it_brings",
            "test_socket.py::test_an_event_that_was_not_acknowledged_comes_again_and_is_answered_once",
            "test_ingress.py::test_a_recorded_delivery_is_no_use_later",
        ),
    ),
    2: Trap(
        "Events are acknowledged first and worked on in a task that nobody keeps.",
        (
            "test_duties.py::test_what_was_stored_is_acknowledged_before_slack_is_asked_for_anything",
            "test_whole_way.py::test_what_cannot_be_stored_is_said_and_an_event_comes_again",
            "test_killed.py::test_what_was_acknowledged_outlives_a_kill_and_what_was_not_comes_again",
            "test_socket.py::test_a_socket_that_slack_wants_to_renew_is_renewed_without_losing_what_is_in_hand",
        ),
    ),
    3: Trap(
        "auth.test is asked for every event.",
        (
            "test_traps.py::test_slack_is_asked_once_who_we_are",
            "test_installing.py::test_trap_3_slack_is_not_asked_who_we_are_for_every_event",
        ),
    ),
    4: Trap(
        'A 429 of auth.test is taken for "not installed".',
        (
            "test_traps.py::test_a_busy_slack_makes_nobody_a_stranger",
            "test_installing.py::test_trap_4_a_429_makes_no_workspace_a_stranger",
        ),
    ),
    5: Trap(
        "What is not handled, or not in time, is a 404, and on a socket not acknowledged at all.",
        (
            "test_duties.py::test_an_event_that_nobody_listens_to_is_acknowledged_at_once",
            "test_duties.py::test_an_interaction_that_is_none_of_ours_is_acknowledged",
            "test_whole_way.py::test_too_slow_is_said_before_slack_shows_an_error",
            "test_whole_way.py::test_a_text_that_took_too_long_is_answered_when_it_is_done_and_once",
        ),
    ),
    6: Trap(
        "A timestamp that is no number and a signature that is not ASCII end in a traceback.",
        ("test_ingress.py::test_what_slack_did_not_sign_just_now_is_refused",),
    ),
    7: Trap(
        "The SDK posts again after a dropped connection.",
        (
            "test_sending.py::test_trap_7_a_dropped_connection_does_not_post_twice",
            "test_sending.py::test_the_outbox_finds_a_lost_message_instead_of_sending_it_again",
        ),
    ),
    8: Trap(
        "A body without end is read before its signature is looked at.",
        (
            "test_ingress.py::test_a_body_over_the_limit_is_not_even_read",
            "test_ingress.py::test_a_body_that_does_not_say_how_long_it_is_ends_at_the_limit",
        ),
    ),
    9: Trap(
        "Every call opens a session, and so a connection, of its own.",
        ("test_sending.py::test_trap_9_all_calls_go_over_one_session",),
    ),
    10: Trap(
        "Two at once renew one token, and a planned send renews none.",
        (
            "test_renewing.py::test_trap_10_callers_in_threads_loops_and_processes_renew_a_token_once",
            "test_renewing.py::test_trap_10_a_planned_send_renews_a_token_that_has_ended",
        ),
    ),
    11: Trap(
        "The SDK renews tokens at slack.com, whatever is set.",
        ("test_renewing.py::test_trap_11_tokens_are_renewed_where_slack_api_url_points",),
    ),
    12: Trap(
        "SQLAlchemy brings no greenlet any more.",
        ("test_traps.py::test_the_database_is_spoken_to_without_greenlets",),
    ),
    13: Trap(
        "Older SDKs stay disconnected for ever, and newer ones may stop listening.",
        (
            "test_traps.py::test_the_sdk_is_new_enough_and_its_socket_is_not_used",
            "test_socket.py::test_a_socket_that_is_silent_is_given_up",
            "test_socket.py::test_a_socket_that_ends_without_a_word_is_opened_again",
        ),
    ),
    14: Trap(
        "The SDK's tables keep tokens in clear text.",
        ("test_installing.py::test_trap_14_no_token_can_be_read_in_the_database",),
    ),
    15: Trap(
        "The cookie of an installation is Secure.",
        ("test_installing.py::test_trap_15_the_cookie_is_secure_only_where_browsers_come_by_https",),
    ),
    16: Trap(
        "Flaky tests of the SDK's own, and aiohttp's warning on oauth.v2.access.",
        not_ours="it is called without the SDK's BasicAuth; a warning fails any test here (filterwarnings)",
    ),
    17: Trap(
        "A message without text is only warned about.",
        (
            "test_sending.py::test_trap_17_every_message_has_its_text",
            "test_fake.py::test_a_message_has_a_text_and_an_end",
        ),
    ),
}


def test_every_trap_is_tested_or_out_of_our_way() -> None:
    assert sorted(TRAPS) == list(range(1, 18))
    for number, trap in TRAPS.items():
        assert bool(trap.tests) != bool(trap.not_ours), f"trap {number}: tests, or a reason"


@pytest.mark.parametrize("named", sorted({name for trap in TRAPS.values() for name in trap.tests}))
def test_the_tests_named_here_are_there(named: str) -> None:
    file, _, name = named.partition("::")
    body = ast.parse((HERE / file).read_text(encoding="utf-8")).body
    assert name in {part.name for part in body if isinstance(part, ast.FunctionDef)}


# --- those that are tested nowhere else


def test_slack_is_asked_once_who_we_are(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        for _ in range(3):
            await anna.write("todo")
            await anna.command("todo")
        assert airport.slack.count("auth.test") == 1

    tell(story)


def test_a_busy_slack_makes_nobody_a_stranger(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        airport.slack.fail("auth.test", *[Fault(status=429, after=30)] * 9)
        said = await anna.write("help")
        assert (said.status, said.attempts) == (200, 1)
        await airport.settled()
        assert "install" not in words(anna.inbox[-1].blocks).lower()
        assert "status" in words(anna.inbox[-1].blocks)

    tell(story)


def test_the_database_is_spoken_to_without_greenlets() -> None:
    files = [*(ROOT / "bot").rglob("*.py"), *(ROOT / "adapters").rglob("*.py")]
    assert files
    assert not [file for file in files if "sqlalchemy.ext.asyncio" in file.read_text(encoding="utf-8")]


def test_the_sdk_is_new_enough_and_its_socket_is_not_used() -> None:
    assert tuple(map(int, version("slack_sdk").split(".")[:2])) >= (3, 47)
    texts = [file.read_text(encoding="utf-8") for file in (ROOT / "adapters" / "slack").rglob("*.py")]
    assert texts
    assert not [text for text in texts if "slack_sdk.socket_mode" in text or "adapter.socket_mode" in text]
