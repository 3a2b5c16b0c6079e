"""The weekly digest: its order, its length, and what never stands in it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.card import Button, Heading, spoken
from bot.core.compose.digest import (
    NOTHING,
    DigestView,
    Due,
    Moved,
    Quiet,
    SharedBlocker,
    Stuck,
    Waits,
    digest,
    headcount,
    word_count,
)
from bot.core.signals import PilotFacts, Signal, signals
from bot.core.signals.portfolio import PortfolioFacts, portfolio_signals
from bot.core.tokens import decode
from tests.core.golden import drawn, same_as
from tests.core.scenery import policy

TUESDAY = date(2026, 11, 17)
LIMITS = policy().digest


def ago(days: int) -> date:
    return TUESDAY - timedelta(days=days)


def found(days: int, *, silent: int = 0) -> tuple[Signal, ...]:
    """The signals of a pilot that has been in Pilot for so long without a date."""
    facts = PilotFacts("pilot", ago(days), TUESDAY, missed=min(silent, 4), streak=silent, confidence=0.5)
    return signals(facts, policy())


BUSY = DigestView(
    today=TUESDAY,
    open=14,
    live=3,
    decided=2,
    stuck_before=3,
    due=(
        Due(2, "HR policy helper", ago(0)),
        Due(1, "Invoice matcher", ago(9), "Dana Okafor"),
    ),
    stuck=(
        Stuck(3, "Claims triage", found(190), ago(5)),
        Stuck(4, "Demand forecast", found(200, silent=3), ago(33)),
        Stuck(5, "Tender writer", found(400), ago(60)),
        Stuck(6, "Meeting minutes", found(185), ago(1)),
    ),
    moved=(
        Moved(8, "Contract summary", before=58, after=71, because="Rollback"),
        Moved(7, "Call notes", stage="limited"),
    ),
    quiet=(Quiet(4, "Demand forecast", 3),),
)
SECURITY = SharedBlocker(
    "Security review",
    (Waits(1, "Invoice matcher", ago(52)), Waits(4, "Demand forecast", ago(28)), Waits(9, "Chat", ago(1))),
    "Sofia Marin",
)
TOGETHER = portfolio_signals(
    PortfolioFacts(entered=2, stopped=0, old=20, ages=(40, 52, 61, 70), started=6, left=1, pilots=22),
    policy(),
)
NOTHING_AT_ALL = DigestView(TUESDAY, open=5, live=1, stuck_before=0)


def test_a_busy_week_reads_in_the_order_of_the_brief() -> None:
    whole = digest(BUSY, LIMITS)
    same_as("digest_busy", drawn(whole.channel, *whole.thread))
    headings = [block.text for block in whole.channel.body if isinstance(block, Heading)]
    assert headings == ["Decide this week", "Stuck", "Moved"]


def test_a_week_without_a_decision_is_three_lines() -> None:
    quiet = replace(NOTHING_AT_ALL, moved=BUSY.moved, quiet=BUSY.quiet)
    whole = digest(quiet, LIMITS)
    same_as("digest_calm", drawn(whole.channel, *whole.thread))
    assert len(spoken(whole.channel.body).splitlines()) == 3


def test_what_holds_up_many_is_one_line_and_its_pilots_stand_in_the_thread() -> None:
    whole = digest(replace(BUSY, shared=(SECURITY,), together=TOGETHER), LIMITS)
    same_as("digest_shared", drawn(whole.channel, *whole.thread))
    lines = spoken(whole.channel.body).splitlines()
    assert (
        "Shared blocker: Security review: 3 pilots wait, oldest 52 days. Sofia Marin can clear it." in lines
    )
    assert word_count(whole.channel) <= LIMITS.words
    assert [card.title for card in whole.thread][-1] == "All pilots together"


def test_a_shared_blocker_that_nobody_can_clear_says_so() -> None:
    whole = digest(replace(BUSY, shared=(replace(SECURITY, who=""),)), LIMITS)
    assert "oldest 52 days. Nobody is named who can clear it." in spoken(whole.channel.body)


def test_a_calm_week_names_the_shared_blocker_in_its_third_line() -> None:
    whole = digest(replace(NOTHING_AT_ALL, shared=(SECURITY,)), LIMITS)
    assert spoken(whole.channel.body).splitlines()[2:] == ["Shared blocker: Security review."]
    assert [card.title for card in whole.thread] == ["Shared blocker: Security review"]


def test_a_week_in_which_nothing_happened_says_so() -> None:
    assert spoken(digest(NOTHING_AT_ALL, LIMITS).channel.body).splitlines() == [
        "5 open · 1 live · 0 stuck · 0 decided",
        "Nothing needs a decision this week.",
        "No pilot is stuck, and none is quiet.",
    ]


def test_a_week_in_which_nothing_happened_has_no_thread() -> None:
    assert digest(NOTHING_AT_ALL, LIMITS).thread == ()


def test_without_a_decision_the_stuck_are_still_named() -> None:
    lines = spoken(digest(replace(BUSY, due=()), LIMITS).channel.body).splitlines()
    assert lines[1:3] == [NOTHING, "Stuck"]


# --- headline -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "headline"),
    [
        (None, "14 open · 3 live · 4 stuck · 2 decided"),  # the first digest has nothing to compare with
        (4, "14 open · 3 live · 4 stuck · 2 decided"),
        (3, "14 open · 3 live · 4 stuck (+1) · 2 decided"),
        (6, "14 open · 3 live · 4 stuck (-2) · 2 decided"),
    ],
)
def test_the_headline_counts_and_compares(before: int | None, headline: str) -> None:
    channel = digest(replace(BUSY, stuck_before=before), LIMITS).channel
    assert spoken(channel.body).splitlines()[0] == headline


def test_the_title_names_the_week_by_its_monday_and_the_group() -> None:
    assert digest(BUSY, LIMITS).channel.title == "AI pilots, week of 16 Nov"
    assert (
        digest(replace(BUSY, about="Finance"), LIMITS).channel.title == "AI pilots, Finance, week of 16 Nov"
    )


def test_open_are_those_on_the_way_and_live_those_with_users() -> None:
    stages = ["idea", "framed", "pilot", "hardening", "paused", "limited", "production", "stopped", "retired"]
    assert headcount(stages) == (5, 2)


# --- sections -----------------------------------------------------------------------------------------------


def test_the_longest_overdue_decision_comes_first() -> None:
    lines = _lines(BUSY)
    start = lines.index("Decide this week")
    assert lines[start + 1 : start + 3] == [
        "Invoice matcher: scale, fix or stop, due 9 days ago, decider Dana Okafor.",
        "HR policy helper: scale, fix or stop, due today, nobody is named to decide.",
    ]


def test_the_newly_stuck_come_first_and_the_rest_are_counted() -> None:
    lines = _lines(BUSY)
    start = lines.index("Stuck")
    assert [line.partition(":")[0] for line in lines[start + 1 : start + 4]] == [
        "Meeting minutes",
        "Claims triage",
        "Demand forecast",
    ]
    assert lines[start + 4] == "1 more in the thread"


def test_a_stuck_pilot_has_one_fact_and_one_next_step() -> None:
    fact = "In Pilot for 190 days; 90 are usual."
    assert f"Claims triage: {fact} Decide to scale, fix or stop it." in _lines(BUSY)


@pytest.mark.parametrize(
    ("moved", "line"),
    [
        (Moved(1, "Call notes", stage="production"), "Call notes is in production."),
        (Moved(1, "Call notes", stage="limited"), "Call notes went live for its first users."),
        (Moved(1, "Call notes", stage="hardening"), "Call notes moved on to Hardening."),
        (Moved(1, "Call notes", before=58, after=71), "Call notes: readiness 58 to 71."),
        (
            Moved(1, "Call notes", before=58, after=71, because="Rollback"),
            "Call notes: readiness 58 to 71, with proof for rollback.",
        ),
    ],
)
def test_honest_work_is_noticed(moved: Moved, line: str) -> None:
    assert line in _lines(replace(BUSY, moved=(moved,)))


@pytest.mark.parametrize(
    ("quiet", "line"),
    [
        ((Quiet(1, "A", 3),), "Quiet: 1 pilot, no answer to 3 check-ins."),
        ((Quiet(1, "A", 5), Quiet(2, "B", 3)), "Quiet: 2 pilots, no answer to 3 check-ins or more."),
    ],
)
def test_the_quiet_are_counted_not_named_in_the_channel(quiet: tuple[Quiet, ...], line: str) -> None:
    assert line in _lines(replace(BUSY, quiet=quiet))


def test_the_thread_holds_what_the_channel_left_out() -> None:
    whole = digest(BUSY, LIMITS)
    assert [card.title for card in whole.thread] == ["Stuck: 4 pilots", "Quiet: 1 pilot"]
    details = whole.thread[0].fallback
    assert all(stuck.name in details for stuck in BUSY.stuck)
    assert all(signal.text in details for stuck in BUSY.stuck for signal in stuck.signals)


def test_every_pilot_named_has_a_button() -> None:
    whole = digest(BUSY, LIMITS)
    found = [decode(action.token) for action in whole.channel.actions if isinstance(action, Button)]
    assert [(token.verb, token.id) for token in found if token and token.verb != "run"] == [
        ("decide", 1),
        ("decide", 2),
        ("status", 6),
        ("status", 3),
        ("status", 4),
    ]


# --- what never happens -------------------------------------------------------------------------------------


def test_no_line_below_the_headline_has_more_than_two_numbers() -> None:
    for line in _lines(BUSY)[1:]:
        assert len(re.findall(r"\d+", line)) <= 2, line


def test_the_fallback_says_all_that_the_card_shows() -> None:
    whole = digest(BUSY, LIMITS)
    for card in (whole.channel, *whole.thread):
        assert card.fallback == f"{card.title}\n{spoken(card.body)}"


def test_words_are_counted_as_a_reader_reads_them() -> None:
    assert word_count(digest(NOTHING_AT_ALL, LIMITS).channel) == 28


names = st.text(st.sampled_from("ab Ü-"), min_size=1, max_size=120)
days = st.integers(0, 900).map(ago)


@st.composite
def weeks(draw: st.DrawFn) -> DigestView:
    """Any week, however bad, with any names."""
    due = st.builds(Due, st.integers(1, 99), names, days, names)
    stuck = st.builds(Stuck, st.integers(1, 99), names, st.just(found(190, silent=5)), st.none() | days)
    moved = st.builds(Moved, st.integers(1, 99), names, st.just("limited"))
    quiet = st.builds(Quiet, st.integers(1, 99), names, st.integers(3, 50))
    return DigestView(
        TUESDAY,
        draw(st.integers(0, 10_000)),
        draw(st.integers(0, 10_000)),
        stuck_before=draw(st.none() | st.integers(0, 9)),
        due=tuple(draw(st.lists(due, max_size=5))),
        stuck=tuple(draw(st.lists(stuck, max_size=5))),
        moved=tuple(draw(st.lists(moved, max_size=5))),
        quiet=tuple(draw(st.lists(quiet, max_size=5))),
        about=draw(st.just("") | names),
    )


@given(weeks())
def test_the_channel_is_read_in_under_a_minute(week: DigestView) -> None:
    assert word_count(digest(week, LIMITS).channel) <= LIMITS.words


@given(weeks())
def test_no_stuck_pilot_is_lost_between_channel_and_thread(week: DigestView) -> None:
    whole = digest(week, LIMITS)
    stuck = [card for card in whole.thread if card.title.startswith("Stuck")]
    assert len(stuck) == bool(week.stuck)
    if stuck:
        assert stuck[0].fallback.count("Next step:") == len(week.stuck)


@given(weeks())
def test_the_order_in_which_pilots_come_makes_no_difference(week: DigestView) -> None:
    turned = replace(week, due=week.due[::-1], moved=week.moved[::-1], quiet=week.quiet[::-1])
    assert word_count(digest(turned, LIMITS).channel) == word_count(digest(week, LIMITS).channel)


# --- shorthand ----------------------------------------------------------------------------------------------


def _lines(view: DigestView) -> list[str]:
    return spoken(digest(view, LIMITS).channel.body).splitlines()
