"""A channel gets the digest of the pilots it is about: of a group, at a stage, with a tag, or of all."""

from __future__ import annotations

import pytest

from bot.core.compose.digest import word_count
from bot.core.ports import Show, Store
from bot.core.records import Person
from tests.fakes.office import Office

pytest_plugins = ["tests.databases"]

# name -> group, stage, tags
PILOTS = {
    "Invoice matcher": ("Finance", "pilot", ("emea",)),
    "Payment checker": ("Finance", "hardening", ("emea",)),
    "Claims triage": ("Claims", "pilot", ("emea", "agents")),
    "Mail sorter": ("Service", "pilot", ()),
}


@pytest.fixture
def office(any_store: Store) -> Office:
    office = Office(any_store)
    anna: Person = office.person("anna")
    office.person("lena", standing="lead")
    for name, (group, stage, tags) in PILOTS.items():
        office.pilot(name, anna, group=group, stage=stage, tags=tags, decide_by=office.now.date())
    return office


def told(office: Office, wanted: str) -> tuple[str, set[str]]:
    """The title of the digest that a line shows, and the pilots it asks decisions for."""
    reply = office.says("lena", wanted)
    assert isinstance(reply, Show)
    return reply.card.title, {name for name in PILOTS if name in reply.card.fallback}


@pytest.mark.parametrize(
    ("line", "title", "names"),
    [
        ("digest group=Finance", "AI pilots, Finance", {"Invoice matcher", "Payment checker"}),
        ("digest stage=hardening", "AI pilots, Hardening", {"Payment checker"}),
        ("digest tag=Agents", "AI pilots, #Agents", {"Claims triage"}),
        (
            "digest group=finance stage=pilot tag=emea",
            "AI pilots, finance, Pilot, #emea",
            {"Invoice matcher"},
        ),
    ],
)
def test_a_slice_shows_its_pilots_and_says_which_they_are(
    office: Office, line: str, title: str, names: set[str]
) -> None:
    said, pilots = told(office, line)
    assert said.startswith(title)
    assert pilots == names


def test_a_paused_pilot_belongs_to_the_stage_it_goes_back_to(office: Office) -> None:
    office.runs("lena", "pause Payment checker until 15 December")
    reply = office.says("lena", "digest stage=hardening")
    assert isinstance(reply, Show)
    assert "1 open" in reply.card.fallback


def test_a_stage_that_does_not_exist_is_named_with_those_that_do(office: Office) -> None:
    reply = office.says("lena", "digest here stage=beta")
    assert isinstance(reply, Show)
    assert "“beta” is no stage" in reply.card.fallback
    assert "hardening" in reply.card.fallback


def test_what_a_channel_asked_for_is_what_is_posted_there_and_asking_again_changes_it(office: Office) -> None:
    office.runs("lena", "digest here stage=pilot tag=emea", channel="ai-pilots")
    (kept,) = office.read(lambda unit: unit.subscriptions())
    office.until(kept.next_due_at)
    first = next(
        post.card
        for post in office.platform.posts
        if post.conversation == "channel:ai-pilots" and not post.thread
    )
    assert first.title.startswith("AI pilots, Pilot, #emea, week of")
    assert "Payment checker" not in first.fallback
    assert word_count(first) <= office.content.policy.digest.words
    office.runs("lena", "digest here group=Service", channel="ai-pilots")
    (changed,) = office.read(lambda unit: unit.subscriptions())
    assert (changed.id, changed.about.group, changed.about.stage) == (kept.id, "Service", "")
