import pytest
from hypothesis import given
from hypothesis import strategies as st

from repotriage.models.reading import Registered
from tests.reading import read


def found(texts: dict[str, str], name: str) -> list[tuple[str, str, str, list[str]]]:
    return [_short(one) for one in read(texts).registered if one.name == name]


def _short(one: Registered) -> tuple[str, str, str, list[str]]:
    return one.registry, one.symbol, str(one.at), [str(place) for place in one.via]


def test_a_decorator_with_a_registry_of_its_own_file() -> None:
    texts = {
        "lib/registry.py": "from mm import Registry\n\nMODELS = Registry('models')\n",
        "lib/net.py": (
            "from .registry import MODELS\n\n@MODELS.register_module(name=['Net', 'N'])\nclass TheNet:\n    pass\n"
        ),
        "configs/base.py": "model = dict(type='Net')\n",
        "configs/a.py": "_base_ = ['./base.py']\n",
    }
    assert found(texts, "Net") == [
        ("MODELS", "TheNet", "lib/net.py:4", ["configs/base.py:1", "lib/registry.py:3", "lib/net.py:3"])
    ]
    assert [one[1] for one in found(texts, "N")] == ["TheNet"]
    config = next(one for one in read(texts).configs if one.path == "configs/a.py")
    assert config.bases == ("configs/base.py",)


def test_a_function_that_registers_and_the_tags_of_its_weights() -> None:
    texts = {
        "lib/_registry.py": "def register_model(fn):\n    return fn\n",
        "lib/net.py": (
            "from ._registry import register_model\n"
            "default_cfgs = generate_default_cfgs({'net_a.tag1': _cfg(url='x'), 'other.x': _cfg()})\n\n"
            "@register_model\ndef net_a(pretrained=False):\n    return 1\n"
        ),
    }
    assert found(texts, "net_a") == [
        ("register_model", "net_a", "lib/net.py:5", ["lib/_registry.py:1", "lib/net.py:4"])
    ]
    assert found(texts, "net_a.tag1") == [("default_cfgs", "net_a", "lib/net.py:5", ["lib/net.py:2"])]
    assert found(texts, "other.x") == []


def test_names_that_a_decorator_gives() -> None:
    texts = {
        "a.py": (
            "@register_model_architecture('transformer', 'transformer_tiny')\ndef tiny(args): pass\n"
            "@META_ARCH_REGISTRY.register()\nclass RCNN: pass\n"
            "@registry.register_model('blip')\nclass Blip: pass\n"
            "@torch.library.register_fake('x::y')\ndef fake(): pass\n"
        )
    }
    assert found(texts, "transformer_tiny")[0][:2] == ("register_model_architecture:transformer", "tiny")
    assert found(texts, "RCNN")[0][:2] == ("META_ARCH_REGISTRY", "RCNN")
    assert found(texts, "blip")[0][:2] == ("register_model", "Blip")
    assert found(texts, "x::y") == []


def test_calls_that_register() -> None:
    texts = {
        "a.py": (
            "import torch.nn as nn\n"
            "MODELS.register_module('Linear', module=nn.Linear)\n"
            "for module in [nn.ReLU, nn.GELU]:\n    MODELS.register_module(module=module)\n"
            "register(id='Env-v0', entry_point='envs.car:Car')\n"
        ),
        "envs/car.py": "class Car: pass\n",
    }
    assert found(texts, "Linear") == [("MODELS", "torch.nn.Linear", "a.py:2", ["a.py:2"])]
    assert found(texts, "GELU")[0][1] == "torch.nn.GELU"
    assert found(texts, "Env-v0") == [("entry_point", "Car", "envs/car.py:1", ["a.py:5"])]


def test_mappings_of_names_to_classes() -> None:
    texts = {
        "nets/__init__.py": "from .res import *\n",
        "nets/res.py": "class Res: pass\ndef make(): pass\n",
        "main.py": (
            "import nets\nfrom functools import partial\nfrom collections import OrderedDict\n"
            "ARCHS = {'res': nets.Res, 'lazy': lambda x: nets.make(x), 'part': partial(nets.Res, 3), 'n': 5}\n"
            "MODEL_MAPPING_NAMES = OrderedDict([('bert', 'Bert')])\n"
            "class Bert: pass\nARCHS['late'] = Bert\n"
        ),
    }
    assert found(texts, "res") == [("ARCHS", "Res", "nets/res.py:1", ["main.py:4"])]
    assert found(texts, "lazy")[0][1] == "make"
    assert found(texts, "part")[0][1] == "Res"
    assert found(texts, "bert")[0][:3] == ("MODEL_MAPPING_NAMES", "Bert", "main.py:6")
    assert found(texts, "late")[0][1] == "Bert"
    assert found(texts, "n") == []


def test_factories() -> None:
    texts = {
        "models.py": "class Big: pass\ndef small(): pass\ndef _hidden(): pass\n",
        "main.py": (
            "import models\n"
            "def build(name):\n"
            "    if name == 'big' or name in ('huge', 'large'):\n        return models.Big()\n"
            "    elif name == 'other':\n        print(name)\n"
            "    return models.__dict__[name]()\n"
        ),
    }
    assert {name: [one[1] for one in found(texts, name)] for name in ("big", "huge", "other", "small", "_hidden")} == {
        "big": ["Big"],
        "huge": ["Big"],
        "other": [],
        "small": ["small"],
        "_hidden": [],
    }


def test_targets_of_yaml_and_of_lazy_configurations() -> None:
    texts = {
        "src/net.py": "class Net: pass\n",
        "configs/model.yaml": "model:\n  _target_: src.net.Net\n  other: 1\n  _target_x: y\n",
        "configs/lazy.py": (
            "from d.config import LazyCall as L\nfrom src.net import Net\nmodel = L(Net)(depth=L(Gone)())\n"
        ),
    }
    assert found(texts, "src.net.Net")[0][:3] == ("_target_", "Net", "src/net.py:1")
    assert found(texts, "Net")[0][:3] == ("LazyConfig", "Net", "src/net.py:1")
    assert found(texts, "Gone") == []


def test_imports_in_a_circle_end() -> None:
    texts = {
        "a.py": "from b import x\nfrom b import *\n",
        "b.py": "from a import x\nfrom a import *\n",
        "main.py": "from a import x\nD = {'x': x}\n",
    }
    assert found(texts, "x") == []


@given(st.text(alphabet="ab.=@()[]{}'\n :register", max_size=80))
def test_any_text_is_read(text: str) -> None:
    read({"configs/a.py": text, "configs/a.yaml": text})


@pytest.mark.parametrize("piece", ["_target_: a.b\n", "a: " + "x" * 400 + "\n", "type: A\n"])
def test_long_configurations_are_cheap(piece: str) -> None:
    read({"configs/a.yaml": piece * (60_000 // len(piece))})


def test_calls_that_make_settings_and_choices_and_branches_in_branches() -> None:
    texts = {
        "a.py": (
            "import settings\n"
            "CONFIGS = {'ViT-B_16': settings.get_b16_config()}\n"
            "attention = Linear() if kind == 'linear' else Full()\n"
            "def build(config):\n"
            "    if config['type'] == 'fpn':\n"
            "        if config['size'] == (8, 2):\n"
            "            return Fpn(config)\n"
            "class Linear: pass\nclass Fpn: pass\n"
            "register_template(template_name='chat', system='s')\n"
        ),
        "settings.py": "def get_b16_config():\n    return 1\n",
    }
    assert found(texts, "ViT-B_16") == [("CONFIGS", "get_b16_config", "settings.py:1", ["a.py:2"])]
    assert found(texts, "linear")[0][1:3] == ("Linear", "a.py:8")
    assert found(texts, "fpn")[0][1:3] == ("Fpn", "a.py:9")
    assert found(texts, "chat")[0][0:3:2] == ("register_template", "a.py:10")
