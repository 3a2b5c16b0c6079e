"""What people write notifies nobody and leads nowhere, in messages, threads, modals and notifications."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from adapters.slack.pacing import Pacing
from tests.adapters.slack.airport import Airport
from tests.adapters.slack.telling import told
from tests.contract.gallery import NAUGHTY
from tests.fakes.slack.shapes import links, mentions

pytest_plugins = ["tests.databases"]

LIVELY = {
    name: " ".join(NAUGHTY[name].split())
    for name in ("slack mentions", "slack link", "teams mentions", "markdown", "html", "bare address")
}


def shown(airport: Airport) -> Iterator[tuple[str, Any]]:
    """The text and the blocks of all that anybody sees of ours, whichever way it came there."""
    for message in airport.slack.workspace.messages:
        if message.user != "U0ANNA":
            yield message.text, message.blocks
    for _, args in airport.slack.calls:
        if "view" in args:
            yield "", args["view"]["blocks"]
        yield str(args.get("text", "")), args.get("blocks") or []


def escaped(text: str) -> str:
    """As Slack hands on what somebody typed."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize("text", LIVELY.values(), ids=LIVELY)
def test_what_somebody_wrote_notifies_nobody_and_leads_nowhere(
    text: str, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pacing, "turn", lambda *_, **__: 0.0)

    async def story(airport: Airport) -> None:
        airport.slack.tiers = False
        anna = airport.somebody("U0ANNA", "Anna Berzina", standing="lead")
        airport.slack.workspace.add_channel("C0PILOTS", "ai-pilots")
        airport.slack.workspace.users["U0ANNA"].name = text
        airport.pilot(text[:70], "U0ANNA")
        await airport.until_asked("U0ANNA")
        await anna.press(anna.inbox[0], "Answer")
        await airport.settled()
        values = {"pulse.moved": "finished", "pulse.block": "security", "pulse.date": "none"}
        await anna.submit({**values, "pulse.users": "12", "pulse.sure": "even"})
        while anna.modal:
            asked = [one["block_id"] for one in anna.modal.view["blocks"] if one["type"] == "input"]
            texts = [one.removeprefix("field:") for one in asked if one.endswith((".done", ".need"))]
            await anna.submit(dict.fromkeys(texts, text[:140]))
        await airport.deliver()
        for command in (f"status {text}", f"add {text}", "list", "todo", "digest", f"help {text}"):
            await anna.write(escaped(command))
            await anna.command(escaped(command), channel="C0PILOTS")
            await anna.mention("C0PILOTS", f"<@U0RAMPCHK> {escaped(command)}")
            await airport.settled()
        await airport.deliver()
        assert len(airport.slack.workspace.messages) > 10
        words = text.rsplit(maxsplit=1)[-1]
        assert any(words in str(blocks) for _, blocks in shown(airport)), "it is shown, and as it was written"
        for said, blocks in shown(airport):
            assert not mentions(said, blocks)
            assert not links(said, blocks)

    told(story, sqlite_url, "http")
