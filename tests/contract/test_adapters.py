"""What every door must do alike, over a gallery of all cards; a platform joins by an entry in doors.py."""

from __future__ import annotations

import asyncio
import json
import socket
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.card import (
    ELLIPSIS,
    Action,
    Button,
    Card,
    Choice,
    Date,
    Field,
    Link,
    Number,
    Person,
    Submit,
    Text,
)
from bot.core.ports import Clicked, DeliveryError, Inbound, Nothing, Payload, Wrote
from tests.contract.doors import DOORS, Door, Values
from tests.contract.gallery import EVERYTHING, GALLERY, NAUGHTY, addresses, large, texts


@pytest.fixture(params=sorted(DOORS))
def door(request: pytest.FixtureRequest) -> Door:
    return DOORS[request.param]()


@pytest.fixture(autouse=True)
def _nothing_leaves_localhost(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else "a file"
        assert host in {"127.0.0.1", "::1", "localhost", "a file"}, (
            f"a connection to {host} left this machine"
        )
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


every_card = pytest.mark.parametrize("card", GALLERY.values(), ids=GALLERY)


def size(payload: Payload) -> int:
    return len(json.dumps(payload, ensure_ascii=False).encode())


def legible(text: str) -> str:
    """What is left of a text to read: no spaces, no controls, nothing that a platform may drop or replace."""
    plain = text.replace("\ufeff", "")
    return "".join(one for one in plain if unicodedata.category(one)[0] not in "CZ" and one != "\ufffd")


# --- render


@every_card
def test_a_card_is_drawn_the_same_each_time_as_plain_json(door: Door, card: Card) -> None:
    first, second = door.adapter.render(card), door.adapter.render(card)
    assert first == second
    assert json.loads(json.dumps(first, allow_nan=False)) == first
    assert size(first) <= door.adapter.traits.max_payload_bytes


@every_card
def test_every_text_of_a_card_is_shown_or_cut_with_the_whole_in_the_fallback(door: Door, card: Card) -> None:
    payload = door.adapter.render(card)
    shown = [legible(text) for text in door.seen(payload)]
    everything, fallback = "\n".join(shown), legible(door.fallback(payload))
    for text in filter(None, map(legible, texts(card))):
        if text in everything:
            continue
        assert any(text.startswith(one[:-1]) for one in shown if one.endswith(ELLIPSIS)), (
            f"{text[:60]!r} is lost"
        )
        assert text in fallback or fallback.endswith(ELLIPSIS)


@every_card
def test_the_fallback_is_whole_as_far_as_the_platform_takes_it(door: Door, card: Card) -> None:
    payload = door.adapter.render(card)
    shown, meant = legible(door.fallback(payload)), legible(card.fallback)
    if shown != meant:
        assert shown.endswith(ELLIPSIS)
        assert meant.startswith(shown[:-1])
        assert len(shown) > 1000


@every_card
def test_nothing_a_person_wrote_is_live(door: Door, card: Card) -> None:
    assert door.live(door.adapter.render(card)) <= addresses(card)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "http://[bad", "//x.example", "file:///etc"]
)
def test_an_address_that_is_no_web_address_cannot_be_followed(door: Door, url: str) -> None:
    from bot.core.card import OpenLink, Span, say

    payload = door.adapter.render(
        Card("t", "t", (say(Span("here", url=url)),), actions=(OpenLink("Open", url),))
    )
    assert door.live(payload) == set()


@pytest.mark.parametrize("name", ["direction overridden", "control characters", "lines"])
def test_no_control_character_reaches_the_screen(door: Door, name: str) -> None:
    from tests.contract.gallery import naughty

    payload = door.adapter.render(naughty(NAUGHTY[name]))
    for text in [*door.seen(payload), door.fallback(payload)]:
        controls = {one for one in text if unicodedata.category(one) == "Cc"} - {"\n"}
        assert not controls
        assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e")
        assert sum(one in "\u2066\u2067\u2068" for one in text) == text.count("\u2069")


@pytest.mark.parametrize("times", ["at the limit", "one over", "ten times over"])
def test_no_card_makes_a_message_over_the_platforms_limit(door: Door, times: str) -> None:
    limit = door.adapter.traits.max_payload_bytes
    places = {"at the limit": limit, "one over": limit + 1, "ten times over": limit * 10}[times]
    for name, card in large(places).items():
        payload = door.adapter.render(card)
        assert size(payload) <= limit, name
        assert "Large" in "\n".join(door.seen(payload)), name


def test_around_the_limit_each_single_byte_is_counted(door: Door) -> None:
    limit = door.adapter.traits.max_payload_bytes
    fixed = size(door.adapter.render(Card("Large", "")))
    for over in (-2, -1, 0, 1, 2):
        fallback = "x" * (limit - fixed + over)
        assert size(door.adapter.render(Card("Large", fallback))) <= limit


# --- parse


def presses(card: Card) -> Iterator[tuple[Action, Values | None]]:
    """Every control of a card with every way to fill in what it sends."""
    for action in card.actions:
        match action:
            case Submit():
                yield action, {}
                yield from (
                    (action, {field.name: value}) for field in card.fields for value in answers(field)
                )
                yield action, {field.name: answers(field)[0] for field in card.fields}
            case Button(asks=()):
                yield action, None
            case Button():
                yield from (
                    (action, {field.name: value}) for field in action.asks for value in answers(field)
                )


def answers(field: Field) -> list[str | list[str]]:
    """What somebody could enter."""
    match field:
        case Choice(many=True):
            values = [option.value for option in field.options]
            return [values[:1], values[:2], values]
        case Choice():
            return [option.value for option in field.options]
        case Text():
            return [
                text
                for text in NAUGHTY.values()
                if text.strip() and "\x00" not in text and "\ud83d" not in text
            ]
        case Number():
            return ["12", "0", "-3", "12.5", "twelve", "none"]
        case Date():
            return ["2027-03-31", "none", "next week"]
        case Person():
            return ["ben", "Rita Lindqvist", "@rita"]
        case Link():
            return ["https://example.org/a?b=1&c=2#d", "not a link"]


FORMS = {
    name: card for name, card in GALLERY.items() if card.actions and not name.startswith("naughty: 100,000")
}


@pytest.mark.parametrize("card", FORMS.values(), ids=FORMS)
def test_a_press_comes_back_as_the_click_that_was_meant(door: Door, card: Card) -> None:
    payload = door.adapter.render(card)
    for control, values in presses(card):
        inbound = door.adapter.parse(door.press(payload, control, values))
        assert inbound is not None
        assert inbound.act == Clicked(control.token, values)
        assert inbound.sender.platform == door.adapter.name


@pytest.mark.parametrize("text", ["status", "blocked by security", "1", "ja, läuft", "שלום", "a\nb"])
def test_a_text_comes_back_as_it_was_written(door: Door, text: str) -> None:
    inbound = door.adapter.parse(door.wrote(text))
    assert inbound is not None
    assert inbound.act == Wrote(text)


def test_one_delivery_has_one_key_and_two_presses_have_two(door: Door) -> None:
    payload = door.adapter.render(EVERYTHING)
    press: Callable[[], Any] = lambda: door.press(payload, EVERYTHING.actions[0], {"yesno": "yes"})  # noqa: E731 - a name for one line
    once, again = press(), press()
    key = key_of(door, once)
    assert key == key_of(door, json.loads(json.dumps(once)))
    assert key != key_of(door, again)
    assert len({key, key_of(door, again), key_of(door, door.wrote("a")), key_of(door, door.wrote("a"))}) == 4


def key_of(door: Door, raw: Any) -> str:
    inbound = door.adapter.parse(raw)
    assert isinstance(inbound, Inbound)
    assert inbound.dedupe_key
    return inbound.dedupe_key


def test_what_is_not_for_us_is_none(door: Door) -> None:
    for raw in [*door.strangers(), None, "", "text", b"bytes", 7, 1.5, True, [], {}, [[]], {"a": None}]:
        assert door.adapter.parse(raw) is None, raw


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=JSON)
def test_no_json_makes_it_fail(door: Door, raw: Any) -> None:
    assert door.adapter.parse(raw) is None


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_change_to_a_good_payload_makes_it_fail(door: Door, data: st.DataObject) -> None:
    good = data.draw(st.sampled_from([door.wrote("status"), door.press(*_a_press(door))]))
    spoilt = spoil(good, data)
    inbound = door.adapter.parse(spoilt)
    assert inbound is None or isinstance(inbound, Inbound)


def _a_press(door: Door) -> tuple[Payload, Action, Values]:
    return door.adapter.render(EVERYTHING), EVERYTHING.actions[0], {"yesno": "yes", "blocks": ["1", "2"]}


def spoil(part: Any, data: st.DataObject) -> Any:
    """The same with something else at one place of it."""
    if isinstance(part, dict) and part and data.draw(st.booleans() | st.just(value=True)):
        name = data.draw(st.sampled_from(sorted(part)))
        return {**part, name: spoil(part[name], data)}
    return data.draw(JSON)


# --- deliver


def run(door: Door, story: Callable[[Door], Any]) -> None:
    async def told() -> None:
        async with door.open():
            await story(door)

    asyncio.run(told())


def test_a_message_is_sent_found_by_its_key_and_changed_in_its_place(door: Door) -> None:
    async def story(door: Door) -> None:
        first, second = door.adapter.render(EVERYTHING), door.adapter.render(GALLERY["words only"])
        ref = await door.adapter.send(door.here, first, key="k1")
        assert door.shown(ref) == first
        other = await door.adapter.send(door.here, second, key="k2")
        assert other.message != ref.message
        if door.adapter.traits.can_look_up:
            assert await door.adapter.find(door.here, "k1") == ref
            assert await door.adapter.find(door.here, "k3") is None
        if door.adapter.traits.can_amend:
            await door.adapter.amend(door.here, ref, second)
            assert door.shown(ref) == second

    run(door, story)


def test_a_conversation_that_is_gone_is_a_permanent_refusal(door: Door) -> None:
    async def story(door: Door) -> None:
        with pytest.raises(DeliveryError) as refused:
            await door.adapter.send(door.gone, door.adapter.render(EVERYTHING), key="k")
        assert refused.value.permanent
        assert refused.value.reason

    run(door, story)


def test_a_message_that_is_gone_cannot_be_changed(door: Door) -> None:
    async def story(door: Door) -> None:
        ref = await door.adapter.send(door.here, door.adapter.render(EVERYTHING), key="k")
        lost = type(ref)(ref.conversation, ref.message + "0")
        with pytest.raises(DeliveryError) as refused:
            await door.adapter.amend(door.here, lost, door.adapter.render(EVERYTHING))
        assert refused.value.permanent

    run(door, story)


def refusal(door: Door, key: str = "k1") -> Any:
    """The error that sending a message ends with."""

    async def tried() -> DeliveryError:
        with pytest.raises(DeliveryError) as refused:
            await door.adapter.send(door.here, door.adapter.render(GALLERY["words only"]), key=key)
        return refused.value

    return tried()


def with_trouble(name: str) -> Any:
    """For every door whose platform can fail so."""
    able = [door for door in sorted(DOORS) if name in DOORS[door].troubles]
    return pytest.mark.parametrize("door", able, indirect=True)


@with_trouble("busy")
def test_a_platform_that_is_too_busy_says_when_to_come_back(door: Door) -> None:
    async def story(door: Door) -> None:
        door.trouble("busy")
        error = await refusal(door)
        assert (error.permanent, error.gone) == (False, False)
        assert error.retry_after is not None
        assert 7 <= error.retry_after <= 7 * 1.2, "not earlier; a little later, so that not all come at once"

    run(door, story)


@with_trouble("broken")
def test_a_platform_that_is_broken_is_tried_again_later(door: Door) -> None:
    async def story(door: Door) -> None:
        door.trouble("broken")
        error = await refusal(door)
        assert (error.permanent, error.gone) == (False, False)
        await door.adapter.send(door.here, door.adapter.render(GALLERY["words only"]), key="k1")

    run(door, story)


@with_trouble("answer lost")
@pytest.mark.parametrize("trouble", ["dropped", "answer lost"])
def test_a_connection_that_breaks_sends_nothing_twice(door: Door, trouble: str) -> None:
    async def story(door: Door) -> None:
        door.trouble(trouble)
        error = await refusal(door)
        assert (error.permanent, error.gone) == (False, False)
        if door.adapter.traits.can_look_up:
            found = await door.adapter.find(door.here, "k1")
            assert (found is not None) == (trouble == "answer lost")
            assert found is None or door.shown(found) == door.adapter.render(GALLERY["words only"])

    run(door, story)


@with_trouble("silent")
def test_a_platform_that_says_nothing_is_given_up_in_time(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"adapters.{door.adapter.name}.client.TIMEOUT", 0.2)

    async def story(door: Door) -> None:
        door.trouble("silent")
        error = await refusal(door)
        assert not error.permanent

    run(door, story)


@pytest.mark.parametrize("door", [name for name in sorted(DOORS) if DOORS[name].signs], indirect=True)
@pytest.mark.parametrize("forged", [True, False], ids=["forged", "genuine"])
def test_only_what_the_platform_signed_reaches_the_program(door: Door, *, forged: bool) -> None:
    heard: list[Inbound] = []

    async def on_inbound(inbound: Inbound) -> Nothing:
        heard.append(inbound)
        return Nothing()

    async def story(door: Door) -> None:
        statuses = await door.knock(on_inbound, forged=forged)
        assert statuses
        assert set(statuses) == {401 if forged else 200}
        assert bool(heard) != forged

    run(door, story)
