"""The cards that the scripted bot of the local chat says: a pulse, a digest with its thread, a status, and so on."""

from __future__ import annotations

from datetime import date

from bot.core.card import (
    Bar,
    Bars,
    Button,
    Card,
    Choice,
    Date,
    Divider,
    Facts,
    Heading,
    Link,
    Number,
    Offer,
    OpenLink,
    Person,
    Picture,
    Span,
    Style,
    Submit,
    Table,
    Text,
    Tone,
    bold,
    say,
)
from bot.core.compose.portfolio_map import Scored, portfolio_map

WELCOME = Card(
    title="Hello Anna",
    fallback="Hello Anna. You own Invoice matcher. Every two weeks I ask five short questions about it.",
    body=(
        say("You own ", bold("Invoice matcher"), ". Every two weeks I ask five short questions about it."),
        say("Write ", Span("help", Style.CODE), " at any time to see what else I do."),
    ),
)

MOVED = Choice(
    "moved",
    "Did anything move since last time?",
    (
        Offer("done", "Yes, something was finished"),
        Offer("some", "A little"),
        Offer("none", "Nothing moved"),
        Offer("blocked", "We are blocked"),
    ),
    required=True,
    previous="Last time, 17 Nov: A little",
)
BLOCK = Choice(
    "block",
    "What is in the way?",
    (
        Offer("data", "Data access", "Rights, contracts, quality"),
        Offer("security", "Security or privacy review"),
        Offer("people", "Nobody has time"),
        Offer("tech", "The technology does not do it yet"),
        Offer("budget", "Budget"),
        Offer("other", "Something else"),
    ),
    many=True,
    hint="Pick all that hold.",
)
USERS = Number(
    "users",
    "How many people used it last week?",
    low=0,
    whole=True,
    none_label="Not in use yet",
    required=True,
    previous="Last time, 17 Nov: 12",
)
SURE = Choice(
    "sure",
    "Will it be in production by the target date?",
    (Offer("yes", "Likely"), Offer("even", "Even odds"), Offer("no", "Unlikely")),
    required=True,
)
TARGET = Date(
    "target",
    "Which target date holds now?",
    keep=date(2027, 3, 31),
    none_label="No date yet",
    previous="Last time, 17 Nov: 31 Mar 2027",
)
NOTE = Text("note", "Anything else?", multiline=True, max_chars=500, hint="Seen by owner, sponsor and lead.")

SNOOZE = Button(
    "Later",
    "pulse.snooze",
    asks=(
        Choice(
            "until",
            "Until when?",
            (
                Offer("afternoon", "This afternoon"),
                Offer("tomorrow", "Tomorrow"),
                Offer("monday", "Next Monday"),
            ),
            required=True,
        ),
    ),
)
HAND = Button("Hand over", "pulse.hand", asks=(Person("who", "To whom?", required=True),))

PULSE = Card(
    title="How is Invoice matcher going?",
    fallback="How is Invoice matcher going? 6 questions, about 1 minute. Did anything move since last time?",
    body=(say("6 questions, about 1 minute. Due by Thursday, 3 December."),),
    fields=(MOVED, BLOCK, USERS, SURE, TARGET, NOTE),
    actions=(
        Submit("Send answers", "pulse.submit"),
        SNOOZE,
        HAND,
        Button("Nothing to report", "pulse.nothing"),
    ),
    footer="Answers are seen by owner, deputy, sponsor and lead.",
)

SCORES = Bars(
    (
        Bar("Use-case value", 72, "+6: the comparison report"),
        Bar("Data foundation", 58),
        Bar("Process and workflow", 64, "+2"),
        Bar("Governance and control", 31, "weakest: no security review"),
        Bar("Operating model and people", 50),
        Bar("Platform foundation", None, "not asked yet"),
    )
)

THANKS = Card(
    title="Thank you, saved",
    fallback="Thank you, saved. Invoice matcher stands at 55, up 4.",
    body=(
        say("Invoice matcher stands at ", bold("55"), ", up 4 since 17 November."),
        SCORES,
        Heading("Before the production gate"),
        say("Security review done and written down (now: planned)."),
        say("A named person answers when it breaks at night (now: unknown)."),
    ),
    actions=(Button("Correct an answer", "pulse.correct"),),
)

REMINDER = Card(
    title="Invoice matcher: still open",
    fallback="Invoice matcher: your check-in of 1 December is still open. 6 questions, about 1 minute.",
    body=(say("Your check-in of 1 December is still open. 6 questions, about 1 minute."),),
    actions=(SNOOZE, HAND),
)

HELP = Card(
    title="What you can write",
    fallback="What you can write: status, list, todo, history, checkin, add, pause, resume, digest.",
    body=(
        Facts(
            (
                ("status", "how a pilot stands, or all of yours"),
                ("todo", "what waits for you"),
                ("list", "pilots, by stage, group or tag"),
                ("digest", "the weekly digest, now"),
            )
        ),
    ),
)

STATUS = Card(
    title="Invoice matcher",
    fallback="Invoice matcher: Pilot for 41 days, readiness 55, weakest Governance and control (31).",
    body=(
        Facts(
            (
                ("Stage", "Pilot, for 41 days"),
                ("Owner", "Anna Berzina"),
                ("Target", "31 Mar 2027"),
                ("The ball is with", "R. Lindqvist: security review"),
            )
        ),
        SCORES,
    ),
    actions=(Button("What changed", "status.more"), Button("Close", "status.close")),
    footer="Last check-in 17 November, next 1 December.",
)

STATUS_MORE = Card(
    title="Invoice matcher: what changed",
    fallback="Use-case value 66 to 72. Process and workflow 62 to 64.",
    body=(
        Table(
            ("Dimension", "17 Nov", "1 Dec"),
            (("Use-case value", "66", "72"), ("Process and workflow", "62", "64")),
        ),
    ),
    actions=(Button("Close", "status.close"),),
)

DIGEST = Card(
    title="AI pilots, week of 30 November",
    fallback="AI pilots, week of 30 November: 14 open, 3 live, 4 stuck (+1), 2 decided.",
    body=(
        say("14 open · 3 live · 4 stuck (+1) · 2 decided"),
        Heading("Decide this week"),
        say(bold("Invoice matcher"), ": scale, fix or stop, due 9 days ago, decider R. Lindqvist."),
        say("The numbers suggest ", bold("Fix"), ": time saved 31%, but security not started."),
        Heading("Stuck"),
        say(bold("Claims triage"), ": 161 days in Pilot (half leave by day 84); waiting for data access."),
        say(bold("Demand forecast"), ": date moved 3 times, +118 days; owner says “likely”."),
        Heading("Moved"),
        say(bold("Call notes"), " passed the production gate; first 10% on 18 November."),
    ),
    actions=(
        Button("Decide on Invoice matcher", "digest.decide", Tone.PRIMARY),
        Button("All stuck", "digest.stuck"),
    ),
    footer="Quiet: 1 pilot, 3 check-ins without an answer.",
)

DETAILS = (
    Card(
        "Stuck, in full",
        "Stuck: Claims triage, Demand forecast, HR policy helper, Tender writer.",
        (
            Table(
                ("Pilot", "Stage", "Days", "Why"),
                (
                    ("Claims triage", "Pilot", "161", "Waits for data access since 5 check-ins"),
                    ("Demand forecast", "Pilot", "97", "Date moved 3 times"),
                    ("HR policy helper", "Shaping", "31", "No owner"),
                    ("Tender writer", "Hardening", "64", "Vendor's data terms"),
                ),
            ),
        ),
    ),
    Card(
        "Moved, in full",
        "Moved: Call notes passed the production gate; Contract summary 58 to 71.",
        (say(bold("Contract summary"), " 58 to 71: the way back was tried."),),
    ),
    Card(
        "Learned",
        "Tender writer stopped: vendor data terms. Reusable: the test set.",
        (say("Tender writer stopped: vendor data terms. Reusable: the test set."),),
    ),
)

LEVELS = Choice(
    "proof",
    "What do the numbers say so far, compared with how the work is done today?",
    (
        Offer("0", "No result yet"),
        Offer("1", "Opinions and anecdotes"),
        Offer("2", "Before-and-after numbers from the pilot"),
        Offer("3", "A fair comparison shows the target is met or in reach"),
        Offer("4", "Holds in live use for a quarter, agreed by finance"),
        Offer("unknown", "I don't know"),
        Offer("na", "Does not apply"),
    ),
    previous="Last time, 3 Nov: Before-and-after numbers from the pilot",
)
GROUPS = Choice(
    "group",
    "Which group does it belong to?",
    tuple(Offer(f"g{number}", f"Group {number}") for number in range(1, 15)),
    initial=("g3",),
)

EVERYTHING = Card(
    title="One of each",
    fallback="One of each: every block, field and action that a card can have.",
    body=(
        say(
            "Plain, ",
            bold("bold"),
            ", ",
            Span("italic", Style.ITALIC),
            ", ",
            Span("code", Style.CODE),
            " and ",
            Span("a link", url="https://example.org/report"),
            ".",
        ),
        Heading("Facts"),
        Facts((("Stage", "Pilot"), ("Owner", "Anna Berzina"))),
        Divider(),
        Table(("Pilot", "Days"), (("Claims triage", "161"), ("Demand forecast", "97"))),
        SCORES,
        Picture("trend", "Readiness rose from 41 in May to 55 in November."),
    ),
    fields=(
        LEVELS,
        GROUPS,
        BLOCK,
        USERS,
        TARGET,
        Person("helper", "Who can help?", hint="A name, as it is in the company."),
        Link("report", "Where is the proof?", hint="A link to the report."),
        Text("name", "What do you call it?", max_chars=40),
        NOTE,
    ),
    actions=(
        Submit("Send answers", "all.submit"),
        SNOOZE,
        Button("Stop this pilot", "all.stop", Tone.DANGER),
        OpenLink("Open the report", "https://example.org/report"),
    ),
    footer="Nothing here is real.",
)

_SCORED = (
    ("Invoice matcher", "pilot", (55, 40, 20, 61, 35, 48)),
    ("Claims triage", "pilot", (70, 24, 0, 33, None, None)),
    ("Contract summary", "limited", (80, 75, 66, 58, 74, 90)),
    ("Assistant for the customers of our Baltic branches", "shape", (30, 12, None, None, None, None)),
    *((f"Forecast {number}", "pilot", (50, 49, 25, 24, 75, 100)) for number in range(1, 10)),
    ("Not asked yet", "idea", (None,) * 6),
)
_MAP = portfolio_map(
    ("value", "flow", "data", "base", "gov", "team"),
    [Scored(number, *one) for number, one in enumerate(_SCORED, start=1)],
    {1, 2, 4},
)
assert _MAP
MAP = _MAP


def snoozed(when: str) -> Card:
    """What stands in place of a check-in that was put off."""
    text = f"Put off until {when}. I will ask again then."
    return Card("Later", text, (say(text),))


def handed(who: str) -> Card:
    """What stands in place of a check-in that went to a colleague."""
    text = f"Handed to {who}."
    return Card("Handed over", text, (say(text),))
