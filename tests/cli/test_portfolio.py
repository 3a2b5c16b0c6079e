"""`rampcheck status`, `digest` and `pilots`: the portfolio in a terminal, and in JSON for scripts."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.localtime import local
from bot.core.records import Address
from bot.service import digest
from bot.storage import open_store
from tests.cli.terminal import office, ran, refused

pytestmark = pytest.mark.usefixtures("home")
NOTHING = "There is no pilot yet. Add one: rampcheck pilots add NAME, or import a file.\n"


@pytest.fixture
def matcher(home: Path) -> None:
    """Invoice matcher, owned by Dana, and another pilot beside it."""
    with office(home) as scene:
        dana = scene.person("dana")
        today = local(scene.now, scene.organisation.zone).date()  # in the evening another than UTC's
        since, target = today - timedelta(days=20), today + timedelta(days=60)
        scene.pilot("Invoice matcher", dana, stage_since=since, target=target, group="Finance")
        scene.pilot("Invoice reader", None)


def test_an_empty_portfolio_says_how_to_begin() -> None:
    assert ran("status") == NOTHING
    assert ran("pilots", "list") == NOTHING
    assert json.loads(ran("status", "--json")) == []
    assert refused("status", "anything") == "There is no pilot yet. Add one: rampcheck pilots add NAME\n"


@pytest.mark.usefixtures("matcher")
def test_status_shows_all_pilots() -> None:
    shown = ran("status")
    assert "Invoice matcher" in shown
    assert "Dana" in shown
    assert "2 pilots" in shown
    first = json.loads(ran("status", "--json"))[0]
    assert (first["name"], first["stage"], first["owner"], first["group"]) == (
        "Invoice matcher",
        "pilot",
        "Dana",
        "Finance",
    )


@pytest.mark.usefixtures("matcher")
def test_status_of_one_pilot_by_a_part_of_its_name() -> None:
    shown = ran("status", "matcher")
    assert "Invoice matcher: Pilot for 20 days" in shown
    assert "Missing for Hardening: 0 of 8 met" in shown
    assert "[ History ]" not in shown, "a terminal has no buttons"


@pytest.mark.usefixtures("matcher")
def test_status_for_scripts_says_what_is_known_and_what_is_lacking() -> None:
    told = json.loads(ran("status", "invoice-matcher", "--json"))
    assert (told["key"], told["owner"], told["readiness"], told["days_in_stage"]) == (
        "invoice-matcher",
        "Dana",
        None,
        20,
    )
    assert set(told["dimensions"]) == {"value", "flow", "data", "base", "gov", "team"}
    assert {"item": "team.owner", "level": 0, "need": 3} in told["lacking"]


@pytest.mark.usefixtures("matcher")
def test_an_unknown_pilot_gets_the_nearest_names() -> None:
    assert refused("status", "invoce macher") == (
        "No pilot is called 'invoce macher'. Did you mean Invoice matcher or Invoice reader?\n"
    )
    assert "See all: rampcheck pilots list" in refused("status", "zzzz")


@pytest.mark.usefixtures("matcher")
def test_a_name_that_fits_several_pilots_is_asked_back() -> None:
    assert refused("status", "invoice") == (
        "Several pilots fit 'invoice': Invoice matcher (invoice-matcher) and Invoice reader (invoice-reader). "
        "Use the key in brackets.\n"
    )


@pytest.mark.usefixtures("matcher")
def test_pilots_are_listed_with_their_keys() -> None:
    assert "invoice-matcher   Invoice matcher   pilot" in ran("pilots", "list")
    assert [one["key"] for one in json.loads(ran("pilots", "list", "--json"))] == [
        "invoice-matcher",
        "invoice-reader",
    ]


@pytest.mark.usefixtures("matcher")
def test_a_pilot_is_added_with_its_people() -> None:
    added = ran(
        "pilots", "add", "Shift planner", "--owner", "dana", "--stage", "framed", "--target", "2031-05-01"
    )
    assert added == "Added Shift planner (shift-planner), stage Framed.\n"
    told = json.loads(ran("status", "shift-planner", "--json"))
    assert (told["owner"], told["target"], told["stage"]) == ("Dana", "2031-05-01", "framed")


@pytest.mark.usefixtures("matcher")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["Invoice Matcher"], "Invoice matcher is there already; its key is invoice-matcher."),
        (["x" * 61], "A pilot's name has 1 to 60 characters; this one has 61."),
        ([" "], "A pilot's name has 1 to 60 characters; this one has 0."),
        (["New", "--owner", "Danna"], "Nobody is called 'Danna'. Did you mean Dana?"),
        (
            ["New", "--stage", "live"],
            "There is no stage 'live'. Use idea, framed, pilot, hardening, limited or production.",
        ),
        (["New", "--target", "someday"], "'someday' is not a day. Write it like "),
    ],
)
def test_a_pilot_that_cannot_be_added_changes_nothing(words: list[str], told: str) -> None:
    before = ran("pilots", "list")
    assert refused("pilots", "add", *words).startswith(told)
    assert ran("pilots", "list") == before


@pytest.mark.usefixtures("matcher")
def test_the_digest_is_shown_and_never_posted_by_looking() -> None:
    assert "2 open · 0 live" in ran("digest")
    assert "1 open · 0 live" in ran("digest", "--group", "finance")
    assert set(json.loads(ran("digest", "--json"))) == {"channel", "thread"}


@pytest.mark.usefixtures("matcher")
def test_posting_needs_a_channel_that_gets_it() -> None:
    assert refused("digest", "--post") == (
        "No channel gets the digest. Type `digest subscribe` in the channel that should.\n"
    )
    assert "digest of Finance" in refused("digest", "--post", "--group", "Finance")


def test_the_digest_is_posted_to_the_channels_that_get_it(home: Path) -> None:
    with office(home) as scene:
        dana = scene.person("dana", standing="lead")
        place = Address(scene.connection.id, "local", "channel:ai-pilots")
        scene.do(lambda work: digest.subscribe(work, place, "ai-pilots", dana))
    assert ran("digest", "--post") == "Posted to ai-pilots.\n"
    assert "0 open" in (home / "rampcheck.db.chat.jsonl").read_text(encoding="utf-8")
    listed = json.loads(ran("channels", "list", "--json"))
    assert [(one["name"], one["platform"], one["active"]) for one in listed] == [("ai-pilots", "local", True)]
    assert "ai-pilots   local" in ran("channels", "list")


@pytest.mark.usefixtures("home")
def test_a_pilot_gets_a_cadence_of_its_own_and_goes_back_to_the_policys() -> None:
    def weeks() -> object:
        return json.loads(ran("pilots", "list", "--json"))[0]["weeks"]

    ran("people", "add", "Ana")
    ran("pilots", "add", "Invoice matcher", "--owner", "Ana", "--stage", "pilot")
    assert weeks() is None
    told = ran("pilots", "set", "invoice-matcher", "--every", "4")
    assert told == "Invoice matcher is asked every 4 weeks.\n"
    assert weeks() == 4
    for bad in ("often", "0", "27", "9" * 5000):
        assert "week" in refused("pilots", "set", "invoice-matcher", "--every", bad)
    assert weeks() == 4
    assert "as the policy says" in ran("pilots", "set", "invoice", "--every", "policy")
    assert weeks() is None


def test_a_pilot_is_kept_to_its_own_people_and_opened_again(home: Path) -> None:
    ran("pilots", "add", "Invoice matcher")
    told = ran("pilots", "private", "invoice matcher")
    assert told == "Invoice matcher is there for its own people, its reviewers and the leads now.\n"
    assert private(home) == [True]
    assert ran("pilots", "private", "invoice matcher", "--remove") == (
        "Invoice matcher is there for everybody now.\n"
    )
    assert private(home) == [False]


def private(home: Path) -> list[bool]:
    store = open_store(f"sqlite:///{home / 'rampcheck.db'}", read_only=True)
    (organisation,) = store.organisations()
    found = [pilot.private for pilot in store.read(organisation.id, lambda unit: unit.pilots())]
    store.close()
    return found
