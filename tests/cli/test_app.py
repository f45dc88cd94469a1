from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from repotriage import __version__
from repotriage.cli.app import build
from repotriage.renderers import json_v1


@pytest.mark.parametrize(("arguments", "code"), [(["--version"], 0), (["--help"], 0), (["-h"], 0), (["nonsense"], 2)])
def test_exit_codes_of_the_command_line_itself(arguments: list[str], code: int) -> None:
    assert CliRunner().invoke(build(), arguments).exit_code == code


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(build(), ["--version"]).output == f"repotriage {__version__}\n"


def test_help_tells_the_exit_codes() -> None:
    assert "4 incomplete because of limits or network" in " ".join(
        CliRunner().invoke(build(), ["--help"]).output.split()
    ).replace("4\n", "4 ")


def test_schema_prints_the_schema() -> None:
    assert json.loads(CliRunner().invoke(build(), ["schema"]).output) == json_v1.schema()
