"""Which of the dependency files a user follows, in what order, and why."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from repotriage.models.base import Message, msg
from repotriage.models.requirement import Declared, Format, Include

_ORDER: tuple[Format, ...] = (
    # What is tried first when no document says what to install.
    "requirements",
    "conda",
    "pyproject",
    "setup.py",
    "setup.cfg",
    "pipfile",
    "pixi",
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "pipfile.lock",
    "pylock",
    "conda-lock",
    "dockerfile",
    "cog",
    "python-version",
    "runtime.txt",
    "shell",
    "apt",
    "devcontainer",
)
_PLAIN_NAMES = frozenset(
    {
        "requirements.txt",
        "requirement.txt",
        "environment.yml",
        "environment.yaml",
        "dockerfile",
        "install.sh",
        "setup.sh",
    }
)
_FOLDERS = frozenset(
    {"", "docker", ".docker", "binder", ".binder", "conda", "envs", "env", "environment", "requirements"}
)


@dataclass(frozen=True, slots=True)
class Ranked:
    """The place of a file, from 1, or None when a user does not follow it by itself."""

    rank: int | None
    why: Message
    named_by: str | None = None  # the file that has it read or installed


def rank(formats: Mapping[str, Format], declared: Mapping[str, Sequence[Declared]], base: str) -> dict[str, Ranked]:
    """The rank of each file by its path. `base` is the folder that the target asks about, "" for the root."""
    order: list[tuple[str, Message, str | None]] = []
    done: set[str] = set()

    def follow(path: str, why: Message, by: str | None = None) -> None:
        if path in done or path not in formats:
            return
        done.add(path)
        order.append((path, why, by))
        for include in _includes(declared.get(path, ())):
            if include.how != "bounds" or include.path in formats:
                follow(include.path, _because(include), path)

    for path in sorted((one for one in formats if _is_readme(one, base)), key=_readme_order):
        readings = declared.get(path, ())
        done.add(path)
        order.append((path, msg("it is what a user reads first"), None))
        for include in _includes(readings):
            follow(include.path, _because(include), path)
    for path in sorted(formats, key=lambda one: _default_order(one, formats[one], base)):
        if formats[path] in _ORDER and _near(path, base) and not _is_variant(path, formats[path]):
            follow(path, msg("no document leads to it, but it stands where a user looks"))
    ranked = {path: Ranked(number, why, by) for number, (path, why, by) in enumerate(order, 1)}
    for path in formats:
        ranked.setdefault(path, Ranked(None, msg("nothing that a user follows leads to it")))
    return ranked


def _because(include: Include) -> Message:
    place = str(include.at)
    if include.how == "installs":
        return msg("{place} installs the project", place=place)
    if include.how == "bounds":
        return msg("{place} takes its bounds from it", place=place)
    return msg("{place} reads it", place=place)


def _includes(readings: Iterable[Declared]) -> list[Include]:
    return [include for reading in readings for include in reading.includes]


def _is_readme(path: str, base: str) -> bool:
    folder, name = posixpath.split(path)
    return folder == base and name.lower().startswith(("readme", "install"))


def _readme_order(path: str) -> tuple[bool, int, str]:
    name = posixpath.basename(path).lower()
    return (not name.startswith("readme"), len(name), name)


def _near(path: str, base: str) -> bool:
    folder = posixpath.dirname(path)
    relative = posixpath.relpath(folder, base) if base else folder
    return (relative if relative != "." else "") in _FOLDERS


def _is_variant(path: str, format: Format) -> bool:  # noqa: A002 - the model's own word
    """A list for another purpose or machine, such as requirements-dev.txt or environment_cpu.yml."""
    name = posixpath.basename(path).lower()
    return format in ("requirements", "conda", "dockerfile", "shell") and name not in _PLAIN_NAMES


def _default_order(path: str, format: Format, base: str) -> tuple[int, int, str]:  # noqa: A002 - the model's own word
    place = _ORDER.index(format) if format in _ORDER else len(_ORDER)
    return (path.count("/") - base.count("/"), place, path)
