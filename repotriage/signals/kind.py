"""What sort of repository this is: so that a question is asked only where it makes sense."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from packaging.utils import canonicalize_name

from repotriage import data
from repotriage.models.reading import EntryPoint, Role
from repotriage.models.study import Study
from repotriage.signals.part import inside
from repotriage.signals.promises import promises

SOME_CODE = 40
"""Lines of Python below which a repository holds no real code, unless it has notebooks."""
SOME_CELLS = 5
YEAR = timedelta(days=365)
_PACKAGING = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})
_FEW_RELEASES = 3
_NO_PACKAGES = frozenset({"configs", "data", "datasets", "docs", "models", "scripts", "test", "tests", "tools"})


def is_empty(study: Study) -> bool:
    """There is no file at all."""
    return next(iter(study.snapshot.inside()), None) is None


def has_code(study: Study) -> bool:
    """There is more than a line or two of Python, or notebooks with something in them."""
    size = study.reading.size
    return size.python_lines >= SOME_CODE or size.notebook_code_cells >= SOME_CELLS


def only_notebooks(study: Study) -> bool:
    """The work is done in notebooks; Python files are absent or a few helpers."""
    size = study.reading.size
    return size.notebook_code_cells >= SOME_CELLS and size.python_lines < SOME_CODE


def other_language(study: Study) -> str | None:
    """The language of the code, where it is hardly Python and clearly something else."""
    if has_code(study):
        return None
    endings = data.table("languages")["endings"]
    found = Counter(
        endings[ending]
        for file in study.snapshot.inside()
        if (ending := file.path.rpartition(".")[2].lower()) in endings
    )
    best = max(found.items(), key=lambda item: (item[1], item[0]), default=None)
    return best[0] if best else None


def is_package(study: Study) -> bool:
    """It has the metadata of a Python package at its top."""
    return any(inside(study, file.path) in _PACKAGING for file in study.snapshot.inside())


def entry_points(study: Study, *roles: Role) -> tuple[EntryPoint, ...]:
    """The entry points of these roles, best first."""
    found = (entry for entry in study.reading.entry_points if entry.role in roles)
    return tuple(sorted(found, key=lambda entry: (entry.rank, roles.index(entry.role), entry.path)))


def releases(study: Study) -> int | None:
    """How many releases there are, if known."""
    github = study.snapshot.github
    if github is None:
        return None
    if github.release_count is not None:
        return github.release_count
    return None if github.releases is None else len(github.releases)


def is_library(study: Study) -> bool:
    """It is made to be installed and imported, not to be run.

    Packaged, no document tells how to train with it, and either it has tests or it is a mere
    component: it neither trains nor runs a model, gives no weights and promises no more code.
    """
    if not is_package(study) or (study.reading.papers and not has_code(study)):
        return False
    jobs = entry_points(study, "train", "inference")  # `test.py` of a component checks the component
    if any(entry.documented_at is not None for entry in jobs if entry.role == "train"):
        return False
    weights = any(asset.kind == "weights" for asset in study.reading.assets)
    return study.reading.tests.test_functions > 0 or not (jobs or weights or promises(study, "code"))


def is_learning(study: Study) -> bool:
    """It trains or runs models: it uses a framework, or says so by a paper and an unkept promise of code."""
    return study.reading.framework is not None or (bool(study.reading.papers) and not has_code(study))


def speaks_of_models(study: Study) -> bool:
    """A model may be meant: in code without a framework or a paper, `test.sh` and `run.py` have another job."""
    return is_learning(study) or bool(study.reading.papers) or not has_code(study)


def own_names(study: Study) -> frozenset[str]:
    """Normalised names under which it may be published itself: its own and those of its packages."""
    names = {study.snapshot.own_name}
    for file in study.snapshot.inside():
        path = inside(study, file.path) or ""
        parts = path.removeprefix("src/").split("/")
        if len(parts) == 2 and parts[1] == "__init__.py" and parts[0] not in _NO_PACKAGES:
            names.add(parts[0])
    return frozenset(canonicalize_name(name) for name in names)


def is_paper_code(study: Study) -> bool:
    """Code that goes with a paper: it names one, has few releases and is no library."""
    return bool(study.reading.papers) and (releases(study) or 0) <= _FEW_RELEASES and not is_library(study)


def has_models(study: Study) -> bool:
    """Questions about training, weights and data make sense: code to be run that learns, or no code at all."""
    if not has_code(study):
        return other_language(study) is None or is_learning(study)
    return is_learning(study) and not is_library(study)


def first_seen(study: Study) -> datetime | None:
    """When the repository began: its first commit, or else its creation on GitHub."""
    history, github = study.snapshot.history, study.snapshot.github
    if history is not None and history.first_commit_at is not None:
        return history.first_commit_at
    return None if github is None else github.created_at
