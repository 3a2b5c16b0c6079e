"""Row 12: what people sent arrives again later, in any order, and forms of cards that are long over are sent anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any

from bot.core import tokens
from bot.core.ports import Clicked, Inbound, Place, Sender, Unit
from bot.core.state import Checkin, Phase
from bot.core.tokens import About, Token
from bot.service import checkins, receive
from tests.fakes.office import CALM, MONDAY, Office
from tests.faults import places
from tests.faults.matrix import Row, struck

OWNERS, WEEKS = 40, 8
AGAIN = 4  # strays for each delivery that is on time
OTHER = {"pulse.moved": "nothing", "pulse.users": "999", "pulse.date": "2029-01-01"}


@dataclass(frozen=True, slots=True)
class Sent:
    """One delivery: who pressed which button with which values, and under which key it came."""

    user: str
    token: Token
    values: dict[str, Any]
    key: str


@dataclass
class Mail:
    """Deliveries as they were recorded, and how many came where they did not belong: `strays` before each."""

    strays: int
    dice: Random = field(default_factory=lambda: Random(21))
    recorded: list[Sent] = field(default_factory=list)
    again: int = 0  # the very same once more
    old: int = 0  # a form that was answered, sent anew with other values
    early: int = 0  # a form that nobody has seen yet

    @property
    def strayed(self) -> int:
        return self.again + self.old + self.early


def rows() -> Iterator[Row]:
    """The one."""
    yield shuffled(OWNERS, WEEKS)


def shuffled(owners: int, weeks: int) -> Row:
    """The same weeks twice: with each delivery in its place, and with others before and after it."""
    inorder, _ = lived(owners, weeks, Mail(strays=0))
    found, mail = lived(owners, weeks, Mail(strays=AGAIN))
    things = sorted(inorder.keys() | found.keys())
    differing = [thing for thing in things if inorder.get(thing) != found.get(thing)]
    kinds = ((mail.again, "the same again"), (mail.old, "of an old form"), (mail.early, "before its time"))
    told = ", ".join(struck(*kind) for kind in kinds)
    return Row(
        12,
        "Deliveries out of order",
        f"{mail.strayed:,} among {len(mail.recorded):,} on time: {told}",
        "What is old never overwrites what is new: all is as in the run in order",
        f"{len(differing)} of {len(things):,} differ",
        not differing,
    )


def lived(owners: int, weeks: int, mail: Mail) -> tuple[dict[str, Any], Mail]:
    """What is stored and shown at the end, thing by thing."""
    dice = Random(12)
    with places.office() as scene:
        for number in range(owners):
            scene.pilot(
                f"Pilot {number}", scene.person(f"p{number}"), target=(MONDAY + timedelta(days=400)).date()
            )
        for day in range(weeks * 7):
            scene.until(MONDAY + timedelta(days=day, hours=9))
            for number in dice.sample(range(owners), owners):
                for checkin in scene.live(f"p{number}") if dice.random() < 0.7 else ():
                    act(scene, mail, f"p{number}", checkin, dice)
        return truth(scene), mail


def act(scene: Office, mail: Mail, user: str, checkin: Checkin, dice: Random) -> None:
    """What somebody does with a check-in: now and then put it off, else answer; now and then correct it afterwards."""
    if not checkin.state.asking:
        return
    if dice.random() < 0.2:
        send(
            scene,
            mail,
            user,
            Token(About.CHECKIN, checkin.id, "snooze", checkin.state.step),
            {"until": (scene.now + timedelta(days=1)).isoformat()},
        )
        return
    form = scene.do(lambda work: checkins.form_of(work, checkin))
    values = {name: _value(form.question(name), dice) for name in checkin.state.asking}
    send(scene, mail, user, Token(About.CHECKIN, checkin.id, "submit", checkin.state.step), values)
    done = current(scene, checkin)
    if done.state.phase is Phase.DONE and dice.random() < 0.3:
        wrong = dice.choice(sorted(done.state.answers))
        send(
            scene, mail, user, Token(About.CHECKIN, done.id, "correct", done.state.step), {"question": wrong}
        )
        asked = current(scene, checkin)
        values = {name: _value(form.question(name), dice) for name in asked.state.asking}
        send(scene, mail, user, Token(About.CHECKIN, done.id, "submit", asked.state.step), values)


def _value(question: Any, dice: Random) -> Any:
    if question.id == "pulse.users":
        return str(dice.randint(1, 90))
    return CALM.get(question.id) or (dice.choice(question.options).slug if question.options else None)


def current(scene: Office, checkin: Checkin) -> Checkin:
    found = scene.read(lambda unit: unit.checkin(checkin.id))
    assert found is not None
    return found  # type: ignore[no-any-return]  # the office does not say what it reads


def send(scene: Office, mail: Mail, user: str, token: Token, values: dict[str, Any]) -> None:
    """One delivery in its place, and recorded; strays come before it."""
    sent = Sent(user, token, values, f"d{len(mail.recorded)}")
    for _ in range(mail.strays):
        stray(scene, mail, sent)
    mail.recorded.append(sent)
    arrives(scene, sent)


def arrives(scene: Office, sent: Sent) -> None:
    act = Clicked(scene.signed(tokens.encode(sent.token)), sent.values)
    place = Place(f"dm:{sent.user}", direct=True)
    inbound = Inbound(sent.key, Sender("local", "local", sent.user), act, place)
    receive.receive(scene.store, scene.content, inbound, scene.now)
    scene.deliver()


def stray(scene: Office, mail: Mail, due: Sent) -> None:
    """One delivery out of its place: one that was recorded, an old form filled in anew, or a form nobody has seen."""
    forms = [one for one in mail.recorded if one.token.verb == "submit"]
    about = [one for one in forms if one.token.id == due.token.id] or forms
    key, kinds = f"stray{mail.strayed}", []
    if mail.recorded:
        kinds.append("again")
    if about:
        kinds.append("old")
    if due.token.verb == "submit":
        kinds.append("early")
    match mail.dice.choice(kinds) if kinds else "":
        case "again":
            mail.again += 1
            arrives(scene, mail.dice.choice(mail.recorded))
        case "old":
            mail.old += 1
            past = mail.dice.choice(about)
            arrives(scene, replace(past, key=key, values=_other(past.values)))
        case "early":
            mail.early += 1
            unseen = replace(due.token, step=due.token.step + 1)
            arrives(scene, replace(due, token=unseen, key=key, values=_other(due.values)))


def _other(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, **{name: OTHER[name] for name in values if name in OTHER}}


def truth(scene: Office) -> dict[str, Any]:
    """All that the deliveries leave behind: what is stored by its name, and what each message says in the end."""

    def look(unit: Unit) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for pilot in unit.pilots():
            found[f"pilot {pilot.id}"] = asdict(pilot)
            found[f"levels of {pilot.id}"] = sorted(map(str, unit.levels(pilot.id).values()))
            for past in unit.history(pilot.id, limit=1000):
                kept = unit.checkin(past.id)
                assert kept is not None
                found[f"checkin {past.id}"] = (asdict(kept.state), list(unit.given(past.id)))
        found |= {f"request {one.id}": asdict(one) for one in unit.requests(unanswered=False)}
        found["events"] = [asdict(event) for event in unit.events(limit=1_000_000)]
        return found

    posts = {f"message {post.key}": (post.conversation, post.card.fallback) for post in scene.platform.posts}
    found: dict[str, Any] = scene.read(look)
    return found | posts
