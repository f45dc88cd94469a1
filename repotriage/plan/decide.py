"""Step 0: is it worth it, what stands in the way, and what can be tried without installing."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote

from repotriage.models.base import Message, msg
from repotriage.models.location import Evidence
from repotriage.models.plan import Action, Step
from repotriage.models.report import Report
from repotriage.plan.jobs import first_notebook, quick_try
from repotriage.plan.notices import notices

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
        expect=tuple({str(one): one for one in expect}.values()),
        evidence=tuple(dict.fromkeys(place for one in losses for place in one.finding.evidence[:1])),
    )
    for said in notices(study):
        yield Action(
            what=msg("Know what its README says of its state: {text}", text=said.text),
            evidence=(Evidence(at=said.at),),
        )
    broken = [one for one in study.reading.broken if one.at.path.endswith(".py") and not one.mended]
    if broken:
        yield Action(
            what=msg(
                "Files that this Python cannot parse: {n}; expect to port them or to use an old Python",
                n=len(broken),
            ),
            offered=False,
            evidence=tuple(Evidence(at=one.at) for one in broken[:_BLOCKERS_SHOWN]),
        )
    yield from _demos(report)


def _demos(report: Report) -> Iterator[Action]:
    study = report.study
    pages = [one for one in study.reading.assets if one.kind == "demo" and one.url]
    demos = list({one.url: one for one in reversed(pages)}.values())[::-1]
    for one in demos[:_DEMOS_SHOWN]:
        yield Action(
            what=msg("Try the demo first: {provider} {url}", provider=one.provider, url=one.url),
            evidence=(Evidence(at=one.at),),
        )
    if demos:
        return
    run = quick_try(study)
    notebook = first_notebook(study) if run is None else None
    if run is not None:
        at = run.command.at if run.command is not None else run.named
        yield Action(
            what=msg("No demo runs elsewhere; {path} is the quickest try, after step 1", path=run.path),
            offered=False,
            evidence=(Evidence(at=at),) if at is not None else (),
        )
    elif notebook is not None:
        yield Action(
            what=msg("No demo runs elsewhere; the notebook {path} is the quickest try, after step 1",
                     path=notebook[0]),
            offered=False,
            evidence=(Evidence(at=notebook[1]),),
        )  # fmt: skip
    else:
        yield Action(
            what=msg("The repository offers no demo; look at its table of results and its paper instead")
            if study.reading.results
            else msg("The repository offers no demo; look at its paper and its issues instead"),
            offered=False,
            evidence=(
                *(Evidence(at=one.at) for one in study.reading.results[:1]),
                *(Evidence(at=one.at) for one in study.reading.papers[:1]),
            ),
        )
