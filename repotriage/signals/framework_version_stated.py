"""Reproducibility: which version of the framework."""

from __future__ import annotations

from repotriage import data
from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.study import Study
from repotriage.signals.declared import evidence_of, runtime
from repotriage.signals.gaps import missing_words
from repotriage.signals.kind import has_code
from repotriage.signals.registry import bad, good, not_applicable, signal


@signal(family="reproducibility", weight=1.5)
def framework_version_stated(study: Study) -> Finding:
    """Is the version of the framework stated?

    PyTorch, TensorFlow or JAX decide which Python, CUDA and driver you need, and everything
    compiled hangs on their version.

    Good: a file or document states it.

    Bad: the framework is declared without a version (a quarter of the marks), or not at all.

    Unknown: the README or the list of files could not be read.

    Not applicable: the code uses no framework for learning.
    """
    name = "framework-version-stated"
    rows = {row["name"]: row for row in data.table("frameworks")["framework"]}
    row = rows.get(study.reading.framework or "")
    if row is None:
        if has_code(study):
            return not_applicable(name, msg("the code uses no framework for learning"))
        return missing_words(
            study,
            name,
            msg("there is no code that says which framework it needs"),
            remedy=msg("the code, and the version of the framework that it needs"),
        )
    needs = runtime(study)
    lines = [line for distribution in row["distributions"] for line in needs.get(distribution, ())]
    stated = [line for line in lines if line.specifier or line.url is not None]
    if stated:
        exact = max(stated, key=lambda line: (line.confidence, "==" in line.specifier))
        return good(
            name,
            msg("{framework} {specifier}", framework=row["label"], specifier=exact.specifier or exact.url or ""),
            evidence_of(exact),
            *(evidence_of(line) for line in stated if line is not exact),
        )
    remedy = msg("the version of {framework} that the authors used", framework=row["label"])
    if lines:
        return bad(
            name,
            msg("{framework} is declared without a version", framework=row["label"]),
            *(evidence_of(line) for line in lines),
            grade=0.25,
            remedy=remedy,
        )
    return missing_words(
        study, name, msg("{framework} is imported, and no version is stated", framework=row["label"]), remedy=remedy
    )
