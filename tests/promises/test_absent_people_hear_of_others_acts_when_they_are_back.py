"""What others did waits for whoever is away until they are back; what is broken is told to somebody who is there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.core.card import Card
from bot.core.ports import Message, Store
from bot.service import failing, registry, requests, telling
from bot.service.tick import Job
from tests.databases import on_both
from tests.fakes.office import MONDAY, Office

pytest_plugins = ["tests.databases"]

BACK = date(2026, 12, 7)  # the Monday after the last day away
AWAY = date(2026, 12, 4)
ANSWER = "Lena answered your question"
BROKEN = Card("Broken", "Broken")


@pytest.fixture
def office(any_store: Store) -> Office:
    return Office(any_store)


def heard(office: Office, user: str, words: str) -> list[str]:
    return [card.fallback for card in office.platform.inbox(user) if words in card.fallback]


def until_back(office: Office) -> None:
    """The first good hour of the first working day after the absence has come, and not the hour before."""
    office.until(MONDAY.replace(month=12, day=BACK.day, hour=7, minute=59))
    office.deliver()


def test_an_owner_who_is_away_hears_of_a_decision_on_the_way_back_and_its_decider_reads_that(
    office: Office,
) -> None:
    anna, grace, dora = (office.person(user) for user in ("anna", "grace", "dora"))
    long_ago = {"stage_since": date(2026, 7, 1), "created": date(2026, 7, 1)}
    office.pilot(
        "Invoice matcher", anna, sponsor=grace.id, decider=dora.id, decide_by=MONDAY.date(), **long_ago
    )
    office.until_told("dora")
    office.runs("anna", f"away until {AWAY.isoformat()}")
    office.answers("dora", {"dec.choice": "stop", "dec.reason": "no_need"})
    office.answers("dora", {"dec.learn": "Nobody needed it.", "dec.reuse": ["tests"]})
    told = "Dora decided about Invoice matcher: Stop."
    assert heard(office, "grace", told), "whoever is there hears at once"
    assert heard(office, "dora", "Told: Anna (when they are back) and Grace.")
    until_back(office)
    assert not heard(office, "anna", told)
    office.until(office.now + timedelta(minutes=1))
    assert len(heard(office, "anna", told)) == 1


def test_a_job_that_fails_is_told_to_those_who_are_there(office: Office) -> None:
    office.person("lena", standing="lead", away_until=AWAY)
    office.person("adam", standing="admin")
    job = Job("schedule:1", office.organisation.id, lambda work: None)
    assert failing.tell(office.store, office.content, job, ValueError(), office.now)
    office.deliver()
    assert len(office.platform.inbox("adam")) == 1
    until_back(office)
    assert not office.platform.inbox("lena")
    office.until(office.now + timedelta(minutes=1))
    assert len(office.platform.inbox("lena")) == 1


def test_where_every_admin_is_away_a_lead_who_is_there_hears_of_what_is_broken(office: Office) -> None:
    office.person("adam", standing="admin", away_until=AWAY)
    office.person("lena", standing="lead")
    office.do(lambda work: telling.tell_menders(work, registry.admins(work.unit), "broken", BROKEN))
    office.deliver()
    assert len(office.platform.inbox("lena")) == 1
    assert not office.platform.inbox("adam")
    office.person("ada", standing="admin")
    office.do(lambda work: telling.tell_menders(work, registry.admins(work.unit), "again", BROKEN))
    office.deliver()
    assert len(office.platform.inbox("ada")) == 1
    assert len(office.platform.inbox("lena")) == 1, "an admin is there"


def told_while_away(office: Office) -> None:
    """Lena answers what Anna asked before she went away."""
    anna, lena = office.person("anna"), office.person("lena", standing="lead")
    pilot = office.pilot("Invoice matcher", anna, sponsor=lena.id)
    office.do(lambda work: requests.ask_roles(work, pilot, asked_by=anna.id))
    office.deliver()
    office.runs("anna", f"away until {AWAY.isoformat()}")
    office.presses("lena", "Accept")


def test_whoever_asked_and_went_away_hears_the_answer_on_the_way_back(office: Office) -> None:
    told_while_away(office)
    assert not heard(office, "anna", ANSWER)
    until_back(office)
    assert not heard(office, "anna", ANSWER)
    office.until(office.now + timedelta(minutes=1))
    assert len(heard(office, "anna", ANSWER)) == 1


@on_both
def test_whoever_is_back_early_hears_at_once(office: Office) -> None:
    told_while_away(office)
    office.until(office.now + timedelta(days=2))
    assert not heard(office, "anna", ANSWER)
    office.runs("anna", "back")
    office.until(office.now + timedelta(minutes=1))
    assert len(heard(office, "anna", ANSWER)) == 1
    until_back(office)
    office.until(office.now + timedelta(minutes=1))
    assert len(heard(office, "anna", ANSWER)) == 1, "it does not come again on the day first said"


def test_whoever_stays_away_for_longer_hears_later(office: Office) -> None:
    told_while_away(office)
    office.runs("anna", f"away until {(AWAY + timedelta(days=7)).isoformat()}")
    until_back(office)
    office.until(office.now + timedelta(days=1))
    assert not heard(office, "anna", ANSWER), "she is still away"
    office.until(office.now + timedelta(days=6, minutes=1))
    assert len(heard(office, "anna", ANSWER)) == 1


def test_what_waited_for_a_morning_when_somebody_went_away_comes_when_they_are_back(office: Office) -> None:
    anna = office.person("anna")
    office.now = MONDAY.replace(hour=20)
    pilot = office.pilot("Invoice matcher", anna)
    office.do(lambda work: requests.ask_roles(work, pilot, asked_by=None))
    office.deliver()
    office.runs("anna", f"away until {AWAY.isoformat()}")
    office.until(office.now + timedelta(days=1, hours=13))  # Wednesday: the outbox has found that she is away
    assert not heard(office, "anna", "Invoice matcher")
    office.runs("anna", "back")
    office.until(office.now + timedelta(hours=1))
    assert len(heard(office, "anna", "Invoice matcher")) == 1


def test_what_changes_a_message_that_waits_comes_with_it(office: Office) -> None:
    anna = office.person("anna")
    office.runs("anna", f"away until {AWAY.isoformat()}")
    office.do(lambda work: telling.tell(work, anna.id, "news", Card("News", "News")))
    newer = Message("news:2", office.address("anna"), Card("Newer", "Newer"), replaces="news")
    office.do(lambda work: work.unit.enqueue(newer, work.now))
    office.deliver()
    office.until(office.now + timedelta(days=1))
    office.runs("anna", "back")
    office.until(office.now + timedelta(hours=1))
    assert heard(office, "anna", "Newer")


def test_who_says_on_the_weekend_that_they_stay_away_hears_when_they_are_back(office: Office) -> None:
    told_while_away(office)
    office.until(
        MONDAY.replace(month=12, day=5, hour=9)
    )  # a Saturday: the absence is over, Monday is not there
    office.runs("anna", f"away until {(AWAY + timedelta(days=14)).isoformat()}")
    office.until(MONDAY.replace(month=12, day=9, hour=9))
    assert not heard(office, "anna", ANSWER)
    office.runs("anna", "back")
    office.until(office.now + timedelta(hours=1))
    assert len(heard(office, "anna", ANSWER)) == 1
