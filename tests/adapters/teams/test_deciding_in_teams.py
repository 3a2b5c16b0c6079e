"""A lead decides from the digest in a Teams channel: the button answers with the form, and the digest says the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.records import Pilot, Standing
from bot.service import people, registry
from bot.service.work import Work
from tests.adapters.slack.airport import Still
from tests.adapters.teams import screen
from tests.adapters.teams.people import Somebody, labels, said
from tests.adapters.teams.tenant import Tenant, run

pytest_plugins = ["tests.databases"]


def arranged(work: Work, tenant: Tenant) -> None:
    """Anna owns a pilot whose decision is overdue, and Lena leads."""
    owner, lead = (tenant.person(account) for account in (screen.ANNA, screen.BEN))
    assert owner
    assert lead
    people.set_standing(work, lead, Standing.LEAD)
    day = work.now.date()
    since, due = day - timedelta(days=20), day - timedelta(days=9)
    fresh = Pilot(0, "", "Invoice matcher", stage="pilot", stage_since=since, created=since, owner=owner.id)
    registry.add_pilot(work, replace(fresh, decide_by=due), actor=None)


@pytest.fixture(autouse=True)
def _no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.teams.pacing.IN_CONVERSATION", 0.0)


def test_the_button_of_a_digest_answers_with_the_form_and_the_line_changes(sqlite_url: str) -> None:
    clock = Still()

    async def story(tenant: Tenant) -> None:
        anna, lena = (
            Somebody(tenant.teams, screen.ANNA, "Anna Berzina"),
            Somebody(tenant.teams, screen.BEN, "Lena"),
        )
        ivo = Somebody(tenant.teams, screen.IVO, "Ivo Kalns")
        tenant.teams.room(screen.CHANNEL, "channel")
        for one in (anna, lena, ivo):
            await one.writes("help")
        tenant.write(lambda work: arranged(work, tenant))
        await lena.mentions("digest subscribe")
        await tenant.pass_time(clock, timedelta(days=3))
        posts = tenant.teams.in_room(screen.CHANNEL)
        digest = next(one for one in posts if "Decide: Invoice matcher" in labels(one.card))
        assert "Stuck: 1 pilot" in said(posts[-1])
        assert posts[-1].conversation == digest.conversation, "the details hang beneath it"

        await ivo.presses(digest, "Decide: Invoice matcher")
        assert "not yours to decide" in ivo.told
        await lena.presses(digest, "Decide: Invoice matcher")
        assert "Suggested: Stop" in str(lena.shown)
        await lena.goes_on(
            "Next", {"dec.choice": "fix", "dec.reason": "weak_result"}, room=digest.conversation
        )
        day = (clock.now() + timedelta(days=30)).date().isoformat()
        fix = {"dec.fix": "Security is tested", "dec.until": day}
        await lena.goes_on("Send", fix, room=digest.conversation)
        await tenant.deliver()

        [made] = tenant.read(lambda unit: unit.decisions())
        assert (made.choice, made.role, made.text) == ("fix", "lead", "Security is tested")
        assert "decided, Fix by" in said(digest)
        assert "Decide: Invoice matcher" not in labels(digest.card)

    run(sqlite_url, story, clock=clock)
