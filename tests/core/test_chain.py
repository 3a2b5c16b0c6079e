"""The chain of events notices every row that was changed, taken out or moved, and names it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.chain import Link, Logged, flaws, forged, holds
from bot.core.records import Event

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LOG = [
    Logged(10 + n, Event("pilot.stage", NOON + timedelta(minutes=n), 1, 2, "stage", "idea", {"to": n}))
    for n in range(6)
]
CHAIN = list(forged(None, LOG))
Pairs = list[tuple[Link, Logged | None]]


def pairs() -> Pairs:
    return list(zip(CHAIN, LOG, strict=True))


def wrong(found: Pairs) -> str:
    return "\n".join(flaws(None, found))


def test_a_log_that_is_as_it_was_has_no_flaw() -> None:
    assert wrong(pairs()) == ""


def test_batches_are_one_chain() -> None:
    first = list(forged(None, LOG[:4]))
    assert [*first, *forged(first[-1], LOG[4:])] == CHAIN
    assert not list(flaws(CHAIN[3], pairs()[4:]))


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "pilot.target"},
        {"at": NOON},
        {"actor": None},
        {"pilot": 3},
        {"subject": ""},
        {"before": None},
        {"after": {"to": 4}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_event_that_was_changed_is_named(change: dict[str, object]) -> None:
    found = pairs()
    found[3] = (CHAIN[3], Logged(13, replace(LOG[3].event, **change)))  # type: ignore[arg-type]  # one of its fields
    (told,) = wrong(found).splitlines()
    assert told.startswith("Event 13 (seal 4, ")
    assert told.endswith("not as it was sealed.")


def test_an_event_that_is_gone_is_named() -> None:
    found = pairs()
    found[2] = (CHAIN[2], None)
    assert wrong(found) == "Event 12 (seal 3): missing."


@pytest.mark.parametrize(("cut", "told"), [((2,), "Seal 3: missing."), ((0, 1), "Seals 1 to 2: missing.")])
def test_a_link_that_is_gone_is_named(cut: tuple[int, ...], told: str) -> None:
    assert wrong([pair for n, pair in enumerate(pairs()) if n not in cut]) == told


def test_two_events_that_changed_places_are_both_named() -> None:
    found = pairs()
    found[1], found[4] = (CHAIN[1], LOG[4]), (CHAIN[4], LOG[1])
    assert [line.partition(" (")[0] for line in wrong(found).splitlines()] == ["Event 11", "Event 14"]


def test_two_links_that_changed_places_are_noticed_where_they_stand() -> None:
    found = pairs()
    found[1] = (replace(CHAIN[4], number=2), LOG[4])
    found[4] = (replace(CHAIN[1], number=5), LOG[1])
    told = wrong(found)
    assert "Event 14 (seal 2" in told  # by the number that each link has for its event
    assert "Event 11 (seal 5" in told
    assert "Seal 2: does not follow" in told


def test_a_chain_forged_anew_from_a_changed_event_on_is_found_by_a_head_that_was_written_down() -> None:
    head = CHAIN[-1].head
    changed = [*LOG[:3], Logged(13, replace(LOG[3].event, subject="x")), *LOG[4:]]
    anew = list(forged(None, changed))
    assert not list(flaws(None, zip(anew, changed, strict=True)))
    assert holds(head, [CHAIN[-1]])
    assert not holds(head, [anew[-1]])
    assert not holds(head, [])
