"""Tells leads of a piece of work that fails again and again, once; it must not know why it fails, or try it again."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.compose import trouble as words
from bot.core.ports import Store
from bot.core.questionnaire import Content
from bot.core.records import Event
from bot.service import registry, telling
from bot.service.tick import Job
from bot.service.work import Work, again

ONE_TROUBLE = timedelta(days=30)
FAILED = "job.failed"  # an event: `subject` is the job, `after` the kind of error; its text may hold answers


def tell(store: Store, content: Content, job: Job, cause: Exception, now: datetime) -> bool:
    """Write it down and tell the leads; False where that was done before, by whatever worker."""
    return again(
        lambda: store.write(job.organisation, lambda unit: _tell(Work(unit, content, now), job, cause))
    )


def _told_of(work: Work, job: Job) -> bool:
    """Whether something else of the same pilot failed lately: what is wrong with a pilot breaks all of its jobs."""
    since = work.now - ONE_TROUBLE
    return job.pilot is not None and bool(
        work.unit.events(pilot=job.pilot, kinds=(FAILED,), since=since, limit=1)
    )


def _tell(work: Work, job: Job, cause: Exception) -> bool:
    key = f"failed:{job.trouble or job.name}:{job.since}"
    if _told_of(work, job) or not work.unit.first_sight(key, work.now):
        return False
    fault = type(cause).__name__
    work.unit.record(Event(FAILED, work.now, None, job.pilot, subject=job.name, after=fault))
    pilot = work.unit.pilot(job.pilot) if job.pilot is not None else None
    card = words.job_failed(job.name.partition(":")[0], pilot.name if pilot else "", job.name)
    telling.tell_menders(work, registry.leads(work.unit), key, card)
    return True
