"""Completeness: the settings of the published runs."""

from __future__ import annotations

import re

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence
from repotriage.models.study import Study
from repotriage.signals.gaps import missing_code
from repotriage.signals.kind import entry_points, has_models, is_library
from repotriage.signals.registry import good, not_applicable, signal

_SOME = 3
_NUMBER = re.compile(r"[-+]?(?:\d[\d_]{0,20}\.?\d{0,20}|\.\d{1,20})(?:e[-+]?\d{1,4})?", re.IGNORECASE)


@signal(family="completeness", weight=1)
def hyperparameters_given(study: Study) -> Finding:
    """Are the hyperparameters given?

    Two runs with different learning rates are two experiments. Values that stand in options,
    configurations or commands can be held against the paper's.

    Good: at least 3 settings with a number were found.

    Bad: fewer.

    Unknown: the files could not be read in full, or the code is in another language.

    Not applicable: a library, or code that trains nothing.
    """
    name = "hyperparameters-given"
    main = {entry.path for entry in entry_points(study, "train")[:1]}
    given = sorted(
        (setting for setting in study.reading.hyperparameters if _NUMBER.fullmatch(setting.value or "")),
        key=lambda setting: setting.at.path not in main,
    )
    if not has_models(study) and (is_library(study) or not entry_points(study, "train")):
        return not_applicable(name, msg("nothing here is made to be trained"))
    evidence = [Evidence(at=setting.at, text=f"{setting.name} = {setting.value}"[:400]) for setting in given]
    if len(given) >= _SOME:
        return good(name, msg("settings with a number: {n}", n=len(given)), *evidence)
    return missing_code(
        study,
        name,
        msg("settings with a number: {n}, hardly enough for a training", n=len(given))
        if given
        else msg("no settings with a number were found"),
        *evidence,
        remedy=msg("the values of the published runs, as options or a configuration"),
    )
