"""Steps 4 and 5: the smallest training run by the repository's own options, and the full one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from shlex import join

from repotriage.models.base import Message, msg
from repotriage.models.location import Evidence, Location
from repotriage.models.plan import Action, Step
from repotriage.models.reading import EntryPoint, Hyperparameter
from repotriage.models.study import Study
from repotriage.plan.commands import Written, started, written
from repotriage.plan.failures import issues
from repotriage.plan.numbers import evidence, to_reach
from repotriage.reading.results import table_to_reach

_I = re.IGNORECASE
_ISSUE = re.compile(r"train|loss|\bnan\b|memory|\boom\b|converg|gradient|distributed|multi.?gpu|训练|显存|收敛", _I)
_FLAGS = frozenset({"argparse", "absl", "click"})
# Options that make a run short, and the value that does so.
_SHORTER: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"(?:num_|n_|max_|train_|total_|nb_)?epochs?|(?:num_train|max_train|training)_epochs|niter|n_epoch", _I
        ),
        "1",
    ),
    (
        re.compile(
            r"(?:num_|n_|max_|train_|total_|num_train_|max_train_)?(?:steps|iters|iterations?|updates|train_steps|training_steps)",
            _I,
        ),
        "10",
    ),
    (re.compile(r"train_kimg|kimg|total_kimg", _I), "1"),
)
_QUICK = re.compile(
    r"debug|dry_?run|fast_dev_run|smoke(?:_test)?|quick|toy|overfit(?:_batch)?|sanity(?:_check)?|test_run", _I
)
_DATASET = re.compile(r"dataset(?:_name)?|data_?set", _I)
_HELP = frozenset({"--help", "-h", "--helpfull"})
_DIFFERENCES_SHOWN = 8
_HARDWARE_SHOWN = 4


def smallest(study: Study) -> Step:
    """The smallest training run."""
    return Step(
        number=4, name="smallest run", title=msg("Train as little as possible"), actions=tuple(_smallest(study))
    )


def full(study: Study) -> Step:
    """The full training."""
    return Step(number=5, name="training", title=msg("Train in full and compare"), actions=tuple(_full(study)))


def _main(study: Study) -> tuple[EntryPoint, Written] | None:
    for entry in study.reading.entry_points:
        if entry.role == "train":
            if entry.command is not None and _HELP & set(entry.command.argv):
                entry = _without_help(study, entry)
            line = started(entry, study.snapshot)
            if line is not None:
                return entry, line
    return None


def _without_help(study: Study, entry: EntryPoint) -> EntryPoint:
    """The entry point with a command that trains, where its own only shows the options."""
    for one in study.reading.commands:
        if one.script == entry.path and one.role == "train" and not _HELP & set(one.argv):
            return entry.model_copy(update={"command": one, "documented_at": one.at})
    return entry.model_copy(update={"command": None})


def _none(study: Study) -> Action:
    backward = next((one for one in study.reading.stations if one.kind in ("backward", "update")), None)
    if backward is None:
        return Action(
            what=msg("The repository has no training code; it can only be used with given weights"), offered=False
        )
    return Action(
        what=msg(
            "The repository has no training script, only training code: write a script around {symbol}",
            symbol=backward.symbol,
        ),
        offered=False,
        evidence=(Evidence(at=backward.at),),
    )


def _smallest(study: Study) -> Iterator[Action]:
    found = _main(study)
    if found is None:
        yield _none(study)
        return
    entry, line = found
    options = list(_short_options(study, entry))
    quick = [(name, value, one) for name, value, one in options if value is None]
    limits = [(name, value, one) for name, value, one in options if value is not None]
    shown = _with(study, entry, line, limits)
    places = tuple(Evidence(at=one.at) for _, _, one in limits)
    documented = (Evidence(at=entry.documented_at),) if entry.documented_at and entry.command else ()
    fails = issues(study, _ISSUE)
    if limits and shown is not None:
        told = ", ".join(f"{one.name} {value} ({one.value})" for _, value, one in limits)
        yield Action(
            what=msg("Run it as short as its own options allow: {options} (defaults in brackets)", options=told),
            command=shown.text,
            fill_in=shown.fill_in,
            evidence=(*documented, *places),
            expect=(msg("it runs to its end, the first losses are finite, and a checkpoint or log is written"),),
            fails=fails,
        )
    else:
        lengths = [
            one
            for one in study.reading.hyperparameters
            if _shorter(one.name.rpartition(".")[2]) and one.source != "command"
        ]
        near = [one for one in lengths if one.at.path == entry.path] or [
            one for one in lengths if one.source in ("config", "hydra")
        ]
        yield Action(
            what=msg(
                "No option that shortens a run was found: lower {name} at its place, or stop after the first losses",
                name=near[0].name,
            )
            if near
            else msg("No option that shortens a run was found: start it and stop it (Ctrl-C) after its first losses"),
            command=line.text,
            fill_in=line.fill_in,
            offered=False,
            evidence=(*documented, *(Evidence(at=one.at) for one in near[:2])),
            fails=fails,
        )
    for name, _, one in quick[:2]:
        yield Action(
            what=msg("Its option {name} may make it quicker still: {help}", name=name, help=one.help or "–"),
            evidence=(Evidence(at=one.at),),
        )
    datasets = next(
        (one for one in study.reading.main_hyperparameters if one.value and _DATASET.fullmatch(one.name)), None
    )
    if datasets is not None:
        yield Action(
            what=msg(
                "Choose the smallest dataset that its option {name} takes; the default is {value}",
                name=datasets.name,
                value=datasets.value,
            ),
            evidence=(Evidence(at=datasets.at),),
        )


def _shorter(name: str) -> str | None:
    plain = name.replace("-", "_")
    return next((value for pattern, value in _SHORTER if pattern.fullmatch(plain)), None)


def _short_options(study: Study, entry: EntryPoint) -> Iterator[tuple[str, str | None, Hyperparameter]]:
    """(option as typed, its new value or None for a switch, what the code says) of the script's own options."""
    script = entry.command.script if entry.command and entry.command.script else entry.path
    if not script.endswith(".py"):
        return
    given = {
        word.partition("=")[0]
        for command in study.reading.commands
        if command.script == script
        for word in command.argv
        if "=" in word
    }
    for one in study.reading.main_hyperparameters:
        option = f"--{one.name}"
        if one.source not in _FLAGS and option not in given:
            continue
        if one.source == "argparse" and option not in (study.snapshot.text(one.at.path) or ""):
            continue  # a positional argument, or only a short option
        value = _shorter(one.name)
        if value is not None and _is_above(one.value, value):
            yield option, value, one
        elif _QUICK.fullmatch(one.name.replace("-", "_")) and one.value == "False":
            yield option, None, one


def _is_above(text: str | None, value: str) -> bool:
    try:
        return text is not None and float(text) > float(value)
    except ValueError:
        return False


def _with(
    study: Study, entry: EntryPoint, line: Written, limits: Sequence[tuple[str, str | None, Hyperparameter]]
) -> Written | None:
    """The command with the options set: in their place where it gives them already, else at its end."""
    argv = list(entry.command.argv) if entry.command else list(line.argv)
    for option, value, one in limits:
        text = str(value)
        at = next((i for i, word in enumerate(argv) if word == option or word.startswith(f"{option}=")), None)
        if at is not None and "=" in argv[at]:
            argv[at] = f"{option}={text}"
        elif at is not None and at + 1 < len(argv):
            argv[at + 1] = text
        elif one.source not in ("argparse", "click"):
            argv.append(f"{option}={text}")
        else:
            argv += [option, text]
    if entry.command is not None and (shown := written(entry.command, study.snapshot, argv)) is not None:
        return shown
    return Written(text=join(argv), argv=tuple(argv))


def _full(study: Study) -> Iterator[Action]:
    reading = study.reading
    found = _main(study)
    if found is None:
        yield _none(study)
        return
    entry, line = found
    table = table_to_reach(reading.results)
    hardware = [one for one in reading.hardware if one.kind in ("gpu", "gpu_memory", "time", "ram")]
    cost: list[Message] = [msg("stated: {text}", text=one.text) for one in hardware[:_HARDWARE_SHOWN]]
    if not cost:
        cost = [msg("neither hardware nor time is stated; measure step 4 and multiply")]
    documented = (Evidence(at=entry.documented_at),) if entry.documented_at and entry.command else ()
    yield Action(
        what=msg("Train by the documented command")
        if documented
        else msg("Train with the defaults of the code; no document shows a command"),
        command=line.text,
        fill_in=line.fill_in,
        offered=bool(documented),
        evidence=(*documented, Evidence(at=Location(path=entry.path, line=entry.line))),
        expect=tuple(to_reach(table)),
        cost=tuple(cost),
        fails=issues(study, _ISSUE),
    )
    own = {(one.name, one.at) for one in reading.main_hyperparameters}
    of_training = [
        one for one in reading.differences if one.values[0].at.path == entry.path or (one.name, one.values[0].at) in own
    ]
    for one in of_training[:_DIFFERENCES_SHOWN]:
        others = ", ".join(other.value or "" for other in one.values[1:])
        yield Action(
            what=msg(
                "Settle {name}: the code says {default}, the documents say {others}",
                name=one.name, default=one.values[0].value, others=others,
            ),
            evidence=tuple(Evidence(at=value.at) for value in one.values),
        )  # fmt: skip
    if not any(one.kind == "seed" for one in reading.determinism):
        yield Action(what=msg("No seed is set: repeat the run to see how far numbers vary"), offered=False)
    else:
        seed = next(one for one in reading.determinism if one.kind == "seed")
        yield Action(what=msg("Fix the seed: {statement}", statement=seed.text), evidence=(Evidence(at=seed.at),))
    if table is not None:
        yield Action(what=msg("Compare the numbers with the table"), evidence=evidence(table))
