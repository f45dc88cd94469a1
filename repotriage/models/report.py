"""The whole answer, before a renderer gives it a form."""

from __future__ import annotations

from repotriage.models.base import Frozen
from repotriage.models.score import Score
from repotriage.models.study import Study


class Report(Frozen):
    """What `score` answers."""

    version: str  # of repotriage
    study: Study
    score: Score
