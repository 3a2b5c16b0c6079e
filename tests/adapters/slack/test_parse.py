"""What Slack sends, read as what somebody did."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.controls import buttons
from adapters.slack.parse import MAX_KEY, asked, parse, removed
from adapters.slack.text import typed
from adapters.slack.view import errors, view
from bot.core.card import Button, Card, Choice, Date, Number, Offer, Person, Submit, Text
from bot.core.ports import Act, Changed, Clicked, Inbound, Joined, Place, Ran, Visited, Wrote
from tests.adapters.slack import screen
from tests.adapters.slack.screen import ANNA, CHANNEL, DIRECT, MESSAGE, TEAM, US
from tests.contract.gallery import EVERYTHING


def read(raw: Any) -> Inbound:
    inbound = parse(raw)
    assert inbound is not None
    return inbound


def act(raw: Any) -> Act | None:
    inbound = parse(raw)
    return inbound.act if inbound else None


def form(*fields: Any, token: str = "t") -> Card:
    return Card("Form", "f", fields=fields, actions=(Submit("Send", token),))


# --- texts


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("status &amp; list", "status & list"),
        ("&lt;@U0BEN0001&gt; &amp;lt;", "<@U0BEN0001> &lt;"),
        ("<@U0BEN0001>", "U0BEN0001"),
        ("<@U0BEN0001|ben>", "U0BEN0001"),
        ("ask <@U0BEN0001> or <@W0RITA001|rita>", "ask U0BEN0001 or W0RITA001"),
        ("digest in <#C0PILOTS1|ai-pilots>", "digest in #ai-pilots"),
        ("<#C0PILOTS1>", "#C0PILOTS1"),
        ("<!channel> <!subteam^S1|@leads> <!subteam^S2>", "@channel @leads @subteam"),
        ("<!date^1392734382^{date}|18 February>", "18 February"),
        ("<https://example.org/a?b=1&amp;c=2>", "https://example.org/a?b=1&c=2"),
        ("<http://example.org|example.org>", "example.org"),
        ("<https://example.org/r|the report>", "the report (https://example.org/r)"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("nul\x00 and half \ud83d", "nul and half ?"),
        ("<>", "<>"),
    ],
)
def test_a_typed_text_is_what_was_typed(text: str, meant: str) -> None:
    assert typed(text) == meant
    assert act(screen.said({"text": text})) == Wrote(meant)


@pytest.mark.parametrize(
    "text", [f"<@{US}> status", f" <@{US}|rampcheck>: status", f"status <@{US}>", f"<@{US}>,  status"]
)
def test_our_own_mention_is_not_part_of_what_was_said(text: str) -> None:
    inbound = read(screen.mentioned(text))
    assert inbound.act == Wrote("status")
    assert inbound.on == Place(CHANNEL, direct=False)


def test_somebody_elses_mention_stays() -> None:
    assert act(screen.mentioned(f"<@{US}> add X owner <@U0BEN0001>")) == Wrote("add X owner U0BEN0001")


def test_a_mention_without_words_still_asks_for_something() -> None:
    assert act(screen.mentioned(f"<@{US}>")) == Wrote("")


def test_a_file_with_words_is_words() -> None:
    assert act(screen.wrote("see this", subtype="file_share")) == Wrote("see this")


# --- commands


def test_a_command_says_who_ran_it_where() -> None:
    inbound = read(screen.ran("status <@U0BEN0001|ben> &amp; co "))
    assert inbound.act == Ran("status U0BEN0001 & co")
    assert inbound.on == Place(CHANNEL, direct=False, name="ai-pilots")
    assert (inbound.sender.tenant, inbound.sender.user, inbound.sender.name) == (TEAM, ANNA, "anna")


def test_a_command_in_somebodys_direct_conversation_is_answered_to_the_person() -> None:
    inbound = read(screen.ran("todo", channel_id="D0BENANNA", channel_name="directmessage"))
    assert inbound.on == Place(ANNA)


@pytest.mark.parametrize("kind", ["shortcut", "message_action"])
def test_a_shortcut_of_ours_is_a_command(kind: str) -> None:
    raw = screen.envelope(
        type=kind,
        callback_id="rampcheck.todo",
        action_ts="1.2",
        channel={"id": CHANNEL, "name": "ai-pilots"},
        message_ts=MESSAGE,
    )
    assert act(raw) == Ran("todo")
    assert read(raw).on.message == MESSAGE
    assert act({**raw, "callback_id": "another"}) is None


# --- presses and forms


def test_a_press_says_which_message_it_was_pressed_in() -> None:
    (button,) = buttons(Card("t", "t", actions=(Button("Nothing", "t1"),)))
    inbound = read(screen.pressed(button))
    assert inbound.act == Clicked("t1")
    assert inbound.on == Place(DIRECT, message=MESSAGE)
    in_channel = {"channel": {"id": CHANNEL, "name": "ai-pilots"}}
    assert read(screen.pressed(button, **in_channel)).on == Place(
        CHANNEL, direct=False, name="ai-pilots", message=MESSAGE
    )


def test_a_press_on_an_answer_in_somebodys_direct_conversation_is_answered_to_the_person() -> None:
    (button,) = buttons(Card("t", "t", actions=(Button("Nothing", "t1"),)))
    container = {"type": "message", "message_ts": MESSAGE, "channel_id": "D0BENANNA", "is_ephemeral": True}
    raw = screen.pressed(button, container=container, channel={"id": "D0BENANNA", "name": "directmessage"})
    assert read(raw).on == Place(ANNA, message=MESSAGE)


def test_a_form_is_sent_from_where_it_was_asked_for() -> None:
    on = Place(CHANNEL, direct=False, message=MESSAGE)
    sent = screen.sent(view(form(Text("why", "Why?")), on), {"why": "because"})
    assert read(sent).act == Clicked("t", {"why": "because"})
    assert read(sent).on == on
    assert read(screen.sent(view(form(Text("why", "Why?"))), {})).on == Place(ANNA)


def test_what_a_button_asks_comes_back_as_its_click_from_its_message() -> None:
    card = Card("t", "t", actions=(Button("Not mine", "t1", asks=(Person("to", "Whose?", required=True),)),))
    press = screen.pressed(next(buttons(card)))
    opened = asked(press)
    assert opened is not None
    assert parse(press) is None, "asking is not yet saying"
    inbound = read(screen.sent(opened, {"to": "U0BEN0001"}))
    assert inbound.act == Clicked("t1", {"to": "U0BEN0001"})
    assert inbound.on == Place(DIRECT, message=MESSAGE)


def test_a_button_within_a_modal_remembers_the_message_behind_it() -> None:
    card = replace(form(Text("why", "Why?")), actions=(Submit("Send", "t"), Button("Back", "b")))
    shown = view(card, Place(DIRECT, message=MESSAGE))
    press = screen.pressed(
        screen.carrying(shown["blocks"], "b"), view=shown, container={"type": "view"}, channel=None
    )
    assert read(press).act == Clicked("b")
    assert read(press).on == Place(DIRECT, message=MESSAGE)


@pytest.mark.parametrize(
    "action", [{"action_id": "ask.0", "value": value} for value in ("{}", "[]", "7", "{")]
)
def test_a_form_that_none_of_our_buttons_carries_is_not_opened(action: dict[str, str]) -> None:
    assert asked(screen.pressed({"type": "button", "text": {}, **action})) is None
    assert asked(action) is None
    assert asked(None) is None


def test_problems_stand_at_the_inputs_of_their_fields() -> None:
    shown = view(EVERYTHING)
    blocks = {block["block_id"] for block in shown["blocks"] if block["type"] == "input"}
    found = errors({"users": "Write it in digits.", "target": "That day is past."})
    assert found == {"field:users": "Write it in digits.", "field:target": "That day is past."}
    assert set(found) <= blocks


# --- inputs that contradict each other


def sent_with(field: Any, **state: Any) -> Any:
    raw = screen.sent(view(form(field)), {})
    for block, element in state.items():
        raw["view"]["state"]["values"][block.replace("__", ":")] = {"value": element}
    clicked = act(raw)
    assert isinstance(clicked, Clicked)
    assert clicked.values is not None
    return clicked.values.get(field.name)


def radio(value: str) -> dict[str, Any]:
    return {"type": "radio_buttons", "selected_option": {"value": value}}


def day(value: str | None) -> dict[str, Any]:
    return {"type": "datepicker", "selected_date": value}


def test_of_a_day_and_no_day_the_one_that_was_touched_counts() -> None:
    fresh, was_none = (
        Date("d", "D", none_label="None yet"),
        Date("d", "D", none_label="None yet", initial="none"),
    )
    assert sent_with(fresh, day__d=day("2027-01-02")) == "2027-01-02"
    assert sent_with(fresh, field__d=radio("none"), day__d=day(None)) == "none"
    assert sent_with(fresh, field__d=radio("other"), day__d=day("2027-01-02")) == "2027-01-02"
    assert sent_with(fresh, field__d=radio("other"), day__d=day(None)) is None
    assert sent_with(fresh, field__d=radio("none"), day__d=day("2027-01-02")) == "none"
    assert sent_with(was_none, field__d=radio("none"), day__d=day("2027-01-02")) == "2027-01-02"
    was_day = replace(was_none, initial="2027-01-02")
    assert sent_with(was_day, field__d=radio("none"), day__d=day("2027-01-02")) == "none"


def test_of_a_number_and_no_number_the_one_that_was_touched_counts() -> None:
    box = {"type": "checkboxes", "selected_options": [{"value": "none"}]}
    twelve = {"type": "number_input", "value": "12"}
    fresh = Number("n", "N", none_label="Not known yet")
    assert sent_with(fresh, field__n=twelve, none__n={"selected_options": []}) == "12"
    assert sent_with(fresh, none__n=box) == "none"
    assert sent_with(fresh, field__n=twelve, none__n=box) == "none"
    assert sent_with(replace(fresh, initial="none"), field__n=twelve, none__n=box) == "12"


def test_a_question_about_a_person_takes_an_account() -> None:
    field = Person("p", "P", initial="U0BEN0001")
    element = view(form(field))["blocks"][0]["element"]
    assert (element["type"], element["initial_user"]) == ("users_select", "U0BEN0001")
    assert "initial_user" not in view(form(replace(field, initial="17")))["blocks"][0]["element"]


def test_an_option_in_the_message_answers_the_lone_question() -> None:
    from adapters.slack.render import render

    field = Choice("moved", "Moved?", (Offer("done", "Yes"), Offer("none", "No")))
    button = screen.option(render(form(field))["blocks"], {"moved": "none"})
    assert button is not None
    assert act(screen.pressed(button)) == Clicked("t", {"moved": "none"})


# --- who, where, which delivery


def test_an_event_that_comes_again_has_the_same_key_and_another_one_not() -> None:
    first, second = screen.wrote("yes"), screen.wrote("yes")
    assert read(first).dedupe_key == read(json.loads(json.dumps(first))).dedupe_key
    assert read(first).dedupe_key != read(second).dedupe_key


def test_the_same_event_in_another_workspace_is_another_one() -> None:
    first = screen.wrote("yes")
    other = {**first, "authorizations": [{**first["authorizations"][0], "team_id": "T0OTHER01"}]}
    assert read(first).dedupe_key != read(other).dedupe_key


def test_a_long_key_stays_short_and_apart() -> None:
    keys = [read({**screen.wrote("a"), "event_id": "Ev" + "x" * 5000 + end}).dedupe_key for end in "ab"]
    assert len(set(keys)) == 2
    assert max(map(len, keys)) <= MAX_KEY


def test_a_guest_from_another_workspace_acts_in_the_one_that_has_us() -> None:
    raw = screen.sent(view(form(Text("a", "A"))), {"a": "x"})
    abroad = {**raw, "team": {"id": "T0ABROAD1"}, "user": {"id": "U0GUEST01", "team_id": "T0ABROAD1"}}
    assert (read(abroad).sender.tenant, read(abroad).sender.user) == (TEAM, "U0GUEST01")


def test_an_install_for_a_whole_organisation_is_named_by_it() -> None:
    event = screen.wrote("a")
    grant = {
        **event["authorizations"][0],
        "enterprise_id": "E0ORG0001",
        "is_enterprise_install": True,
        "team_id": None,
    }
    assert read({**event, "authorizations": [grant]}).sender.tenant == "E0ORG0001"
    command = screen.ran("todo", is_enterprise_install="true", enterprise_id="E0ORG0001")
    assert read(command).sender.tenant == "E0ORG0001"
    press = screen.pressed(next(buttons(Card("t", "t", actions=(Button("B", "b"),)))))
    whole = {"is_enterprise_install": True, "enterprise": {"id": "E0ORG0001"}, "team": None}
    assert read({**press, **whole}).sender.tenant == "E0ORG0001"


# --- coming and going


def test_opening_the_home_is_a_visit_and_opening_the_messages_is_coming() -> None:
    opened = {"type": "app_home_opened", "user": ANNA, "channel": DIRECT}
    home = read(screen.event({**opened, "tab": "home"}))
    assert (home.act, home.on) == (Visited(), Place(DIRECT, home=True))
    messages = read(screen.event({**opened, "tab": "messages"}))
    assert (messages.act, messages.on) == (Joined(), Place(DIRECT))


def test_being_invited_to_a_channel_is_the_act_of_whoever_invites() -> None:
    joined = {"type": "member_joined_channel", "user": US, "inviter": ANNA, "channel": CHANNEL}
    inbound = read(screen.event(joined))
    assert (inbound.act, inbound.sender.user) == (Joined(), ANNA)
    assert inbound.on == Place(CHANNEL, direct=False)


def test_an_account_that_changes_says_who_it_is_now_and_whether_it_is_open() -> None:
    anna = {"id": ANNA, "deleted": False, "tz": "Europe/Riga", "profile": {"real_name": "Anna Berzina"}}
    moved = read(screen.event({"type": "user_change", "user": anna}))
    assert (moved.act, moved.on) == (Changed(), Place(ANNA))
    assert (moved.sender.user, moved.sender.name, moved.sender.zone) == (ANNA, "Anna Berzina", "Europe/Riga")
    ended = read(screen.event({"type": "user_change", "user": {"id": ANNA, "deleted": True}}))
    assert ended.act == Changed(open=False)


def test_a_bot_that_changes_is_nobody_and_a_zone_that_is_none_is_not_told() -> None:
    bot = {"id": ANNA, "is_bot": True, "tz": "Europe/Riga", "profile": {"real_name": "Deploy"}}
    assert parse(screen.event({"type": "user_change", "user": bot})) is None
    for zone in (None, "", "Moon/Base", 7, ["Europe/Riga"]):
        guest = {"id": ANNA, "tz": zone, "profile": "none", "name": "guest"}
        found = read(screen.event({"type": "user_change", "user": guest}))
        assert (found.sender.name, found.sender.zone) == ("guest", "")


@pytest.mark.parametrize(
    ("event", "team"),
    [
        ({"type": "app_uninstalled"}, TEAM),
        ({"type": "tokens_revoked", "tokens": {"bot": [US]}}, TEAM),
        ({"type": "tokens_revoked", "tokens": {"oauth": [ANNA], "bot": []}}, ""),
        ({"type": "message"}, ""),
    ],
)
def test_a_workspace_that_takes_the_app_away_is_known(event: dict[str, Any], team: str) -> None:
    raw = screen.event(event)
    assert removed(raw) == team
    assert parse(raw) is None


# --- anything at all

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
GOOD = (
    screen.wrote("status"),
    screen.mentioned(f"<@{US}> status"),
    screen.ran("status"),
    screen.event({"type": "user_change", "user": {"id": ANNA, "deleted": True}}),
    screen.event({"type": "tokens_revoked", "tokens": {"bot": [US]}}),
    screen.sent(view(EVERYTHING), {"yesno": "yes", "blocks": ["1", "2"], "target": "none"}),
    screen.envelope(
        type="message_action", callback_id="rampcheck.todo", action_ts="1.2", channel={"id": CHANNEL}
    ),
    *(screen.pressed(button) for button in buttons(EVERYTHING)),
)


def places(part: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [way, *(one for name, value in inner for one in places(value, (*way, name)))]


def put(part: Any, way: tuple[Any, ...], value: Any) -> Any:
    if not way:
        return value
    copy = dict(part) if isinstance(part, dict) else list(part)
    copy[way[0]] = put(part[way[0]], way[1:], value)
    return copy


@given(data=st.data())
def test_nothing_put_into_a_payload_makes_it_fail(data: st.DataObject) -> None:
    good = data.draw(st.sampled_from(GOOD))
    spoilt = put(good, data.draw(st.sampled_from(places(good))), data.draw(JSON))
    inbound = parse(spoilt)
    assert inbound is None or isinstance(inbound, Inbound)
    asked(spoilt)
    removed(spoilt)


@given(text=st.text())
def test_whatever_is_typed_can_be_stored(text: str) -> None:
    assert "\x00" not in typed(text)
    typed(text).encode()
