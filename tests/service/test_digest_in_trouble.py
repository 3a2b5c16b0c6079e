"""A digest that does not reach its channel: whoever set it up is told what to do, once, and it recovers by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.card import Card
from bot.core.compose.notes import note
from bot.core.ports import DeliveryError, Joined, Message, Store
from bot.core.records import Person
from bot.service import tick
from bot.service.work import Work
from tests.fakes.office import MONDAY, Office

WEEK = timedelta(days=7)
ON_TIME = MONDAY + timedelta(
    hours=22, minutes=5
)  # Tuesday, five past nine in Riga: the digest is due at nine
NOT_IN = DeliveryError("the app is not in the channel; invite it with /invite (not_in_channel)", gone=True)
ARCHIVED = DeliveryError("the channel is archived; name another one for the digest (is_archived)", gone=True)
NO_SCOPE = DeliveryError("the app lacks a permission (missing_scope: chat:write)", permanent=True)
LOST = "The digest did not reach #ai-pilots"


@pytest.fixture
def office(any_store: Store) -> Office:
    office = Office(any_store, ON_TIME)
    office.person("lena", standing="lead")
    office.person("otto", standing="admin")
    office.runs("lena", "digest subscribe", channel="ai-pilots")
    return office


def week(office: Office, *failing: DeliveryError) -> None:
    """A week passes; the channel answers the digest with these errors."""
    office.platform.refusing["channel:ai-pilots"] = [*failing] * 20
    pass_time(office)


def pass_time(office: Office) -> None:
    office.now += WEEK
    for job in tick.rounds(office.store, office.content, office.now, resting=frozenset):
        tick.run(office.store, office.content, job, office.now)
    office.deliver()


def told(office: Office, user: str = "lena") -> list[Card]:
    return [card for card in office.platform.inbox(user) if "did not reach" in card.title]


def digests(office: Office) -> int:
    return sum(not post.thread for post in office.platform.channel("ai-pilots"))


@pytest.mark.parametrize("error", [NOT_IN, ARCHIVED, NO_SCOPE])
def test_whoever_set_it_up_is_told_what_to_do(office: Office, error: DeliveryError) -> None:
    week(office, error)
    (card,) = told(office)
    assert card.title == LOST
    assert error.reason[1:] in card.fallback
    assert "subscription stays" in card.fallback
    assert told(office, "otto") == []


def test_the_same_trouble_is_told_once_and_another_one_again(office: Office) -> None:
    for _ in range(3):
        week(office, NOT_IN)
    assert len(told(office)) == 1
    week(office, ARCHIVED)
    assert len(told(office)) == 2


def test_what_worked_in_between_and_fails_again_is_told_again(office: Office) -> None:
    week(office, NOT_IN)
    week(office)
    assert digests(office) == 1, "the subscription survived"
    week(office, NOT_IN)
    assert len(told(office)) == 2


def test_invited_back_the_bot_posts_what_could_not_be_posted(office: Office) -> None:
    week(office, NOT_IN)
    office.platform.refusing.clear()
    office.act("lena", Joined(), channel="ai-pilots")
    assert digests(office) == 1
    office.act("lena", Joined(), channel="ai-pilots")
    assert digests(office) == 1, "it stands there already"


def test_invited_days_later_it_waits_for_the_next_digest(office: Office) -> None:
    week(office, NOT_IN)
    office.platform.refusing.clear()
    office.now += timedelta(days=3)
    office.act("lena", Joined(), channel="ai-pilots")
    assert digests(office) == 0


def test_the_note_has_a_button_that_posts_it_now(office: Office) -> None:
    week(office, NOT_IN)
    office.platform.refusing.clear()
    office.presses("lena", "Post it now")
    assert digests(office) == 1


def test_that_button_is_no_use_to_others(office: Office) -> None:
    carl: Person = office.person("carl")
    week(office, NOT_IN)
    office.platform.refusing.clear()
    office.presses("carl", "Post it now", card=told(office)[0])
    assert digests(office) == 0
    office.do(lambda work: _own(work, carl))
    office.presses("carl", "Post it now", card=told(office)[0])
    assert digests(office) == 1, "who set it up may"


def _own(work: Work, person: Person) -> None:
    (subscription,) = work.unit.subscriptions()
    work.unit.save_subscription(replace(subscription, by=person.id))


def test_leads_are_told_where_whoever_set_it_up_is_gone(office: Office) -> None:
    lena = office.read(lambda unit: unit.person_of(office.connection.id, "lena"))
    office.write(lambda unit: unit.switch_off(office.address("lena")))
    assert lena
    week(office, NOT_IN)
    assert [len(told(office, user)) for user in ("lena", "otto")] == [0, 1]


def test_a_part_of_the_thread_that_is_refused_is_told_too(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna, stage="hardening", stage_since=(office.now - WEEK * 60).date())
    office.platform.refusing["channel:ai-pilots"] = [None, *[NO_SCOPE] * 20]
    pass_time(office)
    assert digests(office) == 1
    assert {card.title for card in told(office)} == {"A part of the digest did not reach #ai-pilots"}


# --- people


def test_leads_hear_once_of_an_owner_who_cannot_be_reached(office: Office) -> None:
    anna = office.person("anna")
    office.pilot("Invoice matcher", anna)
    office.platform.refusing["dm:anna"] = [DeliveryError("the account was deactivated", gone=True)] * 9
    for _ in range(3):
        week(office)
    for lead in ("lena", "otto"):
        (card,) = [one for one in office.platform.inbox(lead) if "cannot be reached" in one.title]
        assert "Anna owns Invoice matcher" in card.fallback
        assert "The account was deactivated." in card.fallback


def test_that_somebody_cannot_be_reached_waits_for_the_morning(office: Office) -> None:
    office.pilot("Invoice matcher", office.person("anna"))
    office.platform.refusing["dm:anna"] = [DeliveryError("the account was deactivated", gone=True)]
    office.now = office.now.replace(hour=20)  # 22:00 in Riga
    office.write(lambda unit: unit.enqueue(Message("k", office.address("anna"), note("hi")), office.now))
    for hours, told_of in ((0, 0), (9, 0), (4, 1)):
        office.now += timedelta(hours=hours)
        office.deliver()
        found = [one for one in office.platform.inbox("lena") if "cannot be reached" in one.title]
        assert len(found) == told_of


def test_leads_hear_of_a_sponsor_who_cannot_be_reached_and_that_it_ends_by_itself(office: Office) -> None:
    office.pilot("Invoice matcher", office.person("anna"), sponsor=office.person("sam").id)
    office.platform.refusing["dm:sam"] = [DeliveryError("the person has blocked the app", gone=True)]
    for key in ("k", "l"):
        office.write(
            lambda unit, key=key: unit.enqueue(Message(key, office.address("sam"), note("hi")), office.now)
        )
        office.deliver()
    (card,) = [one for one in office.platform.inbox("lena") if "cannot be reached" in one.title]
    assert "Sam has a part in Invoice matcher" in card.fallback
    assert "once they write to me" in card.fallback
    office.says("sam", "help")
    office.write(lambda unit: unit.enqueue(Message("m", office.address("sam"), note("again")), office.now))
    office.deliver()
    assert [one.fallback for one in office.platform.inbox("sam")][-1] == "again"


def test_nobody_is_bothered_about_somebody_who_owns_nothing(office: Office) -> None:
    office.person("carl")
    office.platform.refusing["dm:carl"] = [DeliveryError("the account was deactivated", gone=True)]
    office.write(lambda unit: unit.enqueue(Message("k", office.address("carl"), note("hi")), office.now))
    office.deliver()
    assert not [one for one in office.platform.inbox("lena") if "cannot be reached" in one.title]
