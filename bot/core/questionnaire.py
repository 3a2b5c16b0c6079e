"""What a questionnaire is, as frozen values; it must not know how one is written down, asked or stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.policy import Policy

QuestionId = str
ItemId = str

LEVELS = range(5)  # 0..4, the ladder of content.md section 2
PROOF_LEVEL = 3  # a claim of this level or more needs a link


class Kind(StrEnum):
    """How a question is answered."""

    SINGLE = "single"
    MULTI = "multi"
    YESNO = "yesno"
    LEVEL = "level"
    TEXT = "text"
    LONGTEXT = "longtext"
    NUMBER = "number"
    DATE = "date"
    PERSON = "person"
    LINK = "link"
    INFO = "info"  # shown, never answered


FREE_TEXT = frozenset({Kind.TEXT, Kind.LONGTEXT, Kind.LINK})


class Source(StrEnum):
    """Where a condition looks for the value that it tests."""

    ANSWER = "answer"  # an earlier answer of this check-in
    PILOT = "pilot"  # a field of the pilot's record
    LAST = "last"  # the answer to the same question in the check-in before
    FOCUS = "focus"  # the readiness items picked for this check-in
    ROLE = "role"  # what the person asked is to the pilot


class Test(StrEnum):
    """What a condition asks of the value it finds."""

    IS = "is"
    IS_NOT = "is_not"
    ANY_OF = "any_of"
    NONE_OF = "none_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    GIVEN = "given"
    LATER_BY_DAYS = "later_by_days"  # a date later than the pilot's field `than` by more than so many days
    SAME_AS_LAST = "same_as_last"
    FALLS_BY = "falls_by"  # a level lower than last time by at least so many
    RISES_BY = "rises_by"


Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Check:
    """One test of one value: `source` and `name` say which, `test` and `operand` say what is asked of it.

    ANSWER and LAST: `name` is a question id. PILOT: one of PILOT_FIELDS. FOCUS: `name` is an item, the test GIVEN
    (is it among those picked?). ROLE: `name` is "role", the test IS or ANY_OF with words of ROLES.
    A value that is missing fails every test except GIVEN False. A chosen option is tested by its slug, a level by its
    number, yes and no by True and False; the answers "none yet", "I don't know" and "does not apply" go by the words
    none, unknown and na. Of several chosen options IS and ANY_OF need one, IS_NOT and NONE_OF refuse all.
    `than` names the pilot's field that LATER_BY_DAYS compares with; it fails while that field is empty.
    """

    source: Source
    name: str
    test: Test
    operand: Scalar | tuple[Scalar, ...] = True
    than: str = ""


@dataclass(frozen=True, slots=True)
class All:
    """Holds when every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when at least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Holds when the part does not."""

    part: Condition


Condition = Check | All | AnyOf | Not


def checks(condition: Condition | None) -> Iterator[Check]:
    """Every single test inside a condition, in the order written."""
    match condition:
        case None:
            return
        case Check():
            yield condition
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from checks(part)
        case Not(part):
            yield from checks(part)


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. `slug` is stored and never changes, `label` is shown; `value` is its number where it has one."""

    slug: str
    label: str
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question of one questionnaire version.

    `text` may hold `{placeholders}` filled from the pilot's record. `item` names the readiness item whose described
    levels a LEVEL question offers. `none_label` offers an explicit "there is none yet" (dates, numbers).
    `may_not_apply` offers "Does not apply" with a reason (never on must-meet items). `limit` is in characters for
    texts; `low` and `high` bound numbers, and dates in days from today (0 today, -1 yesterday). `blind` hides last
    time's answer.
    """

    id: QuestionId
    kind: Kind
    text: str
    required: bool = False
    hint: str = ""
    options: tuple[Option, ...] = ()
    item: ItemId = ""
    none_label: str = ""
    may_not_apply: bool = False
    limit: int | None = None
    low: float | None = None
    high: float | None = None
    when: Condition | None = None
    private: bool = False  # free text, read by owner, deputy, sponsor and lead alone
    blind: bool = False

    def option(self, slug: str) -> Option | None:
        """The option of that slug."""
        return next((option for option in self.options if option.slug == slug), None)


@dataclass(frozen=True, slots=True)
class Screen:
    """Questions that are shown together; a screen with no question on the path is passed over."""

    id: str
    title: str
    questions: tuple[Question, ...]
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """One version of one questionnaire. `asks` is the role that is asked; `minutes` the time promised."""

    id: str
    version: int
    title: str
    asks: str
    minutes: int
    screens: tuple[Screen, ...]
    intro: str = ""
    digest: str = ""  # sha-256 of the canonical form; ties answers to what was asked

    @property
    def key(self) -> str:
        """How a version is named everywhere: `pulse@1`."""
        return f"{self.id}@{self.version}"

    def questions(self) -> Iterator[Question]:
        """Every question in the order written."""
        for screen in self.screens:
            yield from screen.questions

    def question(self, wanted: QuestionId) -> Question | None:
        """The question of that id."""
        return next((question for question in self.questions() if question.id == wanted), None)


@dataclass(frozen=True, slots=True)
class Item:
    """One readiness item: five described levels and what proves them (content.md section 2).

    `name` is what people call it in a few words, e.g. "Live data access"; the id where it is empty.
    """

    id: ItemId
    dimension: str
    question: str
    levels: tuple[str, str, str, str, str]
    proof: str
    source: str
    weight: float
    half_life_days: int
    name: str = ""

    @property
    def short(self) -> str:
        """The part of the id after the dimension."""
        return self.id.partition(".")[2]


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of the six dimensions with its default weight (0..1) and its items in the order asked."""

    id: str
    name: str
    weight: float
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """A stage gate: the items that must be met and at which level, by risk. `opens` is the stage behind it.

    `reviewers` maps an item to the roles that confirm it.
    """

    id: str
    name: str
    opens: str
    must: Mapping[ItemId, int]
    high_risk: Mapping[ItemId, int] = field(default_factory=dict)
    low_risk: Mapping[ItemId, int] = field(default_factory=dict)
    reviewers: Mapping[ItemId, tuple[str, ...]] = field(default_factory=dict)

    def needs(self, risk: str) -> dict[ItemId, int]:
        """Item -> level that must be met for a pilot of this risk (`high`, `medium`, `low` or not known)."""
        variant = {"high": self.high_risk, "low": self.low_risk}.get(risk, {})
        return {**self.must, **variant}


@dataclass(frozen=True, slots=True)
class Model:
    """The readiness model: dimensions, items and gates in one place."""

    version: int
    dimensions: tuple[Dimension, ...]
    gates: tuple[Gate, ...]
    never_waived: frozenset[ItemId]
    ladder: tuple[str, ...] = ()  # what levels 0..4 mean everywhere

    def items(self) -> Iterator[Item]:
        """All items in the order of the dimensions."""
        for dimension in self.dimensions:
            yield from dimension.items

    def item(self, wanted: ItemId) -> Item | None:
        """The item of that id."""
        return next((item for item in self.items() if item.id == wanted), None)

    def gate_after(self, stage: str) -> Gate | None:
        """The gate in front of a pilot that is in `stage`; None for the last stage and outside the ladder."""
        return next((gate for gate in self.gates if STAGE_BEFORE.get(gate.opens) == stage), None)


STAGES = ("idea", "framed", "pilot", "hardening", "limited", "production")
SIDE_STAGES = ("paused", "stopped", "retired")
STAGE_BEFORE = dict(zip(STAGES[1:], STAGES, strict=False))
STAGE_NAMES = {
    "idea": "Idea",
    "framed": "Framed",
    "pilot": "Pilot",
    "hardening": "Hardening",
    "limited": "Limited live",
    "production": "In production",
    "paused": "Paused",
    "stopped": "Stopped",
    "retired": "Retired",
}

# What a person can be to a pilot: who is asked, who confirms an item at a gate.
ROLES = (
    "owner",
    "deputy",
    "builder",
    "sponsor",
    "decider",
    "reviewer",
    "business_owner",
    "process_owner",
    "security",
    "privacy",
    "operations",
    "finance",
    "user",
    "helper",
    "lead",
)
# What a condition may ask of the pilot's record. `linked` are the items whose proof link is valid today.
PILOT_FIELDS = (
    "stage",
    "risk",
    "owner",
    "deputy",
    "sponsor",
    "decider",
    "metric",
    "baseline",
    "target",
    "intended",
    "target_date",
    "decide_by",
    "group",
    "tags",
    "linked",
)
# What a question's text may leave for the engine to fill in.
PLACEHOLDERS = (
    "pilot",
    "owner",
    "sponsor",
    "decider",
    "stage",
    "metric",
    "baseline",
    "target",
    "intended",
    "target_date",
    "decide_by",
    "last_date",
    "sure_label",
)


@dataclass(frozen=True, slots=True)
class Content:
    """All that is asked and computed: newest questionnaire versions, readiness model and policy."""

    questionnaires: Mapping[str, Questionnaire]
    model: Model
    policy: Policy
