"""Every kind of card there is, and every kind of text that people write or paste: what all doors must show well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum

from bot.core.card import (
    Action,
    Bar,
    Bars,
    Button,
    Card,
    Choice,
    Date,
    Divider,
    Facts,
    Field,
    Heading,
    Link,
    Number,
    Offer,
    OpenLink,
    Paragraph,
    Person,
    Picture,
    Source,
    Span,
    Style,
    Submit,
    Table,
    Text,
    Tone,
    bold,
    say,
    spoken,
)

# --- texts

NAUGHTY = {
    "nothing": "",
    "blank": "   ",
    "slack mentions": "<!channel> <!here|here> <@U0ABC1234> <#C01|general> <!subteam^S1>",
    "slack link": "<https://evil.example/|your bank> and & and &lt;b&gt;",
    "teams mentions": "<at>Everyone</at> @everyone @channel @here",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)><b>bold</b>",
    "html in an attribute": '" onmouseover="alert(1)" x=\'',
    "markdown": "*bold* _italic_ ~gone~ `code` **strong** [bank](https://evil.example) ![i](https://evil.example/i)",
    "markdown lines": "# heading\n> quote\n- item\n1. one\n---\n| a | b |\n```\ncode\n```",
    "template": "{{7*7}} ${7*7} %s {0} #{7*7} $(id) `id`",
    "json": '{"type":"actions"} \\u003c \\" \\n',
    "bare address": "see https://evil.example/x?y=1 or mailto:a@b.example",
    "right to left": "שלום עולם, مرحبا بالعالم",
    "direction overridden": "invoice\u202egnp.exe\u202c and \u2066left open",
    "control characters": "a\x00b\x01c\x07d\x08e\x0bf\x1bg\x7fh\x85i\x9bj\ufeffk",
    "lines": "one\ntwo\r\nthree\rfour\u2028five\u2029six\ttab",
    "emoji": "👩🏽‍💻 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇱🇻 ✍️",
    "stacked marks": "Z̸̢̛̼͔̻̖̣͓͕̱̘̟̤͎̙͚̱̥̥ͅa̴̛̖̼̘l̵͖̞̀g̷̙̔o",
    "half a character": "a\ud83dz",
    "one long word": "pneumono" * 100,
    "100,000 characters": "Lorem ipsum & <dolor> *sit* amet. " * 2942,
}


def naughty(text: str) -> Card:
    """A card with the text wherever a person's words can get to."""
    common = {"hint": text, "previous": text}
    body = (
        say(text, bold(text)),
        Heading(text),
        Facts(((text, text),)),
        Table((text, "b"), ((text, text),)),
        Bars((Bar(text, 50, text),)),
        Picture("key", text),
    )
    return Card(
        title=text,
        fallback=text if len(text) > 1000 else spoken(body) or "empty",
        body=body,
        fields=(
            Choice("one", text, (Offer("a", text or "A", text), Offer("b", "B")), **common),
            Text("two", text, multiline=True, initial=text, **common),
            Person("three", text, **common),
        ),
        actions=(Submit(text or "Send", "send"), Button(text or "Later", "later")),
        footer=text,
        problems=(("one", text), ("", text)),
    )


# --- kinds

TWO = (Offer("yes", "Yes"), Offer("no", "No"))
FIVE = tuple(Offer(str(level), f"Level {level}", f"What level {level} means") for level in range(5))
FORTY = tuple(Offer(f"o{number}", f"Option {number}") for number in range(40))

FIELDS: dict[str, Field] = {
    "choice of two": Choice("yesno", "Is it live?", TWO, required=True),
    "choice of five with hints": Choice(
        "level", "What do the numbers say?", FIVE, previous="Last time, 3 Nov: Level 2"
    ),
    "choice of forty": Choice("group", "Which group?", FORTY, initial=("o7",)),
    "choice that is searched": Choice(
        "pilot",
        "Which pilot?",
        tuple(Offer(f"pilot-{number}", f"Pilot {number}", "Pilot stage") for number in range(30)),
        initial=("pilot-3",),
        required=True,
        source=Source.PILOTS,
    ),
    "choice of groups": Choice(
        "item",
        "What does it prove?",
        tuple(Offer(f"i{n}", f"Item {n}", group=f"Group {n % 3}") for n in range(15)),
    ),
    "choice of several": Choice("blocks", "What is in the way?", FIVE, many=True, hint="Pick all that hold."),
    "several already chosen": Choice("risks", "Which risks?", FIVE, many=True, initial=("1", "3")),
    "short text": Text("title", "What do you call it?", max_chars=40, initial="Invoice matcher"),
    "long text": Text("note", "Anything else?", multiline=True, max_chars=500, hint="Seen by the sponsor."),
    "unlimited text": Text("free", "Tell us more", multiline=True),
    "number": Number(
        "users",
        "How many people used it?",
        low=0,
        high=1e6,
        whole=True,
        required=True,
        previous="Last time, 3 Nov: 12",
    ),
    "number or none": Number(
        "cost", "What did it cost?", low=0.5, none_label="Not known yet", initial="none"
    ),
    "day": Date("start", "When did it start?"),
    "day to keep": Date("target", "Which date holds?", keep=date(2027, 3, 31), none_label="No date yet"),
    "day entered": Date("review", "When is the review?", keep=date(2027, 3, 31), initial="2027-04-30"),
    "person": Person("helper", "Who can clear it?", previous="Last time, 3 Nov: R. Lindqvist", required=True),
    "link": Link(
        "proof", "Where is the proof?", hint="A link to the report.", initial="https://example.org/r"
    ),
}

BLOCKS = {
    "paragraph of styles": Paragraph(
        (
            Span("Plain, "),
            Span("bold, ", Style.BOLD),
            Span("italic, ", Style.ITALIC),
            Span("code", Style.CODE),
            Span(" and a link", url="https://example.org/report?a=1&b=2"),
        )
    ),
    "link that is none": Paragraph(
        (Span("press me", url="javascript:alert(1)"), Span("or me", url="http://[bad"))
    ),
    "empty paragraph": Paragraph(()),
    "heading": Heading("Stuck"),
    "facts": Facts((("Stage", "Pilot"), ("Owner", "Anna Berzina"))),
    "table": Table(("Pilot", "Days"), (("Claims triage", "161"), ("Demand forecast", "97"))),
    "empty table": Table((), ()),
    "bars": Bars(
        (Bar("Data", 58, "+3"), Bar("Platform", None, "not asked"), Bar("All", 100), Bar("None", 0))
    ),
    "bars out of range": Bars((Bar("Over", 140), Bar("Under", -3))),
    "picture": Picture("trend", "Readiness rose from 41 to 55."),
    "divider": Divider(),
}

ACTIONS: dict[str, Action] = {
    "submit": Submit("Send answers", "t1.submit"),
    "button": Button("Nothing to report", "t1.nothing"),
    "primary": Button("Accept", "t1.accept", Tone.PRIMARY),
    "danger": Button("Stop this pilot", "t1.stop", Tone.DANGER),
    "button that asks": Button(
        "Later", "t1.snooze", asks=(Choice("until", "Until when?", FIVE[:3], required=True),)
    ),
    "button that asks a lot": Button(
        "Pause",
        "t1.pause",
        asks=(Date("until", "Until?"), Person("who", "Who looks after it?"), Text("why", "Why?")),
    ),
    "open link": OpenLink("Open the report", "https://example.org/report"),
    "long token": Button("Long", "t1." + "x" * 240),
}

EVERYTHING = Card(
    title="One of each",
    fallback="One of each: " + spoken(BLOCKS.values()),
    body=tuple(BLOCKS.values()),
    fields=tuple(FIELDS.values()),
    actions=tuple(ACTIONS.values()),
    footer="That was all.",
    problems=(
        ("users", "“many” is not a number. Write it in digits, such as 12."),
        ("", "Look at what is marked."),
    ),
)


def _plain(name: str, **parts: object) -> Card:
    return Card(title=name, fallback=name, **parts)


GALLERY: dict[str, Card] = {
    "empty": Card("", ""),
    "words only": Card("Thank you, saved", "Thank you, saved."),
    **{f"block: {name}": _plain(name, body=(block,)) for name, block in BLOCKS.items()},
    **{
        f"field: {name}": _plain(name, fields=(one,), actions=(ACTIONS["submit"], ACTIONS["button"]))
        for name, one in FIELDS.items()
    },
    **{f"action: {name}": _plain(name, actions=(one,)) for name, one in ACTIONS.items()},
    "problems": _plain(
        "problems",
        fields=(FIELDS["choice of two"], FIELDS["number"]),
        actions=(ACTIONS["submit"],),
        problems=(("yesno", "Choose one of the answers."), ("users", "Write it in digits.")),
    ),
    "everything": EVERYTHING,
    **{f"naughty: {name}": naughty(text) for name, text in NAUGHTY.items()},
}


def large(places: int) -> dict[str, Card]:
    """Cards that are too large, each in its own way; `places` characters or thousandths of it in parts."""
    text, parts = "word & <b> " * (places // 11 + 1), places // 200 + 1
    return {
        "fallback": Card("Large", text[:places]),
        "fallback of quotes": Card("Large", '"\\' * (places // 2)),
        "fallback of emoji": Card("Large", "👩🏽‍💻" * (places // 4)),
        "one paragraph": Card("Large", text[:places], (say(text[:places]),)),
        "many paragraphs": Card(
            "Large", "many", tuple(say(f"{number} {text[:200]}") for number in range(parts))
        ),
        "many rows": Card(
            "Large", "rows", (Table(("a", "b"), tuple((str(n), text[:190]) for n in range(parts))),)
        ),
        "wide table": Card("Large", "wide", (Table(tuple(map(str, range(parts))), (("x",) * parts,)),)),
        "many options": Card(
            "Large",
            "options",
            fields=(Choice("c", "C", tuple(Offer(f"o{n}", text[:190]) for n in range(parts))),),
        ),
        "many questions": Card(
            "Large",
            "questions",
            fields=tuple(Text(f"q{n}", text[:190]) for n in range(parts)),
            actions=(Submit("S", "s"),),
        ),
        "many buttons": Card(
            "Large", "buttons", actions=tuple(Button(text[:190], f"t{n}") for n in range(parts))
        ),
        "long entry": Card("Large", "entry", fields=(Text("t", "T", multiline=True, initial=text[:places]),)),
        "long names": Card(
            "Large", "names", fields=(Text("n" * places, "T"),), actions=(Button("B", "t" * places),)
        ),
        "long address": Card(
            "Large", "address", (say(Span("here", url="https://x.example/" + "a" * places)),)
        ),
        "many problems": Card("Large", "p", problems=tuple((f"q{n}", text[:190]) for n in range(parts))),
    }


# --- what a card says

_NOT_SHOWN = {"name", "token", "value", "initial", "url", "key", "keep", "opener"}


def texts(part: object) -> Iterator[str]:
    """Every text of a card that somebody is meant to read, problems and previous answers included."""
    if isinstance(part, Card):
        yield from (part.title, part.footer)
        yield from (text for _, text in part.problems)
        yield from (
            text for group in (part.body, part.fields, part.actions) for one in group for text in texts(one)
        )
    elif is_dataclass(part):
        shown = (getattr(part, one.name) for one in fields(part) if one.name not in _NOT_SHOWN)
        yield from (text for value in shown for text in texts(value))
    elif isinstance(part, str) and not isinstance(part, Enum):
        yield part
    elif isinstance(part, tuple):
        yield from (text for one in part for text in texts(one))


def addresses(card: Card) -> set[str]:
    """Every address of a card that may be followed."""
    spans = {
        span.url for block in card.body if isinstance(block, Paragraph) for span in block.spans if span.url
    }
    return spans | {action.url for action in card.actions if isinstance(action, OpenLink)}
