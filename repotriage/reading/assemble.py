"""Everything that static reading finds, put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from repotriage.models.document import Document
from repotriage.models.reading import AssetLink, BrokenFile, Hyperparameter, Logger, Reading, SyntaxNeed
from repotriage.models.snapshot import Snapshot
from repotriage.parsing.walk import Facts, Visitor
from repotriage.reading.assets import code_assets, command_assets, document_assets, script_assets, tree_assets
from repotriage.reading.commands import commands, mentions
from repotriage.reading.console_scripts import console_scripts
from repotriage.reading.entry_points import entry_points
from repotriage.reading.framework import framework
from repotriage.reading.hardware import hardware
from repotriage.reading.hyperparameters import command_hyperparameters, config_hyperparameters, hyperparameters
from repotriage.reading.loggers import loggers, merged
from repotriage.reading.papers import papers
from repotriage.reading.python_files import PythonFile, python_files
from repotriage.reading.results import results_tables
from repotriage.reading.size import code_size
from repotriage.reading.syntax import first_of_each, syntax_needs
from repotriage.reading.tests import test_facts

VISITORS: tuple[Visitor, ...] = (python_files, code_assets, loggers, hyperparameters, syntax_needs)


def assemble(snapshot: Snapshot, documents: Sequence[Document], facts: Facts) -> Reading:
    """Put the facts of the visitors together with what documents, scripts and configurations say."""
    python = facts.of(PythonFile)
    installed = console_scripts(snapshot)
    shown = commands(snapshot, documents, python, installed)
    named = tuple(mentions(snapshot, documents, python))
    entries = entry_points(snapshot, shown, named, python, installed, [document.path for document in documents])
    started = frozenset(entry.path for entry in entries if entry.rank <= 3)
    return Reading(
        size=code_size(snapshot, python),
        tests=test_facts(snapshot, python),
        broken=facts.of(BrokenFile),
        syntax=first_of_each(facts.of(SyntaxNeed)),
        commands=shown,
        entry_points=entries,
        assets=_once(
            (
                *document_assets(snapshot, documents),
                *command_assets(shown),
                *script_assets(snapshot, shown, frozenset(document.path for document in documents)),
                *facts.of(AssetLink),
                *tree_assets(snapshot),
            )
        ),
        results=tuple(results_tables(documents)),
        loggers=merged(facts.of(Logger), started),
        hyperparameters=(
            *facts.of(Hyperparameter),
            *config_hyperparameters(snapshot),
            *command_hyperparameters(shown),
        ),
        papers=papers(snapshot, documents),
        hardware=hardware(documents),
        framework=framework(snapshot, python),
    )


def _once(assets: Iterable[AssetLink]) -> tuple[AssetLink, ...]:
    """Each asset once per place."""
    return tuple({(asset.kind, asset.url, asset.name, asset.at): asset for asset in assets}.values())
