"""Many workspaces: installed through a browser, kept apart, removed at once, and back again."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.installations import Health
from bot.core.ports import DeliveryError, Message
from bot.core.records import Address, Standing
from tests.adapters.slack.airport import Airport, Mode
from tests.adapters.slack.hub import CARD, PUBLIC, Browser, Hub, at
from tests.fakes.slack.people import Somebody, words
from tests.fakes.slack.server import Fault
from tests.fakes.slack.workspace import TEAM

pytest_plugins = ["tests.databases"]

Story = Callable[[Hub], Awaitable[None]]
Run = Callable[..., None]


@pytest.fixture
def run(sqlite_url: str) -> Run:
    """Tells a story at a hub."""

    def told(story: Story, mode: Mode = "http", **more: str) -> None:
        async def all_of_it() -> None:
            async with Hub(sqlite_url, mode, more=more) as hub:
                await story(hub)

        asyncio.run(all_of_it())

    return told


@pytest.mark.parametrize("mode", ["http", "socket"])
def test_a_workspace_is_installed_through_the_browser_and_its_installer_is_greeted_as_admin(
    run: Run, mode: Mode
) -> None:
    async def story(hub: Hub) -> None:
        page = await hub.install()
        assert (page.status, page.title) == (200, "Rampcheck is installed")
        assert "Airport" in page.text
        assert f"team={TEAM}" in page.text
        await hub.deliver()
        anna = Somebody(hub.slack, "U0ANNA")
        [greeting] = anna.inbox
        assert "You are its admin here" in words(greeting.blocks)
        person = hub.person_at(TEAM, "U0ANNA")
        assert (person.name, person.zone, person.standing) == ("Anna", "Europe/Riga", Standing.ADMIN)
        assert len(hub.app.store.organisations()) == 1, "the first workspace joins the organisation there is"
        await anna.command("todo")
        assert anna.whispers

    run(story, mode)


def test_people_and_pilots_of_two_workspaces_never_mix(run: Run) -> None:
    async def story(hub: Hub) -> None:
        harbour = hub.elsewhere("T0HARBOUR", "Harbour")
        await hub.install()
        await hub.install(harbour, by="U0ANNA", name="Another Anna")
        assert [one.name for one in hub.app.store.organisations()] == ["My organisation", "Harbour"]
        hub.pilot("Invoice matcher", "U0ANNA")
        await hub.deliver()
        assert "Airport" in hub.slack.workspace.inbox("U0ANNA")[0].text
        assert "Harbour" in harbour.workspace.inbox("U0ANNA")[0].text
        assert hub.person_at(TEAM, "U0ANNA").name == "Anna"
        assert hub.person_at("T0HARBOUR", "U0ANNA").name == "Another Anna"
        assert hub.person_at("T0HARBOUR", "U0ANNA").standing is Standing.ADMIN

        await Somebody(hub.slack, "U0ANNA").command("list")
        await at(harbour, "U0ANNA").command("list")
        assert "Invoice matcher" in words(hub.slack.workspace.whispers("U0ANNA")[-1].blocks)
        assert "Invoice matcher" not in words(harbour.workspace.whispers("U0ANNA")[-1].blocks)
        assert hub.slack.count("chat.postMessage") == 2, "each greeting went to one of them"

    run(story)


def test_installing_again_keeps_the_organisation_and_makes_nobody_an_admin_a_second_time(run: Run) -> None:
    async def story(hub: Hub) -> None:
        await hub.install()
        await hub.install(by="U0BEN", name="Ben")
        assert len(hub.app.store.organisations()) == 1
        assert hub.person_at(TEAM, "U0BEN").standing is Standing.MEMBER
        await hub.deliver()
        [greeting] = hub.slack.workspace.inbox("U0BEN")
        assert "admin" not in words(greeting.blocks)

    run(story)


def test_an_organisation_wide_installation_serves_each_of_its_workspaces(run: Run) -> None:
    async def story(hub: Hub) -> None:
        grand = hub.elsewhere("T0WEST", "Grand", enterprise="E0GRAND")
        page = await hub.install(grand)
        assert page.status == 200
        assert hub.kept("E0GRAND").health is Health.ON
        await hub.deliver()
        anna = at(grand, "U0ANNA")
        assert len(anna.inbox) == 1
        await anna.write("todo")
        await hub.settled()
        assert len(anna.inbox) == 3, "greeted, written, answered"
        assert "T0WEST" not in hub.connections()
        await grand.event({"type": "app_uninstalled"}, when=int(time.time()) + 1)
        assert hub.kept("E0GRAND").health is Health.REMOVED

    run(story)


def test_trap_14_no_token_can_be_read_in_the_database(run: Run, sqlite_url: str) -> None:
    """The SDK's own tables keep them in clear text, in columns that a sealed token would not fit."""

    async def story(hub: Hub) -> None:
        hub.slack.grants.rotating = True
        await hub.install()
        kept = hub.kept(TEAM).grant
        file = Path(sqlite_url.removeprefix("sqlite:///"))
        on_disk = b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
        assert TEAM.encode() in on_disk
        assert kept.token.encode() not in on_disk
        assert kept.renewal.encode() not in on_disk

    run(story)


# --- pages ----------------------------------------------------------------------------------------------------------


def test_our_page_says_what_the_app_may_do_and_why(run: Run) -> None:
    async def story(hub: Hub) -> None:
        async with Browser(hub) as browser:
            page = await browser.opens("/slack/install")
        assert "im:history" in page.text
        assert "no other conversation" in page.text
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]

    run(story)


def test_whoever_cancels_is_told_that_nothing_happened(run: Run) -> None:
    async def story(hub: Hub) -> None:
        async with Browser(hub) as browser:
            page = await browser.installs()  # nobody confirms
        assert page.title == "Nothing was installed"
        assert "cancelled" in page.text
        assert 'href="/slack/install"' in page.text
        assert hub.app.store.organisation_of("slack", TEAM) is None

    run(story)


def test_a_way_back_is_good_once_and_in_its_own_browser(run: Run) -> None:
    async def story(hub: Hub) -> None:
        hub.slack.consent = hub.slack.api
        hub.slack.workspace.add("U0ANNA", "Anna")
        async with Browser(hub) as mine, Browser(hub) as theirs:
            back = await mine.confirms(await mine.starts())
            assert (await theirs.opens(back)).title == "Please start again", "no cookie"
            await theirs.starts()
            assert (await theirs.opens(back)).title == "Please start again", "another's cookie"
            assert hub.slack.count("oauth.v2.access") == 0
            assert (await mine.opens(back)).title == "Rampcheck is installed"
            assert (await mine.opens(back)).title == "Please start again"
            assert hub.slack.count("oauth.v2.access") == 1
            for odd in (
                "",
                "?code=x",
                "?state=",
                "?state=%00&code=x",
                "?state=%F0%9F&code=1",
                "?error=<b>x</b>",
            ):
                page = await mine.opens(f"/slack/oauth_redirect{odd}")
                assert (page.status, page.title) == (400, "Please start again")

    run(story)


def test_a_way_back_ends_after_ten_minutes(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.installing.WITHIN", timedelta(seconds=-1))

    async def story(hub: Hub) -> None:
        async with Browser(hub) as browser:
            hub.slack.consent = hub.slack.api
            link = await browser.starts()
            state = link.partition("state=")[2].partition("&")[0]
            browser.session.cookie_jar.update_cookies({"rampcheck-slack-state": state})
            page = await browser.opens(await browser.confirms(link))
        assert page.title == "Please start again"
        assert hub.slack.count("oauth.v2.access") == 0

    run(story)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault(code="invalid_code"), "invalid_code"),
        (Fault(drop=True), "could not be reached"),
        (Fault(status=503), "Slack"),
    ],
)
def test_what_slack_refuses_is_a_page_that_says_what_to_do(
    run: Run, fault: Fault, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="rampcheck")

    async def story(hub: Hub) -> None:
        hub.slack.fail("oauth.v2.access", fault)
        page = await hub.install()
        assert (page.status, page.title) == (502, "Nothing was installed")
        assert says in page.text
        assert "Start again" in page.text
        assert hub.app.store.organisation_of("slack", TEAM) is None

    run(story)
    assert "fake-client-secret" not in caplog.text


def test_a_workspace_that_is_not_on_the_list_is_turned_away_and_its_token_given_back(run: Run) -> None:
    async def story(hub: Hub) -> None:
        harbour = hub.elsewhere("T0HARBOUR", "Harbour <b>")
        page = await hub.install(harbour)
        assert (page.status, page.title) == (403, "Not for this workspace")
        assert "Harbour &lt;b&gt;" in page.text
        assert hub.slack.count("auth.revoke") == 1
        assert hub.app.store.organisation_of("slack", "T0HARBOUR") is None
        assert (await hub.install()).status == 200

    run(story, SLACK_TEAMS=f"{TEAM}, E0GRAND")


def test_trap_15_the_cookie_is_secure_only_where_browsers_come_by_https(
    run: Run,
) -> None:
    async def cookie(hub: Hub) -> str:
        async with Browser(hub) as browser:
            return str((await browser.opens("/slack/install")).headers["Set-Cookie"])

    async def plain(hub: Hub) -> None:
        set_cookie = await cookie(hub)
        assert "HttpOnly" in set_cookie
        assert "SameSite=Lax" in set_cookie
        assert "Secure" not in set_cookie

    async def public(hub: Hub) -> None:
        assert "Secure" in await cookie(hub)

    run(plain)
    run(public, RAMPCHECK_PUBLIC_URL="https://rampcheck.example.org")
    assert PUBLIC.startswith("http:"), "the other stories come back by plain http"


# --- events ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["http", "socket"])
def test_events_of_a_workspace_that_never_installed_are_taken_and_forgotten(run: Run, mode: Mode) -> None:
    async def story(hub: Hub) -> None:
        await hub.install()
        before = len(hub.slack.calls)
        nowhere = hub.elsewhere("T0NOWHERE", "Nowhere")
        nowhere.workspace.add("U0EVE", "Eve")
        eve = at(nowhere, "U0EVE")
        said = await eve.write("list")
        assert (said.status, said.attempts) == (200, 1)
        await eve.command("list")
        await hub.settled()
        assert not eve.whispers
        assert len(hub.slack.calls) == before
        assert hub.app.store.organisation_of("slack", "T0NOWHERE") is None

    run(story, mode)


def test_trap_3_slack_is_not_asked_who_we_are_for_every_event(run: Run) -> None:
    async def story(hub: Hub) -> None:
        await hub.install()
        asked = hub.slack.count("auth.test")
        for _ in range(3):
            await Somebody(hub.slack, "U0ANNA").write("todo")
        await hub.settled()
        assert hub.slack.count("auth.test") == asked == 1

    run(story)


def test_trap_4_a_429_makes_no_workspace_a_stranger(run: Run) -> None:
    async def story(hub: Hub) -> None:
        await hub.install()
        hub.slack.fail("auth.test", *[Fault(status=429, after=1)] * 9)
        anna = Somebody(hub.slack, "U0ANNA")
        await anna.command("todo")
        assert anna.whispers
        assert hub.kept(TEAM).health is Health.ON

    run(story)


@pytest.mark.parametrize("mode", ["http", "socket"])
@pytest.mark.parametrize(
    "event",
    [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0RAMPCHK"]}}],
)
def test_a_removed_app_sends_nothing_more_and_is_back_when_it_is_installed_again(
    run: Run, mode: Mode, event: dict[str, object]
) -> None:
    async def story(hub: Hub) -> None:
        harbour = hub.elsewhere("T0HARBOUR", "Harbour")
        await hub.install()
        await hub.install(harbour)
        await hub.deliver()
        hub.queue(TEAM, "U0ANNA", "waits")
        hub.queue("T0HARBOUR", "U0ANNA", "elsewhere")
        [leased] = [
            one
            for one in hub.app.store.outbox.lease(hub.clock.now(), limit=9, hold=60)
            if one.message.key == "waits" or not hub.app.store.outbox.pause(one, hub.clock.now(), "")
        ]
        hub.queue(TEAM, "U0BEN", "behind")
        said = await hub.slack.event(event, when=int(time.time()) + 1)
        assert (said.status, said.attempts) == (200, 1)
        before = hub.slack.count("chat.postMessage")
        with pytest.raises(DeliveryError, match="removed from the workspace") as stopped:
            await hub.adapter.send(
                leased.message.address, hub.adapter.render(leased.message.card), key="waits"
            )
        assert stopped.value.permanent
        hub.app.store.outbox.dead(leased, hub.clock.now(), stopped.value.reason)
        hub.queue(TEAM, "U0BEN", "later")
        await hub.deliver()
        assert hub.slack.count("chat.postMessage") == before + 1, "to the other workspace"
        assert len(harbour.workspace.inbox("U0ANNA")) == 2
        anna = Somebody(hub.slack, "U0ANNA")
        await anna.command("todo")
        assert not anna.whispers

        hub.slack.grants.revoke(hub.slack.api)
        assert (await hub.install()).status == 200
        await hub.deliver()
        assert len(anna.inbox) == 2, "greeted twice, and nothing of what waited"
        await anna.command("todo")
        assert anna.whispers

    run(story, mode)


def test_word_of_a_removal_that_is_older_than_the_installation_changes_nothing(run: Run) -> None:
    async def story(hub: Hub) -> None:
        await hub.install()
        await hub.slack.event({"type": "app_uninstalled"}, when=int(time.time()) - 60)
        assert hub.kept(TEAM).health is Health.ON

    run(story)


def test_people_revoking_their_own_tokens_remove_nothing(run: Run) -> None:
    async def story(hub: Hub) -> None:
        await hub.install()
        event = {"type": "tokens_revoked", "tokens": {"oauth": ["U0ANNA"], "bot": []}}
        await hub.slack.event(event, when=int(time.time()) + 1)
        assert hub.kept(TEAM).health is Health.ON

    run(story)


@pytest.mark.parametrize("mode", ["http", "socket"])
def test_the_one_workspace_of_a_token_gets_nothing_more_either(sqlite_url: str, mode: Mode) -> None:
    async def all_of_it() -> None:
        async with Airport(sqlite_url, mode) as airport:
            anna = airport.somebody("U0ANNA", "Anna")
            to = Address(airport.connection, "slack", "U0ANNA")
            airport.write(lambda work: work.unit.enqueue(Message("waits", to, CARD), airport.clock.now()))
            await airport.slack.event({"type": "app_uninstalled"}, when=int(time.time()))
            calls = len(airport.slack.calls)
            await airport.deliver()
            await anna.command("todo")
            with pytest.raises(DeliveryError, match="removed from the workspace"):
                await airport.adapter.send(to, airport.adapter.render(CARD), key="k")
            assert len(airport.slack.calls) == calls
        async with Airport(sqlite_url, mode) as again:  # with a token that is good
            again.slack.workspace.add("U0ANNA", "Anna")
            await again.adapter.send(to, again.adapter.render(CARD), key="k")

    asyncio.run(all_of_it())
