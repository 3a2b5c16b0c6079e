"""The thousand pilots on a platform, each owner with a form open, in front of the program; it knows no platform.

A platform brings a `Door`: how the people of the local chat become its own, and what it posts when they send a form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace

from sqlalchemy import create_engine, text

from bot.core.card import Action, Card, Submit
from bot.core.ports import Clicked, Show
from bot.core.records import PilotId
from bot.storage.database import parsed
from tests.bench.crowd import PILOTS, PULSES, Crowd, crowd, submit
from tests.bench.web_load import Server

Post = Callable[[], bytes]  # makes a post, signed at that moment


@dataclass(frozen=True)
class Door:
    """A platform. `form` makes the post of an owner's form, of which the card is given; `wrong` is in an answer that
    says so; `serving` is the program, given its database and moment.
    """

    moved: Sequence[str]
    account: Callable[[Crowd, PilotId], str]
    form: Callable[[Crowd, PilotId, Card], bytes]
    wrong: bytes
    serving: Callable[[str, str], AbstractContextManager[list[Server]]]


@dataclass(frozen=True)
class Owners:
    """Owners who send the form that they have open, each once."""

    submissions: Iterator[bytes]
    someone: str  # an owner's account
    server: Server
    wrong: bytes
    refused: list[bytes] = field(default_factory=list)  # what was said to those who are to press again

    def answers(self, many: int) -> list[bytes]:
        """The next of them, or as many as there still are."""
        return [one for one, _ in zip(self.submissions, range(many), strict=False)]


@dataclass(frozen=True)
class Forms:
    """The forms that owners have open: what makes the post of each, and the number of its check-in, in one order."""

    posts: Sequence[Post]
    checkins: Sequence[int]
    moment: str  # of the organisation's clock
    someone: str


def filled(door: Door, url: str, *, pilots: int = PILOTS, pulses: int = PULSES) -> Forms:
    """Fill a database with people of that platform, each asked."""
    with crowd(url, pilots=pilots, pulses=pulses) as found:
        made = _submissions(door, found)
        moment, someone = found.office.now.isoformat(), door.account(found, found.pilots[0][0])
        checkins = [checkin.id for checkin in found.asked.values()]
    engine = create_engine(parsed(url))
    with engine.begin() as connection:
        for statement in door.moved:
            connection.execute(text(statement))
    engine.dispose()
    return Forms(made, checkins, moment, someone)


@contextmanager
def owners(door: Door, url: str) -> Iterator[Owners]:
    """A filled database with the program in front of it."""
    forms = filled(door, url)
    with door.serving(url, forms.moment) as (server,):
        yield Owners((make() for make in forms.posts), forms.someone, server, door.wrong)


def _submissions(door: Door, found: Crowd) -> list[Post]:
    """For each owner what makes the post of their form."""
    shown = _shown(found, next(iter(found.asked)))
    return [_maker(door, found, shown, pilot) for pilot in found.asked]


def _maker(door: Door, found: Crowd, shown: Card, pilot: PilotId) -> Post:
    def own(one: Action) -> Action:
        return (
            replace(one, token=submit(found.office, found.asked[pilot])) if isinstance(one, Submit) else one
        )

    return lambda: door.form(found, pilot, replace(shown, actions=tuple(map(own, shown.actions))))


def _shown(found: Crowd, pilot: PilotId) -> Card:
    """The form that a pulse opens: the same for all but for the token."""
    reply = found.acts(pilot, Clicked(submit(found.office, found.asked[pilot])))
    assert isinstance(reply, Show), reply
    return reply.card
