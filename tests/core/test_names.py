"""Which pilot is meant by a name that somebody typed."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.names import (
    NEAREST,
    SHOWN,
    Found,
    Match,
    Named,
    Nearest,
    Several,
    folded,
    match_name,
    suggested,
)

PILOTS: list[Named] = [
    (1, "invoice-matcher", "Invoice matcher"),
    (2, "claims", "Claims triage"),
    (3, "claims-eu", "Claims triage EU"),
    (4, "resume", "Résumé screener"),
    (5, "lodz", "Łódź routing"),
    (6, "hr-policy", "HR policy helper"),
    (7, "call-notes", "Call notes"),
    (8, "notes", "Contract notes"),
    (9, "rocket", "🚀"),
    (10, "hindi", "कॉल सारांश"),
    (11, "rd", "R & D finder"),
    (12, "straße", "Straßenbild"),
]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("Invoice matcher", 1, id="the name"),
        pytest.param("  invoice   MATCHER ", 1, id="capitals and spaces do not count"),
        pytest.param("invoice-matcher", 1, id="the key"),
        pytest.param("claims", 2, id="a key before names that begin so"),
        pytest.param("Claims triage", 2, id="a whole name before a longer one that begins so"),
        pytest.param("inv", 1, id="how a name begins"),
        pytest.param("screener", 4, id="how one of its words begins"),
        pytest.param("atcher", 1, id="any part of it"),
        pytest.param("Resume screener", 4, id="without its accents"),
        pytest.param("łodz", 5, id="with half of its accents"),
        pytest.param("strassenbild", 12, id="ss for ß"),
        pytest.param("notes", 8, id="a key before a name that has it"),
        pytest.param("r&d finder", 11, id="signs do not count"),
        pytest.param("🚀", 9, id="a name of signs alone"),
        pytest.param("कॉल", 10, id="another script"),
        pytest.param("“Call notes”", 7, id="in quotation marks"),
    ],
)
def test_a_pilot_is_found(query: str, expected: int) -> None:
    assert match_name(query, PILOTS) == Found(expected)


def test_a_query_that_fits_several_names_them_in_order() -> None:
    assert match_name("c", PILOTS) == Several(
        ((7, "Call notes"), (2, "Claims triage"), (3, "Claims triage EU"), (8, "Contract notes")), 4
    )
    many = [(n, f"p{n}", f"Bot {n:03}") for n in range(50)]
    found = match_name("bot", many)
    assert isinstance(found, Several)
    assert (found.total, len(found.options), found.options[0]) == (50, SHOWN, (0, "Bot 000"))


def test_two_pilots_of_the_same_name_are_told_apart_by_asking() -> None:
    twins = [(1, "bot", "Chat bot"), (2, "bot-2", "Chat bot")]
    assert match_name("chat bot", twins) == Several(((1, "Chat bot"), (2, "Chat bot")), 2)
    assert match_name("bot-2", twins) == Found(2)


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("invioce matcher", 1),
        ("Invoice macther", 1),
        ("clams triage", 2),
        ("resme screner", 4),
        ("hr polcy", 6),
        ("cal notes", 7),
        ("Contrat note", 8),
    ],
)
def test_a_slip_in_a_name_offers_the_nearest_first_and_never_picks_it(query: str, best: int) -> None:
    found = match_name(query, PILOTS)
    assert isinstance(found, Nearest)
    assert found.options[0][0] == best
    assert len(found.options) <= NEAREST


@pytest.mark.parametrize("query", ["", "   ", "zzzzqq", "\u200b"])
def test_what_is_like_no_name_offers_none(query: str) -> None:
    assert match_name(query, PILOTS) == Nearest(())
    assert match_name(query, []) == Nearest(())


@given(
    st.text() | st.text(alphabet="invocematchrs -éß🚀"),
    st.lists(st.tuples(st.integers(), st.text(max_size=12), st.text(max_size=30)), max_size=12),
)
def test_matching_never_fails_and_offers_only_what_there_is(query: str, names: list[Named]) -> None:
    found: Match = match_name(query, names)
    known = {(each, name) for each, _, name in names}
    if isinstance(found, Found):
        assert found.id in {each for each, _ in known}
    else:
        assert set(found.options) <= known
    assert match_name(query, names) == found


@given(st.sampled_from(PILOTS), st.booleans(), st.sampled_from(["", " ", ".", "!"]))
def test_every_name_and_key_finds_its_own_pilot_however_it_is_typed(
    pilot: Named, upper: bool, end: str
) -> None:
    for text in pilot[1:]:
        assert match_name((text.upper() if upper else text) + end, PILOTS) == Found(pilot[0])


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_ten_thousand_names_are_searched_while_nobody_waits() -> None:
    words = "invoice claims contract demand fraud tender policy risk legal customs route permit".split()
    names = [(n, f"p-{n}", f"{words[n % 12]} {words[n // 12 % 12]} {n}".capitalize()) for n in range(10_000)]
    started = time.process_time()
    assert match_name("p-9999", names) == Found(9999)
    assert isinstance(match_name("invioce fruad 17", names), Nearest)
    assert isinstance(match_name("x" * 100_000, names), Nearest)
    # Some ten times more than it takes, so that only runaway work fails.
    assert time.process_time() - started < 3


def test_what_fits_best_is_suggested_first_and_nothing_twice() -> None:
    known = [
        (1, "reader", "Invoice reader"),
        (2, "in", "Minutes"),
        (3, "x", "In-flight meals"),
        (4, "y", "Claims"),
    ]
    assert suggested("in", known, limit=10) == [2, 1, 3]
    assert suggested("in", known, limit=2) == [2, 1]


def test_a_slip_still_finds_what_is_most_like_it() -> None:
    assert suggested("clams", [(1, "a", "Invoice reader"), (4, "y", "Claims")], limit=10) == [4]


def test_nothing_typed_yet_suggests_everybody_in_the_order_given() -> None:
    known = [(2, "b", "B"), (1, "a", "A")]
    assert suggested("", known, limit=10) == [2, 1]
    assert suggested("", known, limit=1) == [2]
    assert suggested("...", known, limit=10) == []
