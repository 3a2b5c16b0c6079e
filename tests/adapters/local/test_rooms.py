"""Conversations, what is unread in them, and the journal that carries them over a restart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.local import rooms as rooms_module
from adapters.local.rooms import Posted, Rooms

AT = "2026-12-01T08:00:00+00:00"


def posted(ident: str, conversation: str = "dm:anna", by: str = "rampcheck", **parts: str) -> Posted:
    return Posted(ident, conversation, by, AT, text=ident, **parts)


def test_messages_survive_a_restart_with_their_order_changes_and_unread_marks(tmp_path: Path) -> None:
    path = tmp_path / "chat" / "journal.jsonl"
    before = Rooms(path)
    first = before.put(posted("m1"))
    before.put(posted("m2", "channel:a"))
    before.put(posted("m3", only="anna"))
    before.seen("anna", "dm:anna")
    before.put(posted("m4"))
    before.put(replace(first, text="changed"))
    before.drop("m2")
    before.close()

    after = Rooms(path)
    assert [(one.id, one.text, one.rev) for one in after.visible("anna", "dm:anna")] == [
        ("m1", "changed", 1),
        ("m3", "m3", 0),
        ("m4", "m4", 0),
    ]
    assert after.get("m2") is None
    assert after.unread("anna", "dm:anna") == 1
    assert after.put(posted("m5")).seq == 5
    after.close()


def test_starting_makes_the_journal_as_short_as_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    before = Rooms(path)
    one = before.put(posted("m1"))
    for _ in range(50):
        one = before.put(replace(one, text="again"))
    before.close()
    assert len(path.read_text().splitlines()) == 51
    Rooms(path).close()
    assert len(path.read_text().splitlines()) == 1


@pytest.mark.parametrize(
    "tail",
    [
        '{"put": {"id": "m2", "conv',
        "nonsense\n",
        "[1]\n",
        '{"put": 7}\n',
        '{"drop": "m9"}\n',
        '{"seen": []}\n',
    ],
)
def test_a_line_that_cannot_be_read_costs_that_line_only(tmp_path: Path, tail: str) -> None:
    path = tmp_path / "journal.jsonl"
    before = Rooms(path)
    before.put(posted("m1"))
    before.close()
    with path.open("a") as file:
        file.write(tail)
    after = Rooms(path)
    assert [one.id for one in after.visible("anna", "dm:anna")] == ["m1"]
    after.put(posted("m3"))
    after.close()
    again = Rooms(path)
    assert [one.id for one in again.visible("anna", "dm:anna")] == ["m1", "m3"]
    again.close()


def test_a_private_message_is_seen_by_one_person_only() -> None:
    rooms = Rooms()
    rooms.put(posted("m1", "channel:a", only="anna"))
    assert rooms.visible("anna", "channel:a")
    assert not rooms.visible("rita", "channel:a")
    assert rooms.unread("rita", "channel:a") == 0


def test_ones_own_words_and_changes_are_not_unread() -> None:
    rooms = Rooms()
    rooms.put(posted("m1", by="anna"))
    old = rooms.put(posted("m2"))
    rooms.seen("anna", "dm:anna")
    rooms.put(replace(old, text="changed"))
    assert rooms.unread("anna", "dm:anna") == 0


def test_the_oldest_messages_of_a_conversation_are_forgotten_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rooms_module, "KEPT", 3)
    rooms = Rooms()
    for number in range(5):
        rooms.put(posted(f"m{number}"))
    assert [one.id for one in rooms.visible("anna", "dm:anna")] == ["m2", "m3", "m4"]
    assert rooms.get("m0") is None
