"""The app manifest: what Slack takes, and not one permission more than the program uses."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema_rs import Draft7Validator

import adapters.slack
from adapters.slack import parse, scopes
from adapters.slack.ingress import Ingress
from adapters.slack.manifest import Wish, WishError, as_yaml, manifest
from adapters.slack.scopes import BOT_EVENTS, BOT_SCOPES, SHORTCUT_CALLBACK, SHORTCUTS
from bot.core import commands
from bot.core.command import Unknown
from tests.adapters.slack import screen
from tests.cli.terminal import ran, refused
from tests.fakes.slack.laws import SCOPES

Json = Mapping[str, Any]

URL = "https://rampcheck.example.org"
WISHES = {
    "socket": Wish(),
    "http": Wish("http", URL),
    "socket and oauth": Wish("socket", URL, oauth=True),
    "http and oauth": Wish("http", URL, oauth=True),
}
every_wish = pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES)
OURS = Path(adapters.slack.__file__ or "").parent
SCHEMA = json.loads((Path(__file__).parent / "schema" / "manifest.schema.json").read_text(encoding="utf-8"))
LENGTHS = {  # path -> the most characters; docs.slack.dev, app manifest reference, and Slack's manifest-schema
    ("display_information", "name"): 35,
    ("display_information", "description"): 140,
    ("display_information", "long_description"): 4_000,
    ("display_information", "background_color"): 7,
    ("features", "bot_user", "display_name"): 80,
    ("features", "slash_commands", "command"): 32,
    ("features", "slash_commands", "description"): 2_000,
    ("features", "slash_commands", "usage_hint"): 1_000,
    ("features", "shortcuts", "name"): 24,
    ("features", "shortcuts", "callback_id"): 255,
    ("features", "shortcuts", "description"): 150,
}
# What the platform asks of an event or a feature; docs.slack.dev/reference/events names them.
OF_EVENTS = {
    "app_mention": {"app_mentions:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "message.im": {"im:history"},
    "user_change": {"users:read"},
    "app_home_opened": set(),
    "app_uninstalled": set(),
    "tokens_revoked": set(),
}
OF_COMMANDS = {"commands"}
FREE = re.compile(r"auth\.|apps\.|oauth\.|tooling\.|views\.|api\.")  # methods that need no scope


# --- what Slack takes


@every_wish
def test_slacks_own_types_take_it(wish: Wish) -> None:
    assert not [error.message for error in Draft7Validator(SCHEMA).iter_errors(manifest(wish))]


@pytest.mark.parametrize(
    ("part", "name"),
    [("scopes", "channels:everything"), ("events", "message.everywhere"), ("features", "jetpack")],
)
def test_what_slack_does_not_know_would_be_found(part: str, name: str) -> None:
    wrong: Any = json.loads(json.dumps(manifest(Wish())))
    match part:
        case "scopes":
            wrong["oauth_config"]["scopes"]["bot"].append(name)
        case "events":
            wrong["settings"]["event_subscriptions"]["bot_events"].append(name)
        case _:
            wrong["features"][name] = True
    assert list(Draft7Validator(SCHEMA).iter_errors(wrong))


@every_wish
def test_no_text_is_longer_than_slack_takes(wish: Wish) -> None:
    found = manifest(wish)
    for path, most in LENGTHS.items():
        for text in _at(found, path):
            assert 0 < len(text) <= most, f"{'.'.join(path)}: {len(text)} characters"
    assert len(found["display_information"]["long_description"]) >= 175, "Slack wants that much"
    assert re.fullmatch(r"#[0-9a-f]{6}", found["display_information"]["background_color"])


@every_wish
def test_its_yaml_means_the_same(wish: Wish) -> None:
    assert yaml.safe_load(as_yaml(manifest(wish))) == manifest(wish)


def test_over_a_socket_slack_is_given_no_address() -> None:
    text = as_yaml(manifest(Wish()))
    assert "://" not in text
    assert "socket_mode_enabled: true" in text


def test_over_http_everything_is_posted_to_the_one_address_that_is_served() -> None:
    found = manifest(Wish("http", URL))
    ingress = Ingress(None, None, secret="x", clock=None)
    [route] = [f"{URL}{route.path}" for route in ingress.routes()]
    assert set(re.findall(r"https:[^\"\s]+", as_yaml(found))) == {route}
    assert not found["settings"]["socket_mode_enabled"]


def test_further_workspaces_come_back_to_us_and_have_tokens_that_expire() -> None:
    found = manifest(Wish("http", f"{URL}/", oauth=True))
    assert found["oauth_config"]["redirect_urls"] == [f"{URL}/slack/oauth_redirect"]
    assert found["settings"]["token_rotation_enabled"]
    assert not manifest(Wish("http", URL))["settings"]["token_rotation_enabled"], (
        "one fixed token cannot rotate"
    )


# --- what is used


def test_every_call_is_permitted_and_no_permission_is_idle() -> None:
    methods = _methods_called()
    assert {"chat.postMessage", "users.info", "views.open"} <= methods, "the calls were not found"
    unknown = {method for method in methods if method not in SCOPES and not FREE.match(method)}
    assert not unknown, "the fake does not know what these need"
    used = {SCOPES[method] for method in methods if method in SCOPES}
    used |= {scope for event in BOT_EVENTS for scope in OF_EVENTS[event]} | OF_COMMANDS
    assert used <= set(BOT_SCOPES)
    assert set(BOT_SCOPES) <= used


def test_no_permission_reads_what_people_write_in_channels() -> None:
    history = {scope for scope in BOT_SCOPES if scope.endswith(":history")}
    assert history == {"im:history"}


def test_every_permission_and_every_event_says_why() -> None:
    text = as_yaml(manifest(Wish()))
    for name, why in [*BOT_SCOPES.items(), *BOT_EVENTS.items()]:
        assert f'- "{name}"  # {why}' in text
        assert len(why) > 10


def test_the_page_for_admins_says_why_in_the_same_words() -> None:
    rows = {f"| `{name}` | {why} |" for name, why in [*BOT_SCOPES.items(), *BOT_EVENTS.items()]}
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "slack.md").read_text(encoding="utf-8")
    _, _, told = page.partition("## What it may do, and why")
    shown = {line for line in told.partition("\n## ")[0].splitlines() if line.startswith("| `")}
    assert shown == rows


def test_every_event_that_is_understood_is_subscribed_and_no_other() -> None:
    assert _events_understood() == set(BOT_EVENTS) == set(OF_EVENTS)


@pytest.mark.parametrize("event", sorted(set(BOT_EVENTS) - {"tokens_revoked", "app_uninstalled"}))
def test_an_event_that_is_subscribed_is_somebodys_act(event: str) -> None:
    assert parse.parse(screen.event(_example(event))) is not None


@pytest.mark.parametrize("event", ["tokens_revoked", "app_uninstalled"])
def test_an_event_that_ends_everything_is_understood(event: str) -> None:
    assert parse.removed(screen.event(_example(event)))


def test_a_page_of_ones_own_is_there_when_it_is_drawn() -> None:
    assert scopes.HOME_TAB is ("views.publish" in _methods_called())


def test_every_shortcut_runs_a_command_that_there_is() -> None:
    for one in SHORTCUTS:
        assert not isinstance(commands.parse(one.command, today=date(2027, 3, 1)), Unknown)
        assert SHORTCUT_CALLBACK + one.command


# --- as it is typed


def test_it_is_printed_to_be_pasted() -> None:
    assert yaml.safe_load(ran("manifest", "slack")) == manifest(Wish())
    words = ("manifest", "slack", "--mode", "http", "--url", URL, "--oauth")
    assert yaml.safe_load(ran(*words)) == manifest(WISHES["http and oauth"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("--mode", "http"),
            "Over HTTP Slack has to know where we are. Add our public address: --url https://",
        ),
        (("--oauth",), "comes back to a page of ours"),
        (("--url", URL), "Leave out --url, or add --mode http."),
        (("--mode", "http", "--url", "http://a.example"), "Write it like https://rampcheck.example.org."),
        (("--mode", "http", "--url", "rampcheck.example.org"), "is no address that Slack can post to."),
        (("--mode", "http", "--url", "https://a:b@c.example"), "is no address that Slack can post to."),
        (("--mode", "http", "--url", "https://a.example:port"), "is no address that Slack can post to."),
        (("--mode", "http", "--url", 'https://a.example/"x: y'), "is no address that Slack can post to."),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_type(words: tuple[str, ...], says: str) -> None:
    assert says in refused("manifest", "slack", *words)


def test_a_mode_that_there_is_not_is_named() -> None:
    assert "'tcp' is not one of 'socket', 'http'" in refused("manifest", "slack", "--mode", "tcp", code=2)


@pytest.mark.parametrize(
    "url", ["https://", "https://a b", "ftp://a", "https://a?x=1", "https://a#b", "x" * 99]
)
def test_no_other_address_is_taken(url: str) -> None:
    with pytest.raises(WishError):
        manifest(Wish("http", url))


# --- found in the code


def _at(part: Any, path: tuple[str, ...]) -> Iterator[str]:
    """The texts at a path; lists are gone through."""
    if isinstance(part, list):
        for one in part:
            yield from _at(one, path)
    elif not path:
        yield part
    elif path[0] in part:
        yield from _at(part[path[0]], path[1:])


def _methods_called() -> set[str]:
    """The Web API's methods that the adapter names; its table of speeds knows more than are called."""
    texts = {
        node.value
        for file in OURS.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if file.name != "pacing.py" and isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in texts if _METHOD.fullmatch(text)}


_METHOD = re.compile(
    r"(?:apps|auth|bots|chat|conversations|files|oauth|pins|reactions|search|team|tooling|usergroups|users|views)"
    r"\.[a-zA-Z.0-9]+"
)


def _events_understood() -> set[str]:
    """The events that `parse` has a case for; a message is one in a direct conversation, which is what we subscribe."""
    tree = ast.parse((OURS / "parse.py").read_text(encoding="utf-8"))
    found = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    subscriptions = SCHEMA["definitions"]["AppManifest"]["properties"]["settings"]["properties"]
    known = subscriptions["event_subscriptions"]["properties"]["bot_events"]["items"]["enum"]
    names = set(known) & found
    return {"message.im" if name == "message" else name for name in names}


def _example(event: str) -> dict[str, Any]:
    """The event as Slack's documents show it."""
    match event:
        case "message.im":
            return {**_said(), "type": "message", "channel": screen.DIRECT, "channel_type": "im"}
        case "app_mention":
            return {**_said(), "type": event, "channel": screen.CHANNEL}
        case "app_home_opened":
            return {"type": event, "user": screen.ANNA, "channel": screen.DIRECT, "tab": "messages"}
        case "member_joined_channel":
            return {"type": event, "user": screen.US, "channel": screen.CHANNEL, "inviter": screen.ANNA}
        case "user_change":
            return {"type": event, "user": {"id": screen.ANNA, "deleted": True}}
        case "tokens_revoked":
            return {"type": event, "tokens": {"oauth": [], "bot": [screen.US]}}
        case _:
            return {"type": event}


def _said() -> dict[str, Any]:
    return {"user": screen.ANNA, "text": "status", "ts": "1795400000.000200"}
