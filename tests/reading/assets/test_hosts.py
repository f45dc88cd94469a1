import pytest

from repotriage.reading.assets.hosts import extension, is_elsewhere, provider_of


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
        ("https://cloud.a.edu/index.php/s/8IhyGE4giIW1wV3", ("Nextcloud", "")),
        ("https://box.a.edu.cn/d/fb9f16d6dc8f482596c2/", ("Seafile", "")),
        ("https://pytorch.org/s/8IhyGE4giIW1wV3", None),
        ("https://www.image-net.org/download.php", ("ImageNet", "dataset")),
    ],
)
def test_providers(url: str, expected: tuple[str, str] | None) -> None:
    assert provider_of(url) == expected


def test_endings_and_hosts_that_serve_no_assets() -> None:
    assert extension("https://a.org/x.pth.tar?dl=0") == ("weights", ".pth.tar")
    assert extension("https://a.org/x.tar.gz") == ("archive", ".tar.gz")
    assert is_elsewhere("https://arxiv.org/abs/1")
    assert not is_elsewhere("https://notarxiv.org/abs/1")


def test_an_ending_of_weights_outweighs_a_host_of_data() -> None:
    assert provider_of("http://sceneparsing.csail.mit.edu/model/resnet18-imagenet.pth") == ("ADE20K", "weights")
    assert provider_of("http://sceneparsing.csail.mit.edu/") == ("ADE20K", "dataset")
