"""The Slack rendering, as golden files to review as diffs; each is what Slack takes. `GOLDEN=write make test`."""

from __future__ import annotations

import json
import os
import random
import re
from pathlib import Path
from typing import Any

import pytest

from adapters.slack import limits
from adapters.slack.blocks import illustrated, pictures, weight
from adapters.slack.client import for_slack
from adapters.slack.controls import buttons, carried, form, meant, share
from adapters.slack.parse import asked
from adapters.slack.render import NOTE_ROOM, render, render_all, shareable
from adapters.slack.view import view
from bot.core.card import (
    Bar,
    Bars,
    Button,
    Card,
    Choice,
    Facts,
    Grid,
    Heading,
    Number,
    Offer,
    OpenLink,
    Person,
    Picture,
    Submit,
    Table,
    Text,
    say,
)
from bot.core.card_json import grid_to_json
from bot.core.ports import Clicked
from tests.adapters.slack.screen import pressed
from tests.adapters.slack.validators import check_message, check_view
from tests.contract.gallery import EVERYTHING, FIELDS, GALLERY, NAUGHTY, large, naughty
from tests.fakes import cards

GOLDEN = Path(__file__).parents[2] / "golden" / "slack"
BY_SIGHT = {
    **{name: card for name, card in GALLERY.items() if not name.startswith("naughty")},
    "pulse": cards.PULSE,
    "thanks": cards.THANKS,
    "status": cards.STATUS,
    "digest": cards.DIGEST,
    "stuck in full": cards.DETAILS[0],
    "naughty slack mentions": naughty(NAUGHTY["slack mentions"]),
    "naughty slack link": naughty(NAUGHTY["slack link"]),
    "naughty control characters": naughty(NAUGHTY["control characters"]),
}
EVERY = {**GALLERY, **{f"large: {name}": card for name, card in large(40_000).items()}, **BY_SIGHT}
every_card = pytest.mark.parametrize("card", EVERY.values(), ids=EVERY)


def drawn(card: Card) -> dict[str, Any]:
    """All that a card is on Slack: its messages, its modal and the modals its buttons ask with."""
    shown: dict[str, Any] = {"messages": render_all(card), "modal": view(card)}
    asks = {one["text"]["text"]: asked(pressed(one)) for one in buttons(card) if form(one)}
    return {**shown, "asks": asks} if asks else shown


def file_of(name: str) -> Path:
    return GOLDEN / f"{name.replace(': ', '-').replace(' ', '-')}.json"


@pytest.mark.parametrize("name", BY_SIGHT)
def test_a_card_is_drawn_as_its_golden_file_says(name: str) -> None:
    path = file_of(name)
    text = json.dumps(drawn(BY_SIGHT[name]), indent=1, ensure_ascii=True) + "\n"
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), (
        f"{path.name} differs: review, then GOLDEN=write make test"
    )


def test_every_golden_file_belongs_to_a_card() -> None:
    assert {path.name for path in GOLDEN.glob("*.json")} == {file_of(name).name for name in BY_SIGHT}


# --- what Slack takes


@every_card
def test_slack_takes_every_message_of_a_card(card: Card) -> None:
    for payload in render_all(card):
        check_message(payload)


@every_card
def test_slack_takes_every_modal_of_a_card(card: Card) -> None:
    check_view(view(card))
    for button in buttons(card):
        if form(button):
            opened = asked(pressed(button))
            assert opened is not None
            check_view(opened)


def test_the_validators_see_what_slack_refuses() -> None:
    words = {"type": "plain_text", "text": "x"}
    for blocks in (
        [{"type": "divider"}] * 51,
        [{"type": "section", "text": {"type": "plain_text", "text": "x" * 2900}}] * 5,
        [{"type": "divider", "block_id": "a"}] * 2,
        [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        [{"type": "image", "image_url": "http://127.0.0.1/a.png"}],
        [
            {
                "type": "actions",
                "elements": [{"type": "button", "text": words, "action_id": "a", "value": "b"}] * 2,
            }
        ],
        [{"type": "section", "text": {"type": "mrkdwn", "text": "<!channel>"}}],
        [{"type": "poem", "text": words}],
    ):
        with pytest.raises(AssertionError):
            check_message({"text": "x", "blocks": blocks})
    for text in ("", "x" * 4001, "<!channel>", "a & b"):
        with pytest.raises(AssertionError):
            check_message({"text": text, "blocks": []})


def test_the_validators_see_what_slack_refuses_in_a_modal() -> None:
    good = view(Card("t", "t", fields=(FIELDS["choice of several"],), actions=(Submit("S", "t"),)))
    check_view(good)
    block = good["blocks"][0]
    long = [{"text": {"type": "plain_text", "text": str(n)}, "value": str(n)} for n in range(11)]
    for change in (
        {"title": {"type": "plain_text", "text": "x" * 25}},
        {"private_metadata": "x" * 3001},
        {"blocks": [{**block, "element": {**block["element"], "options": long}}]},
        {"blocks": [block, block]},
        {
            "blocks": [
                {**block, "element": {"type": "number_input", "is_decimal_allowed": True, "min_value": 1}}
            ]
        },
    ):
        with pytest.raises(AssertionError):
            check_view({**good, **change})
    with pytest.raises(AssertionError):
        check_view({name: part for name, part in good.items() if name != "submit"})


# --- messages


def test_a_long_digest_goes_on_in_the_thread_and_nothing_of_it_is_lost() -> None:
    lines = [f"{number}: {'word ' * 60}".strip() for number in range(120)]
    card = Card(
        "Digest", "t", tuple(say(text) for text in lines), actions=(Button("Decide", "d"),), footer="f"
    )
    messages = render_all(card)
    shown = json.dumps(messages)
    assert 2 < len(messages) <= 1 + limits.CONTINUATIONS
    assert all(text in shown for text in lines)
    assert [any(block["type"] == "actions" for block in one["blocks"]) for one in messages][:2] == [
        True,
        False,
    ]
    for message in messages:
        check_message(message)


def test_sixty_short_lines_are_more_blocks_than_a_message_takes() -> None:
    card = Card("t", "t", tuple(say(str(number)) for number in range(60)))
    assert [len(one["blocks"]) for one in render_all(card)] == [
        49,
        13,
    ]  # a place is kept for the button that shares
    assert render(card)["more"] == render_all(card)[1:]


def test_what_is_over_after_the_last_message_is_said_to_be() -> None:
    rows = tuple((f"name {number}", "value " * 40) for number in range(2000))
    messages = render_all(Card("t", "t", (Facts(rows),)))
    assert len(messages) == 1 + limits.CONTINUATIONS
    assert "left out" in json.dumps(messages[-1]["blocks"][-1])


def test_the_text_is_there_whole_or_cut_after_a_letter_never_within_an_entity() -> None:
    assert render(Card("t", "a & b <c>"))["text"] == "a &amp; b &lt;c&gt;"
    for text in ("&" * 5000, "a<" * 3000, "x" * 4001, "&" * 799 + "x" * 10_000):
        shown = render(Card("t", text))["text"]
        assert len(shown) <= limits.MESSAGE_TEXT
        assert shown.endswith(("&amp;…", "&lt;…", "a…", "x…"))
    assert render(Card("", ""))["text"]
    assert render(Card("", "", (say("only a body"),)))["text"] == "only a body"


@pytest.mark.parametrize("text", [NAUGHTY["slack mentions"], NAUGHTY["slack link"], NAUGHTY["markdown"]])
def test_a_mention_a_link_and_markup_stay_the_letters_they_are(text: str) -> None:
    card = naughty(text)
    shown = json.dumps([render_all(card), view(card)])
    assert "<" not in render(card)["text"]
    assert '"mrkdwn"' not in shown
    assert not {
        f'"type": "{live}"' for live in ("user", "broadcast", "usergroup", "channel", "markdown")
    } & set(shown.split(", "))


def test_a_table_that_fits_a_phone_is_in_columns_and_a_wider_one_a_list() -> None:
    narrow = render(Card("t", "t", (Table(("Pilot", "Days"), (("Claims triage", "161"), ("日本", "9"))),)))
    assert narrow["blocks"][1]["elements"][0]["elements"][0]["text"].splitlines() == [
        "Pilot          Days",
        "─────────────  ────",
        "Claims triage  161",
        "日本           9",
    ]
    phone = render(
        Card("t", "t", (Table(("Pilot", "Owner"), (("Warranty checker, claims", "Jonas Jetway-Jones"),)),))
    )
    assert phone["blocks"][1]["elements"][0]["type"] == "rich_text_list", "a phone shows forty columns"
    wide = render(Card("t", "t", (Table(("Pilot", "Why"), (("Claims triage", "because " * 12),)),)))
    (record,) = wide["blocks"][1]["elements"][0]["elements"]
    assert [one["text"] for one in record["elements"]] == [
        "Pilot: ",
        "Claims triage",
        " · ",
        "Why: ",
        "because " * 12,
    ]


def test_bars_have_numbers_stay_on_their_scale_and_say_what_is_not_known() -> None:
    card = Card("t", "t", (Bars((Bar("Data", 58, "+3"), Bar("All", 140), Bar("Platform", None))),))
    (block,) = render(card)["blocks"][1:]
    text = "".join(one["text"] for one in block["elements"][0]["elements"])
    assert text.splitlines() == [
        " 58 ███░░ Data  +3",
        "100 █████ All",
        "  – ····· Platform  not known",
    ]


def test_a_picture_is_its_words_until_its_file_is_there() -> None:
    card = Card("t", "t", (Picture("a/b:c", "It rose."), Picture("a/b:c", "It rose."), Picture("z", "")))
    payload = render(card)
    assert pictures(payload) == ("a/b:c", "a/b:c", "z")
    shown = illustrated(payload, {"a/b:c": "F0ABCDEFGH"})
    check_message(shown)
    assert [block["type"] for block in shown["blocks"][1:]] == ["image", "image", "context"]
    assert shown["blocks"][1]["alt_text"] == "It rose."


def test_a_picture_in_a_continuation_finds_its_place_too() -> None:
    card = Card("t", "t", (*(say(str(number)) for number in range(60)), Picture("trend", "It rose.")))
    first, last = render_all(card)
    assert (pictures(first), pictures(last)) == ((), ("trend",))
    assert illustrated(last, {"trend": "F0ABCDEFGH"})["blocks"][-1]["type"] == "image"


def test_what_a_picture_is_drawn_from_goes_with_the_message_that_shows_it_and_not_to_slack() -> None:
    grid = Grid("Readiness", ("Value",), (("Invoice matcher", (42,)),))
    card = Card("t", "t", (*(say(str(number)) for number in range(60)), Picture("map", "42.", grid)))
    first, last = render_all(card)
    assert "grids" not in first
    assert last["grids"] == {"map": grid_to_json(grid)}
    assert for_slack(last).keys() == {"text", "blocks"}


@pytest.mark.parametrize(("lines", "messages"), [(47, 1), (48, 2), (470, 10)])
def test_at_the_limit_of_blocks_one_over_and_ten_times_over_all_is_shown_in_order(
    lines: int, messages: int
) -> None:
    pages_ = render_all(Card("Stuck", "t", tuple(say(f"line {number}.") for number in range(lines))))
    assert len(pages_) == messages
    for page in pages_:
        check_message(page)
    told = [int(found) for found in re.findall(r"line (\d+)\.", json.dumps(pages_))]
    assert told == list(range(lines))


@pytest.mark.parametrize("over", [0, 1, 10 * limits.MESSAGE_CHARS])
def test_at_the_limit_of_characters_one_over_and_ten_times_over_all_is_shown_in_order(over: int) -> None:
    frame = weight(render(Card("Stuck", "t", (say("x"),)))["blocks"][1]) - 1
    head = weight(render(Card("Stuck", "t"))["blocks"][0]) + 2
    chars = limits.MESSAGE_CHARS - head - NOTE_ROOM + over  # of all blocks with the commas between them
    whole = (chars - frame - 5) // (frame + 1000 + 2)
    last = chars - whole * (frame + 1000 + 2) - frame
    texts = [f"{number:04}".ljust(1000, "x") for number in range(whole)] + [f"{whole:04}".ljust(last, "x")]
    pages_ = render_all(Card("Stuck", "t", tuple(say(text) for text in texts)))
    assert len(pages_) == {0: 1, 1: 2}.get(over, len(pages_))
    assert len(pages_) <= 1 + limits.CONTINUATIONS
    for page in pages_:
        check_message(page)
    assert list(re.findall(r"\d{4}x+", json.dumps(pages_))) == texts


def test_only_an_answer_in_this_very_checkin_stands_out_among_the_options() -> None:
    field = Choice("a", "A?", (Offer("y", "Yes"), Offer("n", "No")), previous="Last time: Yes")
    for initial, styles in (((), [None, None]), (("n",), [None, "primary"])):
        one = Choice(**{name: getattr(field, name) for name in field.__slots__} | {"initial": initial})
        payload = render(Card("t", "t", fields=(one,), actions=(Submit("Send", "s"), Button("Later", "l"))))
        first, second = [block for block in payload["blocks"] if block["type"] == "actions"]
        assert [button.get("style") for button in first["elements"]] == styles
        assert [button["text"]["text"] for button in second["elements"]] == ["Later"]


def test_options_that_a_button_would_cut_are_written_out_above() -> None:
    long = Choice("a", "A?", (Offer("y", "Before-and-after numbers from the pilot"), Offer("n", "No")))
    payload = render(Card("t", "t", fields=(long,), actions=(Submit("Send", "s"),)))
    assert "rich_text_list" in json.dumps(payload)


def test_several_questions_are_behind_one_button() -> None:
    card = Card(
        "t", "t", fields=(FIELDS["number"], FIELDS["day"]), actions=(Submit("Send", "s", "Answer (1 min)"),)
    )
    (actions,) = [block for block in render(card)["blocks"] if block["type"] == "actions"]
    assert [button["text"]["text"] for button in actions["elements"]] == ["Answer (1 min)"]


def test_a_button_that_slack_cannot_carry_is_left_out() -> None:
    card = Card(
        "t",
        "t",
        actions=(Button("Too long", "t" * 2001), OpenLink("Bad", "javascript:x"), Button("Ok", "ok")),
    )
    assert [button["text"]["text"] for button in buttons(card)] == ["Ok"]


def test_what_a_button_asks_first_travels_in_the_button_with_its_words_cut_where_they_are_long() -> None:
    offers = tuple(Offer(f"pulse.q{number}", f"{number} " + "word " * 14) for number in range(14))
    hand = Button(
        "Ask a colleague",
        "r1|x",
        asks=(Choice("question", "Which?", offers, required=True), Person("to", "Who?")),
    )
    (button,) = buttons(Card("t", "t", actions=(hand,)))
    assert len(button["value"]) <= limits.VALUE
    opened = asked(pressed(button))
    assert opened is not None
    values = [option["value"] for option in opened["blocks"][-2]["element"]["options"]]
    assert values == [offer.value for offer in offers]


def test_a_form_that_no_button_can_carry_whole_keeps_its_questions_and_loses_words() -> None:
    dice = random.Random(7)
    labels = ["".join(chr(dice.randrange(0x4E00, 0x9FA0)) for _ in range(75)) for _ in range(30)]
    offers = tuple(Offer(f"q{number}", label) for number, label in enumerate(labels))
    ask = Button("Ask", "x", asks=(Choice("question", "Which?", offers),))
    (button,) = buttons(Card("t", "t", actions=(ask,)))
    assert len(button["value"]) <= limits.VALUE
    opened = asked(pressed(button))
    assert opened is not None
    options = opened["blocks"][-1]["element"]["options"]
    assert [option["value"] for option in options] == [offer.value for offer in offers]
    assert all(option["text"]["text"].endswith("…") for option in options)


def test_a_token_that_slack_might_escape_on_its_way_travels_sealed() -> None:
    for token in ("r1|command|0|0|run|status R&D <x>", '"quoted"', "r1|checkin|7|2|submit|"):
        (button,) = buttons(Card("t", "t", actions=(Button("B", token),)))
        assert not set(button["value"]) & set("&<>")
        assert meant(button) == Clicked(token)


def test_an_answer_can_be_shared() -> None:
    payload = shareable(render(EVERYTHING), "status matcher")
    check_message(payload)
    assert carried(share("status")) is not None


# --- modals


def test_a_modal_starts_with_what_was_entered_in_this_checkin_and_never_with_last_times_answer() -> None:
    shown = view(EVERYTHING)
    started = {
        block["block_id"]: [key for key in block["element"] if key.startswith("initial")]
        for block in shown["blocks"]
        if block["type"] == "input"
    }
    entered = {name for name, keys in started.items() if keys}
    assert entered == {
        "field:group",
        "field:pilot",
        "field:risks",
        "field:title",
        "none:cost",
        "field:review",
        "day:review",
        "field:proof",
    }
    assert "Last time, 3 Nov: Level 2" in json.dumps(shown)


def test_numbers_bounds_are_strings_without_an_exponent() -> None:
    field = Number("n", "N", low=1e-7, high=1e21)
    (block,) = view(Card("t", "t", fields=(field,), actions=(Submit("S", "s"),)))["blocks"]
    assert (block["element"]["min_value"], block["element"]["max_value"]) == ("0.0000001", "1" + "0" * 21)


@pytest.mark.parametrize(
    ("options", "many", "kind"),
    [
        (10, False, "radio_buttons"),
        (11, False, "static_select"),
        (10, True, "checkboxes"),
        (11, True, "multi_static_select"),
        (250, False, "static_select"),
    ],
)
def test_more_than_ten_options_are_a_list_and_more_than_a_hundred_are_in_groups(
    options: int, many: bool, kind: str
) -> None:
    field = Choice("c", "C", tuple(Offer(f"o{n}", f"Option {n}") for n in range(options)), many=many)
    shown = view(Card("t", "t", fields=(field,), actions=(Submit("S", "s"),)))
    check_view(shown)
    assert shown["blocks"][-1]["element"]["type"] == kind
    assert f'"o{options - 1}"' in json.dumps(shown)


def test_an_option_that_is_cut_is_written_out_above_its_question() -> None:
    field = Choice("c", "C", (Offer("a", "word " * 20), Offer("b", "B", "hint " * 20)))
    shown = view(Card("t", "t", fields=(field,), actions=(Submit("S", "s"),)))
    check_view(shown)
    assert ("word " * 20).strip() in json.dumps(shown)
    assert ("hint " * 20).strip() in json.dumps(shown)


def test_a_question_asked_twice_is_one_input() -> None:
    shown = view(Card("t", "t", fields=(Text("a", "A"), Text("a", "A")), actions=(Submit("S", "s"),)))
    assert len(shown["blocks"]) == 1


def test_a_card_without_questions_is_a_modal_without_a_way_to_send() -> None:
    shown = view(Card("Thank you", "t", (Heading("Saved"),), actions=(Button("Correct", "c"),)))
    check_view(shown)
    assert "submit" not in shown
    assert shown["blocks"][-1]["type"] == "actions"


def test_a_long_title_stands_in_full_at_the_top() -> None:
    shown = view(Card("Invoice matcher: How is it going?", "t"))
    assert shown["title"]["text"] == "How is it going?", "its last part where that is whole"
    assert shown["blocks"][0]["text"]["text"] == "Invoice matcher: How is it going?"


def test_a_long_title_without_parts_is_cut_in_the_bar_of_the_modal() -> None:
    assert view(Card("Invoice matching for all of us", "t"))["title"]["text"] == "Invoice matching for al…"


def test_what_was_said_last_time_stands_within_its_question() -> None:
    field = Text("a", "What is in the way?", hint="In a sentence", previous="Last time, 9 Feb: nothing")
    shown = view(Card("t", "t", fields=(field,), actions=(Submit("Send", "s"),)))
    [block] = shown["blocks"]
    assert block["hint"]["text"] == "Last time, 9 Feb: nothing · In a sentence"
    assert "initial_value" not in block["element"]
