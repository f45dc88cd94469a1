"""The numbers to reach: what the tables of results say, what stands below a command, and how far off a run may be."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from repotriage.models.base import Message, msg
from repotriage.models.location import Evidence, Location
from repotriage.models.reading import Command, ResultsTable
from repotriage.models.study import Study
from repotriage.plan.runs import is_document
from repotriage.reading.results import names_a_metric, table_to_reach

_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)|<img\b[^>]*>", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_VALUE = re.compile(r"[~≈<>+-]?\s*\d[\d,]*(?:\.\d+)?")
_SPREAD = re.compile(r"±|\+/-|\+-|\$\\pm\$|\\pm")
_OURS = re.compile(r"\bours?\b|\bthis (?:repo|work|implementation|code)\b|本文|我们|本项目", re.IGNORECASE)
_STATES = re.compile(
    r"\b(?:should|will)\s+(?:now\s+)?"
    r"(?:give|get|see|obtain|print|output|produce|reach|achieve|yield|look like)\b"
    r"|\bexpect(?:ed)?\b[^.\n]{0,40}\b(?:result|output|number|accuracy|score)"
    r"|\bresults? (?:is|are|will be|should be|would be)\b|结果(?:如下|为|应)|得到(?:如下|以下)|输出(?:如下|为)",
    re.IGNORECASE,
)
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_COMMENTS = 3
_LOOK_AHEAD = 25
_STATED_SHOWN = 8
_ROWS_SHOWN = 4
_COLUMNS_SHOWN = 8
_SENTENCES_SHOWN = 3
_MAX_LINE = 160
_FILE = re.compile(r"[\w./:-]{1,300}\.(?:ya?ml|py|json|toml|gin|pth?|ckpt|pkl|tar|bin|safetensors|npz|h5|onnx)")
_MEMORY = re.compile(r"\bmem|显存|内存", re.IGNORECASE)
_COSTS = re.compile(r"\bmem|显存|(?:train\w*|gpu)[ _-]?(?:time|hours?|days?)|训练时间", re.IGNORECASE)
_NUMBERS_ROWS = frozenset({"", "#", "no", "no.", "id", "index", "idx"})  # titles of a column that counts rows
_TRAINING = re.compile(r"\s*train(?:ing)?\s*", re.IGNORECASE)
_LASTS = re.compile(r"\d\s*(?:h|hrs?|hours?|days?|minutes?|mins?)\b", re.IGNORECASE)  # `21hours` under `training`
_SHORTEST_NAME = 8
_MAX_ROW = 4000


def best_table(study: Study, command: Command | None = None) -> ResultsTable | None:
    """The table that the numbers are held against.

    The one with a row that links to a file of the command, else one of the document that shows the command
    or lies beside it, else as READMEs lead.
    """
    scripts = {one.at: one.script for one in study.reading.commands}
    tables = [
        one
        for one in study.reading.results
        if command is None or one.metrics or one.command is None or scripts.get(one.command) in (None, command.script)
    ]  # without those that name no measure and stand beside another script
    place = row_of(study, command)
    if place is not None:
        return next(one for one in study.reading.results if one.at.path == place.path and place.line in one.row_lines)
    near = command.at.path if command is not None else ""
    for beside in (
        [one for one in tables if one.at.path == near],
        [one for one in tables if posixpath.dirname(one.at.path) == posixpath.dirname(near)],
    ):
        found = table_to_reach([one.model_copy(update={"linked": True}) for one in beside]) if "/" in near else None
        if found is not None and found.metrics and _rows(found, study):
            return found
    return table_to_reach(tables)


def row_of(study: Study, command: Command | None) -> Location | None:
    """The row of a table that names the configuration or the weights that a command is given."""
    if command is None:
        return None
    words = [word.partition("=")[2] if word.startswith("-") and "=" in word else word for word in command.argv]
    files = [posixpath.normpath(word) for word in words if _FILE.fullmatch(word) and word != command.script]
    for whole in (True, False):
        for file in files:
            name = file if whole else posixpath.basename(file)
            if len(name) < _SHORTEST_NAME:
                continue
            found = list(_rows_with(study, name))
            if len(found) == 1 or (whole and found):
                return found[0]
    return None


def _rows_with(study: Study, name: str) -> Iterator[Location]:
    pattern = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    for one in study.reading.results:
        if one.aside or not one.metrics:
            continue
        lines = (study.snapshot.text(one.at.path) or "").split("\n")
        for line in one.row_lines:
            if 0 < line <= len(lines) and pattern.search(lines[line - 1][:_MAX_ROW]):
                yield Location(path=one.at.path, line=line)


def to_reach(table: ResultsTable | None, study: Study, command: Command | None = None) -> Iterator[Message]:
    """The rows of a table in words, that of the command first, then those of the repository's own method."""
    if table is None:
        yield from _without_table(study)
        return
    place = row_of(study, command)
    own = next(
        (row for row, line in zip(table.rows, table.row_lines, strict=False) if place and line == place.line), None
    )
    rows = _rows(table, study)
    rows = [*(row for row in rows if row is own), *(row for row in rows if row is not own)]
    for row in rows[:_ROWS_SHOWN]:
        label, first = _label(row, table)
        pairs = [
            f"{name}: {cell}" if name else cell
            for name, cell in zip(table.header[first:_COLUMNS_SHOWN], row[first:_COLUMNS_SHOWN], strict=False)
            if _NUMBER.search(cell)
        ]
        values = " · ".join(pairs)
        yield (
            msg("the row of this command, {row}: {values}", row=label, values=values)
            if row is own
            else msg("{row}: {values}", row=label, values=values)
        )
    if len(rows) > _ROWS_SHOWN:
        yield msg("rows of the table that are not shown: {n}", n=len(rows) - _ROWS_SHOWN)
    if any(_SPREAD.search(cell) for row in rows for cell in row):
        yield msg("tolerance: the spread (±) that the table gives")
    else:
        yield msg(
            "tolerance: the table gives no spread; with given weights the last digit shown should agree, "
            "after training compare several seeds"
        )


def _without_table(study: Study) -> Iterator[Message]:
    """What there is to compare with where no document has a table of results."""
    shown = study.reading.shown_results
    if not shown:
        yield msg("no table of results was found in the documents; take the numbers of the paper")
    elif shown[0].kind == "picture":
        yield msg(
            "the documents show their results as pictures only, the first at {place}: read the numbers off them, "
            "or take those of the paper",
            place=str(shown[0].at),
        )
    else:
        yield msg("no table of results was found in the documents; these sentences state numbers:")
        for one in shown[:_SENTENCES_SHOWN]:
            yield msg("{text}", text=one.text[:_MAX_LINE])


def _label(row: Sequence[str], table: ResultsTable) -> tuple[str, int]:
    """What a row is called, and the column that its values begin in.

    A blank first cell means the name above it; where a name repeats, the second cell tells its rows apart.
    """
    numbered = all(one[:1] and one[0].strip().isdecimal() for one in table.rows)
    named = len(row) > 2 and re.search(r"[^\W\d_]{2}", row[1]) is not None
    if numbered and named and table.header[0].strip().lower() in _NUMBERS_ROWS:
        return row[1].strip() or "–", 2
    names: list[str] = []
    for one in table.rows:
        names.append(one[0].strip() or (names[-1] if names else ""))
    name = next((names[index] for index, one in enumerate(table.rows) if one is row), row[0].strip())
    seconds = {one[1].strip() for one, its in zip(table.rows, names, strict=True) if its == name and len(one) > 1}
    if len(seconds) > 1 and len(row) > 2 and not _is_value(row[1]):
        return " ".join(part for part in (name, row[1].strip()) if part) or "–", 2
    return name or "–", 1


def costs_of_row(study: Study, command: Command | None) -> Iterator[Message]:
    """What the row of a command says that its training costs, and whether a GPU of the machine has the memory."""
    place = row_of(study, command)
    table = next((one for one in study.reading.results if place and place.line in one.row_lines
                  and one.at.path == place.path), None)  # fmt: skip
    if table is None or place is None:
        return
    row = table.rows[table.row_lines.index(place.line or 0)]
    for title, cell in zip(table.header, row, strict=False):
        lasts = _TRAINING.fullmatch(title) is not None and _LASTS.search(cell) is not None
        if lasts or (_COSTS.search(title) and _NUMBER.search(cell)):
            yield msg("its row of the table says {column}: {value}", column=title, value=cell)
            needed, gpus = _mebibytes(cell), (study.environment.gpus if study.environment else None) or ()
            most = max((one.memory_mib or 0 for one in gpus), default=0)
            if _MEMORY.search(title) and needed is not None and 0 < most < needed:
                yield msg(
                    "a GPU of the machine has {gib:.0f} GiB, less than that: take a smaller model or batch",
                    gib=most / 1024,
                )  # fmt: skip


def _mebibytes(cell: str) -> float | None:
    found = re.fullmatch(r"\W*(\d+(?:\.\d+)?)\s*([MG])(?:i?B)?\W*", cell.strip(), re.IGNORECASE)
    return None if found is None else float(found[1]) * (1024 if found[2].upper() == "G" else 1)


def evidence(table: ResultsTable | None, study: Study) -> tuple[Evidence, ...]:
    """Where the table stands, else the pictures or sentences that give results."""
    if table is not None:
        return (Evidence(at=table.at),)
    return tuple(Evidence(at=one.at) for one in study.reading.shown_results[:_SENTENCES_SHOWN])


def stated_below(study: Study, command: Location | None) -> tuple[Message, ...]:
    """What a document says below a command that it should give, line by line."""
    if command is None or command.line is None or not is_document(command.path):
        return ()
    lines = (study.snapshot.text(command.path) or "").split("\n")
    found: list[str] = []
    for line in lines[command.line : command.line + _COMMENTS]:  # `# PSNR: 35.28` right below it
        comment = re.match(r"\s*#+\s*(\S.*)", line)
        if comment is None or not _NUMBER.search(comment[1]) or not names_a_metric(comment[1]):
            break
        found.append(comment[1].strip("\"' "))
    if found:
        return tuple(msg("the document says: {text}", text=text[:_MAX_LINE]) for text in found)
    says = False
    for line in lines[command.line : command.line + _LOOK_AHEAD]:
        plain = _PICTURE.sub("", line).strip().strip("*_>` ")
        if re.match(r"#{1,6}\s", line) and not says:
            break
        if not says and len(plain) > _MAX_LINE:
            break  # prose, which speaks of something else by now
        if not says:
            says = _STATES.search(plain) is not None
            if says and _NUMBER.search(plain):
                found.append(plain)
            continue
        if _FENCE.match(line) or not plain:
            if found:
                break
            continue
        if not _NUMBER.search(plain) and not found and not plain.startswith("|"):
            continue
        if re.search(r"[^\W_]", plain):
            found.append(plain)
        if len(found) >= _STATED_SHOWN:
            break
    return tuple(msg("the document says: {text}", text=text[:_MAX_LINE]) for text in found)


def _rows(table: ResultsTable, study: Study) -> Sequence[tuple[str, ...]]:
    """The rows with values, without second header lines; those of the repository's own method first."""
    header = {cell.strip().lower() for cell in table.header if cell.strip()}
    rows = [
        row
        for row in table.rows
        if any(_is_value(cell) for cell in row[1:])
        and not (row[0].strip().lower() in header and row[0].strip())
        and not {cell.strip().lower() for cell in row[:2]} & {"metric", "metrics"}
        and not (not row[0].strip() and not any(_VALUE.fullmatch(cell.strip(" %*")) for cell in row[1:]))
    ]  # fmt: skip
    own = re.sub(r"[^a-z0-9]", "", study.snapshot.own_name)
    own = re.sub(r"(?:pytorch|tensorflow|keras|jax|torch|official|master|main)", "", own)

    def is_own(row: tuple[str, ...]) -> bool:
        return len(own) >= 3 and own in re.sub(r"[^a-z0-9]", "", " ".join(row[:2]).lower())

    return sorted(rows, key=lambda row: (not _OURS.search(" ".join(row[:2])), not is_own(row)))


def _is_value(cell: str) -> bool:
    plain = cell.strip(" %*_")
    return _VALUE.match(plain) is not None or (_NUMBER.search(plain) is not None and len(plain) <= 40)
