"""Files as Slack takes them: a place, then the bytes, then the end of it, and only later it can be shown."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass
class File:
    """One file. `looks` is how often Slack still has to be asked before it has looked at the file."""

    id: str
    name: str
    length: int
    looks: int
    data: bytes = b""
    complete: bool = False

    @property
    def ready(self) -> bool:
        """Whether a message may show it."""
        return self.complete and self.looks <= 0

    def shown(self) -> dict[str, Any]:
        """As `files.info` tells it: without a type until Slack has looked."""
        return {"id": self.id, "name": self.name, "mimetype": "image/png" if self.ready else ""}


@dataclass
class Files:
    """The files of a workspace; a fresh one is looked at `looks` times in vain."""

    looks: int = 1
    kept: dict[str, File] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def place(self, name: str, length: int) -> File:
        """Where a file is to be put."""
        file = File(f"F{next(self._numbers):010}", name, length, self.looks)
        self.kept[file.id] = file
        return file

    def put(self, ident: str, data: bytes) -> bool:
        """Its bytes; False where they are not those that were announced."""
        file = self.kept.get(ident)
        if file is None or len(data) != file.length or not data.startswith(PNG):
            return False
        file.data = data
        return True

    def complete(self, files: Any) -> list[File] | None:
        """The end of an upload. One with alternative text is taken and never shown, as at the real one."""
        listed = json.loads(files) if isinstance(files, str) else files
        found = [self.kept.get(one["id"]) for one in listed]
        if not all(file and file.data for file in found):
            return None
        for one, file in zip(listed, found, strict=True):
            assert file
            file.complete = "alt_txt" not in one
        return [file for file in found if file]

    def missing(self, blocks: list[Json]) -> Iterator[str]:
        """The files that blocks show and nobody can see yet."""
        for block in blocks:
            if block.get("type") == "image" and "slack_file" in block:
                file = self.kept.get(block["slack_file"]["id"])
                if file is None or not file.ready:
                    yield block["slack_file"]["id"]
