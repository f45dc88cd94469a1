"""Commands on the devices of the machine of the plan."""

from repotriage.models.host import Gpu
from repotriage.models.solution import Environment
from repotriage.models.study import Study
from repotriage.plan import evaluation, training
from tests.plan.studies import TRAINS, study

DIST = "CONFIG=$1\nGPUS=$2\npython -m torch.distributed.launch --nproc_per_node=$GPUS train.py $CONFIG ${@:3}\n"
GPU = Gpu(name="NVIDIA GeForce RTX 3090", compute_capability="8.6", memory_mib=24576)


def on(texts: dict[str, str], *gpus: Gpu) -> Study:
    environment = Environment(verdict="unknown", best=None, host="it", gpus=gpus)
    return study(texts).model_copy(update={"environment": environment})


def command(found: Study) -> str | None:
    return training.smallest(found).actions[0].command


def test_a_launcher_starts_as_many_processes_as_there_are_gpus() -> None:
    texts = {"README.md": "```\ntorchrun --nproc_per_node=8 train.py\n```\n", "train.py": TRAINS}
    first = training.smallest(on(texts, GPU)).actions[0]
    assert first.command == "torchrun --nproc_per_node=1 train.py"
    assert any("on 8 devices, this command on 1" in str(one) for one in first.expect)
    assert command(on(texts, *[GPU] * 8)) == "torchrun --nproc_per_node=8 train.py"
    assert command(study(texts)) == "torchrun --nproc_per_node=8 train.py"  # of an unknown machine


def test_a_number_that_a_shell_script_hands_to_its_launcher() -> None:
    texts = {
        "README.md": "```\n./dist_train.sh configs/a.py 8\n```\n",
        "dist_train.sh": DIST,
        "train.py": TRAINS,
        "configs/a.py": "",
    }
    assert command(on(texts, GPU)) == "./dist_train.sh configs/a.py 1"


def test_lists_of_gpus_are_cut() -> None:
    texts = {"README.md": "```\nCUDA_VISIBLE_DEVICES=0,1 python train.py --gpu_ids 0,1\n```\n", "train.py": TRAINS}
    assert command(on(texts, GPU)) == "CUDA_VISIBLE_DEVICES=0 python train.py --gpu_ids 0"


def test_world_size_and_ranks_go_with_the_gpus() -> None:
    texts = {"README.md": "```\npython train.py --world_size 4 --gpu_ranks 0 1 2 3 --lr 1\n```\n", "train.py": TRAINS}
    assert command(on(texts, GPU)) == "python train.py --world_size 1 --gpu_ranks 0 --lr 1"


def test_a_command_for_a_tpu_comes_after_others() -> None:
    texts = {
        "README.md": "```\npython train.py --master=tpu_driver\npython train.py --size=2\n```\n",
        "train.py": TRAINS,
    }
    assert command(on(texts, GPU)) == "python train.py --size=2"
    assert command(study(texts)) == "python train.py --master=tpu_driver"


def test_without_a_gpu_the_script_is_told_to_use_the_cpu() -> None:
    code = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--device', default='cuda')\n" + TRAINS
    texts = {"README.md": "```\npython train.py\n```\n", "train.py": code}
    assert command(on(texts)) == "python train.py --device cpu"
    assert command(on(texts, GPU)) == "python train.py"


def test_a_script_that_insists_on_a_gpu_is_told_of() -> None:
    texts = {"README.md": "```\npython train.py\n```\n", "train.py": TRAINS + "model.cuda()\n"}
    expected = [str(one) for one in training.smallest(on(texts)).actions[0].expect]
    assert "train.py asks for a GPU, and no option was found that keeps it on the CPU" in expected


def test_an_evaluation_is_not_said_to_have_a_batch() -> None:
    texts = {"README.md": "## Test\n```\ntorchrun --nproc_per_node=8 test.py\n```\n", "test.py": TRAINS}
    first = evaluation.step(on(texts, GPU)).actions[0]
    assert [str(one) for one in first.expect] == ["the documents run it on 8 devices, this command on 1"]


def test_the_cpu_alone_makes_no_run_short() -> None:
    code = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--device', default='cuda')\n" + TRAINS
    first = training.smallest(on({"README.md": "```\npython train.py\n```\n", "train.py": code})).actions[0]
    assert str(first.what).startswith("No option that shortens a run was found")
    assert first.command == "python train.py --device cpu"


def test_a_script_for_a_cluster_is_told_of_with_what_it_starts() -> None:
    texts = {
        "README.md": "An example launch script for training is provided in `train_batch.sh`.\n",
        "train_batch.sh": '#SBATCH --nodes=16\nsrun bash -c "\npython train.py --amp\n"\n',
        "train.py": TRAINS,
    }
    expected = [str(one) for action in training.full(on(texts, GPU)).actions for one in action.expect]
    told = (
        "train_batch.sh is written for a cluster's scheduler: on a machine of your own start train.py with its options"
    )
    assert told in expected


def test_what_a_shell_script_starts_is_fitted_when_it_is_started_by_hand() -> None:
    code = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--num_steps', default=9999)\n" + TRAINS
    texts = {"README.md": "```\n./train.sh\n```\n", "train.sh": "python train.py --gpus 0 1\n", "train.py": code}
    assert command(on(texts, GPU)) == "python train.py --gpus 0 --num_steps 10"


def test_a_number_of_a_gpu_is_no_device_of_torch() -> None:
    code = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--device', type=int, default=0)\n" + TRAINS
    assert command(on({"README.md": "```\npython train.py\n```\n", "train.py": code})) == "python train.py"


def test_a_shell_that_starts_the_script_is_not_the_script() -> None:
    texts = {
        "README.md": "```\nsh ./dist_train.sh configs/a.py 8\n```\n",
        "dist_train.sh": DIST,
        "train.py": TRAINS,
        "configs/a.py": "",
    }
    assert command(on(texts, GPU)) == "sh ./dist_train.sh configs/a.py 1"


def test_code_of_gpus_alone_says_so() -> None:
    texts = {"README.md": "```\npython train.py\n```\n", "train.py": "import bitsandbytes as bnb\n" + TRAINS}
    told = "train.py works on a GPU alone: import bitsandbytes"
    assert told in [str(one) for one in training.full(on(texts)).actions[0].cost]
    assert told not in [str(one) for one in training.full(on(texts, GPU)).actions[0].cost]
    texts["train.py"] = "try:\n    import bitsandbytes as bnb\nexcept ImportError:\n    bnb = None\n" + TRAINS
    assert told not in [str(one) for one in training.full(on(texts)).actions[0].cost]
