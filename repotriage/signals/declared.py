"""What the repository declares: the requirements that a user must meet to run it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from repotriage.models.base import msg
from repotriage.models.finding import Finding
from repotriage.models.location import Evidence
from repotriage.models.requirement import Requirement
from repotriage.models.study import Study
from repotriage.signals.gaps import unread_files
from repotriage.signals.kind import has_code, is_empty, other_language, own_names
from repotriage.signals.registry import bad, not_applicable, unknown

_INSTALLERS = frozenset({"pip", "setuptools", "wheel", "conda", "uv"})


def runtime(study: Study) -> Mapping[str, tuple[Requirement, ...]]:
    """The packages needed to run it, by name, each with every line that declares it.

    The repository's own package, which a README may tell how to install, and the installers
    are no needs of it.
    """
    found: dict[str, list[Requirement]] = defaultdict(list)
    left_out = own_names(study) | _INSTALLERS
    for requirement in study.dependencies.requirements:
        if requirement.kind == "runtime" and requirement.format != "import" and requirement.name not in left_out:
            found[requirement.name].append(requirement)
    return {name: tuple(found[name]) for name in sorted(found)}


def of_kind(study: Study, *kinds: str) -> tuple[Requirement, ...]:
    """The requirements of these kinds that state a version."""
    return tuple(one for one in study.dependencies.requirements if one.kind in kinds and one.specifier)


def evidence_of(requirement: Requirement) -> Evidence:
    """The line that declares it."""
    return Evidence(at=requirement.at, text=requirement.raw[:400])


def nothing_to_judge(study: Study, name: str) -> Finding:
    """The answer of a signal about what is declared, where nothing is: others answer for the absence."""
    found = nothing_declared(study, name)
    if found.verdict != "bad":
        return found
    return not_applicable(name, msg("nothing is declared that could be judged"))


def nothing_declared(study: Study, name: str) -> Finding:
    """The answer where no requirement was found: whether that matters depends on what the code imports."""
    if (unread := unread_files(study, name)) is not None:
        return unread
    if study.dependencies.unreadable:
        first = study.dependencies.unreadable[0]
        return unknown(
            name,
            msg("the dependency files could not be understood: {reason}", reason=str(first.reason)),
            Evidence(at=first.at, text=first.raw[:400]),
        )
    if not has_code(study):
        language = other_language(study)
        if language is not None:
            return unknown(
                name, msg("most of the code is {language}, which repotriage does not read", language=language)
            )
        return bad(
            name,
            msg("the repository is empty") if is_empty(study) else msg("there is no code whose needs could be judged"),
            remedy=msg("the code itself, with what it needs"),
        )
    if not any(module.needed for module in study.dependencies.imports):
        return not_applicable(name, msg("the code imports nothing beyond the standard library"))
    return bad(
        name,
        msg("no dependency is declared anywhere"),
        remedy=msg("a requirements file or pyproject.toml with the packages that the code imports"),
    )
