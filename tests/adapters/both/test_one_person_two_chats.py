"""An owner in Teams and a sponsor on Slack take part in one check-in and one decision, each in their own chat."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core.records import Pilot, Standing
from bot.service import people, registry
from tests.adapters.both.junction import Junction
from tests.adapters.teams import screen
from tests.adapters.teams.people import Somebody, labels, said
from tests.fakes.slack.people import Somebody as Colleague
from tests.fakes.slack.people import words
from tests.fakes.teams.server import FakeTeams, Message

pytest_plugins = ["tests.databases"]

BLOCKED = {"pulse.moved": "blocked", "pulse.block": "security", "pulse.date": "none", "pulse.users": "12"}


def tell(url: str, story: Callable[[Junction], Awaitable[None]]) -> None:
    """Let it happen from the start to the end."""

    async def all_of_it() -> None:
        async with Junction(url, "http") as junction:
            await story(junction)

    asyncio.run(all_of_it())


@dataclass(frozen=True)
class Cast:
    """Anna owns, in Teams; Rita sponsors and decides, on Slack; Lena leads, in Teams."""

    anna: Somebody
    rita: Colleague
    lena: Somebody


async def arrived(junction: Junction) -> Cast:
    """Rita's account in Teams is hers by an admin's word: she never wrote there, and is picked by it all the same."""
    rita = junction.somebody("U0RITA", "Rita Lindqvist")
    sponsor = junction.person("U0RITA")
    assert sponsor
    junction.link(sponsor, screen.BEN)
    anna = Somebody(junction.teams, screen.ANNA, "Anna Berzina")
    lena = Somebody(junction.teams, screen.LEA, "Lena Landing")
    await anna.installs()
    await lena.writes("help")
    owner, lead = junction.named("Anna Berzina"), junction.named("Lena Landing")
    junction.write(lambda work: people.set_standing(work, lead, Standing.LEAD))
    assert len(junction.read(lambda unit: unit.people())) == 3, "nobody is here twice"
    by = (junction.clock.now() + timedelta(days=9)).date()
    roles = {"sponsor": sponsor.id, "decider": sponsor.id}
    since = (junction.clock.now() - timedelta(days=20)).date()
    pilot = Pilot(0, "", "Invoice matcher", stage="pilot", stage_since=since, created=since, owner=owner.id)
    junction.write(lambda work: registry.add_pilot(work, replace(pilot, decide_by=by, **roles), actor=None))
    return Cast(anna, rita, lena)


def test_a_check_in_and_its_decision_go_from_one_platform_to_the_other_and_back(sqlite_url: str) -> None:
    async def story(junction: Junction) -> None:
        cast = await arrived(junction)
        await answer_together(junction, cast)
        await decide_together(junction, cast)

    tell(sqlite_url, story)


async def answer_together(junction: Junction, cast: Cast) -> None:
    """The owner is asked in Teams; a question and a call for help go to Slack, and their answers come back."""
    anna, rita = cast.anna, cast.rita
    asked = await junction.until_sent(lambda: anna.card("Invoice matcher", "How likely"))

    await anna.presses(asked, "Ask a colleague")
    await anna.goes_on("Send", {"question": "pulse.sure", "to": screen.BEN})
    await junction.deliver()
    question = rita.inbox[-1]
    assert "Anna Berzina" in words(question.blocks)
    await rita.press(question, "About even")
    await junction.deliver()
    assert "How likely" not in said(asked), "her card in Teams asks for the rest alone"

    await anna.presses(asked, "Send", BLOCKED)
    assert anna.shown, anna.told
    await anna.goes_on("Send", {"pulse.who": screen.BEN, "pulse.need": "Security's word by Friday"})
    await junction.deliver()
    assert "Thank you" in said(asked)
    call = rita.inbox[-1]
    assert "your help is needed" in words(call.blocks)
    await rita.press(call, "On it")
    await junction.deliver()
    await junction.settled()
    assert "Rita Lindqvist answered your request for help: On it" in said(anna.inbox[-1])


def digest_of(teams: FakeTeams) -> Message | None:
    posts = reversed(teams.in_room(screen.CHANNEL))
    return next((one for one in posts if "Decide: Invoice matcher" in labels(one.card)), None)


async def decide_together(junction: Junction, cast: Cast) -> None:
    """The digest asks in a Teams channel, the decider answers on Slack, and everybody hears of it where they are."""
    anna, rita, lena = cast.anna, cast.rita, cast.lena
    junction.teams.room(screen.CHANNEL, "channel")
    await lena.mentions("digest subscribe")
    digest = await junction.until_sent(lambda: digest_of(junction.teams))
    assert "decider Rita Lindqvist" in said(digest)

    form = next(one for one in reversed(rita.inbox) if "Scale, fix or stop" in words(one.blocks))
    await rita.press(form, "Answer")
    await junction.settled()
    await rita.submit({"dec.choice": "fix", "dec.reason": "weak_result"})
    day = (junction.clock.now() + timedelta(days=30)).date().isoformat()
    await rita.submit({"dec.fix": "Security is tested", "dec.until": day})
    await junction.deliver()
    await junction.settled()

    [made] = junction.read(lambda unit: unit.decisions())
    sponsor = junction.person("U0RITA")
    assert sponsor
    assert (made.choice, made.by, made.role) == ("fix", sponsor.id, "decider")
    assert "decided, Fix by" in said(digest)
    assert anna.card("Invoice matcher", "Fix", "Rita Lindqvist"), "the owner is told in Teams"
    assert lena.card("Invoice matcher", "Fix", "Rita Lindqvist"), "and so is the lead"
