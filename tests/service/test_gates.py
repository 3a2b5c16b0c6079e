"""A gate from the first question to its reviewers to the day a condition runs out: asked, refused, told and decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from bot.core.card import Button, Card, Date, Text
from bot.core.ports import Clicked, Nothing, Problems, Reply, Show, Store, Update
from bot.core.records import ItemLevel, Pilot
from bot.service import ServiceError, auditor, house, registry
from bot.storage import open_store
from tests.fakes.office import CONTENT, MONDAY, Office

pytest_plugins = ["tests.databases"]

TODAY = MONDAY.date()
LINK = "https://example.com/proof"
MOST = 17  # items of the largest gate
AREAS = ("security", "privacy", "operations", "process_owner")


class Gates:
    """An office with an owner, a sponsor, a decider, a lead and a reviewer of everything else."""

    def __init__(self, store: Store) -> None:
        self.office = Office(store)
        people = ("anna", "grace", "dora", "sara", "mo")
        self.anna, self.grace, self.dora, self.sara, self.mo = map(self.office.person, people)
        self.lena = self.office.person("lena", standing="lead")

    def pilot(self, **fields: Any) -> Pilot:
        known = {
            "stage": "hardening",
            "sponsor": self.grace.id,
            "decider": self.dora.id,
            "decide_by": TODAY,
            "reviewers": tuple((area, self.sara.id) for area in AREAS),
        }
        pilot = self.office.pilot("Invoice matcher", self.anna, **(known | fields))
        self.levels(pilot, 3)
        return pilot

    def levels(self, pilot: Pilot, level: int, *items: str) -> None:
        wanted = items or tuple(item.id for item in CONTENT.model.items())
        for item in wanted:
            said = ItemLevel(
                item, level, self.office.now, self.office.now, self.anna.id, LINK, self.office.now
            )
            self.office.write(lambda unit, said=said: unit.set_level(pilot.id, said))

    def now(self, pilot: Pilot) -> Pilot:
        found: Pilot = self.office.read(lambda unit: unit.pilot(pilot.id))
        return found

    def said(self) -> dict[str, ItemLevel]:
        found: dict[str, ItemLevel] = self.office.read(lambda unit: unit.levels(1))
        return found

    def card(self, user: str, text: str = "gate invoice") -> Card:
        reply = self.office.says(user, text)
        assert isinstance(reply, Show), reply
        return reply.card

    def presses(self, user: str, label: str, values: dict[str, Any] | None = None) -> Reply:
        """A button of the gate's card as this person sees it."""
        return self.office.presses(user, label, values, card=self.card(user))

    def ask(self, user: str = "anna") -> Card:
        asking = next(one for one in self.card(user).actions if one.label.startswith("Ask "))
        reply = self.office.act(user, Clicked(asking.token))
        assert isinstance(reply, Show), reply
        return reply.card

    def confirm_all(self, *users: str) -> None:
        """Each says yes to whatever their message puts before them."""
        for user in users:
            for _ in range(MOST):
                card = self.newest(user)
                if "Yes, I checked it" in labels(card):
                    assert self.office.presses(user, "Yes, I checked it", card=card) == Nothing()

    def newest(self, user: str) -> Card:
        """The message in which somebody is asked to confirm, as it stands."""
        found = [
            card
            for card in self.office.platform.inbox(user)
            if "proof" in card.title or "confirm" in card.title
        ]
        return found[-1]

    def told(self, user: str) -> str:
        return "\n".join(card.fallback for card in self.office.platform.inbox(user))


@pytest.fixture
def at(sqlite_url: str) -> Iterator[Gates]:
    store = open_store(sqlite_url)
    yield Gates(store)
    store.close()


def labels(card: Card) -> list[str]:
    return [action.label for action in card.actions]


# --- reviewers of the whole organisation ----------------------------------------------------------------------------


def test_who_is_named_for_every_pilot_is_asked_where_the_pilot_names_nobody(at: Gates) -> None:
    for area in AREAS:
        at.office.do(partial(house.name, person=at.mo, role=area))
    at.pilot(reviewers=(("security", at.sara.id),))
    assert "Nobody is named" not in at.card("anna").fallback
    at.ask()
    assert "Access" in at.newest("sara").fallback or "Security" in at.newest("sara").fallback
    at.confirm_all("mo", "sara", "grace")
    verdicts = {one.role: one.by for level in at.said().values() for one in level.verdicts}
    assert verdicts["security"] == at.sara.id
    assert {verdicts[area] for area in AREAS if area != "security"} == {at.mo.id}


def test_nobody_is_named_for_their_own_pilot_and_whoever_is_taken_back_is_asked_no_more(at: Gates) -> None:
    at.office.do(partial(house.name, person=at.anna, role="security"))
    at.office.do(partial(house.name, person=at.mo, role="operations"))
    pilot = at.pilot(reviewers=())
    at.office.do(partial(house.name, person=at.mo, role="business_owner"))  # its own sponsor comes first
    whole = at.office.do(partial(house.whole, pilot=pilot)).reviewers
    assert whole == (("operations", at.mo.id),)
    at.office.do(partial(house.name, person=at.mo, role="operations", remove=True))
    assert at.office.do(partial(house.whole, pilot=pilot)).reviewers == ()


def test_a_role_that_no_gate_has_is_refused_with_those_there_are(at: Gates) -> None:
    with pytest.raises(ServiceError, match="There is no role 'legal'"):
        at.office.do(partial(house.name, person=at.mo, role="legal"))


# --- the gate ahead -------------------------------------------------------------------------------------------------


def days(at: Gates, number: int) -> None:
    at.office.until(at.office.now + timedelta(days=number))


def soon_day(number: int) -> date:
    return TODAY + timedelta(days=number)


def test_thirty_days_before_real_use_the_owner_hears_what_is_missing_and_the_reviewers_are_asked(
    at: Gates,
) -> None:
    pilot = at.pilot()
    at.levels(pilot, 1, "gov.security", "base.rollback")
    at.office.do(partial(registry.change_pilot, pilot=pilot, changes={"target": soon_day(40)}, actor=None))
    days(at, 9)
    assert "Real use is planned" not in at.told("anna")
    days(at, 2)
    (line,) = [one for one in at.told("anna").splitlines() if "Real use is planned" in one]
    assert line.startswith("Real use is planned for 2 Jan 2027.")
    assert "It lacks 2 items: " in at.told("anna")
    assert "I asked " in at.told("anna")
    assert "Yes, I checked it" in labels(at.newest("sara"))
    at.office.now += 2 * auditor.EVERY
    assert at.office.do(auditor.audit) == auditor.Audit(), "it is no check-in that anybody would miss"


def test_it_is_said_once_for_each_date_of_real_use(at: Gates) -> None:
    pilot = at.pilot()
    change = partial(registry.change_pilot, actor=None)
    at.office.do(partial(change, pilot=at.now(pilot), changes={"target": soon_day(21)}))
    days(at, 2)
    assert at.told("anna").count("Real use is planned") == 1
    at.office.do(partial(change, pilot=at.now(pilot), changes={"decide_by": soon_day(80)}))
    days(at, 2)
    assert at.told("anna").count("Real use is planned") == 1
    at.office.do(partial(change, pilot=at.now(pilot), changes={"target": soon_day(50)}))
    days(at, 10)
    assert at.told("anna").count("Real use is planned") == 1
    days(at, 10)
    assert at.told("anna").count("Real use is planned") == 2


def test_only_the_production_gate_is_looked_at_before_a_date(at: Gates) -> None:
    pilot = at.pilot(stage="pilot")
    at.office.do(lambda work: registry.change_pilot(work, pilot, {"target": soon_day(20)}, actor=None))
    days(at, 3)
    assert "Real use is planned" not in at.told("anna")


# --- asking and confirming ------------------------------------------------------------------------------------------


def test_the_gate_says_who_has_yet_to_confirm_what_and_the_owner_asks_them(at: Gates) -> None:
    at.pilot()
    card = at.card("anna")
    assert card.title == "Invoice matcher: the gate to Limited live"
    assert "0 of 13 items pass and 13 are to be confirmed." in card.fallback
    assert "Security test: Sara (security), not asked yet" in card.fallback
    assert labels(card) == [
        "Say what could go wrong",
        "Ask 2 reviewers",
        "Change a launch or stop rule",
        "Status",
    ]
    assert "Asked: Grace and Sara." in at.ask().fallback
    assert "Security test: Sara (security), asked 23 Nov" in at.card("anna").fallback
    assert "Ask" not in "".join(labels(at.card("anna")))


def test_a_reviewer_confirms_their_items_one_tap_each_in_one_message(at: Gates) -> None:
    pilot = at.pilot()
    at.ask()
    first = at.newest("grace")
    assert "Anna asks you as business owner to confirm what Limited live needs. 1 of 3:" in first.fallback
    assert "Success measure." in first.fallback
    assert "Proof: https://example.com/proof" in first.fallback
    at.office.presses("grace", "Yes, I checked it")
    second = at.newest("grace")
    assert "2 of 3:" in second.fallback
    assert "Success measure: you confirmed it" in second.fallback
    at.confirm_all("grace")
    assert at.newest("grace").title == "Invoice matcher: confirmed, thank you"
    assert "Grace answered as business owner" in at.told("anna")
    assert len([card for card in at.office.platform.inbox("grace") if "Invoice" in card.title]) == 1
    assert "3 of 13 items pass" in at.card("anna").fallback
    assert len(at.office.read(lambda unit: unit.events(pilot=pilot.id, kinds=["gate.verdict"]))) == 3


def test_the_same_tap_twice_is_one_yes(at: Gates) -> None:
    pilot = at.pilot()
    at.ask()
    card = at.newest("grace")
    for _ in range(2):
        assert at.office.presses("grace", "Yes, I checked it", card=card) == Nothing()
    assert len(at.office.read(lambda unit: unit.events(pilot=pilot.id, kinds=["gate.verdict"]))) == 1


def test_not_yet_needs_a_reason_goes_to_the_owner_at_once_and_is_asked_again_when_mended(at: Gates) -> None:
    pilot = at.pilot()
    at.ask()
    card = at.newest("sara")
    assert isinstance(at.office.presses("sara", "Not yet", {"reason": " "}, card=card), Problems)
    at.office.presses("sara", "Not yet", {"reason": "no owner for the feed"}, card=card)
    assert "not yet: no owner for the feed" in at.told("anna")
    assert "Process owner says not yet: no owner for the feed" in at.card("anna").fallback
    at.confirm_all("sara")
    assert "Ask 1 reviewer" in labels(at.card("anna"))  # she mended it without a new link
    at.office.now += timedelta(hours=1)
    at.ask()
    at.confirm_all("sara", "grace")
    assert "Nothing is missing for Limited live" in at.card("anna", "status invoice").fallback
    assert at.now(pilot).stage == "hardening"


def test_what_is_not_theirs_goes_to_a_colleague_who_is_asked_in_their_place(at: Gates) -> None:
    pilot = at.pilot()
    at.ask()
    first = next(action for action in at.newest("sara").actions if action.label == "Not mine")
    item = first.token.rsplit("|", 1)[1]
    at.office.act("sara", Clicked(first.token, {"who": "Mo"}))
    assert "handed to Mo" in at.newest("sara").fallback
    assert "Invoice matcher: does the proof show it?" in at.newest("mo").title
    assert any(role.endswith(f":{item}") and who == at.mo.id for role, who in at.now(pilot).reviewers)
    at.confirm_all("mo")
    assert at.newest("mo").title == "Invoice matcher: confirmed, thank you"


def test_what_is_handed_back_to_nobody_goes_to_the_owner_who_names_somebody(at: Gates) -> None:
    at.pilot()
    at.ask()
    at.office.presses("sara", "Not mine", {"who": ""}, card=at.newest("sara"))
    assert "is not theirs, and named nobody" in at.told("anna")


@pytest.mark.parametrize("who", ["Anna", "Sara"])
def test_an_item_is_never_handed_to_the_owner_or_to_oneself(at: Gates, who: str) -> None:
    at.pilot()
    at.ask()
    assert isinstance(at.office.presses("sara", "Not mine", {"who": who}, card=at.newest("sara")), Problems)


# --- segregation of duties, at every door ---------------------------------------------------------------------------


def test_an_owner_who_presses_a_reviewers_button_confirms_nothing(at: Gates) -> None:
    pilot = at.pilot()
    at.ask()
    button = next(one for one in at.newest("sara").actions if isinstance(one, Button))
    reply = at.office.act("anna", Clicked(button.token))
    assert isinstance(reply, Show)
    assert "nothing here for you" in reply.card.fallback
    assert not at.office.read(lambda unit: unit.events(pilot=pilot.id, kinds=["gate.verdict"]))


def test_a_reviewer_who_became_the_owner_confirms_nothing_any_more(at: Gates) -> None:
    pilot = at.pilot()
    at.ask()
    card = at.newest("sara")
    at.office.do(lambda work: registry.change_pilot(work, pilot, {"builder": at.sara.id}, actor=None))
    reply = at.office.presses("sara", "Yes, I checked it", card=card)
    assert isinstance(reply, Show)
    assert "somebody else has to confirm" in reply.card.fallback
    assert not at.office.read(lambda unit: unit.events(pilot=pilot.id, kinds=["gate.verdict"]))


@pytest.mark.parametrize("who", ["Anna"])
def test_the_owner_is_not_named_as_a_reviewer(at: Gates, who: str) -> None:
    at.pilot(reviewers=())
    reply = at.presses("anna", "Name a reviewer", {"role": "security", "who": who})
    assert isinstance(reply, Problems)
    assert "does not confirm it" in reply.by_field["who"]
    assert isinstance(at.presses("anna", "Name a reviewer", {"role": "security", "who": "Sara"}), Show)
    assert "Security test: Sara (security), not asked yet" in at.card("anna").fallback


def test_who_has_no_part_in_a_pilot_neither_asks_nor_names(at: Gates) -> None:
    at.pilot()
    asking = next(one for one in at.card("anna").actions if one.label.startswith("Ask"))
    reply = at.office.act("mo", Clicked(asking.token))
    assert isinstance(reply, Show)
    assert "Only this pilot's own people" in reply.card.fallback
    assert at.office.platform.inbox("sara") == []


# --- conditions -----------------------------------------------------------------------------------------------------


def soon(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def agree(at: Gates, item: str, *, days: int = 10, who: str = "Mo", user: str = "dora") -> Reply:
    return at.presses(user, "Agree a condition", {"item": item, "who": who, "until": soon(days)})


def test_whoever_decides_lets_an_item_follow_and_whoever_closes_it_is_told(at: Gates) -> None:
    pilot = at.pilot()
    at.levels(pilot, 1, "gov.audit")
    reply = agree(at, "gov.audit")
    assert isinstance(reply, Show)
    assert "Agreed: Audit trail may follow, Mo closes it by 3 Dec." in reply.card.fallback
    assert "Audit trail: Mo by 3 Dec, in 10 days" in at.card("anna").fallback
    assert "which you are to close by 3 Dec: Audit trail." in at.told("mo")
    (kept,) = at.now(pilot).conditions
    assert (kept.item, kept.person, kept.by) == ("gov.audit", at.mo.id, at.dora.id)


@pytest.mark.parametrize(
    ("item", "days", "said"),
    [
        ("gov.security", 10, "has to be met before the gate"),
        ("gov.audit", 31, "at most"),
        ("gov.access", 10, "needs no condition"),
    ],
)
def test_a_condition_outside_its_bounds_is_refused_in_words(
    at: Gates, item: str, days: int, said: str
) -> None:
    pilot = at.pilot()
    at.levels(pilot, 1, "gov.audit", "gov.security")
    at.ask()
    at.confirm_all("sara", "grace")
    reply = agree(at, item, days=days)
    assert isinstance(reply, Problems)
    assert said in next(iter(reply.by_field.values()))
    assert at.now(pilot).conditions == ()


def test_an_owner_agrees_no_condition_of_their_own_gate(at: Gates) -> None:
    pilot = at.pilot()
    at.levels(pilot, 1, "gov.audit")
    agreeing = next(one for one in at.card("dora").actions if one.label == "Agree a condition")
    values = {"item": "gov.audit", "who": "Mo", "until": soon(5)}
    for user in ("anna", "sara", "mo"):
        reply = at.office.act(user, Clicked(agreeing.token, values))
        assert isinstance(reply, Show)
        assert "Only whoever decides about this pilot" in reply.card.fallback
        assert "Agree a condition" not in labels(at.card(user))
    assert at.now(pilot).conditions == ()


# --- deciding -------------------------------------------------------------------------------------------------------


def decides(at: Gates, choice: str = "scale", **then: Any) -> str:
    """The lines that the decider reads."""
    opened = at.office.says("dora", "decide invoice", channel="ai-pilots")
    assert isinstance(opened, Show), opened
    submit = opened.card.actions[0]
    first = at.office.act("dora", Clicked(submit.token, {"dec.choice": choice, "dec.reason": "result"}))
    assert isinstance(first, Update), first
    day = (at.office.now.date() + timedelta(days=20)).isoformat()
    values = {one.name: day for one in first.card.fields if isinstance(one, Date)}
    values |= {one.name: "as agreed" for one in first.card.fields if isinstance(one, Text)}
    done = at.office.act("dora", Clicked(first.card.actions[0].token, values | then))
    assert isinstance(done, Update), done
    return done.card.fallback


def test_scale_at_a_gate_that_waits_for_its_reviewers_moves_nothing_and_says_why(at: Gates) -> None:
    pilot = at.pilot()
    at.levels(pilot, 1, "gov.audit")
    said = decides(at)
    assert (
        "It stays in Hardening: Enter Limited live still lacks 1 item and has 12 items to be confirmed."
        in said
    )
    assert at.now(pilot).stage == "hardening"


def test_scale_passes_a_confirmed_gate_with_an_item_under_a_condition(at: Gates) -> None:
    pilot = at.pilot()
    at.levels(pilot, 1, "gov.audit")
    at.ask()
    at.confirm_all("sara", "grace")
    agree(at, "gov.audit")
    assert "It moves on to Limited live." in decides(at)
    assert at.now(pilot).stage == "limited"


def test_high_risk_passes_only_when_a_second_person_approves(at: Gates) -> None:
    pilot = at.pilot(risk="high")
    at.ask()
    at.confirm_all("sara", "grace")
    assert "2 people have to approve" in at.card("anna").fallback
    assert "It stays in Hardening until it is approved by Grace." in decides(at)
    assert at.now(pilot).stage == "hardening"
    assert isinstance(at.office.presses("grace", "Not yet", {"reason": ""}), Problems)
    at.office.presses("grace", "Approve")
    assert at.now(pilot).stage == "limited"
    assert "Grace approved it as the second person. It moves on to Limited live." in at.told("anna")


def test_a_second_approval_of_a_gate_that_has_shut_moves_nothing(at: Gates) -> None:
    pilot = at.pilot(risk="high")
    at.ask()
    at.confirm_all("sara", "grace")
    decides(at)
    at.levels(pilot, 2, "gov.audit")
    at.office.presses("grace", "Approve")
    assert at.now(pilot).stage == "hardening"
    assert "is not passed any more, so nothing moved" in at.told("dora")


def test_whoever_may_approve_second_can_say_not_yet(at: Gates) -> None:
    pilot = at.pilot(risk="high")
    at.ask()
    at.confirm_all("sara", "grace")
    decides(at)
    at.office.presses("grace", "Not yet", {"reason": "the vendor contract is open"})
    assert "does not approve it yet: the vendor contract is open" in at.told("dora")
    assert at.now(pilot).stage == "hardening"


def test_what_was_bought_is_decided_on_after_half_the_time(at: Gates) -> None:
    pilot = at.pilot(stage="framed", decide_by=None, tags=("bought",))
    at.ask()
    at.confirm_all("lena")
    assert at.now(pilot).decide_by == TODAY + timedelta(days=45)


def test_into_pilot_the_lead_confirms_and_the_pilot_moves_on_with_a_day_to_decide(at: Gates) -> None:
    pilot = at.pilot(stage="framed", decide_by=None)
    at.ask()
    at.confirm_all("lena")
    found = at.now(pilot)
    assert (found.stage, found.decide_by) == ("pilot", TODAY + timedelta(days=90))
    assert "It is in Pilot from today on. Decide on it by 21 Feb 2027." in at.told("anna")


# --- gates behind a pilot -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "box"), [((), 90), (("Bought", "claims"), 45), (("configured",), 68), (("custom",), 90)]
)
def test_what_was_bought_gets_half_the_time_and_what_was_configured_three_quarters(
    at: Gates, tags: tuple[str, ...], box: int
) -> None:
    pilot = at.pilot(stage="pilot", tags=tags)
    at.office.says("dora", "decide invoice")
    at.office.deliver()
    assert f"(time box {box})" in at.told("dora")
    assert at.office.content.policy.time_box("production", pilot.tags) == 0


def live_under_a_condition(at: Gates) -> Pilot:
    pilot = at.pilot()
    at.levels(pilot, 1, "gov.audit")
    at.ask()
    at.confirm_all("sara", "grace")
    agree(at, "gov.audit", days=3)
    decides(at)
    return at.now(pilot)


def test_a_condition_that_runs_out_is_told_once_by_day_and_fix_takes_the_pilot_back(at: Gates) -> None:
    pilot = live_under_a_condition(at)
    at.office.until(MONDAY + timedelta(days=3))
    assert "a gate is open again" not in at.told("dora")
    at.office.until(MONDAY + timedelta(days=8))
    for user in ("anna", "dora"):
        found = [one for one in at.office.platform.inbox(user) if "a gate is open again" in one.title]
        assert len(found) == 1
        assert "Audit trail: its condition at the gate to Limited live ran out on 26 Nov" in found[0].fallback
    assert "A passed gate is open again: Audit trail." in at.card("anna", "status invoice").fallback
    assert "It goes back to Hardening." in decides(at, "fix")
    assert at.now(pilot).stage == "hardening"


def test_a_pilot_that_goes_back_is_as_old_in_hardening_as_since_it_first_came_there(at: Gates) -> None:
    pilot = live_under_a_condition(at)
    entered = TODAY - timedelta(days=20)
    at.office.until(MONDAY + timedelta(days=8))
    decides(at, "fix")
    assert at.now(pilot).stage_since == min(entered, TODAY)


def test_a_reviewer_takes_a_yes_back_and_the_gate_behind_opens(at: Gates) -> None:
    pilot = at.pilot()
    at.ask()
    at.confirm_all("sara", "grace")
    decides(at)
    assert at.now(pilot).stage == "limited"
    reply = at.presses(
        "sara", "Take back a confirmation", {"item": "gov.security", "reason": "a new finding"}
    )
    assert isinstance(reply, Show)
    assert "Open again" in reply.card.fallback
    assert "a gate is open again" in at.told("dora")
    assert "not yet: a new finding" in at.told("anna")
    assert "Take back a confirmation" not in labels(at.card("mo"))


# --- why ------------------------------------------------------------------------------------------------------------


def test_why_gate_names_each_item_with_its_level_its_reviewer_and_its_condition(at: Gates) -> None:
    pilot = at.pilot()
    at.levels(pilot, 1, "gov.audit")
    at.ask()
    at.office.presses("grace", "Yes, I checked it")
    at.office.presses("sara", "Not yet", {"reason": "half the feeds"}, card=at.newest("sara"))
    agree(at, "gov.audit")
    said = at.card("anna", "why invoice gate").fallback
    assert (
        "1 of 13 items pass, 1 still has something missing, 10 are to be confirmed and 1 may follow." in said
    )
    assert (
        "Success measure: passes: level 3 of 3, confidence 1.00; confirmed by Grace, business owner, 23 Nov"
        in said
    )
    assert "not yet (half the feeds) by Sara, process owner, 23 Nov" in said
    assert "Audit trail: passes: level 1 of 3" in said
    assert "condition: Mo by 3 Dec, in 10 days" in said
