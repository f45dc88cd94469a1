"""Hyperparameters that are given different values: the code's default, the README's command, a configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from repotriage.models.location import Location
from repotriage.models.reading import Command, Difference, EntryPoint, Hyperparameter
from repotriage.reading.symbols import SymbolTable

_DEFAULTS = frozenset({"argparse", "click", "typer", "absl", "fire", "dataclass", "constant"})
# Not settings of the method: where things are and what the machine has.
_PLACES = re.compile(
    r"(?:^|[_.-])(?:dir|path|paths|root|file|folder|out|output|output_dir|name|gpu|gpus|gpu_ids?|device|devices|port|host|resume|ckpt|"
    r"checkpoint|weights?|log_?dir|logdir|save|exp|experiment|tag|url|workers|num_workers|config|cfg|prompt|input|image|data|rank|"
    r"nproc_per_node|world_size|gpu_ranks|launcher|legend|keys|title|nnodes|master_addr|master_port|eval|wandb|project|run_name|model_?id|load|id|local_rank)(?:$|[_.-])",
    re.IGNORECASE,
)
_AMOUNTS = re.compile(r"(?:height|width|size|dim|dims|length|channels|steps)$", re.IGNORECASE)  # `input_height`
_WIRING = re.compile(r"^(?:defaults|hydra)\.|(?:^|\.)_\w+_$")  # which files and classes a configuration is made of
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
) -> tuple[Hyperparameter, ...]:
    """The settings of the best training and evaluation scripts: their own, then those of files that they import.

    `distance` counts the imports from those scripts. Each name once, the nearest definition of it. Last come the
    settings of the configurations with which they are started, nearest first, each full name once.
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
    settings: dict[str, Hyperparameter] = {}
    for one in given:
        settings.setdefault(one.name, one)
    given_by = {_key(name) for name in settings}
    kept_defaults = (one for key, one in nearest.items() if one.source != "config" or key not in given_by)
    return (*kept_defaults, *settings.values())


def _is_setting(one: Hyperparameter) -> bool:
    """Whether a constant of a module of settings is one, and no list of files, names or addresses."""
    return one.value is not None and len(one.value) <= _LONGEST and "://" not in one.value


def differences(
    found: Sequence[Hyperparameter], commands: Sequence[Command], names: SymbolTable
) -> tuple[Difference, ...]:
    """Settings whose documented commands give another value than the code's default.

    A command is held against the nearest default of the file that it starts or of what that imports.
    """
    defaults: dict[str, list[Hyperparameter]] = {}
    for one in found:
        if one.source in _DEFAULTS and one.value is not None:
            defaults.setdefault(_key(one.name), []).append(one)
    scripts = {command.at: command.script for command in commands if command.script is not None}
    reached: dict[str, dict[str, int]] = {}
    made: dict[Location, dict[str, Hyperparameter]] = {}
    of: dict[Location, Hyperparameter] = {}
    for one in found:
        script = scripts.get(one.at)
        if one.source != "command" or script is None or not _plain(one.value) or _PLACES.search(one.name):
            continue
        if script not in reached:
            reached[script] = names.reached([script])
        near = reached[script]
        candidates = [default for default in defaults.get(_key(one.name), ()) if default.at.path in near]
        if not candidates:
            continue
        default = min(candidates, key=lambda default: near[default.at.path])
        if not same_value(one.value, default.value):
            of[default.at] = default
            made.setdefault(default.at, {}).setdefault(one.value or "", one)
    return tuple(
        Difference(name=of[at].name, values=(of[at], *list(others.values())[:_VALUES_SHOWN]))
        for at, others in list(made.items())[:_MAX]
    )


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
