"""Commands that the documents themselves call a trial, and what they give for the numbers of the paper instead."""

from __future__ import annotations

import posixpath
import re
from fnmatch import fnmatchcase

from repotriage.models.base import CleanStr, Frozen
from repotriage.models.location import Location
from repotriage.models.reading import Command
from repotriage.models.study import Study
from repotriage.plan.configurations import configs_of
from repotriage.plan.runs import Run, documents, is_document, is_guest
from repotriage.plan.said import Said, plain_lines

_TRIAL = re.compile(
    r"\bto (?:quickly )?(?:test|check|see|verify|debug)\b(?! (?:the |your |our )?(?:trained|model|performance|set))"
    r"|\bquick(?:ly)? (?:test|check|try)\b|\b(?:sanity|smoke)[ -](?:test|check)|\bdebug(?:ging)?\b|\btoy\b"
    r"|\btest configuration\b|\bif (?:the code|everything|it) (?:runs|works)\b|\bdry[ -]run\b|快速测试|调试",
    re.IGNORECASE,
)
_PAPER = re.compile(
    r"\bpaper\b|\breproduc|\breplicat|\breported\b|\bquantitative\b|\bmain results?\b"
    r"|\bfull(?:y|-scale)?[- ](?:train|featured)|论文|复现",
    re.IGNORECASE,
)
# The command behind what is published, by the plain words of a document.
_OURS = re.compile(
    r"\b(?:was|were|is|are) (?:pre-?)?trained\b.{0,120}\b(?:following|below|this) (?:command|script|configuration)"
    r"|\bto (?:fully |exactly )?(?:reproduce|replicate) (?:our|the) (?:main |paper'?s? |reported |published )?"
    r"(?:results?|numbers?|models?|checkpoints?|training)\b|\bscripts? to (?:reproduce|replicate)\b",
    re.IGNORECASE,
)
_PATTERN = re.compile(r"(?<![\w/.*-])(?:\./)?((?:[\w.-]+/)*[\w.-]*\*[\w.*-]*\.(?:sh|py|ya?ml))(?!\w)")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_NEAR = 4
_MOST_DOCUMENTS = 40


class Stand(Frozen):
    """A configuration that documents give for the numbers of the paper, in place of that of a trial."""

    path: CleanStr
    said: Said


def introduction(study: Study, at: Location | None) -> tuple[Said, ...]:
    """What a document says right before a command: the sentence above its block, then its heading."""
    if at is None or at.line is None or not is_document(at.path):
        return ()
    lines = (study.snapshot.text(at.path) or "").split("\n")
    told = {one.at.line: one for one in plain_lines(at.path, "\n".join(lines[: at.line - 1]))}
    found: list[Said] = []
    for number in range(at.line - 1, max(0, at.line - 1 - 4 * _NEAR), -1):
        heading = lines[number - 1].lstrip().startswith("#") and number in told
        if _FENCE.match(lines[number - 1]) and found:
            break  # another block
        if number in told and (heading or (not found and at.line - number <= _NEAR)):
            found.append(told[number])
        if heading:
            break
    return tuple(found)


def trial(study: Study, command: Command | None) -> Said | None:
    """The sentence by which a document gives a command only as a trial."""
    said = introduction(study, command.at) if command is not None else ()
    return next((one for one in said if _TRIAL.search(one.text) and not _PAPER.search(one.text)), None)


def for_paper(study: Study, command: Command) -> bool:
    """Whether a document gives a command for the numbers of the paper."""
    return any(_PAPER.search(one.text) for one in introduction(study, command.at))


def is_ours(study: Study, command: Command) -> bool:
    """Whether a document says that what is published was trained by a command."""
    return any(_OURS.search(one.text) for one in introduction(study, command.at))


def scripts_of_ours(study: Study) -> tuple[Said, tuple[str, ...]] | None:
    """The sentence that gives scripts for the published numbers by a pattern (`finetune_*.sh`), and those it names."""
    for document in documents(study)[:_MOST_DOCUMENTS]:
        for number, line in enumerate((document.text or "").split("\n"), 1):
            pattern = _PATTERN.search(line[:2000]) if "*" in line else None
            if pattern is None or _OURS.search(line[:2000]) is None or is_guest(study.snapshot, document.path):
                continue
            found = tuple(file.path for file in study.snapshot.inside() if fnmatchcase(file.path, pattern[1]))
            said = next((one for one in plain_lines(document.path, document.text or "") if one.at.line == number), None)
            if found and said is not None:
                return said, found
    return None


def trial_configuration(study: Study, run: Run) -> tuple[Said, Stand | None] | None:
    """What documents say of a command's configuration that is a trial, and the one for the paper beside it."""
    for config in configs_of(study, run)[:1]:
        said = _told_of(study, config.path, _TRIAL)
        if said is None or _PAPER.search(said.text):
            continue
        folder, ending = posixpath.dirname(config.path), posixpath.splitext(config.path)[1]
        for file in study.snapshot.inside():
            if posixpath.dirname(file.path) != folder or not file.path.endswith(ending) or file.path == config.path:
                continue
            better = _told_of(study, file.path, _PAPER)
            if better is not None and not _TRIAL.search(better.text):
                return said, Stand(path=file.path, said=better)
        return said, None
    return None


def with_configuration(command: Command, was: str, path: str) -> Command | None:
    """`command` with another configuration of the same folder."""
    name = posixpath.basename(was)
    at = next((i for i, word in enumerate(command.argv) if posixpath.basename(word.rpartition("=")[2]) == name), None)
    if at is None:
        return None
    argv = list(command.argv)
    argv[at] = argv[at].removesuffix(name) + posixpath.basename(path)
    return command.model_copy(update={"argv": tuple(argv)})


def _told_of(study: Study, path: str, words: re.Pattern[str]) -> Said | None:
    """The first line of the documents that names a file and has one of the words."""
    name = re.compile(rf"(?<![\w/-]){re.escape(posixpath.basename(path))}(?!\w)")
    for document in documents(study)[:_MOST_DOCUMENTS]:
        text = document.text or ""
        if posixpath.basename(path) not in text or is_guest(study.snapshot, document.path):
            continue
        for said in plain_lines(document.path, text):
            if name.search(said.text) and words.search(said.text):
                return said
    return None
