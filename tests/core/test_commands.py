"""What people can ask for in words, however they type it."""

import time
from dataclasses import fields
from datetime import date
from typing import get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.core import phrase
from bot.core.command import Command, ListFilter
from bot.core.commands import (
    HELP,
    Add,
    AskMe,
    Away,
    Back,
    CheckinNow,
    Decide,
    Delegate,
    DigestNow,
    Gate,
    Help,
    History,
    Incomplete,
    Known,
    List,
    Pause,
    Privacy,
    Proof,
    Resume,
    Status,
    Todo,
    Unknown,
    Users,
    Why,
    looks_like_command,
    parse,
    topic,
)
from bot.core.questionnaire import SIDE_STAGES, STAGES
from bot.core.records import Slice

TODAY = date(2026, 11, 23)  # a Monday
READ_ONLY = [entry.name for entry in HELP if entry.reads]
NAME = "Invoice matcher"
# Every command, and what people also say for it.
SAYINGS: list[tuple[str, Command]] = [
    ("help", Help()),
    ("", Help()),
    ("?", Help()),
    ("hi!", Help()),
    ("help me", Help()),
    ("help pause", Help("pause")),
    ("help with ls", Help("list")),
    ("pause help", Help("pause")),
    ("status --help", Help("status")),
    ("help weather", Help("weather")),
    ("status", Status()),
    ("status all", Status()),
    ("status Invoice matcher", Status(NAME)),
    ("status of Invoice matcher?", Status(NAME)),
    ("State Invoice matcher", Status(NAME)),
    ("info Invoice matcher", Status(NAME)),
    ("how is Invoice matcher going?", Status(NAME)),
    ("how's Invoice matcher", Status(NAME)),
    ("show me the status of Invoice matcher", Status(NAME)),
    ("list", List()),
    ("show all pilots", List()),
    ("ls stuck", List(ListFilter(state="stuck"))),
    ("which pilots are stuck?", List(ListFilter(state="stuck"))),
    ("list at risk in hardening", List(ListFilter(stage="hardening", state="at_risk"))),
    ("list my pilots", List(ListFilter(owner="mine"))),
    ("list mine late", List(ListFilter(owner="mine", state="late"))),
    ("list pilots without owner", List(ListFilter(state="unowned"))),
    ("list live", List(ListFilter(stage="production"))),
    ("list stage: limited live", List(ListFilter(stage="limited"))),
    ("list stage=Pilot", List(ListFilter(stage="pilot"))),
    ("list group:Finance #genai", List(ListFilter(group="Finance", tag="genai"))),
    ('list group "Shared services" quiet', List(ListFilter(group="Shared services", state="quiet"))),
    ("list owner:me", List(ListFilter(owner="mine"))),
    ('list owner:"Anna Kalnina"', List(ListFilter(owner="Anna Kalnina"))),
    ("list invoice", List(ListFilter(text="invoice"))),
    ("todo", Todo()),
    ("to-do", Todo()),
    ("to do", Todo()),
    ("tasks", Todo()),
    ("mine", Todo()),
    ("show my tasks", Todo()),
    ("history Invoice matcher", History(NAME)),
    ("log of Invoice matcher", History(NAME)),
    ("checkin Invoice matcher", CheckinNow(NAME)),
    ("check-in Invoice matcher", CheckinNow(NAME)),
    ("check in for Invoice matcher", CheckinNow(NAME)),
    ("answer Invoice matcher", CheckinNow(NAME)),
    ("checkin Invoice matcher with review", CheckinNow(NAME, "review")),
    ("checkin Invoice matcher with value30", CheckinNow(NAME, "value30")),
    ("checkin Invoice matcher with value", CheckinNow(NAME, "value30")),
    ("checkin Invoice matcher with second", CheckinNow(NAME, "second")),
    ("checkin review for Invoice matcher", CheckinNow(NAME, "review")),
    ("checkin Invoice matcher questionnaire:yearly", CheckinNow(NAME, "yearly")),
    ('checkin "Invoice matcher" pulse', CheckinNow(NAME, "pulse")),
    ("review Invoice matcher", CheckinNow(NAME, "review")),
    ("review Invoice matcher in full", CheckinNow(NAME, "review", full=True)),
    ("checkin Invoice matcher with review in full", CheckinNow(NAME, "review", full=True)),
    ("checkin Paid in full", CheckinNow("Paid in full")),
    ("checkin Peer review", CheckinNow("Peer review")),
    ("checkin Chat with Anna", CheckinNow("Chat with Anna")),
    ("add", Add()),
    ("add Invoice matcher", Add(NAME)),
    ("new pilot: Invoice matcher", Add(NAME)),
    ("add a new pilot called Invoice matcher", Add(NAME)),
    ("register “Invoice matcher”", Add(NAME)),
    ('add "A new pilot"', Add("A new pilot")),
    ("add pilot named Invoice matcher", Add(NAME)),
    ("add a new pilot", Add()),
    ("add New hire helper", Add("New hire helper")),
    ("add Pilot check", Add("Pilot check")),
    ("add the Oracle", Add("the Oracle")),
    ("add The new pilot planner", Add("The new pilot planner")),
    ("pause Invoice matcher", Pause(NAME)),
    ("pause Invoice matcher until 2027-03-31", Pause(NAME, date(2027, 3, 31))),
    (
        "pause Invoice matcher until 31 March because of the vendor",
        Pause(NAME, date(2027, 3, 31), "the vendor"),
    ),
    ("pause Invoice matcher for 2 weeks - vendor is late", Pause(NAME, date(2026, 12, 7), "vendor is late")),
    (
        "pause Invoice matcher until next monday, reason: holidays",
        Pause(NAME, date(2026, 11, 30), "holidays"),
    ),
    ("pause Invoice matcher till the end of the month", Pause(NAME, date(2026, 11, 30))),
    ("pause Invoice matcher 31.3.2027", Pause(NAME, date(2027, 3, 31))),
    ("pause Invoice matcher in 3 weeks", Pause(NAME, date(2026, 12, 14))),
    ("pause Invoice matcher because waiting for 2 weeks", Pause(NAME, None, "waiting for 2 weeks")),
    ('pause "Wait until 1 May" until 1 June', Pause("Wait until 1 May", date(2027, 6, 1))),
    ("pause Wait until dawn until 1 June", Pause("Wait until dawn", date(2027, 6, 1))),
    ("pause Model for claims for 2 weeks", Pause("Model for claims", date(2026, 12, 7))),
    ("pause GPT 4.5", Pause("GPT 4.5")),
    ("pause Monday planner", Pause("Monday planner")),
    ("pause Chat as a service until 1 May", Pause("Chat as a service", date(2027, 5, 1))),
    ("hold Invoice matcher until tomorrow", Pause(NAME, date(2026, 11, 24))),
    ("resume Invoice matcher", Resume(NAME)),
    ("unpause Invoice matcher", Resume(NAME)),
    ("away until 31 March 2027", Away("", date(2027, 3, 31))),
    ("away for 2 weeks", Away("", date(2026, 12, 7))),
    ("away 5.12.2026", Away("", date(2026, 12, 5))),
    ("away Anna Berzina until 2026-12-05", Away("Anna Berzina", date(2026, 12, 5))),
    ("I'm away until 5 December", Away("", date(2026, 12, 5))),
    ("I will be on leave until 5 December", Away("", date(2026, 12, 5))),
    ("delegate Anna Berzina until 5 December", Delegate("Anna Berzina", date(2026, 12, 5))),
    ("delegate to Anna for Bo until 2026-12-05", Delegate("Anna", date(2026, 12, 5), "Bo")),
    ("ask me on Thursdays at 14:00", AskMe(3, 14)),
    ("ask me thu 2 pm", AskMe(3, 14)),
    ("ask me at 9", AskMe(None, 9)),
    ("ask me on mondays", AskMe(0)),
    ("ask me as usual", AskMe()),
    ("back", Back()),
    ("back from holiday", Back()),
    ("back Anna Berzina", Back("Anna Berzina")),
    ("digest", DigestNow()),
    ("digest show", DigestNow()),
    ("users Invoice matcher", Users("Invoice matcher")),
    ("users of Invoice matcher: Anna Berzina, Bo", Users("Invoice matcher", ("Anna Berzina", "Bo"))),
    ("users Invoice matcher: <@U1> <@U2>", Users("Invoice matcher", ("<@U1>", "<@U2>"))),
    ("users Invoice matcher: @anna @bo", Users("Invoice matcher", ("@anna", "@bo"))),
    ("users Invoice matcher: nobody", Users("Invoice matcher", ())),
    ("digest quarter", DigestNow("quarter")),
    ("digest quarterly for Finance", DigestNow("quarter", Slice("Finance"))),
    ("digest for Finance", DigestNow("show", Slice("Finance"))),
    ("digest subscribe group Finance", DigestNow("subscribe", Slice("Finance"))),
    ("digest here", DigestNow("subscribe")),
    (
        "digest here group=Finance stage=pilot tag=emea",
        DigestNow("subscribe", Slice("Finance", "pilot", "emea")),
    ),
    (
        'digest here tag:emea group="Shared services"',
        DigestNow("subscribe", Slice("Shared services", "", "emea")),
    ),
    ("digest stage hardening", DigestNow("show", Slice(stage="hardening"))),
    ("digest here stage=live #emea", DigestNow("subscribe", Slice(stage="production", tag="emea"))),
    ("subscribe", DigestNow("subscribe")),
    ("digest on", DigestNow("subscribe")),
    ("digest off", DigestNow("unsubscribe")),
    ("unsubscribe", DigestNow("unsubscribe")),
    ('digest unsubscribe group "Shared services"', DigestNow("unsubscribe", Slice("Shared services"))),
]
lines = st.sampled_from([line for line, _ in SAYINGS if line])
SPACES = [" ", "  ", "\u00a0", "\t", "\n", " \u200b", "\u2009", "\u200e "]


def same(a: Command, b: Command) -> bool:
    """Whether two commands are the same but for capitals in what was typed."""
    return repr(a).casefold() == repr(b).casefold()


@pytest.mark.parametrize(("line", "command"), SAYINGS)
def test_what_people_say_is_understood(line: str, command: Command) -> None:
    assert parse(line, today=TODAY) == command


@pytest.mark.parametrize(
    "prefix",
    [
        "/rampcheck ",
        "rampcheck ",
        "Rampcheck: ",
        "@rampcheck, ",
        "<@U02ABC> ",
        "<@U02ABC|rampcheck> ",
        "/",
        "> ",
        "please ",
        "<at>Rampcheck</at>&nbsp;",
        "<at id='0'>Rampcheck</at> ",
        "\u200f\u202a",
        "\ufeff",
        "hey rampcheck, ",
    ],
)
def test_calling_the_bot_by_name_changes_nothing(prefix: str) -> None:
    assert parse(f"{prefix}status Invoice matcher", today=TODAY) == Status(NAME)


@pytest.mark.parametrize(
    "line",
    [
        '"status Invoice matcher"',
        "`status Invoice matcher`",
        "*status Invoice matcher*",
        "status 'Invoice matcher'.",
        "status „Invoice matcher“ please",
        "status «Invoice matcher»?",
        "status Invoice matcher <@U02ABC>",
        "/rampcheck /rampcheck status Invoice matcher",
    ],
)
def test_quotes_and_marks_of_whoever_copied_the_line_do_not_matter(line: str) -> None:
    assert parse(line, today=TODAY) == Status(NAME)


@given(
    line=lines,
    space=st.sampled_from(SPACES),
    before=st.sampled_from(["", " ", "\u200b", "\u202b", "/rampcheck "]),
    end=st.sampled_from(["", "!", ".", " ?", "…", " \u200f", "!!!"]),
    upper=st.booleans(),
)
@settings(deadline=None)
def test_capitals_spaces_and_punctuation_do_not_matter(
    line: str, space: str, before: str, end: str, upper: bool
) -> None:
    typed = line.upper() if upper else line
    noisy = before + typed.replace(" ", space) + end
    assert same(parse(noisy, today=TODAY), parse(line, today=TODAY))


# --- what lacks something ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line", ["history", "checkin", "resume", "pause", "log", "check in", "checkin with review"]
)
def test_a_command_without_its_pilot_asks_which_one_and_shows_how(line: str) -> None:
    found = parse(line, today=TODAY)
    assert isinstance(found, Incomplete)
    assert found.missing == "Which pilot do you mean?"
    if found.pick:  # with a pilot in its place it is complete, and keeps what was said beside it
        assert not isinstance(parse(found.pick.format("invoice-matcher"), today=TODAY), Incomplete | Unknown)
    assert not isinstance(parse(found.example, today=TODAY), Incomplete | Unknown)


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("pause X until 3/4/2027", "“3/4/2027” can be 3 April or 4 March. Write 2027-04-03 or 2027-03-04."),
        ("pause X until 31.2.2027", "There is no day “31.2.2027”. Write it like 2026-11-23."),
        ("pause X until soon", "I cannot read “soon” as a day."),
        ("pause X until it works because of legal", "I cannot read “it works because of legal” as a day."),
        ("pause X until 1 May 2026", "That would end 1 May, which is over. Until which later day?"),
        ("pause X until today", "That would end today. Until which later day?"),
    ],
)
def test_a_day_that_is_not_clear_is_asked_back_never_guessed(line: str, missing: str) -> None:
    found = parse(line, today=TODAY)
    assert isinstance(found, Incomplete)
    assert (found.command, found.missing) == ("pause", missing)
    assert isinstance(parse(found.example, today=TODAY), Pause)


@given(today=st.dates(date(2025, 1, 1), date(2040, 12, 31)))
def test_the_example_of_a_pause_always_ends_in_the_future(today: date) -> None:
    found = parse("pause X until yesterday", today=today)
    assert isinstance(found, Incomplete)
    again = parse(found.example, today=today)
    assert isinstance(again, Pause)
    assert again.until is not None
    assert again.until > today


# --- slips ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("statsu Invoice matcher", Status(NAME)),
        ("staus Invoice matcher", Status(NAME)),
        ("hist Invoice matcher", History(NAME)),
        ("hsitory Invoice matcher", History(NAME)),
        ("lsit stuck", List(ListFilter(state="stuck"))),
        ("tdoo", Todo()),
        ("hepl", Help()),
        ("digets", DigestNow()),
    ],
)
def test_a_slip_in_a_command_that_changes_nothing_is_forgiven(line: str, command: Command) -> None:
    assert parse(line, today=TODAY) == command


@pytest.mark.parametrize(
    ("line", "suggestions"),
    [
        ("puase Invoice matcher until tomorrow", ("pause",)),
        ("resme Invoice matcher", ("resume",)),
        ("ad Invoice matcher", ("add",)),
        ("chekin Invoice matcher", ("checkin",)),
        ("digset subscribe", ("digest",)),
        ("digset off", ("digest",)),
    ],
)
def test_a_slip_in_a_command_that_changes_something_is_asked_back(
    line: str, suggestions: tuple[str, ...]
) -> None:
    found = parse(line, today=TODAY)
    assert isinstance(found, Unknown)
    assert found.suggestions[:1] == suggestions
    assert found.text == line


def test_what_is_no_command_is_unknown_and_keeps_the_line_since_it_may_name_a_pilot() -> None:
    assert parse("/rampcheck Invoice matcher", today=TODAY) == Unknown("Invoice", (), "Invoice matcher")
    assert parse("frobnicate", today=TODAY) == Unknown("frobnicate", (), "frobnicate")


@given(verb=st.sampled_from(READ_ONLY), data=st.data())
def test_one_slip_in_a_command_that_changes_nothing_still_runs_or_suggests_it(
    verb: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(verb) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    typo = data.draw(
        st.sampled_from(
            [
                verb[:place] + verb[place + 1 :],
                verb[:place] + letter + verb[place:],
                verb[:place] + letter + verb[place + 1 :],
                verb[:place] + verb[place : place + 2][::-1] + verb[place + 2 :],
            ]
        )
    )
    longer = [name for name in READ_ONLY if name != verb and name.startswith(typo)]
    assume(not longer)  # "hist" is the beginning of history, not a slip in list
    found, meant = parse(f"{typo} {NAME}", today=TODAY), parse(f"{verb} {NAME}", today=TODAY)
    assert type(found) is type(meant) or (isinstance(found, Unknown) and verb in found.suggestions), typo


@given(a=st.text("abc", max_size=6), b=st.text("abc", max_size=6))
def test_the_distance_of_two_words_is_the_number_of_slips_between_them(a: str, b: str) -> None:
    assert phrase.distance(a, b) == phrase.distance(b, a)
    assert (phrase.distance(a, b) == 0) == (a == b)
    assert abs(len(a) - len(b)) <= phrase.distance(a, b) <= max(len(a), len(b))


def test_neighbours_swapped_are_one_slip() -> None:
    assert phrase.distance("statsu", "status") == 1
    assert phrase.distance("kitten", "sitting") == 3


# --- help is true -----------------------------------------------------------------------------------------------

MAKES = {
    "status": Status,
    "list": List,
    "todo": Todo,
    "history": History,
    "why": Why,
    "known": Known,
    "checkin": CheckinNow,
    "decide": Decide,
    "gate": Gate,
    "add": Add,
    "pause": Pause,
    "resume": Resume,
    "ask me": AskMe,
    "away": Away,
    "delegate": Delegate,
    "back": Back,
    "digest": DigestNow,
    "proof": Proof,
    "privacy": Privacy,
    "help": Help,
    "users": Users,
}


@pytest.mark.parametrize("entry", HELP, ids=lambda entry: entry.name)
def test_every_example_in_the_help_does_what_it_says(entry) -> None:
    assert isinstance(parse(entry.example, today=TODAY), MAKES[entry.name])
    assert entry.usage.startswith(entry.name)
    assert entry.line.endswith(".")
    assert len(entry.line) <= 75  # the line fits a menu of Slack
    assert topic(entry.name) is entry
    assert parse(f"help {entry.name}", today=TODAY) == Help(entry.name)


@pytest.mark.parametrize("entry", HELP, ids=lambda entry: entry.name)
def test_every_spelling_calls_its_command(entry) -> None:
    for spelling in entry.spellings():
        found = parse(f"{spelling} {NAME}", today=TODAY)
        asks_for_more = isinstance(found, Incomplete) and found.command == entry.name
        assert asks_for_more or isinstance(found, MAKES[entry.name]), spelling


def test_no_word_calls_two_commands_and_every_command_can_be_called() -> None:
    spellings = [spelling for entry in HELP for spelling in entry.spellings()]
    assert len(spellings) == len(set(spellings))
    assert set(get_args(Command)) == {*MAKES.values(), Unknown, Incomplete}


def test_the_words_of_a_filter_are_all_understood() -> None:
    for stage in (*STAGES, *SIDE_STAGES):
        assert parse(f"list {stage}", today=TODAY) == List(ListFilter(stage=stage))
    assert [field.name for field in fields(ListFilter)] == ["stage", "state", "group", "tag", "owner", "text"]


# --- a command or an answer -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "status",
        "status invoice matcher",
        "Status of Claims triage?",
        "/rampcheck anything at all",
        "rampcheck",
        "help",
        "?",
        "todo",
        "to do",
        "list",
        "list stuck",
        "ls mine group:Finance",
        "history Invoice matcher",
        "checkin invoice matcher",
        "check-in Invoice matcher with review",
        "pause Invoice matcher until 31 March because of legal",
        "unpause Invoice matcher",
        "pause invoice matcher until 3/4/2027",
        "digest",
        "digest subscribe",
        "unsubscribe",
        'add "Invoice matcher"',
        "help pause",
        "add pilot Invoice matcher",
    ],
)
def test_a_command_typed_where_an_answer_is_expected_is_seen(line: str) -> None:
    assert looks_like_command(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "still waiting for security",
        "12",
        "yes",
        "@Lindqvist",
        "Anna Kalnina",
        "mine",
        "all of it",
        "new vendor contract",
        "none yet",
        "status of the vendor contract is not clear yet",
        "history shows that we need more data",
        "list of open points sent to legal",
        "check in with Anna on Monday",
        "pause",
        "pause the rollout until legal has signed off",
        "add two reviewers",
        "how we measure it changed",
        "log files are missing",
        "report is with the board",
        "hold until the audit is over",
        "continue as planned",
        "resume when they are back",
        "help from the data team",
        "digest of the logs was sent to them",
        "show the new flow to users",
        "2026-03-31",
        "hi, we are done",
        "create access for 3 people",
        "todo: ask legal, then security",
        "x" * 100_000,
    ],
)
def test_a_typed_answer_is_not_taken_for_a_command(line: str) -> None:
    assert looks_like_command(line) is (line == "pause")


# --- anything at all --------------------------------------------------------------------------------------------

words = st.lists(
    st.sampled_from(
        [spelling for entry in HELP for spelling in entry.spellings()]
        + "<@U1> on is a the new pilot called".split()
        + "until for because 3/4 31.2. 1 may next monday group: tag: # \" ' “ stage:pilot rampcheck with of in".split()
    )
)


@settings(max_examples=500, deadline=None)
@given(
    text=st.text() | words.map(" ".join) | st.text(alphabet="\"'“”<>@/:#-\u200b\u00a0\x00\ud800 statu"),
    today=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
def test_any_text_gives_one_command_and_always_the_same(text: str, today: date) -> None:
    found = parse(text, today=today)
    assert isinstance(found, get_args(Command))
    assert parse(text, today=today) == found
    assert looks_like_command(text) in (True, False)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        " " * 100_000,
        "pause " + "for " * 25_000,
        "pause " + "until 1 " * 12_500,
        '"' * 100_000,
        "'a " * 33_000,
        "<@" * 50_000,
        "/rampcheck " * 9_000,
        "list " + "group: " * 14_000,
        "\u202e" * 100_000,
        "status " + "🚀" * 100_000,
        "<at>" * 25_000,
        "1/" * 50_000,
        "add " + "ﷺ" * 50_000,
    ],
    ids=lambda text: text[:12].encode("unicode_escape").decode(),
)
def test_a_text_of_any_length_is_read_in_a_moment(text: str) -> None:
    started = time.process_time()
    parse(text, today=TODAY)
    looks_like_command(text)
    # No timing of speed: a hundred times more than it takes, so that only runaway work fails.
    assert time.process_time() - started < 5


def test_a_command_that_lacks_its_pilot_keeps_the_questionnaire_it_named() -> None:
    found = parse("checkin with review", today=TODAY)
    assert isinstance(found, Incomplete)
    assert parse(found.pick.format("claims"), today=TODAY) == CheckinNow("claims", "review")


def test_stuck_alone_lists_the_stuck() -> None:
    assert parse("stuck", today=TODAY) == List(ListFilter(state="stuck"))
    assert not looks_like_command("stuck on the vendor again")
