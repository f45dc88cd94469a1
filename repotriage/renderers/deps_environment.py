"""The declared requirements as a conda environment: Python by conda, the rest by pip."""

from __future__ import annotations

import re

import yaml
from packaging.specifiers import SpecifierSet

from repotriage.models.requirement import Dependencies
from repotriage.renderers.deps_parts import followed, written


def render(name: str, dependencies: Dependencies) -> str:
    """An environment file; what comes by URL is left out, as in the requirements file."""
    pythons = followed(dependencies, ("python",))
    python = next((one.specifier for one in pythons if one.specifier), "")
    clauses = sorted(str(clause) for clause in SpecifierSet(python))
    spec = ",".join(re.sub(r"\A==(.*)\.\*\Z", r"=\1", clause) for clause in clauses)  # any of a series, in conda's way
    pip = [written(one) for one in followed(dependencies, ("runtime",)) if one.url is None]
    content = {
        "name": "".join(sign if sign.isalnum() else "-" for sign in name.rpartition("/")[2].lower()).strip("-")
        or "env",
        "channels": ["conda-forge", "nodefaults"],
        "dependencies": [f"python{spec}", "pip", *([{"pip": pip}] if pip else [])],
    }
    text: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=False)
    return text
