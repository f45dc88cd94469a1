"""Everything that static reading finds, put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from repotriage.models.document import Document
from repotriage.models.reading import (
    AssetLink,
    BrokenFile,
    ConfigFile,
    Determinism,
    Hyperparameter,
    Logger,
    ParameterFact,
    Reading,
    SyntaxNeed,
)
from repotriage.models.snapshot import Snapshot
from repotriage.parsing.walk import Facts, Visitor
from repotriage.reading.assets.code import code_assets
from repotriage.reading.assets.linked import document_assets
from repotriage.reading.assets.stored import command_assets, script_assets, tree_assets
from repotriage.reading.call_constants import call_constants
from repotriage.reading.commands import commands, mentions
from repotriage.reading.console_scripts import console_scripts
from repotriage.reading.differences import differences, main_hyperparameters
from repotriage.reading.entry_points import entry_points
from repotriage.reading.framework import framework
from repotriage.reading.hardware import hardware
from repotriage.reading.hyperparameters import (
    command_hyperparameters,
    config_hyperparameters,
    hyperparameters,
    named_files,
    resolved,
)
from repotriage.reading.loggers import configured_loggers, loggers, merged
from repotriage.reading.main_configs import HydraStart, asked_by, hydra_starts, main_configs, named_by_options
from repotriage.reading.main_entries import main_entries
from repotriage.reading.papers import papers
from repotriage.reading.parameters import determinism, parameter_facts, parameters
from repotriage.reading.python_files import PythonFile, python_files
from repotriage.reading.registries.configs import targets, yaml_configs
from repotriage.reading.registries.configs import visit as config_files
from repotriage.reading.registries.registration import Registration, RegistryPlace
from repotriage.reading.registries.resolve import registered, registrations
from repotriage.reading.results import results_tables, tied
from repotriage.reading.shown_results import shown_results
from repotriage.reading.sights import Sight, sights
from repotriage.reading.size import code_size
from repotriage.reading.stations import stations
from repotriage.reading.symbols import Symbols, SymbolTable, definitions, symbols
from repotriage.reading.syntax import first_of_each, syntax_needs
from repotriage.reading.tests import test_facts

VISITORS: tuple[Visitor, ...] = (
    python_files,
    code_assets,
    loggers,
    hyperparameters,
    call_constants,
    symbols,
    sights,
    registrations,
    config_files,
    hydra_starts,
    parameter_facts,
    determinism,
    syntax_needs,
)
_MAX_CONFIGS = 4000
_MAX_DETERMINISM = 60


def assemble(snapshot: Snapshot, documents: Sequence[Document], facts: Facts) -> Reading:
    """Put the facts of the visitors together with what documents, scripts and configurations say."""
    python = facts.of(PythonFile)
    installed = console_scripts(snapshot)
    shown = commands(snapshot, documents, python, installed)
    named = tuple(mentions(snapshot, documents, python, shown))
    entries = entry_points(snapshot, shown, named, python, installed, [document.path for document in documents])
    best = main_entries(entries, shown)
    started = frozenset(entry.path for entry in (*entries, *best) if entry.rank <= 3)
    names = SymbolTable(facts.of(Symbols))
    distance = names.reached(started)
    main = names.reached(entry.path for entry in best)
    of_code = tuple(resolved(facts.of(Hyperparameter), names))
    named_ones = named_files(of_code, shown)
    configs = (*facts.of(ConfigFile), *yaml_configs(snapshot, named_ones))[:_MAX_CONFIGS]
    of_files = config_hyperparameters(snapshot, named_ones)
    settings = (*of_code, *of_files, *command_hyperparameters(shown))
    started_with = main_configs(best, shown, configs, facts.of(HydraStart), settings)
    found = registered((*facts.of(Registration), *targets(snapshot)), facts.of(RegistryPlace), configs, shown, names)
    assets = _once(
        (
            *document_assets(snapshot, documents),
            *command_assets(shown),
            *script_assets(snapshot, shown, named, frozenset(document.path for document in documents)),
            *facts.of(AssetLink),
            *tree_assets(snapshot),
        )
    )
    trains = frozenset(entry.path for entry in entries if entry.role == "train")
    chain = [one.path for one in started_with]
    main_settings = main_hyperparameters(settings, best, main, chain, shown)
    asked = asked_by(started_with, found, named_by_options(best, shown, main_settings), main)
    return Reading(
        size=code_size(snapshot, python),
        tests=test_facts(snapshot, python),
        broken=facts.of(BrokenFile),
        syntax=first_of_each(facts.of(SyntaxNeed)),
        commands=shown,
        entry_points=entries,
        assets=assets,
        results=tuple(tied(results_tables(snapshot, documents), assets, shown)),
        shown_results=shown_results(documents),
        loggers=merged((*facts.of(Logger), *configured_loggers(snapshot, shown)), started),
        hyperparameters=settings,
        main_hyperparameters=main_settings,
        stations=stations(facts.of(Sight), best, names, asked),
        registered=found,
        definitions=definitions(facts.of(Symbols), main),
        parameters=parameters(facts.of(ParameterFact), distance),
        determinism=tuple(
            sorted(
                (one for one in facts.of(Determinism) if not main or one.at.path in main or one.at.path in trains),
                key=lambda one: (main.get(one.at.path, 99 if main else 0), one.at.path, one.at.line or 0),
            )
        )[:_MAX_DETERMINISM],
        differences=differences(settings, shown, names, main_settings, chain, main),
        configs=configs,
        papers=papers(snapshot, documents),
        hardware=hardware(documents),
        framework=framework(snapshot, python),
    )


def _once(assets: Iterable[AssetLink]) -> tuple[AssetLink, ...]:
    """Each asset once per place."""
    return tuple({(asset.kind, asset.url, asset.name, asset.at): asset for asset in assets}.values())
