"""Once a year the owner confirms that the record is true: one tap, in the log; a no leads to putting it right."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.card import Button, Card
from bot.core.dossier import Part
from bot.core.ports import Clicked, Reply, Show, Store
from bot.core.records import Decision, ItemLevel, Pilot
from bot.service import attesting, dossier, registry
from bot.service.work import Work
from tests.fakes.office import CALM, MONDAY, Office

pytest_plugins = ["tests.databases"]
YEAR, DAY = timedelta(days=365), timedelta(days=1)


class Owned:
    """A pilot of Anna's, begun so many days ago, and what she is asked about its record."""

    def __init__(self, store: Store, days: int) -> None:
        self.office = Office(store)
        self.anna, self.bo = self.office.person("anna"), self.office.person("bo")
        began = MONDAY.date() - timedelta(days=days)
        self.made: Pilot = self.office.pilot(
            "Invoice matcher",
            self.anna,
            created=began,
            stage_since=began,
            sponsor=self.bo.id,
            owner_accepted=True,
        )

    def pulse(self) -> None:
        """She answers what is next, and what it causes is sent."""
        self.office.until_asked("anna")
        for _ in self.office.live("anna"):
            self.office.answers("anna", CALM)
        self.office.until(self.office.now + DAY)

    def questions(self, user: str = "anna") -> list[Card]:
        return [
            card
            for card in self.office.platform.inbox(user)
            if "Is what I keep about it still true?" in card.fallback
        ]

    def presses(self, user: str, label: str, card: Card) -> Reply:
        token = next(one.token for one in card.actions if isinstance(one, Button) and one.label == label)
        return self.office.act(user, Clicked(token, {}))

    def status(self) -> str:
        reply = self.office.says("bo", "status invoice matcher")
        assert isinstance(reply, Show)
        return reply.card.fallback


@pytest.fixture
def old(any_store: Store) -> Owned:
    return Owned(any_store, 386)


@pytest.fixture
def late(any_store: Store) -> Owned:
    """A pilot of which nobody said for weeks what a yearly word could have ridden along with."""
    return Owned(any_store, 370 + attesting.WAITS.days)


def test_a_young_pilot_is_not_asked_about(any_store: Store) -> None:
    young = Owned(any_store, 100)
    young.pulse()
    assert young.questions() == []


def test_the_owner_is_shown_what_they_confirm_and_one_tap_stands_in_the_log(old: Owned) -> None:
    old.pulse()
    (card,) = old.questions()
    for told in (
        "Stage: Pilot since",
        "items answered",
        "Sponsor: Bo",
        "Decider: nobody",
        "status invoice-matcher",
    ):
        assert told in card.fallback
    old.presses("anna", "Yes, it is true", card)
    assert (
        "You confirmed on 25 Nov that its record is true." in old.office.platform.inbox("anna")[-1].fallback
    )
    (event,) = old.office.events(attesting.TRUE)
    assert (event.actor, event.pilot) == (old.anna.id, old.made.id)
    assert "Its record: confirmed as true by Anna, 25 Nov" in old.status()
    old.presses("anna", "Not all of it", card)
    assert len(old.office.events(attesting.TRUE, attesting.REFUSED)) == 1, "a tap holds once"


def test_the_file_of_a_decision_holds_the_yearly_word_with_who_gave_it(old: Owned) -> None:
    old.pulse()
    (card,) = old.questions()
    old.presses("anna", "Yes, it is true", card)

    def file(work: Work) -> Part:
        fix = Decision(0, old.made.id, "fix", work.now, old.bo.id, "sponsor")
        return dossier.export(work, work.unit.add_decision(fix).id)

    parts = old.office.do(file)["parts"].values()
    (word,) = [part for part in parts if part.get("kind") == attesting.TRUE]
    assert (word["actor"], word["pilot"]) == (old.anna.id, old.made.id)
    record = old.office.do(file)["parts"]["record"]
    assert (record["true"], record["by"], record["event"]) == (True, old.anna.id, word["id"])
    assert record["at"] == word["at"]


def test_why_says_who_confirmed_it_and_when_and_that_nobody_has(old: Owned) -> None:
    level = ItemLevel("data.access", 2, old.office.now, old.office.now, by=old.anna.id)
    old.office.write(lambda unit: unit.set_level(old.made.id, level))

    def told() -> str:
        reply = old.office.says("bo", "why invoice matcher score")
        assert isinstance(reply, Show)
        return reply.card.fallback

    assert "Its record: nobody has confirmed it yet; its owner is asked once a year" in told()
    old.pulse()
    old.presses("anna", "Yes, it is true", old.questions()[0])
    assert "Its record: confirmed as true by Anna, 25 Nov" in told()


def silent(late: Owned, days: int) -> None:
    """So many days go by in which she answers nothing."""
    late.office.until(late.office.now + timedelta(days=days))


def test_an_owner_who_answers_nothing_is_asked_in_time_too_at_a_good_hour_and_not_again_at_once(
    late: Owned,
) -> None:
    silent(late, 3)
    (event,) = late.office.events(attesting.ASKED)
    assert len(late.questions()) == 1
    assert event.after == late.anna.id
    silent(late, 20)
    assert len(late.questions()) == 1


def test_whoever_owns_more_than_a_message_holds_is_asked_about_the_rest_a_week_later(late: Owned) -> None:
    day = MONDAY.date() - timedelta(days=500)
    for number in range(6):
        name = f"Mail sorter {number}"
        late.office.pilot(name, late.anna, created=day, stage_since=day, owner_accepted=True)
    silent(late, 6)
    (first,) = late.questions()
    assert first.title == "Once a year: the records of 5 pilots"
    silent(late, 8)
    asked = {event.pilot for event in late.office.events(attesting.ASKED)}
    assert len(asked) == len(late.office.events(attesting.ASKED)) == 7


def test_nobody_is_asked_while_away_or_beyond_the_budget_of_the_week(
    late: Owned, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = (late.office.now + timedelta(days=9)).date()
    away = replace(late.anna, away_until=back)
    late.office.write(lambda unit: unit.save_person(away))
    silent(late, 8)
    assert not late.questions()
    monkeypatch.setattr(attesting.nagging, "room", lambda work, _: work.now + DAY)
    silent(late, 8)
    assert not late.questions()
    monkeypatch.undo()
    silent(late, 2)
    assert len(late.questions()) == 1


def test_it_is_asked_again_after_a_year_and_not_before(old: Owned) -> None:
    old.pulse()
    old.presses("anna", "Yes, it is true", old.questions()[0])
    old.office.now += timedelta(days=300)
    old.office.do(lambda work: attesting.ride_along(work, old.made))
    assert len(old.office.events(attesting.ASKED)) == 1
    old.office.now += timedelta(days=70)
    old.office.do(lambda work: attesting.ride_along(work, old.made))
    assert len(old.office.events(attesting.ASKED)) == 2


def test_a_no_leads_to_the_items_and_is_asked_again_once_there_was_time(old: Owned) -> None:
    old.pulse()
    old.presses("anna", "Not all of it", old.questions()[0])
    assert "not all of it is true, according to Anna" in old.status()
    told = old.office.platform.inbox("anna")[-1]
    assert "Put it right now" in told.fallback
    old.presses("anna", "Go through all items", told)
    assert [one.questionnaire for one in old.office.live("anna")] == ["review"]
    asks = (lambda work: attesting.ride_along(work, old.made),)
    old.office.do(asks[0])
    assert len(old.office.events(attesting.ASKED)) == 1
    old.office.now += attesting.MENDED
    old.office.do(asks[0])
    assert len(old.office.events(attesting.ASKED)) == 2


def test_a_card_from_before_a_change_of_owner_says_so_and_confirms_nothing(old: Owned) -> None:
    old.pulse()
    (card,) = old.questions()
    old.office.do(lambda work: registry.change_pilot(work, old.made, {"owner": old.bo.id}, actor=None))
    reply = old.presses("anna", "Yes, it is true", card)
    assert isinstance(reply, Show)
    assert reply.card.fallback.endswith("This card is from before: Bo owns it now. Nothing was changed.")
    other = old.presses("bo", "Yes, it is true", card)
    assert isinstance(other, Show)
    assert "There is nothing here for you" in other.card.fallback
    assert old.office.events(attesting.TRUE) == []
