"""Scores, confidence and gates: the worked example, each formula by hand, and what can never happen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.gates import Lack, gate
from bot.core.questionnaire import PROOF_LEVEL
from bot.core.readiness import (
    band,
    confidence,
    effective,
    score,
    staleness,
    sureness,
)
from bot.core.records import ItemLevel
from tests.core.scenery import (
    LINK,
    MATCHER,
    NOW,
    ago,
    everywhere,
    invoice_matcher,
    level,
    levels,
    model,
    policy,
)

# --- the worked example of content.md section 4 -------------------------------------------------------------


@pytest.mark.parametrize(
    ("dimension", "proven", "claimed", "certain"),
    [
        ("value", 41, 41, "0.50"),
        ("flow", 33, 33, "0.47"),
        ("data", 50, 55, "0.51"),
        ("base", 31, 37, "0.38"),
        ("gov", 48, 48, "0.54"),
        ("team", 44, 44, "0.42"),
    ],
)
def test_the_invoice_matcher_scores_as_printed(
    dimension: str, proven: int, claimed: int, certain: str
) -> None:
    found = score(invoice_matcher(), model(), policy(), NOW).dimension(dimension)
    assert found is not None
    assert (found.proven, found.claimed, f"{found.confidence:.2f}") == (proven, claimed, certain)
    assert not found.provisional


def test_the_invoice_matcher_as_a_whole_scores_as_printed() -> None:
    found = score(invoice_matcher(), model(), policy(), NOW)
    assert (found.overall, found.claimed, f"{found.confidence:.2f}") == (42, 43, "0.48")
    assert (found.weakest, found.band, found.coverage) == ("base", "early", 1.0)


def test_three_of_thirteen_items_of_the_production_gate_pass_as_printed() -> None:
    found = gate(invoice_matcher(), model(), policy(), stage="hardening", risk="", now=NOW)
    assert found is not None
    assert (found.met, len(found.items), found.passed) == (3, 13, False)
    assert {item.id for item in found.items if item.met} == {"team.owner", "data.rights", "gov.risk"}


def test_a_claim_without_a_link_lacks_the_link() -> None:
    assert _lacks("base.eval", stage="hardening") == (Lack.LINK, 2)


# --- effective level ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claimed", "link", "age", "counts"),
    [
        (0, "", 0, 0),
        (2, "", 0, 2),
        (3, "", 0, 2),
        (4, "", 0, 2),
        (3, LINK, 0, 3),
        (4, LINK, 179, 4),
        (4, LINK, 180, 2),
        (1, LINK, 400, 1),
        (None, "", 0, 0),
        (None, LINK, 0, 0),
    ],
)
def test_a_three_or_four_counts_as_two_without_a_fresh_link(
    claimed: int | None, link: str, age: int, counts: int
) -> None:
    assert effective(level("data.access", claimed, link=link, days=age), policy(), NOW) == counts


def test_a_link_that_was_renewed_is_as_young_as_its_renewal() -> None:
    old = level("data.access", 3, link=LINK, days=300)
    assert effective(replace(old, link_at=ago(10)), policy(), NOW) == 3


def test_what_is_not_answered_or_does_not_apply_has_no_level() -> None:
    assert effective(None, policy(), NOW) is None
    assert effective(level("data.owner", None, not_applicable="bought tool"), policy(), NOW) is None


# --- dimension and overall ----------------------------------------------------------------------------------


def test_an_empty_pilot_has_no_score_rather_than_nought() -> None:
    found = score({}, model(), policy(), NOW)
    assert (found.overall, found.claimed, found.weakest, found.band) == (None, None, "", "")
    assert (found.coverage, found.confidence, found.provisional) == (0.0, 0.0, True)
    assert all(dimension.proven is None for dimension in found.dimensions)


@pytest.mark.parametrize(("everything", "points"), [(0, 0), (1, 25), (2, 50), (3, 75), (4, 100)])
def test_one_level_everywhere_is_that_level_in_points(everything: int, points: int) -> None:
    found = score(everywhere(everything), model(), policy(), NOW)
    assert {dimension.proven for dimension in found.dimensions} == {points}
    assert found.overall == points


def test_a_dimension_weighs_its_items() -> None:
    found = score(levels({"value.problem": 2, "value.baseline": 1}), model(), policy(), NOW).dimension(
        "value"
    )
    assert found is not None
    assert found.proven == 35  # 25 * (1.0 * 2 + 1.5 * 1) / 2.5
    assert found.coverage == pytest.approx(2 / 5)


def test_dimensions_without_an_answer_leave_the_overall_score() -> None:
    found = score(levels({"value.problem": 2, "base.eval": 1}), model(), policy(), NOW)
    assert found.overall == 42  # (0.20 * 50 + 0.10 * 25) / 0.30 = 41.67
    assert found.weakest == "base"


def test_i_dont_know_pulls_the_score_down_and_does_not_apply_does_not() -> None:
    known = levels({"data.access": 2})
    unknown = {**known, "data.owner": level("data.owner", None)}
    left_out = {**known, "data.owner": level("data.owner", None, not_applicable="bought tool")}
    assert [_dimension(given, "data") for given in (known, unknown, left_out)] == [50, 38, 50]


def test_what_does_not_apply_is_not_missing_from_coverage() -> None:
    items = [item.id for item in model().items()]
    given = levels(dict.fromkeys(items[1:], 2)) | {items[0]: level(items[0], None, not_applicable="no")}
    assert score(given, model(), policy(), NOW).coverage == 1.0


@pytest.mark.parametrize(("answered", "provisional"), [(3, True), (4, False)])
def test_a_dimension_is_provisional_below_four_fifths_answered(answered: int, provisional: bool) -> None:
    items = [item.id for item in model().items() if item.dimension == "value"]
    found = score(levels(dict.fromkeys(items[:answered], 2)), model(), policy(), NOW).dimension("value")
    assert found is not None
    assert found.provisional is provisional


def test_a_score_gets_no_name_while_too_little_is_answered() -> None:
    items = [item.id for item in model().items()]
    few, enough = levels(dict.fromkeys(items[:19], 2)), levels(dict.fromkeys(items[:20], 2))
    assert score(few, model(), policy(), NOW).band == ""
    assert score(enough, model(), policy(), NOW).band == "building"


@pytest.mark.parametrize(
    ("points", "name"),
    [
        *(
            (0, "starting"),
            (24, "starting"),
            (25, "early"),
            (49, "early"),
            (50, "building"),
            (69, "building"),
        ),
        *((70, "close"), (84, "close"), (85, "strong"), (100, "strong")),
    ],
)
def test_bands_start_where_they_say(points: int, name: str) -> None:
    assert band(points, 1.0, policy()) == name


# --- confidence ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claimed", "link", "age", "certain"),
    [
        (2, "", 0, 0.6),
        (2, "", 90, 0.3),
        (2, "", 180, 0.15),
        (3, LINK, 0, 0.85),
        (3, LINK, 90, 0.425),
        (3, LINK, 180, 0.15),  # the link no longer counts either
        (None, "", 0, 0.0),
    ],
)
def test_confidence_halves_with_every_half_life(
    claimed: int | None, link: str, age: int, certain: float
) -> None:
    assert _certain(level("data.access", claimed, link=link, days=age)) == pytest.approx(certain)


def test_nobody_is_confident_in_what_was_never_answered() -> None:
    item = model().item("data.access")
    assert item is not None
    assert confidence(None, item, policy(), NOW) == 0.0


@pytest.mark.parametrize(
    ("same", "days"),
    [
        (0, 0.0),  # said today
        (1, 0.0),  # confirmed once: as good as new
        (2, 15.0),  # every 30 days: 30 / 2
        (3, 22.5),  # (15 + 30) / 2
        (4, 26.25),  # (22.5 + 30) / 2
    ],
)
def test_from_the_second_unchanged_answer_on_only_half_the_age_goes(same: int, days: float) -> None:
    repeated = level("data.access", 2, changed_at=ago(30 * same), same=same)
    assert staleness(repeated, NOW) == pytest.approx(days)


def test_a_new_link_makes_a_repeated_answer_new() -> None:
    repeated = level("data.access", 3, changed_at=ago(120), same=4)
    assert staleness(replace(repeated, link=LINK, link_at=NOW, same=0), NOW) == 0.0


def test_an_agreeing_answer_without_sight_of_the_earlier_one_makes_it_new() -> None:
    repeated = level("data.access", 3, changed_at=ago(120), same=4)
    assert staleness(replace(repeated, fresh_at=NOW, same=0), NOW) == 0.0
    later = replace(repeated, changed_at=ago(400), fresh_at=ago(60), at=NOW, same=2)
    assert staleness(later, NOW) == pytest.approx(15)  # two confirmations, 30 days apart: half of the last 30


def test_an_answer_from_the_future_is_not_more_than_fresh() -> None:
    assert _certain(level("data.access", 2, days=-3)) == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("value", "word"), [(0.55, "solid"), (0.54, "fair"), (0.30, "fair"), (0.29, "stale")]
)
def test_confidence_has_a_word(value: float, word: str) -> None:
    assert sureness(value, policy()) == word


# --- gates --------------------------------------------------------------------------------------------------


def test_every_must_item_at_its_level_is_met_and_waits_for_its_reviewer() -> None:
    found = gate(everywhere(3), model(), policy(), stage="hardening", risk="high", now=NOW)
    assert found is not None
    assert not found.passed
    assert found.waiting == found.items
    assert (found.id, found.opens, found.met) == ("G3", "limited", 17)


@pytest.mark.parametrize(
    ("stage", "risk", "count"),
    [
        ("framed", "", 6),
        ("pilot", "", 8),
        ("hardening", "", 13),
        ("hardening", "high", 17),
        ("limited", "", 7),
    ],
)
def test_each_stage_has_its_next_gate(stage: str, risk: str, count: int) -> None:
    found = gate({}, model(), policy(), stage=stage, risk=risk, now=NOW)
    assert found is not None
    assert len(found.lacking) == count
    assert {item.lack for item in found.items} == {Lack.ANSWER}


@pytest.mark.parametrize("stage", ["production", "paused", "stopped", "retired"])
def test_no_gate_follows_the_last_stage_or_stands_beside_the_ladder(stage: str) -> None:
    assert gate({}, model(), policy(), stage=stage, risk="", now=NOW) is None


def test_a_low_risk_pilot_needs_less() -> None:
    low = gate(everywhere(2, link=""), model(), policy(), stage="hardening", risk="low", now=NOW)
    assert low is not None
    assert {item.id for item in low.items if item.met} == {"gov.audit", "gov.access"}


@pytest.mark.parametrize(
    ("changed", "lack"),
    [
        ({"level": 1}, Lack.LEVEL),
        ({"level": None}, Lack.KNOWLEDGE),
        ({"link": ""}, Lack.LINK),
        ({"link_at": ago(181)}, Lack.LINK),
        ({"at": ago(100), "link_at": ago(100)}, Lack.FRESHNESS),
        ({"level": None, "not_applicable": "never"}, Lack.ANSWER),
    ],
)
def test_a_gate_says_what_an_item_lacks(changed: dict[str, object], lack: Lack) -> None:
    good = level("data.access", 3, link=LINK)
    given = everywhere(3) | {"data.access": replace(good, **changed)}
    found = gate(given, model(), policy(), stage="hardening", risk="", now=NOW)
    assert found is not None
    assert [(item.id, item.lack) for item in found.lacking] == [("data.access", lack)]


def test_the_farthest_from_its_level_is_named_first() -> None:
    given = everywhere(3) | levels({"data.access": 2, "gov.security": 0, "gov.audit": 0})
    found = gate(given, model(), policy(), stage="hardening", risk="", now=NOW)
    assert found is not None
    assert [item.id for item in found.lacking] == ["gov.security", "gov.audit", "data.access"]


# --- what can never happen ----------------------------------------------------------------------------------

ITEMS = tuple(MATCHER)
GATED = ("framed", "pilot", "hardening", "limited")  # stages with a gate before them
claims = st.one_of(st.none(), st.integers(0, 4))


@st.composite
def an_item_level(draw: st.DrawFn, item: str) -> ItemLevel:
    changed, at = sorted((draw(st.integers(0, 400)), draw(st.integers(0, 400))), reverse=True)
    link = draw(st.sampled_from(["", LINK]))
    found = level(
        item, draw(claims), days=at, link=link, changed_at=ago(changed), same=draw(st.integers(0, 5))
    )
    left_out = draw(st.booleans()) and draw(st.booleans())
    return replace(found, level=None, not_applicable="no") if left_out else found


@st.composite
def some_levels(draw: st.DrawFn) -> dict[str, ItemLevel]:
    chosen = draw(st.lists(st.sampled_from(ITEMS), unique=True))
    return {item: draw(an_item_level(item)) for item in chosen}


@given(some_levels())
def test_scores_stay_within_their_bounds(given: dict[str, ItemLevel]) -> None:
    found = score(given, model(), policy(), NOW)
    points = [found.overall, found.claimed]
    points += [number for dimension in found.dimensions for number in (dimension.proven, dimension.claimed)]
    shares = [found.coverage, found.confidence]
    shares += [share for each in found.dimensions for share in (each.coverage, each.confidence)]
    assert all(number is None or 0 <= number <= 100 for number in points)
    assert all(0 <= share <= 1 for share in shares)
    assert all((each.proven or 0) <= (each.claimed or 0) for each in found.dimensions)


@given(some_levels(), st.randoms())
def test_the_order_of_items_is_irrelevant(given: dict[str, ItemLevel], random: object) -> None:
    shuffled = list(given.items())
    random.shuffle(shuffled)
    assert score(dict(shuffled), model(), policy(), NOW) == score(given, model(), policy(), NOW)


@st.composite
def levels_and_one(draw: st.DrawFn) -> tuple[dict[str, ItemLevel], str]:
    """Some levels, and an item that is among them."""
    item = draw(st.sampled_from(ITEMS))
    return {**draw(some_levels()), item: draw(an_item_level(item))}, item


@given(levels_and_one())
def test_more_proof_never_lowers_a_score_or_shuts_a_gate(known: tuple[dict[str, ItemLevel], str]) -> None:
    given, item = known
    proven = given | {item: replace(given[item], link=LINK, link_at=NOW)}
    assert _no_lower(given, proven)
    for stage in GATED:
        assert _met(given, stage) <= _met(proven, stage)


@given(levels_and_one())
def test_losing_a_link_never_raises_a_score_or_opens_a_gate(known: tuple[dict[str, ItemLevel], str]) -> None:
    given, item = known
    bare = given | {item: replace(given[item], link="", link_at=None)}
    assert _no_lower(bare, given)
    for stage in GATED:
        assert _met(bare, stage) <= _met(given, stage)


@given(levels_and_one())
def test_a_level_never_rises_by_losing_its_link(known: tuple[dict[str, ItemLevel], str]) -> None:
    """Nor by its going stale or dead: without, with an old, with a fresh one, in that order."""
    said = known[0][known[1]]
    links = (("", None), (LINK, ago(400)), (LINK, NOW))
    counts = [effective(replace(said, link=link, link_at=at), policy(), NOW) for link, at in links]
    assert all(count is None for count in counts) or counts == sorted(counts, key=lambda count: count or 0)
    assert counts[0] is None or counts[0] <= min(said.level or 0, PROOF_LEVEL - 1)


@given(levels_and_one())
def test_raising_a_level_never_lowers_a_score(known: tuple[dict[str, ItemLevel], str]) -> None:
    given, item = known
    if not given[item].not_applicable and (given[item].level or 0) < 4:
        raised = given | {item: replace(given[item], level=(given[item].level or 0) + 1)}
        assert _no_lower(given, raised)


@given(some_levels(), st.sampled_from(GATED))
def test_a_better_answer_never_shuts_a_gate(given: dict[str, ItemLevel], stage: str) -> None:
    best = given | everywhere(4)
    before = gate(given, model(), policy(), stage=stage, risk="high", now=NOW)
    after = gate(best, model(), policy(), stage=stage, risk="high", now=NOW)
    assert before is not None
    assert after is not None
    assert before.met <= after.met == len(after.items)


# --- shorthand ----------------------------------------------------------------------------------------------


def _met(given: dict[str, ItemLevel], stage: str) -> int:
    found = gate(given, model(), policy(), stage=stage, risk="high", now=NOW)
    assert found is not None
    return found.met


def _no_lower(before: dict[str, ItemLevel], after: dict[str, ItemLevel]) -> bool:
    lower, higher = (score(given, model(), policy(), NOW) for given in (before, after))
    pairs = [(lower.overall, higher.overall), (lower.claimed, higher.claimed)]
    pairs += [(a.proven, b.proven) for a, b in zip(lower.dimensions, higher.dimensions, strict=True)]
    return all((a or 0) <= (b or 0) for a, b in pairs) and lower.confidence <= higher.confidence + 1e-12


def _dimension(given: dict[str, ItemLevel], wanted: str) -> int | None:
    found = score(given, model(), policy(), NOW).dimension(wanted)
    return found.proven if found else None


def _certain(given: ItemLevel) -> float:
    item = model().item(given.item)
    assert item is not None
    return confidence(given, item, policy(), NOW)


def _lacks(item: str, *, stage: str) -> tuple[Lack, int]:
    found = gate(invoice_matcher(), model(), policy(), stage=stage, risk="", now=NOW)
    assert found is not None
    return next((each.lack, each.effective) for each in found.items if each.id == item)
