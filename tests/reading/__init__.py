"""Reading of code and documents; `read` runs it whole on a snapshot made by hand."""

from __future__ import annotations

from collections.abc import Mapping

from repotriage.models.reading import Reading
from repotriage.parsing.markup import documents
from repotriage.parsing.walk import walk
from repotriage.reading.assemble import VISITORS, assemble
from tests.builders import snapshot


def read(texts: Mapping[str, str], **fields: object) -> Reading:
    whole = snapshot(texts, **fields)
    return assemble(whole, documents(whole), walk(whole, VISITORS))
