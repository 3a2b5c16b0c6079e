"""`python -m tests.fakes.teams.program COMMAND ...`: the `rampcheck` command with the fake in Microsoft's place.

No setting says where Microsoft is, so that none can send a token elsewhere: a test says it here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msal
import requests

from adapters.teams import cloud
from bot import app as wiring
from bot.cli import main
from tests.fakes.teams.microsoft import ISSUER

HERE = "FAKE_TEAMS"  # the variable that names the fake's address
AHEAD = (
    "FAKE_AHEAD"  # the variable that names a file with the seconds that it is later than the machine believes
)
ROOT = Path(__file__).parents[3]


def command(*words: str) -> list[str]:
    """What starts it."""
    return [sys.executable, "-m", "tests.fakes.teams.program", *words]


def environment(url: str) -> dict[str, str]:
    """What it needs to know."""
    return {HERE: url, "PYTHONPATH": str(ROOT)}


@dataclass
class Later:
    """The program's clock, which a test moves while it runs. Tokens go by the world's."""

    file: Path

    def now(self) -> datetime:
        ahead = self.file.read_text(encoding="ascii") if self.file.exists() else ""
        return datetime.now(UTC) + timedelta(seconds=float(ahead or 0))


class Elsewhere:
    """MSAL's HTTP client: every address of Microsoft's is asked of the fake."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/microsoft"

    def get(self, url: str, params: Mapping[str, str] | None = None, **_: Any) -> requests.Response:
        return requests.get(self._url, params={**(params or {}), "url": url}, timeout=10)

    def post(self, url: str, data: Mapping[str, str] | None = None, **_: Any) -> requests.Response:
        return requests.post(self._url, params={"url": url}, data=data, timeout=10)

    def close(self) -> None:
        return


def here(url: str) -> cloud.Cloud:
    """This machine in the place of Microsoft's public cloud."""
    return cloud.Cloud(
        issuer=ISSUER,
        openid=f"{url}/openid",
        login="https://login.example",
        resource=ISSUER,
        hosts=("127.0.0.1",),
        service=f"{url}/",
        plain=True,
    )


def move(url: str) -> None:
    """Let the program find Microsoft at `url`."""
    real = msal.ConfidentialClientApplication

    def application(*args: Any, **given: Any) -> Any:
        return real(*args, **{**given, "http_client": Elsewhere(url)})

    msal.ConfidentialClientApplication = application
    cloud.CLOUDS["public"] = here(url)
    if AHEAD in os.environ:
        wiring.build = partial(wiring.build, clock=Later(Path(os.environ[AHEAD])))  # type: ignore[assignment]  # a test's own clock


@contextmanager
def moved(url: str) -> Iterator[None]:
    """This process finds Microsoft at `url`, for a time."""
    real = msal.ConfidentialClientApplication, cloud.CLOUDS["public"]
    move(url)
    try:
        yield
    finally:
        msal.ConfidentialClientApplication, cloud.CLOUDS["public"] = real


if __name__ == "__main__":
    move(os.environ[HERE])
    main()
