import pytest

from tests.reading import read


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("We train on 8 V100 GPUs.", "gpu"),
        ("a single RTX 3090 suffices", "gpu"),
        ("at least 16 GB of GPU memory", "gpu_memory"),
        ("32GB RAM is needed", "ram"),
        ("Training takes about 12 hours.", "time"),
        ("needs 100 GB of disk", "disk"),
    ],
)
def test_statements(text: str, kind: str) -> None:
    found = read({"README.md": f"# X\n\n{text}\n"}).hardware
    assert (kind, "README.md:3") in [(fact.kind, str(fact.at)) for fact in found]


def test_silent_on_other_words() -> None:
    assert read({"README.md": "Model A1 and T5 beat B16 in table 4.\n"}).hardware == ()


def test_the_words_around_are_whole() -> None:
    before = "our servers are many and of all kinds, so that we use servers with "
    line = f"{before}8 NVIDIA V100 GPUs and NVLink, except that the models of Swin need more of them than that"
    (text,) = {one.text for one in read({"README.md": line + "\n"}).hardware}
    assert f" {text} " in f" {line} "
    assert len(text) < len(line)
