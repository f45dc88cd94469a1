"""What static reading finds in code, configurations and documents: facts, each with its place."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from repotriage.models.base import CleanStr, Frozen, Message
from repotriage.models.location import Location

Role = Literal["train", "evaluate", "inference", "demo", "data", "export", "test", "install", "other"]


class Command(Frozen):
    """A command that a document, script or Makefile shows, as words.

    `argv` is the command split by the shell's rules, without environment assignments,
    prompts and `!`; it is shown to people, never run.
    """

    argv: tuple[CleanStr, ...]
    raw: CleanStr
    at: Location
    role: Role = "other"
    script: CleanStr | None = None  # the file of the repository that it starts
    env: tuple[tuple[CleanStr, CleanStr], ...] = ()


class EntryPoint(Frozen):
    """A way to start a job of the repository; the best of its role has rank 1."""

    role: Role
    path: CleanStr
    line: int | None = None
    command: Command | None = None
    documented_at: Location | None = None
    rank: int = Field(ge=1)
    weight: float  # for the ranking within a role; higher is better
    reasons: tuple[Message, ...] = ()


class AssetLink(Frozen):
    """Weights, data or a demo that the repository points to."""

    kind: Literal["weights", "dataset", "demo", "paper", "project", "results"]
    provider: CleanStr  # "Google Drive", "Hugging Face", "torch.hub", "GitHub release", "Colab", ...
    url: CleanStr | None = None
    name: CleanStr = ""
    at: Location
    size: CleanStr | None = None
    expected_at: CleanStr | None = None  # where the code looks for it
    in_repository: bool | None = None  # a path of this repository: whether it is there


class ResultsTable(Frozen):
    """A table of results; `rows` without the header.

    `linked` says whether the README leads to its document, `aside` whether its title or columns
    speak of ablations, speed or settings rather than of what a run reaches, `checkpoints` are the
    weights that its rows link to, `command` is where the command that gives its numbers stands.
    """

    at: Location
    caption: CleanStr = ""
    header: tuple[CleanStr, ...]
    rows: tuple[tuple[CleanStr, ...], ...]
    row_lines: tuple[int, ...] = ()
    metrics: tuple[CleanStr, ...] = ()
    datasets: tuple[CleanStr, ...] = ()
    linked: bool = True
    aside: bool = False
    checkpoints: tuple[CleanStr, ...] = ()
    command: Location | None = None


class ShownResults(Frozen):
    """Results that a document shows as a picture, or tells in a sentence."""

    kind: Literal["picture", "sentence"]
    text: CleanStr = ""  # of the picture or the sentence
    at: Location


class Logger(Frozen):
    """A logger that the code uses, and where its output goes if that can be read."""

    name: CleanStr
    at: Location
    output: CleanStr | None = None


class Hyperparameter(Frozen):
    """A named setting with a value, and where it is given."""

    name: CleanStr
    value: CleanStr | None
    source: Literal["argparse", "click", "typer", "absl", "fire", "dataclass", "config", "command", "constant", "hydra"]
    at: Location
    help: CleanStr | None = None


StationKind = Literal[
    "evaluation",
    "data",
    "transforms",
    "model",
    "forward",
    "loss",
    "backward",
    "update",
    "metrics",
    "checkpoint",
    "visualisation",
    "logging",
]
Phase = Literal["train", "evaluate", "both"]


class Station(Frozen):
    """A station of the guide's reading order."""

    kind: StationKind
    at: Location
    symbol: CleanStr
    phase: Phase = "both"
    why: Message


class Registered(Frozen):
    """A name that a registry or factory turns into a class or function."""

    name: CleanStr
    registry: CleanStr
    symbol: CleanStr
    at: Location  # of the class or function
    via: tuple[Location, ...] = ()  # config → registry → decorator, in order
    makes: CleanStr | None = None  # the class that a registered function makes
    makes_at: Location | None = None


class Definitions(Frozen):
    """The classes and functions that one file defines, with their lines; methods as `Class.method`."""

    path: CleanStr
    classes: tuple[tuple[str, int], ...] = ()
    functions: tuple[tuple[str, int], ...] = ()
    methods: tuple[tuple[str, int], ...] = ()


class ParameterFact(Frozen):
    """How a torch module registers parameters, buffers and submodules, saves memory or freezes parts."""

    kind: Literal["parameter", "buffer", "submodule", "checkpointing", "frozen", "norm_eval"]
    owner: CleanStr
    name: CleanStr
    at: Location


class Determinism(Frozen):
    """A switch that decides whether two runs give the same numbers: a seed or a setting of the framework."""

    kind: Literal["seed", "deterministic", "benchmark"]
    text: CleanStr  # the statement, as written
    at: Location


class Difference(Frozen):
    """One hyperparameter that is given different values; the first is the default of the code."""

    name: CleanStr
    values: tuple[Hyperparameter, ...]


class ConfigFile(Frozen):
    """A configuration that names classes: the configurations that it inherits from and the names, with their lines."""

    path: CleanStr
    bases: tuple[CleanStr, ...] = ()
    names: tuple[tuple[CleanStr, int], ...] = ()


class Paper(Frozen):
    """A paper that the repository names."""

    kind: Literal["arxiv", "doi", "openreview", "bibtex", "cff"]
    identifier: CleanStr
    title: CleanStr | None = None
    at: Location


class Hardware(Frozen):
    """Hardware or time that the documents state."""

    kind: Literal["gpu", "gpu_memory", "time", "cpu", "ram", "disk"]
    text: CleanStr
    at: Location


class BrokenFile(Frozen):
    """A Python file or notebook that the parser of this Python cannot read."""

    at: Location
    reason: Message
    python2: bool = False
    mended: bool = False  # it was read all the same, in the syntax of today
    python_below: CleanStr | None = None  # the first minor version whose keywords it uses as names: 3.7


class SyntaxNeed(Frozen):
    """Syntax that only this minor version of Python and later ones know."""

    python: CleanStr  # 3.10
    what: CleanStr  # "match statement"
    at: Location


class CodeSize(Frozen):
    """How much code there really is."""

    python_files: int = 0
    python_lines: int = 0  # non-blank, non-comment
    notebooks: int = 0
    notebook_code_cells: int = 0
    notebooks_with_outputs: int = 0
    native_files: int = 0  # .cu .cpp .c .h
    functions: int = 0
    classes: int = 0


class TestFacts(Frozen):
    """Tests and continuous integration."""

    __test__: ClassVar[bool] = False  # pytest takes a class of this name for a test

    test_files: tuple[CleanStr, ...] = ()
    test_functions: int = 0
    ci_files: tuple[Location, ...] = ()  # that run tests


class Reading(Frozen):
    """Everything that was read from the code and the documents, each sorted by place or rank."""

    size: CodeSize = CodeSize()
    tests: TestFacts = TestFacts()
    broken: tuple[BrokenFile, ...] = ()
    syntax: tuple[SyntaxNeed, ...] = ()  # the first place of each kind
    commands: tuple[Command, ...] = ()
    entry_points: tuple[EntryPoint, ...] = ()
    assets: tuple[AssetLink, ...] = ()
    results: tuple[ResultsTable, ...] = ()
    shown_results: tuple[ShownResults, ...] = ()  # without tables
    loggers: tuple[Logger, ...] = ()
    hyperparameters: tuple[Hyperparameter, ...] = ()
    main_hyperparameters: tuple[Hyperparameter, ...] = ()  # of the best training and evaluation scripts
    stations: tuple[Station, ...] = ()
    registered: tuple[Registered, ...] = ()
    definitions: tuple[Definitions, ...] = ()  # those near the main entry points first
    parameters: tuple[ParameterFact, ...] = ()
    determinism: tuple[Determinism, ...] = ()
    differences: tuple[Difference, ...] = ()
    configs: tuple[ConfigFile, ...] = ()
    papers: tuple[Paper, ...] = ()
    hardware: tuple[Hardware, ...] = ()
    framework: CleanStr | None = None  # pytorch, tensorflow, tensorflow1, jax, keras, sklearn, ...
