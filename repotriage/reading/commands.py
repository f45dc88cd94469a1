"""Commands that documents, shell scripts, Makefiles and notebooks show, and the files that they start."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import unquote

from repotriage.data import table
from repotriage.models.base import Frozen
from repotriage.models.document import Block, Document
from repotriage.models.location import Location
from repotriage.models.reading import Command, Role
from repotriage.models.snapshot import Snapshot
from repotriage.parsing.shell import ShellCommand, parse_shell
from repotriage.reading.python_files import PythonFile
from repotriage.reading.roles import role_of_flags, role_of_name, role_of_program, role_of_text, words

_MAX_SCRIPTS = 300
_MAX_SCRIPT = 100_000
_MAX_COMMANDS = 3000
_MAX_NAMESAKES = 4
_MAX_LEFT = 4

# Languages of code blocks that hold shell lines, and those that never do; any other may.
_SHELL_LANGS = frozenset(
    {"bash", "sh", "shell", "console", "zsh", "shell-session", "shellsession", "terminal", "cmd", "csh"}
    | {"powershell", "bat", "commandline", "batch", "ps1"}
)
_OTHER_LANGS = frozenset(
    {"yaml", "yml", "json", "bibtex", "bib", "xml", "html", "cpp", "c++", "c", "cuda", "toml", "ini", "latex", "tex"}
    | {"diff", "javascript", "js", "java", "css", "sql", "dockerfile", "markdown"}
)
_PYTHON = re.compile(r"(?:\$\{?PYTHON\}?|pythonw?(?:[23](?:\.\d+)?)?|ipython3?|py)(?:\.exe)?")
_SCRIPT = re.compile(r"[^=]*\.(?:py|sh|ipynb|bash|slurm|sbatch)$")
_OWN_FOLDER = re.compile(r"^(?:\$\(dirname \"?\$0\"?\)|`dirname \"?\$0\"?`)/")
_MAKEFILES = ("Makefile", "makefile", "GNUmakefile")
_RULE = re.compile(r"([A-Za-z][\w.\-]{0,60})\s*:(?!=)")
_JOBS = frozenset({"train", "evaluate", "inference", "demo"})
_CHECKS = re.compile(r"(?:unit|py|slow|fast)?[-_]?tests?(?:$|[-_])|check", re.IGNORECASE)  # of code, not of a model
_LAUNCH_MODULES = re.compile(
    r"(?:torch\.distributed\.(?:launch|run)|accelerate\.commands\.launch|torch_xla\..*|deepspeed\.launcher.*"
    r"|paddle\.distributed\.launch|memory_profiler|cProfile|pdb|streamlit(?:\.web\.cli)?|scalene|kernprof|debugpy|coverage)$"
)
_PROGRAM = re.compile(r"(?:\.{0,2}/|~/)?[A-Za-z_][\w.+\-]*(?:/[\w.+\-]+)*$")
_NAMED = re.compile(r"(?<![\w./:-])(?:[\w-]{1,60}/){0,6}[\w-]{1,60}\.(?:py|sh|ipynb)\b", re.ASCII)
# `run_classifier_xxx.sh`, `atari_{bcq,cql}.py`: a name that stands for several files
_PATTERN = re.compile(r"(?<![\w./:-])[\w./-]{0,80}(?:xxx|XXX|\*|\{[\w|,-]{3,80}\})[\w./-]{0,60}\.(?:py|sh)\b", re.ASCII)
_HOLE = re.compile(r"xxx|XXX|\*|\{[\w|,-]+\}")
_MAX_MATCHES = 12
_SHORTEST_REST = 4
_SENTENCE = re.compile(
    r"^[ \t]*(?:\$[ \t]+)?(?:[A-Z_]{2,40}=\S{1,80}[ \t]+)*(?:python3?|bash|sh)[ \t]+\S+\.(?:py|sh)\b"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_CHINESE_AROUND = re.compile(
    r"^(?!\s*#)(?:[ \t]*|[^\n]*[\u4e00-\u9fff][ \t：:]*)"
    r"((?:python3?|bash|sh)[ \t]+[\w./-]+\.(?:py|sh)(?:[ \t]+[\w./=-]+)*)[ \t]*[\u4e00-\u9fff][^\n]*$",
    re.MULTILINE | re.ASCII,
)
_PYTHON_OPTIONS_WITH_VALUE = frozenset({"-W", "-X", "--check-hash-based-pycs"})


class Context(Frozen):
    """The words around a command: the comment above it, the paragraph before its block, the titles above."""

    comment: str = ""
    before: str = ""
    headings: tuple[str, ...] = ()

    def close(self) -> Role | None:
        """The role that the comment, a short sentence that leads over to the command, or the title tells."""
        last = re.split(r"(?<=[.!?])\s|[。！？]", self.before.strip())[-1]
        leads = last if last.endswith((":", "：")) or len(last) < 100 else ""
        texts = (self.comment, leads, self.headings[-1] if self.headings else "")
        return next((role for text in texts if text and (role := role_of_text(text)) is not None), None)

    def title(self) -> Role | None:
        """The role that the title right above tells, if it is one of work rather than of preparation."""
        role = role_of_text(self.headings[-1]) if self.headings else None
        return role if role in ("train", "evaluate", "inference", "demo") else None

    def wide(self) -> Role | None:
        """The role that the whole paragraph or the outer titles tell."""
        texts = (self.before[-300:], *reversed(self.headings[:-1]))
        return next((role for text in texts if text and (role := role_of_text(text)) is not None), None)


class _Files:
    """The files of the snapshot, found by the paths that commands use for them."""

    def __init__(
        self, snapshot: Snapshot, console_scripts: Mapping[str, str], python: Sequence[PythonFile] = ()
    ) -> None:
        self._does = {file.path: file.does for file in python}
        self._started = {file.path for file in python if file.guarded or file.clis}
        self._paths = {file.path for file in snapshot.files}
        self._folders = {parent for path in self._paths for parent in _parents(path)}
        self._subdir = snapshot.subdir
        self._name = snapshot.own_name
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self._paths):
            self._by_name[posixpath.basename(path)].append(path)
        self.console_scripts = console_scripts
        self._targets: dict[tuple[str, str], Command | None] = {}

    def does(self, path: str | None) -> Role | None:
        """What the code of a script does, where it can be told."""
        return self._does.get(path or "")

    def handed_on(self, launcher: str, rest: Sequence[str], bases: Sequence[str]) -> str | None:
        """The script that a launcher of the repository is told to start: `deepy.py train.py config.yml`."""
        if not rest or not rest[0].endswith(".py") or role_of_path(launcher) in _JOBS:
            return None
        script = self.script(rest[0], bases)
        return script if script in self._started and script != launcher else None

    def learn(self, path: str, commands: Sequence[Command]) -> None:
        """A shell script does what the scripts that it starts do, training before all else."""
        self._does[path] = _first_job(commands)

    def learn_targets(self, makefile: str, text: str, commands: Sequence[Command]) -> None:
        """What the targets of a Makefile do: the first command of each that starts a script, if any."""
        target = ""
        by_line = {command.at.line: command for command in commands if command.script is not None}
        for number, line in enumerate(text.split("\n"), 1):
            rule = _RULE.match(line)
            if rule:
                target = rule[1]
                self._targets.setdefault((makefile, target), None)
            elif target and number in by_line and self._targets[makefile, target] is None:
                self._targets[makefile, target] = by_line[number]

    def made(self, argv: Sequence[str], bases: Sequence[str]) -> tuple[str, Role] | None:
        """What `make target` starts, and its job: a script of the repository, else the recipe in the Makefile."""
        target = next((word for word in argv[1:] if "=" not in word and not word.startswith("-")), "")
        for base in (*bases, ""):
            for name in _MAKEFILES:
                makefile = posixpath.join(base, name)
                if (makefile, target) not in self._targets:
                    continue
                command = self._targets[makefile, target]
                role = (command.role if command is not None else None) or role_of_name(target)
                if role in _JOBS and not _CHECKS.match(target):
                    return (command.script if command is not None else None) or makefile, role
        return None

    def folder(self, base: str, change: str) -> str | None:
        """The folder that `cd change` leads to from `base`, if the repository has it."""
        own, _, inner = change.partition("/")
        for path in (change, inner if own.lower() == self._name else ""):  # `cd Project/tools` right after its clone
            wanted = _joined(base, path) if path else None
            if wanted is not None and (wanted == "" or wanted in self._folders):
                return wanted
        return None

    def script(self, name: str, bases: Sequence[str]) -> str | None:
        """The file that `name` means when a command is run in one of `bases`, tried in turn."""
        name = _OWN_FOLDER.sub("", name)
        for base in (*bases, self._subdir, ""):
            path = _joined(base, name)
            if path is not None and path in self._paths:
                return path
        parts = [part for part in name.split("/") if part not in ("", ".", "..")]
        for start in range(len(parts)):
            tail = "/".join(parts[start:])
            ends = [path for path in self._by_name.get(parts[-1], ()) if path == tail or path.endswith(f"/{tail}")]
            if start and tail in ends:  # `$ROOT/train.py`, `/home/me/repo/tools/train.py`
                return tail
            near = [path for path in ends if any(base and path.startswith(f"{base}/") for base in bases)]
            if len(near) == 1:
                return near[0]
            if len(ends) == 1:
                return ends[0]
            if ends and start == 0 and len(parts) > 1:
                return min(ends, key=lambda path: (path.count("/"), path))
            # "In each folder: python train.py": folders side by side that each have it.
            homes = {posixpath.dirname(posixpath.dirname(path)) for path in ends}
            beside = len(homes) == 1 and bool(homes & {*bases, self._subdir})
            if ends and start == 0 and len(ends) <= _MAX_NAMESAKES and beside:
                return ends[0]
        return None

    def matching(self, pattern: str) -> list[str]:
        """The files that a name with a hole in it stands for, if they are few."""
        regex, at = "(?:.*/)?", 0
        for hole in _HOLE.finditer(pattern):
            words = re.split(r"[|,]", hole[0][1:-1]) if hole[0].startswith("{") else []
            any_of = "(?:" + "|".join(map(re.escape, words)) + ")" if words else r"[\w-]+"
            regex, at = regex + re.escape(pattern[at : hole.start()]) + any_of, hole.end()
        whole = re.compile(regex + re.escape(pattern[at:]))
        rest = _HOLE.sub("", posixpath.basename(pattern)).partition(".")[0].strip("_-")
        if "{" not in pattern and len(rest) < _SHORTEST_REST:
            return []  # `*.py` stands for no job
        found = [path for path in self._paths if whole.fullmatch(path)]
        return sorted(found, key=lambda path: (path.count("/"), path))[:_MAX_MATCHES]

    def module(self, dotted: str, bases: Sequence[str]) -> str | None:
        """The file that `python -m dotted` runs."""
        if not re.fullmatch(r"[\w.]+", dotted):
            return None
        name = dotted.replace(".", "/")
        for base in (*bases, self._subdir, "", "src"):
            for ending in (f"{name}.py", f"{name}/__main__.py"):
                path = _joined(base, ending)
                if path in self._paths:
                    return path
        if "." not in dotted:
            return None
        return self.script(f"{name}.py", ()) or self.script(f"{name}/__main__.py", ())


def _first_job(commands: Iterable[Command]) -> Role | None:
    """What commands do together: training before all else."""
    roles = {command.role for command in commands if command.script is not None}
    order: tuple[Role, ...] = ("train", "evaluate", "inference", "demo", "export", "data")
    return next((role for role in order if role in roles), None)


def _parents(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _joined(base: str, path: str) -> str | None:
    if path.startswith(("/", "~", "$")):
        return None
    joined = posixpath.normpath(posixpath.join(base, path))
    return None if joined.startswith("..") else "" if joined == "." else joined


def commands(
    snapshot: Snapshot,
    documents: Sequence[Document],
    python: Sequence[PythonFile],
    console_scripts: Mapping[str, str],
) -> tuple[Command, ...]:
    """All commands, those of documents first, in reading order; at most 3,000.

    `console_scripts` maps the name of a command that the project installs to the file that it runs.
    """
    known = _Files(snapshot, console_scripts, python)
    started: list[Command] = []
    for path, text in _scripts(snapshot):
        own = list(_of_script(path, text, known))
        known.learn(path, own)
        if posixpath.basename(path) in _MAKEFILES:
            known.learn_targets(path, text, own)
        started.extend(own)
    found = [command for document in documents for command in _of_document(document, known)]
    found.extend(started)
    for file in python:
        for line, raw in file.shell_lines:
            at = Location(path=file.path, line=line)
            for shell in parse_shell(raw):
                command, _ = _command(shell, at, known, [posixpath.dirname(file.path)], Context())
                found.append(command)
    return tuple(found[:_MAX_COMMANDS])


def mentions(
    snapshot: Snapshot, documents: Sequence[Document], python: Sequence[PythonFile], shown: Sequence[Command]
) -> Iterator[tuple[str, Location, Role | None]]:
    """Scripts and notebooks that documents name in prose, as code or by a link, with the place and the job."""
    known = _Files(snapshot, {}, python)
    started: dict[str, list[Command]] = defaultdict(list)
    for command in shown:
        started[command.at.path].append(command)
    does = {file.path: file.does for file in python if file.clis or file.guarded or file.notebook}
    shows = {file.path for file in python if file.notebook and (file.infers or file.loads)}  # a model at work
    does |= {path: _first_job(commands) for path, commands in started.items() if path.endswith((".sh", ".bash"))}
    own = f"/{snapshot.name.lower()}/blob/"
    for document in documents:
        home = posixpath.dirname(document.path)
        for block in document.blocks:
            if block.kind == "code":
                continue
            named = [(line, code.strip()) for line, code in block.inline_code]
            linked: list[tuple[int, str]] = []  # a path in a link may hold spaces
            for link in block.links:
                url = link.url.partition("#")[0]
                if "://" not in url:
                    linked.append((link.line, unquote(url)))
                elif own in url.lower():
                    linked.append((link.line, unquote(url[url.lower().index(own) + len(own) :].partition("/")[2])))
            for offset, text in enumerate(block.text.split("\n")):
                named += [(min(block.line + offset, block.end_line), match) for match in _NAMED.findall(text[:4000])]
                for pattern in _PATTERN.findall(text[:4000]):
                    at = Location(path=document.path, line=min(block.line + offset, block.end_line))
                    for fits in known.matching(pattern):
                        yield fits, at, role_of_path(fits) or does.get(fits) or _told(block)
            for line, name in (*linked, *(one for one in named if " " not in one[1])):
                if _SCRIPT.match(name):
                    path = known.script(name.lstrip("/"), [home])
                    if path is not None:
                        # A notebook may show everything; the sentence says what for.
                        shown_for = _told(block) if path.endswith(".ipynb") else None
                        role = _role_of_named(path, does) or shown_for or does.get(path) or _told(block)
                        role = "demo" if role is None and path in shows else role
                        yield path, Location(path=document.path, line=line), role


def _role_of_named(path: str, does: Mapping[str, Role | None]) -> Role | None:
    """What the name of a file tells, but `Use_After_Pretraining.ipynb` by its code."""
    named = role_of_path(path)
    return does.get(path) or named if named == "train" and path.endswith(".ipynb") else named


def _told(block: Block) -> Role | None:
    """What the words around a name say that it is for."""
    texts = (block.text[:600] if block.kind != "table" else "", *reversed(block.headings[-1:]))
    jobs = ("train", "evaluate", "inference", "demo")
    return next((role for text in texts if (role := role_of_text(text)) in jobs), None)


def _of_document(document: Document, known: _Files) -> Iterator[Command]:
    home = posixpath.dirname(document.path)
    cwd = home
    left: list[str] = []  # folders that the document went through: "cd a or cd b, then run"
    before = ""
    for block in document.blocks:
        for first_line, text, strict in _shell_of(block):
            # Each block of commands starts where the last `cd` left off, if what it runs is there.
            lines = text.split("\n")
            for shell in parse_shell(text, first_line):
                if not _is_command(shell, known, strict=strict):
                    continue
                comment = _comment_above(lines, shell.line - first_line)
                context = Context(comment=comment, before=before, headings=block.headings)
                at = Location(path=document.path, line=shell.line)
                command, moved = _command(shell, at, known, [cwd, home, *reversed(left)], context)
                if moved is not None and moved != cwd:
                    left = [*left, cwd][-_MAX_LEFT:]
                    cwd = moved
                yield command
        if block.kind in ("paragraph", "list_item", "html", "quote"):
            before = block.text
        elif block.kind in ("heading", "code"):
            before = "" if block.kind == "heading" else before


def _shell_of(block: Block) -> Iterator[tuple[int, str, bool]]:
    """(first line, text, only known programs) of what may be commands in a block."""
    if block.kind == "code":
        if block.lang in _OTHER_LANGS:
            return
        text = _CHINESE_AROUND.sub(_command_alone, block.text) if _CHINESE.search(block.text) else block.text
        yield block.line, text, block.lang not in _SHELL_LANGS
        return
    for line, code in block.inline_code:
        if " " in code.strip() or code.strip().endswith(".sh"):
            yield line, code.replace("\n", " "), True
    if block.kind in ("paragraph", "list_item", "html") and len(block.text) < 20_000:
        inline = {code for _, code in block.inline_code}
        for offset, text in enumerate(block.text.split("\n")):
            if (
                _SENTENCE.match(text)
                and text.strip() not in inline
                and not any(text.strip() in code for code in inline)
            ):
                yield min(block.line + offset, block.end_line), text, True


def _command_alone(line: re.Match[str]) -> str:
    """The command in a line of a code block that a Chinese sentence runs into: `如运行 bash run.sh 会开始训练`."""
    return line[1].strip()


def _comment_above(lines: Sequence[str], offset: int) -> str:
    """The comments right above a line; at most five."""
    index = min(offset, len(lines) - 1) - 1
    found: list[str] = []
    while index >= 0 and len(found) < 5 and lines[index].lstrip().startswith("#"):
        found.append(lines[index].strip(" #\t"))
        index -= 1
    return " ".join(reversed(found))


def _is_command(shell: ShellCommand, known: _Files, *, strict: bool) -> bool:
    """Whether words are a command; `strict` where the text may as well be Python, output or prose."""
    program = shell.argv[0]
    name = posixpath.basename(program)
    if _PYTHON.fullmatch(name):
        return len(shell.argv) > 1 and (
            not strict or any(_SCRIPT.match(word) or word in ("-m", "-c") for word in shell.argv)
        )
    if not _PROGRAM.match(program):
        return False
    if not strict:
        return True
    if (len(shell.argv) > 1 and shell.argv[1] in ("=", "==", "import", ":")) or program in ("import", "from", "print"):
        return False
    return (
        (role_of_program(name) is not None and len(shell.argv) > 1 and name not in (".", "export", "source", "module"))
        or (name in table("roles")["launchers"]["names"] and any(_SCRIPT.match(word) for word in shell.argv[1:]))
        or (name in ("torchrun", "accelerate", "deepspeed", "make", "docker") and len(shell.argv) > 1)
        or (program.startswith(("./", "/")) and bool(_SCRIPT.match(program)))
        or (len(shell.argv) > 1 and bool(_SCRIPT.match(program)) and known.script(program, [""]) is not None)
        or (name in known.console_scripts and len(shell.argv) > 1)
    )


def _command(
    shell: ShellCommand, at: Location, known: _Files, bases: Sequence[str], context: Context
) -> tuple[Command, str | None]:
    """The command, and the folder that it changes to if it is a `cd` within the repository."""
    if shell.argv[0] == "cd" and len(shell.argv) > 1:
        moved = next((to for base in bases if (to := known.folder(base, shell.argv[1])) is not None), None)
        return Command(argv=shell.argv, raw=shell.raw, at=at, role="install", env=shell.env), moved
    script, rest = _script_of(shell.argv, known, bases)
    if script is not None and (started := known.handed_on(script, rest, bases)) is not None:
        script, rest = started, rest[1:]
    made = known.made(shell.argv, bases) if shell.argv[0] == "make" else None
    if made is not None:
        made_by, role = made
        return Command(argv=shell.argv, raw=shell.raw, at=at, role=role, script=made_by, env=shell.env), None
    return (
        Command(
            argv=shell.argv,
            raw=shell.raw,
            at=at,
            role=role_of_command(shell.argv, script, rest, context, known.does(script)),
            script=script,
            env=shell.env,
        ),
        None,
    )


def _script_of(argv: Sequence[str], known: _Files, bases: Sequence[str]) -> tuple[str | None, Sequence[str]]:
    """The repository's file that a command starts, seen through launchers, and the arguments that it gets."""
    index = 0
    while index < len(argv):
        word = argv[index]
        name = posixpath.basename(word)
        if _SCRIPT.match(word):
            return known.script(word, bases), argv[index + 1 :]
        if _PYTHON.fullmatch(name):
            index += 1
            while index < len(argv) and argv[index].startswith("-") and argv[index] not in ("-m", "-c"):
                index += 2 if argv[index] in _PYTHON_OPTIONS_WITH_VALUE else 1
            if index >= len(argv) or argv[index] == "-c":
                return None, ()
            if argv[index] != "-m":
                word = argv[index]
                main = posixpath.join(word, "__main__.py")
                return known.script(word if _SCRIPT.match(word) else main, bases), argv[index + 1 :]
            continue
        if word in ("-m", "--module") and index + 1 < len(argv):
            module = argv[index + 1]
            if not _LAUNCH_MODULES.match(module):
                return known.module(module, bases), argv[index + 2 :]
            index += 2
            continue
        if index == 0 and name in known.console_scripts:
            return known.console_scripts[name], argv[1:]
        if index == 0 and name not in table("roles")["launchers"]["names"]:
            return None, argv[1:]
        if (
            index
            and name in known.console_scripts
            and argv[0] in ("uv", "poetry", "pdm", "pixi", "rye", "hatch", "pipenv")
        ):
            return known.console_scripts[name], argv[index + 1 :]
        index += 1
    return None, ()


def role_of_command(
    argv: Sequence[str], script: str | None, rest: Sequence[str], context: Context, does: Role | None = None
) -> Role:
    """Guess what a command is for: its options first, then names, then what stands around it.

    `rest` are the arguments of the script, `does` is the job that its code does.
    """
    if re.search(r"\bunit[ -]?tests?\b", context.comment, re.IGNORECASE):
        return "test"
    program = posixpath.basename(argv[1] if argv[0] == "sudo" and len(argv) > 1 else argv[0])
    if program == "make" and len(argv) > 1 and _CHECKS.match(argv[1]):
        return "test"
    if "setup.py" in argv and _CHECKS.match(argv[-1]):
        return "test"
    named = role_of_program(program)
    target = script or next((word for word in argv if _SCRIPT.match(word)), None)
    if named is not None and target is None:
        return named
    if "setup.py" in argv and any(word in argv for word in ("install", "develop", "build_ext", "build", "bdist_wheel")):
        return "install"
    if program in ("docker", "uv", "poetry", "pixi", "pdm", "rye") and target is None:
        return (
            "install"
            if len(argv) > 1 and argv[1] in ("build", "pull", "sync", "install", "add", "pip", "venv", "lock")
            else "other"
        )
    by_flags = role_of_flags(rest)
    if by_flags is not None and (target is None or role_of_path(target) not in ("data", "export")):
        return by_flags
    positional = [word for word in rest[:2] if not word.startswith("-")]
    if positional and rest[0] == positional[0]:
        # A subcommand (`main.py train`) or a configuration that says so (`train.py config/eval_gpt2.py`).
        word = positional[0]
        if re.fullmatch(r"[A-Za-z_\-]{3,20}", word) or word.endswith((".py", ".yaml", ".yml", ".json")):
            by_word = role_of_name(posixpath.splitext(posixpath.basename(word))[0].partition("_")[0])
            if by_word in ("train", "evaluate", "inference", "export", "demo"):
                return by_word
    if target is not None:
        by_name = _role_of_file(target)
        if by_name in ("data", "export") and _is_unsure(target):
            told = context.close() or context.wide()
            by_name = told if told in ("evaluate", "inference") else by_name
        if by_name is None and not _PYTHON.fullmatch(program) and program not in table("roles")["launchers"]["names"]:
            by_name = role_of_name(program)
        if by_name is not None:
            return by_name
    elif program == "make" and len(argv) > 1:
        return role_of_name(argv[1]) or "other"
    elif len(argv) > 2 and argv[1] == "-m":
        by_name = role_of_name(argv[2].rpartition(".")[2]) if not argv[2].startswith("pip") else "install"
        if by_name is not None:
            return by_name
    else:
        by_name = role_of_name(program)
        if by_name is not None:
            return by_name
    if target is None and program != "make" and by_name is None:
        return "other"
    told = context.close()
    if told in ("data", "install", "export") and does is not None:
        told = context.title() or does  # "Use your own data: python main.py ..."
    return told or does or (role_of_path(target) if target is not None else None) or context.wide() or "other"


def _is_unsure(path: str) -> bool:
    """Whether a script's name may as well be of a step of the evaluation: `extract_features.py`."""
    first = words(posixpath.basename(path))[:1]
    return bool(first) and first[0].lower() in table("roles")["unsure"]["words"]


def role_of_path(path: str) -> Role | None:
    """The role that a script's name, else its folder's, tells."""
    by_name = _role_of_file(path)
    if by_name is not None:
        return by_name
    last = path.rpartition("/")[0].rpartition("/")[2]
    return role_of_name(last) if last and last not in ("data", "app", "src") else None


def _role_of_file(path: str) -> Role | None:
    """The role that a script's own name tells."""
    folder, _, name = path.rpartition("/")
    stem = posixpath.splitext(name)[0]
    if stem == "__main__":  # of a package, which is started by its own name
        stem = posixpath.basename(folder)
    if stem in table("roles")["builds"]["stems"]:
        return "install"
    if stem in table("roles")["stems"]["evaluate"]:
        return "evaluate"
    if re.search(r"(?:^|/)(?:tests?|unit_?tests?|testing)(?:/|$)", folder) and stem.startswith(("test_", "conftest")):
        return "test"
    if stem.endswith("_test") and folder and name.endswith(".py"):  # `dist_test.sh` evaluates
        return "test"
    return role_of_name(stem)


def _scripts(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    count = 0
    for file in sorted(snapshot.inside(), key=lambda file: (file.path.count("/"), file.path)):
        name = posixpath.basename(file.path)
        if file.text is None or len(file.text) > _MAX_SCRIPT:
            continue
        if name.endswith((".sh", ".bash", ".slurm", ".sbatch", ".job")) or name in _MAKEFILES:
            count += 1
            if count > _MAX_SCRIPTS:
                return
            yield file.path, file.text


def _of_script(path: str, text: str, known: _Files) -> Iterator[Command]:
    home = posixpath.dirname(path)
    makefile = path.lower().endswith("makefile")
    cwd = ""
    target = ""
    lines = text.split("\n")
    if makefile:
        for index, line in enumerate(lines):
            rule = _RULE.match(line)
            target = rule[1] if rule else target
            lines[index] = re.sub(r"^\t\s*[@\-+]*", "", line) if line.startswith("\t") else ""
        text = "\n".join(lines)
    for shell in parse_shell(text):
        if not _PROGRAM.match(shell.argv[0]) and not shell.argv[0].startswith("$"):
            continue
        at = Location(path=path, line=shell.line)
        context = Context(comment=_comment_above(lines, shell.line - 1))
        command, moved = _command(shell, at, known, [cwd, home], context)
        cwd = moved if moved is not None else cwd
        if command.role == "other" and command.script is not None:
            named = role_of_path(path) if not makefile else role_of_name(target)
            command = command.model_copy(update={"role": named or "other"})
        if command.script is not None or command.role in (
            "train",
            "evaluate",
            "inference",
            "data",
            "export",
            "install",
        ):
            yield command
