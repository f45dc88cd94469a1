"""How the repository trains, evaluates and can be tried: the one way that the checklist follows for each."""

from __future__ import annotations

import posixpath
import re

from repotriage.models.base import Message, msg
from repotriage.models.location import Location
from repotriage.models.reading import Role
from repotriage.models.study import Study
from repotriage.plan.runs import Run, documents, is_guest, named_script, run_of, section, tells_by_name
from repotriage.plan.snippets import training_snippet
from repotriage.plan.trials import introduction
from repotriage.plan.virtual import interpreter

_TRIES: tuple[Role, ...] = ("demo", "inference")
_TRAINS = re.compile(r"\btrain(?:s|ing|ed)?\b|训练", re.IGNORECASE)
# Why the ranking holds a file for an evaluation: what its code does.
_EVALUATES = frozenset({"its code evaluates: {n} calls", "it calls functions that evaluate", "it loads weights"})
_MEASURES = re.compile(
    r"\bevaluat|\bFID\b|\bmetrics?\b|\bbenchmark|\btest set\b|\baccuracy\b|评估|评测|指标", re.IGNORECASE
)
_OTHER_JOB = re.compile(
    r"sampl|infer|test|eval|demo|predict|generat|render|play|visuali|show|only|mode|phase|stage|resume|ckpt|checkpoint",
    re.IGNORECASE,
)
_DOCUMENTS_READ = 40
_NOTEBOOKS_READ = 200


def training_run(study: Study) -> Run | None:
    """How the repository trains; None where only code of its documents does, or nothing."""
    run = run_of(study, "train")
    if run is None:
        return named_script(study, _TRAINS)
    if run.command is None and run.named is None and training_snippet(study) is not None:
        return None  # a library: what its documents show comes before a file that merely can be started
    return run


def evaluation_run(study: Study) -> Run | None:
    """How the repository evaluates: what a document shows, or what is named so; not a script that is said to train."""
    training = training_run(study)
    beside = section(study.snapshot, training.main or training.path) if training is not None else None
    run = run_of(study, "evaluate", beside)
    if run is None or (training is not None and is_foreign(study, run.path, training)):
        return _by_options(study)
    if run.documented and run.command is not None:
        # Where the README decodes or predicts, and only a document further down "tests" something else.
        depth = run.command.at.path.count("/")
        other = None if tells_by_name(run.path, "evaluate") else run_of(study, "inference")
        shown_higher = other is not None and other.command is not None and other.command.at.path.count("/") < depth
        return other if other is not None and other.documented and shown_higher else run
    trains = {one.path for one in study.reading.entry_points if one.role == "train"}
    entry = next((one for one in study.reading.entry_points if one.role == "evaluate" and one.path == run.path), None)
    evaluates = entry is not None and any(one.template in _EVALUATES for one in entry.reasons)
    by_script = run.command is not None and not run.command.at.path.lower().endswith("makefile")
    shown = by_script or (tells_by_name(run.path, "evaluate") and evaluates)
    if shown and run.path not in trains and not tells_by_name(run.path, "export"):
        return run
    return _by_options(study)


def _by_options(study: Study) -> Run | None:
    """A command that only infers by its options, and that a document introduces as the evaluation."""
    run = run_of(study, "inference")
    if run is None or not run.documented or run.command is None:
        return None
    said = " ".join(one.text for one in introduction(study, run.command.at))
    return run if _MEASURES.search(said) else None


def is_foreign(study: Study, path: str, training: Run) -> bool:
    """Whether a file belongs to a project that lies inside this one, where this one trains by itself."""
    return is_guest(study.snapshot, path) and not is_guest(study.snapshot, training.path)


def quick_try(study: Study) -> Run | None:
    """The demo or inference that a document shows or names, or whose own name says what it is."""
    for role in _TRIES:
        run = run_of(study, role)
        if run is None or is_guest(study.snapshot, run.path) or _starts_training(run) or _repeats_training(study, run):
            continue
        if run.documented or run.command is not None or tells_by_name(run.path, *_TRIES):
            return run
    return None


def _starts_training(run: Run) -> bool:
    """Whether a file's own name says that it trains (`demo_train.sh`), or that of the file which it starts."""
    names = (run.path, run.main or "") if run.path.endswith((".sh", ".bash")) else (run.path,)
    stems = [posixpath.splitext(posixpath.basename(name))[0].lower() for name in names]
    return any({"train", "training", "finetune", "pretrain"} & set(re.split(r"[^a-z]+", stem)) for stem in stems)


def _repeats_training(study: Study, run: Run) -> bool:
    """Whether a command is that of the training with further options, none of which asks for another job."""
    training = training_run(study)
    if training is None or run.command is None or training.command is None or run.path != training.path:
        return False
    more = set(run.command.argv) - set(training.command.argv)
    return set(training.command.argv) <= set(run.command.argv) and not any(_OTHER_JOB.search(word) for word in more)


def without_jupyter(study: Study) -> tuple[Message, ...]:
    """That the planned environment cannot open a notebook, and what adds it."""
    best = study.environment.best if study.environment else None
    if best is None or not best.pins or any(pin.name in ("notebook", "jupyter", "jupyterlab") for pin in best.pins):
        return ()
    return (
        msg(
            "no jupyter is part of the environment: add it by {command}",
            command=f"{interpreter(study)} -m pip install notebook",
        ),
    )


def first_notebook(study: Study) -> tuple[str, Location] | None:
    """The first notebook of the repository that its documents name, and the place that names it."""
    notebooks = [file.path for file in study.snapshot.inside() if file.path.endswith(".ipynb")]
    for document in documents(study)[:_DOCUMENTS_READ]:
        text = document.text or ""
        found = [
            (text.find(name), path) for path in notebooks[:_NOTEBOOKS_READ] if (name := path.rpartition("/")[2]) in text
        ]
        if found:
            offset, path = min(found)
            return path, Location(path=document.path, line=text.count("\n", 0, offset) + 1)
    return None
