"""What a worker of the soak calls acknowledged: under the key of what somebody did last, and of nothing else."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.app import App
from bot.core.card import Card
from bot.core.ports import Inbound, Nothing, Reply, Show
from tests.soak import worker

OPENS = {"kind": "opens", "user": "owner", "key": "owner:7", "token": "t"}


def done(attempt: int, answer: Reply) -> tuple[tuple[str, str], list[str]]:
    """What became of opening a form that is answered so; and the keys that came to the program."""
    came: list[str] = []

    async def on_inbound(inbound: Inbound) -> Reply:
        came.append(inbound.dedupe_key)
        return answer

    app = cast(App, SimpleNamespace(on_inbound=on_inbound))
    act: dict[str, Any] = {**OPENS, "attempt": attempt}
    return asyncio.run(worker._done(app, act, 1)), came


def test_whoever_is_told_that_it_is_settled_has_pressed_and_sent_nothing() -> None:
    assert done(0, Show(Card("", "settled"))) == (("told", "owner:7:open0"), ["owner:7:open0"])


def test_whoever_saw_no_form_because_the_process_died_presses_again() -> None:
    assert done(1, Show(Card("", "settled")))[1] == ["owner:7:open1"]


@pytest.mark.parametrize(("attempt", "word"), [(0, "stored"), (1, "told")])
def test_the_answer_to_a_second_delivery_does_not_say_that_the_first_was_stored(
    attempt: int, word: str
) -> None:
    assert worker._word(Nothing(), attempt) == word
