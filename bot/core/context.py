"""What one check-in needs to know of the world around it; gathered by the service, only read by the core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.core.card import Block
from bot.core.days import day_words
from bot.core.localtime import local
from bot.core.policy import Asking
from bot.core.questionnaire import QuestionId
from bot.core.records import CheckinId, PersonId
from bot.core.routing import Answers, Record


@dataclass(frozen=True, slots=True)
class Context:
    """Everything beside form, state and event.

    `last` are the answers of the check-in before, on the day `last_on`. `names` holds everybody a card may name,
    `people` whom a typed name may mean. `placeholders` fill `{metric}` and the like. `nothing` are the answers that
    "Nothing to report" records; empty where that button is not allowed. `zone` is that of the person asked.
    `today` is the day there; `blocked_for` counts the check-ins in a row with last time's blocker. `preface` stands
    above the form. `refused` are options that are not open this time, with the reason: question -> option -> why.
    `personal`: its person answers it alone and for good; nothing can be handed on or corrected. `follows` is what
    comes of no answer, in words. `may_remind`: their week has room for one more message.
    `instead_of` is the name of whoever would be asked, where somebody answers in their place. `gist` is the preface
    in a line, where it is more than an introduction; `introduces`: its person is told why they are asked at all.
    """

    checkin: CheckinId
    pilot_name: str
    asking: Asking
    zone: str = "UTC"
    record: Record = field(default_factory=Record)
    last_on: date | None = None
    today: date | None = None
    names: Mapping[PersonId, str] = field(default_factory=dict)
    people: Mapping[PersonId, str] = field(default_factory=dict)
    placeholders: Mapping[str, str] = field(default_factory=dict)
    nothing: Mapping[QuestionId, str] = field(default_factory=dict)
    blocked_for: int = 0
    preface: tuple[Block, ...] = ()
    refused: Mapping[QuestionId, Mapping[str, str]] = field(default_factory=dict)
    personal: bool = False
    follows: str = ""
    may_remind: bool = True
    instead_of: str = ""
    gist: str = ""
    introduces: bool = False

    @property
    def last(self) -> Answers:
        """Last time's answers."""
        return self.record.last

    def day(self, at: datetime) -> date:
        """The day of a moment where the person is."""
        return local(at, self.zone).date()

    def words(self, day: date) -> str:
        """A day as people write it, with its year where it is not this one."""
        return day_words(day, self.today or day)

    def name(self, person: PersonId) -> str:
        """What to call somebody."""
        return self.names.get(person) or self.people.get(person) or "a colleague"
