"""Text that is safe to print; apart from the models, so that an error line needs no pydantic."""

from __future__ import annotations

import re

# C0 and C1 controls, bidirectional marks, overrides and isolates, zero-width
# and line/paragraph separators, tags and surrogates: nothing that a terminal,
# a log or a browser may obey instead of showing.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_ESCAPE_SEQUENCE = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC, such as a terminal hyperlink
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI, such as a colour
    r"|\x1b[@-_]"
)


def clean(text: str) -> str:
    """Strip `text` of escape sequences and control characters; tabs and newlines become spaces."""
    return _UNPRINTABLE.sub("", _ESCAPE_SEQUENCE.sub("", text)).replace("\t", " ").replace("\n", " ")
