import pytest

from repotriage.models.snapshot import File
from tests.builders import file
from tests.reading import read


def test_download_commands_and_weights_in_the_tree() -> None:
    readme = "```bash\ngdown 1aBcDeFgHiJkLmNoPqRsTuVwX -O model.pth\nhuggingface-cli download a/b\n```\n"
    files = (file("README.md", readme), file("ckpt/best.pth", None, kind="binary"))
    found = read({}, files=files).assets
    assert [(a.kind, a.url, str(a.at)) for a in found] == [
        ("weights", "https://drive.google.com/uc?id=1aBcDeFgHiJkLmNoPqRsTuVwX", "README.md:2"),
        ("weights", "https://huggingface.co/a/b", "README.md:3"),
        ("weights", None, "ckpt/best.pth"),
    ]


@pytest.mark.parametrize(
    ("script", "text", "found"),
    [
        ("data/download_wiki.sh", "wget https://a.org/x.txt", ["data/download_wiki.sh"]),
        ("tools/convert_data.py", "if __name__ == '__main__':\n    open('x')\n", []),  # the data must be there already
        ("prepare_data.py", "import urllib\nif __name__ == '__main__':\n    1\n", ["prepare_data.py"]),
        ("download_dataset.sh", "wget https://a.org/x.txt", ["download_dataset.sh"]),
        ("dataloader.py", "import urllib\nif __name__ == '__main__':\n    1\n", []),  # what the training imports
    ],
)
def test_a_script_that_is_only_named_brings_data_if_it_fetches(script: str, text: str, found: list[str]) -> None:
    reading = read({"README.md": f"Run `{script}` for the data.\n", script: text})
    assert [asset.name for asset in reading.assets if asset.provider == "script"] == found


def test_a_target_of_the_makefile() -> None:
    (asset,) = read({"README.md": "1. Download the datasets: `make get_dataset`.\n"}).assets
    assert (asset.kind, asset.provider, asset.name, str(asset.at)) == ("dataset", "make", "get_dataset", "README.md:1")


@pytest.mark.parametrize(
    ("text", "kind"),
    [("requests.get('https://a.org/kl16.ckpt')\n", "weights"), ("requests.get('https://a.org/x.zip')\n", "dataset")],
)
def test_what_a_script_fetches_by_the_files_that_it_names(text: str, kind: str) -> None:
    readme = "Get what is needed:\n```\npython util/download.py\n```\n"
    (asset, *_) = read({"README.md": readme, "util/download.py": text}).assets
    assert (asset.provider, asset.kind) == ("script", kind)


def test_what_the_tests_read_is_no_weights() -> None:
    files = [
        File(path=path, size=3, mode="file", kind="binary")
        for path in ("test/data/processed/pre_filter.pt", "tests/pretrained/net.pt", "a/net.pt")
    ]
    assert [one.name for one in read({}, files=tuple(files)).assets] == ["tests/pretrained/net.pt", "a/net.pt"]
