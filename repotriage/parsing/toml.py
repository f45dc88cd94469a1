"""TOML by the standard library, behind bounds for what its parser takes too long for."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from repotriage.models.base import Message, msg

MAX_TOML = 8_000_000  # characters
MAX_DEPTH = 100  # of arrays and inline tables
MAX_PARTS = 100  # of one dotted key: tomllib needs the square of them

_LONG_KEY = re.compile(rf"(?<![\w.\-])(?:[\w\"'\-]++[ \t]*+\.[ \t]*+){{{MAX_PARTS}}}")


def load_toml(text: str) -> dict[str, Any] | Message:
    """Read TOML, or say why it cannot be read."""
    if len(text) > MAX_TOML:
        return msg("longer than {n} characters", n=MAX_TOML)
    depth = 0
    for bracket in re.finditer(r"[\[{\]}]", text):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MAX_DEPTH:
            return msg("nested deeper than {n}", n=MAX_DEPTH)
    if _LONG_KEY.search(text):
        return msg("a key of more than {n} parts", n=MAX_PARTS)
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        return msg("not TOML: {error}", error=str(error)[:300])
