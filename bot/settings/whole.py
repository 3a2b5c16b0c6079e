"""All settings together: the rooms joined, and what has to go together across them; it must not read any."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Self

from pydantic import model_validator
from pydantic.fields import FieldInfo

from bot.settings import program, slack, teams
from bot.settings.setting import is_secret

ROOMS: Final = (program.ProgramSettings, slack.SlackSettings, teams.TeamsSettings)


class Settings(slack.SlackSettings, teams.TeamsSettings):
    """All that can be set, checked."""

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        for wrong in (slack.wrong_in(self), teams.wrong_in(self), program.wrong_in(self)):
            if wrong is not None:
                raise wrong
        return self


# In the order in which the reference and `rampcheck doctor` show them: the program's own, then each platform's.
FIELDS: Final[Mapping[str, FieldInfo]] = {
    str(field.validation_alias): field for room in ROOMS for field in room.model_fields.values()
}
SECRETS: Final = frozenset(variable for variable, field in FIELDS.items() if is_secret(field))
