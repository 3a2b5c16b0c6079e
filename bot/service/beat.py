"""One heartbeat by hand, with an account of what it did; it must not keep time, and a fault of ours ends it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.ports import Store
from bot.core.questionnaire import Content
from bot.service import ServiceError, deliver, redraw, sealing, tick


@dataclass(frozen=True, slots=True)
class Beat:
    """What was done: jobs by kind (`schedule`, `checkin`, `digest`), job -> why it failed, and messages taken on."""

    done: Mapping[str, int]
    failed: Mapping[str, str]
    taken: int


async def beat(post: deliver.Post, content: Content, now: datetime) -> Beat:
    """Do what is due and send what waits. A job that fails does not stop the others."""
    done, failed = await asyncio.to_thread(_run_due, post.store, content, now)
    taken = await deliver.drain(post)
    await redraw.redraw(post, content)
    await asyncio.to_thread(sealing.seal, post.store)
    return Beat(done, failed, taken)


def _run_due(store: Store, content: Content, now: datetime) -> tuple[Mapping[str, int], Mapping[str, str]]:
    done: Counter[str] = Counter()
    failed: dict[str, str] = {}
    for job in tick.rounds(store, content, now, resting=lambda: failed):
        try:
            tick.run(store, content, job, now)
        except ServiceError as error:
            failed[job.name] = str(error)
        else:
            done[job.name.partition(":")[0]] += 1
    return done, failed
