"""The reproduction checklist as Markdown with boxes, for an issue or a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from repotriage.models.base import Message, clean, msg
from repotriage.models.location import Evidence
from repotriage.models.plan import Action, Checklist
from repotriage.models.snapshot import Snapshot
from repotriage.renderers.markdown import evidence_text, sentence, value
from repotriage.translation import Language, in_language, translate

_BACKTICKS = re.compile(r"`+")


def render(checklist: Checklist, snapshot: Snapshot, *, lang: Language = "en") -> str:
    """The list as Markdown that ends with a newline."""
    return "\n".join(_lines(in_language(checklist, lang), snapshot, lang)) + "\n"


def _lines(made: Checklist, snapshot: Snapshot, lang: Language) -> Iterator[str]:
    yield f"# {sentence(translate(msg('Reproduction checklist: {name}', name=made.name), lang))}"
    yield ""
    for fact in made.facts:
        yield f"- {sentence(fact)}"
    for step in made.steps:
        yield ""
        yield f"## {step.number}. {sentence(step.title)}"
        yield ""
        for action in step.actions:
            yield from _action(action, snapshot, lang)


def _action(action: Action, snapshot: Snapshot, lang: Language) -> Iterator[str]:
    yield f"- [ ] {sentence(action.what)}"
    if action.command is not None:
        command = clean(action.command)
        fence = "`" * max(3, 1 + max((len(run) for run in _BACKTICKS.findall(command)), default=0))
        yield ""
        yield f"  {fence}bash"
        yield f"  {command}"
        yield f"  {fence}"
        yield ""
    if action.fill_in:
        names = ", ".join(value(name) for name in action.fill_in)
        yield f"  - {_label(msg('fill in'), lang)}: {names}"
    yield from _listed(msg("expect"), action.expect, lang)
    yield from _listed(msg("cost"), action.cost, lang)
    for remedy in action.fails:
        places = _places(remedy.evidence, snapshot)
        yield f"  - {_label(msg('if it fails'), lang)}: {sentence(remedy.text)}{' ' + places if places else ''}"
    places = _places(action.evidence, snapshot)
    if places:
        yield f"  - {_label(msg('see'), lang)}: {places}"


def _label(message: Message, lang: Language) -> str:
    return sentence(translate(message, lang))


def _listed(label: Message, messages: Sequence[Message], lang: Language) -> Iterator[str]:
    for message in messages:
        yield f"  - {_label(label, lang)}: {sentence(message)}"


def _places(evidence: Sequence[Evidence], snapshot: Snapshot) -> str:
    return " · ".join(text for one in evidence if (text := evidence_text(one, snapshot)))
