"""Commands fitted to the devices of the machine: how many processes they start, on which GPUs, or on the CPU."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from repotriage.data import table
from repotriage.models.base import Frozen, Message, msg
from repotriage.models.reading import Command
from repotriage.models.study import Study

_LIST = re.compile(r"\d{1,2}(?:,\d{1,2})+")
_SCHEDULED = re.compile(r"^#SBATCH|^#PBS|^#BSUB|^\s*(?:srun|jsrun|aprun)\s", re.MULTILINE)
_INDEX = re.compile(r"\d{1,2}")
_COUNT = re.compile(r"\d{1,3}")
_TPU = re.compile(r"(?<![a-zA-Z])tpu(?![a-z])", re.IGNORECASE)
_OFF = re.compile(r"=(?:false|0|none|no)$", re.IGNORECASE)
_PARAMETER = re.compile(r"\$\{?(\w+)")
_SCRIPTS = (".sh", ".bash")


class Fitted(Frozen):
    """A command for the devices of the machine, and what was changed of it."""

    command: Command
    asked: int | None = None  # processes or devices that the documented command uses
    has: int = 1

    def note(self, trains: bool) -> Message | None:
        """What the change does to the run."""
        if self.asked is None:
            return None
        if not trains:
            return msg("the documents run it on {asked} devices, this command on {has}", asked=self.asked, has=self.has)
        return msg(
            "the documents run it on {asked} devices, this command on {has}: options that count per device now make "
            "the whole batch {times:g} times smaller",
            asked=self.asked, has=self.has, times=self.asked / self.has,
        )  # fmt: skip


def devices(study: Study) -> int | None:
    """How many GPUs the machine of the plan has; None if that is not known."""
    gpus = study.environment.gpus if study.environment else None
    return None if gpus is None else len(gpus)


def fitted(command: Command, study: Study) -> Fitted:
    """`command` on as many devices as the machine has, at least one process; the same where that is not known."""
    gpus = devices(study)
    if gpus is None:
        return Fitted(command=command)
    most = max(gpus, 1)
    argv, env = list(command.argv), list(command.env)
    asked = 0
    for index, given in sorted(_counts(command, study)):
        if given > most:
            argv[index] = re.sub(r"\d+$", str(most), argv[index])
            asked = max(asked, given)
    for index, word in enumerate(argv):
        name, equals, value = word.partition("=")
        before = argv[index - 1] if index else ""
        listed = value if equals else word
        if not _LIST.fullmatch(listed) or (name if equals else before) not in table("devices")["lists"]["options"]:
            continue
        given = listed.count(",") + 1
        if given > most:
            asked = max(asked, given)
            kept = ",".join(listed.split(",")[:most])
            argv[index] = f"{name}={kept}" if equals else kept
    for start in [i for i, word in enumerate(argv) if word in table("devices")["lists"]["options"]][::-1]:
        end = start + 1
        while end < len(argv) and _INDEX.fullmatch(argv[end]):
            end += 1
        if end - start - 1 > max(most, 1):  # `--gpu_ranks 0 1 2 3`
            asked = max(asked, end - start - 1)
            del argv[start + 1 + most : end]
    for place, (name, value) in enumerate(env):
        if name in table("devices")["lists"]["variables"] and _LIST.fullmatch(value) and value.count(",") + 1 > most:
            asked = max(asked, value.count(",") + 1)
            env[place] = (name, ",".join(str(number) for number in range(most)))
    if not asked:
        return Fitted(command=command)
    update = {"argv": tuple(argv), "env": tuple(env)}
    return Fitted(command=command.model_copy(update=update), asked=asked, has=most)


def wants_other_hardware(command: Command, study: Study) -> bool:
    """Whether a command is for a TPU, and the machine has GPUs or nothing."""
    return devices(study) is not None and any(_TPU.search(word) and not _OFF.search(word) for word in command.argv)


def by_scheduler(study: Study, path: str, main: str | None) -> tuple[Message, ...]:
    """That a script asks a cluster's scheduler for machines, which a machine of one's own does not have."""
    text = study.snapshot.text(path) if path.endswith((".sh", ".bash", ".slurm", ".sbatch", ".job")) else None
    if text is None or devices(study) is None or _SCHEDULED.search(text) is None:
        return ()
    return (
        msg("{path} is written for a cluster's scheduler: on a machine of your own start {main} with its options",
            path=path, main=main or "what it starts"),
    )  # fmt: skip


def _counts(command: Command, study: Study) -> Iterator[tuple[int, int]]:
    """(index of the word, number) of what says how many processes a command starts."""
    argv = command.argv
    programs = {word.rpartition("/")[2] for word in argv[:4]}
    options = {
        option
        for row in table("devices")["count"]
        if not row["program"] or row["program"] in programs
        for option in row["options"]
    }
    for index, word in enumerate(argv):
        name, equals, value = word.partition("=")
        if equals and name in options and _COUNT.fullmatch(value):
            yield index, int(value)
        elif not equals and index and argv[index - 1] in options and _COUNT.fullmatch(word):
            yield index, int(word)
    yield from _by_place(command, study, options)


def _by_place(command: Command, study: Study, options: set[str]) -> Iterator[tuple[int, int]]:
    """Of a shell script of the repository: the argument that it hands to its launcher (`dist_train.sh CONFIG 8`)."""
    script = command.script or ""
    text = study.snapshot.text(script) if script.endswith(_SCRIPTS) else None
    if text is None:
        return
    name = posixpath.basename(script)  # `sh ./tools/dist_train.sh`: the shell's own name ends the script's as well
    first = next((i for i, word in enumerate(command.argv) if posixpath.basename(word) == name), None)
    if first is None:
        return
    known = {option for row in table("devices")["count"] for option in row["options"] if row["program"]} | options
    for inner in study.reading.commands:
        if inner.at.path != script:
            continue
        for variable in _handed_on(inner.argv, known):
            place = int(variable) if variable.isdecimal() else _parameter_of(variable, text)
            index = first + place
            if place and index < len(command.argv) and _COUNT.fullmatch(command.argv[index]):
                yield index, int(command.argv[index])


def _handed_on(argv: Sequence[str], options: set[str]) -> Iterator[str]:
    """The variables that a launcher's count is set from."""
    for before, word in zip(("", *argv), argv, strict=False):
        name, equals, value = word.partition("=")
        text = value if equals and name in options else word if before in options else ""
        found = _PARAMETER.match(text)
        if found is not None:
            yield found[1]


def _parameter_of(name: str, text: str) -> int:
    """The place of the argument that a script keeps in a variable, 0 for none."""
    found = re.search(rf"^\s*(?:export\s+)?{re.escape(name)}=\"?\$\{{?(\d)", text, re.MULTILINE)
    return int(found[1]) if found is not None else 0
