"""An environment as Markdown, for an issue, a pull request or a job summary."""

from __future__ import annotations

from collections.abc import Iterator

from repotriage.models.snapshot import Snapshot
from repotriage.models.solution import Environment
from repotriage.renderers.env_outline import environment_outline
from repotriage.renderers.markdown import code, section_lines, sentence, value


def render(snapshot: Snapshot, environment: Environment, *, every: bool = False) -> str:
    """The environment as Markdown that ends with a newline."""
    return "\n".join(_lines(snapshot, environment, every)) + "\n"


def _lines(snapshot: Snapshot, environment: Environment, every: bool) -> Iterator[str]:
    made = environment_outline(snapshot.name, environment, every=every)
    yield f"# {value(made.name)}"
    yield ""
    yield f"**{sentence(made.headline)}**"
    yield ""
    for fact in made.facts:
        yield f"- {sentence(fact)}"
    if made.packages:
        yield ""
        yield "| package | why | from |"
        yield "|---|---|---|"
        for requirement, why, file in made.packages:
            yield f"| {code(requirement)} | {sentence(why)} | {sentence(file)} |"
    for section in made.sections:
        yield from section_lines(section, snapshot)
