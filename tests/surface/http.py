"""What the web process serves, as an OpenAPI description that generators read; it must not know what is behind it.

The bodies are those that Slack and Teams send, loosely: each field as they send it, or anything else, or not at all.
"""

from __future__ import annotations

from typing import Any, Final

from tests.adapters.teams import screen
from tests.fakes.slack.workspace import TEAM

Json = dict[str, Any]

TEXT: Final[Json] = {"type": "string", "maxLength": 200}
ANY: Final[Json] = {}
COMMANDS: Final = (
    "status",
    "status x",
    "list",
    "todo",
    "help",
    "add x",
    "pause x until 1 May",
    "digest",
    "privacy",
)


def one_of(*words: str) -> Json:
    """One of these; generators send what is not allowed as well."""
    return {"enum": list(words)}


def one_like(*words: str) -> Json:
    """One of these, or any text."""
    return {"anyOf": [{"enum": list(words)}, TEXT]}


def thing(required: tuple[str, ...] = (), **fields: Json) -> Json:
    """An object with these fields, some of them left out."""
    return {"type": "object", "properties": fields, "required": list(required), "additionalProperties": False}


def many(item: Json) -> Json:
    return {"type": "array", "items": item, "maxItems": 3}


def or_anything(schema: Json) -> Json:
    return {"anyOf": [schema, ANY]}


USER: Final = thing(("id", "team_id"), id=one_of("U0ANNA", "U0SPY"), name=TEXT, team_id=one_of(TEAM))
CONTROL: Final = thing(
    ("action_id", "type", "value"),
    action_id=one_of("press.0", "open"),
    block_id=TEXT,
    type=one_of("button", "static_select", "users_select"),
    value=one_like('["r1|checkin|1|1|submit|"]', "r1|pilot|1|0|status|"),
    selected_option=or_anything(thing((), value=TEXT, text=thing((), type=TEXT, text=TEXT))),
    action_ts=TEXT,
)
EVENT: Final = thing(
    ("type", "user", "channel", "text", "channel_type"),
    type=one_of("message", "app_mention", "app_home_opened", "user_change", "member_joined_channel"),
    subtype=one_like("message_changed", "bot_message"),
    channel_type=one_of("im", "channel"),
    channel=one_of("D0ANNA", "C0ROOM"),
    user=one_of("U0ANNA", "U0SPY"),
    text=one_like(*COMMANDS),
    ts=TEXT,
    blocks=ANY,
)
VIEW: Final = thing(
    ("callback_id", "id"),
    id=TEXT,
    callback_id=one_like("r1|checkin|1|1|submit|"),
    private_metadata=TEXT,
    hash=TEXT,
    state=or_anything(thing((), values={"type": "object", "additionalProperties": ANY, "maxProperties": 3})),
    blocks=or_anything(many(ANY)),
)
TOLD: Final = thing(
    ("type", "team_id", "event_id", "event"),
    type=one_of("event_callback"),
    team_id=one_of(TEAM),
    event_id=TEXT,
    event=EVENT,
    authorizations=ANY,
)
PRESSED: Final = thing(
    ("type", "team", "user", "actions", "trigger_id"),
    type=one_of("block_actions", "view_submission", "view_closed", "block_suggestion", "shortcut"),
    team=thing(("id",), id=one_of(TEAM)),
    user=USER,
    actions={**many(CONTROL), "minItems": 1},
    view=or_anything(VIEW),
    channel=or_anything(thing(("id",), id=one_of("D0ANNA"), name=TEXT)),
    trigger_id=TEXT,
    response_url=TEXT,
    value=TEXT,
    message=ANY,
)
FROM_SLACK: Final[Json] = {"anyOf": [TOLD, PRESSED]}
COMMAND: Final = thing(
    ("command", "team_id", "user_id", "text"),
    command=one_of("/rampcheck"),
    text=one_like(*COMMANDS),
    team_id=one_of(TEAM),
    user_id=one_of("U0ANNA", "U0SPY"),
    channel_id=one_of("D0ANNA"),
    channel_name=one_of("directmessage", "room"),
    trigger_id=TEXT,
    response_url=TEXT,
)
ANNA: Final = thing(
    ("id", "aadObjectId"), id=one_of(screen.mri(screen.ANNA)), aadObjectId=one_of(screen.ANNA), name=TEXT
)
IDENT: Final[Json] = {"type": "string", "pattern": "^[0-9]{1,12}$"}
MESSAGE: Final = thing(
    ("type", "from", "conversation", "recipient", "id", "text"),
    type=one_of("message"),
    id=IDENT,
    text=one_like(*COMMANDS),
    conversation=thing(
        ("id", "conversationType"), id=one_of(screen.DIRECT), conversationType=one_of("personal")
    ),
    recipient=thing(("id",), id=one_of(screen.BOT)),
    value=or_anything(thing((), rampcheck=or_anything(thing((), token=TEXT, does=one_like("send"))))),
    **{"from": ANNA},
)
OTHERWISE: Final = thing(
    ("type", "from", "conversation", "recipient", "id", "text"),
    type=one_of("message", "invoke", "conversationUpdate", "installationUpdate", "event"),
    id=TEXT,
    name=one_like("adaptiveCard/action", "application/search", "task/fetch"),
    text=one_like(*COMMANDS, "<at>Rampcheck</at> status"),
    value=or_anything(
        thing(
            (),
            action=or_anything(thing((), type=one_of("Action.Execute"), verb=TEXT, data=ANY)),
            rampcheck=or_anything(thing((), token=one_like("r1|checkin|1|1|submit|"), does=one_like("send"))),
            queryText=ANY,
            dataset=TEXT,
        )
    ),
    conversation=thing(
        ("id", "conversationType"),
        id=one_of(screen.DIRECT, screen.CHANNEL),
        conversationType=one_of("personal", "channel"),
        tenantId=one_of(screen.TENANT),
    ),
    membersAdded=or_anything(many(thing((), id=TEXT))),
    entities=or_anything(many(ANY)),
    action=one_of("add", "remove"),
    recipient=thing(("id",), id=one_of(screen.BOT), name=TEXT),
    replyToId=TEXT,
    timestamp=TEXT,
    **{"from": ANNA},
)
ACTIVITY: Final[Json] = {"anyOf": [MESSAGE, OTHERWISE]}


def _answers(*statuses: int) -> Json:
    return {str(status): {"description": "see docs/how-to/run-in-production.md"} for status in statuses}


def _page(*statuses: int) -> Json:
    return {"get": {"responses": _answers(*statuses)}}


def _door(bodies: Json, *statuses: int) -> Json:
    content = {kind: {"schema": schema} for kind, schema in bodies.items()}
    return {"post": {"requestBody": {"required": True, "content": content}, "responses": _answers(*statuses)}}


DESCRIPTION: Final[Json] = {
    "openapi": "3.1.0",
    "info": {"title": "Rampcheck's web process", "version": "1"},
    "paths": {
        "/healthz": _page(200),
        "/readyz": _page(200, 503),
        "/metrics": _page(200, 401, 403, 503),
        "/slack/events": _door(
            {"application/json": FROM_SLACK, "application/x-www-form-urlencoded": COMMAND},
            200,
            400,
            401,
            413,
            503,
        ),
        "/api/messages": _door({"application/json": ACTIVITY}, 200, 202, 400, 401, 413, 415, 503),
    },
}
