"""Who may do what and read what: the one table that everything asks; it must not know how any of it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.core.questionnaire import FREE_TEXT, Question, Questionnaire
from bot.core.records import Person, PersonId, Pilot, Request, Standing
from bot.core.state import State


class Role(StrEnum):
    """What somebody is to the organisation, to a group of its pilots, to one pilot, or to a check-in about it."""

    ADMIN = "admin"
    LEAD = "lead"
    GROUP_LEAD = "group lead"
    SPONSOR = "sponsor"
    DECIDER = "decider"
    OWNER = "owner"
    DEPUTY = "deputy"
    BUILDER = "builder"
    REVIEWER = "reviewer"
    OPERATIONS = "operations"
    MEMBER = "member"
    GUEST = "guest"
    ASKED = "asked"
    HANDED = "handed a question"


class Action(StrEnum):
    """What can be done. Those of ORGANISATION are about no one pilot, those of CHECKIN about what one was asked."""

    LOOK = "look"
    READ_DIGEST = "read_digest"
    REGISTER = "register"
    SET_DIGEST = "set_digest"
    EXCUSE = "excuse"
    SEE = "see"
    OVERSEE = "oversee"
    ASK = "ask"
    PAUSE = "pause"
    PROVE = "prove"
    ACKNOWLEDGE = "acknowledge"
    REVIEW = "review"
    PROPOSE_RULE = "propose_rule"
    DECIDE = "decide"
    STAND_IN = "stand_in"
    CONFIRM = "confirm"
    APPROVE = "approve"
    AGREE = "agree"
    ATTEST = "attest"
    ANSWER = "answer"
    REVISE = "revise"
    PUT_OFF = "put_off"
    HAND_ON = "hand_on"
    GIVE_BACK = "give_back"
    REPLY = "reply"


class Sensitivity(StrEnum):
    """How closely a piece of what is known about a pilot is kept."""

    OPEN = "open"
    FRESH = "fresh"
    CLAIMS = "claims"
    TEXTS = "texts"
    RELEASE = "release"
    VIEWS = "views"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: what it is about in words, for whom it is, and who may not whatever else they are."""

    about: str
    roles: frozenset[Role]
    barred: frozenset[Role] = frozenset()


LEADS = frozenset({Role.ADMIN, Role.LEAD})
_LEADS = LEADS | {Role.GROUP_LEAD}
_CHARGE = frozenset({Role.SPONSOR, Role.DECIDER, Role.OWNER})
_OWN = _CHARGE | {Role.DEPUTY, Role.BUILDER}
_MAKERS = frozenset({Role.OWNER, Role.BUILDER})  # segregation of duties: who made it does not decide about it
_OWN_PEOPLE = _MAKERS | {Role.DEPUTY}  # nor do they vouch for it
_MEMBERS = _LEADS | {Role.MEMBER}
_REVIEWERS = frozenset({Role.REVIEWER, Role.OPERATIONS})  # the second is one of the first
SECOND_VIEW, FIRST_RELEASE = "second", "gate"  # questionnaires
ORGANISATION = frozenset({Action.LOOK, Action.READ_DIGEST, Action.REGISTER, Action.SET_DIGEST, Action.EXCUSE})
CHECKIN = frozenset(
    {Action.ANSWER, Action.REVISE, Action.PUT_OFF, Action.HAND_ON, Action.GIVE_BACK, Action.REPLY}
)
_ASKED = frozenset({Role.ASKED})

ACTIONS: Mapping[Action, Rule] = {
    Action.LOOK: Rule("Ask for help, for what is open, and say that one is away", _MEMBERS | {Role.GUEST}),
    Action.READ_DIGEST: Rule("Read the digest", _MEMBERS),
    Action.REGISTER: Rule("Register a pilot", _MEMBERS),
    Action.SET_DIGEST: Rule("Have the digest posted to a channel, or end it", LEADS),
    Action.EXCUSE: Rule("Say for somebody else that they are away", LEADS),
    Action.SEE: Rule(
        "See a pilot: its status, history and reasons", _OWN | {Role.REVIEWER, Role.OPERATIONS} | _MEMBERS
    ),
    Action.OVERSEE: Rule("Have a pilot on one's portfolio, and hear of what nobody attends to", _LEADS),
    Action.ASK: Rule("Start a check-in", (_OWN - {Role.BUILDER}) | _LEADS),
    Action.PAUSE: Rule("Pause and resume", (_OWN - {Role.BUILDER}) | _LEADS),
    Action.PROVE: Rule("Attach proof", frozenset({Role.OWNER, Role.DEPUTY, Role.BUILDER}) | _LEADS),
    Action.ACKNOWLEDGE: Rule("Say that a signal is known", _CHARGE | _LEADS),
    Action.REVIEW: Rule("Ask and name the reviewers of a gate", (_OWN - {Role.BUILDER}) | _LEADS),
    Action.PROPOSE_RULE: Rule("Propose another launch or stop rule", _OWN - {Role.BUILDER}),
    Action.DECIDE: Rule("Decide: the decider, without one the sponsor", _CHARGE - {Role.OWNER}, _MAKERS),
    Action.STAND_IN: Rule("Decide once the decision is due, or where nobody is named", _LEADS, _MAKERS),
    Action.CONFIRM: Rule(
        "Confirm an item of a gate, where one is named for it or it is the leads' to confirm",
        _REVIEWERS | {Role.SPONSOR} | LEADS,
        _OWN_PEOPLE,
    ),
    Action.APPROVE: Rule(
        "Approve a decision at high risk, as a second person",
        frozenset({Role.DECIDER, Role.SPONSOR}) | _LEADS,
        _OWN_PEOPLE,
    ),
    Action.AGREE: Rule(
        "Agree to another launch or stop rule", frozenset({Role.SPONSOR, Role.DECIDER}), _OWN_PEOPLE
    ),
    Action.ATTEST: Rule("Confirm once a year that its record is true", frozenset({Role.OWNER})),
    Action.ANSWER: Rule("Answer what one was asked, and read one's answers again", _ASKED | {Role.HANDED}),
    Action.REVISE: Rule("Go back, correct an answer, keep a form half filled in", _ASKED),
    Action.PUT_OFF: Rule("Put it off, decline it, say that there is nothing to report", _ASKED),
    Action.HAND_ON: Rule("Hand one question or all of it to a colleague", _ASKED),
    Action.GIVE_BACK: Rule("Give a question back to whoever handed it on", frozenset({Role.HANDED})),
    Action.REPLY: Rule("Reply to what one was asked in a message of its own, and see it again", _ASKED),
}
READS: Mapping[Sensitivity, Rule] = {
    Sensitivity.OPEN: Rule("Stage, dates, people, scores with proof, decisions", ACTIONS[Action.SEE].roles),
    Sensitivity.FRESH: Rule("A signal on its first day", _OWN | _LEADS),
    Sensitivity.CLAIMS: Rule("What is claimed beside what is proven", frozenset({Role.OWNER, Role.SPONSOR})),
    Sensitivity.TEXTS: Rule(
        "What people answered in their own words", frozenset({Role.OWNER, Role.DEPUTY, Role.SPONSOR}) | _LEADS
    ),
    Sensitivity.RELEASE: Rule(
        "What could go wrong with a first release, as owner and operations said, each apart",
        frozenset({Role.OPERATIONS, Role.DEPUTY}) | _CHARGE | _LEADS,
    ),
    Sensitivity.VIEWS: Rule(
        "The second view of a sponsor", frozenset({Role.OWNER, Role.SPONSOR, Role.DECIDER}) | _LEADS
    ),
}
STANDINGS: Mapping[Standing, Role] = {
    Standing.ADMIN: Role.ADMIN,
    Standing.LEAD: Role.LEAD,
    Standing.MEMBER: Role.MEMBER,
    Standing.GUEST: Role.GUEST,
}


def as_guest(standing: Standing) -> Standing:
    """What whoever the platform calls a guest is: a guest, unless somebody here made more of them than a member."""
    return {Standing.MEMBER: Standing.GUEST}.get(standing, standing)


def relations(person: Person, pilot: Pilot) -> frozenset[Role]:
    """The parts that somebody has in a pilot."""
    return frozenset(role for role, holder in _holders(pilot).items() if holder == person.id)


def _holders(pilot: Pilot) -> Mapping[Role, PersonId | None]:
    return {
        Role.OWNER: pilot.owner,
        Role.DEPUTY: pilot.deputy,
        Role.SPONSOR: pilot.sponsor,
        Role.DECIDER: pilot.decider,
        Role.BUILDER: pilot.builder,
    }


def roles(person: Person, pilot: Pilot | None = None) -> frozenset[Role]:
    """Everything that somebody is, to a pilot where one is given; nothing for whoever has left.

    To a private pilot members and guests are nobody.
    """
    if not person.active:
        return frozenset()
    standing = STANDINGS[person.standing]
    if pilot is None:
        return frozenset({standing} | ({Role.GROUP_LEAD} if person.leads else set()))
    leads = bool(pilot.group) and pilot.group.casefold() in {group.casefold() for group in person.leads}
    own = relations(person, pilot) | ({Role.GROUP_LEAD} if leads else set())
    own |= {Role.REVIEWER} if person.id in {who for _, who in pilot.reviewers} else set()
    own |= {Role.OPERATIONS} if (Role.OPERATIONS.value, person.id) in pilot.reviewers else set()
    return own if pilot.private and standing in (Role.MEMBER, Role.GUEST) else own | {standing}


def parts(person: Person, asked: State | Request) -> frozenset[Role]:
    """What somebody is to a check-in as it stands, or to a request: their standing and their parts in the pilot count
    for nothing.
    """
    if not person.active:
        return frozenset()
    held = {Role.ASKED} if person.id == asked.person else set()
    handed = asked.handed.values() if isinstance(asked, State) else ()
    return frozenset(held | ({Role.HANDED} if person.id in handed else set()))


def may(person: Person, action: Action, about: Pilot | State | Request | None = None) -> bool:
    """Whether somebody may do something: to a pilot, with what somebody was asked, or in the organisation at all."""
    held = parts(person, about) if isinstance(about, State | Request) else roles(person, about)
    return bool(held & ACTIONS[action].roles) and not held & ACTIONS[action].barred


def reads(person: Person, sensitivity: Sensitivity, pilot: Pilot) -> bool:
    """Whether somebody may read what is kept that closely about a pilot."""
    return bool(roles(person, pilot) & READS[sensitivity].roles)


def is_for_all(pilot: Pilot) -> bool:
    """Whether it may be named where anybody reads along, as in channels."""
    return not pilot.private


def of_answer(form: Questionnaire, question: Question) -> Sensitivity:
    """How closely an answer is kept: a second view is its sponsor's, what is written is for few.

    What is said before a first release is for whoever decides about it, too.
    """
    if form.id == SECOND_VIEW:
        return Sensitivity.VIEWS
    if form.id == FIRST_RELEASE and question.kind in FREE_TEXT:
        return Sensitivity.RELEASE
    return Sensitivity.TEXTS if question.private or question.kind in FREE_TEXT else Sensitivity.OPEN


def kept_from(action: Action, pilot: Pilot) -> frozenset[PersonId]:
    """Those whom segregation of duties keeps from doing something to a pilot, whatever else they are."""
    holders = (holder for role, holder in _holders(pilot).items() if role in ACTIONS[action].barred)
    return frozenset(holder for holder in holders if holder is not None)


def barred(person: PersonId, action: Action, pilot: Pilot) -> bool:
    """Whether segregation of duties keeps somebody from doing something to a pilot."""
    return person in kept_from(action, pilot)
