"""What is answered at once where too much is going on, before the SDK takes its time; it must not know how much is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.slack.outsiders import outside
from adapters.slack.parse import parse
from adapters.slack.replies import Answer, busy
from adapters.slack.surface import Elsewhere, Written, surface_of


def shed(raw: Mapping[str, Any]) -> Answer | None:
    """What whoever pressed, sent or ran something is told; None for what goes its usual way.

    That is what Slack reports by itself, what only looks, and what people of other companies do. None of it is much.
    """
    surface = surface_of(raw)
    if isinstance(surface, Written | Elsewhere) or outside(raw) or parse(raw) is None:
        return None
    return busy(surface)
