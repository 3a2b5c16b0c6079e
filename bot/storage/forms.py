"""Questionnaire versions as they were when used; it must not know how one is written down."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from bot.core.questionnaire import Questionnaire
from bot.core.questionnaire_json import from_json, to_json
from bot.storage.fields import table
from bot.storage.scope import Scope, added_once, mine
from bot.storage.tables import FormRow

_form = table(FormRow)
_this = (_form.c.form == bindparam("form"), _form.c.version == bindparam("version"))
BODY = mine(select(_form.c.body).where(*_this))
DIGEST = mine(select(_form.c.digest).where(*_this))
ADD_FORM = added_once(FormRow, "version")


class Forms(Scope):
    """The unit's room for questionnaires; a version never changes, so one that was read is kept."""

    def form(self, form: str, version: int) -> Questionnaire | None:
        kept = self._known.forms.get((self.organisation.id, form, version)) or self.seen_forms.get(
            (form, version)
        )
        if kept is not None:
            return kept
        row = self._one(BODY, form=form, version=version)
        if row is None:
            return None
        self.seen_forms[form, version] = from_json(row.body)
        return self.seen_forms[form, version]

    def keep_form(self, form: Questionnaire) -> None:
        at = (form.id, form.version)
        known = self._known.forms.get((self.organisation.id, *at)) or self.seen_forms.get(at)
        digest = known.digest if known else self._stored_digest(form)
        if digest != form.digest:
            raise ValueError(
                f"{form.key} was already used with other questions. Raise its version instead of changing it."
            )
        self.seen_forms[at] = form

    def _stored_digest(self, form: Questionnaire) -> str:
        """The digest stored for this version; stores the form when there is none."""
        values = {"form": form.id, "version": form.version, "digest": form.digest, "body": to_json(form)}
        if self._add(ADD_FORM, values) is not None:
            return form.digest
        row = self._one(DIGEST, form=form.id, version=form.version)
        assert row is not None  # noqa: S101 - the insert met it
        return str(row.digest)
