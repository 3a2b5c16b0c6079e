"""The thousand pilots in a tenant of Teams; it must not know what is measured."""

from __future__ import annotations

from adapters.teams.render import card_of
from bot.core.card import Card
from bot.core.records import PilotId
from tests.adapters.teams import screen
from tests.bench import teams_posts
from tests.bench.crowd import Crowd
from tests.bench.owners import Door
from tests.bench.teams_posts import Microsoft
from tests.bench.teams_servers import WHOLE, serving
from tests.fakes.office import CALM

STEM = "0d9f1f10-6a52-4f0e-9a0e-"
NUMBER = "substr(CAST(1000000000000 + person_id AS TEXT), 2)"  # in twelve digits, in both databases' words


def account(found: Crowd, pilot: PilotId) -> str:
    """Of a pilot's owner."""
    owner = dict(found.pilots)[pilot]
    return f"{STEM}{owner:012}"


def form(found: Crowd, pilot: PilotId, card: Card) -> bytes:
    """The card's button, with what was entered."""
    user = account(found, pilot)
    drawn = card_of(card)
    (button,) = (one for one in screen.buttons(drawn) if one["data"]["rampcheck"].get("does") == "send")
    raw = screen.pressed(button, screen.filled(drawn, CALM))
    who = {"id": screen.mri(user), "aadObjectId": user, "name": "Anna"}
    room = {"id": f"a:1{user}", "conversationType": "personal", "tenantId": screen.TENANT}
    return teams_posts.post(raw | {"from": who, "conversation": room})


def teams(microsoft: Microsoft) -> Door:
    """Teams, with whom it lets vouch for itself."""
    return Door(
        moved=(
            f"UPDATE connection SET platform = 'teams', external = '{screen.TENANT}'",
            f"UPDATE identity SET external = '{STEM}' || {NUMBER}, conversation = 'a:1{STEM}' || {NUMBER}",
            "UPDATE person SET email = 'p' || id || '@example.org'",  # the tenant has said who they are
        ),
        account=account,
        form=form,
        wrong="⚠".encode(),
        serving=lambda url, moment: serving((WHOLE, microsoft.url, url, moment)),
    )
