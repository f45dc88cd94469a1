import pytest

from tests.reading import read


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("We train on 8 V100 GPUs.", "gpu"),
        ("a single RTX 3090 suffices", "gpu"),
        ("trained on 8x 2080ti without it", "gpu"),
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
    after = "and NVLink, except that the models of Swin need more of them than that, and " + "more, " * 9 + "and more"
    line = f"{before}8 NVIDIA V100 GPUs {after}"
    (text,) = {one.text for one in read({"README.md": line + "\n"}).hardware}
    assert f" {text.strip('… ')} " in f" {line} "
    assert len(text) < len(line)


def test_a_sentence_is_told_whole_over_its_lines() -> None:
    text = "Do it so. We have done all\ntesting on 8 V100 GPUs. It is fast.\n"
    assert {one.text for one in read({"README.md": text}).hardware} == {"We have done all testing on 8 V100 GPUs."}


def test_rows_of_a_table_state_hardware_and_time() -> None:
    text = (
        "| Model | GPUs | Time |\n|---|---|---|\n| a&#8209;1 | <sub>8xV100</sub> | ~2&nbsp;days |\n| b | 2 | 30 min |\n"
    )
    found = read({"README.md": text}).hardware
    assert [(one.kind, one.text, one.at.line) for one in found if one.kind == "gpu"] == [
        ("gpu", "a\u20111 · 8xV100 · ~2 days", 3)
    ]
    assert [one.at.line for one in found if one.kind == "time"] == [3, 4]
