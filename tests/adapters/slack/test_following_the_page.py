"""docs/how-to/slack.md followed to the letter: its commands in their order, with the fake in Slack's place."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from tests.cli import terminal
from tests.fakes.admin import WITHIN, Machine, steps, unused
from tests.fakes.slack.people import Somebody, labels, words
from tests.fakes.slack.server import APP_TOKEN, BOT_TOKEN, FakeSlack

PAGE = terminal.ROOT / "docs" / "how-to" / "slack.md"
FOLLOWED = "## Over HTTP instead"
CALM = {"pulse.moved": "worked", "pulse.block": "nothing", "pulse.date": "none", "pulse.users": "12"}


@dataclass
class Evening:
    """An admin's machine, and Slack."""

    slack: FakeSlack
    machine: Machine

    def somebody(self, ident: str, name: str) -> Somebody:
        self.slack.workspace.add(ident, name)
        return Somebody(self.slack, ident)

    async def until(self, met: Callable[[], Any]) -> Any:
        return await self.slack.until(met, within=WITHIN)


def evening_of(slack: FakeSlack, folder: Path) -> Evening:
    env = {"PYTHONPATH": str(terminal.ROOT), "SLACK_API_URL": f"{slack.url}/api", "PORT": str(unused())}
    up = partial(slack.until, lambda: slack.sockets, within=WITHIN)
    return Evening(slack, Machine(folder, terminal.command, env, up))


async def add(evening: Evening, anna: Somebody, line: str) -> None:
    """The owner registers a pilot; its first questions come as a message, and are left for later."""
    await anna.command(line.removeprefix("/rampcheck "))
    first = await evening.until(lambda: next((one for one in anna.inbox if "New AI pilot" in one.text), None))
    await anna.press(first, "Answer")
    await evening.until(lambda: anna.modal)
    evening.slack.workspace.close(anna.id, everything=True)


async def check_in(evening: Evening, anna: Somebody, line: str) -> None:
    """The owner answers in the form, but for a question that she hands to Bo, who presses a button."""
    bo = evening.somebody("U0BO", "Bo Beacon")
    await anna.command(line.removeprefix("/rampcheck "))
    asked = await evening.until(lambda: next((one for one in anna.inbox if "check-in" in one.text), None))
    await anna.press(asked, "Ask a colleague")
    await evening.until(lambda: anna.modal)
    await anna.submit({"question": "pulse.sure", "to": bo.id})
    question = await evening.until(
        lambda: next((one for one in bo.inbox if "About" in str(labels(one.blocks))), None)
    )
    await bo.press(question, "About even")
    await evening.until(lambda: "About even: 40 to 60%" not in labels(question.blocks))
    assert anna.modal, "the rest of the questions"
    await anna.submit(CALM)
    await evening.until(lambda: "Answer (1 min)" not in labels(asked.blocks))


async def greet(evening: Evening, lea: Somebody, line: str) -> None:
    await lea.command(line.removeprefix("/rampcheck "))
    assert "status" in words(lea.whispers[-1].blocks)


async def subscribe(evening: Evening, lea: Somebody, line: str) -> None:
    await lea.command(line.removeprefix("/rampcheck "), channel="C0PILOTS")
    assert "Tuesday" in words(lea.whispers[-1].blocks) or "week" in words(lea.whispers[-1].blocks)


async def share(evening: Evening, lea: Somebody, line: str) -> None:
    """The lead asks how a pilot stands, and shows it to the channel."""
    await lea.command(line.removeprefix("/rampcheck "), channel="C0PILOTS")
    told = lea.whispers[-1]
    assert "Invoice matcher" in words(told.blocks)
    await lea.press(told, "Share in channel")
    everybody = evening.slack.workspace.messages
    await evening.until(
        lambda: [one for one in everybody if one.channel == "C0PILOTS" and not one.only and one.blocks]
    )


async def decide(evening: Evening, lea: Somebody, line: str) -> None:
    """The form that the digest's button opens as well (test_deciding_in_slack.py waits for one)."""
    await lea.command(line.removeprefix("/rampcheck "), channel="C0PILOTS")
    await evening.until(lambda: lea.modal)
    await lea.submit({"dec.choice": "stop", "dec.reason": "weak_result"})
    await lea.submit({"dec.learn": "Invoices in five layouts match themselves"})
    assert not [one for one in (lea.modal.view["blocks"] if lea.modal else []) if one["type"] == "input"]
    await lea.command("status Invoice matcher", channel="C0PILOTS")
    assert "Stopped" in words(lea.whispers[-1].blocks)


Does = Callable[[Evening, Somebody, str], Awaitable[None]]
IN_SLACK: dict[str, tuple[str, Does]] = {
    "/rampcheck add Invoice matcher": ("anna", add),
    "/rampcheck checkin Invoice matcher with pulse": ("anna", check_in),
    "/rampcheck help": ("lea", greet),
    "/rampcheck digest subscribe": ("lea", subscribe),
    "/rampcheck status Invoice matcher": ("lea", share),
    "/rampcheck decide Invoice matcher": ("lea", decide),
}


def test_the_page_leads_from_nothing_to_a_decision(tmp_path: Path) -> None:
    async def story() -> None:
        async with FakeSlack() as slack:
            evening = evening_of(slack, tmp_path)
            people = {
                "anna": evening.somebody("U0ANNA", "Anna Apron"),
                "lea": evening.somebody("U0LEA", "Lea Example"),
            }
            slack.workspace.add_channel("C0PILOTS", "ai-pilots")
            try:
                for kind, line in steps(PAGE, FOLLOWED):
                    match kind:
                        case "sh":
                            await evening.machine.types(line)
                        case "chat":
                            who, does = IN_SLACK[line]
                            await does(evening, people[who], line)
                        case "ini":
                            (tmp_path / ".env").write_text(_real(line), encoding="utf-8")
                        case other:
                            raise AssertionError(f"nobody knows what to do with {other}")
                await evening.machine.stop()
            finally:
                evening.machine.kill()
            _as_told(evening)

    asyncio.run(story())


def _real(env: str) -> str:
    """The page's settings with the tokens of this Slack in place of its words for them."""
    return env.replace("xoxb-the-bot-token", BOT_TOKEN).replace("xapp-the-app-level-token", APP_TOKEN)


def _as_told(evening: Evening) -> None:
    """What the page says that one sees on the way."""
    assert yaml.safe_load(evening.machine.printed["rampcheck manifest slack"])["settings"][
        "socket_mode_enabled"
    ]
    assert evening.machine.printed["rampcheck doctor"].endswith("Everything is in order.\n")
    log = evening.machine.log()
    assert "slack.connected" in log
    assert "slack.socket.open" in log
    assert BOT_TOKEN not in log
    assert APP_TOKEN not in log
    assert "Traceback" not in log
    assert not evening.slack.refused, "too fast for Slack"


def test_every_line_to_type_into_slack_is_followed() -> None:
    typed = {line for kind, line in steps(PAGE, FOLLOWED) if kind == "chat"}
    assert typed == set(IN_SLACK)
