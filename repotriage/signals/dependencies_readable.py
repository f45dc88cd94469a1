"""Reproducibility: dependency files that can be parsed."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence, Location
from repotriage.models.study import Study
from repotriage.signals.declared import evidence_of, nothing_declared, runtime
from repotriage.signals.registry import bad, good, signal


@signal(family="reproducibility", weight=0)
def dependencies_readable(study: Study) -> Finding:
    """Are the dependencies declared in files that can be parsed?

    This is a gate and earns nothing: of 423 repositories that were really executed, those
    with a dependency file succeeded no more often than those without. What is declared earns
    its marks by the other signals: when it covers the imports, is pinned, and solves.

    Good: requirements were read, and no line of a dependency file was unreadable.

    Bad: nothing is declared, or lines could not be understood; they are shown.

    Unknown: the list of files could not be read in full.

    Not applicable: the code imports nothing beyond the standard library.
    """
    name = "dependencies-readable"
    dependencies = study.dependencies
    needs = runtime(study)
    if dependencies.unreadable:
        files = sorted({one.at.path for one in dependencies.unreadable})
        return bad(
            name,
            msg(
                "lines that could not be understood: {n}, the first in {path}",
                n=len(dependencies.unreadable),
                path=files[0],
            ),
            *(Evidence(at=one.at, text=f"{one.raw[:200]} ({one.reason})"[:400]) for one in dependencies.unreadable),
            grade=0.5 if needs else 0.0,
            remedy=msg("lines in the form of PEP 508"),
        )
    if not needs:
        return nothing_declared(study, name)
    parsed = [file for file in dependencies.files if file.parsed]
    evidence = [Evidence(at=Location(path=file.path)) for file in parsed]
    return good(
        name,
        msg("packages declared: {n}, in files: {files}", n=len(needs), files=len(parsed)),
        *(evidence or [evidence_of(lines[0]) for lines in needs.values()]),
    )
