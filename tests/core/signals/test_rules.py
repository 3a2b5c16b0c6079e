"""Each signal fires, just does not fire, and is silent where grace or a pause mutes it: one line of the table each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.core.signals import RULES, Group, PilotFacts, Severity, Signal, signals
from bot.core.signals.facts import (
    Answering,
    Blocked,
    Deciding,
    Forecast,
    Level,
    Owned,
    Pace,
    Sponsored,
    Use,
)
from bot.core.signals.movement import sure_but_still
from tests.core.scenery import TODAY, day, policy

GOOD = PilotFacts(
    "pilot", day(120), TODAY, target=day(-60), confidence=0.5, created=day(150), original_target=day(-60)
)
LATE = replace(GOOD, stage_since=day(13))  # a stage just entered
STILL = Pace(60, answered=4, reviewed=1, low=40, high=42, moved=False, watched_days=60)
DATA = Blocked("Data: access, quality or permission", 3, "R. Lindqvist", day(20))
NOBODY = Owned(known=False, accepted=False)


def level(effective: int, days: int = 200, *, claimed: int | None = None, name: str = "An item") -> Level:
    return Level(name, effective, effective if claimed is None else claimed, day(days))


def levels(**found: Level) -> Mapping[str, Level]:
    return {name.replace("_", ".", 1): one for name, one in found.items()}


def bare(proven: int, without: int) -> Mapping[str, Level]:
    kinds = [level(3)] * proven + [level(2, claimed=3)] * without
    return {f"data.{number}": one for number, one in enumerate(kinds)}


HIGH, MEDIUM, LOW, CRITICAL = Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.CRITICAL
CASES = [
    # P02: every condition alone is enough to keep it silent
    ("P02", replace(GOOD, pace=STILL), HIGH),
    ("P02", replace(GOOD, pace=replace(STILL, high=43)), None),
    ("P02", replace(GOOD, pace=replace(STILL, answered=3)), None),
    ("P02", replace(GOOD, pace=replace(STILL, reviewed=0)), None),
    ("P02", replace(GOOD, pace=replace(STILL, moved=True)), None),
    ("P02", replace(GOOD, pace=replace(STILL, watched_days=59)), None),
    ("P02", replace(GOOD, pace=STILL, stage_since=day(59)), None),
    ("P02", replace(GOOD, pace=STILL, paused=True), None),
    ("P02", replace(GOOD, pace=STILL, stage="production"), None),
    # P03: by the number of moves, or by the drift against the first plan of 210 days
    ("P03", replace(GOOD, slips=1), None),
    ("P03", replace(GOOD, slips=2), MEDIUM),
    ("P03", replace(GOOD, slips=3), HIGH),
    ("P03", replace(GOOD, target=day(-165)), None),  # 105 days of 210 are not more than half
    ("P03", replace(GOOD, target=day(-166)), HIGH),
    ("P03", replace(LATE, slips=3), None),
    ("P03", replace(GOOD, slips=3, paused=True), None),
    # P05
    ("P05", replace(GOOD, blocked=replace(DATA, run=2)), None),
    ("P05", replace(GOOD, blocked=DATA), MEDIUM),
    ("P05", replace(GOOD, blocked=replace(DATA, run=4)), MEDIUM),
    ("P05", replace(GOOD, blocked=replace(DATA, run=5)), HIGH),
    ("P05", replace(GOOD, blocked=replace(DATA, run=1, waiting_days=14)), None),
    ("P05", replace(GOOD, blocked=replace(DATA, run=1, waiting_days=15)), HIGH),
    ("P05", replace(LATE, blocked=replace(DATA, run=9)), None),
    ("P05", replace(GOOD, blocked=replace(DATA, run=9), paused=True), None),
    # P06
    ("P06", replace(GOOD, owned=NOBODY, stage_since=day(14)), None),
    ("P06", replace(GOOD, owned=NOBODY, stage_since=day(15)), CRITICAL),
    ("P06", replace(GOOD, owned=Owned(known=True, accepted=False)), CRITICAL),
    ("P06", replace(GOOD, owned=Owned(known=True, accepted=False, since=day(14))), None),
    ("P06", replace(GOOD, owned=Owned(known=True, accepted=True, is_builder=True)), CRITICAL),
    ("P06", replace(GOOD, owned=Owned(known=True, accepted=True)), None),
    ("P06", replace(GOOD, owned=Owned(known=True, accepted=True, left=True, since=TODAY)), CRITICAL),
    ("P06", replace(GOOD, owned=NOBODY, stage="framed"), None),
    ("P06", replace(GOOD, owned=NOBODY, paused=True), None),
    # P07
    ("P07", replace(GOOD, sponsored=Sponsored(known=False), stage_since=day(30)), None),
    ("P07", replace(GOOD, sponsored=Sponsored(known=False), stage_since=day(31)), HIGH),
    ("P07", replace(GOOD, sponsored=Sponsored(known=True, acted=day(45))), None),
    ("P07", replace(GOOD, sponsored=Sponsored(known=True, acted=day(46))), HIGH),
    ("P07", replace(GOOD, sponsored=Sponsored(known=True)), HIGH),  # never, in 120 days
    (
        "P07",
        replace(GOOD, sponsored=Sponsored(known=True, acted=day(1)), levels=levels(team_sponsor=level(1))),
        HIGH,
    ),
    (
        "P07",
        replace(GOOD, sponsored=Sponsored(known=True, acted=day(1)), levels=levels(team_sponsor=level(2))),
        None,
    ),
    ("P07", replace(GOOD, sponsored=Sponsored(known=True), paused=True), None),
    ("P07", replace(GOOD, sponsored=Sponsored(known=True), stage="production"), None),
    # P08
    ("P08", replace(GOOD, levels=levels(flow_review=level(1, 60))), None),
    ("P08", replace(GOOD, levels=levels(flow_review=level(1, 61))), HIGH),
    ("P08", replace(GOOD, levels=levels(flow_review=level(2, 61))), MEDIUM),
    ("P08", replace(GOOD, levels=levels(flow_review=level(3, 61))), None),
    ("P08", replace(GOOD, levels=levels(flow_review=level(1)), stage_since=day(60)), None),
    ("P08", replace(GOOD, levels=levels(flow_review=level(1)), checks_all=True), None),
    ("P08", replace(GOOD, stage="limited", live_checks=True), MEDIUM),
    ("P08", replace(GOOD, levels=levels(flow_review=level(1)), paused=True), None),
    # P09
    ("P09", replace(GOOD, use=Use(19, 100)), MEDIUM),
    ("P09", replace(GOOD, use=Use(20, 100)), None),
    ("P09", replace(GOOD, use=Use(19, 100, before=16)), MEDIUM),  # up by less than a fifth
    ("P09", replace(GOOD, use=Use(19, 100, before=15)), None),
    ("P09", replace(GOOD, use=Use(0, 100, before=0)), MEDIUM),
    ("P09", replace(GOOD, use=Use(49, 100), stage="limited"), HIGH),
    ("P09", replace(GOOD, use=Use(50, 100), stage="limited"), None),
    ("P09", replace(GOOD, use=Use(5)), None),  # nobody said how many are meant
    ("P09", replace(GOOD, use=Use(90, 100, outside=0)), MEDIUM),
    ("P09", replace(GOOD, use=Use(1, 100), stage_since=day(60)), None),
    ("P09", replace(GOOD, use=Use(1, 100), paused=True), None),
    # P11
    ("P11", replace(GOOD, levels=levels(value_baseline=level(1, 30))), None),
    ("P11", replace(GOOD, levels=levels(value_baseline=level(1, 31))), HIGH),
    ("P11", replace(GOOD, levels=levels(value_baseline=level(2))), None),
    ("P11", replace(GOOD, levels=levels(value_baseline=level(0)), stage="framed"), None),
    ("P11", replace(GOOD, levels=levels(value_baseline=level(0)), paused=True), None),
    # P12
    ("P12", replace(GOOD, levels=bare(1, 2)), None),  # three claims are too few
    ("P12", replace(GOOD, levels=bare(2, 2)), None),  # half is not more than half
    ("P12", replace(GOOD, levels=bare(2, 3)), MEDIUM),
    ("P12", replace(GOOD, levels=bare(0, 9), paused=True), None),
    # P13
    ("P13", replace(GOOD, levels=levels(base_env=level(1)), stage_since=day(75)), None),
    ("P13", replace(GOOD, levels=levels(base_env=level(1)), stage_since=day(76)), HIGH),
    ("P13", replace(GOOD, levels=levels(base_env=level(2))), None),
    ("P13", replace(GOOD, levels=levels(base_env=level(1)), stage="limited"), None),
    ("P13", replace(GOOD, levels=levels(base_env=level(1)), paused=True), None),
    # P14
    ("P14", replace(GOOD, levels=levels(gov_security=level(1)), target=day(-45)), None),
    ("P14", replace(GOOD, levels=levels(gov_security=level(1)), target=day(-44)), HIGH),
    ("P14", replace(GOOD, levels=levels(gov_security=level(2)), target=day(-44)), None),
    ("P14", replace(GOOD, levels=levels(data_rights=level(0)), stage="hardening", target=None), HIGH),
    ("P14", replace(GOOD, levels=levels(gov_risk=level(0)), stage="limited", target=day(-9)), None),
    ("P14", replace(GOOD, levels=levels(gov_security=level(1)), target=day(-9), paused=True), None),
    # P15
    ("P15", replace(GOOD, deciding=Deciding(day(7))), None),
    ("P15", replace(GOOD, deciding=Deciding(day(8))), CRITICAL),
    ("P15", replace(GOOD, deciding=Deciding(day(8), decided=True)), None),
    ("P15", replace(GOOD, deciding=Deciding(day(-30), extensions=1)), None),
    ("P15", replace(GOOD, deciding=Deciding(day(-30), extensions=2)), HIGH),
    ("P15", replace(GOOD, deciding=Deciding(None, extensions=2)), HIGH),
    ("P15", replace(GOOD, deciding=Deciding(day(90)), paused=True), None),
    # P16
    ("P16", replace(GOOD, measure_changes=1), None),
    ("P16", replace(GOOD, measure_changes=1, results=True), MEDIUM),
    ("P16", replace(GOOD, measure_changes=2), HIGH),
    ("P16", replace(GOOD, measure_changes=2, paused=True), None),
    # P17
    ("P17", replace(GOOD, answering=Answering(same=(0.9, 1.0, 0.95, 0.1))), LOW),
    ("P17", replace(GOOD, answering=Answering(same=(0.9, 1.0, 0.89))), None),
    ("P17", replace(GOOD, answering=Answering(same=(1.0, 1.0))), None),
    ("P17", replace(GOOD, answering=Answering(one_level=True)), LOW),
    ("P17", replace(GOOD, answering=Answering(seconds=2.9)), LOW),
    ("P17", replace(GOOD, answering=Answering(seconds=3.0)), None),
    ("P17", replace(GOOD, answering=Answering(off=2)), LOW),
    ("P17", replace(GOOD, answering=Answering(off=1)), None),
    ("P17", replace(GOOD, answering=Answering(one_level=True), paused=True), None),
]


@pytest.mark.parametrize(("name", "facts", "severity"), CASES)
def test_a_signal_fires_from_its_threshold_on(
    name: str, facts: PilotFacts, severity: Severity | None
) -> None:
    found = RULES[name](facts, policy())
    assert (found and found.severity) == severity


def test_the_table_has_each_signal_firing_just_not_firing_and_paused() -> None:
    elsewhere = {"P01", "P04", "P10"}  # tests/core/test_signals.py
    for name in set(RULES) - elsewhere:
        mine = [(facts, severity) for case, facts, severity in CASES if case == name]
        assert any(severity for _, severity in mine), name
        assert any(severity is None and not facts.paused for facts, severity in mine), name
        assert any(severity is None and facts.paused for facts, severity in mine), name


def test_nothing_known_fires_nothing() -> None:
    assert signals(GOOD, policy()) == ()


def test_every_signal_says_what_is_so_what_to_do_and_how_it_was_found() -> None:
    fired = [RULES[name](facts, policy()) for name, facts, severity in CASES if severity]
    for found in fired:
        assert found
        assert found.text.endswith(".")
        assert found.action.endswith((".", "?"))
        assert found.formula
        assert len(found.text) <= 120
        assert not {"fail", "fault", "blame"} & set(found.text.lower().split())


# --- P18: what the owner says, against what the others found -------------------------------------------------

SURE = Forecast(sure=(0.7, 0.9, 0.7), word="Likely")
OLD = Signal("P01", "Old", HIGH, Group.TIME, "In Pilot long.", "Act.")


@pytest.mark.parametrize(
    ("forecast", "others", "fires"),
    [
        (SURE, [OLD], True),
        (SURE, [replace(OLD, id="P03")], True),
        (SURE, [replace(OLD, id="P02")], True),
        (SURE, [replace(OLD, severity=MEDIUM)], False),
        (SURE, [replace(OLD, id="P07")], False),
        (SURE, [], False),
        (replace(SURE, sure=(0.7, 0.9)), [OLD], False),
        (replace(SURE, sure=(0.7, 0.9, 0.5)), [OLD], False),
        (replace(SURE, sure=(), less_hopeful=1), [], False),
        (replace(SURE, sure=(), less_hopeful=2), [], True),
        (Forecast(brier=0.36, resolved=5), [], True),
        (Forecast(brier=0.36, resolved=4), [], False),
        (Forecast(brier=0.35, resolved=5), [], False),
    ],
)
def test_a_sure_owner_is_asked_to_talk_where_the_data_disagrees(
    forecast: Forecast, others: list[Signal], fires: bool
) -> None:
    assert (sure_but_still(replace(GOOD, forecast=forecast), policy(), others) is not None) is fires


def test_grace_and_pause_mute_the_doubt() -> None:
    for facts in (replace(LATE, forecast=SURE), replace(GOOD, forecast=SURE, paused=True)):
        assert sure_but_still(facts, policy(), [OLD]) is None


# --- how they read ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "facts", "text"),
    [
        (
            "P01",
            replace(GOOD, stage_since=day(161), median=84),
            "In Pilot for 161 days; half of our pilots leave it by day 84.",
        ),
        (
            "P02",
            replace(GOOD, pace=STILL),
            "Nothing changed level in 60 days although 4 check-ins were answered.",
        ),
        (
            "P03",
            replace(GOOD, slips=3, target=day(-178)),
            "The date for real use moved 3 times, 118 days in all.",
        ),
        (
            "P05",
            replace(GOOD, blocked=DATA),
            "Blocked by Data: access, quality or permission for 3 check-ins; R. Lindqvist was asked on 11 Mar.",
        ),
        (
            "P05",
            replace(GOOD, blocked=replace(DATA, label="Security review", waiting_days=20)),
            "Blocked by Security review for 3 check-ins; R. Lindqvist was asked on 11 Mar, with no answer.",
        ),
        (
            "P05",
            replace(GOOD, blocked=replace(DATA, who="", asked_on=None)),
            "Blocked by Data: access, quality or permission for 3 check-ins.",
        ),
        ("P06", replace(GOOD, owned=NOBODY), "No business owner 120 days into Pilot."),
        (
            "P07",
            replace(GOOD, sponsored=Sponsored(known=True, name="J. Meyer", acted=day(60))),
            "No sign from J. Meyer since 30 Jan.",
        ),
        (
            "P08",
            replace(GOOD, levels=levels(flow_review=level(1, 90))),
            "All outputs are still checked by hand after 90 days.",
        ),
        (
            "P09",
            replace(GOOD, use=Use(3, 40, outside=0)),
            "3 of 40 intended users used it; none outside the pilot team.",
        ),
        (
            "P11",
            replace(GOOD, metric="Minutes an invoice", levels=levels(value_baseline=level(1))),
            "No starting value for Minutes an invoice: success cannot be shown.",
        ),
        ("P12", replace(GOOD, levels=bare(2, 3)), "3 of 5 high answers have no proof."),
        (
            "P14",
            replace(GOOD, target=day(-20), levels=levels(gov_security=level(1, name="Security review"))),
            "Launch in 20 days; Security review not started.",
        ),
        ("P15", replace(GOOD, deciding=Deciding(day(9))), "A decision was due on 22 Mar; nobody decided."),
    ],
)
def test_a_signal_reads_as_a_fact(name: str, facts: PilotFacts, text: str) -> None:
    found = RULES[name](facts, policy())
    assert found
    assert found.text == text
