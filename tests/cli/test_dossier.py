"""A decision as a file: an auditor exports it, checks it without the database, and reads what was changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core import chain, dossier
from bot.core.records import Event
from bot.service import dossier as service
from bot.service import sealing, users
from bot.storage import open_store
from tests.cli.terminal import office, ran, refused
from tests.fakes.office import CALM, MONDAY
from tests.service.test_deciding import FIX, Deciding, soon

File = dict[str, Any]


@pytest.fixture(scope="module")
def decided(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An owner answers after a reminder and corrects it, the decider decides, the worker seals: database and file."""
    path = tmp_path_factory.mktemp("decided") / "rampcheck.db"
    shutil.copy(sqlite_template, path)
    store = open_store(f"sqlite:///{path}")
    at = Deciding(store)
    at.pilot(decide_by=MONDAY.date() + timedelta(days=8))
    at.office.until(MONDAY + timedelta(days=3))
    at.office.answers("anna", CALM)
    at.office.presses("anna", "Correct an answer", {"question": "pulse.users"})
    at.office.answers("anna", {"pulse.users": "40"})
    at.decides("dora", at.asks("dora"), FIX, {"dec.fix": "Security is tested", "dec.until": soon()})
    at.office.write(
        lambda unit: unit.record(Event(users.ASKED, at.office.now, None, 1, "1", after=at.grace.id))
    )
    at.office.write(lambda unit: unit.record(Event(users.VOTE, at.office.now, None, 1, after="no")))
    sealing.seal(store)
    made = at.office.do(lambda work: service.export(work, 1))
    store.close()
    return path, json.dumps(made)


@pytest.fixture
def exported(decided: tuple[Path, str]) -> File:
    found: File = json.loads(decided[1])
    return found


def put(home: Path, file: File) -> None:
    (home / "one.json").write_text(json.dumps(file), encoding="utf-8")


def test_the_file_does_not_say_what_a_user_said(exported: File) -> None:
    """Each is asked alone: beside the moment at which somebody was, a vote without a name would have one."""
    kinds = {part["kind"] for name, part in exported["parts"].items() if name.startswith(dossier.EVENT)}
    assert users.ASKED in kinds
    assert users.VOTE not in kinds


def resealed(file: File) -> File:
    """As somebody would who knows how the file is made: all its digests anew."""
    return dossier.written(file["parts"])


def named(file: File, kind: str) -> str:
    return next(name for name in file["parts"] if name.startswith(kind))


def test_a_file_holds_all_that_the_decision_rests_on_and_is_proved_without_the_database(
    decided: tuple[Path, str], bare: Path
) -> None:
    shutil.copy(decided[0], bare / "rampcheck.db")
    told = ran("decision", "export", "1", "--out", "one.json")
    exported = json.loads((bare / "one.json").read_text(encoding="utf-8"))
    assert exported["seal"] in told
    assert exported == json.loads(decided[1])
    parts = exported["parts"]
    assert parts["decision"]["text"] == "Security is tested"
    assert parts["decision"]["policy"] == 1
    assert parts["decision"]["signals"]
    assert "questionnaire pulse@" in " ".join(parts)
    assert [part["value"] for name, part in parts.items() if "(pulse.users)" in name] == [12, 40]
    assert all(part["link"] for name, part in parts.items() if name.startswith("event "))
    assert {part["reminders"] for name, part in parts.items() if name.startswith("check-in ")} == {0, 2}
    assert set(parts["people"].values()) == {"Anna", "Grace", "Dora"}

    (bare / "rampcheck.db").unlink()
    told = ran("decision", "verify", "one.json", "--seal", exported["seal"])
    assert told.startswith(f"{len(parts)} parts verified, ")
    assert "from before the log" not in told


@pytest.mark.parametrize(
    "kind",
    ["decision", "pilot", "scores", "record", "questionnaire", "check-in", "answer", "event", "people"],
)
def test_every_kind_of_part_that_was_changed_taken_out_or_added_is_named(
    bare: Path, exported: File, kind: str
) -> None:
    name = named(exported, kind)
    title = name[:1].upper() + name[1:]
    before = exported["parts"][name]
    exported["parts"][name] = before | {"kind": "other"}
    put(bare, exported)
    assert f"{title}: not as it was exported." in refused("decision", "verify", "one.json")
    del exported["parts"][name]
    put(bare, exported)
    assert f"{title}: missing." in refused("decision", "verify", "one.json")
    exported["parts"][name] = before
    del exported["digests"][name]
    put(bare, exported)
    told = refused("decision", "verify", "one.json")
    assert f"{title}: was added, or its digest was taken out." in told
    assert "The list of digests: not as it was sealed." in told


def test_a_file_that_was_sealed_anew_is_not_the_one_that_was_written_down(bare: Path, exported: File) -> None:
    exported["parts"][named(exported, "answer")]["value"] = "nothing"
    forged = resealed(exported)
    put(bare, forged)
    assert forged["seal"] in ran("decision", "verify", "one.json")
    told = refused("decision", "verify", "one.json", "--seal", exported["seal"])
    assert told.endswith("The seal is not the one that you wrote down.\n")


def a_choice(parts: File) -> None:
    parts["decision"]["choice"] = "scale"


def a_question(parts: File) -> None:
    parts[next(name for name in parts if name.startswith("questionnaire"))]["title"] = "Other"


def an_event(parts: File) -> None:
    parts[next(name for name in parts if name.startswith("event"))]["subject"] = "other"


def a_link(parts: File) -> None:
    """An event changed, and its link computed anew over it: those beside it no longer fit."""
    made = [parts[name] for name in parts if name.startswith("event")]
    numbers = {part["link"]["number"]: part for part in made}
    part = next(numbers[number] for number in numbers if number + 1 in numbers)
    part["subject"] = "other"
    _, logged = dossier._read_event(part)
    link = part["link"]
    link["digest"] = chain.digest_of(link["number"], link["previous"], logged, link["salt"])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (a_choice, "Decision: not as the log says it was made."),
        (a_question, "its questions are not those of its version."),
        (an_event, "not as it was sealed."),
        (a_link, "does not follow the seal before it."),
    ],
)
def test_what_was_fixed_earlier_than_the_file_cannot_be_changed_by_sealing_it_anew(
    bare: Path, exported: File, change: Callable[[File], None], told: str
) -> None:
    change(exported["parts"])
    put(bare, resealed(exported))
    said = refused("decision", "verify", "one.json")
    assert said.startswith("one.json is not as it was exported.")
    assert told in said


@pytest.mark.parametrize("text", ["", "[]", '{"what": "rampcheck decision"}', "\udcff", "[" * 100_000])
def test_a_file_that_is_none_is_refused_in_a_sentence(bare: Path, text: str) -> None:
    (bare / "one.json").write_bytes(text.encode(errors="surrogateescape"))
    assert refused("decision", "verify", "one.json").startswith("one.json is no decision that")


def test_a_number_that_is_none_lists_the_newest(bare: Path, decided: tuple[Path, str]) -> None:
    shutil.copy(decided[0], bare / "rampcheck.db")
    told = refused("decision", "export", "99")
    assert told.startswith(
        "There is no decision 99. The newest are: 1 (fix for Invoice matcher, 2026-11-26)."
    )
    assert not (bare / "decision-99.json").exists()


def test_a_file_that_is_not_there_is_said(bare: Path) -> None:
    assert refused("decision", "verify", str(bare.name)).startswith(f"There is no file {bare.name}.")


def test_before_anything_was_decided_that_is_said(home: Path) -> None:
    with office(home):
        pass
    assert refused("decision", "export", "1") == "Nothing was decided yet.\n"
