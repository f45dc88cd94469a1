"""Step 2: weights and data, where they come from and where the code expects them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from repotriage.models.base import Message, msg
from repotriage.models.location import Evidence, Location
from repotriage.models.plan import Action, Step
from repotriage.models.reading import AssetLink
from repotriage.models.study import Study
from repotriage.plan.commands import Written, started, written
from repotriage.plan.failures import issues
from repotriage.plan.jobs import evaluation_run, training_run
from repotriage.plan.numbers import best_table
from repotriage.plan.runs import is_document, is_guest

_ISSUE = re.compile(
    r"download|link|dataset|weights?|checkpoint|pretrained|drive|expired|404|下载|数据集|权重", re.IGNORECASE
)
_SHOWN = 5
_HARDWARE = frozenset({"disk"})
_PREPARATIONS_SHOWN = 2
_FOR_OTHERS = re.compile(r"onnx|tensorrt|\btrt\b|tflite|coreml|torchscript|openvino|ncnn|jit", re.IGNORECASE)
_PREPARES = re.compile(r"download|prepare|prepro|pre_pro|fetch|make_data|create_data|build_data|下载", re.IGNORECASE)
_TELLS_NOTHING = re.compile(
    r"\W*(?:here|this|links?|download|models?|ckpt|checkpoint|weights?|url|google ?drive|drive|baidu|hugging ?face|hf"
    r"|pan|点击|这里|链接|下载|google drive|onedrive|dropbox)\W*",
    re.IGNORECASE,
)
_COUNT = re.compile(r"[\d.,]+ ?[KMG]")  # `401M` in a table may be parameters or the memory of a GPU


def step(study: Study) -> Step:
    """The assets."""
    return Step(number=2, name="assets", title=msg("Fetch weights and data"), actions=tuple(_actions(study)))


def _actions(study: Study) -> Iterator[Action]:
    reading = study.reading
    failures = issues(study, _ISSUE)
    prepare = _preparations(study)
    datasets = _of(study, "dataset")
    if prepare:
        datasets = [one for one in datasets if one.provider != "script"]  # they follow below, with their command
    for one in datasets[:_SHOWN]:
        yield _fetch(one, msg("Get the data: {what}", what=_what(one, study)), study)
    for path, line, place in prepare:
        yield Action(
            what=msg("Prepare the data by {path}", path=path),
            command=line.text,
            fill_in=line.fill_in,
            evidence=(Evidence(at=place),),
            cost=tuple(msg("stated: {text}", text=fact.text) for fact in reading.hardware if fact.kind in _HARDWARE),
            fails=failures,
        )
    yield from _conversions(study)
    if not datasets and not prepare:
        yield Action(
            what=msg(
                "No data and no script that fetches them were found; look for the datasets of the results in the paper"
            ),
            offered=False,
            evidence=(
                *(Evidence(at=one.at) for one in reading.results[:1]),
                *(Evidence(at=one.at) for one in reading.papers[:1]),
            ),
        )
    weights = _of(study, "weights")
    for number, one in enumerate(weights[:_SHOWN]):
        action = _fetch(one, msg("Get the weights: {what}", what=_what(one, study)), study)
        yield action.model_copy(update={"fails": failures}) if number == 0 and not prepare else action
    if len(weights) > _SHOWN:
        yield Action(
            what=msg(
                "Further weights that the repository names: {n}; take the smallest first", n=len(weights) - _SHOWN
            ),
            evidence=tuple(Evidence(at=one.at) for one in weights[_SHOWN : _SHOWN + 1]),
        )
    if not weights:
        yield Action(
            what=msg("The repository offers no weights: you can only compare with numbers after training"),
            offered=False,
            fails=failures if not prepare else (),
        )


def _conversions(study: Study) -> Iterator[Action]:
    """Commands of the README that convert weights before the code can use them."""
    for one in study.reading.commands:
        name = (one.script or "").rpartition("/")[2]
        if one.role != "export" or "convert" not in name or _FOR_OTHERS.search(one.raw):
            continue
        line = written(one, study.snapshot)
        if line is not None and is_document(one.at.path) and one.at.path.count("/") == 0:
            yield Action(
                what=msg("Convert what was fetched by {path}, as the documents show", path=one.script),
                command=line.text,
                fill_in=line.fill_in,
                evidence=(Evidence(at=one.at),),
            )
            return


def _preparations(study: Study) -> list[tuple[str, Written, Location]]:
    """(file, command, place) of what prepares data: what documents show or name, or what is named so itself."""
    found: list[tuple[bool, str, Written, Location]] = []
    training = training_run(study)
    for entry in study.reading.entry_points:
        if entry.role != "data" or (training is not None and entry.path in (training.main, training.path)):
            continue
        guest = is_guest(study.snapshot, entry.path) or (
            entry.documented_at is not None and is_guest(study.snapshot, entry.documented_at.path)
        )
        line = started(entry, study.snapshot)
        shown = entry.command is not None and entry.documented_at is not None
        named = entry.documented_at is not None and "/" not in entry.path
        if line is None or not (shown or named or _PREPARES.search(entry.path.rpartition("/")[2])):
            continue
        found.append((guest, entry.path, line, entry.documented_at or Location(path=entry.path)))
    own = [one for one in found if not one[0]] or found
    return [one[1:] for one in own[:_PREPARATIONS_SHOWN]]


def _of(study: Study, kind: str) -> list[AssetLink]:
    """The assets of a kind, each address once: those of the table of results first, then as documents name them.

    What only a guest project names is left out where the repository names some itself.
    """
    mine = [one for one in study.reading.assets if one.kind == kind]
    own = [one for one in mine if not is_guest(study.snapshot, one.at.path)] or mine
    found = {one.url or f"{one.provider} {one.name}": one for one in reversed(own)}
    run = evaluation_run(study)
    command = run.command if run is not None else None
    table = best_table(study, command.at if command is not None else None)
    given = {word.rpartition("/")[2].rpartition("=")[2] for word in (command.argv if command is not None else ())}
    rows = range(table.at.line or 0, max(table.row_lines, default=0) + 1) if table is not None else range(0)
    return sorted(
        found.values(),
        key=lambda one: (
            (one.url or one.name).rpartition("/")[2] not in given,
            kind != "weights" or table is None or one.at.path != table.at.path or (one.at.line or 0) not in rows,
            one.at.path.endswith(".py"),
            one.at.path.count("/"),
            not one.at.path.lower().startswith("readme"),
            one.at.path,
            one.at.line or 0,
        ),
    )


def _what(one: AssetLink, study: Study) -> str:
    """Whose it is, what it is called and where it lies; a name that tells nothing gives way to the file's own."""
    url = one.url or ""
    name = one.name if one.name != url else ""
    if one.kind == "weights":
        name = _row(one, study) or name
    file = url.partition("?")[0].rstrip("/").rpartition("/")[2]
    if _TELLS_NOTHING.fullmatch(name) or not re.search(r"[^\W\d_]{3}", name) or name == one.provider:
        name = file if "." in file[1:] and file not in (url, "") and "://" not in file else ""
    if not url:
        return f"{one.provider} {one.name}"
    return " ".join(part for part in (one.provider, name if name not in url else "", url) if part)


def _row(one: AssetLink, study: Study) -> str:
    """What the row of a table of results that holds a link is about: its first two cells."""
    for table in study.reading.results:
        if table.at.path == one.at.path:
            for row, line in zip(table.rows, table.row_lines, strict=False):
                if line == one.at.line:
                    return " ".join(dict.fromkeys(cell.strip() for cell in row[:2] if re.search(r"[^\W\d_]", cell)))
    return ""


def _fetch(one: AssetLink, what: Message, study: Study) -> Action:
    expect = []
    if one.expected_at:
        expect.append(msg("the code looks for it at {path}", path=one.expected_at))
    if one.url is None and one.in_repository is None and one.at.path.endswith((".py", ".ipynb")):
        expect.append(msg("the code fetches it itself when it first needs it"))
    if one.in_repository:
        expect.append(msg("it is part of the repository"))
    elif one.in_repository is False:
        expect.append(msg("the repository names it as its own file, and does not hold it"))
    release = next(
        (
            asset
            for r in (study.snapshot.github.releases if study.snapshot.github else None) or ()
            for asset in r.assets
            if asset.url == one.url
        ),
        None,
    )
    cost = []
    if one.size and not _COUNT.fullmatch(one.size):
        cost.append(msg("size: {size}", size=one.size))
    elif release is not None and release.size:
        cost.append(msg("size: {mib:,.1f} MiB", mib=release.size / 2**20))
    return Action(what=what, evidence=(Evidence(at=one.at),), expect=tuple(expect), cost=tuple(cost))
