"""The stations of the reading order: where data are read, the model is defined, the loss made, weights updated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import get_args

from repotriage.data import table
from repotriage.models.base import msg
from repotriage.models.location import Location
from repotriage.models.reading import EntryPoint, Registered, Station, StationKind
from repotriage.reading.sights import PART, TRAINS_MODEL, WEAK, Sight
from repotriage.reading.symbols import SymbolTable

# The guide: evaluation first, then what goes in, the model, both ways through it, the loss, the update, what comes out.
READING_ORDER: tuple[StationKind, ...] = (
    "evaluation",
    "data",
    "transforms",
    "model",
    "forward",
    "backward",
    "loss",
    "update",
    "metrics",
    "checkpoint",
    "visualisation",
    "logging",
)
_SHOWN = 3  # places of one kind
_SHOWN_PER_FILE = 2
_NEAR = {0: 8.0, 1: 6.0, 2: 4.0, 3: 3.0}  # what the number of imports from an entry point is worth
_FAR, _UNREACHED = 1.0, -6.0
_OF_LIBRARY = -4.0  # where nothing is started, everything is as near
_GUARDED = -8.0  # what a file does only when it is started itself, of files that others import
_SAME_PACKAGE = -1.0  # not reached, but of a package that is: loaded by its registries
_SPREAD = 9.0  # how far behind the best place of its kind a place may be
_STEPS_SPREAD = 1.5  # of gradients and updates: a second optimizer is beside the first, helpers are elsewhere
_ELSEWHERE = -12.0  # a gradient, a loss or an update that no training script reaches
_LARGE = 4.5  # the weight of a class, not by its name a part, that is told beside the whole
_OF_EVALUATION = -0.75  # what is done for the evaluation, of stations that the training has as well
_OWN = 1.0  # what a method of a class is worth that an entry point builds
_SURE = 4.0
_MEASURED = -1.5  # a loss of the evaluation: what is trained by comes first
_BUILT = 6.0  # what a class is worth that an entry point builds, less for each import that leads to where it does
_CONDITIONAL = 2.0  # what it is worth less when that happens under a condition
_NEXT = 0.5  # what each further name of a configuration is worth less, up to the fourth
_IMPORTED = 2.0  # what a function or class is worth that an entry point imports by its name
_OF_TRAINING: frozenset[StationKind] = frozenset({"backward", "loss", "update"})
_OF_BUILT: frozenset[StationKind] = frozenset({"model", "forward", "loss", "data", "transforms", "metrics"})
_NO_PACKAGES = frozenset({"tools", "scripts", "bin", "examples", "configs", "demo", "projects"})
_MAINS = ("main", "evaluate", "test", "run", "_main", "_main_")  # functions with which a script starts, likeliest first
_ASIDE = re.compile(
    r"(?:^|/)(?:tests?|docs?|third[_-]?party|external|vendor|\.github|benchmarks?|scripts?|[\w.]*(?:legacy|deprecated)|demos?|deploy\w*|export"
    r"|tutorials?|notebooks?)/|(?:^|/)(?:setup|conftest|test_\w+|\w+_test|hubconf|\w+_(?:deprecated|legacy|old))\.py$"
    r"|(?:^|/)\w*(?:profil|flops|onnx|export|convert|grad_?cam)\w*\.py$|(?:^|/)analysis\.py$"
    r"|(?:^|/)tools/\w*(?:analy|deploy|convert|visuali|misc)\w*/",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"meta_arch|detector|segmentor|recogni[sz]er|classifier|^arch", re.IGNORECASE)  # registries
_NO_MODEL = re.compile(
    r"Callback|Optimi[sz]er|Schedule|Logger|Metric|Transform|Trainer|Data|Hook|Config|Sampler|Runner|Loop"
)
_TRAINING_STEPS = ("forward_train", "train_step", "training_step")
_TESTS = re.compile(r"(?:^|/)tests?/|(?:^|/)(?:conftest|test_\w+|\w+_test)\.py$")


@cache
def _registries() -> tuple[tuple[StationKind, re.Pattern[str]], ...]:
    """What the classes of a registry are, by its name."""
    return tuple((row["kind"], re.compile(row["pattern"], re.IGNORECASE)) for row in table("stations")["registry"])


def stations(
    found: Sequence[Sight],
    main: Sequence[EntryPoint],
    names: SymbolTable,
    asked: Sequence[Registered] = (),
) -> tuple[Station, ...]:
    """The best places of each kind, in reading order: those that the entry points `main` import come first.

    `asked` is what their configurations and options ask for by name: its files belong to them, too.
    """
    starts = list(dict.fromkeys(entry.path for entry in main))
    trained = names.reached([entry.path for entry in main if entry.role == "train"])
    first = names.reached(starts)
    by_name = [one.makes_at or one.at for one in asked]
    distance = dict(first)
    for path, hops in names.reached([at.path for at in by_name]).items():
        distance[path] = min(distance.get(path, 99), hops + 1)
    found = [one for one in found if one.at.path in starts or not _TESTS.search(one.at.path)]
    built = _built(found, distance, names)
    for number, (at, one) in enumerate(zip(by_name, asked, strict=True)):
        key = (at.path, one.makes or one.symbol)  # the whole is named before its parts
        behind = 0 if _WHOLE.search(one.registry) else min(number, _SHOWN)
        built[key] = max(built.get(key, 0.0), _BUILT - behind * _NEXT)
    imported = {
        (target[1].path, target[0]): _IMPORTED
        for path in starts
        for dotted in names.imported(path)
        if (target := names.definition(path, dotted)) is not None
    }
    packages = {path.partition("/")[0] for path in distance if "/" in path} - _NO_PACKAGES
    found += [*_unseen(found, distance, names), *_asked(asked, found, names), *_starts(main, found, names)]
    found = list(_without_trainers(found, names))
    found = _steps_before_wholes(found, trained or distance)

    def value(one: Sight) -> float:
        key = (one.at.path, one.symbol.partition(".")[0])
        bonus = built.get(key, 0.0) if one.kind in _OF_BUILT and one.callee is None else 0.0
        if not (one.kind == "evaluation" and "." in one.symbol):
            bonus = max(bonus, imported.get(key, 0.0))
        if "." in one.symbol and one.kind not in _OF_BUILT and key in built:
            bonus += _OWN
        guarded = _GUARDED if one.guarded and distance.get(one.at.path) != 0 else 0.0
        if one.kind in _OF_TRAINING and trained and one.at.path in distance and one.at.path not in trained:
            guarded += _ELSEWHERE if one.at.path in first else 0.0  # what only the evaluation reaches
        if trained and one.phase == "evaluate" and one.kind not in ("evaluation", "metrics"):
            guarded += _OF_EVALUATION
        measured = _MEASURED if one.kind == "loss" and one.phase == "evaluate" else 0.0
        return one.weight + _near(one.at.path, distance, packages) + bonus + guarded + measured

    def whole(one: Sight) -> bool:
        """Whether a class is worth telling beside the first: built, asked for or imported by its name, or large."""
        key = (one.at.path, one.symbol.partition(".")[0])
        large = not asked and one.weight >= _LARGE and not PART.search(key[1])
        return one.callee is not None or large or key in built or key in imported or not one.symbol[:1].isupper()

    best: list[Station] = []
    for kind in READING_ORDER:
        ranked = sorted(
            ((value(one), one) for one in found if one.kind == kind),
            key=lambda pair: (-pair[0], first.get(pair[1].at.path, 99), pair[1].at.path, pair[1].at.line or 0),
        )
        if kind == "forward" and any(one.kind == "model" and one.at.path in distance for one in best):
            # the model is known: what nothing reaches does not belong to it
            ranked = [
                (worth, one)
                for worth, one in ranked
                if one.at.path in distance or one.at.path.partition("/")[0] in packages
            ]
        top = ranked[0][0] if ranked else 0.0
        spread = _STEPS_SPREAD if kind in ("backward", "update") else _SPREAD
        hints = all(one.weight <= 1 for _, one in ranked)  # `logging.getLogger`: only where nothing else is
        sure = any(
            one.weight >= _SURE and (one.at.path in distance or not distance)
            for worth, one in ranked
            if worth > max(0.0, top - _SPREAD)
        )
        best += [
            _station(one)
            for one in _choose(
                one
                for number, (worth, one) in enumerate(ranked)
                if worth > 0
                and worth >= top - spread
                and (number == 0 or kind not in ("model", "forward") or whole(one))
                and (number == 0 if hints else one.weight > 1)
                and not (one.weight <= WEAK and (sure or (distance and one.at.path not in distance)))
            )
        ]
    return tuple(best)


def _built(found: Sequence[Sight], distance: Mapping[str, int], names: SymbolTable) -> dict[tuple[str, str], float]:
    """(file, name) of the classes and functions that entry points build models by, and what that is worth."""
    worth: dict[tuple[str, str], float] = {}
    for one in found:
        if one.callee is None or distance.get(one.at.path, 9) > 2:
            continue
        target = names.definition(one.at.path, one.callee)
        if target is None:
            continue
        built = _BUILT - distance[one.at.path] / 2 - (_CONDITIONAL if one.optional else 0.0)
        made = None if names.is_class(target[1], target[0]) else names.made_by(target[1].path, target[0])
        for name, at in (target, made) if made is not None else (target,):
            worth[at.path, name] = max(built, worth.get((at.path, name), 0.0))
    return worth


def _asked(asked: Sequence[Registered], found: Sequence[Sight], names: SymbolTable) -> Iterator[Sight]:
    """What is asked for by name, told by its registry; the base class may be of another package."""
    seen = {(one.kind, one.at) for one in found}
    known = {one.at for one in found}
    for number, one in enumerate(asked):
        symbol, at = (one.makes, one.makes_at) if one.makes and one.makes_at else (one.symbol, one.at)
        kind = next((kind for kind, pattern in _registries() if pattern.search(one.registry)), None)
        if one.symbol.endswith("Dataset"):
            kind = "data"
        if kind == "model" and (at in known or _NO_MODEL.search(symbol) or not names.is_class(at, symbol)):
            kind = None
        if kind is None and any(names.has_method(at.path, symbol, step) for step in _TRAINING_STEPS):
            kind = "model"  # of a registry of the project's own: `UDA`, `DISTILLERS`
        if kind is not None and (kind, at) not in seen:
            seen.add((kind, at))
            why = msg("defines {name}", name=symbol)
            weight = 5.0 - number / 100 - (0.0 if kind != "model" else 3.0 if PART.search(symbol) else 1.0)
            yield Sight(kind=kind, symbol=symbol, at=at, phase="both", weight=weight, why=why)


def _unseen(found: Sequence[Sight], distance: Mapping[str, int], names: SymbolTable) -> Iterator[Sight]:
    """Classes that are built as models though nothing else shows that they are: TensorFlow 1, plain classes."""
    seen = {(one.at.path, one.at.line) for one in found}
    for one in found:
        if one.callee is None or distance.get(one.at.path, 9) > 1 or TRAINS_MODEL.search(one.symbol):
            continue
        target = names.definition(one.at.path, one.callee)
        if target is None or target[0] != one.callee.rpartition(".")[2]:
            continue
        if names.is_class(target[1], target[0]) and (target[1].path, target[1].line) not in seen:
            seen.add((target[1].path, target[1].line))
            why = msg("defines {name}", name=target[0])
            yield Sight(kind="model", symbol=target[0], at=target[1], phase="both", weight=4.0, why=why)


def _starts(main: Sequence[EntryPoint], found: Sequence[Sight], names: SymbolTable) -> Iterator[Sight]:
    """The evaluation script itself where nothing in it is known as evaluation."""
    trained = {entry.path for entry in main if entry.role == "train"}
    shown = {one.at.path for one in found if one.kind == "evaluation" and one.weight > WEAK}
    for entry in main:
        known = entry.path in trained | shown or _TESTS.search(entry.path) or not entry.path.endswith(".py")
        if entry.role == "evaluate" and not known:
            target = next((made for name in _MAINS if (made := names.own(entry.path, name)) is not None), None)
            symbol, at = target or (entry.path, Location(path=entry.path, line=entry.line))
            weight = WEAK if _ASIDE.search(entry.path) else 3.0
            why = msg("the evaluation script")
            yield Sight(kind="evaluation", symbol=symbol, at=at, phase="evaluate", weight=weight, why=why)


def _without_trainers(found: Iterable[Sight], names: SymbolTable) -> Iterator[Sight]:
    """`model = DiffusionTrainer(...)` builds no model where nothing else shows that its class is one."""
    models = {(one.at.path, one.symbol) for one in found if one.kind == "model" and one.callee is None}
    for one in found:
        if one.kind == "model" and one.callee is not None and TRAINS_MODEL.search(one.symbol):
            target = names.definition(one.at.path, one.callee)
            if target is not None and (target[1].path, target[0]) not in models:
                continue
        yield one


def _steps_before_wholes(found: Sequence[Sight], distance: Mapping[str, int]) -> list[Sight]:
    """`trainer.train()` is told only where the steps that it takes are of another package."""
    stepped = {
        one.kind for one in found if one.kind in ("backward", "update") and not one.whole and one.weight >= _SURE
        and distance.get(one.at.path, 9) <= 2 and not _ASIDE.search(one.at.path)
    }  # fmt: skip
    return [one for one in found if not (one.whole and one.kind in stepped)]


def _near(path: str, distance: Mapping[str, int], packages: set[str]) -> float:
    if path in distance:
        near = _NEAR.get(distance[path], _FAR)
    elif path.partition("/")[0] in packages:
        near = _SAME_PACKAGE
    else:
        near = _UNREACHED if distance else _OF_LIBRARY
    return near - (8.0 if _ASIDE.search(path) and distance.get(path) != 0 else 0.0)


def _choose(ranked: Iterator[Sight]) -> Iterator[Sight]:
    """At most three, and at most two of one file."""
    count = 0
    per_file: dict[str, int] = {}
    seen: set[tuple[str, int | str | None, str]] = set()
    for one in ranked:
        places: set[tuple[str, int | str | None, str]] = {
            (one.at.path, one.at.line, ""),
            (one.at.path, one.symbol, one.phase),
            # the same in a copy of the file: `models/small/main.py`, `models/large/main.py`
            (one.at.path.rpartition("/")[2], one.symbol, f"{one.phase} of a copy"),
        }
        if count >= _SHOWN or per_file.get(one.at.path, 0) >= _SHOWN_PER_FILE or places & seen:
            continue
        seen |= places
        per_file[one.at.path] = per_file.get(one.at.path, 0) + 1
        count += 1
        yield one


def _station(one: Sight) -> Station:
    return Station(kind=one.kind, at=one.at, symbol=one.symbol, phase=one.phase, why=one.why)


assert set(READING_ORDER) == set(get_args(StationKind))  # noqa: S101 # each kind has its place in the order
