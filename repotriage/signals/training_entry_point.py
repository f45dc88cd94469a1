"""Completeness: a way to start the training."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.study import Study
from repotriage.signals.entry import found_entry
from repotriage.signals.gaps import missing_code
from repotriage.signals.kind import entry_points, has_models, speaks_of_models
from repotriage.signals.promises import promises
from repotriage.signals.registry import not_applicable, signal


@signal(family="completeness", weight=3)
def training_entry_point(study: Study) -> Finding:
    """Is there a script, command or notebook that starts the training?

    Without the training code a paper's results can be looked at, not reproduced.

    Good: an entry point for training was found; the one that the README leads to comes first.

    Bad: none was found. A promise of training code in the README is shown.

    Unknown: the files could not be read in full, or the code is in another language.

    Not applicable: a library, or code that trains nothing.
    """
    name = "training-entry-point"
    if not speaks_of_models(study):
        return not_applicable(name, msg("nothing here is made to be trained"))
    found = entry_points(study, "train")
    if found:
        return found_entry(name, found)
    if not has_models(study):
        return not_applicable(name, msg("nothing here is made to be trained"))
    return missing_code(
        study,
        name,
        msg("no script, command or notebook starts a training"),
        *promises(study, "code"),
        remedy=msg("a training script; until there is one, plan to write the training loop from the paper"),
    )
