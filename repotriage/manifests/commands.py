"""What install commands ask for: pip, conda and their kin, apt and its kin, wherever a shell line stands."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from repotriage.manifests.formats.requirements import local_or_named
from repotriage.manifests.registry import Context
from repotriage.manifests.sheet import Sheet, python_version
from repotriage.models.base import Message, msg
from repotriage.models.requirement import Kind
from repotriage.parsing.shell import ShellCommand, parse_shell

INSTALLS = re.compile(
    r"\b(?:pip[\d.]*|uv|conda|mamba|micromamba|apt|apt-get|aptitude|apk|yum|dnf|brew|poetry|pipenv|pdm|pixi|mim"
    r"|pyenv|pipx|pacman|choco|scoop|zypper|virtualenv|easy_install|nix-env|venv|setup\.py)\b"
)
"""Text without any of these words holds no install command."""

_PREFIXES = frozenset({"sudo", "time", "exec", "command", "nohup", "then", "do", "run", "-H", "-E", "-S"})
_UNQUOTED = re.compile(
    r"(?<![\w'\"=/@:.\-])([A-Za-z][\w.\-]*(?:\[[\w,\-]+\])?)((?:[<>]=?|[!~]=)\d[\w.,<>=!*]*)(?=[\s;&|]|$)"
)
_PIP_VALUES = re.compile(
    r"-[tpCbP]|--(?:target|prefix|root|src|platform|python|python-version|abi|implementation|progress-bar|cache-dir|log"
    r"|proxy|timeout|default-timeout|retries|global-option|install-option|config-settings?|no-binary|only-binary"
    r"|upgrade-strategy|exists-action|cert|client-cert|trusted-host|report|torch-backend|exclude-newer"
    r"|root-user-action|use-feature|use-deprecated|build|reinstall-package|no-build-isolation-package|index-strategy"
    r"|prerelease|resolution|refresh-package|python-platform|no-build-package|upgrade-package|group)"
)
"""Options of pip and uv that take a value."""
_PIP_INDEXES = {
    "-i": "index-url",
    "--index-url": "index-url",
    "--index": "extra-index-url",
    "--default-index": "index-url",
    "--extra-index-url": "extra-index-url",
    "-f": "find-links",
    "--find-links": "find-links",
}
_CONDA_VALUES = re.compile(r"-[np]|--(?:name|prefix|solver|experimental-solver|repodata-fn|platform|subdir|clone)")
_SYSTEM = {
    "apt": ("install",),
    "apt-get": ("install",),
    "aptitude": ("install",),
    "apk": ("add",),
    "yum": ("install", "localinstall"),
    "dnf": ("install",),
    "brew": ("install",),
    "zypper": ("install", "in"),
    "pacman": ("-S", "-Sy", "-Syu"),
    "choco": ("install",),
    "scoop": ("install",),
}
_SYSTEM_VALUES = frozenset(["-t", "--target-release", "-o", "--option", "--virtual", "-c", "--repository", "-X"])
_STOP = re.compile(
    r"the|an?|and|or|of|to|in|with|from|is|are|this|that|following|your|you|it|on|by|via|using|packages", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Role:
    """What a command's requirements are filed under."""

    kind: Kind = "runtime"
    group: str | None = None
    cell: int | None = None
    folder: str = ""  # below the file's own, after `cd`
    no_deps: bool = False  # the command says --no-deps
    foreign: str | None = None  # the address of another repository whose clone it stands in


class _Words:
    """The words of one command with the line of each."""

    def __init__(self, words: Sequence[str], start: int, lines: Sequence[str], first_line: int) -> None:
        self.pairs: list[tuple[str, int]] = []
        row, column = start - first_line, 0
        for word in words:
            at, since = row, column
            while at < len(lines) and at < row + 400:
                found = lines[at].find(word, since)
                if found >= 0:
                    row, column = at, found + len(word)
                    break
                if not _goes_on(lines[at]):
                    break
                at, since = at + 1, 0
            self.pairs.append((word, row + first_line))


def _goes_on(line: str) -> bool:
    end = line.rstrip()
    return end.endswith(("\\", "&&", "||")) or end.count('"') % 2 == 1 or end.count("'") % 2 == 1 or not end.strip()


@dataclass(slots=True)
class _Place:
    """Where the commands of one text stand: below which folder, or in a clone of another repository."""

    folder: str = ""
    foreign: str | None = None  # the address of the clone
    clones: dict[str, str] = field(default_factory=dict)

    def clone(self, words: Sequence[str], own: str) -> None:
        """`git clone ADDRESS [FOLDER]`."""
        plain = [word for word in words if not word.startswith("-")]
        address = next((word for word in plain if "://" in word or word.startswith("git@")), None)
        if address is None:
            return
        name = re.sub(r"\.git\Z", "", posixpath.basename(address.rstrip("/")))
        after = plain[plain.index(address) + 1 :]
        self.clones[posixpath.basename(after[0].rstrip("/")) if after else name] = (
            "" if name.lower() == own else address
        )

    def change(self, target: str, context: Context, base: str) -> None:
        """`cd TARGET`."""
        target = target.rstrip("/")
        name = posixpath.basename(target)
        if name in self.clones:
            self.folder, self.foreign = "", self.clones[name] or None
        elif target in ("..", "-", "~", "") or target.startswith(("/", "~", "$", "../")):
            self.folder, self.foreign = posixpath.dirname(self.folder), None
        elif self.foreign is None:
            beside = posixpath.normpath(posixpath.join(posixpath.dirname(base), self.folder, target))
            known = any(path.startswith((f"{beside}/", f"{posixpath.normpath(target)}/")) for path in context.paths)
            self.folder = posixpath.join(self.folder, target) if known else self.folder


def read_commands(
    sheet: Sheet,
    context: Context,
    text: str,
    first_line: int,
    role: Role = Role(),
    clones: dict[str, str] | None = None,
) -> bool:
    """Write what the install commands of `text` ask for onto `sheet`; True when there was one.

    `clones` carries what was cloned from one piece of a file to the next.
    """
    if not INSTALLS.search(text) and "git clone" not in text:
        return False
    quoted = _UNQUOTED.sub(r"'\1\2'", text) if len(text) < 1_000_000 else text
    lines = text.split("\n")
    found = False
    place = _Place(clones={} if clones is None else clones)
    for command in parse_shell(quoted, first_line):
        if command.argv[:2] == ("git", "clone"):
            place.clone(command.argv[2:], context.own)
        elif command.argv[0] in ("cd", "pushd") and len(command.argv) > 1:
            place.change(command.argv[1], context, sheet.path)
        elif _read(
            sheet, context, command, lines, first_line, replace(role, folder=place.folder, foreign=place.foreign)
        ):
            found = True
    return found


def _read(
    sheet: Sheet, context: Context, command: ShellCommand, lines: Sequence[str], first_line: int, role: Role
) -> bool:
    argv = list(command.argv)
    while argv and (argv[0] in _PREFIXES or re.fullmatch(r"[A-Za-z_]\w*=.*", argv[0], re.DOTALL) or argv[0] == "env"):
        argv.pop(0)
    if not argv:
        return False
    if len(argv) > 2 and posixpath.basename(argv[0]) in ("bash", "sh", "zsh") and argv[1] in ("-c", "-lc", "-ic"):
        return read_commands(sheet, context, argv[2], command.line, role)
    words = _Words(argv, command.line, lines, first_line).pairs
    program = posixpath.basename(words[0][0].replace("\\", "/"))
    raw = command.raw
    if program in ("conda", "mamba", "micromamba") and len(words) > 1 and words[1][0] == "run":
        inner = next((i for i, (word, _) in enumerate(words) if i > 1 and word in ("pip", "python", "pip3")), None)
        if inner is None:
            return False
        words, program = words[inner:], words[inner][0]
    if program in ("poetry", "pipenv", "uv", "pdm", "pixi", "hatch") and len(words) > 2 and words[1][0] == "run":
        words, program = words[2:], posixpath.basename(words[2][0])
    interpreter = re.fullmatch(r"(?:python|py|pypy)(?:w)?(\d(?:\.\d+)?)?(?:\.exe)?", program)
    if interpreter or re.fullmatch(r"\$\{?\w*(?:PYTHON|python)\w*\}?", program):
        return _python(sheet, context, words, interpreter[1] if interpreter else None, raw, role)
    if re.fullmatch(r"(?:pip|pip2|pip3|pip\d\.\d+|mim|pipx)(?:\.exe)?|\$\{?\w*(?:PIP|pip)\w*\}?", program):
        return _pip(sheet, context, words, raw, role)
    if program == "uv":
        return _uv(sheet, context, words, raw, role)
    if program in ("conda", "mamba", "micromamba"):
        return _conda(sheet, context, words, raw, role)
    if program in _SYSTEM:
        return _system(sheet, words, program, raw, role)
    if program in ("poetry", "pdm", "pipenv", "pixi"):
        return _project_tool(sheet, context, words, program, raw, role)
    if program == "easy_install":
        _packages(sheet, context, words[1:], raw, role)
        return True
    if program == "pyenv" and len(words) > 2 and words[1][0] in ("install", "local", "global", "virtualenv", "shell"):
        version = next((pair for pair in words[2:] if python_version(pair[0])), None)
        if version:
            _needs_python(sheet, version[0], version[1], raw, role)
        return version is not None
    if program == "virtualenv":
        return _virtualenv(sheet, words, raw, role)
    return False


def _needs_python(sheet: Sheet, text: str, line: int, raw: str, role: Role) -> bool:
    specifier = python_version(posixpath.basename(text))
    if not specifier or specifier in ("==3.*", "==2.*"):
        return False
    sheet.plain("python", specifier, "python", line, raw, group=role.group, cell=role.cell)
    return True


def _python(
    sheet: Sheet, context: Context, words: list[tuple[str, int]], version: str | None, raw: str, role: Role
) -> bool:
    names = [word for word, _ in words]
    if version and "." in version and (names[1:3] == ["-m", "venv"] or names[1:3] == ["-m", "virtualenv"]):
        return _needs_python(sheet, version, words[0][1], raw, role)
    if names[1:2] == ["-m"] and len(names) > 2:
        inner = words[2:]
        if inner[0][0] in ("pip", "mim"):
            return _pip(sheet, context, inner, raw, role)
        return False
    if len(names) > 2 and names[1].endswith("setup.py") and names[2] in ("install", "develop", "build_ext", "build"):
        if role.foreign:
            sheet.pip(f"git+{role.foreign}", words[0][1], raw=raw, kind=role.kind, group=role.group, cell=role.cell)
            return True
        folder = posixpath.join(role.folder, posixpath.dirname(names[1])) or "."
        projects = context.project(sheet.path, folder)
        sheet.project(projects, words[0][1])
        return bool(projects)
    return False


def _pip(sheet: Sheet, context: Context, words: list[tuple[str, int]], raw: str, role: Role) -> bool:
    at = next((i for i, (word, _) in enumerate(words[1:4], 1) if word == "install"), None)
    if at is None:
        return False
    _packages(sheet, context, words[at + 1 :], raw, role)
    return True


def _packages(sheet: Sheet, context: Context, words: list[tuple[str, int]], raw: str, role: Role) -> None:
    """The arguments of `pip install`."""
    if any(word == "--no-deps" for word, _ in words):
        role = replace(role, no_deps=True)
    arguments = iter(words)
    plain: list[tuple[str, int]] = []
    for word, line in arguments:
        if not word.startswith("-") or word == "-":
            plain.append((word, line))
            continue
        option, joined, value = word.partition("=")
        if re.match(r"-[rcefi][^-=]", word):
            option, joined, value = word[:2], "=", word[2:].lstrip("=")
        if option in ("-r", "--requirement", "--requirements", "-c", "--constraint", "-e", "--editable"):
            if not joined:
                value, line = next(arguments, ("", line))
            if option in ("-e", "--editable"):
                _local(sheet, context, value, line, raw, role)
            else:
                _list(sheet, context, value, line, raw, role, constraint=option in ("-c", "--constraint"))
        elif option in _PIP_INDEXES:
            if not joined:
                value, line = next(arguments, ("", line))
            sheet.index(_PIP_INDEXES[option], value, line, role.cell)
        elif _PIP_VALUES.fullmatch(option) and not joined:
            next(arguments, None)
        elif option == "--no-index":
            sheet.index("no-index", "", line, role.cell)
    if any(_STOP.fullmatch(word) for word, _ in plain) and len(plain) > 2:
        sheet.cannot(plain[0][1], raw, msg("a sentence rather than a command"), role.cell)
        return
    for word, line in plain:
        _package(sheet, context, word, line, raw, role)


def _local(sheet: Sheet, context: Context, value: str, line: int, raw: str, role: Role) -> None:
    """A local project: one of this repository, or the clone of another."""
    if role.foreign and re.match(r"\.(?:/|\[|\Z)", value):
        sheet.pip(f"git+{role.foreign}", line, raw=raw, kind=role.kind, group=role.group, cell=role.cell)
        return
    if not re.match(r"[\w+]+://|git\+", value):
        value = _inside_own(value, context) or "."
    if role.folder and not re.match(r"[\w+]+://|git\+", value):
        value = posixpath.join(role.folder, value)
    local_or_named(sheet, context, value, line, raw=raw, kind=role.kind, cell=role.cell)


def _inside_own(path: str, context: Context) -> str:
    """A path that goes through a fresh clone of this very repository, seen from its root."""
    head, slash, rest = path.removeprefix("./").partition("/")
    return rest if slash and context.own and head.lower() == context.own else path


def _list(
    sheet: Sheet, context: Context, value: str, line: int, raw: str, role: Role, *, constraint: bool = False
) -> None:
    if re.match(r"https?://", value):
        sheet.cannot(line, raw, msg("a list at a URL is not fetched"), role.cell)
        return
    if not value:
        return
    if role.foreign:
        sheet.index("other", f"{value} of {role.foreign}", line, role.cell)
        return
    if value.startswith(("/dev/", "/tmp/")):  # noqa: S108 - a path of theirs that is only named
        sheet.index("other", raw, line, role.cell)
        return
    value = _inside_own(value, context)
    target = context.resolve(sheet.path, posixpath.join(role.folder, value))
    if isinstance(target, Message) and role.folder:
        target = context.resolve(sheet.path, value)
    if isinstance(target, Message):
        name = posixpath.basename(value.replace("\\", "/").rstrip("/"))
        same = [path for path in context.paths if posixpath.basename(path) == name] if name and "$" not in name else []
        if len(same) != 1 or target.template.startswith("it names"):
            sheet.cannot(line, raw, target, role.cell)
            return
        target = same[0]
    sheet.include(target, line, constraint=constraint)


def _package(sheet: Sheet, context: Context, word: str, line: int, raw: str, role: Role) -> None:
    word = word.strip().strip("\u201c\u201d\u2018\u2019`,;")
    if not word or word in ("\\", "...", "…", "|", "etc", "etc.", "}", "{", "]", "["):
        return
    if word.startswith(("#", "//")):
        return
    if re.search(r"[$`]|\{\{|%\(|\A<[^=]", word) or re.fullmatch(r"[\[{<].*[\]}>]", word):
        sheet.cannot(line, raw, msg("{word} is filled in when it is run", word=word[:200]), role.cell)
        return
    if re.match(r"\.{1,2}(?:/|\[|\Z)|/|~/", word) or (word.endswith("/") and "://" not in word):
        if word.startswith(("/", "~")) and not word.endswith((".whl", ".tar.gz", ".zip")):
            sheet.index("other", f"local project {word}", line, role.cell)
            return
        if not word.endswith((".whl", ".tar.gz", ".zip")):
            _local(sheet, context, word, line, raw, role)
            return
    if re.search(r"[*?](?:[^\]]|\Z)", word) and word.endswith((".whl", ".tar.gz")):
        sheet.index("other", f"built file {word}", line, role.cell)
        return
    if word.endswith((".txt", ".yml", ".yaml")) and "==" not in word:
        _list(sheet, context, word, line, raw, role)
        return
    if context.own and re.fullmatch(rf"git\+.*/{re.escape(context.own)}(?:\.git)?/?(?:[@#].*)?", word, re.IGNORECASE):
        sheet.project(context.project(sheet.path, "."), line)  # the repository itself, by its address
        return
    if word in ("pip", "setuptools", "wheel") and role.kind == "runtime":
        sheet.pip(word, line, raw=raw, kind="build", group=role.group, cell=role.cell)
        return
    sheet.pip(word, line, raw=raw, kind=role.kind, group=role.group, cell=role.cell, no_deps=role.no_deps)


def _uv(sheet: Sheet, context: Context, words: list[tuple[str, int]], raw: str, role: Role) -> bool:
    names = [word for word, _ in words]
    for number, (word, line) in enumerate(words):
        if word in ("--python", "-p") and number + 1 < len(words) and names[1:2] != ["run"]:
            _needs_python(sheet, words[number + 1][0], words[number + 1][1], raw, role)
        elif word.startswith("--python="):
            _needs_python(sheet, word.partition("=")[2], line, raw, role)
    if names[1:3] == ["pip", "install"]:
        _packages(sheet, context, words[3:], raw, role)
    elif names[1:2] == ["add"]:
        _packages(sheet, context, words[2:], raw, role)
    elif names[1:3] == ["tool", "install"]:
        _packages(sheet, context, words[3:], raw, replace(role, kind="dev"))
    elif names[1:3] == ["python", "install"] or names[1:3] == ["python", "pin"]:
        for word, line in words[3:]:
            _needs_python(sheet, word, line, raw, role)
    elif names[1:2] == ["sync"]:
        sheet.project(context.project(sheet.path, "."), words[0][1])
    else:
        return names[1:2] == ["venv"]
    return True


def _conda(sheet: Sheet, context: Context, words: list[tuple[str, int]], raw: str, role: Role) -> bool:
    names = [word for word, _ in words]
    verbs = [word for word in names[1:] if not word.startswith("-")]
    if not verbs or verbs[0] not in ("install", "create", "env"):
        return False
    environment = verbs[0] == "env"
    if environment and (len(verbs) < 2 or verbs[1] not in ("create", "update")):
        return False
    skip = set(verbs[:2] if environment else verbs[:1])
    arguments = iter(words[1:])
    named_file = False
    for word, line in arguments:
        if word in skip:
            skip.discard(word)
            continue
        option, joined, value = word.partition("=")
        if re.match(r"-[cnp]\w", word) and not word.startswith("--"):
            option, joined, value = word[:2], "=", word[2:]
        if option in ("-c", "--channel"):
            if not joined:
                value, line = next(arguments, ("", line))
            sheet.index("channel", value, line, role.cell)
        elif option in ("-f", "--file"):
            if not joined:
                value, line = next(arguments, ("", line))
            _list(sheet, context, value, line, raw, role)
            named_file = True
        elif _CONDA_VALUES.fullmatch(option):
            if not joined:
                next(arguments, None)
        elif not word.startswith("-"):
            _conda_package(sheet, context, word, line, raw, role)
    if environment and not named_file:
        for name in ("environment.yml", "environment.yaml"):
            target = context.resolve(sheet.path, name)
            if isinstance(target, str):
                sheet.include(target, words[0][1])
                break
    return True


def _conda_package(sheet: Sheet, context: Context, word: str, line: int, raw: str, role: Role) -> None:
    word = word.strip().strip("`,;\u201c\u201d")
    if not word or word in ("\\", "...", "…", "all", "--all"):
        return
    if re.search(r"[$`]|\{\{|\A<[^=]", word):
        sheet.cannot(line, raw, msg("{word} is filled in when it is run", word=word[:200]), role.cell)
    elif word.endswith((".txt", ".yml", ".yaml")):
        _list(sheet, context, word, line, raw, role)
    else:
        sheet.conda(word, line, raw=raw, kind=role.kind, group=role.group, cell=role.cell)


def _system(sheet: Sheet, words: list[tuple[str, int]], program: str, raw: str, role: Role) -> bool:
    verbs = _SYSTEM[program]
    at = next((i for i, (word, _) in enumerate(words) if word in verbs), None)
    if at is None:
        return False
    arguments = iter(words[at + 1 :])
    for word, line in arguments:
        if word in _SYSTEM_VALUES:
            next(arguments, None)
        elif word.startswith("-") or word in ("\\", "...", "}", "{", "install") or not re.match(r"[A-Za-z0-9$.]", word):
            continue
        elif re.search(r"[$`<]", word):
            sheet.cannot(line, raw, msg("{word} is filled in when it is run", word=word[:200]), role.cell)
        elif word.startswith((".", "/")) or word.endswith((".deb", ".rpm")):
            sheet.index("other", f"package file {word}", line, role.cell)
        else:
            sheet.apt(word.strip("`,;"), line, raw, group=role.group, cell=role.cell)
    return True


def _project_tool(
    sheet: Sheet, context: Context, words: list[tuple[str, int]], program: str, raw: str, role: Role
) -> bool:
    verb = words[1][0] if len(words) > 1 else ""
    rest = [pair for pair in words[2:] if pair[0]]
    if verb == "add" or (program == "pipenv" and verb == "install" and any(not w.startswith("-") for w, _ in rest)):
        dev = any(word in ("--dev", "-D", "-d", "--group") for word, _ in rest)
        used = replace(role, kind="dev") if dev else role
        if program == "pixi" and not any(word == "--pypi" for word, _ in rest):
            for word, line in rest:
                if not word.startswith("-"):
                    _conda_package(sheet, context, word, line, raw, used)
        else:
            _packages(sheet, context, rest, raw, used)
        return True
    if verb in ("install", "sync", "update"):
        names = {"pipenv": ("Pipfile",), "pixi": ("pixi.toml", "pyproject.toml")}.get(program, ("pyproject.toml",))
        for name in names:
            target = context.resolve(sheet.path, name)
            if isinstance(target, str):
                sheet.project((target,), words[0][1])
                break
        return True
    if verb == "env" and rest[:1] and rest[0][0] == "use" and len(rest) > 1:
        return _needs_python(sheet, rest[1][0], rest[1][1], raw, role)
    return False


def _virtualenv(sheet: Sheet, words: list[tuple[str, int]], raw: str, role: Role) -> bool:
    for number, (word, line) in enumerate(words):
        option, joined, value = word.partition("=")
        if option in ("-p", "--python"):
            if not joined and number + 1 < len(words):
                value, line = words[number + 1]
            return _needs_python(sheet, value, line, raw, role)
        if re.fullmatch(r"-p\S+", word):
            return _needs_python(sheet, word[2:], line, raw, role)
    return False
