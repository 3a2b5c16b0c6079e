"""The local chat as people use it: with a mouse, with the keyboard alone, on a phone, and when things go wrong."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from bot.core.card import Card, say
from bot.core.ports import Clicked, Nothing, Ran, Show, Wrote
from tests.contract.gallery import NAUGHTY, naughty
from tests.e2e.conftest import Stage, Visit
from tests.fakes import cards

pytestmark = pytest.mark.browser


def card(page: Page, title: str) -> Locator:
    return page.locator(".message").filter(has=page.get_by_role("heading", name=title, exact=True))


def pulse(page: Page) -> Locator:
    return card(page, cards.PULSE.title)


def draw_anew(page: Page, stage: Stage) -> None:
    """As when the bot has something new to say in the same message: here, the same again."""
    message = pulse(page)
    message.evaluate("one => { one.dataset.before = 'yes'; }")
    stage.do(stage.bot.amend("dm:anna", message.get_attribute("data-id") or "", cards.PULSE))
    expect(message).not_to_have_attribute("data-before", "yes")


def write(page: Page, text: str) -> None:
    page.get_by_label("Your message or command").fill(text)
    page.keyboard.press("Enter")


# --- answering


def test_a_pulse_is_answered_in_place(visit: Visit, stage: Stage) -> None:
    page = visit()
    form = pulse(page)
    form.get_by_label("We are blocked").check()
    form.get_by_label("Security or privacy review").check()
    form.get_by_label("Nobody has time").check()
    form.get_by_role("textbox", name="How many people used it last week?").fill("12")
    form.get_by_label("Even odds").check()
    form.get_by_label("Keep 31 March 2027").check()
    form.get_by_label("Anything else?").fill("The review starts on Monday.")
    form.get_by_role("button", name="Send answers").click()
    expect(card(page, "Thank you, saved")).to_be_visible()
    expect(pulse(page)).to_have_count(0)
    assert stage.bot.acts[0].act == Clicked(
        "pulse.submit",
        {
            "moved": "blocked",
            "block": ["security", "people"],
            "users": "12",
            "sure": "even",
            "target": "2027-03-31",
            "note": "The review starts on Monday.",
        },
    )


def test_last_times_answer_is_shown_and_nothing_is_preselected(visit: Visit) -> None:
    form = pulse(visit())
    question = form.get_by_role("group", name="Did anything move since last time?")
    expect(question).to_contain_text("Last time, 17 Nov: A little")
    assert form.locator("input:checked").count() == 0


def test_a_date_is_kept_changed_or_left_open_with_one_tap_each(visit: Visit, stage: Stage) -> None:
    page = visit()
    form = pulse(page)
    entry = form.get_by_label("The date")
    expect(entry).to_be_hidden()
    form.get_by_label("Change").check()
    expect(entry).to_be_focused()
    entry.fill("2027-04-30")
    form.get_by_role("button", name="Send answers").click()
    expect(form.locator(".problem").first).to_be_visible()  # what the bot answered: so it has the press
    assert values(stage)["target"] == "2027-04-30"
    form.get_by_label("No date yet").check()
    expect(entry).to_be_hidden()
    form.get_by_role("button", name="Send answers").click()
    expect(form.locator(".problem").first).to_be_visible()
    page.wait_for_function("() => !document.querySelector('[data-busy]')")
    assert values(stage)["target"] == "none"


def values(stage: Stage) -> Any:
    act = stage.bot.acts[-1].act
    assert isinstance(act, Clicked)
    return act.values


def test_problems_stand_at_their_fields_and_the_focus_goes_to_the_first(visit: Visit) -> None:
    page = visit()
    form = pulse(page)
    number = form.get_by_role("textbox", name="How many people used it last week?")
    number.fill("many")
    form.get_by_role("button", name="Send answers").click()
    group = form.get_by_role("group", name="Did anything move since last time?")
    expect(group.get_by_role("radio").first).to_be_focused()
    expect(group).to_have_accessible_description(re.compile(r"Choose one of the answers\."))
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(number).to_have_accessible_description(re.compile(r"“many” is not a whole number\."))
    expect(number).to_have_value("many")
    expect(form.get_by_role("status").last).to_have_text("3 answers need another look.")


def test_a_button_that_asks_opens_a_small_form_and_sends_what_was_asked(visit: Visit, stage: Stage) -> None:
    page = visit()
    form = pulse(page)
    opener = form.get_by_role("button", name="Later…")
    expect(opener).to_have_attribute("aria-expanded", "false")
    opener.click()
    expect(opener).to_have_attribute("aria-expanded", "true")
    panel = form.get_by_role("form", name="Later")
    expect(panel.get_by_label("This afternoon")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    panel.get_by_label("Next Monday").check()
    panel.get_by_role("button", name="Later").click()
    expect(page.get_by_text("Put off until monday.").first).to_be_visible()
    assert stage.bot.acts[-1].act == Clicked("pulse.snooze", {"until": "monday"})


def test_a_colleague_is_picked_from_names_and_an_unknown_one_is_a_problem(visit: Visit, stage: Stage) -> None:
    page = visit()
    form = pulse(page)
    form.get_by_role("button", name="Hand over…").click()
    panel = form.get_by_role("form", name="Hand over")
    name = panel.get_by_label("To whom?")
    name.fill("Nobody")
    panel.get_by_role("button", name="Hand over").click()
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description(re.compile("Nobody here is called Nobody"))
    name.fill("Ben")
    expect(panel.locator("datalist option[value='Ben Okafor']")).to_be_attached()
    name.fill("Ben Okafor")
    panel.get_by_role("button", name="Hand over").click()
    expect(page.get_by_text("Handed to ben.").first).to_be_visible()
    expect(page.locator("#cast").get_by_role("button", name="Ben Okafor")).to_contain_text("1 unread message")


def test_one_press_is_one_act_however_often_it_is_clicked(visit: Visit, stage: Stage) -> None:
    page = visit()
    stage.bot.delay = 0.3
    button = pulse(page).get_by_role("button", name="Nothing to report")
    button.evaluate("pressed => { for (let press = 0; press < 5; press++) pressed.click(); }")
    expect(card(page, "Thank you, saved")).to_be_visible()
    assert len(stage.bot.acts) == 1


def test_the_keyboard_alone_is_enough(visit: Visit, stage: Stage) -> None:
    page = visit()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the messages")).to_be_focused()
    page.keyboard.press("Enter")
    pulse(page).get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    tab_to(page, pulse(page).get_by_label("Not in use yet"))
    page.keyboard.press("Space")
    tab_to(page, pulse(page).get_by_label("Likely", exact=True))
    page.keyboard.press("Space")
    tab_to(page, pulse(page).get_by_role("button", name="Send answers"))
    page.keyboard.press("Enter")
    expect(card(page, "Thank you, saved").get_by_role("heading", name="Thank you, saved")).to_be_focused()
    assert values(stage) == {"moved": "some", "users": "none", "sure": "yes"}


def tab_to(page: Page, target: Locator) -> None:
    for _ in range(30):
        if target.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached with the Tab key")


# --- reading


def test_a_digest_has_its_details_folded_under_it(visit: Visit) -> None:
    page = visit("lea")
    page.get_by_role("button", name="ai-pilots").click()
    digest = card(page, cards.DIGEST.title).first
    details = page.get_by_text("Waits for data access since 5 check-ins")
    expect(digest).to_be_visible()
    expect(details).to_be_hidden()
    page.get_by_text("3 replies").click()
    expect(details).to_be_visible()
    expect(page.get_by_role("columnheader", name="Why")).to_be_visible()


def test_bars_say_their_numbers(visit: Visit) -> None:
    page = visit()
    write(page, "status")
    rows = card(page, cards.STATUS.title).get_by_role("listitem")
    expect(rows.nth(0)).to_have_text("Use-case value72+6: the comparison report")
    expect(rows.nth(5)).to_have_text("Platform foundation–not knownnot asked yet")


def test_every_message_has_a_plain_version(visit: Visit) -> None:
    page = visit()
    form = pulse(page)
    plain = form.get_by_text(cards.PULSE.fallback)
    expect(plain).to_be_hidden()
    form.get_by_text("Plain text").click()
    expect(plain).to_be_visible()


@pytest.mark.parametrize(
    "name", ["html", "html in an attribute", "direction overridden", "lines", "stacked marks"]
)
def test_what_people_write_is_shown_and_never_run(visit: Visit, stage: Stage, name: str) -> None:
    page = visit("rita")
    stage.do(stage.bot.say("dm:rita", naughty(NAUGHTY[name])))
    article = page.locator("article").last
    expect(article).to_be_visible()
    assert article.locator("script, img, b, [onerror], [onmouseover]").count() == 0
    expect(page).to_have_title(re.compile("Rita Lindqvist in Rampcheck$"))


def test_long_things_do_not_make_the_page_wider(visit: Visit, stage: Stage) -> None:
    page = visit("rita", viewport={"width": 390, "height": 844})
    for name in ("one long word", "100,000 characters", "markdown lines"):
        stage.do(stage.bot.say("dm:rita", naughty(NAUGHTY[name])))
    stage.do(stage.bot.say("dm:rita", cards.EVERYTHING))
    expect(card(page, "One of each")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.locator("#messages")
    assert box.evaluate("one => one.scrollWidth - one.clientWidth") == 0


# --- writing


def test_a_command_is_answered_and_the_arrow_brings_it_back(visit: Visit, stage: Stage) -> None:
    page = visit()
    write(page, "/rampcheck help")
    expect(card(page, cards.HELP.title)).to_be_visible()
    write(page, "stauts")
    expect(page.get_by_text("I don't know “stauts”. Did you mean status?").first).to_be_visible()
    entry = page.get_by_label("Your message or command")
    expect(entry).to_have_value("")
    entry.press("ArrowUp")
    expect(entry).to_have_value("stauts")
    entry.press("ArrowUp")
    expect(entry).to_have_value("/rampcheck help")
    entry.press("ArrowDown")
    entry.press("ArrowDown")
    expect(entry).to_have_value("")
    assert [inbound.act for inbound in stage.bot.acts] == [Ran("help"), Wrote("stauts")]


def test_a_private_answer_in_a_channel_is_seen_by_the_asker_alone(visit: Visit) -> None:
    anna, lea = visit("anna"), visit("lea")
    for page in (anna, lea):
        page.get_by_role("button", name="finance").click()
    write(anna, "/rampcheck status")
    expect(card(anna, cards.STATUS.title)).to_contain_text("Only you can see this")
    write(lea, "help")
    expect(anna.get_by_text("Lea Marin").last).to_be_visible()
    expect(card(lea, cards.STATUS.title)).to_have_count(0)
    card(anna, cards.STATUS.title).get_by_role("button", name="What changed").click()
    expect(card(anna, cards.STATUS_MORE.title)).to_be_visible()
    card(anna, cards.STATUS_MORE.title).get_by_role("button", name="Close").click()
    expect(card(anna, cards.STATUS_MORE.title)).to_have_count(0)


# --- the clock


def test_moving_the_clock_brings_what_falls_due(visit: Visit, stage: Stage) -> None:
    page = visit()
    stage.desk.slow = 0.4
    clock = page.get_by_role("region", name="The bot's clock")
    expect(clock).to_contain_text("Tue 1 Dec, 10:00")
    clock.get_by_role("button", name="+1 week").click()
    expect(clock.get_by_role("button", name="+1 day")).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#moved")).to_contain_text(
        "Moved to Tue 8 Dec, 10:00. 6 new messages: 1 for you, 4 in #ai-pilots, 1 for Ben Okafor."
    )
    expect(card(page, cards.REMINDER.title)).to_be_visible()
    expect(clock).to_contain_text("Tue 8 Dec, 10:00")
    expect(page.locator("#live")).to_contain_text("check-in of 1 December is still open")


def test_a_clock_that_cannot_be_moved_has_no_buttons(visit: Visit, stage: Stage) -> None:
    stage.desk.movable = False
    page = visit()
    expect(page.get_by_role("region", name="The bot's clock")).to_be_visible()
    expect(page.get_by_role("button", name="+1 day")).to_have_count(0)


# --- being somebody else


def test_switching_to_somebody_shows_what_waits_for_them(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="+1 day").click()
    ben = page.locator("#cast").get_by_role("button", name="Ben Okafor")
    expect(ben).to_contain_text("1 unread message")
    ben.click()
    expect(card(page, "How is Claims triage going?")).to_be_visible()
    expect(ben).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_title(re.compile("Ben Okafor in Rampcheck$"))
    page.reload()
    expect(page.locator("#cast").get_by_role("button", name="Ben Okafor")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_a_new_message_is_announced_and_marks_its_conversation(visit: Visit, stage: Stage) -> None:
    page = visit()
    stage.do(stage.bot.say("channel:finance", cards.DIGEST))
    expect(page.locator("#rooms").get_by_role("button", name="finance")).to_contain_text("1 unread message")
    expect(page.locator("#live")).to_contain_text(
        "Rampcheck in channel finance: AI pilots, week of 30 November"
    )
    expect(page).to_have_title(re.compile(r"^\(\d+\) Anna Berzina in Rampcheck$"))


def test_who_has_no_direct_messages_starts_where_something_is_unread(visit: Visit) -> None:
    page = visit("lea")
    expect(page.get_by_role("heading", name="# ai-pilots")).to_be_visible()
    expect(card(page, cards.DIGEST.title)).to_be_visible()


# --- when things go wrong


def test_what_was_entered_survives_a_reload_and_a_change_of_the_message(visit: Visit, stage: Stage) -> None:
    page = visit()
    pulse(page).get_by_label("A little").check()
    pulse(page).get_by_label("Anything else?").fill("half a thought")
    page.get_by_label("Your message or command").fill("half a command")
    page.reload()
    expect(pulse(page).get_by_label("A little")).to_be_checked()
    expect(page.get_by_label("Your message or command")).to_have_value("half a command")
    draw_anew(page, stage)
    expect(pulse(page)).to_contain_text("updated")
    expect(pulse(page).get_by_label("Anything else?")).to_have_value("half a thought")


def test_a_change_of_the_message_leaves_a_small_form_open_until_it_is_sent(
    visit: Visit, stage: Stage
) -> None:
    page = visit()
    form = pulse(page)
    form.get_by_role("button", name="Later…").click()
    panel = form.get_by_role("form", name="Later")
    panel.get_by_label("Next Monday").check()
    draw_anew(page, stage)
    expect(panel).to_be_visible()
    expect(panel.get_by_label("Next Monday")).to_be_checked()
    expect(panel.get_by_label("Next Monday")).to_be_focused()
    expect(form.get_by_role("button", name="Later…")).to_have_attribute("aria-expanded", "true")
    stage.bot.replies["pulse.snooze"] = Nothing()
    panel.get_by_role("button", name="Later").click()
    expect(form.get_by_text("Saved.")).to_be_visible()
    expect(panel).to_be_hidden()


def test_a_change_of_the_message_leaves_the_writer_where_they_were(visit: Visit, stage: Stage) -> None:
    page = visit()
    note = pulse(page).get_by_label("Anything else?")
    note.press_sequentially("The review ")
    draw_anew(page, stage)
    expect(note).to_be_focused()
    page.keyboard.type("starts on Monday.")
    expect(note).to_have_value("The review starts on Monday.")


def test_a_colleague_who_was_picked_is_there_by_name_after_a_reload(visit: Visit, stage: Stage) -> None:
    page = visit("rita")
    stage.do(stage.bot.say("dm:rita", cards.EVERYTHING))
    helper = card(page, "One of each").get_by_label("Who can help?")
    helper.fill("Ben")
    expect(card(page, "One of each").locator("datalist option[value='Ben Okafor']")).to_be_attached()
    helper.fill("Ben Okafor")
    page.reload()
    expect(helper).to_have_value("Ben Okafor")
    card(page, "One of each").get_by_role("button", name="Send answers").click()
    page.wait_for_function("() => document.querySelector('.status')?.textContent === 'Saved.'")
    assert values(stage)["helper"] == "ben"


def test_a_bot_that_is_gone_is_said_and_the_same_answer_can_be_sent_again(visit: Visit, stage: Stage) -> None:
    page = visit(errors=False)
    form = pulse(page)
    for label in ("A little", "Not in use yet", "Even odds"):
        form.get_by_label(label).check()
    stage.stop()
    form.get_by_role("button", name="Send answers").click()
    expect(form.get_by_text("The bot does not answer. Is it still running?")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("The bot does not answer")
    expect(form.get_by_label("A little")).to_be_checked()
    stage.start()
    expect(page.get_by_role("alert").filter(has_text="does not answer")).to_be_hidden(timeout=15_000)
    pulse(page).get_by_role("button", name="Send answers").click()
    expect(card(page, "Thank you, saved")).to_be_visible()
    assert values(stage) == {"moved": "some", "users": "none", "sure": "even"}


def test_a_failure_is_said_in_words_and_trying_again_is_the_same_act(visit: Visit, stage: Stage) -> None:
    page = visit(errors=False)
    stage.bot.fail = True
    pulse(page).get_by_role("button", name="Nothing to report").click()
    expect(pulse(page).get_by_text("Something went wrong on the bot's side.")).to_be_visible()
    stage.bot.fail = False
    pulse(page).get_by_role("button", name="Try again").click()
    expect(card(page, "Thank you, saved")).to_be_visible()
    assert len({inbound.dedupe_key for inbound in stage.bot.acts}) == 1


def test_a_command_that_was_not_sent_stays_in_the_box(visit: Visit, stage: Stage) -> None:
    page = visit(errors=False)
    stage.bot.fail = True
    write(page, "status")
    expect(page.get_by_role("alert").filter(has_text="Not sent.")).to_be_visible()
    expect(page.get_by_label("Your message or command")).to_have_value("status")
    stage.bot.fail = False
    page.get_by_role("button", name="Try again").click()
    expect(card(page, cards.STATUS.title)).to_be_visible()
    expect(page.locator(".mine")).to_have_count(1)


# --- looks


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast(visit: Visit, stage: Stage, scheme: str) -> None:
    page = visit("rita", color_scheme=scheme)
    stage.do(stage.bot.say("dm:rita", cards.EVERYTHING))
    expect(card(page, "One of each")).to_be_visible()
    page.wait_for_timeout(300)
    poor = page.evaluate(CONTRAST)
    assert poor == []


CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour[3] > 200) return colour;
    }
    return [255, 255, 255, 255];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !one.checkVisibility()) continue;
    if (one.closest(".hidden, .skip, noscript, option")) continue;
    const [a, b] = [light(rgb(getComputedStyle(one).color)), light(ground(one))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${walker.currentNode.data.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return poor;
}"""


def test_the_theme_button_goes_round_and_is_remembered(visit: Visit) -> None:
    page = visit(color_scheme="light")
    button = page.get_by_role("button", name="Theme")
    expect(button).to_have_accessible_name("Theme: as the system")
    button.click()
    button.click()
    expect(button).to_have_accessible_name("Theme: dark")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    page.reload()
    expect(page.get_by_role("button", name="Theme: dark")).to_be_visible()


def test_everything_to_press_or_fill_in_has_a_name_and_room_for_a_finger(visit: Visit, stage: Stage) -> None:
    page = visit("rita", viewport={"width": 390, "height": 844})
    stage.do(stage.bot.say("dm:rita", cards.EVERYTHING))
    everything = card(page, "One of each")
    expect(everything).to_be_visible()
    for control in everything.locator(
        "button:visible, a.button:visible, .option:visible, input:visible:not(.option input), select:visible"
    ).all():
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= 40, control.evaluate("one => one.outerHTML")
    for control in page.locator(
        "button:visible, input:visible, select:visible, textarea:visible, a:visible"
    ).all():
        assert control.evaluate(NAMED), control.evaluate("one => one.outerHTML")


NAMED = """(one) => Boolean(
  one.getAttribute("aria-label") || one.textContent.trim()
    || [...(one.labels ?? [])].some((label) => label.textContent.trim())
)"""


def test_on_a_phone_the_conversations_are_behind_a_button(visit: Visit) -> None:
    page = visit(viewport={"width": 390, "height": 844})
    side = page.get_by_role("navigation", name="People and conversations")
    expect(side).to_be_hidden()
    menu = page.get_by_role("button", name="People and conversations")
    menu.click()
    expect(side).to_be_visible()
    expect(side.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(side).to_be_hidden()
    expect(menu).to_be_focused()
    menu.click()
    side.get_by_role("button", name="ai-pilots").click()
    expect(side).to_be_hidden()
    expect(page.get_by_role("heading", name="# ai-pilots")).to_be_visible()


def test_motion_is_left_out_for_those_who_ask_for_it(visit: Visit, stage: Stage) -> None:
    page = visit(reduced_motion="reduce")
    stage.do(stage.bot.say("dm:anna", Card("Still", "Still", (say("Still"),))))
    expect(card(page, "Still")).to_be_visible()
    assert page.locator(".message").last.evaluate("one => getComputedStyle(one).animationName") == "none"


def test_a_reply_for_nobody_else_opens_where_it_was_asked(visit: Visit, stage: Stage) -> None:
    page = visit()
    stage.bot.replies["pulse.nothing"] = Show(cards.HELP)
    pulse(page).get_by_role("button", name="Nothing to report").click()
    expect(card(page, cards.HELP.title)).to_be_visible()
    expect(pulse(page).get_by_role("button", name="Send answers")).not_to_have_attribute(
        "aria-disabled", "true"
    )
