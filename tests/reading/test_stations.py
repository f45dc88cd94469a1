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


def places(texts: dict[str, str], kind: str) -> list[str]:
    return [f"{one.at} {one.symbol}" for one in read(texts).stations if one.kind == kind]


def registered(name: str) -> str:
    return "from .registry import MODELS\n" + NET.replace("class Net", f"@MODELS.register_module()\nclass {name}")


START = "if __name__ == '__main__':\n    main()\n"


def test_what_a_configuration_asks_for_is_read_though_nothing_imports_it() -> None:
    texts = {
        "README.md": "```\npython tools/train.py configs/b.py\n```\n",
        "tools/train.py": "from lib.registry import MODELS\nrunner.train()\nloss.backward()\n" + START,
        "lib/registry.py": "MODELS = Registry('models')\n",
        "lib/a.py": registered("Anet"),
        "lib/b.py": registered("Bnet"),
        "lib/data.py": "from far import Base\n@MODELS.register_module()\nclass OurDataset(Base):\n    pass\n",
        "configs/base.py": "kind = 'OurDataset'\ndata = dict(type=kind)\n",
        "configs/b.py": "_base_ = ['base.py']\nmodel = dict(type='Bnet')\n",
    }
    assert places(texts, "model")[0] == "lib/b.py:6 Bnet"
    assert places(texts, "data")[0] == "lib/data.py:3 OurDataset"


def test_the_configuration_of_hydra_is_that_of_its_decorator() -> None:
    texts = {
        "train.py": (
            "import hydra\n@hydra.main(config_path='conf', config_name='train')\n"
            "def main(cfg):\n    trainer.fit(model)\n" + START
        ),
        "conf/train.yaml": "defaults:\n  - model: net\nseed: 3\n",
        "conf/model/net.yaml": "_target_: lib.b.Net\nlr: 0.1\n",
        "lib/a.py": NET,
        "lib/b.py": NET,
    }
    assert places(texts, "model")[0] == "lib/b.py:4 Net"
    settings = {one.name: (one.value, str(one.at)) for one in read(texts).main_hyperparameters}
    assert set(settings) == {"seed", "lr"}
    assert settings["seed"] == ("3", "conf/train.yaml:3")
    assert settings["lr"] == ("0.1", "conf/model/net.yaml:2")


def test_tests_and_what_only_sounds_alike_are_no_stations() -> None:
    texts = {
        "train.py": (
            "import torch\nfrom net import Net, Backbone, Boxes\nmodel = torch.nn.DataParallel(model)\n"
            "LOSS_REGISTRY = Registry('loss')\n"
            "def validate_flags_or_throw(flags):\n    a = 1\n    b = 2\n    return a\n"
            "def test_dataloader():\n    a = 1\n    b = 2\n    return a\n"
            "loss.backward()\n"
        ),
        "net_test.py": "class NetTest:\n    def test_it(self):\n        model = 1\n        a = 2\n        b = 3\n",
        "net.py": (
            "class Backbone:\n    def validate(self):\n        raise NotImplementedError\n\n\n"
            "class Boxes:\n    def __getitem__(self, i):\n        return i\n    def __len__(self):\n        return 1\n"
        ),
    }
    found = read(texts).stations
    assert [f"{one.at} {one.symbol}" for one in found if one.kind in ("evaluation", "loss", "model")] == []
    assert [one.symbol for one in found if one.kind == "data" and one.symbol == "Boxes"] == []


def test_estimators_and_classes_without_a_known_base() -> None:
    texts = {
        "run.py": (
            "import tensorflow as tf\nimport modeling\ndef model_fn(features):\n    model = modeling.Bert(features)\n"
            "    logits = [classifier(x) for x in features]\n    accuracy = tf.reduce_mean(x)\n"
            "estimator.train(input_fn=f)\nestimator.evaluate(input_fn=f)\n" + START
        ),
        "modeling.py": "class Bert(object):\n    def __init__(self, x):\n        self.x = x\n",
    }
    assert "modeling.py:1 Bert" in places(texts, "model")
    assert places(texts, "evaluation") == ["run.py:8 estimator.evaluate"]
    assert "run.py:7 estimator.train" in places(texts, "update")
    assert places(texts, "forward") == ["run.py:5 classifier"]
    assert places(texts, "metrics") == ["run.py:6 accuracy"]


def test_what_saves_the_model_comes_before_what_saves_predictions() -> None:
    texts = {
        "train.py": "import torch\nfrom keep import Checkpointer\ntorch.save(model, 'm.pth')\nloss.backward()\n"
        + START,
        "evaluate.py": "import torch\ntorch.save(predictions, 'p.pth')\n",
        "keep.py": "class Checkpointer:\n    pass\n",
    }
    assert places(texts, "checkpoint")[:2] == ["train.py:3 torch.save", "keep.py:1 Checkpointer"]


STEP = "loss.backward()\noptimizer.step()\n"


def test_what_is_built_is_found_below_what_wraps_it_and_before_its_parts() -> None:
    texts = {
        "train.py": "from build import make_model\nmodel = make_model()\n" + STEP + START,
        "build.py": (
            "import torch\nfrom net import Net, Big\n"
            "def make_model():\n    net = torch.nn.DataParallel(Net().to('cuda'))\n    return net\n"
        ),
        "net.py": (
            "import torch.nn as nn\nclass Big(nn.Module):\n    def __init__(self):\n"
            + "        self.x = 1\n" * 100
            + "    def forward(self, x):\n        return x\n"
            "class Net(nn.Module):\n    def __init__(self):\n        self.encoder = Big()\n"
            "    def forward(self, x):\n        return self.encoder(x)\n"
        ),
    }
    found = places(texts, "model")
    assert [one for one in found if one.startswith("net.py")] == ["net.py:106 Net"]
    assert not any("encoder" in one for one in found + places(texts, "forward"))


def test_an_option_chooses_the_model() -> None:
    zoo = "".join(f"class {name}(nn.Module):\n    def forward(self, x):\n        return x\n" for name in ("Abc", "Net"))
    texts = {
        "train.py": (
            "import argparse\nimport zoo\np = argparse.ArgumentParser()\np.add_argument('--arch', default='Net')\n"
            "model = zoo.__dict__[args.arch]()\n" + STEP + START
        ),
        "zoo.py": "import torch.nn as nn\n" + zoo,
    }
    assert places(texts, "model")[0] == "zoo.py:5 Net"
    command = {"README.md": "```\npython train.py --arch Abc\n```\n"}
    assert places(texts | command, "model")[0] == "zoo.py:2 Abc"


def test_a_shell_script_hands_the_configuration_on() -> None:
    texts = {
        "README.md": "```\n./tools/dist_train.sh ./configs/b.py 8\n```\n",
        "tools/dist_train.sh": "python -m torch.distributed.launch $(dirname $0)/train.py $1\n",
        "tools/train.py": "import lib\nmodel = build(cfg)\nrunner.run(loaders)\n" + START,
        "lib/__init__.py": "from . import a, b, steps\n",
        "lib/registry.py": "MODELS = Registry('models')\nPIPELINES = Registry('pipelines')\n",
        "lib/a.py": registered("Anet"),
        "lib/b.py": registered("Bnet"),
        "lib/steps.py": "from .registry import PIPELINES\n@PIPELINES.register_module()\nclass Crop:\n    pass\n",
        "configs/b.py": "model = dict(type='Bnet')\npipeline = [dict(type='Crop')]\n",
    }
    assert places(texts, "model")[0] == "lib/b.py:6 Bnet"
    assert places(texts, "transforms") == ["lib/steps.py:3 Crop"]
    assert places(texts, "update") == ["tools/train.py:3 runner.run"]


def test_a_trainer_that_is_here_is_told_by_its_steps() -> None:
    texts = {
        "train.py": "from engine import Trainer\ntrainer = Trainer()\ntrainer.train()\n" + START,
        "engine.py": "class Trainer:\n    def train(self):\n        " + STEP.replace("\n", "\n        ") + "\n",
        "adam.py": (
            "import torch\nclass Adam(torch.optim.Optimizer):\n    def step(self):\n        self.optimizer.step()\n"
        ),
    }
    assert places(texts, "update") == ["engine.py:4 optimizer.step"]
    assert places(texts, "backward") == ["engine.py:3 loss.backward"]


def test_models_with_the_names_of_measures_and_tests_of_a_file_are_left_out() -> None:
    texts = {
        "train.py": "from zoo import test_net, net_f1\nfrom data import load_data\nmodel = net_f1()\n" + STEP + START,
        "zoo.py": (
            "from registry import register_model\n"
            + "".join(f"@register_model\ndef {name}():\n    a = 1\n    return a\n" for name in ("test_net", "net_f1"))
            + "def log_metrics(x):\n    a = 1\n    return a\n"
        ),
        "data.py": (
            "import torch\ndef load_other_data():\n    a = 1\n    b = 2\n    c = 3\n    return a\n"
            "def load_data():\n    a = 1\n    return a\n"
            "if __name__ == '__main__':\n    loader = torch.utils.data.DataLoader(x)\n"
        ),
    }
    assert places(texts, "evaluation") == []
    assert places(texts, "metrics") == []
    assert places(texts, "data") == ["data.py:7 load_data", "data.py:2 load_other_data"]


def test_the_evaluation_script_is_shown_where_nothing_in_it_is_known() -> None:
    texts = {
        "README.md": "```\npython train.py\npython evaluate.py\n```\n",
        "train.py": STEP + START,
        "evaluate.py": "def main():\n    measure(load())\n" + START,
    }
    assert places(texts, "evaluation") == ["evaluate.py:1 main"]


def test_progress_that_is_printed_is_told_where_no_logger_is() -> None:
    printed = "print(f'epoch {epoch} loss {loss}')\n"
    assert places({"train.py": STEP + printed + START}, "logging") == ["train.py:3 print"]
    writer = "from tensorboardX import SummaryWriter\nwriter = SummaryWriter()\n"
    assert places({"train.py": writer + STEP + printed + START}, "logging") == ["train.py:2 tensorboardX.SummaryWriter"]


def test_predictions_are_no_checkpoint() -> None:
    text = "import torch\ntorch.save(features, 'f.pt')\ntorch.save(model.state_dict(), 'm.pt')\n" + STEP + START
    assert places({"train.py": text}, "checkpoint")[0] == "train.py:3 torch.save"


def test_a_shell_script_stands_for_what_it_starts() -> None:
    texts = {
        "README.md": "```\nbash train.sh\n```\n",
        "train.sh": "python tools/run.py --lr 0.1\n",
        "tools/run.py": "from net import Net\nparser.add_argument('--lr', default=1)\nmodel = Net()\n" + STEP + START,
        "net.py": NET,
    }
    assert places(texts, "model")[0] == "net.py:4 Net"
    assert places(texts, "backward") == ["tools/run.py:4 loss.backward"]
    assert [one.name for one in read(texts).main_hyperparameters] == ["lr"]


def test_a_class_of_a_module_of_models_is_one_whatever_its_name_and_base() -> None:
    texts = {
        "train.py": "from model import Transformer\nm = Transformer(hp)\n" + STEP,
        "model.py": "class Transformer:\n    def train(self, x):\n        return x\n",
    }
    assert "model.py:1 Transformer" in places(texts, "model")


def test_what_the_log_says_in_the_loop_comes_before_what_it_says_once() -> None:
    logged = "for i in x:\n    logger.info('epoch %d loss %f', i, loss)\nlogger.info('epochs: 3')\n"
    assert places({"train.py": STEP + logged + START}, "logging")[0] == "train.py:4 logger.info"


def test_a_class_in_capitals_and_an_architecture_by_its_number_are_models() -> None:
    part = "\nclass Part(nn.Module):\n    def forward(self, x):\n        return x\n"
    net = NET.replace("class Net", f"{part}\nclass GAT").replace(
        "__init__()\n", "__init__()\n        self.part1 = Part()\n"
    )
    net += "\ndef wide50(**kw):\n    return GAT(**kw)\n"
    for made in ("GAT", "wide50"):
        main = TRAIN.replace("import Net", f"import {made}").replace("= Net()", f"= {made}()")
        found = read({"README.md": "```\npython train.py\n```\n", "train.py": main, "net.py": net}).stations
        model = next(one for one in found if one.kind == "model")
        assert (model.symbol, model.at.path) == ("GAT", "net.py")


def test_what_a_switch_turns_on_comes_after_what_is_usual() -> None:
    main = TRAIN.replace("import Net", "import Net, Odd").replace(
        "    model = Net()", "    if args.odd:\n        model = Odd()\n    else:\n        model = Net()"
    )
    main += "parser.add_argument('--odd', action='store_true', help='x')\n"
    odd = NET.replace("class Net", "class Odd").replace("import torch.nn as nn", "")
    found = read(
        {"README.md": "```\npython train.py\n```\n", "train.py": main, "net.py": f"import torch.nn as nn{odd}{NET}"}
    )
    assert next(one.symbol for one in found.stations if one.kind == "model") == "Net"


def test_a_scaler_that_takes_loss_and_optimizer_is_backward_and_update() -> None:
    main = TRAIN.replace(
        "        loss.backward()\n        optimizer.step()", "        loss_scaler(loss, optimizer, clip_grad=1)"
    )
    found = read({"README.md": "```\npython train.py\n```\n", "train.py": main, "net.py": NET}).stations
    assert [one.symbol for one in found if one.kind in ("backward", "update")] == ["loss_scaler", "loss_scaler"]


def test_of_projects_side_by_side_the_evaluation_is_that_of_the_training() -> None:
    both = TRAIN.replace("def main():", "def main():\n    if args.evaluate:\n        return validate(model, loader)")
    test = "import torch\ndef test(model):\n    model.eval()\nif __name__ == '__main__':\n    test(model)\n"
    texts = {
        "README.md": "# Age and depth\n",
        "age/README.md": "```\npython train.py\n```\n",
        "depth/README.md": "```\npython train.py\n```\n## Evaluate\n```\npython test.py\n```\n",
        "age/train.py": both, "age/net.py": NET, "depth/train.py": TRAIN, "depth/net.py": NET, "depth/test.py": test,
    }  # fmt: skip
    places = [one.at.path for one in read(texts).stations if one.kind == "evaluation"]
    assert set(places) == {"age/train.py"}


def test_an_experiment_that_is_called_a_test_is_read() -> None:
    found = read({"README.md": "# TCN\n", "tcn/add_test.py": f"import argparse\n{TRAIN}", "tcn/net.py": NET})
    assert [(one.role, one.path) for one in found.entry_points][:1] == [("train", "tcn/add_test.py")]
    assert {one.at.path for one in found.stations if one.kind in ("backward", "update")} == {"tcn/add_test.py"}
    collected = read({"README.md": "# TCN\n", "tcn/add_test.py": f"{TRAIN}\ndef test_add():\n    train()\n"})
    assert collected.entry_points == ()


def test_a_loss_that_is_only_measured_comes_after_the_one_that_is_trained_by() -> None:
    main = TRAIN.replace("loss = criterion(output, y)\n        loss", "cost = criterion(output, y)\n        cost")
    main = main.replace("    criterion = torch.nn.CrossEntropyLoss()\n", "")
    test = "from net import Net\ndef test(model, criterion):\n    model.eval()\n    valid_loss_avg = Loss()\n"
    test += "    text_for_loss = encode()\n    loss = criterion(model(x), y)\nif __name__ == '__main__':\n    test()\n"
    readme = "```\npython train.py\npython test.py\n```\n"
    found = read({"README.md": readme, "train.py": main, "test.py": test, "net.py": NET}).stations
    assert next((one.symbol, one.at.path) for one in found if one.kind == "loss") == ("cost", "train.py")
    assert "text_for_loss" not in {one.symbol for one in found}


def test_the_scaled_step_is_the_update_and_the_plain_one_its_fallback() -> None:
    code = "if scaler is None:\n    optimizer.step()\nelse:\n    scaler.step(optimizer)\n" + START
    assert places({"train.py": code}, "update") == ["train.py:4 scaler.step", "train.py:2 optimizer.step"]


def test_steps_of_the_evaluation_and_of_helpers_are_not_those_of_the_training() -> None:
    texts = {
        "train.py": "import helper\ndef train():\n    loss.backward()\n    optimizer.step()\n" + START,
        "helper.py": "def apply_loss(self):\n    loss.backward()\n    optimizer.step()\n",
        "evaluate.py": "def optimize_latent():\n    loss.backward()\n    opt.step()\n" + START,
        "README.md": "```\npython train.py\npython evaluate.py\n```\n",
    }
    assert places(texts, "update") == ["train.py:4 optimizer.step"]
    assert places(texts, "backward") == ["train.py:3 loss.backward"]


def test_what_trains_is_no_model_though_it_is_called_one() -> None:
    texts = {
        "train.py": "from net import Net\nfrom state import NetTrainer\n"
        "model_def = Net()\nmodel = NetTrainer(model_def)\n" + STEP,
        "state.py": "class NetTrainer:\n    def update(self):\n        return 1\n",
        "net.py": NET,
    }
    assert places(texts, "model") == ["net.py:4 Net", "train.py:3 Net"]


def test_parts_are_not_told_beside_the_whole() -> None:
    texts = {
        "train.py": "from net import Net\nmodel = Net()\n" + STEP,
        "net.py": NET.replace("x\n", "x\n", 1).replace("super().__init__()", "self.up = Up()")
        + "\nclass Up(nn.Module):\n    def __init__(self):\n        pass\n\n"
        + "    def forward(self, x):\n        return x\n",
    }
    assert places(texts, "model") == ["net.py:4 Net", "train.py:2 Net"]
    assert places(texts, "forward") == ["net.py:8 Net.forward"]


def test_the_training_step_is_the_loss_only_where_none_is_known() -> None:
    module = (
        "import pytorch_lightning as pl\nfrom losses import MyLoss\nclass Lit(pl.LightningModule):\n"
        "    def __init__(self):\n        self.loss = MyLoss()\n\n"
        "    def training_step(self, batch):\n        a = 1\n        b = 2\n        return self.loss(batch)\n"
    )
    start = "from lit import Lit\nmodel = Lit()\ntrainer.fit(model)\n" + START
    loss = "import torch.nn as nn\nclass MyLoss(nn.Module):\n    def forward(self, x):\n        return x\n"
    found = places({"train.py": start, "lit.py": module, "losses.py": loss}, "loss")
    assert "losses.py:2 MyLoss" in found
    assert not any("training_step" in one for one in found)
    alone = module.replace("        self.loss = MyLoss()\n", "        self.x = 1\n")
    assert places({"train.py": start, "lit.py": alone}, "loss") == ["lit.py:7 Lit.training_step"]


def test_images_and_scalers_are_no_checkpoints() -> None:
    code = (
        "import torch\ndef load_image(name):\n    return torch.load(name).numpy()\n"
        "def setup(path):\n    self.scaler = torch.load(path)\n"
        "class Net:\n    def load_state_dict(self, state):\n        return super().load_state_dict(state)\n"
        "def resume(path):\n    state = torch.load(path)\n" + STEP + START
    )
    assert places({"train.py": code}, "checkpoint") == ["train.py:10 torch.load"]


def test_a_file_called_f1_is_no_measure() -> None:
    code = "f1 = numpy.random.choice(files)\nf1 = f1_score(x, y)\n" + STEP + START
    assert places({"train.py": code}, "metrics") == ["train.py:2 f1"]


def test_measures_in_files_of_losses_come_last() -> None:
    body = "    a = 1\n    b = 2\n    return a\n"
    texts = {
        "train.py": f"import loss, measures\ncompute_iou(x)\n{STEP}{START}",
        "loss.py": f"def compute_iou(x):\n{body}",
        "measures.py": f"def dice_coeff(x):\n{body}",
    }
    assert places(texts, "metrics")[0] == "measures.py:1 dice_coeff"


def test_the_same_in_copies_of_a_file_is_told_once() -> None:
    code = "def model_fn(features):\n    a = 1\n    return a\n" + STEP + START
    texts = {"small/main.py": code, "large/main.py": code, "README.md": "```\ncd small\npython main.py\n```\n"}
    assert places(texts, "model") == ["small/main.py:1 model_fn"]


def test_a_whole_of_a_registry_of_the_projects_own_is_a_model() -> None:
    uda = (
        "from .registry import UDA\n@UDA.register_module()\nclass Teach:\n"
        "    def forward_train(self, x):\n        return x\n"
    )
    texts = {
        "train.py": "cfg = Config.fromfile(args.config)\n" + STEP + START,
        "lib/__init__.py": "",
        "lib/registry.py": "from mmcv.utils import Registry\nUDA = Registry('uda')\n",
        "lib/teach.py": uda,
        "configs/a.py": "uda = dict(type='Teach')\n",
        "README.md": "```\npython train.py configs/a.py\n```\n",
    }
    assert places(texts, "model") == ["lib/teach.py:3 Teach"]


def test_what_a_model_makes_of_its_outputs_is_no_evaluation() -> None:
    model = NET + "\n    def inference(self, x):\n        a = 1\n        b = 2\n        return a + b\n"
    code = (
        "from net import Net\nmodel = Net()\n" + STEP + "def evaluate(model):\n    model.eval()\n    return 1\n" + START
    )
    assert places({"train.py": code, "net.py": model}, "evaluation") == ["train.py:5 evaluate"]


def test_of_registries_of_one_name_that_of_the_main_script_is_asked() -> None:
    models = "import torch.nn as nn\n" + "".join(
        f"class {name}(nn.Module):\n    def forward(self, x):\n        return x\n"
        for name in ("BertSoftmax", "BertCrf")
    )
    script = (
        "import argparse\nfrom models import {made}\nMODEL_CLASSES = {{\n    'bert': (Config, {made}),\n}}\n"
        "parser = argparse.ArgumentParser()\nparser.add_argument('--model_type')\nargs = parser.parse_args()\n"
        "config_class, model_class = MODEL_CLASSES[args.model_type]\nmodel = model_class.from_pretrained('a')\n"
        "loss = model(x)\nloss.backward()\noptimizer.step()\nif __name__ == '__main__':\n    main()\n"
    )
    texts = {
        "README.md": "```\npython run_crf.py --model_type=bert\n```\n",
        "run_a_softmax.py": script.format(made="BertSoftmax"),
        "run_crf.py": script.format(made="BertCrf"),
        "models.py": models,
    }
    assert next(one.symbol for one in read(texts).stations if one.kind == "model") == "BertCrf"


def test_a_part_of_the_model_measures_nothing_and_a_score_does() -> None:
    part = "    def _compute_score(self, x):\n        for y in x:\n            s += y\n        return s\n"
    net = f"{NET}\n{part}"
    scores = "class EntityScore:\n    def update(self, a, b):\n        self.right = a == b\n"
    texts = {"README.md": "```\npython train.py\n```\n", "train.py": TRAIN + "\nfrom scores import EntityScore\n"}
    found = read(texts | {"net.py": net, "scores.py": scores}).stations
    assert [one.symbol for one in found if one.kind == "metrics"] == ["EntityScore"]


def test_a_try_out_beside_a_class_and_a_switch_of_a_module_are_no_stations() -> None:
    net = NET + "\n    def train(self, mode=True):\n        a = 1\n        b = 2\n        return self\n"
    net += "\ndef test():\n    a = 1\n    b = 2\n    return a + b\n"
    code = "from net import Net\nmodel = Net()\nloss.backward()\n" + START
    found = {"train.py": code, "net.py": net}
    assert places(found, "evaluation") == []
    assert places(found, "update") == []


def test_a_configuration_that_a_command_names_is_read_wherever_it_is() -> None:
    texts = {
        "train.py": "cfg = load(args.file)\n" + STEP + START,
        "lib/__init__.py": "",
        "lib/nets.py": registered("Wide").replace("from .registry import MODELS", "from mmcv import MODELS"),
        "wide.yaml": "model:\n  type: Wide\n",
        "README.md": "```\npython train.py --file wide.yaml\n```\n",
    }
    assert places(texts, "model") == ["lib/nets.py:6 Wide"]
