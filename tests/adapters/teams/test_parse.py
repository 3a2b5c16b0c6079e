"""What people do in Teams, read as acts: by tenant and account, never by name; what is nobody's act is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from adapters.teams.parse import asked, data_of, parse
from bot.core.card import Source
from bot.core.ports import Clicked, Inbound, Joined, Left, Place, Ran, Search, Sender, Wrote
from tests.adapters.teams import screen

PRESS = {"data": {"rampcheck": {"does": "press", "token": "t"}}, "verb": "rampcheck", "title": "Later"}
SEND = {"data": {"rampcheck": {"does": "send", "token": "t"}}, "verb": "rampcheck", "title": "Send"}


def read(raw: Any) -> Inbound:
    found = parse(raw)
    assert found is not None
    return found


def test_somebody_is_known_by_tenant_and_account_and_never_by_name() -> None:
    sender = read(screen.wrote("status")).sender
    known = Sender("teams", screen.TENANT, screen.ANNA, name="Anna Berzina", zone="Europe/Riga")
    assert sender == replace(known, reach=screen.mri(screen.ANNA))
    renamed = screen.wrote("status") | {
        "from": {"id": "29:x", "name": "Ben", "aadObjectId": screen.ANNA.upper()}
    }
    assert read(renamed).sender.user == screen.ANNA
    assert parse(screen.wrote("status") | {"from": {"id": "29:x", "name": "Anna Berzina"}}) is None


def test_the_tenant_is_the_one_in_channel_data_which_the_sdk_does_not_read() -> None:  # T4
    raw = screen.wrote("status") | {"conversation": {"id": screen.DIRECT, "tenantId": "another"}}
    assert read(raw).sender.tenant == screen.TENANT


def test_a_place_has_the_service_url_of_the_latest_word_from_there() -> None:
    moved = screen.wrote("status") | {"serviceUrl": "https://smba.trafficmanager.net/amer/"}
    assert read(moved).on == Place(
        screen.DIRECT, direct=True, service="https://smba.trafficmanager.net/amer/"
    )


# --- what people type


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("<at>Pulse</at> Pulse report", "Pulse report"),  # T15
        ("<at>Pulse</at>\N{NO-BREAK SPACE}status", "status"),
        ("<at>Pulse</at>&nbsp;status", "status"),
        ("<at>Pulse</at>, status", "status"),
        ("status <at>Pulse</at>", "status"),
        ("what is <at>Pulse</at> up to", "what is up to"),
        ('<at>Pulse</at><at id="0"></at> status', "status"),
        ("<at>Pulse</at>  R&amp;D &lt;x&gt;", "R&D <x>"),
        ("<at>Pulse</at>", ""),
    ],
)
def test_the_mention_goes_and_nothing_else(typed: str, means: str) -> None:
    raw = screen.mentioned("x", name="Pulse") | {"text": typed}
    assert read(raw).act == Wrote(means)


def test_a_mention_of_somebody_else_stays_what_it_is() -> None:
    raw = screen.wrote("<at>Ben</at> knows") | {
        "entities": [{"type": "mention", "text": "<at>Ben</at>", "mentioned": {"id": screen.mri(screen.BEN)}}]
    }
    assert read(raw).act == Wrote("<at>Ben</at> knows")


@pytest.mark.parametrize(
    ("typed", "runs"),
    [
        ("/status", "status"),
        ("/rampcheck status", "status"),
        ("/ rampcheck  list", "list"),
        (" /help ", "help"),
    ],
)
def test_a_slash_makes_it_a_command(typed: str, runs: str) -> None:
    assert read(screen.wrote(typed)).act == Ran(runs)


def test_in_a_channel_only_a_mention_is_for_us() -> None:
    assert read(screen.mentioned("status")).act == Wrote("status")
    loud = screen.mentioned("status") | {"entities": []}
    assert parse(loud) is None
    private = loud | {"text": "/status", "recipient": {"id": screen.BOT, "isTargeted": True}}
    assert read(private).act == Ran("status")


def test_a_channel_is_one_place_whatever_the_thread() -> None:
    on = read(screen.mentioned("status", thread="1795400000009")).on
    assert on == Place(screen.CHANNEL, direct=False, name="ai-pilots", service=screen.SERVICE)


# --- what people press


@pytest.mark.parametrize("sent", [screen.pressed, screen.submitted])
def test_a_press_is_the_same_whichever_way_the_client_sends_it(sent: Any) -> None:
    found = read(sent(SEND, {"one:users": "42"}))
    assert found.act == Clicked("t", {"users": "42"})
    assert found.on.message == "1795400000001"
    assert read(sent(PRESS)).act == Clicked("t", None)


def test_a_card_that_refreshes_by_itself_is_nobodys_press() -> None:
    raw = screen.pressed(PRESS)
    assert parse(raw | {"value": {**raw["value"], "trigger": "automatic"}}) is None


def test_what_a_button_carries_can_be_read_again() -> None:
    assert data_of(screen.pressed(SEND, {"one:a": "1"})) == {**SEND["data"], "one:a": "1"}
    assert data_of(screen.submitted(SEND)) == SEND["data"]
    for other in (screen.wrote("x"), screen.activity("typing"), None, 7):
        assert data_of(other) == {}


def test_the_same_delivery_has_one_key_and_two_presses_have_two() -> None:
    once, again = screen.pressed(PRESS), screen.pressed(PRESS)
    assert read(once).dedupe_key == read(dict(once)).dedupe_key
    assert read(once).dedupe_key != read(again).dedupe_key
    elsewhere = once | {"conversation": {"id": "a:1other", "conversationType": "personal"}}
    assert read(once).dedupe_key != read(elsewhere).dedupe_key
    unnumbered = once | {"id": None}
    assert read(unnumbered).dedupe_key == read(dict(unnumbered)).dedupe_key
    assert len(read(once).dedupe_key) < 100


# --- coming and going


@pytest.mark.parametrize(
    ("action", "act"),
    [("add", Joined()), ("add-upgrade", Joined()), ("remove", Left()), ("remove-upgrade", None), ("", None)],
)
def test_installing_upgrading_and_removing(action: str, act: Any) -> None:
    found = parse(screen.activity("installationUpdate", action=action))
    assert (found.act if found else None) == act


def test_we_come_and_go_and_others_are_no_business_of_ours() -> None:  # T16: nobody is looked up
    def moved(**parts: Any) -> Any:
        found = parse(screen.activity("conversationUpdate", **parts))
        return found.act if found else None

    assert moved(membersAdded=[{"id": screen.BOT}]) == Joined()
    assert moved(membersRemoved=[{"id": screen.BOT}]) == Left()
    assert moved(membersAdded=[{"id": screen.mri(screen.BEN)}] * 500) is None
    assert moved(membersAdded="nonsense", membersRemoved=[7, {"id": 1}]) is None


@pytest.mark.parametrize(
    ("event", "act"),
    [
        ("channelRenamed", Joined()),
        ("channelDeleted", Left()),
        ("channelCreated", None),
        ("teamArchived", None),
    ],
)
def test_a_channel_event_speaks_of_that_channel(event: str, act: Any) -> None:
    data = {
        "tenant": {"id": screen.TENANT},
        "eventType": event,
        "channel": {"id": "19:other@thread.tacv2", "name": "claims-pilots"},
    }
    room = {"id": "19:team@thread.tacv2", "conversationType": "channel"}
    found = parse(screen.activity("conversationUpdate", channelData=data, conversation=room))
    assert (found.act if found else None) == act
    if found:
        assert found.on.conversation == "19:other@thread.tacv2"
        assert found.on.name == "claims-pilots"


# --- searching


def test_what_somebody_types_into_a_field_that_searches() -> None:
    value = {"queryText": "inv", "dataset": "rampcheck/pilots", "queryOptions": {"top": 15}}
    raw = screen.activity("invoke", name="application/search", value=value)
    assert asked(raw) == Search(Sender("teams", screen.TENANT, screen.ANNA), Source.PILOTS, "inv")
    assert parse(raw) is None
    for dataset in ("graph.microsoft.com/users", "rampcheck/people", "", 7, None):
        assert asked(raw | {"value": {**value, "dataset": dataset}}) is None
    for other in (screen.wrote("x"), None, [], screen.pressed(PRESS)):
        assert asked(other) is None
