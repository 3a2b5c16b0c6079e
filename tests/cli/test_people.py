"""`rampcheck people` and `channels`."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.records import Person
from bot.storage import open_store
from tests.cli.terminal import office, ran, refused

pytestmark = pytest.mark.usefixtures("home")


def people() -> dict[str, dict[str, object]]:
    return {one["name"]: one for one in json.loads(ran("people", "list", "--json"))}


def test_nobody_at_first() -> None:
    assert ran("people", "list") == "Nobody is known yet. Add somebody: rampcheck people add NAME\n"
    assert ran("channels", "list").startswith("No channel is known yet.")
    assert (
        refused("people", "lead", "Ana") == "Nobody is known yet. Add somebody: rampcheck people add NAME\n"
    )


def test_a_person_is_added_and_made_a_lead() -> None:
    assert ran("people", "add", " Ana  Ozola ", "--email", "ana@example.com") == "Added Ana Ozola.\n"
    assert ran("people", "lead", "ana") == "Ana Ozola is now a portfolio lead.\n"
    assert people()["Ana Ozola"]["standing"] == "lead"
    assert (
        ran("people", "lead", "ANA@example.com", "--remove") == "Ana Ozola is no longer a portfolio lead.\n"
    )
    assert people()["Ana Ozola"]["standing"] == "member"


def test_a_lead_may_be_one_of_a_single_group() -> None:
    ran("people", "add", "Ana")
    ran("pilots", "add", "Invoice matcher", "--group", "Finance")
    assert (
        refused("people", "lead", "Ana", "--group", "HR")
        == "No pilot is of the group 'HR'. Groups: Finance.\n"
    )
    assert ran("people", "lead", "Ana", "--group", "finance") == "Ana is now a lead of the group finance.\n"
    assert (people()["Ana"]["standing"], people()["Ana"]["leads"]) == ("member", ["Finance"])
    assert "lead of Finance" in ran("people", "list")
    assert ran("people", "lead", "Ana", "--group", "Finance", "--remove").startswith(
        "Ana is no longer a lead"
    )
    assert people()["Ana"]["leads"] == []


@pytest.mark.parametrize("standing", ["admin", "guest"])
def test_somebody_is_made_an_admin_or_a_guest_and_a_member_again(standing: str) -> None:
    ran("people", "add", "Ana")
    assert (
        ran("people", standing, "Ana") == f"Ana is now {'an' if standing == 'admin' else 'a'} {standing}.\n"
    )
    assert people()["Ana"]["standing"] == standing
    assert ran("people", standing, "Ana", "--remove").startswith("Ana is no longer a")
    assert people()["Ana"]["standing"] == "member"


def test_who_may_do_what_is_printed() -> None:
    told = ran("permissions")
    for words in ("group lead", "Attach proof", "What people answered in their own words", "never"):
        assert words in told


def test_a_time_zone_is_set_and_taken_away() -> None:
    ran("people", "add", "Ana", "--zone", "Europe/Riga")
    assert ran("people", "zone", "Ana", "Asia/Tokyo") == "Ana is asked by the clock of Asia/Tokyo.\n"
    assert people()["Ana"]["zone"] == "Asia/Tokyo"
    assert ran("people", "zone", "Ana") == "Ana is asked by the clock of the organisation.\n"


@pytest.mark.parametrize("words", [["add", "Bob", "--zone", "Asia/Tokio"], ["zone", "Ana", "Asia/Tokio"]])
def test_a_zone_that_is_none_gets_the_nearest(words: list[str]) -> None:
    ran("people", "add", "Ana")
    assert refused("people", *words).startswith("'Asia/Tokio' is not a time zone. Did you mean Asia/Tokyo")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["ana"], "Ana is there already. If this is somebody else, add --email for both.\n"),
        (["Bob", "--email", "ANA@example.com"], "Ana has that e-mail address already.\n"),
        (
            ["Bob", "--email", "bob at home"],
            "'bob at home' is not an e-mail address. Write it like name@example.com.\n",
        ),
        ([" "], "A name has 1 to 120 characters; this one has 0.\n"),
    ],
)
def test_a_person_that_cannot_be_added(words: list[str], told: str) -> None:
    ran("people", "add", "Ana", "--email", "ana@example.com")
    assert refused("people", "add", *words) == told
    assert list(people()) == ["Ana"]


def test_two_people_of_one_name_are_told_apart_by_their_addresses() -> None:
    ran("people", "add", "Ana", "--email", "ana@example.com")
    ran("people", "add", "Ana", "--email", "ana@example.org")
    told = refused("people", "lead", "Ana")
    assert told == (
        "Several people fit 'Ana': Ana (ana@example.com) and Ana (ana@example.org). Use the e-mail address.\n"
    )


def test_people_are_listed_with_their_pilots(home: Path) -> None:
    with office(home) as scene:
        dana = scene.person("dana")
        scene.pilot("Invoice matcher", dana)
        scene.pilot("Old idea", dana, stage="stopped")
    assert people()["Dana"]["pilots"] == ["Invoice matcher"]
    shown = ran("people", "list")
    assert "Invoice matcher" in shown
    assert "Old idea" not in shown


def test_whoever_is_added_can_be_reached_in_the_local_chat_at_once(home: Path) -> None:
    ran("people", "add", "Ana Ozola")
    (home / "pilots.csv").write_text("Name,Owner\nInvoice matcher,Bo Berg\n", encoding="utf-8")
    ran("pilots", "import", "pilots.csv")
    store = open_store(f"sqlite:///{home / 'rampcheck.db'}")
    with contextlib.closing(store):
        mine = store.organisations()[0].id
        known = store.read(mine, lambda unit: {one.name: unit.identities(one.id) for one in unit.people()})
    assert [len(known[name]) for name in ("Ana Ozola", "Bo Berg")] == [1, 1]


def test_everything_about_somebody_who_left_is_written_out(home: Path) -> None:
    with office(home) as acme:
        acme.person("anna", active=False, email="anna@example.org")
    told = ran("people", "export", "anna@example.org")
    assert json.loads(told)["person"]["name"] == "Anna"
    ran("people", "export", "Anna", "--out", "anna.json")
    assert json.loads((home / "anna.json").read_text(encoding="utf-8")) == json.loads(told)
    assert "nobody" in refused("people", "export", "Zebra").lower()


def test_erasing_somebody_says_first_what_it_does_and_asks_for_a_word_more() -> None:
    ran("people", "add", "Ana Ozola", "--email", "ana@example.com")
    ran("pilots", "add", "Invoice matcher", "--owner", "Ana Ozola")
    told = refused("people", "erase", "ana@example.com")
    assert "cannot be undone. Invoice matcher will have no owner or sponsor." in told
    assert 'rampcheck people erase "Ana Ozola" --yes' in told
    assert "Ana Ozola" in people()
    told = ran("people", "erase", "Ana Ozola", "--yes")
    assert told.startswith(
        "Ana Ozola is erased. What they answered and decided stays, as of Removed person 1.\n"
    )
    assert "Without an owner or sponsor now: Invoice matcher." in told
    assert "Not in reach: backups" in told
    assert list(people()) == ["Removed person 1"]
    assert "lost what named an erased person, as the log itself says." in ran("audit", "verify")


def test_whoever_is_an_admin_by_setting_is_taken_out_of_it_before_they_are_erased(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RAMPCHECK_ADMINS", "Ana@example.com")
    ran("people", "add", "Bo")
    assert "RAMPCHECK_ADMINS names" in refused("people", "erase", "ana@example.com", "--yes")
    monkeypatch.delenv("RAMPCHECK_ADMINS")
    ran("people", "erase", "ana@example.com", "--yes")
    assert "ana@example.com" not in ran("people", "list").casefold()


def test_a_reviewer_of_every_pilot_is_named_for_a_role_and_taken_back() -> None:
    ran("people", "add", "Ana")
    named = ran("people", "reviewer", "Ana", "security")
    assert named == "Ana is now the reviewer for security where a pilot names nobody.\n"
    assert refused("people", "reviewer", "Ana", "legal").startswith(
        "There is no role 'legal'. Use business_owner,"
    )
    taken = ran("people", "reviewer", "Ana", "security", "--remove")
    assert taken == "Ana is no longer the reviewer for security where a pilot names nobody.\n"
    assert "nothing to take back" in refused("people", "reviewer", "Ana", "security", "--remove")


def test_somebody_answers_in_anothers_place_for_a_time_and_no_longer(home: Path) -> None:
    for name in ("Ana", "Bo"):
        ran("people", "add", name)
    last = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    told = ran("people", "delegate", "Ana", "--to", "Bo", "--until", last)
    assert told.startswith("Noted. Bo answers for Ana up to and with ")
    known = stored(home)
    assert (known["Ana"].stand_in, str(known["Ana"].stand_in_until)) == (known["Bo"].id, last)
    ran("people", "away", "Ana", "--back")
    assert stored(home)["Ana"].stand_in is None


def stored(home: Path) -> dict[str, Person]:
    store = open_store(f"sqlite:///{home / 'rampcheck.db'}")
    with contextlib.closing(store):
        everybody = store.read(store.organisations()[0].id, lambda unit: unit.people())
    return {person.name: person for person in everybody}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["Ana", "--to", "Bo", "--until", "soon"], "'soon' is no day. Write it like 2027-03-15.\n"),
        (["Ana", "--to", "Carl", "--until", "2027-03-15"], "Nobody is called 'Carl'."),
        (["Ana", "--to", "Bo", "--until", "2020-01-01"], "An absence lasts to a day from today to "),
        (["Ana", "--to", "Ana", "--until", "{soon}"], "That is the same person. Name somebody else"),
    ],
)
def test_a_delegation_that_cannot_be_says_why_and_changes_nothing(words: list[str], told: str) -> None:
    for name in ("Ana", "Bo"):
        ran("people", "add", name)
    soon = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    assert refused("people", "delegate", *(word.format(soon=soon) for word in words)).startswith(told)
