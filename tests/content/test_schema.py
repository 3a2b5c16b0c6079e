"""The schemas that editors use and the loader agree on what may stand where."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from bot.content import conditions, forms, policy, readiness
from bot.content.document import parse, plain
from bot.content.problem import Page
from bot.core.questionnaire import PILOT_FIELDS, ROLES, Kind
from tests.content.folders import READINESS, RETRO, SHIPPED, complaints, swap
from tests.content.folders import policy as small_policy

SCHEMAS = {"readiness": "readiness.schema.json", "policy": "policy.schema.json"}


def schema(name: str) -> dict[str, Any]:
    text = (SHIPPED / SCHEMAS.get(name, "schema.json")).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def accepts(name: str, raw: str | bytes) -> bool:
    """Whether an editor would leave the text alone."""
    page = Page(name)
    node = parse(page, raw.encode() if isinstance(raw, str) else raw)
    assert node is not None, page.problems
    return bool(jsonschema_rs.Draft7Validator(schema(name)).is_valid(plain(node)))


@pytest.mark.parametrize("name", ["retro", "readiness", "policy"])
def test_the_schema_itself_is_sound(name: str) -> None:
    jsonschema_rs.meta.validate(schema(name))


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.yaml")), ids=lambda file: file.stem)
def test_editors_leave_what_ships_alone(file: Path) -> None:
    assert accepts(file.stem, file.read_bytes())


@pytest.mark.parametrize(
    ("name", "text"), [("retro", RETRO), ("readiness", READINESS), ("policy", small_policy())]
)
def test_editors_leave_a_small_folder_alone(name: str, text: str) -> None:
    assert accepts(name, text)


# What a schema can see: all of these are underlined in an editor and refused by the loader.
BAD = [
    ("retro", "slug: nothing", "slug: n/a"),
    ("retro", "id: retro.users", "id: Retro"),
    ("retro", "kind: number", "kind: numbr"),
    ("retro", "low: 0", "lwo: 0"),
    ("retro", "low: 0", "private: true"),
    ("retro", "low: 0", "low: none"),
    ("retro", "low: 0", 'none_label: ""'),
    ("retro", "kind: person", "kind: text"),
    ("retro", "kind: person", "kind: level"),
    ("retro", "kind: person", "kind: single"),
    ("retro", "        text: How many use it?\n", ""),
    ("retro", "asks: owner", "asks: onwer"),
    ("retro", "asks: owner\n", ""),
    ("retro", "version: 1", "version: one"),
    ("retro", "version: 1", "version: 0"),
    ("retro", "version: 1", "version: 1.5"),
    ("retro", "minutes: 1", "minutes: 90"),
    ("retro", "required: true", "required: maybe"),
    ("retro", "title: Looking back\nasks", "title: Looking back at the whole month\nasks"),
    ("retro", "label: Nothing helped", f"label: {'x' * 76}"),
    ("retro", "is: people", "is: [people]"),
    ("retro", "is: people", "iz: people"),
    ("retro", "is: people", "is: people, is_not: data"),
    ("retro", "is: people", "any_of: []"),
    ("retro", "is: people", "than: target_date"),
    ("retro", "is: people", "rises_by: 5"),
    ("retro", "is: people", "given: maybe"),
    ("retro", "is: people", "same_as_last: false"),
    ("retro", "{answer: retro.helped, is: people}", "{answer: retro.day, later_by_days: 14}"),
    ("retro", "{answer: retro.helped, is: people}", "{answer: retro.helped, pilot: stage, is: people}"),
    ("retro", "{answer: retro.helped, is: people}", "{pilot: stgae, is: pilot}"),
    ("retro", "{answer: retro.helped, is: people}", "{role: spnsor}"),
    ("retro", "{answer: retro.helped, is: people}", "{all: []}"),
    ("retro", "{answer: retro.helped, is: people}", "people"),
    ("readiness", ", 2: Today's steps", ""),
    ("readiness", "4: The standard", "4: The standard, 5: Better"),
    ("readiness", "1: A sketch", f"1: {'x' * 76}"),
    ("readiness", "must: {flow.map: 2}", "must: {flow.map: 5}"),
    ("readiness", "opens: pilot", "opens: pliot"),
    ("readiness", "    reviewers: {lead: [flow.map]}\n", ""),
    ("readiness", "reviewers: {lead: [flow.map]}", "reviewers: {laed: [flow.map]}"),
    ("readiness", "weight: 1.0", "weight: heavy"),
    ("policy", "P10: {of: 4, medium: 2, high: 3}", "P10: {of: 4, high: 3}"),
    ("policy", "  PF4: {months: 12, pilots: 8}\n", ""),
    ("policy", "  high: 0.30\n", "  high: 3\n"),
    ("policy", "stages: [pilot]", "stages: [piolt]"),
    ("policy", ", weeks: 2}", "}"),
    ("policy", ", weeks: 2}", ", weeks: 2, months: 1}"),
    ("policy", "weekday: tuesday", "weekday: tusday"),
    ("policy", "  hour: 10\n", "  hour: 25\n"),
    ("policy", "  hour: 10\n", "  hour: 10\n  country: Latvia\n"),
    ("policy", "  hour: 10\n", "  hour: 10\n  subdivision: BY\n"),
    ("policy", "  hour: 10\n", "  hour: 10\n  holidays: [24.12.2026]\n"),
    ("policy", "  working_days: [monday, tuesday, wednesday, thursday, friday]\n", ""),
]
TEXTS = {"retro": RETRO, "readiness": READINESS, "policy": small_policy()}


@pytest.mark.parametrize(("name", "old", "new"), BAD)
def test_what_editors_underline_the_loader_refuses(tmp_path: Path, name: str, old: str, new: str) -> None:
    text = swap(TEXTS[name], old, new)
    assert not accepts(name, text)
    assert complaints(tmp_path, **{name: text})


def test_the_loader_and_the_schema_know_the_same_keys() -> None:
    form, model, rules = schema("retro"), schema("readiness"), schema("policy")
    parts = form["definitions"]
    assert set(form["properties"]) == set(forms.FORM_KEYS)
    assert set(parts["screen"]["properties"]) == set(forms.SCREEN_KEYS)
    assert set(parts["question"]["properties"]) == set(forms.QUESTION_KEYS)
    assert set(parts["option"]["properties"]) == set(forms.OPTION_KEYS)
    assert {key for branch in parts["condition"]["oneOf"] for key in branch["properties"]} == set(
        conditions.KEYS
    )
    assert set(model["properties"]) == set(readiness.KEYS)
    dimension = model["properties"]["dimensions"]["items"]["properties"]
    assert set(dimension) == set(readiness.DIMENSION_KEYS)
    assert set(dimension["items"]["items"]["properties"]) == set(readiness.ITEM_KEYS)
    assert set(model["properties"]["gates"]["items"]["properties"]) == set(readiness.GATE_KEYS)
    assert set(rules["properties"]) == set(policy.KEYS)
    assert set(rules["properties"]["asking"]["properties"]) == set(policy.ASKING_KEYS)
    assert set(rules["properties"]["cadences"]["items"]["properties"]) == set(policy.CADENCE_KEYS)


def test_the_loader_and_the_schema_know_the_same_words() -> None:
    form, rules = schema("retro"), schema("policy")
    branches = form["definitions"]["condition"]["oneOf"]
    fields = next(each["properties"]["pilot"]["enum"] for each in branches if "pilot" in each["properties"])
    assert form["properties"]["asks"]["enum"] == list(ROLES)
    assert form["definitions"]["question"]["properties"]["kind"]["enum"] == list(Kind)
    assert fields == list(PILOT_FIELDS)
    numbers = rules["properties"]["thresholds"]["properties"]
    assert {name: tuple(part["required"]) for name, part in numbers.items()} == dict(policy.THRESHOLDS)
