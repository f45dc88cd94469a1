"""What is known to go wrong: breaks of the solution, removed symbols in the code, open issues that tell of it."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from packaging.version import InvalidVersion, Version

from repotriage.models.base import msg
from repotriage.models.breakage import BreakageUse
from repotriage.models.location import Evidence, Location
from repotriage.models.plan import Remedy
from repotriage.models.snapshot import Snapshot
from repotriage.models.study import Study
from repotriage.plan.commands import Written

_SHOWN = 3
_MAX_TITLE = 120
_OWN_FILE = re.compile(r"(?:\./)?[\w.-]+(?:/[\w.+-]+)+\.(?:ya?ml|py|json|cfg|ini|toml|sh|gin)")
_MOST_FILES = 2000
_PARSES = re.compile(r"ArgumentParser\s*\([\s\S]*\.parse_args\s*\(\s*\)")
# Options that come from elsewhere: helpers, parents, frameworks.
_BORROWS = re.compile(
    r"parse_known_args|parents\s*=|HfArgumentParser|add_\w*args?\w*\(\s*parser|add_arguments\(|get_\w*parser\(|\*\*\w*arg"
    r"|from_argparse_args|add_argparse_args|opts?\.\w*\(parser|\(\s*parser\s*[,)]"
)
_PARSER = re.compile(r"(\w{1,60})\s*=\s*(?:argparse\.)?ArgumentParser\s*\(")
_OPTION = re.compile(r"add_argument\s*\([^)]*?[\"'](--[A-Za-z][\w-]*)[\"']")
_GIVEN = re.compile(r"--[A-Za-z][\w-]*")


def missing(line: Written, snapshot: Snapshot, folder: str) -> tuple[Remedy, ...]:
    """Files that a command names as if the repository had them, and the nearest that it has."""
    found = []
    for word in line.argv:
        name = word.rpartition("=")[2]
        if name in line.fill_in or word in line.fill_in or not _OWN_FILE.fullmatch(name):
            continue
        path = posixpath.normpath(posixpath.join(folder, name))
        top = path.partition("/")[0]
        if path in snapshot.by_path or name in snapshot.by_path:
            continue
        near = [file.path for file in snapshot.files if file.path.startswith(f"{top}/")]
        same = [one for one in near if posixpath.splitext(one)[1] == posixpath.splitext(path)[1]]
        closest = difflib.get_close_matches(path, same[:_MOST_FILES], n=1, cutoff=0.6)
        if closest:
            found.append(
                Remedy(
                    text=msg("{path} is not in the repository at this commit; the nearest name there is {near}",
                             path=name, near=closest[0]),
                    evidence=(Evidence(at=Location(path=closest[0])),),
                )
            )  # fmt: skip
    return tuple(found)


def unknown_options(argv: Sequence[str], script: str | None, snapshot: Snapshot) -> tuple[str, ...]:
    """Options that a command gives to a script which defines its options itself, and not these."""
    text = snapshot.text(script or "") or ""
    if script is None or not _PARSES.search(text) or _BORROWS.search(text):
        return ()
    if any(re.search(rf"[(,]\s*{name}\s*[,)]", text) for name in set(_PARSER.findall(text))):
        return ()  # handed to a function that may add options
    known = set(_OPTION.findall(text))
    name = posixpath.basename(script)
    start = next((index for index, word in enumerate(argv) if posixpath.basename(word) == name), None)
    if start is None or not known:
        return ()
    given = [word.partition("=")[0] for word in argv[start + 1 :] if _GIVEN.fullmatch(word.partition("=")[0])]
    return tuple(dict.fromkeys(one for one in given if not any(option.startswith(one) for option in known)))


def not_taken(argv: Sequence[str], script: str | None, snapshot: Snapshot) -> tuple[Remedy, ...]:
    """That a documented command gives options which its script does not define."""
    return tuple(
        Remedy(
            text=msg("{path} defines no option {name} at this commit: ask it with --help", path=script, name=name),
            evidence=(Evidence(at=Location(path=script or "")),),
        )
        for name in unknown_options(argv, script, snapshot)[:_SHOWN]
    )


def issues(study: Study, words: re.Pattern[str]) -> tuple[Remedy, ...]:
    """Open issues whose title tells of it, the most discussed first."""
    github = study.snapshot.github
    found = [
        one for one in (github.issues if github else None) or () if one.state == "open" and words.search(one.title)
    ]
    found.sort(key=lambda one: (-(one.comments or 0), -one.number))
    return tuple(
        Remedy(
            text=msg("open issue: {title}", title=one.title[:_MAX_TITLE]),
            evidence=(Evidence(issue=one.number, url=one.url),),
        )
        for one in found[:_SHOWN]
    )


def breaks(study: Study) -> Iterator[Remedy]:
    """Known breaks of the planned packages."""
    best = study.environment.best if study.environment else None
    for one in best.breaks if best else ():
        evidence = (Evidence(at=one.at),) if one.at else ()
        yield Remedy(text=one.message, evidence=evidence)


def _concerns(use: BreakageUse, planned: Mapping[str, str]) -> bool:
    version = planned.get(use.package)
    if version is None:
        return False
    try:
        gone = Version(version) >= Version(use.removed_in)
        back = use.restored_in is not None and Version(version) >= Version(use.restored_in)
    except InvalidVersion:
        return True
    return gone and not back


def removed_symbols(study: Study) -> Iterator[Remedy]:
    """Symbols that the code uses and that the planned releases no longer have, one remedy for each.

    Without a plan every release may come, so all of them are told.
    """
    best = study.environment.best if study.environment else None
    planned = {pin.name: pin.version for pin in best.pins} if best is not None else {}
    seen: dict[tuple[str, str], list[Evidence]] = {}
    kept: dict[tuple[str, str], BreakageUse] = {}
    for use in study.breakages:
        if use.guarded or not use.certain or (planned and not _concerns(use, planned)):
            continue
        key = (use.package, use.symbol)
        kept.setdefault(key, use)
        seen.setdefault(key, []).append(Evidence(at=use.at))
    for key, use in list(kept.items())[:_SHOWN]:
        yield Remedy(
            text=msg(
                "{symbol} is gone since {package} {version}: install an older one, or write {replacement}",
                symbol=use.symbol, package=use.package, version=use.removed_in, replacement=use.replacement,
            ),
            evidence=tuple(seen[key][:_SHOWN]),
        )  # fmt: skip
