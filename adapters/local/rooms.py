"""The local chat's conversations: messages, who sees them, what is unread, a journal; it knows no HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TextIO

from bot import log as logs

log = logs.get("local")

KEPT = 2000  # messages of one conversation: a year of a busy channel; older ones are forgotten


@dataclass(frozen=True, slots=True)
class Posted:
    """One message. Either `card` (the bot's) or `text` (a person's); `only` names the one person who sees it.

    `at` and `edited` are ISO moments of the bot's clock; `thread` is the id of the root it hangs under;
    `seq` is its place in the order and `rev` counts its changes.
    """

    id: str
    conversation: str
    by: str
    at: str
    card: Mapping[str, Any] | None = None
    text: str = ""
    thread: str = ""
    only: str = ""
    edited: str = ""
    seq: int = 0
    rev: int = 0


class Journal:
    """JSON lines in a file, appended as things happen. A line that was cut off by a crash is passed over."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None

    def read(self) -> list[dict[str, Any]]:
        """Every entry that can be read, in order; none when there is no file yet."""
        if not self._path.exists():
            return []
        lines = self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        entries = [_entry(line) for line in lines]
        if unread := sum(entry is None for entry in entries):
            log.warning("local.journal.unreadable", lines=unread)
        return [entry for entry in entries if entry is not None]

    def rewrite(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Put these in place of all there is, at once."""
        self.close()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(self._path.suffix + ".new")
        fresh.write_text("".join(_line(entry) for entry in entries), encoding="utf-8")
        fresh.replace(self._path)

    def append(self, entry: Mapping[str, Any]) -> None:
        """Add one and hand it to the operating system, so that it survives the end of this process."""
        if self._file is None:
            self._file = self._path.open("a", encoding="utf-8")
        self._file.write(_line(entry))
        self._file.flush()

    def close(self) -> None:
        """Let go of the file; the next append opens it again."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _line(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, separators=(",", ":")) + "\n"


def _entry(line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


_TEXTS = ("id", "conversation", "by", "at", "text", "thread", "only", "edited")


def _posted(entry: Mapping[str, Any]) -> Posted:
    """A message as it was written down; TypeError or KeyError when it is not one."""
    texts, numbers = {name: entry[name] for name in _TEXTS}, {name: entry[name] for name in ("seq", "rev")}
    card = entry["card"]
    whole = all(isinstance(one, str) for one in texts.values()) and all(
        isinstance(one, int) for one in numbers.values()
    )
    if not whole or not isinstance(card, dict | None):
        raise TypeError
    return Posted(card=card, **texts, **numbers)


class Rooms:
    """All messages by conversation, oldest first, and how far each person has read."""

    def __init__(self, journal: Path | None = None) -> None:
        self._by_conversation: dict[str, dict[str, Posted]] = {}
        self._by_id: dict[str, Posted] = {}
        self._read: dict[tuple[str, str], int] = {}
        self._seq = 0
        self._journal = Journal(journal) if journal else None
        if self._journal:
            self._restore(self._journal)

    def get(self, message: str) -> Posted | None:
        """The message with this id."""
        return self._by_id.get(message)

    def put(self, posted: Posted) -> Posted:
        """Store a new message at the end, or a known one in its place; it comes back with its number."""
        old = self._by_id.get(posted.id)
        kept = replace(posted, seq=old.seq, rev=old.rev + 1) if old else replace(posted, seq=self._seq + 1)
        self._store(kept)
        self._write({"put": asdict(kept)})
        return kept

    def drop(self, message: str) -> Posted | None:
        """Forget a message."""
        if gone := self._by_id.pop(message, None):
            del self._by_conversation[gone.conversation][message]
            self._write({"drop": message})
        return gone

    def seen(self, user: str, conversation: str) -> None:
        """The person has read all there is."""
        self._read[user, conversation] = self._seq
        self._write({"seen": [user, conversation, self._seq]})

    def conversations(self) -> list[str]:
        """Those with a message in them."""
        return [name for name, messages in self._by_conversation.items() if messages]

    def visible(self, user: str, conversation: str) -> list[Posted]:
        """What this person sees there, oldest first."""
        return [one for one in self._by_conversation.get(conversation, {}).values() if one.only in {"", user}]

    def unread(self, user: str, conversation: str) -> int:
        """How many messages of others came since the person last looked."""
        mark = self._read.get((user, conversation), 0)
        return sum(one.seq > mark and one.by != user for one in self.visible(user, conversation))

    def newest(self) -> int:
        """The number of the newest message."""
        return self._seq

    def arrived(self, since: int) -> dict[str, int]:
        """How many messages stand after a number, by conversation."""
        counts = {
            name: sum(one.seq > since for one in messages.values())
            for name, messages in self._by_conversation.items()
        }
        return {name: count for name, count in counts.items() if count}

    def close(self) -> None:
        """Let go of the journal."""
        if self._journal:
            self._journal.close()

    def _store(self, posted: Posted) -> None:
        messages = self._by_conversation.setdefault(posted.conversation, {})
        messages[posted.id] = self._by_id[posted.id] = posted
        self._seq = max(self._seq, posted.seq)
        if len(messages) > KEPT:
            oldest = next(iter(messages))
            del messages[oldest], self._by_id[oldest]

    def _write(self, entry: Mapping[str, Any]) -> None:
        if self._journal:
            self._journal.append(entry)

    def _restore(self, journal: Journal) -> None:
        for entry in journal.read():
            try:
                self._replay(entry)
            except (KeyError, TypeError, ValueError):
                log.warning("local.journal.unreadable", lines=1)
        journal.rewrite(self._all())

    def _replay(self, entry: Mapping[str, Any]) -> None:
        if "put" in entry:
            self._store(_posted(entry["put"]))
        elif "drop" in entry:
            gone = self._by_id.pop(entry["drop"])
            del self._by_conversation[gone.conversation][gone.id]
        elif "seen" in entry:
            user, conversation, seq = entry["seen"]
            self._read[str(user), str(conversation)] = int(seq)

    def _all(self) -> Iterable[Mapping[str, Any]]:
        for posted in sorted(self._by_id.values(), key=lambda one: one.seq):
            yield {"put": asdict(posted)}
        for (user, conversation), seq in self._read.items():
            yield {"seen": [user, conversation, seq]}
