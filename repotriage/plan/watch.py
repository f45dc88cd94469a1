"""Step 6: how to watch a run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import partial
from shlex import quote

from repotriage.data import table
from repotriage.models.base import msg
from repotriage.models.location import Evidence, Location
from repotriage.models.plan import Action, Step
from repotriage.models.reading import Logger, Station
from repotriage.models.study import Study
from repotriage.parsing.python import Module, parse
from repotriage.plan.commands import in_folder
from repotriage.plan.configurations import configs_of, imported_files
from repotriage.plan.jobs import training_run
from repotriage.plan.places import call_of, folder_of_output
from repotriage.plan.runs import Run, is_document, is_guest, section
from repotriage.plan.shorter import own_settings
from repotriage.plan.snippets import training_snippet
from repotriage.reading.loggers import loggers

_ARGUMENT = re.compile(r"(?:args|opt|opts|cfg|config|hparams|FLAGS|self\.args)\.(\w+)")
_SAVES = re.compile(r"save|saver|checkpointer|modelcheckpoint|dump|write", re.IGNORECASE)
_PATH = re.compile(r"[\w./@-]{1,80}")
_VARIABLE = re.compile(r"[A-Za-z_]\w*")
_ONLINE = frozenset({"wandb", "neptune", "SwanLab", "comet"})
_WRITE_TENSORBOARD = frozenset({"CLU metric writers"})  # its default writer writes summaries of TensorFlow
_HOLDS = re.compile(
    r"state_dict|model|checkpoint|ckpt|\bnet|optimizer|weights|epoch|saver|agent|policy|params", re.IGNORECASE
)
_WORK_DIRS = re.compile(r"[\"'](?:\./)?work_dirs/?[\"']")
# `with (output_dir / "log.txt").open("a") as f`, `open(os.path.join(args.save, 'log.csv'), 'w')`
_LOG_FILE = re.compile(r"[\"'/_](?:log|logs|history|progress|metrics)(?:_\w+)?\.(?:txt|csv|jsonl?|log)[\"']")
_OPENS_TO_WRITE = re.compile(r"\bopen\(.*[\"'][aw]\+?[\"']")
_PLAIN = re.compile(r"^(?:absl\.)?logging\.|^print$|^self\.")  # what only prints, or cannot be looked up
_NEAR = 4
_SHOWN = 3


def step(study: Study) -> Step:
    """Watching."""
    return Step(number=6, name="watch", title=msg("Watch the run"), actions=tuple(_actions(study)))


def _actions(study: Study) -> Iterator[Action]:
    if training_run(study) is None and training_snippet(study) is None and not study.reading.loggers:
        yield Action(what=msg("Nothing trains here, so there is no run to watch"), offered=False)
        return
    used = [_placed(study, one) for one in _loggers(study)]
    shown = next(
        (one for one in study.reading.commands if one.argv[0] == "tensorboard" and is_document(one.at.path)), None
    )
    if shown is not None:
        line = in_folder(shown, "")
        yield Action(
            what=msg("Follow the curves in TensorBoard, as the documents show"),
            command=line.text,
            fill_in=line.fill_in,
            evidence=(Evidence(at=shown.at),),
        )
        used = [one for one in used if not one.name.lower().startswith("tensorboard")]
    for one in used[:_SHOWN]:
        where = _folder(study, one)
        set_up = Evidence(at=_set_up(study, one) or one.at)
        place = (
            (
                msg("its project is {name}", name=one.output)
                if one.name in _ONLINE
                else msg("its output goes to {where}", where=where or one.output)
            )
            if one.output and (where or not _VARIABLE.fullmatch(one.output))
            else msg("where its output goes is set at run time")
        )
        if one.name.lower().startswith("tensorboard") or one.name in _WRITE_TENSORBOARD:
            yield Action(
                what=msg("Follow the curves in TensorBoard"),
                command=f"tensorboard --logdir {quote(where or 'LOGDIR')}",
                fill_in=_open(study, where) if where else ("LOGDIR",),
                evidence=(set_up,),
                expect=(place,),
            )
        else:
            yield Action(
                what=msg("Follow the run in {logger}", logger=one.name),
                evidence=(set_up,),
                expect=(place,),
            )
    writes = tuple(_writes(study)) if not used and shown is None else ()
    yield from writes
    if not used and shown is None and not writes:
        own = tuple(_own_logs(study))[:1]
        logging = next((one for one in study.reading.stations if one.kind == "logging"), None)
        trains = logging is not None and _trains(study, logging.at.path)
        at = own[0][1] if own else logging.at if logging is not None and trains else None
        yield Action(
            what=msg("No known experiment logger was found; the repository has {symbol} of its own. Keep what the run "
                     "prints as well: append {words} to its command", symbol=logging.symbol, words="2>&1 | tee run.log")
            if logging is not None and _PLAIN.search(logging.symbol) is None
            else msg("No experiment logger was found: keep what the run prints; append {words} to its command",
                     words="2>&1 | tee run.log"),
            offered=False,
            evidence=(Evidence(at=at),) if at is not None else (),
            expect=tuple(msg("it keeps a record of its own: {line}", line=line) for line, _ in own),
        )  # fmt: skip
    checkpoint = _saves(study)
    if checkpoint is not None:
        yield Action(
            what=msg("See that checkpoints are written: {symbol}", symbol=checkpoint.symbol),
            evidence=(Evidence(at=checkpoint.at),),
        )
    for setting in study.reading.main_hyperparameters:
        if re.fullmatch(
            r"(?:eval|val|test|log|print|save|report)_?(?:freq|interval|every|period|steps|kimg|iters?)",
            setting.name.replace("-", "_"),
            re.IGNORECASE,
        ):
            yield Action(
                what=msg("How often it reports or saves: {name} = {value}", name=setting.name,
                         value=_given(study, setting.name) or setting.value),
                evidence=(Evidence(at=setting.at),),
            )  # fmt: skip


def _writes(study: Study) -> Iterator[Action]:
    """What the framework of the training writes by itself, which no line of the repository asks for."""
    run = training_run(study)
    text = study.snapshot.text((run.main if run is not None else None) or "") or ""
    for row in table("loggers")["writes"]:
        found = re.search(row["needs"], text)
        if found is None or re.search(row["beside"], text) is None or re.search(row.get("unless", r"(?!)"), text):
            continue
        where = str(row["folder"])
        yield Action(
            what=msg("Follow what {framework} writes by itself: {files}", framework=row["name"], files=row["files"]),
            command=f"tensorboard --logdir {quote(where)}" if row["tensorboard"] else None,
            fill_in=(where,) if row["tensorboard"] and where.isupper() else (),
            evidence=(Evidence(at=Location(path=run.main if run and run.main else "",
                                           line=text.count("\n", 0, found.start()) + 1)),),
            expect=(msg("its output goes to {where}", where=str(row["set_by"])),),
        )  # fmt: skip
        return


def _own_logs(study: Study) -> Iterator[tuple[str, Location]]:
    """Where the code of the training opens a log for writing: the line and its place."""
    run = training_run(study)
    if run is None or run.main is None:
        return
    for path in (run.main, *imported_files(study.snapshot, run.main)):
        for number, line in enumerate((study.snapshot.text(path) or "").split("\n"), 1):
            code = line.strip()
            if _LOG_FILE.search(code) and _OPENS_TO_WRITE.search(code) and not code.startswith("#"):
                yield code, Location(path=path, line=number)


def _given(study: Study, name: str) -> str | None:
    """What the command of the training sets an option to."""
    run = training_run(study)
    argv = (run.inner.argv if run.inner is not None else run.line.argv) if run is not None else ()
    for word, after in zip(argv, (*argv[1:], ""), strict=True):
        option, equals, value = word.partition("=")
        if option.startswith("-") and option.lstrip("-").replace("_", "-") == name.replace("_", "-"):
            return (value if equals else after) or None
    return None


def _trains(study: Study, path: str) -> bool:
    """Whether a file is not known to do another job than the training."""
    others = {one.path for one in study.reading.entry_points if one.role not in ("train", "other")}
    run = training_run(study)
    return path not in others or (run is not None and path == run.main)


def _loggers(study: Study) -> list[Logger]:
    """The loggers of the part of the repository that trains, without those of guests and of other parts."""
    run = training_run(study)
    part = section(study.snapshot, run.main or run.path) if run is not None else ""
    evaluates = {one.path for one in study.reading.entry_points if one.role == "evaluate"}
    found = []
    for one in study.reading.loggers:
        place = _imports(study, run.main, one) if run is not None and run.main in study.snapshot.by_path else None
        if place is None and one.at.path in evaluates and run is not None and run.main is not None:
            own = _seen_in(study, one.name, Location(path=run.main))
            if own.at.line is not None:  # `tf.train.Supervisor(logdir=...)`, which no import tells
                found.append(own)
                continue
        if place is not None and one.at.path != place.path and one.at.path in evaluates:
            found.append(_seen_in(study, one.name, place))  # first seen in the evaluation, used by the training
        elif _belongs(study, one.at.path, part):
            found.append(one)
        elif (place := _imported(study, one, part)) is not None:
            found.append(_seen_in(study, one.name, place))
    return found


def _seen_in(study: Study, name: str, place: Location) -> Logger:
    """A logger as another file than that where it was first seen sets it up."""
    logger = Logger(name=name, at=place)
    module = _module(study, logger)
    return next((one for one in loggers(module) if one.name == name), logger) if module is not None else logger


def _placed(study: Study, logger: Logger) -> Logger:
    """A logger that a configuration of the training asks for, with the folder that the work of it goes to."""
    run = training_run(study)
    files = [one.path for one in configs_of(study, run)] if run is not None and logger.output is None else []
    if logger.at.path not in files:
        return logger
    return logger.model_copy(update={"output": _work_folder(study, run, files[0])})


def _work_folder(study: Study, run: Run | None, config: str) -> str | None:
    """Where scripts of OpenMMLab put the work of a configuration unless they are told otherwise."""
    text = study.snapshot.text((run.main if run is not None else None) or "") or ""
    stem = posixpath.splitext(posixpath.basename(config))[0]
    return f"work_dirs/{stem}" if _WORK_DIRS.search(text) else None


def _belongs(study: Study, path: str, part: str) -> bool:
    return not is_guest(study.snapshot, path) and section(study.snapshot, path) in ("", part)


def _imported(study: Study, logger: Logger, part: str) -> Location | None:
    """Where the part that trains imports a logger that was first seen elsewhere."""
    for file in study.snapshot.inside():
        if file.path.endswith(".py") and _belongs(study, file.path, part):
            place = _imports(study, file.path, logger)
            if place is not None:
                return place
    return None


def _imports(study: Study, path: str | None, logger: Logger) -> Location | None:
    """The line of a file that imports a logger."""
    text = study.snapshot.text(path or "") or ""
    names = rf"^[ \t]*(?:from|import)[ \t][^\n]*{re.escape(logger.name)}"
    match = re.search(names, text, re.IGNORECASE | re.MULTILINE)
    return None if match is None else Location(path=path or "", line=text.count("\n", 0, match.start()) + 1)


def _saves(study: Study) -> Station | None:
    """Where a checkpoint is written: in the code of the training before the rest, never where one is only read."""
    run = training_run(study)
    main = run.main if run is not None else None
    others = {one.path for one in study.reading.entry_points if one.role != "other"} - {main}
    found = [
        one
        for one in study.reading.stations
        if one.kind == "checkpoint"
        and _SAVES.search(one.symbol)
        and not re.search(r"(?:^|/)\.", one.at.path)
        and one.at.path not in others
        and _holds_model(study, one)
    ]
    return min(
        found,
        key=lambda one: (one.at.path != main, "eval" in one.at.path, is_guest(study.snapshot, one.at.path)),
        default=None,
    )


def _holds_model(study: Study, one: Station) -> bool:
    """Whether the lines around a call that saves speak of a model, not of data that are kept for later."""
    lines = (study.snapshot.text(one.at.path) or "").split("\n")
    line = one.at.line or 0
    return _HOLDS.search("\n".join(lines[max(0, line - _NEAR) : line + 2])) is not None


def _folder(study: Study, logger: Logger) -> str | None:
    """The folder that the output goes to, where the command or a default gives it."""
    output = logger.output
    if output is None or output.startswith(("work_dirs/", "./")):
        return output
    literal = _literal(study, logger, output) if _ARGUMENT.fullmatch(output) is None else None
    if literal is not None:
        return literal
    module = _module(study, logger)
    given = partial(_set_to, study)
    found = folder_of_output(module, output, given) if module is not None else None
    if found is None and _VARIABLE.fullmatch(output):
        found = given(output)  # a parameter that has the name of an option
    return found if found and _PATH.fullmatch(found) else None


def _set_to(study: Study, name: str) -> str | None:
    """The value of an option by its name: what the command gives, as it is shown, else its default."""
    run = training_run(study)
    given = _given(study, name)
    if given is not None and not re.search(r"[<>${}]", given):
        return given
    settings = (*(own_settings(study, run) if run is not None else ()), *study.reading.main_hyperparameters)
    plain = name.replace("_", "-")
    defaults = (one.value for one in settings if one.name.replace("_", "-") == plain and one.source != "command")
    default = next(defaults, None)
    return default if default and default != "None" else None


def _open(study: Study, where: str) -> tuple[str, ...]:
    """The words of a folder that the command of the training leaves to be filled in."""
    run = training_run(study)
    return tuple(word for word in (run.line.fill_in if run is not None else ()) if word in where)


def _module(study: Study, logger: Logger) -> Module | None:
    path = logger.at.path
    found = parse(path, study.snapshot.text(path) or "") if path.endswith(".py") else None
    return found if isinstance(found, Module) else None


def _set_up(study: Study, logger: Logger) -> Location | None:
    """Where the code says where the output goes."""
    module = _module(study, logger) if logger.output else None
    call = call_of(module, logger.output) if module is not None and logger.output else None
    return module.at(call) if module is not None and call is not None else None


def _literal(study: Study, logger: Logger, output: str) -> str | None:
    """The folder that a text in the code gives: where it is set up, or where the variable of that name is set."""
    text = study.snapshot.text(logger.at.path) or ""
    if not _PATH.fullmatch(output):
        return None
    before = r"[(=]\s*" if _VARIABLE.fullmatch(output) else ""  # else it is a key of that name
    if re.search(rf"{before}[\"']{re.escape(output)}[\"']", text):
        return output
    name = re.escape(output.removeprefix("self."))
    found = re.search(rf"^\s*(?:self\.)?{name}\s*=\s*[\"']([^\"'\n]{{1,80}})[\"']\s*$", text, re.MULTILINE)
    return found[1] if found is not None and _PATH.fullmatch(found[1]) else None
