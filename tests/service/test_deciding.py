"""A decision from the day it is due to what follows from it: who is asked, who may, what changes, who is told."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.core.card import Button, Card, Choice, Submit
from bot.core.ports import Clicked, Problems, Reply, Show, Store, Update
from bot.core.records import Decision, ItemLevel, Pilot
from bot.service import digest, registry, rounds
from bot.service.work import Work
from tests.fakes.office import CONTENT, MONDAY, Office

TODAY = MONDAY.date()
LATE = {"stage_since": TODAY - timedelta(days=120), "created": TODAY - timedelta(days=120)}
FIX = {"dec.choice": "fix", "dec.reason": "weak_result"}


pytest_plugins = ["tests.databases"]


class Deciding:
    """An office with an owner, a sponsor, a decider, a lead and a channel that gets the digest."""

    def __init__(self, store: Store) -> None:
        self.office = Office(store)
        self.anna, self.grace, self.dora = (self.office.person(user) for user in ("anna", "grace", "dora"))
        self.lena = self.office.person("lena", standing="lead")

    def pilot(self, name: str = "Invoice matcher", **fields: Any) -> Pilot:
        known = {"sponsor": self.grace.id, "decider": self.dora.id, "decide_by": TODAY - timedelta(days=9)}
        return self.office.pilot(name, self.anna, **(LATE | known | fields))

    def now(self, pilot: Pilot) -> Pilot:
        found: Pilot = self.office.read(lambda unit: unit.pilot(pilot.id))
        return found

    def made(self) -> list[Decision]:
        return list(self.office.read(lambda unit: unit.decisions()))

    def decides(self, user: str, card: Card, first: dict[str, Any], then: dict[str, Any]) -> Reply:
        """Send both screens of the form."""
        reply = self.sends(user, card, first)
        assert isinstance(reply, Update), reply
        return self.sends(user, reply.card, then)

    def sends(self, user: str, card: Card, values: dict[str, Any]) -> Reply:
        submit = next(action for action in card.actions if isinstance(action, Submit))
        return self.office.act(user, Clicked(submit.token, values))

    def asks(self, user: str, text: str = "decide invoice", *, channel: str = "ai-pilots") -> Card:
        """The card that somebody is shown who asks in the channel."""
        reply = self.office.says(user, text, channel=channel)
        assert isinstance(reply, Show), reply
        return reply.card

    def subscribe(self) -> None:
        self.office.says("lena", "digest subscribe", channel="ai-pilots")

    def posted(self) -> Card:
        """The digest as it stands in the channel."""
        return self.office.platform.channel("ai-pilots")[0].card


@pytest.fixture
def at(any_store: Store) -> Deciding:
    return Deciding(any_store)


def soon(days: int = 30) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def choices(card: Card) -> list[str]:
    """What can be decided on a form."""
    choice = card.fields[0]
    assert isinstance(choice, Choice)
    return [offer.value for offer in choice.options]


def form(card: Card) -> bool:
    return any(isinstance(action, Submit) for action in card.actions)


# --- who is asked, and when -----------------------------------------------------------------------------------------


def test_the_decider_is_asked_on_the_day_it_is_due_and_each_week_until_somebody_decides(at: Deciding) -> None:
    at.pilot(decide_by=TODAY + timedelta(days=10))
    at.office.until(MONDAY + timedelta(days=9))
    assert at.office.live("dora") == []
    at.office.until(MONDAY + timedelta(days=11))
    (first,) = at.office.live("dora")
    assert (first.questionnaire, first.state.person) == ("decision", at.dora.id)
    at.office.until(MONDAY + timedelta(days=16))
    assert at.office.live("dora") == []  # nobody answered in three working days
    at.office.until(MONDAY + timedelta(days=18))
    (again,) = at.office.live("dora")
    assert again.id != first.id


def test_without_a_decider_the_sponsor_is_asked(at: Deciding) -> None:
    at.pilot(decider=None)
    at.office.until(MONDAY + timedelta(days=2))
    assert [one.questionnaire for one in at.office.live("grace")] == ["decision"]


@pytest.mark.parametrize("roles", [{"decider": None, "sponsor": None}, {"decider": 1, "sponsor": 1}])
def test_where_nobody_may_be_asked_the_lead_is_told_and_can_decide(
    at: Deciding, roles: dict[str, Any]
) -> None:
    at.pilot(**roles)
    at.office.until(MONDAY + timedelta(days=2))
    told = at.office.platform.inbox("lena")[0]
    assert "nobody is named who may decide it. It was due on 14 Nov." in told.fallback
    assert not [one for one in at.office.live("anna") if one.questionnaire == "decision"]
    at.office.presses("lena", "Decide", card=told)
    assert [one.questionnaire for one in at.office.live("lena")] == ["decision"]


def test_a_pilot_that_is_stuck_for_a_fortnight_is_to_be_decided_about(at: Deciding) -> None:
    pilot = at.pilot(decide_by=None, stage_since=TODAY - timedelta(days=300))
    at.office.until_asked("anna")  # what is asked about is looked at: it is Stuck from here on
    (noted,) = at.office.events("pilot.course")
    assert (noted.pilot, noted.after) == (pilot.id, "stuck")
    at.office.until(noted.at + timedelta(days=13))
    assert at.office.live("dora") == []
    at.office.until(noted.at + timedelta(days=15))
    assert [one.questionnaire for one in at.office.live("dora")] == ["decision"]


def test_the_form_can_be_sent_by_hand(at: Deciding) -> None:
    pilot = at.pilot(decide_by=None)

    def send(work: Work) -> str:
        return rounds.send(work, pilot, CONTENT.questionnaires["decision"]).name

    assert at.office.do(send) == "Dora"
    with pytest.raises(Exception, match="Nothing was sent: Dora has the form already"):
        at.office.do(send)


# --- who may --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user", "says"),
    [
        ("anna", "Whoever owns or builds a pilot does not decide about it. Ask Dora."),
        ("grace", "This is not yours to decide. Ask Dora. From its decide-by date on (14 Nov)"),
    ],
)
def test_whoever_may_not_decide_is_told_whom_to_ask(at: Deciding, user: str, says: str) -> None:
    at.pilot()
    card = at.asks(user)
    assert says in card.fallback
    assert not form(card)


def test_a_lead_waits_for_the_day_that_was_set(at: Deciding) -> None:
    at.pilot(decide_by=TODAY + timedelta(days=30))
    assert "Ask Dora" in at.asks("lena").fallback
    assert form(at.asks("dora"))


def test_a_decision_cannot_be_handed_on(at: Deciding) -> None:
    at.pilot()
    labels = {action.label for action in at.asks("dora").actions}
    assert labels == {"Next", "Snooze", "Can't answer"}


def test_a_form_is_closed_once_its_person_may_no_longer_decide(at: Deciding) -> None:
    pilot = at.pilot()
    card = at.asks("dora")
    at.office.do(lambda work: registry.change_pilot(work, pilot, {"decider": at.lena.id}, actor=None))
    at.sends("dora", card, FIX)
    assert at.office.live("dora") == []
    assert at.made() == []


# --- what is decided ------------------------------------------------------------------------------------------------


def test_a_lead_decides_fix_from_the_digest(at: Deciding) -> None:
    pilot = at.pilot()
    at.subscribe()
    at.office.until(MONDAY + timedelta(days=1))
    shown = at.posted()
    assert "Data suggests Stop: no result has been measured" in shown.fallback
    press = next(one for one in shown.actions if one.label == "Decide: Invoice matcher")
    assert isinstance(press, Button)
    opened = at.office.act("lena", Clicked(press.token), channel="ai-pilots")
    assert isinstance(opened, Show)
    assert "Suggested: Stop." in opened.card.fallback
    assert all(getattr(field, "initial", ()) in ((), "") for field in opened.card.fields)
    at.decides("lena", opened.card, FIX, {"dec.fix": "Security is tested", "dec.until": soon()})

    (made,) = at.made()
    assert (made.choice, made.by, made.role, made.suggested) == ("fix", at.lena.id, "lead", "stop")
    assert (made.form, made.policy, made.model) == ("decision@2", 1, 2)
    assert (made.due, made.until) == (TODAY - timedelta(days=9), TODAY + timedelta(days=30))
    assert {"P04", "P15"} <= set(made.signals)
    assert at.now(pilot).decide_by == TODAY + timedelta(days=30)
    assert [event.subject for event in at.office.events("decision.made")] == ["fix"]
    for user in ("anna", "grace", "dora"):
        told = at.office.platform.inbox(user)[-1]
        assert "Lena decided about Invoice matcher: Fix by 23 Dec." in told.fallback
        assert "Security is tested" in told.fallback

    after = at.posted()
    assert "Invoice matcher: decided, Fix by 23 Dec (Lena)." in after.fallback
    assert "Decide: Invoice matcher" not in [one.label for one in after.actions]
    again = at.office.act("grace", Clicked(press.token), channel="ai-pilots")
    assert isinstance(again, Show)
    assert "Decided already: Fix by 23 Dec (Lena, 24 Nov)." in again.card.fallback

    at.office.until(MONDAY + timedelta(days=8))
    week = at.office.do(digest.compose).channel.fallback
    assert "1 decided" in week
    assert "Decided\nInvoice matcher: Fix by 23 Dec (Lena)." in week
    assert "Decide this week" not in week


def test_the_other_who_was_asked_is_told_that_it_is_settled(at: Deciding) -> None:
    at.pilot()
    theirs, own = at.asks("dora"), at.asks("lena")
    at.decides("lena", own, FIX, {"dec.fix": "Security", "dec.until": soon()})
    assert at.office.live("dora") == []
    at.sends("dora", theirs, FIX)
    assert len(at.made()) == 1
    assert any(
        "Closed: Lena decided: Fix by 23 Dec." in card.fallback for card in at.office.platform.inbox("dora")
    )


def test_a_decision_stands_as_it_was_made(at: Deciding) -> None:
    at.pilot()
    reply = at.decides("dora", at.asks("dora"), FIX, {"dec.fix": "Security", "dec.until": soon()})
    assert isinstance(reply, Update)
    assert reply.over
    assert reply.card.actions == ()


def test_a_third_round_of_fix_is_not_offered_and_is_refused_with_the_reason(at: Deciding) -> None:
    pilot = at.pilot()
    for _ in range(2):
        at.decides("dora", at.asks("dora"), FIX, {"dec.fix": "Security", "dec.until": soon(5)})
        at.office.now += timedelta(hours=1)
    card = at.asks("dora")
    assert "fix" not in choices(card)
    assert "Fix is not offered a third time." in card.fallback
    refused = at.sends("dora", card, FIX)
    assert isinstance(refused, Problems)
    assert "Fix is not offered a third time." in refused.by_field["dec.choice"]
    assert len(at.made()) == 2
    assert at.now(pilot).stage == "pilot"


def test_a_later_date_needs_a_reason_is_counted_and_not_moved_twice(at: Deciding) -> None:
    pilot = at.pilot()
    later = {"dec.choice": "later", "dec.reason": "weak_result"}
    first = at.sends("dora", at.asks("dora"), later)
    assert isinstance(first, Update)
    wrong = at.sends("dora", first.card, {"dec.later": soon(46), "dec.why": ""})
    assert isinstance(wrong, Problems)
    assert set(wrong.by_field) == {"dec.later", "dec.why"}
    at.sends("dora", first.card, {"dec.later": soon(45), "dec.why": "The answer of the vendor"})
    assert at.now(pilot).decide_by == TODAY + timedelta(days=45)
    assert [event.kind for event in at.office.events("decision.extended", "decision.made")] == [
        "decision.extended"
    ]
    assert "later" not in choices(at.asks("dora"))
    status = at.office.says("anna", "status invoice")
    assert isinstance(status, Show)
    assert "date moved once" in status.card.fallback
    week = at.office.do(digest.gather)
    assert (week.decided, week.ruled) == (0, ())


def test_a_stop_needs_a_lesson_and_shows_as_a_result(at: Deciding) -> None:
    pilot = at.pilot()
    at.office.until_asked("anna")
    first = at.sends("dora", at.asks("dora"), {"dec.choice": "stop", "dec.reason": "better"})
    assert isinstance(first, Update)
    without = at.sends("dora", first.card, {})
    assert isinstance(without, Problems)
    assert set(without.by_field) == {"dec.learn"}
    lesson = {
        "dec.learn": "Ask for the vendor's terms first",
        "dec.reuse": ["tests"],
        "dec.close": ["access"],
    }
    at.sends("dora", first.card, lesson)
    assert at.now(pilot).stage == "stopped"
    assert at.office.live("anna") == []
    week = at.office.do(digest.compose).channel.fallback
    assert "1 decided" in week
    details = at.office.do(digest.compose).thread
    assert any(
        "Invoice matcher (stop): Ask for the vendor's terms first. Reusable: test set." in card.fallback
        for card in details
    )
    left = at.office.platform.inbox("anna")[-1]
    assert "Users were told" in left.fallback
    assert "Access and keys removed" not in left.fallback
    at.office.presses("anna", "All done", card=left)
    assert "All done" in at.office.platform.inbox("dora")[-1].fallback
    assert "there is nothing left to decide" in at.asks("dora").fallback
    at.office.until(MONDAY + timedelta(days=60))
    assert at.office.live("dora") == []


def test_a_merge_names_a_pilot_that_there_is(at: Deciding) -> None:
    pilot = at.pilot()
    at.pilot("Contract summary", decide_by=None)
    merge = {"dec.choice": "merge", "dec.reason": "better"}
    first = at.sends("dora", at.asks("dora"), merge)
    assert isinstance(first, Update)
    wrong = at.sends("dora", first.card, {"dec.into": "Moon lander", "dec.learn": "One is enough"})
    assert isinstance(wrong, Problems)
    assert "I know no other pilot called" in wrong.by_field["dec.into"]
    at.sends("dora", first.card, {"dec.into": "contract", "dec.learn": "One is enough"})
    (made,) = at.made()
    assert (made.into, at.now(pilot).stage) == ("Contract summary", "stopped")


def test_a_pause_ends_with_the_question_what_now(at: Deciding) -> None:
    pilot = at.pilot()
    pause = {"dec.choice": "pause", "dec.reason": "foundation"}
    at.decides("dora", at.asks("dora"), pause, {"dec.until": soon(40)})
    assert (at.now(pilot).stage, at.now(pilot).paused_until) == ("paused", TODAY + timedelta(days=40))
    at.office.until(MONDAY + timedelta(days=39))
    assert at.office.live("dora") == []
    at.office.until(MONDAY + timedelta(days=43))
    assert at.now(pilot).stage == "pilot"
    assert [one.questionnaire for one in at.office.live("dora")] == ["decision"]
    assert "A second pause in a row is not offered." in at.asks("dora").fallback


def test_scale_moves_on_only_through_a_gate_that_is_met(at: Deciding) -> None:
    pilot = at.pilot()
    scale = {"dec.choice": "scale", "dec.reason": "result"}
    reply = at.decides("dora", at.asks("dora"), scale, {"dec.again": soon(90), "dec.cost": "700"})
    assert isinstance(reply, Update)
    assert "It stays in Pilot: Enter Hardening still lacks 8 items." in reply.card.fallback
    assert at.now(pilot).stage == "pilot"


def test_the_next_form_tells_what_waiting_costs(at: Deciding) -> None:
    at.pilot()
    at.decides("dora", at.asks("dora"), FIX, {"dec.fix": "Security", "dec.until": soon(7), "dec.cost": "700"})
    at.office.now = MONDAY + timedelta(days=16)
    cost = "Cost of waiting: about 900 since that day, at 700 a week"
    assert cost in at.asks("dora").fallback
    status = at.office.says("anna", "status Invoice matcher")
    assert isinstance(status, Show)
    assert cost in status.card.fallback


def test_the_next_form_says_that_it_costs_more_than_it_brings(at: Deciding) -> None:
    at.pilot()
    week = {"dec.fix": "Security", "dec.until": soon(7), "dec.cost": "700", "dec.benefit": "300"}
    at.decides("dora", at.asks("dora"), FIX, week)
    assert "a week of it costs 700 and brings 300" in at.asks("dora").fallback


def test_how_often_the_date_moved_stands_in_the_status_and_above_the_form(at: Deciding) -> None:
    pilot = at.pilot(target=TODAY)
    for days in (20, 10, 40):  # later, earlier, later
        known, moved = at.now(pilot), {"target": TODAY + timedelta(days=days)}
        at.office.do(partial(registry.change_pilot, pilot=known, changes=moved, actor=None))
        at.office.now += timedelta(hours=1)
    status = at.office.says("anna", "status invoice")
    assert isinstance(status, Show)
    for card in (status.card, at.asks("dora")):
        assert "moved later twice, 50 days in all" in card.fallback


@pytest.mark.parametrize(
    ("user", "told"), [("anna", True), ("grace", True), ("dora", False), ("lena", False)]
)
def test_what_is_claimed_beside_what_is_proven_is_for_owner_and_sponsor(
    at: Deciding, user: str, told: bool
) -> None:
    pilot = at.pilot()
    bare = ItemLevel("base.eval", 4, MONDAY, MONDAY)
    at.office.write(lambda unit: unit.set_level(pilot.id, bare))
    assert ("claimed 100" in at.asks(user, "status invoice").fallback) is told


# --- afterwards -----------------------------------------------------------------------------------------------------


def test_status_and_history_tell_what_was_decided(at: Deciding) -> None:
    at.pilot()
    before = at.office.says("lena", "status invoice")
    assert isinstance(before, Show)
    assert "Next move: Dora: decide to scale, fix or stop" in before.card.fallback
    assert before.card.actions[0].label == "Decide"
    at.decides("dora", at.asks("dora"), FIX, {"dec.fix": "Security is tested", "dec.until": soon()})
    status, history, other = (
        at.office.says(user, f"{command} invoice")
        for user, command in (("anna", "status"), ("anna", "history"), ("dora", "history"))
    )
    assert isinstance(status, Show)
    assert isinstance(history, Show)
    assert isinstance(other, Show)
    assert "Decided: Fix by 23 Dec (Dora, 23 Nov)" in status.card.fallback
    assert "Decided, Dora: Fix by 23 Dec" in history.card.fallback
    assert "Security is tested" in history.card.fallback
    assert "Security is tested" not in other.card.fallback  # a decider is not among those who read texts


def test_what_waits_for_a_decider_is_in_their_todo(at: Deciding) -> None:
    at.pilot()
    todo = at.office.says("dora", "todo")
    assert isinstance(todo, Show)
    assert "decide: scale, fix or stop (due 2026-11-14)" in todo.card.fallback
    assert [action.label for action in todo.card.actions] == ["Decide: Invoice matcher"]


def test_a_private_pilot_s_decision_stays_out_of_the_digest(at: Deciding) -> None:
    at.pilot(private=True)
    at.decides("dora", at.asks("dora"), FIX, {"dec.fix": "Security", "dec.until": soon()})
    assert at.office.do(digest.gather).decided == 0
