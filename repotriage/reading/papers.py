"""Papers that the repository names: arXiv, DOI, OpenReview, BibTeX, CITATION.cff."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from repotriage.models.document import Document
from repotriage.models.location import Location
from repotriage.models.reading import Paper
from repotriage.models.snapshot import Snapshot

_ARXIV = re.compile(r"arxiv(?:\.org/(?:abs|pdf|html)/|[: ]\s?|\.)(\d{4}\.\d{4,5}|[a-z\-]{2,12}/\d{7})", re.IGNORECASE)
_DOI = re.compile(r"\b(10\.\d{4,9}/[^\s\"'<>{}\\,;]{2,120})", re.IGNORECASE)
_OPENREVIEW = re.compile(r"openreview\.net/(?:forum|pdf)\?id=([\w-]{6,20})")
_BIBTEX = re.compile(
    r"@\s*(?:article|inproceedings|misc|conference|techreport|phdthesis|book|proceedings)\s*\{\s*([^,\s}]{1,100})",
    re.IGNORECASE,
)
_TITLE = re.compile(r"\btitle\s*=\s*[\"{]{1,3}([^\"\n]{3,300}?)[\"}]{1,3}\s*,?\s*$", re.IGNORECASE | re.MULTILINE)
_CFF = re.compile(r"^(\s*)(doi|title|url)\s*:\s*[\"']?([^\"'\n]{2,300})", re.MULTILINE)
_MAX = 100


def papers(snapshot: Snapshot, documents: Sequence[Document]) -> tuple[Paper, ...]:
    """Each paper once by kind and identifier, where it is named first; the README first."""
    found: dict[tuple[str, str], Paper] = {}
    for paper in (*_of_citation(snapshot), *(paper for document in documents for paper in _of_document(document))):
        found.setdefault((paper.kind, paper.identifier.lower()), paper)
    return tuple(found.values())[:_MAX]


def _of_document(document: Document) -> Iterator[Paper]:
    for block in document.blocks:
        places = [(link.line, link.url, link.text) for link in block.links]
        if block.kind in ("code", "paragraph", "list_item", "table", "html", "quote", "heading"):
            places += [(block.line + offset, line, "") for offset, line in enumerate(block.text.split("\n"))]
        for line, text, title in places:
            at = Location(path=document.path, line=min(line, max(block.end_line, block.line)))
            if match := _ARXIV.search(text[:4000]):
                name = title if len(title) > 25 and "://" not in title else None
                yield Paper(kind="arxiv", identifier=match[1], title=name, at=at)
            if match := _OPENREVIEW.search(text[:4000]):
                yield Paper(kind="openreview", identifier=match[1], at=at)
            if match := _DOI.search(text[:4000]):
                yield Paper(kind="doi", identifier=match[1].rstrip(".)]*"), at=at)
        if "@" in block.text:
            entries = list(_BIBTEX.finditer(block.text))
            for index, entry in enumerate(entries):
                following = entries[index + 1].start() if index + 1 < len(entries) else len(block.text)
                named = _TITLE.search(block.text, entry.start(), following)
                line = block.line + block.text.count("\n", 0, entry.start())
                yield Paper(
                    kind="bibtex",
                    identifier=entry[1],
                    title=re.sub(r"[{}]", "", named[1]) if named else None,
                    at=Location(path=document.path, line=min(line, block.end_line)),
                )


def _of_citation(snapshot: Snapshot) -> Iterator[Paper]:
    text = snapshot.text("CITATION.cff")
    if text is None:
        return
    # Flat keys are enough, so YAML with its aliases is not read.
    keys = {
        match[2]: (match[3].strip(), text.count("\n", 0, match.start(2)) + 1) for match in _CFF.finditer(text[:50_000])
    }
    title, line = keys.get("title", ("", 1))
    identifier, line = keys.get("doi", keys.get("url", (title, line)))
    if identifier:
        yield Paper(kind="cff", identifier=identifier, title=title or None, at=Location(path="CITATION.cff", line=line))
