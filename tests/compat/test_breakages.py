import pytest

from repotriage.compat.breakages import headers, removed_symbols, visit
from repotriage.parsing.python import Module, parse


def uses(text: str) -> list[tuple[str, int | None, bool]]:
    module = parse("a.py", text)
    assert isinstance(module, Module)
    return [(use.symbol, use.at.line, use.guarded) for use in visit(module)]


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("import numpy as np\nx = np.zeros(3, np.float)\n", "numpy.float"),
        ("import numpy\nx = numpy.int(3)\n", "numpy.int"),
        ("import os\nfrom torch._six import container_abcs\n", "torch._six"),
        ("import torch\ny = torch._six.inf\n", "torch._six"),
        ("import tensorflow as tf\ny = tf.contrib.layers.flatten(x)\n", "tensorflow.contrib"),
        ("import os\nimport tensorflow.contrib.slim as slim\n", "tensorflow.contrib"),
        ("from PIL import Image\ny = Image.ANTIALIAS\n", "PIL.Image.ANTIALIAS"),
        ("import os\nfrom collections import Mapping\n", "collections.Mapping"),
        ("import os\nfrom scipy.misc import imread, face\n", "scipy.misc.imread"),
        ("import pytorch_lightning as pl\nt = pl.Trainer(gpus=1)\n", "pytorch_lightning.Trainer(gpus=)"),
        ("import yaml\nx = yaml.load(f)\n", "yaml.load() without Loader="),
        (
            "import librosa\nm = librosa.filters.mel(16000, 1024)\n",
            "librosa.filters.mel() with arguments that lack their names",
        ),
        ("import gym\no, r, d, i = env.step(a)\n", "gym.Env.step() unpacked into 4 names"),
        ("import torch\nx = torch.load(path)['model']\n", "torch.load() without weights_only="),
        (
            "import os\nfrom torchvision.transforms.functional_tensor import rgb_to_grayscale\n",
            "torchvision.transforms.functional_tensor",
        ),
    ],
)
def test_a_removed_symbol_is_found_with_its_line(text: str, symbol: str) -> None:
    assert (symbol, 2, False) in uses(text)


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\nx = np.float32(1)\ny = np.int64\n",
        "import jax.numpy as np\nx = np.float(1)\n",
        "class np:\n    float = 1\nx = np.float\n",
        "from collections.abc import Mapping\n",
        "import tensorflow.compat.v1 as tf\ns = tf.Session()\n",
        "import pytorch_lightning as pl\nt = pl.Trainer(devices=1)\n",
        "x = 'np.float'  # np.float\n",
        "import yaml\nx = yaml.load(f, yaml.SafeLoader)\ny = yaml.load(f, Loader=L)\nz = yaml.load(f, **more)\n",
        "import librosa\nm = librosa.filters.mel(sr=16000, n_fft=1024)\ny, sr = librosa.load(path, sr=None)\n",
        "import gym\no, r, t, u, i = env.step(a)\nopt.step()\n",
        "o, r, d, i = env.step(a)\n",
        "import torch\nm.load_state_dict(torch.load(path))\n",
        "import torch\ndef f(m):\n    w = torch.load(path)\n    m.load_state_dict(w)\n",
        "import torch\nx = torch.load(path, weights_only=False)['model']\n",
        "import tensorflow as tf\ntf = tf.compat.v1\ns = tf.Session()\n",
        "import numpy as np\ndef f(np):\n    return np.float\n",
    ],
)
def test_what_only_looks_alike_is_left_alone(text: str) -> None:
    assert uses(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    from collections.abc import Mapping\nexcept ImportError:\n    from collections import Mapping\n",
        "import torch\nif hasattr(torch, '_six'):\n    x = torch._six.inf\n",
        "import torch\nx = torch._six.inf if torch.__version__ < '2' else 0\n",
        "import torch\nOLD = torch.__version__ < '2'\nif OLD:\n    from torch._six import inf\n",
        "import torch\ndef f():\n    if torch.__version__ >= '2':\n        return 0\n    return torch._six.inf\n",
        "import contextlib\nwith contextlib.suppress(ImportError):\n    from torch._six import inf\n",
    ],
)
def test_a_use_that_is_prepared_for_its_absence_is_guarded(text: str) -> None:
    assert [guarded for _, _, guarded in uses(text)] == [True]


def test_a_stand_in_for_an_import_that_failed_is_no_other_meaning() -> None:
    text = "try:\n    import tensorflow as tf\nexcept ImportError:\n    tf = None\ns = tf.Session()\n"
    assert uses(text) == [("tensorflow.Session", 5, False)]


def test_the_table_is_large_enough_and_names_each_symbol_once() -> None:
    keys = [(row.name, row.argument) for row in removed_symbols()]
    assert len(keys) == len(set(keys)) >= 60
    assert {row.kind for row in removed_symbols() if row.argument} == {"argument", "required", "default"}
    assert all(row.position is not None for row in removed_symbols() if row.kind in ("positional", "unpacked"))


def test_a_flag_that_looks_at_a_version_guards() -> None:
    text = (
        "import torchvision\nOLD = float(torchvision.__version__[2:4]) < 7\n"
        "if OLD:\n    from torchvision.ops.misc import _output_size\n"
    )
    assert [guarded for _, _, guarded in uses(text)] == [True]


def test_what_depends_on_the_data_is_not_certain() -> None:
    module = parse("a.py", "import torch\nx = torch.load(path)\n")
    assert isinstance(module, Module)
    assert [use.certain for use in visit(module)] == [False]


def test_a_header_that_is_gone_is_found_in_sources_alone() -> None:
    text = (
        "#include <torch/extension.h>\n  #include <THC/THC.h>\n// #include <THC/THC.h>\n#include <THC/THCAtomics.cuh>\n"
    )
    assert [(use.symbol, use.at.line) for use in headers("src/a.cu", text)] == [("THC/THC.h", 2)]
    assert list(headers("README.md", text)) == []


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("def f():\n    return np.float\n", ("f",)),
        ("def f():\n    def g():\n        return np.float\n", ("g", "f")),
        ("class A:\n    def f(self):\n        return np.float\n", ("f", "A")),
        ("class A(Base):\n    def f(self):\n        return np.float\n", ()),
        ("class A:\n    def __call__(self):\n        return np.float\n", ("A",)),
        ("@register\ndef f():\n    return np.float\n", ()),
        ("def test_f():\n    return np.float\n", ()),
        ("def f():\n    return np.float\nfire.Fire()\n", ()),
        ("x = np.float\n", ()),
    ],
)
def test_a_use_names_what_runs_it_only_when_it_is_named(text: str, inside: tuple[str, ...]) -> None:
    module = parse("a.py", f"import numpy as np\n{text}")
    assert isinstance(module, Module)
    assert [use.inside for use in visit(module)] == [inside]
