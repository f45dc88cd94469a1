from tests.reading import read

CODE = """
import torch
import torch.nn as nn
from torch.utils.checkpoint import checkpoint

class Net(nn.Module):
    def __init__(self):
        self.scale = nn.Parameter(torch.ones(1))
        self.conv = nn.Conv2d(1, 1, 1)
        self.register_buffer('mean', torch.zeros(1))
        self.register_parameter('bias', None)
        self.helper = Helper()

    def forward(self, x):
        return checkpoint(self.conv, x)

    def freeze(self):
        for p in self.conv.parameters():
            p.requires_grad = False
        self.conv.requires_grad_(False)

    def train(self, mode=True):
        for m in self.modules():
            if isinstance(m, nn.BatchNorm2d):
                m.eval()

class Helper:
    pass
"""


def test_what_a_module_registers_saves_and_freezes() -> None:
    found = {(one.kind, one.name, one.at.line) for one in read({"net.py": CODE}).parameters if one.owner == "Net"}
    assert found == {
        ("parameter", "scale", 8),
        ("submodule", "conv", 9),
        ("buffer", "mean", 10),
        ("parameter", "bias", 11),
        ("checkpointing", "checkpoint", 15),
        ("frozen", "p", 19),
        ("frozen", "self.conv", 20),
        ("norm_eval", "isinstance(m, nn.BatchNorm2d)", 25),
    }


def test_code_without_torch_has_none() -> None:
    assert read({"a.py": "class A:\n    def __init__(self):\n        self.x = B()\n"}).parameters == ()


def test_seeds_and_switches() -> None:
    code = "import torch\ntorch.manual_seed(0)\ntorch.backends.cudnn.benchmark = True\nx = torch.zeros(1)\n"
    assert [(one.kind, one.text, one.at.line) for one in read({"a.py": code}).determinism] == [
        ("seed", "torch.manual_seed(0)", 2),
        ("benchmark", "torch.backends.cudnn.benchmark = True", 3),
    ]


def test_seeds_of_scripts_that_train_are_kept_beside_those_of_the_best() -> None:
    seeds = "import torch\ntorch.manual_seed(1)\n"
    trains = "if __name__ == '__main__':\n    loss.backward()\n    optimizer.step()\n"
    found = read({"README.md": "```\npython a/train.py\n```\n", "a/train.py": trains, "train.py": seeds + trains})
    assert [one.at.path for one in found.determinism] == ["train.py"]
