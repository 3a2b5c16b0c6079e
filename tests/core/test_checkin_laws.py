"""Laws of the engine over any sequence of events: Hypothesis plays the people and the clock."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core import checkin as engine
from bot.core import events
from bot.core.events import Keep
from bot.core.questionnaire import Questionnaire
from bot.core.routing import on_path, path
from bot.core.state import ASKING, Checkin, Phase, State
from bot.core.values import decode, encode
from bot.storage.checkin_rows import columns_of_state, detail_of, packed, state_of, unpacked
from tests.core.test_checkin import ANNA, BO, CARL, CONTENT, TUESDAY, WORLD

FORMS = ("pulse", "kickoff", "decision")
PEOPLE = st.sampled_from([ANNA, BO, CARL])
RAW = st.one_of(
    st.none(),
    st.sampled_from(
        ["nothing", "security", "worked", "finished", "12", "none", "2026-12-01", "stop", "fix", "idea"]
    ),
    st.text(max_size=30),
    st.integers(-5, 5).map(str),
)


def question_ids(form: Questionnaire) -> st.SearchStrategy[str]:
    return st.sampled_from([question.id for question in form.questions()])


def likely(form: Questionnaire) -> st.SearchStrategy[dict[str, object]]:
    """Values that mostly fit: an option's slug where there are options, else something."""
    fields = {}
    for question in form.questions():
        slugs = [option.slug for option in question.options]
        fields[question.id] = st.one_of(st.sampled_from(slugs), RAW) if slugs else RAW
    return st.fixed_dictionaries({}, optional=fields)  # type: ignore[arg-type]  # optional takes any strategy


@st.composite
def lives(draw: st.DrawFn) -> tuple[Questionnaire, list[events.Event]]:
    form = CONTENT.questionnaires[draw(st.sampled_from(FORMS))]
    ids = question_ids(form)
    at = TUESDAY
    life: list[events.Event] = []
    for _ in range(draw(st.integers(0, 12))):
        at += timedelta(hours=draw(st.integers(0, 40)))
        by, step = draw(PEOPLE), draw(st.integers(0, 12))
        made = st.one_of(
            likely(form).map(lambda values, at=at, by=by: events.Submitted(at, by, -1, values)),  # type: ignore[misc]  # mypy cannot infer a lambda with defaults
            likely(form).map(lambda values, at=at, by=by, step=step: events.Submitted(at, by, step, values)),  # type: ignore[misc]  # as above
            likely(form).map(lambda values, at=at, by=by: events.Abandoned(at, by, -1, values)),  # type: ignore[misc]  # as above
            st.builds(events.Typed, st.just(at), st.just(by), st.text(max_size=20)),
            st.builds(events.WentBack, st.just(at), st.just(by), st.just(step)),
            st.builds(events.Corrected, st.just(at), st.just(by), ids),
            st.builds(events.Snoozed, st.just(at), st.just(by), st.just(at + timedelta(hours=step))),
            st.builds(events.HandedOver, st.just(at), st.just(by), PEOPLE),
            st.builds(events.Handed, st.just(at), st.just(by), ids, PEOPLE),
            st.builds(events.PassedBack, st.just(at), st.just(by), ids),
            st.builds(events.SaidNothing, st.just(at), st.just(by)),
            st.builds(events.Declined, st.just(at), st.just(by), st.text(max_size=20)),
            st.builds(events.Ticked, st.just(at)),
        )
        life.append(draw(made))
    return form, life


def fresh(event: events.Event, state: State) -> events.Event:
    """Submissions drawn with step -1 come from the newest form, and so do forms closed unsent."""
    if isinstance(event, events.Abandoned):
        return replace(event, step=state.step)
    if isinstance(event, events.Submitted) and event.step == -1:
        return events.Submitted(event.at, event.by, state.step, event.values)
    return event


def stored_and_read(form: Questionnaire, state: State) -> State:
    """A state that went to a row and back: its columns as they are, the rest and its answers as JSON."""
    detail = detail_of(Checkin(1, 1, form.id, form.version, TUESDAY, state))
    numbers = {name: number for number, name in enumerate(dict.fromkeys(detail.names()))}
    row = json.loads(json.dumps(packed(detail, numbers)))
    answers = json.loads(json.dumps({name: encode(value) for name, value in state.answers.items()}))
    again = unpacked(row, {number: name for name, number in numbers.items()})
    return state_of(columns_of_state(state), again, {name: decode(value) for name, value in answers.items()})


@given(lives())
def test_whatever_happens_the_laws_hold(life: tuple[Questionnaire, list[events.Event]]) -> None:
    form, happened = life
    state = engine.start(form, WORLD, ANNA, TUESDAY).state
    history: dict[str, object] = {}
    for drawn in happened:
        event = fresh(drawn, state)
        step = engine.step(form, WORLD, state, event)
        assert step == engine.step(form, WORLD, state, event), "deterministic"
        after = step.state
        assert stored_and_read(form, after) == after, "survives JSON, as it is stored"
        assert after.revision >= state.revision, "the revision never falls"
        if after != state:
            assert after.revision > state.revision, "every change is a new revision"
        if step.problems:
            assert (after, step.effects) == (state, ()), "problems change nothing"
        if state.phase in (Phase.DONE, Phase.DECLINED, Phase.CLOSED):
            assert after.phase is state.phase, "done stays done"
        shown = on_path(path(form, after.answers, WORLD.record))
        assert set(after.asking) <= set(shown), "what is asked is on the path"
        assert set(after.answers) <= set(shown), "kept answers are on the path"
        assert not set(after.asking) & set(after.handed), "nobody is asked what a colleague has"
        assert set(after.handed) <= set(shown)
        assert (after.wake_at is not None) is (after.phase in ASKING), "it wakes while it asks, and only then"
        assert set(after.drafts) <= set(after.asking), "drafts are of what is asked now"
        assert not after.drafts or after.phase in (Phase.OPEN, Phase.SNOOZED), "and end with the asking"
        if isinstance(event, events.Abandoned):
            assert replace(after, drafts=state.drafts, revision=state.revision) == state, (
                "a draft answers nothing"
            )
        elif after.person != state.person:
            assert not after.drafts, "a draft is shown to nobody else"
        if after.phase is Phase.OPEN:
            assert after.asking, "an open check-in asks something"
        for effect in step.effects:
            if isinstance(effect, Keep):
                history[effect.question] = effect.value
        assert {q: v for q, v in history.items() if v is not None} == after.answers, "history tells the state"
        state = after


@given(lives())
def test_an_event_that_is_repeated_changes_nothing_the_second_time(
    life: tuple[Questionnaire, list[events.Event]],
) -> None:
    form, happened = life
    state = engine.start(form, WORLD, ANNA, TUESDAY).state
    for drawn in happened:
        event = fresh(drawn, state)
        once = engine.step(form, WORLD, state, event)
        if isinstance(event, events.Submitted | events.SaidNothing | events.Declined | events.Handed):
            twice = engine.step(form, WORLD, once.state, event)
            assert not [e for e in twice.effects if isinstance(e, Keep)] or once.state == state
        state = once.state
