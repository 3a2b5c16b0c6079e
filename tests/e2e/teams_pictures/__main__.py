"""`make pictures`: the example as Teams shows it, drawn by Microsoft's adaptivecards in Chromium; no Teams is asked.

Needs npm beside Chromium; the two packages of package.json are installed into a folder that is gone afterwards. They
draw no charts: the map shows what clients without them show.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from adapters.teams.render import card_of, render
from bot.core.card import Card
from bot.core.card_json import to_json
from bot.core.ports import Clicked, Payload, Ran
from tests.e2e.conftest import NO_BROWSER, chromium
from tests.e2e.screenshots import PICTURES, _free_port, _prepared
from tests.e2e.slack_pictures.__main__ import Example, Paper, _shoot, _token

HERE: Final = Path(__file__).parent
PACKAGES: Final = ("markdown-it/dist/markdown-it.min.js", "adaptivecards/dist/adaptivecards.min.js")
Json = Mapping[str, Any]


class TeamsPaper(Paper):
    """A chat that keeps what it is given, drawn as Teams gets it."""

    def render(self, card: Card) -> Payload:
        return {**render(card), "card": to_json(card)}


def main(folder: Path = PICTURES) -> None:
    """Write every picture."""
    if not chromium() or not shutil.which("npm"):
        sys.exit(
            f"No pictures taken: {NO_BROWSER if not chromium() else 'no npm found; install node and npm'}."
        )
    with tempfile.TemporaryDirectory() as kept:
        app = _prepared(Path(kept), _free_port())
        scenes = asyncio.run(_scenes(Example(app, TeamsPaper())))
        app.close()
        _shoot(_page(scenes, Path(kept)), [str(scene["id"]) for scene in scenes], folder)


async def _scenes(example: Example) -> list[Json]:
    """A check-in, one of its questions at a colleague's, a status and a digest with its map; most on a telephone."""
    await example.until(timedelta(hours=1))
    paper = example.paper
    asked = paper.last("dm:anna", "checkin:")
    card, form = paper.cards[asked], _card(paper.sent[asked])
    hand = Clicked(_token(card, "Ask a colleague"), {"question": "pulse.sure", "to": "Bo Beacon"})
    await example.does("anna", hand)
    question = _card(paper.sent[paper.last("dm:bo", "checkin:")])
    status = card_of(await example.does("lena", Ran("status contract summary")))
    await example.until(timedelta(days=2))
    posted = paper.last("channel:ai-pilots", "digest:")
    thread = [_card(one) for key, one in paper.sent.items() if paper.under[key] == posted]
    digest = _card(paper.sent[posted])
    chat, channel = "Chat with Rampcheck", "Landing › ai-pilots"
    return [
        _scene("teams-check-in", chat, [form]),
        _scene("teams-phone-question", chat, [question]),
        _scene("teams-phone-status", chat, [status]),
        _scene("teams-digest", channel, [digest]),
        _scene("teams-phone-digest", channel, [digest]),
        _scene("teams-phone-map", channel, [], thread[:1]),
    ]


def _scene(ident: str, where: str, cards: list[Json], thread: Sequence[Json] = ()) -> Json:
    """As wide as its name says."""
    width = "phone" if "-phone-" in ident else "desk"
    return {"id": ident, "width": width, "where": where, "cards": cards, "thread": list(thread)}


def _card(payload: Payload) -> Json:
    found: Json = payload["attachments"][0]["content"]
    return found


def _page(scenes: list[Json], kept: Path) -> Path:
    """The page with all scenes on it."""
    for name in ("package.json", "package-lock.json", "draw.js", "draw.css"):
        shutil.copy(HERE / name, kept)
    subprocess.run(["npm", "ci", "--silent", "--ignore-scripts"], cwd=kept, check=True)
    (kept / "scenes.js").write_text(f"const scenes = {json.dumps(scenes)};", encoding="utf-8")
    sources = (*(f"node_modules/{name}" for name in PACKAGES), "scenes.js", "draw.js")
    scripts = "".join(f'<script src="{name}"></script>' for name in sources)
    page = kept / "scenes.html"
    head = '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="draw.css">'
    page.write_text(f"{head}<body>{scripts}</body>", encoding="utf-8")
    return page


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES)
