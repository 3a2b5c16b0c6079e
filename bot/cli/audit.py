"""`rampcheck audit`: whether the event log is as it was written; it must not know how that is found out."""

from __future__ import annotations

from bot.cli import opening, screen
from bot.cli.trouble import Trouble
from bot.core.compose.words import count
from bot.service import sealing


def verify(head: str, *, as_json: bool) -> None:
    """Verify the log of the organisation; exit code 1 with every row that is not as it was sealed."""
    number = head.partition(":")[0]
    if head and not (number.isascii() and number.isdigit()):
        raise Trouble(f"'{head[:80]}' is no head. Write it as `rampcheck audit verify` printed it: 12:ab34…")
    with opening.reading() as app:
        proof = opening.look(app, lambda work: sealing.verify(work.unit, head=head))
    if as_json:
        screen.as_json(
            {
                "good": proof.good,
                "sealed": proof.sealed,
                "waiting": proof.waiting,
                "redacted": proof.redacted,
                "head": proof.last.head if proof.last else "",
                "head_holds": proof.head_holds,
                "flaws": proof.flaws,
            }
        )
        if not proof.good:
            raise Trouble("The event log is not as it was written.")
        return
    if not proof.good:
        gone = ("The head that you wrote down is not there any more.",) if proof.head_holds is False else ()
        raise Trouble("\n".join(("The event log is not as it was written.", *proof.flaws, *gone)))
    screen.say(f"{count(proof.sealed, 'event')} verified: none changed, missing or moved.")
    if proof.redacted:
        screen.say(
            f"{count(proof.redacted, 'event')} lost what named an erased person, as the log itself says."
        )
    if proof.waiting:
        screen.say(f"{count(proof.waiting, 'event')} not sealed yet: the worker does that within a minute.")
    if proof.last and proof.head_holds is None:
        screen.say(
            "Whether its newest lines were cut off, it can only tell from a head that was written down."
        )
    if proof.last:
        screen.say(f"Write this down elsewhere, and give it to --head the next time: {proof.last.head}")
