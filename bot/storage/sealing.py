"""Seals what must never be read off a disk or a backup: Fernet with several keys; it must not know what it seals.

The first key seals, each of them opens, so a key is replaced by putting a new one before it (cryptography's
MultiFernet). What is sealed names whose it is, so that a sealed text moved to another row does not open.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from bot.storage.errors import StorageError

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

OWNER: Final = "of"
UNREADABLE: Final = (
    "What is stored for {owner} cannot be opened with the keys in RAMPCHECK_SECRET_KEYS. "
    "Put the key it was sealed with behind the others, or install the app there again."
)
NO_KEY: Final = (
    "There is no key to seal secrets with. Run `rampcheck keys new` and set RAMPCHECK_SECRET_KEYS."
)


class Seal:
    """Seals and opens with the keys given, the first one being the one in use."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = _fernet(keys) if keys else None

    def close(self, secrets: Mapping[str, str], *, owner: str) -> str:
        """Secrets by name as one text that only these keys open. Raises StorageError without a key."""
        text = json.dumps({**secrets, OWNER: owner}, separators=(",", ":"))
        return self._keys().encrypt(text.encode()).decode()

    def open(self, sealed: str, *, owner: str) -> Mapping[str, str]:
        """What was sealed for that owner. Raises StorageError where the keys do not fit, or it is another's."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415  # imported late, as below

        try:
            found: dict[str, str] = json.loads(self._keys().decrypt(sealed))
        except InvalidToken:
            raise StorageError(UNREADABLE.format(owner=owner)) from None
        if found.pop(OWNER, "") != owner:
            raise StorageError(UNREADABLE.format(owner=owner))
        return found

    def renewed(self, sealed: str, *, owner: str) -> str:
        """The same under the first key. Raises StorageError as `open` does."""
        self.open(sealed, owner=owner)
        return self._keys().rotate(sealed).decode()

    def _keys(self) -> MultiFernet:
        if self._fernet is None:
            raise StorageError(NO_KEY)
        return self._fernet


def _fernet(keys: Sequence[str]) -> MultiFernet:
    """Imported with the first key: without any, a command that opens the database is 50 ms faster."""
    from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415  # as above

    return MultiFernet([Fernet(key) for key in keys])


def new_key() -> str:
    """A key that nobody else has."""
    from cryptography.fernet import Fernet  # noqa: PLC0415  # as above

    return Fernet.generate_key().decode()
