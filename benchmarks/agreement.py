"""Hold our verdict against uv's plain answer for the same lines, date and Python: by hand, with a package index.

usage: python -m benchmarks.agreement (--rows FILE.jsonl | --repos FOLDER [NAME ...]) [--cache FOLDER] [--most N]

A row has `python` and `pins` (bench_integrgithub.jsonl of the corpus) and is asked as of today. Of
a checkout (in a folder `owner+name`) the lines are those that our plan solves, as our parser reads
them, without what is only imported; the Python and the date are those that the plan chose, and what
it takes from after that date uv takes so, too. uv may build, by that Python where this machine has
it; we may not. Ours agrees when it solves with every line as it stands where uv finds an answer, and
does not where uv finds that there is none. Counted apart are
- questions to which uv has no answer: a package cannot be built here, or its metadata is older than
  the standard that uv keeps to;
- answers that resolve and that we know to break: uv knows nothing of that.

What we claim is checked by asking uv again, so by another way than it was found (where uv has no
answer, by solving it anew):
- a conflict core does not solve, and does when any one of its lines is left out;
- a line that was changed or left out for what the index says of it does not solve alone;
- the lines with every change of ours made do solve.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import uv
from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Pep508
from packaging.utils import canonicalize_name

from repotriage import data
from repotriage.environment import EnvironmentSettings, environment_of
from repotriage.fetchers.open import on_disk, open_fetcher
from repotriage.fetchers.port import FetchSettings
from repotriage.host import ThisMachine, load_host, open_nvml, probe
from repotriage.index.target import Target
from repotriage.models.location import Location
from repotriage.models.requirement import Dependencies, ManifestFile, Requirement
from repotriage.models.snapshot import Snapshot
from repotriage.models.solution import Conflict, Environment
from repotriage.models.study import Study
from repotriage.parsing.target import parse_target
from repotriage.pipeline import study
from repotriage.resolver.solve import SolveSettings

PATH = "requirements.txt"
PATIENCE = 300.0  # seconds for one answer of uv
NO_ANSWER = ("Failed to build", "Failed to download and build", "invalid metadata", "could not be parsed")
"""What uv says where it cannot tell; read by people who measure, never by the program."""


class Case(NamedTuple):
    """The same question for both: lines, Python, date, and what the date does not bind."""

    name: str
    lines: tuple[str, ...]
    python: str
    cutoff: datetime
    exempt: tuple[str, ...] = ()


class Plain(NamedTuple):
    """uv's plain answer; `solves` is None where it has none."""

    solves: bool | None
    why: str = ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--repos", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--index-url", default="https://pypi.org/simple")
    parser.add_argument("--most", type=int)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    cases: Iterator[Case]
    settings = EnvironmentSettings(index_url=options.index_url, cache_dir=options.cache)
    if options.rows is not None:
        rows = [json.loads(line) for line in options.rows.read_text().splitlines()]
        cases = iter([Case(row["repo"], tuple(row["pins"]), row["python"], _today()) for row in rows])
    elif options.repos is not None:
        names = [name.replace("/", "+") for name in options.names] or sorted(
            path.name for path in options.repos.iterdir() if path.is_dir()
        )
        found = (case_of(options.repos / name, settings) for name in names)
        cases = (case for case in found if case is not None)
    else:
        parser.error("give --rows or --repos")
    told = []
    for case in islice(cases, options.most):
        if case.python.startswith("2"):  # uv resolves for no Python 2
            print(json.dumps({"repo": case.name, "python": case.python, "uv": "no Python 2"}), flush=True)
            continue
        told.append(compare(case, settings))
        print(json.dumps(told[-1]), flush=True)
    claims = [one for row in told for one in row["claims"]]
    answered = [row for row in told if row["uv"] is not None]
    breaks = [row for row in answered if row["known_break"] and not row["agrees"]]
    say = sys.stderr.write
    say(f"{len(told)} questions; uv answers {len(answered)}; ours agrees with {sum(row['agrees'] for row in answered)}")
    say(f"; {len(breaks)} more resolve and are known to break\n")
    for kind in ("core", "line", "changed"):
        held = [one["holds"] for one in claims if one["kind"] == kind]
        say(f"{kind}: {sum(held)}/{len(held)} hold\n")


def case_of(folder: Path, settings: EnvironmentSettings) -> Case | None:
    """The question that a checkout asks, or None where its first file names no package of an index."""
    snapshot = open_fetcher(FetchSettings(offline=True), lambda _: None).fetch(parse_target(str(folder), on_disk))
    found = environment_of(study(snapshot), load_host("cpu-linux"), settings)
    lines = tuple(wish.line for wish in found.wishes if wish.origin == "declared")
    if not lines or found.best is None:
        return None
    candidate = found.best.candidate
    return Case(
        folder.name.replace("+", "/", 1), lines, candidate.python, candidate.clock.cutoff or _today(), found.exempt
    )


def compare(case: Case, settings: EnvironmentSettings) -> dict[str, Any]:
    """Both answers, and whether what ours claims holds."""
    started = time.monotonic()
    found = ours(case, settings)
    took = time.monotonic() - started
    plain = plain_answer(case)
    best = found.best
    conflicts = conflicts_of(found)
    row: dict[str, Any] = {
        "repo": case.name,
        "python": case.python,
        "cutoff": case.cutoff.date().isoformat(),
        "lines": len(case.lines),
        "uv": plain.solves,
        "ours": found.verdict,
        "agrees": found.verdict != "unknown" and plain.solves == as_it_stands(found),
        "known_break": bool(best and best.breaks)
        or any(wish.origin != "declared" for conflict in conflicts for wish in conflict.core),
        "seconds": round(took, 1),
        "claims": list(claims_of(found, case, settings)),
    }
    if not row["agrees"]:
        row["uv_says"] = plain.why
    if best is not None:
        row["changes"] = [f"{one.at}: {one.before} -> {one.after}: {one.reason}" for one in best.changes]
        row["breaks"] = [f"{one.package} {one.version}: {one.message}" for one in best.breaks]
        row["why_unknown"] = str(best.reason) if best.reason else None
    return row


def as_it_stands(found: Environment) -> bool:
    """Whether ours solves with every line as it stands."""
    return found.best is not None and bool(found.best.pins) and not found.best.changes


def conflicts_of(found: Environment) -> Sequence[Conflict]:
    best = found.best
    return () if best is None or best.conflict is None else (best.conflict, *best.later_conflicts)


def claims_of(found: Environment, case: Case, settings: EnvironmentSettings) -> Iterator[dict[str, Any]]:
    """What ours says of lines that do not hold, each with whether uv says so, too."""

    def solves(*lines: str) -> bool:
        asked = case._replace(lines=lines)
        plain = plain_answer(asked).solves if lines else True
        return as_it_stands(ours(asked, settings)) if plain is None else plain

    best = found.best
    if best is None:
        return
    told: set[str] = set()
    for conflict in conflicts_of(found):
        core = [wish.line for wish in conflict.core]
        told.add(str(conflict.sentence))
        yield {
            "kind": "core",
            "lines": [f"{wish.line} ({wish.at or wish.origin})" for wish in conflict.core],
            "says": str(conflict.sentence),
            "facts": [str(fact) for fact in conflict.facts],
            "relaxation": str(conflict.relaxation and conflict.relaxation.after),
            "holds": not solves(*core) and all(solves(*core[:at], *core[at + 1 :]) for at in range(len(core))),
        }
    asked = {wish.at: wish.line for wish in found.wishes}
    for change in best.changes:
        line = asked.get(change.at)
        if line is not None and str(change.reason) not in told:
            yield {"kind": "line", "lines": [line], "says": str(change.reason), "holds": not solves(line)}
    if best.changes and best.pins:
        after = {change.at: change.after for change in best.changes}
        kept = [after.get(wish.at, wish.line) for wish in found.wishes if wish.origin == "declared"]
        yield {"kind": "changed", "lines": kept, "holds": solves(*(line for line in kept if line))}


def plain_answer(case: Case) -> Plain:
    """Whether uv, left to itself, resolves these lines for Linux."""
    version = Target(python=case.python).full_version if case.python.count(".") == 1 else case.python
    argv = [uv.find_uv_bin(), "pip", "compile", "-", "--quiet", "--no-config", "--no-header", "--no-annotate"]
    argv += ["--python-version", version, "--python-platform", "x86_64-manylinux_2_35", "--color", "never"]
    argv += ["--exclude-newer", _rfc3339(case.cutoff)]
    interpreter = _interpreters().get(minor(case.python))
    if interpreter is not None:  # else what has to be built is built by whatever Python uv finds
        argv += ["--python", interpreter]
    again = {row["name"] for row in data.table("reuploads")["project"]}
    for name in sorted(again | set(case.exempt)):
        argv += ["--exclude-newer-package", f"{name}=2100-01-01T00:00:00Z"]
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                argv, cwd=folder, input="\n".join(case.lines), capture_output=True, text=True, check=False,
                timeout=PATIENCE,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Plain(None, f"uv took more than {PATIENCE:g} s")
    if done.returncode == 0:
        return Plain(True)
    return Plain(None if any(text in done.stderr for text in NO_ANSWER) else False, done.stderr[:1500])


@cache
def _interpreters() -> Mapping[str, str]:
    """The Pythons of this machine, by minor version."""
    found = probe(ThisMachine(), open_nvml(), now=_today(), folder=Path.cwd())
    return {minor(one.version): one.path for one in found.pythons}


def minor(version: str) -> str:
    """`3.9` of `3.9.13`."""
    return ".".join(version.split(".")[:2])


def ours(case: Case, settings: EnvironmentSettings) -> Environment:
    """Our verdict on the same lines, as of the same date, for the same Python."""
    requirements = tuple(found for number, line in enumerate(case.lines, 1) if (found := _requirement(line, number)))
    files = (ManifestFile(path=PATH, format="requirements", parsed=True, rank=1),)
    asked = Study(
        snapshot=Snapshot(source="checkout", name=case.name, taken_at=_today()),
        dependencies=Dependencies(files=files, requirements=requirements),
    )
    wanted = SolveSettings(python=minor(case.python), as_of=case.cutoff, timeout=PATIENCE)
    return environment_of(asked, load_host("cpu-linux"), settings.model_copy(update={"solve": wanted}))


def _requirement(line: str, number: int) -> Requirement | None:
    try:
        parsed = Pep508(line)
    except InvalidRequirement:
        return None
    return Requirement(
        name=canonicalize_name(parsed.name),
        specifier=str(parsed.specifier),
        extras=tuple(sorted(parsed.extras)),
        marker=str(parsed.marker) if parsed.marker else None,
        format="requirements",
        at=Location(path=PATH, line=number),
        raw=line,
    )


def _today() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _rfc3339(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


if __name__ == "__main__":
    main()
