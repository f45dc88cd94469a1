from repotriage.reading.stations import READING_ORDER
from tests.reading import read

TRAIN = """
import torch
from torch.utils.data import DataLoader
import torchvision.transforms as T
from net import Net

def train(model, loader, optimizer, criterion):
    for x, y in loader:
        output = model(x)
        loss = criterion(output, y)
        loss.backward()
        optimizer.step()

def validate(model, loader):
    model.eval()

def main():
    transform = T.Compose([T.ToTensor()])
    train_loader = DataLoader(data)
    model = Net()
    criterion = torch.nn.CrossEntropyLoss()
    torch.save(model.state_dict(), 'x.pth')

if __name__ == '__main__':
    main()
"""
NET = """
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()

    def forward(self, x):
        return x
"""


def test_the_stations_of_a_trainer_stand_in_reading_order() -> None:
    found = read({"train.py": TRAIN, "net.py": NET, "README.md": "```\npython train.py\n```\n"}).stations
    places = {one.kind: str(one.at) for one in reversed(found)}
    assert places["evaluation"] == "train.py:14"
    assert places["data"] == "train.py:19"
    assert places["transforms"] == "train.py:18"
    assert places["model"] in ("net.py:4", "train.py:20")
    assert places["backward"] == "train.py:11"
    assert places["update"] == "train.py:12"
    assert places["checkpoint"] == "train.py:22"
    assert {str(one.at) for one in found if one.kind == "forward"} == {"net.py:8", "train.py:9"}
    order = [READING_ORDER.index(one.kind) for one in found]
    assert order == sorted(order)


def test_phases_are_told_apart() -> None:
    found = read({"train.py": TRAIN, "net.py": NET}).stations
    phases = {(one.kind, one.at.line): one.phase for one in found if one.at.path == "train.py"}
    assert phases["backward", 11] == "train"
    assert phases["evaluation", 14] == "evaluate"
    assert phases["data", 19] == "train"


def test_tensorflow_and_jax_are_known() -> None:
    tf1 = "import tensorflow as tf\nx = tf.placeholder(1)\nop = tf.train.AdamOptimizer(1).minimize(x)\n"
    assert {one.kind for one in read({"train.py": tf1}).stations} >= {"transforms", "backward", "update"}
    jax = "import jax, optax\ndef train_step(p):\n    g = jax.grad(f)(p)\n    return optax.apply_updates(p, g)\n"
    assert {one.kind for one in read({"train.py": jax}).stations} >= {"backward", "update"}


def test_what_the_main_script_imports_comes_before_what_lies_beside() -> None:
    other = TRAIN.replace("from net import Net", "from old import Net")
    texts = {"train.py": TRAIN, "net.py": NET, "attic/deep/x.py": other, "README.md": "```\npython train.py\n```\n"}
    assert all(one.at.path != "attic/deep/x.py" for one in read(texts).stations)


def test_code_without_a_model_has_no_station() -> None:
    assert read({"hello.py": "print('hello')\n"}).stations == ()
