"""Git addresses of projects that the index has releases of: the release takes their place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from repotriage import data

_ADDRESS = re.compile(
    r"(?:git\+)?(?:https?|git|ssh)://(?:[^@/]+@)?github\.com[/:](?P<owned>[\w.-]+/[\w.-]+?)(?:\.git)?/?(?:@(?P<ref>[^#]+))?(?:#.*)?\Z",
    re.IGNORECASE,
)
_RELEASE = re.compile(r"(?:v|release[/_-]?|releases/)?(\d+(?:\.\d+)+)\Z", re.IGNORECASE)
_BRANCH = re.compile(r"(?:v|release[/_-]?)?(\d+\.\d+)[._-](?:x|branch|stable|release|maintenance)\Z", re.IGNORECASE)


@cache
def _released() -> Mapping[str, str]:
    return {row["repository"].lower(): row["name"] for row in data.table("released")["project"]}


def release_of(url: str) -> str | None:
    """The requirement by name that a Git address stands for: at its tag or branch where that names a release.

    None where the index has no releases of the repository, as far as the table knows.

    >>> release_of("git+https://github.com/openai/gym.git@v0.7.4#egg=gym")
    'gym==0.7.4'
    >>> release_of("git+git://github.com/facebookresearch/hydra@0.11_branch")
    'hydra-core==0.11.*'
    >>> release_of("git+https://github.com/someone/gym") is None
    True
    """
    found = _ADDRESS.match(url)
    name = _released().get(found["owned"].lower()) if found else None
    if found is None or name is None:
        return None
    reference = found["ref"] or ""
    if exact := _RELEASE.match(reference):
        return f"{name}=={exact[1]}"
    if series := _BRANCH.match(reference):
        return f"{name}=={series[1]}.*"
    return name
