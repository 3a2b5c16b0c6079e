"""A user is drawn now and then and asked one tap: counted from five answers on, by nobody's name, and easy to stop."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from bot.core.card import Button, Card
from bot.core.ports import Clicked, Show, Store
from bot.core.tokens import About, Token, encode
from bot.service import privacy, users
from tests.fakes.office import CALM, Office

pytest_plugins = ["tests.databases"]

USERS = ("bo", "carl", "dana", "ella", "finn")
NAMES = "users Invoice matcher: " + ", ".join(USERS)


@pytest.fixture
def office(any_store: Store) -> Office:
    office = Office(any_store)
    anna, sofia = office.person("anna"), office.person("sofia")
    office.person("lena", standing="lead")
    office.person("mia")
    office.person("gus")
    for user in USERS:
        office.person(user)
    office.pilot("Invoice matcher", anna, owner_accepted=True, sponsor=sofia.id, private=True)
    return office


def says(office: Office, user: str, line: str) -> str:
    reply = office.says(user, line)
    assert isinstance(reply, Show)
    return reply.card.fallback


def pulse(office: Office) -> None:
    """The owner answers, and what is to be sent at the next good hour is."""
    office.until_asked("anna")
    office.answers("anna", CALM)
    office.tick()


def asked(office: Office) -> list[tuple[str, Card]]:
    """Who was asked as a user so far, with the card."""
    found = [
        (user, card) for user in (*USERS, "gus", "anna", "sofia") for card in office.platform.inbox(user)
    ]
    return [(user, card) for user, card in found if "work be harder" in card.fallback]


def month(office: Office) -> tuple[str, Card]:
    """Four weeks later the owner has answered again: the one who is asked now."""
    before = asked(office)
    office.now += users.EVERY
    office.do(lambda work: users.ride_along(work, work.unit.pilots()[0]))
    office.deliver()
    (new,) = [one for one in asked(office) if one not in before]
    return new


def months(office: Office, answers: list[str]) -> list[str]:
    """So many users are asked, and answer; who they were."""
    drawn = []
    for answer in answers:
        user, card = month(office)
        assert isinstance(office.presses(user, answer, card=card), Show)
        drawn.append(user)
    return drawn


def vote(office: Office, user: str, answer: str, slot: int) -> str:
    token = encode(Token(About.PILOT, 1, "user", slot, answer))
    reply = office.act(user, Clicked(office.signed(token), {}))
    assert isinstance(reply, Show)
    return reply.card.fallback


def test_one_of_those_named_is_asked_one_tap_and_told_why_and_how_to_stop(office: Office) -> None:
    office.says("anna", NAMES)
    pulse(office)
    ((user, card),) = asked(office)
    assert user in USERS
    assert "Would your work be harder without Invoice matcher?" in card.fallback
    assert "named as one of its users" in card.fallback
    labels = [action.label for action in card.actions if isinstance(action, Button)]
    assert labels == ["Yes, clearly", "A little", "No", "I do not use it", "Don't ask me again"]


def test_nobody_is_asked_before_five_are_named_and_the_owner_is_told_so(office: Office) -> None:
    said = says(office, "anna", "users Invoice matcher: bo, carl, dana, ella")
    assert "Bo, Carl, Dana and Ella." in said
    assert "Nobody is asked until 5 of them can be" in said
    pulse(office)
    assert not asked(office)


def test_once_in_four_weeks_and_everybody_once_before_anybody_twice(office: Office) -> None:
    office.says("anna", NAMES)
    drawn = months(office, ["No"] * 5)
    assert sorted(drawn) == sorted(USERS)
    early = timedelta(minutes=1)
    office.now += users.EVERY - early
    office.do(lambda work: users.ride_along(work, work.unit.pilots()[0]))
    assert len(office.events(users.ASKED)) == len(USERS)
    office.now += early
    office.do(lambda work: users.ride_along(work, work.unit.pilots()[0]))
    assert len(office.events(users.ASKED)) == len(USERS) + 1


def test_answers_are_counts_from_the_fifth_on_and_shown_to_those_who_read_views(office: Office) -> None:
    office.says("anna", NAMES)
    months(office, ["Yes, clearly", "Yes, clearly", "A little", "No"])
    assert "work harder" not in says(office, "anna", "status Invoice matcher")
    assert "Answers are shown as counts, from 5 on." in says(office, "anna", "users Invoice matcher")
    months(office, ["Yes, clearly"])
    counts = "work harder without it? yes, clearly 3, a little 1, no 1 (5 answers in a year)"
    for reader in ("anna", "sofia", "lena"):
        assert counts in says(office, reader, "status Invoice matcher")
    office.write(lambda unit: unit.save_pilot(replace(unit.pilots()[0], private=False)))
    assert "work harder" not in says(office, "mia", "status Invoice matcher")


def test_the_log_knows_that_somebody_answered_and_what_was_said_but_not_who(office: Office) -> None:
    office.says("anna", NAMES)
    (user,) = months(office, ["No"])
    (answered,), (vote_,) = office.events(users.ANSWERED), office.events(users.VOTE)
    assert (answered.actor, answered.after) == (None, None)
    assert (vote_.actor, vote_.subject, vote_.after) == (None, "", "no")
    shown = says(office, "anna", "history Invoice matcher") + says(office, "anna", "users Invoice matcher")
    assert "asked" not in shown.replace("is asked", "")
    assert user.capitalize() in shown  # as one of those named, with the others
    assert all(name.capitalize() in shown for name in USERS)


def test_a_user_finds_in_their_copy_that_they_are_named_and_were_asked(office: Office) -> None:
    office.says("anna", f"{NAMES}, gus")
    user, _ = month(office)
    people = {person.name.casefold(): person for person in office.do(lambda work: work.unit.people())}
    copies = {one: office.do(partial(privacy.export, person=people[one])) for one in (user, "mia")}
    assert copies[user]["pilots"] == [{"pilot": "Invoice matcher", "as": ["user"], "conditions": []}]
    assert [one["kind"] for one in copies[user]["log"] if one["kind"].startswith("users.")] == [users.ASKED]
    assert not copies["mia"]["pilots"]


def test_a_second_tap_counts_once_and_nobody_else_can_answer(office: Office) -> None:
    office.says("anna", NAMES)
    pulse(office)
    ((user, card),) = asked(office)
    slot = int(office.events(users.ASKED)[0].subject)
    for other in ("anna", "lena", next(one for one in USERS if one != user)):
        assert "counted" not in vote(office, other, "no", slot)
    assert not office.events(users.VOTE)
    office.presses(user, "No", card=card)
    assert "counted already" in vote(office, user, "clearly", slot)
    assert [event.after for event in office.events(users.VOTE)] == ["no"]
    assert "is counted" not in vote(office, user, "clearly", slot + 28)


def test_who_stops_it_is_asked_no_more_also_when_named_again(office: Office) -> None:
    office.says("anna", f"{NAMES}, gus")
    user, card = month(office)
    office.presses(user, "Don't ask me again", card=card)
    said = says(office, "anna", f"{NAMES}, gus")
    assert "1 person does not want to be asked." in said
    drawn = [month(office)[0] for _ in range(len(USERS))]
    assert user not in drawn
    office.says(drawn[0], "away until 30 June 2027")
    with pytest.raises(ValueError, match="not enough values"):
        month(office)  # four are left: too few


def test_its_own_people_are_no_users_and_a_stranger_names_nobody(office: Office) -> None:
    assert "Sofia already has a part in this pilot" in says(office, "anna", f"{NAMES}, sofia")
    assert not office.events(users.NAMED)
    office.write(lambda unit: unit.save_pilot(replace(unit.pilots()[0], private=False)))
    assert "Only this pilot's own people" in says(office, "mia", NAMES)
    assert not office.events(users.NAMED)


def test_nobody_ends_it(office: Office) -> None:
    office.says("anna", NAMES)
    assert "nobody yet" in says(office, "anna", "users Invoice matcher: nobody")
    pulse(office)
    assert not asked(office)
