"""The configurations with which the main scripts are started, and what these ask for by name."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from repotriage.models.base import Frozen
from repotriage.models.reading import Command, ConfigFile, EntryPoint, Hyperparameter, Registered
from repotriage.parsing.python import Module
from repotriage.reading.hyperparameters import options
from repotriage.reading.lookup import bases, find_config, is_loose
from repotriage.reading.registries.registration import keyword, text_of

_ENDINGS = (".py", ".yaml", ".yml", ".json")
_OF_OPTIONS = frozenset({"argparse", "absl", "click", "typer", "fire"})
_FAR = 99
_MAX_ASKED = 40
_CHOOSES = re.compile(
    r"(?:\w+[._-])?(?:model|arch|architecture|net|network|loss|criterion|dataset|agent|algo|policy"
    r"|generator|discriminator|netG|netD)(?:[._-]?(?:name|type|arch))?",
    re.IGNORECASE,
)


class HydraStart(Frozen):
    """A script that hydra starts with a configuration: `@hydra.main(config_path="configs", config_name="train")`."""

    path: str
    config: str


def hydra_starts(module: Module) -> Iterator[HydraStart]:
    """The configuration of a script, as a path of the repository."""
    for call, dotted in module.calls():
        if dotted == "hydra.main":
            written = keyword(call, "config_path")
            folder = text_of(written)
            name = text_of(keyword(call, "config_name"))
            if name:
                # `config_path=str(ROOT / "conf")`: from the root, or wherever a path ends so
                beside = "" if folder is None and written is not None else posixpath.dirname(module.path)
                folder = folder or "/".join(_texts(written))
                stem = posixpath.join(beside, folder.strip("/") if not beside else folder, name.removesuffix(".yaml"))
                yield HydraStart(path=module.path, config=posixpath.normpath(f"{stem}.yaml"))


def _texts(node: ast.expr | None) -> Iterator[str]:
    """The texts that an expression is put together of, in order."""
    for one in ast.walk(node) if node is not None else ():
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def main_configs(
    entries: Sequence[EntryPoint],
    commands: Sequence[Command],
    configs: Sequence[ConfigFile],
    starts: Sequence[HydraStart],
    settings: Sequence[Hyperparameter] = (),
) -> tuple[ConfigFile, ...]:
    """The configurations that start the best training and evaluation script, and all that these inherit from.

    Those of the first command that gives some, those of hydra, else those that are the defaults of options.
    """
    chains: dict[str, ConfigFile] = {}
    files = {one.at.path for one in settings if one.source in ("config", "hydra")}
    for entry in entries:
        given = [entry.command] if entry.command is not None else []
        wrappers = {one.at.path for one in commands if one.script == entry.path and one.at.path.endswith(".sh")}
        given += [one for one in commands if one.script == entry.path and one.role == entry.role]
        given += [one for one in commands if one.script in wrappers]
        given += [one for one in commands if one.script == entry.path and one.role != entry.role]
        asked = [[*(word.rpartition("=")[2] for word in command.argv[1:]), *_hydra_names(command)] for command in given]
        asked.append([start.config for start in starts if start.path == entry.path])
        asked.append([one.value or "" for one in settings if one.at.path == entry.path and one.source in _OF_OPTIONS])
        hydra = any(start.path == entry.path for start in starts)
        groups = [
            word.lstrip("+").replace("=", "/") for command in given[:1] for word in command.argv[1:] if "=" in word
        ]
        chosen = [one for word in groups if hydra and (one := find_config(configs, word)) is not None]
        for words in asked:
            found = [one for word in words if word != entry.path and (one := _config(configs, files, word, entry.path))]
            if found:
                chosen += found
                break
        for first in chosen:
            for one in bases(configs, first):
                chains.setdefault(one.path, one)
    return tuple(chains.values())


def _hydra_names(command: Command) -> Iterator[str]:
    """The file of `--config-name train` and `-cn train`."""
    for word, following in zip(command.argv, (*command.argv[1:], ""), strict=False):
        option, equals, value = word.partition("=")
        if option in ("--config-name", "-cn"):
            yield (value if equals else following).removesuffix(".yaml") + ".yaml"


def _config(configs: Sequence[ConfigFile], files: set[str], word: str, script: str) -> ConfigFile | None:
    """The configuration that a word of a command names, from the root or beside the script."""
    if not word.endswith(_ENDINGS):
        return None
    known = find_config(configs, word)
    for folder in ("", posixpath.dirname(script)):
        path = posixpath.normpath(posixpath.join(folder, word))
        if known is None and path in files:
            known = ConfigFile(path=path)  # names no classes, but settings
    return known


def named_by_options(
    entries: Sequence[EntryPoint], commands: Sequence[Command], settings: Sequence[Hyperparameter]
) -> tuple[str, ...]:
    """What options of the best scripts choose by name: `--arch resnet50` of the first command, else the default."""
    chosen: dict[str, str] = {}
    for entry in entries:
        shown = [one for one in commands if one.script == entry.path]
        for name, value in options(entry.command or (shown[0] if shown else None)):
            if _CHOOSES.fullmatch(name):
                chosen.setdefault(name.replace("-", "_"), value)
    for one in settings:
        if one.value and _CHOOSES.fullmatch(one.name):
            chosen.setdefault(one.name.replace("-", "_"), one.value)
    return tuple(dict.fromkeys(chosen.values()))


def asked_by(
    configs: Sequence[ConfigFile],
    registered: Sequence[Registered],
    named: Sequence[str] = (),
    distance: Mapping[str, int] | None = None,
) -> tuple[Registered, ...]:
    """The classes and functions that options and configurations ask for by name, each once.

    `distance` counts the imports from the main scripts: of registries of one name theirs is asked.
    """
    by_name: dict[str, Registered] = {}
    near = distance or {}

    def order(one: Registered) -> tuple[bool, bool, int]:
        place = (one.via or (one.at,))[-1]
        return one.symbol != one.name, is_loose(one), near.get(place.path, _FAR)

    for one in sorted(registered, key=order):
        by_name.setdefault(one.name, one)
    names = dict.fromkeys((*named, *(name for config in configs for name, _ in config.names)))
    return tuple(by_name[name] for name in names if name in by_name)[:_MAX_ASKED]
