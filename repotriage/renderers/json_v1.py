"""The JSON report, version 1: models of its own, so that the internal ones can change.

Fields are only ever added within version 1; a reader should pass over those that it does
not know. The published schema is `docs/schema/report-v1.json` and `repotriage schema`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Field

from repotriage.models.base import CleanStr
from repotriage.models.finding import FAMILIES
from repotriage.models.location import Evidence
from repotriage.models.report import Report
from repotriage.models.score import Judged
from repotriage.models.snapshot import Snapshot
from repotriage.renderers.json_v1_base import V1, LocationV1, Sentence
from repotriage.renderers.json_v1_environment import EnvironmentV1, environment_v1
from repotriage.renderers.outline import evidence_url

SCHEMA_ID = "urn:repotriage:report:v1"
_T = TypeVar("_T")


def _sorted(mapping: Mapping[str, _T]) -> Mapping[str, _T]:
    return dict(sorted(mapping.items()))


def _rounded(share: float) -> float:
    return round(share, 4)


Share = Annotated[float, AfterValidator(_rounded), Field(ge=0, le=1)]


class EvidenceV1(V1):
    """What shows that a claim is true."""

    path: CleanStr | None
    line: int | None
    cell: int | None
    commit: CleanStr | None
    issue: int | None
    url: CleanStr | None
    """Where a person can look at it, when the repository is on a known host."""
    text: CleanStr | None
    """What stands there."""


class IntervalV1(V1):
    """Shares from 0 to 1: `low` counts every unknown as lost, `high` as earned."""

    low: Share
    high: Share
    coverage: Share
    """Share of the weight that is known."""


class FindingV1(V1):
    """One signal's answer."""

    signal: CleanStr
    family: Literal["popularity", "completeness", "upkeep", "reproducibility"]
    verdict: Literal["good", "bad", "unknown", "n/a"]
    grade: Share | None
    """What was earned of the weight; null when unknown or not applicable."""
    weight: Share
    """Share of the whole score."""
    loss: Share
    """What it costs of the whole score."""
    summary: CleanStr
    remedy: CleanStr | None
    evidence: tuple[EvidenceV1, ...]


class FamiliesV1(V1):
    """The four families; null where nothing applies."""

    reproducibility: IntervalV1 | None
    completeness: IntervalV1 | None
    upkeep: IntervalV1 | None
    popularity: IntervalV1 | None


class ScoreV1(V1):
    """The score and what it is made of."""

    profile: CleanStr
    profile_hash: CleanStr
    """First 16 hex digits of the SHA-256 of the profile's canonical form."""
    meaning: Sentence
    total: IntervalV1 | None
    families: FamiliesV1
    biggest_losses: tuple[CleanStr, ...]
    """Names of the three signals that cost most, the dearest first."""
    findings: tuple[FindingV1, ...]


class StateV1(V1):
    """A condition of the repository that its user must know."""

    name: CleanStr
    message: Sentence
    url: CleanStr | None


class GapV1(V1):
    """Why a fact is unknown."""

    what: CleanStr
    """Dotted name of the fact, such as `github.stars`; a gap of `github` holds for all below it."""
    reason: CleanStr
    message: Sentence
    retry_at: datetime | None


class ApiUsageV1(V1):
    """What the fetch cost."""

    requests: int
    """Requests that GitHub counted."""
    cached: int
    """Answers taken from the cache."""
    points: int | None
    """GraphQL points."""
    limit: int | None
    remaining: int | None
    reset_at: datetime | None


class ParentV1(V1):
    """What a fork was made from."""

    full_name: CleanStr
    stars: int | None
    url: CleanStr


class GitHubV1(V1):
    """What GitHub says; null is unknown and explained in `gaps`."""

    full_name: CleanStr
    url: CleanStr
    requested_name: CleanStr | None
    description: CleanStr | None
    homepage: CleanStr | None
    topics: tuple[CleanStr, ...] | None
    license_spdx: CleanStr | None
    languages: Annotated[Mapping[CleanStr, int], AfterValidator(_sorted)] | None
    """Bytes by language."""
    default_branch: CleanStr | None
    stars: int | None
    forks: int | None
    watchers: int | None
    open_issues: int | None
    closed_issues: int | None
    open_pull_requests: int | None
    closed_pull_requests: int | None
    created_at: datetime | None
    pushed_at: datetime | None
    archived: bool | None
    disabled: bool | None
    locked: bool | None
    fork: bool | None
    template: bool | None
    parent: ParentV1 | None
    mirror_url: CleanStr | None
    issues_enabled: bool | None
    release_count: int | None


class HistoryV1(V1):
    """What is known of the commits."""

    first_commit_at: datetime | None
    total: int | None
    last_30_days: int | None
    """Counted back from the report's `taken_at`."""
    last_90_days: int | None
    last_365_days: int | None
    authors: int | None


class TargetV1(V1):
    """What was scored."""

    source: Literal["github", "checkout"]
    host: CleanStr
    name: CleanStr
    """`owner/name`, or the folder's name when no remote tells it."""
    ref: CleanStr | None
    subdir: CleanStr
    commit: CleanStr | None
    committed_at: datetime | None
    url: CleanStr | None
    blob_url: CleanStr | None
    """Append `path#Lline` for a place of this report."""
    taken_at: datetime
    """The report's one clock: ages are counted back from it."""


class CodeSizeV1(V1):
    """How much code there is."""

    python_files: int
    python_lines: int
    """Neither blank nor comment."""
    notebooks: int
    notebook_code_cells: int
    notebooks_with_outputs: int
    native_files: int
    functions: int
    classes: int


class TestsV1(V1):
    """Tests and continuous integration."""

    test_files: tuple[CleanStr, ...]
    test_functions: int
    ci_files: tuple[LocationV1, ...]


class BrokenFileV1(V1):
    """A file of code that cannot be parsed."""

    at: LocationV1
    reason: Sentence
    python2: bool
    mended: bool
    """It was read all the same, in the syntax of today."""
    python_below: CleanStr | None
    """The first minor version whose keywords it uses as names."""


class CommandV1(V1):
    """A command that the repository shows; text for people, never run."""

    argv: tuple[CleanStr, ...]
    raw: CleanStr
    at: LocationV1
    role: CleanStr
    script: CleanStr | None
    env: tuple[tuple[CleanStr, CleanStr], ...]


class EntryPointV1(V1):
    """A way to start a job of the repository; the best of its role has rank 1."""

    role: CleanStr
    path: CleanStr
    line: int | None
    command: CommandV1 | None
    documented_at: LocationV1 | None
    rank: int
    weight: float
    reasons: tuple[Sentence, ...]


class AssetV1(V1):
    """Weights, data or a demo that the repository points to."""

    kind: CleanStr
    provider: CleanStr
    url: CleanStr | None
    name: CleanStr
    at: LocationV1
    size: CleanStr | None
    expected_at: CleanStr | None
    in_repository: bool | None


class ResultsTableV1(V1):
    """A table of results."""

    at: LocationV1
    caption: CleanStr
    header: tuple[CleanStr, ...]
    rows: tuple[tuple[CleanStr, ...], ...]
    row_lines: tuple[int, ...]
    metrics: tuple[CleanStr, ...]
    datasets: tuple[CleanStr, ...]


class ShownResultsV1(V1):
    """Results that a document shows as a picture, or tells in a sentence."""

    kind: Literal["picture", "sentence"]
    text: CleanStr
    at: LocationV1


class LoggerV1(V1):
    """A logger and where its output goes."""

    name: CleanStr
    at: LocationV1
    output: CleanStr | None


class HyperparameterV1(V1):
    """A named setting and where it is given."""

    name: CleanStr
    value: CleanStr | None
    source: CleanStr
    at: LocationV1
    help: CleanStr | None


class StationV1(V1):
    """A station of the reading order."""

    kind: CleanStr
    at: LocationV1
    symbol: CleanStr
    phase: CleanStr
    why: Sentence


class RegisteredV1(V1):
    """A name that a registry or factory turns into a class or function."""

    name: CleanStr
    registry: CleanStr
    symbol: CleanStr
    at: LocationV1
    via: tuple[LocationV1, ...]
    makes: CleanStr | None
    """The class that a registered function makes, where it can be read."""
    makes_at: LocationV1 | None


class ParameterV1(V1):
    """A parameter, buffer or submodule of a torch module, or how it saves memory or freezes parts."""

    kind: CleanStr
    owner: CleanStr
    name: CleanStr
    at: LocationV1


class DeterminismV1(V1):
    """A seed, or a switch of the framework that decides whether runs give the same numbers."""

    kind: CleanStr
    text: CleanStr
    at: LocationV1


class DifferenceV1(V1):
    """A hyperparameter that is given different values; the code's default first."""

    name: CleanStr
    values: tuple[HyperparameterV1, ...]


class ConfigFileV1(V1):
    """A configuration that names classes."""

    path: CleanStr
    bases: tuple[CleanStr, ...]
    """Configurations that it inherits from, as paths of the repository."""
    names: tuple[tuple[CleanStr, int], ...]
    """Names of classes with their lines."""


class PaperV1(V1):
    """A paper that the repository names."""

    kind: CleanStr
    identifier: CleanStr
    title: CleanStr | None
    at: LocationV1


class HardwareV1(V1):
    """Hardware or time that the documents state."""

    kind: CleanStr
    text: CleanStr
    at: LocationV1


class SyntaxV1(V1):
    """Syntax that only this minor version of Python and later ones know."""

    python: CleanStr
    what: CleanStr
    at: LocationV1


class ReadingV1(V1):
    """What was read from code and documents, without running any of it."""

    framework: CleanStr | None
    size: CodeSizeV1
    tests: TestsV1
    broken: tuple[BrokenFileV1, ...]
    commands: tuple[CommandV1, ...]
    entry_points: tuple[EntryPointV1, ...]
    assets: tuple[AssetV1, ...]
    results: tuple[ResultsTableV1, ...]
    shown_results: tuple[ShownResultsV1, ...]
    loggers: tuple[LoggerV1, ...]
    hyperparameters: tuple[HyperparameterV1, ...]
    main_hyperparameters: tuple[HyperparameterV1, ...]
    """Those of the best training and evaluation scripts and of what they import, each name once."""
    stations: tuple[StationV1, ...]
    registered: tuple[RegisteredV1, ...]
    parameters: tuple[ParameterV1, ...]
    determinism: tuple[DeterminismV1, ...]
    differences: tuple[DifferenceV1, ...]
    configs: tuple[ConfigFileV1, ...]
    papers: tuple[PaperV1, ...]
    hardware: tuple[HardwareV1, ...]
    syntax: tuple[SyntaxV1, ...]


class RequirementV1(V1):
    """One need, in the normal form of PEP 508, and where it stands."""

    name: CleanStr
    specifier: CleanStr
    """PEP 440 specifier set; empty for any version."""
    marker: CleanStr | None
    extras: tuple[CleanStr, ...]
    kind: CleanStr
    group: CleanStr | None
    url: CleanStr | None
    format: CleanStr
    at: LocationV1
    raw: CleanStr
    confidence: Share
    locked: bool
    repairs: tuple[Sentence, ...]
    no_deps: bool
    """Installed without what it needs itself (`pip install --no-deps`)."""


class UnreadableV1(V1):
    """A declaration that could not be understood."""

    at: LocationV1
    raw: CleanStr
    reason: Sentence


class IndexFactV1(V1):
    """A package index, page or channel that the repository names; a fact, never obeyed."""

    kind: CleanStr
    value: CleanStr
    at: LocationV1


class ManifestV1(V1):
    """A dependency file."""

    path: CleanStr
    format: CleanStr
    parsed: bool
    last_touched: datetime | None
    rank: int | None
    """1 is what a user follows first; null: not followed by itself."""
    why: Sentence | None


class ContradictionV1(V1):
    """Two declarations that cannot both be followed."""

    name: CleanStr
    first: RequirementV1
    second: RequirementV1
    message: Sentence


class ImportV1(V1):
    """A third-party module that the code imports."""

    module: CleanStr
    at: tuple[LocationV1, ...]
    count: int
    needed: bool
    context: CleanStr
    distributions: tuple[CleanStr, ...]
    """Candidates, likeliest first; empty: unknown."""
    source: CleanStr | None


class DependenciesV1(V1):
    """Everything that the repository declares, mentions or imports."""

    files: tuple[ManifestV1, ...]
    own: tuple[CleanStr, ...]
    """The distributions that the repository itself is."""
    requirements: tuple[RequirementV1, ...]
    unreadable: tuple[UnreadableV1, ...]
    indexes: tuple[IndexFactV1, ...]
    contradictions: tuple[ContradictionV1, ...]
    imports: tuple[ImportV1, ...]
    undeclared: tuple[ImportV1, ...]
    unused: tuple[RequirementV1, ...]
    misnamed: tuple[RequirementV1, ...]
    successors: Annotated[Mapping[CleanStr, CleanStr], AfterValidator(_sorted)]
    """Wrong or dead name → what to install instead."""


class ReportV1(V1):
    """The report of `repotriage score`."""

    schema_version: Literal[1]
    tool: Literal["repotriage"]
    version: CleanStr
    """Version of repotriage."""
    target: TargetV1
    score: ScoreV1
    states: tuple[StateV1, ...]
    gaps: tuple[GapV1, ...]
    api_usage: ApiUsageV1
    github: GitHubV1 | None
    history: HistoryV1 | None
    reading: ReadingV1
    dependencies: DependenciesV1
    environment: EnvironmentV1 | None
    """Null: not asked for."""


def evidence_v1(evidence: Evidence, snapshot: Snapshot) -> EvidenceV1:
    """Evidence in the form of version 1."""
    at = evidence.at
    return EvidenceV1(
        path=at and at.path,
        line=at and at.line,
        cell=at and at.cell,
        commit=evidence.commit,
        issue=evidence.issue,
        url=evidence_url(evidence, snapshot),
        text=evidence.text,
    )


def _finding(judged: Judged, snapshot: Snapshot) -> FindingV1:
    finding = judged.finding
    return FindingV1(
        signal=finding.signal,
        family=judged.family,
        verdict=finding.verdict,
        grade=finding.grade,
        weight=judged.weight,
        loss=judged.loss,
        summary=str(finding.summary),
        remedy=None if finding.remedy is None else str(finding.remedy),
        evidence=tuple(evidence_v1(one, snapshot) for one in finding.evidence),
    )


def target_v1(snapshot: Snapshot) -> TargetV1:
    """What was looked at."""
    head = snapshot.history.head if snapshot.history else None
    url = snapshot.web_url()
    return TargetV1(
        source=snapshot.source,
        host=snapshot.host,
        name=snapshot.name,
        ref=snapshot.ref,
        subdir=snapshot.subdir,
        commit=snapshot.commit,
        committed_at=head and head.date,
        url=url,
        blob_url=url and f"{url}/blob/{snapshot.commit}/",
        taken_at=snapshot.taken_at,
    )


def report_v1(report: Report) -> ReportV1:
    """The report in the form of version 1."""
    snapshot, score = report.study.snapshot, report.score
    return ReportV1(
        schema_version=1,
        tool="repotriage",
        version=report.version,
        target=target_v1(snapshot),
        score=ScoreV1(
            profile=score.profile,
            profile_hash=score.profile_hash,
            meaning=str(score.meaning),
            total=score.total and IntervalV1.model_validate(score.total),
            families=FamiliesV1.model_validate({family: score.families.get(family) for family in FAMILIES}),
            biggest_losses=tuple(one.finding.signal for one in score.losses[:3]),
            findings=tuple(_finding(one, snapshot) for one in score.judged),
        ),
        states=tuple(StateV1.model_validate(state) for state in snapshot.states),
        gaps=tuple(GapV1.model_validate(gap) for gap in snapshot.gaps),
        api_usage=ApiUsageV1.model_validate(snapshot.api_usage),
        github=snapshot.github and GitHubV1.model_validate(snapshot.github),
        history=snapshot.history and HistoryV1.model_validate(snapshot.history),
        reading=ReadingV1.model_validate(report.study.reading),
        dependencies=DependenciesV1.model_validate(report.study.dependencies),
        environment=report.study.environment and environment_v1(report.study.environment),
    )


def render(report: Report) -> str:
    """The report as JSON text that ends with a newline."""
    return report_v1(report).model_dump_json(indent=2) + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) that every report of version 1 follows."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **ReportV1.model_json_schema(mode="serialization"),
    }


def schema_text() -> str:
    """The JSON Schema as text that ends with a newline."""
    return json.dumps(schema(), indent=2) + "\n"
