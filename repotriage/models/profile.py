"""What counts how much: the weights that turn findings into a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from repotriage.models.base import CleanStr, Frozen
from repotriage.models.finding import Family

Weight = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]


class Profile(Frozen):
    """A user's priorities.

    `families` are the shares of the families in the whole; they need not add up to 1.
    `signals` override the weight that a signal has within its family; one that is not named
    keeps its own. A weight of 0 shows a finding and counts it for nothing.
    """

    name: CleanStr = Field(min_length=1, max_length=60)
    description: CleanStr = ""
    families: Mapping[Family, Weight]
    signals: Mapping[str, Weight] = {}

    @model_validator(mode="after")
    def _something_counts(self) -> Self:
        if not any(self.families.values()):
            raise ValueError("at least one family needs a share above 0")
        return self
