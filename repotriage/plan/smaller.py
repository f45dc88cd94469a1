"""A smaller configuration of the same training: one that documents show, or one beside that of the command."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from repotriage.data import table
from repotriage.models.reading import Command
from repotriage.models.study import Study
from repotriage.plan.commands import options_of, written
from repotriage.plan.configurations import configs_of
from repotriage.plan.devices import fitted, wants_other_hardware
from repotriage.plan.runs import Run, is_document, others

_PARTS = re.compile(r"[A-Za-z]+|\d+")
_GIVEN = re.compile(
    r"--?\w*(?:pre_?train|init|load|resume|ckpt|checkpoint|weights)\w*(?:path|model|from|file|$|=)", re.IGNORECASE
)
_ENDINGS = (".py", ".yaml", ".yml", ".json")


def smaller_run(study: Study, run: Run) -> Run:
    """The smallest training that documents show with the same options as `run`, by what its words say of size."""
    command = run.command
    if command is None or not run.documented or run.inner is not None:
        return run
    best, size = run, _size(command.argv)
    for other in others(study, "train", run):
        if other.script != command.script or not options_of(other) <= options_of(command):
            continue
        if wants_other_hardware(other, study) or not is_document(other.at.path):
            continue
        line = written(other, study.snapshot)
        if line is not None and not line.fill_in and (found := _size(other.argv)) < size:
            best, size = run.model_copy(update={"command": other, "line": line}), found
    return best


def smaller_configuration(study: Study, run: Run) -> tuple[str, Command] | None:
    """The path of a smaller configuration that lies beside that of the command, and the command with it."""
    command = run.command
    if command is None or any(_GIVEN.match(word) for word in command.argv):
        return None  # weights of one size do not fit into another
    for file in configs_of(study, run)[:1]:
        folder, name = posixpath.split(file.path)
        near = [one.path for one in study.snapshot.files if posixpath.dirname(one.path) == folder]
        found = min(_smaller(name, [posixpath.basename(path) for path in near]), default=None)
        at = next((i for i, word in enumerate(command.argv) if word.endswith(name)), None)
        if found is None or at is None:
            continue
        argv = list(command.argv)
        argv[at] = argv[at].removesuffix(name) + found[1]
        return posixpath.join(folder, found[1]), fitted(command.model_copy(update={"argv": tuple(argv)}), study).command
    return None


def _smaller(name: str, others_: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Names that differ from `name` by one word alone, which says a smaller size; smallest first."""
    scale = _scale()
    small = {*table("shortening")["sizes"]["small"], *table("shortening")["sizes"]["trial"]}
    mine = _PARTS.findall(posixpath.splitext(name)[0])
    for other in others_:
        theirs = _PARTS.findall(posixpath.splitext(other)[0])
        if not other.endswith(_ENDINGS):
            continue
        more = theirs[:1] if theirs[1:] == mine else theirs[-1:] if theirs[:-1] == mine else []
        if more and more[0].lower() in small:
            yield -1, other  # `demo_net.yaml` beside `net.yaml`
        if len(theirs) != len(mine):
            continue
        differs = [(a.lower(), b.lower()) for a, b in zip(mine, theirs, strict=True) if a != b]
        if len(differs) == 1 and all(word in scale for word in differs[0]):
            before, after = (scale[word] for word in differs[0])
            if after < before:
                yield after, other


def _scale() -> dict[str, int]:
    return {word: index for index, words in enumerate(table("shortening")["sizes"]["scale"]) for word in words}


def _size(argv: Sequence[str]) -> int:
    """How large the words of a command say that it is: small data and models below 0, large ones above."""
    words = {part.lower() for word in argv for part in _PARTS.findall(word)}
    sizes = table("shortening")["sizes"]
    return len(words & set(sizes["large"])) - len(words & set(sizes["small"]))
