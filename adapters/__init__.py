"""The doors: a platform's name and where its adapter lives; no platform is imported before it is used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

ADAPTERS = {
    "local": "adapters.local.adapter:LocalAdapter",
    "slack": "adapters.slack.adapter:SlackAdapter",
    "teams": "adapters.teams.adapter:TeamsAdapter",
}


def load(name: str) -> Any:
    """The adapter class of a platform, imported on first use; its constructor is the platform's own."""
    if name not in ADAPTERS:
        raise LookupError(f"no adapter is called {name!r}; there is {', '.join(sorted(ADAPTERS))}")
    module, _, attribute = ADAPTERS[name].partition(":")
    return getattr(import_module(module), attribute)
