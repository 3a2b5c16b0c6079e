"""A lead decides from the digest in a Slack channel: the button opens a modal, and the digest says what came of it."""

from __future__ import annotations

from datetime import timedelta

from tests.adapters.slack.airport import Airport
from tests.adapters.slack.telling import Tell
from tests.fakes.slack.people import labels, words

pytest_plugins = ["tests.databases"]

CHANNEL = "C0PILOTS"
FIX = {"dec.choice": "fix", "dec.reason": "weak_result"}


def test_the_button_of_a_digest_opens_the_form_and_the_line_changes(tell: Tell) -> None:
    async def story(airport: Airport) -> None:
        airport.somebody("U0ANNA", "Anna Berzina")
        lena = airport.somebody("U0LENA", "Lena Landing", standing="lead")
        today = airport.clock.now().date()
        airport.pilot("Invoice matcher", "U0ANNA", decide_by=today - timedelta(days=9))
        airport.slack.workspace.add_channel(CHANNEL, "ai-pilots")
        await lena.command("digest subscribe", channel=CHANNEL)
        await airport.pass_time(timedelta(days=8))
        posted = [one for one in airport.slack.workspace.messages if one.channel == CHANNEL and not one.only]
        digest = [one for one in posted if "Decide: Invoice matcher" in labels(one.blocks)][-1]

        await lena.press(digest, "Decide: Invoice matcher")
        await airport.settled()
        assert lena.modal
        assert "Suggested: Stop" in words(lena.modal.view)
        await lena.submit(FIX)
        assert lena.modal
        day = (airport.clock.now() + timedelta(days=30)).date().isoformat()
        await lena.submit({"dec.fix": "Security is tested", "dec.until": day})
        await airport.deliver()

        [made] = airport.read(lambda unit: unit.decisions())
        assert (made.choice, made.role, made.text) == ("fix", "lead", "Security is tested")
        assert "decided, Fix by" in words(digest.blocks)
        assert "Decide: Invoice matcher" not in labels(digest.blocks)

    tell(story)
