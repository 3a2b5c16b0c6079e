"""What was answered under one wording is shown under it for good, whatever the questionnaire says today."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.ports import Show, Store
from bot.core.questionnaire import Questionnaire
from tests.fakes.office import CALM, CONTENT, Office

pytest_plugins = ["tests.databases"]


@pytest.fixture
def office(any_store: Store) -> Office:
    return Office(any_store)


OLD = "What is most in the way now?"
NEW = "Which single thing stops you?"


def edited(form: Questionnaire, *, version: int) -> Questionnaire:
    """The pulse with another wording."""
    screens = tuple(
        replace(
            screen, questions=tuple(replace(one, text=one.text.replace(OLD, NEW)) for one in screen.questions)
        )
        for screen in form.screens
    )
    return replace(form, screens=screens, version=version, digest=f"edited {version}")


def publish(office: Office, form: Questionnaire) -> None:
    office.content = replace(CONTENT, questionnaires={**CONTENT.questionnaires, "pulse": form})


def test_history_keeps_the_words_that_were_answered(office: Office) -> None:
    office.pilot("Invoice matcher", office.person("anna"))
    office.until_asked("anna")
    office.answers("anna", CALM)
    publish(office, edited(CONTENT.questionnaires["pulse"], version=99))
    shown = office.runs("anna", "history invoice")
    assert isinstance(shown, Show)
    assert OLD in repr(shown.card)
    assert NEW not in repr(shown.card)


def test_an_open_check_in_goes_on_in_the_words_it_began_with(office: Office) -> None:
    office.pilot("Invoice matcher", office.person("anna"))
    mine = office.until_asked("anna")
    publish(office, edited(CONTENT.questionnaires["pulse"], version=99))
    office.answers("anna", CALM)
    done = office.read(lambda unit: unit.checkin(mine.id))
    assert done.version == CONTENT.questionnaires["pulse"].version
    assert done.state.answers["pulse.block"] == "nothing"


def test_a_version_that_was_used_cannot_be_changed_in_place(office: Office) -> None:
    office.pilot("Invoice matcher", office.person("anna"))
    office.until_asked("anna")
    same = edited(CONTENT.questionnaires["pulse"], version=CONTENT.questionnaires["pulse"].version)
    with pytest.raises(ValueError, match="pulse"):
        office.write(lambda unit: unit.keep_form(same))
