from __future__ import annotations

import re

from repotriage.models.base import msg
from repotriage.models.location import Location
from repotriage.models.solution import BuildStep, CudaNeed
from repotriage.renderers.env_install_windows import quote, render
from tests.renderers.test_env_files import EXTENSION, GYM, NATIVE, NUMPY, TORCH, environment

_STRING = re.compile(r"'(?:[^'\u2018-\u201b]|['\u2018-\u201b]{2})*'")


def commands(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_it_installs_in_order_with_every_value_quoted() -> None:
    lines = commands(render(environment(NUMPY, TORCH, NATIVE), ["8.9"]))
    at = next(i for i, line in enumerate(lines) if line.startswith("Install "))
    assert lines[at:] == [
        "Install 'setuptools<81'",
        "Install '--no-deps' '--require-hashes' '-r' $lock",
        "Install '--no-deps' '--index-url' 'https://download.pytorch.org/whl/cu110' 'torch==1.7.1+cu110'",
        "if ($env:VSCMD_VER) { $env:DISTUTILS_USE_SDK = '1'; $env:MSSdk = '1' }",
        "$env:TORCH_CUDA_ARCH_LIST = '8.9'",
        "Install 'setuptools<81' 'wheel' 'ninja' 'cython<3'",
        "Install '--no-deps' '--no-build-isolation' 'pycocotools==2.0.0'",
    ]
    assert "    Run 'py' '-3.8' '-m' 'venv' $Folder" in lines


def test_an_extension_gets_its_variables() -> None:
    lines = commands(render(environment(NUMPY, steps=(EXTENSION,))))
    assert "$env:FORCE_CUDA = '1'" in lines
    assert lines[-1] == f"Install '--no-build-isolation' '{EXTENSION.requirement}'"


def test_what_uv_refuses_is_installed_by_a_pip_that_takes_it() -> None:
    lines = commands(render(environment(NUMPY, GYM.model_copy(update={"old_metadata": True}))))
    at = lines.index("Install 'pip<24.1' 'setuptools' 'wheel'")
    assert lines[at + 1] == "function Install { Run $python '-m' 'pip' 'install' @args }"


def test_old_sources_are_built_with_the_setuptools_of_their_day() -> None:
    made = environment(NUMPY, NATIVE).model_copy(update={"built_with": ("setuptools<=51.0.0", "wheel<=0.36")})
    text = render(made)
    assert "-Encoding ascii -Value 'setuptools<=51.0.0', 'wheel<=0.36'\n" in text
    assert "'--python' $python '--build-constraints' (Join-Path $Folder 'build-constraints.txt') @args" in text


def test_python_2_is_made_by_virtualenv() -> None:
    made = environment(NUMPY)
    assert made.best is not None
    old = made.best.model_copy(update={"candidate": made.best.candidate.model_copy(update={"python": "2.7"})})
    lines = commands(render(made.model_copy(update={"best": old})))
    assert "Run 'py' '-2.7' '-m' 'virtualenv' $Folder" in lines
    assert not any("'venv'" in line for line in lines)


def test_builders_that_the_lock_holds_come_last() -> None:
    setuptools = NUMPY.model_copy(update={"name": "setuptools", "version": "58.0.0"})
    made = environment(NUMPY, setuptools).model_copy(update={"built_with": ("setuptools<=51.0.0",)})
    lines = commands(render(made))
    assert lines[-4:] == [
        "Install '--no-deps' '--require-hashes' '-r' $first",
        "$env:PIP_CONSTRAINT = ''",
        "Install '--no-deps' '--require-hashes' '-r' $lock",
        "$env:PIP_CONSTRAINT = $constraints",
    ]
    whole = (
        "$constraints = ([uri](Resolve-Path -LiteralPath (Join-Path $Folder 'build-constraints.txt')).Path).AbsoluteUri"
    )
    assert whole in lines


def test_no_text_of_a_repository_becomes_a_command() -> None:
    hostile = (
        "git+https://x.example/a.git\r\nRemove-Item pwned; $(pwned) `pwned \u2019; pwned \u2028 pwned #> pwned \u8868"
    )
    step = BuildStep(
        kind="reference", name="a", requirement=hostile, message=msg("its own"), at=Location(path="r.txt", line=1)
    )
    need = CudaNeed(cuda="11.2\npwned", cudnn="8\r\npwned")
    text = render(environment(NUMPY, steps=(step,)).model_copy(update={"cuda": need, "host": "x\npwned"}))
    assert text.isascii()
    assert "pwned" in text
    assert not any("pwned" in line for line in commands(text))


def test_a_literal_string_holds_any_quote() -> None:
    for text in ("a'b", "$(id)", "\u2018; id \u2019", "''", "`", '"'):
        assert _STRING.fullmatch(quote(text))
    assert quote("it's") == "'it''s'"
