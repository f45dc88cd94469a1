"""Is `owner/repo` scored as its checkout is? Serves checkouts as GitHub does, on loopback, and compares.

    python benchmarks/parity.py FOLDER [NAME ...]

FOLDER holds checkouts called owner+name; NAME picks some (owner/name), else all are taken. Findings about the
files must be the same to the last word of their evidence; in the families that GitHub's facts enter, the grades
that both sides know. Printed for each repository: how many files and findings are not the same, and what GitHub
counted with and without a token, where the bars are 3 and 6.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from repotriage import pipeline
from repotriage.errors import RepotriageError
from repotriage.fetchers.checkout import CheckoutFetcher
from repotriage.fetchers.github.fetcher import GitHubFetcher
from repotriage.fetchers.port import FetchSettings
from repotriage.models.finding import Family, Finding
from repotriage.models.report import Report
from repotriage.models.snapshot import Snapshot
from repotriage.models.target import CheckoutTarget, GitHubTarget
from repotriage.scorer import load_profile
from tests.double import Comment, GitHub, Issue, Repository, World, at

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TOKEN = "a-good-token"
BARS = {TOKEN: 3, None: 6}
OF_FILES: tuple[Family, ...] = ("completeness", "reproducibility")  # what the files alone tell


@dataclass(frozen=True)
class Row:
    """What came out for one repository."""

    name: str
    requests: dict[str | None, int]
    different_files: tuple[str, ...]
    findings: int
    different: tuple[str, ...]
    violations: tuple[str, ...]
    seconds: float

    @property
    def good(self) -> bool:
        """Whether nothing is different and the bars are kept."""
        kept = all(self.requests[token] <= bar for token, bar in BARS.items())
        return kept and not self.different_files and not self.different and not self.violations


def served(name: str, checkout: Path) -> tuple[dict[str | None, Snapshot], dict[str | None, int], list[str]]:
    """What GitHub brings with and without a token, how many requests it counted, and what broke its contract."""
    issues = [
        Issue(number=n, created_at=at("2024-01-01"), comments=[Comment(created_at=at("2024-01-02"))])
        for n in range(1, 150)
    ]
    owner, _, short = name.partition("/")
    target = GitHubTarget(owner=owner, name=short)
    snapshots: dict[str | None, Snapshot] = {}
    requests: dict[str | None, int] = {}
    with GitHub(World(repositories=[Repository(full_name=name, git=checkout, issues=issues)])) as github:
        for token in BARS:
            github.forget()
            settings = FetchSettings(token=SecretStr(token) if token else None, api_url=github.url, max_wait=0)
            snapshots[token] = GitHubFetcher(settings, lambda _: None, taken_at=NOW).fetch(target)
            requests[token] = github.counted
        return snapshots, requests, github.violations


def different_files(one: Snapshot, other: Snapshot) -> tuple[str, ...]:
    """Paths whose files are not the same; what the clone lacks cannot be compared."""
    paths = sorted(one.by_path.keys() | other.by_path.keys())
    absent = {file.path for file in other.files if file.kind == "unread" and file.size == 0}
    return tuple(path for path in paths if one.by_path.get(path) != other.by_path.get(path) and path not in absent)


def different_findings(one: Report, other: Report) -> tuple[str, ...]:
    """Signals to which both sides know an answer, and not the same one."""
    answers = {judged.finding.signal: judged.finding for judged in other.score.judged}
    found = []
    for judged in one.score.judged:
        mine, theirs = judged.finding, answers[judged.finding.signal]
        same = mine == theirs
        if judged.family not in OF_FILES:
            same = mine.grade == theirs.grade or "unknown" in (mine.verdict, theirs.verdict)
        if not same:
            found.append(f"{mine.signal}: {_short(mine)} / {_short(theirs)}")
    return tuple(found)


def _short(finding: Finding) -> str:
    return f"{finding.verdict} {'' if finding.grade is None else finding.grade}".strip()


def compare(name: str, checkout: Path) -> Row:
    """Bring the repository in three ways and compare them."""
    start = time.perf_counter()
    profile = load_profile("default")
    snapshots, requests, violations = served(name, checkout)
    local = CheckoutFetcher(FetchSettings(offline=True), taken_at=NOW).fetch(CheckoutTarget(path=checkout))
    reports = {token: pipeline.analyse(snapshot, profile) for token, snapshot in snapshots.items()}
    own = pipeline.analyse(local, profile)
    files = {path for snapshot in snapshots.values() for path in different_files(snapshot, local)}
    if any(snapshot.commit != local.commit for snapshot in snapshots.values()):
        files.add("(the commit)")
    findings = {found for report in reports.values() for found in different_findings(report, own)}
    return Row(
        name=name,
        requests=requests,
        different_files=tuple(sorted(files)),
        findings=len(own.score.judged),
        different=tuple(sorted(findings)),
        violations=tuple(violations),
        seconds=time.perf_counter() - start,
    )


def main() -> int:
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    folder = Path(sys.argv[1])
    names = sys.argv[2:] or sorted(path.name.replace("+", "/", 1) for path in folder.iterdir() if "+" in path.name)
    print("| repository | requests with token | without | files that differ | findings that differ | of | s |")
    print("|---|---|---|---|---|---|---|")
    good = total = 0
    for name in names:
        checkout = folder / name.replace("/", "+", 1)
        if not checkout.is_dir():
            print(f"| {name} | there is no {checkout} | | | | | |", flush=True)
            continue
        try:
            row = compare(name, checkout)
        except RepotriageError as error:
            print(f"| {name} | {error.what} | | | | | |", flush=True)
            continue
        total += 1
        good += row.good
        files = f"{len(row.different_files)} {' '.join(row.different_files[:2])}".strip()
        differ = f"{len(row.different)} {'; '.join((*row.different, *row.violations)[:3])}".strip()
        cells = (name, row.requests[TOKEN], row.requests[None], files, differ, row.findings, f"{row.seconds:.1f}")
        print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)
    print(f"\nthe same: {good} of {total}")
    return 0 if good == total else 1


if __name__ == "__main__":
    sys.exit(main())
