from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from repotriage.compat.knowledge import compute_capability_of
from repotriage.errors import UsageError
from repotriage.host import bundled_hosts, load_host, probe
from repotriage.models.host import Gpu, Host
from repotriage.renderers import host_terminal

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Described:
    """A machine told by its files and programs."""

    def __init__(
        self,
        *,
        files: Mapping[str, str] | None = None,
        programs: Mapping[str, str | Exception] | None = None,
        folders: Mapping[tuple[str, str], list[str]] | None = None,
        env: Mapping[str, str] | None = None,
        system: str = "Linux",
        arch: str = "x86_64",
    ) -> None:
        self.files = dict(files or {})
        self.programs = dict(programs or {})
        self.folders = dict(folders or {})
        self.env: Mapping[str, str] = env or {}
        self.system = system
        self.arch = arch

    def which(self, name: str) -> str | None:
        return f"/bin/{name}" if f"/bin/{name}" in self.programs else None

    def run(self, argv: Sequence[str]) -> str:
        answer = self.programs[argv[0]]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def read(self, path: str) -> str | None:
        return self.files.get(path)

    def glob(self, folder: str, pattern: str) -> list[str]:
        return self.folders.get((folder, pattern), [])


class Driver:
    def driver(self) -> str:
        return "535.183.01"

    def cuda(self) -> str:
        return "12.2"

    def gpus(self) -> tuple[Gpu, ...]:
        return (Gpu(name="NVIDIA GeForce RTX 3090", compute_capability="8.6", memory_mib=24576),)


class BrokenDriver(Driver):
    def gpus(self) -> tuple[Gpu, ...]:
        raise RuntimeError("GPU is lost")


def probed(machine: Described, nvml: Driver | None = None) -> Host:
    return probe(machine, nvml, now=NOW, folder=Path("/"))


def test_the_driver_tells_the_gpus() -> None:
    host = probed(Described(), Driver())
    assert (host.driver_version, host.driver_cuda) == ("535.183.01", "12.2")
    assert host.gpus == (Gpu(name="NVIDIA GeForce RTX 3090", compute_capability="8.6", memory_mib=24576),)


def test_a_probe_that_fails_is_unknown_with_its_reason_and_stops_no_other() -> None:
    host = probed(Described(programs={"/bin/gcc": ValueError("no answer in 10 s")}), BrokenDriver())
    assert host.gpus is None
    assert str(host.unknown["gpus"]) == "RuntimeError: GPU is lost"
    assert host.driver_version == "535.183.01"
    assert host.tools["gcc"].version is None
    assert "no answer" in str(host.unknown["tools.gcc"])


def test_without_a_driver_the_pci_bus_tells_whether_there_is_a_gpu() -> None:
    bus = {("/sys/bus/pci/devices", "*"): ["/pci/0"]}
    assert probed(Described(folders=bus, files={"/pci/0/class": "0x020000", "/pci/0/vendor": "0x8086"})).gpus == ()
    nvidia = probed(Described(folders=bus, files={"/pci/0/class": "0x030200", "/pci/0/vendor": "0x10de\n"}))
    assert nvidia.gpus is None
    assert "no driver" in str(nvidia.unknown["gpus"])
    assert probed(Described()).gpus is None


def test_the_toolkit_is_the_one_that_cuda_home_names_and_nvcc_is_told_apart() -> None:
    machine = Described(
        env={"CUDA_HOME": "/opt/cuda-11.8"},
        files={"/opt/cuda-11.8/version.json": '{"cuda": {"version": "11.8.89"}}'},
        programs={"/bin/nvcc": "Cuda compilation tools, release 12.1, V12.1.105"},
    )
    host = probed(machine)
    assert (host.cuda_home_version, host.tools["nvcc"].version) == ("11.8", "12.1")


def test_cudnn_is_read_from_its_header() -> None:
    header = "#define CUDNN_MAJOR 8\n#define CUDNN_MINOR 9\n#define CUDNN_PATCHLEVEL 2\n"
    assert probed(Described(files={"/usr/include/cudnn_version.h": header})).cudnn == "8.9.2"
    assert probed(Described()).cudnn is None


def test_pythons_of_pyenv_tell_their_version_by_their_folder() -> None:
    path = "/home/me/.pyenv/versions/3.8.18/bin/python"
    machine = Described(env={"HOME": "/home/me"}, folders={("/home/me/.pyenv", "versions/*/bin/python"): [path]})
    assert ("3.8.18", path, "pyenv") in [(p.version, p.path, p.source) for p in probed(machine).pythons]


def test_a_host_can_be_saved_and_loaded(tmp_path: Path) -> None:
    host = probed(Described(), Driver())
    file = tmp_path / "node.json"
    file.write_text(host.model_dump_json())
    assert load_host(str(file)) == host


def test_what_describes_no_host_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no host is described by 'nowhere'"):
        load_host("nowhere")
    file = tmp_path / "bad.json"
    file.write_text('{"name": "x", "os": "plan9", "arch": "x86_64"}')
    with pytest.raises(UsageError, match="os: Input should be"):
        load_host(str(file))


@pytest.mark.parametrize("name", bundled_hosts())
def test_bundled_hosts_agree_with_the_table_of_gpus(name: str) -> None:
    host = load_host(name)
    assert host.name == name
    for gpu in host.gpus or ():
        if gpu.vendor == "nvidia":
            row = compute_capability_of(gpu.name)
            assert row is not None, gpu.name
            assert row.compute_capability == gpu.compute_capability


def test_the_text_tells_absent_from_unknown() -> None:
    text = host_terminal.render(probed(Described(), BrokenDriver()))
    assert "GPU:            unknown: RuntimeError: GPU is lost" in text
    assert "CUDA_HOME:      not set" in text
