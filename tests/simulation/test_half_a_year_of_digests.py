"""Golden digests: a portfolio from a seed lives half a year through the real engine, and every week is read."""

from __future__ import annotations

from pathlib import Path

from bot.content.loader import load
from bot.service import digest
from bot.service.work import Work
from bot.settings import QUESTIONNAIRES
from bot.simulation import running
from bot.storage import migrate, open_store
from tests.core.golden import drawn, same_as

PILOTS, WEEKS, SEED = 3, 26, 4  # two that move and one that gets stuck: seconds, not minutes


def test_the_digests_of_a_seeded_portfolio_over_26_weeks(tmp_path: Path) -> None:
    """A changed word, a signal that fires a week earlier or a decision that is lost shows in its week."""
    url = f"sqlite:///{tmp_path}/lived.db"
    migrate.upgrade(url)
    store, content, told = open_store(url), load(QUESTIONNAIRES), []

    def read(work: Work) -> None:
        found = digest.compose(work)
        told.append(drawn(found.channel, *found.thread))

    try:
        organisation = store.add_organisation("Simulated", "UTC")
        store.write(
            organisation.id,
            lambda unit: running.live(unit, content, pilots=PILOTS, weeks=WEEKS, seed=SEED, after_week=read),
        )
    finally:
        store.close()
    assert len(told) == WEEKS
    same_as("digests_over_26_weeks", "\n".join(told))
