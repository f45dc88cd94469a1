import pytest
from hypothesis import given
from hypothesis import strategies as st

from repotriage.models.reading import Reading
from tests.reading import read

PIECES = [
    "[a](http://x.org/r.pth)",
    "python train.py --eval\n",
    "| acc | a |\n|---|---|\n",
    "| 1.0 | [d](http://d.org) |\n",
    "```bash\n",
    "```\n",
    "# Train\n",
    "title = {",
    "gdown ",
    "takes 3 ",
    "`x.py` ",
    "<td>",
    "8 x ",
    "10.1234/",
    "arxiv ",
    "\x1b[31m",
    "\u202e",
]


def test_an_empty_repository_has_nothing() -> None:
    assert read({}) == Reading()


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.text(alphabet="ab=('\n):.,{}[]\"#%!", max_size=60))
def test_any_document_and_code_is_read_and_every_place_is_there(pieces: list[str], code: str) -> None:
    readme = "".join(pieces)
    texts = {"README.md": readme, "train.py": code, "run.sh": readme, "configs/a.yaml": code, "n.ipynb": code}
    found = read(texts)
    places = [fact.at for facts in (found.commands, found.assets, found.results, found.papers) for fact in facts]
    places += [fact.at for facts in (found.hyperparameters, found.hardware, found.loggers) for fact in facts]
    for at in places:
        assert at.path in texts
        assert at.line is None or at.line <= texts[at.path].count("\n") + 1
    assert "\x1b" not in found.model_dump_json()


@pytest.mark.parametrize("piece", PIECES)
def test_hostile_repetition_is_cheap(piece: str) -> None:
    many = piece * (30_000 // len(piece))
    read({"README.md": many, "run.sh": many, "configs/a.yaml": many})


def test_only_what_the_target_asks_for_is_read() -> None:
    texts = {"a/train.py": "loss.backward()\nfor x in y: pass\n", "b/train.py": "loss.backward()\nfor x in y: pass\n"}
    assert [entry.path for entry in read(texts, subdir="a").entry_points] == ["a/train.py"]
