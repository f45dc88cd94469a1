"""The frozen base of every model, and text that is safe to print."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

# C0 and C1 controls, bidirectional overrides and isolates, zero-width and
# line/paragraph separators, and surrogates: nothing that a terminal, a log or
# a browser may obey instead of showing.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufff9-\ufffb]"
)
_ESCAPE_SEQUENCE = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC, such as a terminal hyperlink
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI, such as a colour
    r"|\x1b[@-_]"
)


def clean(text: str) -> str:
    """Strip `text` of escape sequences and control characters; tabs and newlines become spaces."""
    return _UNPRINTABLE.sub("", _ESCAPE_SEQUENCE.sub("", text)).replace("\t", " ").replace("\n", " ")


CleanStr = Annotated[str, AfterValidator(clean)]
"""One line of text that is safe to print: what a repository wrote, stripped of control characters."""


class Frozen(BaseModel):
    """A value: immutable, compared by content, with no field that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")


class Message(Frozen):
    """A sentence for the user: an English template and the values that fill its `{fields}`.

    Kept apart until it is rendered, so that a renderer can translate the template and
    escape the values. `str()` gives the English sentence.
    """

    template: str
    values: Mapping[str, CleanStr | int | float | None] = {}

    def __str__(self) -> str:
        return self.template.format_map(dict(self.values))


def msg(template: str, /, **values: str | float | None) -> Message:
    """Shorthand for `Message`; its first argument is what the translators see.

    >>> str(msg("{n} stars", n=3))
    '3 stars'
    """
    return Message(template=template, values=values)
