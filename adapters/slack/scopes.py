"""What the app asks a workspace for, each with its reason; it must not know who asks for it, or how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# The only lists of them: the manifest, the installation, the docs and `rampcheck doctor` read these.
BOT_SCOPES: Final = {
    "app_mentions:read": "to answer when somebody writes @rampcheck in a channel",
    "channels:read": "to notice that it was invited to a public channel; it reads nothing that is written there",
    "chat:write": "to ask, remind and post the digest where the app was invited",
    "commands": "to take /rampcheck and the shortcuts",
    "files:read": "to see that the digest's picture has arrived before it is shown",
    "files:write": "to upload the digest's picture",
    "groups:read": "to notice that it was invited to a private channel; it sees none but those",
    "im:history": "to read what people answer in their direct messages with the app, and no other conversation",
    "im:write": "to open a direct message with whoever is asked",
    "users:read": "to greet people by name and ask at a good hour of their own time zone",
    "users:read.email": "to know people by the e-mail address that a spreadsheet named them with, and by no name",
}
BOT_EVENTS: Final = {
    "app_home_opened": "somebody looks at their Home, which is drawn then, or comes for the first time",
    "app_mention": "somebody writes @rampcheck in a channel",
    "app_uninstalled": "the app was removed: nothing more is sent to that workspace",
    "member_joined_channel": "the app was invited to a channel and may post there again",
    "message.im": "somebody writes to the app in a direct message",
    "tokens_revoked": "the app's access was withdrawn: nothing more is sent to that workspace",
    "user_change": "somebody moved to another time zone, changed their name, left or came back",
}
COMMAND: Final = "/rampcheck"

# Below the public address, where there is one.
EVENTS_PATH: Final = "/slack/events"  # events, commands, presses and forms alike
REDIRECT_PATH: Final = "/slack/oauth_redirect"


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An entry in the menu of every message: its name there, and the command that it runs on that message."""

    name: str  # at most 24 characters
    command: str
    about: str


SHORTCUTS: Final = (
    Shortcut("Attach as proof", "proof", "Attaches the message, or the link in it, to a pilot as proof."),
)
SHORTCUT_CALLBACK: Final = "rampcheck."  # begins a shortcut's callback_id; the name of its command follows
HOME_TAB: Final = True  # whether there is a page of one's own beside the messages
