"""The thousand pilots in a Slack workspace; it must not know what is measured."""

from __future__ import annotations

from typing import Any

from adapters.slack.view import view
from bot.core.card import Card
from bot.core.ports import Place
from bot.core.records import PilotId
from tests.bench import slack_posts
from tests.bench.crowd import Crowd
from tests.bench.owners import Door
from tests.bench.slack_servers import WHOLE, serving
from tests.conversations.slack_screen import Aids, filled
from tests.fakes.office import CALM
from tests.fakes.slack.workspace import TEAM

NAMED = "upper('u' || replace(external, '-', '0'))"


def account(found: Crowd, pilot: PilotId) -> str:
    """Of a pilot's owner."""
    return f"U{found.user(pilot).replace('-', '0').upper()}"


def form(found: Crowd, pilot: PilotId, card: Card) -> bytes:
    """The modal as Slack sends it back."""
    user = account(found, pilot)
    modal: dict[str, Any] = view(card, Place(f"D{user[1:]}", message="1774940400.000100"))
    state = filled(modal, CALM, Aids(found.office.now.date(), {}))
    return slack_posts.submission(user, {**modal, "state": {"values": state}})


SLACK = Door(
    moved=(
        f"UPDATE connection SET platform = 'slack', external = '{TEAM}'",
        f"UPDATE identity SET conversation = {NAMED}, external = {NAMED}",
    ),
    account=account,
    form=form,
    wrong=b'"errors"',
    serving=lambda url, moment: serving((WHOLE, url, moment)),
)
