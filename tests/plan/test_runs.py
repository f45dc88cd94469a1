import pytest

from repotriage.plan.jobs import evaluation_run, training_run
from repotriage.plan.runs import is_guest, section
from tests.builders import snapshot
from tests.plan.studies import TRAINS, actions, first_command, study

DIST = 'CONFIG=$1\nGPUS=$2\npython -m torch.distributed.launch $(dirname "$0")/train.py $CONFIG ${@:3}\n'


def test_a_documented_shell_script_is_what_starts_the_training() -> None:
    texts = {
        "README.md": "# Net\n```bash\nbash scripts/ett.sh\n```\n",
        "scripts/ecl.sh": "python run.py --data ecl\n",
        "scripts/ett.sh": "python run.py --data ett --epochs 9\n",
        "run.py": "import argparse\np = argparse.ArgumentParser()\np.add_argument('--epochs', default=9)\n" + TRAINS,
    }
    run = training_run(study(texts))
    assert run is not None
    assert (run.line.text, run.main, run.documented, run.passes_on) == ("bash scripts/ett.sh", "run.py", True, False)
    assert first_command(texts, 4) == "python run.py --data ett --epochs 1"
    assert first_command(texts, 5) == "bash scripts/ett.sh"


def test_what_a_guest_project_shows_comes_after_what_the_repository_shows() -> None:
    texts = {
        "README.md": "# Net\n",
        "docs/train.md": "```\n./tools/dist_train.sh configs/net.py 8\n```\n",
        "guest/README.md": "```\n./tools/dist_train.sh configs/theirs.py 8\n```\n",
        "guest/setup.py": "",
        "configs/net.py": "runner = dict(type='Epoch', max_epochs=24)\n",
        "guest/tools/train.py": TRAINS,
        "tools/dist_train.sh": DIST,
        "tools/train.py": TRAINS + "parser.add_argument('--cfg-options')\n",
    }
    assert first_command(texts, 5) == "./tools/dist_train.sh configs/net.py 8"
    assert first_command(texts, 4) == "./tools/dist_train.sh configs/net.py 8 --cfg-options runner.max_epochs=1"
    assert is_guest(snapshot(texts), "guest/x.py")


def test_a_script_that_only_a_sentence_names_is_started_with_what_it_demands() -> None:
    texts = {
        "README.md": "# Net\n\n`execute_cora.py` may be used for a full training run.\n",
        "execute_cora.py": "import argparse\np = argparse.ArgumentParser()\np.add_argument('--root', required=True)\n"
        "p.add_argument('mode', nargs='?')\np.add_argument('split')\nmodel.training(x)\n",
    }
    run = training_run(study(texts))
    assert run is not None
    assert run.line.text == "python execute_cora.py --root ROOT SPLIT"
    assert run.line.fill_in == ("ROOT", "SPLIT")


def test_a_framework_program_that_the_readme_shows_starts_in_the_folder_of_its_cd() -> None:
    texts = {
        "README.md": "## Train a new model\n```sh\n$ cd hub\n$ fairseq-hydra-train --config-dir /path/to/conf "
        "common.user_dir=`pwd`\n```\n",
        "hub/clustering/README.md": "```\npython learn_kmeans.py\n```\n",
        "hub/clustering/learn_kmeans.py": TRAINS,
    }
    line = '(cd hub && fairseq-hydra-train --config-dir /path/to/conf common.user_dir="$PWD")'
    assert first_command(texts, 5) == line
    assert first_command(texts, 4) == f"{line} optimization.max_update=10"
    assert actions(texts, 5)[0].fill_in == ("/path/to/conf",)


def test_a_file_of_that_name_that_evaluates_nothing_is_no_evaluation() -> None:
    texts = {"README.md": "```\npython train.py\n```\n", "train.py": TRAINS}
    assert evaluation_run(study(texts | {"test.py": "def main():\n    print(1)\n\nmain()\n"})) is None
    evaluates = (
        "import torch\nmodel.load_state_dict(x)\nmodel.eval()\nif __name__ == '__main__':\n    evaluate(model)\n"
    )
    found = evaluation_run(study(texts | {"test.py": evaluates}))
    assert found is not None
    assert found.line.text == "python test.py"


@pytest.mark.parametrize(("path", "part"), [("detection/train.py", "detection"), ("tools/x.py", ""), ("x.py", "")])
def test_a_part_of_the_repository_has_a_readme_of_its_own(path: str, part: str) -> None:
    assert section(snapshot({"detection/README.md": "", "tools/x.py": ""}), path) == part


def test_evaluation_is_of_the_part_that_trains() -> None:
    evaluates = "import torch\nif __name__ == '__main__':\n    model.load_state_dict(x)\n    evaluate(model)\n"
    texts = {
        "README.md": "# Adapter\n",
        "detection/README.md": "```\npython train.py a.py\n```\n```\npython test.py a.py\n```\n",
        "segmentation/README.md": "```\npython test.py b.py\n```\n",
        "detection/train.py": TRAINS,
        "detection/test.py": evaluates,
        "segmentation/test.py": evaluates,
    }
    assert first_command(texts, 3) == "(cd detection && python test.py a.py)"
