"""A reading map as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from repotriage.models.study import Study
from repotriage.reading.lookup import Lookup
from repotriage.renderers.map_outline import map_outline
from repotriage.renderers.markdown import section_lines, sentence, value
from repotriage.translation import Language, in_language


def render(study: Study, asked: Lookup | None = None, *, lang: Language = "en") -> str:
    """The map as Markdown that ends with a newline."""
    return "\n".join(_lines(study, asked, lang)) + "\n"


def _lines(study: Study, asked: Lookup | None, lang: Language) -> Iterator[str]:
    made = in_language(map_outline(study, asked), lang)
    yield f"# {value(made.name)}"
    yield ""
    for fact in made.facts:
        yield f"- {sentence(fact)}"
    for section in made.sections:
        yield from section_lines(section, study.snapshot, lang)
