"""Completeness: which paper this is the code of."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence
from repotriage.models.study import Study
from repotriage.signals.gaps import missing_words
from repotriage.signals.kind import has_models
from repotriage.signals.registry import good, not_applicable, signal


@signal(family="completeness", weight=0.5)
def paper_named(study: Study) -> Finding:
    """Is the paper named?

    The paper has what the code leaves out: why, which settings, and the numbers to reach.

    Good: an arXiv, DOI or OpenReview identifier, a BibTeX entry or a CITATION.cff was found.

    Bad: none was found.

    Unknown: the README or the list of files could not be read.

    Not applicable: a library, or code that has no model.
    """
    name = "paper-named"
    papers = study.reading.papers
    if papers:
        first = papers[0]
        return good(
            name,
            msg("{title} ({kind}: {identifier})", title=first.title, kind=first.kind, identifier=first.identifier)
            if first.title
            else msg("{kind}: {identifier}", kind=first.kind, identifier=first.identifier),
            *(Evidence(at=paper.at, text=(paper.title or paper.identifier)[:400]) for paper in papers),
        )
    if not has_models(study):
        return not_applicable(name, msg("it is not the code of a model"))
    return missing_words(study, name, msg("no paper is named"), remedy=msg("a citation in the README"))
