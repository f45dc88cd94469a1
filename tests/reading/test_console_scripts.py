import pytest

from repotriage.reading.console_scripts import console_scripts
from tests.builders import snapshot


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", '[project.scripts]\nrun = "pkg.cli:main"\n'),
        ("pyproject.toml", '[tool.poetry.scripts]\nrun = { reference = "pkg.cli:main", type = "console" }\n'),
        ("setup.cfg", "[options.entry_points]\nconsole_scripts =\n    run = pkg.cli:main\n"),
        ("setup.py", "setup(entry_points={'console_scripts': ['run=pkg.cli:main']})\n"),
        ("setup.py", "setup(entry_points='''[console_scripts]\nrun=pkg.cli:main\n''')\n"),
    ],
)
def test_each_place(path: str, text: str) -> None:
    assert console_scripts(snapshot({path: text, "pkg/cli.py": ""})) == {"run": "pkg/cli.py"}


@pytest.mark.parametrize("text", ["[", "[project]\nscripts = 3\n", '[project.scripts]\nrun = "gone:main"\n'])
def test_silent_on_what_is_broken_or_absent(text: str) -> None:
    assert console_scripts(snapshot({"pyproject.toml": text, "setup.cfg": "[", "setup.py": "("})) == {}
