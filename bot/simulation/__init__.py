"""A portfolio made up from a seed and lived through the real services, to see what they find; it sends nothing."""

from __future__ import annotations

from bot.core.ports import Store, Unit
from bot.core.questionnaire import Content
from bot.service.work import Work
from bot.simulation import running, verdict
from bot.simulation.verdict import Report


def simulate(store: Store, content: Content, *, pilots: int, weeks: int, seed: int) -> Report:
    """Live so many pilots for so many weeks in an empty store of their own; the same seed gives the same report."""
    organisation = store.add_organisation("Simulated", "UTC")

    def lived(unit: Unit) -> Report:
        found = running.live(unit, content, pilots=pilots, weeks=weeks, seed=seed)
        return verdict.report(verdict.cases(Work(unit, content, found.ended), found))

    return store.write(organisation.id, lived)
