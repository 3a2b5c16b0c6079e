"""docs/how-to/teams.md followed to the letter: its commands in their order, with the fake in Microsoft's place."""

from __future__ import annotations

import asyncio
import socket
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.core.compose import notes
from tests.adapters.teams import screen
from tests.adapters.teams.people import Somebody, labels, said
from tests.fakes.admin import WITHIN, Machine, steps, unused
from tests.fakes.teams import program
from tests.fakes.teams.server import FakeTeams, Message

PAGE = program.ROOT / "docs" / "how-to" / "teams.md"
FOLLOWED = "## What people see"
SECRET = "hunter2-of-the-bot"
CALM = {"pulse.moved": "worked", "pulse.block": "nothing", "pulse.date": "none", "pulse.users": "12"}
RIGA = ZoneInfo("Europe/Riga")  # the organisation's, as the page sets it


@dataclass
class Evening:
    """An admin's machine, and Teams."""

    teams: FakeTeams
    machine: Machine

    async def card(self, who: Somebody, *wanted: str) -> Message:
        """The newest message to somebody whose card has these words, once it is there."""
        await self.teams.until(lambda: who.card(*wanted), within=WITHIN)
        message = who.card(*wanted)
        assert message
        return message

    async def digest(self, moment: datetime) -> Message:
        """It is then: the digest that comes."""
        known = len(self._digests())
        ahead = (moment - datetime.now(RIGA)).total_seconds()
        (self.machine.folder / "ahead").write_text(str(ahead), encoding="ascii")
        await self.teams.until(lambda: len(self._digests()) > known, within=WITHIN)
        return self._digests()[-1]

    def _digests(self) -> list[Message]:
        posts = self.teams.in_room(screen.CHANNEL)
        return [one for one in posts if said(one).strip().startswith("AI pilots, week of")]


def _tuesday(after: datetime) -> datetime:
    """The Tuesday that follows, when the digest of that day has just become due."""
    day = after + timedelta(days=(1 - after.weekday()) % 7 or 7)
    return day.replace(hour=9, minute=5, second=0, microsecond=0)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def evening_of(teams: FakeTeams, folder: Path) -> Evening:
    port = unused()
    env = {**program.environment(teams.url), program.AHEAD: str(folder / "ahead"), "PORT": str(port)}
    teams.bot_url = f"http://127.0.0.1:{port}/api/messages"
    up = partial(teams.until, lambda: _answers(port), within=WITHIN)
    return Evening(teams, Machine(folder, program.command, env, up, around=partial(program.moved, teams.url)))


async def add(evening: Evening, anna: Somebody, line: str) -> None:
    """The app is installed, which says why it writes; the owner registers a pilot, whose first questions come."""
    assert await anna.installs() == 200
    first = await evening.card(anna, "added Rampcheck")
    assert all(
        word in said(first)
        for word in ("Hello Anna Apron", "because you, or your admin", "Remove or mute me")
    )
    await anna.writes(line)
    await evening.card(anna, "New AI pilot")


async def check_in(evening: Evening, anna: Somebody, line: str) -> None:
    """The owner hands a question to Ben, who answers it in his card, and answers the rest, which closes hers."""
    ben = Somebody(evening.teams, screen.BEN, "Ben Beacon")
    await ben.installs()
    await anna.writes(line)
    asked = await evening.card(anna, "Invoice matcher", "How likely")
    await anna.presses(asked, "Ask a colleague")
    await anna.goes_on("Send", {"question": "pulse.sure", "to": screen.BEN})
    question = await evening.card(ben, "Invoice matcher", "Anna Apron")
    await ben.presses(question, "Send", {"pulse.sure": "even"})
    await evening.teams.until(lambda: "Send" not in labels(question.card), within=WITHIN)
    await evening.teams.until(lambda: "How likely" not in said(asked), within=WITHIN)
    send = next(one for one in screen.buttons(asked.card) if one["title"].startswith("Send"))
    raw = screen.pressed(send, screen.filled(asked.card, CALM)) | {"serviceUrl": evening.teams.service}
    assert "Thank you" in str((await evening.teams.post(raw))[1]["value"])
    await evening.teams.until(lambda: "Thank you" in said(asked), within=WITHIN)
    assert not [one for one in asked.card["body"] if "id" in one], "an answered card is closed"
    assert (await evening.teams.post(raw))[0] == 200, "Teams repeats a press that it has no answer to"
    await anna.writes("status Invoice matcher")
    await evening.card(anna, "Invoice matcher", "Readiness")
    assert sum("Thank you." in said(one) for one in anna.inbox) == 1


async def greet(evening: Evening, lea: Somebody, line: str) -> None:
    await lea.writes(line)
    await evening.card(lea, "status")


async def subscribe(evening: Evening, lea: Somebody, line: str) -> None:
    await lea.mentions(line.removeprefix("@Rampcheck "))
    await evening.card(lea, "gets the weekly digest")


async def look(evening: Evening, lea: Somebody, line: str) -> None:
    """The lead asks in the channel how a pilot stands, and is answered in her own chat."""
    await lea.mentions(line.removeprefix("@Rampcheck "))
    await evening.card(lea, "Invoice matcher", "Readiness")
    assert notes.SENT_DIRECTLY in said(evening.teams.in_room(screen.CHANNEL)[-1])


async def decide(evening: Evening, lea: Somebody) -> None:
    """The lead sets a day to decide by; in that week the digest asks, and is answered from: everybody sees it."""
    slot = _tuesday(datetime.now(RIGA) + timedelta(days=7))
    await lea.writes("decide Invoice matcher")
    form = await evening.card(lea, "Scale, fix or stop")
    await lea.presses(form, "Next", {"dec.choice": "later", "dec.reason": "weak_result"})
    by = (slot + timedelta(days=2)).date().isoformat()
    await lea.goes_on("Send", {"dec.later": by, "dec.why": "What a month of use has brought"})

    digest = await evening.digest(slot)
    await lea.presses(digest, "Decide: Invoice matcher")
    await lea.goes_on("Next", {"dec.choice": "stop", "dec.reason": "weak_result"}, room=digest.conversation)
    learned = {"dec.learn": "Invoices in five layouts match themselves"}
    await lea.goes_on("Send", learned, room=digest.conversation)
    await evening.teams.until(lambda: "decided, Stop" in said(digest), within=WITHIN)
    assert "Decide: Invoice matcher" not in labels(digest.card)


Does = Callable[[Evening, Somebody, str], Awaitable[None]]
IN_TEAMS: dict[str, tuple[str, Does]] = {
    "add Invoice matcher": ("anna", add),
    "checkin Invoice matcher with pulse": ("anna", check_in),
    "help": ("lea", greet),
    "@Rampcheck digest subscribe": ("lea", subscribe),
    "@Rampcheck status Invoice matcher": ("lea", look),
}


def test_the_page_leads_from_nothing_to_a_decision_from_the_digest(tmp_path: Path) -> None:
    async def story() -> None:
        async with FakeTeams(screen.APP, screen.TENANT) as teams:
            teams.room(screen.CHANNEL, "channel")
            evening = evening_of(teams, tmp_path)
            people = {
                "anna": Somebody(teams, screen.ANNA, "Anna Apron"),
                "lea": Somebody(teams, screen.LEA, "Lea Example"),
            }
            try:
                for kind, line in steps(PAGE, FOLLOWED):
                    match kind:
                        case "sh":
                            await evening.machine.types(line)
                        case "chat":
                            who, does = IN_TEAMS[line]
                            await does(evening, people[who], line)
                        case "ini":
                            (tmp_path / ".env").write_text(_real(line), encoding="utf-8")
                        case other:
                            raise AssertionError(f"nobody knows what to do with {other}")
                await decide(evening, people["lea"])
                await evening.machine.stop()
            finally:
                evening.machine.kill()
            _as_told(evening)

    asyncio.run(story())


def test_every_line_to_type_into_teams_is_followed() -> None:
    assert {line for kind, line in steps(PAGE, FOLLOWED) if kind == "chat"} == set(IN_TEAMS)


def _real(env: str) -> str:
    """The page's settings with the ids of this bot in place of its words for them."""
    known = {
        "the-microsoft-app-id": screen.APP,
        "the-app-tenant-id": screen.TENANT,
        "the-secrets-value": SECRET,
    }
    for word, value in known.items():
        assert word in env
        env = env.replace(word, value)
    return env


def _as_told(evening: Evening) -> None:
    """What the page says that one sees on the way."""
    assert evening.machine.printed["rampcheck doctor"].endswith("Everything is in order.\n")
    with zipfile.ZipFile(evening.machine.folder / "rampcheck-teams.zip") as package:
        assert {"manifest.json", "color.png", "outline.png"} <= set(package.namelist())
    log = evening.machine.log()
    assert not [word for word in (SECRET, "Traceback", "token-") if word in log]
    assert not [status for status in evening.teams.refused if status == 429], "too fast for Teams"
