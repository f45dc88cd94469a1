"""Tables and profiles: every fact with its source and date.

The one place that reads package data; everything else gets parsed tables from `table`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


def text(name: str) -> str | None:
    """The text of a bundled file such as `profiles/paper.toml`, or None when there is none."""
    file = files(__name__).joinpath(*name.split("/"))
    return file.read_text(encoding="utf-8") if file.is_file() else None


def names(folder: str, suffix: str = ".toml") -> tuple[str, ...]:
    """The stems of the files with `suffix` in a bundled folder, sorted."""
    return tuple(
        sorted(
            file.name.removesuffix(suffix)
            for file in files(__name__).joinpath(folder).iterdir()
            if file.name.endswith(suffix)
        )
    )


@cache
def table(name: str) -> Mapping[str, Any]:
    """The bundled table `name` (without `.toml`), parsed; do not change what it returns.

    Raises:
        FileNotFoundError: there is no such table, which is a fault of ours.
    """
    found = text(f"{name}.toml")
    if found is None:
        raise FileNotFoundError(f"repotriage/data/{name}.toml")
    return tomllib.loads(found)
