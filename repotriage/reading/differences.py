"""Hyperparameters that are given different values: the code's default, the README's command, a configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from types import MappingProxyType

from repotriage.models.location import Location
from repotriage.models.reading import Command, Difference, EntryPoint, Hyperparameter
from repotriage.reading.hyperparameters import flags, options
from repotriage.reading.symbols import SymbolTable

_DEFAULTS = frozenset({"argparse", "click", "typer", "absl", "fire", "dataclass", "constant"})
# Not settings of the method: where things are and what the machine has.
_PLACES = re.compile(
    r"(?:^|[_.-])(?:dir|path|paths|root|file|folder|out|output|output_dir|name|gpu|gpus|gpu_ids?|device|devices|port|host|resume|ckpt|"
    r"checkpoint|weights?|log_?dir|logdir|save|exp|experiment|tag|url|workers|num_workers|config|cfg|prompt|input|image|data|rank|"
    r"nproc_per_node|world_size|gpu_ranks|launcher|legend|keys|title|nnodes|master_addr|master_port|eval|wandb|project|(?:run|exp)_?name|model_?id|load|id|local_rank)(?:$|[_.-])",
    re.IGNORECASE,
)
_AMOUNTS = re.compile(  # `input_height`, `weight_decay`, `loss_weight`
    r"(?:height|width|size|dim|dims|length|channels|steps|episodes|weight_decay)$|(?:loss|class|kl|reg|aux|dice|mask|l1|l2)\w*[_.-]weights?$",
    re.IGNORECASE,
)
_WIRING = re.compile(r"^(?:defaults|hydra)\.|(?:^|\.)_\w+_$")  # which files and classes a configuration is made of
_TRUTH = frozenset({"true", "false", "0", "1", "yes", "no", "none"})
_MAX = 80
_VALUES_SHOWN = 6
_LONGEST = 80
_OF_CODE = 3  # imports from a main script within which its settings are defined


def is_place(name: str) -> bool:
    """Whether a setting only says where things are, what they are called or what the machine has."""
    return _PLACES.search(name) is not None and not _AMOUNTS.search(name)


def main_hyperparameters(
    found: Sequence[Hyperparameter],
    entries: Sequence[EntryPoint],
    distance: Mapping[str, int],
    configs: Sequence[str] = (),
    commands: Sequence[Command] = (),
) -> tuple[Hyperparameter, ...]:
    """The settings of the best training and evaluation scripts: their own, then those of files that they import.

    `distance` counts the imports from those scripts. Each name once, the nearest definition of it. Last come the
    settings of the configurations with which they are started, nearest first, each full name once, and what the
    documented command gives to options of a library (`--num_train_epochs 3` of `TrainingArguments`).
    """
    main = [entry.path for entry in entries]
    near = dict.fromkeys(main, 0) | {path: hops for path, hops in distance.items() if hops <= _OF_CODE}
    # Python modules of settings are imported like other code: `_C.SOLVER.LR = 0.1`
    inside = [
        one
        for one in found
        if one.at.path in near
        and one.at.path not in configs
        and (one.source in _DEFAULTS or (one.source == "config" and one.at.path.endswith(".py") and _is_setting(one)))
    ]
    inside.sort(key=lambda one: (near[one.at.path], main.index(one.at.path) if one.at.path in main else 0))
    nearest: dict[str, Hyperparameter] = {}
    for one in inside:
        kept = nearest.get(_key(one.name))
        if kept is None or (kept.value is None and one.value is not None):
            nearest[_key(one.name)] = one
    place = {path: number for number, path in enumerate(configs)}
    given = [one for one in found if one.source in ("config", "hydra") and one.at.path in place]
    given = [one for one in given if not _WIRING.search(one.name)]
    given.sort(key=lambda one: place[one.at.path])
    # groups of hydra share no names: `hidden_dim` of the encoder is not that of the decoder
    groups = any(one.source == "hydra" for one in given)
    settings: dict[tuple[str, str], Hyperparameter] = {}
    for one in given:
        settings.setdefault((one.at.path.rpartition("/")[0] if groups else "", one.name), one)
    given_by = {_key(name) for _, name in settings}
    kept_defaults = (one for key, one in nearest.items() if one.source != "config" or key not in given_by)
    shown = (*kept_defaults, *settings.values())
    return (*shown, *_of_libraries(entries, commands, {_last(one.name) for one in shown}))


def _of_libraries(
    entries: Sequence[EntryPoint], commands: Sequence[Command], known: Set[str]
) -> Iterator[Hyperparameter]:
    """What the first documented command of each script sets of options that no file here defines."""
    for entry in entries:
        command = entry.command if entry.command is not None and entry.command.script == entry.path else None
        command = command or next((one for one in commands if one.script == entry.path), None)
        if command is None:
            continue
        for name, value in options(command):
            if _last(name) not in known and _plain(value) and not is_place(name) and not _WIRING.search(name):
                known |= {_last(name)}
                yield Hyperparameter(name=name[:120], value=value[:300], source="command", at=command.at)


def _last(name: str) -> str:
    """`lr` of `optim.lr`: how a command may name a setting of a configuration."""
    return _key(name.rpartition(".")[2])


def _is_setting(one: Hyperparameter) -> bool:
    """Whether a constant of a module of settings is one, and no list of files, names or addresses."""
    return one.value is not None and len(one.value) <= _LONGEST and "://" not in one.value


def differences(
    found: Sequence[Hyperparameter],
    commands: Sequence[Command],
    names: SymbolTable,
    main: Sequence[Hyperparameter] = (),
    configs: Sequence[str] = (),
    distance: Mapping[str, int] = MappingProxyType({}),
) -> tuple[Difference, ...]:
    """Settings whose documented commands or main configurations give another value than the code's default.

    A command is held against the nearest default of the file that it starts or of what that imports, else against
    the `main` settings of the configurations; a configuration (`configs`, nearest first) against the code's default
    of the same name, in files within a few imports (`distance`) of a main script, and against what it inherits.
    """
    defaults: dict[str, list[Hyperparameter]] = {}
    for one in found:
        if one.source in _DEFAULTS and one.value is not None:
            defaults.setdefault(_key(one.name), []).append(one)
    reached: dict[str, dict[str, int]] = {}
    made: dict[Location, dict[str, Hyperparameter]] = {}
    of: dict[Location, Hyperparameter] = {}

    def differs(default: Hyperparameter, other: Hyperparameter) -> None:
        if not same_value(other.value, default.value):
            of[default.at] = default
            made.setdefault(default.at, {}).setdefault(other.value or "", other)

    given = {_key(name): one for one in main if one.at.path in configs for name in _names(one)}
    for command in commands:
        script = command.script
        if script is None or command.role not in ("train", "evaluate", "inference"):
            continue
        if script not in reached:
            reached[script] = names.reached([script])
        near = reached[script]
        for name, value in (*options(command), *flags(command)):
            if is_place(name):
                continue
            candidates = [default for default in defaults.get(_key(name), ()) if default.at.path in near]
            default = min(candidates, key=lambda one: near[one.at.path], default=given.get(_key(name)))
            if default is not None and (told := _told(value, default)) is not None:
                differs(default, Hyperparameter(name=name[:120], value=told, source="command", at=command.at))
    for default, other in _overridden(found, main, configs, distance):
        differs(default, other)
    return tuple(
        Difference(name=of[at].name, values=(of[at], *list(others.values())[:_VALUES_SHOWN]))
        for at, others in list(made.items())[:_MAX]
    )


def _names(one: Hyperparameter) -> tuple[str, ...]:
    """How a command may name a setting of a configuration: with the group of hydra whose file it is in, too."""
    group = one.at.path.rpartition("/")[0].rpartition("/")[2]
    return (f"{group}.{one.name}", one.name) if one.source == "hydra" else (one.name,)


def _told(value: str, default: Hyperparameter) -> str | None:
    """The value that a command gives; a switch (`--amp`) turns its default, whatever word follows it."""
    if default.value in ("True", "False") and default.source in ("argparse", "click") and value.lower() not in _TRUTH:
        return "False" if default.value == "True" else "True"
    if (default.value or "").startswith("[") and f"{value!r}" in (default.value or ""):
        return None  # the first of several words, which the default has, too
    return value[:300] if value and _plain(value) and not value.endswith(".sh") else None


def _overridden(
    found: Sequence[Hyperparameter],
    main: Sequence[Hyperparameter],
    configs: Sequence[str],
    distance: Mapping[str, int],
) -> Iterator[tuple[Hyperparameter, Hyperparameter]]:
    """(default, other): what the main configurations give otherwise than the code, or than what they inherit."""
    if any(one.source == "hydra" for one in main):
        return  # its groups share no names
    given = {one.name: one for one in main if one.at.path in configs and one.value is not None}
    place = {path: number for number, path in enumerate(configs)}
    ours = {path for path, hops in distance.items() if hops <= _OF_CODE} - set(configs)
    for one in found:
        other = given.get(one.name)
        if other is None or one.value is None or (is_place(one.name) and not _chooses(one)):
            continue
        of_code = one.at.path in ours and (one.source in _DEFAULTS or ("." in one.name and one.source == "config"))
        if of_code or place.get(one.at.path, -1) > place[other.at.path]:
            yield one, other


def _chooses(one: Hyperparameter) -> bool:
    """Whether a setting chooses a class by its name: `MODEL.ENCODER.NAME: "Encoder"`."""
    return re.search(r"[._](?:name|type)$", one.name, re.IGNORECASE) is not None and (one.value or "").isidentifier()


def _key(name: str) -> str:
    return name.lower().replace("-", "_").lstrip("_")


def _plain(value: str | None) -> bool:
    """Whether a command gives a value and not a place to fill in (`<gpu_id>`, `$LR`, `{lr}`)."""
    return value is not None and not re.search(r"[<>${}\[\]]|^\.\.\.$|^…$|^/|^YOUR|^-[a-zA-Z]", value)


def same_value(first: str | None, second: str | None) -> bool:
    """Whether two values as written are the same: as numbers where both are, else as words."""
    if first is None or second is None:
        return first == second
    try:
        return float(first) == float(second)
    except ValueError:
        return first.strip("'\"").lower() == second.strip("'\"").lower()
