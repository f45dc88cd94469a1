from __future__ import annotations

import pytest

from repotriage.compat.rules.registry import Case, all_rules, check
from repotriage.models.breakage import BreakageUse
from repotriage.models.host import Gpu, Interpreter, Tool
from repotriage.models.location import Location
from repotriage.models.reading import AssetLink, Hardware, Reading
from repotriage.models.snapshot import File
from tests.compat.rules.cases import ask, case, host, pin, states, study

EXTENSION = File(path="setup.py", size=40, text="from torch.utils.cpp_extension import CUDAExtension\n")
WHEEL = "https://files.example/numpy-1.26.4-cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"


@pytest.mark.parametrize(
    ("driver", "build", "expected"),
    [("535.183.01", "cu118", ["ok"]), ("440.33", "cu118", ["fail"]), (None, "cu118", ["unknown"])],
)
def test_driver_floor_of_the_build(driver: str | None, build: str, expected: list[str]) -> None:
    assert states("driver", case(host(gpu="8.6", driver_version=driver), pin("torch", "2.0.1", build))) == expected


def test_a_machine_without_a_gpu_has_no_driver_to_check() -> None:
    assert states("driver", Case(host=host())) == []
    assert states("driver", Case(host=host(gpus=None))) == ["unknown"]


@pytest.mark.parametrize(
    ("capability", "torch", "build", "expected"),
    [
        ("8.6", "1.7.1", "cu110", "ok"),
        ("9.0", "1.13.1", "cu117", "fail"),
        ("9.0", "2.15.0", "cu999", "unknown"),
    ],
)
def test_kernels_of_the_build(capability: str, torch: str, build: str, expected: str) -> None:
    assert states("gpu-kernels", case(host(gpu=capability), pin("torch", torch, build))) == [expected]


def test_the_lowest_torch_that_runs_is_offered() -> None:
    (item,) = ask("gpu-kernels", case(host(gpu="9.0"), pin("torch", "1.13.1", "cu117")))
    assert str(item.remedy) == "the nearest torch that runs on it is 2.0.0 cu118"


@pytest.mark.parametrize(
    ("nvcc", "expected"), [("11.8", ["ok"]), ("11.7", ["warning"]), ("12.1", ["fail"]), (None, ["fail"])]
)
def test_the_toolkit_has_the_cuda_of_torch(nvcc: str | None, expected: list[str]) -> None:
    one = case(host(gpu="8.6", nvcc=nvcc), pin("torch", "2.0.1", "cu118"), read=study(EXTENSION))
    assert states("toolkit", one) == expected


def test_without_cuda_code_no_toolkit_is_needed() -> None:
    assert states("toolkit", case(host(gpu="8.6"), pin("torch", "2.0.1", "cu118"), read=study())) == []


def test_a_toolkit_that_disagrees_with_cuda_home_is_told() -> None:
    assert states("toolkit", Case(host=host(nvcc="12.1", cuda_home="/cuda", cuda_home_version="11.8"))) == ["warning"]


def test_toolkit_whose_version_is_not_told_is_unknown() -> None:
    one = case(host(cuda_home="/cuda"), pin("torch", "2.0.1", "cu118"), read=study(EXTENSION))
    assert states("toolkit", one) == ["unknown"]


@pytest.mark.parametrize(("gxx", "expected"), [("11.4.0", ["ok"]), ("12.2.0", ["fail"]), ("odd", ["unknown"])])
def test_the_compiler_is_not_too_new(gxx: str, expected: list[str]) -> None:
    assert states("host-compiler", Case(host=host(nvcc="11.8", gxx=gxx))) == expected


def test_a_compiler_is_missed_only_where_something_is_compiled() -> None:
    assert states("host-compiler", case(host(), pin("lap", "0.4.0", compiles=True))) == ["fail"]
    assert states("host-compiler", case(host(), pin("numpy", "1.24.0"))) == []


@pytest.mark.parametrize(
    ("capability", "nvcc", "expected"),
    [
        ("8.6", "11.8", ["ok"]),
        ("12.0", "11.8", ["warning"]),
        ("6.1", "13.0", ["warning"]),
        ("8.6", None, []),
        ("99.0", "11.8", ["unknown"]),
    ],
)
def test_the_toolkit_compiles_for_the_gpu(capability: str, nvcc: str | None, expected: list[str]) -> None:
    assert states("toolkit-gpu", Case(host=host(gpu=capability, nvcc=nvcc))) == expected


@pytest.mark.parametrize(("glibc", "expected"), [("2.35", ["ok"]), ("2.12", ["fail"]), (None, ["unknown"])])
def test_glibc_is_new_enough_for_the_wheels(glibc: str | None, expected: list[str]) -> None:
    assert states("glibc", case(host(glibc=glibc), pin("numpy", "1.26.4", url=WHEEL))) == expected


def test_pure_wheels_ask_for_no_glibc() -> None:
    assert states("glibc", case(host(glibc="2.5"), pin("a", "1.0", url="https://x/a-1.0-py3-none-any.whl"))) == []


def test_the_python_of_the_environment_is_here_or_can_be_had() -> None:
    here = host(pythons=(Interpreter(version="3.8.20", path="/p", source="PATH"),))
    uv = host(tools={"uv": Tool(name="uv", version="0.13")})
    assert states("python-here", case(here, pin("a", "1"))) == ["ok"]
    assert states("python-here", case(uv, pin("a", "1"))) == ["warning"]
    assert states("python-here", case(host(), pin("a", "1"))) == ["warning"]
    (old,) = ask("python-here", case(uv, pin("a", "1"), python="3.6"))
    assert (old.state, str(old.remedy)) == ("fail", "conda create -n repo python=3.6")
    assert states("python-here", Case(host=uv)) == []


def test_the_framework_has_wheels_for_the_python() -> None:
    assert states("framework-wheels", case(host(), pin("torch", "1.7.1"))) == ["ok"]
    assert states("framework-wheels", case(host(), pin("tensorflow-gpu", "1.15.0"))) == ["fail"]
    assert states("framework-wheels", case(host(), pin("jaxlib", "0.4.13"))) == ["ok"]
    assert states("framework-wheels", case(host(), pin("torch", "0.4.1"))) == ["unknown"]
    assert states("framework-wheels", case(host(), pin("numpy", "1.24.0"))) == []


def test_known_breaks() -> None:
    broken = case(host(), pin("torch", "1.13.1"), pin("numpy", "2.0.0"))
    assert states("known-breaks", broken) == ["fail"]
    assert states("known-breaks", case(host(), pin("torch", "1.13.1"))) == ["ok"]
    assert states("known-breaks", case(host(), pin("jax", "0.4.20"), pin("jaxlib", "0.4.31"))) == ["fail"]


def test_companions_by_wheel_by_compiler_and_by_gpu() -> None:
    torch = pin("torch", "1.10.0", "cu113")
    assert states("companion-builds", case(host(), torch, pin("mmcv-full", "1.6.0"))) == ["ok"]
    assert states("companion-builds", case(host(), torch, pin("torch-scatter", "2.0.9"))) == ["unknown"]
    assert states("companion-builds", case(host(), torch, pin("tinycudann", "1.7"))) == ["warning"]
    old = case(host(gpu="7.0"), pin("torch", "2.2.2", "cu121"), pin("flash-attn", "2.5.8"), python="3.10")
    assert states("companion-builds", old) == ["ok", "fail"]
    assert states("companion-builds", case(host(), torch)) == []


def test_tensorflow_loads_a_cuda_of_its_own() -> None:
    have = host(gpu="7.0", cuda_home="/cuda", cuda_home_version="11.0")
    assert states("tensorflow-cuda", case(have, pin("tensorflow", "2.4.1"))) == ["ok"]
    assert states("tensorflow-cuda", case(host(gpu="7.0"), pin("tensorflow", "2.4.1"))) == ["warning"]
    assert states("tensorflow-cuda", case(host(gpu="7.0"), pin("tensorflow", "2.15.0"))) == ["warning"]
    assert states("tensorflow-cuda", case(host(gpu="7.0"), pin("tensorflow", "99.0"))) == ["unknown"]
    assert states("tensorflow-cuda", case(host(), pin("tensorflow", "2.4.1"))) == []


def test_disk_against_weights_and_statements() -> None:
    at = Location(path="README.md", line=3)
    weights = Reading(assets=(AssetLink(kind="weights", provider="Zenodo", at=at, size="30 GB"),))
    assert states("disk", Case(host=host(disk_free_mib=100 * 1024), study=study(reading=weights))) == ["ok"]
    assert states("disk", Case(host=host(disk_free_mib=20 * 1024), study=study(reading=weights))) == ["fail"]
    assert states("disk", Case(host=host(disk_free_mib=5 * 1024))) == ["warning"]
    assert states("disk", Case(host=host())) == ["unknown"]


def test_memory_that_the_documents_state() -> None:
    at = Location(path="README.md", line=3)
    facts = (
        Hardware(kind="gpu_memory", text="needs 40 GB GPU memory", at=at),
        Hardware(kind="ram", text="64 GB of RAM", at=at),
    )
    read = study(reading=Reading(hardware=facts))
    assert states("gpu-memory", Case(host=host(gpu="8.6"), study=read)) == ["warning"]
    nameless = host(gpus=(Gpu(name="GPU"),))
    assert states("gpu-memory", Case(host=nameless, study=read)) == ["unknown"]
    assert states("gpu-memory", Case(host=host(), study=read)) == []
    assert states("memory", Case(host=host(ram_mib=32 * 1024), study=read)) == ["warning"]
    assert states("memory", Case(host=host(ram_mib=64 * 1024), study=read)) == ["ok"]
    assert states("memory", Case(host=host(), study=read)) == ["unknown"]
    (item,) = ask("memory", Case(host=host(ram_mib=1024), study=read))
    assert item.source == "README.md:3"


def test_git_lfs_and_submodules() -> None:
    kept = study(File(path="w.pth", size=130, kind="lfs"), File(path="ext", size=0, mode="submodule"))
    assert states("git-lfs", Case(host=host(), study=kept)) == ["fail"]
    assert states("git-lfs", Case(host=host(tools={"git-lfs": Tool(name="git-lfs")}), study=kept)) == ["warning"]
    assert states("submodules", Case(host=host(), study=kept)) == ["warning"]
    assert states("git-lfs", Case(host=host(), study=study())) == states("submodules", Case(host=host())) == []


def test_system_libraries_are_named_and_unknown() -> None:
    (item,) = ask("system-libraries", case(host(), pin("opencv-python", "4.5.1.48")))
    assert item.state == "unknown"
    assert "opencv-python-headless" in str(item.remedy)
    assert states("system-libraries", case(host(), pin("numpy", "1.24.0"))) == []


def test_every_rule_is_titled_and_silent_or_sure_about_an_empty_machine() -> None:
    assert all(rule.title.endswith(".") for rule in all_rules())
    assert {item.name for item in check(Case(host=host()))} == {"disk"}


@pytest.mark.parametrize("odd", ["", "x", "1.2.3.4.5.6", "11.8; rm -rf /", "\u001b[31m"])
def test_odd_versions_of_a_described_machine_break_nothing(odd: str) -> None:
    machine = host(
        gpu="8.6", nvcc=odd or "?", gxx=odd or "?", driver_version=odd, glibc=odd, cuda_home="/c", cuda_home_version=odd
    )
    one = case(machine, pin("torch", "2.0.1", "cu118"), pin("numpy", "1.26.4", url=WHEEL), read=study(EXTENSION))
    assert check(one)


@pytest.mark.parametrize(("version", "state"), [("19.38.33133", "ok"), ("19.41.34120", "fail"), ("18.0", "fail")])
def test_msvc_is_held_against_the_header_of_the_toolkit(version: str, state: str) -> None:
    tools = {name: Tool(name=name, version=told) for name, told in (("nvcc", "12.1"), ("cl", version))}
    assert states("host-compiler", case(host(os="windows", tools=tools))) == [state]


def test_msvc_of_an_old_toolkit_is_unknown() -> None:
    tools = {name: Tool(name=name, version=told) for name, told in (("nvcc", "11.1"), ("cl", "19.38"))}
    assert states("host-compiler", case(host(os="windows", tools=tools))) == ["unknown"]


@pytest.mark.parametrize(("version", "state"), [("2.6.0", "warning"), ("2.5.1", "ok")])
def test_a_checkpoint_that_may_hold_more_than_tensors_is_a_warning_with_its_place(version: str, state: str) -> None:
    use = BreakageUse(
        package="torch", symbol="torch.load() without weights_only=", kind="default", removed_in="2.6.0",
        replacement="weights_only=False", at=Location(path="train.py", line=7), guarded=False, certain=False,
        source="s",
    )  # fmt: skip
    read = study().model_copy(update={"breakages": (use,)})
    (item,) = ask("known-breaks", case(host(), pin("torch", version), read=read))
    assert item.state == state
    assert ("train.py:7" in str(item.summary)) is (state == "warning")
