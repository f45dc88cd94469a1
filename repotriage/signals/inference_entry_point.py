"""Completeness: a way to use the model."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.study import Study
from repotriage.signals.entry import found_entry
from repotriage.signals.gaps import missing_code
from repotriage.signals.kind import entry_points, has_models, speaks_of_models
from repotriage.signals.registry import not_applicable, signal


@signal(family="completeness", weight=1.5)
def inference_entry_point(study: Study) -> Finding:
    """Is there a script, command or notebook that runs a model on an input of yours?

    A demo or an inference script shows within minutes what the model does.

    Good: an entry point for inference or a demo was found.

    Bad: none was found.

    Unknown: the files could not be read in full, or the code is in another language.

    Not applicable: a library, or code that has no model to run.
    """
    name = "inference-entry-point"
    if not speaks_of_models(study):
        return not_applicable(name, msg("there is no model to run"))
    found = entry_points(study, "inference", "demo")
    if found:
        return found_entry(name, found)
    if not has_models(study):
        return not_applicable(name, msg("there is no model to run"))
    return missing_code(
        study,
        name,
        msg("no script, command or notebook runs a model on an input of yours"),
        remedy=msg("a script that runs the model on one input"),
    )
