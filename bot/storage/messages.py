"""The unit's side of the outbox: messages written, or dropped, together with the change that caused them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, literal, or_, select, update

from bot.core.card import Card
from bot.core.card_json import from_json, to_json
from bot.core.ports import Leased, Message
from bot.core.records import Address
from bot.storage.fields import table
from bot.storage.people import SWITCHED_OFF
from bot.storage.scope import Scope, added_once, mine, own
from bot.storage.tables import WAITS_STILL, ChannelRow, IdentityRow, MessageRow

_message, _identity, _channel = table(MessageRow), table(IdentityRow), table(ChannelRow)


def _silent(target: Any) -> Any:
    """Whether the conversation was switched off, as one table knows it."""
    at = (target.c.connection_id == bindparam("connection"), target.c.conversation == bindparam("at"))
    return select(target.c.connection_id).where(own(target), *at, ~target.c.active).exists()


ADD_MESSAGE = added_once(MessageRow, "id")
ADD_WITH_OTHERS = added_once(MessageRow)
SILENT = mine(select(literal(1)).where(or_(_silent(_identity), _silent(_channel))))
# The same of many conversations: those that are switched off.
_ats: Any = bindparam("ats", expanding=True)
SILENT_OF_MANY = tuple(
    mine(select(one.c.connection_id, one.c.conversation).where(one.c.conversation.in_(_ats), ~one.c.active))
    for one in (_identity, _channel)
)
CANCEL = mine(
    update(_message)
    .where(
        _message.c.key == bindparam("at_key"),
        _message.c.state.in_(WAITS_STILL),
        _message.c.parts == 0,
    )
    .values(state="cancelled", settled_at=_message.c.due_at)  # nobody says what time it is
)
# `due_at` is when a held message leaves, whoever held it and whatever it was meant not to come before.
_until: Any = bindparam("until", type_=_message.c.due_at.type)
HOLD_ANEW = mine(
    update(_message)
    .where(
        _message.c.connection_id == bindparam("connection"),
        _message.c.conversation == bindparam("at_conversation"),
        _message.c.settled_at.is_(None),
        _message.c.state == "held",
        _message.c.due_at == bindparam("was"),
    )
    .values(due_at=_until, not_before=case((_message.c.not_before.is_not(None), _until)))
)
# Fenced as every settling is (`outbox`): what a worker does with a lease that ran out changes nothing.
GIVE_UP = mine(
    update(_message).where(
        _message.c.id == bindparam("at_id"),
        _message.c.state == "leased",
        _message.c.attempt == bindparam("at_attempt"),
        _message.c.due_at == bindparam("at_until"),
    )
)
SENT = mine(select(literal(1)).where(_message.c.key == bindparam("at_key"), _message.c.state == "sent"))
# By its unique key alone: what amends it goes on behind a colon, and ";" is the character after it.
POSTED = mine(
    select(_message.c.card)
    .where(
        or_(
            _message.c.key == bindparam("key"),
            and_(_message.c.key > bindparam("first"), _message.c.key < bindparam("last")),
        ),
        or_(_message.c.key == bindparam("key"), _message.c.replaces == bindparam("key")),
    )
    .order_by(_message.c.id.desc())
    .limit(1)
)


class Messages(Scope):
    """The unit's room for messages."""

    def enqueue(self, message: Message, now: datetime, *, soon: bool = False) -> bool:
        """A message to a conversation that was switched off is kept, dead from the start; one for later is held."""
        where = {"connection": message.address.connection, "at": message.address.conversation}
        later = message.not_before is not None and message.not_before > now
        fate = DEAD | {"settled_at": now} if self._one(SILENT, **where) else HELD if later else WAITING
        row = _row(message, now) | fate
        if soon:
            self._add_soon(ADD_WITH_OTHERS, row)
            return True
        return self._add(ADD_MESSAGE, row) is not None

    def posted(self, key: str) -> Card | None:
        row = self._one(POSTED, key=key, first=f"{key}:", last=f"{key};")
        return None if row is None else from_json(row.card)

    def hold_anew(self, address: Address, was: datetime, at: datetime) -> int:
        where = {"connection": address.connection, "at_conversation": address.conversation}
        return self._change(HOLD_ANEW, **where, was=was, until=at)

    def cancel(self, key: str, reason: str) -> bool:
        """False as well for one in a worker's hands: it may be sent already."""
        return self._change(CANCEL, at_key=key, reason=reason) > 0

    def give_up(self, leased: Leased, now: datetime, reason: str) -> bool:
        fence = {"at_id": leased.id, "at_attempt": leased.attempt, "at_until": leased.until}
        state, why = ("dead", reason) if leased.root is None else ("sent", "")
        return self._change(GIVE_UP, **fence, state=state, reason=why, settled_at=now) > 0

    def was_sent(self, key: str) -> bool:
        return self._one(SENT, at_key=key) is not None


WAITING = {"state": "pending", "reason": "", "settled_at": None}
HELD = WAITING | {"state": "held"}  # what is written to the same conversation meanwhile does not wait for it
DEAD = {"state": "dead", "reason": SWITCHED_OFF}


def _row(message: Message, now: datetime) -> dict[str, Any]:
    """A message that nobody had in hand yet."""
    address = message.address
    return {
        "key": message.key,
        "connection_id": address.connection,
        "conversation": address.conversation,
        "service": address.service,
        "thread": address.thread,
        "card": to_json(message.card),
        "replaces": message.replaces,
        "under": message.under,
        "created_at": now,
        "not_before": message.not_before,
        "due_at": max(now, message.not_before or now),
        "stale_at": message.stale_at,
        "attempt": 0,
        "again": False,
        "ref_conversation": "",
        "ref_message": "",
        "ref_thread": "",
        "parts": 0,
    }
