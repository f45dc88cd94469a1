"""How a reader of a dependency file is made known, how all are found, and what it may look at."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import posixpath
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from repotriage.models.base import Message, msg
from repotriage.models.requirement import Declared, Format

Read = Callable[[str, str, "Context"], Declared]
_REGISTRY: dict[str, Manifest] = {}


@dataclass(frozen=True, slots=True)
class Context:
    """The other files of the snapshot: all that a reader may know beside its own text.

    `paths` are all paths of the tree, `lookup` gives the text of one (None when it was not read).
    """

    lookup: Callable[[str], str | None]
    paths: Collection[str]
    own: str = ""  # the repository's own name, lower case

    def text(self, path: str) -> str | None:
        """The text of `path`, or None."""
        return self.lookup(path)

    def resolve(self, base: str, reference: str, *, suffixes: Sequence[str] = ("",)) -> str | Message:
        """The path that the file `base` means by `reference`: beside itself, else from the root; or why there is none.

        Nothing outside of the repository is ever looked at: `/etc/passwd` and `../..` are reasons.
        """
        reference = reference.strip().replace("\\", "/")
        if not reference or "\0" in reference:
            return msg("it names no file")
        if reference.startswith(("/", "~")) or re.match(r"[A-Za-z]:/", reference):
            return msg("{path} is outside of the repository and is not looked at", path=reference[:200])
        if "$" in reference or "{{" in reference:
            return msg("{path} is filled in when it is run", path=reference[:200])
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(base), reference))
        if beside == ".." or beside.startswith("../"):
            return msg("{path} is outside of the repository and is not looked at", path=reference[:200])
        from_root = posixpath.normpath(reference)
        for candidate in (beside, from_root):
            for suffix in suffixes:
                path = posixpath.normpath(posixpath.join(candidate, suffix)) if suffix else candidate
                if path in self.paths:
                    return path
        return msg("{path} is not in the repository", path=reference[:200])

    def project(self, base: str, reference: str) -> tuple[str, ...]:
        """The build files of the local project that `pip install <reference>` names, seen from `base`."""
        found: list[str] = []
        for name in ("pyproject.toml", "setup.py", "setup.cfg"):
            path = self.resolve(base, posixpath.join(reference or ".", name))
            if isinstance(path, str):
                found.append(path)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A reader of one format: which paths it reads, and how."""

    name: str
    format: Format
    matches: re.Pattern[str]
    title: str
    read: Read


def manifest(*, format: Format, matches: str) -> Callable[[Read], Read]:  # noqa: A002 - the model's own word
    """Register a function as the reader of the files whose whole path `matches` (a regex, in any case)."""

    def register(read: Read) -> Read:
        name = read.__name__
        title = inspect.cleandoc(read.__doc__ or "").partition("\n\n")[0]
        if not title:
            raise ValueError(f"manifest reader {name}: its docstring needs a title")
        if name in _REGISTRY:
            raise ValueError(f"manifest reader {name} is there twice")
        _REGISTRY[name] = Manifest(name, format, re.compile(matches, re.IGNORECASE), " ".join(title.split()), read)
        return read

    return register


def all_manifests() -> tuple[Manifest, ...]:
    """Every reader of this package, sorted by name."""
    package = importlib.import_module("repotriage.manifests.formats")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return tuple(_REGISTRY[name] for name in sorted(_REGISTRY))
