"""`make pictures`: what the example looks like in Slack, drawn by slack-blocks-to-jsx and Chromium; no Slack is asked.

Needs node beside Chromium; the two packages of package.json are installed into a folder that is gone afterwards.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import sync_playwright

from adapters.slack.blocks import illustrated
from adapters.slack.home import home
from adapters.slack.render import render, shareable
from adapters.slack.replies import drawn
from adapters.slack.view import view
from bot.app import App
from bot.core.card import Button, Card, Submit
from bot.core.card_json import from_json, grid_from_json, to_json
from bot.core.compose.home import home_cards
from bot.core.ports import (
    Act,
    Clicked,
    Inbound,
    MessageRef,
    Payload,
    Place,
    Ran,
    Sender,
    Show,
    Traits,
    Unit,
    Update,
)
from bot.core.records import Address
from bot.pictures import draw
from bot.service import beat, deliver, homeview
from bot.service.work import Work
from tests.e2e.conftest import FLAGS, NO_BROWSER, chromium
from tests.e2e.screenshots import PICTURES, START, _free_port, _prepared

HERE: Final = Path(__file__).parent
SHARPNESS: Final = 1.5  # device pixels a pixel: readable when a page shows it smaller
SLACKS: Final = Traits(can_amend=True, can_start=True, modal=True, max_payload_bytes=10**6)
Json = Mapping[str, Any]


@dataclass
class Paper:
    """A chat that keeps what it is given, drawn as Slack gets it, in place of the local one."""

    name: str = "local"
    traits: Traits = SLACKS
    sent: dict[str, Payload] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)
    to: dict[str, str] = field(default_factory=dict)
    under: dict[str, str] = field(default_factory=dict)

    def render(self, card: Card) -> Payload:
        return {**drawn(card), "card": to_json(card)}

    def parse(self, raw: Any) -> Inbound | None:
        del raw
        return None

    async def send(self, address: Address, payload: Payload, *, key: str) -> MessageRef:
        self.sent[key] = {name: part for name, part in payload.items() if name != "card"}
        self.cards[key] = from_json(payload["card"])
        self.to[key], self.under[key] = address.conversation, address.thread
        return MessageRef(address.conversation, key, thread=address.thread)

    async def amend(self, address: Address, ref: MessageRef, payload: Payload) -> None:
        self.sent[ref.message] = {name: part for name, part in payload.items() if name != "card"}

    def last(self, conversation: str, kind: str) -> str:
        """The key of the newest message of a kind in a conversation, not in a thread."""
        keys = [key for key in self.sent if key.startswith(kind) and self.to[key] == conversation]
        return [key for key in keys if not self.under[key]][-1]


class Example:
    """The example portfolio, worked through a week."""

    def __init__(self, app: App, paper: Paper | None = None) -> None:
        self.app, self.paper = app, paper or Paper()
        app.adapters["local"] = self.paper  # type: ignore[assignment]  # a chat as the port has it
        self._numbers = itertools.count()

    async def until(self, by: timedelta) -> None:
        """Everything due on the way happens at its own moment."""
        clock: Any = self.app.clock
        while True:
            await beat.beat(self.app.post, self.app.content, clock.now())
            due = self.app.store.read(self.app.organisation.id, lambda unit: unit.next_moment())
            if due is None or due > START + by:
                return
            clock.move_to(due)

    def home(self, who: str) -> Sequence[Card]:
        """What stands on somebody's home now."""
        app = self.app

        def look(unit: Unit) -> Sequence[Card]:
            person = next(one for one in unit.people() if one.name.startswith(who.capitalize()))
            return home_cards(homeview.view(Work(unit, app.content, app.clock.now()), person))

        return app.store.read(app.organisation.id, look)

    async def does(self, who: str, act: Act) -> Card:
        """What somebody does, and the card that they get to see for it."""
        here = Place(f"dm:{who}")
        inbound = Inbound(f"picture:{next(self._numbers)}", Sender("local", "local", who), act, here)
        reply = await self.app.on_inbound(inbound)
        await deliver.drain(self.app.post)
        assert isinstance(reply, Show | Update), reply
        return reply.card


def main(folder: Path = PICTURES) -> None:
    """Write every picture."""
    if not chromium() or not shutil.which("npm"):
        sys.exit(
            f"No pictures taken: {NO_BROWSER if not chromium() else 'no node found; install node and npm'}."
        )
    with tempfile.TemporaryDirectory() as kept:
        app = _prepared(Path(kept), _free_port())
        scenes = asyncio.run(_scenes(Example(app)))
        app.close()
        page = _drawn(scenes, Path(kept))
        _shoot(page, [scene["id"] for scene in scenes], folder)


async def _scenes(example: Example) -> list[Json]:
    """Invitation, form, a lone question, a status, a digest; the last two on a telephone too, and a lead's home."""
    await example.until(timedelta(hours=1))
    paper = example.paper
    invited = paper.last("dm:anna", "checkin:")
    invitation, card = paper.sent[invited], paper.cards[invited]
    form = await example.does("anna", Clicked(_token(card, "Next")))
    await example.does(
        "anna", Clicked(_token(card, "Ask a colleague"), {"question": "pulse.sure", "to": "Bo Beacon"})
    )
    question = paper.sent[paper.last("dm:bo", "checkin:")]
    status = await example.does("lena", Ran("status contract summary"))
    await example.until(timedelta(days=2))
    posted = paper.last("channel:ai-pilots", "digest:")
    digest = paper.sent[posted]
    thread = [await _illustrated(one) for key, one in paper.sent.items() if paper.under[key] == posted]
    page = home(example.home("lena"))
    told = {"messages": [{"blocks": shareable(render(status), "status")["blocks"]}], "only": True}
    return [
        _scene("slack-invitation", "desk", "Rampcheck", messages=[{"blocks": invitation["blocks"]}]),
        _scene("slack-form", "desk", "", view=view(form)),
        _scene("slack-question", "desk", "Rampcheck", messages=[{"blocks": question["blocks"]}]),
        _scene("slack-status", "desk", "# finance", **told),
        _scene(
            "slack-digest",
            "desk",
            "# ai-pilots",
            messages=[{"blocks": digest["blocks"], "thread": thread[:1]}],
        ),
        _scene("slack-phone-status", "phone", "# finance", **told),
        _scene("slack-phone-digest", "phone", "# ai-pilots", messages=[{"blocks": digest["blocks"]}]),
        _scene("slack-home", "phone", "Home", page=page),
    ]


async def _illustrated(message: Payload) -> list[Json]:
    """The blocks of a message with its pictures in them, as Slack shows what was uploaded."""
    drawn = {key: await draw(grid_from_json(grid)) for key, grid in message.get("grids", {}).items()}
    blocks = illustrated(message, {key: key for key in drawn})["blocks"]
    return [_with_data(block, drawn) if block["type"] == "image" else block for block in blocks]


def _with_data(block: Json, drawn: Mapping[str, bytes]) -> Json:
    data = base64.b64encode(drawn[block["slack_file"]["id"]]).decode()
    parts = {name: part for name, part in block.items() if name != "slack_file"}
    return {**parts, "image_url": f"data:image/png;base64,{data}"}


def _scene(ident: str, width: str, where: str, **parts: Any) -> Json:
    return {"id": ident, "width": width, "where": where, **parts}


def _token(card: Card, label: str) -> str:
    """The token behind a button."""
    return next(one.token for one in card.actions if isinstance(one, Button | Submit) and one.label == label)


def _drawn(scenes: list[Json], kept: Path) -> Path:
    """The page with all scenes on it."""
    for name in ("package.json", "package-lock.json", "draw.mjs"):
        shutil.copy(HERE / name, kept)
    subprocess.run(["npm", "ci", "--silent", "--ignore-scripts"], cwd=kept, check=True)
    (kept / "scenes.json").write_text(
        json.dumps(scenes), encoding="utf-8"
    )  # a picture is too much for a pipe
    html = subprocess.run(["node", "draw.mjs"], cwd=kept, check=True, capture_output=True, text=True)
    page = kept / "scenes.html"
    page.write_text(html.stdout, encoding="utf-8")
    return page


def _shoot(page: Path, names: list[str], folder: Path) -> None:
    """A picture of each scene of a page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)
        tab = browser.new_context(
            viewport={"width": 760, "height": 900}, device_scale_factor=SHARPNESS
        ).new_page()
        tab.goto(page.as_uri())
        for name in names:
            file = folder / f"{name}.png"
            tab.locator(f"#{name}").screenshot(path=file)
            print(f"{file.name}: {file.stat().st_size // 1024} KB")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES)
