from __future__ import annotations

import shlex
import subprocess
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from packaging.pylock import Pylock

from repotriage.models.base import msg
from repotriage.models.location import Location
from repotriage.models.solution import Attempt, BuildStep, Candidate, Clock, CudaNeed, Environment, Pin
from repotriage.renderers import (
    env_conda,
    env_dockerfile,
    env_install,
    env_install_windows,
    env_pylock,
    env_requirements,
)
from repotriage.renderers.env_parts import UnwritableError

NUMPY = Pin(
    name="numpy", version="1.19.5", url="https://x.example/numpy-1.19.5-cp38-cp38-linux_x86_64.whl", sha256="a" * 64
)
GYM = Pin(name="gym", version="0.21.0", url="https://x.example/gym-0.21.0.tar.gz", sha256="b" * 64, sdist_only=True)
TORCH = Pin(name="torch", version="1.7.1", local="cu110", index_url="https://download.pytorch.org/whl/cu110")
NATIVE = Pin(
    name="pycocotools", version="2.0.0", url="https://x.example/pycocotools-2.0.0.tar.gz", sha256="c" * 64,
    sdist_only=True, compiles=True,
)  # fmt: skip


def environment(*pins: Pin, steps: tuple[BuildStep, ...] = ()) -> Environment:
    candidate = Candidate(
        python="3.8", clock=Clock(name="code", cutoff=datetime(2021, 1, 1, tzinfo=UTC)), reason=msg("usual")
    )
    best = Attempt(candidate=candidate, verdict="solves", pins=pins)
    return Environment(verdict="solves", best=best, steps=steps)


def test_pylock_holds_the_real_files_and_hashes() -> None:
    data = tomllib.loads(env_pylock.render(environment(NUMPY, GYM, TORCH)))
    lock = Pylock.from_dict(data)
    assert [package.name for package in lock.packages] == ["numpy", "gym"]
    assert lock.packages[1].sdist is not None
    assert lock.packages[1].sdist.hashes == {"sha256": "b" * 64}
    assert data["tool"]["repotriage"]["elsewhere"] == [
        {"index-url": "https://download.pytorch.org/whl/cu110", "packages": ["torch==1.7.1+cu110"]}
    ]


def test_requirements_have_hashes_and_leave_the_rest_to_the_script() -> None:
    lines = env_requirements.render(environment(NUMPY, TORCH, NATIVE)).splitlines()
    assert [line for line in lines if not line.startswith("#")] == [f"numpy==1.19.5 --hash=sha256:{'a' * 64}"]


def test_conda_takes_python_from_conda_and_packages_by_pip() -> None:
    data = yaml.safe_load(env_conda.render(environment(NUMPY, TORCH)))
    assert data["dependencies"][0] == "python=3.8"
    assert data["dependencies"][2]["pip"] == [
        "--extra-index-url https://download.pytorch.org/whl/cu110",
        "torch==1.7.1+cu110",
        "numpy==1.19.5",
    ]


def test_an_environment_before_3_12_has_setuptools_though_uv_would_leave_it_out() -> None:
    line = "install 'setuptools<81'"
    assert line in env_install.render(environment(NUMPY)).splitlines()
    pinned = NUMPY.model_copy(update={"name": "setuptools", "version": "65.0.2"})
    assert line not in env_install.render(environment(NUMPY, pinned)).splitlines()
    new = environment(NUMPY)
    assert new.best is not None
    candidate = new.best.candidate.model_copy(update={"python": "3.12"})
    new = new.model_copy(update={"best": new.best.model_copy(update={"candidate": candidate})})
    assert line not in env_install.render(new).splitlines()


def test_torch_of_a_cuda_brings_the_packages_of_nvidia_that_its_wheel_needs() -> None:
    of_cuda = TORCH.model_copy(update={"version": "2.4.0", "local": "cu118"})
    line = "--index-url https://download.pytorch.org/whl/cu110 torch=="
    assert f"install {line}2.4.0+cu118" in env_install.render(environment(NUMPY, of_cuda))
    assert f"install --no-deps {line}1.7.1+cu110" in env_install.render(environment(NUMPY, TORCH))


def test_what_uv_refuses_is_installed_by_a_pip_that_takes_it() -> None:
    old = GYM.model_copy(update={"old_metadata": True})
    lines = env_install.render(environment(NUMPY, old)).splitlines()
    assert lines.index("install 'pip<24.1' setuptools wheel") < lines.index('from_lock "$here/requirements.lock"')
    assert "pip<24.1" not in env_install.render(environment(NUMPY, GYM))


def test_the_script_installs_in_order_and_never_what_the_repository_names(tmp_path: Path) -> None:
    hostile = "git+https://x.example/a.git; touch /tmp/pwned `id` $(id) '\n touch /tmp/pwned"
    step = BuildStep(
        kind="reference", name="a", requirement=hostile, message=msg("its own"), at=Location(path="r.txt", line=1)
    )
    text = env_install.render(environment(NUMPY, TORCH, NATIVE, steps=(step,)), ["8.6"])
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    installs = [shlex.split(line.partition(" || ")[0]) for line in lines if line.startswith("install ")]
    assert [words[-1] for words in installs] == [
        "setuptools<81", "$here/requirements.lock", "torch==1.7.1+cu110", "cython<3", "pycocotools==2.0.0",
    ]  # fmt: skip
    assert "export TORCH_CUDA_ARCH_LIST=8.6" in lines
    assert not any("pwned" in line for line in lines)
    script = tmp_path / "install.sh"
    script.write_text(text)
    subprocess.run(["/bin/sh", "-n", str(script)], check=True)  # noqa: S603  # it only reads the script


def test_dockerfile_has_the_python_and_the_script() -> None:
    text = env_dockerfile.render(environment(NUMPY))
    assert "FROM python:3.8-slim" in text
    assert "RUN sh install.sh /opt/env" in text


def test_an_old_python_gets_an_image_whose_package_lists_are_there() -> None:
    made = environment(NUMPY)
    assert made.best is not None
    old = made.best.model_copy(update={"candidate": made.best.candidate.model_copy(update={"python": "3.6"})})
    text = env_dockerfile.render(made.model_copy(update={"best": old}))
    assert "FROM debian:12-slim" in text
    assert "--channel conda-forge python=3.6 pip" in text


def test_a_wheel_beside_an_address_of_the_repository_is_told() -> None:
    step = BuildStep(
        kind="reference", name="detectron2", requirement="git+https://x.example/d.git", message=msg("its own"),
        find_links="https://x.example/d.html",
    )  # fmt: skip
    lines = env_install.render(environment(NUMPY, steps=(step,))).splitlines()
    assert lines[-2:] == [
        "#   git+https://x.example/d.git",
        "#     or its wheel for this torch: pip install --find-links https://x.example/d.html detectron2",
    ]
    with pytest.raises(UnwritableError):
        env_install.render(environment(NUMPY, steps=(step.model_copy(update={"find_links": "https://x.example/a b"}),)))


def test_a_wheel_of_a_page_is_installed_from_there() -> None:
    jaxlib = Pin(name="jaxlib", version="0.3.25", local="cuda11.cudnn82", find_links="https://x.example/jax.html")
    made = environment(NUMPY, jaxlib)
    line = "install --no-deps --no-index --find-links https://x.example/jax.html jaxlib==0.3.25+cuda11.cudnn82"
    assert line in env_install.render(made).splitlines()
    assert "jaxlib==" not in "".join(
        row for row in env_requirements.render(made).splitlines() if not row.startswith("#")
    )


def test_cuda_of_the_system_is_in_the_image_with_the_plans_python_and_in_conda() -> None:
    need = CudaNeed(cuda="11.2", cudnn="8.1", image="tensorflow/tensorflow:2.8.0-gpu")
    made = environment(NUMPY).model_copy(update={"cuda": need})
    text = env_dockerfile.render(made)
    assert "FROM tensorflow/tensorflow:2.8.0-gpu" in text
    assert "--channel conda-forge python=3.8 pip" in text
    assert yaml.safe_load(env_conda.render(made))["dependencies"][1:3] == ["cudatoolkit=11.2", "cudnn>=8.1,<9"]
    assert "# CUDA 11.2 and cuDNN 8.1 must be on the machine" in env_install.render(made)


def test_what_is_compiled_for_the_gpu_gets_an_image_with_nvcc() -> None:
    made = environment(NUMPY, NATIVE).model_copy(update={"cuda": CudaNeed(cuda="11.8", compiles=True)})
    assert "FROM nvidia/cuda:11.8.0-cudnn8-devel-ubuntu22.04" in env_dockerfile.render(made)
    none = environment(NATIVE).model_copy(update={"cuda": CudaNeed(cuda="9.0", compiles=True)})
    assert "no image that we know has it" in env_dockerfile.render(none)


def test_what_calls_ptxas_at_run_time_gets_it() -> None:
    need = CudaNeed(cuda="11.8", cudnn="8", assembles=True)
    made = environment(NUMPY).model_copy(update={"cuda": need})
    assert "FROM nvidia/cuda:11.8.0-cudnn8-devel-ubuntu22.04" in env_dockerfile.render(made)
    assert "nvidia::cuda-nvcc=11" in yaml.safe_load(env_conda.render(made))["dependencies"]


def test_the_image_has_the_libraries_that_the_packages_load_by_its_own_names() -> None:
    opencv = NUMPY.model_copy(update={"name": "opencv-python", "version": "4.6.0.66"})
    assert "ca-certificates git libgl1 libglib2.0-0 " in env_dockerfile.render(environment(opencv))
    for cuda, image, name in (
        ("11.8", None, "libgl1"),
        ("10.0", None, "libgl1-mesa-glx"),
        ("9.0", "a:b", "libgl1-mesa-glx"),
    ):
        need = CudaNeed(cuda=cuda, cudnn="8" if cuda == "11.8" else "7", image=image)
        made = environment(opencv).model_copy(update={"cuda": need})
        assert f"ca-certificates git {name} libglib2.0-0 " in env_dockerfile.render(made)


EXTENSION = BuildStep(
    kind="extension",
    name="detectron2",
    requirement="git+https://github.com/facebookresearch/detectron2.git",
    message=msg("it is compiled"),
    no_build_isolation=True,
    variables=("FORCE_CUDA=1",),
    system_packages=("libopenblas-dev",),
)


def test_what_the_index_lacks_is_installed_from_its_maker_with_its_needs() -> None:
    made = environment(NUMPY, steps=(EXTENSION,))
    lines = env_install.render(made).splitlines()
    assert lines[-1] == f"install --no-build-isolation {EXTENSION.requirement}"
    assert "export FORCE_CUDA=1" in lines
    need = made.model_copy(update={"cuda": CudaNeed(cuda="11.8", compiles=True)})
    assert "ca-certificates build-essential git libopenblas-dev " in env_dockerfile.render(need)
    wheel = EXTENSION.model_copy(
        update={"find_links": "https://x.example/d.html", "requirement": "detectron2", "variables": ()}
    )
    text = env_install.render(environment(NUMPY, steps=(wheel,)))
    assert text.endswith("install --find-links https://x.example/d.html detectron2\n")
    assert "compiler" not in text


@pytest.mark.parametrize(
    "change",
    [
        {"requirement": "git+https://x.example/a;id"},
        {"requirement": "-r /etc/passwd"},
        {"requirement": "git+ssh://x.example/a"},
        {"variables": ("A=1; id",)},
        {"variables": ("PATH=/tmp",)},
        {"system_packages": ("a;id",)},
        {"system_packages": ("-o=x",)},
        {"find_links": "https://x.example/a' id"},
        {"index_url": "file:///etc"},
    ],
)
def test_an_extension_that_is_not_in_its_form_is_never_written(change: dict[str, object]) -> None:
    made = environment(NUMPY, steps=(EXTENSION.model_copy(update=change),))
    for writer in (env_install.render, env_install_windows.render, env_dockerfile.render):
        with pytest.raises(UnwritableError):
            writer(made)


def test_an_image_of_a_hostile_name_is_not_written() -> None:
    made = environment(NUMPY).model_copy(update={"cuda": CudaNeed(cuda="11.2", image="a:b\nRUN id")})
    assert "RUN id" not in env_dockerfile.render(made)


@pytest.mark.parametrize(
    "pin",
    [
        Pin(name="a; touch x", version="1.0"),
        Pin(name="a", version="1.0 && id"),
        Pin(name="a", version="1.0", local="cu110'; id"),
        Pin(name="a", version="1.0", url="https://x.example/a' id"),
        Pin(name="a", version="1.0", index_url="file:///etc"),
        Pin(name="a", version="1.0", find_links="https://x.example/a b"),
        Pin(name="a", version="1.0", sha256="$(id)"),
        Pin(name="--index-url", version="1.0"),
    ],
)
def test_what_is_not_in_its_form_is_never_written(pin: Pin) -> None:
    for writer in (
        env_conda.render,
        env_dockerfile.render,
        env_install.render,
        env_install_windows.render,
        env_pylock.render,
        env_requirements.render,
    ):
        with pytest.raises(UnwritableError):
            writer(environment(pin))


def test_old_sources_are_built_with_the_setuptools_of_their_day() -> None:
    found = environment(NUMPY, NATIVE).model_copy(update={"built_with": ("setuptools<=51.0.0", "wheel<=0.36")})
    text = env_install.render(found)
    assert "printf '%s\\n' 'setuptools<=51.0.0' 'wheel<=0.36' > \"$folder/build-constraints.txt\"" in text
    assert '--build-constraints "$folder/build-constraints.txt"' in text
    assert "install 'setuptools<81,<=51.0.0' 'wheel<=0.36' ninja 'cython<3'" in text
    assert "build-constraints" not in env_install.render(environment(NUMPY))


def test_the_bounds_on_builders_are_found_from_any_folder_and_in_one_with_a_space(tmp_path: Path) -> None:
    found = environment(NUMPY, NATIVE).model_copy(update={"built_with": ("setuptools<=51.0.0",)})
    lines = env_install.render(found).splitlines()
    first = next(at for at, line in enumerate(lines) if line.startswith("folder=$("))
    kept = [line for line in lines[first:] if "onstraint" in line][:3]
    (tmp_path / "an env").mkdir()
    script = "\n".join(
        ['folder="an env"', lines[first], *kept, "export PIP_CONSTRAINT", "cd /", 'echo "$PIP_CONSTRAINT"']
    )
    told = subprocess.run(["/bin/sh", "-c", script], check=True, cwd=tmp_path, capture_output=True, text=True)  # noqa: S603  # our own lines
    assert told.stdout.strip() == f"file://{tmp_path}/an%20env/build-constraints.txt"
    assert (tmp_path / "an env" / "build-constraints.txt").read_text() == "setuptools<=51.0.0\n"


def test_python_2_comes_from_a_virtualenv_that_still_makes_it(tmp_path: Path) -> None:
    made = environment(NUMPY)
    assert made.best is not None
    candidate = made.best.candidate.model_copy(update={"python": "2.7"})
    old = made.model_copy(update={"best": made.best.model_copy(update={"candidate": candidate})})
    text = env_install.render(old)
    assert "uv venv" not in text
    assert "virtualenv<20.22" in text
    script = tmp_path / "install.sh"
    script.write_text(text)
    subprocess.run(["/bin/sh", "-n", str(script)], check=True)  # noqa: S603  # it only reads the script


def test_what_is_for_cuda_alone_is_left_out_where_no_gpu_is() -> None:
    alone = NATIVE.model_copy(update={"cuda": True})
    without = environment(NUMPY, alone)
    assert "# pycocotools==2.0.0 is left out: it is compiled with nvcc, for a GPU" in env_install.render(without)
    assert "no-build-isolation" not in env_install.render(without)
    there = without.model_copy(update={"cuda": CudaNeed(cuda="11.8", compiles=True)})
    assert "install --no-deps --no-build-isolation pycocotools==2.0.0" in env_install.render(there)


def test_what_cannot_be_compiled_does_not_keep_the_rest_from_being_tried() -> None:
    other = NATIVE.model_copy(update={"name": "dlib", "version": "19.1"})
    lines = env_install.render(environment(NUMPY, NATIVE, other)).splitlines()
    tried = [line for line in lines if line.startswith("install --no-deps --no-build-isolation")]
    assert [line.endswith(f'|| as_a_script {what} || failed="$failed {what}"') for line, what in zip(
        tried, ("pycocotools==2.0.0", "dlib==19.1"), strict=True,
    )] == [True, True]  # fmt: skip
    assert lines[-1].endswith("exit 1; }")


def test_a_builder_in_the_lock_is_not_bounded_as_those_of_the_sources_are() -> None:
    late = Pin(name="setuptools", version="68.0.0", url="https://x.example/s-68.0.0-py3-none-any.whl", sha256="d" * 64)
    found = environment(NUMPY, GYM, late).model_copy(update={"built_with": ("setuptools<=51.0.0", "wheel<=0.36")})
    lines = env_install.render(found).splitlines()
    assert lines.index("PIP_CONSTRAINT=; export PIP_CONSTRAINT") < lines.index('from_lock "$here/requirements.lock"')


FAKE_UV = """#!/bin/sh
[ "$1" = venv ] && { mkdir -p "$4"; exit 0; }
for last; do :; done
[ -f "$last" ] || exit 0
grep -q '^gym==' "$last" && exit 1
grep -o '^[a-z]*==' "$last" >> installed
"""


def test_a_source_that_cannot_be_built_costs_only_itself(tmp_path: Path) -> None:
    box = GYM.model_copy(update={"name": "box"})
    found = environment(NUMPY, GYM, box)
    for writer in (env_requirements, env_install):
        (tmp_path / writer.FILENAME).write_text(writer.render(found))
    (tmp_path / "uv").write_text(FAKE_UV)
    (tmp_path / "uv").chmod(0o755)
    places = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    done = subprocess.run(  # our own script
        ["/bin/sh", "install.sh"], check=False, cwd=tmp_path, capture_output=True, text=True, env=places
    )
    assert done.returncode == 1
    assert done.stderr == "all is installed but what could not be built: gym\n"
    assert (tmp_path / "installed").read_text().split() == ["numpy==", "box=="]


def test_libraries_of_the_system_are_named_in_the_script() -> None:
    opencv = NUMPY.model_copy(update={"name": "opencv-python"})
    assert "apt-get install libgl1 libglib2.0-0" in env_install.render(environment(opencv))
    assert "apt-get" not in env_install.render(environment(NUMPY))
