"""Step 3: evaluate what is given, and compare."""

from __future__ import annotations

import re
from collections.abc import Iterator
from shlex import quote

from repotriage.models.base import msg
from repotriage.models.location import Evidence, Location
from repotriage.models.plan import Action, Step
from repotriage.models.study import Study
from repotriage.plan.choices import choices
from repotriage.plan.commands import change_of_folder, options_of, written
from repotriage.plan.devices import fitted
from repotriage.plan.failures import issues, missing, not_taken
from repotriage.plan.jobs import evaluation_run, first_notebook, quick_try, training_run, without_jupyter
from repotriage.plan.numbers import best_table, evidence, stated_below, to_reach
from repotriage.plan.required import one_of
from repotriage.plan.runs import Run, first, folder_of, here, is_guest, others
from repotriage.plan.trials import introduction

_ISSUE = re.compile(r"reproduc|result|accuracy|evaluat|perform|\btest|metric|score|复现|结果|精度|评估", re.IGNORECASE)

_OTHERS_SHOWN = 2
_READS_OPTIONS = re.compile(
    r"argparse|ArgumentParser|argbind|absl|\bclick\b|\bfire\b|FLAGS|typer|tyro|hydra|jsonargparse|docopt|\bopts?\("
)


def step(study: Study) -> Step:
    """The evaluation."""
    return Step(
        number=3, name="evaluation", title=msg("Evaluate with the given weights"), actions=tuple(_actions(study))
    )


def _actions(study: Study) -> Iterator[Action]:
    reading = study.reading
    failures = issues(study, _ISSUE)
    weights = any(one.kind == "weights" for one in reading.assets)
    run = evaluation_run(study)
    run, devices = here(run, study, trains=False) if run is not None else (None, ())
    at = run.command.at if run is not None and run.command is not None else None
    table = best_table(study, run.command if run is not None else None)
    if run is not None:
        yield from first(study, run)
        place = Location(path=run.path) if run.path in study.snapshot.by_path else None
        where = at or run.named
        yield Action(
            what=msg("Evaluate by {path}", path=run.path)
            if run.documented
            else msg("Evaluate by {path}; the command stands in {script}", path=run.path, script=at.path)
            if at is not None
            else msg("Evaluate by {path}; no document shows its options, so ask it with --help", path=run.path)
            if _READS_OPTIONS.search(study.snapshot.text(run.path) or "")
            else msg("Evaluate by {path}; it reads no options, so its settings stand in the file", path=run.path),
            command=run.line.text,
            fill_in=run.line.fill_in,
            evidence=tuple(Evidence(at=one) for one in (where, place) if one is not None),
            expect=(
                *one_of(run.line.argv, study.snapshot, run.main),
                *choices(study, run, run.line),
                *devices,
                *stated_below(study, at),
            ),
            fails=(
                *missing(run.line, study.snapshot, folder_of(run, study.snapshot)),
                *not_taken(run.line.argv, run.main, study.snapshot),
                *failures,
            ),
        )
        yield from _others(study, run)
    else:
        yield from _substitute(study)
    if not weights and run is not None and training_run(study) is not None:
        yield Action(
            what=msg(
                "No weights are given: evaluate the checkpoint of step 4 to see that it runs, that of step 5 to compare"
            ),
            offered=False,
        )
    stated = stated_below(study, at) if run is not None else ()
    if table is None and stated:
        yield Action(
            what=msg("Compare with what the document says of this command, above"),
            evidence=(Evidence(at=at),) if at is not None else (),
        )
        return
    yield Action(
        what=msg("Compare with the numbers that the repository states")
        if table is not None or reading.shown_results
        else msg("Compare with the paper"),
        offered=table is not None or bool(reading.shown_results),
        evidence=evidence(table, study) or tuple(Evidence(at=one.at) for one in reading.papers[:1]),
        expect=tuple(to_reach(table, study, run.command if run is not None else None)),
    )


def _others(study: Study, run: Run) -> Iterator[Action]:
    """Further commands that documents show for the evaluation with other options, not only with other values."""
    role = run.command.role if run.command is not None else "evaluate"
    seen = {options_of(run.command)} if run.command is not None else set()
    shown, told = 0, choices(study, run, run.line)
    for other in others(study, role, run):
        line = written(fitted(other, study).command, study.snapshot)
        if line is None or options_of(other) in seen or shown == _OTHERS_SHOWN or other.script != run.path:
            continue
        seen.add(options_of(other))
        shown += 1
        said = introduction(study, other.at)[:1]
        yield Action(
            what=msg("Another evaluation that the documents show"),
            command=line.text,
            fill_in=line.fill_in,
            evidence=(Evidence(at=other.at),),
            expect=(
                *(msg("the document says: {text}", text=one.text) for one in said),
                *(one for one in choices(study, run.model_copy(update={"command": other}), line) if one not in told),
            ),
            fails=missing(line, study.snapshot, change_of_folder(other, study.snapshot)),
        )


def _substitute(study: Study) -> Iterator[Action]:
    """What comes nearest to an evaluation where the repository has none."""
    failures = issues(study, _ISSUE)
    run = training_run(study)
    trains = {run.path, run.main} if run is not None else set()
    both = next((one for one in study.reading.entry_points if one.role == "evaluate" and one.path in trains), None)
    if both is not None:
        yield Action(
            what=msg(
                "There is no evaluation of its own: {path} evaluates while it trains, so the numbers come with step 5",
                path=both.path,
            ),
            offered=False,
            evidence=(Evidence(at=Location(path=both.path, line=both.line)),),
            fails=failures,
        )
    tried = quick_try(study)
    if tried is not None:
        at = tried.command.at if tried.command is not None else tried.named
        yield Action(
            what=msg("Run {path} on a few inputs and look at what comes out", path=tried.path)
            if both is not None
            else msg(
                "The repository has no evaluation script; run {path} on a few inputs and look at what comes out",
                path=tried.path,
            ),
            command=tried.line.text,
            fill_in=tried.line.fill_in,
            offered=False,
            evidence=(Evidence(at=at or Location(path=tried.path)),),
            expect=without_jupyter(study) if tried.path.endswith(".ipynb") else (),
            fails=failures if both is None else (),
        )
    elif both is None:
        notebook = first_notebook(study)
        if notebook is not None:
            yield Action(
                what=msg("The repository has no evaluation script; run the notebook {path}", path=notebook[0]),
                command=f"jupyter notebook {quote(notebook[0])}",
                offered=False,
                evidence=(Evidence(at=notebook[1]),),
                expect=without_jupyter(study),
                fails=failures,
            )
            return
        measures = next(
            (
                one
                for one in study.reading.stations
                if one.kind in ("evaluation", "metrics") and not is_guest(study.snapshot, one.at.path)
            ),
            None,
        )
        if measures is not None:
            yield Action(
                what=msg(
                    "No script only evaluates; what measures is {symbol}: see whether the training calls it",
                    symbol=measures.symbol,
                ),
                offered=False,
                evidence=(Evidence(at=measures.at),),
                fails=failures,
            )
            return
        yield Action(
            what=msg(
                "The repository has no evaluation script; write one from its metrics and its data reading (step 7)"
            ),
            offered=False,
            fails=failures,
        )
