"""The methods of Slack's Web API that the app calls, on one workspace; it speaks no HTTP."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack.files import Files
from tests.fakes.slack.laws import SCOPES, STACK
from tests.fakes.slack.shapes import wrong_message, wrong_view
from tests.fakes.slack.workspace import BOT, BOT_USER, User, Workspace

Json = dict[str, Any]


class Refusal(Exception):
    """The API's `ok: false`."""

    def __init__(self, code: str, **more: str) -> None:
        super().__init__(code)
        self.answer = {"ok": False, "error": code, **more}


@dataclass
class Api:
    """What each method does; `scopes` are granted, `tickets` are good for one socket each."""

    workspace: Workspace
    scopes: frozenset[str]
    url: str = ""
    tickets: set[str] = field(default_factory=set)
    files: Files = field(default_factory=Files)

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)

    def answer(self, method: str, args: Json) -> Json:
        """The answer to a call. Raises Refusal."""
        scope = SCOPES.get(method)
        if scope and scope not in self.scopes:
            raise Refusal("missing_scope", needed=scope)
        done = getattr(self, "_" + method.replace(".", "_").lower(), None)
        if done is None:
            raise Refusal("unknown_method")
        return {"ok": True, **done(args)}

    def _apps_connections_open(self, args: Json) -> Json:
        ticket = f"ticket-{next(self._numbers)}"
        self.tickets.add(ticket)
        return {"url": f"{self.url.replace('http', 'ws', 1)}/link?ticket={ticket}"}

    def _auth_test(self, args: Json) -> Json:
        return {
            "team_id": self.workspace.team,
            "team": self.workspace.name,
            "bot_id": BOT,
            "user_id": BOT_USER,
            "url": self.url,
        }

    def _chat_postmessage(self, args: Json) -> Json:
        channel = self._writable(args)
        if code := self._wrong(args):
            raise Refusal(code)
        message = self.workspace.post(channel, args)
        return {"channel": channel, "ts": message.ts, "message": message.shown()}

    def _chat_postephemeral(self, args: Json) -> Json:
        channel = self._writable(args)
        if not self.workspace.is_member(channel, args["user"]):
            raise Refusal("user_not_in_channel")
        if code := wrong_message(args):
            raise Refusal(code)
        return {"message_ts": self.workspace.post(channel, args, only=args["user"]).ts}

    def _chat_update(self, args: Json) -> Json:
        message = self.workspace.message(args["channel"], args["ts"])
        if message is None or message.only:
            raise Refusal("message_not_found")
        if message.user != BOT_USER:
            raise Refusal("cant_update_message")
        if code := wrong_message(args):
            raise Refusal(code)
        before = {block.get("block_id") for block in message.blocks} - {None}
        after = {block.get("block_id") for block in args.get("blocks") or []} - {None}
        assert not before & after or message.blocks == args.get("blocks"), (
            "a changed message has new block_ids"
        )
        message.text, message.blocks = args["text"], list(args.get("blocks") or [])
        message.versions += 1
        return {"channel": message.channel, "ts": message.ts}

    def _conversations_replies(self, args: Json) -> Json:
        if not str(args["channel"]).startswith("D"):
            raise Refusal("missing_scope", needed="channels:history")
        here = [one for one in self.workspace.messages if one.channel == args["channel"]]
        found = [one for one in here if args["ts"] in {one.ts, one.thread}]
        told = str(args.get("include_all_metadata", "")).lower() in {"1", "true"}
        return {"messages": [one.shown(metadata=told) for one in found]}

    def _files_getuploadurlexternal(self, args: Json) -> Json:
        file = self.files.place(args["filename"], int(args["length"]))
        return {"upload_url": f"{self.url}/upload/{file.id}", "file_id": file.id}

    def _files_completeuploadexternal(self, args: Json) -> Json:
        files = self.files.complete(args["files"])
        if files is None:
            raise Refusal("file_not_found")
        return {"files": [file.shown() for file in files]}

    def _files_info(self, args: Json) -> Json:
        file = self.files.kept.get(args["file"])
        if file is None:
            raise Refusal("file_not_found")
        file.looks -= 1
        return {"file": file.shown()}

    def _conversations_open(self, args: Json) -> Json:
        if args["users"] not in self.workspace.users:
            raise Refusal("user_not_found")
        return {"channel": {"id": self.workspace.direct(args["users"]).id}}

    def _conversations_history(self, args: Json) -> Json:
        if not str(args["channel"]).startswith("D"):
            raise Refusal("missing_scope", needed="channels:history")
        newest = [
            one
            for one in reversed(self.workspace.messages)
            if one.channel == args["channel"] and not one.only
        ][: int(args.get("limit", 100))]
        told = str(args.get("include_all_metadata", "")).lower() in {"1", "true"}
        return {"messages": [one.shown(metadata=told) for one in newest if not one.thread]}

    def _users_info(self, args: Json) -> Json:
        user = self.workspace.users.get(args["user"])
        if user is None:
            raise Refusal("user_not_found")
        return {"user": self._shown(user)}

    def _users_lookupbyemail(self, args: Json) -> Json:
        wanted = str(args.get("email", "")).casefold()
        for user in self.workspace.users.values():
            if wanted and user.email.casefold() == wanted and not user.deleted:
                return {"user": self._shown(user)}
        raise Refusal("users_not_found")

    def _users_list(self, args: Json) -> Json:
        return {"members": [self._shown(user) for user in self.workspace.users.values()]}

    def _shown(self, user: User) -> Json:
        """An account; its e-mail address only with the scope for it."""
        return user.shown(email="users:read.email" in self.scopes)

    def _views_open(self, args: Json) -> Json:
        return self._opened(self._whose(args), args)

    def _views_push(self, args: Json) -> Json:
        user = self._whose(args)
        if len([one for one in self.workspace.views if one.user == user]) >= STACK:
            raise Refusal("push_limit_reached")
        return self._opened(user, args)

    def _whose(self, args: Json) -> str:
        """Whoever pressed what a trigger came from; a trigger is good once, and not for long."""
        trigger = args["trigger_id"]
        if trigger in self.workspace.exchanged:
            raise Refusal("exchanged_trigger_id")
        user, until = self.workspace.triggers.pop(trigger, ("", 0.0))
        if not user:
            raise Refusal("invalid_trigger_id")
        self.workspace.exchanged.add(trigger)
        if self.workspace.clock() > until:
            raise Refusal("expired_trigger_id")
        return user

    def _opened(self, user: str, args: Json) -> Json:
        view = _view(args)
        if code := wrong_view(view):
            raise Refusal(code)
        opened = self.workspace.open(user, view)
        return {"view": {**view, "id": opened.id, "hash": opened.hash}}

    def _views_update(self, args: Json) -> Json:
        shown = next((one for one in self.workspace.views if one.id == args.get("view_id")), None)
        if shown is None:
            raise Refusal("not_found")
        if args.get("hash") and args["hash"] != shown.hash:
            raise Refusal("hash_conflict")
        view = _view(args)
        if code := wrong_view(view):
            raise Refusal(code)
        self.workspace.replace(shown, view)
        return {"view": {**view, "id": shown.id, "hash": shown.hash}}

    def _views_publish(self, args: Json) -> Json:
        user = self.workspace.users.get(args.get("user_id", ""))
        if user is None:
            raise Refusal("user_not_found")
        if user.deleted:
            raise Refusal("user_disabled")
        view = _view(args)
        if view.get("type") != "home" or wrong_view(view):
            raise Refusal("invalid_arguments")
        if args.get("hash") and args["hash"] != self.workspace.homes[user.id].hash:
            raise Refusal("hash_conflict")
        shown = self.workspace.publish(user.id, view)
        return {"view": {**view, "id": shown.id, "hash": shown.hash}}

    def _wrong(self, args: Json) -> str:
        """Slack's error code for a message; a file that nobody can see yet is a wrong block."""
        missing = any(self.files.missing(args.get("blocks") or []))
        return wrong_message(args) or ("invalid_blocks" if missing else "")

    def _writable(self, args: Json) -> str:
        """The conversation that a message goes to; a person's id means their direct conversation."""
        to = str(args["channel"])
        if to[:1] in {"U", "W"}:
            user = self.workspace.users.get(to)
            if user is None:
                raise Refusal("channel_not_found")
            if user.deleted:
                raise Refusal("user_disabled")
            return self.workspace.direct(to).id
        channel = self.workspace.channels.get(to)
        if channel is None:
            raise Refusal("channel_not_found")
        if channel.archived:
            raise Refusal("is_archived")
        if not channel.joined:
            raise Refusal("not_in_channel")
        return to


def _view(args: Json) -> Json:
    return dict(args["view"])
