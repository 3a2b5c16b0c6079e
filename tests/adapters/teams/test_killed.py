"""The program is killed while people write to it in Teams: what was acknowledged is stored, the rest comes again."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from pathlib import Path

import aiohttp

from tests.adapters.teams import screen
from tests.adapters.teams.test_following_the_page import Evening, evening_of
from tests.fakes.teams.server import FakeTeams

NAMES = ["Invoice matcher", "Claims triage", "Call notes", "Tender writer", "Demand forecast"]
ENV = f"""TEAMS_APP_TYPE=SingleTenant
TEAMS_APP_ID={screen.APP}
TEAMS_TENANT_ID={screen.TENANT}
TEAMS_APP_SECRET=s
RAMPCHECK_LOCAL_CHAT=off
"""


async def _delivered(evening: Evening, raw: dict[str, object]) -> bool:
    """Whether the bot took an activity; Teams repeats what it did not take."""
    try:
        return (await evening.teams.post(raw))[0] == 200
    except aiohttp.ClientError:
        return False


def _kept(folder: Path) -> dict[str, int]:
    """The pilots that are stored, by name."""
    with sqlite3.connect(folder / "rampcheck.db") as known:
        return dict(Counter(name for (name,) in known.execute("SELECT name FROM pilot")))


def test_what_was_acknowledged_outlives_a_kill_and_what_comes_again_is_stored_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with FakeTeams(screen.APP, screen.TENANT) as teams:
            teams.room(screen.DIRECT, "personal", screen.mri(screen.ANNA))
            (tmp_path / ".env").write_text(ENV, encoding="utf-8")
            evening = evening_of(teams, tmp_path)
            machine = evening.machine
            await machine.types("rampcheck db upgrade")
            await machine.types("rampcheck serve")
            writes = [screen.wrote(f"add {name}", serviceUrl=teams.service) for name in NAMES]
            sending = [asyncio.create_task(_delivered(evening, raw)) for raw in writes]
            await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
            machine.kill()
            taken = {name for name, sent in zip(NAMES, await asyncio.gather(*sending), strict=True) if sent}
            assert taken
            assert taken <= set(_kept(tmp_path)), "acknowledged means stored"
            await machine.types("rampcheck serve")
            try:
                for raw in [*writes, *writes]:  # Teams repeats, and so do clients
                    assert await _delivered(evening, raw)
                assert _kept(tmp_path) == dict.fromkeys(NAMES, 1)
            finally:
                await machine.stop()

    asyncio.run(story())
