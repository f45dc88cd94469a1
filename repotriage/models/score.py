"""The score: an interval with coverage, by family and in all."""

from __future__ import annotations

import math
from collections.abc import Mapping

from pydantic import Field

from repotriage.models.base import Frozen, Message
from repotriage.models.finding import Family, Finding

_ROUNDING = 1e-6  # of points: sums of weights such as 0.1 + 0.2 are not exact


class Interval(Frozen):
    """`low` counts every unknown as lost, `high` as earned; all three run from 0 to 1.

    With W the weight of what applies, P what was earned and U what is unknown:
    low = P/W, high = (P+U)/W, coverage = 1 - U/W.
    """

    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)
    coverage: float = Field(ge=0, le=1)

    @property
    def points(self) -> tuple[int, int]:
        """`low` and `high` out of 100 in whole points, rounded outwards: neither end promises too much.

        Where nothing is unknown both are the same, rounded down.
        """
        low = math.floor(self.low * 100 + _ROUNDING)
        exact = (self.high - self.low) * 100 < _ROUNDING
        return low, low if exact else math.ceil(self.high * 100 - _ROUNDING)

    @property
    def percent_known(self) -> int:
        """`coverage` in whole percent, rounded down."""
        return math.floor(self.coverage * 100 + _ROUNDING)

    def low_reaches(self, threshold: float) -> bool:
        """Whether the score is sure to reach `threshold`, which runs from 0 to 100."""
        return self.low * 100 + _ROUNDING >= threshold

    def high_reaches(self, threshold: float) -> bool:
        """Whether the score may reach `threshold`, which runs from 0 to 100."""
        return self.high * 100 + _ROUNDING >= threshold


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

    @property
    def losses(self) -> tuple[Judged, ...]:
        """The findings that cost something, the dearest first."""
        return tuple(
            sorted((one for one in self.judged if one.loss > 0), key=lambda one: (-one.loss, one.finding.signal))
        )

    @property
    def unknowns(self) -> tuple[Judged, ...]:
        """The findings that are unknown and would count, the weightiest first."""
        unknown = (one for one in self.judged if one.finding.verdict == "unknown" and one.weight > 0)
        return tuple(sorted(unknown, key=lambda one: (-one.weight, one.finding.signal)))
