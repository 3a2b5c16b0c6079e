"""A unit reads the same thing once, and again as soon as it wrote to it: whatever it changed, it sees changed."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bot.core import chain
from bot.core.bundles import Strip
from bot.core.card import Card
from bot.core.erasure import Marks
from bot.core.nags import Nag
from bot.core.ports import Store, Unit
from bot.core.records import (
    Address,
    Decision,
    Event,
    Finding,
    Given,
    Identity,
    ItemLevel,
    Pilot,
    Request,
    Snapshot,
    Sought,
    Subscription,
)
from bot.core.signals.evaluation import Mute
from bot.core.state import Phase
from bot.storage.postgres import Postgres
from tests.storage.scenes import DAY, HOUR, NOW, World, evaluation, fill, message, opened, world

pytest_plugins = ["tests.databases"]

Look = Callable[[Unit, World], Any]
BACK = 3  # check-ins


def everything(unit: Unit, at: World) -> dict[str, Any]:
    """All that a unit can tell of one world."""
    pilot, owner = at.pilot.id, at.owner.id
    checkins = [one.id for one in unit.history(pilot, limit=50)]
    return {
        "pilot": (unit.pilot(pilot), unit.pilot_by_key("inv"), unit.pilot_by_external("X-1")),
        "pilots": (unit.pilots(), unit.pilots_of(owner), unit.pilot_names()),
        "person": (unit.person(owner), unit.person_of(at.connection.id, "U1")),
        "people": (
            unit.people(),
            unit.overseers(),
            unit.find_people("Ann"),
            unit.people_of_email("ann@acme.example"),
        ),
        "represented": unit.represented(),
        "sought": (unit.sought(), unit.people_to_seek(at.connection.id, NOW + DAY, limit=9)),
        "nags": (unit.nags_of(owner, limit=9), unit.nags(since=NOW, limit=9)),
        "strips": (unit.stands_in("checkin:1:invite"), unit.strips("bundle"), unit.strips("other")),
        "identity": (unit.identities(owner), unit.identities(at.helper.id)),
        "connection": (unit.connection(at.connection.id), unit.connections()),
        "channels": (unit.channels(), unit.subscriptions(), unit.due_subscriptions(NOW + DAY)),
        "events": (unit.events(), unit.events(pilot=pilot, kinds=("stage",))),
        "schedules": (unit.schedules(pilot), unit.due_schedules(NOW + DAY, limit=9)),
        "seals": (unit.unsealed(limit=9), unit.last_link(), unit.sealed(after=0, limit=9), unit.trail(pilot)),
        "chain": (unit.trail_of_kind("stage"), unit.erasures()),
        "unproven": unit.unproven(since=NOW - DAY, late=NOW),
        "next": unit.next_moment(),
        "checkins": [(unit.checkin(one), unit.given(one)) for one in checkins],
        "history": unit.history(pilot, questionnaire="pulse", answers=True),
        "latest": unit.latest(questionnaire="pulse", per_pilot=2),
        "live": (unit.live_checkins(), unit.live_checkins(pilot=pilot, person=owner)),
        "due": unit.due_checkins(NOW, limit=9),
        "levels": (unit.levels(pilot), unit.levels_of_all(), unit.answers_of(checkins)),
        "links": unit.due_links(NOW, failed=NOW, limit=9),
        "snapshot": (unit.snapshot(pilot), unit.snapshot(pilot, before=NOW)),
        "snapshots": (unit.snapshots(), unit.snapshots(before=NOW)),
        "decisions": (unit.decisions(), unit.decisions(pilot=pilot, since=NOW)),
        "range": (unit.score_range(pilot, since=NOW), unit.last_act(pilot, owner)),
        "evaluations": (unit.evaluation(pilot), unit.evaluations(), unit.due_evaluations(NOW + DAY, limit=9)),
        "mutes": (unit.mutes(pilot), unit.usual_stays()),
        "requests": (unit.requests(), unit.requests(pilot=pilot, person=at.helper.id, unanswered=False)),
    }


def elsewhere(at: World) -> Address:
    """A conversation of which nothing is known yet."""
    return replace(at.address, conversation="D9")


def answer(unit: Unit, at: World) -> None:
    (checkin,) = unit.live_checkins(pilot=at.pilot.id)
    done = replace(checkin.state, phase=Phase.DONE, revision=checkin.state.revision + 1, wake_at=None)
    assert unit.save(replace(checkin, state=done), was=checkin.state.revision)


def give(unit: Unit, at: World) -> None:
    (checkin,) = unit.live_checkins(pilot=at.pilot.id)
    unit.keep([Given(checkin.id, "moved", "worked", 1, at.owner.id, NOW)])


def reply(unit: Unit, at: World) -> None:
    (request,) = unit.requests(pilot=at.pilot.id)
    unit.save_request(replace(request, reply="on_it", replied_at=NOW))


def unsubscribe(unit: Unit, at: World) -> None:
    unit.drop_subscription(unit.subscriptions()[0].id)


CHANGES: dict[str, Look] = {
    "a pilot": lambda unit, at: unit.save_pilot(replace(at.pilot, name="Renamed", owner=at.helper.id)),
    "a person": lambda unit, at: unit.save_person(replace(at.owner, name="Anna")),
    "an account": lambda unit, at: unit.save_identity(
        Identity(at.helper.id, "U2", replace(at.address, conversation="D2"))
    ),
    "no account": lambda unit, at: unit.drop_identity(Identity(at.owner.id, "U1", at.address)),
    "a search": lambda unit, at: unit.save_sought(
        Sought(at.helper.id, at.connection.id, NOW + DAY, Finding.PENDING)
    ),
    "a nag": lambda unit, at: unit.add_nag(
        Nag(at.owner.id, at.pilot.id, unit.history(at.pilot.id)[0].id, "lead", NOW)
    ),
    "a strip": lambda unit, at: unit.put_strip(Strip("bundle", "checkin:1:invite", Card("Done", "Done"))),
    "a strip that moves": lambda unit, at: unit.put_strip(
        Strip("other", "checkin:1:invite", Card("Inv", "Open"))
    ),
    "a silent address": lambda unit, at: unit.switch_off(at.address),
    "a connection": lambda unit, at: unit.save_connection(replace(at.connection, active=False)),
    "a channel": lambda unit, at: unit.channel(at.channel.address, "renamed"),
    "an event": lambda unit, at: unit.record(Event("stage", NOW + HOUR, None, at.pilot.id)),
    "a seal": lambda unit, at: unit.add_links(chain.forged(unit.last_link(), unit.unsealed(limit=9))),
    "an erasure": lambda unit, at: unit.begin_erasure(Marks(at.owner.id, ("Ann",)), NOW),
    "no erasure": lambda unit, at: unit.end_erasure(at.helper.id),
    "no accounts": lambda unit, at: unit.forget_accounts(Marks(at.owner.id)),
    "rows without somebody": lambda unit, at: [
        unit.scrub(Marks(at.helper.id, ("Invoice matcher",), texts=("idea",)), where, NOW, after=0)
        for where in unit.tables_to_scrub()
    ],
    "a schedule": lambda unit, at: unit.save_schedule(
        replace(unit.schedules(at.pilot.id)[0], next_due_at=NOW)
    ),
    "a level": lambda unit, at: unit.set_level(at.pilot.id, ItemLevel("data.quality", 3, NOW, NOW)),
    "no snapshot": lambda unit, at: unit.drop_snapshot(at.pilot.id, NOW),
    "a snapshot": lambda unit, at: unit.add_snapshot(Snapshot(at.pilot.id, NOW, 50, {}, "", 1.0, 1, 1)),
    "an evaluation": lambda unit, at: unit.save_evaluation(evaluation(at, points=99)),
    "an evaluation awaited": lambda unit, at: unit.await_evaluation(at.pilot.id, NOW - DAY),
    "a mute": lambda unit, at: unit.save_mute(Mute(at.pilot.id, "P02", NOW.date(), "", at.owner.id, NOW)),
    "usual stays": lambda unit, at: unit.save_usual_stays({"framed": 9}),
    "a request": lambda unit, at: unit.save_request(Request(0, "owner", at.pilot.id, at.owner.id, None, NOW)),
    "a decision": lambda unit, at: unit.add_decision(
        Decision(0, at.pilot.id, "stop", NOW + HOUR, at.owner.id, "lead")
    ),
    "a reply": reply,
    "a subscription": lambda unit, at: unit.save_subscription(Subscription(0, at.channel, NOW)),
    "no subscription": unsubscribe,
    "a new check-in": lambda unit, at: unit.open_checkin(opened(at, slot=NOW + DAY)),
    "a check-in": answer,
    "an answer": give,
    "a message": lambda unit, at: unit.enqueue(message(at, "early", address=elsewhere(at)), NOW - DAY),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_unit_changed_it_reads_as_a_later_unit_does(store: Store, change: str) -> None:
    at = world(store)
    store.write(at.organisation.id, lambda unit: fill(unit, at))

    def changed(unit: Unit) -> tuple[Any, Any]:
        before = everything(unit, at)
        CHANGES[change](unit, at)
        return before, everything(unit, at)

    before, within = store.write(at.organisation.id, changed)
    assert within == store.read(at.organisation.id, lambda unit: everything(unit, at))
    assert within != before


def test_what_did_not_change_is_read_once(store: Store) -> None:
    at = world(store)

    def twice(unit: Unit) -> int:
        everything(unit, at)
        return len(heard(lambda: everything(unit, at)))

    assert store.read(at.organisation.id, twice) == 0


def asking(unit: Unit, at: World, pilot: Pilot) -> dict[str, Any]:
    """What is looked at to ask a pilot's owner the pulse."""
    return {
        "pilot": unit.pilot(pilot.id),
        "people": [(unit.person(one), unit.identities(one)) for one in (pilot.owner, pilot.deputy) if one],
        "schedules": unit.schedules(pilot.id),
        "evaluation": unit.evaluation(pilot.id),
        "live": unit.live_checkins(pilot=pilot.id),
        "levels": unit.levels(pilot.id),
        "history": unit.history(pilot.id, questionnaire="pulse", limit=BACK, answers=True),
    }


def two_pilots(store: Store) -> tuple[World, Pilot]:
    """A world with all there can be, and a pilot of another owner that was never asked anything."""
    at = world(store)
    store.write(at.organisation.id, lambda unit: fill(unit, at))
    other = replace(at.pilot, id=0, key="other", external="", name="Other", owner=at.helper.id)
    return at, store.write(at.organisation.id, lambda unit: unit.save_pilot(other))


def test_what_is_foreseen_is_what_would_have_been_read_and_is_not_read_again(store: Store) -> None:
    at, other = two_pilots(store)
    org = at.organisation.id

    def foreseen(unit: Unit) -> tuple[Any, int]:
        unit.foresee({at.pilot.id: "pulse", other.id: "pulse", 999: "never"}, back=BACK, nags=9)
        unit.person(at.owner.id)  # with whom all others are read
        found: list[Any] = []
        sent = heard(lambda: found.extend(asking(unit, at, one) for one in (at.pilot, other)))
        return found, len(sent)

    alone = [store.read(org, lambda unit, one=one: asking(unit, at, one)) for one in (at.pilot, other)]
    assert store.read(org, foreseen) == (alone, 0)
    assert alone[0]["history"], "it was asked"
    assert not alone[1]["history"], "it was not"


def test_what_one_unit_has_foreseen_no_other_does_until_it_ends(store: Any) -> None:
    """SQLite lets one unit write at a time, so that there nothing needs to be left to another."""
    at, other = two_pilots(store)
    org, both = at.organisation.id, {at.pilot.id: "pulse", other.id: "pulse"}

    def another() -> Set[int]:
        return store.read(org, lambda unit: unit.foresee(both, back=BACK, nags=9))

    def first(unit: Unit) -> Set[int]:
        assert unit.foresee({at.pilot.id: "pulse"}, back=BACK, nags=9) == {at.pilot.id}
        return another()

    left = {other.id} if isinstance(store._database, Postgres) else set(both)
    assert store.write(org, first) == left
    assert another() == set(both)


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_unit_changed_is_not_as_it_was_foreseen(store: Store, change: str) -> None:
    at, other = two_pilots(store)

    def changed(unit: Unit) -> list[Any]:
        unit.foresee({at.pilot.id: "pulse", other.id: "pulse"}, back=BACK, nags=9)
        CHANGES[change](unit, at)
        return [asking(unit, at, one) for one in (at.pilot, other)]

    within = store.write(at.organisation.id, changed)
    for one, found in zip((at.pilot, other), within, strict=True):
        assert found == store.read(at.organisation.id, lambda unit, one=one: asking(unit, at, one))


def test_what_is_changed_of_one_pilot_is_read_again_of_that_one_alone(store: Store) -> None:
    at, other = two_pilots(store)

    def look(unit: Unit) -> list[int]:
        for one in (at.pilot, other):
            asking(unit, at, one)
        answer(unit, at)
        return [len(heard(lambda one=one: asking(unit, at, one))) for one in (other, at.pilot)]

    of_other, of_itself = store.write(at.organisation.id, look)
    assert of_other == 0
    assert of_itself > 0


def test_a_pilots_people_are_read_together(store: Store) -> None:
    at = world(store)
    store.write(at.organisation.id, lambda unit: unit.save_pilot(replace(at.pilot, sponsor=at.helper.id)))

    def look(unit: Unit) -> int:
        assert unit.pilot(at.pilot.id) is not None
        return len(
            heard(lambda: [unit.person(at.owner.id), unit.person(at.helper.id), unit.person(at.owner.id)])
        )

    assert store.read(at.organisation.id, look) == 1


def test_one_who_is_not_there_is_nobody_and_is_found_once_there(store: Store) -> None:
    at = world(store)

    def meet(unit: Unit) -> None:
        assert unit.person(at.helper.id + 1) is None
        new = unit.save_person(replace(at.helper, id=0, name="Carl"))
        assert unit.person(new.id) == new

    store.write(at.organisation.id, meet)


def test_a_unit_reads_no_other_organisations_people(store: Store) -> None:
    at, other = world(store), world(store, "Other", tenant="T2")
    found = store.read(
        at.organisation.id, lambda unit: (unit.person(at.owner.id), unit.person(other.owner.id))
    )
    assert found == (at.owner, None)


def heard(work: Callable[[], object]) -> list[str]:
    """The statements that something sends."""
    found: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return found
