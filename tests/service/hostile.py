"""An organisation whose people write what can do harm, wherever they may; it knows nothing of what comes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.core.answers import tidy
from bot.core.card import Card
from bot.core.ports import Reply, Show, Store, Update
from bot.service import digest
from tests.contract.gallery import NAUGHTY
from tests.fakes.office import CALM, Office

TEXTS = {name: text for name, text in NAUGHTY.items() if text.strip()}
LOOKS = ("status {}", "history {}", "why {}", "why {} score", "gate {}", "list", "todo", "digest", "privacy")


def lived(store: Store, texts: Iterable[str] = tuple(TEXTS.values())) -> tuple[Office, list[Card]]:
    """The office after all of it, and every card that anybody got."""
    office, shown = Office(store), list[Card]()
    lena = office.person("lena", standing="lead")
    for number, text in enumerate(texts):
        user = f"p{number}"
        owner = office.person(user)
        shown += _card(office.says(user, f"add {text}"))
        shown += _card(office.says(user, text))
        kept = tidy(text)  # as every door does
        pilot = office.pilot(
            f"{number} {kept}"[:120],
            owner,
            group=kept[:60],
            tags=(kept[:40],),
            work=kept[:500],
            sponsor=lena.id,
        )
        shown += _card(office.runs(user, f"checkin {pilot.key}"))
        block = {"pulse.block": "security", "pulse.who": text[:80], "pulse.need": text[:500]}
        shown += _card(office.answers(user, {**CALM, "pulse.moved": "blocked", **block}))
        for step in ({"pulse.who": text[:80], "pulse.need": text[:500]}, {"pulse.need": text[:500]}):
            if office.live(user) and any(card.fields for card in office.platform.inbox(user)):
                shown += _card(office.answers(user, step))
        shown += _card(office.runs(user, f"pause {pilot.key} until 1 May because {text}"))
        shown += [card for look in LOOKS for card in _card(office.says(user, look.format(pilot.key)))]
    shown += [card for look in LOOKS for card in _card(office.says("lena", look.format("")))]
    made = office.do(digest.compose)
    shown += [made.channel, *made.thread]
    return office, [*shown, *(post.card for post in office.platform.posts)]


def _card(reply: Reply) -> Iterator[Card]:
    if isinstance(reply, Show | Update):
        yield reply.card
