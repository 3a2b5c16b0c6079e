"""Whether somebody of another company acted, in a channel that it shares with us (Slack Connect); pure and total.

What Rampcheck knows is for the organisation that installed it. Within an Enterprise organisation a person's workspace
does not tell whose they are, so nobody of one is held to be an outsider.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from adapters.common.raw import Raw, part_of, text_of


def outside(raw: Raw) -> bool:
    """Whether a verified payload says that whoever acted is of another workspace than ours."""
    theirs, ours = _theirs(raw), set(_ours(raw))
    return bool(theirs and ours) and theirs not in ours and not _is_enterprise(raw)


def _theirs(raw: Raw) -> str:
    event = part_of(raw, "event")
    if not event:
        return text_of(part_of(raw, "user"), "team_id")
    shared = text_of(event, "team") if raw.get("is_ext_shared_channel") is True else ""
    return text_of(event, "user_team") or text_of(event, "source_team") or shared


def _ours(raw: Raw) -> Iterator[str]:
    """What is installed where the payload comes from: a form's `team` is the person's, not ours (bolt-js 1614)."""
    granted = _granted(raw)
    installed = text_of(part_of(raw, "view"), "app_installed_team_id") or text_of(part_of(raw, "team"), "id")
    yield from filter(None, [text_of(one, "team_id") for one in granted] or [installed])


def _is_enterprise(raw: Raw) -> bool:
    named = [text_of(one, "enterprise_id") for one in _granted(raw)]
    return (
        any(named) or bool(part_of(raw, "enterprise")) or bool(text_of(part_of(raw, "team"), "enterprise_id"))
    )


def _granted(raw: Raw) -> list[Raw]:
    granted = raw.get("authorizations")
    return [one for one in granted if isinstance(one, Mapping)] if isinstance(granted, list) else []
