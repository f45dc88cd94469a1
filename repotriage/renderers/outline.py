"""What a report says to a person, in order, before a format gives it a form.

Every sentence is a `Message`: its template is ours and can be translated, its values may
come from a repository and are escaped by the format.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from repotriage.models.base import CleanStr, Frozen, Message, msg
from repotriage.models.finding import FAMILIES, Family
from repotriage.models.location import Evidence, Location
from repotriage.models.reading import Role
from repotriage.models.report import Report
from repotriage.models.requirement import Dependencies
from repotriage.models.score import Interval, Judged, Score
from repotriage.models.snapshot import Snapshot
from repotriage.models.study import Study

LOSSES_SHOWN = 3
REMEDIES_SHOWN = 5
NAMES_SHOWN = 12
_FIRST = frozenset({"Know this first", "Biggest losses", "What would raise it"})
LINKS_SHOWN = 3
_AT_A_GLANCE = frozenset({"code", "train", "evaluate", "inference", "demo", "weights", "dataset", "results", "broken"})
_ROLES: tuple[Role, ...] = ("install", "data", "train", "evaluate", "inference", "demo")


class Item(Frozen):
    """One line of a section: `mark` stands before it, `below` and the evidence under it.

    `name` is the signal or fact that it is about, "" where the mark says it.
    """

    mark: Message
    name: CleanStr = ""
    text: Message
    below: tuple[Message, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Section(Frozen):
    """A heading and what stands under it."""

    title: Message
    note: Message | None = None
    items: tuple[Item, ...]


class FamilyRow(Frozen):
    """A family's share of the table; `interval` is None where nothing applies."""

    family: Family
    interval: Interval | None


class Outline(Frozen):
    """The whole report in words."""

    name: CleanStr
    facts: tuple[Message, ...]
    headline: Message
    meaning: Message
    families: tuple[FamilyRow, ...]
    sections: tuple[Section, ...]


def evidence_url(evidence: Evidence, snapshot: Snapshot) -> str | None:
    """Where a person can look at `evidence`; None when the repository is on no known host."""
    if evidence.url is not None:
        return evidence.url
    if evidence.at is not None:
        return snapshot.web_url(evidence.at.path, evidence.at.line)
    root = snapshot.web_url()
    if root is None:
        return None
    if evidence.issue is not None:
        return f"{root}/issues/{evidence.issue}"
    return None if evidence.commit is None else f"{root}/commit/{evidence.commit}"


def evidence_place(evidence: Evidence) -> str:
    """The place in a few characters: `path:line`, `#issue`, a short commit or the URL; "" when there is none."""
    if evidence.at is not None:
        cell = "" if evidence.at.cell is None else f" (cell {evidence.at.cell})"
        return f"{evidence.at}{cell}"
    if evidence.issue is not None:
        return f"#{evidence.issue}"
    return evidence.commit[:12] if evidence.commit is not None else evidence.url or ""


def interval_text(interval: Interval | None) -> Message:
    """An interval out of 100 in words."""
    if interval is None:
        return msg("does not apply")
    low, high = interval.points
    return msg("{low}", low=low) if low == high else msg("{low} to {high}", low=low, high=high)


def known_text(interval: Interval | None) -> Message | None:
    """How much of it is known; None where nothing applies."""
    return None if interval is None else msg("known: {known}%", known=interval.percent_known)


def more_text(hidden: int) -> Message | None:
    """That evidence was left out, if it was."""
    return msg("more in --format json: {hidden}", hidden=hidden) if hidden > 0 else None


def _date(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _facts(report: Report) -> Iterator[Message]:
    snapshot, score = report.study.snapshot, report.score
    url = snapshot.web_url()
    if url is not None:
        yield msg("{url}", url=url)
    github = snapshot.github
    if github is not None and github.description:
        yield msg("{description}", description=github.description)
    head = snapshot.history.head if snapshot.history else None
    if snapshot.commit is None:
        yield msg("no commit: a plain folder or an empty repository")
    elif head is None:
        yield msg("commit {commit}", commit=snapshot.commit[:12])
    else:
        yield msg("commit {commit} of {date}", commit=snapshot.commit[:12], date=_date(head.date))
    if snapshot.subdir:
        yield msg("only the folder {folder}", folder=snapshot.subdir)
    if github is not None:
        yield msg(
            "stars: {stars:,} · forks: {forks:,} · open issues: {issues:,}",
            stars=github.stars,
            forks=github.forks,
            issues=github.open_issues,
        )
        if snapshot.gap_of("github.license_spdx") is not None:
            yield msg("licence by GitHub: unknown")
        elif github.license_spdx is None or github.license_spdx == "NOASSERTION":
            yield msg("licence: GitHub recognises none")
        else:
            yield msg("licence, says GitHub: {licence}", licence=github.license_spdx)
    yield msg(
        "read on {when} by repotriage {version}, profile {profile} ({hash})",
        when=_moment(snapshot.taken_at),
        version=report.version,
        profile=score.profile,
        hash=score.profile_hash,
    )


def _headline(total: Interval | None) -> Message:
    if total is None:
        return msg("No score: no signal applies to this repository")
    low, high = total.points
    if low == high:
        return msg("Score: {low} of 100 (known: {known}%)", low=low, known=total.percent_known)
    return msg("Score: {low} to {high} of 100 (known: {known}%)", low=low, high=high, known=total.percent_known)


def _states(snapshot: Snapshot) -> Iterator[Item]:
    for state in snapshot.states:
        evidence = (Evidence(url=state.url),) if state.url else ()
        yield Item(mark=msg("{state}", state=state.name.replace("_", " ")), text=state.message, evidence=evidence)


def _points(share: float) -> float:
    return share * 100


def _losses(score: Score) -> Iterator[Item]:
    for one in score.losses[:LOSSES_SHOWN]:
        yield Item(
            mark=msg("-{points:.1f}", points=_points(one.loss)),
            name=one.finding.signal,
            text=one.finding.summary,
            evidence=one.finding.evidence,
        )


def _remedies(score: Score) -> Iterator[Item]:
    # Several signals may ask for the same: it is said once, with what it brings in all.
    gains: dict[str, tuple[Message, float]] = {}
    for one in score.losses:
        if one.finding.remedy is not None:
            _, gain = gains.get(str(one.finding.remedy), (None, 0.0))
            gains[str(one.finding.remedy)] = (one.finding.remedy, gain + one.loss)
    for remedy, gain in sorted(gains.values(), key=lambda pair: -pair[1])[:REMEDIES_SHOWN]:
        yield Item(mark=msg("+{points:.1f}", points=_points(gain)), text=remedy)


def _unknowns_by_reason(score: Score) -> Iterator[Item]:
    """One line for each reason: what it leaves open, and what that is worth together."""
    by_reason: dict[str, list[Judged]] = {}
    for one in score.unknowns:
        by_reason.setdefault(str(one.finding.summary), []).append(one)
    for same in sorted(by_reason.values(), key=lambda same: -math.fsum(one.weight for one in same))[:REMEDIES_SHOWN]:
        yield Item(
            mark=msg("+{points:.1f}", points=_points(math.fsum(one.weight for one in same))),
            name=", ".join(one.finding.signal for one in same),
            text=same[0].finding.summary,
        )


def _unknowns(score: Score) -> Iterator[Item]:
    for one in score.unknowns[:REMEDIES_SHOWN]:
        yield Item(
            mark=msg("+{points:.1f}", points=_points(one.weight)), name=one.finding.signal, text=one.finding.summary
        )


def _mark(one: Judged) -> Message:
    grade = one.finding.grade
    if one.finding.verdict == "bad" and grade is not None and grade > 0:
        return msg("bad {earned}%", earned=math.floor(grade * 100))
    return msg("{verdict}", verdict=one.finding.verdict)


def _findings(score: Score, family: Family) -> Section:
    # What counts comes first: a finding's place is its weight, then its name.
    judged = sorted(
        (one for one in score.judged if one.family == family), key=lambda one: (-one.weight, one.finding.signal)
    )
    return Section(
        title=msg("Findings: {family}", family=family),
        items=tuple(
            Item(
                mark=_mark(one),
                name=one.finding.signal,
                text=one.finding.summary,
                below=() if one.finding.remedy is None else (one.finding.remedy,),
                evidence=one.finding.evidence,
            )
            for one in judged
        ),
    )


def _at(*places: Location | None) -> tuple[Evidence, ...]:
    return tuple(Evidence(at=place) for place in places if place is not None)


def _glance(study: Study) -> Iterator[Item]:
    """The facts of `_reading` that a user starts with: the size, the jobs, and where weights and data are."""
    kept: set[str] = set()
    for item in _reading(study):
        mark = str(item.mark)
        if mark in _AT_A_GLANCE and mark not in kept:
            kept.add(mark)
            yield item.model_copy(update={"evidence": item.evidence[:1]})


def _reading(study: Study) -> Iterator[Item]:
    reading = study.reading
    yield Item(
        mark=msg("code"),
        text=msg(
            "Python files: {files:,} with lines of code: {lines:,} · notebooks: {notebooks:,} · "
            "C, C++ and CUDA files: {native:,} · framework: {framework}",
            files=reading.size.python_files,
            lines=reading.size.python_lines,
            notebooks=reading.size.notebooks,
            native=reading.size.native_files,
            framework=reading.framework or "none found",
        ),
    )
    for role in _ROLES:
        for entry in [entry for entry in reading.entry_points if entry.role == role and entry.rank == 1]:
            shown = entry.command.raw if entry.command else entry.path
            place = entry.documented_at or Location(path=entry.path, line=entry.line)
            yield Item(mark=msg("{role}", role=role), text=msg("{command}", command=shown), evidence=_at(place))
    for kind in ("weights", "dataset", "demo"):
        links = [asset for asset in reading.assets if asset.kind == kind]
        for asset in links[:LINKS_SHOWN]:
            yield Item(
                mark=msg("{kind}", kind=kind),
                text=msg("{provider}: {name}", provider=asset.provider, name=asset.name or asset.url or ""),
                evidence=_at(asset.at),
            )
        if len(links) > LINKS_SHOWN:
            yield Item(mark=msg("{kind}", kind=kind), text=msg("and more: {n}", n=len(links) - LINKS_SHOWN))
    if reading.results:
        yield Item(
            mark=msg("results"),
            text=msg("tables of results: {n}", n=len(reading.results)),
            evidence=_at(*(table.at for table in reading.results)),
        )
    if reading.broken:
        yield Item(
            mark=msg("broken"),
            text=msg("files of code that cannot be parsed: {n}", n=len(reading.broken)),
            evidence=_at(*(file.at for file in reading.broken)),
        )


def _names(names: Iterable[str]) -> str:
    every = list(dict.fromkeys(names))
    return ", ".join(every[:NAMES_SHOWN]) + (", …" if len(every) > NAMES_SHOWN else "")


def _dependencies(dependencies: Dependencies) -> Iterator[Item]:
    followed = sorted(
        (file for file in dependencies.files if file.rank is not None), key=lambda file: (file.rank or 0, file.path)
    )
    for file in followed[:LINKS_SHOWN]:
        text = msg("{path} ({format})", path=file.path, format=file.format)
        yield Item(mark=msg("file"), text=text, below=() if file.why is None else (file.why,))
    broken = [file for file in dependencies.files if not file.parsed]
    if broken:
        text = msg("dependency files that could not be parsed: {names}", names=_names(file.path for file in broken))
        yield Item(mark=msg("file"), text=text)
    if dependencies.files or dependencies.requirements:
        declared = [one for one in dependencies.requirements if one.format != "import"]
        text = msg(
            "declarations: {declared} · not understood: {unreadable} · indexes and channels named: {indexes}",
            declared=len(declared),
            unreadable=len(dependencies.unreadable),
            indexes=len(dependencies.indexes),
        )
        yield Item(mark=msg("read"), text=text, evidence=_at(*(one.at for one in dependencies.unreadable)))
    for clash in dependencies.contradictions:
        yield Item(mark=msg("clash"), text=clash.message, evidence=_at(clash.first.at, clash.second.at))
    if dependencies.undeclared:
        yield Item(
            mark=msg("missing"),
            text=msg("imported but not declared: {names}", names=_names(one.module for one in dependencies.undeclared)),
            evidence=_at(*(place for one in dependencies.undeclared for place in one.at[:1])),
        )
    for wrong in dependencies.misnamed:
        successor = dependencies.successors.get(wrong.name)
        text = (
            msg("{name} is a wrong or dead name", name=wrong.name)
            if successor is None
            else msg("{name} is a wrong or dead name; install {successor}", name=wrong.name, successor=successor)
        )
        yield Item(mark=msg("name"), text=text, evidence=_at(wrong.at))


def _gaps(snapshot: Snapshot) -> Iterator[Item]:
    for gap in snapshot.gaps:
        below = () if gap.retry_at is None else (msg("try again after {when}", when=_moment(gap.retry_at)),)
        yield Item(mark=msg("unknown"), name=gap.what, text=gap.message, below=below)


def _usage(snapshot: Snapshot) -> Iterator[Item]:
    usage = snapshot.api_usage
    yield Item(
        mark=msg("GitHub"),
        text=msg(
            "requests counted: {requests} · from the cache: {cached}", requests=usage.requests, cached=usage.cached
        ),
    )
    if usage.points is not None:
        yield Item(mark=msg("GraphQL"), text=msg("points: {points}", points=usage.points))
    if usage.remaining is not None:
        text = (
            msg("left: {left:,} of {limit:,}", left=usage.remaining, limit=usage.limit)
            if usage.reset_at is None
            else msg(
                "left: {left:,} of {limit:,} until {when}",
                left=usage.remaining,
                limit=usage.limit,
                when=_moment(usage.reset_at),
            )
        )
        yield Item(mark=msg("quota"), text=text)


def glance(report: Report) -> Outline:
    """What fits one screen of `outline`: the score, what costs and raises it, what is open, what is there."""
    made = outline(report)
    study, score = report.study, report.score
    first = tuple(section for section in made.sections if section.title.template in _FIRST)
    bad = sum(one.loss > 0 for one in score.losses)
    rest = (
        Section(
            title=msg("What is not known"),
            note=msg("points of 100 that may lie in it"),
            items=tuple(_unknowns_by_reason(score)),
        ),
        Section(title=msg("What is there"), items=tuple(_glance(study))),
        Section(
            title=msg("More"),
            items=(
                Item(
                    mark=msg("--all"),
                    text=msg(
                        "findings: {findings}, of which cost points: {bad} · packages declared: {packages} · "
                        "facts that could not be had: {gaps}",
                        findings=len(score.judged),
                        bad=bad,
                        packages=len({one.name for one in study.dependencies.requirements}),
                        gaps=len(study.snapshot.gaps),
                    ),
                ),
            ),
        ),
    )
    return made.model_copy(update={"sections": (*first, *(section for section in rest if section.items))})


def outline(report: Report) -> Outline:
    """`report` in words, the most important first; sections with nothing to say are left out."""
    study, score = report.study, report.score
    snapshot = study.snapshot
    sections = (
        Section(title=msg("Know this first"), items=tuple(_states(snapshot))),
        Section(
            title=msg("Biggest losses"),
            note=msg("points of 100 that each costs"),
            items=tuple(_losses(score)),
        ),
        Section(
            title=msg("What would raise it"),
            note=msg("points of 100 that each would bring at most"),
            items=tuple(_remedies(score)),
        ),
        Section(
            title=msg("What is not known"),
            note=msg("points of 100 that each may be worth: counted as lost in the low end, as earned in the high end"),
            items=tuple(_unknowns(score)),
        ),
        *(_findings(score, family) for family in FAMILIES),
        Section(title=msg("What is there"), items=tuple(_reading(study))),
        Section(title=msg("Dependencies"), items=tuple(_dependencies(study.dependencies))),
        Section(title=msg("Facts that could not be had"), items=tuple(_gaps(snapshot))),
        Section(title=msg("Requests to the GitHub API"), items=tuple(_usage(snapshot))),
    )
    return Outline(
        name=snapshot.name,
        facts=tuple(_facts(report)),
        headline=_headline(score.total),
        meaning=score.meaning,
        families=tuple(FamilyRow(family=family, interval=score.families.get(family)) for family in FAMILIES),
        sections=tuple(section for section in sections if section.items),
    )
