"""Which versions were published, and that none has changed since; it must not know what a version asks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.content.loader import Edition, Examined, examine
from bot.content.problem import ContentError, Page, Problem, quote

NAME = "published.lock"
LINE = re.compile(r"(?P<id>[a-z0-9_]+) (?P<version>[1-9][0-9]{0,8}) sha256:(?P<digest>[0-9a-f]{64})")
HEADER = """\
# Every version ever published, with the sha-256 of what it asks: old answers point at these. Lines are only added,
# by `rampcheck questionnaires publish`. To change a published text, raise the version in its file.
"""


@dataclass(slots=True)
class Lock:
    """The published versions: (id, version) -> digest, as the file has them."""

    text: str = HEADER
    digests: dict[tuple[str, int], str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def newest(self, id_: str) -> int:
        """The highest version published under an id; 0 for none."""
        return max((version for name, version in self.digests if name == id_), default=0)


def read(path: Path) -> Lock:
    """The lock of a file; a missing file is an empty lock, a broken line a problem."""
    page = Page(path.name)
    try:
        text = path.read_bytes().decode("utf-8") if path.exists() else HEADER
    except OSError as error:
        page.note(1, f"the file cannot be read: {error.strerror}", "check that you may read it")
        return Lock(problems=page.problems)
    except UnicodeDecodeError:
        page.note(1, "a byte that is not UTF-8", "restore the file from version control")
        return Lock(problems=page.problems)
    return Lock(text, _digests(page, text), page.problems)


def check(found: Examined, path: Path) -> list[Problem]:
    """What is wrong with the versions of a folder, held against its lock."""
    lock = read(path)
    problems = list(lock.problems)
    for edition in found.editions:
        page = Page(edition.file, problems)
        key = (edition.id, edition.version)
        newest = lock.newest(edition.id)
        if lock.digests.get(key, edition.digest) != edition.digest:
            what = f"version {edition.version} was published with other content"
            page.note(edition.line, what, f"raise version to {newest + 1}")
        elif edition.version < newest:
            what = f"version {edition.version} is older than version {newest}, which was published"
            page.note(edition.line, what, f"raise version to {newest + 1}")
    return problems


def unpublished(found: Examined, path: Path) -> tuple[Edition, ...]:
    """The versions that the lock does not have yet."""
    known: Mapping[tuple[str, int], str] = read(path).digests
    return tuple(edition for edition in found.editions if (edition.id, edition.version) not in known)


def publish(folder: Path, path: Path | None = None) -> tuple[Edition, ...]:
    """Add the folder's new versions to its lock and return them; old lines stay as they are.

    ContentError, and nothing written, while any file has a problem or a published version was changed.
    """
    path = path or folder / NAME
    found = examine(folder)
    errors = [each for each in (*found.problems, *check(found, path)) if not each.warning]
    if errors:
        raise ContentError(errors)
    new = unpublished(found, path)
    if new:
        lines = [f"{each.id} {each.version} sha256:{each.digest}\n" for each in new]
        text = read(path).text
        _write(path, (text if text.endswith("\n") else text + "\n") + "".join(lines))
    return new


def _digests(page: Page, text: str) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        match = LINE.fullmatch(line.strip())
        if not line.strip() or line.startswith("#"):
            continue
        if match is None:
            page.note(
                number, f"{quote(line)} is no published version", "restore the file from version control"
            )
            continue
        key = (match["id"], int(match["version"]))
        if key in found:
            page.note(number, f"{key[0]} {key[1]} is there twice", "keep the first line")
        found.setdefault(key, match["digest"])
    return found


def _write(path: Path, text: str) -> None:
    """The whole file or nothing: a crash leaves the old one."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
