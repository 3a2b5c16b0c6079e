"""`rampcheck questionnaires`: what authors check, look at and publish; it must not know how files are read."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from bot.app import SystemClock
from bot.cli import cards, opening, screen
from bot.cli.trouble import Trouble
from bot.content import lock
from bot.content.lint import lint as problems_of
from bot.content.loader import load
from bot.core.compose.words import count, listed
from bot.core.questionnaire import Content, Questionnaire
from bot.service import lookup
from bot.service import preview as service


def lint(folder: Path | None, *, as_json: bool) -> None:
    """Every problem on a line; exit code 1 unless there are only warnings."""
    folder = folder or opening.settings().questionnaires
    problems = problems_of(folder)
    wrong = [problem for problem in problems if not problem.warning]
    if as_json:
        screen.as_json([asdict(problem) for problem in problems])
    for problem in problems if not as_json else ():
        screen.say(str(problem))
    if wrong:
        raise Trouble(f"{count(len(wrong), 'problem')} in {folder}. Nothing is asked until they are mended.")
    if not as_json:
        screen.say(f"No mistakes in {folder}.")


def preview(form: str, *, every: bool, folder: Path | None) -> None:
    """The cards of one questionnaire, or of all."""
    content = load(folder or opening.settings().questionnaires)
    if not form and not every:
        raise Trouble(
            f"Name a questionnaire: {listed(sorted(content.questionnaires), last='or')}. Or use --all."
        )
    forms = content.questionnaires.values() if every else [lookup.form_named(content, form)]
    for each in forms:
        _preview(content, each)


def publish(folder: Path | None) -> None:
    """Add the new versions to the lock and name them."""
    new = lock.publish(folder or opening.settings().questionnaires)
    if not new:
        screen.say("Nothing to publish: every version is published already.")
    for edition in new:
        screen.say(f"Published {edition.id} version {edition.version}.")


def _preview(content: Content, form: Questionnaire) -> None:
    screen.show(f"{form.key}: {form.title}. Asks the {form.asks}, about {count(form.minutes, 'minute')}.")
    for shown in service.previews(content, form, SystemClock().now()):
        when = f", shown when {shown.when}" if shown.when else ""
        screen.show(f"\nScreen {shown.screen}{when}", cards.card(shown.card, notes=shown.asked_when))
    screen.show("")
