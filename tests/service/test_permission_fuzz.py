"""Every command and every button, by everybody, on every pilot of two organisations: nobody gets what is not theirs.

The commands are those of the vocabulary: a new one fails here until it is said how it is typed and what it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from bot.core import permissions, tokens
from bot.core.permissions import Action
from bot.core.ports import Clicked, Inbound, Place, Reply, Sender, Show, Store, Unit, Wrote
from bot.core.records import ItemLevel, Person, Pilot, Request
from bot.core.tokens import About, Token
from bot.core.vocabulary import HELP
from bot.service import evaluations, receive, registry
from bot.storage import open_store
from tests.fakes.office import CALM, CONTENT, MONDAY, Office
from tests.fakes.rehearsal import Rehearsal

PARTS = ("owner", "deputy", "sponsor", "decider", "builder")
STANDINGS = ("admin", "lead", "member", "guest")
STRANGER = "Qwerty uiopa"  # a pilot that is nowhere, as unlike the others as they are unlike each other
OPEN, PAUSED, PRIVATE, HIDDEN = "Zebra quilting", "Yodel hamper", "Xenon fjord", "Violet gumbo"
ITEM = "live data access"
OF_A_GATE = ("confirm", "not_yet", "pass_on", "approve", "object", "agree", "keep", "open")
# (kind of a request, its text, its topic, the button that says yes)
VOUCHING = (
    ("confirm", "data.access:security", "G3", "confirm"),
    ("approve", "limited because it is", "G3:1", "approve"),
    ("threshold", "Half of them use it", "scale_if", "agree"),
)
# How each command is typed so that it would do something, and what that takes.
TYPED: dict[str, tuple[tuple[str, Action], ...]] = {
    "status": (("status {pilot}", Action.SEE),),
    "list": (("list", Action.SEE),),
    "todo": (("todo", Action.LOOK),),
    "history": (("history {pilot}", Action.SEE),),
    "why": (("why {pilot}", Action.SEE), ("why {pilot} score", Action.SEE), ("why {pilot} gate", Action.SEE)),
    "known": (("known {signal} of {pilot} until 1 December because it is", Action.ACKNOWLEDGE),),
    "checkin": (("checkin {pilot}", Action.ASK),),
    "decide": (("decide {pilot}", Action.DECIDE),),
    "gate": (("gate {pilot}", Action.SEE),),
    "add": (("add Brand new thing", Action.REGISTER),),
    "pause": (("pause {pilot} until 15 December", Action.PAUSE),),
    "resume": (("resume {paused}", Action.PAUSE),),
    "away": (("away until 1 December", Action.LOOK), ("away Carl until 1 December", Action.EXCUSE)),
    "back": (("back", Action.LOOK), ("back Dora", Action.EXCUSE)),
    "delegate": (
        ("delegate Carl until 1 December", Action.LOOK),
        ("delegate Carl for Dora until 1 December", Action.EXCUSE),
    ),
    "ask me": (("ask me on Thursdays at 14:00", Action.LOOK),),
    "proof": ((f"proof {{pilot}} for {ITEM} https://example.org/r", Action.PROVE),),
    "digest": (("digest", Action.READ_DIGEST), ("digest here", Action.SET_DIGEST)),
    "privacy": (("privacy", Action.LOOK),),
    "users": (("users {pilot}: nobody", Action.ASK),),
    "help": (("help", Action.LOOK),),
}


@dataclass
class World:
    """One organisation with somebody of every kind, an open and a private pilot, and a paused one of each."""

    office: Office
    people: dict[str, Person]
    pilots: dict[str, Pilot]
    signals: dict[str, str]
    looked_at: Callable[[Unit], object] | None = None  # instead of all of it

    @property
    def work(self) -> Rehearsal:
        return Rehearsal(self.office.store, self.looked_at or self.trace)

    def trace(self, unit: Unit) -> object:
        """Everything that a command or a button may change, but for who was seen when."""
        away = [(person.id, person.away_until, person.stand_in) for person in unit.people()]
        live = [(one.id, one.state.phase, one.state.revision) for one in unit.live_checkins()]
        return unit.pilots(), live, away, unit.subscriptions(), len(unit.events(limit=10_000))

    def act(self, user: str, act: Any, *, channel: bool = False) -> tuple[Reply, bool]:
        place = Place("channel:room", direct=False, name="room") if channel else Place(f"dm:{user}")
        rehearsal = self.work
        sender = Sender("local", self.office.connection.external, user)
        reply = receive.receive(rehearsal, CONTENT, Inbound("once", sender, act, place), self.office.now)  # type: ignore[arg-type]  # a Store that undoes
        return reply, rehearsal.changed

    def presses(self, user: str, token: Token, values: dict[str, str]) -> tuple[Reply, bool]:
        """A button of that token with a true signature: what somebody can do who has found one."""
        key = self.office.store.button_key(self.office.organisation.id)
        return self.act(user, Clicked(key.sign(tokens.encode(token)), values))

    def says(self, user: str, text: str) -> tuple[Reply, bool]:
        return self.act(user, Wrote(text), channel="here" in text)


def world(store: Store, *, place: str = "local") -> World:
    office = Office(store, tenant=place)
    people = {
        name: office.person(name, standing=name if name in STANDINGS else "guest")
        for name in (*STANDINGS, *PARTS)
    }
    people["group"] = office.person("group", leads=("Crafts",))
    office.person("carl")
    office.person("dora", away_until=(MONDAY + timedelta(days=9)).date())
    held: dict[str, Any] = {part: people[part].id for part in PARTS if part != "owner"}
    pilots = {}
    for name, private, paused in (
        (OPEN, False, False),
        (PAUSED, False, True),
        (PRIVATE, True, False),
        (HIDDEN, True, True),
    ):
        day = MONDAY.date()
        made = office.pilot(
            name,
            people["owner"],
            private=private,
            group="Crafts",
            target=day - timedelta(days=40),
            decide_by=day - timedelta(days=1),
            **held,
            **(
                {"stage": "paused", "paused_until": day + timedelta(days=9), "before_pause": "pilot"}
                if paused
                else {}
            ),
        )
        office.write(lambda unit, p=made.id: unit.set_level(p, ItemLevel("data.access", 3, MONDAY, MONDAY)))
        pilots[name] = made
    signals = {}
    for pilot in pilots.values():
        found = office.do(lambda work, p=pilot: evaluations.known(work, p))
        signals[pilot.name] = next((seen.signal.id for seen in found.signals), "P01")
    return World(office, people, pilots, signals)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    """SQLite alone: what is asked is the same on both, and it is asked a thousand times."""
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def acme(store: Store) -> World:
    return world(store)


def test_every_command_of_the_vocabulary_is_tried() -> None:
    assert set(TYPED) == {entry.name for entry in HELP}
    for entry in HELP:
        assert TYPED[entry.name][0][1] is entry.needs, entry.name


def told(reply: Reply) -> str:
    return repr(reply)


def shows(reply: Reply, pilot: Pilot) -> bool:
    """Whether a reply is about a pilot, or has it in a list: an echo of what was typed is neither."""
    assert isinstance(reply, Show), reply
    return reply.card.title.startswith(pilot.name) or f"\n{pilot.name} |" in reply.card.fallback


def of_pilots(action: Action) -> bool:
    return action not in permissions.ORGANISATION


def lines(world: World) -> Iterator[tuple[str, str, Action, Pilot]]:
    """(typed, the same of a pilot that is nowhere, what it takes, the pilot)."""
    for entry, (running, paused) in product(HELP, ((OPEN, PAUSED), (PRIVATE, HIDDEN))):
        for text, action in TYPED[entry.name]:
            pilot = world.pilots[paused if "{paused}" in text else running]
            signal = world.signals[pilot.name]
            said = text.format(pilot=pilot.name, paused=pilot.name, signal=signal)
            yield said, text.format(pilot=STRANGER, paused=STRANGER, signal=signal), action, pilot


@dataclass(frozen=True, slots=True)
class Tried:
    """How many were tried, how many of them did what they are for, and those that went wrong."""

    number: int
    done: int
    wrong: Sequence[tuple[object, ...]]

    @property
    def told(self) -> str:
        return "\n".join(" ".join(map(str, one[:3])) for one in self.wrong)


def everybody(acme: World) -> Tried:
    """Every command, by everybody, on a pilot that all see and on a private one."""
    tried = done = 0
    wrong: list[tuple[object, ...]] = []
    for user, person in acme.people.items():
        for said, nowhere, action, pilot in lines(acme):
            reply, changed = acme.says(user, said)
            tried, done = tried + 1, done + changed
            for problem in problems(acme, person, (said, nowhere, action, pilot), reply, changed=changed):
                wrong.append((user, said, problem, reply))
    return Tried(tried, done, wrong)


def test_everybody_may_what_the_table_says_and_nobody_more(acme: World) -> None:
    """Allowed that should not be: 0 of N; and what should be allowed is."""
    found = everybody(acme)
    assert not found.wrong, found.told
    assert found.number >= len(acme.people) * len(HELP) * 2
    assert found.done > found.number / 10, "what is allowed is done"


def problems(
    acme: World, person: Person, line: tuple[str, str, Action, Pilot], reply: Reply, *, changed: bool
) -> Iterator[str]:
    said, nowhere, action, pilot = line
    about = pilot if of_pilots(action) else None
    allowed = permissions.may(person, action, about)
    sees = permissions.may(person, Action.SEE, pilot)
    if not sees and pilot.name not in said and pilot.name in told(reply):
        yield "names what is not theirs"
    if not sees and "{" not in nowhere and nowhere != said:
        user = person.name.lower()
        other, _ = acme.says(user, nowhere)
        if told(reply).replace(pilot.name, "?") != told(other).replace(STRANGER, "?"):
            yield "tells “not yours” from “not there”"
    if action is Action.DECIDE:
        allowed = allowed or permissions.may(person, Action.STAND_IN, pilot)
        if changed and not allowed:
            yield "did it"
    elif action in (Action.SEE, Action.LOOK, Action.READ_DIGEST):
        if action is Action.SEE and shows(reply, pilot) is not sees:
            yield "shows it to the wrong people"
    elif changed is not allowed:
        yield "did it" if changed else "did not do it"


# --- buttons ------------------------------------------------------------------------------------------------


def forged(world: World) -> Sequence[Token]:
    """A token of every kind for every number that is in use, and some that are not."""
    checkins = [one.id for one in world.office.read(lambda unit: unit.live_checkins())]
    requests = [
        one.id
        for pilot in world.pilots.values()
        for one in world.office.read(lambda unit, p=pilot.id: unit.requests(pilot=p))
    ]
    verbs = (
        "submit",
        "show",
        "back",
        "nothing",
        "correct",
        "snooze",
        "decline",
        "pass_back",
        "not_mine",
        "hand",
        "pause",
    )
    made = [Token(About.CHECKIN, number, verb, 1) for number, verb in product([*checkins, 9999], verbs)]
    made += [
        Token(About.REQUEST, number, verb)
        for number, verb in product([*requests, 9999], ("accept", "not_me", "on_it", "done"))
    ]
    made += [Token(About.REQUEST, number, verb) for number, verb in product([*requests, 9999], OF_A_GATE)]
    made += [Token(About.DIGEST, number, "post") for number in (1, 9999)]
    since = MONDAY.date().toordinal() - 100
    for pilot in (*(p.id for p in world.pilots.values()), 9999):
        made += [
            Token(About.GATE, pilot, verb) for verb in ("ask", "name", "agree", "retract", "rule", "say")
        ]
        made += [
            Token(About.PILOT, pilot, verb, since, "x") for verb in ("user", "attest", "differs", "same")
        ]
        made += [
            Token(About.PILOT, pilot, verb, step)
            for verb in ("status", "why", "decide", "pause")
            for step in (0, since)
        ]
        made += [Token(About.PROOF, pilot, verb, arg="data.access") for verb in ("ask", "level", "attach")]
    return made


# What a button with valid fields takes; those about a check-in or a request are for whom it asks.
BUTTONS: tuple[tuple[About, str, tuple[Action, ...], dict[str, str]], ...] = (
    (About.GATE, "name", (Action.REVIEW,), {"role": "security", "who": "carl"}),
    (About.GATE, "rule", (Action.PROPOSE_RULE,), {"rule": "scale_if", "text": "Half of them use it"}),
    (
        About.PROOF,
        "attach",
        (Action.PROVE,),
        {"pilot": "{key}", "item": "data.access", "link": "https://example.org/r"},
    ),
    (About.PILOT, "differs", (Action.ASK,), {"what": "Another country"}),
    (About.PILOT, "decide", (Action.DECIDE, Action.STAND_IN), {}),
)


def pressed(acme: World) -> Tried:
    """Each of these buttons by everybody on an open and a private pilot, against the table."""
    tried = done = 0
    wrong: list[tuple[object, ...]] = []
    for user, (about, verb, actions, given) in product(acme.people, BUTTONS):
        for name in (OPEN, PRIVATE):
            pilot = acme.pilots[name]
            arg = "data.access" if about is About.PROOF else ""
            values = {field: value.format(key=pilot.key) for field, value in given.items()}
            reply, changed = acme.presses(user, Token(about, pilot.id, verb, arg=arg), values)
            allowed = any(permissions.may(acme.people[user], action, pilot) for action in actions)
            tried, done = tried + 1, done + changed
            second = verb == "decide" and user == "sponsor"  # behind the decider
            if changed is not (allowed and not second):
                wrong.append(
                    (user, f"{about} {verb} {name}", "did it" if changed else "did not do it", reply)
                )
    return Tried(tried, done, wrong)


def test_every_button_of_a_pilot_does_what_the_table_says_for_everybody(acme: World) -> None:
    found = pressed(acme)
    assert not found.wrong, found.told
    assert found.done > found.number / 4


def test_a_request_to_vouch_is_worth_nothing_once_the_part_is_gone(acme: World) -> None:
    """Whoever was asked as a reviewer, a second approver or a sponsor, and is none of these any more."""
    pilot, by, at = acme.pilots[OPEN], acme.people["owner"].id, MONDAY
    for user, (kind, text, topic, verb) in product(("member", "guest", "deputy", "builder"), VOUCHING):
        ident = acme.people[user].id
        asked = Request(0, kind, pilot.id, ident, by, at, text, topic)
        number = acme.office.write(lambda unit, r=asked: unit.save_request(r)).id
        acme.looked_at = lambda unit: (
            unit.pilot(pilot.id),
            unit.levels(pilot.id),
            unit.events(kinds=("gate.approved",)),
        )
        _, changed = acme.presses(
            user, Token(About.REQUEST, number, verb, arg="data.access"), {"reason": "x"}
        )
        assert not changed, (user, kind)


def setting(acme: World) -> None:
    """An open check-in and a request on each pilot, for the buttons to be about."""
    office = acme.office
    for pilot in acme.pilots.values():
        if pilot.stage != "paused":
            office.act("owner", Wrote(f"checkin {pilot.name}"))
        asked = Request(
            0, "help", pilot.id, acme.people["sponsor"].id, acme.people["owner"].id, MONDAY, topic="x"
        )
        office.write(lambda unit, r=asked: unit.save_request(r))


def by_hand(acme: World) -> Tried:
    """Every button with a true signature, by those who have no part in any pilot; `done` by an owner."""
    setting(acme)
    wrong: list[tuple[object, ...]] = []
    private = {acme.pilots[PRIVATE].name, acme.pilots[HIDDEN].name}
    outside = [user for user, person in acme.people.items() if user in ("member", "guest")]
    given = {"reason": "x", "until": "tomorrow", "standing": "admin", "role": "owner", "organisation": "1"}
    tokens_made = forged(acme)
    for user, token in product(outside, tokens_made):
        reply, changed = acme.presses(user, token, given)
        if changed or any(name in told(reply) for name in private):
            wrong.append((user, token, reply))
    done = sum(acme.presses("owner", token, given)[1] for token in tokens_made)
    return Tried(len(outside) * len(tokens_made), done, wrong)


def test_a_button_made_by_hand_does_nothing_that_its_sender_could_not_do_otherwise(acme: World) -> None:
    found = by_hand(acme)
    assert found.number > 100
    assert found.done > 3, "the same buttons do something for those whose they are"
    assert not found.wrong, found.told


def taken_over(acme: World) -> Tried:
    """Every button of open check-ins, by who owned the pilot until just now; `done` are those that were told so."""
    setting(acme)
    asked = [
        one for one in acme.office.read(lambda unit: unit.live_checkins()) if one.questionnaire == "pulse"
    ]
    new = {"owner": acme.people["lead"].id}
    for pilot in acme.pilots.values():
        acme.office.do(lambda work, p=pilot: registry.change_pilot(work, p, new, actor=None))
    acme.looked_at = lambda unit: (
        unit.pilots(),
        [(list(unit.given(c.id)), unit.levels(c.pilot)) for c in asked],
    )
    given = {**CALM, "until": "tomorrow", "to": "carl", "reason": "x"}
    buttons = [token for token in forged(acme) if token.about is About.CHECKIN]
    tried = [acme.presses("owner", token, given) for token in buttons if token.id in {c.id for c in asked}]
    told_so = sum("Nothing was changed" in told(reply) for reply, _ in tried)
    return Tried(len(tried), told_so, [("owner", reply) for reply, changed in tried if changed])


def test_a_card_of_before_says_whose_it_is_now_and_changes_nothing(acme: World) -> None:
    found = taken_over(acme)
    assert found.done == found.number > 10, found
    assert not found.wrong, found.told


def test_the_number_of_a_private_pilot_answers_as_one_that_is_not_there(acme: World) -> None:
    for verb, step in product(("status", "why", "decide", "history"), (0, MONDAY.date().toordinal())):
        hidden = Token(About.PILOT, acme.pilots[PRIVATE].id, verb, step)
        absent = Token(About.PILOT, 9999, verb, step)
        assert acme.presses("member", hidden, {}) == acme.presses("member", absent, {})


def across(store: Store) -> Tried:
    """Those who may most of one organisation type every name and press every number of the other; `done` at home."""
    acme, birch = world(store), world(store, place="birch")
    setting(acme)
    before = acme.office.read(acme.trace)
    names = set(acme.pilots)
    for mine in birch.pilots.values():  # the names are the other's alone
        birch.office.write(
            lambda unit, p=mine: unit.save_pilot(replace(p, name=f"Own {p.id}", key=f"own-{p.id}"))
        )
    tried = done = 0
    leaks: list[tuple[object, ...]] = []
    mighty = ("admin", "owner", "member")
    for user in mighty:
        for said, nowhere, _, pilot in lines(acme):
            reply, _ = birch.says(user, said)
            other, _ = birch.says(user, nowhere)
            tried, done = tried + 1, done + acme.says(user, said)[1]
            if told(reply).replace(pilot.name, "?") != told(other).replace(STRANGER, "?"):
                leaks.append((user, said))
    theirs = {token.id for token in forged(birch)}
    for user, token in product(mighty, forged(acme)):
        reply, changed = birch.presses(user, token, {"reason": "x"})
        tried += 1
        if any(name in told(reply) for name in names) or (token.id not in theirs and changed):
            leaks.append((user, token))
    if acme.office.read(acme.trace) != before:
        leaks.append(("the other organisation", "was changed"))
    return Tried(tried, done, leaks)


def test_no_word_and_no_number_reaches_another_organisation(store: Store) -> None:
    found = across(store)
    assert found.done > 10, "at home the same words do something"
    assert not found.wrong, found.told
