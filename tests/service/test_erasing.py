"""Erasing somebody: what they answered stays, nothing that is kept names them, and the log still proves itself."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core import dossier
from bot.core.records import Event, Person, Request
from bot.core.signals.evaluation import Mute
from bot.core.values import Json
from bot.service import approvals, erasing, explain, identities, likeness, people, sealing
from bot.service import dossier as exporting
from bot.storage import open_store
from bot.storage.fields import Row
from tests.fakes.office import CALM, MONDAY
from tests.service.test_deciding import LATE, Deciding, soon
from tests.storage.scenes import raw

pytest_plugins = ["tests.databases"]

USER, NAME, BEFORE, EMAIL = "U7KALNINA", "Annija Kalniņa", "Annija Bērziņa", "annija.kalnina@acme.example"
NEED = "Nobody in legal answers my mails, I am tired of it"
DONE = "Fine"  # as short as the label of something
FIX = "The vendor has to stop promising what it cannot do"
REASON = "I know, it is because of my holidays"
MARKS = (NAME, BEFORE, EMAIL, USER, NEED, DONE, FIX, REASON)


class Leaving(Deciding):
    """Annija owns one pilot and decides another; she has written something wherever one can."""

    def __init__(self, url: str) -> None:
        self.url = url
        store = open_store(url)
        super().__init__(store)
        office = self.office
        found = office.person(USER)
        self.annija: Person = office.do(lambda work: people.set_name(work, found, BEFORE))
        office.write(lambda unit: unit.save_person(replace(self.annija, email=EMAIL, stand_in=self.dora.id)))
        office.do(lambda work: people.set_name(work, work.unit.person(self.annija.id), NAME))
        office.write(lambda unit: unit.save_person(replace(self.grace, stand_in=self.annija.id)))
        helped = {"sponsor": self.grace.id, "deputy": self.dora.id}
        self.own = office.pilot(f"{NAME}'s matcher", self.annija, **(LATE | helped))
        self.other = self.pilot(
            "Churn model", decider=self.annija.id, decide_by=MONDAY.date() + timedelta(days=8)
        )

    def lives(self) -> None:
        """A few weeks of work."""
        office = self.office
        office.until(MONDAY + timedelta(days=3))
        blocked = CALM | {"pulse.moved": "finished", "pulse.block": "privacy"}
        more = {"pulse.who": str(self.grace.id), "pulse.need": NEED, "pulse.done": DONE}
        self.decides(USER, office.platform.inbox(USER)[-1], blocked, more)
        fix = {"dec.choice": "fix", "dec.reason": "weak_result"}
        self.decides(USER, self.asks(USER, "decide churn"), fix, {"dec.fix": FIX, "dec.until": soon()})
        office.says(USER, "status churn", channel="ai-pilots")
        pilot, person = self.own.id, self.annija.id

        def writes(unit: Any) -> None:
            unit.save_mute(Mute(pilot, "P01", MONDAY.date(), REASON, person, MONDAY))
            unit.record(Event("signal.known", MONDAY, person, pilot, "P01", after={"reason": REASON}))
            unit.save_request(Request(0, "help", pilot, self.dora.id, person, MONDAY, NEED))
            unit.record(Event("delivery.dead", MONDAY, None, subject=f"1:dm:{USER}", after={"key": "x"}))

        office.write(writes)
        office.do(
            lambda work: identities._record(work, "account.linked", self.annija, USER, office.address(USER))
        )
        sealing.seal(office.store)

    def erased(self) -> tuple[erasing.Begun, erasing.Done]:
        office = self.office
        return erasing.erase(office.store, office.content, office.organisation.id, self.annija.id, office.now)

    def proof(self) -> sealing.Proof:
        found: sealing.Proof = self.office.read(sealing.verify)
        return found


@pytest.fixture(scope="module")
def lived(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Leaving]:
    """The file of what was lived once, for every test to copy, and who was in it."""
    file = tmp_path_factory.mktemp("lived") / "rampcheck.db"
    shutil.copy(sqlite_template, file)
    at = Leaving(f"sqlite:///{file}")
    at.lives()
    at.office.store.close()
    return file, at


@pytest.fixture
def at(lived: tuple[Path, Leaving], tmp_path: Path) -> Iterator[Leaving]:
    file, seen = lived
    at = copy.copy(seen)
    at.url = f"sqlite:///{shutil.copy(file, tmp_path / 'rampcheck.db')}"
    platform = replace(seen.office.platform, posts=list(seen.office.platform.posts))
    at.office = copy.copy(seen.office)
    at.office.store, at.office.platform = open_store(at.url), platform
    yield at
    at.office.store.close()


@pytest.fixture
def both(request: pytest.FixtureRequest, database_url: str) -> Iterator[Leaving]:
    """On both kinds of databases."""
    if database_url.startswith("sqlite"):
        yield request.getfixturevalue("at")
        return
    at = Leaving(database_url)
    at.lives()
    yield at
    at.office.store.close()


def everything(url: str) -> dict[str, list[str]]:
    """Every column of every table as text, by its name."""
    found: dict[str, list[str]] = {}
    for each in Row.metadata.sorted_tables:
        columns = ", ".join(f'CAST("{each.name}"."{column.name}" AS TEXT)' for column in each.c)
        for row in raw(url, f'SELECT {columns} FROM "{each.name}"'):
            for column, value in zip(each.c, row, strict=True):
                found.setdefault(f"{each.name}.{column.name}", []).append(value or "")
    return found


def holding(url: str, mark: str) -> set[str]:
    """The columns in which a text stands, as it is or as JSON has it."""
    spelt = {
        mark.casefold(),
        json.dumps(mark)[1:-1].casefold(),
        json.dumps(mark, ensure_ascii=False)[1:-1].casefold(),
    }
    return {
        name
        for name, values in everything(url).items()
        if any(spelling in value.casefold() for spelling in spelt for value in values)
    }


def test_nothing_in_any_column_of_any_table_names_them_and_the_log_still_proves_itself(both: Leaving) -> None:
    at = both
    before = {mark: holding(at.url, mark) for mark in MARKS}
    assert all(before.values()), before
    assert {"answer.value", "message.card", "request.text"} <= before[NEED]
    assert {"mute.reason", "event.after"} <= before[REASON]
    assert {"decision.text", "answer.value"} <= before[FIX]
    assert "identity.external" in before[USER]
    answers = len(everything(at.url)["answer.value"])
    file = at.office.do(lambda work: exporting.export(work, 1))
    assert dossier.check(file).flaws == ()

    begun, done = at.erased()

    assert {mark: holding(at.url, mark) for mark in MARKS} == {mark: set() for mark in MARKS}
    assert len(everything(at.url)["answer.value"]) == answers, "an answer stays, whoever gave it"
    assert begun.called == f"Removed person {at.annija.id}"
    assert done.events
    proof = at.proof()
    assert (proof.flaws, proof.redacted, proof.waiting) == ((), done.events, 0)
    checked = dossier.check(at.office.do(lambda work: exporting.export(work, 1)))
    assert checked.flaws == ()
    assert checked.anchored
    with pytest.raises(Exception, match="append-only"):
        raw(at.url, "UPDATE event SET subject = 'x'")


def test_what_was_answered_and_decided_stays_as_given_by_nobody_with_a_name(at: Leaving) -> None:
    at.erased()
    (decision,) = at.made()
    assert (decision.by, decision.choice, decision.text) == (at.annija.id, "fix", "[removed]")
    kept = at.office.read(
        lambda unit: [one for asked in unit.history(at.own.id, limit=9) for one in unit.given(asked.id)]
    )
    assert {one.question: one.value for one in kept if one.value == 12} == {"pulse.users": 12}
    assert "[removed]" in [one.value for one in kept]
    left = at.office.read(lambda unit: unit.person(at.annija.id))
    assert left == Person(at.annija.id, f"Removed person {at.annija.id}", active=False)


def test_their_pilots_are_taken_over_and_nothing_is_sent_to_them_any_more(at: Leaving) -> None:
    begun, _ = at.erased()
    assert begun.without == (f"{NAME}'s matcher",)
    now = at.now(at.own)
    assert (now.owner, now.name) == (None, "a former colleague's matcher")
    assert at.now(at.other).decider is None
    assert at.office.read(lambda unit: unit.person(at.grace.id)).stand_in is None
    before = len(at.office.platform.inbox(USER))
    at.office.until(at.office.now + timedelta(days=20))
    assert len(at.office.platform.inbox(USER)) == before
    assert any("a former colleague" in card.fallback for card in at.office.platform.inbox("grace"))


def test_what_a_crash_left_undone_is_gone_on_with(at: Leaving) -> None:
    at.office.do(lambda work: erasing.begin(work, work.unit.person(at.annija.id)))
    assert holding(at.url, NEED)
    go_on = (at.office.store, at.office.organisation.id, at.office.now)
    assert erasing.go_on(*go_on) == 1
    assert {mark: holding(at.url, mark) for mark in MARKS} == {mark: set() for mark in MARKS}
    assert erasing.go_on(*go_on) == 0


def test_a_line_that_was_changed_after_somebody_was_erased_is_still_found(at: Leaving) -> None:
    at.erased()
    number = next(
        one.after["events"][0][0] for one in at.office.events("log.redacted") if one.after["events"]
    )
    forged: Json = {"events": [[number, "0" * 64]], "decisions": []}
    at.office.write(lambda unit: unit.record(Event("log.redacted", at.office.now, None, after=forged)))
    assert [flaw.partition(" (")[0] for flaw in at.proof().flaws] == [f"Event {number}"]


def test_every_event_that_holds_words_is_read_for_them() -> None:
    from bot.service import reviewers  # by itself it cannot be the first of its circle

    assert set(erasing.WRITTEN) == {likeness.SAID, approvals.APPROVED, explain.KNOWN, reviewers.VERDICT}


def test_whoever_was_erased_and_comes_back_is_somebody_new(at: Leaving) -> None:
    at.erased()
    at.office.says(USER, "help")
    met = at.office.read(lambda unit: unit.person_of(at.office.connection.id, USER))
    assert met.id != at.annija.id
