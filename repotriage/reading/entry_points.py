"""Where each job of the repository starts, ranked: what a user would run comes first."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from repotriage.models.base import Message, msg
from repotriage.models.location import Location
from repotriage.models.reading import Command, EntryPoint, Role
from repotriage.models.snapshot import Snapshot
from repotriage.reading.commands import role_of_path
from repotriage.reading.python_files import PythonFile
from repotriage.reading.roles import evaluates_too, is_library_name, name_evaluates_too, role_of_name, words

ROLES: tuple[Role, ...] = ("train", "evaluate", "inference", "demo", "data", "export")
_MAX_PER_ROLE = 40
_ASIDE = re.compile(
    r"(?:^|/)(?:third[_-]?party|3rd[_-]?party|external|extern|vendor|submodules|node_modules|\.github|ci|docs?)/",
    re.IGNORECASE,
)
_DOCUMENTATION = re.compile(r"docs?/", re.IGNORECASE)
_MAX_NAMESAKES = 4
_LATER_FOLDER = 20  # all that one folder offers comes before what the next one has under the same names
_VERBS = frozenset({"train", "test", "eval", "evaluate", "validate", "val", "infer", "inference", "predict", "demo"})
_EVALUATES_TOO = 15.0  # weighs more than a notebook or a helper that nothing documents, less than an evaluation script
_LESS = re.compile(
    r"(?:^|/)(?:tests?|unit_?tests?|examples?|projects?|contrib|experimental|legacy|old|deprecated|baselines?|utils?|misc|others?"
    r"|benchmarks?|research|recipes|scratch|playground|toy)/",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Candidate:
    role: Role
    path: str
    line: int | None
    weight: float = 0.0
    reasons: dict[str, Message] = field(default_factory=dict)
    command: Command | None = None
    documented_at: Location | None = None

    def add(self, weight: float, key: str, reason: Message) -> None:
        """Count a reason once, at its first (highest) weight."""
        if key not in self.reasons:
            self.reasons[key] = reason
            self.weight += weight


def entry_points(
    snapshot: Snapshot,
    shown: Sequence[Command],
    named: Sequence[tuple[str, Location, Role | None]],
    python: Sequence[PythonFile],
    console_scripts: Mapping[str, str],
    document_order: Sequence[str],
) -> tuple[EntryPoint, ...]:
    """Every entry point, by role and rank.

    Commands (`shown`) of the README lead, then those of other documents, then what documents
    name (`named`), then what scripts start; a file's own name and code decide between the
    rest, and give a role to what no command shows.
    """
    return _Ranking(snapshot, python, document_order).run(shown, named, console_scripts)


class _Ranking:
    def __init__(self, snapshot: Snapshot, python: Sequence[PythonFile], document_order: Sequence[str]) -> None:
        self._subdir = snapshot.subdir
        self._files = {file.path: file for file in python}
        self._order = {path: index for index, path in enumerate(document_order)}
        self._scripts = [file.path for file in snapshot.inside() if file.path.endswith((".sh", ".bash"))]
        self._projects = {
            file.path.rpartition("/")[0]
            for file in snapshot.files
            if "/" in file.path and file.path.endswith(("/setup.py", "/pyproject.toml"))
        } - {snapshot.subdir}
        # Projects that lie inside this one bring their own programs; where all code is in such, they are this one's.
        own = [path for path in self._files if not any(path.startswith(f"{folder}/") for folder in self._projects)]
        self._others = self._projects if own else set()
        self._candidates: dict[tuple[Role, str], _Candidate] = {}
        self._started: dict[tuple[Role, str], set[str]] = defaultdict(set)  # what scripts start it
        self._both: dict[str, list[Command]] = defaultdict(list)  # script → commands that train and evaluate with it

    def run(
        self,
        shown: Sequence[Command],
        named: Sequence[tuple[str, Location, Role | None]],
        console_scripts: Mapping[str, str],
    ) -> tuple[EntryPoint, ...]:
        self._from_commands(shown)
        self._from_names(named)
        for name, path in sorted(console_scripts.items()):
            role = role_of_name(name) or role_of_path(path)
            if role in ROLES:
                self._candidate(role, path).add(8, "console", msg("installed as the command {name}", name=name))
        self._from_code()
        for one in self._candidates.values():
            self._judge(one)
        self._documented_scripts_first()
        self._evaluation_of_training()
        result: list[EntryPoint] = []
        for role in ROLES:
            ranked = sorted(
                (one for one in self._candidates.values() if one.role == role),
                key=lambda one: (-one.weight, one.path.count("/"), _natural(one.path)),
            )
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

    def _candidate(self, role: Role, path: str) -> _Candidate:
        if (role, path) not in self._candidates:
            file = self._files.get(path)
            self._candidates[role, path] = _Candidate(role, path, file.main_line if file is not None else None)
        return self._candidates[role, path]

    def _is_of_other(self, path: str, shown_at: str) -> bool:
        """A program of a project inside this one, which only that project's own files show."""
        return any(path.startswith(f"{folder}/") and shown_at.startswith(f"{folder}/") for folder in self._others)

    def _standing(self, document: str) -> int:
        """What a document's word weighs: the target's README most, READMEs of other folders least."""
        place = self._order[document]
        folder, _, name = document.rpartition("/")
        if place == 0:
            return 40
        if folder in ("", self._subdir):
            return 34
        if folder.partition("/")[0].lower() in ("docs", "doc"):
            return 30
        return 26 if name.lower().startswith("readme") else 22

    def _from_commands(self, shown: Sequence[Command]) -> None:
        position: dict[tuple[Role, str], int] = defaultdict(int)
        leading: dict[str, int] = {}  # what documents start, with what the best of them weighs
        for command in shown:
            if command.script is not None and command.at.path in self._order:
                leading[command.script] = max(leading.get(command.script, 0), self._standing(command.at.path))
        for command in shown:
            if command.script is None or command.role not in ROLES or _ASIDE.search(command.script):
                continue
            if self._is_of_other(command.script, command.at.path):
                continue
            one = self._candidate(command.role, command.script)
            if command.at.path not in self._order:
                self._started[command.role, command.script].add(command.at.path)
                one.add(
                    12 + leading.get(command.at.path, 0) / 4, "script", msg("started by {path}", path=command.at.path)
                )
            else:
                later = position[command.role, command.at.path]
                shows = msg("{path} line {line} shows the command", path=command.at.path, line=command.at.line)
                weight = self._standing(command.at.path) - min(2 * later, 10)
                if "documented" not in one.reasons:
                    position[command.role, command.at.path] += 1
                    one.documented_at = command.at
                one.add(weight, "documented", shows)
                for path in self._namesakes(command):
                    other = self._candidate(command.role, path)
                    other.documented_at = other.documented_at or command.at
                    other.add(weight - _LATER_FOLDER, "documented", shows)
            if one.command is None:
                one.command = command
            stem = posixpath.splitext(posixpath.basename(command.script))[0]
            if command.role == "train" and (evaluates_too(command.argv[1:]) or name_evaluates_too(stem)):
                self._both[command.script].append(command)

    def _namesakes(self, command: Command) -> list[str]:
        """The other files that a bare name means where a document speaks of several folders that each have it."""
        folder, _, name = (command.script or "").rpartition("/")
        beside = posixpath.dirname(folder)
        if not folder or name not in command.argv or beside != posixpath.dirname(command.at.path):
            return []
        same = [
            path
            for path in (*self._files, *self._scripts)
            if path.endswith(f"/{name}") and posixpath.dirname(posixpath.dirname(path)) == beside
        ]
        return [path for path in same if path != command.script] if len(same) <= _MAX_NAMESAKES else []

    def _from_names(self, named: Sequence[tuple[str, Location, Role | None]]) -> None:
        """A document names the file, without a command."""
        for path, at, role in named:
            if self._is_of_other(path, at.path):
                continue
            if role is None or role not in ROLES or not self._can_start(path):
                continue
            # Notebooks that show how to use a model may stand in the documentation.
            if _ASIDE.search(path) and not (path.endswith(".ipynb") and _DOCUMENTATION.match(path)):
                continue
            one = self._candidate(role, path)
            if "documented" not in one.reasons:
                if one.documented_at is None:
                    one.documented_at = at
                # A library's README names the examples that train, without a command.
                share = 0.75 if role == "train" and self._order[at.path] == 0 else 0.5
                one.add(
                    self._standing(at.path) * share,
                    "named",
                    msg("{path} line {line} names it", path=at.path, line=at.line),
                )

    def _can_start(self, path: str) -> bool:
        """Whether a file is made to be started, rather than imported or collected by a test runner."""
        file = self._files.get(path)
        if file is None:
            return path.endswith((".sh", ".bash", ".py"))
        stem = posixpath.splitext(posixpath.basename(path))[0]
        if stem in ("setup", "conftest", "__init__") or (file.test_functions and re.match(r"test_|.*_test$", stem)):
            return False
        if file.notebook:
            return file.code_lines > 0
        if file.guarded or file.clis:
            return True
        if file.main_line is None:  # `test.py` that `main.py` calls; `sampling.py` is a part
            return stem in _VERBS and path.rpartition("/")[0] == self._subdir
        return not is_library_name(stem) and path.count("/") <= 2

    def _from_code(self) -> None:
        """Give a role to each file that can be started, by its name, else by what it does."""
        inside = f"{self._subdir}/" if self._subdir else ""
        for path in (*self._files, *self._scripts):
            if _ASIDE.search(path) or not path.startswith(inside) or not self._can_start(path):
                continue
            if any(path.startswith(f"{project}/") for project in self._others):
                continue
            file = self._files.get(path)
            role = role_of_path(path)
            if role == "test":
                # `TCN/mnist_pixel/pmnist_test.py` is called a test and is the experiment
                role = file.does if file is not None and file.trains and (file.guarded or file.clis) else None
                if role is not None:
                    self._candidate(role, path)
                continue
            own = role_of_name(posixpath.splitext(posixpath.basename(path))[0])
            if file is not None and (
                own not in ROLES
                or (file.notebook and ((file.trains and own == "inference") or (own == "train" and file.does)))
            ):
                role = file.does or role  # what it does says more than its folder
            if role == "data" and file is not None and not (file.guarded or file.clis):
                continue  # `datasets.py` is imported; only what is made to be started prepares data
            if role in ROLES and (file is not None or path.count("/") <= 2):
                self._candidate(role, path)

    def _documented_scripts_first(self) -> None:
        """A documented script goes before what it starts and nothing else shows: the reader is told to run it."""
        for (role, path), starters in self._started.items():
            started = self._candidates.get((role, path))
            if started is None or started.documented_at is not None:
                continue
            for starter in starters:
                one = self._candidates.get((role, starter))
                if one is not None and "documented" in one.reasons and one.weight <= started.weight:
                    one.weight = started.weight + 0.5 + one.weight / 1000  # several of them keep their order

    def _evaluation_of_training(self) -> None:
        """The main training scripts, if they evaluate too: where nothing else evaluates, they are what does."""
        best = max((one.weight for one in self._candidates.values() if one.role == "train"), default=0.0)
        for (role, path), one in list(self._candidates.items()):
            file = self._files.get(path)
            told = self._both.get(path)
            main = one.weight >= best - 5 or (told and "documented" in one.reasons)
            if role != "train" or ("evaluate", path) in self._candidates or not main:
                continue
            parts = (file, *self._imported(file)) if file is not None else ()
            if told or any(one.evaluates + one.infers + one.named_evaluates + one.own_evaluates for one in parts):
                other = self._candidate("evaluate", path)
                other.add(_EVALUATES_TOO + one.weight - best, "while", msg("it evaluates while it trains"))
                if told:
                    other.weight += _EVALUATES_TOO  # its command says so
                    other.command, other.documented_at = self._shown(told)

    def _shown(self, told: Sequence[Command]) -> tuple[Command, Location | None]:
        """The command of these that documents show, by itself or by the script that holds it; else the first."""
        for command in told:
            if command.at.path in self._order:
                return command, command.at
        for command in told:
            script = self._candidates.get(("train", command.at.path))
            if script is not None and script.command is not None and script.documented_at is not None:
                return script.command, script.documented_at
        return told[0], None

    def _imported(self, file: PythonFile) -> list[PythonFile]:
        """The project's files that a file imports directly."""
        home = posixpath.dirname(file.path)
        found: list[PythonFile] = []
        for name in file.imports:
            level = len(name) - len(name.lstrip("."))
            base = posixpath.normpath(posixpath.join(home, *[".."] * (level - 1))) if level > 1 else home
            inner = name.lstrip(".").replace(".", "/")
            for folder in (base, self._subdir, ""):
                other = self._files.get(posixpath.normpath(posixpath.join(folder, f"{inner}.py")))
                if other is not None:
                    found.append(other)
                    break
        return found

    def _judge(self, one: _Candidate) -> None:
        """Count what name, place and code say for a candidate."""
        path = one.path
        inside = path[len(self._subdir) + 1 :] if self._subdir and path.startswith(f"{self._subdir}/") else path
        stem = posixpath.splitext(posixpath.basename(path))[0]
        if role_of_name(stem) == one.role:
            one.add(12 if len(words(stem)) == 1 else 8, "name", msg("its name says so"))
        elif stem.lower() in ("main", "run", "__main__", "cli"):
            one.add(5, "main", msg("its name is that of a main program"))
        depth = inside.count("/")
        if depth == 0:
            one.add(6, "root", msg("it stands at the top of the repository"))
        else:
            one.weight -= 2 * min(depth, 4)
        at = one.documented_at
        led_to = at is not None and self._order.get(at.path) == 0
        if _LESS.search(inside) and not led_to:
            one.weight -= 5
        if not led_to and any(path.startswith(f"{project}/") for project in self._projects):
            one.weight -= 12  # a project of its own that lies inside this one
        file = self._files.get(path)
        if file is None:
            return
        if file.guarded or file.clis:
            one.add(5, "start", msg("it is made to be started"))
        if file.notebook and (one.documented_at is None or one.role in ("train", "evaluate")):
            one.weight -= 8
        if one.role == "train" and file.trains:
            one.add(9, "code", msg("its code trains: {n} calls", n=file.trains))
        elif one.role == "train" and file.named_trains:
            one.add(6, "code", msg("it calls functions that train"))
        elif one.role == "evaluate" and file.evaluates + file.infers:
            one.add(6, "code", msg("its code evaluates: {n} calls", n=file.evaluates + file.infers))
        elif one.role == "evaluate" and file.named_evaluates:
            one.add(4, "code", msg("it calls functions that evaluate"))
        if one.role in ("evaluate", "inference", "demo") and file.loads:
            one.add(4, "loads", msg("it loads weights"))


def _natural(path: str) -> tuple[tuple[int, int, str], ...]:
    """`2.x` before `10.x`."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", path) if part)
