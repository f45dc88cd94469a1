"""What the models of the JSON report, version 1, are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from repotriage.models.base import CleanStr, Message


def _sentence(value: object) -> object:
    return str(value) if isinstance(value, Message) else value


Sentence = Annotated[CleanStr, BeforeValidator(_sentence)]


class V1(BaseModel):
    """A model of the report, filled from the internal model of the same shape."""

    model_config = ConfigDict(frozen=True, from_attributes=True, use_attribute_docstrings=True)


class LocationV1(V1):
    """A place in the repository at the report's commit."""

    path: CleanStr
    """Relative to the repository's root."""
    line: int | None
    """Counted from 1."""
    cell: int | None
    """The cell of a notebook, counted from 0."""
