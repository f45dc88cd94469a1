"""The declared runtime requirements as pip reads them, each with the place where it is declared."""

from __future__ import annotations

from repotriage.models.base import clean
from repotriage.models.requirement import Dependencies
from repotriage.renderers.deps_parts import followed, written


def render(name: str, dependencies: Dependencies) -> str:
    """A requirements file; what comes by URL stands as a comment, for a person to decide on."""
    lines = [f"# Declared by {clean(name)}, chosen by the rank of its files; not solved."]
    for one in followed(dependencies, ("runtime",)):
        place = f"# {clean(str(one.at))}"
        if one.url is not None:
            lines.append(f"# {one.name} @ {clean(one.url)}  {place}")
        else:
            lines.append(f"{clean(written(one))}  {place}")
    return "\n".join(lines) + "\n"
