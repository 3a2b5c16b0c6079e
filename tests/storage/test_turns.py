"""Places taken in turn: never more than there are, the first come first, and nobody lost who gave up waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from bot.storage.errors import Busy
from bot.storage.turns import Turns


def test_whoever_came_first_goes_first() -> None:
    turns, order, threads = Turns(1, wait_s=30), [], []
    with turns.turn():
        for number in range(8):
            threads.append(threading.Thread(target=lambda number=number: take(turns, order, number)))
            threads[-1].start()
            wait_until(lambda number=number: len(turns._waiting) == number + 1)
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def take(turns: Turns, order: list[int], number: int) -> None:
    with turns.turn():
        order.append(number)


def test_there_are_never_more_than_there_are_places() -> None:
    turns, inside, most, gate = Turns(3, wait_s=30), 0, 0, threading.Lock()

    def work() -> None:
        nonlocal inside, most
        for _ in range(20):
            with turns.turn():
                with gate:
                    inside += 1
                    most = max(most, inside)
                time.sleep(0.0005)
                with gate:
                    inside -= 1

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 3
    assert turns._free == 3


def test_who_waits_too_long_is_told_and_takes_nobodys_place() -> None:
    turns = Turns(1, wait_s=0.02)
    with turns.turn(), pytest.raises(Busy, match="Try again in a moment"), turns.turn():
        pass
    with turns.turn():
        assert turns._free == 0
    assert turns._free == 1


def test_a_place_is_free_again_after_an_error() -> None:
    turns = Turns(1, wait_s=0.02)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"), turns.turn():
            raise ValueError("broken")
    with turns.turn():
        pass


def wait_until(true: Callable[[], bool]) -> None:
    for _ in range(2000):
        if true():
            return
        time.sleep(0.001)
    raise AssertionError("it never came true")
