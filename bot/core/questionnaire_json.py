"""A questionnaire as JSON and back, to keep every version used; it must not know of YAML or tables."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, assert_never

from bot.core.questionnaire import (
    All,
    AnyOf,
    Check,
    Condition,
    Kind,
    Not,
    Option,
    Question,
    Questionnaire,
    Screen,
    Source,
    Test,
)
from bot.core.values import Json

TEXTS = ("hint", "item", "none_label")
FLAGS = ("required", "may_not_apply", "private", "blind")
NUMBERS = ("limit", "low", "high")


def to_json(form: Questionnaire) -> dict[str, Json]:
    """The whole questionnaire, without what is at its default: a new field then changes no old digest."""
    raw: dict[str, Json] = {
        "id": form.id,
        "version": form.version,
        "title": form.title,
        "asks": form.asks,
        "minutes": form.minutes,
        "screens": [_screen(screen) for screen in form.screens],
    }
    return raw | _given(intro=form.intro, digest=form.digest)


def from_json(raw: Mapping[str, Any]) -> Questionnaire:
    """The questionnaire that `to_json` wrote; ValueError for anything else."""
    try:
        return Questionnaire(
            id=str(raw["id"]),
            version=int(raw["version"]),
            title=str(raw["title"]),
            asks=str(raw["asks"]),
            minutes=int(raw["minutes"]),
            screens=tuple(_read_screen(screen) for screen in raw["screens"]),
            intro=str(raw.get("intro", "")),
            digest=str(raw.get("digest", "")),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a stored questionnaire: {error!r}") from error


def digest(form: Questionnaire) -> str:
    """The sha-256 of what is asked: the same for the same content on every machine."""
    raw = to_json(form)
    raw.pop("digest", None)
    return canonical_digest(raw)


def canonical_digest(raw: Json) -> str:
    """The sha-256 of JSON with sorted keys and no blanks, in hexadecimal."""
    text = json.dumps(raw, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _screen(screen: Screen) -> Json:
    raw: dict[str, Json] = {
        "id": screen.id,
        "title": screen.title,
        "questions": [_question(question) for question in screen.questions],
    }
    return raw | _when(screen.when)


def _question(question: Question) -> Json:
    raw: dict[str, Json] = {"id": question.id, "kind": question.kind.value, "text": question.text}
    raw |= _given(**{name: getattr(question, name) for name in (*TEXTS, *FLAGS)})
    raw |= {name: value for name in NUMBERS if (value := getattr(question, name)) is not None}
    if question.options:
        raw["options"] = [_option(option) for option in question.options]
    return raw | _when(question.when)


def _option(option: Option) -> Json:
    raw: dict[str, Json] = {"slug": option.slug, "label": option.label}
    return raw if option.value is None else raw | {"value": option.value}


def _given(**fields: Json) -> dict[str, Json]:
    """The fields that are neither empty nor false."""
    return {name: value for name, value in fields.items() if value}


def _when(condition: Condition | None) -> dict[str, Json]:
    return {} if condition is None else {"when": _condition(condition)}


def _condition(condition: Condition) -> Json:
    match condition:
        case All(parts):
            return {"all": [_condition(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [_condition(part) for part in parts]}
        case Not(part):
            return {"not": _condition(part)}
        case Check(source, name, test, operand, than):
            value: Json = list(operand) if isinstance(operand, tuple) else operand
            raw: dict[str, Json] = {"source": source.value, "name": name, "test": test.value}
            return raw | {"operand": value} | _given(than=than)
    assert_never(condition)


def _read_screen(raw: Mapping[str, Any]) -> Screen:
    questions = tuple(_read_question(question) for question in raw["questions"])
    return Screen(str(raw["id"]), str(raw["title"]), questions, _read_when(raw))


def _read_question(raw: Mapping[str, Any]) -> Question:
    return Question(
        id=str(raw["id"]),
        kind=Kind(raw["kind"]),
        text=str(raw["text"]),
        required=bool(raw.get("required", False)),
        hint=str(raw.get("hint", "")),
        options=tuple(_read_option(option) for option in raw.get("options", ())),
        item=str(raw.get("item", "")),
        none_label=str(raw.get("none_label", "")),
        may_not_apply=bool(raw.get("may_not_apply", False)),
        limit=raw.get("limit"),
        low=raw.get("low"),
        high=raw.get("high"),
        when=_read_when(raw),
        private=bool(raw.get("private", False)),
        blind=bool(raw.get("blind", False)),
    )


def _read_option(raw: Mapping[str, Any]) -> Option:
    return Option(str(raw["slug"]), str(raw["label"]), raw.get("value"))


def _read_when(raw: Mapping[str, Any]) -> Condition | None:
    return _read_condition(raw["when"]) if "when" in raw else None


def _read_condition(raw: Mapping[str, Any]) -> Condition:
    match raw:
        case {"all": list(parts)}:
            return All(tuple(_read_condition(part) for part in parts))
        case {"any": list(parts)}:
            return AnyOf(tuple(_read_condition(part) for part in parts))
        case {"not": part}:
            return Not(_read_condition(part))
        case _:
            return _read_check(raw)


def _read_check(raw: Mapping[str, Any]) -> Check:
    operand = raw["operand"]
    value = tuple(operand) if isinstance(operand, list) else operand
    return Check(Source(raw["source"]), str(raw["name"]), Test(raw["test"]), value, str(raw.get("than", "")))
