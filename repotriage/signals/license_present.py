"""Completeness: a licence."""

from __future__ import annotations

import re

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence, Location
from repotriage.models.study import Study
from repotriage.signals.gaps import missing_words
from repotriage.signals.part import readmes
from repotriage.signals.registry import bad, good, signal

_FILE = re.compile(r"(?:licen[cs]es?|copying|unlicense)(?:[-.][\w.-]*|_\w*)?(?<!\.csv)(?<!\.py)", re.IGNORECASE)
_HEADING = re.compile(r"\s{0,3}#{1,6}\s*\W{0,4}licen[cs](?:e|ing)\b|\s*licen[cs]e\s*$|#{1,6}\s*许可", re.IGNORECASE)
_METADATA = re.compile(r"\s*[\"']?license[\"']?\s*[=:]\s*\S|.*License :: ", re.IGNORECASE)
_PACKAGING = ("pyproject.toml", "setup.py", "setup.cfg")


@signal(family="completeness", weight=1)
def license_present(study: Study) -> Finding:
    """Is there a licence?

    Without one you may look at the code, and not copy, change or build on it.

    Good: a licence file is in the repository, or GitHub names its licence.

    Bad: there is none; a word about the licence in the README or the package's metadata
    earns half.

    Unknown: the README or the list of files could not be read.
    """
    name = "license-present"
    github = study.snapshot.github
    spdx = github.license_spdx if github is not None else None
    for file in study.snapshot.files:
        folder, _, base = file.path.rpartition("/")
        if folder in {"", study.snapshot.subdir} and _FILE.fullmatch(base):
            at = Evidence(at=Location(path=file.path))
            if spdx and spdx != "NOASSERTION":
                return good(name, msg("{spdx} ({path})", spdx=spdx, path=file.path), at)
            return good(name, msg("{path}", path=file.path), at)
        if folder == "LICENSES":
            return good(name, msg("{path}", path=file.path), Evidence(at=Location(path=file.path)))
    if github is not None and spdx and spdx != "NOASSERTION":
        return good(name, msg("{spdx}, says GitHub", spdx=spdx), Evidence(url=github.url))
    remedy = msg("a licence file; ask the authors for one before you build on this code")
    words = _words(study)
    if words is not None:
        return bad(
            name,
            msg("no licence file; {place} has a word about it", place=str(words.at)),
            words,
            grade=0.5,
            remedy=remedy,
        )
    return missing_words(study, name, msg("there is no licence"), remedy=remedy)


def _words(study: Study) -> Evidence | None:
    """A line of the README or the package's metadata that speaks of the licence."""
    metadata = [file for file in study.snapshot.inside() if file.path.rpartition("/")[2] in _PACKAGING]
    for files, pattern in ((readmes(study), _HEADING), (metadata, _METADATA)):
        for file in files:
            for number, line in enumerate((file.text or "").splitlines(), start=1):
                if pattern.match(line[:300]):
                    return Evidence(at=Location(path=file.path, line=number), text=line.strip()[:300])
    return None
