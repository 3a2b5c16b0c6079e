"""Whatever a check-in, an event, a person or a card holds comes back equal from every database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.card import Card
from bot.core.ports import Message, Store, Unit
from bot.core.records import Event, Given, Person, Standing
from bot.core.state import Checkin, Phase, State
from bot.core.values import Json, NoneYet, Value
from bot.storage import open_store
from tests.storage.scenes import NOW, World, world
from tests.storage.values import CARD, DATE, JSON, MOMENT, PLAIN, SLUG, VALUE, states

pytest_plugins = ["tests.databases"]

# One database serves all examples of a test: each makes rows of its own.
on_one_database = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
slots = count()
keys = count()


@pytest.fixture
def at(store: Store) -> World:
    return world(store)


def checkin_of(at: World, state: State, focus: tuple[str, ...], *, on_demand: bool) -> Checkin:
    slot = NOW + timedelta(seconds=next(slots))
    blind = focus[-1] if focus else ""
    return Checkin(0, at.pilot.id, "pulse", 1, slot, state, focus, on_demand, blind=blind)


@contextmanager
def reopened(url: str) -> Iterator[Store]:
    """Another process's view: nothing remembered."""
    other = open_store(url, read_only=True)
    yield other
    other.close()


STATE = states(1, 2)  # the first two people of a fresh database
FOCUS = st.lists(SLUG, max_size=3).map(tuple)


@on_one_database
@given(state=STATE, focus=FOCUS, on_demand=st.booleans())
def test_a_check_in_comes_back_as_it_was_opened(
    store: Store, at: World, state: State, focus: tuple[str, ...], on_demand: bool
) -> None:
    asked = checkin_of(at, state, focus, on_demand=on_demand)
    made = store.write(at.organisation.id, lambda unit: unit.open_checkin(asked))
    assert made is not None
    assert replace(made, id=0) == asked
    assert store.read(at.organisation.id, lambda unit: unit.checkin(made.id)) == made


@on_one_database
@given(before=STATE, after=STATE, focus=FOCUS)
def test_a_check_in_comes_back_as_it_was_saved(
    store: Store, at: World, before: State, after: State, focus: tuple[str, ...]
) -> None:
    """Answers are appended beside: what is no longer among them is taken back."""

    def work(unit: Unit) -> Checkin:
        made = unit.open_checkin(checkin_of(at, before, (), on_demand=False))
        assert made is not None
        saved = replace(made, state=after, focus=focus)
        assert unit.save(saved, was=before.revision)
        gone = [question for question in before.answers if question not in after.answers]
        values: dict[str, Value | None] = {**after.answers, **dict.fromkeys(gone)}
        unit.keep(
            Given(made.id, name, value, after.revision, after.person, NOW) for name, value in values.items()
        )
        assert unit.checkin(made.id) == saved
        return saved

    saved = store.write(at.organisation.id, work)
    assert store.read(at.organisation.id, lambda unit: unit.checkin(saved.id)) == saved


def test_another_process_reads_the_same(store: Store, at: World, database_url: str) -> None:
    state = State(
        Phase.OPEN, at.owner.id, NOW, NOW, {"q": ("a",)}, ("x",), handed={"y": at.helper.id}, skipped=("z",)
    )
    state = replace(state, drafts={"x": NoneYet(), "w": NOW.date()})
    asked = checkin_of(at, state, ("data.quality",), on_demand=True)
    made = store.write(at.organisation.id, lambda unit: unit.open_checkin(asked))
    assert made is not None
    with reopened(database_url) as other:
        assert other.read(at.organisation.id, lambda unit: unit.checkin(made.id)) == made


@on_one_database
@given(rounds=st.lists(st.dictionaries(SLUG, st.none() | VALUE, min_size=1, max_size=4), max_size=4))
def test_the_newest_answer_stands_and_the_log_has_them_all(
    store: Store, at: World, rounds: list[dict[str, Value | None]]
) -> None:
    def work(unit: Unit) -> int:
        empty = State(Phase.OPEN, at.owner.id, NOW, NOW)
        made = unit.open_checkin(checkin_of(at, empty, (), on_demand=False))
        assert made is not None
        for revision, values in enumerate(rounds):
            unit.keep(
                Given(made.id, name, value, revision, at.owner.id, NOW) for name, value in values.items()
            )
        return made.id

    number = store.write(at.organisation.id, work)
    expected: dict[str, Value] = {}
    for values in rounds:
        for name, value in values.items():
            if value is None:
                expected.pop(name, None)
            else:
                expected[name] = value
    found = store.read(at.organisation.id, lambda unit: unit.checkin(number))
    assert found is not None
    assert found.state.answers == expected
    log = store.read(at.organisation.id, lambda unit: unit.given(number))
    given_by_round = [
        {each.question: each.value for each in log if each.revision == n} for n in range(len(rounds))
    ]
    assert given_by_round == rounds


@on_one_database
@given(kind=SLUG, moment=MOMENT, subject=PLAIN, before=JSON, after=JSON)
def test_an_event_comes_back_as_it_was_recorded(
    store: Store, at: World, kind: str, moment: object, subject: str, before: Json, after: Json
) -> None:
    event = Event(kind, moment, at.owner.id, at.pilot.id, subject, before, after)
    store.write(at.organisation.id, lambda unit: unit.record(event))
    assert event in store.read(at.organisation.id, lambda unit: unit.events(kinds=[kind], limit=10_000))


@on_one_database
@given(name=PLAIN, email=PLAIN, standing=st.sampled_from(Standing), away=st.none() | DATE)
def test_a_person_comes_back_as_saved(
    store: Store, at: World, name: str, email: str, standing: Standing, away: date | None
) -> None:
    person = Person(0, name, email, "Europe/Riga", standing, away_until=away)
    saved = store.write(at.organisation.id, lambda unit: unit.save_person(person))
    assert store.read(at.organisation.id, lambda unit: unit.person(saved.id)) == replace(person, id=saved.id)


@on_one_database
@given(card=CARD)
def test_a_card_comes_out_of_the_outbox_as_it_went_in(store: Store, at: World, card: Card) -> None:
    address = replace(at.address, conversation=f"D{next(keys)}")
    message = Message(f"k{next(keys)}", address, card)
    store.write(at.organisation.id, lambda unit: unit.enqueue(message, NOW))
    (leased,) = store.outbox.lease(NOW, limit=1, hold=60)
    assert leased.message == message
