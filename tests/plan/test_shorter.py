import pytest

from repotriage.data import table
from repotriage.plan.shorter import short_value
from tests.plan.studies import TRAINS, actions, first_command

HYDRA = "import hydra\n@hydra.main(config_path='configs', config_name='config.yaml')\ndef main(cfg):\n    pass\n"

TYRO = """
import tyro, dataclasses
@dataclasses.dataclass
class Args:
    total_timesteps: int = 9999
tyro.cli(Args)
"""


@pytest.mark.parametrize(("name", "value"), [("max-steps", "10"), ("EPOCHS", "1"), ("lr", None), ("eval_steps", None)])
def test_settings_that_say_how_long_a_run_is(name: str, value: str | None) -> None:
    assert short_value(name) == value


def test_rows_have_a_source_and_a_date() -> None:
    for rows in ("framework", "program", "keys", "calls"):
        for row in table("shortening")[rows]:
            assert row["source"].startswith("https://"), row
            assert row["date"].year >= 2026, row


@pytest.mark.parametrize(
    ("script", "command", "line"),
    [
        (
            "from transformers import HfArgumentParser, TrainingArguments\nHfArgumentParser((TrainingArguments,))\n",
            "python train.py --num_train_epochs 3",
            "python train.py --num_train_epochs 3 --max_steps 10",
        ),
        (
            "from pytorch_lightning.cli import LightningCLI\nLightningCLI(Model)\n",
            "python train.py fit",
            "python train.py fit --trainer.max_steps=10",
        ),
        (
            "args = default_argument_parser().parse_args()\n",
            "python train.py --num-gpus 8",
            "python train.py --num-gpus 8 SOLVER.MAX_ITER 10",
        ),
        (
            "FLAGS = mlxu.define_flags_with_default(\n    seed=42,\n    total_steps=10000,\n)\n",
            "python train.py",
            "python train.py --total_steps=10",
        ),
        (
            TYRO,
            "python train.py",
            "python train.py --total_timesteps 1000",
        ),
        (
            "import argparse\np = argparse.ArgumentParser()\np.add_argument('--max_train_steps', default=None)\n",
            "python train.py",
            "python train.py --max_train_steps 10",
        ),
    ],
)
def test_options_that_the_script_has_from_its_framework(script: str, command: str, line: str) -> None:
    texts = {"README.md": f"# Net\n```\n{command}\n```\n", "train.py": script + TRAINS}
    assert first_command(texts, 4) == line


def test_keys_of_the_configuration_that_the_command_names_and_of_its_bases() -> None:
    texts = {
        "README.md": "```\npython train.py --cfg configs/a/net.yaml --opts OUTPUT x\n```\n",
        "train.py": "import argparse\np = argparse.ArgumentParser()\np.add_argument('--opts')\n" + TRAINS,
        "configs/a/net.yaml": "_BASE_: ../base.yaml\nMODEL:\n  NAME: x\n",
        "configs/base.yaml": "TRAIN:\n  EPOCHS: 300\nTEST:\n  EPOCHS: 7\n",
        "configs/b.yaml": "SOLVER:\n  MAX_ITER: 100\n",
    }
    assert first_command(texts, 4) == "python train.py --cfg configs/a/net.yaml --opts OUTPUT x TRAIN.EPOCHS 1"
    assert [one.at.path for one in actions(texts, 4)[0].evidence if one.at] == ["README.md", "configs/base.yaml"]


def test_groups_of_hydra_give_their_name_to_a_key() -> None:
    texts = {
        "README.md": "```\npython train.py experiment=small\n```\n",
        "train.py": HYDRA + TRAINS,
        "configs/config.yaml": "defaults:\n  - _self_\n  - trainer: gpu  # one\n  - experiment: null\nseed: 1\n",
        "configs/trainer/gpu.yaml": "max_epochs: 200\n",
        "configs/trainer/cpu.yaml": "max_steps: 9000\n",
        "configs/experiment/small.yaml": "# @package _global_\nscheduler:\n  max_epochs: 20\n",
    }
    assert first_command(texts, 4) == "python train.py experiment=small trainer.max_epochs=1"


def test_the_configuration_of_hydra_before_1_0_and_what_is_played_first() -> None:
    texts = {
        "README.md": "```\npython train.py\n```\n",
        "train.py": HYDRA.replace("config_path='configs', config_name='config.yaml'", "config_path='config.yaml'")
        + TRAINS,
        "config.yaml": "num_train_steps: 1000000\nnum_seed_steps: 1000\n",
    }
    assert first_command(texts, 4) == "python train.py num_train_steps=10 num_seed_steps=100"


def test_ml_collections_keys_come_from_the_configuration_and_what_it_imports() -> None:
    texts = {
        "README.md": "```\npython main.py --config configs/ve.py\n```\n",
        "main.py": "config_flags.DEFINE_config_file('config', None)\n" + TRAINS,
        "configs/ve.py": "from configs.default import get_default\ndef get_config():\n  return get_default()\n",
        "configs/default.py": "def get_default():\n  training = config.training\n  training.n_iters = 1300001\n",
    }
    assert first_command(texts, 4) == "python main.py --config configs/ve.py --config.training.n_iters=10"


def test_what_can_only_be_changed_in_the_file_is_named() -> None:
    texts = {
        "README.md": "```\npython train.py\n```\n",
        "train.py": "if __name__ == '__main__':\n    Init_Epoch = 5\n    UnFreeze_Epoch = 300\n    loss.backward()\n",
    }
    first = actions(texts, 4)[0]
    assert "lower UnFreeze_Epoch (300) in the file" in str(first.what)
    assert not first.offered


def test_options_of_the_evaluation_are_none_of_the_training() -> None:
    texts = {
        "README.md": "```\npython train.py\n```\n```\npython evaluate.py\n```\n",
        "train.py": TRAINS,
        "evaluate.py": "import argparse\np = argparse.ArgumentParser()\np.add_argument('--epochs', default=9)\n"
        "if __name__ == '__main__':\n    model.load_state_dict(x)\n    evaluate(model)\n",
    }
    assert first_command(texts, 4) == "python train.py"


def test_lengths_of_the_settings_that_the_script_imports_and_none_of_an_inner_loop() -> None:
    texts = {
        "README.md": "```\npython train.py\n```\n",
        "train.py": "from hparams import f\nif __name__ == '__main__':\n    K_epochs = 80\n    loss.backward()\n",
        "hparams.py": "def f():\n    return P(\n        epochs=500,\n        max_training_timesteps=int(3e6),\n    )\n",
    }
    told = str(actions(texts, 4)[0].what)
    assert "lower epochs (500), max_training_timesteps (3e6) in the file" in told


def test_a_length_that_a_configuration_decides_unless_it_is_given() -> None:
    script = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--epochs', type=int, default=None)\n"
    texts = {"README.md": "```\npython train.py --cfg_file a.yaml\n```\n", "train.py": script + TRAINS}
    assert first_command(texts, 4) == "python train.py --cfg_file a.yaml --epochs 1"


def test_packages_of_hydra_s_defaults_are_the_keys_of_the_command_line() -> None:
    texts = {
        "README.md": "```\npython train.py task=walk\n```\n",
        "train.py": "import hydra\n@hydra.main(config_path='cfgs', config_name='config')\ndef main(cfg):\n"
        "    loss.backward()\n    optimizer.step()\nif __name__ == '__main__':\n    main()\n",
        "cfgs/config.yaml": "defaults:\n  - task@_global_: run\nnum_seed_frames: 4000\n",
        "cfgs/task/walk.yaml": "defaults:\n  - medium\n  - _self_\n",
        "cfgs/task/medium.yaml": "num_train_frames: 3100000\n",
    }
    command = "python train.py task=walk num_seed_frames=100 num_train_frames=1000"
    assert first_command(texts, 4) == command
    alone = texts | {"cfgs/task/medium.yaml": "x: 1\n"}
    assert first_command(alone, 4) == "python train.py task=walk"  # what is put off makes no run short


def test_an_option_whose_help_says_how_long_training_is() -> None:
    code = (
        "import click\n@click.command()\n@click.option('--duration', help='Training duration', default=200)\n"
        "def main(duration):\n    loss.backward()\n    optimizer.step()\nif __name__ == '__main__':\n    main()\n"
    )
    what = str(actions({"README.md": "```\npython train.py\n```\n", "train.py": code}, 4)[0].what)
    assert what.startswith("Give its option --duration a small value")


def test_a_group_of_the_run_makes_an_unclear_name_clear() -> None:
    texts = {
        "README.md": "```\npython train.py overrides=cheetah\n```\n",
        "train.py": "import hydra\n@hydra.main(config_path='conf', config_name='main')\ndef main(cfg):\n"
        "    loss.backward()\n    optimizer.step()\nif __name__ == '__main__':\n    main()\n",
        "conf/main.yaml": "defaults:\n  - overrides: walk\n",
        "conf/overrides/cheetah.yaml": "num_steps: 400000\n",
    }
    assert first_command(texts, 4) == "python train.py overrides=cheetah overrides.num_steps=10"


def test_steps_of_something_else_than_the_training_are_left_as_they_are() -> None:
    options = [
        "'--num_steps', type=int, default=100000",
        "'--iters', type=int, default=12",  # of a refinement: so few are no training
        "'--max_steps', type=int, default=1024, help='max num steps sampled per ray'",
    ]
    added = "".join(f"p.add_argument({one})\n" for one in options)
    script = f"import argparse\np = argparse.ArgumentParser()\n{added}"
    texts = {"README.md": "```\npython train.py\n```\n", "train.py": script + TRAINS}
    assert first_command(texts, 4) == "python train.py --num_steps 10"


def test_a_clear_length_goes_before_an_unclear_one() -> None:
    options = "p.add_argument('--epochs', default=300)\np.add_argument('--iters', default=200)\n"
    script = f"import argparse\np = argparse.ArgumentParser()\n{options}"
    texts = {"README.md": "```\npython train.py\n```\n", "train.py": script + TRAINS}
    assert first_command(texts, 4) == "python train.py --epochs 1"


def test_options_that_a_module_defines_which_the_training_imports() -> None:
    options = "import argparse\ndef options():\n    p = argparse.ArgumentParser()\n"
    options += "    p.add_argument('--num_epochs', type=int, default=100)\n    return p\n"
    texts = {
        "README.md": "```\npython train.py\npython sample.py\n```\nChange `utils.py` for your data.\n",
        "train.py": "import os, utils\n" + TRAINS,
        "sample.py": "import torch, utils\nif __name__ == '__main__':\n    model.load_state_dict(torch.load('a'))\n",
        "utils.py": options + "def sample(model):\n    model.load_state_dict(torch.load('a'))\n    return model(x)\n",
    }
    assert first_command(texts, 4) == "python train.py --num_epochs 1"
