"""The kills of `make faults`, a few of them: what is to prove something at length has to run at all."""

from __future__ import annotations

from pathlib import Path

from bot.storage import migrate
from tests.faults import kills


def test_a_worker_killed_between_sending_and_knowing_doubles_and_loses_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'rampcheck.db'}"
    migrate.upgrade(url)
    told = kills.sent(url, 10, before=False)
    assert told["kills"] > 0
    assert (told["lost"], told["doubled"]) == (0, 0)
