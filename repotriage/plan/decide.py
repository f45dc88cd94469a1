"""Step 0: is it worth it, what stands in the way, and what can be tried without installing."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote

from repotriage.models.base import Message, msg
from repotriage.models.location import Evidence
from repotriage.models.plan import Action, Step
from repotriage.models.report import Report
from repotriage.plan.commands import started

_BLOCKERS_SHOWN = 4
_DEMOS_SHOWN = 3


def step(report: Report, target: str) -> Step:
    """Decide."""
    return Step(
        number=0,
        name="decide",
        title=msg("Decide whether it is worth your time"),
        actions=tuple(_actions(report, target)),
    )


def _actions(report: Report, target: str) -> Iterator[Action]:
    study, total = report.study, report.score.total
    expect: list[Message] = []
    if total is not None:
        low, high = total.points
        expect.append(msg("{low} to {high} of 100", low=low, high=high))
    losses = report.score.losses[:_BLOCKERS_SHOWN]
    expect += [one.finding.summary for one in losses]
    expect += [state.message for state in study.snapshot.states]
    yield Action(
        what=msg("Read the score and what costs most"),
        command=f"repotriage score {quote(target)}",
        expect=tuple(expect),
        evidence=tuple(place for one in losses for place in one.finding.evidence[:1]),
    )
    if study.reading.broken:
        yield Action(
            what=msg(
                "Files that this Python cannot parse: {n}; expect to port them or to use an old Python",
                n=len(study.reading.broken),
            ),
            offered=False,
            evidence=tuple(Evidence(at=one.at) for one in study.reading.broken[:_BLOCKERS_SHOWN]),
        )
    yield from _demos(report)


def _demos(report: Report) -> Iterator[Action]:
    study = report.study
    demos = [one for one in study.reading.assets if one.kind == "demo"]
    for one in demos[:_DEMOS_SHOWN]:
        yield Action(
            what=msg("Try the demo first: {provider} {url}", provider=one.provider, url=one.url or one.name),
            evidence=(Evidence(at=one.at),),
        )
    if demos:
        return
    entry = next(
        (one for one in study.reading.entry_points if one.role in ("demo", "inference") and one.rank == 1), None
    )
    if entry is not None and started(entry, study.snapshot) is not None:
        yield Action(
            what=msg("No demo runs elsewhere; {path} is the quickest try, after step 1", path=entry.path),
            offered=False,
            evidence=(Evidence(at=entry.documented_at),) if entry.documented_at else (),
        )
    else:
        yield Action(
            what=msg("The repository offers no demo; look at its table of results and its paper instead"),
            offered=False,
            evidence=(
                *(Evidence(at=one.at) for one in study.reading.results[:1]),
                *(Evidence(at=one.at) for one in study.reading.papers[:1]),
            ),
        )
