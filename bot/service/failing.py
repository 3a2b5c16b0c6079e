"""Tells leads of a piece of work that fails again and again, once; it must not know why it fails, or try it again."""

from __future__ import annotations

from datetime import datetime

from bot.core.compose import trouble as words
from bot.core.ports import Message, Store
from bot.core.questionnaire import Content
from bot.core.records import Event
from bot.service import registry
from bot.service.tick import Job
from bot.service.work import Work, again

FAILED = "job.failed"  # an event: `subject` is the job, `after` the kind of error; its text may hold answers


def tell(store: Store, content: Content, job: Job, cause: Exception, now: datetime) -> bool:
    """Write it down and tell the leads; False where that was done before, by whatever worker."""
    return again(
        lambda: store.write(job.organisation, lambda unit: _tell(Work(unit, content, now), job, cause))
    )


def _tell(work: Work, job: Job, cause: Exception) -> bool:
    key = f"failed:{job.name}:{job.since}"
    if not work.unit.first_sight(key, work.now):
        return False
    work.unit.record(Event(FAILED, work.now, None, subject=job.name, after=type(cause).__name__))
    pilot = work.unit.pilot(job.pilot) if job.pilot is not None else None
    card = words.job_failed(job.name.partition(":")[0], pilot.name if pilot else "", job.name)
    for lead in registry.leads(work.unit):
        address = registry.address_of(work.unit, lead.id)
        if address is not None:
            work.unit.enqueue(Message(f"{key}:{lead.id}", address, card), work.now)
    return True
