"""What the steps say of repositories of different kinds."""

import json

from repotriage.models.base import msg
from repotriage.models.breakage import BreakageUse
from repotriage.models.host import Gpu
from repotriage.models.location import Location
from repotriage.models.solution import Attempt, BuildStep, Candidate, Change, Clock, Environment, Pin
from repotriage.plan import setting_up, training
from repotriage.plan.failures import removed_symbols
from repotriage.plan.jobs import _EVALUATES
from tests.plan.studies import TRAINS, actions, first_command, study
from tools.extract_messages import templates

TABLE = "| model | accuracy | weights |\n|---|---|---|\n| Net-B | 83.6 | [ckpt](https://x.org/a_base.pth) |\n"


def texts_of(texts: dict[str, str], number: int) -> list[str]:
    return [str(one.what) for one in actions(texts, number)]


def test_a_library_trains_as_its_documents_show() -> None:
    code = "from lib import Trainer\ntrainer = Trainer(\n    m,\n    train_num_steps = 700000,\n)\ntrainer.train()\n"
    snippet = f"```python\n{code}```\n"
    texts = {"README.md": f"# lib\n{snippet}", "lib/core.py": TRAINS, "setup.py": ""}
    first = actions(texts, 4)[0]
    assert str(first.what).endswith("copy 6 lines from README.md:3 into a file and run it")
    assert [str(one) for one in first.expect] == ["to make it short, set train_num_steps to 10 (it says 700000)"]
    assert first.command is None


def test_what_the_document_says_below_a_command_is_what_to_expect() -> None:
    texts = {
        "README.md": "# Net\n```\npython test.py --eval\n```\nThis should give:\n"
        "```\n* Acc@1 83.664 Acc@5 96.530\n```\n## More\n1 2 3\n",
        "test.py": TRAINS,
    }
    assert [str(one) for one in actions(texts, 3)[0].expect] == ["the document says: Acc@1 83.664 Acc@5 96.530"]


def test_own_rows_come_first_and_second_headers_are_none() -> None:
    table = "| method | acc | acc |\n|---|---|---|\n| | 1-shot | 5-shot |\n| A | 1.0 | 2.0 |\n| Ours | 3.0 | 4.0 |\n"
    compare = actions({"README.md": f"## Results\n{table}", "train.py": TRAINS}, 3)[-1]
    assert [str(one) for one in compare.expect][:2] == ["Ours: acc: 3.0 · acc: 4.0", "A: acc: 1.0 · acc: 2.0"]


def test_weights_of_the_evaluation_come_first_and_have_the_name_of_their_row() -> None:
    texts = {
        "README.md": f"## Results\n{TABLE}| Net-L | 85.9 | [ckpt](https://x.org/a_large.pth) |\n"
        "## Test\n```\npython test.py --eval --ckpt a_large.pth\n```\n",
        "test.py": TRAINS,
    }
    assert [one for one in texts_of(texts, 2) if "weights" in one] == [
        "Get the weights: x.org Net-L https://x.org/a_large.pth",
        "Get the weights: x.org Net-B https://x.org/a_base.pth",
    ]


def test_a_file_that_the_repository_lost_is_told_with_its_nearest() -> None:
    texts = {
        "README.md": "```\npython train.py configs/net_v1_8gpu.yaml\n```\n",
        "train.py": TRAINS,
        "configs/net_v2_8gpu.yaml": "",
    }
    (remedy,) = actions(texts, 5)[0].fails
    assert str(remedy.text) == (
        "configs/net_v1_8gpu.yaml is not in the repository at this commit; "
        "the nearest name there is configs/net_v2_8gpu.yaml"
    )


def test_notebooks_that_the_readme_names_are_the_demo_and_the_evaluation() -> None:
    notebook = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    texts = {"README.md": "# Prog\n- see `notebooks/gqa.ipynb`\n", "notebooks/gqa.ipynb": notebook}
    assert any("the notebook notebooks/gqa.ipynb is the quickest try" in one for one in texts_of(texts, 0))
    assert actions(texts, 3)[0].command == "jupyter notebook notebooks/gqa.ipynb"


def test_tensorboard_follows_what_the_documents_or_the_code_say() -> None:
    code = (
        "from torch.utils.tensorboard import SummaryWriter\nlog_dir = 'logs/000/'\nw = SummaryWriter(log_dir)\n"
        + TRAINS
    )
    readme = "```\npython train.py\n```\n"
    assert actions({"README.md": readme, "train.py": code}, 6)[0].command == "tensorboard --logdir logs/000/"
    shown = {"README.md": f"{readme}```\ntensorboard --logdir runs\n```\n", "train.py": code}
    assert [one.command for one in actions(shown, 6) if one.command] == ["tensorboard --logdir runs"]


def test_a_checkpoint_that_is_only_read_is_not_written() -> None:
    texts = {"README.md": "```\npython train.py\n```\n", "train.py": TRAINS + "model.load_state_dict(x)\n"}
    assert not any("checkpoints are written" in one for one in texts_of(texts, 6))


def test_what_is_made_of_other_words_than_data_prepares_none() -> None:
    code = "if __name__ == '__main__':\n    print(1)\n"
    assert not any("Prepare" in one for one in texts_of({"README.md": "# Net\n", "get_flops.py": code}, 2))
    untold = texts_of({"README.md": "# Net\n", "download_voc.py": code}, 2)
    assert "Perhaps prepare the data by download_voc.py: no command of the documents starts it" in untold
    told = texts_of({"README.md": "Run `download_voc.py` to get the data.\n", "download_voc.py": code}, 2)
    assert "Prepare the data by download_voc.py" in told


def test_only_symbols_that_the_planned_releases_lack_are_told() -> None:
    use = BreakageUse(
        package="numpy", symbol="numpy.float", kind="attribute", removed_in="1.24", replacement="float",
        at=Location(path="a.py", line=1), guarded=False, source="https://numpy.org",
    )  # fmt: skip
    candidate = Candidate(python="3.8", clock=Clock(name="now", cutoff=None), reason=msg("one"))

    def told(version: str) -> int:
        best = Attempt(candidate=candidate, verdict="solves", pins=(Pin(name="numpy", version=version),))
        found = study({}).model_copy(
            update={"breakages": (use,), "environment": Environment(verdict="solves", best=best)}
        )
        return len(list(removed_symbols(found)))

    assert (told("1.19.5"), told("1.26.4")) == (0, 1)


def test_the_reasons_that_tell_an_evaluation_are_those_of_the_ranking() -> None:
    assert {template for template, _ in templates()} >= _EVALUATES


def test_what_the_documents_build_of_the_repository_itself() -> None:
    texts = {
        "README.md": "## Install\n```\nconda create -n x\ncd ops\nsh make.sh\ncd ..\npip install -e .\n```\n",
        "ops/make.sh": "python setup.py build install\n",
        "requirements.txt": "",
    }
    best = Attempt(
        candidate=Candidate(python="3.8", clock=Clock(name="now", cutoff=None), reason=msg("one")),
        verdict="solves",
        pins=(Pin(name="numpy", version="1.0"),),
    )
    found = study(texts).model_copy(update={"environment": Environment(verdict="solves", best=best)})
    builds = [one.command for one in setting_up.step(found, "x").actions if "Build or install" in str(one.what)]
    assert builds == ["(cd ops && sh make.sh)", "pip install -e ."]


def test_a_script_without_options_is_not_asked_for_them() -> None:
    evaluates = "import torch\nif __name__ == '__main__':\n    model.load_state_dict(x)\n    evaluate(model)\n"
    texts = {"README.md": "Run `test.py` to test.\n", "test.py": evaluates}
    assert texts_of(texts, 3)[0] == "Evaluate by test.py; it reads no options, so its settings stand in the file"


def test_what_trains_prepares_no_data_and_what_makes_a_database_does() -> None:
    texts = {
        "README.md": "## Data\n```\npython main.py --dataset x\n```\n## Training\n```\npython main.py --train\n```\n"
        "## Prepare\n```\npython generate_gt_database.py\n```\n",
        "main.py": TRAINS,
        "generate_gt_database.py": "if __name__ == '__main__':\n    print(1)\n",
    }
    assert [one for one in texts_of(texts, 2) if "Prepare" in one] == ["Prepare the data by generate_gt_database.py"]


def test_the_logger_of_the_training_is_not_that_of_the_evaluation() -> None:
    logs = "from tensorboardX import SummaryWriter\n"
    texts = {
        "README.md": "```\npython train.py\n```\n```\npython eval.py\n```\n",
        "train.py": logs + TRAINS,
        "eval.py": logs + "w = SummaryWriter(log_dir='e')\nmodel.load_state_dict(x)\nevaluate(model)\n",
    }
    first = actions(texts, 6)[0]
    assert [place.at.path for place in first.evidence if place.at] == ["train.py"]


def test_where_a_document_puts_what_it_links_to_is_told_beside_the_link() -> None:
    texts = {
        "README.md": "# Net\n## Data\n##### Download the train set and place it in ```./datasets/a/train```:\n"
        "* [google drive](https://drive.google.com/file/d/1zgALzrLCC_tcXKu_iHQTHukKUVT1aodI/view) dataset\n"
        "* it should be like ```./datasets/a/train/input```\n",
        "train.py": TRAINS,
    }
    got = next(one for one in actions(texts, 2) if str(one.what).startswith("Get the data"))
    assert [str(one) for one in got.expect] == [
        "the document says: Download the train set and place it in ./datasets/a/train:"
    ]


def test_data_without_a_link_are_laid_out_as_the_document_says() -> None:
    said = "Download the dataset, then create a link to its folder: `ln -s /path/to/wavs DUMMY1`"
    texts = {"README.md": f"# Net\n1. {said}\n", "train.py": TRAINS}
    assert texts_of(texts, 2)[0] == f"Lay the data out as the document says: {said.replace('`', '')}"


def test_data_that_a_library_cannot_fetch_are_to_be_fetched_by_hand() -> None:
    code = "import tensorflow_datasets as tfds\nd = tfds.load('imagenet2012')\nc = tfds.load('cifar10')\n"
    expected = [str(one) for action in actions({"data.py": code}, 2) for one in action.expect]
    assert sum(one.startswith("TensorFlow Datasets cannot fetch imagenet2012 itself") for one in expected) == 1
    assert sum(one.startswith("the code fetches it itself") for one in expected) == 1


def test_the_command_whose_files_the_training_reads_prepares_the_data() -> None:
    texts = {
        "README.md": "# Net\n## Prepare data\nsee `python dataset_tool.py --help`\n```\n"
        "python dataset_tool.py --dest=data/other.zip\npython dataset_tool.py --dest=data/a.zip\n```\n"
        "## Train\n```\npython train.py --data=data/a.zip\n```\n",
        "dataset_tool.py": "if __name__ == '__main__':\n    print(1)\n",
        "train.py": TRAINS,
    }
    assert first_command(texts, 2) == "python dataset_tool.py --dest=data/a.zip"


def test_what_the_block_starts_before_the_evaluation_comes_first() -> None:
    texts = {
        "README.md": "# Net\n## FID\n```\npython generate.py --out=tmp\npython fid.py calc --images=tmp\n```\n",
        "fid.py": "if __name__ == '__main__':\n    print(1)\n",
        "generate.py": "if __name__ == '__main__':\n    print(1)\n",
    }
    assert [one.command for one in actions(texts, 3) if one.command] == [
        "python generate.py --out=tmp",
        "python fid.py calc --images=tmp",
    ]


def test_the_row_that_links_to_the_configuration_of_the_command_comes_first() -> None:
    table = (
        "| backbone | method | NDS | config |\n|---|---|---|---|\n"
        "| R50 | tiny | 35.4 | [c](configs/net_tiny.py) |\n| R50 | base | 51.7 | [c](configs/net_base.py) |\n"
    )
    texts = {
        "README.md": f"# Net\n## Results\n{table}",
        "docs/run.md": "```\npython test.py configs/net_base.py\n```\n| m | mAP |\n|---|---|\n| other | 1.0 |\n",
        "test.py": TRAINS,
        "configs/net_base.py": "",
    }
    compare = actions(texts, 3)[-1]
    assert [str(one) for one in compare.expect][:2] == [
        "the row of this command, R50 base: NDS: 51.7",
        "R50 tiny: NDS: 35.4",
    ]


def test_the_seed_is_that_of_the_training() -> None:
    worker = "def worker_init(i):\n    np.random.seed(seed)\n"
    texts = {
        "README.md": "```\npython train.py --config configs/a.yaml\n```\n",
        "train.py": "import argparse\np = argparse.ArgumentParser()\np.add_argument('--config')\n" + TRAINS,
        "data.py": f"import numpy as np\n{worker}",
        "configs/a.yaml": "manual_seed: 42\n",
    }
    assert "Fix the seed where the configuration sets it: manual_seed (42), and repeat with others" in texts_of(
        texts, 5
    )
    option = "import argparse, torch\np = argparse.ArgumentParser()\np.add_argument('--seed', default=42)\n"
    option += "p.add_argument('--runseed', default=0)\nargs = p.parse_args()\ntorch.manual_seed(args.runseed)\n"
    texts = {"README.md": "```\npython train.py\n```\n", "train.py": option + TRAINS}
    assert "Fix the seed by its option --runseed (default 0), and repeat with others" in texts_of(texts, 5)


def test_what_the_documents_ask_of_the_system() -> None:
    texts = {
        "README.md": "# Net\n## Install\n```\nsudo apt install libglfw3\n```\n"
        "* Append the directory to the environment variable LD_LIBRARY_PATH.\n",
        "requirements.txt": "numpy\n",
    }
    best = Attempt(
        candidate=Candidate(python="3.8", clock=Clock(name="now", cutoff=None), reason=msg("one")),
        verdict="solves",
        pins=(Pin(name="librosa", version="0.8"),),
        changes=(
            Change(before="a==1", after="a==2", reason=msg("one reason")),
            Change(before="b==1", after=None, reason=msg("one reason")),
        ),
    )
    found = study(texts).model_copy(update={"environment": Environment(verdict="solves", best=best)})
    made = setting_up.step(found, "x").actions
    assert [one.command for one in made if "apt-get" in (one.command or "")] == [
        "sudo apt-get install libglfw3",
        "sudo apt-get install libsndfile1 ffmpeg",
    ]
    assert any(str(one.what).endswith("the environment variable LD_LIBRARY_PATH.") for one in made)
    written = next(one for one in made if str(one.what).startswith("Write the locked"))
    assert [str(one) for one in written.expect] == [
        "one", "changed: a==1 becomes a==2", "left out: b==1", "one reason",
    ]  # fmt: skip


def test_a_smaller_command_of_the_documents_is_the_smallest_run() -> None:
    texts = {
        "README.md": "```\npython main.py --config=configs/imagenet.py\npython main.py --config=configs/cifar.py\n"
        "python main.py --config=configs/cifar.py --finetune=1\n```\n",
        "main.py": TRAINS,
        "configs/imagenet.py": "",
        "configs/cifar.py": "",
    }
    assert first_command(texts, 4) == "python main.py --config=configs/cifar.py"
    assert first_command(texts, 5) == "python main.py --config=configs/imagenet.py"


def test_a_smaller_configuration_beside_that_of_the_command() -> None:
    texts = {
        "README.md": "```\npython train.py configs/net_base.py\n```\n",
        "train.py": TRAINS,
        "configs/net_base.py": "",
        "configs/net_tiny.py": "",
        "configs/net_tiny_fp16.py": "",
    }
    less = next(one for one in actions(texts, 4) if str(one.what).startswith("Smaller still"))
    assert less.command == "python train.py configs/net_tiny.py"


def test_what_the_row_of_the_command_costs_is_held_against_the_machine() -> None:
    texts = {
        "README.md": "# Net\n## Results\n| model | mAP | memory | config |\n|---|---|---|---|\n"
        "| base | 41.6 | 28500M | [c](configs/net_base.py) |\n```\npython train.py configs/net_base.py\n```\n",
        "train.py": TRAINS,
        "configs/net_base.py": "",
    }
    gpu = Gpu(name="NVIDIA GeForce RTX 3090", memory_mib=24576)
    environment = Environment(verdict="unknown", best=None, host="it", gpus=(gpu,))
    first = training.full(study(texts).model_copy(update={"environment": environment})).actions[0]
    assert [str(one) for one in first.cost] == [
        "its row of the table says memory: 28500M",
        "a GPU of the machine has 24 GiB, less than that: take a smaller model or batch",
    ]


def test_loggers_that_configurations_name() -> None:
    texts = {
        "README.md": "```\npython train.py configs/net.py\n```\n",
        "train.py": "work_dir = osp.join('./work_dirs', name)\n" + TRAINS,
        "configs/net.py": "log_config = dict(hooks=[\n    dict(type='A'),\n    dict(type='TensorboardLoggerHook')])\n",
    }
    first = actions(texts, 6)[0]
    assert first.command == "tensorboard --logdir work_dirs/net"
    assert [str(one.at) for one in first.evidence] == ["configs/net.py:3"]


def test_saved_data_and_other_scripts_are_no_checkpoints_of_the_training() -> None:
    texts = {
        "README.md": "```\npython train.py\npython export.py\n```\n",
        "train.py": TRAINS,
        "data.py": "import torch\nspec = read()\ntorch.save(spec, name)\n",
        "export.py": "import torch\nif __name__ == '__main__':\n    torch.save(model.state_dict(), 'a')\n",
        "utils.py": "import torch\ndef save(model):\n    torch.save(model.state_dict(), 'a')\n",
    }
    written = next(one for one in actions(texts, 6) if "checkpoints are written" in str(one.what))
    assert str(written.evidence[0].at) == "utils.py:3"


def test_a_simulator_gives_the_data() -> None:
    texts = {"README.md": "```\npython train.py\n```\n", "train.py": "import gym\n" + TRAINS}
    assert texts_of(texts, 2)[0].startswith("No data are to be fetched: they come out of the simulator gym")


def test_weights_behind_a_licence_are_told_of() -> None:
    texts = {
        "README.md": "## Weights\n[weights](https://huggingface.co/meta-llama/Llama-2-7b-hf)\n",
        "train.py": TRAINS,
    }
    (got,) = [one for one in actions(texts, 2) if str(one.what).startswith("Get the weights")]
    assert any(str(one).startswith("meta-llama gives it only to those who agree") for one in got.expect)


def test_what_the_command_sets_otherwise_than_the_code() -> None:
    code = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--input_height', default=108)\n"
    code += "p.add_argument('--out_dir', default='out')\np.add_argument('--lr', default=0.1)\n"
    texts = {
        "README.md": "```\npython train.py --input_height=28 --out_dir=x --lr=0.1\n```\n",
        "train.py": code + TRAINS,
    }
    assert any("(default in brackets): input_height 28 (108)" in one for one in texts_of(texts, 5))


def test_one_extends_registries_of_models_not_conditions() -> None:
    code = "BACKENDS = {'disk': Disk}\nNETS = {'a': NetA}\nclass Disk: pass\nclass NetA: pass\n"
    texts = {"README.md": "```\npython train.py\n```\n", "train.py": TRAINS, "net/core.py": code}
    added = [str(one.what) for one in actions(texts, 7) if "Add your own" in str(one.what)]
    assert all("BACKENDS" not in one for one in added)


def test_a_script_beside_the_training_is_run_first() -> None:
    texts = {
        "README.md": "# Net\n1. Run `sh make_debug.sh` to generate files of a toy dataset.\n2. Run `python train.py`\n",
        "make_debug.sh": "echo\n",
        "train.py": TRAINS,
    }
    assert [one.command for one in actions(texts, 4) if one.command] == ["sh make_debug.sh", "python train.py"]


def test_numbers_in_a_comment_below_the_command_are_what_to_expect() -> None:
    texts = {
        "README.md": "# Net\n## Evaluation\nGet the data from the download link.\n```\npython benchmark/ucf.py\n"
        '# "PSNR: 35.282 SSIM: 0.9688"\npython benchmark/hd.py\n```\n',
        "benchmark/ucf.py": "if __name__ == '__main__':\n    model.load_model('a')\n    model.predict(x)\n",
        "benchmark/hd.py": "",
    }
    first, compare = actions(texts, 3)[:2]
    assert first.command == "python benchmark/ucf.py"
    assert [str(one) for one in first.expect] == ["the document says: PSNR: 35.282 SSIM: 0.9688"]
    assert str(compare.what) == "Compare with what the document says of this command, above"


def test_a_table_without_a_measure_beside_another_script_is_not_held_against_the_evaluation() -> None:
    texts = {
        "README.md": "# Net\n## Test\n```\npython evaluate.py\n```\n" + "text\n\n" * 30 + "## Online Evaluation\n"
        "| Model | Threads | RTF |\n|---|---|---|\n| H=48 | 1 | 0.8 |\n\nTo compute it:\n```\npython net.py\n```\n",
        "evaluate.py": TRAINS,
        "net.py": "if __name__ == '__main__':\n    print(1)\n",
    }
    assert not any("RTF" in str(one) for action in actions(texts, 3) for one in action.expect)


def test_places_of_the_authors_machine_are_to_be_set() -> None:
    texts = {
        "README.md": "```\npython train.py\n```\n",
        "train.py": "import argparse\np = argparse.ArgumentParser()\n"
        "p.add_argument('--config', default='config/kitti.yaml')\n" + TRAINS,
        "config/kitti.yaml": "train:\n  data_path: /data/dataset/kitti/\n  max_num_epochs: 40\n",
    }
    assert "Set in config/kitti.yaml where yours lie: data_path (/data/dataset/kitti/)" in texts_of(texts, 2)
    assert "lower train.max_num_epochs (40) in the file" in texts_of(texts, 4)[0]


def test_where_a_command_writes_its_output_is_kept() -> None:
    texts = {
        "README.md": "## Data\n```\npython prepare_data.py $noisy > out/noisy.json\n```\n",
        "prepare_data.py": "if __name__ == '__main__':\n    print(1)\n",
    }
    assert first_command(texts, 2) == "python prepare_data.py NOISY > out/noisy.json"


def test_options_are_not_added_to_a_file_that_stands_for_all_of_them() -> None:
    code = "parser = HfArgumentParser((TrainingArguments,))\nargs = parser.parse_yaml_file(sys.argv[-1])\n" + TRAINS
    texts = {
        "README.md": "```\npython train.py config/a.yaml\n```\n",
        "train.py": code,
        "config/a.yaml": "num_train_epochs: 10\n",
    }
    assert first_command(texts, 4) == "python train.py config/a.yaml"
    assert "num_train_epochs (10)" in texts_of(texts, 4)[0]


def test_scripts_that_documents_name_are_other_trainings() -> None:
    texts = {
        "README.md": "```\npython train.py\n```\nLaunch the training by `launch_train_a.sh`.\n",
        "launch_train_a.sh": "python train.py a=1\n",
        "train.py": TRAINS,
    }
    named = [one for one in actions(texts, 5) if str(one.what) == "Another training that the documents name"]
    assert [one.command for one in named] == ["bash launch_train_a.sh"]


def test_a_clone_of_another_repository_is_not_built_as_this_one() -> None:
    texts = {
        "README.md": "## Install\n```\ngit clone https://github.com/a/other\ncd other\npip install -e .\n```\n",
        "setup.py": "",
    }
    best = Attempt(
        candidate=Candidate(python="3.8", clock=Clock(name="now", cutoff=None), reason=msg("one")),
        verdict="solves",
        pins=(Pin(name="numpy", version="1.0"),),
    )
    found = study(texts).model_copy(update={"environment": Environment(verdict="solves", best=best)})
    assert not any("Build or install" in str(one.what) for one in setting_up.step(found, "x").actions)


def test_what_a_project_inside_this_one_offers_is_not_this_one_s() -> None:
    texts = {
        "README.md": "```\npython train.py\n```\n",
        "train.py": TRAINS,
        "theirs/README.md": "## Test\n```\npython evaluate.py\n```\n[weights](https://x.org/their_weights.pth)\n",
        "theirs/LICENSE": "MIT",
        "theirs/evaluate.py": "if __name__ == '__main__':\n    print(1)\n",
    }
    assert not any("theirs" in (one.command or "") for one in actions(texts, 3))
    assert any("offers no weights" in one for one in texts_of(texts, 2))


def test_a_blank_first_cell_means_the_name_above_it() -> None:
    table = (
        "| Methods | Dataset | ETTH1 | |\n|---|---|---|---|\n| | Metric | 96 | 192 |\n"
        "| Linear | MSE | 0.375 | 0.418 |\n| | MAE | 0.397 | 0.429 |\n"
    )
    compare = actions({"README.md": f"## Results\n{table}", "train.py": TRAINS}, 3)[-1]
    assert [str(one) for one in compare.expect][:2] == [
        "Linear MSE: ETTH1: 0.375 · 0.418",
        "Linear MAE: ETTH1: 0.397 · 0.429",
    ]


def test_the_repository_is_not_installed_from_its_own_address() -> None:
    best = Attempt(
        candidate=Candidate(python="3.8", clock=Clock(name="now", cutoff=None), reason=msg("one")),
        verdict="solves",
        pins=(Pin(name="numpy", version="1.0"),),
    )
    steps = tuple(
        BuildStep(
            kind="reference", name=name, requirement=f"git+https://github.com/a/{name}.git@master", message=msg("x")
        )
        for name in ("name", "other")
    )
    environment = Environment(verdict="solves", best=best, steps=steps)
    found = study({}).model_copy(update={"environment": environment})
    looked = [str(one.what) for one in setting_up.step(found, "x").actions if "Look at what" in str(one.what)]
    assert len(looked) == 1
    assert "github.com/a/other.git" in looked[0]


def test_without_an_evaluation_script_what_measures_is_told() -> None:
    code = "def evaluate(model):\n    return accuracy(model)\n" + TRAINS
    texts = {"README.md": "```\npython train.py\n```\n", "train.py": code}
    assert "write one from its metrics" not in " ".join(texts_of(texts, 3))


def test_options_that_the_script_does_not_define_are_told_of() -> None:
    code = (
        "import argparse\np = argparse.ArgumentParser()\np.add_argument('--model_file')\np.add_argument('--lr', '-l')\n"
    )
    texts = {
        "README.md": "```\npython train.py --model_file a --dataset b --lr=1\n```\n",
        "train.py": code + "args = p.parse_args()\n" + TRAINS,
    }
    told = [str(one.text) for one in actions(texts, 4)[0].fails]
    assert told == ["train.py defines no option --dataset at this commit: ask it with --help"]
    borrowed = texts | {"train.py": code + "add_train_args(p)\nargs = p.parse_args()\n" + TRAINS}
    assert actions(borrowed, 4)[0].fails == ()


def test_pictures_and_sentences_where_no_table_gives_the_numbers() -> None:
    picture = actions({"README.md": "# Net\n## Results\n![](pic/results.png)\n", "test.py": TRAINS}, 3)[-1]
    assert str(picture.what) == "Compare with the numbers that the repository states"
    (expected,) = map(str, picture.expect)
    assert expected.startswith("the documents show their results as pictures only, the first at README.md:3:")
    said = actions({"README.md": "# Net\nThis net reaches 83.6% mIoU.\n", "test.py": TRAINS}, 3)[-1]
    assert [str(one) for one in said.expect][-1] == "This net reaches 83.6% mIoU."
    assert [str(one.at) for one in said.evidence] == ["README.md:2"]
    none = actions({"README.md": "# Net\n", "test.py": TRAINS}, 3)[-1]
    assert str(none.what) == "Compare with the paper"


def test_how_often_it_saves_is_what_the_command_says() -> None:
    script = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--save_every', type=int, default=2000)\n"
    texts = {"README.md": "```\npython train.py --save_every 50\n```\n", "train.py": script + TRAINS}
    assert "How often it reports or saves: save_every = 50" in texts_of(texts, 6)
    assert "How often it reports or saves: save_every = 2000" in texts_of(
        texts | {"README.md": "```\npython train.py\n```\n"}, 6
    )


def test_a_log_that_the_training_writes_itself_is_told() -> None:
    line = 'with (out / "log_train.txt").open("a") as f:'
    texts = {"README.md": "```\npython train.py\n```\n", "train.py": f"{TRAINS}    {line}\n        f.write(x)\n"}
    (watch,) = (one for one in actions(texts, 6) if "No experiment logger" in str(one.what))
    assert [str(one) for one in watch.expect] == [f"it keeps a record of its own: {line}"]
    assert str(watch.evidence[0].at) == "train.py:5"
    assert actions(texts | {"train.py": TRAINS}, 6)[0].expect == ()


def test_data_of_the_repository_are_told_where_the_code_reads_them() -> None:
    texts = {
        "README.md": "```\npython train.py\n```\n",
        "train.py": TRAINS,
        "utils.py": "def load_data(path='./data/cora/'):\n    pass\n",
        "data/cora/cora.content": "1 0 1\n",
        "data/cora/cora.cites": "1 2\n",
        "data/cora/README": "Cora\n",
    }
    assert texts_of(texts, 2)[0] == "The data lie in the repository: data/cora/cora.cites and 1 more files"
    assert texts_of(texts | {"utils.py": ""}, 2)[0].startswith("No data and no script")


def test_the_seed_of_a_notebook_is_not_that_of_the_training() -> None:

    cell = {
        "cell_type": "code",
        "source": ["import torch\n", "torch.manual_seed(999)\n", "loss.backward()\n", "optimizer.step()\n"],
        "metadata": {},
        "outputs": [],
    }
    texts = {
        "README.md": "```\npython train.py\n```\n",
        "train.py": TRAINS,
        "tutorial/a.ipynb": json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1),
    }
    assert "No statement that sets a seed was found" in " ".join(texts_of(texts, 5))


def test_lines_of_a_notebook_are_no_sentences() -> None:

    fetch = (
        "gdown.download('https://drive.google.com/uc?id=14KgStJ_CeQ-AhCMtw_KKAEbK0', output='./housing/data.train')\n"
    )
    cell = {"cell_type": "code", "source": ["import gdown\n", fetch], "metadata": {}, "outputs": []}
    texts = {
        "README.md": "```\npython train.py\n```\n",
        "train.py": TRAINS,
        "data.ipynb": json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1),
    }
    found = [one for one in actions(texts, 2) if "drive.google.com" in str(one.what)]
    assert [one.expect for one in found] == [()]


def test_the_plan_of_a_bundled_machine_is_written_for_it() -> None:
    best = Attempt(
        candidate=Candidate(python="3.8", clock=Clock(name="now", cutoff=None), reason=msg("one")),
        verdict="solves",
        pins=(Pin(name="numpy", version="1.0"),),
    )
    commands = []
    for host in ("rtx3090", "my laptop", None):
        environment = Environment(verdict="solves", best=best, host=host)
        found = study({}).model_copy(update={"environment": environment})
        commands += [one.command for one in setting_up.step(found, "x").actions if "--write" in (one.command or "")]
    assert commands == [
        "repotriage env x --host rtx3090 --write env", "repotriage env x --write env", "repotriage env x --write env"
    ]  # fmt: skip


def test_packages_of_another_system_are_not_asked_of_debian() -> None:
    readme = "```\nsudo apt-get install cmake zlib1g-dev\n```\n## Mac\n```\nbrew install cmake openmpi\n```\n"
    best = Attempt(
        candidate=Candidate(python="3.8", clock=Clock(name="now", cutoff=None), reason=msg("one")),
        verdict="solves",
        pins=(Pin(name="numpy", version="1.0"),),
    )
    found = study({"README.md": readme}).model_copy(update={"environment": Environment(verdict="solves", best=best)})
    commands = [one.command or "" for one in setting_up.step(found, "x").actions]
    assert [line for line in commands if "apt-get" in line] == ["sudo apt-get install cmake zlib1g-dev"]


def test_an_example_goes_before_the_pattern_that_it_is_made_by() -> None:
    readme = "```\npython run.py --alg=<name of the algorithm> --env=<environment_id>\n```\nFor example\n"
    readme += "```\npython run.py --alg=ppo2 --env=Humanoid-v2\n```\n"
    script = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--alg')\np.add_argument('--env')\n"
    assert first_command({"README.md": readme, "run.py": script + TRAINS}, 5) == (
        "python run.py --alg=ppo2 --env=Humanoid-v2"
    )


def test_a_picture_below_a_command_says_nothing() -> None:
    readme = "```\npython test.py --eval\n```\nThis should give:\n\n![plot](https://a.org/docs/img100.png)\n"
    script = "import torch\nif __name__ == '__main__':\n    model.eval()\n    accuracy = measure(model)\n"
    told = [str(one) for action in actions({"README.md": readme, "test.py": script}, 3) for one in action.expect]
    assert not any("img100" in one for one in told)
