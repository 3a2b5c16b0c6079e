"""Who may do what: the table against the sentences that it was made from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from bot.core.permissions import (
    ACTIONS,
    ORGANISATION,
    READS,
    Action,
    Role,
    Sensitivity,
    kept_from,
    may,
    of_answer,
    reads,
    relations,
    roles,
)
from bot.core.questionnaire import Kind, Question, Questionnaire
from bot.core.records import Person, Pilot, Request, Standing

ANA = Person(1, "Ana")
PARTS = ("owner", "deputy", "sponsor", "decider", "builder")
PLAIN = Pilot(7, "matcher", "Invoice matcher", group="Finance", owner=90, sponsor=91, decider=92)
OF_PILOTS = sorted(set(Action) - ORGANISATION)


def having(*parts: str, private: bool = False) -> Pilot:
    """The pilot with Ana in these parts of it."""
    return replace(PLAIN, private=private, **dict.fromkeys(parts, ANA.id))  # type: ignore[arg-type]  # all of them ids


def test_every_action_and_every_sensitivity_has_its_row() -> None:
    assert set(ACTIONS) == set(Action)
    assert set(READS) == set(Sensitivity)


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("part", PARTS)
def test_a_part_in_a_pilot_gives_what_its_column_says_and_no_more(part: str, private: bool) -> None:
    guest = replace(ANA, standing=Standing.GUEST)  # what comes from the part alone
    for action in OF_PILOTS:
        rule = ACTIONS[action]
        allowed = Role(part) in rule.roles - rule.barred
        assert may(guest, action, having(part, private=private)) is allowed, action
    for sensitivity, rule in READS.items():
        allowed = Role(part) in rule.roles
        assert reads(guest, sensitivity, having(part, private=private)) is allowed, sensitivity


@pytest.mark.parametrize("action", OF_PILOTS)
def test_nobody_may_do_what_they_cannot_see(action: Action) -> None:
    people = [
        replace(ANA, standing=standing, leads=leads) for standing, leads in product(Standing, [(), ("HR",)])
    ]
    pilots = [
        having(*parts, private=private) for parts in [(), *((p,) for p in PARTS)] for private in (False, True)
    ]
    for person, pilot in product(people, pilots):
        assert may(person, Action.SEE, pilot) or not may(person, action, pilot)


def test_a_private_pilot_is_nobodys_but_its_peoples_and_the_leads() -> None:
    private = having(private=True)
    assert not roles(ANA, private)
    assert may(ANA, Action.SEE, having())
    assert may(ANA, Action.SEE, having("builder", private=True))
    assert may(replace(ANA, standing=Standing.LEAD), Action.SEE, private)
    assert may(replace(ANA, leads=("finance",)), Action.SEE, private)
    assert not may(replace(ANA, leads=("HR",)), Action.SEE, private)


def test_the_lead_of_a_group_leads_its_pilots_and_no_others() -> None:
    lead = replace(ANA, leads=("FINANCE",))
    assert may(lead, Action.PAUSE, having())
    assert not may(lead, Action.PAUSE, replace(PLAIN, group="HR"))
    assert not may(replace(ANA, leads=("",)), Action.PAUSE, replace(PLAIN, group=""))
    assert not may(lead, Action.SET_DIGEST)


def test_who_made_a_pilot_never_decides_about_it_whatever_else_they_are() -> None:
    for standing, maker, other in product(Standing, ("owner", "builder"), (*PARTS, "")):
        pilot = having(*filter(None, {maker, other}))
        person = replace(ANA, standing=standing, leads=("Finance",))
        assert not may(person, Action.DECIDE, pilot)
        assert not may(person, Action.STAND_IN, pilot)


@pytest.mark.parametrize("action", [Action.CONFIRM, Action.APPROVE, Action.AGREE])
def test_who_owns_stands_in_for_or_builds_a_pilot_never_vouches_for_it(action: Action) -> None:
    for standing, own, other in product(Standing, ("owner", "deputy", "builder"), (*PARTS, "")):
        pilot = replace(having(*filter(None, {own, other})), reviewers=(("security", ANA.id),))
        person = replace(ANA, standing=standing, leads=("Finance",))
        assert not may(person, action, pilot)
        assert ANA.id in kept_from(action, pilot)


def test_a_reviewer_is_whoever_is_named_for_a_role_and_sees_what_they_review() -> None:
    guest = replace(ANA, standing=Standing.GUEST)
    reviewed = replace(having(private=True), reviewers=(("security", ANA.id),))
    assert Role.REVIEWER in roles(guest, reviewed)
    assert may(guest, Action.SEE, reviewed)
    assert may(guest, Action.CONFIRM, reviewed)
    assert not reads(guest, Sensitivity.TEXTS, reviewed)
    assert not may(guest, Action.SEE, replace(reviewed, reviewers=(("security", 99),)))


def test_a_guest_sees_what_they_have_a_part_in_and_nothing_else() -> None:
    guest = replace(ANA, standing=Standing.GUEST)
    assert may(guest, Action.LOOK)
    assert not any(may(guest, action) for action in ORGANISATION - {Action.LOOK})
    assert not may(guest, Action.SEE, having())
    assert may(guest, Action.SEE, having("deputy"))


def test_whoever_has_left_may_nothing() -> None:
    gone = replace(ANA, active=False, standing=Standing.ADMIN, leads=("Finance",))
    everything = having(*PARTS)
    assert not any(may(gone, action, everything) or may(gone, action) for action in Action)
    assert not any(reads(gone, sensitivity, everything) for sensitivity in Sensitivity)


def test_what_people_wrote_is_read_by_owner_deputy_sponsor_and_leads() -> None:
    readers = {part for part in PARTS if reads(ANA, Sensitivity.TEXTS, having(part))}
    assert readers == {"owner", "deputy", "sponsor"}
    assert not reads(ANA, Sensitivity.TEXTS, having())
    assert reads(replace(ANA, standing=Standing.LEAD), Sensitivity.TEXTS, having())


def test_what_is_claimed_is_for_owner_and_sponsor_not_even_for_leads() -> None:
    readers = {part for part in PARTS if reads(ANA, Sensitivity.CLAIMS, having(part))}
    assert readers == {"owner", "sponsor"}
    assert not reads(replace(ANA, standing=Standing.ADMIN), Sensitivity.CLAIMS, having())


def test_one_may_have_several_parts() -> None:
    assert relations(ANA, having("owner", "sponsor")) == {Role.OWNER, Role.SPONSOR}


def test_an_answer_is_kept_as_closely_as_its_question_says() -> None:
    pulse, second = (
        Questionnaire("pulse", 1, "", "owner", 1, ()),
        Questionnaire("second", 1, "", "sponsor", 1, ()),
    )
    assert of_answer(pulse, Question("a", Kind.SINGLE, "A?")) is Sensitivity.OPEN
    assert of_answer(pulse, Question("a", Kind.LONGTEXT, "A?")) is Sensitivity.TEXTS
    assert of_answer(pulse, Question("a", Kind.SINGLE, "A?", private=True)) is Sensitivity.TEXTS
    assert of_answer(second, Question("a", Kind.SINGLE, "A?")) is Sensitivity.VIEWS


def test_a_request_is_for_whom_it_was_made_of_and_for_no_lead() -> None:
    request = Request(1, "help", PLAIN.id, ANA.id, None, datetime(2026, 3, 3, tzinfo=UTC))
    assert may(ANA, Action.REPLY, request)
    assert not may(replace(ANA, active=False), Action.REPLY, request)
    assert not may(Person(2, "Ben", standing=Standing.ADMIN), Action.REPLY, request)
