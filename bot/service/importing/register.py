"""Which known pilot a row speaks of, and short names that no other has; it must not know how cells are read."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable

from bot.core.pilotmap import FIELDS
from bot.core.records import Pilot, PilotId
from bot.service.importing.faults import shortened
from bot.service.importing.text import fold, numbered, slug


class Refused(Exception):
    """The row cannot be imported: why, and what to do about it."""

    def __init__(self, reason: str, fix: str) -> None:
        super().__init__(reason)
        self.reason, self.fix = reason, fix


class Register:
    """The pilots there are, and those that the rows so far have spoken of or will add."""

    def __init__(self, pilots: Iterable[Pilot]) -> None:
        known = sorted(pilots, key=lambda pilot: pilot.id)
        self._by_key = {pilot.key: pilot for pilot in known}
        self._by_external = {pilot.external: pilot for pilot in known if pilot.external}
        self._by_name = _alike(known)
        self._without_id = _alike(pilot for pilot in known if not pilot.external)
        self._keys = {*self._by_key}
        self._rows: dict[PilotId, int] = {}  # pilot -> the row that speaks of it
        self._new: dict[tuple[str, str], int] = {}  # ("key" or "id", text) -> the row that adds it
        self._ids: Counter[str] = Counter()
        self._numbers: Counter[str] = Counter()  # the last number given to a short name

    def counted(self, external: str) -> str:
        """An id put together from columns: its second occurrence in the file becomes `...#2`."""
        self._ids[external] += 1
        count = self._ids[external]
        tail = f"#{count}" if count > 1 else ""
        return external[: FIELDS["external"].limit - len(tail)] + tail

    def match(self, name: str, key: str, external: str, *, whole_name: str = "") -> Pilot | None:
        """The pilot meant: by short name, by id, else by name; None for a new one. Refused where these disagree.

        `whole_name` is what a name was before it was cut.
        """
        by_key, by_id = self._by_key.get(key), self._by_external.get(external)
        if by_key and by_id and by_key.id != by_id.id:
            raise Refused(
                f"key {shortened(key)!r} and external id {shortened(external, 40)!r} belong to two pilots",
                "Correct one of the two.",
            )
        pilot = by_key or by_id or (None if key else self._by_names(name, external, whole_name))
        if pilot is not None and pilot.id in self._rows:
            raise Refused(f"the same pilot as row {self._rows[pilot.id]}", "Keep one of the two rows.")
        for what, text in (("key", key), ("id", external)):
            if text and (what, text) in self._new:
                raise Refused(
                    f"the same {what} as row {self._new[what, text]}", "Keep one row, or correct one of them."
                )
        return pilot

    def claim(self, row: int, pilot: Pilot | None, key: str, external: str) -> None:
        """Remember that a row speaks of a pilot, or adds one."""
        if pilot is not None:
            self._rows[pilot.id] = row
        for what, text in (("key", key), ("id", external)):
            if text:
                self._new[what, text] = row
        if key:
            self._keys.add(key)

    def key_for(self, name: str) -> str:
        """A short name for a new pilot: from its name, numbered when another has it."""
        limit = FIELDS["key"].limit
        stem = slug(name, limit) or "pilot"
        key, self._numbers[stem] = numbered(stem, self._keys, limit, start=self._numbers[stem])
        return key

    def known(self, key: str, external: str) -> Pilot | None:
        """The pilot there is of this short name, or else of this id."""
        return self._by_key.get(key) or self._by_external.get(external)

    def takes(self, key: str) -> bool:
        """Whether a pilot has this short name, or a row gives it."""
        return key in self._keys

    def _by_names(self, name: str, external: str, whole: str) -> Pilot | None:
        """Rows of one name go to its pilots in their order; a row with an id only to a lone pilot without one."""
        alike = (self._without_id if external else self._by_name).get(fold(name), deque())
        while alike and alike[0].id in self._rows:
            alike.popleft()
        free = (
            pilot for pilot in alike if pilot.id not in self._rows and not _cut_from_another(pilot, whole)
        )
        first = next(free, None)
        return None if external and next(free, None) else first


def _alike(pilots: Iterable[Pilot]) -> dict[str, deque[Pilot]]:
    """Name, folded -> the pilots that have it."""
    found: dict[str, deque[Pilot]] = {}
    for pilot in pilots:
        found.setdefault(fold(pilot.name), deque()).append(pilot)
    return found


def _cut_from_another(pilot: Pilot, whole: str) -> bool:
    """Whether a pilot's name was cut from a longer one than this, which its description then begins with."""
    first = pilot.work.partition("\n")[0]
    return bool(whole) and first.startswith(pilot.name.removesuffix("…")) and first != whole
