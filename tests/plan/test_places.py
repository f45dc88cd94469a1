"""Where the output of a logger goes, as far as the code tells."""

import pytest

from repotriage.parsing.python import Module, parse
from repotriage.plan.places import call_of, folder_of_output
from tests.plan.studies import actions

OPTIONS = {"out": "runs", "doc": "NAME"}


def module(text: str) -> Module:
    found = parse("train.py", text)
    assert isinstance(found, Module)
    return found


@pytest.mark.parametrize(
    ("output", "folder"),
    [
        ("os.path.join(args.out, 'tb', args.doc)", "runs/tb/NAME"),
        ("os.path.join(args.out + '/logs', name)", "runs/logs"),  # `name` is set nowhere
        ("f'{args.out}/tb_{name}'", "runs"),
        ("Path(args.out) / 'tb'", "runs/tb"),
        ("str(where)", "runs/summaries"),
        ("again / 'summaries'", "runs"),  # what is added to it under a condition is not known
        ("name", None),
        ("os.path.join(name, 'tb')", None),
    ],
)
def test_a_path_is_known_up_to_its_first_unknown_part(output: str, folder: str | None) -> None:
    text = (
        "where = Path(args.out) / 'summaries'\nagain = Path(args.out)\nif args.sub:\n    again = again / args.sub\n"
        "loop = loop2\nloop2 = loop\n"
    )
    assert folder_of_output(module(text), output, OPTIONS.get) == folder
    assert folder_of_output(module(text), "loop", OPTIONS.get) is None


def test_the_call_that_sets_up_a_logger_is_not_one_that_makes_its_folder() -> None:
    found = module("os.makedirs(tb_path)\nw = SummaryWriter(log_dir=tb_path)\n")
    call = call_of(found, "tb_path")
    assert call is not None
    assert call.lineno == 2


def test_tensorboard_is_given_the_folder_of_the_command() -> None:
    code = (
        "import argparse, os, torch\nfrom torch.utils.tensorboard import SummaryWriter\n"
        "p = argparse.ArgumentParser()\np.add_argument('--exp', default='exp')\np.add_argument('--doc')\n"
        "args = p.parse_args()\npath = os.path.join(args.exp, 'tb', args.doc)\nwriter = SummaryWriter(log_dir=path)\n"
        "if __name__ == '__main__':\n    loss.backward()\n    optimizer.step()\n"
    )
    readme = "# Net\n```\npython train.py --doc {NAME}\n```\n"
    watch = actions({"README.md": readme, "train.py": code}, 6)[0]
    assert (watch.command, watch.fill_in) == ("tensorboard --logdir exp/tb/NAME", ("NAME",))
    assert watch.evidence[0].at is not None
    assert watch.evidence[0].at.line == 8


def test_a_logger_first_seen_in_the_evaluation_is_set_up_by_the_training() -> None:
    code = "from torch.utils.tensorboard import SummaryWriter\nw = SummaryWriter('{}')\n"
    main = "if __name__ == '__main__':\n    {}\n"
    texts = {
        "README.md": "```\npython train.py\npython eval.py\n```\n",
        "eval.py": code.format("of_eval") + main.format("model.eval()\n    evaluate()"),
        "train.py": code.format("of_train") + main.format("loss.backward()\n    optimizer.step()"),
    }
    assert actions(texts, 6)[0].command == "tensorboard --logdir of_train"


def test_a_logger_of_the_repository_itself_is_told_by_its_name() -> None:
    texts = {
        "README.md": "```\npython train.py\n```\n",
        "train.py": "from utils import ResultLogger\nlog = ResultLogger('a')\n"
        "if __name__ == '__main__':\n    loss.backward()\n    optimizer.step()\n    log.log(1)\n",
        "utils.py": "class ResultLogger:\n    def log(self, loss):\n        self.f.write(str(loss))\n",
    }
    assert "the repository has ResultLogger of its own" in str(actions(texts, 6)[0].what)
