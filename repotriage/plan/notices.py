"""What a README says at its top of the state of its own repository."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from repotriage.models.study import Study
from repotriage.plan.said import Said, plain_lines

_THIS = r"(?:this|the|our) (?:\w+[ -]){0,2}(?:repo(?:sitory)?|project|code ?base|code|package|library|implementation)"
_STATE = re.compile(
    r"\bno longer (?:being )?(?:actively )?(?:maintained|supported|developed|updated)\b"
    r"|\bnot (?:being )?(?:actively )?maintained\b|\bunmaintained\b|\bStatus:\W*(?:Archive|Deprecated|Maintenance)"
    rf"|{_THIS} (?:is|has been|was) (?:now )?(?:deprecated|archived|superseded|discontinued|outdated|moved|merged)\b"
    rf"|{_THIS} (?:has|have) (?:now )?moved\b|\b(?:has|have|been) moved to (?:a new|https?://|\[)"
    r"|不再维护|停止维护|已迁移|已归档",
    re.IGNORECASE,
)
_TOP = 40


def notices(study: Study) -> Iterator[Said]:
    """Lines at the top of the README by which the repository is given up, archived or has moved."""
    readme = next(
        (
            file
            for file in study.snapshot.inside()
            if posixpath.dirname(file.path) == study.snapshot.subdir
            and posixpath.basename(file.path).lower().startswith("readme")
            and file.text is not None
        ),
        None,
    )
    if readme is None:
        return
    for said in plain_lines(readme.path, readme.text or ""):
        if (said.at.line or 0) > _TOP:
            return
        if _STATE.search(said.text):
            yield said
            return
