"""Which command starts a job: what documents show before what scripts hold, own words before those of a guest."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from shlex import quote

from repotriage.models.base import CleanStr, Frozen, Message, msg
from repotriage.models.location import Evidence, Location
from repotriage.models.plan import Action
from repotriage.models.reading import Command, EntryPoint, Role
from repotriage.models.snapshot import File, Snapshot
from repotriage.models.study import Study
from repotriage.plan.commands import Written, change_of_folder, in_folder, is_cut_short, started, written
from repotriage.plan.devices import fitted, wants_other_hardware
from repotriage.plan.required import with_required
from repotriage.reading.roles import role_of_name

HELP = frozenset({"--help", "-h", "--helpfull"})
_DOCUMENTS = (".md", ".rst", ".txt", ".mdx", ".markdown", ".adoc", ".org")
_SHELL = (".sh", ".bash", ".slurm", ".sbatch", ".job")
_PASSES_ON = re.compile(r"\$@|\$\*|\$\{@|\$\{?PY_ARGS|\$\{?EXTRA_ARGS")
_PROGRAMS = re.compile(r"fairseq-(?:hydra-)?(?:train|generate|validate)")
_PROJECT = ("setup.py", "pyproject.toml")
_OF_PROJECT = ("README", "LICENSE", "LICENCE")
_SCRIPT = re.compile(r"(?<![\w./:-])((?:[\w-]{1,60}/){0,6}[\w-]{1,60}\.(?:py|sh))\b", re.ASCII)
_READMES = ("README.md", "readme.md", "Readme.md", "README.rst", "README", "README.txt", "README.MD")
_RANKS = 5
_TO_NAME = re.compile(r"<[^<>]{2,60}>")
_STARTS_PYTHON = re.compile(r"\bpython[\d.]*\s+(?:-u\s+)?([\w./-]{1,200}\.py)\b")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_LINES_OF_LIST = 2


class Run(Frozen):
    """How a job is started.

    `path` is the file or program that the command starts, `main` the Python file that does the work
    (behind a shell script, if need be), `inner` the command by which a shell script starts it.
    """

    line: Written
    path: CleanStr
    command: Command | None = None
    main: CleanStr | None = None
    inner: Command | None = None
    passes_on: bool = True  # options at the end of the command reach `main`
    documented: bool = False  # a document shows the command
    named: Location | None = None  # else the place where a document names the file


def run_of(study: Study, role: Role, beside: str | None = None) -> Run | None:
    """The best way to start a job: the first of its entry points that a document shows, else the first of all."""
    entries = [one for one in study.reading.entry_points if one.role == role]
    found = [_of_list(study, role, run) for one in entries[:_RANKS] if (run := _of_entry(study, one)) is not None]
    if beside is not None:  # of the part of the repository that another job is done in, where it has one
        found.sort(key=lambda run: section(study.snapshot, run.path) != beside)
    for run in found:
        if run.documented and not _is_guest(study.snapshot, run.command):
            return _unless_program(study, role, run)
    program = _of_program(study, role)
    if program is not None:
        return program
    return next((run for run in found if run.named is not None), found[0] if found else None)


def _of_list(study: Study, role: Role, run: Run) -> Run:
    """`run`, or where its shell script only lists commands as examples, the first of them that does the job."""
    if not run.path.endswith(_SHELL) or not lists_commands(study, run.path):
        return run
    for one in study.reading.commands:
        line = written(one, study.snapshot) if one.at.path == run.path and one.role == role else None
        if line is not None and one.script is not None:
            return Run(line=line, path=one.script, command=one, main=one.script, named=run.named or one.at)
    return run


def lists_commands(study: Study, script: str) -> bool:
    """Whether a shell script lists examples: of different jobs, with places to be filled in, without a variable."""
    if "$" in (study.snapshot.text(script) or "$"):
        return False
    inside = [one for one in study.reading.commands if one.at.path == script and one.script is not None]
    lines = [line for one in inside if (line := written(one, study.snapshot)) is not None]
    return len({one.role for one in inside}) > 1 and any(line.fill_in for line in lines)


def here(run: Run, study: Study, *, trains: bool = True) -> tuple[Run, tuple[Message, ...]]:
    """`run` on the devices of the machine, and what that changes."""
    if run.command is None or run.command.script is None:
        return run, ()
    fit = fitted(run.command, study)
    note = fit.note(trains)
    line = written(fit.command, study.snapshot) if note is not None else None
    if line is None or note is None:
        return run, ()
    return run.model_copy(update={"command": fit.command, "line": line}), (note,)


def before(study: Study, run: Run) -> Iterator[Command]:
    """What a document starts right before a run: in the same code block, or on the lines above it in a list."""
    command = run.command
    if command is None or not run.documented or command.at.line is None:
        return
    lines = (study.snapshot.text(command.at.path) or "").split("\n")[: command.at.line - 1]
    fence = next((index for index in range(len(lines) - 1, -1, -1) if _FENCE.match(lines[index])), None)
    in_block = len([line for line in lines if _FENCE.match(line)]) % 2 == 1
    first = fence + 2 if in_block and fence is not None else max(1, command.at.line - _LINES_OF_LIST)
    for one in study.reading.commands:
        own = one.script not in (None, command.script, run.main, run.path) and one.at.path == command.at.path
        if own and first <= (one.at.line or 0) < command.at.line and one.role in ("inference", "demo", "other"):
            yield one


def first(study: Study, run: Run) -> Iterator[Action]:
    """What is to be done before a run, on the devices of the machine."""
    for one in before(study, run):
        line = written(fitted(one, study).command, study.snapshot)
        if line is not None:
            yield Action(
                what=msg("First run {path}, as the document shows right before it", path=one.script),
                command=line.text,
                fill_in=line.fill_in,
                evidence=(Evidence(at=one.at),),
            )


def others(study: Study, role: Role, run: Run) -> Iterator[Command]:
    """Further commands that documents show for the job: of the same program, another each."""
    seen = {run.command.argv if run.command else ()}
    folder = posixpath.dirname(run.main or run.path)
    for one in study.reading.commands:
        if one.role != role or one.script is None or one.argv in seen or HELP & set(one.argv) or is_cut_short(one):
            continue
        near = posixpath.dirname(one.script) == folder or (
            run.command is not None and one.at.path == run.command.at.path
        )
        parts = one.script.rpartition(".")[0].split("/")
        own = one.script in (run.path, run.main) or (near and any(role_of_name(part) == role for part in parts))
        listed = run.command is not None and one.at.path == run.command.at.path and lists_commands(study, one.at.path)
        if own and (is_document(one.at.path) or listed) and not _is_guest(study.snapshot, one):
            seen.add(one.argv)
            yield one


def named_script(study: Study, words: re.Pattern[str]) -> Run | None:
    """The first script that a line of the documents names together with one of `words`."""
    paths = {file.path for file in study.snapshot.inside() if file.path.endswith((".py", ".sh"))}
    for document in documents(study):
        if is_guest(study.snapshot, document.path):
            continue
        for number, said in enumerate((document.text or "").split("\n"), 1):
            if not words.search(said[:2000]):
                continue
            for name in _SCRIPT.findall(said[:2000]):
                path = posixpath.normpath(posixpath.join(posixpath.dirname(document.path), name))
                path = path if path in paths else name
                if path in paths and not tells_by_name(path, "test", "install"):
                    program = "python" if path.endswith(".py") else "bash"
                    line = Written(text=f"{program} {quote(path)}", argv=(program, path))
                    return Run(
                        line=with_required(line, study.snapshot, path),
                        path=path,
                        main=path if path.endswith(".py") else _started_by(study, path),
                        named=Location(path=document.path, line=number),
                    )
    return None


def documents(study: Study) -> list[File]:
    """What people read, from the README down."""
    return sorted(
        (file for file in study.snapshot.inside() if file.text is not None and is_document(file.path)),
        key=lambda file: (file.path.count("/"), not file.path.lower().startswith("readme"), file.path),
    )


def folder_of(run: Run, snapshot: Snapshot) -> str:
    """The folder in which a run is started."""
    return change_of_folder(run.command, snapshot) if run.command is not None else ""


def is_document(path: str) -> bool:
    """Whether people read the file, rather than a shell."""
    return path.lower().endswith(_DOCUMENTS) or posixpath.basename(path).lower().startswith("readme")


def guest_folders(snapshot: Snapshot) -> frozenset[str]:
    """Folders that hold a whole project of their own: two of how it installs, what it is, what it may be used for."""
    held: dict[str, set[str]] = {}
    for file in snapshot.files:
        folder, _, name = file.path.rpartition("/")
        if folder and folder != snapshot.subdir and not snapshot.subdir.startswith(f"{folder}/"):
            held.setdefault(folder, set()).add(name)
    return frozenset(
        folder
        for folder, names in held.items()
        if (any(name in names for name in _PROJECT) and any(name.upper().startswith(_OF_PROJECT) for name in names))
        or all(any(name.upper().startswith(start) for name in names) for start in ("README", ("LICENSE", "LICENCE")))
    )


def is_guest(snapshot: Snapshot, path: str) -> bool:
    """Whether a file belongs to a project that lies inside this one."""
    return any(path.startswith(f"{folder}/") for folder in guest_folders(snapshot))


def section(snapshot: Snapshot, path: str) -> str:
    """The part of the repository that a file belongs to: its top folder if that has a README, else "" for the whole."""
    top, slash, _ = path.partition("/")
    has_readme = any(f"{top}/{name}" in snapshot.by_path for name in _READMES)
    return top if slash and has_readme else ""


def tells_by_name(path: str, *roles: Role) -> bool:
    """Whether a file's own name says that it does one of the jobs."""
    return role_of_name(_stem(path)) in roles


def _stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0]


def _is_guest(snapshot: Snapshot, command: Command | None) -> bool:
    return command is not None and is_guest(snapshot, command.at.path)


def _of_entry(study: Study, entry: EntryPoint) -> Run | None:
    """The best command of an entry point: of documents before scripts, given at the top before further down."""
    snapshot, commands = study.snapshot, study.reading.commands
    direct = [one for one in commands if one.script == entry.path and one.role == entry.role]
    scripts = {one.at.path for one in direct if one.at.path.endswith(_SHELL)}
    through = [one for one in commands if one.script in scripts and one.role == entry.role]
    order = {id(one): index for index, one in enumerate(commands)}
    usable = sorted(
        (one for one in (*direct, *through) if not HELP & set(one.argv)),
        key=lambda one: (
            _is_guest(snapshot, one),
            not is_document(one.at.path),
            is_cut_short(one),
            wants_other_hardware(one, study),
            one.script != entry.path and not is_document(one.at.path),
            one.at.path.count("/"),
            not posixpath.basename(one.at.path).lower().startswith("readme"),
            one.at.path != entry.documented_at.path if entry.documented_at else False,
            len(getattr(written(one, snapshot), "fill_in", ())) if entry.role == "evaluate" else 0,
            entry.role == "train" and _is_pattern(one),
            one.script != entry.path,
            order[id(one)],
        ),
    )
    for one in usable:
        line = written(one, snapshot)
        if line is not None:
            return _made(study, entry, one, line)
    line = started(entry.model_copy(update={"command": None}), snapshot)
    if line is None or (entry.path.endswith(".py") and entry.line is None):
        return None  # it is gone, or nothing happens when it is started
    main = entry.path if entry.path.endswith(".py") else _started_by(study, entry.path)
    return Run(line=with_required(line, snapshot, entry.path), path=entry.path, main=main, named=entry.documented_at)


def _is_pattern(command: Command) -> bool:
    """Whether a command only tells how others are made: `--alg=<name of the algorithm> --env=<environment_id>`."""
    return sum(_TO_NAME.search(word) is not None for word in command.argv) > 1


def _started_by(study: Study, script: str) -> str | None:
    """The first Python file that a shell script starts."""
    inside = (one.script for one in study.reading.commands if one.at.path == script)
    found = next((path for path in inside if path is not None and path.endswith(".py")), None)
    if found is not None:
        return found
    for name in _STARTS_PYTHON.findall(study.snapshot.text(script) or ""):  # inside of what another shell is given
        for base in (posixpath.dirname(script), ""):
            path = posixpath.normpath(posixpath.join(base, name))
            if path in study.snapshot.by_path:
                return path
    return None


def _made(study: Study, entry: EntryPoint, command: Command, line: Written) -> Run:
    script = command.script or entry.path
    documented = is_document(command.at.path)
    if not script.endswith(_SHELL):
        return Run(
            line=line, path=script, command=command, main=script, documented=documented, named=entry.documented_at
        )
    inside = [one for one in study.reading.commands if one.at.path == script and one.script != script]
    of_role = [one for one in inside if one.role == command.role and (one.script or "").endswith(".py")]
    inner = of_role[0] if of_role else None
    return Run(
        line=line,
        path=script,
        command=command,
        main=inner.script if inner is not None else None,
        inner=inner,
        passes_on=inner is not None and _PASSES_ON.search(inner.raw) is not None,
        documented=documented,
        named=entry.documented_at,
    )


def _unless_program(study: Study, role: Role, run: Run) -> Run:
    """`run`, unless a framework's own command for the job stands nearer to the top of the documents."""
    program = _of_program(study, role)
    if program is None or program.command is None or run.command is None:
        return run
    return program if program.command.at.path.count("/") < run.command.at.path.count("/") else run


def _of_program(study: Study, role: Role) -> Run | None:
    """A documented command of a framework's program (`fairseq-hydra-train`), which starts no file of the repository."""
    for one in study.reading.commands:
        if one.role != role or one.script is not None or not _PROGRAMS.fullmatch(one.argv[0]):
            continue
        if not is_document(one.at.path) or _is_guest(study.snapshot, one):
            continue
        line = in_folder(one, changed_to(study, one))
        return Run(line=line, path=one.argv[0], command=one, documented=True)
    return None


def changed_to(study: Study, command: Command) -> str:
    """The folder that the `cd` right before a command in its document leads to, if the repository has it."""
    before = [
        one
        for one in study.reading.commands
        if one.at.path == command.at.path
        and one.argv[0] == "cd"
        and len(one.argv) > 1
        and 0 < (command.at.line or 0) - (one.at.line or 0) <= 3
    ]
    if not before:
        return ""
    folder = posixpath.normpath(before[-1].argv[1])
    known = any(file.path.startswith(f"{folder}/") for file in study.snapshot.files)
    return folder if known and not folder.startswith((".", "/")) else ""
