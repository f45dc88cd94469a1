"""Whole reports made by hand, with any text in every place where a repository's own text can stand."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence, Location
from repotriage.models.reading import (
    AssetLink,
    BrokenFile,
    CodeSize,
    Command,
    EntryPoint,
    Hyperparameter,
    Reading,
    ResultsTable,
)
from repotriage.models.report import Report
from repotriage.models.requirement import (
    Contradiction,
    Dependencies,
    ImportedModule,
    ManifestFile,
    Requirement,
    Unreadable,
)
from repotriage.models.score import Interval, Judged, Score
from repotriage.models.snapshot import ApiUsage, Commit, Gap, GitHubFacts, History, State
from tests.builders import TAKEN_AT, days_ago, study

PLAIN = "setup tools"


def reading(text: str = PLAIN) -> Reading:
    at = Location(path=f"docs/{text}.md", line=3)
    command = Command(argv=("python", text), raw=f"python {text}", at=at, role="train", script=text)
    return Reading(
        size=CodeSize(python_files=3, python_lines=1234, notebooks=1),
        framework=text,
        commands=(command,),
        entry_points=(
            EntryPoint(role="train", path=text, line=1, command=command, documented_at=at, rank=1, weight=2.0),
            EntryPoint(role="evaluate", path=text, line=9, rank=1, weight=1.0, reasons=(msg("{x}", x=text),)),
        ),
        assets=tuple(AssetLink(kind="weights", provider=text, url=f"https://{text}", at=at) for _ in range(5)),
        results=(ResultsTable(at=at, caption=text, header=(text, "b"), rows=((text, "1"),)),),
        broken=(BrokenFile(at=at, reason=msg("bad token {t}", t=text)),),
        hyperparameters=(Hyperparameter(name=text, value=text, source="argparse", at=at),),
    )


def dependencies(text: str = PLAIN) -> Dependencies:
    at = Location(path=f"{text}/requirements.txt", line=1)
    first = Requirement(name=text, specifier=f"=={text}", format="requirements", at=at, raw=text)
    second = Requirement(name=text, specifier="==2", format="readme", at=at, raw=text)
    return Dependencies(
        files=(
            ManifestFile(path=text, format="requirements", parsed=True, rank=1, why=msg("named by {f}", f=text)),
            ManifestFile(path=text, format="conda", parsed=False),
        ),
        requirements=(first, second),
        unreadable=(Unreadable(at=at, raw=text, reason=msg("no name in {line}", line=text)),),
        contradictions=(Contradiction(name=text, first=first, second=second, message=msg("{name} twice", name=text)),),
        undeclared=(ImportedModule(module=text, at=(at,), count=2, needed=True, context="main"),),
        misnamed=(first,),
        successors={text: text},
    )


def score(text: str = PLAIN) -> Score:
    at = Location(path=f"{text}.py", line=7)
    findings = (
        Finding(
            signal="weights",
            verdict="bad",
            grade=0.0,
            summary=msg("no weights in {where}", where=text),
            evidence=(
                Evidence(at=at, text=text),
                Evidence(issue=4, text=text),
                Evidence(url=f"https://{text}"),
                Evidence(commit="c0ffee" * 6),
            ),
            remedy=msg("publish them with {what}", what=text),
        ),
        Finding(signal="tests", verdict="bad", grade=0.4, summary=msg("tests: {n:,}", n=1200), remedy=msg("run them")),
        Finding(signal="licence", verdict="good", grade=1.0, summary=msg("{licence}", licence=text)),
        Finding(signal="stars", verdict="unknown", summary=msg("not asked: {why}", why=text)),
        Finding(signal="demo", verdict="n/a", summary=msg("a library needs none")),
    )
    half = Interval(low=0.45, high=0.75, coverage=0.7)
    return Score(
        profile=text,
        profile_hash="0123456789abcdef",
        total=half,
        families={"reproducibility": half, "completeness": half, "upkeep": None, "popularity": half},
        judged=tuple(
            Judged(finding=finding, family="completeness", weight=weight)
            for finding, weight in zip(findings, (0.25, 0.2, 0.25, 0.3, 0.0), strict=True)
        ),
        meaning=msg("What {name} shows of itself.", name=text),
    )


def report(text: str = PLAIN) -> Report:
    made = study(
        {"README.md": text},
        reading=reading(text),
        dependencies=dependencies(text),
        source="github",
        name=f"owner/{text}",
        ref=text,
        subdir=text,
        github=GitHubFacts(
            full_name=f"owner/{text}",
            url="https://github.com/owner/name",
            description=text,
            stars=12345,
            license_spdx=text,
            languages={"Python": 10, "C": 2},
        ),
        history=History(head=Commit(sha="a" * 40, date=days_ago(9), title=text), total=7),
        states=(State(name="archived", message=msg("archived, says {who}", who=text), url="https://github.com/a/b"),),
        gaps=(Gap(what="github.issues", reason="rate_limited", message=msg("limit: {x}", x=text), retry_at=TAKEN_AT),),
        api_usage=ApiUsage(requests=3, points=1, limit=5000, remaining=4900, reset_at=TAKEN_AT),
    )
    return Report(version="0.1.0", study=made, score=score(text))


def empty() -> Report:
    """Nothing is known and nothing applies."""
    nothing = Score(
        profile="default", profile_hash="0" * 16, total=None, families={}, judged=(), meaning=msg("Nothing to score.")
    )
    return Report(version="0.1.0", study=study(name="folder", commit=None), score=nothing)
