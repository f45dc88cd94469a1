import pytest

from tests.reading import read


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.py", "p.add_argument('-l', '--lr', default=0.1, help='rate')\n", ("lr", "0.1", "argparse", 1)),
        ("a.py", "p.add_argument('--eval', action='store_true')\n", ("eval", "False", "argparse", 1)),
        ("a.py", "p.add_argument('--n', default=64 * 1024)\n", ("n", "65536", "argparse", 1)),
        ("a.py", "import click\n@click.option('--lr', default=1)\ndef f(): pass\n", ("lr", "1", "click", 2)),
        ("a.py", "from absl import flags\nflags.DEFINE_float('wd', 0.02, 'decay')\n", ("wd", "0.02", "absl", 2)),
        ("a.py", "import fire\ndef f(k=2): pass\nfire.Fire(f)\n", ("k", "2", "fire", 2)),
        (
            "a.py",
            "from dataclasses import dataclass\n@dataclass\nclass TrainConfig:\n    lr: float = 0.1\n",
            ("lr", "0.1", "dataclass", 4),
        ),
        ("a.py", "batch_size = 12\n", ("batch_size", "12", "constant", 1)),
        ("configs/r50.py", "optimizer = dict(type='SGD', lr=0.1)\n", ("optimizer.lr", "0.1", "config", 1)),
        ("configs/a.yaml", "model:\n  width: 64\n  tags: [a]\n", ("model.width", "64", "config", 2)),
        ("configs/a.json", '{"train": {"lr": 0.1}}', ("train.lr", "0.1", "config", 1)),
        ("README.md", "```\npython train.py --lr 0.03\n```\n", ("lr", "0.03", "command", 2)),
    ],
)
def test_sources(path: str, text: str, expected: tuple[str, str, str, int]) -> None:
    found = read({"train.py": "", path: text}).hyperparameters
    assert expected in [(one.name, one.value, one.source, one.at.line) for one in found]


def test_silent_on_plain_code_and_workflows() -> None:
    assert read({"a.py": "x = 1\n", ".github/workflows/config.yml": "on: push\n"}).hyperparameters == ()


def test_a_yaml_bomb_does_not_grow() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)
    )
    assert len(read({"configs/a.yaml": bomb}).hyperparameters) == 2
    assert read({"configs/b.yaml": "[" * 5000}).hyperparameters == ()
    assert read({"configs/c.yaml": "a: [1\nb: }"}).hyperparameters is not None


def test_an_empty_value_at_the_end_has_a_line_of_the_file() -> None:
    (one,) = read({"configs/a.yaml": "{="}).hyperparameters
    assert one.at.line == 1
