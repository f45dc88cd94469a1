"""Dockerfiles: base images and the install commands of RUN, with ARG and ENV filled in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from repotriage.manifests.commands import Role, read_commands
from repotriage.manifests.registry import Context, manifest
from repotriage.manifests.sheet import Sheet
from repotriage.models.base import msg
from repotriage.models.requirement import Declared

_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w*)(?::?([-+])([^}]*))?\}|([A-Za-z_]\w*))")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(\"(?:[^\"\\]|\\.)*\"|'[^']*'|\S*)")


@dataclass(slots=True)
class Instruction:
    """One instruction: its word, the lines of its text, and where it begins."""

    word: str
    lines: list[str]
    line: int

    @property
    def text(self) -> str:
        """Its argument on one line."""
        return " ".join(line.rstrip().removesuffix("\\").strip() for line in self.lines).strip()


@manifest(
    format="dockerfile",
    matches=r"(?:.*/)?(?:[\w.-]*dockerfile(?:[._-][\w.-]+)?|containerfile(?:\.[\w.-]+)?|[\w.-]+\.(?:dockerfile|docker))",
)
def dockerfile(path: str, text: str, context: Context) -> Declared:
    """Dockerfile or Containerfile."""
    sheet = Sheet(path, "dockerfile")
    read_dockerfile(sheet, text, context)
    return sheet.declared()


def read_dockerfile(sheet: Sheet, text: str, context: Context) -> None:
    """Write what the instructions of `text` ask for onto `sheet`."""
    stages: set[str] = set()
    variables: dict[str, str] = {}
    stage: str | None = None
    clones: dict[str, str] = {}
    for instruction in instructions(text):
        word = instruction.word
        if word == "ARG" or word == "ENV":
            _assign(variables, instruction.text, word)
        elif word == "FROM":
            image, stage = _image(fill(instruction.text, variables))
            if "$" in image:
                sheet.cannot(
                    instruction.line, f"FROM {instruction.text}", msg("the image is filled in when it is built")
                )
            elif image and image not in stages and image != "scratch":
                raw = f"FROM {instruction.text}"
                sheet.image(image, instruction.line, raw, group=stage)
            if stage:
                stages.add(stage)
        elif word == "RUN":
            _run(sheet, context, instruction, variables, stage, clones)


def _image(text: str) -> tuple[str, str | None]:
    words = [word for word in text.split() if not word.startswith("--")]
    stage = words[2] if len(words) >= 3 and words[1].lower() == "as" else None
    return (words[0] if words else ""), stage


def _assign(variables: dict[str, str], text: str, word: str) -> None:
    found = _ASSIGNMENT.findall(text)
    if not found and word == "ENV" and (parts := text.split(None, 1)) and len(parts) == 2:
        found = [(parts[0], parts[1])]
    for name, value in found:
        filled = fill(value.strip("\"'"), variables)
        if len(filled) < 1000:
            variables[name] = filled


def fill(text: str, variables: dict[str, str]) -> str:
    """`text` with the known variables filled in; a default `${X:-1}` serves where X is unknown."""

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[4]
        if match[2] == "-" and not variables.get(name):
            return match[3]
        if match[2] == "+":
            return match[3] if variables.get(name) else ""
        return variables.get(name, match[0])

    return _VARIABLE.sub(value, text)[: len(text) + 10_000]


def _run(
    sheet: Sheet,
    context: Context,
    instruction: Instruction,
    variables: dict[str, str],
    stage: str | None,
    clones: dict[str, str],
) -> None:
    lines = list(instruction.lines)
    lines[0] = re.sub(r"^\s*(?:--[a-z]+=\S+\s+)+", "", lines[0])
    if lines[0].lstrip().startswith("["):
        try:
            argv = json.loads(instruction.text)
        except (ValueError, RecursionError):
            argv = None
        if isinstance(argv, list) and all(isinstance(one, str) for one in argv):
            lines = [" ".join(argv)]
    if re.match(r"\s*<<-?['\"]?\w+", lines[0]):
        lines[0] = ""
    # Comment lines inside a continued RUN are taken out before the shell sees it.
    kept = [r" \ " if len(lines) > 1 and line.lstrip().startswith("#") else line for line in lines]
    kept = [re.sub(r"\\\s+$", r"\\", line) for line in kept]
    text = "\n".join(fill(line, variables) for line in kept)
    read_commands(sheet, context, text, instruction.line, Role("runtime", stage), clones)


def instructions(text: str) -> list[Instruction]:
    """The instructions of a Dockerfile, here-documents included in the RUN that opens them."""
    found: list[Instruction] = []
    open_one: Instruction | None = None
    heredoc: str | None = None
    for number, line in enumerate(text.lstrip("\ufeff").replace("\r\n", "\n").split("\n"), 1):
        if len(line) > 100_000:
            continue
        if heredoc is not None and open_one is not None:
            if line.strip() == heredoc:
                heredoc, open_one = None, None
            else:
                open_one.lines.append(line)
            continue
        if open_one is not None:
            open_one.lines.append(line)
            if line.strip() and not line.lstrip().startswith("#") and not line.rstrip().endswith("\\"):
                open_one = None
            continue
        match = re.match(r"\s*([A-Za-z]+)\s+(.*)$", line)
        if match is None or line.lstrip().startswith("#"):
            continue
        one = Instruction(match[1].upper(), [match[2]], number)
        found.append(one)
        if opener := re.search(r"<<-?(['\"]?)(\w+)\1", match[2]):
            heredoc, open_one = opener[2], one
        elif match[2].rstrip().endswith("\\"):
            open_one = one
    return found
