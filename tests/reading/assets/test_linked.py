import pytest

from repotriage.models.reading import AssetLink
from repotriage.reading.assets import provider_of
from tests.builders import file, snapshot
from tests.reading import read


def assets(readme: str, **fields: object) -> list[AssetLink]:
    return list(read({"README.md": readme}, **fields).assets)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://colab.research.google.com/drive/1", ("Colab", "demo")),
        ("https://huggingface.co/spaces/a/b", ("Hugging Face Spaces", "demo")),
        ("https://huggingface.co/datasets/a/b", ("Hugging Face", "dataset")),
        ("https://hf.co/a/b", ("Hugging Face", "weights")),
        ("https://huggingface.co/docs/transformers", ("Hugging Face", "none")),
        ("https://drive.google.com/file/d/1", ("Google Drive", "")),
        ("https://github.com/a/b/releases/download/v1/x.pth", ("GitHub release", "")),
        ("gs://bucket/x", ("Google Cloud Storage", "")),
        ("https://notdrive.google.com.evil.org/x", None),
        ("http://[broken", None),
    ],
)
def test_providers(url: str, expected: tuple[str, str] | None) -> None:
    assert provider_of(url) == expected


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Download the [pretrained model](https://drive.google.com/file/d/1).", "weights"),
        ("Download the [dataset](https://drive.google.com/file/d/1).", "dataset"),
        ("| name | model |\n|---|---|\n| r50 | [link](https://drive.google.com/file/d/1) |", "weights"),
        ("## Dataset\n\nGet it [here](https://pan.baidu.com/s/1).", "dataset"),
        ("[x](https://a.org/r50.pth)", "weights"),
        ("[Demo](https://demo.a.org)", "demo"),
        ("预训练模型[下载](https://pan.baidu.com/s/1)", "weights"),
    ],
)
def test_the_words_around_a_link_tell_what_it_is(line: str, kind: str) -> None:
    (asset,) = assets(line)
    assert asset.kind == kind


@pytest.mark.parametrize(
    "line",
    [
        "[Paper](https://arxiv.org/abs/2001.00001)",
        "[Code](https://github.com/a/b)",
        "![logo](https://drive.google.com/x.png)",
        "[docs](https://huggingface.co/docs/x)",
        "plain words",
    ],
)
def test_other_links_are_no_assets(line: str) -> None:
    assert assets(line) == []


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("https://colab.research.google.com/github/owner/name/blob/main/demo.ipynb", True),
        ("https://colab.research.google.com/github/owner/name/blob/main/gone.ipynb", False),
        ("https://colab.research.google.com/github/someone/else/blob/main/demo.ipynb", None),
        ("https://colab.research.google.com/drive/1", None),
    ],
)
def test_whether_the_notebook_of_a_colab_link_is_there(url: str, there: bool | None) -> None:
    (asset,) = read({"README.md": f"[Colab]({url})", "demo.ipynb": "{}"}).assets
    assert (asset.kind, asset.provider, asset.in_repository) == ("demo", "Colab", there)


def test_code_that_fetches() -> None:
    code = (
        "import torch\nfrom torchvision import datasets\nfrom transformers import AutoModel\n"
        "AutoModel.from_pretrained('org/name')\n"
        "datasets.CIFAR10('x', download=True)\n"
        "datasets.CIFAR10('x', download=False)\n"
        "torch.hub.load_state_dict_from_url('https://a.org/m.pth')\n"
        "URLS = {'r50': 'https://b.org/r50.pth'}\n"
    )
    found = {(a.kind, a.provider, a.url, a.at.line) for a in read({"a.py": code}).assets}
    assert found == {
        ("weights", "Hugging Face", "https://huggingface.co/org/name", 4),
        ("dataset", "torchvision", None, 5),
        ("weights", "torch.hub", "https://a.org/m.pth", 7),
        ("weights", "b.org", "https://b.org/r50.pth", 8),
    }


def test_download_commands_and_weights_in_the_tree() -> None:
    readme = "```bash\ngdown 1aBcDeFgHiJkLmNoPqRsTuVwX -O model.pth\nhuggingface-cli download a/b\n```\n"
    files = (file("README.md", readme), file("ckpt/best.pth", None, kind="binary"))
    whole = snapshot(files=files)
    assert whole.files
    found = assets("", files=files)
    assert [(a.kind, a.url, str(a.at)) for a in found] == [
        ("weights", "https://drive.google.com/uc?id=1aBcDeFgHiJkLmNoPqRsTuVwX", "README.md:2"),
        ("weights", "https://huggingface.co/a/b", "README.md:3"),
        ("weights", None, "ckpt/best.pth"),
    ]


def test_the_size_beside_a_link_is_kept() -> None:
    (asset,) = assets("Download the [weights](https://drive.google.com/file/d/1) (1.2 GB).")
    assert asset.size == "1.2 GB"
