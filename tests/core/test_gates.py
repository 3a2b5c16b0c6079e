"""Gates: what each needs, who confirms it, what a condition lets follow, and what opens a passed one again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import reviewing
from bot.core.gates import GateResult, Lack, approvers, gate, reopened
from bot.core.readiness import confidence
from bot.core.records import Condition, ItemLevel, Pilot
from bot.core.reviewing import NoCondition, NotYours
from tests.core.scenery import (
    LINK,
    NOW,
    TODAY,
    ago,
    confirmed,
    everywhere,
    level,
    levels,
    model,
    policy,
    said_yes,
)

OWNER, DEPUTY, BUILDER, SPONSOR, DECIDER, SARA, LENA, MO = range(1, 9)
ROLES = {"owner": OWNER, "deputy": DEPUTY, "builder": BUILDER, "sponsor": SPONSOR, "decider": DECIDER}
PILOT = Pilot(1, "inv", "Invoice matcher", stage="hardening", reviewers=(("security", SARA),), **ROLES)


def at(given: dict[str, ItemLevel], *, stage: str = "hardening", **how: Any) -> GateResult:
    found = gate(given, model(), policy(), stage=stage, risk=how.pop("risk", ""), now=NOW, today=TODAY, **how)
    assert found is not None
    return found


def condition(item: str = "gov.audit", *, days: int = 14, gate: str = "G3", agreed: int = 0) -> Condition:
    return Condition(
        gate, item, MO, TODAY + timedelta(days=days), DECIDER, agreed=TODAY - timedelta(days=agreed)
    )


# --- the tables of content.md section 2 -----------------------------------------------------------------------------

MUST = {
    "G1": {
        "": "value.problem 2, value.baseline 2, team.owner 2, team.decide 2, data.rights 2, gov.risk 2",
    },
    "G2": {
        "": "value.baseline 3, value.proof 2, team.owner 3, team.decide 3, flow.map 2, flow.users 2, base.env 2, "
        "value.cost 2",
    },
    "G3": {
        "": "team.owner 3, team.run 3, value.baseline 3, data.access 3, data.rights 3, flow.review 3, gov.risk 3, "
        "gov.security 3, gov.access 3, gov.audit 3, base.eval 3, base.monitor 3, base.rollback 3",
        "high": "gov.lineage 3, data.real 3, flow.fallback 3, team.skills 3",
        "low": "gov.audit 2, gov.access 2",
    },
    "G4": {
        "": "value.proof 3, value.cost 3, team.sponsor 3, flow.users 3, flow.embed 3, flow.fallback 3, base.links 3",
    },
}
CONFIRMS = {
    "G1": {"lead": "value.problem value.baseline team.owner team.decide data.rights gov.risk"},
    "G2": {
        "sponsor": "value.baseline value.proof team.owner team.decide flow.map flow.users base.env value.cost"
    },
    "G3": {
        "business_owner": "team.owner team.run value.baseline team.skills",
        "security": "gov.security gov.access",
        "privacy": "gov.risk gov.audit data.rights gov.lineage",
        "operations": "base.eval base.monitor base.rollback data.access data.real",
        "process_owner": "flow.review flow.fallback",
    },
    "G4": dict.fromkeys(
        ("business_owner", "finance"),
        "value.proof value.cost team.sponsor flow.users flow.embed flow.fallback base.links",
    ),
}


def table(text: str) -> dict[str, int]:
    return {item: int(need) for item, need in (part.rsplit(" ", 1) for part in text.split(", "))}


@pytest.mark.parametrize("ident", MUST)
@pytest.mark.parametrize("risk", ["", "low", "medium", "high"])
def test_each_gate_asks_what_the_content_says_for_each_risk(ident: str, risk: str) -> None:
    shipped = next(one for one in model().gates if one.id == ident)
    variant = MUST[ident].get(risk, "") if risk else ""
    wanted = table(MUST[ident][""]) | (table(variant) if variant else {})
    assert shipped.needs(risk) == wanted


@pytest.mark.parametrize("ident", CONFIRMS)
def test_each_item_is_confirmed_by_whom_the_content_names(ident: str) -> None:
    shipped = next(one for one in model().gates if one.id == ident)
    found: dict[str, set[str]] = {}
    for item, roles in shipped.reviewers.items():
        for role in roles:
            found.setdefault(role, set()).add(item)
    assert found == {role: set(items.split()) for role, items in CONFIRMS[ident].items()}


def test_four_items_are_never_waived() -> None:
    assert model().never_waived == {"team.owner", "data.rights", "gov.security", "base.rollback"}


@pytest.mark.parametrize(
    ("stage", "risk", "people"),
    [("hardening", "high", 2), ("hardening", "medium", 1), ("limited", "high", 1)],
)
def test_high_risk_takes_a_second_approver_at_the_production_gate(stage: str, risk: str, people: int) -> None:
    assert approvers(at(everywhere(3), stage=stage, risk=risk), model(), policy(), risk=risk) == people


# --- confirming -----------------------------------------------------------------------------------------------------


def test_a_gate_passes_when_every_item_is_confirmed_by_each_of_its_roles() -> None:
    assert at(confirmed("G3", everywhere(3))).passed
    one_missing = confirmed("G3", everywhere(3)) | {"gov.security": level("gov.security", 3, link=LINK)}
    found = at(one_missing)
    assert not found.passed
    assert [item.id for item in found.waiting] == ["gov.security"]
    assert found.lacking == ()


def test_where_two_roles_confirm_an_item_one_is_not_enough() -> None:
    given = confirmed("G4", everywhere(3))
    half = said_yes(level("value.cost", 3, link=LINK), "G4", ["finance"])
    found = at(given | {"value.cost": half}, stage="limited")
    assert [(item.id, item.unconfirmed) for item in found.waiting] == [("value.cost", ("business_owner",))]


def test_a_yes_at_one_gate_is_none_at_another() -> None:
    assert len(at(confirmed("G2", everywhere(3))).waiting) == 13


@pytest.mark.parametrize(
    ("changed", "stands"),
    [
        ({}, True),
        ({"at": ago(-1), "same": 1}, True),  # said again
        ({"level": 4}, True),  # more of the same
        ({"link": "https://example.com/other"}, False),  # proof that nobody checked
        ({"link": ""}, False),
        ({"level": 2}, False),
        ({"level": None}, False),
        ({"not_applicable": "never"}, False),
    ],
)
def test_a_yes_holds_for_what_was_seen_and_for_nothing_else(changed: dict[str, Any], stands: bool) -> None:
    checked = said_yes(level("gov.audit", 3, link=LINK), "G3", ["privacy"])
    found = at(confirmed("G3", everywhere(3)) | {"gov.audit": replace(checked, **changed)})
    assert found.passed is stands


def test_a_reviewer_who_says_not_yet_shuts_the_gate_until_the_proof_changes() -> None:
    given = confirmed("G3", everywhere(3))
    refused = reviewing.said(
        given["gov.audit"], "G3", "privacy", by=SARA, at=NOW, yes=False, reason="no retention rule"
    )
    found = at(given | {"gov.audit": refused})
    assert [(one.id, one.lack) for one in found.lacking] == [("gov.audit", Lack.REFUSED)]
    mended = at(given | {"gov.audit": replace(refused, link="https://example.com/rule", link_at=NOW)})
    assert mended.lacking == ()
    assert [one.id for one in mended.waiting] == ["gov.audit"]


def test_a_role_has_one_word_at_a_gate_its_newest() -> None:
    once = said_yes(level("gov.audit", 3, link=LINK), "G3", ["privacy"])
    twice = reviewing.said(once, "G3", "privacy", by=SARA, at=NOW, yes=False, reason="found something")
    assert [one.yes for one in twice.verdicts] == [False]


def test_what_a_reviewer_checked_is_as_sure_as_it_can_be_and_as_new_as_the_check() -> None:
    item = model().item("gov.audit")
    assert item is not None
    old = replace(level("gov.audit", 3, link=LINK), at=ago(80), changed_at=ago(80), link_at=ago(80))
    assert confidence(old, item, policy(), NOW) < 0.5
    assert confidence(said_yes(old, "G3", ["privacy"]), item, policy(), NOW) == 1.0


@given(st.sampled_from(["", "low", "high"]), st.integers(0, 16))
def test_one_more_yes_never_shuts_a_gate(risk: str, place: int) -> None:
    before = at(everywhere(3), risk=risk)
    item = before.items[place % len(before.items)]
    after = at(everywhere(3) | {item.id: said_yes(everywhere(3)[item.id], "G3", item.roles)}, risk=risk)
    assert set(after.waiting) <= {one for one in before.waiting if one.id != item.id}
    assert after.lacking == ()


# --- who confirms ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "role", "who"),
    [
        ({}, "security", SARA),
        ({"reviewers": (("security", SARA), ("security:gov.audit", MO))}, "security", MO),
        ({"reviewers": ()}, "security", None),
        ({}, "sponsor", SPONSOR),
        ({}, "business_owner", SPONSOR),  # the owner never confirms their own gate
        ({"reviewers": (("business_owner", OWNER),)}, "business_owner", SPONSOR),
        ({"sponsor": OWNER}, "sponsor", None),
        ({}, "lead", LENA),
        ({"owner": LENA}, "lead", None),
        ({"reviewers": (("security:gov.audit", reviewing.NOBODY),)}, "security", None),
    ],
)
def test_who_confirms_is_named_or_follows_from_the_pilot(
    fields: dict[str, Any], role: str, who: int | None
) -> None:
    assert reviewing.reviewer_of(replace(PILOT, **fields), role, "gov.audit", leads=[LENA]) == who


@pytest.mark.parametrize("own", [OWNER, DEPUTY, BUILDER])
def test_nobody_confirms_what_they_own_deputise_for_or_build(own: int) -> None:
    pilot = replace(PILOT, reviewers=(("security", own),))
    item = at(everywhere(3)).item("gov.security")
    assert item is not None
    assert reviewing.may_confirm(pilot, item, "security", own, leads=[own]) is NotYours.OWN
    assert all(ask.person != own for ask in reviewing.asks(pilot, at(everywhere(3)), leads=[own]))


def test_somebody_who_is_not_named_confirms_nothing() -> None:
    item = at(everywhere(3)).item("gov.security")
    assert item is not None
    assert reviewing.may_confirm(PILOT, item, "security", MO, leads=[]) is NotYours.NOT_NAMED


def test_one_person_does_not_speak_twice_about_an_item() -> None:
    pilot = replace(PILOT, stage="limited", reviewers=(("business_owner", MO), ("finance", MO)))
    once = said_yes(level("value.cost", 3, link=LINK), "G4", ["finance"], by=MO)
    item = at(everywhere(3) | {"value.cost": once}, stage="limited").item("value.cost")
    assert item is not None
    assert reviewing.may_confirm(pilot, item, "business_owner", MO, leads=[]) is NotYours.TWICE


def test_what_lacks_an_answer_is_put_before_nobody() -> None:
    given = everywhere(3) | levels({"gov.access": 2})
    asked = {
        ask.person: [item for item, _ in ask.items] for ask in reviewing.asks(PILOT, at(given), leads=[])
    }
    assert asked == {SPONSOR: ["value.baseline", "team.owner", "team.run"], SARA: ["gov.security"]}
    assert reviewing.nobody_for(PILOT, at(given), leads=[]) == ("process_owner", "operations", "privacy")


# --- conditions -----------------------------------------------------------------------------------------------------


def test_an_item_under_a_condition_lets_the_gate_pass_until_its_day_is_over() -> None:
    given = confirmed("G3", everywhere(3) | levels({"gov.audit": 1}))
    assert not at(given).passed
    for days, passed in ((14, True), (0, True), (-1, False)):
        assert at(given, conditions=[condition(days=days)]).passed is passed


def open_items(*items: str, conditions: tuple[Condition, ...] = ()) -> GateResult:
    return at(confirmed("G3", everywhere(3) | levels(dict.fromkeys(items, 1))), conditions=conditions)


def refusal(found: GateResult, wanted: Condition) -> NoCondition | None:
    return reviewing.refuses(found, wanted, today=TODAY, never=model().never_waived, policy=policy())


@pytest.mark.parametrize("item", sorted(model().never_waived))
def test_no_condition_is_agreed_for_what_is_never_waived(item: str) -> None:
    assert refusal(open_items(item), condition(item)) is NoCondition.NEVER_WAIVED
    assert item not in [one.id for one in reviewing.waivable(open_items(item), model().never_waived)]


@pytest.mark.parametrize(("days", "refused"), [(0, True), (1, False), (30, False), (31, True)])
def test_a_condition_runs_for_thirty_days_at_most(days: int, refused: bool) -> None:
    assert refusal(open_items("gov.audit"), condition(days=days)) is (NoCondition.DAYS if refused else None)


def test_a_gate_takes_three_conditions_and_no_fourth() -> None:
    items = ("gov.audit", "gov.access", "base.eval", "base.monitor")
    agreed = tuple(condition(item) for item in items[:3])
    assert refusal(open_items(*items, conditions=agreed[:2]), agreed[2]) is None
    assert refusal(open_items(*items, conditions=agreed), condition("base.monitor")) is NoCondition.TOO_MANY
    assert refusal(open_items(*items, conditions=agreed), condition("gov.audit", days=20)) is None


def test_a_condition_can_be_given_another_day_but_not_more_days() -> None:
    agreed = condition(days=5, agreed=20)
    found = open_items("gov.audit", conditions=(agreed,))
    assert refusal(found, condition(days=10)) is None
    assert refusal(found, condition(days=11)) is NoCondition.DAYS
    (kept,) = reviewing.agreed(replace(PILOT, conditions=(agreed,)), condition(days=10))
    assert (kept.until, kept.agreed) == (TODAY + timedelta(days=10), agreed.agreed)


def test_a_condition_that_ran_out_is_not_given_again() -> None:
    found = open_items("gov.audit", conditions=(condition(days=-1, agreed=10),))
    assert refusal(found, condition(days=5)) is NoCondition.RAN_OUT


@pytest.mark.parametrize("item", ["gov.access", "value.cost"])
def test_what_passes_or_is_no_item_of_the_gate_needs_no_condition(item: str) -> None:
    assert refusal(open_items("gov.audit"), condition(item)) is NoCondition.NOT_OPEN


# --- gates behind a pilot -------------------------------------------------------------------------------------------


def back(given: dict[str, ItemLevel], *conditions: Condition, stage: str = "limited") -> list[str]:
    found = reopened(
        given, model(), policy(), stage=stage, risk="", now=NOW, conditions=conditions, today=TODAY
    )
    return [one.item for one in found]


@pytest.mark.parametrize(("days", "found"), [(0, []), (-1, ["gov.audit"])])
def test_a_condition_that_runs_out_unmet_opens_the_gate_again(days: int, found: list[str]) -> None:
    given = confirmed("G3", everywhere(3) | levels({"gov.audit": 1}))
    assert back(given, condition(days=days)) == found
    assert back(given, condition(days=days), stage="hardening") == []  # that gate is still ahead


def test_a_condition_that_was_met_and_confirmed_is_closed_however_old_the_answer_grows() -> None:
    old = {name: replace(one, at=ago(400), link_at=ago(400)) for name, one in everywhere(3).items()}
    met = confirmed("G3", old, when=ago(390))
    assert back(met, condition(days=-1)) == []


def test_a_confirmed_item_of_which_less_is_claimed_opens_the_gate_again() -> None:
    given = confirmed("G3", everywhere(3))
    assert back(given) == []
    assert back(given | {"gov.security": replace(given["gov.security"], level=1)}) == ["gov.security"]
    assert back(given | {"gov.security": replace(given["gov.security"], level=None)}) == ["gov.security"]


def test_a_confirmation_that_is_taken_back_opens_the_gate_again() -> None:
    given = confirmed("G3", everywhere(3))
    taken = reviewing.said(
        given["gov.security"], "G3", "security", by=SARA, at=NOW, yes=False, reason="a finding"
    )
    assert back(given | {"gov.security": taken}, stage="production") == ["gov.security"]


def test_a_pilot_that_was_registered_behind_a_gate_finds_it_shut_nowhere() -> None:
    assert back(levels(dict.fromkeys(everywhere(1), 1))) == []
