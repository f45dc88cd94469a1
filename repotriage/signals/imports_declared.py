"""Reproducibility: what is imported is declared."""

from __future__ import annotations

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence
from repotriage.models.study import Study
from repotriage.signals.declared import nothing_declared, runtime
from repotriage.signals.gaps import unread_files
from repotriage.signals.registry import bad, good, not_applicable, signal


@signal(family="reproducibility", weight=4)
def imports_declared(study: Study) -> Finding:
    """Is every package that the code imports declared?

    An import that nobody declared is the commonest cause of an environment that installs and
    does not run: four repositories of five miss at least one.

    Good: every third-party module that the main code imports is declared.

    Bad: some are not; the grade is the share that is declared.

    Unknown: the files could not be read in full.

    Not applicable: the code imports nothing beyond the standard library.
    """
    name = "imports-declared"
    needed = [module for module in study.dependencies.imports if module.needed]
    if not runtime(study) and (needed or not study.dependencies.requirements):
        return nothing_declared(study, name)
    if not needed:
        return unread_files(study, name) or not_applicable(
            name, msg("the main code imports nothing beyond the standard library")
        )
    missing = [module for module in study.dependencies.undeclared if module.needed]
    if (unread := unread_files(study, name)) is not None:
        return unread
    if not missing:
        return good(
            name,
            msg("imported third-party modules, all of them declared: {n}", n=len(needed)),
            *(Evidence(at=module.at[0], text=module.module) for module in needed if module.at),
        )
    first = missing[0]
    return bad(
        name,
        msg(
            "{missing} of {n} imported third-party modules are declared nowhere: {names}",
            missing=len(missing),
            n=len(needed),
            names=", ".join(module.module for module in missing[:10]),
        ),
        *(Evidence(at=module.at[0], text=f"import {module.module}") for module in missing if module.at),
        grade=max(0.0, 1 - len(missing) / len(needed)),
        remedy=msg(
            "a declaration of each, such as {distribution}",
            distribution=first.distributions[0] if first.distributions else first.module,
        ),
    )
