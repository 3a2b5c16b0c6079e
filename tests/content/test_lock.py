"""A published version never changes: one word of a label is enough to be found out."""

import shutil
from pathlib import Path

import pytest

from bot.content import lock
from bot.content.lint import lint
from bot.content.loader import examine
from bot.content.problem import ContentError
from tests.content.folders import READINESS, RETRO, SHIPPED, furnish, policy, swap


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What ships, in a folder that may be changed."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "questionnaires"))


def change(file: Path, old: str, new: str) -> None:
    file.write_text(swap(file.read_text(encoding="utf-8"), old, new), encoding="utf-8")


def said(folder: Path) -> list[str]:
    return [str(problem) for problem in lint(folder)]


def test_what_ships_is_what_was_published() -> None:
    found = examine(SHIPPED)
    assert lock.check(found, SHIPPED / lock.NAME) == []
    assert lock.unpublished(found, SHIPPED / lock.NAME) == ()
    assert {edition.id for edition in found.editions} == {
        *("kickoff", "pulse", "review", "gate", "value30", "decision", "second", "readiness", "policy")
    }


def test_a_changed_label_needs_a_new_version(copy: Path) -> None:
    change(copy / "pulse.yaml", "label: We were blocked", "label: We were stopped")
    assert said(copy) == ["pulse.yaml:5: version 1 was published with other content; raise version to 2"]
    change(copy / "pulse.yaml", "version: 1", "version: 2")
    assert said(copy) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# Facts first", "# First the facts"),
        ("{slug: money, label: Money}", '{slug: "money", label: "Money"}'),
        ("        required: true\n        low: 0\n", "        low: 0.0\n        required: true\n"),
    ],
)
def test_a_comment_a_quote_and_the_order_of_keys_are_no_change(copy: Path, old: str, new: str) -> None:
    change(copy / "pulse.yaml", old, new)
    assert said(copy) == []


def test_a_changed_item_names_every_questionnaire_that_shows_it(copy: Path) -> None:
    change(copy / "readiness.yaml", "0: No map of the work", "0: There is no map")
    places = [line.partition(": ")[0] for line in said(copy)]
    assert places == ["readiness.yaml:6", "review.yaml:6"]


def test_a_changed_threshold_needs_a_new_policy(copy: Path) -> None:
    change(copy / "policy.yaml", "P10: {of: 4, medium: 2", "P10: {of: 4, medium: 1")
    assert said(copy) == ["policy.yaml:5: version 1 was published with other content; raise version to 2"]


def test_publishing_adds_a_line_and_changes_none(copy: Path) -> None:
    before = (copy / lock.NAME).read_text(encoding="utf-8")
    change(copy / "pulse.yaml", "label: We were blocked", "label: We were stopped")
    change(copy / "pulse.yaml", "version: 1", "version: 2")
    (new,) = lock.publish(copy)
    assert (new.id, new.version) == ("pulse", 2)
    after = (copy / lock.NAME).read_text(encoding="utf-8")
    assert after == before + f"pulse 2 sha256:{new.digest}\n"
    assert lock.publish(copy) == ()
    assert (copy / lock.NAME).read_text(encoding="utf-8") == after


def test_an_older_version_does_not_come_back(copy: Path) -> None:
    change(copy / "pulse.yaml", "version: 1", "version: 3")
    lock.publish(copy)
    change(copy / "pulse.yaml", "version: 3", "version: 2")
    assert said(copy) == [
        "pulse.yaml:5: version 2 is older than version 3, which was published; raise version to 4"
    ]


def test_what_has_problems_is_not_published(copy: Path) -> None:
    before = (copy / lock.NAME).read_bytes()
    change(copy / "pulse.yaml", "version: 1", "version: 2")
    change(copy / "pulse.yaml", "slug: money", "slug: Mon€y")
    with pytest.raises(ContentError, match=r"pulse\.yaml:\d+: option 'Mon€y' is not a slug; use 'mon_y'"):
        lock.publish(copy)
    assert (copy / lock.NAME).read_bytes() == before


def test_a_changed_version_cannot_be_published_over_the_old_one(copy: Path) -> None:
    before = (copy / lock.NAME).read_bytes()
    change(copy / "pulse.yaml", "label: We were blocked", "label: We were stopped")
    with pytest.raises(ContentError, match="raise version to 2"):
        lock.publish(copy)
    assert (copy / lock.NAME).read_bytes() == before


def test_a_folder_without_a_lock_has_published_nothing(tmp_path: Path) -> None:
    folder = furnish(tmp_path)
    assert lint(folder) == []
    assert [(each.id, each.version) for each in lock.publish(folder)] == [
        *(("retro", 1), ("readiness", 1), ("policy", 1))
    ]
    assert lint(folder) == []
    furnish(folder, retro=swap(RETRO, "Who was it?", "Who?"), readiness=READINESS, policy=policy())
    assert said(folder) == ["retro.yaml:2: version 1 was published with other content; raise version to 2"]


def test_a_broken_lock_is_named_by_line(copy: Path) -> None:
    path = copy / lock.NAME
    path.write_text(path.read_text(encoding="utf-8") + "pulse two\n", encoding="utf-8")
    (only,) = said(copy)
    assert only.endswith("'pulse two' is no published version; restore the file from version control")
    path.write_bytes(b"\xff\n")
    assert "published.lock:1: a byte that is not UTF-8; restore the file from version control" in said(copy)


def test_a_version_listed_twice_counts_as_it_was_first(copy: Path) -> None:
    path = copy / lock.NAME
    path.write_text(path.read_text(encoding="utf-8") + f"pulse 1 sha256:{'0' * 64}\n", encoding="utf-8")
    (only,) = said(copy)
    assert only.endswith("pulse 1 is there twice; keep the first line")
