"""The digest around a decision: the suggestion in a line, what was decided, and the line that is amended later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.core.card import Button, Card, Heading, Paragraph, bold, say, spoken
from bot.core.compose.digest import DigestView, Due, Ruled, Stuck, amended, digest, word_count
from bot.core.tokens import decode
from tests.core.scenery import policy

TUESDAY = date(2026, 11, 17)
LIMITS = policy().digest
BECAUSE = (
    "there are numbers, but no fair comparison yet",
    "3 items missing at the next gate (rollback first)",
)
MATCHER = Due(1, "Invoice matcher", TUESDAY - timedelta(days=9), "Dana Okafor", "Fix", BECAUSE)
STUCK = Due(2, "Claims triage", None, "", "Stop", ("no result has been measured",), stuck_days=16)
VIEW = DigestView(TUESDAY, open=5, live=1, due=(STUCK, MATCHER), stuck=(Stuck(2, "Claims triage", ()),))


def lines(view: DigestView) -> list[str]:
    return spoken(digest(view, LIMITS).channel.body).splitlines()


def test_a_decision_comes_with_what_the_data_suggests_and_its_two_strongest_reasons() -> None:
    matcher, triage = lines(VIEW)[2:4]
    asked, suggested = matcher.split(" Data suggests ")
    assert asked == "Invoice matcher: scale, fix or stop, due 9 days ago, decider Dana Okafor."
    assert suggested == f"Fix: {BECAUSE[0]}, {BECAUSE[1]}."
    asked, suggested = triage.split(" Data suggests ")
    assert asked == "Claims triage: scale, fix or stop, stuck for 16 days, nobody is named to decide."
    assert suggested == "Stop: no result has been measured."


def test_reasons_give_way_before_a_decision_does() -> None:
    due = tuple(replace(MATCHER, pilot=number, name=f"Pilot number {number}") for number in range(1, 4))
    whole = digest(replace(VIEW, due=due, stuck=()), replace(LIMITS, words=75)).channel
    assert word_count(whole) <= 75
    assert whole.fallback.count("Data suggests Fix.") == 3


def test_each_decision_has_a_button_that_opens_it_and_is_not_listed_twice() -> None:
    buttons = [decode(one.token) for one in digest(VIEW, LIMITS).channel.actions if isinstance(one, Button)]
    assert [(token.verb, token.id) for token in buttons if token] == [
        ("decide", 1),
        ("decide", 2),
        ("run", 0),
    ]
    assert {date.fromordinal(token.step) for token in buttons if token and token.step} == {TUESDAY}


def test_what_was_decided_and_what_was_learned_is_told() -> None:
    ruled = (
        Ruled(3, "Call notes", "Scale, decided on again by 3 Feb", "Dana Okafor"),
        Ruled(4, "Tender writer", "Stop", "Grace Glide", "Vendor data terms. Reusable: test set."),
    )
    found = lines(replace(VIEW, ruled=ruled))
    assert found[found.index("Decided") + 1 :] == [
        "Call notes: Scale, decided on again by 3 Feb (Dana Okafor).",
        "Learned",
        "Tender writer (stop): Vendor data terms. Reusable: test set.",
    ]


def test_a_calm_week_tells_what_was_decided_in_its_third_line() -> None:
    calm = DigestView(
        TUESDAY, open=5, live=1, decided=1, ruled=(Ruled(4, "Tender writer", "Stop", "Grace", "Terms."),)
    )
    assert lines(calm) == [
        "5 open · 1 live · 0 stuck · 1 decided",
        "Nothing needs a decision this week.",
        "Decided: Tender writer (Stop).",
    ]


# --- amended --------------------------------------------------------------------------------------------------------


def test_a_posted_digest_says_what_was_decided_since_and_nothing_else_changes() -> None:
    posted = digest(VIEW, LIMITS).channel
    after = amended(posted, 1, "Invoice matcher", "Fix by 5 Jan 2027", "Lena Landing")
    assert after is not None
    before, now = spoken(posted.body).splitlines(), spoken(after.body).splitlines()
    assert now[2] == "Invoice matcher: decided, Fix by 5 Jan 2027 (Lena Landing)."
    assert [*now[:2], *now[3:]] == [*before[:2], *before[3:]]
    assert after.fallback == f"{after.title}\n{spoken(after.body)}"
    assert [action.label for action in after.actions] == [
        "Invoice matcher",
        "Decide: Claims triage",
        "All pilots",
    ]


def test_both_decisions_of_a_digest_can_be_made() -> None:
    card: Card | None = digest(VIEW, LIMITS).channel
    for pilot, name in ((1, "Invoice matcher"), (2, "Claims triage")):
        assert card is not None
        card = amended(card, pilot, name, "Stop", "Lena")
    assert card is not None
    assert card.fallback.count("decided, Stop (Lena).") == 2


@pytest.mark.parametrize("heading", ["Stuck", "Moved"])
def test_what_is_not_asked_for_is_left_alone(heading: str) -> None:
    line: Paragraph = say(bold("Invoice matcher"), ": readiness 58 to 71.")
    card = Card("AI pilots", "x", body=(Heading(heading), line))
    assert amended(card, 1, "Invoice matcher", "Stop", "Lena") is None
