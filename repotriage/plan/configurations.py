"""The configurations that a command reads: those that it names, their bases, and the groups of hydra."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence

from repotriage.models.base import CleanStr, Frozen
from repotriage.models.snapshot import Snapshot
from repotriage.models.study import Study
from repotriage.plan.commands import change_of_folder
from repotriage.plan.runs import Run

_ENDINGS = (".yaml", ".yml", ".py", ".json", ".toml", ".gin")
_HYDRA = re.compile(r"hydra\.main\s*\(([^)]{0,400})\)")
_STRING = r"\s*=\s*[\"']([^\"']{0,200})[\"']"
_ITEM = re.compile(r"\s*-\s+(?:override\s+)?/?([\w./]+)(?:@([\w.]+))?(?:\s*:\s*[\"']?([\w./-]+)[\"']?)?\s*(?:#.*)?$")
_IMPORT = re.compile(r"^\s*(?:from\s+(\.*[\w.]*)\s+import\s+\(?([\w, ]+)|import\s+([\w., ]+))", re.MULTILINE)
_SETTINGS = re.compile(r"conf|default|option|param", re.IGNORECASE)
_QUOTED = re.compile(r"[\"']([\w./-]{3,120}\.(?:ya?ml|json|toml))[\"']")
_MAX = 40


class Config(Frozen):
    """A file that sets values, and what stands before its keys on a command line."""

    path: CleanStr
    group: CleanStr = ""


def configs_of(study: Study, run: Run) -> tuple[Config, ...]:
    """The configurations that `run` reads, those that decide first; at most 40."""
    snapshot = study.snapshot
    bases = {one.path: one.bases for one in study.reading.configs}
    words = [word for command in (run.command, run.inner) if command is not None for word in command.argv]
    folder = change_of_folder(run.command, snapshot) if run.command is not None else ""
    found: dict[str, Config] = {}
    waiting = [Config(path=path) for path in _named(snapshot, words, folder, run)]
    if not waiting and run.main is not None:
        waiting = [Config(path=path) for path in _by_default(study, run.main)]
    while waiting and len(found) < _MAX:
        one = waiting.pop(0)
        if one.path in found or one.path not in snapshot.by_path:
            continue
        found[one.path] = one
        waiting += [Config(path=base) for base in bases.get(one.path, ())]
        if one.path.endswith(".py"):
            waiting += [Config(path=path) for path in imported_configurations(snapshot, one.path)]
    if run.main is not None:
        for one in _of_hydra(snapshot, run.main, words):
            found.setdefault(one.path, one)
    return tuple(found.values())[:_MAX]


def _named(snapshot: Snapshot, words: Iterable[str], folder: str, run: Run) -> Iterator[str]:
    for word in words:
        value = word.partition("=")[2] if word.startswith("--") and "=" in word else word
        if not value.endswith(_ENDINGS):
            continue
        for base in (folder, "", posixpath.dirname(run.main or "")):
            path = posixpath.normpath(posixpath.join(base, value))
            if path in snapshot.by_path and path not in (run.main, run.path):
                yield path
                break


def _by_default(study: Study, main: str) -> Iterator[str]:
    """The configurations that a script reads by itself: defaults of its options, and names in its code."""
    values = [
        one.value or "" for one in study.reading.hyperparameters if one.at.path == main and one.source != "command"
    ]
    values += _QUOTED.findall(study.snapshot.text(main) or "")
    for value in dict.fromkeys(values):
        for base in ("", posixpath.dirname(main)):
            path = posixpath.normpath(posixpath.join(base, value))
            if value.endswith((".yaml", ".yml", ".json", ".toml")) and path in study.snapshot.by_path:
                yield path
                break


def imported_configurations(snapshot: Snapshot, path: str) -> Iterator[str]:
    """The configurations that a Python file imports from, which hold what it does not say itself."""
    return (module for module in imported_files(snapshot, path) if _SETTINGS.search(module))


def imported_files(snapshot: Snapshot, path: str) -> Iterator[str]:
    """The files of the repository that a Python file imports, each at its first import."""
    seen: set[str] = set()
    for source, names, modules in _IMPORT.findall(snapshot.text(path) or ""):
        taken = [name.split(" as ")[0].strip() for name in (names or modules).split(",")]
        whole = source if source.endswith(".") else f"{source}."
        for name in (source, *(f"{whole}{name}" for name in taken)) if source else taken:
            inner = name.lstrip(".").replace(".", "/")
            level = len(source) - len(source.lstrip("."))
            home = posixpath.dirname(path)
            for _ in range(level - 1):
                home = posixpath.dirname(home)
            for base in (home,) if level else ("", home):
                module = posixpath.normpath(posixpath.join(base, f"{inner}.py"))
                if module in snapshot.by_path:
                    if module not in seen:
                        seen.add(module)
                        yield module
                    break


def _of_hydra(snapshot: Snapshot, main: str, words: Sequence[str]) -> Iterator[Config]:
    call = _HYDRA.search(snapshot.text(main) or "")
    if call is None:
        return
    folder = re.search(r"config_path" + _STRING, call[1])
    name = re.search(r"config_name" + _STRING, call[1])
    root = posixpath.normpath(posixpath.join(posixpath.dirname(main), folder[1] if folder else "."))
    root = "" if root == "." else root
    if folder and folder[1].endswith((".yaml", ".yml")):  # hydra before 1.0: the path of the file itself
        first, root = root, posixpath.dirname(root)
    else:
        first = posixpath.join(root, (name[1] if name else "config").removesuffix(".yaml") + ".yaml")
    chosen = {
        left: right for word in words for left, equals, right in [word.lstrip("+").partition("=")] if equals and right
    }
    seen: set[str] = set()
    waiting: list[tuple[str, str | None]] = [(first, None)]
    waiting += [(_file(root, group, option), None) for group, option in chosen.items()]
    while waiting and len(seen) < _MAX:
        path, package = waiting.pop(0)
        text = snapshot.text(path)
        if path in seen or text is None:
            continue
        seen.add(path)
        inside = posixpath.relpath(posixpath.dirname(path) or ".", root or ".")
        everywhere = re.search(r"^#\s*@package\s+_global_", text[:400], re.MULTILINE)
        if package is None:
            package = "" if everywhere or inside == "." else inside.replace("/", ".")
            given = None
        else:
            given = package
        yield Config(path=path, group=package)
        found: list[tuple[str, str | None]] = []
        for group, own, option in _defaults(text):
            value = chosen.get(f"{group}@{own}" if own else group, chosen.get(group, option))
            at = "" if own == "_global_" else own or given
            found.append((_file(root, group, value) if value else _file(posixpath.dirname(path), group, ""), at))
        waiting = [*found, *waiting]


def _file(folder: str, group: str, option: str) -> str:
    return posixpath.join(folder, group, option) + ".yaml" if option else posixpath.join(folder, group) + ".yaml"


def _defaults(text: str) -> Iterator[tuple[str, str | None, str]]:
    """(group, package, option) of the list of defaults; (name, None, "") for a file of the same folder."""
    inside = False
    for line in text.split("\n")[:400]:
        if re.match(r"defaults\s*:", line):
            inside = True
        elif inside and line.strip() and not line.lstrip().startswith(("#", "-")):
            return
        elif inside and (item := _ITEM.match(line[:300])) and item[1] != "_self_":
            yield item[1], item[2], item[3] or ""
