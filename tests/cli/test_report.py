"""`rampcheck report nags`: what asking cost and brought, by step, and nobody's name."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.terminal import office, ran
from tests.fakes.office import CALM


def test_nothing_at_first(home: Path) -> None:
    assert home.is_dir()
    assert ran("report", "nags") == "Nobody was asked anything in that time.\n"


def test_each_step_says_what_it_gained_and_names_nobody(home: Path) -> None:
    with office(home) as at:
        at.person("lena", standing="lead")
        for user in ("anna", "bo"):
            at.pilot(f"Pilot of {user}", at.person(user))
            at.runs("lena", f"checkin pilot of {user}")
        at.answers("anna", CALM)
    told = ran("report", "nags")
    assert "Invitation" in told
    assert "50%" in told
    assert "Anna" not in told
    [step] = json.loads(ran("report", "nags", "--weeks", "1", "--json"))
    assert step == {"step": "invitation", "sent": 2, "answered": 1, "people": 2}
