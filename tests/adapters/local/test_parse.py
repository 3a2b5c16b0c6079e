"""What the page sends, read as what somebody did."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.local.parse import MARK, parse
from bot.core.ports import Act, Clicked, Place, Ran, Wrote


def raw(**parts: Any) -> dict[str, Any]:
    return {"as": MARK, "id": "0b9c4f8e-1", "user": "anna", "conversation": "dm:anna", **parts}


def act(**parts: Any) -> Act | None:
    inbound = parse(raw(**parts))
    return inbound.act if inbound else None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("status", Wrote("status")),
        ("/rampcheck status matcher", Ran("status matcher")),
        ("/Rampcheck  Status", Ran("Status")),
        ("/rampcheck", Ran("")),
        ("/status", Ran("status")),
        ("/rampchecker", Ran("rampchecker")),
        ("@rampcheck, status", Wrote("status")),
        ("ask @rampcheck later", Wrote("ask @rampcheck later")),
        ("a/b", Wrote("a/b")),
        ("nul\x00 and half \ud83d", Wrote("nul and half ?")),
        ("   ", None),
    ],
)
def test_a_typed_line_is_a_command_or_a_text(text: str, meant: Act | None) -> None:
    assert act(kind="text", text=text) == meant


def test_a_field_left_empty_is_not_sent_on() -> None:
    values = {"a": "", "b": [], "c": "x", "d": ["y", "z"]}
    assert act(kind="click", token="t", values=values) == Clicked("t", {"c": "x", "d": ["y", "z"]})


def test_a_button_sends_no_values_and_an_empty_form_sends_none_of_its_own() -> None:
    assert act(kind="click", token="t") == Clicked("t", None)
    assert act(kind="click", token="t", values={}) == Clicked("t", {})


def test_it_knows_where_it_happened() -> None:
    inbound = parse(raw(kind="text", text="hi", conversation="channel:ai-pilots", message="m12"))
    assert inbound is not None
    assert inbound.on == Place("channel:ai-pilots", direct=False, name="ai-pilots", message="m12")


def test_another_persons_act_with_the_same_id_is_another_act() -> None:
    mine = parse(raw(kind="text", text="hi", conversation="channel:a"))
    hers = parse(raw(kind="text", text="hi", conversation="channel:a", user="rita"))
    assert mine is not None
    assert hers is not None
    assert mine.dedupe_key != hers.dedupe_key
