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


def found_differences(texts: dict[str, str]) -> list[tuple[str, list[str | None]]]:
    return [(one.name, [value.value for value in one.values]) for one in read(texts).differences]


def test_a_switch_turns_its_default_whatever_word_follows_it() -> None:
    code = TRAIN.replace("'--out', default='a'", "'--amp', action='store_true'")
    for command in ("python train.py --amp", "python train.py --amp SOLVER.LR 1", "python train.py --amp --lr 0.002"):
        assert found_differences({"train.py": code, "README.md": readme(command)}) == [("amp", ["False", "True"])]


def test_the_first_of_several_words_that_are_the_default_is_none() -> None:
    code = TRAIN.replace("'--out', default='a'", "'--tasks', nargs='+', default=['a', 'b']")
    assert found_differences({"train.py": code, "README.md": readme("python train.py --tasks a b")}) == []


def test_a_configuration_is_held_against_the_defaults_of_the_code_and_what_it_inherits() -> None:
    texts = {
        "train.py": f"from config import cfg\n{TRAIN}",
        "config.py": "cfg.SOLVER.LR = 0.1\ncfg.SOLVER.STEPS = 5\ncfg.MODEL.HEAD.NAME = 'Small'\n",
        "configs/base.yaml": "SOLVER:\n  STEPS: 5\n  DECAY: 0.1\n",
        "configs/big.yaml": "_BASE_: base.yaml\nSOLVER:\n  LR: 0.2\n  DECAY: 0.2\nMODEL:\n  HEAD:\n    NAME: Big\n",
        "README.md": readme("python train.py --config configs/big.yaml"),
    }
    assert found_differences(texts) == [
        ("SOLVER.LR", ["0.1", "0.2"]),
        ("MODEL.HEAD.NAME", ["Small", "Big"]),
        ("SOLVER.DECAY", ["0.1", "0.2"]),
    ]


HYDRA = """
import hydra
@hydra.main(config_path=str(ROOT / "conf"), config_name="default")
def main(cfg):
    loss.backward()
if __name__ == '__main__':
    main()
"""


def test_groups_of_hydra_share_no_names_and_the_folder_may_be_put_together() -> None:
    texts = {
        "src/run.py": HYDRA,
        "conf/default.yaml": "defaults:\n  - model: net\n  - model/head: small\nseed: 1\n",
        "conf/model/net.yaml": "_target_: a.Net\ndim: 256\npredict: false\n",
        "conf/model/head/small.yaml": "_target_: a.Head\ndim: 128\n",
        "README.md": readme("python src/run.py model.predict=true"),
    }
    found = {(one.at.path, one.name): one.value for one in read(texts).main_hyperparameters}
    assert found["conf/default.yaml", "seed"] == "1"
    assert found["conf/model/net.yaml", "dim"] == "256"
    assert found["conf/model/head/small.yaml", "dim"] == "128"
    assert found_differences(texts) == [("predict", ["false", "true"])]


def test_what_a_command_gives_to_options_of_a_library_is_a_setting_of_the_script() -> None:
    command = "python train.py --lr 0.1 --num_train_epochs 3 --weight_decay 0.1 --output_dir out"
    found = read({"train.py": TRAIN, "README.md": readme(command)}).main_hyperparameters
    assert [(one.name, one.value) for one in found if one.source == "command"] == [
        ("num_train_epochs", "3"),
        ("weight_decay", "0.1"),
    ]


def test_the_configuration_of_hydra_may_be_named_by_the_command() -> None:
    texts = {
        "run.py": HYDRA.replace(', config_name="default"', ""),
        "conf/small.yaml": "_target_: a.Net\nseed: 1\n",
        "README.md": readme("python run.py --config-name=small"),
    }
    assert [(one.name, one.value) for one in read(texts).main_hyperparameters] == [("seed", "1")]


def test_how_many_episodes_are_evaluated_is_a_setting() -> None:
    code = TRAIN.replace("'--out', default='a'", "'--eval_episodes', default=10")
    texts = {"train.py": code, "README.md": readme("python train.py --eval_episodes 100")}
    assert found_differences(texts) == [("eval_episodes", ["10", "100"])]
