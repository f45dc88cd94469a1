"""`environment.yml`: Python from conda-forge, the packages by pip."""

from __future__ import annotations

import yaml

from repotriage.models.solution import Environment
from repotriage.renderers.env_parts import exact, parts

FILENAME = "environment.yml"


def render(environment: Environment, name: str = "repotriage") -> str:
    """The environment for `conda env create`; compiled packages are left to install.sh."""
    made = parts(environment)
    by_pip = [f"--extra-index-url {made.build_index}"] if made.build_index else []
    by_pip += [exact(pin) for pin in (*made.from_build_index, *made.locked)]
    content = {
        "name": name,
        "channels": ["conda-forge", "nodefaults"],
        "dependencies": [f"python={made.python}", "pip", {"pip": by_pip}],
    }
    text: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=False)
    return text
