"""Slack as a conversation's door: the real adapter in front of the fake Slack, with people at its screens."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import pytest
from aiohttp import web

from adapters.slack import controls
from adapters.slack.adapter import SlackAdapter
from adapters.slack.pacing import Pacing
from adapters.slack.view import origin
from adapters.slack.view import view as modal_of
from bot.app import App, SystemClock
from bot.core import tokens
from bot.core.records import Address, PersonId
from bot.web import application
from bot.workspace import SlackOffice
from tests.conversations import slack_screen as screen
from tests.conversations.door import Control, Seen, Values, Wrong
from tests.fakes.slack.people import Somebody
from tests.fakes.slack.server import APP_TOKEN, BOT_TOKEN, SECRET, Delivered, FakeSlack
from tests.fakes.slack.workspace import BOT_USER, TEAM, Message, View

Json = dict[str, Any]
Mode = Literal["http", "socket"]

REFUSED: Final = "Not saved\n"  # how a note begins that says what is wrong
PATIENT: Final = 60.0  # seconds: a conversation is about words, and a busy machine makes it slow
FORM, IN_FORM = "form ", "in form "  # begin the tokens of a modal's own controls


@dataclass(frozen=True)
class Sent:
    """One payload that went to the app, so that it can go there once more."""

    kind: str
    payload: Json
    view: Json | None = None  # the modal that it was sent from


class SlackWorkspace:
    """A workspace. A form is opened to be read and filled in: what stands behind a button is seen with the message."""

    def __init__(self, mode: Mode) -> None:
        self._mode = mode
        self._slack = FakeSlack(tiers=False)
        self._people: dict[str, str] = {}  # account by name
        self._behind: dict[tuple[str, int], Json] = {}  # the modal behind a message as it stands
        self._untouched: dict[str, str] = {}  # modals that were opened and not answered yet: id -> hash
        self._acts: dict[str, Sent] = {}  # by what was pressed how; and by the press itself
        self._last = ""  # who acted last
        self._refusals: set[str] = set()  # messages that said what was wrong with a press
        self._patch = pytest.MonkeyPatch()

    async def open(self, app: App) -> None:
        self._app = app
        self._hurry()
        await self._slack.__aenter__()
        way = {"signing_secret": SECRET} if self._mode == "http" else {"app_token": APP_TOKEN}
        world = SystemClock()
        self._adapter = SlackAdapter(
            world,
            SlackOffice(app.store, app.organisation, app.content, app.clock, world),
            bot_token=BOT_TOKEN,
            url=f"{self._slack.url}/api/",
            **way,
        )
        app.adapters["slack"] = self._adapter
        await self._serve()
        self._running = asyncio.create_task(self._adapter.run(app.on_inbound, app.on_search))
        await self._slack.until(self._connected, within=PATIENT)

    async def close(self) -> None:
        self._running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._running
        await self._site.cleanup()
        await self._slack.__aexit__()
        self._patch.undo()

    def _hurry(self) -> None:
        """Nobody waits for a turn, and nobody is told that time is up: pacing and time-outs have their own tests."""
        self._patch.setattr(Pacing, "turn", lambda *_, **__: 0.0)
        self._patch.setattr("adapters.slack.adapter.BUDGET", PATIENT)
        self._patch.setattr("adapters.slack.acquaintance.WITHIN", PATIENT)
        self._patch.setattr("tests.fakes.slack.server.ANSWER_WITHIN", PATIENT)
        self._patch.setattr("tests.fakes.slack.workspace.TRIGGER_LIVES", PATIENT)

    async def _serve(self) -> None:
        self._site = web.AppRunner(application(self._app), shutdown_timeout=0.1)
        await self._site.setup()
        if self._mode == "http":
            await web.TCPSite(self._site, "127.0.0.1", 0).start()
            host, port = self._site.addresses[0][:2]
            self._slack.events_url = f"http://{host}:{port}/slack/events"

    def _connected(self) -> bool:
        known = self._app.store.organisation_of("slack", TEAM) is not None
        return (
            known
            and self._adapter._installed is not None
            and (self._mode == "http" or bool(self._slack.sockets))
        )

    # --- who and what is there

    def seat(self, user: str, name: str) -> tuple[str, Address]:
        account = _account(user)
        self._slack.workspace.add(account, name)
        self._people[name] = account
        return account, self._address(account)

    def room(self, name: str) -> Address:
        channel = f"C0{name.upper().replace('-', '')}"
        self._slack.workspace.add_channel(channel, name)
        return self._address(channel)

    def pick(self, person: PersonId, user: str) -> str:
        del person
        return _account(user)

    def _address(self, conversation: str) -> Address:
        found = self._app.store.organisation_of("slack", TEAM)
        assert found
        return Address(found[1], "slack", conversation)

    # --- seeing

    async def sees(self, user: str) -> Sequence[Seen]:
        me = self._somebody(user)
        shown = [one for one in self._slack.workspace.messages if self._visible(one, me)]
        seen = [await self._seen(one, me) for one in shown]
        modal = me.modal
        if modal is None or self._untouched.get(modal.id) == modal.hash:
            return seen
        in_front = _modal_seen(modal)  # whoever comes back after others acted looks at the messages first
        return [*seen, in_front] if self._last == user else [in_front, *seen]

    def _visible(self, message: Message, me: Somebody) -> bool:
        channel = self._slack.workspace.channels[message.channel]
        mine = channel.user in ("", me.id) and message.only in ("", me.id)
        return mine and message.user == BOT_USER and message.ts not in self._refusals

    async def _seen(self, message: Message, me: Somebody) -> Seen:
        """A message with what stands behind its buttons."""
        channel = self._slack.workspace.channels[message.channel]
        text, found = _read(message), list(_controls(message.blocks))
        for number, (element, _) in enumerate(screen.elements(message.blocks)):
            if _opens(element):
                view = await self._view_behind(message, element, me)
                text = f"{text}\n{screen.read(view['blocks'])}"
                found[number] = _form(view)
                found += _controls(view["blocks"], within=True)
        place = "" if channel.user else channel.name
        return Seen(f"{message.channel}:{message.ts}", place, text, tuple(found))

    async def _view_behind(self, message: Message, element: Json, me: Somebody) -> Json:
        """The modal that a button opens, looked at once for each state of the message."""
        key = (message.ts, message.versions)
        if key not in self._behind:
            view = await self._open(message, element, "", me)
            self._behind[key] = view.view
            self._slack.workspace.close(me.id)  # a look and no act, so nobody is told that it was closed
        return self._behind[key]

    async def _open(self, message: Message, element: Json, block: str, me: Somebody) -> View:
        """Press what opens a modal."""
        before = me.modal
        await me.send(me.pressed(message, element, block, {}))
        await self._settled()
        assert me.modal, f"no modal opened, but {me.inbox[-1].text!r} was said"
        assert me.modal is not before
        self._untouched[me.modal.id] = me.modal.hash
        return me.modal

    # --- doing

    async def press(self, user: str, on: Seen, control: Control, values: Values, ident: str) -> Wrong:
        me = self._somebody(user)
        self._last = user
        what = json.dumps([user, on.key, control.token, values], sort_keys=True)
        if ident in self._acts:
            return await self._resent(self._acts[ident])
        if what in self._acts:
            sent = self._anew(self._acts[what], me)
        else:
            sent = await self._act(me, on, control, values)
        self._acts[ident] = self._acts[what] = sent
        return await self._deliver(sent, me)

    async def type(self, user: str, place: str, text: str, ident: str) -> Wrong:
        del ident
        self._last = user
        me = self._somebody(user)
        await self._leave(me)
        if place:
            channel = next(one for one in self._slack.workspace.channels.values() if one.name == place)
            await me.mention(channel.id, f"<@{BOT_USER}> {_escaped(text)}")
        else:
            await me.write(_escaped(text))
        await self._settled()
        return {}

    async def _act(self, me: Somebody, on: Seen, control: Control, values: Values) -> Sent:
        """The payload of a press, up to which other windows may have been opened or closed."""
        if me.modal and on.key == _key(me.modal):
            return await self._in_modal(me, control, values)
        await self._leave(me)
        channel, _, ts = on.key.partition(":")
        message = self._slack.workspace.message(channel, ts)
        assert message, "the message is gone"
        if control.token == screen.LONE:
            return Sent("interactive", me.pressed(message, *screen.option(message.blocks, values), {}))
        opener = next((one for one in screen.elements(message.blocks) if _opens(one[0])), None)
        if control.token.startswith((FORM, IN_FORM)):
            assert opener, "the message has no form any more"
            await self._open(message, *opener, me)
            return await self._in_modal(me, control, values)
        found = screen.element(message.blocks, control.token)
        assert found, "the button is gone"
        if controls.form(found[0]):
            await self._open(message, *found, me)
            return await self._in_modal(me, control, values)
        return Sent("interactive", me.pressed(message, *found, {}))

    async def _in_modal(self, me: Somebody, control: Control, values: Values) -> Sent:
        view = me.modal
        assert view
        if control.token.startswith(IN_FORM):
            found = screen.element(view.view["blocks"], control.token.removeprefix(IN_FORM))
            assert found, "the button is gone"
            press = me.pressed_in(view, *found)
            if not controls.form(found[0]):
                return Sent("interactive", press)
            await me.send(press)
            await self._settled()
            view = me.modal
            assert view
            self._untouched[view.id] = view.hash
        aids = screen.Aids(self._app.clock.now().date(), self._people)
        state = screen.filled(view.view, values, aids)
        return Sent("interactive", me.submitted(view, me.standing(view, state)), view.view)

    async def _leave(self, me: Somebody) -> None:
        """Close the modal: it stands in front of everything else."""
        while me.modal:
            await me.close_modal()
            await self._settled()

    async def _deliver(self, sent: Sent, me: Somebody) -> Wrong:
        before = len(self._slack.workspace.messages)
        said = await self._slack.deliver(sent.kind, sent.payload)
        assert said, "it was not answered"
        assert said.status == 200
        if sent.view is not None:
            self._shown(said, sent.payload["view"]["id"], me)
        wrong = await self._refused(me, before)
        problems: Mapping[str, str] = said.body.get("errors", {})
        return {**wrong, **{block.partition(":")[2]: text for block, text in problems.items()}}

    def _shown(self, said: Delivered, ident: str, me: Somebody) -> None:
        view = next(one for one in self._slack.workspace.views if one.id == ident)
        me.changed(view, said.body)

    async def _resent(self, sent: Sent) -> Wrong:
        """The network delivered it once more: nobody waits for that answer."""
        await self._slack.deliver(sent.kind, sent.payload)
        await self._settled()
        return {}

    def _anew(self, sent: Sent, me: Somebody) -> Sent:
        """The same once more, from another window that still shows how things stood."""
        payload: Json = {**sent.payload, "trigger_id": self._slack.workspace.trigger(me.id)}
        if sent.view is not None:
            view = self._slack.workspace.open(me.id, sent.view)
            payload["view"] = {**payload["view"], "id": view.id, "hash": view.hash}
            self._untouched[view.id] = view.hash
        elif "actions" in payload:
            payload["actions"] = [{**payload["actions"][0], "action_ts": self._slack.workspace.ts()}]
        return replace(sent, payload=payload)

    async def _refused(self, me: Somebody, before: int) -> Wrong:
        """What was said to be wrong with a press, beside the fields; `before` it there were so many messages."""
        await self._settled()
        channels = self._slack.workspace.channels
        fresh = self._slack.workspace.messages[before:]
        mine = [one for one in fresh if me.id in (one.only, channels[one.channel].user)]
        said = {one.ts: text for one in mine if (text := _read(one)).startswith(REFUSED)}
        self._refusals |= set(said)
        return {"": "\n".join(text.removeprefix(REFUSED) for text in said.values())} if said else {}

    async def _settled(self) -> None:
        await self._slack.until(lambda: not self._adapter._calls, within=PATIENT)

    def _somebody(self, user: str) -> Somebody:
        return Somebody(self._slack, _account(user))


def _account(user: str) -> str:
    return f"U0{user.upper()}"


def _read(message: Message) -> str:
    return screen.read(message.blocks)


def _escaped(text: str) -> str:
    """As Slack hands on what was typed."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _opens(element: Json) -> bool:
    """Whether a button opens the form of a check-in, which changes nothing; one of several names its pilot."""
    if ": " in element["text"]["text"]:
        return False
    act = controls.meant(element) if controls.carried(element) is controls.Carries.ACT else None
    token = tokens.decode(getattr(act, "token", "")[tokens.SIGNATURE :])
    return token is not None and token.verb in {"submit", "show"}


def _controls(blocks: Sequence[Json], *, within: bool = False) -> list[Control]:
    """The buttons of a message or, `within`, of a modal."""
    drawn = [element for element, _ in screen.elements(blocks)]
    found = [_button(one, within=within) for one in drawn]
    lone = screen.lone(blocks, found[0].label) if found else None
    return [*found, lone] if lone else found


def _button(element: Json, *, within: bool) -> Control:
    name = screen.name_of(element)
    asks = controls.form(element)
    shown = screen.fields(_asking(element)) if asks else ()
    sends = controls.carried(element) is controls.Carries.EMPTY
    return Control(element["text"]["text"], f"{IN_FORM}{name}" if within else name, shown, sends_form=sends)


def _asking(element: Json) -> Json:
    """The small form that a button asks with, as it would open."""

    card = controls.form(element)
    assert card
    return modal_of(card)


def _form(view: Json) -> Control:
    submit = view.get("submit", {}).get("text", "")
    stored = origin(view)
    return Control(submit, FORM + (stored[0] if stored else ""), screen.fields(view), sends_form=True)


def _modal_seen(modal: View) -> Seen:
    form = [_form(modal.view)] if "submit" in modal.view else []
    within = _controls(modal.view["blocks"], within=True)
    text = f"{modal.view['title']['text']}\n{screen.read(modal.view['blocks'])}"
    return Seen(_key(modal), "", text, (*form, *within))


def _key(modal: View) -> str:
    return f"{modal.id}:{modal.hash}"
