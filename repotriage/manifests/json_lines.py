"""JSON as editors write it, with comments and trailing commas."""

from __future__ import annotations

import json
import re
from typing import Any

from repotriage.models.base import Message, msg

MAX_JSON = 20_000_000  # characters

_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)


def parse_jsonc(text: str) -> Any | Message:
    """The value that `text` holds, comments and trailing commas forgiven, or why it cannot be read."""
    if len(text) > 1_000_000:
        return msg("longer than {n} characters", n=1_000_000)
    plain = _TOKEN.sub(lambda found: found[0] if found[0].startswith('"') else "", text.lstrip("\ufeff"))
    plain = re.sub(r",(\s*[}\]])", r"\1", plain) if re.search(r",\s*[}\]]", plain) else plain
    try:
        return json.loads(plain)
    except (ValueError, RecursionError) as error:
        return msg("not JSON: {error}", error=str(error)[:200])


def line_of(text: str, needle: str, start: int = 0) -> int | None:
    """The line where `needle` stands in `text` as a JSON string, or as it is."""
    at = text.find(json.dumps(needle, ensure_ascii=False)[1:-1], start)
    return None if at < 0 else text.count("\n", 0, at) + 1
