import pytest

from repotriage.reading.differences import same_value
from tests.reading import read

TRAIN = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument('--lr', default=0.002)
parser.add_argument('--batch-size', default=64)
parser.add_argument('--out', default='a')
if __name__ == '__main__':
    loss.backward()
"""


def readme(command: str) -> str:
    return f"# Train\n```\n{command}\n```\n"


def test_a_command_that_gives_another_value_is_a_difference() -> None:
    found = read({"train.py": TRAIN, "README.md": readme("python train.py --lr 0.03 --batch-size 64.0 --out b")})
    assert [(one.name, [value.value for value in one.values]) for one in found.differences] == [
        ("lr", ["0.002", "0.03"])
    ]
    assert [str(value.at) for value in found.differences[0].values] == ["train.py:4", "README.md:3"]


@pytest.mark.parametrize("value", ["<lr>", "$LR", "{lr}", "0.002", "2e-3"])
def test_placeholders_and_the_same_number_are_none(value: str) -> None:
    assert read({"train.py": TRAIN, "README.md": readme(f"python train.py --lr {value}")}).differences == ()


def test_a_command_of_another_script_is_not_held_against_this_one() -> None:
    other = TRAIN.replace("--lr", "--rate")
    texts = {"train.py": TRAIN, "other.py": other, "README.md": readme("python other.py --lr 0.5")}
    assert read(texts).differences == ()


def test_numbers_are_compared_as_numbers() -> None:
    assert same_value("1e-3", "0.001")
    assert same_value("'SGD'", "sgd")
    assert not same_value("sgd", "adam")
    assert not same_value(None, "1")


def test_settings_of_the_main_script_come_with_those_of_what_it_imports() -> None:
    texts = {
        "train.py": f"import options\n{TRAIN}",
        "options.py": "from absl import flags\nflags.DEFINE_float('ema', 0.999, '')\nflags.DEFINE_float('lr', 1, '')\n",
        "vat.py": "from absl import flags\nflags.DEFINE_float('eps', 6, '')\n",
        "README.md": readme("python train.py"),
    }
    found = {one.name: one.value for one in read(texts).main_hyperparameters}
    assert found == {"lr": "0.002", "batch-size": "64", "out": "a", "ema": "0.999"}


def test_a_number_handed_to_an_own_function_is_a_setting() -> None:
    code = "def guess(x, T, k=1):\n    pass\nguess(y, T=0.5, k=2)\nprint(end=3)\n"
    assert [(one.name, one.value) for one in read({"a.py": code}).hyperparameters] == [("T", "0.5")]


def test_a_number_that_an_object_keeps_under_the_name_of_a_setting_is_one() -> None:
    texts = {
        "train.py": (
            "class Ema:\n    def __init__(self, args):\n        self.wd = 0.02 * args.lr\n"
            "        self.alpha = args.alpha\n        self.width = 7\n        self.tau = 0.5\n"
        )
    }
    found = {one.name: (one.value, one.at.line) for one in read(texts).hyperparameters}
    assert found == {"wd": ("0.02 * args.lr", 3), "tau": ("0.5", 6)}


def test_what_only_the_code_says_is_a_setting() -> None:
    texts = {
        "train.py": (
            "import torch\nfrom data import CropTwice\n"
            "torch.optim.SGD(p, lr=args.lr, momentum=0.9, betas=(0.9, 0.99))\n"
            "class Method:\n    def model(self, x, warmup_kimg=1024, size=3):\n        pass\n" + MAIN
        ),
        "data.py": "class CropTwice:\n    pass\n",
    }
    found = [(one.name, one.value, str(one.at)) for one in read(texts).main_hyperparameters]
    assert found == [
        ("momentum", "0.9", "train.py:3"),
        ("betas", "(0.9, 0.99)", "train.py:3"),
        ("warmup_kimg", "1024", "train.py:5"),
        ("views", "2", "data.py:1"),
    ]


MAIN = "if __name__ == '__main__':\n    main()\n"


def test_modules_of_settings_come_with_what_imports_them_and_give_way_to_what_a_command_gives() -> None:
    texts = {
        "README.md": readme("python train.py --cfg cfgs/a.yaml --model-cfg cfgs/b.yaml"),
        "train.py": "from options.config import cfg\n" + MAIN,
        "options/config.py": "cfg.lr = 0.1\ncfg.url = 'https://x'\ncfg.width = 3\n",
        "cfgs/a.yaml": "lr: 0.2\n",
        "cfgs/b.yaml": "depth: 4\n",
    }
    found = [(one.name, one.value, str(one.at)) for one in read(texts).main_hyperparameters]
    assert found == [
        ("width", "3", "options/config.py:3"),
        ("lr", "0.2", "cfgs/a.yaml:1"),
        ("depth", "4", "cfgs/b.yaml:1"),
    ]


def test_the_default_of_an_option_names_the_configuration_where_no_command_does() -> None:
    texts = {
        "train.py": "p.add_argument('--cfg', default='./params.json')\n" + MAIN,
        "params.json": '{"lr": 0.3}',
    }
    assert ("lr", "0.3") in [(one.name, one.value) for one in read(texts).main_hyperparameters]
