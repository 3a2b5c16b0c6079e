"""The files that ship: they load without a word, say what the specification says, and fit every platform."""

from datetime import date, timedelta

import pytest

from bot.content.lint import lint
from bot.content.loader import load
from bot.core.questionnaire import SIDE_STAGES, STAGES, Content, Kind, Questionnaire, checks
from bot.core.questionnaire import Test as Asks
from bot.core.questionnaire_json import digest
from bot.core.routing import Record, on_path, path
from bot.core.values import NoneYet, NotKnown, Value
from tests.content.folders import SHIPPED

PULSE = {"pulse.moved": "worked", "pulse.block": "nothing", "pulse.users": 3, "pulse.sure": "even"}
PRODUCTION_GATE = (
    *("team.owner", "team.run", "value.baseline", "data.access", "data.rights", "flow.review", "gov.risk"),
    *("gov.security", "gov.access", "gov.audit", "base.eval", "base.monitor", "base.rollback"),
)


@pytest.fixture(scope="module")
def shipped() -> Content:
    return load(SHIPPED)


def asked(form: Questionnaire, answers: dict[str, Value], **record: object) -> list[str]:
    """The questions on the path, in order."""
    pilot = {"stage": "pilot"} | dict(record.pop("pilot", {}))
    return list(on_path(path(form, answers, Record(pilot=pilot, **record))))


def test_nothing_is_wrong_with_what_ships() -> None:
    assert lint(SHIPPED) == []


def test_every_file_tells_editors_its_schema() -> None:
    for file in SHIPPED.glob("*.yaml"):
        first = file.read_text(encoding="utf-8").splitlines()[0]
        name = first.removeprefix("# yaml-language-server: $schema=")
        assert (SHIPPED / name).is_file(), file.name


def test_all_questionnaires_are_there(shipped: Content) -> None:
    assert set(shipped.questionnaires) == {
        "kickoff",
        "pulse",
        "review",
        "gate",
        "value30",
        "decision",
        "second",
    }
    assert all(form.digest == digest(form) for form in shipped.questionnaires.values())


def test_the_model_has_six_dimensions_and_33_items(shipped: Content) -> None:
    counts = {dimension.id: len(dimension.items) for dimension in shipped.model.dimensions}
    assert counts == {"value": 5, "flow": 6, "data": 5, "base": 5, "gov": 6, "team": 6}
    assert [dimension.weight for dimension in shipped.model.dimensions] == [0.2, 0.2, 0.2, 0.1, 0.15, 0.15]
    assert all(item.dimension == item.id.partition(".")[0] for item in shipped.model.items())


def test_the_production_gate_has_thirteen_items_and_changes_with_the_risk(shipped: Content) -> None:
    gate = shipped.model.gate_after("hardening")
    assert gate is not None
    assert gate.needs("medium") == dict.fromkeys(PRODUCTION_GATE, 3)
    assert set(gate.needs("high")) - set(PRODUCTION_GATE) == {
        *("gov.lineage", "data.real", "flow.fallback", "team.skills")
    }
    assert {item: level for item, level in gate.needs("low").items() if level < 3} == {
        "gov.audit": 2,
        "gov.access": 2,
    }
    assert gate.reviewers["gov.security"] == ("security",)
    assert shipped.model.never_waived == {"team.owner", "data.rights", "gov.security", "base.rollback"}


def test_every_gate_item_has_somebody_who_confirms_it(shipped: Content) -> None:
    for gate in shipped.model.gates:
        assert set(gate.reviewers) == set(gate.must) | set(gate.high_risk)


def test_only_items_of_no_gate_may_not_apply(shipped: Content) -> None:
    free = {q.item for q in shipped.questionnaires["review"].questions() if q.may_not_apply}
    assert free == {"value.scale", "flow.same", "data.quality", "data.owner", "gov.vendor", "team.change"}


def test_what_is_longer_than_a_platform_takes_does_not_ship(shipped: Content) -> None:
    for form in shipped.questionnaires.values():
        assert len(form.title) <= 24
        for screen in form.screens:
            assert len(screen.title) <= 24
        for question in form.questions():
            assert len(question.text) <= 150, question.id
            assert len(question.hint) <= 150, question.id
            assert all(len(option.label) <= 75 for option in question.options), question.id


class TestPulse:
    def test_five_closed_questions_come_first_and_the_judgement_last(self, shipped: Content) -> None:
        form = shipped.questionnaires["pulse"]
        first = [question.id for question in form.screens[0].questions]
        assert first == ["pulse.moved", "pulse.block", "pulse.date", "pulse.users", "pulse.sure"]
        assert asked(form, PULSE) == first

    def test_the_options_carry_the_slugs_that_the_signals_read(self, shipped: Content) -> None:
        form = shipped.questionnaires["pulse"]
        slugs = {q.id: [option.slug for option in q.options] for q in form.questions()}
        assert slugs["pulse.moved"] == [
            "finished",
            "worked",
            "blocked",
            "pulled_away",
            "goal_changed",
            "nothing",
        ]
        assert slugs["pulse.block"] == [
            *("nothing", "data", "process", "privacy", "security", "systems", "quality", "people", "money"),
            *("decision", "vendor"),
        ]
        sure = form.question("pulse.sure")
        assert sure is not None
        assert {option.slug: option.value for option in sure.options} == {
            "very_unlikely": 0.1,
            "unlikely": 0.3,
            "even": 0.5,
            "likely": 0.7,
            "very_likely": 0.9,
        }

    @pytest.mark.parametrize(
        ("answers", "more"),
        [
            ({"pulse.moved": "finished"}, ["pulse.done"]),
            ({"pulse.moved": "goal_changed"}, ["pulse.goal_change"]),
            ({"pulse.moved": "nothing"}, []),
            ({"pulse.block": "security"}, ["pulse.who", "pulse.need"]),
            ({"pulse.date": NoneYet()}, []),
        ],
    )
    def test_a_follow_up_comes_only_after_what_makes_it_worth_asking(
        self, shipped: Content, answers: dict[str, Value], more: list[str]
    ) -> None:
        assert asked(shipped.questionnaires["pulse"], PULSE | answers)[5:] == more

    def test_two_idle_check_ins_in_a_row_offer_a_pause_or_a_decision(self, shipped: Content) -> None:
        form, idle = shipped.questionnaires["pulse"], PULSE | {"pulse.moved": "nothing"}
        assert "pulse.offer" in asked(form, idle, last={"pulse.moved": "pulled_away"})
        assert "pulse.offer" not in asked(form, idle, last={"pulse.moved": "worked"})

    def test_once_live_neither_the_date_nor_its_likelihood_is_asked(self, shipped: Content) -> None:
        form = shipped.questionnaires["pulse"]
        for stage in ("limited", "production"):
            assert asked(form, PULSE, pilot={"stage": stage}) == ["pulse.moved", "pulse.block", "pulse.users"]

    @pytest.mark.parametrize(("day", "why"), [(15, True), (14, False), (1, False)])
    def test_only_a_date_that_moved_more_than_two_weeks_is_asked_about(
        self, shipped: Content, day: int, why: bool
    ) -> None:
        target = date(2026, 11, 16)
        answers = PULSE | {"pulse.date": target + timedelta(days=day)}
        found = asked(shipped.questionnaires["pulse"], answers, pilot={"target_date": target})
        assert ("pulse.why_date" in found) is why


class TestKickoff:
    def test_it_keeps_its_promise_of_fourteen_questions_on_two_screens(self, shipped: Content) -> None:
        form = shipped.questionnaires["kickoff"]
        assert len(form.screens) == 2
        assert len(list(form.questions())) == 14  # twelve of content.md, and the two rules that are frozen

    def test_the_stage_is_answered_with_our_own_stages(self, shipped: Content) -> None:
        stage = shipped.questionnaires["kickoff"].question("kickoff.stage")
        assert stage is not None
        assert tuple(option.slug for option in stage.options) == STAGES

    def test_an_idea_is_not_asked_since_when(self, shipped: Content) -> None:
        form = shipped.questionnaires["kickoff"]
        assert "kickoff.since" not in asked(form, {"kickoff.stage": "idea"})
        assert "kickoff.since" in asked(form, {"kickoff.stage": "pilot"})

    def test_without_a_measure_nobody_is_asked_its_values(self, shipped: Content) -> None:
        form = shipped.questionnaires["kickoff"]
        bare, named = {"kickoff.stage": "pilot"}, {"kickoff.stage": "pilot", "kickoff.metric": "Hours a week"}
        assert {"kickoff.baseline", "kickoff.target"}.isdisjoint(asked(form, bare))
        assert {"kickoff.baseline", "kickoff.target"} <= set(asked(form, named))

    def test_the_risk_options_carry_the_slugs_that_propose_a_risk(self, shipped: Content) -> None:
        touch = shipped.questionnaires["kickoff"].question("kickoff.touch")
        assert touch is not None
        assert [option.slug for option in touch.options] == [
            "people",
            "personal",
            "public",
            "acts",
            "sector",
            "none",
        ]


class TestReview:
    FOCUS = frozenset({"flow.map", "gov.risk"})

    def test_only_the_items_picked_are_asked_with_their_own_levels(self, shipped: Content) -> None:
        form = shipped.questionnaires["review"]
        assert asked(form, {}, focus=self.FOCUS) == ["flow.map", "gov.risk"]
        question, item = form.question("flow.map"), shipped.model.item("flow.map")
        assert question is not None
        assert item is not None
        assert question.text == item.question
        assert tuple(option.label for option in question.options) == item.levels
        assert [option.slug for option in question.options] == ["0", "1", "2", "3", "4"]

    @pytest.mark.parametrize(
        ("level", "last", "more"),
        [
            (2, 2, []),
            (3, 3, ["flow.map.link"]),
            (4, 2, ["flow.map.link", "flow.map.jump"]),
            (1, 2, ["flow.map.drop"]),
            (2, 0, ["flow.map.jump"]),
            (NotKnown(), 3, []),
        ],
    )
    def test_a_claim_asks_for_a_link_and_a_change_for_a_line(
        self, shipped: Content, level: Value, last: Value, more: list[str]
    ) -> None:
        form = shipped.questionnaires["review"]
        answers = {"flow.map": level}
        assert asked(form, answers, focus={"flow.map"}, last={"flow.map": last})[1:] == more

    def test_a_link_given_answers_what_made_the_difference(self, shipped: Content) -> None:
        answers = {"flow.map": 4, "flow.map.link": "https://example.org/map"}
        found = asked(shipped.questionnaires["review"], answers, focus={"flow.map"}, last={"flow.map": 1})
        assert found == ["flow.map", "flow.map.link"]

    def test_an_item_with_a_valid_link_is_not_asked_for_another(self, shipped: Content) -> None:
        found = asked(
            shipped.questionnaires["review"],
            {"flow.map": 3},
            focus={"flow.map"},
            pilot={"linked": ("flow.map",)},
        )
        assert found == ["flow.map"]


class TestGate:
    def test_owner_and_operations_say_apart_what_could_go_wrong(self, shipped: Content) -> None:
        form = shipped.questionnaires["gate"]
        assert asked(form, {}, role="owner") == ["gate.open", "gate.limit"]
        assert asked(form, {}, role="operations") == ["gate.open"]

    @pytest.mark.parametrize(("risk", "why"), [("high", True), ("medium", True), ("low", False)])
    def test_all_at_once_needs_a_reason_unless_the_risk_is_low(
        self, shipped: Content, risk: str, why: bool
    ) -> None:
        answers = {"gate.open": "Load", "gate.limit": "all_at_once"}
        found = asked(shipped.questionnaires["gate"], answers, role="owner", pilot={"risk": risk})
        assert ("gate.limit_reason" in found) is why


class TestDecision:
    @pytest.mark.parametrize(
        ("choice", "more"),
        [
            ("scale", ["dec.again", "dec.cost", "dec.benefit"]),
            ("fix", ["dec.fix", "dec.until", "dec.cost", "dec.benefit"]),
            ("pause", ["dec.until", "dec.cost", "dec.benefit"]),
            ("merge", ["dec.into", "dec.learn", "dec.reuse"]),
            ("stop", ["dec.learn", "dec.reuse", "dec.close"]),
            ("retire", ["dec.learn", "dec.reuse", "dec.close"]),
            ("later", ["dec.later", "dec.why", "dec.cost", "dec.benefit"]),
        ],
    )
    def test_each_choice_asks_what_it_needs_and_nothing_else(
        self, shipped: Content, choice: str, more: list[str]
    ) -> None:
        form = shipped.questionnaires["decision"]
        found = asked(form, {"dec.choice": choice, "dec.reason": "cost"})
        assert found == ["dec.choice", "dec.reason", *more]
        needed = {q.id for q in form.questions() if q.required}
        assert {
            "dec.fix",
            "dec.until",
            "dec.again",
            "dec.later",
            "dec.why",
            "dec.into",
            "dec.learn",
        } <= needed

    def test_money_already_spent_is_asked_nowhere(self, shipped: Content) -> None:
        texts = " ".join(q.text for form in shipped.questionnaires.values() for q in form.questions())
        assert "spent" not in texts
        assert "invested" not in texts


def test_what_is_not_measured_yet_gets_a_date(shipped: Content) -> None:
    form = shipped.questionnaires["value30"]
    assert "v30.when" in asked(form, {"v30.metric": NoneYet()})
    assert "v30.when" not in asked(form, {"v30.metric": 4})


def test_sponsor_and_user_get_one_question_each(shipped: Content) -> None:
    form = shipped.questionnaires["second"]
    assert asked(form, {}, role="sponsor") == ["second.sponsor"]
    assert asked(form, {}, role="user") == ["second.user"]
    assert asked(form, {}, role="owner") == []


def test_free_words_about_people_and_blockers_are_private(shipped: Content) -> None:
    for name in ("pulse.done", "pulse.need", "gate.open"):
        question = next(
            q for form in shipped.questionnaires.values() for q in form.questions() if q.id == name
        )
        assert question.private, name


class TestPolicy:
    def test_people_are_asked_on_tuesday_at_ten_and_never_on_friday(self, shipped: Content) -> None:
        asking = shipped.policy.asking
        assert (asking.weekday, asking.hour, asking.never_on) == (1, 10, (4,))
        assert (asking.quiet_from, asking.quiet_until) == (18, 8)
        assert asking.working_days == (0, 1, 2, 3, 4)
        assert (asking.open_days, asking.reminders, asking.last_reminder_hours) == (3, 2, 2)
        assert asking.snooze_days == 7

    def test_the_pulse_is_every_two_weeks_and_weekly_when_it_matters(self, shipped: Content) -> None:
        (pulse,) = [cadence for cadence in shipped.policy.cadences if cadence.questionnaire == "pulse"]
        assert (pulse.weeks, pulse.near_launch_weeks, pulse.near_launch_days, pulse.stuck_weeks) == (
            2,
            1,
            30,
            1,
        )

    def test_no_questionnaire_has_two_cadences_in_one_stage(self, shipped: Content) -> None:
        pairs = [(each.questionnaire, stage) for each in shipped.policy.cadences for stage in each.stages]
        assert len(pairs) == len(set(pairs))

    def test_nobody_is_asked_about_a_pilot_that_rests(self, shipped: Content) -> None:
        assert not {stage for each in shipped.policy.cadences for stage in each.stages} & set(SIDE_STAGES)

    def test_the_numbers_are_those_of_the_specification(self, shipped: Content) -> None:
        policy = shipped.policy
        assert policy.severity == {"critical": 0.5, "high": 0.3, "medium": 0.15, "low": 0.05}
        assert policy.bands == (
            (0, "starting"),
            (25, "early"),
            (50, "building"),
            (70, "close"),
            (85, "strong"),
        )
        assert (policy.proof_days, policy.provisional_below, policy.unlabelled_below) == (180, 0.8, 0.6)
        assert policy.boxes["pilot"] == policy.medians["pilot"] == 90
        assert policy.thresholds["P10"] == {"of": 4, "medium": 2, "high": 3}
        assert {f"P{number:02}" for number in range(1, 19)} | {
            f"PF{number}" for number in range(1, 5)
        } <= set(policy.thresholds)
        assert (policy.digest.weekday, policy.digest.hour, policy.digest.words, policy.digest.shown) == (
            1,
            9,
            150,
            3,
        )


def test_every_condition_that_compares_with_last_time_has_something_to_compare(shipped: Content) -> None:
    for form in shipped.questionnaires.values():
        for question in form.questions():
            for check in checks(question.when):
                if check.test in (Asks.FALLS_BY, Asks.RISES_BY):
                    at = form.question(check.name)
                    assert at is not None
                    assert at.kind is Kind.LEVEL
