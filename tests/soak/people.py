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
BY_ZONE = "zone"  # in place of one country: each person's
CALM: Mapping[str, Any] = {
    "pulse.moved": "worked",
    "pulse.block": "nothing",
    "pulse.users": "12",
    "pulse.sure": "even",
}
AT_ONCE, LATER, SNOOZES = 0.45, 0.25, 0.06  # shares of questions that are answered on the day, later, put off
AWAY_A_YEAR, MOVES_A_YEAR, LEAVES_A_YEAR = 2.5, 0.25, 0.04  # turns of one life
HOURS_A_YEAR, STANDS_IN_A_YEAR, EARLY_A_YEAR, SENT_A_YEAR, STOPS_A_YEAR = 0.2, 0.15, 0.8, 0.3, 0.03
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


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
    pilots: tuple[str, ...] = ()  # names of those they own
    colleague: str = ""  # the name of whoever answers for them now and then
    days: tuple[int, ...] = (0, 1, 2, 3)  # on which people may be asked here
    acts: int = 0
    left: bool = False
    answered: set[str] = field(default_factory=set)

    def turns(self, begin: datetime, weeks: int) -> Iterator[Due]:
        """Absences, moves and leaving, as they come over the weeks."""
        years = weeks / 52
        for _ in range(self._many(AWAY_A_YEAR * years)):
            at = self._moment(begin, weeks)
            until = (at + timedelta(days=self.dice.randint(3, 16))).date()
            yield self._said(at, "away", f"away until {until.isoformat()}", until.isoformat())
        for _ in range(self._many(MOVES_A_YEAR * years)):
            at = self._moment(begin, weeks)
            yield Due(
                at, self.user, {"kind": "zone", "zone": self.dice.choice(list(ZONES)), "key": self._key()}
            )
        yield from self._wishes(begin, weeks, years)
        if self.dice.random() < LEAVES_A_YEAR * years:
            yield Due(self._moment(begin, weeks), self.user, {"kind": "left", "key": self._key()})

    def _wishes(self, begin: datetime, weeks: int, years: float) -> Iterator[Due]:
        """An hour of one's own, a stand-in, rounds out of turn, one's own and sent by an admin, and a pilot's end."""
        for _ in range(self._many(HOURS_A_YEAR * years)):
            day, hour = self.dice.choice(self.days), self.dice.randint(8, 16)
            text = f"ask me on {DAYS[day]} at {hour}:00"
            yield self._said(self._moment(begin, weeks), "hours", text, f"{day}:{hour}")
        for _ in range(self._many(STANDS_IN_A_YEAR * years) if self.colleague else 0):
            at = self._moment(begin, weeks)
            until = (at + timedelta(days=self.dice.randint(3, 20))).date().isoformat()
            yield self._said(at, "delegates", f"delegate {self.colleague} until {until}", until)
        for _ in range(self._many(EARLY_A_YEAR * years) if self.pilots else 0):
            pilot = self.dice.choice(self.pilots)
            yield self._said(self._moment(begin, weeks), "early", f"checkin {pilot}", pilot)
        for _ in range(self._many(SENT_A_YEAR * years) if self.pilots else 0):
            act = {"kind": "sent", "pilot": self.dice.choice(self.pilots), "key": self._key()}
            yield Due(self._moment(begin, weeks), self.user, act)
        if self.pilots and self.dice.random() < STOPS_A_YEAR * years:
            act = {"kind": "stops", "pilot": self.dice.choice(self.pilots), "key": self._key()}
            yield Due(self._moment(begin, weeks), self.user, act)

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
        button = next((one for one in found if one[0].startswith(("Answer: ", "Decide: ", "Go on: "))), None)
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

    def _said(self, at: datetime, turn: str, text: str, value: str) -> Due:
        act = {"kind": "says", "text": text, "key": self._key(), "turn": turn, "value": value}
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
