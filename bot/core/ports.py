"""What the core asks of the world, as protocols and the values that cross them; no implementation lives here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from bot.core.card import Card, Grid, Offer, Source
from bot.core.installations import Installations
from bot.core.questionnaire import ItemId, QuestionId, Questionnaire
from bot.core.records import (
    Address,
    Asked,
    Channel,
    CheckinId,
    Connection,
    Decision,
    Event,
    Given,
    Identity,
    ItemLevel,
    Organisation,
    OrganisationId,
    Person,
    PersonId,
    Pilot,
    PilotId,
    Request,
    Schedule,
    ScoreRange,
    Snapshot,
    Sought,
    Subscription,
)
from bot.core.signals.evaluation import Evaluation, Mute
from bot.core.state import Checkin
from bot.core.values import Value

# --- what a person did ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clicked:
    """A button was pressed. `values` are the fields sent with it; None where a form was only asked for."""

    token: str
    values: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """A form was closed without being sent. `values` are what had been entered, as far as the platform tells."""

    token: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wrote:
    """A text was typed to the bot."""

    text: str


@dataclass(frozen=True, slots=True)
class Ran:
    """A command was run; `command` is the text behind the command's name."""

    command: str


@dataclass(frozen=True, slots=True)
class Joined:
    """The bot was added for this person or to this channel."""


@dataclass(frozen=True, slots=True)
class Left:
    """The bot was removed from this conversation."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The person's account is another one now: the sender has its name and zone. One that was closed is not `open`."""

    open: bool = True


@dataclass(frozen=True, slots=True)
class Visited:
    """The person opened their home: the page of this platform that is theirs alone."""


Act = Clicked | Closed | Wrote | Ran | Joined | Left | Changed | Visited


@dataclass(frozen=True, slots=True)
class Sender:
    """Who acted, as the platform's verified envelope says: never from a payload's own fields.

    `email` is one that the platform says is confirmed to be theirs; empty where it does not say so.
    """

    platform: str
    tenant: str
    user: str
    name: str = ""
    zone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody known by their e-mail address, whose account in a workspace or tenant (`team`) is not."""

    team: str
    person: PersonId
    email: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where it happened: the conversation, whether it is a direct one, and the message acted on.

    On the person's `home` nothing is amended: what changed there is drawn anew.
    """

    conversation: str
    direct: bool = True
    name: str = ""
    service: str = ""
    message: str = ""
    home: bool = False


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing a person did. The same delivery has the same `dedupe_key`, two acts have two.

    `second_key` says the same by other means, where a platform does not promise that what it repeats keeps its id.
    """

    dedupe_key: str
    sender: Sender
    act: Act
    on: Place
    second_key: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody has typed so far into a field that searches. It only asks: nothing of it is stored."""

    sender: Sender
    source: Source
    text: str = ""


# --- what is answered in place --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Nothing:
    """Stored; the outbox shows whatever is to be seen."""


@dataclass(frozen=True, slots=True)
class Problems:
    """Nothing was stored: field name -> what is wrong, in plain words; the empty name speaks of the whole."""

    by_field: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Show:
    """A card for the surface that asked; `private` keeps it from others in the channel."""

    card: Card
    private: bool = True


@dataclass(frozen=True, slots=True)
class Update:
    """The card that was acted on, as it is now; `over` when there is nothing more to do with it.

    The message itself is amended by the outbox: this serves surfaces that wait for an answer, a modal or an invoke.
    """

    card: Card
    over: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """The surface that asked can be closed."""


Reply = Nothing | Problems | Show | Update | Close


# --- adapters -------------------------------------------------------------------------------------------------------

# A platform's message. `more`, where it is there: messages of the same form that go on in the thread, in their order.
Payload = Mapping[str, Any]
OnInbound = Callable[[Inbound], Awaitable[Reply]]
OnSearch = Callable[[Search], Awaitable[Sequence[Offer]]]  # at most a hundred, likeliest first
Draw = Callable[[Grid], Awaitable[bytes]]  # a grid as a PNG. Raises PictureError


@dataclass(frozen=True, slots=True)
class Traits:
    """What a platform can do. `can_look_up`: a lost send can be found again by its key.

    `has_home`: each person has a page of their own there, and the adapter is a `Hosting` one.
    """

    can_amend: bool
    can_start: bool
    modal: bool
    max_payload_bytes: int
    can_look_up: bool = False
    has_home: bool = False


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A sent message: its conversation and the platform's id of it."""

    conversation: str
    message: str
    thread: str = ""


class DeliveryError(Exception):
    """A message could not be delivered.

    `permanent`: trying this message again is useless. `gone`: nothing can be delivered to that conversation until it
    is heard from again. `retry_after`: seconds the platform asks us to wait. `unsent`: it surely was not delivered;
    without it, it may have been, and only its answer was lost.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        gone: bool = False,
        retry_after: float | None = None,
        unsent: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent or gone
        self.gone = gone
        self.retry_after = retry_after
        self.unsent = unsent or retry_after is not None


class PictureError(Exception):
    """A picture could not be drawn; the message is shown without it."""


def pages(payload: Payload) -> list[Payload]:
    """The messages of a payload in their order: the first, and those that go on in its thread."""
    first = {name: part for name, part in payload.items() if name != "more"}
    return [first, *payload.get("more", ())]


class Adapter(Protocol):
    """One platform: verifies, translates and sends; decides nothing."""

    name: str
    traits: Traits

    def render(self, card: Card) -> Payload:
        """The platform's message for a card: pure, total, everything a person wrote escaped."""
        ...

    def parse(self, raw: Any) -> Inbound | None:
        """What a verified raw payload means; None when it is not for us. Pure; never raises."""
        ...

    async def send(self, address: Address, payload: Payload, *, key: str) -> MessageRef:
        """Post one message, without what goes on after it; `key` lets it be found again. Raises DeliveryError."""
        ...

    async def amend(self, address: Address, ref: MessageRef, payload: Payload) -> None:
        """Replace a message that was sent. Raises DeliveryError."""
        ...

    async def find(self, address: Address, key: str) -> MessageRef | None:
        """The message sent under `key`; None where it was not sent. With `address.thread`, one within that thread.

        Asked after a send whose outcome is not known. Raises DeliveryError, a permanent one where the platform does
        not let us look: such a message is not sent a second time.
        """
        ...

    async def run(self, on_inbound: OnInbound, on_search: OnSearch | None = None) -> None:
        """Take what people do until cancelled; what they search for is answered where the platform can ask."""
        ...


class Hosting(Protocol):
    """What the adapter of a platform with homes can do besides."""

    def render_home(self, cards: Sequence[Card]) -> Payload:
        """The page of these cards, one below the other: pure, total, everything a person wrote escaped."""
        ...

    async def show_home(self, address: Address, payload: Payload) -> None:
        """Put the page in the place of the one before. Raises DeliveryError."""
        ...


class Clock(Protocol):
    """The one source of the present."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


# --- outbox ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    """One message to deliver, written with the change that caused it.

    `key` is unique: enqueueing it again changes nothing. `replaces` is the key of an earlier message to amend in
    place of posting a new one; `under` the key of the message whose thread this one belongs to. Past `stale_at` it
    is dropped, not sent.
    """

    key: str
    address: Address
    card: Card
    replaces: str = ""
    under: str = ""
    not_before: datetime | None = None
    stale_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Leased:
    """A message in a worker's hands until `until`; `attempt` fences it: a later lease makes this one powerless.

    `ref` is the message to amend, `thread` the root to reply under, both already looked up. `again` says that an
    earlier attempt may have been sent: its lease ran out, or its answer was lost.

    `parts` of it are sent already, the first of them is `root`; the others stand in its thread.
    """

    id: int
    organisation: OrganisationId
    message: Message
    attempt: int
    until: datetime
    ref: MessageRef | None = None
    thread: str = ""
    again: bool = False
    parts: int = 0
    root: MessageRef | None = None


class Outbox(Protocol):
    """Messages to deliver: leased, then settled by exactly one of `sent`, `goes_on`, `later`, `pause` or `dead`."""

    def lease(self, now: datetime, *, limit: int, hold: float) -> Sequence[Leased]:
        """Take up to `limit` due messages for `hold` seconds: the oldest of each lane, and no lane twice."""
        ...

    def sent(self, leased: Leased, ref: MessageRef, now: datetime) -> bool:
        """It was delivered. False: the lease was lost meanwhile."""
        ...

    def goes_on(self, leased: Leased, root: MessageRef, now: datetime) -> bool:
        """One more part of it was delivered and there are others: the next is due now, before all else of its lane."""
        ...

    def later(self, leased: Leased, at: datetime, reason: str, *, unsure: bool = False) -> bool:
        """Try again at `at`; counts as an attempt. `unsure`: it may have been delivered, so it is looked up first."""
        ...

    def pause(self, leased: Leased, at: datetime, reason: str) -> bool:
        """Not before `at`, and not counted as an attempt: the platform asked us to wait."""
        ...

    def dead(self, leased: Leased, now: datetime, reason: str) -> bool:
        """Give up; kept with its reason. `reason` "stale" is for messages that came too late."""
        ...


# --- homes ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stale:
    """A home that shows what is no longer so, in a worker's hands until `until`: nobody else draws it meanwhile.

    `failures` counts the tries since it was last drawn.
    """

    id: int
    organisation: OrganisationId
    person: PersonId
    address: Address
    until: datetime
    failures: int = 0


class Homes(Protocol):
    """Homes to draw anew: leased, then settled by exactly one of `drawn`, `later` or `gone`.

    What a home shows is looked up after it was leased, so that an older page never follows a newer one. A change
    after that, even while the home is in hand, has it drawn once more.
    """

    def lease(self, now: datetime, *, limit: int, hold: float) -> Sequence[Stale]:
        """Take up to `limit` homes that are to be drawn, for `hold` seconds."""
        ...

    def drawn(self, home: Stale, *, lead: bool) -> bool:
        """It is as it should be, or cannot be before the next change; `lead`: it shows the portfolio.

        False: the lease was lost meanwhile.
        """
        ...

    def later(self, home: Stale, at: datetime) -> bool:
        """Try again at `at`."""
        ...

    def gone(self, home: Stale) -> bool:
        """Nobody looks at it any more: forgotten until it is opened again."""
        ...


# --- store ----------------------------------------------------------------------------------------------------------

T = TypeVar("T")


class Unit(Protocol):
    """One transaction of one organisation: everything in it is stored together or not at all.

    Reads see the unit's own writes. Nothing here reaches another organisation.
    """

    organisation: Organisation

    def first_sight(self, key: str, now: datetime) -> bool:
        """True once for each key: a second delivery of the same act gets False."""
        ...

    # people
    def person(self, person: PersonId) -> Person | None: ...
    def people(self) -> Sequence[Person]:
        """Everybody, by name."""
        ...

    def absent(self) -> Sequence[Person]:
        """Everybody with a last day away, past or to come."""
        ...

    def find_people(self, text: str, *, limit: int = 5) -> Sequence[Person]:
        """Active people whose name or e-mail contains `text` (any case, leading @ ignored), by name."""
        ...

    def person_of(self, connection: int, external: str) -> Person | None:
        """The person behind a platform account."""
        ...

    def person_at(self, address: Address) -> Person | None:
        """The person whom a direct conversation reaches."""
        ...

    def save_person(self, person: Person) -> Person:
        """Store; an id of 0 is new and comes back filled."""
        ...

    def people_of_email(self, email: str) -> Sequence[Person]:
        """Everybody with exactly that e-mail address (any case), those who left included."""
        ...

    def identities(self, person: PersonId) -> Sequence[Identity]:
        """Active accounts first."""
        ...

    def save_identity(self, identity: Identity) -> None: ...
    def drop_identity(self, identity: Identity) -> None:
        """The account is nobody's any more."""
        ...

    def people_to_seek(self, connection: int, now: datetime, *, limit: int) -> Sequence[Person]:
        """Active people with an e-mail address and no account on a connection, whose account may be looked for now.

        Who was never looked for comes first.
        """
        ...

    def sought(self) -> Sequence[Sought]:
        """What came of looking for people's accounts."""
        ...

    def save_sought(self, sought: Sought) -> None:
        """Store; unique by person and connection."""
        ...

    def switch_off(self, address: Address) -> None:
        """No more messages to this conversation until it is heard from again."""
        ...

    def connection(self, connection: int) -> Connection | None: ...
    def connections(self) -> Sequence[Connection]:
        """Every chat of the organisation, the disconnected included, by platform."""
        ...

    def save_connection(self, connection: Connection) -> Connection:
        """Store; unique by platform and external id, so saving a known one returns it."""
        ...

    def channel(self, address: Address, name: str = "") -> Channel:
        """The channel at an address, made on first sight; a name given renames it."""
        ...

    def channels(self) -> Sequence[Channel]: ...

    # pilots
    def pilot(self, pilot: PilotId) -> Pilot | None: ...
    def pilot_by_key(self, key: str) -> Pilot | None: ...
    def pilot_by_external(self, external: str) -> Pilot | None: ...
    def pilots(self) -> Sequence[Pilot]:
        """All pilots, by name."""
        ...

    def pilots_of(self, person: PersonId) -> Sequence[Pilot]:
        """Pilots in which the person is owner, deputy, sponsor or decider."""
        ...

    def pilot_names(self) -> Sequence[tuple[PilotId, str, str]]:
        """(id, key, name) of every pilot: cheap, for looking up and for suggestions."""
        ...

    def save_pilot(self, pilot: Pilot) -> Pilot:
        """Store; an id of 0 is new and comes back filled. The caller records the events."""
        ...

    def record(self, event: Event) -> None:
        """Append to the event log."""
        ...

    def events(
        self,
        *,
        pilot: PilotId | None = None,
        kinds: Iterable[str] = (),
        since: datetime | None = None,
        limit: int = 100,
    ) -> Sequence[Event]:
        """Newest first."""
        ...

    # questionnaires and schedules
    def form(self, form: str, version: int) -> Questionnaire | None:
        """A version that was used, as it was then."""
        ...

    def keep_form(self, form: Questionnaire) -> None:
        """Remember a version's body; the same version with another digest is a ValueError."""
        ...

    def schedules(self, pilot: PilotId) -> Sequence[Schedule]: ...
    def save_schedule(self, schedule: Schedule) -> Schedule:
        """Store; unique by pilot and questionnaire; an id of 0 is new."""
        ...

    def due_schedules(self, now: datetime, *, limit: int) -> Sequence[Schedule]:
        """Schedules due, the oldest first."""
        ...

    def next_moment(self) -> datetime | None:
        """The nearest moment at which a schedule, a check-in, a subscription, an evaluation or a message falls due."""
        ...

    # check-ins
    def open_checkin(self, checkin: Checkin) -> Checkin | None:
        """Store a new check-in (id 0) with its answers; None when (pilot, questionnaire, slot) is already there."""
        ...

    def checkin(self, checkin: CheckinId) -> Checkin | None:
        """With the answers that stand now."""
        ...

    def save(self, checkin: Checkin, *, was: int) -> bool:
        """Store the state if the stored revision is still `was`; False when somebody was faster.

        Answers are not written here: `keep` appends them.
        """
        ...

    def keep(self, answers: Iterable[Given]) -> None:
        """Append answers; those of one check-in, revision and person are one submission."""
        ...

    def given(self, checkin: CheckinId) -> Sequence[Given]:
        """Every answer ever given in a check-in, the oldest first."""
        ...

    def due_checkins(self, now: datetime, *, limit: int) -> Sequence[CheckinId]:
        """Check-ins whose wake-up time has come."""
        ...

    def live_checkins(
        self, *, pilot: PilotId | None = None, person: PersonId | None = None
    ) -> Sequence[Checkin]:
        """Check-ins that still ask somebody (open, snoozed or waiting for a colleague), the oldest slot first.

        With `person`: those that ask this person or have a question handed to them.
        """
        ...

    def history(
        self, pilot: PilotId, *, questionnaire: str = "", limit: int = 10, answers: bool = False
    ) -> Sequence[Asked]:
        """Check-ins of one pilot, the newest slot first."""
        ...

    def latest(self, *, questionnaire: str, per_pilot: int) -> Mapping[PilotId, Sequence[Asked]]:
        """The newest check-ins of every pilot, without answers, by index: never a scan of all history."""
        ...

    def answers_of(self, checkins: Iterable[CheckinId]) -> Mapping[CheckinId, Mapping[QuestionId, Value]]:
        """The answers that stand now; a check-in without any is left out."""
        ...

    # readiness
    def levels(self, pilot: PilotId) -> Mapping[ItemId, ItemLevel]: ...
    def levels_of_all(self) -> Mapping[PilotId, Mapping[ItemId, ItemLevel]]:
        """The levels of every pilot that has any."""
        ...

    def set_level(self, pilot: PilotId, level: ItemLevel) -> None: ...
    def add_snapshot(self, snapshot: Snapshot) -> None: ...
    def snapshot(self, pilot: PilotId, *, before: datetime | None = None) -> Snapshot | None:
        """The newest snapshot, or the newest at or before a moment."""
        ...

    def snapshots(self, *, before: datetime | None = None) -> Mapping[PilotId, Snapshot]:
        """The newest snapshot of every pilot, or the newest at or before a moment."""
        ...

    def score_range(self, pilot: PilotId, *, since: datetime) -> ScoreRange | None:
        """Of the scores that held at or after a moment, the one in force then included; None without any."""
        ...

    def last_act(self, pilot: PilotId, person: PersonId) -> datetime | None:
        """When a person last did something to a pilot that was logged."""
        ...

    # evaluations
    def evaluation(self, pilot: PilotId) -> Evaluation | None:
        """The last one; None while the pilot was never evaluated."""
        ...

    def evaluations(self) -> Mapping[PilotId, Evaluation]:
        """The last one of every pilot that has one."""
        ...

    def save_evaluation(self, evaluation: Evaluation) -> None: ...
    def await_evaluation(self, pilot: PilotId, at: datetime) -> None:
        """Let the next evaluation fall due at a moment, also of a pilot that never had one."""
        ...

    def due_evaluations(self, now: datetime, *, limit: int) -> Sequence[PilotId]:
        """Pilots whose next evaluation is due, the longest waiting first."""
        ...

    def mutes(self, pilot: PilotId) -> Sequence[Mute]:
        """Acknowledged signals, also those whose day has passed."""
        ...

    def save_mute(self, mute: Mute) -> None: ...
    def usual_stays(self) -> Mapping[str, int]:
        """Stage -> days that half of the organisation's own pilots stay; a stage with too few has none."""
        ...

    def save_usual_stays(self, stays: Mapping[str, int]) -> None:
        """In place of those before."""
        ...

    # requests to people
    def save_request(self, request: Request) -> Request: ...
    def request(self, request: int) -> Request | None: ...
    def requests(
        self, *, pilot: PilotId | None = None, person: PersonId | None = None, unanswered: bool = True
    ) -> Sequence[Request]: ...

    # decisions
    def add_decision(self, decision: Decision) -> Decision:
        """Append; comes back with its id. Nothing changes one afterwards."""
        ...

    def decisions(
        self, *, pilot: PilotId | None = None, since: datetime | None = None, limit: int = 100
    ) -> Sequence[Decision]:
        """Newest first."""
        ...

    # digests
    def subscriptions(self) -> Sequence[Subscription]: ...
    def save_subscription(self, subscription: Subscription) -> Subscription: ...
    def drop_subscription(self, subscription: int) -> None: ...
    def due_subscriptions(self, now: datetime) -> Sequence[Subscription]: ...

    # homes
    def open_home(self, person: PersonId, address: Address, now: datetime) -> None:
        """Somebody looks at their home: it is drawn at once, and from now on whenever it changes."""
        ...

    def outdate_homes(self, people: Iterable[PersonId], *, at: datetime, leads_at: datetime) -> None:
        """What these people's homes show has changed: they are drawn anew at `at`, those with the portfolio at
        `leads_at`. Who never opened theirs has none.
        """
        ...

    # messages
    def enqueue(self, message: Message, now: datetime) -> bool:
        """Put a message into the outbox; False when its key is already there."""
        ...

    def posted(self, key: str) -> Card | None:
        """The card of the message of that key as it was amended last, by messages whose keys go on behind `key:`."""
        ...

    def cancel(self, key: str, reason: str) -> bool:
        """Drop a message that was not sent yet."""
        ...

    def was_sent(self, key: str) -> bool:
        """Whether the message of that key was delivered, with all its parts."""
        ...


class Store(Protocol):
    """The database. `write` runs one unit of work in a transaction, `read` one that only looks.

    Both block the calling thread. On SQLite all writes of the process go through one thread that commits several
    units together, so `work` must be quick, must not wait for anything else, and may be run again from the start
    after a conflict.
    """

    outbox: Outbox
    installations: Installations
    homes: Homes

    def write(self, organisation: OrganisationId, work: Callable[[Unit], T]) -> T: ...
    def read(self, organisation: OrganisationId, work: Callable[[Unit], T]) -> T: ...
    def organisations(self) -> Sequence[Organisation]: ...
    def organisation_of(self, platform: str, external: str) -> tuple[OrganisationId, int] | None:
        """(organisation, connection) of a workspace or tenant; None for a stranger."""
        ...

    def connection(self, connection: int) -> tuple[OrganisationId, Connection] | None:
        """Whose a connection is, and what it is."""
        ...

    def add_organisation(self, name: str, zone: str) -> Organisation: ...
    def beat(self, worker: str, now: datetime) -> None:
        """Leave a sign of life."""
        ...

    def beats(self) -> Mapping[str, datetime]: ...
    def close(self) -> None:
        """Finish what was accepted, then let go of every connection."""
        ...
