"""Too much at once: what is over the limit is not stored and says so at every door, and others do not notice."""

from __future__ import annotations

import asyncio

import pytest

from adapters.slack import replies as in_slack
from adapters.slack import surface as slack
from adapters.teams import replies as in_teams
from bot.app import App, build
from bot.core.compose.trouble import TOO_MUCH
from bot.core.limits import A_PERSON, A_SEARCHER
from bot.core.ports import Changed, Inbound, Left, Place, Problems, Ran, Reply, Search, Sender, Wrote
from bot.settings import load
from tests.test_health import values, visited

STORM = 200
REFUSED = Problems({"": TOO_MUCH})
HERE = Place("dm:storm", direct=True)


@pytest.fixture
def app(sqlite_url: str) -> App:
    return build(load({"DATABASE_URL": sqlite_url}))


def does(app: App, user: str, nth: int, act: object) -> object:
    """One thing that somebody does."""
    place = Place(f"dm:{user}", direct=True)
    return app.on_inbound(Inbound(f"{user}{nth}", Sender("local", "local", user), act, place))  # type: ignore[arg-type]  # an Act


def all_at_once(app: App, *awaited: object) -> list[Reply]:
    async def run() -> list[Reply]:
        return list(await asyncio.gather(*awaited))  # type: ignore[call-overload]  # what `does` gives

    return asyncio.run(run())


def test_a_storm_of_one_person_is_shed_and_nobody_else_is(app: App) -> None:
    storm = [does(app, "storm", nth, Ran("help")) for nth in range(STORM)]
    others = [does(app, f"user{nth}", 0, Ran("help")) for nth in range(20)]
    done = all_at_once(app, *storm, *others)
    shed = done[:STORM].count(REFUSED)
    assert STORM - A_PERSON.burst - 60 <= shed <= STORM - A_PERSON.burst, "a slow machine lets a few more in"
    assert REFUSED not in done[STORM:]
    counted = values(visited(app, "/metrics")[0][1])
    assert counted["rampcheck_inbound_total", "local", "shed"] == shed
    assert counted["rampcheck_inbound_total", "local", "stored"] == STORM + 20 - shed
    app.close()


def test_who_types_in_a_storm_is_told_once(app: App) -> None:
    done = all_at_once(app, *(does(app, "storm", nth, Wrote("help")) for nth in range(STORM)))
    assert done.count(REFUSED) == 1, "a message for each line would be a storm of our own"
    app.close()


def test_what_was_shed_can_be_pressed_again(app: App) -> None:
    storm = [does(app, "storm", nth, Ran("help")) for nth in range(STORM)]
    done = all_at_once(app, *storm)
    lost = done.index(REFUSED)
    app.limits.person.owing.clear()  # time goes by
    [again] = all_at_once(app, does(app, "storm", lost, Ran("help")))
    assert again != REFUSED, "it left no mark that would make it a second delivery"
    app.close()


def test_what_a_platform_reports_is_never_shed(app: App) -> None:
    acts = [does(app, "storm", nth, act) for nth, act in enumerate([Changed(open=True), Left()] * STORM)]
    assert REFUSED not in all_at_once(app, *acts)
    app.close()


def test_a_storm_of_searching_finds_nothing_more(app: App) -> None:
    asked = Search(Sender("local", "local", "storm"), "pilots", "in")

    async def look() -> None:
        for _ in range(A_SEARCHER.burst):
            await app.on_search(asked)

    asyncio.run(look())
    assert not app.limits.lets_search(("local", "local"), "storm", app_time(app))
    app.close()


def app_time(app: App) -> float:
    """The moment just after the storm, as the limits count."""
    return max(app.limits.searcher.owing.values()) - A_SEARCHER.burst / A_SEARCHER.per_second


@pytest.mark.parametrize(
    "surface",
    [
        slack.Command("t", "https://hooks.example/1", "help"),
        slack.Pressed("t", "https://hooks.example/1", private=True),
        slack.Pressed("t", "https://hooks.example/1", private=False, shared=True),
        slack.Sent({"state": {}, "blocks": [{"type": "input", "block_id": "b"}]}),
        slack.InModal("t", "V1", "hash"),
        slack.Written("D1", "U1", ""),
    ],
    ids=lambda one: type(one).__name__,
)
def test_slack_says_it_where_the_person_looks(surface: slack.Surface) -> None:
    assert TOO_MUCH in repr(in_slack.answer(REFUSED, surface, HERE))


@pytest.mark.parametrize("how", [in_teams.How.PRESSED, in_teams.How.SENT, in_teams.How.WROTE])
def test_teams_says_it_where_the_person_looks(how: in_teams.How) -> None:
    surface = in_teams.Surface(how, None, direct=True)  # type: ignore[arg-type]  # nothing is posted elsewhere
    assert TOO_MUCH in repr(in_teams.answer(REFUSED, surface))


def test_the_local_chat_says_it_where_the_person_looks(app: App) -> None:
    local = app.adapters["local"]
    inbound = Inbound("k", Sender("local", "local", "storm"), Ran("help"), HERE)
    assert TOO_MUCH in repr(local._answer(inbound, REFUSED))  # type: ignore[attr-defined]  # what the page gets
    app.close()
