"""What a signal answers."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from repotriage.models.base import Frozen, Message
from repotriage.models.location import Evidence

Family = Literal["popularity", "completeness", "upkeep", "reproducibility"]
FAMILIES: tuple[Family, ...] = ("reproducibility", "completeness", "upkeep", "popularity")
Verdict = Literal["good", "bad", "unknown", "n/a"]


class Finding(Frozen):
    """One signal's answer.

    `grade` is what was earned of the signal's weight, from 0 to 1: 1 for good, below 1 for
    bad, None for unknown and not applicable. `summary` says what was found; for unknown it
    says why it is not known. `remedy` says what would raise the grade.
    """

    signal: str
    verdict: Verdict
    grade: float | None = Field(default=None, ge=0, le=1)
    summary: Message
    evidence: tuple[Evidence, ...] = ()
    remedy: Message | None = None

    @model_validator(mode="after")
    def _grade_fits_verdict(self) -> Self:
        fits = {
            "good": self.grade == 1,
            "bad": self.grade is not None and self.grade < 1,
            "unknown": self.grade is None,
            "n/a": self.grade is None,
        }
        if not fits[self.verdict]:
            raise ValueError(f"{self.signal}: grade {self.grade} does not fit {self.verdict!r}")
        return self
