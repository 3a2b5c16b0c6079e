"""Rows 21 and 22: what is another organisation's or another person's, asked for by every word and button there is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.storage import open_store
from tests.faults.matrix import Row, struck
from tests.faults.places import sqlite
from tests.service.test_permission_fuzz import World, across, by_hand, everybody, taken_over, world


def rows() -> Iterator[Row]:
    """Both."""
    yield organisations()
    yield permissions()


def organisations() -> Row:
    """Row 21: those who may most of one organisation, at every name and number of the other."""
    with sqlite() as url:
        store = open_store(url)
        found = across(store)
        store.close()
    return Row(
        21,
        "The admin, an owner and a member of one organisation ask for what another has",
        f"{struck(found.number, 'commands and buttons')}, {struck(found.done, 'of which do something at home')}",
        "The answer to what is not theirs is that to what is not there",
        f"{len(found.wrong)} leaks",
        not found.wrong,
    )


def permissions() -> Row:
    """Row 22."""
    with acme() as one:
        typed = everybody(one)
    with acme() as one:
        pressed = by_hand(one)
    with acme() as one:
        old = taken_over(one)
    return Row(
        22,
        "Everybody types every command, of open and private pilots; outsiders press every button, with a role among "
        "its values; an owner presses those of a pilot that was handed over",
        f"{struck(typed.done, f'of {typed.number:,} commands did something')}; "
        f"{struck(pressed.number, 'buttons made by hand')}; {struck(old.number, 'of cards from before')}",
        "Nobody gets more than the table of permissions says; an old card says whose it is now",
        f"{len(typed.wrong) + len(pressed.wrong) + len(old.wrong)} allowed that should not be; "
        f"{old.done} of {old.number} old cards say so",
        not (typed.wrong or pressed.wrong or old.wrong) and old.done == old.number,
    )


@contextmanager
def acme() -> Iterator[World]:
    """An organisation of its own for each: what one tries leaves check-ins open."""
    with sqlite() as url:
        store = open_store(url)
        yield world(store)
        store.close()
