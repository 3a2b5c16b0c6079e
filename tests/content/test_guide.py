"""The guide for authors keeps its word: every example in it is right, and everything it should name is named."""

import re
from pathlib import Path
from textwrap import indent

import pytest

from bot.content import conditions, forms
from bot.content.lint import lint
from bot.core.questionnaire import PILOT_FIELDS, PLACEHOLDERS, Kind
from tests.content.folders import SHIPPED

GUIDE = (SHIPPED / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
WHOLE = EXAMPLES[0]  # the first example is a whole questionnaire, the others are parts that fit into it


def placed(example: str) -> str:
    """A whole questionnaire around an example."""
    head, third = WHOLE[: WHOLE.index("screens:")], "\n  - id: third\n    title: Third\n    questions:\n"
    if example.startswith("when:"):
        question = "- id: retro.third\n  kind: yesno\n  text: Really?\n" + indent(example, "  ")
        return WHOLE + third + indent(question, "      ")
    if example.startswith("- id:"):
        return WHOLE + third + indent(example, "      ")
    return head + example if example.startswith("screens:") else example


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_every_example_is_right(tmp_path: Path, example: str) -> None:
    for name in ("readiness.yaml", "policy.yaml"):
        text = (SHIPPED / name).read_text(encoding="utf-8")
        cadences = re.sub(r"questionnaire: \w+", "questionnaire: retro", text)
        (tmp_path / name).write_text(cadences, encoding="utf-8")
    (tmp_path / "retro.yaml").write_text(placed(example), encoding="utf-8")
    assert [str(problem) for problem in lint(tmp_path)] == []


def test_the_guide_names_every_kind_key_test_field_and_placeholder() -> None:
    code = " ".join(re.findall(r"`+(?:yaml)?([^`]+)`+", GUIDE)) + GUIDE
    words = [*Kind, *forms.QUESTION_KEYS, *forms.SCREEN_KEYS, *conditions.KEYS, *PILOT_FIELDS]
    assert [word for word in words if not re.search(rf"\b{word}\b", code)] == []
    assert [name for name in PLACEHOLDERS if f"`{{{name}}}`" not in GUIDE] == []


def test_the_guide_names_every_file_of_the_folder() -> None:
    for file in SHIPPED.glob("*.yaml"):
        assert f"`{file.stem}`" in GUIDE or f"`{file.name}`" in GUIDE, file.name
