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
        ("configs/a.yaml", "sizes: [1, [2, 3]]\n", ("sizes", "[1, [2, 3]]", "config", 1)),
        ("configs/a.yaml", "steps:\n  - 3\n  - lr: 1\n", ("steps.1.lr", "1", "config", 3)),
        ("a.py", "LR = 0.1\np.add_argument('--lr', default=LR)\n", ("lr", "0.1", "argparse", 2)),
        ("a.py", "N = int(1e5)\np.add_argument('--n', default=N)\n", ("n", "100000", "argparse", 2)),
        (
            "a.py",
            "class Kind:\n    A, B = 'a b'.split()\nfrom absl import flags\nflags.DEFINE_enum('k', Kind.B, [], '')\n",
            ("k", "b", "absl", 4),
        ),
        ("config.py", "_C.SOLVER.LR = 0.1\n", ("SOLVER.LR", "0.1", "config", 1)),
        ("config.py", "args = {'train': {'lr': (0.1, 'learning rate')}}\n", ("lr", "0.1", "config", 1)),
        ("configs/a.py", "def get_config():\n    c = D()\n    c.lr = 0.1\n", ("lr", "0.1", "config", 3)),
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
    assert len(read({"configs/a.yaml": bomb}).hyperparameters) == 1
    assert read({"configs/b.yaml": "[" * 5000}).hyperparameters == ()
    assert read({"configs/c.yaml": "a: [1\nb: }"}).hyperparameters is not None


def test_an_empty_value_at_the_end_has_a_line_of_the_file() -> None:
    (one,) = read({"configs/a.yaml": "{="}).hyperparameters
    assert one.at.line == 1


def test_a_constant_of_another_file_is_resolved() -> None:
    texts = {"train.py": "import defaults as d\np.add_argument('--lr', default=d.LR)\n", "defaults.py": "LR = 0.1\n"}
    assert ("lr", "0.1") in [(one.name, one.value) for one in read(texts).hyperparameters]


def test_a_file_that_an_option_names_is_read_wherever_it_lies() -> None:
    option = "p.add_argument('--cfg', default='./nets/wide.json')\n"
    texts = {"train.py": option, "nets/wide.json": '{"depth": 3}', "nets/other.json": '{"depth": 4}'}
    assert [(one.name, one.value) for one in read(texts).hyperparameters if one.source == "config"] == [("depth", "3")]


def test_settings_as_a_mapping_where_a_script_starts() -> None:
    code = "if __name__ == '__main__':\n    params = {'dim': 300, 'words': str(Path('a'))}\n    other = {'a': 1}\n"
    assert [(one.name, one.value) for one in read({"main.py": code}).hyperparameters if one.value] == [
        ("params.dim", "300")
    ]


def test_a_mapping_that_absl_makes_an_option_has_the_options_name() -> None:
    code = (
        "import ml_collections\nfrom ml_collections import config_flags\n"
        "table = ml_collections.ConfigDict({'lr': 0.1})\nconfig_flags.DEFINE_config_dict('model', table)\n"
    )
    assert [(one.name, one.value, one.source) for one in read({"main.py": code}).hyperparameters] == [
        ("model.lr", "0.1", "absl")
    ]


def test_a_repeated_list_is_told_as_it_is_written() -> None:
    code = "_C.LAYERS.NAMES = ['self', 'cross'] * 4\n"
    assert [one.value for one in read({"config/default.py": code}).hyperparameters] == ["['self', 'cross'] * 4"]


def test_a_set_has_one_order() -> None:
    code = "p.add_argument('--kinds', default={'c', 'a', 'b'})\n"
    assert [one.value for one in read({"a.py": code}).hyperparameters] == ["{'a', 'b', 'c'}"]
