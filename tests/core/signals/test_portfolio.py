"""The four portfolio signals: from which number on each is on, and how it reads."""

from __future__ import annotations

import pytest

from bot.core.signals.portfolio import PortfolioFacts, Shared, portfolio_signals
from tests.core.scenery import policy

SECURITY = Shared("security", "Security review", 3, 2)
RISING = [80.0, 85.0, 90.0, 95.0]


@pytest.mark.parametrize(
    ("facts", "on"),
    [
        (PortfolioFacts(), []),
        (PortfolioFacts(entered=48, stopped=52), []),
        (PortfolioFacts(entered=47, stopped=53), ["PF1"]),
        (PortfolioFacts(entered=0, stopped=1), ["PF1"]),
        (PortfolioFacts(ages=RISING, started=3, left=2), ["PF2"]),
        (PortfolioFacts(ages=RISING, started=2, left=2), []),
        (PortfolioFacts(ages=RISING[1:], started=3, left=2), []),  # three month-ends are two rises
        (PortfolioFacts(ages=[80, 85, 85, 95], started=3, left=2), []),
        (PortfolioFacts(blockers=[SECURITY], open=40), ["PF3"]),
        (PortfolioFacts(blockers=[Shared("money", "Money", 3, 1)], open=40), []),
        (PortfolioFacts(blockers=[Shared("money", "Money", 2, 2)], open=7), []),
        (PortfolioFacts(blockers=[Shared("money", "Money", 2, 2)], open=6), ["PF3"]),
        (
            PortfolioFacts(blockers=[Shared("money", "Money", 1, 2)], open=1),
            [],
        ),  # one pilot shares with nobody
        (PortfolioFacts(blockers=[SECURITY, Shared("data", "Data", 9, 3)], open=40), ["PF3", "PF3"]),
        (PortfolioFacts(pilots=7), []),
        (PortfolioFacts(pilots=8), ["PF4"]),
        (PortfolioFacts(pilots=8, stopped=1, entered=1), []),
    ],
)
def test_a_portfolio_signal_is_on_from_its_threshold(facts: PortfolioFacts, on: list[str]) -> None:
    assert [signal.id for signal in portfolio_signals(facts, policy())] == on


def test_conversion_is_a_remark_below_average_and_strong_at_the_poor_end() -> None:
    def strong(entered: int) -> bool:
        return portfolio_signals(PortfolioFacts(entered=entered, stopped=100 - entered), policy())[0].strong

    assert not strong(12)
    assert strong(11)


def test_they_read_as_facts_with_an_act() -> None:
    facts = PortfolioFacts(
        entered=1, stopped=0, old=9, ages=RISING, started=5, left=1, blockers=[SECURITY], pilots=14
    )
    found = portfolio_signals(facts, policy())
    assert [signal.text for signal in found] == [
        "1 of 10 that ended or are over a year in Pilot reached production in 12 months.",
        "Half of those in Pilot have been there for over 95 days, up from 80; 5 came in, 1 left.",
        "Security review: 3 pilots wait.",
        "No pilot of 14 was stopped in 12 months.",
    ]
    assert all(signal.action.endswith(".") for signal in found)
