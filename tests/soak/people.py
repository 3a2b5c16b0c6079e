"""The people of the soak: where they live, when they are away, move or leave, and what they do with a message.

Everything comes from a seed. It sees what a person sees, the card, and must not look into the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

# Zone, and the country it is in: twelve zones in eight countries.
ZONES: Mapping[str, str] = {
    "Europe/Riga": "LV",
    "Europe/Berlin": "DE",
    "Europe/London": "GB",
    "America/New_York": "US",
    "America/Chicago": "US",
    "America/Los_Angeles": "US",
    "America/Sao_Paulo": "BR",
    "Asia/Kolkata": "IN",
    "Asia/Tokyo": "JP",
    "Australia/Sydney": "AU",
    "Australia/Adelaide": "AU",
    "Australia/Perth": "AU",
}
CALM: Mapping[str, Any] = {
    "pulse.moved": "worked",
    "pulse.block": "nothing",
    "pulse.users": "12",
    "pulse.sure": "even",
}
AT_ONCE, LATER, SNOOZES = 0.45, 0.25, 0.06  # shares of questions that are answered on the day, later, put off
AWAY_A_YEAR, MOVES_A_YEAR, LEAVES_A_YEAR = 2.5, 0.25, 0.04  # turns of one life


@dataclass(frozen=True, slots=True)
class Due:
    """Something that somebody does at a moment: an act as the worker takes it."""

    at: datetime
    user: str
    act: Mapping[str, Any]


@dataclass(slots=True)
class Life:
    """One person: the number they have in the database, the name of their account, and their own dice."""

    person: int
    user: str
    zone: str
    dice: Random
    acts: int = 0
    left: bool = False
    answered: set[str] = field(default_factory=set)

    def turns(self, begin: datetime, weeks: int) -> Iterator[Due]:
        """Absences, moves and leaving, as they come over the weeks."""
        years = weeks / 52
        for _ in range(self._many(AWAY_A_YEAR * years)):
            at = self._moment(begin, weeks)
            until = (at + timedelta(days=self.dice.randint(3, 16))).date()
            yield self._says(at, "away", f"away until {until.isoformat()}", until)
        for _ in range(self._many(MOVES_A_YEAR * years)):
            at = self._moment(begin, weeks)
            yield Due(
                at, self.user, {"kind": "zone", "zone": self.dice.choice(list(ZONES)), "key": self._key()}
            )
        if self.dice.random() < LEAVES_A_YEAR * years:
            yield Due(self._moment(begin, weeks), self.user, {"kind": "left", "key": self._key()})

    def sees(self, now: datetime, key: str, card: Mapping[str, Any]) -> Due | None:
        """What this person will do about a message that is new or has changed; nothing for most."""
        submit = next((one["submit"] for one in card["actions"] if "submit" in one), None)
        if submit is None and not self.left:
            return self._opens(now, key, card)
        if submit is None or self.left:
            return None
        token = str(submit[1])
        if key in self.answered:  # a form that goes on: whoever began finishes
            return self._answers(now, key, token, card)
        fate = self.dice.random()
        if fate < AT_ONCE:
            return self._answers(now, key, token, card)
        if fate < AT_ONCE + LATER:
            return self._answers(now + timedelta(minutes=self.dice.randint(5, 3600)), key, token, card)
        if fate < AT_ONCE + LATER + SNOOZES:
            return self._snoozes(now, card)
        return None

    def _opens(self, now: datetime, key: str, card: Mapping[str, Any]) -> Due | None:
        """Of a message about several pilots the next one is opened and answered, or none any more."""
        found = (one["button"] for one in card["actions"] if "button" in one)
        button = next((one for one in found if one[0].startswith(("Answer: ", "Go on: "))), None)
        fate = 0.0 if key in self.answered else self.dice.random()
        if button is None or fate >= AT_ONCE + LATER:
            return None
        self.answered.add(key)
        later = timedelta(minutes=self.dice.randint(5, 3600) if fate >= AT_ONCE else 0)
        act = {"kind": "opens", "token": button[1], "key": self._key(), "message": key}
        return Due(now + later, self.user, act)

    def _answers(self, at: datetime, key: str, token: str, card: Mapping[str, Any]) -> Due:
        self.answered.add(key)
        values = filled(card, at.date())
        act = {"kind": "clicks", "token": token, "values": values, "key": self._key(), "message": key}
        return Due(at, self.user, act)

    def _snoozes(self, at: datetime, card: Mapping[str, Any]) -> Due | None:
        for one in card["actions"]:
            if "button" in one and one["button"][0] == "Snooze" and one["button"][3]:
                options = one["button"][3][0]["choice"]["options"]
                values = {"until": self.dice.choice(options)[0]}
                return Due(
                    at,
                    self.user,
                    {"kind": "clicks", "token": one["button"][1], "values": values, "key": self._key()},
                )
        return None

    def _says(self, at: datetime, turn: str, text: str, until: date) -> Due:
        act = {"kind": "says", "text": text, "key": self._key(), "turn": turn, "value": until.isoformat()}
        return Due(at, self.user, act)

    def _key(self) -> str:
        self.acts += 1
        return f"{self.user}:{self.acts}"

    def _many(self, mean: float) -> int:
        return int(mean) + (self.dice.random() < mean % 1)

    def _moment(self, begin: datetime, weeks: int) -> datetime:
        return begin + timedelta(minutes=self.dice.randint(0, weeks * 7 * 24 * 60))


def filled(card: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A form as a calm person fills it in."""
    return {name: value for one in card["fields"] for name, value in _filled(one, today)}


def _filled(field_: Mapping[str, Any], today: date) -> Iterator[tuple[str, Any]]:
    """A field as a calm person fills it in; one that need not be filled in and is not known is left."""
    ((kind, parts),) = field_.items()
    name = parts["name"]
    if name in CALM:
        yield name, CALM[name]
    elif kind == "date":
        yield name, (today + timedelta(days=90)).isoformat()
    elif parts.get("required") and kind == "choice":
        yield name, parts["options"][0][0]
    elif parts.get("required"):
        yield name, {"number": "3", "link": "https://example.org"}.get(kind, "fine")
