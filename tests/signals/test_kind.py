from repotriage.models.reading import CodeSize, Paper, Reading, TestFacts
from repotriage.signals.kind import (
    first_seen,
    is_learning,
    is_library,
    is_package,
    only_notebooks,
    other_language,
    own_names,
)
from repotriage.signals.part import readmes
from tests.builders import CODE, asset, at, days_ago, entry, github, history, learning, study

PACKAGE = {"setup.py": ""}


def test_a_library_is_packaged_tested_or_a_mere_component() -> None:
    tested = TestFacts(test_functions=9)
    assert is_library(study(PACKAGE, reading=learning(tests=tested)))
    assert is_library(study(PACKAGE, reading=learning()))
    assert not is_library(study({"train.py": ""}, reading=learning(tests=tested)))
    assert not is_library(study(PACKAGE, reading=learning(assets=(asset("weights"),))))
    documented = learning(tests=tested, entry_points=(entry("train", "train.py", documented=3),))
    assert not is_library(study(PACKAGE, reading=documented))


def test_metadata_of_another_folder_is_not_its_own() -> None:
    assert not is_package(study({"sub/setup.py": ""}))
    assert is_package(study({"sub/setup.py": ""}, subdir="sub"))


def test_the_readme_of_the_part_that_was_asked_about_comes_first() -> None:
    texts = {"README.md": "", "README_zh-CN.md": "", "sub/readme.rst": "", "docs/README.md": ""}
    assert [file.path for file in readmes(study(texts))] == ["README.md", "README_zh-CN.md"]
    assert [file.path for file in readmes(study(texts, subdir="sub"))] == ["sub/readme.rst"]
    assert [file.path for file in readmes(study(texts, subdir="other"))] == ["README.md", "README_zh-CN.md"]


def test_another_language_counts_only_where_python_is_hardly_there() -> None:
    texts = {"a.cpp": "", "b.cpp": "", "c.lua": "", "d.py": ""}
    assert other_language(study(texts)) == "C++"
    assert other_language(study(texts, reading=Reading(size=CODE))) is None
    assert other_language(study({"README.md": ""})) is None


def test_notebooks_with_a_few_helpers_are_notebooks() -> None:
    assert only_notebooks(study(reading=Reading(size=CodeSize(notebook_code_cells=30, python_lines=10))))
    assert not only_notebooks(study(reading=Reading(size=CODE)))


def test_learning_needs_a_framework() -> None:
    assert is_learning(study(reading=learning()))
    assert not is_learning(study(reading=Reading(size=CODE)))


def test_the_first_commit_tells_the_age_before_github_does() -> None:
    one = study(history=history(first_commit_at=days_ago(900)), github=github(created_at=days_ago(100)))
    assert first_seen(one) == days_ago(900)
    assert first_seen(study(github=github(created_at=days_ago(100)))) == days_ago(100)
    assert first_seen(study()) is None


def test_a_packaged_component_is_a_library_even_with_a_paper() -> None:
    paper = (Paper(kind="bibtex", identifier="x", at=at()),)
    assert is_library(study(PACKAGE, reading=learning(papers=paper)))
    assert not is_library(study({**PACKAGE, "README.md": "Training code coming soon"}, reading=learning(papers=paper)))
    runs = learning(papers=paper, entry_points=(entry("inference", "demo.py"),))
    assert not is_library(study(PACKAGE, reading=runs))
    checked = learning(papers=paper, entry_points=(entry("evaluate", "testcpu.py", documented=6),))
    assert is_library(study(PACKAGE, reading=checked))


def test_its_own_names_are_those_of_the_repository_and_its_packages() -> None:
    found = own_names(study({"timm/__init__.py": "", "src/a_b/__init__.py": "", "tests/__init__.py": ""}))
    assert found == {"name", "timm", "a-b"}
