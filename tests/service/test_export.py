"""What goes out: nothing runs in a spreadsheet, nothing given in confidence slips out, and it all comes in again."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.ports import Unit
from bot.core.questionnaire import Kind, Option, Question, Questionnaire, Screen
from bot.core.records import Given, Person, Pilot
from bot.core.state import Checkin, Phase, State
from bot.core.values import NoneYet, NotApplicable, NotKnown
from bot.service import export, registry
from tests.service.sheets import NOW, TODAY, Office, office_at

pytest_plugins = ["tests.databases"]

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\x00=1",
    "'=1",
    "''+1",
    "＝1",
    '=HYPERLINK("http://x","y")',
]


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    with office_at(sqlite_url) as office:
        yield office


def pilots_csv(office: Office, *, bom: bool = False) -> str:
    def work(unit: Unit) -> str:
        return "".join(export.csv_lines(export.pilots_rows(unit), export.PILOT_COLUMNS, bom=bom))

    return office.store.read(office.id, work)


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


# --- cells ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_would_run_gets_an_apostrophe(text: str) -> None:
    [header, line] = export.csv_lines([{"a": text}], {"a": "A"})
    [[_], [cell]] = csv.reader(io.StringIO(header + line, newline=""))
    assert cell == "'" + text.replace("\x00", ""), "what does not show is in no file"


@pytest.mark.parametrize(
    "text", ["plain", "a=1", "5-3", "it's", "'quoted'", "mail@example.org", "", "–5", "(=1)"]
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert export.neutral(text) == text


def test_numbers_stay_numbers_and_the_form_is_that_of_the_standard() -> None:
    row: export.Row = {
        "n": -5,
        "f": -1.5,
        "b": True,
        "d": date(2025, 3, 1),
        "t": ("a", "-b"),
        "x": None,
        "s": 'say "a, b"\nc',
    }
    lines = list(export.csv_lines([row], {name: name.upper() for name in row}))
    assert lines == ["N,F,B,D,T,X,S\r\n", '-5,-1.5,yes,2025-03-01,a; -b,,"say ""a, b""\nc"\r\n']


def test_a_mark_for_excel_is_written_once_where_it_is_asked_for(office: Office) -> None:
    assert pilots_csv(office, bom=True).startswith("\ufeffKey,Name,")
    assert pilots_csv(office).startswith("Key,Name,")


def test_json_lines_hold_the_values_as_they_are() -> None:
    [line] = export.json_lines(
        [{"a": "=1", "n": -5, "d": date(2025, 3, 1), "t": ("x", "y"), "none": None, "z": "Łódź"}]
    )
    assert line.endswith("\n")
    assert "Łódź" in line
    assert json.loads(line) == {
        "a": "=1",
        "n": -5,
        "d": "2025-03-01",
        "t": ["x", "y"],
        "none": None,
        "z": "Łódź",
    }


def test_rows_are_written_one_by_one() -> None:
    def rows() -> Iterator[dict[str, export.Cell]]:
        yield {"a": "first"}
        raise AssertionError("nobody asked for the second row yet")

    lines = export.csv_lines(rows(), {"a": "A"})
    assert [next(lines), next(lines)] == ["A\r\n", "first\r\n"]


# --- pilots ---------------------------------------------------------------------------------------------------------


def a_full_pilot(owner: int, sponsor: int) -> Pilot:
    return Pilot(
        0,
        "fraud",
        "=Fraud, check",
        work="- one\n- two",
        stage="paused",
        stage_since=date(2025, 1, 2),
        created=date(2024, 12, 1),
        owner=owner,
        owner_accepted=True,
        deputy=sponsor,
        sponsor=sponsor,
        decider=owner,
        builder=sponsor,
        target=date(2025, 9, 30),
        original_target=date(2025, 6, 30),
        decide_by=date(2025, 8, 1),
        group="Risk; Legal",
        tags=("cash, card",),
        risk="high",
        metric="minutes",
        baseline=-12.5,
        goal=3.0,
        intended_users=120,
        paused_until=date(2025, 5, 1),
        before_pause="pilot",
        private=True,
        external="R-1",
    )


def test_exported_pilots_come_in_again_without_a_change(office: Office) -> None:
    ann, ben = office.save(Person(0, "Ann", "ann@example.org"), Person(0, "Ben, Jr."))
    bare = Pilot(0, "bare", "Bare", stage_since=TODAY, created=TODAY)
    office.save(a_full_pilot(ann.id, ben.id), bare)
    before = office.pilots()
    text = pilots_csv(office, bom=True)
    report = office.import_(text.encode())
    assert report.counts() == {"new": 0, "changed": 0, "unchanged": 2, "rejected": 0, "blank": 0}
    assert report.plan.sheet.unused == ()
    assert office.pilots() == before
    assert {note.remark.reason for note in report.notes} <= {
        "the apostrophe that keeps a spreadsheet from running it as a formula was taken off"
    }


def test_exported_pilots_fill_an_empty_register(
    office: Office, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ann, ben = office.save(Person(0, "Ann", "ann@example.org"), Person(0, "Ben"))
    office.save(a_full_pilot(ann.id, ben.id))
    text = pilots_csv(office)
    other = Office(office.store, office.store.add_organisation("Southwind", "UTC").id)
    other.import_(text.encode())
    people = other.people()
    moved = a_full_pilot(people["Ann"].id, people["Ben"].id)
    [came] = other.pilots()
    assert came.owner_accepted is False, "nobody accepted anything there"
    assert {name: getattr(came, name) for name in export.PILOT_COLUMNS if "email" not in name} == {
        name: getattr(moved, name) for name in export.PILOT_COLUMNS if "email" not in name
    }


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=70) | st.sampled_from(
    ["None", "TBD", *FORMULAS[:4]]
)
PILOTS = st.lists(
    st.builds(
        Pilot,
        st.just(0),
        st.just(""),
        TEXT.map(lambda text: text[: registry.NAME_LIMIT]).filter(lambda text: bool(text.strip())),
        work=TEXT,
        stage=st.sampled_from(["idea", "pilot", "limited", "retired"]),
        stage_since=st.dates(date(1995, 1, 1), date(2024, 1, 1)),
        created=st.dates(date(1995, 1, 1), date(2024, 1, 1)),
        target=st.none() | st.dates(date(1995, 1, 1), date(2090, 1, 1)),
        group=TEXT,
        tags=st.lists(TEXT.filter(bool), max_size=3).map(tuple),
        risk=st.sampled_from(["", "high", "low"]),
        metric=TEXT,
        baseline=st.none() | st.floats(-1e9, 1e9),
        intended_users=st.none() | st.integers(0, 10**9),
    ),
    max_size=4,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PILOTS)
def test_whatever_stands_in_the_register_comes_in_again_without_a_change(
    office: Office, pilots: list[Pilot]
) -> None:
    place = Office(office.store, office.store.add_organisation("Another", "UTC").id)
    place.save(*(replace(p, key=f"k{n}", original_target=p.target) for n, p in enumerate(pilots)))
    before = place.pilots()
    if not pilots:
        return
    report = place.import_(pilots_csv(place).encode())
    assert report.counts()["unchanged"] == len(pilots), [row.changes for row in report.changed_rows]
    assert place.pilots() == before


# --- answers --------------------------------------------------------------------------------------------------------

FORM = Questionnaire(
    "pulse",
    1,
    "Pulse",
    "owner",
    1,
    (
        Screen(
            "one",
            "One",
            (
                Question(
                    "pulse.moved", Kind.SINGLE, "What moved?", options=(Option("blocked", "We were blocked"),)
                ),
                Question(
                    "pulse.block",
                    Kind.MULTI,
                    "By what?",
                    options=(Option("law", "Legal"), Option("it", "IT")),
                ),
                Question("pulse.say", Kind.LONGTEXT, "Anything else?"),
                Question("pulse.who", Kind.PERSON, "Who can clear it?"),
                Question("pulse.lvl", Kind.LEVEL, "Access?", options=(Option("2", "Some access"),)),
                Question("pulse.when", Kind.DATE, "When?", none_label="No date yet"),
                Question("pulse.n", Kind.NUMBER, "Users?"),
                Question("pulse.ok", Kind.YESNO, "Sure?"),
            ),
        ),
    ),
)


def answered(office: Office) -> None:
    ann, pilot = office.save(
        Person(0, "Ann"), Pilot(0, "fraud", "Fraud check", stage_since=TODAY, created=TODAY)
    )
    answers = {
        "pulse.moved": "blocked",
        "pulse.block": ("law", "it"),
        "pulse.say": "The vendor is late",
        "pulse.who": str(ann.id),
        "pulse.lvl": 2,
        "pulse.when": NoneYet(),
        "pulse.n": -3,
        "pulse.ok": True,
    }

    def work(unit: Unit) -> None:
        unit.keep_form(FORM)
        slot = datetime(2025, 3, 10, 8, tzinfo=UTC)
        opened = unit.open_checkin(
            Checkin(0, pilot.id, "pulse", 1, slot, State(Phase.OPEN, ann.id, slot, NOW))
        )
        assert opened is not None
        unit.keep(Given(opened.id, name, value, 1, ann.id, NOW) for name, value in answers.items())
        unit.keep([Given(opened.id, "pulse.lvl", NotKnown(), 2, ann.id, NOW)])
        unit.keep([Given(opened.id, "pulse.n", None, 2, ann.id, NOW)])
        unit.keep([Given(opened.id, "pulse.moved", NotApplicable("we do not sell"), 3, ann.id, NOW)])

    office.store.write(office.id, work)


def answers(office: Office, **options: bool) -> list[dict[str, export.Cell]]:
    return office.store.read(office.id, lambda unit: list(export.answers_rows(unit, **options)))


def test_every_answer_goes_out_with_its_question_in_words_and_in_the_raw(office: Office) -> None:
    answered(office)
    rows = answers(office)
    assert [(row["question"], row["value"], row["words"], row["superseded"]) for row in rows] == [
        ("pulse.moved", "blocked", "We were blocked", True),
        ("pulse.block", ["law", "it"], "Legal; IT", False),
        ("pulse.say", None, "", False),
        ("pulse.who", rows[3]["value"], "Ann", False),
        ("pulse.lvl", 2, "Some access", True),
        ("pulse.when", {"none": True}, "No date yet", False),
        ("pulse.n", -3, "-3", True),
        ("pulse.ok", True, "yes", False),
        ("pulse.lvl", {"unknown": True}, "I don't know", False),
        ("pulse.n", None, "(taken back)", False),
        ("pulse.moved", None, "", False),
    ]
    assert rows[0].keys() == export.ANSWER_COLUMNS.keys()
    assert (rows[0]["pilot"], rows[0]["questionnaire"], rows[0]["person"]) == ("fraud", "pulse@1", "Ann")
    assert (rows[0]["slot"], rows[0]["at"]) == ("2025-03-10T08:00:00+00:00", NOW.isoformat())
    assert rows[0]["question_text"] == "What moved?"


def test_own_words_go_out_only_when_asked_for(office: Office) -> None:
    answered(office)
    withheld = [row["question"] for row in answers(office) if row["withheld"]]
    assert withheld == ["pulse.say", "pulse.moved"]
    text = "".join(export.json_lines(answers(office)))
    assert "vendor" not in text
    assert "sell" not in text
    rows = answers(office, with_texts=True)
    assert not any(row["withheld"] for row in rows)
    assert rows[2]["words"] == "The vendor is late"
    assert rows[-1]["words"] == "Does not apply: we do not sell"


def test_answers_are_harmless_in_a_spreadsheet(office: Office) -> None:
    answered(office)
    rows = table("".join(export.csv_lines(answers(office), export.ANSWER_COLUMNS)))
    assert rows[6]["Value"] == "-3", "a number is a number"
    assert rows[6]["Answer"] == "'-3", "its text is a text"
    assert rows[1]["Value"] == '["law", "it"]'


def test_answers_can_be_those_of_one_pilot_and_one_questionnaire(office: Office) -> None:
    answered(office)

    def count(pilot: int, questionnaire: str) -> int:
        return office.store.read(
            office.id,
            lambda unit: len(list(export.answers_rows(unit, pilot=pilot, questionnaire=questionnaire))),
        )

    [pilot] = office.pilots()
    assert [count(pilot.id, "pulse"), count(pilot.id, "review"), count(pilot.id + 1, "")] == [11, 0, 0]
