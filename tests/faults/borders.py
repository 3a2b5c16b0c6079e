"""Rows 21 and 22: what is another organisation's or another person's, asked for by every word and button there is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.storage import open_store
from tests.faults import locally
from tests.faults.matrix import Row, struck
from tests.faults.places import sqlite
from tests.service.test_checkin_permissions import answered_by
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
    with sqlite() as url:
        paged = locally.across(url)
    return Row(
        21,
        "The admin, an owner and a member of one organisation ask for what another has, and so does the local chat's "
        "page, as people who are not there too",
        f"{struck(found.number, 'commands and buttons')}, {struck(found.done, 'of which do something at home')}; "
        f"{struck(paged.number, 'requests of the page')}",
        "The answer to what is not theirs is that to what is not there",
        f"{len(found.wrong) + len(paged.wrong)} leaks",
        not (found.wrong or paged.wrong),
    )


def permissions() -> Row:
    """Row 22."""
    with acme() as one:
        typed = everybody(one)
    with acme() as one:
        pressed = by_hand(one)
    with acme() as one:
        old = taken_over(one)
    with acme() as one:
        asked = answered_by(one, [*one.people, "carl", "dora"])
    return Row(
        22,
        "Everybody types every command, of open and private pilots; outsiders press every button, with a role among "
        "its values; everybody those of a check-in with a question handed on; an owner those of one that changed hands",
        f"{struck(typed.done, f'of {typed.number:,} commands did something')}; "
        f"{struck(pressed.number, 'buttons made by hand')}; {struck(asked.number, 'of a check-in, in')} "
        f"{struck(asked.done, 'ways by those it asks')}; {struck(old.number, 'of cards from before')}",
        "Nobody gets more than the table of permissions says; an old card says whose it is now",
        f"{sum(len(one.wrong) for one in (typed, pressed, asked, old))} allowed that should not be; "
        f"{old.done} of {old.number} old cards say so",
        not (typed.wrong or pressed.wrong or asked.wrong or old.wrong) and old.done == old.number,
    )


@contextmanager
def acme() -> Iterator[World]:
    """An organisation of its own for each: what one tries leaves check-ins open."""
    with sqlite() as url:
        store = open_store(url)
        yield world(store)
        store.close()
