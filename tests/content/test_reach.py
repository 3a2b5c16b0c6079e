"""What the linter calls unreachable is never asked, and what it lets pass is: held against the engine's own routing."""

from collections.abc import Iterator
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content import reach
from bot.content.forms import Draft
from bot.content.problem import Page
from bot.core.questionnaire import (
    All,
    AnyOf,
    Check,
    Condition,
    Kind,
    Not,
    Option,
    Question,
    QuestionId,
    Questionnaire,
    Screen,
    Source,
)
from bot.core.questionnaire import (
    Test as Asks,
)
from bot.core.routing import Record, on_path, path
from bot.core.values import NotKnown, Value

SLUGS = ("a", "b", "c")
STAGES = ("pilot", "limited")
ROLES = ("owner", "decider")
FOCI = (frozenset[str](), frozenset({"flow.map"}))
KINDS = {"q0": Kind.SINGLE, "q1": Kind.LEVEL, "q2": Kind.YESNO, "q3": Kind.SINGLE}
VALUES: dict[Kind, tuple[Value, ...]] = {
    Kind.SINGLE: SLUGS,
    Kind.LEVEL: (0, 1, 2, 3, 4, NotKnown()),
    Kind.YESNO: (True, False),
}


def condition_on(earlier: tuple[QuestionId, ...]) -> st.SearchStrategy[Condition]:
    """Conditions on earlier questions, on the record, on focus and role, nested a little."""
    single: list[st.SearchStrategy[Condition]] = [
        st.builds(Check, st.just(Source.PILOT), st.just("stage"), st.just(Asks.IS), st.sampled_from(STAGES)),
        st.builds(Check, st.just(Source.ROLE), st.just("role"), st.just(Asks.IS), st.sampled_from(ROLES)),
        st.just(Check(Source.FOCUS, "flow.map", Asks.GIVEN)),
    ]
    for name in earlier:
        source, where = st.just(Source.ANSWER), st.just(name)
        single.append(st.builds(Check, source, where, st.just(Asks.GIVEN), st.booleans()))
        match KINDS[name]:
            case Kind.LEVEL:
                bounds = st.sampled_from([Asks.AT_LEAST, Asks.AT_MOST, Asks.IS])
                single.append(st.builds(Check, source, where, bounds, st.integers(0, 4)))
                single.append(st.builds(Check, source, where, st.just(Asks.IS), st.just("unknown")))
            case Kind.YESNO:
                single.append(st.builds(Check, source, where, st.just(Asks.IS), st.booleans()))
            case _:
                one, many = (
                    st.sampled_from([Asks.IS, Asks.IS_NOT]),
                    st.sampled_from([Asks.ANY_OF, Asks.NONE_OF]),
                )
                slugs = st.lists(st.sampled_from(SLUGS), min_size=1, max_size=3, unique=True).map(tuple)
                single.append(st.builds(Check, source, where, one, st.sampled_from(SLUGS)))
                single.append(st.builds(Check, source, where, many, slugs))
    parts = st.one_of(single)
    return st.recursive(
        parts,
        lambda inner: st.one_of(
            st.builds(All, st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(Not, inner),
        ),
        max_leaves=5,
    )


@st.composite
def questionnaires(draw: st.DrawFn) -> Questionnaire:
    """Four questions on four screens, each asked under a random condition on those before it."""
    screens = []
    for number, (name, kind) in enumerate(KINDS.items()):
        earlier = tuple(KINDS)[:number]
        options = tuple(Option(slug, slug) for slug in SLUGS) if kind is Kind.SINGLE else ()
        question = Question(
            id=name,
            kind=kind,
            text="?",
            options=options,
            when=draw(st.none() | condition_on(earlier)),
        )
        on_screen = draw(st.none() | condition_on(earlier)) if number else None
        screens.append(Screen(f"s{number}", "?", (question,), on_screen))
    return Questionnaire(id="form", version=1, title="?", asks="owner", minutes=1, screens=tuple(screens))


def worlds() -> Iterator[tuple[dict[QuestionId, Value], Record]]:
    """Every combination of answers, each perhaps left out, with every record."""
    choices = [(None, *VALUES[kind]) for kind in KINDS.values()]
    records = [
        Record(pilot={"stage": s}, role=r, focus=f)
        for s, r, f in product((*STAGES, "idea"), (*ROLES, "lead"), FOCI)
    ]
    for values, record in product(list(product(*choices)), records):
        yield {name: value for name, value in zip(KINDS, values, strict=True) if value is not None}, record


WORLDS = list(worlds())


@settings(max_examples=50, deadline=None)
@given(form=questionnaires())
def test_a_question_is_called_unreachable_exactly_when_no_answers_lead_to_it(form: Questionnaire) -> None:
    lines = {f"screen:{screen.id}": 1 for screen in form.screens} | {f"question:{name}": 1 for name in KINDS}
    page = Page("form.yaml")
    reach.check(page, Draft("form.yaml", form, lines))
    said = " ".join(problem.what for problem in page.problems)
    reached: set[QuestionId] = set()
    for answers, record in WORLDS:
        reached |= set(on_path(path(form, answers, record)))
        if len(reached) == len(KINDS):
            break
    for screen in form.screens:
        named = f"'{screen.id}'" in said or f"'{screen.questions[0].id}'" in said
        assert named == (screen.questions[0].id not in reached), (screen.id, said)
