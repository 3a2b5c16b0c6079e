"""The settings: what can be set, and what is set; the one room that looks at the environment.

`setting` is the shape of one, `program`, `slack` and `teams` are which there are, `values` checks single ones,
`whole` joins them, and `reading` reads them.
"""

from bot.settings.program import QUESTIONNAIRES, ProgramSettings
from bot.settings.reading import PREFIX, describe, load
from bot.settings.setting import Finding, Problem, RefusedError, SettingsError
from bot.settings.slack import SlackSettings
from bot.settings.teams import TeamsSettings
from bot.settings.values import is_loopback, known_zone
from bot.settings.whole import FIELDS, Settings

__all__ = [
    "FIELDS",
    "PREFIX",
    "QUESTIONNAIRES",
    "Finding",
    "Problem",
    "ProgramSettings",
    "RefusedError",
    "Settings",
    "SettingsError",
    "SlackSettings",
    "TeamsSettings",
    "describe",
    "is_loopback",
    "known_zone",
    "load",
]
