"""Small content folders for tests: one dimension of two items, one gate, one questionnaire, and ways to spoil them."""

from pathlib import Path

from bot.content.lint import lint

SHIPPED = Path(__file__).resolve().parents[2] / "questionnaires"

READINESS = """\
version: 1
ladder: {0: Nothing, 1: By chance, 2: For a pilot, 3: For production, 4: By routine}
dimensions:
  - id: flow
    name: Process and workflow
    items:
      - id: flow.map
        question: Is the work written down?
        levels: {0: "No", 1: A sketch, 2: Today's steps, 3: The new way, 4: The standard}
        proof: Process map
        source: Experience
        weight: 1.0
        half_life_days: 180
      - id: flow.same
        question: Do all teams work the same way?
        levels: {0: Not known, 1: Each its own, 2: Differences listed, 3: One way, 4: One way everywhere}
        proof: Standard procedure
        source: Experience
        weight: 0.5
        half_life_days: 90
gates:
  - id: G1
    name: Enter Pilot
    opens: pilot
    must: {flow.map: 2}
    reviewers: {lead: [flow.map]}
never_waived: [flow.map]
"""

RETRO = """\
id: retro
version: 1
title: Looking back
asks: owner
minutes: 1
screens:
  - id: first
    title: Looking back
    questions:
      - id: retro.helped
        kind: single
        text: What helped most?
        required: true
        options:
          - {slug: people, label: Somebody took time}
          - {slug: data, label: We got the data}
          - {slug: nothing, label: Nothing helped}
      - id: retro.users
        kind: number
        text: How many use it?
        low: 0
      - id: retro.day
        kind: date
        text: When is it live?
        none_label: No date yet
      - id: flow.same
        kind: level
        item: flow.same
  - id: more
    title: A little more
    questions:
      - id: retro.who
        kind: person
        text: Who was it?
        when: {answer: retro.helped, is: people}
"""


def policy() -> str:
    """The shipped policy, fitted to the small folder."""
    text = (SHIPPED / "policy.yaml").read_text(encoding="utf-8")
    before, _, rest = text.partition("weights:\n")
    _, _, after = rest.partition("\n\n")
    text = f"{before}weights:\n  flow: 1.0\n\n{after}"
    before, _, rest = text.partition("cadences:\n")
    _, _, after = rest.partition("\n\n")
    return f"{before}cadences:\n  - {{questionnaire: retro, stages: [pilot], weeks: 2}}\n\n{after}"


def furnish(folder: Path, **files: str | bytes) -> Path:
    """A folder that is all right, but for the files given by name."""
    good: dict[str, str | bytes] = {"readiness": READINESS, "policy": policy(), "retro": RETRO}
    for name, content in (good | files).items():
        raw = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name}.yaml").write_bytes(raw)
    return folder


def complaints(folder: Path, **files: str | bytes) -> list[str]:
    """What the linter says of a furnished folder, as it is printed."""
    return [str(problem) for problem in lint(furnish(folder, **files))]


def swap(text: str, old: str, new: str) -> str:
    """The text with its first `old` replaced; a test whose `old` is gone would prove nothing."""
    assert old in text, f"{old!r} is not in the text"
    return text.replace(old, new, 1)
