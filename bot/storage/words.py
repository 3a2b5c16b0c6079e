"""Names by number, so that the many rows that repeat a question's or an item's name stay small."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from bot.storage.errors import Conflict, StorageError
from bot.storage.fields import table
from bot.storage.scope import Scope, added_once, mine
from bot.storage.tables import WordRow

MOST = 32_767  # a SMALLINT; an organisation has a few hundred questions and items

_word = table(WordRow)
WORDS = mine(select(_word.c.id, _word.c.word))
ADD_WORD = added_once(WordRow, "id")


class Words(Scope):
    """The unit's dictionary; what it saw is shared with other units once it is committed."""

    def _number(self, word: str) -> int:
        """The number of a word, given on first use."""
        found = self._known_number(word)
        if found is None:
            self._see_words()
            found = self.seen_words.get(word)
        return self._new_word(word) if found is None else found

    def _numbers(self, words: Iterable[str]) -> list[int]:
        return [self._number(word) for word in words]

    def _old_number(self, word: str) -> int | None:
        """The number of a word, if it was ever used: for queries, which must not write."""
        found = self._known_number(word)
        if found is None:
            self._see_words()
            found = self.seen_words.get(word)
        return found

    def _words(self, numbers: Iterable[int]) -> list[str]:
        known = self._known.texts.get(self.organisation.id, {})
        listed = list(numbers)
        if any(number not in known for number in listed):
            known = {number: word for word, number in self.seen_words.items()}
        if any(number not in known for number in listed):
            self._see_words()
            known = {number: word for word, number in self.seen_words.items()}
        return [known[number] for number in listed]

    def _known_number(self, word: str) -> int | None:
        return self._known.words.get(self.organisation.id, {}).get(word) or self.seen_words.get(word)

    def _see_words(self) -> None:
        self.seen_words = {row.word: row.id for row in self._all(WORDS)}

    def _new_word(self, word: str) -> int:
        """After `_see_words`: the next number."""
        number = max(self.seen_words.values(), default=0) + 1
        if number > MOST:
            raise StorageError(f"More than {MOST} different questions were asked. Stop renaming them.")
        if self._add(ADD_WORD, {"id": number, "word": word}) is None:
            raise Conflict("Another name got the same number at the same moment. Try again.")
        self.seen_words[word] = number
        return number
