"""Takes people's own words out of answers that were kept long enough; it must not know how long that is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Text, bindparam, delete, select, type_coerce

from bot.core.retention import without_words
from bot.core.values import Value, decode, encode
from bot.storage.columns import is_slug
from bot.storage.fields import table
from bot.storage.forms import Forms
from bot.storage.scope import Record, changed, mine, put
from bot.storage.tables import AnswerRow, CheckinRow, ErasureRow, SubmissionRow
from bot.storage.words import Words

_answer, _submission, _checkin = table(AnswerRow), table(SubmissionRow), table(CheckinRow)
_erasure = table(ErasureRow)

# The value as it is written: one that nobody can read stops no other.
OF_SUBMISSIONS = mine(
    select(
        _answer.c.submission_id,
        _answer.c.question_id,
        type_coerce(_answer.c.value, Text).label("value"),
        _checkin.c.questionnaire_id,
        _checkin.c.version,
    )
    .join_from(_answer, _submission, _answer.c.submission_id == _submission.c.id)
    .join(_checkin, _submission.c.checkin_id == _checkin.c.id)
    .where(
        _answer.c.submission_id.in_(bindparam("submissions", expanding=True)), _answer.c.value.is_not(None)
    ),
    by_other=[_answer, _submission, _checkin],
)
CHANGE_ANSWER = changed(AnswerRow, "submission_id", "question_id")
# Answers are append-only but while such a row is open, which no other transaction sees.
NOBODY = 0
OPEN = put(ErasureRow, by=("org_id", "person_id"), columns=("open",))
CLOSE = mine(delete(_erasure).where(_erasure.c.person_id == NOBODY))


class AnswerTexts(Forms, Words):
    """The unit's room for what was answered in own words."""

    def forget_words(self, submissions: Sequence[Record], now: datetime) -> int:
        """Rows of these submissions that lost something."""
        rows = self._all(OF_SUBMISSIONS, submissions=[one.id for one in submissions])
        found = [(row, left) for row in rows if (left := self._left_of(row)) is not None]
        if not found:
            return 0
        self._add(OPEN, {"person_id": NOBODY, "at": now, "open": True, "marks": {}})
        for row, left in found:
            at = {"at_submission_id": row.submission_id, "at_question_id": row.question_id}
            self._change(CHANGE_ANSWER, **at, value=encode(left))
        self._change(CLOSE)
        return len(found)

    def _left_of(self, row: Record) -> Value | None:
        """What an answer is to be; None where it stays as it is."""
        try:
            value = decode(row.value if is_slug(row.value) else json.loads(row.value))
        except ValueError:
            return None
        questionnaire, question = self._words((row.questionnaire_id, row.question_id))
        form = self.form(questionnaire, row.version)
        left = without_words(questionnaire, form.question(question) if form else None, value)
        return left if left != value else None
