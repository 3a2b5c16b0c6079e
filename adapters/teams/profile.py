"""What a tenant says of one of its accounts, read into what we keep of a person; pure and total."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.common.text import storable

_EMAIL: Final = re.compile(r"[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,60}")
_GUEST: Final = "#ext#"  # stands in the sign-in name of somebody from elsewhere
_USER: Final = "user"  # the role of a tenant's own people; others are guests, or not signed in at all
NAME_LIMIT: Final = 120  # characters


@dataclass(frozen=True, slots=True)
class Profile:
    """Their name, and an address that is theirs by their tenant's word; empty where it gives no such word."""

    name: str
    email: str = field(default="", repr=False)
    guest: bool = False


def profile(said: Mapping[str, Any]) -> Profile:
    """Out of a member of a conversation.

    A tenant's own people have their mailbox and sign-in name from its admin, who has to prove the domain to
    Microsoft. What a guest brings along is somebody else's word, so that nobody is known by it.
    """
    name, sign_in = _text(said, "name"), _text(said, "userPrincipalName")
    role = _text(said, "userRole").casefold()
    if not sign_in or _is_guest(role, sign_in):
        return Profile(name[:NAME_LIMIT], guest=_is_guest(role, sign_in))
    found = (one for one in (_text(said, "email"), sign_in) if _EMAIL.fullmatch(one))
    return Profile(name[:NAME_LIMIT], next(found, ""))


def _is_guest(role: str, sign_in: str) -> bool:
    """Whether somebody is from elsewhere; one of whom nothing is said is taken for the tenant's own."""
    return role not in ("", _USER) or _GUEST in sign_in.casefold()


def _text(said: Mapping[str, Any], name: str) -> str:
    found = said.get(name)
    return storable(found).strip() if isinstance(found, str) else ""
