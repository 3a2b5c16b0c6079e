"""People who came in by a spreadsheet are found at Slack by a confirmed e-mail address, and by nothing else."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from adapters.slack import seeking
from adapters.slack.pacing import Pacing
from adapters.slack.profile import profile
from bot.core.records import Event, Finding, Identity, Person
from bot.service import identities, pilots_in, schedules
from bot.service import people as service
from bot.service.work import Work
from tests.adapters.slack.airport import Airport
from tests.adapters.slack.telling import Tell
from tests.fakes.slack.people import Somebody
from tests.fakes.slack.server import Fault
from tests.fakes.slack.workspace import TEAM

pytest_plugins = ["tests.databases"]

DAY = timedelta(days=1)
LOOK_UP = "users.lookupByEmail"
SHEET = b"Name,Stage,Owner,Owner email\nInvoice matcher,pilot,Anna Berzina,Anna@Example.com\n"


def import_sheet(airport: Airport, data: bytes = SHEET) -> None:
    """What `rampcheck pilots import` does."""
    app, now = airport.app, airport.clock.now()
    pilots_in.bring_in(
        app.store,
        app.organisation.id,
        pilots_in.read(data),
        now=now,
        enrol=lambda unit, pilot: schedules.plan(Work(unit, app.content, now), pilot),
    )


def at_slack(airport: Airport, ident: str, name: str, email: str = "", **more: Any) -> Somebody:
    """An account, of which the program knows nothing yet."""
    airport.slack.workspace.add(ident, name, email=email, **more)
    return Somebody(airport.slack, ident)


def named(airport: Airport, name: str) -> list[Person]:
    return [one for one in airport.read(lambda unit: unit.people()) if one.name == name]


def accounts(airport: Airport, person: Person) -> list[Identity]:
    return airport.read(lambda unit: list(unit.identities(person.id)))


def add(airport: Airport, name: str, email: str = "") -> Person:
    """What `rampcheck people add` does."""
    return airport.write(lambda work: service.add(work, name, email=email))


def add_twins(airport: Airport) -> None:
    """Two people with one address, as two careless spreadsheets make them."""

    def both(work: Work) -> None:
        for name in ("Anna One", "Anna Two"):
            work.unit.save_person(Person(0, name, "anna@example.com"))

    airport.write(both)


async def look(airport: Airport) -> int:
    """Look for one of those who are wanted, as is done every few seconds."""
    return await airport.adapter._seeking.once(TEAM)


def finding(airport: Airport) -> list[Finding]:
    return [one.finding for one in airport.read(lambda unit: unit.sought())]


# --- looked for -----------------------------------------------------------------------------------------------------


def test_an_owner_from_a_spreadsheet_is_asked_at_the_next_slot(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = at_slack(airport, "U0ANNA", "Anna B.", "anna@example.com", tz="Asia/Tokyo")
        import_sheet(airport)
        assert await look(airport) == 1
        [owner] = named(airport, "Anna B.")
        assert owner.zone == "Asia/Tokyo"
        await airport.until_asked("U0ANNA")
        assert "Invoice matcher" in anna.inbox[-1].text
        assert await look(airport) == 0, "nobody is wanted any more"
        [linked] = airport.read(lambda unit: list(unit.events(kinds=["account.linked"])))
        assert (linked.subject, linked.after) == (str(owner.id), "slack:U0ANNA")

    tell(story)


def test_without_an_account_the_owner_is_not_asked(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        import_sheet(airport)
        assert await look(airport) == 1
        await airport.pass_time(timedelta(days=8))
        skipped: list[Event] = airport.read(lambda unit: list(unit.events(kinds=["slot.skipped"])))
        assert {one.after for one in skipped} == {"nobody to ask"}

    tell(story)


def test_who_was_not_found_is_looked_for_again_after_a_day_and_not_before(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        import_sheet(airport)
        assert [await look(airport), await look(airport)] == [1, 0]
        assert finding(airport) == [Finding.ABSENT]
        airport.clock.moment += DAY - timedelta(minutes=1)
        assert await look(airport) == 0
        at_slack(airport, "U0ANNA", "Anna Berzina", "anna@example.com")
        airport.clock.moment += timedelta(minutes=1)
        assert await look(airport) == 1
        assert airport.person("U0ANNA") == named(airport, "Anna Berzina")[0]
        assert airport.slack.count(LOOK_UP) == 2

    tell(story)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"confirmed": False}, Finding.UNCONFIRMED),
        ({"team": "T0STRANGE"}, Finding.UNCONFIRMED),
        ({"bot": True}, Finding.ABSENT),
        ({"deleted": True}, Finding.ABSENT),
    ],
)
def test_an_account_that_is_not_surely_theirs_is_not_matched(
    tell: Tell, more: dict[str, Any], told: Finding
) -> None:
    async def story(airport: Airport) -> None:
        at_slack(airport, "U0ANNA", "Anna Berzina", "anna@example.com", **more)
        import_sheet(airport)
        await look(airport)
        assert airport.person("U0ANNA") is None
        assert finding(airport) == [told]

    tell(story)


def test_a_guest_whom_a_spreadsheet_names_is_found_as_everybody_is(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        at_slack(airport, "U0ANNA", "Anna Berzina", "anna@example.com", guest=True)
        import_sheet(airport)
        await look(airport)
        assert airport.person("U0ANNA")

    tell(story)


def test_two_people_with_one_address_are_not_looked_for(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        at_slack(airport, "U0ANNA", "Anna Berzina", "anna@example.com")
        add_twins(airport)
        assert await look(airport) == 0
        assert airport.slack.count(LOOK_UP) == 0
        assert finding(airport) == [Finding.SHARED, Finding.SHARED]

    tell(story)


def test_an_account_that_is_somebody_elses_stays_theirs(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        airport.somebody("U0ANNA", "Anna Berzina")  # known from before addresses were read
        airport.slack.workspace.users["U0ANNA"].email = "anna@example.com"
        airport.pilot("Loan triage", "U0ANNA")
        import_sheet(airport, SHEET.replace(b"Anna Berzina", b"A. Berzina"))
        await look(airport)
        assert finding(airport) == [Finding.TAKEN]
        assert airport.person("U0ANNA") == named(airport, "Anna Berzina")[0]

    tell(story)


def test_an_account_that_was_only_seen_once_is_its_owners(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")  # known from before addresses were read
        airport.slack.workspace.users["U0ANNA"].email = "anna@example.com"
        import_sheet(airport, SHEET.replace(b"Anna Berzina", b"A. Berzina"))
        await look(airport)
        await airport.until_asked("U0ANNA")
        assert "Invoice matcher" in anna.inbox[-1].text
        everybody = airport.read(lambda unit: unit.people())
        assert [one.active for one in everybody if one.name == "Anna Berzina"].count(True) == 1

    tell(story)


def test_look_ups_are_a_trickle_and_nobody_is_looked_for_twice(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(airport: Airport) -> None:
        for number in range(30):
            add(airport, f"Person {number}", f"p{number}@example.com")
        slept: list[float] = []
        done = asyncio.Event()

        async def sleep(seconds: float) -> None:
            slept.append(seconds)
            if len(slept) > 1 and seconds == seeking.IDLE:
                done.set()
                await asyncio.Event().wait()

        monkeypatch.setattr(Pacing, "turn", lambda *_, **__: 0.0)  # turns have tests of their own
        mine = seeking.Seeking(airport.adapter._office, airport.adapter.client_for, sleep=sleep)
        running = asyncio.create_task(mine.run(TEAM))
        await asyncio.wait_for(done.wait(), 60)
        running.cancel()
        assert slept == [seeking.IDLE] + [seeking.EVERY] * 30 + [seeking.IDLE]
        asked = [args["email"] for method, args in airport.slack.calls if method == LOOK_UP]
        assert sorted(asked) == sorted(f"p{number}@example.com" for number in range(30))

    tell(story)


def test_without_the_permission_the_workspace_is_left_alone_for_a_while(
    tell: Tell, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(airport: Airport) -> None:
        airport.slack.api.scopes -= {"users:read.email"}
        for number in range(3):
            add(airport, f"Person {number}", f"p{number}@example.com")
        assert [await look(airport), await look(airport)] == [1, 0]
        assert airport.slack.count(LOOK_UP) == 1
        assert finding(airport) == [Finding.PENDING]

    tell(story)
    assert "p0@example.com" not in caplog.text


def test_slack_in_trouble_is_tried_again_later(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        at_slack(airport, "U0ANNA", "Anna Berzina", "anna@example.com")
        import_sheet(airport)
        airport.slack.fail(LOOK_UP, Fault(status=503))
        assert [await look(airport), await look(airport)] == [1, 0]
        airport.adapter._seeking._resting.clear()
        airport.clock.moment += timedelta(hours=1)
        assert await look(airport) == 1
        assert airport.person("U0ANNA")

    tell(story)


# --- met ------------------------------------------------------------------------------------------------------------


def test_who_writes_first_is_the_person_with_that_address(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = at_slack(airport, "U0ANNA", "Anna B.", "ANNA@example.com")
        import_sheet(airport)
        await anna.write("todo")
        [owner] = airport.read(lambda unit: list(unit.people()))
        assert (owner.name, owner.zone) == ("Anna B.", "Europe/Riga")
        assert airport.person("U0ANNA") == owner
        await airport.until_asked("U0ANNA")

    tell(story)


def test_who_runs_a_command_in_a_channel_first_is_asked_directly_all_the_same(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = at_slack(airport, "U0ANNA", "Anna Berzina", "anna@example.com")
        airport.slack.workspace.add_channel("C0PILOTS", "ai-pilots")
        import_sheet(airport)
        await anna.command("list", channel="C0PILOTS")
        await airport.until_asked("U0ANNA")

    tell(story)


@pytest.mark.parametrize(
    "more", [{"confirmed": False}, {"email": ""}, {"email": "other@example.com"}, {"team": "T0STRANGE"}]
)
def test_nobody_is_matched_by_name(tell: Tell, more: dict[str, Any]) -> None:
    async def story(airport: Airport) -> None:
        anna = at_slack(airport, "U0ANNA", "Anna Berzina", **{"email": "anna@example.com", **more})
        import_sheet(airport)
        await anna.write("todo")
        assert len(named(airport, "Anna Berzina")) == 2

    tell(story)


def test_of_two_people_with_one_address_neither_is_who_writes(
    tell: Tell, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(airport: Airport) -> None:
        anna = at_slack(airport, "U0ANNA", "Anna Berzina", "anna@example.com")
        add_twins(airport)
        await anna.write("todo")
        await anna.write("help")
        [fresh] = named(airport, "Anna Berzina")
        assert (airport.person("U0ANNA"), fresh.email) == (fresh, "")

    tell(story)
    assert caplog.text.count("account.shared_email") == 1
    assert "anna@example.com" not in caplog.text


def test_somebody_new_keeps_a_confirmed_address_so_that_a_later_spreadsheet_means_them(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = at_slack(airport, "U0ANNA", "A. B.", "anna@example.com")
        await anna.write("todo")
        import_sheet(airport)
        assert len(airport.read(lambda unit: unit.people())) == 1
        await airport.until_asked("U0ANNA")

    tell(story)


def test_whoever_is_picked_in_a_form_is_the_person_with_that_address(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = airport.somebody("U0ANNA", "Anna Berzina")
        at_slack(airport, "U0RITA", "Rita Lindqvist", "rita@example.com")
        rita = add(airport, "R. Lindqvist", "rita@example.com")
        airport.pilot("Invoice matcher", "U0ANNA")
        await airport.until_asked("U0ANNA")
        await anna.press(anna.inbox[0], "Ask a colleague")
        await airport.settled()
        await anna.submit({"question": "pulse.sure", "to": "U0RITA"})
        found = airport.person("U0RITA")
        assert found
        assert found.id == rita.id

    tell(story)


def test_the_home_of_an_account_that_was_taken_away_shows_nothing_new(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = at_slack(airport, "U0ANNA", "Anna Berzina", "anna@example.com")
        import_sheet(airport)
        await anna.look_at_home()
        await airport.deliver()
        assert airport.slack.count("views.publish") == 1
        owner = named(airport, "Anna Berzina")[0]
        there = airport.read(lambda unit: unit.connection(airport.connection))
        assert there
        airport.write(lambda work: identities.unlink(work, owner, there))
        airport.clock.moment += DAY
        await airport.deliver()
        assert airport.slack.count("views.publish") == 1

    tell(story)


def test_who_was_met_while_slack_did_not_answer_is_recognised_later(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        anna = at_slack(airport, "U0ANNA", "Anna Berzina", "anna@example.com")
        import_sheet(airport)
        airport.slack.fail("users.info", Fault(status=503))
        await anna.write("help")
        assert len(airport.read(lambda unit: unit.people())) == 2, "somebody of whom nothing is known"
        await anna.write("help")
        found = airport.person("U0ANNA")
        assert found
        assert found.email == "Anna@Example.com"
        await airport.until_asked("U0ANNA")

    tell(story)


# --- what Slack says ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "email"),
    [
        ({}, "a@example.com"),
        ({"is_email_confirmed": "true"}, ""),
        ({"is_email_confirmed": None}, ""),
        ({"is_stranger": True}, ""),
        ({"is_bot": True}, ""),
        ({"team_id": "T0OTHER"}, ""),
        ({"team_id": "T0OTHER", "enterprise_user": {"teams": ["T0OTHER", TEAM]}}, "a@example.com"),
        ({"enterprise_user": "nonsense", "team_id": 7}, ""),
        ({"profile": {"email": ["a@example.com"]}}, ""),
        ({"profile": None}, ""),
    ],
)
def test_an_address_is_taken_only_where_slack_says_that_it_is_theirs(
    more: dict[str, Any], email: str
) -> None:
    account = {"team_id": TEAM, "is_email_confirmed": True, "profile": {"email": " a@example.com "}}
    assert profile({**account, **more}, team=TEAM).email == email
    assert profile({**account, **more}).email == ""
