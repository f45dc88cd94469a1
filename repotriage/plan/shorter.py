"""Options that make a training run short: the script's own, its framework's, and the keys of its configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Literal

from repotriage.data import table
from repotriage.models.base import CleanStr, Frozen
from repotriage.models.location import Location
from repotriage.models.reading import Hyperparameter
from repotriage.models.study import Study
from repotriage.plan.configurations import Config, configs_of, imported_configurations, imported_files
from repotriage.plan.runs import Run

Form = Literal["word", "equals", "words", "flag", "switch"]
OWN_FLAGS: dict[str, Form] = {"argparse": "word", "absl": "equals", "click": "word", "fire": "equals", "typer": "word"}
_SET = re.compile(r"^[ \t]*(?:\w+\s*=\s*)?([A-Za-z_][\w.]*)\s*=\s*([\d][\d_.e]*)\s*(?:#.*)?$", re.MULTILINE)
_IN_CODE = re.compile(
    r"^[ \t]*(?:\w+\.)?"
    r"(\w*(?:epochs?|max_iters?|num_iters?|num_iterations|n_iters?|num_steps|total_steps|max_steps|timesteps))"
    r"[ \t]*=[ \t]*(?:int\()?(\d{1,9}(?:\.\d+)?(?:e\d+)?)\b",
    re.MULTILINE | re.IGNORECASE,
)
_KEY = re.compile(r"^[ \t]*(\w{1,60})[ \t]*:[ \t]*(\d{1,12})[ \t]*(?:#.*)?$", re.MULTILINE)
_STARTS = re.compile(
    r"(?:k_|ppo_|update_|opt_|inner_|init|initial|start|last|resume|begin|warm|save|eval|val|print|log|current|cur|no_?aug)",
    re.IGNORECASE,
)
_SEED_KEY = re.compile(r"(?:\w+\.){0,3}(?:random_|manual_|rng_?|global_)?seed", re.IGNORECASE)
_READS_FILE = re.compile(r"parse_(?:yaml|json)_file\s*\(")
_MAX_TEXT = 200_000
_REPORTS = re.compile(
    r"(?:log|print|report|display)(?:ging)?_?(?:freq(?:uency)?|interval|every|steps?|iters?)", re.IGNORECASE
)
_MAX_COMMENT = 200
_HELP_LINES = 4
_WORTH = 5
_MANY = 3


class Limit(Frozen):
    """An option and the value that makes a run short."""

    option: CleanStr  # as it is typed, without its value
    value: CleanStr
    form: Form
    prefix: CleanStr = ""  # a word that comes before (`--cfg-options`)
    was: CleanStr | None = None  # what it is otherwise
    at: Location

    def words(self) -> list[str]:
        """The words to add to a command."""
        if self.form == "switch":
            return [self.option]
        pair = [f"{self.option}={self.value}"] if self.form in ("equals", "flag") else [self.option, self.value]
        return [self.prefix, *pair] if self.prefix else pair


class Length(Frozen):
    """A setting that says how long a run is, and can only be changed where it stands."""

    name: CleanStr
    value: CleanStr | None
    at: Location


@cache
def _lengths() -> Mapping[str, str]:
    return {name: str(row["value"]) for row in table("shortening")["length"] for name in row["names"]}


def short_value(name: str) -> str | None:
    """The value that makes a run short, if a setting of this name says how long it is."""
    return _lengths().get(name.replace("-", "_").lower())


def is_quick_switch(one: Hyperparameter) -> bool:
    """Whether a switch is there for a trial run."""
    return one.value == "False" and one.name.replace("-", "_").lower() in table("shortening")["quick"]["names"]


def limits(study: Study, run: Run) -> tuple[Limit, ...]:
    """The options to set: those of the script itself, else of its framework, else keys of its configuration."""
    found = _limits(study, run)
    starts = table("shortening")["starts"]["names"]
    return found if any(_last(one) not in starts for one in found) else ()  # what is put off makes no run short


def _last(one: Limit) -> str:
    return one.option.lstrip("-").rpartition(".")[2].replace("-", "_").lower()


def _limits(study: Study, run: Run) -> tuple[Limit, ...]:
    own = tuple(_own(study, run))
    if own:
        unclear = set(table("shortening")["unclear"]["names"])
        kept = tuple(one for one in own if _last(one) not in unclear) or own
        return (*kept, *_reports(study, run, kept))
    called = tuple(_in_calls(study.snapshot.text(run.main or "") or "", run.main or ""))
    if called:
        return called[:_MANY]
    framework = next(framework_options(study, run, "option"), None)
    if framework is not None:
        return (framework,)
    return tuple(_keys(study, run))[:_MANY]


def own_settings(study: Study, run: Run) -> Iterator[Hyperparameter]:
    """The settings of the script that does the work, and of what it alone imports."""
    if run.main is None:
        return
    elsewhere = {one.path for one in study.reading.entry_points if one.role != "train"} - {run.main}
    elsewhere -= set(imported_files(study.snapshot, run.main))
    seen: set[str] = set()
    mine = (one for one in study.reading.hyperparameters if one.at.path == run.main)
    for one in (*mine, *study.reading.main_hyperparameters):
        if one.source not in ("command", "config", "hydra") and one.name not in seen and one.at.path not in elsewhere:
            seen.add(one.name)
            yield one


def _own(study: Study, run: Run) -> Iterator[Limit]:
    if run.main is None:
        return
    text = study.snapshot.text(run.main) or ""
    flags = dict(OWN_FLAGS)
    if re.search(r"\btyro\.cli\s*\(|\bsimple_parsing\b|\(Tap\)", text):
        flags["dataclass"] = "word"
    for one in own_settings(study, run):
        form = flags.get(one.source)
        value = short_value(one.name)
        if form is None or value is None or not (_is_long(one.value, value) or _is_open(one)):
            continue
        option = f"--{one.name}"
        if one.source == "dataclass" and one.at.path != run.main:
            continue
        if one.source == "argparse" and option not in (study.snapshot.text(one.at.path) or ""):
            continue  # a positional argument, or only a short option
        if _says_other(study, one):
            continue
        value = _counted_from_one(study, run, one.name, value)
        yield Limit(option=option, value=value, form=form, was=one.value, at=one.at)


def _reports(study: Study, run: Run, kept: Sequence[Limit]) -> Iterator[Limit]:
    """The option by which a run of few steps prints a loss at all: its default is more steps than the run has."""
    most = max((int(one.value) for one in kept if one.value.isdecimal() and int(one.value) > 1), default=0)
    for one in own_settings(study, run) if most else ():
        form = OWN_FLAGS.get(one.source)
        if form is not None and _REPORTS.fullmatch(one.name.replace("-", "_")) and _is_above(one.value, str(most)):
            yield Limit(option=f"--{one.name}", value="1", form=form, was=one.value, at=one.at)
            return


def _counted_from_one(study: Study, run: Run, name: str, value: str) -> str:
    """`value`, or one more where the loop counts from 1 and stops before it: `for epoch in range(1, args.epochs)`."""
    text = study.snapshot.text(run.main or "") or ""
    return "2" if value == "1" and re.search(rf"\brange\(\s*1\s*,\s*(?:[\w.]+\.)?{name}\s*\)", text) else value


def _in_calls(text: str, path: str) -> Iterator[Limit]:
    """Flags that a call defines by its keywords: `define_flags_with_default(total_steps=10000)`."""
    for row in table("shortening")["calls"]:
        needed = re.search(row["needs"], text)
        if needed is None:
            continue
        for found in re.finditer(r"\b(\w+)\s*=\s*(\d[\d_]*)\s*[,)\n]", text[needed.end() : needed.end() + 4000]):
            value = short_value(found[1])
            if value is not None and _is_above(found[2].replace("_", ""), value):
                line = text.count("\n", 0, needed.end() + found.start()) + 1
                yield Limit(option=f"--{found[1]}", value=value, form="equals", was=found[2],
                            at=Location(path=path, line=line))  # fmt: skip


def framework_options(study: Study, run: Run, job: Literal["option", "seed"]) -> Iterator[Limit]:
    """The option of the run's framework that shortens it, or that sets its seed."""
    command = run.command
    for row in table("shortening")["program"]:
        if job in row and command is not None and run.main is None and command.argv[0] == row["name"]:
            yield Limit(option=row[job], value=row["value"], form=row["form"], at=command.at)
    text = study.snapshot.text(run.main or "") or ""
    for row in table("shortening")["framework"]:
        found = re.search(row["needs"], text)
        if job in row and found is not None and re.search(row.get("beside", ""), text) and not _only_file(run, text):
            at = Location(path=run.main or "", line=text.count("\n", 0, found.start()) + 1)
            yield Limit(option=row[job], value=row["value"], form=row["form"], at=at)


def _only_file(run: Run, text: str) -> bool:
    """Whether the script reads either a file that its command names or options, and no options beside the file."""
    argv = run.command.argv if run.command is not None else ()
    named = any(
        word.endswith((".yaml", ".yml", ".json")) and not before.startswith("-") for before, word in pairwise(argv)
    )
    return named and _READS_FILE.search(text) is not None


def seed_keys(study: Study, run: Run) -> Iterator[Hyperparameter]:
    """The keys of the run's configurations that set a seed, those that decide first."""
    for file in configs_of(study, run):
        for one in study.reading.hyperparameters:
            if one.at.path == file.path and one.source != "command" and _SEED_KEY.fullmatch(one.name) and one.value:
                yield one


def _keys(study: Study, run: Run) -> Iterator[Limit]:
    text = study.snapshot.text(run.main or "") or ""
    ways = ((row, re.search(row["needs"], text, re.MULTILINE)) for row in table("shortening")["keys"])
    row, flag = next(((row, needed) for row, needed in ways if needed is not None), (None, None))
    if row is None or flag is None:
        return
    way = Location(path=run.main or "", line=text.count("\n", 0, flag.start()) + 1)
    files = configs_of(study, run)
    if "statements" in row:
        yield from _statement(study, row, files or _any_config(study, run))
        return
    name = flag[1] if row["form"] == "flag" else ""
    found = list(_set_by(study, files, name))
    if not found and "always" in row:
        yield Limit(option=row["always"], value=short_value(row["always"].rpartition(".")[2]) or "10",
                    form=row["form"], prefix=row["prefix"], at=way)  # fmt: skip
    for key, value, one in found:
        option = f"--{name}.{key}" if row["form"] == "flag" else key
        yield Limit(option=option, value=value, form=row["form"], prefix=row["prefix"], was=one.value, at=one.at)


def _statement(study: Study, row: Mapping[str, Any], files: Sequence[Config]) -> Iterator[Limit]:
    """The key that a configuration sets by a statement: the first configuration that has one decides."""
    for file in files:
        text = study.snapshot.text(file.path) or ""
        for statement in row["statements"]:
            found = re.search(statement["pattern"], text, re.MULTILINE | re.DOTALL)
            if found is not None:
                key = str(statement["key"])
                yield Limit(
                    option=key, value=short_value(key.rpartition(".")[2]) or "1", form=row["form"],
                    prefix=row["prefix"],
                    at=Location(path=file.path, line=text.count("\n", 0, found.start()) + 1),
                )  # fmt: skip
                return


def _any_config(study: Study, run: Run) -> tuple[Config, ...]:
    """The configurations beside a script whose command leaves open which one is meant."""
    top = (run.main or "").partition("/")[0] if "/" in (run.main or "") else ""
    near = [one.path for one in study.reading.configs if one.path.startswith(f"{top}/")]
    return tuple(Config(path=path) for path in near or [one.path for one in study.reading.configs])


def _set_by(study: Study, files: Sequence[Config], flag: str) -> Iterator[tuple[str, str, Hyperparameter]]:
    """(key as it is typed, short value, what is set) of the configurations, each key at its first place."""
    seen: set[str] = set()
    for file in files:
        for one in _settings(study, file.path, flag):
            name = one.name.removeprefix("config.").removeprefix("_C.")
            *parents, last = name.split(".")
            value = short_value(last)
            whole = [*(file.group.split(".") if file.group else ()), *parents]
            if value is None or not _is_long(one.value, value) or not _is_of_the_run(whole, last):
                continue
            key = ".".join(part for part in (file.group, name) if part)
            if key not in seen:
                seen.add(key)
                yield key, value, one


def _settings(study: Study, path: str, flag: str) -> Iterator[Hyperparameter]:
    if not flag:
        yield from (one for one in study.reading.hyperparameters if one.at.path == path and one.source != "command")
        return
    text = study.snapshot.text(path) or ""
    for found in _SET.finditer(text):
        at = Location(path=path, line=text.count("\n", 0, found.start(1)) + 1)
        yield Hyperparameter(name=found[1], value=found[2].replace("_", ""), source="config", at=at)


def _is_of_the_run(parents: Sequence[str], last: str) -> bool:
    unclear = table("shortening")["unclear"]
    inside = {part.lower() for part in parents} & set(unclear["inside"])
    if parents and parents[-1].lower() in unclear["of_the_run"]:
        return True
    upper = last.isupper() and bool(parents)  # of yacs, where TRAIN.EPOCHS and SOLVER.STEPS are settings of the run
    return not inside and (upper or last.lower() not in unclear["names"])


def lengths(study: Study, run: Run) -> Iterator[Length]:
    """Settings that say how long the run is, in the script or the configurations that it reads."""
    paths = {file.path: index for index, file in enumerate(configs_of(study, run))}
    found = False
    for one in study.reading.hyperparameters:
        name = one.name.rpartition(".")[2]
        value = short_value(name)
        if one.source == "command" or value is None or not _is_above(one.value, value) or _says_other(study, one):
            continue
        parents = one.name.split(".")[:-1]
        if one.at.path == run.main or (one.at.path in paths and _is_of_the_run(parents, name)):
            found = True
            yield Length(name=one.name, value=one.value, at=one.at)
    if found or run.main is None:
        return
    for path in (run.main, *imported_configurations(study.snapshot, run.main)):
        yield from _in_code(path, study.snapshot.text(path) or "")
    for path in paths:
        if path.endswith((".yaml", ".yml")):
            yield from _in_yaml(path, study.snapshot.text(path) or "")


def _in_code(path: str, text: str) -> Iterator[Length]:
    """`UnFreeze_Epoch = 300`, `fit(epochs=50)`: lengths that a script sets for itself."""
    for found in _IN_CODE.finditer(text[:_MAX_TEXT]):
        comment = text[found.end() : found.end() + _MAX_COMMENT].split("\n")[0]
        other = re.search(table("shortening")["unclear"]["help"], comment) is not None
        if not other and not _STARTS.match(found[1]) and _is_above(found[2], "1"):
            yield Length(
                name=found[1], value=found[2], at=Location(path=path, line=text.count("\n", 0, found.start(1)) + 1)
            )


def _in_yaml(path: str, text: str) -> Iterator[Length]:
    """Lengths that a file sets which is no configuration by its name or place, but is read by the script."""
    for found in _KEY.finditer(text[:_MAX_TEXT]):
        value = short_value(found[1])
        if value is not None and _is_above(found[2], value):
            at = Location(path=path, line=text.count("\n", 0, found.start(1)) + 1)
            yield Length(name=found[1], value=found[2], at=at)


def _is_open(one: Hyperparameter) -> bool:
    """Whether it is a limit that is off unless it is set, or that a configuration decides then."""
    name = one.name.replace("-", "_").lower()
    if name.startswith("max"):
        return one.value in (None, "None", "-1", "0")
    return one.value in (None, "None") and name not in table("shortening")["unclear"]["names"]


def _says_other(study: Study, one: Hyperparameter) -> bool:
    """Whether the help of an option says that its steps are not those of the training."""
    lines = (study.snapshot.text(one.at.path) or "").splitlines()[(one.at.line or 1) - 1 :][:_HELP_LINES]
    text = re.split(r"\badd_argument\(", "\n".join(lines))
    told = re.search(r"""help\s*=\s*f?(["'])(.*?)\1""", text[1] if len(text) > 1 else text[0], re.DOTALL)
    comment = lines[0].partition("#")[2] if lines else ""
    said = f"{told[2] if told is not None else ''} {comment}"
    return re.search(table("shortening")["unclear"]["help"], said) is not None


def _is_long(text: str | None, value: str) -> bool:
    """Whether a run is worth making shorter: fifty steps are a trial already, or no steps of a training."""
    return _is_above(text, value if value == "1" else str(_WORTH * float(value)))


def _is_above(text: str | None, value: str) -> bool:
    try:
        return text is not None and float(text) > float(value)
    except ValueError:
        return False
