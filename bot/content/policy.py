"""`policy.yaml` into the policy; it names every number that rules use and must not know their use."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from itertools import pairwise

from bot.content import free_days
from bot.content.block import Block
from bot.content.document import INTEGER, Node, Scalar
from bot.content.free_days import FreeDays
from bot.content.problem import Page, listed, quote
from bot.core.policy import Asking, Cadence, Digesting, Escalation, Policy, Retention
from bot.core.questionnaire import SIDE_STAGES, STAGES

KEYS = (
    *("version", "weights", "bands", "coverage", "proof_days", "thresholds", "severity", "time_boxes"),
    *("median_days", "cadences", "asking", "escalation", "digest", "retention"),
)
# The named numbers that each signal, and each rule beside the signals, reads.
THRESHOLDS: Mapping[str, tuple[str, ...]] = {
    "P01": ("medium", "high", "absolute_days", "grace_days", "cohort", "cohort_months"),
    "P02": ("checkins", "reviews", "days", "points"),
    "P03": ("later_days", "medium", "high", "drift"),
    "P04": ("none_days", "past_days", "decide_days"),
    "P05": ("medium", "high", "unanswered_days", "shared"),
    "P06": ("days", "left_days", "name_within_days"),
    "P07": ("days", "none_days", "level"),
    "P08": ("days", "high_level", "medium_level"),
    "P09": ("days", "reach", "reach_limited", "growth", "growth_days"),
    "P10": ("of", "medium", "high"),
    "P11": ("days", "level"),
    "P12": ("claims", "share"),
    "P13": ("days", "level"),
    "P14": ("days", "level"),
    "P15": ("days", "extensions", "lead_days"),
    "P16": ("medium", "high"),
    "P17": ("share", "reviews", "seconds", "reask"),
    "P18": ("sure", "checkins", "less_hopeful", "brier", "resolved"),
    "PF1": ("high", "info", "months"),
    "PF2": ("month_ends",),
    "PF3": ("pilots", "share", "cycles"),
    "PF4": ("months", "pilots"),
    "state": (
        "stuck",
        "at_risk",
        "strong_signals",
        "unknown_confidence",
        "unknown_missed",
        "hold",
        "decide_days",
    ),
    "signal": ("owner_first_hours", "acknowledge_days"),
    "confidence": ("reviewed", "linked", "own", "solid", "fair"),
    "movement": ("days", "points", "items"),
    "gate": (
        "confidence",
        "conditions",
        "condition_days",
        "back_days",
        "before_target_days",
        "approvers_high_risk",
    ),
    "label": ("overall", "dimension", "confidence"),
    "review": (
        "items",
        "gate_items",
        "confidence",
        "oldest_days",
        "blind",
        "same_with_proof",
    ),
    "pause": ("days", "in_a_row"),
    "box": ("extension_days", "extensions", "fixes", "bought", "configured", "custom"),
}
SEVERITIES = ("critical", "high", "medium", "low")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
BOXED = ("idea", "framed", "pilot", "hardening", "limited", "paused")
MEDIANS = ("framed", "pilot", "hardening", "limited")
CADENCE_KEYS = (
    *("questionnaire", "stages", "weeks", "months", "after_days"),
    *("near_launch_weeks", "near_launch_days", "stuck_weeks"),
)
ASKING_KEYS = (
    *("weekday", "hour", "working_days", "quiet_from", "quiet_until", "never_on", "open_days", "reminders"),
    *(
        "last_reminder_hours",
        "late_hours",
        "snooze_days",
        "recent_days",
        "messages_a_week",
        "backoff_after",
        "country",
        "subdivision",
        "holidays",
    ),
)
BY_ZONE = "zone"  # the country of each person: that of their time zone
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
STEPS = ("deputy", "sponsor", "lead", "outcome")
RISKS = ("high", "medium", "low", "unknown")
OUTCOMES = ("pause", "decide", "note")
ESCALATION_KEYS = (*(f"{step}_days" for step in STEPS), "silence", "pause_days")
DIGEST_KEYS = ("weekday", "hour", "words", "shown")
WEEK, QUARTER = 7, 90  # days
# In the order of Retention, with the least: a platform delivers again for days, a check-in is open for as long; and
# what was said in own words is read for a quarter.
RETENTION: Mapping[str, int] = {
    **dict.fromkeys(("messages_days", "drafts_days", "receipts_days", "reminders_days"), WEEK),
    "texts_days": QUARTER,
}


def read(
    page: Page, node: Node, dimensions: Collection[str], questionnaires: Collection[str]
) -> Policy | None:
    """The policy, problems noted on the page; None when the file is no block of keys.

    Weights are held against `dimensions` and cadences against `questionnaires`, unless these are empty: not known.
    """
    return _Policy(page, dimensions, questionnaires).read(node)


def _date(text: str) -> date | None:
    """The day of `2026-12-24`; None for anything else, however much it looks like one."""
    if not ISO_DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:  # the 30th of February
        return None


class _Policy:
    def __init__(self, page: Page, dimensions: Collection[str], questionnaires: Collection[str]) -> None:
        self.page, self.dimensions, self.questionnaires = page, dimensions, questionnaires

    def read(self, node: Node) -> Policy | None:
        block = Block(self.page, node, "the policy", known=KEYS)
        if not block.usable:
            return None
        coverage = block.inside("coverage", ("provisional_below", "unlabelled_below"))
        return Policy(
            version=block.integer("version", low=1, high=9999),
            weights=self._weights(block),
            thresholds=self._thresholds(block),
            severity=self._numbers(block, "severity", SEVERITIES, low=0, high=1),
            boxes=self._days(block, "time_boxes", BOXED),
            medians=self._days(block, "median_days", MEDIANS),
            cadences=tuple(self._cadence(each) for each in block.items("cadences")),
            asking=self._asking(block.inside("asking", ASKING_KEYS)),
            escalation=self._escalation(block.inside("escalation", ESCALATION_KEYS)),
            digest=self._digest(block.inside("digest", DIGEST_KEYS)),
            retention=self._retention(block.inside("retention", tuple(RETENTION))),
            bands=self._bands(block),
            proof_days=block.integer("proof_days", low=1, high=3650),
            provisional_below=coverage.number("provisional_below", low=0, high=1),
            unlabelled_below=coverage.number("unlabelled_below", low=0, high=1),
        )

    def _numbers(
        self, block: Block, name: str, wanted: Collection[str], *, low: float, high: float
    ) -> dict[str, float]:
        """Exactly the wanted names, each with a number."""
        inner = block.inside(name, wanted)
        if not inner.usable:
            return dict.fromkeys(wanted, 0.0)
        return {each: inner.number(each, low=low, high=high) for each in wanted}

    def _days(self, block: Block, name: str, wanted: Collection[str]) -> dict[str, int]:
        inner = block.inside(name, wanted)
        return {each: inner.integer(each, low=1, high=3650) if inner.usable else 1 for each in wanted}

    def _weights(self, block: Block) -> dict[str, float]:
        if not self.dimensions:
            return {}
        weights = self._numbers(block, "weights", self.dimensions, low=0, high=1)
        total = sum(weights.values())
        if abs(total - 1) > 1e-9:
            self.page.note(
                block.line_of("weights"), f"the weights sum to {total:g}", "change them so that they sum to 1"
            )
        return weights

    def _thresholds(self, block: Block) -> dict[str, dict[str, float]]:
        inner = block.inside("thresholds", THRESHOLDS)
        if not inner.usable:
            return {name: dict.fromkeys(wanted, 0.0) for name, wanted in THRESHOLDS.items()}
        return {
            name: self._numbers(inner, name, wanted, low=0, high=10_000)
            for name, wanted in THRESHOLDS.items()
        }

    def _bands(self, block: Block) -> tuple[tuple[int, str], ...]:
        found: list[tuple[int, str]] = []
        for key, node in block.entries("bands"):
            if not INTEGER.fullmatch(key.text) or not 0 <= int(key.text) <= 100:
                self.page.note(key.line, f"a band starts at {quote(key.text)}", "use a score from 0 to 100")
            elif not isinstance(node, Scalar) or not node.text:
                self.page.note(key.line, f"the band from {key.text} has no name", "write one word")
            else:
                found.append((int(key.text), node.text))
        scores = [score for score, _ in found]
        if found and scores[0] != 0:
            self.page.note(block.line_of("bands"), f"the lowest band starts at {scores[0]}", "start at 0")
        if any(later <= earlier for earlier, later in pairwise(scores)):
            self.page.note(block.line_of("bands"), "the bands do not rise", "write the lowest first")
        return tuple(found)

    def _cadence(self, node: Node) -> Cadence:
        block = Block(self.page, node, "a cadence", known=CADENCE_KEYS)
        if not block.usable:
            return Cadence("", ())
        weeks, months = self._interval(block, "weeks", 52), self._interval(block, "months", 24)
        if (weeks > 0) == (months > 0):
            found = "both 'weeks' and 'months'" if weeks else "no interval"
            self.page.note(block.line, f"a cadence has {found}", "give either 'weeks' or 'months'")
        return Cadence(
            questionnaire=self._asked(block),
            stages=block.chosen("stages", (*STAGES, *SIDE_STAGES)),
            weeks=weeks,
            months=months,
            near_launch_weeks=self._interval(block, "near_launch_weeks", 52),
            near_launch_days=self._interval(block, "near_launch_days", 365),
            stuck_weeks=self._interval(block, "stuck_weeks", 52),
            after_days=tuple(self._after(block)),
        )

    def _asked(self, block: Block) -> str:
        if not self.questionnaires:
            return block.name("questionnaire")
        return block.one_of("questionnaire", self.questionnaires)

    def _interval(self, block: Block, name: str, high: int) -> int:
        return block.integer(name, low=1, high=high, default=0)

    def _after(self, block: Block) -> Iterable[int]:
        for word in block.words("after_days", needed=False):
            if INTEGER.fullmatch(word.text) and 0 <= int(word.text) <= 3650:
                yield int(word.text)
            else:
                self.page.note(word.line, f"'after_days' holds {quote(word.text)}", "write days, such as 30")

    def _asking(self, block: Block) -> Asking:
        by_zone = block.text("country", longest=120, default="") == BY_ZONE
        free = self._own_days(block) if by_zone else self._free_days(block)
        asking = Asking(
            weekday=self._weekday(block),
            hour=self._hour(block, "hour"),
            working_days=self._working_days(block, free.country),
            quiet_from=self._hour(block, "quiet_from"),
            quiet_until=self._hour(block, "quiet_until"),
            never_on=self._days_of_week(block, "never_on", needed=False),
            open_days=block.integer("open_days", low=1, high=30),
            reminders=block.integer("reminders", low=0, high=2),
            last_reminder_hours=block.integer("last_reminder_hours", low=1, high=24),
            late_hours=block.integer("late_hours", low=1, high=24),
            snooze_days=block.integer("snooze_days", low=1, high=30),
            messages_a_week=block.integer("messages_a_week", low=1, high=100),
            backoff_after=block.integer("backoff_after", low=1, high=100),
            recent_days=block.integer("recent_days", low=0, high=30),
            free=free if free.country or free.own else frozenset(),
            countries=free_days.ByZone(free.own) if by_zone else None,
        )
        if block.usable:
            self._sensible(asking, block)
        return asking

    def _working_days(self, block: Block, country: str) -> tuple[int, ...]:
        """The days that are written; where none are, those of the country."""
        written = self._days_of_week(block, "working_days", needed=not country)
        return written or (free_days.working_week(country) if country else ())

    def _own_days(self, block: Block) -> FreeDays:
        """The organisation's own, where the public ones are those of each person's country."""
        if block.text("subdivision", longest=120, default=""):
            what = f"'subdivision' is of one country, and 'country: {BY_ZONE}' of many"
            self.page.note(block.line_of("subdivision"), what, "remove one of the two")
        return FreeDays(own=frozenset(self._holidays(block)))

    def _free_days(self, block: Block) -> FreeDays:
        """Public holidays of the country and the organisation's own."""
        own = frozenset(self._holidays(block))
        country = block.text("country", longest=120, default="")
        part = block.text("subdivision", longest=120, default="")
        if not country:
            if part:
                line = block.line_of("subdivision")
                self.page.note(line, "'subdivision' without 'country'", "add 'country: ...', or remove it")
            return FreeDays(own=own)
        known = free_days.countries()  # costs an import, so only where a country is named
        if country not in known:
            letters = f"its two letters, such as DE or GB, or '{BY_ZONE}'"
            right = country.upper() if country.upper() in known else letters
            self.page.note(block.line_of("country"), f"unknown country {quote(country)}", f"use {right}")
            return FreeDays(own=own)
        return FreeDays(country, self._part_of(block, country, known[country]) if part else "", own)

    def _part_of(self, block: Block, country: str, parts: Collection[str]) -> str:
        if parts:
            return block.one_of("subdivision", parts)
        what = f"no part of {country} has holidays of its own"
        self.page.note(block.line_of("subdivision"), what, "remove 'subdivision'")
        return ""

    def _holidays(self, block: Block) -> Iterable[date]:
        seen: set[date] = set()
        for word in block.words("holidays", needed=False):
            day = _date(word.text)
            if day is None:
                what = f"'holidays' holds {quote(word.text)}"
                self.page.note(word.line, what, "write days as year-month-day, such as 2026-12-24")
            elif day in seen:
                self.page.note(word.line, f"{word.text} is listed twice in 'holidays'", "keep one")
            else:
                seen.add(day)
                yield day

    def _sensible(self, asking: Asking, block: Block) -> None:
        day = WEEKDAYS[asking.weekday]
        open_days = [each for each in asking.working_days if each not in asking.never_on]
        if asking.working_days and asking.weekday not in open_days:
            names = listed([WEEKDAYS[each] for each in open_days])
            self.page.note(
                block.line_of("weekday"), f"'{day}' is a day on which nobody is asked", f"use {names}"
            )
        quiet = (asking.hour - asking.quiet_from) % 24 < (asking.quiet_until - asking.quiet_from) % 24
        if quiet:
            what = f"hour {asking.hour} is within the quiet hours"
            self.page.note(
                block.line_of("hour"), what, f"use {asking.quiet_until} to {asking.quiet_from - 1}"
            )

    def _escalation(self, block: Block) -> Escalation:
        silence = block.inside("silence", RISKS)
        return Escalation(
            days={step: block.integer(f"{step}_days", low=1, high=30) for step in STEPS},
            silence={risk: silence.one_of(risk, OUTCOMES) for risk in RISKS} if silence.usable else {},
            pause_days=block.integer("pause_days", low=1, high=60),
        )

    def _digest(self, block: Block) -> Digesting:
        return Digesting(
            weekday=self._weekday(block),
            hour=self._hour(block, "hour"),
            words=block.integer("words", low=30, high=1000),
            shown=block.integer("shown", low=1, high=20),
        )

    def _retention(self, block: Block) -> Retention:
        return Retention(*(block.integer(name, low=least, high=3650) for name, least in RETENTION.items()))

    def _weekday(self, block: Block) -> int:
        day = block.one_of("weekday", WEEKDAYS)
        return WEEKDAYS.index(day) if day else 0

    def _hour(self, block: Block, name: str) -> int:
        return block.integer(name, low=0, high=23)

    def _days_of_week(self, block: Block, name: str, *, needed: bool = True) -> tuple[int, ...]:
        return tuple(sorted(WEEKDAYS.index(day) for day in block.chosen(name, WEEKDAYS, needed=needed)))
