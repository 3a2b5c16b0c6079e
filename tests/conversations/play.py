"""Plays a conversation file through a door: does what its people do, and holds what was said against the file."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.service import deliver
from tests.conversations import script
from tests.conversations.door import Asked, Control, Door, Seen, Values, Wrong
from tests.conversations.doors import DOORS
from tests.conversations.script import Line
from tests.conversations.world import CONTENT, ROLES, World

SHOWN = 600  # characters of what was said instead: enough to see what went wrong


class Mismatch(AssertionError):
    """The conversation took another turn than its file."""


async def play(file: Path, door: str, url: str) -> dict[str, Any]:
    """What is true when the file has been played; Mismatch names the line at which it is not as written."""
    player = Player(file, DOORS[door](), url)
    try:
        for line in script.lines(file):
            await player.do(line)
        player.settle()
        return player.world.truth()
    except Mismatch:
        raise
    except Exception as error:
        raise Mismatch(f"{player.at()}: {type(error).__name__}: {error}") from error
    finally:
        await player.close()


class Player:
    """One play of one file through one door."""

    def __init__(self, file: Path, door: Door, url: str) -> None:
        self.file, self.door, self.url = file, door, url
        self.form = self.version = ""
        self.line = Line(0, "")
        self.before: dict[str, dict[str, Seen]] = {}
        self.wrong: Wrong = {}
        self.pressed: dict[str, tuple[Seen, Control, Values, str]] = {}  # by whom; the last of each
        self.numbers = itertools.count(1)

    async def do(self, line: Line) -> None:
        if line.mark in ("|", ">") or line.word == "tick":
            self.settle()
        self.line = line
        if line.mark:
            await {"|": self.press, ">": self.type, "<": self.hear, "!": self.complain}[line.mark](line)
            return
        told = getattr(self, f"tell_{line.word}", None)
        if told is None:
            raise self.mismatch("there is no such line; script.py lists those there are")
        await told(line.rest)

    async def close(self) -> None:
        if hasattr(self, "world"):
            await self.door.close()
            self.world.app.close()

    # --- complaints

    def at(self) -> str:
        return f"{self.file.name}:{self.line.number}: {self.line.text}"

    def mismatch(self, why: str) -> Mismatch:
        newest = CONTENT.questionnaires.get(self.form)
        old = newest is not None and self.version not in ("", str(newest.version))
        hint = (
            f"\n(written for {self.form}@{self.version}; {newest.key} is the newest)"
            if old and newest
            else ""
        )
        return Mismatch(f"{self.at()}\n{why}{hint}")

    def settle(self) -> None:
        """Whatever was wrong must have been expected."""
        if self.wrong:
            raise self.mismatch(f"was refused: {dict(self.wrong)}")

    # --- setting the scene

    async def tell_form(self, rest: str) -> None:
        form, _, zone = rest.partition(", owner in ")
        self.form, _, self.version = form.partition("@")
        self.world = World(self.url, zone)
        await self.door.open(self.world.app)
        self.join(script.OWNER, "Anna Apron")

    async def tell_start(self, rest: str) -> None:
        self.world.clock.moment = self.world.moment(rest)

    async def tell_person(self, rest: str) -> None:
        told, _, standing = rest.partition(", ")
        known, _, zone = told.partition(" in ")
        user, _, name = known.partition(" ")
        self.join(user, name, zone=zone, standing=standing or "member")

    def join(self, user: str, name: str, *, zone: str = "", standing: str = "member") -> None:
        account, address = self.door.seat(user, name)
        self.world.join(user, name, account, address, zone=zone, standing=standing)

    async def tell_channel(self, rest: str) -> None:
        self.world.channel(rest, self.door.room(rest))

    async def tell_pilot(self, rest: str) -> None:
        name, _, values = rest.partition(":")
        self.world.add_pilot(name, script.pairs(values))

    async def tell_tick(self, rest: str) -> None:
        await self.remember()
        await self.world.pass_time(self.world.moment(rest))

    # --- doing

    async def remember(self) -> None:
        self.wrong = {}
        self.before = {
            user: {seen.key: seen for seen in await self.door.sees(user)} for user in self.world.people
        }

    async def press(self, line: Line) -> None:
        if line.rest in ("(again)", "(resent)"):
            on, control, values, ident = self.pressed[line.who]
            await self.send(line.who, on, control, values, ident if line.rest == "(resent)" else self.ident())
            return
        wanted = script.press(line.rest)
        seen = [
            one for one in await self.door.sees(line.who) if one.place == line.place and wanted.on in one.text
        ]
        on, control = self.control(seen, wanted.label)
        values = {asked.name: asked.initial for asked in control.fields}
        for name, value in wanted.values.items():
            asked = self.field(control, name)
            values[asked.name] = self.value(asked, value)
        await self.send(line.who, on, control, values, self.ident())

    async def send(self, user: str, on: Seen, control: Control, values: Values, ident: str) -> None:
        self.pressed[user] = (on, control, values, ident)
        await self.remember()
        self.wrong = await self.door.press(user, on, control, values, ident)
        await self.deliver()

    async def type(self, line: Line) -> None:
        await self.remember()
        self.wrong = await self.door.type(line.who, line.place, line.rest, self.ident())
        await self.deliver()

    async def deliver(self) -> None:
        await deliver.drain(self.world.app.post)

    def ident(self) -> str:
        return f"press-{next(self.numbers):08}"

    def control(self, seen: Sequence[Seen], label: str) -> tuple[Seen, Control]:
        """The newest of that label, or the newest that sends a form."""
        for one in reversed(seen):
            for control in one.controls:
                if control.label == label or (not label and control.sends_form):
                    return one, control
        buttons = [control.label for one in seen for control in one.controls]
        raise self.mismatch(f"there is no such button among {buttons}")

    def field(self, control: Control, name: str) -> Asked:
        for asked in control.fields:
            if asked.name in (name, f"{self.form}.{name}"):
                return asked
        raise self.mismatch(f"there is no field {name!r} among {[asked.name for asked in control.fields]}")

    def value(self, asked: Asked, text: str) -> str | list[str]:
        if asked.many:
            return text.split(",")
        if text.startswith("@") and text[1:] in self.world.people:
            return self.door.pick(self.world.people[text[1:]], text[1:])
        longer = f"{self.form}.{text}"
        return longer if longer in asked.options else text

    # --- hearing

    async def hear(self, line: Line) -> None:
        known = self.before.get(line.who, {})
        seen = [one for one in await self.door.sees(line.who) if one.place == line.place]
        fresh = [one for one in seen if known.get(one.key) != one]
        mode, _, text = line.rest.partition(" ") if line.rest.startswith("(") else ("", "", line.rest)
        match mode:
            case "(nothing)":
                good, said = not fresh, fresh
            case "(not)":
                good, said = not _says(fresh, text), fresh
            case "(shown)":
                good, said = _says(seen, text), seen
            case _:
                good, said = _says(fresh, line.rest), fresh
        if not good:
            shown = "\n---\n".join(one.text[:SHOWN] for one in said) or "(nothing)"
            raise self.mismatch(f"said to {line.who} was:\n{shown}\nwrong: {dict(self.wrong)}")

    async def complain(self, line: Line) -> None:
        """Each line takes away what it names; what is left at the next act was not expected."""
        name, _, text = line.rest.partition(": ")
        for known, why in self.wrong.items():
            named = known in (name, f"{self.form}.{name}")
            if (named and text in why) or line.rest in why:
                self.wrong = {field: other for field, other in self.wrong.items() if field != known}
                return
        raise self.mismatch(f"wrong was: {dict(self.wrong)}")

    async def tell_levels(self, rest: str) -> None:
        name, rest = _about(rest)
        self.world.claim(self.world.pilot(name), script.pairs(rest))

    # --- what is true

    async def tell_answers(self, rest: str) -> None:
        pilot, rest = _about(rest)
        found = self.world.answers(self.world.checkin(self.form, pilot))
        wanted = {self.long(name, found): value for name, value in script.pairs(rest).items()}
        if found != wanted:
            raise self.mismatch(f"the answers are: {_in_line(found)}")

    async def tell_kept(self, rest: str) -> None:
        name, _, wanted = rest.partition(": ")
        checkin = self.world.checkin(self.form, "")
        given = [
            one
            for one in self.world.read(lambda unit: unit.given(checkin.id))
            if one.question in (name, f"{self.form}.{name}")
        ]
        found = [
            "(taken back)" if one.value is None else self.world.written(checkin, one.question, one.value)
            for one in given
        ]
        if ", ".join(found) != wanted:
            raise self.mismatch(f"given was: {', '.join(found)}")

    async def tell_state(self, rest: str) -> None:
        pilot, rest = _about(rest)
        state = self.world.checkin(self.form, pilot).state
        found = " ".join(filter(None, (state.phase.value, state.outcome, "late" if state.late else "")))
        if found != rest:
            raise self.mismatch(f"the state is: {found}")

    async def tell_record(self, rest: str) -> None:
        name, rest = _about(rest)
        pilot = self.world.pilot(name)
        wanted = script.pairs(rest)
        found = {field: self.recorded(pilot, field) for field in wanted}
        if found != wanted:
            raise self.mismatch(f"the record says: {_in_line(found)}")

    def recorded(self, pilot: Any, field: str) -> str:
        value = getattr(pilot, field)
        if field in ROLES:
            return self.world.user(value)
        words = {True: "yes", False: "no", None: "none"}
        return words[value] if isinstance(value, bool | None) else str(value)

    def long(self, name: str, known: dict[str, str]) -> str:
        return name if name in known or "." in name else f"{self.form}.{name}"


def _says(seen: Sequence[Seen], text: str) -> bool:
    wanted = " ".join(text.split())
    return any(wanted in " ".join(one.text.split()) for one in seen)


def _about(rest: str) -> tuple[str, str]:
    """(pilot, rest) of `of Claims triage: ...`; the pilot is empty where none is named."""
    if not rest.startswith("of "):
        return "", rest
    name, _, rest = rest.removeprefix("of ").partition(":")
    return name, rest.strip()


def _in_line(found: dict[str, str]) -> str:
    return " ".join(
        f'{name}="{value}"' if " " in value else f"{name}={value}" for name, value in found.items()
    )
