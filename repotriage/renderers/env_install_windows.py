"""`install.ps1`: what `install.sh` does, for PowerShell on Windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from packaging.specifiers import SpecifierSet

from repotriage.models.base import clean
from repotriage.models.solution import Environment
from repotriage.renderers.env_parts import (
    SEEDED,
    Parts,
    beyond,
    builders,
    cuda_there,
    exact,
    how,
    of_its_day,
    parts,
    references,
    summary,
    to_build_with,
)

FILENAME = "install.ps1"
_HEAD = """\
# Made by repotriage. {summary}
# usage: powershell -ExecutionPolicy Bypass -File install.ps1 [FOLDER]
# (the folder of the environment, .venv by default; activate it with FOLDER\\Scripts\\Activate.ps1)
param([string]$Folder = '.venv')
$ErrorActionPreference = 'Stop'
$python = Join-Path $Folder 'Scripts\\python.exe'
$lock = Join-Path $PSScriptRoot 'requirements.lock'
function Run {{
    # PowerShell goes on when a program fails: this stops.
    $program, $rest = $args
    & $program @rest
    if ($LASTEXITCODE -ne 0) {{ throw "$program ended with exit code $LASTEXITCODE" }}
}}
{venv}"""
_VENV = """\
if (Get-Command uv -ErrorAction SilentlyContinue) {{
    Run 'uv' 'venv' '--python' {python} $Folder
    function Install {{ Run 'uv' 'pip' 'install' '--python' $python{constraints} @args }}
}} elseif (Get-Command py -ErrorAction SilentlyContinue) {{
    Run 'py' {launcher} '-m' 'venv' $Folder
    function Install {{ Run $python '-m' 'pip' 'install' @args }}
}} else {{
    throw {missing}
}}
"""
_PYTHON_2 = """\
# neither uv nor venv makes an environment of Python 2
if (-not (Get-Command py -ErrorAction SilentlyContinue)) {{ throw {missing} }}
Run 'py' {launcher} '-m' 'pip' 'install' '--user' 'virtualenv<20.22'
Run 'py' {launcher} '-m' 'virtualenv' $Folder
function Install {{ Run $python '-m' 'pip' 'install' @args }}
"""
_LATER_BUILDERS = """\
$first = Join-Path $Folder 'first.lock'
Get-Content -LiteralPath $lock | Where-Object { $_ -notmatch '^(setuptools|wheel)==' } | Set-Content -LiteralPath $first
Install '--no-deps' '--require-hashes' '-r' $first
# the setuptools and wheel of the lock are later than those that build the sources
$env:PIP_CONSTRAINT = ''
Install '--no-deps' '--require-hashes' '-r' $lock
$env:PIP_CONSTRAINT = $constraints
"""
_CONSTRAINTS = "(Join-Path $Folder 'build-constraints.txt')"
# A setup.py may call pip from another folder, and pip takes a space in PIP_CONSTRAINT for the end of a path.
_EXPORTED = f"""\
$constraints = ([uri](Resolve-Path -LiteralPath {_CONSTRAINTS}).Path).AbsoluteUri
$env:PIP_CONSTRAINT = $constraints
"""
_OLD_PIP = """# some of these releases state what no standard allows, and uv and pip from 24.1 on refuse them;
# a pip of that age builds sources with what is installed
{builders}
function Install {{ Run $python '-m' 'pip' 'install' @args }}
"""
_QUOTES = {ord(one): one * 2 for one in "'\u2018\u2019\u201a\u201b"}
"""PowerShell takes the typographic ones for the plain one."""


def render(environment: Environment, architectures: Sequence[str] = ()) -> str:
    """The script, in ASCII, since PowerShell 5 reads other text by the machine's code page."""
    made = parts(environment)
    best = environment.best
    assert best is not None  # noqa: S101  # parts() has seen to it
    bounds = builders(environment)
    lines = [
        _HEAD.format(
            summary="; ".join(clean(line) for line in summary(environment, best)),
            venv=(_PYTHON_2 if made.python.startswith("2") else _VENV).format(
                python=quote(made.python),
                launcher=quote(f"-{made.python}"),
                missing=quote(f"Python {made.python} is missing: install it with its launcher, or uv"),
                constraints=f" '--build-constraints' {_CONSTRAINTS}" if bounds else "",
            ),
        )
    ]
    if environment.cuda is not None:
        lines.append(f"# {cuda_there(environment.cuda)}")
    if bounds:
        lines.append("# sources are built with the setuptools and wheel of their day: later ones refuse some of them")
        written = ", ".join(quote(f"{name}{bound}") for name, bound in bounds.items())
        lines.append(f"Set-Content -LiteralPath {_CONSTRAINTS} -Encoding ascii -Value {written}")
        lines += _EXPORTED.splitlines()
    if made.old_metadata:
        first = _install("pip<24.1", *(f"{name}{bounds.get(name, '')}" for name in ("setuptools", "wheel")))
        lines += _OLD_PIP.format(builders=first).splitlines()
    seeded = of_its_day(made, bounds)
    if seeded is not None:
        lines += [f"# {SEEDED}", _install(seeded)]
    lines.append("# what the index has, each file by its hash")
    lock = f"{_install('--no-deps', '--require-hashes', '-r')} $lock"
    lines += _LATER_BUILDERS.splitlines() if beyond(made, bounds) else [lock]
    for place in made.elsewhere:
        lines.append("# builds for this machine, from the place of their maker")
        lines.append(_install("--no-deps", *place.options, *map(exact, place.pins)))
    lines += _compiled(made, architectures, bounds)
    lines += references(made)
    return ("\n".join(lines) + "\n").encode("ascii", "backslashreplace").decode()


def quote(text: str) -> str:
    """One literal string of PowerShell.

    >>> quote("it's $(here)")
    "'it''s $(here)'"
    """
    return "'" + text.translate(_QUOTES) + "'"


def _install(*words: str) -> str:
    return " ".join(["Install", *map(quote, words)])


def _compiled(made: Parts, architectures: Sequence[str], bounds: Mapping[str, SpecifierSet]) -> list[str]:
    """What is compiled, and what is not on the index; the needs of the latter are not locked."""
    lines = [f"# {exact(pin)} is left out: it is compiled with nvcc, for a GPU" for pin in made.gpu_only]
    if made.compiled or any(step.find_links is None and step.index_url is None for step in made.extensions):
        lines += [
            "# these have no wheel here and are compiled by Microsoft's C++ build tools, and by nvcc where they hold",
            "# CUDA code: run this script in the 'x64 Native Tools Command Prompt for VS'",
            "if ($env:VSCMD_VER) { $env:DISTUTILS_USE_SDK = '1'; $env:MSSdk = '1' }",
        ]
        if architectures:
            lines.append(f"$env:TORCH_CUDA_ARCH_LIST = {quote(';'.join(architectures))}")
        for variable in made.variables:
            name, _, value = variable.partition("=")
            lines.append(f"$env:{name} = {quote(value)}")
        lines.append(_install(*to_build_with(bounds)))
    lines += [_install("--no-deps", "--no-build-isolation", exact(pin)) for pin in made.compiled]
    if made.extensions:
        lines.append("# not on the index: from the places of their makers, with what they need besides the lock")
        lines += [_install(*how(step)) for step in made.extensions]
    return lines
