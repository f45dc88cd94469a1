"""Each way in which projects tie a name to a class, in its smallest form."""

import pytest

from repotriage.models.reading import Registered
from repotriage.reading.lookup import look_up
from tests.reading import read

NET = "class Net: pass\nclass Big: pass\n"


def hits(texts: dict[str, str], name: str) -> list[Registered]:
    return [one for one in read(texts).registered if one.name == name]


@pytest.mark.parametrize(
    ("name", "code", "symbol"),
    [
        # objects that hold a name and a class
        ("lion", "OPTIMS = [Info(name='lion', opt_class=Net)]", "Net"),
        ("lion", "registry.add(Info('lion', Net))", "Net"),
        # nested mappings
        ("text", "TASKS = {'text': {'impl': Net, 'tf': ()}}", "Net"),
        ("rcnn", "MODELS = {'detect': {'rcnn': Net}}", "Net"),
        ("bert", "MODELS = {'bert': (Net, Big)}", "Net"),
        ("bert", "MODELS = {'bert': 'net.Net'}", "Net"),
        ("bert", "MODELS = {'bert': ('net', 'Net')}", "Net"),
        ("fast", "METHODS['fast'] = Config(model=Net)", "Net"),
        ("Net", "MODELS = {one.__name__: one for one in (Net, Big)}", "Net"),
        ("silu", "ACT = dict(silu=Net if has else Big)", "Net"),
        ("cifar", "DATA.update([Net.creator('cifar', seed) for seed in range(3)])", "Net"),
        # constants as names
        ("cosine", "class Kind(Enum):\n    COSINE = 'cosine'\nS = {Kind.COSINE: Net}", "Net"),
        ("cosine", "COSINE = 'cosine'\nS = {COSINE: Net}", "Net"),
        (
            "shake",
            "class A:\n  R, S = 'resnet shake'.split()\n  def f(self, x):\n    if x == self.S: return Net(1)",
            "Net",
        ),
        # branches
        ("ecam", "def get(x):\n    if x == 'ecam':\n        made = partial(Net, mlp=True)\n    return made", "Net"),
        ("vgg", "def get(x):\n    if 'vgg' in x:\n        from net import Net as b\n    return b()", "Net"),
        (
            "vgg",
            """def get(x):
                if 'vgg' in x:
                    from net import Net as b
                elif 'big' in x:
                    from net import Big as b
                return b()""",
            "Net",
        ),
        ("coco", "def get(x):\n    if x == 'coco':\n        all.append(Net(x))", "Net"),
        ("res", "def get(x):\n    if x.startswith('res'):\n        return Net(x).to(device)", "Net"),
        ("run", "if __name__ == '__main__':\n    if args.task == 'run':\n        Exp = Net", "Net"),
        # calls that register, with and without an object
        ("vit", "register_vision_model('vit', Net)", "Net"),
        ("vit", "factory.register('vit', Net)", "Net"),
        ("base", "cs.store(name='base', node=Net)", "Net"),
        ("dino", "@FUNCS.registe_with_name(module_name='dino')\ndef Net(): pass", "Net"),
        (
            "lstm",
            "class A:\n  def __init__(self, x):\n    if x == 'lstm':\n      self.x = nn.Sequential(Net(1))",
            "Net",
        ),
        # names that classes give themselves
        ("mine", "class Mine:\n    model_type = 'mine'", "Mine"),
    ],
)
def test_a_name_leads_to_its_class(name: str, code: str, symbol: str) -> None:
    texts = {"net.py": NET, "main.py": f"from net import Net, Big\nfrom functools import partial\n{code}\n"}
    assert symbol in [one.symbol.rpartition(".")[2] for one in hits(texts, name)]


@pytest.mark.parametrize(
    "code",
    [
        "loop.register(Net)",
        "@dataclass\nclass Settings:\n    name = 'thing'",
        "layers = [Dense(4, name='thing')]",
        "x = {'thing': 4}",
    ],
)
def test_what_only_looks_like_it_registers_nothing(code: str) -> None:
    assert hits({"main.py": f"from net import Net\n{code}\n", "net.py": NET}, "thing") == []
    assert hits({"main.py": f"from net import Net\n{code}\n", "net.py": NET}, "Net") == []


def test_an_old_name_leads_to_what_the_new_one_leads_to() -> None:
    texts = {
        "a.py": (
            "@register_model\ndef net_a(): pass\n"
            "register_model_deprecations(__name__, {'net_old': 'net_a.tag'})\n"
            "TASK_ALIASES = {'sentiment': 'net_a'}\n"
        )
    }
    assert [(one.symbol, one.at.line) for one in hits(texts, "net_old")] == [("net_a", 2)]
    assert [one.symbol for one in hits(texts, "sentiment")] == ["net_a"]


def test_modules_that_are_imported_by_name() -> None:
    texts = {
        "models/__init__.py": (
            "import importlib\ndef find(name):\n    path = 'models.' + name + '_model'\n"
            "    return importlib.import_module(path)\n"
        ),
        "models/cycle_gan_model.py": "class Helper: pass\nclass CycleGANModel: pass\nclass Other: pass\n",
        "models/networks.py": "class Net: pass\n",
        "run.py": "import importlib\nmod = importlib.import_module(f'nets.{name}')\n",
        "nets/vit.py": "class _Part: pass\ndef Model(): return _Part()\n",
    }
    assert [(one.symbol, str(one.at)) for one in hits(texts, "cycle_gan")] == [
        ("CycleGANModel", "models/cycle_gan_model.py:2")
    ]
    assert hits(texts, "networks") == []
    assert [(one.symbol, one.makes) for one in hits(texts, "vit")] == [("Model", "_Part")]


def test_a_name_of_a_class_that_no_import_brings() -> None:
    texts = {
        "auto.py": "MODEL_MAPPING_NAMES = OrderedDict([('bert', 'BertModel'), ('two', 'Twice')])\n",
        "bert/modeling.py": "class BertModel: pass\nclass Twice: pass\n",
        "other.py": "class Twice: pass\n",
    }
    assert [str(one.at) for one in hits(texts, "bert")] == ["bert/modeling.py:1"]
    assert hits(texts, "two") == []  # two files define it: not guessed


def test_the_class_that_a_registered_function_makes() -> None:
    texts = {
        "a.py": (
            "class Vit: pass\n"
            "def build(cls, name): return cls(name)\n"
            "def _create(name): return build(Vit, name)\n"
            "@register_model\ndef vit_b() -> 'Vit': return _create('vit_b')\n"
            "@register_model\ndef vit_s(x):\n    model = _create('s')\n    return model\n"
            "@register_model\ndef loops(): return loops()\n"
        )
    }
    made = {name: [(one.makes, str(one.makes_at)) for one in hits(texts, name)] for name in ("vit_b", "vit_s")}
    assert made == {"vit_b": [("Vit", "a.py:1")], "vit_s": [("Vit", "a.py:1")]}
    assert hits(texts, "loops")[0].makes is None


def test_a_second_name_and_an_import_that_a_function_shares_its_name_with() -> None:
    texts = {
        "data/loader.py": "class Hourly: pass\n",
        "data/factory.py": "from data.loader import Hourly\nKINDS = {'h': Hourly}\ndef data(x): return KINDS[x]\n",
        "nets.py": "def net_v1(): pass\nnet = net_v1\n",
        "main.py": "import nets\nmodel = nets.__dict__[args.arch]()\n",
    }
    assert [str(one.at) for one in hits(texts, "h")] == ["data/loader.py:1"]
    assert [(one.symbol, str(one.at)) for one in hits(texts, "net")] == [("net_v1", "nets.py:1")]


def test_configurations_of_each_kind() -> None:
    reading = read(
        {
            "lib/net.py": "class Net: pass\nclass Head: pass\n@MODELS.register_module()\nclass Reg: pass\n",
            "configs/base.py": "data = dict(type='Reg')\n",
            "configs/a.py": (
                "with read_base():\n    from .base import *\nfrom lib.net import Net\n"
                "optim = dict(type=Head)\nmodel = dict(type=Net)\n"
            ),
            "configs/lazy.py": (
                "from .base import data\nfrom d.config import LazyCall as L\n"
                "from lib.net import Net\nmodel = L(Net)()\n"
            ),
            "conf/train.yaml": "defaults:\n  - _self_\n  - model: net\n  - override /optim: adam\nseed: 1\n",
            "conf/model/net.yaml": "_target_: lib.net.Net\n",
            "conf/optim/adam.yaml": "lr: 1\n",
            "tools/cfgs/x.yaml": "DATA:\n    _BASE_CONFIG_: cfgs/data/d.yaml\n",
            "tools/cfgs/data/d.yaml": "NAME: Reg\n",
            "model_configs/ViT-B.json": '{\n "width": 3\n}\n',
        }
    )
    assert look_up(reading, "configs/a.py").inherited == ("configs/base.py",)
    assert dict(next(one for one in reading.configs if one.path == "configs/a.py").names) == {"Net": 5, "Head": 4}
    assert look_up(reading, "lazy").inherited == ("configs/base.py",)
    assert [one.symbol for one in look_up(reading, "train.yaml").hits] == ["Net"]
    assert look_up(reading, "train.yaml").inherited == ("conf/model/net.yaml", "conf/optim/adam.yaml")
    assert [one.symbol for one in look_up(reading, "model=net").hits] == ["Net"]
    assert [one.symbol for one in look_up(reading, "tools/cfgs/x.yaml").hits] == ["Reg"]
    assert look_up(reading, "ViT-B").config == "model_configs/ViT-B.json"
