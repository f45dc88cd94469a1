"""Tests, and the continuous integration that runs them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from repotriage.models.location import Location
from repotriage.models.reading import TestFacts
from repotriage.models.snapshot import Snapshot
from repotriage.reading.python_files import PythonFile

_CI = re.compile(
    r"(?:\.github/workflows/[^/]+\.ya?ml|\.travis\.yml|\.gitlab-ci\.yml|\.circleci/config\.yml|azure-pipelines[^/]*\.yml"
    r"|appveyor\.yml|\.drone\.yml|\.cirrus\.yml|bitbucket-pipelines\.yml|Jenkinsfile|\.buildkite/[^/]+\.ya?ml)$"
)
_RUNS_TESTS = re.compile(
    r"\b(?:pytest|tox|nox|unittest|nosetests|make test|setup\.py test|run_tests|hatch test|trial)\b"
)


def test_facts(snapshot: Snapshot, python: Sequence[PythonFile]) -> TestFacts:
    """Files with test functions that a test runner would collect, and the CI lines that run tests."""
    tests = [file for file in python if file.test_functions and _is_test(file.path)]
    ci: list[Location] = []
    for file in snapshot.files:
        if file.text is not None and _CI.search(file.path):
            for number, line in enumerate(file.text.split("\n"), 1):
                bare = line.strip()
                if not bare.startswith(("#", "name:", "- name:", "- uses:")) and _RUNS_TESTS.search(bare[:2000]):
                    ci.append(Location(path=file.path, line=number))
                    break
    return TestFacts(
        test_files=tuple(file.path for file in tests),
        test_functions=sum(file.test_functions for file in tests),
        ci_files=tuple(ci),
    )


def _is_test(path: str) -> bool:
    stem = posixpath.splitext(posixpath.basename(path))[0]
    return not path.endswith(".ipynb") and (
        stem.startswith("test_") or stem.endswith("_test") or (stem in ("test", "tests") and "/" in path)
    )
