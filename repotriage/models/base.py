"""The frozen base of every model, and text that is safe to print."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from string import Formatter
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from repotriage.models.text import clean as clean  # those who make models find it here

CleanStr = Annotated[str, AfterValidator(clean)]
"""One line of text that is safe to print: what a repository wrote, stripped of control characters."""


class Frozen(BaseModel):
    """A value: immutable, compared by content, with no field that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")


def _same(text: str) -> str:
    return text


_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FORMAT_SPEC = re.compile(r",?(?:\.[0-9])?[dfg%s]?")


@lru_cache(maxsize=4096)
def _parts(template: str) -> tuple[tuple[str, str | None, str], ...]:
    """Split a template in (literal text, field or None, format specification); ValueError for anything else.

    A template may come out of a saved snapshot that somebody else made, so it is not given
    to `str.format`: no attribute, index, conversion or width reaches that far.
    """
    parts = []
    for literal, field, spec, conversion in Formatter().parse(template):
        if field is not None and (conversion or not _FIELD.fullmatch(field) or not _FORMAT_SPEC.fullmatch(spec or "")):
            raise ValueError(f"the template {template!r} has a field that is not a plain name")
        parts.append((literal, field, spec or ""))
    return tuple(parts)


class Message(Frozen):
    """A sentence for the user: an English template and the values that fill its `{fields}`.

    Kept apart until it is rendered, so that a renderer can translate the template and
    escape the values. `str()` gives the English sentence. A field may have a format such
    as `{n:,}` or `{share:.0%}`.
    """

    template: CleanStr
    values: Mapping[str, CleanStr | int | float | None] = {}

    @model_validator(mode="after")
    def _every_field_has_a_value(self) -> Self:
        missing = {field for _, field, _ in _parts(self.template) if field is not None} - self.values.keys()
        if missing:
            raise ValueError(f"the template {self.template!r} has no value for {', '.join(sorted(missing))}")
        return self

    def __str__(self) -> str:
        return self.render()

    def render(
        self,
        *,
        translate: Callable[[str], str] = _same,
        text: Callable[[str], str] = _same,
        value: Callable[[str], str] = _same,
    ) -> str:
        """The sentence; `translate` is given the template, `text` its words, `value` what fills its fields.

        A value that is not known reads "unknown".
        """
        return "".join(
            text(literal) + ("" if field is None else value(self._filled(field, spec)))
            for literal, field, spec in _parts(translate(self.template))
        )

    def _filled(self, field: str, spec: str) -> str:
        content = self.values[field]
        if content is None:
            return "unknown"
        return content if isinstance(content, str) else format(content, spec)


def msg(template: str, /, **values: str | float | None) -> Message:
    """Shorthand for `Message`; its first argument is what the translators see.

    >>> str(msg("{n} stars", n=3))
    '3 stars'
    """
    return Message(template=template, values=values)
