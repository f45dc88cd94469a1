from repotriage.models.reading import CodeSize, TestFacts
from repotriage.signals.documented_commands import documented_commands
from tests.builders import command, file, gap, learning, study

README = {"README.md": "# x", "train.py": ""}


def test_a_command_that_starts_a_script_is_good() -> None:
    reading = learning(commands=(command("python train.py", role="train", script="train.py", line=5),))
    finding = documented_commands(study(README, reading=reading))
    assert finding.verdict == "good"
    assert (str(finding.evidence[0].at), finding.evidence[0].text) == ("README.md:5", "python train.py")


def test_installing_is_enough_for_a_package_only() -> None:
    reading = learning(commands=(command("pip install x", role="install"),))
    assert documented_commands(study(README, reading=reading)).verdict == "bad"
    assert documented_commands(study({**README, "setup.py": ""}, reading=reading)).verdict == "good"


def test_commands_whose_scripts_are_gone_are_bad() -> None:
    finding = documented_commands(study(README, reading=learning(commands=(command("python old.py", role="train"),))))
    assert finding.verdict == "bad"
    assert "old.py" in str(finding.summary)


def test_no_readme_and_no_command_are_bad() -> None:
    assert "no README" in str(documented_commands(study({"a.py": ""}, reading=learning())).summary)
    assert documented_commands(study(README, reading=learning())).verdict == "bad"


def test_what_could_not_be_read_is_not_known() -> None:
    assert documented_commands(study(reading=learning(), gaps=(gap("files"),))).verdict == "unknown"
    unread = (file("README.md", None, kind="unread"),)
    assert documented_commands(study(reading=learning(), files=unread)).verdict == "unknown"


def test_notebooks_are_run_cell_by_cell() -> None:
    reading = learning(size=CodeSize(notebooks=2, notebook_code_cells=40))
    assert documented_commands(study({"README.md": "# x", "a.ipynb": "{}"}, reading=reading)).verdict == "n/a"


def test_fetching_and_copying_run_nothing_of_it() -> None:
    reading = learning(commands=(command("curl -O https://example.org/x", role="data"),))
    assert documented_commands(study(README, reading=reading)).verdict == "bad"


def test_a_library_is_shown_by_code_that_imports_it() -> None:
    texts = {"README.md": "# x\n\n    >>> from mylib import f\n", "setup.py": "", "mylib/__init__.py": ""}
    finding = documented_commands(study(texts, reading=learning(tests=TestFacts(test_functions=5))))
    assert finding.verdict == "good"
    assert [str(one.at) for one in finding.evidence] == ["README.md:3"]
    other = {**texts, "README.md": "import numpy"}
    assert documented_commands(study(other, reading=learning(tests=TestFacts(test_functions=5)))).verdict == "bad"
