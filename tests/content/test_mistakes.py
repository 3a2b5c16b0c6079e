"""Each mistake an author can make is answered with its file, its line, what is wrong and what to do."""

from pathlib import Path

import pytest

from bot.content.loader import load
from bot.content.problem import ContentError
from tests.content.folders import READINESS, RETRO, complaints, furnish, policy, swap

# What was written, what stands there instead, and everything that is said about it.
FORM_MISTAKES = [
    # ids and slugs
    (
        "slug: nothing, label: Nothing helped",
        "slug: n/a, label: Nothing helped",
        "retro.yaml:17: option 'n/a' is not a slug; use 'not_applicable'",
    ),
    (
        "slug: nothing,",
        "slug: Not at all!,",
        "retro.yaml:17: option 'Not at all!' is not a slug; use 'not_at_all'",
    ),
    (
        "slug: nothing, label: Nothing helped",
        "slug: data, label: Nothing helped",
        "retro.yaml:17: option 'data' is there twice (first in line 16); keep one",
    ),
    (
        "label: Nothing helped",
        "label: We got the data",
        "retro.yaml:17: label 'We got the data' is there twice (first in line 16); keep one",
    ),
    (
        "id: retro.users",
        "id: retro.helped",
        "retro.yaml:18: question id 'retro.helped' is there twice (first in line 10); choose another id",
    ),
    (
        "id: more",
        "id: first",
        "retro.yaml:29: screen id 'first' is there twice (first in line 7); choose another id",
    ),
    (
        "id: retro.users",
        "id: Retro Users",
        "retro.yaml:18: id 'Retro Users' is not a slug; use 'retro_users'",
    ),
    # kinds and keys
    ("kind: number", "kind: numbr", "retro.yaml:19: unknown kind 'numbr'; did you mean 'number'?"),
    ("low: 0", "lwo: 0", "retro.yaml:21: a question has no key 'lwo'; did you mean 'low'?"),
    (
        "low: 0",
        "private: true",
        "retro.yaml:21: a question of kind 'number' has no 'private'; remove it, or use kind link, longtext or text",
    ),
    (
        "kind: person\n        text: Who was it?",
        "kind: person\n        text: Who was it?\n        none_label: Nobody",
        "retro.yaml:35: a question of kind 'person' has no 'none_label'; remove it, or use kind number or date",
    ),
    ("kind: person", "kind: text", "retro.yaml:32: a question has no 'limit'; add 'limit: ...'"),
    ("asks: owner", "asks: onwer", "retro.yaml:4: unknown asks 'onwer'; did you mean 'owner'?"),
    (
        "item: flow.same",
        "item: flow.sme",
        "retro.yaml:28: unknown readiness item 'flow.sme'; did you mean 'flow.same'?",
    ),
    ("        text: How many use it?\n", "", "retro.yaml:18: a question has no 'text'; add 'text: ...'"),
    (
        "version: 1",
        "version: one",
        "retro.yaml:2: 'version' is 'one', not a number; write a number, such as 3",
    ),
    ("version: 1", "version: 1.5", "retro.yaml:2: 'version' is 1.5, not a whole number; use 2"),
    ("minutes: 1", "minutes: 90", "retro.yaml:5: 'minutes' is 90; use 1 to 60"),
    ("required: true", "required: maybe", "retro.yaml:13: 'required' is 'maybe'; use true or false"),
    ("low: 0", "low: 5\n        high: 2", "retro.yaml:22: 'high' is below 'low'; exchange them"),
    (
        "title: Looking back\nasks",
        "title: Looking back at the whole month\nasks",
        "retro.yaml:3: 'title' has 31 characters, 24 fit: 'Looking back at the whole month'; say it shorter",
    ),
    (
        "label: Nothing helped",
        f"label: {'x' * 76}",
        f"retro.yaml:17: 'label' has 76 characters, 75 fit: '{'x' * 60}...'; say it shorter",
    ),
    (
        "text: How many use it?",
        f"text: How many use {'x' * 140}?",
        "retro.yaml:20: warning: a question of 154 characters; keep it under 150; put the rest into 'hint'",
    ),
    (
        "text: How many use it?",
        f"text: {'x' * 2001}",
        f"retro.yaml:20: 'text' has 2001 characters, 2000 fit: '{'x' * 60}...'; say it shorter",
    ),
    (
        "text: How many use it?",
        "text: How many use it at {pilt}?",
        "retro.yaml:20: unknown placeholder '{pilt}'; did you mean 'pilot'?",
    ),
    (
        "          - {slug: people, label: Somebody took time}\n          - {slug: data, label: We got the data}\n",
        "",
        "retro.yaml:15: a single option leaves no choice; add another, or ask yes or no",
    ),
    (
        "          - {slug: data,",
        "".join(f"          - {{slug: s{n}, label: Label {n}}}\n" for n in range(98))
        + "          - {slug: data,",
        "retro.yaml:15: 101 options, 100 fit; ask in two steps",
    ),
    # conditions
    (
        "when: {answer: retro.helped,",
        "when: {answer: retro.helpt,",
        "retro.yaml:35: a condition on an unknown question 'retro.helpt'; did you mean 'retro.helped'?",
    ),
    (
        "is: people",
        "is: poeple",
        "retro.yaml:35: 'retro.helped' has no option 'poeple'; did you mean 'people'?",
    ),
    (
        "is: people",
        "any_of: people",
        "retro.yaml:35: 'any_of' is 'people', not a list; start each entry on its own line with '- '",
    ),
    ("is: people", "is: [people]", "retro.yaml:35: 'is' wants one option; use any_of for several"),
    ("is: people", "iz: people", None),
    (
        "is: people",
        "at_least: 3",
        (
            "retro.yaml:35: 'at_least' cannot be asked of 'retro.helped'; "
            "use is, is_not, any_of, none_of, given or same_as_last"
        ),
    ),
    (
        "{answer: retro.helped, is: people}",
        "{answer: retro.users, is: many}",
        "retro.yaml:35: 'many' is no answer to 'retro.users'; write a number, such as 3",
    ),
    (
        "{answer: retro.helped, is: people}",
        "{answer: retro.day, later_by_days: 14}",
        "retro.yaml:35: a condition has no 'than'; add 'than: ...'",
    ),
    (
        "{answer: retro.helped, is: people}",
        "{pilot: stage, is: polit}",
        "retro.yaml:35: 'stage' has no option 'polit'; did you mean 'pilot'?",
    ),
    (
        "{answer: retro.helped, is: people}",
        "{pilot: stgae, is: pilot}",
        "retro.yaml:35: the pilot's record has no field 'stgae'; did you mean 'stage'?",
    ),
    (
        "{answer: retro.helped, is: people}",
        "{focus: flow.mpa}",
        "retro.yaml:35: unknown readiness item 'flow.mpa'; did you mean 'flow.map'?",
    ),
    (
        "{answer: retro.helped, is: people}",
        "{role: spnsor}",
        "retro.yaml:35: unknown role 'spnsor'; did you mean 'sponsor'?",
    ),
    (
        "{answer: retro.helped, is: people}",
        "{answer: retro.helped, pilot: stage, is: people}",
        (
            "retro.yaml:35: a condition has answer and pilot; "
            "use exactly one of all, any, not, answer, last, pilot, focus or role"
        ),
    ),
    (
        "{answer: retro.helped, is: people}",
        "retro.helped",
        "retro.yaml:35: a condition is 'retro.helped'; write it as {answer: question.id, is: option}",
    ),
    (
        "{answer: retro.helped, is: people}",
        "{not: {answer: retro.helped, is: people}, is: data}",
        "retro.yaml:35: 'is' stands beside 'not'; put it inside, with its 'answer'",
    ),
    (
        "{answer: retro.helped, is: people}",
        "{answer: retro.helped, is: people, is_not: data}",
        (
            "retro.yaml:35: the condition on 'retro.helped' asks is and is_not; use exactly one of is, is_not, any_of, "
            "none_of, at_least, at_most, given, later_by_days, same_as_last, falls_by or rises_by"
        ),
    ),
    (
        "{answer: retro.helped, is: people}",
        "{answer: retro.helped, same_as_last: false}",
        "retro.yaml:35: 'same_as_last' can only be true; put the condition inside 'not:'",
    ),
    # order
    (
        "low: 0",
        "when: {answer: retro.helped, is: people}",
        (
            "retro.yaml:21: a condition looks at 'retro.helped', which is on the same screen; "
            "move it to a screen after 'retro.helped': a screen is shown all at once"
        ),
    ),
    (
        "low: 0",
        "when: {answer: retro.who, given: true}",
        (
            "retro.yaml:21: a condition looks at 'retro.who', which is on a later screen; "
            "move it to a screen after 'retro.who': a screen is shown all at once"
        ),
    ),
    (
        "        required: true\n",
        "        required: true\n        when: {answer: retro.who, given: true}\n",
        (
            "retro.yaml:14: conditions go round in a circle: retro.helped -> retro.who -> retro.helped; "
            "remove one of these conditions"
        ),
    ),
    (
        "        title: A little more\n"[4:],
        "    title: A little more\n    when: {answer: retro.who, given: true}\n",
        "retro.yaml:31: conditions go round in a circle: retro.who -> retro.who; remove one of these conditions",
    ),
    # reach
    (
        "{answer: retro.helped, is: people}",
        "{all: [{answer: retro.helped, is: people}, {answer: retro.helped, is: data}]}",
        "retro.yaml:32: question 'retro.who' can never be asked; change its condition: its parts exclude each other",
    ),
    (
        "{answer: retro.helped, is: people}",
        "{answer: retro.users, at_most: -1}",
        "retro.yaml:32: question 'retro.who' can never be asked; change its condition: its parts exclude each other",
    ),
    (
        "{answer: retro.helped, is: people}",
        "{all: [{answer: flow.same, rises_by: 3}, {answer: flow.same, at_most: 2}]}",
        "retro.yaml:32: question 'retro.who' can never be asked; change its condition: its parts exclude each other",
    ),
    (
        "{answer: retro.helped, is: people}",
        "{answer: retro.helped, none_of: [people, data, nothing]}",
        "retro.yaml:32: question 'retro.who' can never be asked; change its condition: its parts exclude each other",
    ),
    # templates
    (
        "    title: A little more\n",
        "    title: A little more\n    for_each: flwo\n",
        "retro.yaml:31: for_each names 'flwo', which is no list of items; did you mean 'flow'?",
    ),
    (
        "    title: A little more\n",
        "    title: A little more\n    for_each: flow\n",
        "retro.yaml:33: question id 'retro.who' is there twice (first in line 33); put '{item}' into the id",
    ),
    # YAML itself
    (
        "    title: Looking back\n",
        "\ttitle: Looking back\n",
        "retro.yaml:8: a tab; use blanks: two for each step of indentation",
    ),
    (
        "minutes: 1",
        "minutes: 1\nminutes: 2",
        "retro.yaml:6: 'minutes' is written twice (first in line 5); keep one",
    ),
    (
        "text: Who was it?",
        "text: Who: was it?",
        (
            "retro.yaml:34: not valid YAML: mapping values are not allowed in this context; "
            "put the text in quotes if it holds a colon, and check the indentation"
        ),
    ),
    (
        "title: Looking back\nasks",
        "title: &t Looking back\nasks",
        "retro.yaml:3: an anchor or alias ('&' or '*'); write the text out, or put it in quotes",
    ),
    (
        "title: Looking back\nasks",
        "title: !!python/name:os.system\nasks",
        "retro.yaml:3: a type tag ('!'); remove it, or put the text in quotes",
    ),
    ("asks: owner", "asks: [owner]", "retro.yaml:4: 'asks' is a list, not a text; write it on one line"),
    ("asks: owner", "asks:", "retro.yaml:4: a questionnaire has no 'asks'; add 'asks: ...'"),
    (
        "title: Looking back\nasks",
        'title: "Looking\\u202eback"\nasks',
        "retro.yaml:3: an invisible control character in 'Looking?back'; remove it",
    ),
]


@pytest.mark.parametrize(("written", "instead", "said"), FORM_MISTAKES)
def test_a_mistake_in_a_questionnaire_is_named_with_its_line_and_its_fix(
    tmp_path: Path, written: str, instead: str, said: str | None
) -> None:
    found = complaints(tmp_path, retro=swap(RETRO, written, instead))
    if said is None:
        assert len(found) == 2, "an unknown test is both unknown and missing"
    else:
        assert found == [said]


MODEL_MISTAKES = [
    (
        ", 2: Today's steps",
        "",
        ["readiness.yaml:9: 'levels' has a gap: level 2 missing; describe all five, 0 to 4"],
    ),
    (
        "4: The standard",
        "4: The standard, 5: Better still",
        ["readiness.yaml:9: 'levels' has no level '5'; use 0, 1, 2, 3 and 4"],
    ),
    (
        "1: A sketch",
        f"1: {'x' * 76}",
        [f"readiness.yaml:9: level 1 has 76 characters, 75 fit: '{'x' * 60}...'; say it shorter"],
    ),
    (
        "1: A sketch",
        '1: ""',
        ["readiness.yaml:9: level 1 has no description; write one condition that can be seen"],
    ),
    (
        "- id: flow.same",
        "- id: data.same",
        [
            "readiness.yaml:14: item 'data.same' stands under 'flow'; use 'flow.same'",
            "retro.yaml:28: unknown readiness item 'flow.same'; did you mean 'flow.map'?",
        ],
    ),
    (
        "must: {flow.map: 2}",
        "must: {flow.map: 5}",
        ["readiness.yaml:25: level '5' for 'flow.map'; use a level from 0 to 4"],
    ),
    (
        "must: {flow.map: 2}",
        "must: {flow.map: 2, flow.mop: 2}",
        ["readiness.yaml:25: unknown readiness item 'flow.mop'; did you mean 'flow.map'?"],
    ),
    (
        "must: {flow.map: 2}",
        "must: {flow.map: 2, flow.same: 2}",
        ["readiness.yaml:26: nobody confirms flow.same; list it under a role"],
    ),
    (
        "must: {flow.map: 2}",
        "must: {flow.map: 2}\n    low_risk: {flow.same: 1}",
        [
            (
                "readiness.yaml:26: 'low_risk' relaxes 'flow.same', which 'must' does not hold; "
                "add it to 'must', or remove it"
            )
        ],
    ),
    ("opens: pilot", "opens: pliot", ["readiness.yaml:24: unknown opens 'pliot'; did you mean 'pilot'?"]),
    (
        "never_waived: [flow.map]",
        "never_waived: [flow.mpa]",
        ["readiness.yaml:27: unknown word 'flow.mpa' in 'never_waived'; did you mean 'flow.map'?"],
    ),
    (
        "weight: 1.0",
        "weight: heavy",
        ["readiness.yaml:12: 'weight' is 'heavy', not a number; write a number, such as 3"],
    ),
]


@pytest.mark.parametrize(("written", "instead", "said"), MODEL_MISTAKES)
def test_a_mistake_in_the_readiness_model_is_named_with_its_line_and_its_fix(
    tmp_path: Path, written: str, instead: str, said: list[str]
) -> None:
    assert complaints(tmp_path, readiness=swap(READINESS, written, instead)) == said


POLICY_MISTAKES = [
    ("flow: 1.0", "flow: 0.8", "the weights sum to 0.8; change them so that they sum to 1"),
    ("P10: {of: 4, medium: 2, high: 3}", "P10: {of: 4, high: 3}", "'P10' has no 'medium'; add 'medium: ...'"),
    (
        "P10: {of: 4, medium: 2,",
        "P10: {of: 4, medum: 2, medium: 2,",
        "'P10' has no key 'medum'; did you mean 'medium'?",
    ),
    ("  PF4: {months: 12, pilots: 8}\n", "", "'thresholds' has no 'PF4'; add 'PF4: ...'"),
    ("  high: 0.30\n", "  high: 3\n", "'high' is 3; use 0 to 1"),
    ("  pilot: 90\n", "  pilto: 90\n", None),
    ("stages: [pilot]", "stages: [piolt]", "unknown word 'piolt' in 'stages'; did you mean 'pilot'?"),
    ("questionnaire: retro", "questionnaire: rtro", "unknown questionnaire 'rtro'; did you mean 'retro'?"),
    (", weeks: 2}", "}", "a cadence has no interval; give either 'weeks' or 'months'"),
    (
        ", weeks: 2}",
        ", weeks: 2, months: 1}",
        "a cadence has both 'weeks' and 'months'; give either 'weeks' or 'months'",
    ),
    ("weekday: tuesday", "weekday: tusday", "unknown weekday 'tusday'; did you mean 'tuesday'?"),
    (
        "weekday: tuesday",
        "weekday: friday",
        "'friday' is a day on which nobody is asked; use monday, tuesday, wednesday or thursday",
    ),
    ("  hour: 10\n", "  hour: 19\n", "hour 19 is within the quiet hours; use 8 to 17"),
    ("  25: early", "  60: early", "the bands do not rise; write the lowest first"),
    ("  0: starting", "  10: starting", "the lowest band starts at 10; start at 0"),
]


@pytest.mark.parametrize(("written", "instead", "said"), POLICY_MISTAKES)
def test_a_mistake_in_the_policy_is_named_with_its_line_and_its_fix(
    tmp_path: Path, written: str, instead: str, said: str | None
) -> None:
    text = swap(policy(), written, instead)
    found = complaints(tmp_path, policy=text)
    if said is None:
        assert len(found) == 2, "an unknown stage is both unknown and missing"
        return
    (only,) = found
    place, _, rest = only.partition(": ")
    file, _, line = place.partition(":")
    assert (file, rest) == ("policy.yaml", said)
    changed = [
        n for n, (a, b) in enumerate(zip(policy().splitlines(), text.splitlines(), strict=False), 1) if a != b
    ]
    assert abs(int(line) - changed[0]) <= 60, "the line is that of the key or of the block around it"


def test_a_follow_up_of_a_question_that_nobody_reaches_is_unreachable_too(tmp_path: Path) -> None:
    never = swap(RETRO, "is: people}", "none_of: [people, data, nothing]}")
    text = (
        never
        + """\
  - id: last
    title: Last
    questions:
      - id: retro.thanks
        kind: yesno
        text: Did you thank them?
        when: {answer: retro.who, given: true}
"""
    )
    assert complaints(tmp_path, retro=text) == [
        "retro.yaml:32: question 'retro.who' can never be asked; change its condition: its parts exclude each other",
        (
            "retro.yaml:39: question 'retro.thanks' can never be asked; "
            "change its condition: 'retro.who' can never be answered"
        ),
    ]


def test_a_follow_up_cannot_contradict_what_led_to_its_question(tmp_path: Path) -> None:
    text = (
        RETRO
        + """\
  - id: last
    title: Last
    questions:
      - id: retro.thanks
        kind: yesno
        text: Did you thank them?
        when: {all: [{answer: retro.who, given: true}, {answer: retro.helped, is: data}]}
"""
    )
    assert complaints(tmp_path, retro=text) == [
        (
            "retro.yaml:39: question 'retro.thanks' can never be asked; "
            "change its condition: its parts exclude each other"
        )
    ]


def test_an_answer_that_must_not_be_missing_must_have_been_asked(tmp_path: Path) -> None:
    text = (
        RETRO
        + """\
  - id: last
    title: Last
    questions:
      - id: retro.thanks
        kind: yesno
        text: Did you thank them?
        when: {all: [{answer: retro.helped, is: data}, {not: {answer: retro.who, given: false}}]}
"""
    )
    assert complaints(tmp_path, retro=text) == [
        (
            "retro.yaml:39: question 'retro.thanks' can never be asked; "
            "change its condition: its parts exclude each other"
        )
    ]


def test_one_mistake_in_a_repeated_question_is_named_once(tmp_path: Path) -> None:
    text = (
        RETRO
        + """\
  - id: all_items
    title: All items
    for_each: flow
    questions:
      - id: "{item}.note"
        kind: text
        text: "{question} {wurds}"
        limit: 140
"""
    )
    assert complaints(tmp_path, retro=text) == [
        (
            "retro.yaml:42: unknown placeholder '{wurds}'; use pilot, owner, sponsor, decider, stage, metric, "
            "baseline, target, intended, target_date, decide_by, last_date, sure_label, item, question, proof or levels"
        )
    ]


def test_a_double_on_one_line_is_a_double(tmp_path: Path) -> None:
    options = "[{slug: a, label: A}, {slug: a, label: B}, {slug: c, label: C}]"
    text = swap(RETRO, "kind: person\n", f"kind: single\n        options: {options}\n")
    assert complaints(tmp_path, retro=text) == [
        "retro.yaml:34: option 'a' is there twice (first in line 34); keep one"
    ]


def test_two_bad_slugs_are_two_mistakes_and_not_a_double(tmp_path: Path) -> None:
    text = swap(swap(RETRO, "slug: people,", "slug: P!,"), "slug: data,", "slug: D!,")
    assert complaints(tmp_path, retro=text) == [
        "retro.yaml:15: option 'P!' is not a slug; use 'p'",
        "retro.yaml:16: option 'D!' is not a slug; use 'd'",
    ]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = swap(swap(RETRO, "kind: number", "kind: numbr"), "is: people", "is: poeple")
    furnish(tmp_path, retro=text, policy=swap(policy(), "flow: 1.0", "flow: 0.8"))
    with pytest.raises(ContentError) as caught:
        load(tmp_path)
    assert [problem.line for problem in caught.value.problems if problem.file == "retro.yaml"] == [19, 35]
    assert {problem.file for problem in caught.value.problems} == {"policy.yaml", "retro.yaml"}
    assert str(caught.value).count("\n") == 2


def test_a_warning_does_not_keep_a_file_from_being_used(tmp_path: Path) -> None:
    text = swap(RETRO, "How many use it?", f"How many use {'x' * 140}?")
    assert load(furnish(tmp_path, retro=text)).questionnaires["retro"].version == 1


def test_two_files_cannot_hold_the_same_questionnaire(tmp_path: Path) -> None:
    assert complaints(tmp_path, second=RETRO) == [
        "second.yaml:1: questionnaire id 'retro' is also in retro.yaml; choose another id"
    ]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    furnish(tmp_path)
    (tmp_path / "policy.yaml").unlink()
    with pytest.raises(ContentError, match=r"^policy.yaml:1: the file is missing; copy the one that ships"):
        load(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="nowhere:1: the folder cannot be read"):
        load(tmp_path / "nowhere")


def test_a_folder_named_like_a_file_is_named(tmp_path: Path) -> None:
    furnish(tmp_path)
    (tmp_path / "odd.yaml").mkdir()
    with pytest.raises(ContentError, match=r"odd\.yaml:1: this is not a file; check that it is a file"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "retro.yaml:1: the file is empty; copy the start of another file in this folder"),
        (
            b"# nothing but a comment\n",
            "retro.yaml:1: the file is empty; copy the start of another file in this folder",
        ),
        (
            b"id: retro\ntitle: \xff\n",
            "retro.yaml:2: a byte that is not UTF-8; save the file with the encoding UTF-8",
        ),
        (
            b"- a\n- b\n",
            "retro.yaml:1: a questionnaire is a list, not a block of keys; indent its keys below it",
        ),
        (
            b"id: a\n---\nid: b\n",
            "retro.yaml:3: a second document begins ('---'); keep one questionnaire in one file",
        ),
        (
            b"x" * 300_000,
            "retro.yaml:1: the file is larger than 256 kB; split it, or look for a pasted text",
        ),
        (
            b"[" * 5000,
            "retro.yaml:1: blocks inside blocks, more than 20 deep; check the brackets and dashes",
        ),
        (
            b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
            "retro.yaml:1: an anchor or alias ('&' or '*'); write the text out, or put it in quotes",
        ),
        (b"? [a]\n: b\n", None),
        (b'id: "never closed\n', None),
        (b"id: \x07\n", None),
    ],
)
def test_what_is_no_questionnaire_at_all_is_told_in_a_sentence(
    tmp_path: Path, raw: bytes, said: str | None
) -> None:
    found = [each for each in complaints(tmp_path, retro=raw) if each.startswith("retro.yaml:")]
    assert found
    assert said is None or found == [said]
