"""What one row makes of a pilot: its fields, people and what follows from them; it must not know of the store."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from bot.core.pilotmap import FIELDS, ROLES_IN_FILE, Sort
from bot.core.records import PersonId, Pilot
from bot.service.importing.cells import in_words, parse
from bot.service.importing.days import Reading
from bot.service.importing.faults import Remark, rejected, repaired
from bot.service.importing.gathering import Gathered
from bot.service.importing.people import Directory, Named, named
from bot.service.importing.transitions import PAUSED, settled

DEFAULTED = "nothing usable in the file: a new pilot gets the map's default"
AN_IDEA = "nothing usable in the file: a new pilot starts as an idea"
NOT_PAUSED = "only a paused pilot has this: left empty"
# What an empty cell sets a field to when the map says `empty: clear`. Other fields cannot be without a value.
CLEARED = {
    **dict.fromkeys(("work", "group", "risk", "metric"), ""),
    **dict.fromkeys(("target", "decide_by", "baseline", "goal", "intended_users", "paused_until")),
    "tags": (),
}
_STORED = frozenset(part.name for part in fields(Pilot)) - {*ROLES_IN_FILE, "id", "key"}


@dataclass(frozen=True, slots=True)
class Filler:
    """How rows are turned into pilots: with whom, from which day, and whether empty cells empty fields."""

    people: Directory
    today: date
    clear_empty: bool = False

    def fill(self, before: Pilot | None, key: str, found: Gathered) -> Pilot:
        """The pilot as it will be; everything that needs saying is added to the row's notes."""
        if before is None:
            self._complete(found)
        bare = before or Pilot(0, key, found.text("name"), stage_since=self.today, created=self.today)
        after = replace(bare, key=key, **self._values(before, found), **self._roles(before, found))
        self._refuse_pause(after, found)
        return settled(before, after, found.values, self.today)

    def _complete(self, found: Gathered) -> None:
        """What a new pilot gets where its row says nothing."""
        for name, value in found.defaults.items():
            found.values[name] = value
            found.note(name, repaired(DEFAULTED, in_words(value)))
        if found.whole_name:
            found.values.setdefault("work", found.whole_name)
        if "stage" not in found.values and "stage" in found.cells:
            found.note("stage", repaired(AN_IDEA, "idea"))

    def _values(self, before: Pilot | None, found: Gathered) -> dict[str, Any]:
        """Field -> new value; what a known pilot already has, written differently, stays as it is."""
        values: dict[str, Any] = {name: value for name, value in found.values.items() if name in _STORED}
        if before is None:
            return values
        values = {
            name: value
            for name, value in values.items()
            if not self._same(name, getattr(before, name), value)
        }
        if self.clear_empty:
            cleared = found.cleared - found.values.keys()
            values.update({name: empty for name, empty in CLEARED.items() if name in cleared})
        return values

    def _same(self, name: str, has: object, value: object) -> bool:
        """Whether a value is what reading the present one would give."""
        if has == value:
            return True
        field = FIELDS[name]
        days = Reading(ahead=field.sort is Sort.AHEAD)
        return has is not None and parse(field, in_words(has), today=self.today, days=days).value == value

    def _roles(self, before: Pilot | None, found: Gathered) -> dict[str, Any]:
        people: dict[str, PersonId | None] = {}
        for role in ROLES_IN_FILE:
            cells = {role, f"{role}_email"}
            if cells & found.values.keys():
                person = self._person(role, getattr(before, role) if before else None, found)
                people.update({role: person} if person is not None else {})
            elif (
                self.clear_empty
                and before
                and cells & found.cells.keys()
                and cells & found.cells.keys() <= found.cleared
            ):
                people[role] = None
        return people

    def _person(self, role: str, holder: PersonId | None, found: Gathered) -> PersonId | None:
        name, email = found.text(role), found.text(f"{role}_email")
        cell = role if name else f"{role}_email"
        who, remarks = (Named(name), ()) if not email and self.people.known(name) else named(name, email)
        found.note(cell, *remarks)
        if not who.name and not who.email:
            return None
        person = self.people.find(who, holder)
        if isinstance(person, Remark):
            found.note(cell, person)
            return None
        return person

    def _refuse_pause(self, after: Pilot, found: Gathered) -> None:
        for name in ("paused_until", "before_pause"):
            if after.stage != PAUSED and name in found.values:
                found.note(name, rejected(NOT_PAUSED, "Set the stage to paused, or leave the cell empty."))
