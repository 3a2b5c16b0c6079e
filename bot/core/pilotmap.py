"""Which column of a spreadsheet fills which field of a pilot, as frozen values; it must not know files or YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Sort(StrEnum):
    """What kind of value a field takes, and so how its cells are read."""

    LINE = "line"  # one line of text
    TEXT = "text"  # text of several lines
    KEY = "key"  # the short name used in commands
    STAGE = "stage"
    RISK = "risk"
    PERSON = "person"  # a name, an e-mail address, or both
    PAST = "past"  # a day that is over: of "October 2023" the first day is taken
    AHEAD = "ahead"  # a day to come: of "October 2023" the last day is taken
    NUMBER = "number"
    COUNT = "count"  # a whole number, 0 or more
    TAGS = "tags"
    YESNO = "yesno"


@dataclass(frozen=True, slots=True)
class Field:
    """One importable field: its sort, the longest text it takes, and the heading an export gives it."""

    sort: Sort
    heading: str
    limit: int = 0


DAYS = frozenset({Sort.PAST, Sort.AHEAD})
ROLES_IN_FILE = ("owner", "deputy", "sponsor", "decider", "builder")

PERSON_CELL = 400  # characters read of a cell that names somebody; "Name <address>" fits many times over

# In the order of an export's columns. `owner_email` and its like complete the field `owner`.
FIELDS: Mapping[str, Field] = {
    "key": Field(Sort.KEY, "Key", 40),
    "name": Field(Sort.LINE, "Name", 60),
    "work": Field(Sort.TEXT, "Description", 5000),  # the longest of the federal inventory has 4,129
    "stage": Field(Sort.STAGE, "Stage"),
    "stage_since": Field(Sort.PAST, "In stage since"),
    "created": Field(Sort.PAST, "Registered"),
    "owner": Field(Sort.PERSON, "Owner", PERSON_CELL),
    "owner_email": Field(Sort.PERSON, "Owner email", PERSON_CELL),
    "deputy": Field(Sort.PERSON, "Deputy", PERSON_CELL),
    "deputy_email": Field(Sort.PERSON, "Deputy email", PERSON_CELL),
    "sponsor": Field(Sort.PERSON, "Sponsor", PERSON_CELL),
    "sponsor_email": Field(Sort.PERSON, "Sponsor email", PERSON_CELL),
    "decider": Field(Sort.PERSON, "Decider", PERSON_CELL),
    "decider_email": Field(Sort.PERSON, "Decider email", PERSON_CELL),
    "builder": Field(Sort.PERSON, "Builder", PERSON_CELL),
    "builder_email": Field(Sort.PERSON, "Builder email", PERSON_CELL),
    "target": Field(Sort.AHEAD, "Target date"),
    "original_target": Field(Sort.AHEAD, "First target date"),
    "decide_by": Field(Sort.AHEAD, "Decide by"),
    "group": Field(Sort.LINE, "Group", 80),
    "tags": Field(Sort.TAGS, "Tags", 40),
    "risk": Field(Sort.RISK, "Risk"),
    "metric": Field(Sort.LINE, "Metric", 200),
    "baseline": Field(Sort.NUMBER, "Baseline"),
    "goal": Field(Sort.NUMBER, "Goal"),
    "intended_users": Field(Sort.COUNT, "Intended users"),
    "paused_until": Field(Sort.AHEAD, "Paused until"),
    "before_pause": Field(Sort.STAGE, "Stage before pause"),
    "private": Field(Sort.YESNO, "Private"),
    "external": Field(Sort.LINE, "External id", 200),
}


class Join(StrEnum):
    """What several columns of one field mean."""

    FIRST = "first"  # the first one that holds a usable value
    ALL = "all"  # every one of them together


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Where the field `name` comes from: columns, or a constant.

    `values` translates a cell's text (compared without regard to case and blanks) before it is read, `""` an empty
    one. `default` stands in for an empty or refused cell. `line` is where the mapping file says so.
    """

    name: str
    columns: tuple[str, ...] = ()
    join: Join = Join.FIRST
    constant: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    default: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class PilotMap:
    """How to read one spreadsheet. Every empty setting is found out from the file itself.

    `header` is the spreadsheet's row of column names. `day_first` tells 1 October from 10 January in 10/1/2023.
    `year_first` reads 24-Aug as August 2024; otherwise such a cell is refused, for it may be the 24th of a year not
    named. `create_people` False: people who are not known are reported, not added. `clear_empty`: an empty cell
    empties the pilot's field; otherwise it leaves the field alone.
    """

    file: str = ""
    fields: tuple[FieldMap, ...] = ()
    header: int = 0
    encoding: str = ""
    delimiter: str = ""
    day_first: bool | None = None
    year_first: bool = False
    create_people: bool = True
    clear_empty: bool = False
