"""From the name that code imports to the distribution that brings it.

Sources: `import_names.toml` (namespaces, several distributions of one module, projects
outside PyPI), then `import_names.tsv` (what the wheels of the 15,000 most downloaded
projects contain). Nothing is guessed by likeness of names.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from packaging.version import Version

from repotriage.data import table, text


class Origin(NamedTuple):
    """The distributions that bring a module, likeliest first, and where that is known from."""

    distributions: tuple[str, ...]
    source: str
    why: str = ""


# Modules that some Python 2 or 3 had in its standard library and this one has not.
# Source: https://docs.python.org/3/whatsnew/ of each version, https://docs.python.org/2.7/py-modindex.html
@cache
def _former() -> Mapping[str, Version]:
    return {row["name"]: Version(row["removed_in"]) for row in table("stdlib")["removed"]}


@cache
def _later() -> Mapping[str, Version]:
    return {row["name"]: Version(row["added_in"]) for row in table("stdlib")["added"]}


def in_standard_library(module: str, python: Version | None) -> bool:
    """Whether `module` (a top-level name) is in the standard library of `python`; None: of any version."""
    former = _former().get(module)
    if former is not None:
        return python is None or python < former
    later = _later().get(module)
    if later is not None and python is not None and python < later:
        return False
    return module in sys.stdlib_module_names or module == "__future__"


def distributions_of(dotted: str) -> Origin | None:
    """What brings the module `dotted`, by the longest name that a table has; None: not known."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        found = _curated().get(".".join(parts[:length]))
        if found is not None:
            return found
    return _of_wheels().get(parts[0])


def inside_of(dotted: str) -> str | None:
    """The program whose own Python runs a file that imports this module, such as Blender; None: any Python does."""
    return _inside().get(dotted.partition(".")[0])


def also_brings(module: str) -> tuple[str, ...]:
    """Every distribution whose wheels hold the top-level `module`, those that no list would ask for by itself too."""
    found = _of_wheels().get(module)
    return () if found is None else found.distributions


def brought_along(dotted: str) -> Origin | None:
    """What else a module needs as soon as it is imported (any of the distributions), if a table has it."""
    return next((origin for name, origin in _hidden().items() if dotted == name or dotted.startswith(f"{name}.")), None)


@cache
def _curated() -> Mapping[str, Origin]:
    return {
        row["name"]: Origin(tuple(row["distributions"]), row["source"], row.get("why", ""))
        for row in table("import_names")["module"]
    }


@cache
def _inside() -> Mapping[str, str]:
    return {row["name"]: row["inside"] for row in table("import_names")["module"] if "inside" in row}


@cache
def _hidden() -> Mapping[str, Origin]:
    return {
        row["name"]: Origin(tuple(row["distributions"]), row["source"], row["why"])
        for row in table("hidden_imports")["module"]
    }


@cache
def _of_wheels() -> Mapping[str, Origin]:
    found: dict[str, Origin] = {}
    for line in (text("import_names.tsv") or "").splitlines()[1:]:
        module, distribution, _rank, source, _date = line.split("\t")
        before = found.get(module)
        found[module] = Origin((*(before.distributions if before else ()), distribution), source)
    return found
