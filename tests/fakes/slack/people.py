"""People at their Slack: they read, press, fill in and type as Slack's own windows let them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.slack.elsewhere import Elsewhere
from tests.fakes.slack.laws import STACK
from tests.fakes.slack.server import Delivered, FakeSlack
from tests.fakes.slack.shapes import view_faults, wrong_options
from tests.fakes.slack.workspace import APP, Message, View

Json = dict[str, Any]


@dataclass(frozen=True)
class Somebody:
    """One person in front of a screen."""

    slack: FakeSlack | Elsewhere
    id: str

    @property
    def team(self) -> str:
        """The workspace they are in."""
        return self.slack.workspace.team

    @property
    def inbox(self) -> list[Message]:
        """The direct conversation with the bot."""
        return self.slack.workspace.inbox(self.id)

    @property
    def modal(self) -> View | None:
        """The modal in front of them."""
        return self.slack.workspace.top(self.id)

    @property
    def whispers(self) -> list[Message]:
        """What only they see."""
        return self.slack.workspace.whispers(self.id)

    @property
    def home(self) -> View | None:
        """Their page of the app, as it stands."""
        return self.slack.workspace.homes.get(self.id)

    async def look_at_home(self, *, tab: str = "home") -> Delivered:
        """Open a tab of the app."""
        event = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": self.slack.workspace.direct(self.id).id,
            "tab": tab,
            "event_ts": self.slack.workspace.ts(),
        }
        return await self.slack.event(event)

    async def change(self, **parts: Any) -> Delivered:
        """Move, take another name, leave or come back; Slack tells of the whole account."""
        account = self.slack.workspace.users[self.id]
        for name, value in parts.items():
            setattr(account, name, value)
        return await self.slack.event({"type": "user_change", "user": account.shown()})

    async def press_at_home(self, label: str, *, nth: int = 0) -> Delivered | None:
        """Press what is labelled so on their home."""
        home = self.home
        assert home, "there is no home yet"
        found = [one for one in _elements(home.view["blocks"]) if one[0]["text"]["text"].startswith(label)]
        assert found, f"nothing is labelled {label!r}; there is {labels(home.view['blocks'])}"
        element, block = found[nth]
        action = {"action_id": element["action_id"], "block_id": block, "type": element["type"]}
        action |= {"action_ts": self.slack.workspace.ts(), "value": element.get("value", "")}
        view = {**home.view, "id": home.id, "hash": home.hash, "team_id": self.team}
        return await self.send(
            {
                "type": "block_actions",
                **self._envelope(),
                "container": {"type": "view", "view_id": home.id},
                "view": {**view, "app_installed_team_id": self.team, "state": {"values": {}}},
                "actions": [action],
            }
        )

    async def write(self, text: str, *, event_id: str = "") -> Delivered:
        """Type into the direct conversation."""
        channel = self.slack.workspace.direct(self.id).id
        message = self.slack.workspace.post(channel, {"text": text}, user=self.id)
        return await self.slack.event(
            {
                "type": "message",
                "channel_type": "im",
                "channel": channel,
                "user": self.id,
                "team": self.team,
                "text": text,
                "ts": message.ts,
                "event_ts": message.ts,
            },
            event_id=event_id,
        )

    async def mention(self, channel: str, text: str) -> Delivered:
        """Mention the bot in a channel."""
        ts = self.slack.workspace.ts()
        return await self.slack.event(
            {
                "type": "app_mention",
                "channel": channel,
                "user": self.id,
                "team": self.team,
                "text": text,
                "ts": ts,
                "event_ts": ts,
            }
        )

    async def command(self, text: str, *, channel: str = "") -> Delivered | None:
        """Run the slash command; what comes back at once is shown."""
        where = channel or self.slack.workspace.direct(self.id).id
        known = self.slack.workspace.channels[where]
        said = await self.slack.deliver(
            "slash_commands",
            {
                "command": "/rampcheck",
                "text": text,
                "team_id": self.team,
                "team_domain": "airport",
                "api_app_id": APP,
                "channel_id": where,
                "channel_name": known.name,
                "user_id": self.id,
                "user_name": "somebody",
                "trigger_id": self.slack.workspace.trigger(self.id),
                "response_url": self.slack.answer_at(self.id, where, ""),
            },
        )
        if said and said.body:
            self.slack.respond(said.body, self.id, where)
        return said

    async def press(self, message: Message, label: str, **picked: Any) -> Delivered | None:
        """Press what is labelled so; `picked` is what a picker that acts at once was set to."""
        element, block = _labelled(message.blocks, label)
        return await self.send(self.pressed(message, element, block, picked))

    def pressed(self, message: Message, element: Json, block: str, picked: Mapping[str, Any]) -> Json:
        """The payload of a press on a message."""
        action = {
            "action_id": element["action_id"],
            "block_id": block,
            "type": element["type"],
            "action_ts": self.slack.workspace.ts(),
            **{name: element[name] for name in ("value", "text") if name in element},
            **picked,
        }
        known = self.slack.workspace.channels[message.channel]
        return {
            "type": "block_actions",
            **self._envelope(),
            "container": {
                "type": "message",
                "message_ts": message.ts,
                "channel_id": message.channel,
                "is_ephemeral": bool(message.only),
            },
            "channel": {"id": message.channel, "name": known.name},
            "message": message.shown(),
            "state": {"values": {}},
            "response_url": self.slack.answer_at(self.id, message.channel, message.ts),
            "actions": [action],
        }

    async def use_shortcut(self, callback: str, message: Message, **more: Any) -> Delivered | None:
        """Choose an entry of the menu that every message has; `more` is what else Slack knows of the message."""
        known = self.slack.workspace.channels[message.channel]
        return await self.send(
            {
                "type": "message_action",
                **self._envelope(),
                "callback_id": callback,
                "action_ts": self.slack.workspace.ts(),
                "message_ts": message.ts,
                "channel": {"id": message.channel, "name": known.name},
                "message": {**message.shown(), **more},
                "response_url": self.slack.answer_at(self.id, message.channel, message.ts),
            }
        )

    async def press_in_modal(self, label: str) -> Delivered | None:
        """Press a button inside the modal."""
        view = self._modal()
        element, block = _labelled(view.view["blocks"], label)
        return await self.send(self.pressed_in(view, element, block))

    def pressed_in(self, view: View, element: Json, block: str) -> Json:
        """The payload of a press inside a modal."""
        action = {"action_id": element["action_id"], "block_id": block, "type": element["type"]}
        action |= {"action_ts": self.slack.workspace.ts(), "value": element.get("value", "")}
        return {
            "type": "block_actions",
            **self._envelope(),
            "container": {"type": "view", "view_id": view.id},
            "view": self._shown(view, {}, strict=False),
            "actions": [action],
        }

    async def submit(self, values: Mapping[str, Any]) -> Delivered | None:
        """Send the modal with what was entered, by the names of its fields; then it changes as Slack is told."""
        view = self._modal()
        said = await self.send(self.submitted(view, self._shown(view, values)))
        if said is not None and said.status == 200:
            self.changed(view, said.body)
        return said

    async def close(self, values: Mapping[str, Any] | None = None, *, told: bool = True) -> None:
        """Close the modal with what was entered until then; not `told`, Slack keeps the fields to itself."""
        view = self._modal()
        self.slack.workspace.close(self.id)
        if view.view.get("notify_on_close"):
            shown = self._shown(view, values or {}, strict=False)
            state = shown["state"] if told else {"values": {}}
            envelope = {name: part for name, part in self._envelope().items() if name != "trigger_id"}
            said = await self.send(
                {"type": "view_closed", **envelope, "view": {**shown, "state": state}, "is_cleared": False}
            )
            assert said
            assert said.status == 200

    async def search(self, field: str, text: str = "") -> list[Json]:
        """Type into a field of the modal that searches; the options that come up."""
        view = self._modal()
        block = next(one for one in view.view["blocks"] if one.get("block_id") == f"field:{field}")
        assert block["element"]["type"] == "external_select", f"{field} does not search"
        assert len(text) >= block["element"].get("min_query_length", 3), "Slack does not ask yet"
        said = await self.send(
            {
                "type": "block_suggestion",
                **{name: part for name, part in self._envelope().items() if name != "trigger_id"},
                "container": {"type": "view", "view_id": view.id},
                "view": {
                    **view.view,
                    "id": view.id,
                    "hash": view.hash,
                    "app_installed_team_id": self.team,
                },
                "action_id": block["element"]["action_id"],
                "block_id": block["block_id"],
                "value": text,
            }
        )
        assert said, "Slack shows that the options could not be loaded"
        assert said.status == 200
        assert not wrong_options(said.body), wrong_options(said.body)
        view.offered |= {one["value"]: one for one in said.body["options"]}
        return list(said.body["options"])

    def submitted(self, view: View, shown: Json) -> Json:
        """The payload of a modal that is sent; `shown` is how it stands then."""
        return {"type": "view_submission", **self._envelope(), "view": shown, "response_urls": []}

    async def close_modal(self) -> Delivered | None:
        """Close the modal by its cross; the app is told where it asked to be."""
        view = self._modal()
        self.slack.workspace.close(self.id)
        if not view.view.get("notify_on_close"):
            return None
        shown = self._shown(view, {}, strict=False)
        return await self.send(
            {"type": "view_closed", **self._envelope(), "view": shown, "is_cleared": False}
        )

    async def send(self, payload: Json) -> Delivered | None:
        """Deliver an interaction, once: Slack does not repeat what people press."""
        return await self.slack.deliver("interactive", payload)

    def changed(self, view: View, said: Json) -> None:
        """Show what came back for a modal that was sent."""
        workspace = self.slack.workspace
        match said.get("response_action"):
            case "errors":
                known = {block["block_id"] for block in view.view["blocks"] if block["type"] == "input"}
                assert said["errors"], "no errors where there are errors"
                assert set(said["errors"]) <= known, "errors at fields that are not shown"
                view.errors = said["errors"]
            case "update":
                assert not [*view_faults(said["view"])], [*view_faults(said["view"])]
                workspace.replace(view, said["view"])
            case "push":
                assert not [*view_faults(said["view"])], [*view_faults(said["view"])]
                assert len([one for one in workspace.views if one.user == self.id]) < STACK, "a fourth modal"
                workspace.open(self.id, said["view"])
            case "clear":
                workspace.close(self.id, everything=True)
            case None:
                workspace.close(self.id)
            case other:
                raise AssertionError(f"Slack does not know {other}")

    def _envelope(self) -> Json:
        return {
            "team": {"id": self.team, "domain": "airport"},
            "user": {
                "id": self.id,
                "username": "somebody",
                "name": "somebody",
                "team_id": self.team,
            },
            "api_app_id": APP,
            "trigger_id": self.slack.workspace.trigger(self.id),
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _modal(self) -> View:
        view = self.modal
        assert view, "no modal is open"
        return view

    def _shown(self, view: View, values: Mapping[str, Any], *, strict: bool = True) -> Json:
        """The modal with its state, as Slack sends it back; `strict` where it is sent, so required inputs are full."""
        inputs = [block for block in view.view["blocks"] if block["type"] == "input"]
        fields = {block["block_id"].removeprefix("field:"): block for block in inputs}
        missing = set(values) - set(fields)
        assert not missing, f"{missing} is not asked; there is {set(fields)}"
        state: dict[str, Any] = {}
        for label, block in fields.items():
            element = block["element"]
            entered = _entered(element, values.get(label), view.offered)
            assert not strict or entered is not None or block.get("optional"), f"{label} has to be answered"
            state[block["block_id"]] = {
                element["action_id"]: {"type": element["type"], **(entered or _nothing(element))}
            }
        return self.standing(view, state)

    def standing(self, view: View, state: Json) -> Json:
        """A modal as Slack sends it back, with what stands in its inputs."""
        ours = {
            "id": view.id,
            "hash": view.hash,
            "team_id": self.team,
            "app_installed_team_id": self.team,
        }
        return {**view.view, **ours, "state": {"values": state}}


def labels(blocks: list[Json]) -> list[str]:
    """What can be pressed."""
    return [element["text"]["text"] for element, _ in _elements(blocks) if "text" in element]


def words(value: Any) -> str:
    """Everything that can be read in blocks or a view, a line each."""
    return "\n".join(_words(value))


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            if name in {"text", "alt_text"} and isinstance(part, str):
                yield part
            elif name not in {"value", "private_metadata"}:
                yield from _words(part)
    elif isinstance(value, list):
        for part in value:
            yield from _words(part)


def _labelled(blocks: list[Json], label: str) -> tuple[Json, str]:
    found = [
        (element, block)
        for element, block in _elements(blocks)
        if (element.get("text") or element.get("placeholder") or {}).get("text", "").startswith(label)
    ]
    assert found, f"nothing is labelled {label!r}; there is {labels(blocks)}"
    return found[0]


def _elements(blocks: list[Json]) -> Iterator[tuple[Json, str]]:
    for block in blocks:
        if block["type"] == "actions":
            yield from ((element, block.get("block_id", "")) for element in block["elements"])
        elif "accessory" in block:
            yield block["accessory"], block.get("block_id", "")


def _entered(element: Json, value: Any, found: Mapping[str, Json]) -> Json | None:
    """A field's state with something entered; options are named by their label or their value."""
    if value is None:
        return _initial(element)
    match element["type"]:
        case "static_select" | "radio_buttons":
            return {"selected_option": _option(element, value)}
        case "external_select":
            assert value in found, f"{value!r} was not offered; there is {list(found)}"
            return {"selected_option": {"text": found[value]["text"], "value": value}}
        case "checkboxes" | "multi_static_select":
            return {"selected_options": [_option(element, one) for one in value]}
        case "users_select":
            return {"selected_user": value}
        case "datepicker":
            return {"selected_date": value}
        case _:
            return {"value": str(value)}


def _initial(element: Json) -> Json | None:
    for name in ("option", "options", "user", "date"):
        if f"initial_{name}" in element:
            return {f"selected_{name}": element[f"initial_{name}"]}
    return {"value": element["initial_value"]} if "initial_value" in element else None


def _nothing(element: Json) -> Json:
    names = {"users_select": "selected_user", "datepicker": "selected_date"}
    if element["type"] in {"checkboxes", "multi_static_select"}:
        return {"selected_options": []}
    if element["type"] in {"static_select", "radio_buttons", "external_select"}:
        return {"selected_option": None}
    return {names.get(element["type"], "value"): None}


def _option(element: Json, wanted: str) -> Json:
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    options = [option for group in groups for option in group["options"]]
    found = [one for one in options if wanted in {one["value"], one["text"]["text"]}]
    assert found, f"{wanted!r} cannot be picked; there is {[one['text']['text'] for one in options]}"
    return {"text": found[0]["text"], "value": found[0]["value"]}
