"""What a repository needs, for a person: one table per kind, with the place of every declaration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from repotriage.models.base import Message, clean, msg
from repotriage.models.requirement import Dependencies, ImportedModule, Kind, ManifestFile, Requirement
from repotriage.renderers.deps_parts import KINDS
from repotriage.renderers.terminal import Page, text_of

FILES_SHOWN = 12
PLACES_SHOWN = 4
TITLES: dict[Kind, Message] = {
    "python": msg("Python"),
    "cuda": msg("CUDA"),
    "cudnn": msg("cuDNN"),
    "runtime": msg("To run it"),
    "optional": msg("Optional"),
    "build": msg("To build it"),
    "compiler": msg("Compilers"),
    "system": msg("System packages"),
    "os": msg("Operating system"),
    "test": msg("To test it"),
    "dev": msg("To develop it"),
    "docs": msg("For its documentation"),
}


def render(name: str, dependencies: Dependencies, *, every: bool = False, width: int = 80, colour: bool = False) -> str:
    """Files by rank, requirements by kind, then what is wrong with them.

    Lock files are counted, and listed only with `every`.
    """
    page = Page(width=width, colour=colour)
    page.line(Text(clean(name), style="bold"))
    if not dependencies.requirements and not dependencies.undeclared:
        page.say(msg("It declares nothing that could be found."))
    _files(page, dependencies, every)
    listed = [one for one in dependencies.requirements if every or not one.locked]
    for kind in KINDS:
        _kind(page, kind, [one for one in listed if one.kind == kind], every)
    locked = Counter(one.at.path for one in dependencies.requirements if one.locked)
    if locked and not every:
        _title(page, msg("Locked"))
        for path, count in sorted(locked.items()):
            page.say(msg("  {path}: {n} exact versions (--all lists them)", path=path, n=count))
    _contradictions(page, dependencies)
    _modules(page, msg("Imported, but not declared"), dependencies.undeclared)
    _misnamed(page, dependencies)
    if dependencies.unreadable:
        _title(page, msg("Not understood"))
        _rows(page, [(str(one.at), f"{one.reason}: {one.raw[:120]}") for one in dependencies.unreadable])
    if dependencies.indexes:
        _title(page, msg("Indexes, channels and options named (facts, never obeyed)"))
        _rows(page, [(str(one.at), f"{one.kind} {one.value}".strip()) for one in dependencies.indexes])
    return page.done()


def _title(page: Page, title: Message) -> None:
    page.line()
    page.line(text_of(title, "bold"))


def _table(columns: int) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for number in range(columns):
        table.add_column(overflow="fold", no_wrap=number == 0 and columns > 2)
    return table


def _rows(page: Page, rows: Iterable[tuple[str, ...]]) -> None:
    listed = list(rows)
    table = _table(len(listed[0]))
    for row in listed:
        table.add_row(*(Text(f"  {clean(cell)}" if number == 0 else clean(cell)) for number, cell in enumerate(row)))
    page.line(table)


def _files(page: Page, dependencies: Dependencies, every: bool) -> None:
    files = dependencies.files
    if not files:
        return
    _title(page, msg("Files, in the order in which a user follows them"))
    shown: Sequence[ManifestFile] = files if every else [file for file in files if file.rank is not None][:FILES_SHOWN]
    rows = []
    for file in shown:
        touched = f"{file.last_touched:%Y-%m-%d}" if file.last_touched else ""
        why = "" if file.why is None else str(file.why)
        rows.append((f"{file.rank or '-'}", file.path, touched, why if file.parsed else f"cannot be read; {why}"))
    if rows:
        _rows(page, rows)
    if len(files) > len(shown):
        page.say(msg("  further files, to which nothing leads: {n}", n=len(files) - len(shown)))


def _kind(page: Page, kind: Kind, requirements: Sequence[Requirement], every: bool) -> None:
    if not requirements:
        return
    _title(page, TITLES[kind])
    places: dict[tuple[str, str, str], list[str]] = {}
    for one in requirements:
        extras = f"[{','.join(one.extras)}]" if one.extras else ""
        version = one.specifier or (one.url or "") or "any"
        marker = f"{version} ; {one.marker}" if one.marker else version
        sure = "" if one.confidence >= 0.8 else " (likely)"
        places.setdefault((f"{one.name}{extras}", marker, one.group or ""), []).append(f"{one.at}{sure}")
    rows = []
    for (name, version, group), at in sorted(places.items()):
        shown = at if every else at[:PLACES_SHOWN]
        more = f", and {len(at) - len(shown)} more" if len(at) > len(shown) else ""
        label = f"{version} ({group})" if group and kind in ("optional", "test", "dev", "docs") else version
        rows.append((name, label, ", ".join(shown) + more))
    _rows(page, rows)


def _contradictions(page: Page, dependencies: Dependencies) -> None:
    if dependencies.contradictions:
        _title(page, msg("Contradictions"))
        for one in dependencies.contradictions:
            page.line(Padding(text_of(one.message), (0, 0, 0, 2)))


def _modules(page: Page, title: Message, modules: Sequence[ImportedModule]) -> None:
    if modules:
        _title(page, title)
        rows = []
        for module in modules:
            names = " or ".join(module.distributions[:3]) or "unknown"
            rows.append((module.module, names, ", ".join(str(at) for at in module.at[:PLACES_SHOWN])))
        _rows(page, rows)


def _misnamed(page: Page, dependencies: Dependencies) -> None:
    if dependencies.misnamed:
        _title(page, msg("Wrong or dead names"))
        _rows(
            page,
            [
                (str(one.at), f"{one.name}: install {dependencies.successors.get(one.name, 'another package')} instead")
                for one in dependencies.misnamed
            ],
        )
