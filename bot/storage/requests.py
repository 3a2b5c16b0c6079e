"""What is asked of people by one message, and who gets a digest: rows to values and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, or_, select

from bot.core.records import PersonId, PilotId, Request, Slice, Subscription
from bot.storage.fields import table
from bot.storage.people import as_channel
from bot.storage.scope import Record, Scope, added, changed, mine, values_of
from bot.storage.tables import ChannelRow, ConnectionRow, RequestRow, SubscriptionRow

_request, _subscription = table(RequestRow), table(SubscriptionRow)
_channel, _connection = table(ChannelRow), table(ConnectionRow)

# In the order of Request.
ASK = (
    "id",
    "kind",
    "pilot_id",
    "person_id",
    "asked_by",
    "asked_at",
    "text",
    "topic",
    "reply",
    "replied_at",
    "checkin_id",
    "under_id",
)
_requests = select(*(_request.c[name] for name in ASK)).order_by(_request.c.id)
REQUEST = mine(_requests.where(_request.c.id == bindparam("id")))
_conditions = {
    "pilot": _request.c.pilot_id == bindparam("pilot"),
    "person": _request.c.person_id == bindparam("person"),
    "unanswered": _request.c.reply == "",
}
# The names of the conditions that apply -> the statement.
REQUESTS = {
    names: mine(_requests.where(*(_conditions[name] for name in names)))
    for names in (
        frozenset(
            name for name, on in (("pilot", pilot), ("person", person), ("unanswered", unanswered)) if on
        )
        for pilot in (False, True)
        for person in (False, True)
        for unanswered in (False, True)
    )
}
HELP_ASKED = mine(
    _requests.where(
        _request.c.person_id == bindparam("person"),
        _request.c.kind == "help",
        _request.c.topic == bindparam("topic"),
        or_(_request.c.reply == "", _request.c.replied_at >= bindparam("since")),
    )
)
ADD_REQUEST = added(RequestRow, "id")
CHANGE_REQUEST = changed(RequestRow)

_subscriptions = (
    select(
        _subscription.c.id,
        _subscription.c.next_due_at,
        _subscription.c.group,
        _subscription.c.stage,
        _subscription.c.tag,
        _subscription.c.by_person,
        _channel.c.id.label("channel"),
        _channel.c.name,
        and_(_channel.c.active, _connection.c.active).label("active"),
        _channel.c.connection_id,
        _connection.c.platform,
        _channel.c.conversation,
        _channel.c.service,
        _channel.c.thread,
    )
    .join_from(_subscription, _channel, _subscription.c.channel_id == _channel.c.id)
    .join(_connection, _channel.c.connection_id == _connection.c.id)
)
SUBSCRIPTIONS = mine(_subscriptions.order_by(_subscription.c.id))
DUE_SUBSCRIPTIONS = mine(
    _subscriptions.where(_subscription.c.next_due_at <= bindparam("now")).order_by(
        _subscription.c.next_due_at, _subscription.c.id
    )
)
ADD_SUBSCRIPTION = added(SubscriptionRow, "id")
CHANGE_SUBSCRIPTION = changed(SubscriptionRow)
DROP_SUBSCRIPTION = mine(delete(_subscription).where(_subscription.c.id == bindparam("id")))


class Requests(Scope):
    """The unit's room for requests to people and for subscriptions to the digest."""

    def save_request(self, request: Request) -> Request:
        values = values_of(request)
        values |= {f"{name}_id": values.pop(name) for name in ("pilot", "person", "checkin", "under")}
        return replace(request, id=self._stored(ADD_REQUEST, CHANGE_REQUEST, values))

    def request(self, request: int) -> Request | None:
        row = self._one(REQUEST, id=request)
        return None if row is None else Request(*row)

    def requests(
        self, *, pilot: PilotId | None = None, person: PersonId | None = None, unanswered: bool = True
    ) -> Sequence[Request]:
        """The oldest first; unanswered means that nobody replied yet."""
        given = {name: value for name, value in (("pilot", pilot), ("person", person)) if value is not None}
        names = frozenset(given) | ({"unanswered"} if unanswered else frozenset())
        return [Request(*row) for row in self._all(REQUESTS[names], **given)]

    def help_asked(self, person: PersonId, topic: str, *, since: datetime) -> Sequence[Request]:
        """The oldest first."""
        return [Request(*row) for row in self._all(HELP_ASKED, person=person, topic=topic, since=since)]

    def subscriptions(self) -> Sequence[Subscription]:
        return [_as_subscription(row) for row in self._all(SUBSCRIPTIONS)]

    def save_subscription(self, subscription: Subscription) -> Subscription:
        values = values_of(subscription)
        about = values.pop("about")
        values |= {"channel_id": values.pop("channel").id, "by_person": values.pop("by")}
        values |= {"group": about.group, "stage": about.stage, "tag": about.tag}
        return replace(subscription, id=self._stored(ADD_SUBSCRIPTION, CHANGE_SUBSCRIPTION, values))

    def drop_subscription(self, subscription: int) -> None:
        self._change(DROP_SUBSCRIPTION, id=subscription)

    def due_subscriptions(self, now: datetime) -> Sequence[Subscription]:
        return [_as_subscription(row) for row in self._all(DUE_SUBSCRIPTIONS, now=now)]


def _as_subscription(row: Record) -> Subscription:
    about = Slice(row.group, row.stage, row.tag)
    return Subscription(row.id, as_channel(row[6:]), row.next_due_at, about, row.by_person)
