"""Step 1: the code at its commit, and an environment that solves."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from shlex import quote

from packaging.utils import canonicalize_name

from repotriage import data
from repotriage.compat.knowledge import system_library
from repotriage.models.base import Message, msg
from repotriage.models.location import Evidence, Location
from repotriage.models.plan import Action, Step
from repotriage.models.reading import Command
from repotriage.models.requirement import ImportedModule
from repotriage.models.solution import Change
from repotriage.models.study import Study
from repotriage.plan.commands import in_folder, written
from repotriage.plan.failures import breaks, issues, removed_symbols
from repotriage.plan.jobs import training_run
from repotriage.plan.runs import changed_to, is_document, is_guest, section
from repotriage.plan.said import system_needs
from repotriage.plan.virtual import activation, installation, interpreter, shells

_ISSUE = re.compile(
    r"install|import|module|version|cuda|depend|requirement|environment|conda|pip|compil|build|incompatib|安装|环境|版本|依赖",
    re.IGNORECASE,
)
_OWN_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9_.-]+")
_FOLDER = "env"
_IMPORTS_SHOWN = 12
_INSTALLERS = frozenset({"pip", "pip3", "conda", "mamba", "uv", "python", "python3", "poetry", "pipenv", "pixi"})
_CHANGES_SHOWN = 6
_PACKAGES_SHOWN = 20
_LINES_BEFORE = 6
_CHECKOUT = re.compile(r"\bgit checkout\s+(?:tags/)?([\w./-]{2,80})")
_OTHER_SYSTEMS = re.compile(r"\b(?:brew|choco|scoop|winget|pacman|apk|zypper|yum|dnf)\b")
_APT = re.compile(r"[a-z0-9][a-z0-9+.-]{1,60}")
_BUILDS_SHOWN = 3
_BUILDS = re.compile(r"(?:^|/)setup\.py$|\.(?:sh|bash)$|Makefile|install|build|setup|compile|make", re.IGNORECASE)
_OLD = re.compile(r"\bvirtualenv\b|\bconda\b")
_CHECKS = {
    "pytorch": "import torch; print(torch.__version__, torch.cuda.is_available())",
    "tensorflow": "import tensorflow as tf; print(tf.__version__, tf.config.list_physical_devices('GPU'))",
    "tensorflow1": "import tensorflow as tf; print(tf.__version__, tf.test.is_gpu_available())",
    "jax": "import jax; print(jax.__version__, jax.devices())",
}


def step(study: Study, target: str) -> Step:
    """The environment."""
    return Step(
        number=1, name="environment", title=msg("Set up the environment"), actions=tuple(_actions(study, target))
    )


def _actions(study: Study, target: str) -> Iterator[Action]:
    yield from _clone(study)
    environment = study.environment
    best = environment.best if environment else None
    failures = (*breaks(study), *removed_symbols(study), *issues(study, _ISSUE))
    if environment is None or best is None or not best.pins:
        why = None if environment is None else environment.why_best or (best.reason if best else None)
        conflict = best.conflict if best else None
        expect: list[Message] = [conflict.sentence] if conflict else []
        if why is not None:
            expect.append(why)
        yield Action(
            what=msg("Find an environment; none was solved for this list")
            if environment is None
            else msg("Find an environment; none is known to solve yet"),
            command=f"repotriage env {quote(target)}",
            offered=False,
            evidence=tuple(Evidence(at=file) for file in _files(study)),
            expect=tuple(expect),
            fails=failures,
        )
        yield from _readme_install(study)
        return
    addresses = {one.at for one in environment.steps if one.kind == "reference"}
    changes = [one for one in best.changes if one.after is not None or one.at not in addresses]
    for_host = f" --host {environment.host}" if environment.host in data.names("hosts", ".json") else ""
    notices = [text for one in environment.notices for text in (one.message, one.remedy) if text is not None]
    yield Action(
        what=msg(
            "Write the locked environment of {n} packages for Python {python}",
            n=len(best.pins),
            python=best.candidate.python,
        ),
        command=f"repotriage env {quote(target)}{for_host} --write {_FOLDER}",
        evidence=tuple(Evidence(at=file) for file in _files(study)),
        expect=(best.candidate.reason, *_changes(changes[:_CHANGES_SHOWN]), *notices),
    )
    yield from _system(study)
    by_script = [one for one in environment.steps if one.kind != "reference"]
    from_wheels = {one.name for one in by_script if not one.needs_cuda and not one.no_build_isolation}
    from_wheels -= {one.name for one in by_script if one.kind == "compiled"}
    compiled = [pin.name for pin in best.pins if pin.compiles and pin.name not in from_wheels]
    cost = (msg("to be compiled: {names}", names=", ".join(compiled)),) if compiled else ()
    yield Action(
        what=msg("Install it"),
        command=installation(study, _FOLDER),
        expect=(*shells(study), *(one.message for one in by_script)),
        cost=cost,
        fails=failures,
    )
    for after in environment.steps:
        if after.kind == "reference" and not _is_own(study, after.requirement):
            yield Action(
                what=msg(
                    "Look at what the repository installs from an address of its own, then install it: {requirement}",
                    requirement=after.requirement,
                ),
                evidence=(Evidence(at=after.at),) if after.at else (),
                expect=(after.message, *_checked_out(study, after.at), *_part_of(study, after.at)),
            )
    yield from _checks(study)
    yield from _own_builds(study)


def _changes(changes: Sequence[Change]) -> Iterator[Message]:
    """What was changed, each reason after the last of its changes."""
    for one, following in zip_longest(changes, changes[1:]):
        yield (
            msg("left out: {before}", before=one.before)
            if one.after is None
            else msg("changed: {before} becomes {after}", before=one.before, after=one.after)
        )
        if following is None or following.reason != one.reason:
            yield one.reason


def _is_of_other_system(study: Study, at: Location) -> bool:
    """Whether a line installs by what Debian does not have: its packages have other names there."""
    line = (study.snapshot.text(at.path) or "").split("\n")[(at.line or 1) - 1 :][:1]
    return bool(line) and _OTHER_SYSTEMS.search(line[0]) is not None and "apt" not in line[0]


def _is_own(study: Study, address: str) -> bool:
    """Whether an address is that of the repository itself."""
    name = posixpath.basename(address.partition("#")[0].rstrip("/")).partition("@")[0].removesuffix(".git").lower()
    return name != "" and name == study.snapshot.own_name


def _checked_out(study: Study, at: Location | None) -> tuple[Message, ...]:
    """The tag or commit that a document checks out right before an installation."""
    lines = (study.snapshot.text(at.path) or "").split("\n") if at is not None and at.line else []
    near = lines[max(0, (at.line or 0) - _LINES_BEFORE) : at.line] if at is not None else []
    found = _CHECKOUT.search("\n".join(near))
    return (msg("the document checks out {ref} of it", ref=found[1]),) if found is not None else ()


def _part_of(study: Study, at: Location | None) -> tuple[Message, ...]:
    """That only a part of the repository asks for something, where another one trains."""
    part = section(study.snapshot, at.path) if at is not None else ""
    run = training_run(study)
    mine = section(study.snapshot, run.main or run.path) if run is not None else ""
    return (msg("only {folder} asks for it", folder=part),) if part not in ("", mine) else ()


def _system(study: Study) -> Iterator[Action]:
    """Packages of the system that the documents install, or that planned packages are known to need on Linux."""
    if study.environment is not None and study.environment.os not in (None, "linux"):
        return
    best = study.environment.best if study.environment else None
    named = [
        one
        for one in study.dependencies.requirements
        if one.kind == "system" and _APT.fullmatch(one.name) and is_document(one.at.path)
        if not is_guest(study.snapshot, one.at.path) and not _is_of_other_system(study, one.at)
    ]
    if named:
        names = list(dict.fromkeys(one.name for one in named))[:_PACKAGES_SHOWN]
        yield Action(
            what=msg("Install what the documents ask of the system"),
            command=f"sudo apt-get install {' '.join(map(quote, names))}",
            evidence=tuple(dict.fromkeys(Evidence(at=one.at) for one in named))[:_BUILDS_SHOWN],
        )
    known = [(pin.name, row) for pin in (best.pins if best is not None else ()) if (row := system_library(pin.name))]
    told = {one.name for one in named}
    known = [(name, row) for name, row in known if not set(row.apt) <= told]
    libraries = dict.fromkeys(library for _, row in known for library in row.apt if library not in told)
    if known:
        yield Action(
            what=msg(
                "Have the libraries that no wheel brings, for {names}", names=", ".join(name for name, _ in known)
            ),
            command=f"sudo apt-get install {' '.join(map(quote, libraries))}",
            evidence=tuple(Evidence(url=str(row.source)) for _, row in known[:_BUILDS_SHOWN]),
        )
    for said in list(system_needs(study))[:_BUILDS_SHOWN]:
        if all(one.at.path != said.at.path or one.at.line != said.at.line for one in named):
            yield Action(
                what=msg("See what else the document asks of the system: {text}", text=said.text),
                evidence=(Evidence(at=said.at),),
            )


def _clone(study: Study) -> Iterator[Action]:
    snapshot = study.snapshot
    url = snapshot.web_url()
    if url is None or not _OWN_NAME.fullmatch(snapshot.name) or snapshot.commit is None:
        yield Action(what=msg("Go to the folder of the checkout; no remote tells where it comes from"), offered=False)
        if any(file.mode == "submodule" for file in snapshot.files):
            yield Action(
                what=msg("Fetch its submodules, which are not part of what was read"),
                command="git submodule update --init --recursive",
                evidence=tuple(
                    Evidence(at=Location(path=".gitmodules")) for _ in range(".gitmodules" in snapshot.by_path)
                ),
            )
        return
    folder = snapshot.name.rpartition("/")[2]
    submodules = any(file.mode == "submodule" for file in snapshot.files)
    clone = f"git clone {'--recurse-submodules ' if submodules else ''}{quote(url)}"
    yield Action(
        what=msg("Fetch the code at the commit that was read"),
        command=f"{clone} && cd {quote(folder)} && git checkout {quote(snapshot.commit)}",
        evidence=(Evidence(commit=snapshot.commit),),
    )


def _files(study: Study) -> tuple[Location, ...]:
    ranked = sorted((one for one in study.dependencies.files if one.rank is not None), key=lambda one: one.rank or 0)
    return tuple(Location(path=one.path) for one in ranked[:2])


def _readme_install(study: Study) -> Iterator[Action]:
    installs = [one for one in study.reading.commands if one.role == "install" and one.argv[0] in _INSTALLERS]
    shown = min(installs, key=lambda one: one.at.path.count("/"), default=None)
    if shown is not None:
        yield Action(
            what=msg(
                "As a substitute, follow the installation that the documents show: {command}", command=shown.raw[:200]
            ),
            offered=False,
            evidence=(Evidence(at=shown.at),),
        )


def _checks(study: Study) -> Iterator[Action]:
    check = _CHECKS.get(study.reading.framework or "")
    if check is not None:
        yield Action(
            what=msg("Check the framework and the GPU"),
            command=f"{interpreter(study)} -c {quote(check)}",
            expect=(msg("its version, and the GPU if there is one"),),
        )
    modules = [one.module for one in study.dependencies.imports if one.needed and _is_planned(study, one)]
    if modules:
        yield Action(
            what=msg("Check that what the code imports is there"),
            command=f"{interpreter(study)} -c {quote('import ' + ', '.join(modules[:_IMPORTS_SHOWN]))}",
            expect=(msg("no output"),),
        )
    yield Action(what=msg("Use it in this shell: every python below is this one"), command=activation(study))


def _is_planned(study: Study, module: ImportedModule) -> bool:
    """Whether the plan installs what a module comes from, as far as is known."""
    best = study.environment.best if study.environment else None
    names = {pin.name for pin in best.pins} if best is not None else set()
    return re.fullmatch(r"[A-Za-z_]\w*", module.module) is not None and any(
        canonicalize_name(name) in names for name in module.distributions
    )


def _own_builds(study: Study) -> Iterator[Action]:
    """What the documents build or install of the repository itself: its package, its extensions, its submodules."""
    seen: set[str] = set()
    for one in study.reading.commands:
        if one.role != "install" or not is_document(one.at.path) or is_guest(study.snapshot, one.at.path):
            continue
        line = None
        if _in_a_clone(study, one):
            continue
        if one.script is not None and _BUILDS.search(one.script):
            line = written(one, study.snapshot)
        elif _installs_folder(one.argv):
            line = in_folder(one, changed_to(study, one))
        if line is None or line.text in seen or _OLD.search(line.text):
            continue
        seen.add(line.text)
        if len(seen) > _BUILDS_SHOWN:
            return
        yield Action(
            what=msg("Build or install what the repository holds itself, as its documents show"),
            command=line.text,
            fill_in=line.fill_in,
            evidence=(Evidence(at=one.at),),
        )


def _in_a_clone(study: Study, command: Command) -> bool:
    """Whether a document is in the clone of another repository when it gives a command."""
    near = [
        one
        for one in study.reading.commands
        if one.at.path == command.at.path and 0 < (command.at.line or 0) - (one.at.line or 0) <= _LINES_BEFORE
    ]
    cloned = {
        re.sub(r"\.git$", "", posixpath.basename(word)) for one in near if "clone" in one.argv for word in one.argv
    }
    entered = [posixpath.basename(one.argv[1].rstrip("/")) for one in near if one.argv[0] == "cd" and len(one.argv) > 1]
    return bool(entered) and entered[-1] in cloned and entered[-1].lower() != study.snapshot.own_name


def _installs_folder(argv: tuple[str, ...]) -> bool:
    """`pip install -e .`, `pip install --editable ./fairseq`: a folder of the checkout."""
    return (
        argv[0] in ("pip", "pip3", "python", "python3", "uv")
        and "install" in argv
        and re.fullmatch(r"\.(?:/[\w./-]*)?(?:\[[\w,.-]+\])?", argv[-1]) is not None
    )
