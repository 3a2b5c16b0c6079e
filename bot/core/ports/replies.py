"""What the surface that asked is answered in place; whatever else is to be seen goes by the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.card import Card


@dataclass(frozen=True, slots=True)
class Nothing:
    """Stored; the outbox shows whatever is to be seen."""


@dataclass(frozen=True, slots=True)
class Problems:
    """Nothing was stored: field name -> what is wrong, in plain words; the empty name speaks of the whole."""

    by_field: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Show:
    """A card for the surface that asked; `private` keeps it from others in the channel."""

    card: Card
    private: bool = True


@dataclass(frozen=True, slots=True)
class Update:
    """The card that was acted on, as it is now; `over` when there is nothing more to do with it.

    The message itself is amended by the outbox: this serves surfaces that wait for an answer, a modal or an invoke.
    """

    card: Card
    over: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """The surface that asked can be closed."""


Reply = Nothing | Problems | Show | Update | Close
