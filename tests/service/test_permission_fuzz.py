"""Every command and every button, by everybody, on every pilot of two organisations: nobody gets what is not theirs.

The commands are those of the vocabulary: a new one fails here until it is said how it is typed and what it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from bot.service import evaluations, receive
from bot.storage import open_store
from tests.fakes.office import CONTENT, MONDAY, Office
from tests.fakes.rehearsal import Rehearsal

PARTS = ("owner", "deputy", "sponsor", "decider", "builder")
STANDINGS = ("admin", "lead", "member", "guest")
STRANGER = "Qwerty uiopa"  # a pilot that is nowhere, as unlike the others as they are unlike each other
OPEN, PAUSED, PRIVATE, HIDDEN = "Zebra quilting", "Yodel hamper", "Xenon fjord", "Violet gumbo"
ITEM = "live data access"
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
    "help": (("help", Action.LOOK),),
}


@dataclass
class World:
    """One organisation with somebody of every kind, an open and a private pilot, and a paused one of each."""

    office: Office
    people: dict[str, Person]
    pilots: dict[str, Pilot]
    signals: dict[str, str]

    @property
    def work(self) -> Rehearsal:
        return Rehearsal(self.office.store, self.trace)

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


def test_everybody_may_what_the_table_says_and_nobody_more(acme: World) -> None:
    """Allowed that should not be: 0 of N; and what should be allowed is."""
    tried, wrong = 0, []
    for user, person in acme.people.items():
        for said, nowhere, action, pilot in lines(acme):
            reply, changed = acme.says(user, said)
            tried += 1
            for problem in problems(acme, person, (said, nowhere, action, pilot), reply, changed=changed):
                wrong.append((user, said, problem, reply))
    print(f"permissions: allowed that should not be {len(wrong)} of {tried}")
    assert not wrong, "\n".join(f"{a} {b} {c}" for a, b, c, *_ in wrong)
    assert tried >= len(acme.people) * len(HELP) * 2


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
    since = MONDAY.date().toordinal() - 100
    for pilot in (*(p.id for p in world.pilots.values()), 9999):
        made += [
            Token(About.PILOT, pilot, verb, step)
            for verb in ("status", "why", "decide", "pause")
            for step in (0, since)
        ]
        made += [Token(About.PROOF, pilot, verb, arg="data.access") for verb in ("ask", "level", "attach")]
    return made


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


def test_a_button_made_by_hand_does_nothing_that_its_sender_could_not_do_otherwise(acme: World) -> None:
    setting(acme)
    tried, wrong = 0, []
    private = {acme.pilots[PRIVATE].name, acme.pilots[HIDDEN].name}
    outside = [user for user, person in acme.people.items() if user in ("member", "guest")]
    for user, token in product(outside, forged(acme)):
        reply, changed = acme.presses(user, token, {"reason": "x", "until": "tomorrow"})
        tried += 1
        if changed or any(name in told(reply) for name in private):
            wrong.append((user, token, reply))
    print(f"forged buttons: that did what they should not {len(wrong)} of {tried}")
    assert tried > 100
    assert not wrong, "\n".join(f"{a} {b} {c}" for a, b, c, *_ in wrong)


def test_the_number_of_a_private_pilot_answers_as_one_that_is_not_there(acme: World) -> None:
    for verb, step in product(("status", "why", "decide", "history"), (0, MONDAY.date().toordinal())):
        hidden = Token(About.PILOT, acme.pilots[PRIVATE].id, verb, step)
        absent = Token(About.PILOT, 9999, verb, step)
        assert acme.presses("member", hidden, {}) == acme.presses("member", absent, {})


def test_no_word_and_no_number_reaches_another_organisation(store: Store) -> None:
    """Those who may most of one organisation type every name and press every number of the other."""
    acme, birch = world(store), world(store, place="birch")
    setting(acme)
    before = acme.office.read(acme.trace)
    names = set(acme.pilots)
    for mine in birch.pilots.values():  # the names are the other's alone
        birch.office.write(
            lambda unit, p=mine: unit.save_pilot(replace(p, name=f"Own {p.id}", key=f"own-{p.id}"))
        )
    tried, leaks = 0, []
    mighty = ("admin", "owner", "member")
    for user in mighty:
        for said, nowhere, _, pilot in lines(acme):
            reply, _ = birch.says(user, said)
            other, _ = birch.says(user, nowhere)
            tried += 1
            if told(reply).replace(pilot.name, "?") != told(other).replace(STRANGER, "?"):
                leaks.append((user, said))
    theirs = {token.id for token in forged(birch)}
    for user, token in product(mighty, forged(acme)):
        reply, changed = birch.presses(user, token, {"reason": "x"})
        tried += 1
        if any(name in told(reply) for name in names) or (token.id not in theirs and changed):
            leaks.append((user, token))
    print(f"across organisations: leaks {len(leaks)} of {tried}")
    assert not leaks
    assert acme.office.read(acme.trace) == before
