"""Reproducibility: which Python."""

from __future__ import annotations

import re

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.requirement import Requirement
from repotriage.models.study import Study
from repotriage.signals.declared import evidence_of, of_kind
from repotriage.signals.gaps import missing_words
from repotriage.signals.kind import has_code, other_language
from repotriage.signals.registry import bad, good, signal, unknown

_MINOR = re.compile(r"\d\.\d")
_CHECKS = frozenset({"workflow", "tox", "nox"})  # run the code on many versions, none of them the author's own


def _strength(line: Requirement) -> tuple[bool, bool, int, float, bool]:
    """How much a statement tells of the Python that the authors used."""
    minor = _MINOR.search(line.specifier) is not None
    return minor, line.format not in _CHECKS, -line.at.path.count("/"), line.confidence, "==" in line.specifier


@signal(family="reproducibility", weight=1)
def python_version_stated(study: Study) -> Finding:
    """Is the Python version stated?

    The right Python alone rescues about half of the environments that do not resolve today:
    old wheels exist for old Pythons only.

    Good: a file or document states it.

    Bad: none does, or only "Python 3" (a quarter of the marks).

    Unknown: the files could not be read in full, or the code is in another language.
    """
    name = "python-version-stated"
    stated = of_kind(study, "python")
    if stated:
        best = max(stated, key=_strength)
        if not _MINOR.search(best.specifier):
            return bad(
                name,
                msg("Python {specifier}, without the minor version", specifier=best.specifier),
                evidence_of(best),
                grade=0.25,
                remedy=msg("the minor version of Python, such as 3.8"),
            )
        return good(
            name,
            msg("Python {specifier}", specifier=best.specifier),
            evidence_of(best),
            *(evidence_of(line) for line in stated if line is not best),
        )
    language = other_language(study)
    if not has_code(study) and language is not None:
        return unknown(name, msg("most of the code is {language}, which repotriage does not read", language=language))
    return missing_words(
        study,
        name,
        msg("nothing states the Python version"),
        remedy=msg("the version of Python that the authors used; until then, `repotriage env` infers one"),
    )
