"""Hold our verdict against uv's plain answer for the same lines and Python: by hand, with a package index.

usage: python -m benchmarks.agreement --rows FILE.jsonl [--index-url URL] [--most N]

A row has `python` and `pins` (bench_integrgithub.jsonl of the corpus). uv may build; we may
not. Ours agrees when it is `solves` where uv finds an answer, and anything else where uv
finds none. Every conflict core is held against its definition: it does not solve, and it
does when any one of its lines is left out.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from packaging.requirements import Requirement as Pep508
from packaging.utils import canonicalize_name

from repotriage.environment import EnvironmentSettings, environment_of
from repotriage.host import load_host
from repotriage.models.location import Location
from repotriage.models.requirement import Dependencies, ManifestFile, Requirement
from repotriage.models.snapshot import Snapshot
from repotriage.models.solution import Environment
from repotriage.models.study import Study
from repotriage.resolver.solve import SolveSettings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--index-url", default="https://pypi.org/simple")
    parser.add_argument("--most", type=int)
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.rows.read_text().splitlines()]
    same = counted = cores = minimal = 0
    for row in rows[: options.most]:
        python = ".".join(row["python"].split(".")[:2])
        if python == "2.7":  # uv resolves for no Python 2
            continue
        plain = uv_solves(row["pins"], row["python"])
        found = ours(row["pins"], python, options.index_url)
        agrees = plain == (found.verdict == "solves")
        counted += 1
        same += agrees
        told = {"repo": row["repo"], "python": python, "uv": plain, "ours": found.verdict, "agrees": agrees}
        conflict = found.best.conflict if found.best else None
        if conflict is not None:
            lines = [wish.line for wish in conflict.core if wish.origin == "declared"]
            cores += 1
            holds = not uv_solves(lines, row["python"]) and all(
                uv_solves(lines[:at] + lines[at + 1 :], row["python"]) for at in range(len(lines))
            )
            minimal += holds
            told |= {"core": lines, "minimal": holds}
        print(json.dumps(told), flush=True)
    print(f"agrees {same}/{counted}; cores minimal {minimal}/{cores}", file=sys.stderr)


def uv_solves(lines: list[str], python: str) -> bool:
    """Whether uv, left to itself, resolves these lines for Linux."""
    if not lines:
        return True
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv"
    argv = [uv, "pip", "compile", "-", "--quiet", "--no-config", "--no-header", "--python-version", python]
    argv += ["--python-platform", "x86_64-manylinux_2_35"]
    try:
        done = subprocess.run(argv, input="\n".join(lines), capture_output=True, text=True, check=False, timeout=240)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def ours(lines: list[str], python: str, index_url: str) -> Environment:
    """Our verdict on the same lines, as of today, for the same Python."""
    at = [Location(path="requirements.txt", line=number) for number in range(1, len(lines) + 1)]
    requirements = []
    for place, line in zip(at, lines, strict=True):
        parsed = Pep508(line)
        requirements.append(
            Requirement(
                name=canonicalize_name(parsed.name),
                specifier=str(parsed.specifier),
                extras=tuple(sorted(parsed.extras)),
                marker=str(parsed.marker) if parsed.marker else None,
                format="requirements",
                at=place,
                raw=line,
            )
        )
    now = datetime.now(UTC).replace(microsecond=0)
    files = (ManifestFile(path="requirements.txt", format="requirements", parsed=True, rank=1),)
    study = Study(
        snapshot=Snapshot(source="checkout", name="owner/name", taken_at=now),
        dependencies=Dependencies(files=files, requirements=tuple(requirements)),
    )
    settings = EnvironmentSettings(index_url=index_url, solve=SolveSettings(python=python, as_of=now, timeout=90.0))
    return environment_of(study, load_host("cpu-linux"), settings)


if __name__ == "__main__":
    main()
