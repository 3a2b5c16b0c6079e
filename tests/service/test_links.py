"""Links that do not open: counted once a day, told once, and never mistaken for our own connection that is shut."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from bot import app, worker
from bot.app import App
from bot.core.links import Tried
from bot.core.ports import Show, Unit
from bot.core.records import ItemLevel, Pilot
from bot.service import links
from bot.settings import load as settings
from bot.storage import open_store
from bot.worker import Worker
from tests.fakes.office import CONTENT, MONDAY, Office

pytest_plugins = ["tests.databases"]

DAY = timedelta(days=1)
AUDIT, RISK = "https://site.example.org/audit", "https://site.example.org/risk"


class Answers:
    """Says of each link what a test wants, and remembers which were opened."""

    def __init__(self, **said: Tried) -> None:
        self.said, self.opened = said, list[str]()

    async def tried(self, link: str) -> Tried:
        self.opened.append(link)
        return self.said.get(link.rsplit("/", 1)[1], Tried.OPENED)


@dataclass
class Still:
    """A clock that stands until it is moved."""

    moment: datetime = MONDAY

    def now(self) -> datetime:
        return self.moment


class Linked:
    """An office with one pilot of two proven claims, and a worker that opens their links."""

    def __init__(self, url: str) -> None:
        self.store = open_store(url)
        self.office, self.clock = Office(self.store), Still()
        self.anna = self.office.person("anna")
        self.pilot: Pilot = self.office.pilot("Invoice matcher", self.anna)
        for item, link in (("gov.audit", AUDIT), ("gov.risk", RISK)):
            self.claim(item, link)
        app = App(settings({"DATABASE_URL": url}), self.store, CONTENT, self.clock, self.office.organisation)
        self.worker = Worker(app)

    def claim(self, item: str, link: str) -> None:
        said = ItemLevel(item, 3, MONDAY, MONDAY, self.anna.id, link, MONDAY)
        self.office.write(lambda unit: unit.set_level(self.pilot.id, said))

    def look(self, answers: Answers, *, days: int = 1) -> list[str]:
        """One round of links, so many days later; which were opened."""
        self.clock.moment += days * DAY + timedelta(minutes=1)
        self.office.now = self.clock.moment
        answers.opened.clear()
        asyncio.run(self.worker.open_links(answers))
        self.office.deliver()
        return answers.opened

    def level(self, item: str) -> ItemLevel:
        found: ItemLevel = self.office.read(lambda unit: unit.levels(self.pilot.id))[item]
        return found

    def told(self) -> list[str]:
        return [card.fallback for card in self.office.platform.inbox("anna") if "does not open" in card.title]


@pytest.fixture
def at(sqlite_url: str) -> Iterator[Linked]:
    made = Linked(sqlite_url)
    yield made
    made.store.close()


def test_a_link_that_opens_is_looked_at_once_a_week(at: Linked) -> None:
    answers = Answers()
    assert sorted(at.look(answers)) == [AUDIT, RISK]
    assert at.look(answers, days=6) == []
    assert sorted(at.look(answers, days=2)) == [AUDIT, RISK]


def test_a_link_that_does_not_open_on_three_days_counts_no_more_and_its_owner_hears_it_once(
    at: Linked,
) -> None:
    answers = Answers(audit=Tried.SHUT)
    for day in (1, 2):
        assert AUDIT in at.look(answers), day
        assert at.told() == []
    at.look(answers)
    assert len(at.told()) == 1
    assert "I could not open the proof of “Audit trail” on three days in a row. Has it moved?" in at.told()[0]
    for _ in range(3):
        at.look(answers)
    assert len(at.told()) == 1
    reply = at.office.says("anna", "why invoice score")
    assert isinstance(reply, Show)
    assert "Audit trail: level 2" in reply.card.fallback
    (event,) = at.office.read(lambda unit: unit.events(kinds=["item.link"]))
    assert (event.subject, event.after) == ("gov.audit", False)


def test_a_link_that_opens_again_counts_again(at: Linked) -> None:
    dead = Answers(audit=Tried.SHUT)
    for _ in range(3):
        at.look(dead)
    at.look(Answers())
    assert at.level("gov.audit").link_failures == 0
    assert [event.after for event in at.office.read(lambda unit: unit.events(kinds=["item.link"]))] == [
        True,
        False,
    ]


def test_where_nothing_at_all_answers_it_is_our_own_connection_and_counts_against_no_link(at: Linked) -> None:
    answers = Answers(audit=Tried.SILENT, risk=Tried.SILENT)
    for _ in range(9):
        at.look(answers)
    assert at.level("gov.audit").link_failures == 0
    assert at.told() == []


def test_where_others_answer_a_silent_link_is_counted(at: Linked) -> None:
    at.look(Answers(audit=Tried.SILENT))
    assert at.level("gov.audit").link_failures == 1
    assert at.level("gov.risk").link_failures == 0


def test_a_link_that_was_replaced_meanwhile_has_nothing_of_the_old_one(at: Linked) -> None:
    (due, _) = links.due(at.store, at.office.organisation.id, MONDAY)
    at.claim("gov.audit", "https://site.example.org/other")
    links.settle(at.store, CONTENT, at.office.organisation.id, {due: Tried.SHUT}, now=MONDAY)
    assert at.level("gov.audit").link_checked_at is None


def test_two_workers_that_saw_the_same_count_it_once(at: Linked) -> None:
    due = links.due(at.store, at.office.organisation.id, MONDAY)
    for _ in range(2):
        links.settle(at.store, CONTENT, at.office.organisation.id, dict.fromkeys(due, Tried.SHUT), now=MONDAY)
    assert at.level("gov.audit").link_failures == 1


def test_a_round_takes_a_few_and_the_next_one_the_others(at: Linked) -> None:
    for number, item in enumerate(list(CONTENT.model.items())[:15]):
        at.claim(item.id, f"https://site.example.org/{number}")
    answers = Answers()
    assert len(at.look(answers)) == links.ROUND
    assert 0 < len(at.look(answers, days=0)) <= links.ROUND


@pytest.mark.parametrize("setting", ["on", "off"])
def test_with_the_setting_off_no_link_is_opened(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    """A whole program with a link that is due, its worker running without its minute of rest."""
    answers = Answers()
    monkeypatch.setattr(app.links, "Opener", lambda: answers)
    monkeypatch.setattr(worker, "LINKS_EVERY", timedelta(0))
    made = app.build(settings({"DATABASE_URL": sqlite_url, "RAMPCHECK_CHECK_LINKS": setting}), clock=Still())
    claim = ItemLevel("gov.audit", 3, MONDAY - 9 * DAY, MONDAY - 9 * DAY, None, AUDIT, MONDAY - 9 * DAY)

    def proven(unit: Unit) -> None:
        pilot = Pilot(0, "invoice", "Invoice matcher", stage_since=MONDAY.date(), created=MONDAY.date())
        unit.set_level(unit.save_pilot(pilot).id, claim)

    made.store.write(made.organisation.id, proven)
    asyncio.run(_works(Worker(made), until=lambda: bool(answers.opened), patient=setting == "on"))
    made.store.close()
    assert answers.opened[:1] == ([AUDIT] if setting == "on" else [])


async def _works(running: Worker, *, until: Callable[[], bool], patient: bool) -> None:
    """Until something has happened; where nothing is to happen, for as many turns as a beat needs."""
    await running.start()
    await running.beat()
    turns = 0
    while not until() and (patient or turns < 100):
        turns += 1
        await asyncio.sleep(0.001)
    await running.stop()
