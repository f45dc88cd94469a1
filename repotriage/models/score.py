"""The score: an interval with coverage, by family and in all."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from repotriage.models.base import Frozen, Message
from repotriage.models.finding import Family, Finding


class Interval(Frozen):
    """`low` counts every unknown as lost, `high` as earned; all three run from 0 to 1.

    With W the weight of what applies, P what was earned and U what is unknown:
    low = P/W, high = (P+U)/W, coverage = 1 - U/W.
    """

    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)
    coverage: float = Field(ge=0, le=1)


class Judged(Frozen):
    """A finding with what it weighs in the whole (all weights that apply add up to 1)."""

    finding: Finding
    family: Family
    weight: float = Field(ge=0, le=1)  # 0 for not applicable

    @property
    def loss(self) -> float:
        """What a bad finding costs of the whole, from 0 to 1."""
        grade = self.finding.grade
        return 0.0 if grade is None else self.weight * (1 - grade)


class Score(Frozen):
    """The whole, the families (None where nothing applies), and what they are made of."""

    profile: str
    profile_hash: str  # sha256 of the profile's canonical form, first 16 hex digits
    total: Interval | None
    families: Mapping[Family, Interval | None]
    judged: tuple[Judged, ...]
    meaning: Message
