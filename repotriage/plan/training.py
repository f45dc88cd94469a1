"""Steps 4 and 5: the smallest training run by the repository's own options, and the full one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from shlex import join, quote

from repotriage.models.base import Message, msg
from repotriage.models.location import Evidence, Location
from repotriage.models.plan import Action, Remedy, Step
from repotriage.models.reading import Command, Determinism, Difference, Hyperparameter
from repotriage.models.study import Study
from repotriage.plan.choices import choices
from repotriage.plan.commands import Written, change_of_folder, is_placeholder, written
from repotriage.plan.configurations import configs_of
from repotriage.plan.cpu import demands_gpu, on_cpu
from repotriage.plan.devices import by_scheduler, devices, fitted
from repotriage.plan.failures import issues, missing, not_taken
from repotriage.plan.jobs import evaluation_run, training_run
from repotriage.plan.numbers import best_table, costs_of_row, stated_below, to_reach
from repotriage.plan.runs import Run, first, folder_of, here, is_document, is_guest, lists_commands, others, section
from repotriage.plan.shorter import (
    Limit,
    framework_options,
    is_quick_switch,
    lengths,
    limits,
    own_settings,
    seed_keys,
)
from repotriage.plan.smaller import smaller_configuration, smaller_run
from repotriage.plan.snippets import Snippet, training_snippet
from repotriage.plan.trials import (
    for_paper,
    introduction,
    is_ours,
    scripts_of_ours,
    trial,
    trial_configuration,
    with_configuration,
)
from repotriage.reading.differences import is_place, same_value

_I = re.IGNORECASE
_ISSUE = re.compile(r"train|loss|\bnan\b|memory|\boom\b|converg|gradient|distributed|multi.?gpu|训练|显存|收敛", _I)
_DATASET = re.compile(r"dataset(?:_name)?|data_?set", _I)
# What says which task a run is of, not how it is trained.
_OF_TASK = re.compile(
    r"(?:\w+_)?(?:dataset|data_?set|problem|task|domain|category|env)(?:_name|_id|_format|_type)?", _I
)
_SEED_USED = re.compile(r"(?:args|opt|opts|FLAGS|cfg|config|hparams|self\.args)\.(\w+)")
_IN_ALL = re.compile(r"manual_seed|set_seed|seed_everything|PRNGKey|set_random_seed")
_WORKER = re.compile(r"worker|shuffle|RandomState\(|def \w*(?:split|shuffle)", _I)
_SEED = re.compile(r"(?:random_|manual_|rng_?)?seed", _I)
_NOT_TRAINING = re.compile(r"\bFPS\b|inference|latency|real-?time|throughput|推理", _I)
_TRAINS = re.compile(r"train|fine-?tun|experiment|训练", _I)
_CHINESE = re.compile(r"(?:^|[_.-])(?:zh|cn|chinese)(?:[_.-]|$)", _I)
_ADVICE = re.compile(
    r"\bplease\b|\bif you (?:use|have|want|don't|do not)\b|\byou (?:can|may|should) (?:set|use|change)\b", _I
)
_LENGTH_HELP = re.compile(r"\b(?:training|train) (?:duration|length|budget|time)\b|训练(?:时长|长度|总步数)", _I)
_DIFFERENCES_SHOWN = 8
_CHANGED_SHOWN = 10
_NAMED_SHOWN = 3
_VALUES_SHOWN = 6
_HARDWARE_SHOWN = 4
_OTHERS_SHOWN = 4
_LENGTHS_SHOWN = 3


def smallest(study: Study) -> Step:
    """The smallest training run."""
    return Step(
        number=4, name="smallest run", title=msg("Train as little as possible"), actions=tuple(_smallest(study))
    )


def full(study: Study) -> Step:
    """The full training."""
    return Step(number=5, name="training", title=msg("Train in full and compare"), actions=tuple(_full(study)))


def _none(study: Study, *, full: bool = False) -> Action:
    snippet = training_snippet(study)
    if snippet is not None:
        made = _of_snippet(snippet)
        return made.model_copy(update={"expect": ()}) if full else made
    backward = next((one for one in study.reading.stations if one.kind in ("backward", "update")), None)
    if backward is None:
        given = any(one.kind == "weights" for one in study.reading.assets)
        return Action(
            what=msg("The repository has no training code; it can only be used with given weights")
            if given
            else msg("The repository has neither training code nor weights: its documents say what it is for"),
            offered=False,
        )
    return Action(
        what=msg(
            "The repository has no training script, only training code: write a script around {symbol}",
            symbol=backward.symbol,
        ),
        offered=False,
        evidence=(Evidence(at=backward.at),),
    )


def _of_snippet(snippet: Snippet) -> Action:
    lower = tuple(
        msg("to make it short, set {name} to {value} (it says {was})", name=one.name, value=one.short, was=one.value)
        for one in snippet.lengths
    )
    return Action(
        what=msg(
            "The documents show training as code, not as a command: copy {n} lines from {place} into a file and run it",
            n=snippet.lines, place=f"{snippet.at.path}:{snippet.at.line}",
        ),
        offered=False,
        evidence=(Evidence(at=snippet.at), *(Evidence(at=one.at) for one in snippet.lengths)),
        expect=lower,
    )  # fmt: skip


def _smallest(study: Study) -> Iterator[Action]:
    run = training_run(study)
    if run is None:
        yield _none(study)
        return
    yield from first(study, run)
    run, on_devices = here(smaller_run(study, run), study)
    if run.inner is not None and not run.passes_on:  # what the shell script starts is started by hand
        fit = fitted(run.inner, study)
        note = fit.note(trains=True)
        run, on_devices = run.model_copy(update={"inner": fit.command}), (note,) if note is not None else on_devices
    cpu = on_cpu(study, run)
    shortens = limits(study, run)
    short = (*shortens, *cpu)
    shown = _with(study, run, short)
    documented = _shown_at(run)
    fails = (
        *missing(run.line, study.snapshot, folder_of(run, study.snapshot)),
        *not_taken(run.line.argv, run.main, study.snapshot),
        *issues(study, _ISSUE),
    )
    if shortens and shown is not None:
        told = ", ".join(f"{one.option} {one.value}".rstrip() + (f" ({one.was})" if one.was else "") for one in short)
        yield Action(
            what=msg("Run it as short as its own options allow: {options} (what is set otherwise in brackets)",
                     options=told)
            if any(one.was for one in short)
            else msg("Run it as short as its own options allow: {options}", options=told),
            command=shown.text,
            fill_in=shown.fill_in,
            evidence=tuple(dict.fromkeys((*documented, *(Evidence(at=one.at) for one in short)))),
            expect=(
                msg("it runs to its end, the first losses are finite, and a checkpoint or log is written"),
                *choices(study, run, shown),
                *on_devices,
                *demands_gpu(study, run),
            ),
            fails=fails,
        )  # fmt: skip
    else:
        line = (shown if cpu else None) or run.line
        update = {
            "command": line.text,
            "fill_in": line.fill_in,
            "expect": (
                *choices(study, run, line),
                *on_devices,
                *demands_gpu(study, run),
                *by_scheduler(study, run.path, run.main),
            ),
        }
        yield _stopped(study, run, fails).model_copy(update=update)
    less = smaller_configuration(study, run)
    if less is not None:
        swapped = run.model_copy(update={"command": less[1]})
        smaller = _with(study, swapped, short) or written(less[1], study.snapshot)
        if smaller is not None:
            yield Action(
                what=msg("Smaller still: the same with {path}, which lies beside its configuration", path=less[0]),
                command=smaller.text,
                fill_in=smaller.fill_in,
                evidence=(Evidence(at=Location(path=less[0])),),
            )
    for one in own_settings(study, run):
        if is_quick_switch(one):
            yield Action(
                what=msg(
                    "Its option {name} may make it quicker still: {help}", name=f"--{one.name}", help=one.help or "–"
                ),
                evidence=(Evidence(at=one.at),),
            )
    yield from _smaller_data(study, run)


def _stopped(study: Study, run: Run, fails: tuple[Remedy, ...]) -> Action:
    told_by_help = next((one for one in own_settings(study, run) if _LENGTH_HELP.search(one.help or "")), None)
    if told_by_help is not None and told_by_help.source != "constant":
        return Action(
            what=msg("Give its option {name} a small value; it sets the length of training ({help}; default {value})",
                     name=f"--{told_by_help.name}", help=told_by_help.help, value=told_by_help.value),
            command=run.line.text,
            fill_in=run.line.fill_in,
            evidence=(*_shown_at(run), Evidence(at=told_by_help.at)),
            fails=fails,
        )  # fmt: skip
    near = list(dict.fromkeys(lengths(study, run)))[:_LENGTHS_SHOWN]
    told = ", ".join(f"{one.name} ({one.value})" for one in near)
    return Action(
        what=msg(
            "No option that shortens a run was found: lower {settings} in the file, or stop after the first losses",
            settings=told,
        )
        if near
        else msg("No option that shortens a run was found: start it and stop it (Ctrl-C) after its first losses"),
        command=run.line.text,
        fill_in=run.line.fill_in,
        offered=False,
        evidence=(*_shown_at(run), *(Evidence(at=one.at) for one in near)),
        fails=fails,
    )  # fmt: skip


def _smaller_data(study: Study, run: Run) -> Iterator[Action]:
    """The datasets that documented commands give to the option that names one."""
    option = next(
        (one for one in own_settings(study, run) if _DATASET.fullmatch(one.name) and one.source != "constant"), None
    )
    if option is None:
        return
    values: dict[str, Location] = {}
    if option.value not in (None, "None", ""):
        values[option.value or ""] = option.at
    for one in study.reading.hyperparameters:
        if one.source == "command" and one.name == option.name and one.value and re.fullmatch(r"[\w.+/-]+", one.value):
            if is_placeholder(one.value):
                continue  # `DATASET_NAME` stands for one
            values.setdefault(one.value, one.at)
    if len(values) > 1:
        listed = ", ".join(list(values)[:_VALUES_SHOWN])
        yield Action(
            what=msg("Take the smallest dataset that its option {name} is seen with: {values}",
                     name=f"--{option.name}", values=listed),
            evidence=(Evidence(at=option.at), *(Evidence(at=at) for at in list(values.values())[1:3])),
        )  # fmt: skip


def _shown_at(run: Run) -> tuple[Evidence, ...]:
    at = run.command.at if run.command is not None else run.named
    return (Evidence(at=at),) if at is not None else ()


def _with(study: Study, run: Run, short: Sequence[Limit]) -> Written | None:
    """The command with the options set: in their place where it gives them already, else at its end."""
    command = run.command
    if run.inner is not None and not run.passes_on:
        command = run.inner  # the shell script keeps options to itself: what it starts is started by hand
    argv = list(command.argv) if command is not None else list(run.line.argv)
    prefixed = False
    for one in short:
        at = next((i for i, word in enumerate(argv) if word == one.option or word.startswith(f"{one.option}=")), None)
        if at is not None and "=" in argv[at]:
            argv[at] = f"{one.option}={one.value}"
        elif at is not None and at + 1 < len(argv) and one.form in ("word", "words", "equals"):
            argv[at + 1] = one.value
        else:
            added = one.words()
            if one.prefix and (prefixed or one.prefix in argv):
                added = added[1:]
            argv += added
            prefixed = True
    if command is None:
        return Written(text=join(argv), argv=tuple(argv))
    if command.script is None:
        return (
            run.line.model_copy(update={"text": f"{run.line.text} {join(argv[len(command.argv) :])}"})
            if short
            else None
        )
    return written(command, study.snapshot, argv)


def _full(study: Study) -> Iterator[Action]:
    reading = study.reading
    run = training_run(study)
    if run is None:
        yield _none(study, full=True)
        return
    run, chosen = _not_trial(study, run)
    at = run.command.at if run.command is not None else None
    hardware = [
        one
        for one in reading.hardware
        if one.kind in ("gpu", "gpu_memory", "ram") or (one.kind == "time" and _TRAINS.search(one.text))
        if re.search(r"\d", one.text) and (_TRAINS.search(one.text) or not _NOT_TRAINING.search(one.text))
        if not _ADVICE.search(one.text)
    ]
    words = {word for word in run.line.argv if word.startswith("--") and "=" in word}
    hardware = [one for one in hardware if not _CHINESE.search(one.at.path)] or hardware
    hardware.sort(key=lambda one: -len(words & set(one.text.split())))
    said = list(dict.fromkeys(one.text for one in hardware))[:_HARDWARE_SHOWN]
    cost: list[Message] = [*costs_of_row(study, run.command), *(msg("stated: {text}", text=text) for text in said)]
    started, on_devices = here(run, study)
    if not cost:
        cost = [
            msg("no time is stated; measure step 4 and multiply")
            if on_devices  # the command itself tells of the hardware
            else msg("neither hardware nor time is stated; measure step 4 and multiply")
        ]
    if devices(study) == 0:
        cost.append(msg("the machine of this plan has no GPU: a training of this length may not end on it"))
        cost += demands_gpu(study, run)
    place = Location(path=run.path) if run.path in study.snapshot.by_path else None
    cpu = on_cpu(study, run)
    line = (_with(study, started, cpu) if cpu else None) or started.line
    told = choices(study, run, line)
    yield from _given_scripts(study, run)
    yield Action(
        what=_how(run),
        command=line.text,
        fill_in=line.fill_in,
        offered=run.documented,
        evidence=(*_shown_at(run), *((Evidence(at=place),) if place is not None else ())),
        expect=(
            *chosen,
            *told,
            *on_devices,
            *by_scheduler(study, run.path, run.main),
            *stated_below(study, at),
        ),
        cost=tuple(cost),
        fails=(*missing(run.line, study.snapshot, folder_of(run, study.snapshot)), *issues(study, _ISSUE)),
    )
    for other in list(others(study, "train", run))[:_OTHERS_SHOWN]:
        fit = fitted(other, study)
        shown, note = written(fit.command, study.snapshot), fit.note(trains=True)
        quick = trial(study, other)
        if shown is not None:
            open_ = choices(study, run.model_copy(update={"command": other}), shown)
            yield Action(
                what=msg("Another training that the documents show"),
                command=shown.text,
                fill_in=shown.fill_in,
                evidence=(Evidence(at=other.at),),
                expect=(
                    *((msg("the document says: {text}", text=quick.text),) if quick is not None else ()),
                    *(one for one in open_ if one not in told),
                    *((note,) if note is not None and note not in on_devices else ()),
                ),
                fails=missing(shown, study.snapshot, change_of_folder(other, study.snapshot)),
            )
    yield from _named_scripts(study, run)
    yield from _differences(study, run)
    yield from _seed(study, run)
    yield from _compare(study)


def _not_trial(study: Study, run: Run) -> tuple[Run, tuple[Message, ...]]:
    """`run`, or where documents call it a trial, what they give for the numbers of the paper; and what they say."""
    quick = trial(study, run.command)
    if quick is not None:
        rest = [one for one in others(study, "train", run) if one.script == run.path and trial(study, one) is None]
        rest.sort(key=lambda one: not for_paper(study, one))
        for one in rest:
            line = written(one, study.snapshot)
            if line is not None:
                return run.model_copy(update={"command": one, "line": line}), ()
        return run, (msg("the document says of it: {text}", text=quick.text),)
    if run.command is not None and not is_ours(study, run.command):
        for one in others(study, "train", run):
            line = written(one, study.snapshot) if one.script == run.path and is_ours(study, one) else None
            if line is not None:
                said = next(iter(introduction(study, one.at)))
                return run.model_copy(update={"command": one, "line": line}), (
                    msg("the document says of it: {text}", text=said.text),
                )
    told = trial_configuration(study, run)
    if told is None:
        return run, ()
    said, stand = told
    was = configs_of(study, run)[0].path
    other = with_configuration(run.command, was, stand.path) if stand is not None and run.command is not None else None
    line = written(other, study.snapshot) if other is not None else None
    if stand is None or other is None or line is None:
        return run, (msg("the document says of {path}: {text}", path=was, text=said.text),)
    return run.model_copy(update={"command": other, "line": line}), (
        msg("the document shows it with {path}, and says of that: {text}", path=was, text=said.text),
        msg("the document says of {path}: {text}", path=stand.path, text=stand.said.text),
    )


def _given_scripts(study: Study, run: Run) -> Iterator[Action]:
    """The scripts that a document gives for the published numbers, where the shown command is none of them."""
    given = scripts_of_ours(study)
    if given is None or run.path in given[1] or any(path in run.line.argv for path in given[1]):
        return
    said, paths = given
    yield Action(
        what=msg("For the published numbers take one of the files that the document names: {files}",
                 files=", ".join(paths[:_NAMED_SHOWN + 1])),
        command=f"bash {quote(paths[0])}" if paths[0].endswith(".sh") else None,
        evidence=(Evidence(at=said.at), Evidence(at=Location(path=paths[0]))),
        expect=(msg("the document says: {text}", text=said.text),),
    )  # fmt: skip


def _named_scripts(study: Study, run: Run) -> Iterator[Action]:
    """Shell scripts that train and that documents name without showing a command for them."""
    shown = {one.script for one in study.reading.commands if is_document(one.at.path)} | {run.path}
    named = [
        one
        for one in study.reading.entry_points
        if one.role == "train" and one.path.endswith(".sh") and one.documented_at is not None and one.path not in shown
        if not is_guest(study.snapshot, one.path) and not lists_commands(study, one.path)
    ]
    for one in named[:_NAMED_SHOWN]:
        at = one.documented_at
        yield Action(
            what=msg("Another training that the documents name"),
            command=f"bash {quote(one.path)}",
            evidence=(Evidence(at=at),) if at is not None else (),
        )


def _how(run: Run) -> Message:
    if run.documented:
        return msg("Train by the documented command")
    if run.command is not None:
        return msg("Train by the command that {path} holds; no document shows one", path=run.command.at.path)
    if run.named is not None:
        return msg("Train by {path}: the documents name it and show no options, so its defaults decide", path=run.path)
    return msg("Train with the defaults of the code; no document shows a command")


def _compare(study: Study) -> Iterator[Action]:
    run = evaluation_run(study)
    table = best_table(study, run.command if run is not None else None)
    if table is not None:
        yield Action(what=msg("Compare with the numbers of step 3"), evidence=(Evidence(at=table.at),))
    else:
        yield Action(what=msg("Compare with the paper"), offered=False, expect=tuple(to_reach(None, study)))


def _differences(study: Study, run: Run) -> Iterator[Action]:
    """What the command changes of the code's defaults, and what remains to be settled between code and documents."""
    given = {
        _plain(name): value for command in (run.command, run.inner) if command for name, value in _options(command)
    }
    of_training = [one for one in study.reading.differences if _is_of(study, run, one)]
    places = [one for one in own_settings(study, run) if _plain(one.name) in given]
    places = [one for one in places if _is_setting(one, given[_plain(one.name)])]
    changed = [f"{one.name} {given[_plain(one.name)]} ({one.value})" for one in places][:_CHANGED_SHOWN]
    if changed:
        yield Action(
            what=msg("Know what the command sets otherwise than the code (default in brackets): {changed}",
                     changed=", ".join(changed)),
            evidence=tuple(Evidence(at=one.at) for one in places[:_CHANGED_SHOWN]),
        )  # fmt: skip
    to_settle = [one for one in of_training if _plain(one.name) not in given and not _OF_TASK.fullmatch(one.name)]
    for one in to_settle[:_DIFFERENCES_SHOWN]:
        real = [
            other for other in one.values[1:] if other.source == "command" and not is_placeholder(other.value or "")
        ]
        others = ", ".join(other.value or "" for other in real)
        if not real:
            continue
        yield Action(
            what=msg("Settle {name}: the code says {default}, other commands of the repository say {others}",
                     name=one.name, default=one.values[0].value, others=others),
            evidence=tuple(Evidence(at=value.at) for value in (one.values[0], *real)),
        )  # fmt: skip


def _is_setting(one: Hyperparameter, given: str) -> bool:
    """Whether a command gives a setting of the method another value than the code."""
    if one.value in (None, "None", "", "[]") or not given or same_value(given, one.value) or is_place(one.name):
        return False
    return not re.search(r"[$/\\{}<>]", f"{given}{one.value}")


def _plain(name: str) -> str:
    return name.lstrip("-").replace("-", "_").lower()


def _options(command: Command) -> Iterator[tuple[str, str]]:
    for word, following in zip(command.argv, (*command.argv[1:], "--"), strict=True):
        name, equals, value = word.partition("=")
        if name.startswith("--"):
            yield name, value if equals else "" if following.startswith("--") else following


def _is_of(study: Study, run: Run, one: Difference) -> bool:
    """Whether a difference is between the training's code and commands that train."""
    own = {(each.name, each.at) for each in own_settings(study, run)}
    default = one.values[0]
    if default.at.path != run.main and (default.name, default.at) not in own:
        return False
    mine = run.command.at.path if run.command is not None else ""
    given = [value.at for value in one.values[1:] if is_document(value.at.path) or value.at.path == mine]
    return any(_starts(study, run, at) for at in given)


def _starts(study: Study, run: Run, at: Location) -> bool:
    return any(
        one.at == at and one.role == "train" and one.script in (run.main, run.path) for one in study.reading.commands
    )


def _seed(study: Study, run: Run) -> Iterator[Action]:
    """The option or key that sets the seed of the training, else the statement that does."""
    statements = [one for one in study.reading.determinism if one.kind == "seed" and not _elsewhere(study, run, one)]
    seed = min(statements, key=lambda one: (one.at.path != run.main, not _IN_ALL.search(one.text)), default=None)
    used = {name for one in statements for name in _SEED_USED.findall(one.text)}
    options = [
        one
        for one in own_settings(study, run)
        if one.source in ("argparse", "absl", "click", "typer", "fire")
        and (_SEED.fullmatch(one.name) or (one.name in used and "seed" in one.name))
    ]
    option = min(options, key=lambda one: one.name not in used, default=None)
    at = Evidence(at=seed.at) if seed is not None else None
    framework = next(framework_options(study, run, "seed"), None)
    key = next(seed_keys(study, run), None)
    if option is not None and option.value in (None, "None"):
        yield Action(what=msg("Fix the seed by its option {name}, and repeat with others", name=f"--{option.name}"),
                     evidence=tuple(one for one in (Evidence(at=option.at), at) if one))  # fmt: skip
    elif option is not None:
        yield Action(
            what=msg("Fix the seed by its option {name} (default {value}), and repeat with others",
                     name=f"--{option.name}", value=option.value),
            evidence=tuple(one for one in (Evidence(at=option.at), at) if one),
        )  # fmt: skip
    elif key is not None:
        yield Action(
            what=msg("Fix the seed where the configuration sets it: {name} ({value}), and repeat with others",
                     name=key.name, value=key.value),
            evidence=tuple(one for one in (Evidence(at=key.at), at) if one),
        )  # fmt: skip
    elif framework is not None:
        yield Action(
            what=msg("Fix the seed by the option {name} of its framework, and repeat with others",
                     name=framework.option),
            evidence=(Evidence(at=framework.at),),
        )  # fmt: skip
    elif seed is not None:
        yield Action(what=msg("Fix the seed: {statement}", statement=seed.text), evidence=(Evidence(at=seed.at),))
    else:
        yield Action(
            what=msg("No statement that sets a seed was found: repeat the run to see how far numbers vary"),
            offered=False,
        )


def _elsewhere(study: Study, run: Run, one: Determinism) -> bool:
    """Whether a statement seeds something else than the training: an evaluation, a worker, a shuffle of its own."""
    other = {entry.path for entry in study.reading.entry_points if entry.role in ("evaluate", "inference", "demo")}
    if one.at.path != run.main and (one.at.path in other or "eval" in one.at.path or "test" in one.at.path):
        return True
    if one.at.path != run.main and (
        one.at.path.endswith(".ipynb")
        or section(study.snapshot, one.at.path) not in ("", section(study.snapshot, run.main or run.path))
    ):
        return True
    lines = (study.snapshot.text(one.at.path) or "").split("\n")
    line = one.at.line or 0
    near = "\n".join(lines[max(0, line - 4) : line + 2])
    return _WORKER.search(near) is not None
