"""Reading files as people send them: any encoding and delimiter, and a plain word where nothing can be read."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.pilotmap import FieldMap, PilotMap
from bot.core.records import Organisation
from bot.service.importing import decoding
from bot.service.importing import sheet as sheets
from bot.service.importing.plan import plan
from bot.service.importing.reading import COLUMNS
from bot.service.importing.report import Report
from bot.service.importing.sheet import Sheet, read
from bot.service.pilots_in import ImportProblem
from tests.service.sheets import TODAY, adds_up, csv_of

WESTERN = "Name,Owner\nCafé “Crème” – façade,Zoë Müller\nPlain,Ann\n"
POLISH = (
    "Name,Owner\nZażółć gęślą jaźń,Łukasz Żak\nKsięgowość i łączność w firmie są proste,Świętosława Wójcik\n"
    * 4
)
RUSSIAN = (
    "Name,Owner\nПроверка счетов поставщиков,Иван Петров\nПомощник отдела кадров для сотрудников,Анна\n" * 4
)
JAPANESE = "Name,Owner\n請求書の自動照合システムです,山田太郎\n問い合わせ対応の記録をまとめる,鈴木花子\n" * 4


class Empty:
    """A unit of work without pilots or people."""

    organisation = Organisation(1, "Northwind")

    def pilots(self) -> list[object]:
        return []

    def people(self) -> list[object]:
        return []


def names(sheet: Sheet) -> list[str]:
    at = next(source.at[0] for source in sheet.sources if source.map.name == "name")
    return [line.cells[at] for line in sheet.lines]


# --- encodings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codec", "called", "certain"),
    [
        ("utf-8", "UTF-8", True),
        ("utf-8-sig", "UTF-8 with a mark", True),
        ("utf-16", "UTF-16", True),
        ("utf-16-le", "UTF-16", True),
        ("utf-16-be", "UTF-16", True),
        ("utf-32", "UTF-32", True),
        ("cp1252", "Windows-1252", False),
    ],
)
def test_western_text_is_read_whatever_its_encoding(codec: str, called: str, certain: bool) -> None:
    sheet = read(WESTERN.encode(codec))
    assert (sheet.encoding.name, sheet.encoding.certain) == (called, certain)
    assert names(sheet) == ["Café “Crème” – façade", "Plain"]
    assert any("Text encoding" in sentence for sentence in sheet.assumed) is not certain


@pytest.mark.parametrize(
    ("text", "codec"),
    [(POLISH, "cp1250"), (RUSSIAN, "cp1251"), (JAPANESE, "shift_jis")],
    ids=["pl", "ru", "ja"],
)
def test_other_old_encodings_are_guessed_and_said_to_be(text: str, codec: str) -> None:
    sheet = read(text.encode(codec))
    assert names(sheet)[0] == text.splitlines()[1].split(",")[0]
    assert not sheet.encoding.certain


def test_a_named_encoding_is_believed() -> None:
    fields = (FieldMap("name", ("Name",)),)
    assert names(read("Name\nł\n".encode("cp1250"), PilotMap(fields=fields, encoding="windows-1250"))) == [
        "ł"
    ]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("utf-9", "There is no text encoding 'utf-9'. Use utf-8."),
        ("rot13", "There is no text encoding 'rot13'"),
        ("utf-8", "Line 2: not readable as UTF-8"),
        ("\x00", "There is no text encoding"),
    ],
)
def test_a_named_encoding_that_does_not_fit_is_refused(wanted: str, said: str) -> None:
    with pytest.raises(ImportProblem) as problem:
        read(b"Name\nCaf\xe9\n", PilotMap(encoding=wanted))
    assert str(problem.value).startswith(said)


def test_one_spoiled_byte_does_not_spoil_the_letters_of_the_whole_file() -> None:
    data = ("Name\n" + "Prüfung\n" * 10).encode() + b"Pr\xfcfung\n"
    with pytest.raises(ImportProblem, match="Line 12 holds a byte that is not UTF-8, though the rest is"):
        read(data)


# --- delimiters, quotes, headings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "called"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "vertical bar")]
)
def test_the_delimiter_is_found_whatever_stands_inside_the_cells(mark: str, called: str) -> None:
    rows = [
        ("Name", "Description", "Stage"),
        ("One", '"a, b; c | d\te\nand, more; of | it"', "Idea"),
        ("Two", '"He said ""no, thanks"""', "Pilot"),
        ("Three", "", ""),
    ]
    sheet = read("\r\n".join(mark.join(row) for row in rows).encode())
    assert sheet.delimiter == called
    assert names(sheet) == ["One", "Two", "Three"]
    assert sheet.lines[0].cells[1] == "a, b; c | d\te\nand, more; of | it"


def test_a_decimal_comma_is_no_delimiter() -> None:
    sheet = read(csv_of("Name;Baseline;Goal", "One;1,5;2,5", "Two;3,5;4,5", "Three;5,5;6,5"))
    assert sheet.delimiter == "semicolon"


def test_a_spreadsheets_own_hint_is_followed_and_not_counted_as_a_row() -> None:
    sheet = read("\ufeffsep=;\r\nName;Stage\r\nOne;Idea\r\n".encode())
    assert (sheet.delimiter, names(sheet)) == ("semicolon", ["One"])
    assert (sheet.lines[0].row, sheet.lines[0].line) == (2, 3)


def test_one_column_is_enough() -> None:
    assert names(read(b"Name\nOne\nTwo\n")) == ["One", "Two"]


def test_headings_are_trimmed_and_may_be_called_many_things() -> None:
    sheet = read(
        csv_of(
            "",
            " Use\u00a0 case NAME ,Business Unit,Go-live,Contact,E-mail,Colour",
            "One,HR,2025-01-01,Ann,,red",
        )
    )
    assert {source.map.name for source in sheet.sources} == {
        "name",
        "group",
        "target",
        "owner",
        "owner_email",
    }
    assert sheet.unused == ("Colour",)


def test_a_field_prefers_its_own_name_to_what_else_it_may_be_called() -> None:
    sheet = read(csv_of("Title,Status,Name,Stage", "Dr,green,One,Idea"))
    assert sheet.unused == ("Title", "Status")


def test_the_row_of_the_headings_can_be_named() -> None:
    data = csv_of("AI portfolio, as of March", "", "Name,Stage", "One,Idea")
    sheet = read(data, PilotMap(header=3))
    assert [(line.row, line.line) for line in sheet.lines] == [(4, 4)]
    with pytest.raises(ImportProblem, match="Row 2 should hold the column names and is blank"):
        read(data, PilotMap(header=2))
    with pytest.raises(ImportProblem, match="no row of column names"):
        read(data, PilotMap(header=30))


def test_a_heading_that_occurs_twice_is_said() -> None:
    assert read(csv_of("Name,Stage,Stage", "One,Idea,Pilot")).assumed == (
        "Column 'Stage' occurs 2 times: the first is used.",
    )


# --- the order of day and month -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "day_first", "assumed"),
    [
        (["10/1/2023", "2/28/2024"], False, False),
        (["10/1/2023", "28/2/2024"], True, False),
        (["10/1/2023", "3/4/2024"], False, True),
        (["10.1.2023", "3.4.2024"], True, True),
        (["10/1/2023", "28/2/2024", "2/28/2024", "2/27/2024"], False, True),
        (["2023-01-10", "5/5/2024"], False, False),
    ],
)
def test_the_whole_column_decides_what_comes_first(days: list[str], day_first: bool, assumed: bool) -> None:
    sheet = read(csv_of("Name,Target date", *(f"P,{day}" for day in days)))
    assert sheet.sources[1].days[0].day_first is day_first
    assert bool(sheet.assumed) is assumed


def test_other_columns_decide_for_one_that_does_not() -> None:
    sheet = read(csv_of("Name,Target date,Since", "A,10/1/2023,28/2/2023", "B,3/4/2025,1/2/2023"))
    assert all(source.days[0].day_first for source in sheet.sources[1:])
    assert sheet.assumed[0].startswith(
        "Column 'Target date': '10/1/2023' can be two days; read day first (as in other"
    )


def test_the_map_decides_before_everything() -> None:
    fields = (FieldMap("name", ("Name",)), FieldMap("target", ("Target",)))
    sheet = read(csv_of("Name,Target", "A,2/28/2024"), PilotMap(fields=fields, day_first=True))
    assert sheet.sources[1].days[0].day_first
    assert not sheet.assumed


# --- files that are none --------------------------------------------------------------------------------------------


def zipped() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "The file is empty"),
        (
            zipped(),
            "This is a workbook or zip archive, not CSV. Open it in its program and use Save as > CSV UTF-8",
        ),
        (gzip.compress(b"Name\nOne\n", mtime=0), "This is a gzip archive"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "This is an old Excel or Word file"),
        (bytes(range(32)) * 50, "This is a binary file"),
        (b"Name,Stage\n", "The file has column names and nothing below them"),
        (b"Name,Stage\n\n,\n", "The file has column names and nothing below them"),
        (b"Colour,Shape\nred,round\n", "No column holds the pilots' names. Columns found: Colour or Shape."),
        (
            b'Name,Stage\nOne,"Idea\nTwo,Idea\nThree,Idea\n',
            "Row 2 (line 2): a quotation mark is opened and never closed",
        ),
        (b"Name\n" + b"x" * 200_000, "Line 2: a cell has more than 131,072 characters"),
        (b"Name" + b",x" * COLUMNS + b"\nOne\n", "The first row has 1,001 columns; 1,000 are the most"),
        (b"Name" + b"," * 1_000_000 + b"\nOne\n", "The first row has 1,000,001 columns"),
    ],
)
def test_what_cannot_be_read_is_said_in_plain_words(data: bytes, said: str) -> None:
    with pytest.raises(ImportProblem) as problem:
        read(data)
    assert str(problem.value).startswith(said)


def test_a_huge_file_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MAX_BYTES", 1000)
    with pytest.raises(ImportProblem, match="Split it, or remove columns"):
        read(b"Name\n" + b"x\n" * 1000)


def test_a_file_of_endless_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "ROWS", 10)
    assert len(read(b"Name\n" + b"x\n" * 10).lines) == 10
    with pytest.raises(ImportProblem, match="more than 10 rows"):
        read(b"Name\nx\n" + b"\n" * 10)


def test_a_quotation_mark_inside_a_word_is_a_character() -> None:
    assert names(read(b'Name,Description\n5" pipe,"two\nlines"\n')) == ['5" pipe']


CELLS = st.text(max_size=12) | st.sampled_from(["N/A", "10/1/2023", "Pilot", "a@b.de", "=1+1", '"'])
SHEETS = st.lists(st.lists(CELLS, max_size=8), max_size=8)
HEADINGS = (
    *(
        "Name",
        "Stage",
        "Target date",
        "Since",
        "Owner",
        "Owner email",
        "Tags",
        "Baseline",
        "Users",
        "Risk",
        "Key",
    ),
    "Id",
)
MARKS, ENDS = st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["\n", "\r\n", "\r"])


def outcome(data: bytes) -> None:
    """Any bytes have a report, or are refused with a reason; nothing else may be raised."""
    try:
        sheet = read(data)
        found = plan(Empty(), sheet, today=TODAY)  # type: ignore[arg-type]  # two methods are enough
    except ImportProblem as problem:
        reason = str(problem)
    else:
        report = Report(found, written=False)
        assert adds_up(report, len(sheet.lines))
        assert report.to_json()
        reason = "\n".join(report.lines(full=True))
    assert reason.strip()


@settings(max_examples=300, deadline=None)
@example(b"Name\n\xff\xfe")
@example(b"\xff\xfeN\x00a")
@example(b"\x00N\x00a\x00m\x00e\x00\n\x00x")
@example(b"+ADw-")
@given(st.binary(max_size=300))
def test_any_bytes_give_a_report_or_a_reason(data: bytes) -> None:
    outcome(data)
    outcome(b"Name,Stage\n" + data)


@settings(max_examples=300, deadline=None)
@given(
    st.permutations(HEADINGS),
    SHEETS,
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_any_cells_give_a_report_whose_counts_add_up(
    headings: list[str], rows: list[list[str]], mark: str, end: str
) -> None:
    lines = [mark.join(headings), *(mark.join(row) for row in rows)]
    outcome(end.join(lines).encode("utf-8", errors="replace"))
