"""The thousand pilots in a Slack workspace, each owner with a form open; it must not know what is measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import create_engine, text

from adapters.slack.view import view
from bot.core.card import Card, Submit
from bot.core.ports import Clicked, Place, Show
from bot.core.records import PilotId
from bot.storage.database import parsed
from tests.bench import slack_posts
from tests.bench.crowd import Crowd, crowd, submit
from tests.bench.slack_servers import WHOLE, serving
from tests.bench.web_load import Server
from tests.conversations.slack_screen import Aids, filled
from tests.fakes.office import CALM
from tests.fakes.slack.workspace import TEAM

NAMED = "upper('u' || replace(external, '-', '0'))"
MOVED = (
    f"UPDATE connection SET platform = 'slack', external = '{TEAM}'",
    f"UPDATE identity SET conversation = {NAMED}, external = {NAMED}",
)


@dataclass(frozen=True)
class Owners:
    """Owners who send the form that they have open, each once."""

    submissions: Iterator[bytes]
    someone: str  # an owner's account
    server: Server
    refused: list[bytes] = field(default_factory=list)  # what was said to those who are to press again

    def answers(self, many: int) -> list[bytes]:
        """The next of them, or as many as there still are."""
        return [one for one, _ in zip(self.submissions, range(many), strict=False)]


@contextmanager
def owners(url: str) -> Iterator[Owners]:
    """A filled database with the program in front of it."""
    with crowd(url) as found:
        made = _submissions(found)
        moment, someone = found.office.now.isoformat(), _account(found.user(found.pilots[0][0]))
    engine = create_engine(parsed(url))
    with engine.begin() as connection:
        for statement in MOVED:
            connection.execute(text(statement))
    engine.dispose()
    with serving((WHOLE, url, moment)) as (server,):
        yield Owners((make() for make in made), someone, server)


def _submissions(found: Crowd) -> list[Callable[[], bytes]]:
    """For each owner what makes the post of their form, signed at that moment: the modal as Slack sends it back."""
    shown = _shown(found, next(iter(found.asked)))
    return [_maker(found, shown, pilot) for pilot in found.asked]


def _maker(found: Crowd, shown: Card, pilot: PilotId) -> Callable[[], bytes]:
    def made() -> bytes:
        account = _account(found.user(pilot))
        token = submit(found.asked[pilot])
        drawn = [replace(one, token=token) if isinstance(one, Submit) else one for one in shown.actions]
        on = Place(f"D{account[1:]}", message="1774940400.000100")
        modal: dict[str, Any] = view(replace(shown, actions=tuple(drawn)), on)
        state = filled(modal, CALM, Aids(found.office.now.date(), {}))
        return slack_posts.submission(account, {**modal, "state": {"values": state}})

    return made


def _shown(found: Crowd, pilot: PilotId) -> Card:
    """The form that a pulse opens: the same for all but for the token."""
    reply = found.acts(pilot, Clicked(submit(found.asked[pilot])))
    assert isinstance(reply, Show), reply
    return reply.card


def _account(user: str) -> str:
    return f"U{user.replace('-', '0').upper()}"
