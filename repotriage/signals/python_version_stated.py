"""Reproducibility: which Python."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.study import Study
from repotriage.signals.declared import evidence_of, of_kind
from repotriage.signals.gaps import missing_words
from repotriage.signals.kind import has_code, other_language
from repotriage.signals.registry import good, signal, unknown


@signal(family="reproducibility", weight=1)
def python_version_stated(study: Study) -> Finding:
    """Is the Python version stated?

    The right Python alone rescues about half of the environments that do not resolve today:
    old wheels exist for old Pythons only.

    Good: a file or document states it.

    Bad: none does.

    Unknown: the files could not be read in full, or the code is in another language.
    """
    name = "python-version-stated"
    stated = of_kind(study, "python")
    if stated:
        best = max(stated, key=lambda line: (line.confidence, "==" in line.specifier, -(line.at.line or 0)))
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
