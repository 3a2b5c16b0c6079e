"""Audits what we install: the locks against pyproject.toml and the environment, then known vulnerabilities.

It knows nothing of the product. The first part needs no network and fails on any finding. The second asks an
advisory service through pip-audit; where none answers it says so, and fails only with AUDIT_STRICT=1.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

RUNTIME, DEV = "requirements.txt", "requirements-dev.txt"
SERVICES = ("pypi", "osv")
PATIENCE = (
    "10"  # seconds for one answer of an advisory service: a refused connection must not hold up the checks
)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Pin:
    """One locked package."""

    name: str
    requirement: Requirement
    hashes: int

    @property
    def exact(self) -> str | None:
        """The one version, or None where the lock leaves a choice."""
        [only] = self.requirement.specifier if len(self.requirement.specifier) == 1 else [None]
        return only.version if only and only.operator == "==" and "*" not in only.version else None

    @property
    def applies_here(self) -> bool:
        """Whether this platform installs it."""
        return self.requirement.marker is None or self.requirement.marker.evaluate()


@dataclass(frozen=True, slots=True)
class Accepted:
    """An advisory that was read and does not apply to us, until a day."""

    id: str
    reason: str
    until: date


def main() -> int:
    """Print every finding; 1 if there is one."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    accepted, wrong = exceptions(
        project.get("tool", {}).get("rampcheck", {}).get("audit", {}).get("accepted", [])
    )
    here = uninstalled(read(Path(DEV).read_text(encoding="utf-8"))[0])
    findings = [*wrong, *locked(project["project"]), *here, *broken()]
    for finding in findings:
        print(f"audit: {finding}")
    if not findings:
        print("audit: both locks are exact, hashed, in step with pyproject.toml and with what is installed")
    return max(int(bool(findings)), advisories(accepted))


def locked(project: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the two locks."""
    locks = {name: read(Path(name).read_text(encoding="utf-8")) for name in (RUNTIME, DEV)}
    for name, (pins, stray) in locks.items():
        yield from (f"{name}: '{line}' is not a pinned package from the registry" for line in stray)
        yield from unpinned(name, pins)
    runtime, dev = ({pin.name: pin for pin in locks[name][0]} for name in (RUNTIME, DEV))
    yield from uncovered(RUNTIME, runtime, project["dependencies"])
    yield from uncovered(DEV, dev, [*project["dependencies"], *project["optional-dependencies"]["dev"]])
    yield from apart(runtime, dev)


def read(text: str) -> tuple[list[Pin], list[str]]:
    """The packages of a lock, and the lines that are something else."""
    pins, stray = [], []
    for line in text.replace("\\\n", " ").splitlines():
        bare = re.sub(r"(^|\s)#.*", "", HASH.sub("", line)).strip()
        try:
            requirement = Requirement(bare) if bare else None
        except InvalidRequirement:
            requirement = None
        if requirement and not requirement.url:
            pins.append(Pin(canonicalize_name(requirement.name), requirement, len(HASH.findall(line))))
        elif bare:
            stray.append(bare)
    return pins, stray


def unpinned(lock: str, pins: list[Pin]) -> Iterator[str]:
    """Packages that could come in another version, or from somebody else."""
    yield from (f"{lock}: {pin.name} is not pinned with ==" for pin in pins if not pin.exact)
    yield from (f"{lock}: {pin.name} has no sha256" for pin in pins if not pin.hashes)


def uncovered(lock: str, pins: Mapping[str, Pin], wanted: list[str]) -> Iterator[str]:
    """What pyproject.toml asks for and the lock does not give."""
    for requirement in map(Requirement, wanted):
        pin = pins.get(canonicalize_name(requirement.name))
        if pin is None:
            yield f"{lock}: {requirement.name} is missing; run: make lock"
        elif pin.exact and not requirement.specifier.contains(pin.exact, prereleases=True):
            yield f"{lock}: {pin.name} {pin.exact} is not {requirement.specifier}; run: make lock"


def apart(runtime: Mapping[str, Pin], dev: Mapping[str, Pin]) -> Iterator[str]:
    """Packages that are tested in another form than they are installed in."""
    for name, pin in runtime.items():
        if name not in dev or str(dev[name].requirement) != str(pin.requirement):
            yield f"{name}: {RUNTIME} and {DEV} differ; run: make lock"


def uninstalled(pins: list[Pin]) -> Iterator[str]:
    """Packages that this environment lacks or has in another version than the lock says."""
    for pin in pins:
        try:
            found = version(pin.name)
        except PackageNotFoundError:
            found = "missing"
        if pin.applies_here and found != pin.exact:
            yield f"{pin.name}: {found} here, {pin.exact} in {DEV}; run: make clean test"


def broken() -> Iterator[str]:
    """What pip finds wrong between the installed packages."""
    check = run("pip", "check")
    if check.returncode:
        yield from check.stdout.splitlines() or check.stderr.splitlines()


def exceptions(entries: list[Mapping[str, Any]]) -> tuple[list[Accepted], list[str]]:
    """The accepted advisories that hold, and what is wrong with the others."""
    held, wrong = [], []
    for entry in entries:
        id_, reason, until = entry.get("id"), entry.get("reason"), entry.get("until")
        if not (id_ and isinstance(reason, str) and len(reason.split()) > 2 and isinstance(until, date)):
            wrong.append(f"pyproject.toml: accepted advisory {id_} needs an id, a reason and a day (until)")
        elif until < datetime.now(UTC).date():
            wrong.append(f"pyproject.toml: {id_} was accepted until {until}; look at it again")
        else:
            held.append(Accepted(str(id_), reason, until))
    return held, wrong


def advisories(accepted: list[Accepted]) -> int:
    """Ask the services in turn until one judges every package; 1 on a vulnerability that nobody accepted."""
    silence = []
    for service in SERVICES:
        packages, trouble = ask(service, accepted)
        judged = [package for package in packages if "vulns" in package]
        if any(package["vulns"] for package in judged) or (judged and len(judged) == len(packages)):
            return verdict(judged, accepted)
        silence.append(f"{service}: {trouble or f'judged {len(judged)} of {len(packages)} packages'}")
    print(f"audit: NOT CHECKED for known vulnerabilities: no service answers here ({'; '.join(silence)})")
    return int(os.environ.get("AUDIT_STRICT") == "1")


def ask(service: str, accepted: list[Accepted]) -> tuple[list[dict[str, Any]], str]:
    """What the service says of each package, and if it says nothing, why."""
    ignored = [word for entry in accepted for word in ("--ignore-vuln", entry.id)]
    asked = ["--require-hashes", "--disable-pip", "--requirement", DEV, "--vulnerability-service", service]
    shape = ["--format", "json", "--progress-spinner", "off", "--timeout", PATIENCE]
    result = run("pip_audit", *asked, *shape, *ignored)
    try:
        return json.loads(result.stdout)["dependencies"], ""
    except (ValueError, KeyError):
        last = (result.stderr.strip().splitlines() or ["no answer"])[-1]
        return [], last.partition(":")[0]


def verdict(packages: list[dict[str, Any]], accepted: list[Accepted]) -> int:
    """Print the vulnerabilities; 1 if there is one."""
    found = [(package, flaw) for package in packages for flaw in package["vulns"]]
    for package, flaw in found:
        fixed = ", ".join(flaw["fix_versions"]) or "no version yet"
        print(f"audit: {package['name']} {package['version']}: {flaw['id']}, fixed in {fixed}")
    kept = f", {len(accepted)} accepted" if accepted else ""
    print(f"audit: {len(packages)} packages, {len(found)} known vulnerabilities{kept}")
    return int(bool(found))


def run(module: str, *words: str) -> subprocess.CompletedProcess[str]:
    """One of this environment's tools."""
    return subprocess.run([sys.executable, "-m", module, *words], capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
