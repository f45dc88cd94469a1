"""Promises in a README: what is to come and is not there yet."""

from __future__ import annotations

import re
from typing import Literal

from repotriage.models.location import Evidence, Location
from repotriage.models.study import Study
from repotriage.signals.part import readmes

Promised = Literal["code", "weights", "data"]

_LINES = 2000
_WIDTH = 400  # of a line; more of it is not looked at
_SOON = re.compile(
    r"coming soon|(?:to|will) be (?:released|published|uploaded|available|made (?:publicly )?available|open[- ]sourced)"
    r"|will (?:release|publish|upload|open[- ]source|make)|stay tuned|release[sd]? soon|available soon"
    r"|^\s*[-*] \[ \] .{0,80}(?:release|upload|publish)|under construction"
    r"|敬请期待|即将(?:开源|发布|公开|上传)|稍后(?:发布|公开|上传)|尽快(?:开源|发布|公开)|近期(?:开源|发布|公开)",
    re.IGNORECASE,
)
_THINGS = {
    "code": re.compile(r"\bcodes?\b|\bscripts?\b|implementation|\btraining\b|代码|源码", re.IGNORECASE),
    "weights": re.compile(r"\bweights?\b|\bmodels?\b|checkpoints?|pre-?trained|模型|权重", re.IGNORECASE),
    "data": re.compile(r"\bdata(?:sets?)?\b|benchmark|数据", re.IGNORECASE),
}


def promises(study: Study, thing: Promised | None) -> tuple[Evidence, ...]:
    """The README's lines that promise `thing` (anything at all: None) for later."""
    found = []
    for file in readmes(study):
        for number, line in enumerate((file.text or "").splitlines()[:_LINES], start=1):
            line = line[:_WIDTH]
            if _SOON.search(line) and (thing is None or _THINGS[thing].search(line)):
                found.append(Evidence(at=Location(path=file.path, line=number), text=line.strip()))
    return tuple(found)
