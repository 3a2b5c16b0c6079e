"""What a setting is: one shape for all of them, and how one is refused; it must not know which there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import Field
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

_OPENS: Final = "opens a door"

Origin = Literal["environment", ".env", "default"]


def setting(
    variable: str, *, what_for: str, has_to_be: str, default: object = "", secret: bool = False, **limits: Any
) -> Any:
    """A field of settings: its variable, and the two texts of the reference page; a secret is never shown.

    `limits` are pydantic's: `ge`, `le`, `pattern`, `min_length`, `max_length`.
    """
    return Field(
        default=default,
        validation_alias=variable,
        title=what_for,
        description=has_to_be,
        repr=not secret,
        json_schema_extra={_OPENS: secret},
        **limits,
    )


def is_secret(field: FieldInfo) -> bool:
    """Whether a setting's value opens a door."""
    extra = field.json_schema_extra
    return isinstance(extra, dict) and extra.get(_OPENS) is True


class Room(BaseSettings):
    """What every room of settings is: frozen once checked, and silent about what it holds."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        hide_input_in_errors=True,
        env_ignore_empty=True,
        str_strip_whitespace=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` gathered: it knows where each value came from, which `describe` has to say."""
        return (init_settings,)


@dataclass(frozen=True, slots=True)
class Problem:
    """One setting that cannot be used: its variable, what is wrong with it, what to do."""

    variable: str
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.variable}: {self.what}. {self.fix}{'' if self.fix.endswith('?') else '.'}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `rampcheck doctor`: a setting as it was found; `shown` never holds a secret."""

    variable: str
    origin: Origin
    shown: str
    problem: str | None = None
    fix: str | None = None


class SettingsError(ValueError):
    """The settings cannot be used; the message has a line for each variable: what is wrong and what to do."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class RefusedError(ValueError):
    """What a check raises; it becomes a `Problem`, and its text repeats no secret.

    `variable` is for a check across fields, of which pydantic names none.
    """

    def __init__(self, what: str, fix: str, *, variable: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix
        self.variable = variable
