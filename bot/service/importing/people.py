"""Names and e-mail addresses in cells -> people, known or new; it must not know of pilots or of chat accounts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.core.records import Person, PersonId
from bot.service.importing.faults import Remark, nearest, rejected, repaired, shortened
from bot.service.importing.text import fold

NAME_LIMIT = 80
EMAIL_LIMIT = 254  # RFC 5321
TURNED = "the family name stood first: turned round"
SEVERAL = "more than one person"
NOBODY = "nobody of that name is known"

_EMAIL = re.compile(r"[^@\s<>()\[\],;:\"']+@[^@\s<>()\[\],;:\"']+\.[^@\s<>()\[\],;:\"'.]{2,}")
_BESIDE = re.compile(r"[\s<>()\[\],;:\"']+|mailto:", re.I)
_SEVERAL = re.compile(r"[;/&|\n]|\s(?:and|und|et|or|y)\s", re.I)


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a cell, or a cell and its e-mail column, names."""

    name: str = ""
    email: str = ""


def named(name: str, email: str) -> tuple[Named, tuple[Remark, ...]]:
    """Who is meant by a name cell and an e-mail cell; nobody, with a remark, when that cannot be told."""
    found = list(dict.fromkeys(match[0] for match in _EMAIL.finditer(f"{name[:1000]} {email[:1000]}")))
    if len({fold(address) for address in found}) > 1:
        return Named(), (rejected(SEVERAL, "Name one here and another as deputy."),)
    if email and not _EMAIL.search(email):
        return Named(), (rejected("no e-mail address", "Write it like jane.doe@example.org."),)
    rest = " ".join(_BESIDE.sub(" ", _EMAIL.sub(" ", name)).split()) if _EMAIL.search(name) else name
    return _checked(rest.strip().removeprefix("@").strip(), found[0] if found else "")


def _checked(name: str, email: str) -> tuple[Named, tuple[Remark, ...]]:
    if len(name) > NAME_LIMIT or len(email) > EMAIL_LIMIT:
        return Named(), (rejected("too long for a person", f"A name has at most {NAME_LIMIT} characters."),)
    if _SEVERAL.search(name) or _two_full_names(name):
        return Named(), (rejected(SEVERAL, "Name one here and another as deputy."),)
    if name and not any(c.isalpha() for c in name):
        return Named(), (rejected("no name of a person", "Write a name or an e-mail address."),)
    turned = _turned(name)
    remarks = (repaired(TURNED, turned),) if turned != name else ()
    return Named(turned, email), remarks


def _two_full_names(name: str) -> bool:
    """`Jane Doe, Bob Smith` are two people; `Doe, Jane` and `van der Berg, Jan` are one."""
    parts = [part.split() for part in name.split(",")]
    return len(parts) > 2 or (len(parts) == 2 and all(len(part) > 1 for part in parts))


def _turned(name: str) -> str:
    family, comma, given = name.partition(",")
    return (
        f"{given.strip()} {family.strip()}"
        if comma and family.strip() and given.strip()
        else name.strip(", ")
    )


class Directory:
    """Everybody known, and everybody met in the file so far: those have ids below 0 until they are stored."""

    def __init__(self, people: Iterable[Person], *, create: bool) -> None:
        self._people = {person.id: person for person in people}
        self._create = create
        self._met = 0
        self._changed: dict[PersonId, Person] = {}
        self._by_email = {fold(person.email): person.id for person in self._people.values() if person.email}
        self._by_name: dict[str, list[PersonId]] = {}
        for person in self._people.values():
            self._by_name.setdefault(fold(person.name), []).append(person.id)

    def find(self, who: Named, holder: PersonId | None) -> PersonId | Remark:
        """The person meant; `holder`, who has the role now, is preferred among people of the same name."""
        if who.email:
            return self._by_email.get(fold(who.email)) or self._of_name_only(who) or self._added(who)
        alike = self._by_name.get(fold(who.name), [])
        if holder in alike:
            return holder
        if len(alike) > 1:
            return rejected(f"{len(alike)} people have that name", "Write the e-mail address.")
        return alike[0] if alike else self._added(who)

    def known(self, name: str) -> bool:
        """Whether somebody is called exactly that, however odd a name it is."""
        return fold(name) in self._by_name

    def name_of(self, person: PersonId | None) -> str:
        """A name for reports."""
        return self._people[person].name if person in self._people else ""

    @property
    def new(self) -> Sequence[Person]:
        """Who has to be stored: ids below 0."""
        return [person for person in self._people.values() if person.id < 0]

    @property
    def completed(self) -> Sequence[Person]:
        """Known people who got their e-mail address from the file."""
        return list(self._changed.values())

    def _of_name_only(self, who: Named) -> PersonId | None:
        """The one person of that name without an address: the file completes them."""
        alike = [
            person
            for person in self._by_name.get(fold(who.name), [])
            if who.name and not self._people[person].email
        ]
        if len(alike) != 1:
            return None
        person = replace(self._people[alike[0]], email=who.email)
        self._keep(person)
        if person.id > 0:
            self._changed[person.id] = person
        return person.id

    def _added(self, who: Named) -> PersonId | Remark:
        if not self._create:
            near = nearest(who.name, [person.name for person in self._people.values()]) if who.name else ""
            fix = f"Did you mean {near}? " if near else ""
            return rejected(NOBODY, f"{fix}Add the person first, or say `people: create` in the map.")
        self._met -= 1
        person = Person(self._met, who.name or _from_address(who.email), who.email)
        self._keep(person)
        self._by_name.setdefault(fold(person.name), []).append(person.id)
        return person.id

    def _keep(self, person: Person) -> None:
        self._people[person.id] = person
        if person.email:
            self._by_email[fold(person.email)] = person.id


def _from_address(email: str) -> str:
    """`jane.doe@example.org` is most likely Jane Doe."""
    words = re.split(r"[._\-+\d]+", email.partition("@")[0])
    return shortened(" ".join(word.capitalize() for word in words if word) or email, NAME_LIMIT)
