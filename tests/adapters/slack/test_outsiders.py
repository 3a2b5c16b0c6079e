"""People of another company, in a channel shared with them: nothing is told them and nothing is theirs to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from adapters.slack.outsiders import outside
from bot.core.records import Standing
from tests.adapters.slack.airport import Airport
from tests.adapters.slack.telling import Tell
from tests.fakes.slack.people import Somebody, labels, words
from tests.fakes.slack.server import Fault
from tests.fakes.slack.workspace import TEAM

pytest_plugins = ["tests.databases"]

CHANNEL, THEIRS = "C0SHARED", "T0PARTNER"


@dataclass(frozen=True)
class Partner(Somebody):
    """Somebody whose own workspace is another one."""

    def _envelope(self) -> dict[str, Any]:
        envelope = super()._envelope()
        return {**envelope, "user": {**envelope["user"], "team_id": THEIRS}}

    async def asks(self, text: str) -> None:
        ts = self.slack.workspace.ts()
        event = {"type": "app_mention", "channel": CHANNEL, "user": self.id, "user_team": THEIRS}
        await self.slack.event({**event, "team": THEIRS, "text": text, "ts": ts, "event_ts": ts})


def partner(airport: Airport) -> Partner:
    airport.slack.workspace.add("U0PAT", "Pat Partner")
    airport.slack.workspace.add_channel(CHANNEL, "with-partner")
    return Partner(airport.slack, "U0PAT")


def test_a_partner_who_mentions_the_app_learns_nothing_and_becomes_nobody(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        airport.somebody("U0ANNA", "Anna Berzina")
        airport.pilot("Invoice matcher", "U0ANNA")
        pat = partner(airport)
        for text in ("status Invoice matcher", "list", "add Trojan horse"):
            await pat.asks(text)
            await airport.settled()
        assert len(pat.whispers) == 3
        assert all("only people of the organisation" in one.text for one in pat.whispers)
        assert airport.person("U0PAT") is None
        assert [one.name for one in airport.read(lambda unit: unit.pilots())] == ["Invoice matcher"]

    tell(story)


def test_a_partner_presses_the_digests_buttons_in_vain(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        airport.somebody("U0ANNA", "Anna Berzina")
        lena = airport.somebody("U0LENA", "Lena Landing", standing="lead")
        today = airport.clock.now().date()
        airport.pilot("Invoice matcher", "U0ANNA", decide_by=today - timedelta(days=9))
        pat = partner(airport)
        await lena.command("digest subscribe", channel=CHANNEL)
        await airport.pass_time(timedelta(days=8))
        posted = [one for one in airport.slack.workspace.messages if one.channel == CHANNEL and not one.only]
        digest = next(one for one in posted if "All pilots" in labels(one.blocks))
        for label in ("Decide: Invoice matcher", "All pilots"):
            await pat.press(digest, label)
            await airport.settled()
            assert pat.modal is None
            assert "only people of the organisation" in words(pat.whispers[-1].blocks)
        assert airport.person("U0PAT") is None

    tell(story)


US = {"team_id": TEAM, "enterprise_id": None}


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ({"authorizations": [US], "event": {"user_team": TEAM}}, False),
        ({"authorizations": [US], "event": {"user_team": THEIRS}}, True),
        ({"authorizations": [US], "event": {"source_team": THEIRS}}, True),
        ({"authorizations": [US], "event": {"team": THEIRS}, "is_ext_shared_channel": True}, True),
        ({"authorizations": [US], "event": {"team": TEAM}, "is_ext_shared_channel": True}, False),
        ({"authorizations": [{**US, "enterprise_id": "E0US"}], "event": {"user_team": "T0SISTER"}}, False),
        ({"user": {"team_id": THEIRS}, "team": {"id": TEAM}}, True),
        ({"user": {"team_id": TEAM}, "team": {"id": TEAM}}, False),
        (
            {
                "user": {"team_id": THEIRS},
                "team": {"id": THEIRS},
                "view": {"app_installed_team_id": TEAM},
            },
            True,
        ),
        ({"user": {"team_id": "T0SISTER"}, "team": {"id": TEAM, "enterprise_id": "E0US"}}, False),
        ({"user": {"team_id": "T0SISTER"}, "team": None, "enterprise": {"id": "E0US"}}, False),
        ({"command": "/rampcheck", "team_id": TEAM}, False),
        ({"user": 5, "team": [], "authorizations": [3], "event": "x"}, False),
    ],
)
def test_whose_somebody_is_stands_in_the_payload(raw: dict[str, Any], found: bool) -> None:
    assert outside(raw) is found


def test_whoever_was_known_and_is_slacks_guest_by_now_is_a_guest_after_their_next_word(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        gus, ana = (airport.somebody(ident, name) for ident, name in (("U0GUS", "Gus"), ("U0ANA", "Ana")))
        airport.slack.workspace.users["U0GUS"].guest = True  # while nobody of ours listened
        airport.slack.fail("users.info", Fault(status=500))
        for _ in range(3):  # the first look-up failed; the third is none
            await gus.write("help")
            await airport.settled()
        await ana.write("help")
        await airport.settled()
        found = [airport.person(ident) for ident in ("U0GUS", "U0ANA")]
        assert [one.standing for one in found if one] == [Standing.GUEST, Standing.MEMBER]
        assert airport.slack.count("users.info") == 3

    tell(story)
