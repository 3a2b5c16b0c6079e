"""The platform of the soak: takes messages over a socket, keeps them, refuses and kills where it is told to.

It runs in a thread of the driver, so that it outlives every worker. It must not know what a message says.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Taken:
    """One message as it was taken: when by the worker's clock, and the card as it stands now."""

    at: float
    conversation: str
    key: str
    card: dict[str, Any]


@dataclass(slots=True)
class Sink:
    """`refuse` says why a conversation takes nothing ("" where it does); `arriving` and `taken` are called with the
    worker's pid, before and after a message is kept: what is `arriving` from somebody who is dead now is dropped.
    """

    refuse: Callable[[str], str]
    arriving: Callable[[int], bool]
    taken: Callable[[int], None]
    posts: list[Taken] = field(default_factory=list)
    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    changed: list[tuple[str, str]] = field(
        default_factory=list
    )  # (conversation, key), since it was asked last
    calls: int = 0
    port: int = 0
    _ready: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Listen in a thread that ends with the process."""
        threading.Thread(target=lambda: asyncio.run(self._serve()), name="sink", daemon=True).start()
        self._ready.wait()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, limit=2**20)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await server.serve_forever()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                asked = json.loads(line)
                if asked["op"] == "send" and not self.arriving(asked["pid"]):
                    return
                answer = self._answer(asked)
                if asked["op"] == "send" and "ref" in answer:
                    self.taken(asked["pid"])  # it may be dead before it hears the answer
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.calls += 1
        where, key = asked["conversation"], asked["key"]
        if why := self.refuse(where):
            return {"refused": why}
        match asked["op"]:
            case "find":
                return {"ref": key if key in self.cards else ""}
            case "amend" if key not in self.cards:
                return {"refused": "there is no such message"}
            case "send":
                self.posts.append(Taken(asked["at"], where, key, asked["card"]))
        self.cards[key] = asked["card"]
        self.changed.append((where, key))
        return {"ref": key}
