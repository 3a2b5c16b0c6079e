"""Pictures on their way into a message: drawn and uploaded once, waited for, left out if they do not come."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from adapters.slack.blocks import Json, illustrated
from adapters.slack.client import Client
from adapters.slack.faults import Refused
from bot.core.card_json import grid_from_json
from bot.core.ports import DeliveryError, Draw, PictureError
from bot.log import get

UPLOAD_WITHIN: Final = (
    8.0  # seconds for one upload: with the post itself it stays under what a delivery may take
)
PATIENCE: Final = 60.0  # seconds from the first try; Slack has mostly looked at a picture after three
COME_BACK: Final = 3.0  # seconds until a look again
KEPT: Final = 100  # pictures remembered; a week has one for each group

log = get("slack")


@dataclass(slots=True)
class Upload:
    """One picture: when it was first wanted (seconds of the loop's clock), its file, and whether Slack shows it."""

    since: float
    file: str = ""
    ready: bool = False
    hopeless: bool = False


class Uploads:
    """The pictures by workspace and key. Waiting is the outbox's: it is told when to come back."""

    def __init__(self, draw: Draw | None) -> None:
        self._draw = draw
        self._known: dict[tuple[int | str, ...], Upload] = {}

    async def shown(self, client: Client, workspace: int, payload: Mapping[str, Any]) -> Json:
        """The message with its pictures, or without those that cannot be had. Raises DeliveryError to come back."""
        files = {}
        for key, grid in payload.get("grids", {}).items():
            upload = self._upload(workspace, key)
            if not (upload.ready or upload.hopeless):
                await self._advance(client, upload, grid)
            if upload.ready:
                files[key] = upload.file
        return illustrated(payload, files)

    def refused(self, workspace: int, payload: Mapping[str, Any], error: Refused) -> DeliveryError:
        """What a refused message means: one with a fresh picture may be taken in a moment."""
        known = (self._known.get((workspace, key)) for key in payload.get("grids", {}))
        shown = [upload for upload in known if upload and upload.ready]
        if error.code != "invalid_blocks" or not shown:
            return error
        for upload in shown:
            upload.ready = False
            self._give_up_late(upload, error.reason)
        return DeliveryError("Slack does not show the picture yet", retry_after=COME_BACK)

    def _upload(self, *of: int | str) -> Upload:
        if of not in self._known:
            if len(self._known) >= KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[of] = Upload(asyncio.get_running_loop().time())
        return self._known[of]

    async def _advance(self, client: Client, upload: Upload, grid: Mapping[str, Any]) -> None:
        """One step further: uploaded, then looked at. Raises DeliveryError where there is one more to come."""
        try:
            async with asyncio.timeout(UPLOAD_WITHIN):
                upload.file = upload.file or await client.upload("readiness.png", await self._drawn(grid))
                upload.ready = await _is_ready(client, upload.file)
        except PictureError as error:
            self._without(upload, str(error))
        except (DeliveryError, TimeoutError) as error:
            self._failed(upload, error)
        else:
            if not upload.ready and not self._give_up_late(upload, "Slack took too long to look at it"):
                raise DeliveryError("Slack has not looked at the picture yet", retry_after=COME_BACK)

    def _failed(self, upload: Upload, error: DeliveryError | TimeoutError) -> None:
        reason = error.reason if isinstance(error, DeliveryError) else "no answer in time"
        if isinstance(error, DeliveryError) and error.permanent:
            self._without(upload, reason)
        elif not self._give_up_late(upload, reason):
            after = error.retry_after if isinstance(error, DeliveryError) else None
            raise DeliveryError(reason, retry_after=after or COME_BACK)

    def _give_up_late(self, upload: Upload, reason: str) -> bool:
        late = asyncio.get_running_loop().time() - upload.since > PATIENCE
        if late:
            self._without(upload, reason)
        return late

    def _without(self, upload: Upload, reason: str) -> None:
        upload.hopeless = True
        log.warning("slack.no_picture", reason=reason)

    async def _drawn(self, grid: Mapping[str, Any]) -> bytes:
        if self._draw is None:
            raise PictureError("nothing here can draw")
        return await self._draw(grid_from_json(grid))


async def _is_ready(client: Client, file: str) -> bool:
    """Without the scope to ask, sending it is what tells."""
    try:
        return await client.is_ready(file)
    except Refused as error:
        if error.code == "missing_scope":
            return True
        raise
