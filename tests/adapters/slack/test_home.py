"""Everybody's home, and people as their accounts change, over signed HTTP and over Socket Mode."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from adapters.slack.adapter import SlackAdapter
from bot.core.records import Standing
from bot.service import homes, registry
from bot.service.redraw import redraw
from tests.adapters.slack.airport import Airport, Mode
from tests.adapters.slack.validators import check_home
from tests.fakes.slack.people import Somebody, labels, words
from tests.fakes.slack.server import Fault

pytest_plugins = ["tests.databases"]

CALM = {
    "pulse.moved": "worked",
    "pulse.block": "nothing",
    "pulse.date": "none",
    "pulse.users": "12",
    "pulse.sure": "even",
}
Story = Callable[[Airport], Awaitable[None]]
Tell = Callable[[Story], None]


@pytest.fixture(params=["http", "socket"])
def tell(request: pytest.FixtureRequest, sqlite_url: str) -> Tell:
    mode: Mode = request.param

    def told(story: Story) -> None:
        async def all_of_it() -> None:
            async with Airport(sqlite_url, mode) as airport:
                await story(airport)

        asyncio.run(all_of_it())

    return told


def page(somebody: Somebody) -> str:
    """What somebody reads on their home, which Slack's own types take."""
    assert somebody.home, "nothing was published"
    check_home(somebody.home.view)
    return words(somebody.home.view["blocks"])


async def drawn(airport: Airport, *, after: timedelta = homes.SETTLE) -> None:
    """Let the homes that changed be drawn."""
    airport.clock.moment += after
    await airport.deliver()


def test_a_stranger_is_welcomed_and_begins_from_there(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        emil = airport.somebody("U0EMIL", "Emil Ozols", known=False)
        said = await emil.look_at_home()
        assert (said.status, said.attempts) == (200, 1)
        await airport.deliver()
        assert "Welcome, Emil Ozols" in page(emil)

        await emil.press_at_home("Add a pilot")
        await airport.settled()
        assert emil.modal, "it asks for the name"
        await emil.submit({"entered": "Invoice matcher"})
        assert emil.modal
        assert "Invoice matcher is registered" in words(emil.modal.view)
        await drawn(airport)
        assert "Waiting for you: 1 thing" in page(emil)
        assert "Your pilot\nInvoice matcher" in page(emil)

    tell(story)


def test_an_owner_answers_from_their_home_and_it_follows(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        airport.pilot("Invoice matcher", "U0ANNA")
        await anna.look_at_home()
        await airport.deliver()
        assert "Nothing is waiting for you" in page(anna)
        assert "Readiness: nothing answered yet" in page(anna).replace("\n", "")

        checkin = await airport.until_asked("U0ANNA")
        await drawn(airport)
        assert "Waiting for you: 1 thing" in page(anna)

        await anna.press_at_home("Answer: Invoice matcher")
        await airport.settled()
        assert anna.modal
        await anna.submit(CALM)
        while anna.modal:
            await anna.submit({})
        assert airport.state(checkin).phase == "done"
        await drawn(airport)
        assert "Nothing is waiting for you" in page(anna)

    tell(story)


def test_a_check_in_begun_at_home_is_shown_there_at_once(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        airport.pilot("Invoice matcher", "U0ANNA")
        await anna.look_at_home()
        await airport.deliver()
        await anna.press_at_home("Check in now")
        await airport.settled()
        assert anna.modal
        assert "How many people used it" in words(anna.modal.view)
        await drawn(airport)
        assert "Check in now" not in labels(anna.home.view["blocks"] if anna.home else [])

        await anna.press_at_home("Status")
        await airport.settled()
        assert "Invoice matcher" in words(anna.modal.view)

    tell(story)


def test_a_request_is_answered_at_home_and_a_colleagues_question_too(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        rita = airport.somebody("U0RITA", "Rita Lindqvist")
        airport.pilot("Invoice matcher", "U0ANNA")
        checkin = await airport.until_asked("U0ANNA")
        await rita.look_at_home()
        await airport.deliver()
        await anna.press(anna.inbox[0], "Ask a colleague")
        await airport.settled()
        await anna.submit({"question": "pulse.sure", "to": "U0RITA"})
        await drawn(airport)
        assert "a colleague asks “How likely is production use" in page(rita)
        await rita.press_at_home("Answer: Invoice matcher")
        await airport.settled()
        await rita.submit({"pulse.sure": "even"})
        assert airport.state(checkin).answers["pulse.sure"] == "even"
        await drawn(airport)
        assert "Welcome, Rita Lindqvist" in page(rita)

        found, rita_id = airport.read(lambda unit: unit.pilots()[0]), airport.person("U0RITA")
        assert rita_id
        changes = {"sponsor": rita_id.id}
        airport.write(lambda work: registry.change_pilot(work, found, changes, actor=None))
        await drawn(airport)
        assert "you sponsor it" in page(rita)
        assert "Check in now" not in labels(rita.home.view["blocks"] if rita.home else [])

    tell(story)


def test_a_lead_sees_the_portfolio_and_goes_on_from_there(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        dita = airport.somebody("U0DITA", "Dita Kalnina", standing="lead")
        airport.somebody("U0ANNA", "Anna Berzina")
        await dita.look_at_home()
        await airport.deliver()
        assert "There is no pilot yet" in page(dita)
        for name in ("Invoice matcher", "Churn alert"):
            airport.pilot(name, "U0ANNA")
        await drawn(airport)
        assert "There is no pilot yet" in page(dita), "a portfolio is drawn once a minute"
        await drawn(airport, after=homes.PORTFOLIO_SETTLE)
        assert "Portfolio: 2 pilots" in page(dita)

        await dita.press_at_home("All pilots")
        await airport.settled()
        assert dita.modal
        assert "Churn alert" in words(dita.modal.view)

        await Somebody(airport.slack, "U0ANNA").change(deleted=True)
        await drawn(airport, after=homes.PORTFOLIO_SETTLE)
        await dita.look_at_home()
        await airport.deliver()
        assert "Nobody answers for: 2 pilots" in page(dita)
        assert "no owner yet" in page(dita), "who left owns nothing any more"
        assert "who is its new owner?" in page(dita)

    tell(story)


def test_a_storm_of_changes_draws_a_home_once_and_nobodys_who_never_looked(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        airport.somebody("U0EMIL", "Emil Ozols")
        pilot = airport.pilot("Invoice matcher", "U0ANNA")
        other = airport.pilot("Churn alert", "U0EMIL")
        await anna.look_at_home()
        await airport.deliver()
        assert airport.slack.count("views.publish") == 1
        for number in range(20):
            for one in (pilot, other):
                airport.write(
                    lambda work, one=one, number=number: registry.change_pilot(
                        work, one, {"work": f"Does {number}"}, actor=None
                    )
                )
        await airport.deliver()
        assert airport.slack.count("views.publish") == 1, "not before it has settled"
        await drawn(airport)
        await drawn(airport)
        assert airport.slack.count("views.publish") == 2
        assert {args["user_id"] for called, args in airport.slack.calls if called == "views.publish"} == {
            "U0ANNA"
        }

    tell(story)


def test_the_messages_tab_is_no_home(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina", known=False)
        await anna.look_at_home(tab="messages")
        await drawn(airport)
        assert anna.home is None
        assert airport.person("U0ANNA")

    tell(story)


@pytest.mark.parametrize("fault", [Fault(status=429, after=1), Fault(status=500), Fault(drop=True)], ids=str)
def test_a_page_that_slack_did_not_take_is_drawn_later_as_it_is_then(tell: Tell, fault: Fault) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        airport.slack.fail("views.publish", fault)
        await anna.look_at_home()
        await airport.deliver()
        assert anna.home is None
        airport.pilot("Invoice matcher", "U0ANNA")
        airport.adapter._workspaces.of("")._pacing._methods.clear()  # the rest that Slack asked for is over
        await drawn(airport, after=timedelta(seconds=40))
        assert "Invoice matcher" in page(anna)

    tell(story)


def test_a_change_while_a_page_is_on_its_way_is_drawn_after_it(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        published: Any = SlackAdapter.show_home
        changed: list[Any] = []

        async def meanwhile(self: SlackAdapter, address: Any, payload: Any) -> None:
            if not changed:
                changed.append(await asyncio.to_thread(airport.pilot, "Invoice matcher", "U0ANNA"))
                airport.clock.moment += homes.SETTLE
                assert await redraw(airport.app.post, airport.app.content) == 0, "it is in hand already"
            await published(self, address, payload)

        monkeypatch.setattr(SlackAdapter, "show_home", meanwhile)
        await anna.look_at_home()
        await airport.deliver()
        assert airport.slack.count("views.publish") == 2
        assert "Invoice matcher" in page(anna)

    tell(story)


def test_a_page_lost_in_a_crash_is_drawn_when_its_lease_is_over(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        await anna.look_at_home()
        [taken] = airport.app.store.homes.lease(airport.clock.now(), limit=9, hold=60.0)
        await airport.deliver()
        assert anna.home is None, "another worker has it"
        await drawn(airport, after=timedelta(seconds=61))
        assert "Welcome" in page(anna)
        assert not airport.app.store.homes.drawn(taken, lead=False), "whoever crashed has lost it"

    tell(story)


# --- accounts -------------------------------------------------------------------------------------------------------


def test_name_and_zone_follow_slack_and_the_home_too(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        await anna.look_at_home()
        await airport.settled()
        before = airport.slack.count("users.info")
        await anna.change(name="Anna Kalnina", tz="Asia/Tokyo")
        person = airport.person("U0ANNA")
        assert person
        assert (person.name, person.zone) == ("Anna Kalnina", "Asia/Tokyo")
        await drawn(airport)
        assert "Welcome, Anna Kalnina" in page(anna)
        assert airport.slack.count("users.info") == before, "the event says it all"

    tell(story)


def test_whoever_is_nobody_of_ours_stays_so_whatever_changes(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        emil = airport.somebody("U0EMIL", "Emil Ozols", known=False)
        for parts in ({"tz": "Asia/Tokyo"}, {"deleted": True}, {"deleted": False}):
            said = await emil.change(**parts)
            assert (said.status, said.attempts) == (200, 1)
        assert airport.read(lambda unit: list(unit.people())) == []
        assert airport.slack.count("users.info") == 0

    tell(story)


def test_a_closed_account_gets_nothing_and_an_opened_one_again(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        airport.pilot("Invoice matcher", "U0ANNA")
        await anna.look_at_home()
        await airport.deliver()
        await airport.until_asked("U0ANNA")
        before = page(anna)
        await anna.change(deleted=True)
        sent = len(anna.inbox)
        await airport.pass_time(timedelta(days=20))
        assert len(anna.inbox) == sent
        assert page(anna) == before, "and no page is drawn that nobody sees"

        await anna.change(deleted=False)
        await airport.until_asked("U0ANNA")
        assert len(anna.inbox) > sent

    tell(story)


def test_a_guest_without_a_zone_is_asked_at_the_organisations_hour(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        airport.slack.workspace.add("U0GUEST", "A Guest", tz="")
        guest = Somebody(airport.slack, "U0GUEST")
        await guest.look_at_home()
        await guest.change(name="The Guest")
        person = airport.person("U0GUEST")
        assert person
        assert (person.name, person.zone, person.standing) == ("The Guest", "", Standing.MEMBER)
        airport.pilot("Invoice matcher", "U0GUEST")
        await airport.until_asked("U0GUEST")
        assert airport.clock.moment.astimezone().tzinfo
        assert airport.clock.moment.hour == 8, "ten in Riga"

    tell(story)
