"""The things Rampcheck keeps, as frozen values; they hold no rules and must not know how they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.core.questionnaire import ItemId, QuestionId
from bot.core.values import Json, Value

OrganisationId = int
PersonId = int
PilotId = int
CheckinId = int


@dataclass(frozen=True, slots=True)
class Organisation:
    """The tenant. `zone` is the IANA zone of everybody whose own is not known."""

    id: OrganisationId
    name: str
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Connection:
    """A chat attached to an organisation: `external` is the platform's own id of the workspace or tenant."""

    id: int
    platform: str
    external: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes: plain columns, enough for any platform to reach one conversation.

    `conversation` is a user, direct-message or channel id; `thread` the message that a reply hangs under;
    `service` a base address where the platform gives one for each conversation.
    """

    connection: int
    platform: str
    conversation: str
    service: str = ""
    thread: str = ""

    @property
    def lane(self) -> str:
        """Messages of one lane keep their order: one lane for each conversation, whatever the thread."""
        return f"{self.connection}:{self.conversation}"


class Standing(StrEnum):
    """What a person is to the whole organisation; `permissions` says what that allows."""

    GUEST = "guest"
    MEMBER = "member"
    LEAD = "lead"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Person:
    """A human. An empty `zone` means the organisation's; `weekday` (Monday 0) and `hour` are the slot they chose.

    `away_until` is the last day away. What they are asked up to and with `stand_in_until` goes to `stand_in`.
    `leads` are the groups of pilots that they lead.
    """

    id: PersonId
    name: str
    email: str = ""
    zone: str = ""
    standing: Standing = Standing.MEMBER
    active: bool = True
    weekday: int | None = None
    hour: int | None = None
    away_until: date | None = None
    stand_in: PersonId | None = None
    stand_in_until: date | None = None
    leads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """A person's account on one connection and the address that reaches it; inactive once delivery is refused."""

    person: PersonId
    external: str
    address: Address
    active: bool = True


class Finding(StrEnum):
    """What came of looking for a person's account by their e-mail address."""

    PENDING = "pending"  # it is being asked, or could not be
    ABSENT = "absent"  # no account has the address
    UNCONFIRMED = "unconfirmed"  # one has it, and nobody confirmed that it is theirs
    TAKEN = "taken"  # the account is somebody else's here
    SHARED = "shared"  # several people here have the address
    APART = "apart"  # an admin took the account away from the person: it is not matched again


@dataclass(frozen=True, slots=True)
class Sought:
    """That a person's account was looked for on a connection; not again before `due_at`, and never when APART."""

    person: PersonId
    connection: int
    due_at: datetime
    finding: Finding


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel the bot may post to."""

    id: int
    name: str
    address: Address
    active: bool = True


@dataclass(frozen=True, slots=True)
class Condition:
    """An item that may follow after its gate: who closes it by which day, agreed by whom on which."""

    gate: str
    item: ItemId
    person: PersonId
    until: date
    by: PersonId
    agreed: date


@dataclass(frozen=True, slots=True)
class Pilot:
    """An AI initiative. Dates are days; `key` is its short name in commands, `external` the id an import gave it.

    `original_target` is the first target date ever given, `stage_since` the day the present stage was entered.
    `risk` is high, medium, low or empty for not known. `paused_until` is set while paused; `before_pause` is the
    stage it returns to. `reviewers` are (role, who): who confirms items at its gates as what; `role:item` names
    somebody for one item alone. `conditions` are those agreed at its gates. `scale_if` and `stop_if` are the owner's
    own launch and stop rules, frozen since the kickoff.
    """

    id: PilotId
    key: str
    name: str
    work: str = ""
    stage: str = "idea"
    stage_since: date = date.min
    created: date = date.min
    owner: PersonId | None = None
    owner_accepted: bool = False
    deputy: PersonId | None = None
    sponsor: PersonId | None = None
    sponsor_accepted: bool = False
    decider: PersonId | None = None
    builder: PersonId | None = None
    target: date | None = None
    original_target: date | None = None
    decide_by: date | None = None
    group: str = ""
    tags: tuple[str, ...] = ()
    risk: str = ""
    metric: str = ""
    baseline: float | None = None
    goal: float | None = None
    intended_users: int | None = None
    paused_until: date | None = None
    before_pause: str = ""
    private: bool = False
    external: str = ""
    reviewers: tuple[tuple[str, PersonId], ...] = ()
    conditions: tuple[Condition, ...] = ()
    scale_if: str = ""
    stop_if: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the append-only log: who changed what of which pilot, from what to what."""

    kind: str
    at: datetime
    actor: PersonId | None
    pilot: PilotId | None = None
    subject: str = ""
    before: Json = None
    after: Json = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a pilot is next asked a questionnaire. `weeks` overrides the cadence of the policy.

    `last_due_at` is the slot that was dealt with last: somebody was asked, or the log says why nobody was.
    """

    id: int
    pilot: PilotId
    questionnaire: str
    next_due_at: datetime | None
    weeks: int | None = None
    last_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unproven:
    """A slot that was dealt with, and there is no sign of it: not `asked`, or asked and not delivered."""

    pilot: PilotId
    questionnaire: str
    asked: bool


@dataclass(frozen=True, slots=True)
class Given:
    """One answer as it was given: a row that is never changed. `value` None takes an earlier answer back."""

    checkin: CheckinId
    question: QuestionId
    value: Value | None
    revision: int
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer said of an item at a gate, in one of the roles that confirm it: yes, or not yet and why.

    `level` and `link` are what they saw; `readiness.stands` tells whether it still holds.
    """

    gate: str
    role: str
    by: PersonId
    at: datetime
    yes: bool
    level: int
    link: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ItemLevel:
    """Where one readiness item of one pilot stands: the claimed level, its proof and when it was said.

    `level` None means "I don't know"; `not_applicable` takes the item out of the mean. `same` counts how often the
    level was confirmed unchanged, `changed_at` is when it last changed. `fresh_at` is when it was last as good as new
    for another reason: said again where the earlier answer was not shown.
    `verdicts` is the newest word of each role at each gate. `link_failures` counts the checks in a row at which the
    link did not open, the last at `link_checked_at`.
    """

    item: ItemId
    level: int | None
    at: datetime
    changed_at: datetime
    by: PersonId | None = None
    link: str = ""
    link_at: datetime | None = None
    not_applicable: str = ""
    same: int = 0
    checkin: CheckinId | None = None
    fresh_at: datetime | None = None
    verdicts: tuple[Verdict, ...] = ()
    link_checked_at: datetime | None = None
    link_failures: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The readiness scores of one pilot at one moment, 0..100, under one policy and model version."""

    pilot: PilotId
    at: datetime
    overall: int | None
    dimensions: Mapping[str, int | None]
    weakest: str
    coverage: float
    policy: int
    model: int
    checkin: CheckinId | None = None


@dataclass(frozen=True, slots=True)
class ScoreRange:
    """The lowest and the highest overall score of some time; `first` is when the oldest of them was computed."""

    low: int
    high: int
    first: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """One thing asked of one person by a button message: clear a blocker, accept a role.

    `kind` is help, owner, sponsor, close (what is left to switch off; its `topic` is the day by which), confirm (items
    of the gate that is its `topic`), approve (a second yes to the decision of that number) or threshold (a launch or
    stop rule is to change). `reply` is empty until one of the buttons is pressed. `under` is the request whose message
    asks for this one too: equal blockers of several pilots are one message to whoever can clear them.
    """

    id: int
    kind: str
    pilot: PilotId
    person: PersonId
    asked_by: PersonId | None
    asked_at: datetime
    text: str = ""
    topic: str = ""
    reply: str = ""
    replied_at: datetime | None = None
    checkin: CheckinId | None = None
    under: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided about a pilot, and all that it rests on; never changed, a new one takes its place.

    `choice` is a slug of decisions.Choice, `suggested` the one that the rules suggested, empty for none. `role` is what
    whoever decided was to the pilot. `until` is the next decide-by date, or the end of a pause; `due` the decide-by
    date that it answers. `text` is the gap to fix, or why the date moves. `closed` are the switch-off steps done.
    `form` is the questionnaire's version (`decision@1`), `policy` and `model` those of the scores. `overall` and
    `dimensions` are the readiness of that moment, `signals` the ids of those that were on.
    """

    id: int
    pilot: PilotId
    choice: str
    at: datetime
    by: PersonId
    role: str
    reason: str = ""
    text: str = ""
    until: date | None = None
    due: date | None = None
    lesson: str = ""
    reuse: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    into: str = ""
    suggested: str = ""
    stage_before: str = ""
    stage_after: str = ""
    form: str = ""
    policy: int = 0
    model: int = 0
    overall: int | None = None
    dimensions: Mapping[str, int | None] = field(default_factory=dict)
    signals: tuple[str, ...] = ()
    checkin: CheckinId | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """Which pilots a digest is about: those of a group, at a stage, with a tag; what is empty narrows nothing."""

    group: str = ""
    stage: str = ""
    tag: str = ""


EVERYTHING = Slice()


@dataclass(frozen=True, slots=True)
class Subscription:
    """A channel that gets the weekly digest; `next_due_at` is its next one, `by` whoever set it up."""

    id: int
    channel: Channel
    next_due_at: datetime
    about: Slice = EVERYTHING
    by: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a pilot's check-in history, without its answers."""

    id: CheckinId
    pilot: PilotId
    questionnaire: str
    version: int
    person: PersonId
    slot: datetime
    phase: str
    outcome: str = ""
    done_at: datetime | None = None
    late: bool = False
    answers: Mapping[QuestionId, Value] = field(default_factory=dict)
