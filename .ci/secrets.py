"""Looks for secrets in everything that is committed, with detect-secrets; it prints where one is, never what it is.

Examples that look like secrets and open nothing are in `.ci/examples.json`, by file and digest: a new one is entered
by `make secrets ARGS=--accept` after somebody has looked at it, and one that is gone has to go there as well.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings

EXAMPLES = Path(__file__).with_name("examples.json")
DIGESTS = ("requirements.txt", "requirements-dev.txt", ".ci/examples.json")  # nothing but digests
CORES = 2

Found = Mapping[str, Mapping[str, str]]  # file -> digest -> "line: kind"


def main(words: list[str]) -> int:
    """1 where there is a secret that nobody has looked at."""
    found = scanned([name for name in committed() if name not in DIGESTS])
    if words == ["--accept"]:
        EXAMPLES.write_text(
            json.dumps({name: sorted(digests) for name, digests in found.items()}, indent=2) + "\n"
        )
        print(f"secrets: {sum(map(len, found.values()))} examples written down; look at the difference")
        return 0
    problems = [*unknown(found, known()), *gone(found, known())]
    for problem in problems:
        print(f"secrets: {problem}")
    if not problems:
        print(f"secrets: nothing but {sum(map(len, found.values()))} known examples in what is committed")
    return int(bool(problems))


def committed() -> list[str]:
    """Every file that git knows, and those about to be added."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=True,
        text=True,
    )
    return [
        name
        for name in listed.stdout.split("\0")
        if name and Path(name).is_file() and not Path(name).is_symlink()
    ]


def scanned(names: list[str]) -> Found:
    """What looks like a secret."""
    secrets = SecretsCollection()
    with default_settings():
        secrets.scan_files(*names, num_processors=CORES)
    return {
        name: {one.secret_hash: f"{one.line_number}: {one.type}" for one in secrets[name]}
        for name in sorted(secrets.files)
    }


def known() -> Mapping[str, list[str]]:
    """The examples that somebody has looked at."""
    read: Mapping[str, list[str]] = json.loads(EXAMPLES.read_text()) if EXAMPLES.exists() else {}
    return read


def unknown(found: Found, examples: Mapping[str, list[str]]) -> Iterator[str]:
    """Secrets, or examples that nobody has looked at."""
    for name, digests in found.items():
        for digest, where in digests.items():
            if digest not in examples.get(name, ()):
                todo = "Take it out and revoke it; an example is accepted by `make secrets ARGS=--accept`"
                yield f"{name}:{where}. {todo}"


def gone(found: Found, examples: Mapping[str, list[str]]) -> Iterator[str]:
    """Examples that are not there any more: what is allowed without need may hide something later."""
    for name, digests in examples.items():
        for digest in digests:
            if digest not in found.get(name, {}):
                yield f"{name}: an example is gone; take it off by `make secrets ARGS=--accept`"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
