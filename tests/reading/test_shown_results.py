import pytest

from repotriage.models.reading import ShownResults
from tests.reading import read


def shown(readme: str) -> tuple[ShownResults, ...]:
    return read({"README.md": readme}).shown_results


@pytest.mark.parametrize(
    ("readme", "line"),
    [
        ("# X\n## Results\n### Ablation\n<div><img src='./a/1.png' width='4px'></div>\n", 4),
        ("# X\n<p><img src='.\\pic\\results.png' height = '550'></p>\n", 2),
        ("# X\n## Mujoco\n![Mujoco results](https://i.org/7.png)\n", 3),
    ],
)
def test_pictures_of_results(readme: str, line: int) -> None:
    (found,) = shown(readme)
    assert (found.kind, str(found.at)) == ("picture", f"README.md:{line}")


@pytest.mark.parametrize(
    "readme",
    [
        "# X\n![architecture](arch.png)\n",
        "# X\n## Results\n![samples](samples.png)\n",
        "# X\n[![Results](https://img.shields.io/badge/results-ok-green)](a)\n",
        "# X\nThe score threshold is 0.5, and Python 3.7 is supported.\n",
        "# X\nExperts found that the label accuracy was approximately 90% in it.\n",
        "# X\n```\nNLL: 4757.903\n```\n",
    ],
)
def test_what_shows_no_results(readme: str) -> None:
    assert shown(readme) == ()


def test_sentences_with_a_measure_and_its_value() -> None:
    found = shown("# X\nDownload it. Performance of this checkpoint:\n- Test NLL: 4757.903\n- It reaches 88.1% mIoU.\n")
    assert [(one.kind, one.text, one.at.line) for one in found] == [
        ("sentence", "Test NLL: 4757.903", 3),
        ("sentence", "It reaches 88.1% mIoU.", 4),
    ]


def test_sentences_of_guests_are_none_of_it() -> None:
    assert read({"README.md": "# X\n", "tasks/a/README.md": "It reaches 88.1% mIoU.\n"}).shown_results == ()
