"""Mapping files: what they say is done, and every slip in them is named with file, line and fix."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.mapping import read_map
from bot.content.problem import ContentError
from bot.core.pilotmap import FieldMap, Join, PilotMap
from bot.service import pilots_in
from bot.service.pilots_in import ImportProblem
from tests.service.sheets import Office, csv_of, office_at, reasons

pytest_plugins = ["tests.databases"]

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "federal-ai-inventory.map.yaml"

MAP = """
header: 1
delimiter: semicolon
dates: day-first
people: match
empty: clear
fields:
  name: Title
  stage:
    column: Where is it
    values: {green: production, "": idea}
    default: framed
  stage_since: [Went live, Started]
  tags: {all: [Topic, Area]}
  group: {constant: Finance}
"""


def of(text: str) -> PilotMap:
    return read_map(text.encode(), "map.yaml")


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    with office_at(sqlite_url) as office:
        yield office


def test_a_map_is_read_as_it_is_written() -> None:
    assert of(MAP) == PilotMap(
        file="map.yaml",
        fields=(
            FieldMap("name", ("Title",), line=8),
            FieldMap(
                "stage",
                ("Where is it",),
                values={"green": "production", "": "idea"},
                default="framed",
                line=9,
            ),
            FieldMap("stage_since", ("Went live", "Started"), line=13),
            FieldMap("tags", ("Topic", "Area"), Join.ALL, line=14),
            FieldMap("group", constant="Finance", line=15),
        ),
        header=1,
        delimiter=";",
        day_first=True,
        create_people=False,
        clear_empty=True,
    )


def test_a_map_does_what_it_says(office: Office) -> None:
    data = csv_of(
        "Title;Where is it;Went live;Started;Topic;Area",
        "One;GREEN;;1/2/2023;ocr;cash;",
        "Two;;N/A;2/2/2023;;",
        "Three;purple;13/3/2023;1/1/2023;cash;Cash",
    )
    report = office.import_(data, of(MAP))
    one, two, three = (office.pilot(key) for key in ("one", "two", "three"))
    assert (one.stage, two.stage, three.stage) == ("production", "idea", "framed")
    assert (one.stage_since, three.stage_since) == (date(2023, 2, 1), date(2023, 3, 13))
    assert (one.tags, three.tags, one.group) == (("ocr", "cash"), ("cash",), "Finance")
    assert reasons(report) == {
        ("repaired", "Went live", "says that there is no date: left empty"),
        ("rejected", "Where is it", "not one of the words known here"),
        ("repaired", "Where is it", "nothing usable in the file: a new pilot gets the map's default"),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fields:\n  nam: Title\n", "map.yaml:2: pilots have no field 'nam'; did you mean 'name'?"),
        ("fields:\n  stage: S\n", "map.yaml:2: no column fills 'name'; add 'name: '"),
        (
            "fields:\n  name: {first: [A], all: [B]}\n",
            "map.yaml:2: 'name' has first and all; use one of column, first",
        ),
        ("fields:\n  name: {values: {a: b}}\n", "map.yaml:2: 'name' names no column; use one of column"),
        ("fields:\n  name: []\n", "map.yaml:2: the list of columns of 'name' is empty"),
        (
            "fields:\n  name: ''\n",
            "map.yaml:2: a column of 'name' is empty; write the heading as it is in the file",
        ),
        (
            "fields:\n  name: A\n  stage:\n    column: S\n    values:\n      live: prodction\n",
            "map.yaml:6: there is no stage 'prodction'; did you mean 'production'?",
        ),
        (
            "fields:\n  name: A\n  risk: {constant: huge}\n",
            "map.yaml:3: there is no risk 'huge'; use high, medium or low",
        ),
        ("dates: usa\nfields: {name: A}\n", "map.yaml:1: "),
        ("header: 0\nfields: {name: A}\n", "map.yaml:1: "),
        ("colour: red\nfields: {name: A}\n", "map.yaml:1: the mapping has no key 'colour'"),
        ("fields:\n  name: A\n  name: B\n", "map.yaml:3: 'name' is written twice (first in line 2)"),
        ("- name\n", "map.yaml:1: the mapping is a list, not a block of keys"),
        ("fields: {name: A\n", "map.yaml:"),
        ("", "map.yaml:1: the file is empty"),
    ],
)
def test_a_slip_in_a_map_is_named_with_its_line_and_the_fix(text: str, said: str) -> None:
    with pytest.raises(ContentError) as error:
        of(text)
    assert said in str(error.value)


def test_all_slips_are_named_at_once() -> None:
    with pytest.raises(ContentError) as error:
        of("people: nobody\nfields:\n  name: A\n  stag: B\n  risk: {column: C, values: {a: b}}\n")
    assert [problem.line for problem in error.value.problems] == [1, 4, 5]


@given(st.binary(max_size=200))
def test_any_bytes_are_a_map_or_a_list_of_problems(raw: bytes) -> None:
    for data in (raw, b"fields:\n  name: " + raw):
        try:
            read_map(data, "map.yaml")
        except ContentError as error:
            assert error.problems  # noqa: PT017  # either outcome is right; only another error is not


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fields:\n  name: Titel\n", "map.yaml:2: the file has no column 'Titel'; did you mean 'Title'?"),
        (
            "fields:\n  name: Price\n",
            "map.yaml:2: the file has no column 'Price'; the file has Title, Stage or Note",
        ),
        (
            "fields:\n  name: Title\n  work: Note\n",
            "map.yaml:3: 2 columns are called 'Note' (columns 3, 4); give the one",
        ),
    ],
)
def test_a_column_that_is_not_there_is_named_with_the_line_of_the_map(text: str, said: str) -> None:
    with pytest.raises(ImportProblem) as problem:
        pilots_in.read(csv_of("Title,Stage,Note,Note", "One,Idea,,"), of(text))
    assert str(problem.value).startswith(said)


def test_all_missing_columns_are_named_at_once() -> None:
    with pytest.raises(ImportProblem) as problem:
        pilots_in.read(csv_of("Title", "One"), of("fields:\n  name: A\n  stage: [B, C]\n"))
    assert [line.split(";")[0] for line in str(problem.value).splitlines()] == [
        "map.yaml:2: the file has no column 'A'",
        "map.yaml:3: the file has no column 'B'",
        "map.yaml:3: the file has no column 'C'",
    ]


def test_headings_are_found_whatever_their_case_and_blanks() -> None:
    sheet = pilots_in.read(
        "Use  Case\nname!,x\nOne,\n".replace("\n", " ", 1).encode(), of("fields: {name: use case NAME}\n")
    )
    assert sheet.columns == ("Use Case name!",)


def test_a_constant_that_its_field_refuses_is_named(office: Office) -> None:
    with pytest.raises(ImportProblem, match=r"map\.yaml:3: 'soon' cannot be a target: not a date"):
        office.look(csv_of("Name", "One"), of("fields:\n  name: Name\n  target: {constant: soon}\n"))


# --- the example ----------------------------------------------------------------------------------------------------

INVENTORY = (
    "Use Case Name,Agency,Agency Abbreviation,Bureau,Use Case Topic Area,"
    "What is the intended purpose and expected benefits of the AI?,Stage of Development,"
    '"Is the AI use case rights-impacting, safety-impacting, both, or neither?",Date Initiated,'
    "Date when Acquisition and/or Development began,Date Implemented,Date Retired\r\n"
    "Parcel reader ,Department of Post,POST,HQ,Mission-Enabling (internal agency support) ,Reads – quickly,"
    "Operation and Maintenance,Neither,10/1/2022,1/15/2023,24-Aug,N/A\r\n"
    'Parcel reader,Department of Post,POST,HQ,Other,"Reads\nagain",Research or  Administrative Action Complete,'
    '"Rights-Impacting\n",7/16/1905,, ,N/A -Consolidated into another use case.\r\n'
    "Route helper,Department of Post,POST,Field,,,,,,,,\r\n"
)


def test_the_example_map_reads_a_file_in_the_form_of_the_inventory(office: Office) -> None:
    data = INVENTORY.encode("cp1252")
    report = office.import_(data, read_map(EXAMPLE.read_bytes(), EXAMPLE.name))
    reader, again, helper = sorted(office.pilots(), key=lambda pilot: pilot.id)
    assert (reader.stage, again.stage, helper.stage) == ("production", "stopped", "idea")
    assert (reader.stage_since, reader.created) == (date(2024, 8, 1), date(2022, 10, 1))
    assert (reader.risk, again.risk, reader.tags, reader.work) == (
        "medium",
        "high",
        ("Mission-Enabling",),
        "Reads – quickly",
    )
    assert [pilot.external for pilot in (reader, again, helper)] == [
        "post/hq/parcel-reader",
        "post/hq/parcel-reader#2",
        "post/field/route-helper",
    ]
    assert {row.line for row in report.plan.rows} == {2, 3, 6}
    assert ("rejected", "Date Initiated", "a year that a spreadsheet turned into a day of 1905") in reasons(
        report
    )
    assert office.import_(data, read_map(EXAMPLE.read_bytes(), EXAMPLE.name)).counts()["unchanged"] == 3
