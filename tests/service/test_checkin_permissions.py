"""Every button of a check-in, by everybody: it is for whoever was asked, and a question for whom it was handed to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

import pytest

from bot.core import permissions
from bot.core.ports import Clicked, Closed, Store, Wrote
from bot.core.tokens import About, Token, encode
from bot.service.answering import VERBS
from bot.storage import open_store
from tests.fakes.office import CALM, Office
from tests.service.test_permission_fuzz import OPEN, Tried, World, world

HANDED = "pulse.users"
ASKED, COLLEAGUE, BOTH = {"owner"}, {"carl"}, {"owner", "carl"}
# What a button does with these fields, and to whom of the two it is theirs. Said apart from the program's own table.
BUTTONS: Mapping[str, tuple[set[str], dict[str, str]]] = {
    "submit": (BOTH, CALM),
    "snooze": (ASKED, {"until": "2026-11-24T08:00+00:00"}),
    "decline": (ASKED, {"reason": "Nothing to say"}),
    "pause": (ASKED, {"until": "15 December"}),
    "not_mine": (ASKED, {"to": "dora"}),
    "hand": (ASKED, {"question": "pulse.sure", "to": "dora"}),
    "nothing": (ASKED, {}),
    "back": (ASKED, {}),
    "correct": (ASKED, {"question": "pulse.moved"}),
    "pass_back": (COLLEAGUE, {}),
}
HERE = {
    "submit",
    "snooze",
    "decline",
    "pause",
    "not_mine",
    "hand",
    "pass_back",
}  # the others need another moment


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


def handed(acme: World) -> int:
    """The owner's check-in, of which Carl has a question; its number."""
    office: Office = acme.office
    office.act("owner", Wrote(f"checkin {OPEN}"))
    [asked] = office.live("owner")
    token = Token(About.CHECKIN, asked.id, "hand", asked.state.step)
    office.act("owner", Clicked(office.signed(encode(token)), {"question": HANDED, "to": "carl"}))
    [now] = office.live("owner")
    assert HANDED in now.state.handed
    return now.id


def answered_by(acme: World, users: Iterable[str]) -> Tried:
    """Each button by these people, with that question and without; `done` by those whose they are."""
    number = handed(acme)
    [asked] = acme.office.live("owner")
    nowhere, _ = acme.presses("owner", Token(About.CHECKIN, 9999, "show"), {})
    done, tried, wrong = set[str](), 0, list[tuple[object, ...]]()
    for user, (verb, (theirs, values)) in product(users, BUTTONS.items()):
        changes = False
        for arg in ("", HANDED):
            token = Token(About.CHECKIN, number, verb, asked.state.step, arg)
            reply, changed = acme.presses(user, token, values)
            tried, changes = tried + 1, changes or changed
            if user not in BOTH and (changed or reply != nowhere):
                wrong.append((user, verb, "reached it", reply))
        if changes and user not in theirs:
            wrong.append((user, verb, "did it"))
        done |= {verb} if changes else set()
    wrong += [("nobody", verb, "could") for verb in HERE - done]
    return Tried(tried, len(done), wrong)


def test_a_check_in_is_for_whoever_was_asked_and_a_question_for_whom_it_was_handed_to(
    any_store: Store,
) -> None:
    found = answered_by(world(any_store), ("owner", "carl", "admin", "deputy", "member"))
    assert not found.wrong, found.told
    assert found.number == 5 * len(BUTTONS) * 2


def test_the_table_says_the_same(any_store: Store) -> None:
    acme = world(any_store)
    handed(acme)
    [asked] = acme.office.live("owner")
    people = {person.name.lower(): person for person in acme.office.read(lambda unit: unit.people())}
    for verb, (theirs, _) in BUTTONS.items():
        action = VERBS.get(verb, permissions.Action.ANSWER)
        allowed = {name for name, one in people.items() if permissions.may(one, action, asked.state)}
        assert allowed == theirs, verb


def test_only_whoever_was_asked_leaves_a_form_half_filled_in(any_store: Store) -> None:
    acme = world(any_store)
    token = Token(About.CHECKIN, handed(acme), "submit", acme.office.live("owner")[0].state.step)
    key = acme.office.store.button_key(acme.office.organisation.id)
    acme.looked_at = lambda unit: [one.state.drafts for one in unit.live_checkins()]
    left = Closed(key.sign(encode(token)), {"pulse.moved": "blocked"})
    assert [user for user in (*acme.people, "carl") if acme.act(user, left)[1]] == ["owner"]
