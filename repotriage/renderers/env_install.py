"""`install.sh`: makes the environment with uv, or with venv and pip, in the right order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from shlex import join, quote

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
    of_the_system,
    parts,
    references,
    summary,
    to_build_with,
)

FILENAME = "install.sh"
_HEAD = """\
#!/bin/sh
# Made by repotriage. {summary}
# usage: sh install.sh [FOLDER]   (the folder of the environment, .venv by default)
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
folder=${{1:-.venv}}
{venv}"""
_VENV = """\
if command -v uv >/dev/null 2>&1; then
    uv venv --python {python} "$folder"
    install() {{ uv pip install --python "$folder/bin/python"{constraints} "$@"; }}
else
    command -v python{python} >/dev/null 2>&1 || {{ echo "Python {python} is missing: install it, or uv" >&2; exit 1; }}
    python{python} -m venv "$folder"
    install() {{ "$folder/bin/python" -m pip install "$@"; }}
fi
"""
_PYTHON_2 = """# neither uv nor venv makes an environment of Python 2; these virtualenvs are the last that do
command -v python{python} >/dev/null 2>&1 || {{ echo "Python {python} is missing: install it" >&2; exit 1; }}
if command -v uv >/dev/null 2>&1; then
    uv tool run --python 3.8 --from 'virtualenv<20.22' virtualenv --python "$(command -v python{python})" "$folder"
else
    python{python} -m virtualenv "$folder" || {{ echo "run: python{python} -m pip install virtualenv" >&2; exit 1; }}
fi
install() {{ "$folder/bin/python" -m pip install "$@"; }}
"""
_LOCK = 'install --no-deps --require-hashes -r "$here/requirements.lock"'
_SOURCES = """\
# a source that cannot be built costs only itself
from_lock() {{
    failed=
    install --no-deps --require-hashes -r "$1" && return
    grep -Ev '^({either})==' "$1" > "$folder/wheels.lock"
    install --no-deps --require-hashes -r "$folder/wheels.lock"
    for one in {each}; do
        grep "^$one==" "$1" > "$folder/one.lock" || continue
        install --no-deps --require-hashes -r "$folder/one.lock" || failed="$failed $one"
    done
}}"""
_FAILED = '[ -z "$failed" ] || {{ echo "all is installed but what could not be {how}:$failed" >&2; exit 1; }}'
_LATER_BUILDERS = """\
grep -Ev '^(setuptools|wheel)==' "$here/requirements.lock" > "$folder/first.lock"
install --no-deps --require-hashes -r "$folder/first.lock"
# the setuptools and wheel of the lock are later than those that build the sources
PIP_CONSTRAINT=; export PIP_CONSTRAINT
install --no-deps --require-hashes -r "$here/requirements.lock"
PIP_CONSTRAINT=$constraints
"""
# A setup.py may call pip from another folder, and pip takes a space in PIP_CONSTRAINT for the end of a path.
# Source: https://pip.pypa.io/en/stable/user_guide/#environment-variables
_CONSTRAINTS = """\
folder=$(CDPATH='' cd -- "$folder" && pwd)
printf '%s\\n' {bounds} > "$folder/build-constraints.txt"
constraints="file://$(printf '%s' "$folder" | sed 's/%/%25/g; s/ /%20/g; s/#/%23/g; s/?/%3F/g')/build-constraints.txt"
export PIP_CONSTRAINT="$constraints"
"""
_OLD_PIP = """# some of these releases state what no standard allows, and uv and pip from 24.1 on refuse them;
# a pip of that age builds sources with what is installed
{builders}
install() {{ "$folder/bin/python" -m pip install "$@"; }}
"""

# Source: https://pip.pypa.io/en/stable/news/#v25-3 (setup.py is no longer run as a script)
_AS_A_SCRIPT = """\
# a setup.py that counts on being run as a script itself is built by a pip that does so
as_a_script() {
    install 'pip<24.1' && "$folder/bin/python" -m pip install --no-deps --no-build-isolation --no-use-pep517 "$@"
}
"""


def render(environment: Environment, architectures: Sequence[str] = ()) -> str:
    """The script; `architectures` are the compute capabilities that CUDA code is compiled for."""
    made = parts(environment)
    best = environment.best
    assert best is not None  # noqa: S101  # parts() has seen to it
    about = "; ".join(clean(line) for line in summary(environment, best))
    option = ' --build-constraints "$folder/build-constraints.txt"' if environment.built_with else ""
    venv = _PYTHON_2 if made.python.startswith("2") else _VENV
    lines = [_HEAD.format(summary=about, venv=venv.format(python=made.python, constraints=option))]
    system = of_the_system(environment)
    if system:
        lines.append(f"# on Debian and Ubuntu some of it needs: apt-get install {' '.join(system)}")
    if environment.cuda is not None:
        lines.append(f"# {cuda_there(environment.cuda)}")
    bounds = builders(environment)
    if bounds:
        lines.append("# sources are built with the setuptools and wheel of their day: later ones refuse some of them")
        written = " ".join(quote(f"{name}{bound}") for name, bound in bounds.items())
        lines += _CONSTRAINTS.format(bounds=written).splitlines()
    if made.old_metadata:
        first = join(["install", "pip<24.1", *(f"{name}{bounds.get(name, '')}" for name in ("setuptools", "wheel"))])
        lines += _OLD_PIP.format(builders=first).splitlines()
    seeded = of_its_day(made, bounds)
    if seeded is not None:
        lines += [f"# {SEEDED}", join(["install", seeded])]
    lines.append("# what the index has, each file by its hash")
    locked = _LATER_BUILDERS.splitlines() if beyond(made, bounds) else [_LOCK]
    sources = [pin.name for pin in made.locked if pin.sdist_only]
    if sources:
        lines += _SOURCES.format(either="|".join(sources), each=" ".join(sources)).splitlines()
        locked = [line.replace("install --no-deps --require-hashes -r", "from_lock") for line in locked]
    lines += locked
    for place in made.elsewhere:
        lines.append("# builds for this machine, from the place of their maker")
        alone = [] if place.with_needs else ["--no-deps"]
        lines.append(join(["install", *alone, *place.options, *map(exact, place.pins)]))
    lines += _compiled(made, architectures, bounds, begun=bool(sources))
    if sources or made.compiled:
        lines.append(_FAILED.format(how="compiled" if not sources else "built"))
    lines += references(made)
    return "\n".join(lines) + "\n"


def _compiled(
    made: Parts, architectures: Sequence[str], bounds: Mapping[str, SpecifierSet], *, begun: bool
) -> list[str]:
    """What is compiled, and what is not on the index; the needs of the latter are not locked."""
    lines = [f"# {exact(pin)} is left out: it is compiled with nvcc, for a GPU" for pin in made.gpu_only]
    if made.compiled or any(step.find_links is None and step.index_url is None for step in made.extensions):
        lines.append("# no wheel here, they are compiled: a C/C++ compiler is needed, nvcc where they hold CUDA code")
        if architectures:
            lines.append(': "${CUDA_HOME:=/usr/local/cuda}"; export CUDA_HOME')
            lines.append(f"export TORCH_CUDA_ARCH_LIST={quote(';'.join(architectures))}")
        for variable in made.variables:
            name, _, value = variable.partition("=")
            lines.append(f"export {name}={quote(value)}")
        lines.append(join(["install", *to_build_with(bounds)]))
    if made.compiled:
        lines += _AS_A_SCRIPT.splitlines()
        lines += [] if begun else ["failed="]
    for pin in made.compiled:
        command = join(["install", "--no-deps", "--no-build-isolation", exact(pin)])
        lines.append(f'{command} || as_a_script {exact(pin)} || failed="$failed {exact(pin)}"')
    if made.extensions:
        lines.append("# not on the index: from the places of their makers, with what they need besides the lock")
        lines += [join(["install", *how(step)]) for step in made.extensions]
    return lines
