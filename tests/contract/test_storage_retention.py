"""What is kept for a time only goes when that is over, on both databases, and holds up nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.core.card import Card
from bot.core.erasure import REMOVED
from bot.core.nags import Nag
from bot.core.ports import Message, MessageRef, Store, Unit
from bot.core.records import Address, Given, Request
from bot.core.retention import Forgotten, Kept
from bot.core.state import Phase
from bot.core.values import NotApplicable
from tests.fakes.office import CONTENT
from tests.storage.scenes import DAY, NOW, WEEK, enqueue, message, opened, stored, world

pytest_plugins = ["tests.databases"]


def test_what_was_kept_long_enough_goes_and_nothing_younger(store: Store) -> None:
    at, old, young = world(store), NOW - 9 * WEEK, NOW - DAY
    checkin = {}
    for name, when in (("old", old), ("young", young)):
        over = opened(at, slot=when, closes_at=when, phase=Phase.EXPIRED, drafts={"moved": name})
        checkin[name] = stored(store, at, over)

        def keep(unit: Unit, name: str = name, when: datetime = when) -> None:
            unit.first_sight(name, when)
            unit.add_nag(Nag(at.owner.id, at.pilot.id, checkin[name].id, name, when))
            unit.enqueue(Message(name, at.address, Card(name, name)), when)

        store.write(at.organisation.id, keep)
        (leased,) = store.outbox.lease(when, limit=1, hold=9)
        assert store.outbox.dead(leased, when, "refused") if name == "old" else True

    def forgets(unit: Unit) -> list[Forgotten]:
        return [unit.forget(kind, NOW - WEEK, limit=1) for kind in Kept if kind is not Kept.TEXTS]

    assert store.write(at.organisation.id, forgets) == [Forgotten(1, more=True)] * 4
    assert store.write(at.organisation.id, forgets) == [Forgotten(0, more=False)] * 4
    cards = store.read(at.organisation.id, lambda unit: (unit.posted("old"), unit.posted("young")))
    assert cards == (Card("", ""), Card("young", "young"))
    assert store.letters.dead(limit=9) == []  # nothing is left of it that could be sent
    drafts = [
        store.read(at.organisation.id, lambda unit, one=one: unit.checkin(one.id)) for one in checkin.values()
    ]
    assert [dict(one.state.drafts) for one in drafts if one] == [{}, {"moved": "young"}]
    assert [
        nag.step for nag in store.read(at.organisation.id, lambda unit: unit.nags(since=old, limit=9))
    ] == ["young"]
    seen = store.write(
        at.organisation.id, lambda unit: [unit.first_sight(key, NOW) for key in ("old", "young")]
    )
    assert seen == [True, False]


def test_what_is_not_over_yet_holds_up_nothing_and_goes_once_it_is(store: Store) -> None:
    """A letter that waits for months, and a check-in that never closes, are passed and looked at again."""
    at, old = world(store), NOW - 9 * WEEK
    stuck = stored(store, at, opened(at, slot=old, drafts={"moved": "stuck"}))
    closed = {"closes_at": old, "phase": Phase.EXPIRED, "drafts": {"moved": "closed"}}
    over = stored(store, at, opened(at, slot=old + DAY, **closed))
    enqueue(store, at, message(at, "stuck"), now=old)
    lane = Address(at.connection.id, "local", "D2")
    enqueue(store, at, Message("sent", lane, Card("sent", "sent")), now=old + DAY)
    leased = {one.message.key: one for one in store.outbox.lease(old + 2 * DAY, limit=9, hold=9)}
    store.outbox.sent(leased["sent"], MessageRef("D2", "1"), old + 2 * DAY)
    org = at.organisation.id

    def left() -> tuple[object, ...]:
        for kind in (Kept.MESSAGES, Kept.DRAFTS):
            while store.write(org, lambda unit, one=kind: unit.forget(one, NOW - WEEK, limit=1)).more:
                pass
        kept = [store.read(org, lambda unit, one=one: unit.checkin(one.id)) for one in (stuck, over)]
        cards = [store.read(org, lambda unit, key=key: unit.posted(key)) for key in ("stuck", "sent")]
        return *(bool(one.state.drafts) for one in kept if one), *(card != Card("", "") for card in cards)

    assert left() == (True, False, True, False)
    store.outbox.sent(leased["stuck"], MessageRef("D1", "2"), old + 3 * DAY)
    done = replace(stuck, state=replace(stuck.state, phase=Phase.EXPIRED, revision=1))
    assert store.write(org, lambda unit: unit.save(done, was=0))
    assert left() == (False, False, False, False)
    assert not store.write(org, lambda unit: unit.forget(Kept.MESSAGES, NOW - WEEK, limit=9)).rows


def test_what_was_answered_in_own_words_goes_and_everything_else_of_it_stays(store: Store) -> None:
    at = world(store)
    org = at.organisation.id
    shapes = {name: CONTENT.questionnaires[name] for name in ("pulse", "kickoff", "review")}
    given = {
        "pulse": {"pulse.done": "We moved it", "pulse.moved": "worked", "pulse.need": "soon"},
        "kickoff": {"kickoff.work": "It matches invoices"},
        "review": {"data.access": NotApplicable("there is none"), "data.quality": 3},
    }
    left = {
        "pulse": {"pulse.done": REMOVED, "pulse.moved": "worked", "pulse.need": REMOVED},
        "kickoff": {"kickoff.work": "It matches invoices"},
        "review": {"data.access": NotApplicable(REMOVED), "data.quality": 3},
    }

    def answered(when: datetime) -> dict[str, int]:
        made = {}
        for name, shape in shapes.items():
            fresh = replace(opened(at, slot=when, questionnaire=name), version=shape.version)
            made[name] = stored(store, at, fresh).id
            rows = [Given(made[name], q, value, 1, at.owner.id, when) for q, value in given[name].items()]
            store.write(org, lambda unit, f=shape, r=rows: (unit.keep_form(f), unit.keep(r)))
        return made

    def told(checkins: dict[str, int]) -> dict[str, object]:
        return {
            name: {one.question: one.value for one in store.read(org, lambda unit, c=c: unit.given(c))}
            for name, c in checkins.items()
        }

    old, young = answered(NOW - 9 * WEEK), answered(NOW)
    for text, replied in (("old words", NOW - 9 * WEEK), ("young", NOW), ("open", None)):
        asked = Request(0, "help", at.pilot.id, at.helper.id, at.owner.id, NOW - 9 * WEEK, text)
        settled = replace(asked, reply="done" if replied else "", replied_at=replied)
        store.write(org, lambda unit, r=settled: unit.save_request(r))

    def forget(unit: Unit) -> Forgotten:
        return unit.forget(Kept.TEXTS, NOW - WEEK, limit=9)

    assert store.write(org, forget) == Forgotten(4, more=False)
    assert store.write(org, forget) == Forgotten(0, more=False)
    assert told(old) == left
    assert told(young) == given
    asked_for = store.read(org, lambda unit: unit.requests(pilot=at.pilot.id, unanswered=False))
    assert sorted(one.text for one in asked_for) == [REMOVED, "open", "young"]
