"""Importing pilots: every row has an outcome, nothing is half done, and the second time nothing happens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from bot.core.pilotmap import FieldMap, Join, PilotMap
from bot.core.ports import Unit
from bot.core.records import Person, Pilot
from bot.service import pilots_in
from bot.service.pilots_in import ImportProblem, Outcome
from tests.service.sheets import NOW, TODAY, Office, adds_up, csv_of, named, office_at, reasons

pytest_plugins = ["tests.databases"]

PORTFOLIO = csv_of(
    "Name,Owner,Owner email,Sponsor,Stage,Target date,Business unit,Tags,Risk,Description,Since",
    "Invoice matcher,Ilze Kalniņa,ilze@example.org,Ben Okafor,Pilot,2025-09-30,"
    'Finance,"cash, ocr",high,Reads bills,2025-01-10',
    "Call notes,Ben Okafor,ben@example.org,,Limited live,2025-06-01,Service,,Low,,2024-11-01",
    "HR helper,,,,Idea,,,,,,",
)


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    with office_at(sqlite_url) as office:
        yield office


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest) -> Iterator[Office]:
    with office_at(str(request.getfixturevalue(f"{request.param}_url"))) as office:
        yield office


# --- rows and their outcomes ----------------------------------------------------------------------------------------


def test_a_portfolio_comes_in_without_a_map(either: Office) -> None:
    report = either.import_(PORTFOLIO)
    assert report.written
    assert report.counts() == {"new": 3, "changed": 0, "unchanged": 0, "rejected": 0, "blank": 0}
    pilot, people = either.pilot("invoice-matcher"), either.people()
    assert (pilot.name, pilot.stage, pilot.stage_since) == ("Invoice matcher", "pilot", date(2025, 1, 10))
    assert (pilot.target, pilot.original_target) == (date(2025, 9, 30), date(2025, 9, 30))
    assert (pilot.group, pilot.tags, pilot.risk, pilot.work) == (
        "Finance",
        ("cash", "ocr"),
        "high",
        "Reads bills",
    )
    assert pilot.owner == people["Ilze Kalniņa"].id
    assert pilot.sponsor == people["Ben Okafor"].id
    assert people["Ben Okafor"].email == "ben@example.org"
    assert not pilot.owner_accepted
    assert either.pilot("call-notes").stage == "limited"


def test_the_second_time_nothing_happens(either: Office) -> None:
    either.import_(PORTFOLIO)
    pilots, events = either.pilots(), either.events()
    report = either.import_(PORTFOLIO)
    assert report.counts()["unchanged"] == 3
    assert not report.written
    assert (either.pilots(), either.events()) == (pilots, events)
    assert "Nothing to do" in report.status()


def test_a_dry_run_says_the_same_and_writes_nothing(office: Office) -> None:
    dry = office.look(PORTFOLIO)
    assert office.pilots() == []
    assert not office.people()
    wet = office.import_(PORTFOLIO)
    assert dry.counts() == wet.counts()
    assert list(dry.lines())[:-1] == list(wet.lines())[:-1]
    assert dry.status() == "3 rows ready to be written; nothing was written yet."


def test_a_change_is_named_field_by_field(office: Office) -> None:
    office.import_(PORTFOLIO)
    later = PORTFOLIO.replace(b",Pilot,2025-09-30,", b",Hardening,2025-12-01,").replace(
        b"Reads bills,2025-01-10", b","
    )
    report = office.import_(later)
    assert named(report) == [
        ("Invoice matcher", "changed"),
        ("Call notes", "unchanged"),
        ("HR helper", "unchanged"),
    ]
    changes = [(change.field, change.before, change.after) for change in report.changed_rows[0].changes]
    assert changes == [
        ("stage", "pilot", "hardening"),
        ("stage_since", "2025-01-10", TODAY.isoformat()),
        ("target", "2025-09-30", "2025-12-01"),
    ]
    pilot = office.pilot("invoice-matcher")
    assert pilot.original_target == date(2025, 9, 30)
    assert pilot.work == "Reads bills", "an empty cell leaves a field alone"


def test_an_empty_cell_empties_the_field_where_the_map_says_so(office: Office) -> None:
    office.import_(PORTFOLIO)
    fields = (
        FieldMap("name", ("Name",)),
        FieldMap("target", ("Target date",)),
        FieldMap("owner", ("Owner",)),
    )
    clearing = PilotMap(fields=fields, clear_empty=True)
    office.import_(csv_of("Name,Target date,Owner", "Invoice matcher,,"), clearing)
    pilot = office.pilot("invoice-matcher")
    assert (pilot.target, pilot.owner, pilot.original_target) == (None, None, date(2025, 9, 30))


def test_one_rejected_row_keeps_everything_from_being_written(office: Office) -> None:
    report = office.import_(csv_of("Name,Stage", "Good,Pilot", ",Pilot", "Fine,Idea"))
    assert report.failed
    assert not report.written
    assert adds_up(report, 3)
    assert office.pilots() == []
    assert report.status() == (
        "1 row cannot be imported, so nothing was written. Mend the file, or import the other 2 with --partial."
    )
    [rejected] = report.rejected_rows
    assert (rejected.row, rejected.line, rejected.reason) == (3, 3, "no name")


def test_partial_imports_the_rest(office: Office) -> None:
    report = office.import_(csv_of("Name,Stage", "Good,Pilot", ",Pilot", "Fine,Idea"), partial=True)
    assert report.written
    assert [pilot.name for pilot in office.pilots()] == ["Fine", "Good"]
    assert report.status() == "2 rows written. 1 row left out."


def test_blank_rows_are_counted_and_passed_over(office: Office) -> None:
    report = office.import_(b"Name,Stage\r\n\r\nOne,Idea\r\n , \r\n,,\r\nTwo,Idea\r\n")
    assert report.counts() == {"new": 2, "changed": 0, "unchanged": 0, "rejected": 0, "blank": 3}
    assert adds_up(report, 5)


def test_a_row_with_too_many_cells_is_rejected_and_one_with_too_few_repaired(office: Office) -> None:
    report = office.look(csv_of("Name,Stage,Group", 'A, B and C",Idea,x,y', "Short", "Trailing,Idea,x,,,"))
    assert named(report) == [("", "rejected"), ("Short", "new"), ("Trailing", "new")]
    assert report.rejected_rows[0].reason == "5 cells where the header has 3"
    assert [note.value for note in report.notes if not note.column] == ["2 cells missing"]
    assert not any(note.row == 2 for note in report.notes), "of a row that fell apart no cell is judged"


def test_rows_are_counted_as_the_spreadsheet_and_lines_as_the_text_file(office: Office) -> None:
    data = b'Name,Description\n"One","a\nb\r\nc"\n\nTwo,x\n,"no\nname"\n'
    report = office.look(data)
    assert [(row.row, row.line) for row in report.plan.rows] == [(2, 2), (3, 5), (4, 6), (5, 7)]
    assert report.rejected_rows[0].row == 5


def test_one_name_twice_gives_two_pilots_with_keys_of_their_own(office: Office) -> None:
    data = csv_of("Name,Group", "Chatbot,HR", "Chatbot,IT", "Chatbot!,Law")
    report = office.import_(data)
    assert {pilot.key: pilot.group for pilot in office.pilots()} == {
        "chatbot": "HR",
        "chatbot-2": "IT",
        "chatbot-3": "Law",
    }
    assert any("2 rows share their name" in sentence for sentence in report.plan.assumed)
    assert office.import_(data).counts()["unchanged"] == 3


def test_a_key_made_from_a_long_name_is_of_the_form_that_keys_have(office: Office) -> None:
    name = "Machine learning for decision support ab cd ef"
    office.import_(csv_of("Name", name, name))
    assert {pilot.key for pilot in office.pilots()} == {
        "machine-learning-for-decision-support-ab",
        "machine-learning-for-decision-support-2",
    }


def test_a_key_that_a_pilot_has_is_its_key_whatever_its_form(office: Office) -> None:
    office.save(Pilot(0, "Fraud_1", "Fraud", stage_since=TODAY, created=TODAY))
    report = office.import_(csv_of("Key,Name", "Fraud_1,Fraud"))
    assert (report.counts()["unchanged"], report.notes) == (1, [])


def test_ids_of_the_file_keep_rows_apart_whatever_their_order(office: Office) -> None:
    office.import_(csv_of("ID,Name,Group", "A-1,Chatbot,HR", "A-2,Chatbot,IT"))
    report = office.import_(csv_of("ID,Name,Group", "A-2,Chat robot,IT", "A-1,Chatbot,HR", "A-3,Chatbot,Law"))
    assert [row.outcome for row in report.plan.rows] == [Outcome.CHANGED, Outcome.UNCHANGED, Outcome.NEW]
    assert {pilot.external: pilot.name for pilot in office.pilots()} == {
        "A-1": "Chatbot",
        "A-2": "Chat robot",
        "A-3": "Chatbot",
    }


def test_a_pilot_from_the_chat_gets_the_id_of_the_file(office: Office) -> None:
    office.save(Pilot(0, "chatbot", "Chatbot", stage_since=TODAY, created=TODAY))
    report = office.import_(csv_of("ID,Name", "A-1,chatbot"))
    assert named(report) == [("chatbot", "changed")]
    assert office.pilot("chatbot").external == "A-1"


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (("A-1,,One", "A-1,,Two"), "the same id as row 2"),
        ((",k,One", ",k,Two"), "the same key as row 2"),
        (("X-1,,Known", ",known,Known"), "the same pilot as row 2"),
        (("X-1,other,Known",), "key 'other' and external id 'X-1' belong to two pilots"),
        (("X-1,,N/A", ",,N/A"), "no name"),
    ],
)
def test_rows_that_contradict_each_other_are_rejected(
    office: Office, rows: tuple[str, ...], reason: str
) -> None:
    bare = Pilot(0, "known", "Known", stage_since=TODAY, created=TODAY, external="X-1")
    office.save(bare, replace(bare, key="other", name="Other", external=""))
    report = office.look(csv_of("External id,Key,Name", *rows))
    assert [row.reason for row in report.rejected_rows] == [reason]


def test_an_id_is_put_together_from_columns_and_counted(office: Office) -> None:
    parts = FieldMap("external", ("Agency", "Name"), Join.ALL)
    mapping = PilotMap(fields=(FieldMap("name", ("Name",)), parts))
    data = csv_of(
        "Agency,Name", "ED,Generative AI", "ED,Generative AI", "DOJ,Generative AI", f"ED,{'Long ' * 30}"
    )
    office.import_(data, mapping)
    ids = [pilot.external for pilot in sorted(office.pilots(), key=lambda pilot: pilot.id)]
    assert ids[:3] == ["ed/generative-ai", "ed/generative-ai#2", "doj/generative-ai"]
    assert ids[3].startswith("ed/long-long-")
    assert len(ids[3]) <= 63
    assert office.import_(data, mapping).counts()["unchanged"] == 4


# --- cells ----------------------------------------------------------------------------------------------------------


def test_a_rejected_cell_costs_the_cell_and_not_the_row(office: Office) -> None:
    report = office.import_(
        csv_of("Name,Stage,Target date,Risk", "One,Prodction,whenever it is ready,sky-high")
    )
    pilot = office.pilot("one")
    assert (pilot.stage, pilot.target, pilot.risk) == ("idea", None, "")
    assert reasons(report) == {
        ("rejected", "Stage", "not one of the words known here"),
        ("repaired", "Stage", "nothing usable in the file: a new pilot starts as an idea"),
        ("rejected", "Target date", "not a date"),
        ("rejected", "Risk", "not one of the words known here"),
    }
    stage = next(note for note in report.notes if note.column == "Stage")
    assert (stage.row, stage.line, stage.value) == (2, 2, "Prodction")
    assert stage.remark.fix.startswith("Did you mean production?")


def test_a_rejected_cell_leaves_a_known_pilot_as_it_is(office: Office) -> None:
    office.import_(csv_of("Name,Stage,Target date", "One,Pilot,2025-06-01"))
    report = office.import_(csv_of("Name,Stage,Target date", "One,Prodction,7/15/1905"))
    assert report.counts()["unchanged"] == 1
    assert len(report.notes) == 2


def test_a_long_name_is_cut_and_kept_whole_in_the_description(office: Office) -> None:
    long = "Automated matching of incoming invoices to purchase orders for the finance department"
    report = office.import_(csv_of("Name,Description", f"{long},Saves days", f"{long} two,"))
    first, second = sorted(office.pilots(), key=lambda pilot: pilot.id)
    assert len(first.name) <= 60
    assert first.name.endswith("…")
    assert first.work == f"{long}\n\nSaves days"
    assert second.work == f"{long} two"
    assert all(
        note.remark.reason.startswith("longer than 60 characters: cut, the whole name")
        for note in report.notes
    )
    office.import_(csv_of("Name", f"{long} three"))
    assert max(office.pilots(), key=lambda pilot: pilot.id).work == f"{long} three"


def test_hidden_characters_are_taken_out_and_reported(office: Office) -> None:
    report = office.import_("Name,Description\nInv\u202eoice\x00 matcher,a\u200b\x07b\n".encode())
    assert office.pilot("invoice-matcher").work == "ab"
    assert reasons(report) == {
        ("repaired", "Name", "invisible characters were taken out"),
        ("repaired", "Description", "invisible characters were taken out"),
    }


def test_a_cell_of_100000_characters_is_cut_and_reported(office: Office) -> None:
    report = office.import_(
        csv_of(
            "Name,Description,Target date,Owner,Tags,Baseline,Stage",
            f"{'One,' + ','.join(['x' * 100_000] * 6)}",
        )
    )
    assert report.written
    assert len(office.pilot("one").work) == 5000
    assert {note.column for note in report.notes} == {
        "Description",
        "Target date",
        "Owner",
        "Tags",
        "Baseline",
        "Stage",
    }
    assert all(len(note.value) <= 80 for note in report.notes)


# --- people ---------------------------------------------------------------------------------------------------------


def test_people_are_known_by_address_then_by_name(office: Office) -> None:
    jane, _ = office.save(Person(0, "Jane Doe", "jane@example.org"), Person(0, "Ben Okafor"))
    office.import_(
        csv_of(
            "Name,Owner,Owner email",
            "A,J. Doe,JANE@example.org",
            "B,jane doe,",
            "C,Ben Okafor,ben@example.org",
        )
    )
    assert office.pilot("a").owner == office.pilot("b").owner == jane.id
    assert office.people()["Ben Okafor"].email == "ben@example.org", (
        "somebody without an address is completed"
    )
    assert len(office.people()) == 2


def test_new_people_are_added_once(office: Office) -> None:
    report = office.import_(
        csv_of(
            "Name,Owner,Deputy",
            "A,Mia Berg <mia@example.org>,Lee",
            "B,mia@example.org,@Lee",
            'C,"Berg, Mia",',
        )
    )
    people = office.people()
    assert set(people) == {"Mia Berg", "Lee"}
    assert {office.pilot(key).owner for key in "abc"} == {people["Mia Berg"].id}
    assert "people: 2 new" in list(report.lines())
    assert ("repaired", "Owner", "the family name stood first: turned round") in reasons(report)


def test_unknown_people_are_reported_where_the_map_says_match(office: Office) -> None:
    office.save(Person(0, "Mia Berg"))
    fields = (FieldMap("name", ("Name",)), FieldMap("owner", ("Owner",)))
    report = office.import_(csv_of("Name,Owner", "A,Mia Burg"), PilotMap(fields=fields, create_people=False))
    assert office.pilot("a").owner is None
    assert report.notes[0].remark.fix.startswith("Did you mean Mia Berg?")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("Ann Smith and Bob Jones", "more than one person"),
        ("Ann Smith; Bob Jones", "more than one person"),
        ('"Ann Smith, Bob Jones"', "more than one person"),
        ("a@example.org b@example.org", "more than one person"),
        ("12345", "no name of a person"),
        ("Sam", "2 people have that name"),
        (
            "Whoever has the time in the third quarter and is not away then or otherwise busy at work",
            "too long for a person",
        ),
    ],
)
def test_a_cell_that_names_nobody_for_certain_is_rejected(office: Office, cell: str, reason: str) -> None:
    office.save(Person(0, "Sam", "sam1@example.org"), Person(0, "Sam", "sam2@example.org"))
    report = office.look(csv_of("Name,Owner", f"A,{cell}"))
    assert reasons(report) == {("rejected", "Owner", reason)}


def test_who_has_the_role_is_meant_among_people_of_one_name(office: Office) -> None:
    sam, _ = office.save(Person(0, "Sam", "sam1@example.org"), Person(0, "Sam", "sam2@example.org"))
    office.save(Pilot(0, "a", "A", stage_since=TODAY, created=TODAY, owner=sam.id, owner_accepted=True))
    assert office.import_(csv_of("Name,Owner", "A,Sam")).counts()["unchanged"] == 1


def test_a_new_owner_has_not_accepted_yet(office: Office) -> None:
    [sam] = office.save(Person(0, "Sam"))
    office.save(Pilot(0, "a", "A", stage_since=TODAY, created=TODAY, owner=sam.id, owner_accepted=True))
    office.import_(csv_of("Name,Owner", "A,Kim"))
    pilot = office.pilot("a")
    assert (pilot.owner, pilot.owner_accepted) == (office.people()["Kim"].id, False)


# --- stages ---------------------------------------------------------------------------------------------------------


def test_a_pause_keeps_the_day_and_the_stage_before(office: Office) -> None:
    office.save(Pilot(0, "a", "A", stage="pilot", stage_since=date(2025, 1, 1), created=TODAY))
    office.import_(csv_of("Name,Stage,Paused until", "A,On hold,2025-05-01"))
    paused = office.pilot("a")
    assert (paused.stage, paused.before_pause, paused.paused_until) == ("paused", "pilot", date(2025, 5, 1))
    assert paused.stage_since == date(2025, 1, 1)
    report = office.import_(csv_of("Name,Stage,Paused until", "A,Pilot,2025-05-01"))
    assert (office.pilot("a").paused_until, office.pilot("a").before_pause) == (None, "")
    assert ("rejected", "Paused until", "only a paused pilot has this: left empty") in reasons(report)


def test_words_that_people_use_for_stages_are_understood_and_reported(office: Office) -> None:
    report = office.import_(csv_of("Name,Status", "A,POC", "B,LIVE", "C,In production", "D,cancelled"))
    assert [office.pilot(key).stage for key in "abcd"] == ["pilot", "production", "production", "stopped"]
    assert [note.remark.reason for note in report.notes] == [
        "read as Pilot",
        "read as In production",
        "read as Stopped",
    ]


# --- events, schedules, progress ------------------------------------------------------------------------------------


def test_everything_that_analysis_needs_is_in_the_log(office: Office) -> None:
    [lead] = office.save(Person(0, "Lead"))
    office.import_(PORTFOLIO, actor=lead.id)
    [created, *_] = office.events()
    assert (created.kind, created.actor, created.at) == ("pilot.created", lead.id, NOW)
    assert isinstance(created.after, dict)
    assert created.after["stage"] == "pilot"
    office.import_(
        PORTFOLIO.replace(b",Pilot,2025-09-30,", b",Hardening,2025-12-01,").replace(
            b"Ilze Kalni\xc5\x86a,ilze", b"Ann,ann"
        )
    )
    events = {event.kind: (event.before, event.after) for event in office.events()[3:]}
    assert events["pilot.stage"] == ("pilot", "hardening")
    assert events["pilot.target"] == ("2025-09-30", "2025-12-01")
    people = office.people()
    assert events["pilot.owner"] == (people["Ilze Kalniņa"].id, people["Ann"].id)


def test_new_pilots_and_changed_stages_are_enrolled(office: Office) -> None:
    enrolled: list[str] = []

    def enrol(unit: Unit, pilot: Pilot) -> None:
        assert unit.pilot(pilot.id) == pilot
        enrolled.append(pilot.key)

    office.import_(PORTFOLIO, enrol=enrol)
    assert enrolled == ["invoice-matcher", "call-notes", "hr-helper"]
    enrolled.clear()
    office.import_(
        PORTFOLIO.replace(b"HR helper,,,,Idea", b"HR helper,,,,Framed").replace(b"Service", b"Sales"),
        enrol=enrol,
    )
    assert enrolled == ["hr-helper"], "a changed group changes no schedule"


def test_progress_is_told_row_by_row(office: Office) -> None:
    steps: list[tuple[int, int]] = []
    office.import_(PORTFOLIO, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_a_plan_that_is_out_of_date_is_refused(office: Office) -> None:
    sheet = pilots_in.read(PORTFOLIO)
    stale = office.store.read(office.id, lambda unit: pilots_in.plan(unit, sheet, today=TODAY))
    office.save(Pilot(0, "call-notes", "Somebody was faster", stage_since=TODAY, created=TODAY))
    with pytest.raises(ImportProblem, match="Import again"):
        office.store.write(office.id, lambda unit: pilots_in.apply(unit, stale, now=NOW))
    assert [pilot.name for pilot in office.pilots()] == ["Somebody was faster"]


def test_a_failure_half_way_leaves_nothing_behind(office: Office) -> None:
    def enrol(unit: Unit, pilot: Pilot) -> None:
        if pilot.key == "hr-helper":
            raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        office.import_(PORTFOLIO, enrol=enrol)
    assert (office.pilots(), office.events(), office.people()) == ([], [], {})
