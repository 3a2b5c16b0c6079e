"""Explains a pilot's state, score and gate, and takes note of signals that are known; it must not word anything."""

from __future__ import annotations

from datetime import timedelta

from bot.core import permissions, readiness
from bot.core.command import Known
from bot.core.compose import notes
from bot.core.compose.why import WhyView, why_card
from bot.core.permissions import Action, Sensitivity
from bot.core.ports import Reply, Show
from bot.core.records import Event, Person, Pilot
from bot.core.signals.evaluation import Mute, shown
from bot.core.values import Json
from bot.service import attesting, evaluations, gateview
from bot.service.work import Work

KNOWN = "signal.known"


def why(work: Work, reader: Person, pilot: Pilot, part: str) -> Reply:
    """Everything behind a pilot's state, score or gate, as far as this reader may know it yet."""
    found = evaluations.known(work, pilot)
    view = shown(
        found, work.now, work.content.policy, own=permissions.reads(reader, Sensitivity.FRESH, pilot)
    )
    visible = {signal.id for signal in view.signals}
    levels = work.unit.levels(pilot.id)
    card = why_card(
        WhyView(
            pilot=pilot,
            today=work.today(reader),
            course=view.course,
            since=work.day(view.since, reader),
            index=found.index,
            signals=tuple(seen for seen in found.signals if seen.signal.id in visible),
            known=found.known,
            mutes={mute.signal: mute for mute in work.unit.mutes(pilot.id)},
            readiness=readiness.score(levels, work.content.model, work.content.policy, work.now),
            gate=gateview.view(work, reader, pilot),
            model=work.content.model,
            policy=work.content.policy,
            sees_claims=permissions.reads(reader, Sensitivity.CLAIMS, pilot),
            record=attesting.told(work, pilot, reader),
        ),
        part,
    )
    return Show(card)


def know(work: Work, person: Person, pilot: Pilot, said: Known) -> Reply:
    """Keep that a signal is known; it is evaluated anew at the next beat."""
    most = work.today(person) + timedelta(
        days=int(work.content.policy.thresholds["signal"]["acknowledge_days"])
    )
    last = evaluations.known(work, pilot)
    on = {seen.signal.id: seen.signal for seen in (*last.signals, *last.known)}
    if not permissions.may(person, Action.ACKNOWLEDGE, pilot):
        return Show(
            notes.note("Only those in charge of it can say so: owner, sponsor, decider or lead.", pilot.name)
        )
    if said.signal not in on:
        return Show(notes.not_on(pilot.name, said.signal, sorted(on)))
    if said.until is None or said.until > most:
        return Show(notes.too_long_known(pilot.name, most, work.today(person)))
    work.unit.save_mute(Mute(pilot.id, said.signal, said.until, said.reason, person.id, work.now))
    after: Json = {"until": said.until.isoformat(), "reason": said.reason}
    work.unit.record(Event(KNOWN, work.now, person.id, pilot.id, said.signal, after=after))
    evaluations.ask(work, pilot.id)
    return Show(notes.now_known(pilot.name, on[said.signal].name, said.until, work.today(person)))
