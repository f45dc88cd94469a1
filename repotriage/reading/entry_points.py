"""Where each job of the repository starts, ranked: what a user would run comes first."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from repotriage.models.base import Message, msg
from repotriage.models.location import Location
from repotriage.models.reading import Command, EntryPoint, Role
from repotriage.models.snapshot import Snapshot
from repotriage.reading.commands import role_of_path
from repotriage.reading.python_files import PythonFile
from repotriage.reading.roles import role_of_name, words

ROLES: tuple[Role, ...] = ("train", "evaluate", "inference", "demo", "data", "export")
_MAX_PER_ROLE = 40
_ASIDE = re.compile(
    r"(?:^|/)(?:third[_-]?party|3rd[_-]?party|external|extern|vendor|submodules|node_modules|\.github|ci|docs?)/",
    re.IGNORECASE,
)
_LESS = re.compile(
    r"(?:^|/)(?:tests?|unit_?tests?|examples?|projects?|contrib|experimental|legacy|old|deprecated|baselines?|utils?|misc|others?"
    r"|benchmarks?|research|recipes|scratch|playground|toy)/",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Candidate:
    role: Role
    path: str
    weight: float = 0.0
    reasons: dict[str, Message] = field(default_factory=dict)
    command: Command | None = None
    documented_at: Location | None = None
    line: int | None = None

    def add(self, weight: float, key: str, reason: Message) -> None:
        """Count a reason once, at its first (highest) weight."""
        if key not in self.reasons:
            self.reasons[key] = reason
            self.weight += weight


_Get = Callable[[Role, str], _Candidate]
"""The candidate of a role and path, made when it is new."""


def entry_points(
    snapshot: Snapshot,
    found: Sequence[Command],
    python: Sequence[PythonFile],
    console_scripts: Mapping[str, str],
    document_order: Sequence[str],
) -> tuple[EntryPoint, ...]:
    """Every entry point, by role and rank.

    Commands of the README lead, then those of other documents, then scripts; a file's own
    name and code decide between the rest, and give a role to what no command shows.
    """
    files = {file.path: file for file in python}
    candidates: dict[tuple[Role, str], _Candidate] = {}

    def candidate(role: Role, path: str) -> _Candidate:
        if (role, path) not in candidates:
            one = _Candidate(role, path)
            file = files.get(path)
            one.line = file.main_line if file is not None else None
            candidates[role, path] = one
        return candidates[role, path]

    _from_commands(found, candidate, document_order)
    for name, path in sorted(console_scripts.items()):
        role = role_of_name(name) or role_of_path(path)
        if role in ROLES:
            candidate(role, path).add(8, "console", msg("installed as the command {name}", name=name))
    for file in python:
        _from_code(file, candidate, snapshot.subdir)
    _evaluation_of_training(candidates, files, candidate)
    by_role: dict[Role, list[_Candidate]] = defaultdict(list)
    for one in candidates.values():
        _judge(one, files.get(one.path), snapshot.subdir)
        by_role[one.role].append(one)
    result: list[EntryPoint] = []
    for role in ROLES:
        ranked = sorted(by_role[role], key=lambda one: (-one.weight, one.path.count("/"), _natural(one.path)))
        result.extend(
            EntryPoint(
                role=role,
                path=one.path,
                line=one.line,
                command=one.command,
                documented_at=one.documented_at,
                rank=rank,
                weight=round(one.weight, 2),
                reasons=tuple(one.reasons.values()),
            )
            for rank, one in enumerate(ranked[:_MAX_PER_ROLE], 1)
        )
    return tuple(result)


def _natural(path: str) -> tuple[tuple[int, int, str], ...]:
    """`2.x` before `10.x`."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", path) if part)


def _from_commands(found: Sequence[Command], candidate: _Get, document_order: Sequence[str]) -> None:
    order = {path: index for index, path in enumerate(document_order)}
    seen: dict[Role, int] = defaultdict(int)
    for command in found:
        if command.script is None or command.role not in ROLES or _ASIDE.search(command.script):
            continue
        one = candidate(command.role, command.script)
        place = order.get(command.at.path)
        if place is None:
            one.add(14, "script", msg("started by {path}", path=command.at.path))
        else:
            first = "documented" not in one.reasons
            position = seen[command.role] if first else 0
            seen[command.role] += first
            base = 40 if place == 0 else 34 if place == 1 else 26
            if first and one.documented_at is None:
                one.documented_at = command.at
            one.add(
                max(base - 2 * position, base - 10),
                "documented",
                msg("{path} line {line} shows the command", path=command.at.path, line=command.at.line),
            )
        if one.command is None or (place is not None and one.command.at.path not in order):
            one.command = command


def _from_code(file: PythonFile, candidate: _Get, subdir: str) -> None:
    """Give a role to a file that can be started, by its name, else by what it does."""
    if _ASIDE.search(file.path) or (subdir and not file.path.startswith(f"{subdir}/")):
        return
    startable = file.guarded or bool(file.clis) or (file.main_line is not None and file.functions + file.classes < 60)
    if not startable and not (file.notebook and file.code_lines):
        return
    role = role_of_path(file.path)
    stem = posixpath.splitext(posixpath.basename(file.path))[0]
    if (
        role == "test"
        or (file.test_functions > 1 and re.match(r"tests?_", stem))
        or stem in ("setup", "conftest", "__init__")
    ):
        return
    trains, evaluates = file.trains + file.named_trains, file.evaluates + file.named_evaluates
    if role is None or role not in ROLES:
        if trains:
            role = "train"
        elif evaluates and file.loads:
            role = "evaluate"
        elif file.loads:
            role = "inference"
    if role in ROLES:
        candidate(role, file.path)


def _evaluation_of_training(
    candidates: Mapping[tuple[Role, str], _Candidate], files: Mapping[str, PythonFile], candidate: _Get
) -> None:
    """Training scripts that evaluate too: where nothing else evaluates, they are what does."""
    for (role, path), one in list(candidates.items()):
        file = files.get(path)
        if role != "train" or file is None or ("evaluate", path) in candidates:
            continue
        if file.evaluates + file.named_evaluates:
            other = candidate("evaluate", path)
            other.add(-22, "while", msg("it evaluates while it trains"))
            other.documented_at = None
            if "documented" in one.reasons:
                other.add(9, "its training", msg("its training is documented"))


def _judge(one: _Candidate, file: PythonFile | None, subdir: str) -> None:
    """Count what name, place and code say for a candidate."""
    inside = one.path[len(subdir) + 1 :] if subdir and one.path.startswith(f"{subdir}/") else one.path
    stem = posixpath.splitext(posixpath.basename(one.path))[0]
    parts = words(stem)
    if role_of_name(stem) == one.role:
        one.add(12 if len(parts) == 1 else 8, "name", msg("its name says so"))
    elif stem.lower() in ("main", "run", "__main__", "cli"):
        one.add(5, "main", msg("its name is that of a main program"))
    depth = inside.count("/")
    if depth == 0:
        one.add(6, "root", msg("it stands at the top of the repository"))
    else:
        one.weight -= 2 * min(depth, 4)
    if _LESS.search(inside):
        one.weight -= 5
    if file is None:
        return
    if file.guarded or file.clis:
        one.add(5, "start", msg("it is made to be started"))
    if file.notebook and one.documented_at is None:
        one.weight -= 4
    if one.role == "train" and file.trains:
        one.add(9, "code", msg("its code trains: {n} calls", n=file.trains))
    elif one.role == "train" and file.named_trains:
        one.add(6, "code", msg("it calls functions that train"))
    elif one.role == "evaluate" and file.evaluates:
        one.add(6, "code", msg("its code evaluates: {n} calls", n=file.evaluates))
    elif one.role == "evaluate" and file.named_evaluates:
        one.add(4, "code", msg("it calls functions that evaluate"))
    if one.role in ("evaluate", "inference", "demo") and file.loads:
        one.add(4, "loads", msg("it loads weights"))
