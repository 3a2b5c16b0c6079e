"""A folder of content files into Content, or every problem at once; it must not know what it is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from bot.content import forms, order, policy, reach, readiness
from bot.content.document import MAX_BYTES, Entries, Node, parse
from bot.content.forms import Draft
from bot.content.problem import ContentError, Page, Problem, choose, quote
from bot.core.policy import Policy
from bot.core.questionnaire import Content, Model
from bot.core.questionnaire_json import canonical_digest, digest
from bot.core.values import Json

READINESS = "readiness.yaml"
POLICY = "policy.yaml"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Edition:
    """One versioned file: what the lock remembers of it. `line` is where its version stands."""

    id: str
    version: int
    digest: str
    file: str
    line: int


@dataclass(slots=True)
class Examined:
    """What a folder holds: its content (None when a part is missing), its versions, and what is wrong."""

    content: Content | None = None
    editions: tuple[Edition, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    drafts: tuple[Draft, ...] = ()


@dataclass(frozen=True, slots=True)
class Instead:
    """Files to try in place of the folder's: a policy, and questionnaires that take the place of those of their ids."""

    policy: Path | None = None
    forms: tuple[Path, ...] = ()


def load(folder: Path, instead: Instead = Instead()) -> Content:
    """The content of a folder; ContentError with every problem if it cannot be used. Warnings do not stop it."""
    found = examine(folder, instead)
    errors = [problem for problem in found.problems if not problem.warning]
    if errors or found.content is None:
        raise ContentError(errors)
    return found.content


def examine(folder: Path, instead: Instead = Instead()) -> Examined:
    """Read and check every file of a folder; never raises, whatever is in it."""
    desk = _Desk(folder, instead)
    files = desk.files()
    nodes = {name: node for name in files if (node := desk.node(name)) is not None}
    model = desk.needed(READINESS, nodes, readiness.read)
    drafts = desk.replaced(desk.drafts(nodes, model)) if model else []
    named = [draft.form.id for draft in drafts]
    if len(named) < len(set(files) - {READINESS, POLICY}) - len(instead.forms) or not all(named):
        named = []  # a file that cannot be read is one mistake, not one more in every cadence that names it
    dimensions = [dimension.id for dimension in model.dimensions] if model else []
    rulebook = desk.needed(POLICY, nodes, lambda page, node: policy.read(page, node, dimensions, named))
    desk.check(drafts)
    editions = [_edition(draft) for draft in drafts]
    if not (model and rulebook):
        return Examined(None, tuple(editions), desk.problems(), tuple(drafts))
    model = readiness.with_weights(model, rulebook.weights)
    content = Content({draft.form.id: draft.form for draft in drafts}, model, rulebook)
    editions += [_part(READINESS, nodes, model), _part(POLICY, nodes, rulebook)]
    return Examined(content, tuple(editions), desk.problems(), tuple(drafts))


class _Desk:
    """The files of one folder with a page of problems for each."""

    def __init__(self, folder: Path, instead: Instead) -> None:
        self.folder = folder
        self.forms = tuple(str(path) for path in instead.forms)
        self.paths = {str(path): path for path in instead.forms}
        if instead.policy is not None:
            self.paths[POLICY] = instead.policy
        self.pages: dict[str, Page] = {}

    def page(self, name: str) -> Page:
        return self.pages.setdefault(name, Page(str(self.paths.get(name, name))))

    def problems(self) -> list[Problem]:
        return sorted(problem for page in self.pages.values() for problem in page.problems)

    def files(self) -> list[str]:
        """The names of the YAML files, in order."""
        try:
            names = sorted(path.name for path in self.folder.iterdir() if path.suffix in (".yaml", ".yml"))
        except OSError as error:
            self.page(self.folder.name).note(
                1, f"the folder cannot be read: {error.strerror}", "name another folder"
            )
            return []
        return [*names, *(name for name in self.paths if name not in names)]

    def node(self, name: str) -> Node | None:
        path, fix = (
            self.paths.get(name, self.folder / name),
            "check that it is a file and that you may read it",
        )
        if not path.is_file():  # a folder, or a pipe that would never end
            self.page(name).note(1, "this is not a file", fix)
            return None
        try:
            with path.open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
        except OSError as error:
            self.page(name).note(1, f"the file cannot be read: {error.strerror}", fix)
            return None
        return parse(self.page(name), raw)

    def needed(
        self, name: str, nodes: Mapping[str, Node], read: Callable[[Page, Node], T | None]
    ) -> T | None:
        if name in nodes:
            return read(self.page(name), nodes[name])
        if name not in self.pages:
            self.page(name).note(1, "the file is missing", "copy the one that ships with Rampcheck")
        return None

    def drafts(self, nodes: Mapping[str, Node], model: Model) -> list[Draft]:
        found: list[Draft] = []
        for name, node in nodes.items():
            if name in (READINESS, POLICY):
                continue
            draft = forms.read(self.page(name), node, model)
            if draft is not None:
                found.append(replace(draft, form=replace(draft.form, digest=digest(draft.form))))
        return found

    def replaced(self, drafts: list[Draft]) -> list[Draft]:
        """The drafts without those whose place another file takes."""
        tried = [draft for draft in drafts if draft.file in self.forms]
        kept = [draft for draft in drafts if draft.file not in self.forms]
        known, ids = {draft.form.id for draft in kept}, {draft.form.id for draft in tried}
        for draft in tried:
            if draft.form.id and draft.form.id not in known:
                what = f"there is no questionnaire {quote(draft.form.id)} whose place it could take"
                self.page(draft.file).note(draft.lines["id"], what, choose(draft.form.id, sorted(known)))
        return [*(draft for draft in kept if draft.form.id not in ids), *tried]

    def check(self, drafts: list[Draft]) -> None:
        """What can only be seen with every question read."""
        seen: dict[str, str] = {}
        for draft in drafts:
            page = self.page(draft.file)
            order.check(page, draft)
            reach.check(page, draft)
            first = seen.setdefault(draft.form.id, draft.file)
            if draft.form.id and first != draft.file:
                what = f"questionnaire id '{draft.form.id}' is also in {first}"
                page.note(draft.lines["id"], what, "choose another id")


def _edition(draft: Draft) -> Edition:
    form = draft.form
    return Edition(form.id, form.version, form.digest, draft.file, draft.lines["version"])


def _part(file: str, nodes: Mapping[str, Node], part: Model | Policy) -> Edition:
    """The model or the policy as a versioned thing."""
    node = nodes[file]
    line = (
        next((key.line for key, _ in node.pairs if key.text == "version"), 1)
        if isinstance(node, Entries)
        else 1
    )
    return Edition(file.removesuffix(".yaml"), part.version, canonical_digest(_json(_said(part))), file, line)


def _said(part: Model | Policy) -> dict[str, Any]:
    """What a part says. A key that came later is left out while it is empty: what was published keeps its digest."""
    said = asdict(part)
    if isinstance(part, Policy):
        for name, empty in (("free", frozenset()), ("countries", None)):
            if getattr(part.asking, name) == empty:
                del said["asking"][name]
    return said


def _json(value: Any) -> Json:
    """A dataclass's fields as JSON with names in order; sets are sorted and tuples become lists."""
    if isinstance(value, Mapping):
        return {str(name): _json(part) for name, part in value.items()}
    if isinstance(value, frozenset):
        return [str(part) for part in sorted(value)]
    if isinstance(value, list | tuple):
        return [_json(part) for part in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
