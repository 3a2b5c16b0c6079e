"""`rampcheck outbox`: letters that were given up, sent after all or dropped; it must not know how one is sent."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cli import opening, screen
from bot.cli.trouble import Trouble
from bot.core.compose.words import count
from bot.core.ports import Letter
from bot.service import letters
from bot.service.letters import Which

SHOWN = 50  # letters in the table; the rest is counted
NONE = "No message was given up."
WHICH = "Say which: numbers from `rampcheck outbox list`, --reason with a piece of the reason, or --all."


def show(*, as_json: bool) -> None:
    """Every letter that was given up, the latest first, and what waits."""
    with opening.reading() as app:
        found = letters.found(app.store, Which())
        backlog = app.store.letters.backlog(app.clock.now())
        names = {one.id: one.name for one in app.store.organisations()}
    if as_json:
        waits = {"due": backlog.due, "later": backlog.later}
        screen.as_json({"waiting": waits, "dead": [_plain(one, names) for one in found]})
        return
    screen.say(f"{count(backlog.due, 'message')} due, {backlog.later} to be tried later.")
    if not found:
        screen.say(NONE)
        return
    head = ("", "Given up", "To", "What", "Why")
    screen.show(screen.table(head, [_row(one) for one in found[:SHOWN]]), "")
    if len(found) > SHOWN:
        screen.say(f"and {len(found) - SHOWN} more: --json shows all")
    screen.say(
        "`rampcheck outbox retry NUMBER` sends one after all, `rampcheck outbox drop NUMBER` does not."
    )


def retry(ids: Sequence[int], reason: str, *, every: bool) -> None:
    """Have letters delivered after all, at the next heartbeat."""
    which = _which(ids, reason, every=every)
    with opening.writing() as app:
        done = letters.retry(app.store, letters.found(app.store, which), app.clock.now())
    screen.say(f"{count(done, 'message')} will be sent with the next heartbeat." if done else NONE)


def drop(ids: Sequence[int], reason: str, *, every: bool) -> None:
    """Take letters off the list for good."""
    which = _which(ids, reason, every=every)
    with opening.writing() as app:
        done = letters.drop(app.store, letters.found(app.store, which), app.clock.now())
    screen.say(f"{count(done, 'message')} dropped." if done else NONE)


def _which(ids: Sequence[int], reason: str, *, every: bool) -> Which:
    """The letters meant. Raises Trouble where nothing says which, or two things do."""
    if sum((bool(ids), bool(reason), every)) != 1:
        raise Trouble(WHICH)
    return Which(frozenset(ids), reason)


def _row(letter: Letter) -> tuple[str, ...]:
    when = f"{letter.at:%Y-%m-%d %H:%M}"
    return (str(letter.id), when, f"{letter.platform} {letter.conversation}", letter.title, letter.reason)


def _plain(letter: Letter, names: dict[int, str]) -> dict[str, object]:
    return {
        "id": letter.id,
        "organisation": names.get(letter.organisation, ""),
        "at": letter.at.isoformat(),
        "platform": letter.platform,
        "conversation": letter.conversation,
        "key": letter.key,
        "title": letter.title,
        "reason": letter.reason,
        "attempts": letter.attempts,
    }
