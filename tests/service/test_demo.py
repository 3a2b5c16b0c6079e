"""The example shows every promised kind of pilot, whatever moment the demo is started at."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from bot import app as wiring
from bot import demo
from bot.app import App
from bot.core.compose.portfolio import Line
from bot.core.compose.status import StatusView
from bot.core.ports import Inbound, Place, Sender, Show, Unit, Wrote
from bot.core.records import Person, Pilot
from bot.core.signals import Course
from bot.core.state import Phase
from bot.service import views
from bot.service.work import Work
from bot.settings import load
from bot.worker import Worker

pytest_plugins = ["tests.databases"]

T = TypeVar("T")

STARTS = (
    "2026-11-23T02:09:00+00:00",  # a Monday, before anybody is up in Europe
    "2026-11-24T09:00:00+00:00",  # a Tuesday: some have been asked, some are about to be
    "2026-11-27T16:30:00+00:00",  # a Friday, when nobody is asked
    "2026-11-29T21:00:00+00:00",  # a Sunday, already Monday in Singapore
    "2026-10-25T00:30:00+00:00",  # a week between the clock changes of Europe and New York begins
    "2027-03-28T01:00:00+00:00",  # and forward in Europe
    "2027-01-01T00:00:00+00:00",
    "2028-02-29T10:00:00+00:00",
)


@dataclass
class Still:
    """A clock that stands until it is moved."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def move_to(self, moment: datetime) -> None:
        self.moment = max(self.moment, moment)


@dataclass
class Example:
    """The example after the worker's first beat."""

    app: App
    file: Path

    @property
    def now(self) -> datetime:
        return self.app.clock.now()

    def read(self, look: Callable[[Unit], T]) -> T:
        return self.app.store.read(self.app.organisation.id, look)

    def work(self, look: Callable[[Work], T]) -> T:
        return self.read(lambda unit: look(Work(unit, self.app.content, self.now)))

    def pilot(self, key: str) -> Pilot:
        found = self.read(lambda unit: unit.pilot_by_key(key))
        assert found is not None
        return found

    def person(self, user: str) -> Person:
        return next(p for p in self.read(lambda unit: unit.people()) if p.email.startswith(f"{user}@"))

    def line(self, key: str) -> Line:
        return self.work(lambda work: views.lines(work, [self.pilot(key)]))[0]

    def status(self, key: str, reader: str = "lena") -> StatusView:
        return self.work(lambda work: views.status(work, self.person(reader), self.pilot(key)))

    def says(self, user: str, text: str) -> str:
        place = Place(f"dm:{user}")
        inbound = Inbound(f"{user}:{text}", Sender("local", "local", user), Wrote(text), place)
        reply = asyncio.run(self.app.on_inbound(inbound))
        assert isinstance(reply, Show)
        return reply.card.fallback

    def inbox(self, user: str, conversation: str = "") -> list[str]:
        chat = self.app.adapters["local"]
        seen = asyncio.run(chat.state(user))  # type: ignore[attr-defined]  # the local chat's own
        return [message["card"]["fallback"] for message in seen["messages"][conversation or f"dm:{user}"]]

    def beat(self) -> None:
        asyncio.run(Worker(self.app).beat())


@pytest.fixture(scope="module", params=STARTS)
def shown(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Example]:
    file = tmp_path_factory.mktemp("demo") / "demo.db"
    shutil.copy(sqlite_template, file)
    settings = load({"DATABASE_URL": f"sqlite:///{file}", "LOG_LEVEL": "WARNING"})
    app = wiring.build(settings, clock=Still(datetime.fromisoformat(request.param)))
    demo.prepare(app)
    example = Example(app, file)
    example.beat()
    yield example
    app.close()


def test_two_pilots_are_stuck_for_reasons_that_are_right(shown: Example) -> None:
    stuck = [line for line in _lines(shown) if line.course is Course.STUCK]
    assert [line.name for line in stuck] == ["Demand forecast", "Invoice matcher"]
    view = shown.status("invoice-matcher")
    assert {"P01", "P04", "P05", "P15"} <= {signal.id for signal in view.signals}
    assert view.blocker is not None
    assert (view.blocker.slug, view.blocked_for) == ("security", 5)


def test_one_is_silent_and_not_called_moving(shown: Example) -> None:
    assert shown.line("claims-triage").course is Course.AT_RISK
    assert "P10" in {signal.id for signal in shown.status("claims-triage").signals}


def test_one_is_hopeful_while_the_data_is_not(shown: Example) -> None:
    found = {signal.id: signal for signal in shown.status("demand-forecast").signals}
    assert found["P18"].text.startswith('The owner says "Very likely"; the date for real use moved 3 times')


def test_those_that_do_well_have_no_signal_against_them(shown: Example) -> None:
    for key in ("contract-summary", "meeting-minutes"):
        assert shown.status(key).signals == (), key
        assert shown.line(key).course is Course.MOVING


def test_one_that_moves_has_nothing_against_it_but_the_review_it_waits_for(shown: Example) -> None:
    assert {signal.id for signal in shown.status("email-sorter").signals} <= {"P05"}
    assert shown.line("email-sorter").course is Course.MOVING


def test_one_is_hopeful_while_its_date_has_moved_three_times(shown: Example) -> None:
    pilot = shown.pilot("demand-forecast")
    moves = shown.read(lambda unit: unit.events(pilot=pilot.id, kinds=("pilot.target",)))
    assert len(moves) == 3
    assert all(str(move.after) > str(move.before) for move in moves)
    pulses = shown.read(lambda unit: unit.history(pilot.id, questionnaire="pulse", answers=True, limit=20))
    assert {past.answers.get("pulse.sure") for past in pulses} == {"very_likely"}


def test_three_wait_for_the_same_review_and_the_one_who_can_clear_it_was_asked(shown: Example) -> None:
    waiting = [line.name for line in _lines(shown) if _blocker(shown, line.pilot) == "security"]
    assert sorted(waiting) == ["Email sorter", "Invoice matcher", "Warranty checker"]
    asked = shown.read(lambda unit: unit.requests(person=shown.person("sofia").id))
    assert len(asked) == 3
    (message,) = shown.inbox("sofia")
    assert message.startswith("Security review: 3 pilots wait for you")
    assert "2 more pilots wait for it too" in shown.says("sofia", "todo")


def test_the_digest_names_what_three_wait_for_and_who_can_clear_it(shown: Example) -> None:
    card, *thread = shown.inbox("lena", "channel:ai-pilots")
    assert "Shared blocker: Security review: 3 pilots wait, oldest " in card
    (details,) = [each for each in thread if each.startswith("Shared blocker: Security review")]
    assert all(name in details for name in ("Invoice matcher", "Email sorter", "Warranty checker"))


def test_one_in_hardening_has_nearly_met_its_gate(shown: Example) -> None:
    view = shown.status("contract-summary")
    assert view.pilot.stage == "hardening"
    assert view.gate is not None
    assert (view.gate.id, [item.id for item in view.gate.lacking]) == ("G3", ["base.monitor"])
    assert (view.readiness.overall or 0) >= 70


def test_what_is_claimed_and_what_is_proven_differ_where_links_are_missing(shown: Example) -> None:
    scores = shown.status("invoice-matcher", "anna").readiness
    assert scores.claimed is not None
    assert scores.overall is not None
    assert scores.claimed > scores.overall


def test_there_are_a_live_a_stopped_a_paused_and_a_fresh_one(shown: Example) -> None:
    stages = {pilot.key: pilot.stage for pilot in shown.read(lambda unit: unit.pilots())}
    assert stages["call-notes"] == "limited"
    assert stages["meeting-minutes"] == "production"
    assert stages["tender-writer"] == "stopped"
    assert stages["shift-planner"] == "paused"
    assert stages["site-photo-checks"] == "idea"
    assert (shown.pilot("shift-planner").paused_until or date.min) > shown.now.date()
    assert shown.line("meeting-minutes").course is Course.MOVING


def test_people_live_in_many_zones_and_every_pilot_has_an_owner(shown: Example) -> None:
    people = shown.read(lambda unit: unit.people())
    wanted = {"Europe/Riga", "America/New_York", "Asia/Singapore", "Europe/London"}
    assert wanted <= {person.zone for person in people}
    pilots = shown.read(lambda unit: unit.pilots())
    assert len(pilots) == 11
    assert all(pilot.owner for pilot in pilots)
    assert len({pilot.group for pilot in pilots}) == 4


def test_the_first_owner_can_answer_at_once(shown: Example) -> None:
    (form,) = shown.inbox("anna")
    assert form.startswith("Invoice matcher: Pilot check-in")
    live = shown.read(lambda unit: unit.live_checkins(person=shown.person("anna").id))
    assert [checkin.state.phase for checkin in live] == [Phase.OPEN]
    assert live[0].state.closes_at - shown.now > timedelta(days=2)
    assert "New AI pilot" in shown.inbox("ingrid")[0]


def test_a_sponsor_is_asked_to_accept(shown: Example) -> None:
    (asked,) = shown.inbox("victor")
    assert "Warranty checker" in asked
    assert "are you its sponsor?" in shown.says("victor", "todo")


def test_nobody_s_messages_hold_what_is_over(shown: Example) -> None:
    quiet = ("lena", "bo", "hana", "jonas", "kofi", "marta", "mei", "tomas")
    assert {user: shown.inbox(user) for user in quiet} == {user: [] for user in quiet}
    # At a good hour at once, else at the next one: the production gate opens thirty days before real use.
    gates = [(card, "Next is the gate: Enter Limited live.") for card in shown.inbox("priya")]
    confirms = [(card, "asks you as business owner to confirm") for card in shown.inbox("ruth")]
    assert all(said in card for card, said in gates + confirms)
    assert len(gates) == len(confirms) <= 1
    (late,) = shown.inbox("diego")
    assert "A late answer still counts" in late


def test_one_waits_for_a_decision_and_its_decider_has_the_form(shown: Example) -> None:
    (asked,) = shown.inbox("grace")
    assert asked.startswith("Invoice matcher: Scale, fix or stop")
    assert "Suggested: " in asked
    assert "Date of real use: moved later once" in asked
    assert "decide to scale, fix or stop" in shown.says("lena", "status invoice")


def test_one_was_stopped_with_a_lesson_that_the_digest_tells(shown: Example) -> None:
    (made,) = shown.read(lambda unit: unit.decisions())
    assert (made.choice, made.stage_before, made.stage_after) == ("stop", "pilot", "stopped")
    assert "Decided, Grace Glide: Stop" in shown.says("lena", "history tender")
    digest = "\n".join(shown.inbox("lena", "channel:ai-pilots"))
    assert "Tender writer (stop): The vendor keeps what it is sent." in digest
    assert "Reusable: test set and process map." in digest


def test_the_channel_holds_the_last_digest(shown: Example) -> None:
    card, *thread = shown.inbox("lena", "channel:ai-pilots")
    assert card.startswith("AI pilots, week of")
    assert "Invoice matcher: scale, fix or stop" in card
    assert "Quiet: 1 pilot" in card
    assert thread


def test_nothing_is_due_in_the_past_and_no_message_is_dead(shown: Example) -> None:
    due = shown.read(lambda unit: unit.next_moment())
    assert due is not None
    assert due > shown.now
    assert shown.read(lambda unit: unit.events(kinds=("delivery.dead", "person.unreachable"))) == []
    with contextlib.closing(sqlite3.connect(shown.file)) as raw:
        assert raw.execute("SELECT DISTINCT state FROM message").fetchall() == [("sent",)]
    assert all(event.at <= shown.now for event in shown.read(lambda unit: unit.events(limit=1000)))


def test_a_prepared_organisation_is_left_alone(shown: Example) -> None:
    before = shown.read(lambda unit: (len(unit.pilots()), len(unit.events(limit=2000))))
    demo.prepare(shown.app)
    assert shown.read(lambda unit: (len(unit.pilots()), len(unit.events(limit=2000)))) == before


def _lines(shown: Example) -> tuple[Line, ...]:
    return shown.work(lambda work: views.lines(work, work.unit.pilots()))


def _blocker(shown: Example, pilot: int) -> object:
    past = shown.read(lambda unit: unit.history(pilot, questionnaire="pulse", limit=6, answers=True))
    done = [one for one in past if one.phase == Phase.DONE]
    return done[0].answers.get("pulse.block") if done else None
