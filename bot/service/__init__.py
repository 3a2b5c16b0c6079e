"""What happens when somebody acts or time passes: opens units of work, calls the core and obeys its effects."""

from __future__ import annotations


class ServiceError(Exception):
    """The root of this layer: the message tells a person what to do next."""


class Conflict(ServiceError):
    """Somebody else changed the same thing in the same moment; the unit of work is to be run again."""
