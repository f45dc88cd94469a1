import pytest
from packaging.version import Version

from repotriage.compat.companions import companions, companions_of, fits, lowest_capability, source_of
from repotriage.compat.knowledge import cuda_of_build, torch_release, torch_releases


@pytest.mark.parametrize(
    ("package", "version", "torch", "build", "python", "address"),
    [
        ("mmcv-full", "1.6.0", "1.10.1", "cu113", "3.8", "https://download.openmmlab.com/mmcv/dist/cu113/torch1.10/index.html"),
        ("torch_scatter", None, "1.13.1", "cu117", "3.9", "https://data.pyg.org/whl/torch-1.13.0+cu117.html"),
        ("detectron2", "0.6", "1.10.0", "cu111", "3.8", "https://dl.fbaipublicfiles.com/detectron2/wheels/cu111/torch1.10/index.html"),
        ("flash-attn", "2.5.8", "2.2.2", "cu121", "3.10", "https://github.com/Dao-AILab/flash-attention/releases"),
    ],
)  # fmt: skip
def test_the_wheel_that_is_known_to_serve_comes_first(
    package: str, version: str | None, torch: str, build: str, python: str, address: str
) -> None:
    first = fits(package, version, torch, build, python)[0]
    assert (first.serves, first.address) == (True, address)


def test_without_a_wheel_it_is_built_here() -> None:
    first, *others = fits("detectron2", "0.6", "2.1.0", "cu121", "3.10")
    assert (first.companion.route, first.serves) == ("source", True)
    assert "nvcc" in first.companion.needs
    assert [other.serves for other in others] == [False]


def test_a_page_whose_builds_are_not_listed_is_unknown() -> None:
    page = next(fit for fit in fits("kaolin", "0.15.0", "2.0.1", "cu118", "3.10") if fit.companion.url)
    assert page.serves is None
    assert page.address == "https://nvidia-kaolin.s3.us-east-2.amazonaws.com/torch-2.0.1_cu118.html"
    assert fits("kaolin", "0.15.0", "2.0.1", None, "3.10")[-1].address is None  # the build is not known


def test_flash_attention_needs_ampere_from_its_second_version_on() -> None:
    assert lowest_capability("flash-attn", "2.5.8") == "8.0"
    assert lowest_capability("flash-attn", "1.0.9") == "7.5"
    assert lowest_capability("torch-scatter", None) is None


def test_what_is_no_companion_has_no_row() -> None:
    assert companions_of("requests") == ()
    assert fits("requests", None, "2.0.1", "cu118", "3.10") == ()
    assert source_of("requests", None) is None


def test_torch_releases_and_builds_that_are_named_exist() -> None:
    minors = {tuple(Version(row.version).release[:2]) for row in torch_releases()}
    for row in companions():
        for one in row.serves or ():
            torch, _, build = one.partition("+")
            assert tuple(Version(torch).release[:2]) in minors, row
            assert build == "cpu" or cuda_of_build(build) is not None, row
        for build in row.cuda or ():
            assert cuda_of_build(build) is not None, row
        if row.torch is not None and row.torch.startswith("=="):
            assert torch_release(row.torch.removeprefix("==")) is not None, row


def test_every_row_says_how_it_is_installed() -> None:
    for row in companions():
        if row.route in ("find-links", "index", "release"):
            assert row.url is not None, row
            assert row.url.startswith("https://"), row
        if row.route == "source":
            assert row.requirement is not None, row
            assert row.needs, row
        for variable in row.variables:
            name, equals, value = variable.partition("=")
            assert name.isidentifier(), row
            assert equals, row
            assert value, row
