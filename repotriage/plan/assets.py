"""Step 2: weights and data, where they come from and where the code expects them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from repotriage.data import table
from repotriage.models.base import Message, msg
from repotriage.models.location import Evidence, Location
from repotriage.models.plan import Action, Step
from repotriage.models.reading import AssetLink, Command, EntryPoint
from repotriage.models.requirement import ImportedModule
from repotriage.models.study import Study
from repotriage.plan.commands import Written, is_cut_short, names_given, started, written
from repotriage.plan.configurations import configs_of, imported_configurations
from repotriage.plan.failures import issues
from repotriage.plan.jobs import evaluation_run, is_foreign, training_run
from repotriage.plan.numbers import best_table, row_of
from repotriage.plan.runs import HELP, Run, is_document, is_guest
from repotriage.plan.said import data_layout, placement
from repotriage.plan.shorter import OWN_FLAGS, own_settings
from repotriage.signals.assets import data_files

_ISSUE = re.compile(
    r"download|link|dataset|weights?|checkpoint|pretrained|drive|expired|404|下载|数据集|权重", re.IGNORECASE
)
_SHOWN = 5
_HARDWARE = frozenset({"disk"})
_PREPARATIONS_SHOWN = 2
_FOR_OTHERS = re.compile(r"onnx|tensorrt|\btrt\b|tflite|coreml|torchscript|openvino|ncnn|jit", re.IGNORECASE)
_LAYOUT_SHOWN = 2
_STATISTICS = re.compile(r"(?:ref|stat)\w*[/_-][^/]*\.npz$|(?:ref|stats?)\.npz$", re.IGNORECASE)  # of a measure
_CONFIGS_READ = 3
_PATHS_SHOWN = 4
_MAX_CONFIG = 60_000
_CHINESE = re.compile(r"(?:^|[_.-])(?:zh|cn|chinese)(?:[_.-]|$)", re.IGNORECASE)
# `data_path: /data/dataset/kitti/`, `root = "/home/me/data"`: a place that no other machine has
_PLACES = re.compile(
    r"^[ \t]*[\"']?(\w*(?:path|dir|root|folder|file|data)\w*)[\"']?\s*[:=]\s*"
    r"[\"']?((?:/|~/|[A-Z]:\\\\?)[\w./\\-]{3,120}|(?:\./)?path/to/[\w./-]{1,100})[\"']?,?\s*(?:#.*)?$",
    re.MULTILINE | re.IGNORECASE,
)
_PLACE_NAME = re.compile(r"path|dir|root|folder|data", re.IGNORECASE)
_ABSOLUTE = re.compile(r"/(?:home|homes|mnt|data\d*|nfs|scratch|Users|workspace|root|ssd|disk)\w*/|[A-Z]:\\\\|~/")
_OWNER = re.compile(r"https://huggingface\.co/[\w.-]+/?")
_PREPARES = re.compile(r"download|prepar|prepro|pre_pro|fetch|make_data|create_data|build_data|下载", re.IGNORECASE)
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
    told: dict[Location, None] = {}
    if prepare:
        datasets = [one for one in datasets if one.provider != "script"]  # they follow below, with their command
    for one in datasets[:_SHOWN]:
        yield _fetch(one, msg("Get the data: {what}", what=_what(one, study)), study, told)
    layout = [one for one in data_layout(study) if one.at not in told][:_LAYOUT_SHOWN]
    for said in layout:
        told[said.at] = None
        yield Action(what=msg("Lay the data out as the document says: {text}", text=said.text),
                     evidence=(Evidence(at=said.at),))  # fmt: skip
    yield from _paths(study)
    for path, line, place in prepare:
        yield Action(
            what=msg("Prepare the data by {path}", path=path)
            if is_document(place.path)
            else msg("Perhaps prepare the data by {path}: no command of the documents starts it", path=path),
            command=line.text,
            fill_in=line.fill_in,
            evidence=(Evidence(at=place),),
            cost=tuple(msg("stated: {text}", text=fact.text) for fact in reading.hardware if fact.kind in _HARDWARE),
            fails=failures,
        )
    yield from _conversions(study)
    offline = _imported(study, "offline")
    if not datasets and not prepare and not layout and offline is not None:
        yield Action(
            what=msg("The data come through {name}, which fetches them when they are first used", name=offline.module),
            evidence=tuple(Evidence(at=at) for at in offline.at[:1]),
        )
    simulator = _imported(study, "simulators") if offline is None else None
    if not datasets and not prepare and not layout and simulator is not None:
        yield Action(
            what=msg("No data are to be fetched: they come out of the simulator {name} while it trains",
                     name=simulator.module),
            evidence=tuple(Evidence(at=at) for at in simulator.at[:1]),
        )  # fmt: skip
    elif offline is None and not datasets and not prepare and not layout and (stored := data_files(study.snapshot)):
        yield Action(
            what=msg("The data lie in the repository: {path}", path=stored[0].path)
            if len(stored) == 1
            else msg("The data lie in the repository: {path} and {n} more files",
                     path=stored[0].path, n=len(stored) - 1),
            evidence=tuple(Evidence(at=Location(path=file.path)) for file in stored[:_SHOWN]),
        )  # fmt: skip
    elif offline is None and not datasets and not prepare and not layout:
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
        action = _weights(one, study, told)
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


def _weights(one: AssetLink, study: Study, told: dict[Location, None]) -> Action:
    if one.in_repository and one.provider != "script":
        return Action(
            what=msg("Weights that the repository holds: {path}", path=one.name),
            evidence=(Evidence(at=one.at),),
        )
    action = _fetch(one, msg("Get the weights: {what}", what=_what(one, study)), study, told)
    shown = next((c for c in study.reading.commands if one.provider == "script" and c.script == one.name), None)
    line = written(shown, study.snapshot) if shown is not None else None
    return action if line is None else action.model_copy(update={"command": line.text, "fill_in": line.fill_in})


def _paths(study: Study) -> Iterator[Action]:
    """Settings of the training's configurations that name places of the authors' own machine."""
    run = training_run(study)
    paths = [one.path for one in configs_of(study, run)[:_CONFIGS_READ]] if run is not None else []
    if run is not None and run.main is not None:
        paths += imported_configurations(study.snapshot, run.main)
    options = _own_places(study, run) if run is not None else {}
    for path in list(dict.fromkeys([*paths[:_CONFIGS_READ], *options])):
        text = study.snapshot.text(path) or ""
        found: dict[str, int] = dict(options.get(path, {}))
        for one in _PLACES.finditer(text[:_MAX_CONFIG]):
            found.setdefault(f"{one[1]} ({one[2]})", text.count("\n", 0, one.start(1)) + 1)
        if found:
            yield Action(
                what=msg("Set in {path} where yours lie: {settings}", path=path,
                         settings=", ".join(list(found)[:_PATHS_SHOWN])),
                evidence=tuple(Evidence(at=Location(path=path, line=line)) for line in list(found.values())[:1]),
            )  # fmt: skip


def _own_places(study: Study, run: Run) -> dict[str, dict[str, int]]:
    """For each file, the options of the training whose default is a place of the authors' machine, and their lines."""
    given = names_given(run.line.argv)
    found: dict[str, dict[str, int]] = {}
    imported = set(imported_configurations(study.snapshot, run.main or ""))
    settings = (*own_settings(study, run), *(one for one in study.reading.hyperparameters if one.at.path in imported))
    for one in settings:
        name = one.name.replace("-", "_")
        theirs = _PLACE_NAME.search(name) is not None and _ABSOLUTE.match(one.value or "") is not None
        if theirs and one.source in OWN_FLAGS and name not in given:
            found.setdefault(one.at.path, {})[f"--{one.name} ({one.value})"] = one.at.line or 1
    return found


def _imported(study: Study, row: str) -> ImportedModule | None:
    """The first module of a row of the table that the code imports."""
    known = table("by_hand")[row]["modules"]
    return next((one for one in study.dependencies.imports if one.module in known), None)


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
    found: list[tuple[tuple[bool, ...], str, Written, Location]] = []
    training, evaluation = training_run(study), evaluation_run(study)
    runs = [one for one in (training, evaluation) if one is not None]
    pages = {one.command.at.path for one in runs if one.command is not None}
    files = {name for one in runs for word in one.line.argv if "/" in (name := word.rpartition("=")[2])}
    fetched = {one.name for one in study.reading.assets if one.kind == "weights" and one.provider == "script"}
    for entry in study.reading.entry_points:
        if entry.role != "data" or (training is not None and entry.path in (training.main, training.path)):
            continue
        if training is not None and is_foreign(study, entry.path, training):
            continue
        if entry.path in fetched or (evaluation is not None and entry.path == evaluation.path):
            continue
        command = _shown_command(study, entry, files)
        if command is not None and is_cut_short(command):
            continue  # `python tokenize.py ...` for data of one's own
        shown = command is not None and is_document(command.at.path)
        at = command.at if command is not None and (shown or entry.documented_at is None) else entry.documented_at
        guest = is_guest(study.snapshot, entry.path) or (at is not None and is_guest(study.snapshot, at.path))
        line = written(command, study.snapshot) if command is not None else None
        line = line or started(entry.model_copy(update={"command": None}), study.snapshot)
        named = at is not None and ("/" not in entry.path or _PREPARES.search(entry.path))
        if line is None or not (command is not None or named or _PREPARES.search(entry.path.rpartition("/")[2])):
            continue
        told = at is not None and is_document(at.path)
        order = (guest, not told, at is None or at.path not in pages)
        found.append((order, entry.path, line, at or Location(path=entry.path)))
    own = [one for one in found if not one[0][0]] or found
    own = [one for one in own if not one[0][1]] or own  # what no document tells of only where none tells of any
    if any(not one[0][2] for one in own):  # of another page only what the leading documents tell
        own = [one for one in own if not one[0][2] or "/" not in one[3].path]
    return [one[1:] for one in sorted(own, key=lambda one: one[0])[:_PREPARATIONS_SHOWN]]


def _shown_command(study: Study, entry: EntryPoint, files: set[str]) -> Command | None:
    """The command of a script: of documents before scripts, one whose files the training or evaluation reads first."""
    mine = [
        one
        for one in study.reading.commands
        if one.script == entry.path and not HELP & set(one.argv) and written(one, study.snapshot) is not None
    ]
    return min(
        mine,
        key=lambda one: (
            not is_document(one.at.path),
            is_guest(study.snapshot, one.at.path),
            one.role != "data",
            not any(word.rpartition("=")[2] in files for word in one.argv),
        ),
        default=None,
    )


def _of(study: Study, kind: str) -> list[AssetLink]:
    """The assets of a kind, each address once: those of the table of results first, then as documents name them.

    What only a guest project names is left out where the repository names some itself.
    """
    mine = [one for one in study.reading.assets if one.kind == kind]
    training = training_run(study)
    own = [one for one in mine if not is_guest(study.snapshot, one.at.path)]
    own = own or [one for one in mine if training is None or not is_foreign(study, one.at.path, training)]
    own = [one for one in own if kind != "weights" or not _STATISTICS.search(one.url or one.name)]
    own = [one for one in own if not _CHINESE.search(one.at.path)] or own  # the same in another language
    found = {one.url or f"{one.provider} {one.name}": one for one in reversed(own)}
    run = evaluation_run(study)
    command = run.command if run is not None else None
    results = best_table(study, command)
    own_row = row_of(study, command)
    given = {word.rpartition("/")[2].rpartition("=")[2] for word in (command.argv if command is not None else ())}
    rows = range(results.at.line or 0, max(results.row_lines, default=0) + 1) if results is not None else range(0)
    return sorted(
        found.values(),
        key=lambda one: (
            (one.url or one.name).rpartition("/")[2] not in given,
            _OWNER.fullmatch(one.url or "") is not None,
            own_row is None or one.at.path != own_row.path or one.at.line != own_row.line,
            kind != "weights" or results is None or one.at.path != results.at.path or (one.at.line or 0) not in rows,
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
    for results in study.reading.results:
        if results.at.path == one.at.path:
            for row, line in zip(results.rows, results.row_lines, strict=False):
                if line == one.at.line:
                    return " ".join(dict.fromkeys(cell.strip() for cell in row[:2] if re.search(r"[^\W\d_]", cell)))
    return ""


def _fetch(one: AssetLink, what: Message, study: Study, told: dict[Location, None]) -> Action:
    expect = []
    if one.expected_at:
        expect.append(msg("the code looks for it at {path}", path=one.expected_at))
    mentions = [one.at, *(other.at for other in study.reading.assets if one.url and other.url == one.url)]
    said = next((found for at in dict.fromkeys(mentions) if (found := placement(study, at)) is not None), None)
    if said is not None and said.at not in told:
        told[said.at] = None
        expect.append(msg("the document says: {text}", text=said.text))
    by_code = one.url is None or one.provider == "Hugging Face datasets"  # which code names by `load_dataset`
    if by_code and one.in_repository is None and one.at.path.endswith((".py", ".ipynb")):
        expect.append(_itself(one))
    owner = re.match(r"https://huggingface\.co/([\w.-]+)/", one.url or "")
    if owner is not None and owner[1] in {row["owner"] for row in table("by_hand")["gated"]}:
        expect.append(
            msg("{owner} gives it only to those who agree to its licence: agree there and log in first", owner=owner[1])
        )
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


def _itself(one: AssetLink) -> Message:
    """That the code fetches it, unless its provider demands that a person does."""
    for row in table("by_hand")["dataset"]:
        if row["provider"] == one.provider and one.name.partition("/")[0].partition(":")[0] in row["names"]:
            return msg(
                "{provider} cannot fetch {name} itself: log in at its source and put the files where it says",
                provider=one.provider, name=one.name,
            )  # fmt: skip
    return msg("the code fetches it itself when it first needs it")
