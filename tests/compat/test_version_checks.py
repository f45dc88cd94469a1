import pytest

from repotriage.compat.version_checks import visit
from repotriage.parsing.python import Module, parse


def demands(text: str) -> list[tuple[str, str, int | None]]:
    module = parse("a.py", text)
    assert isinstance(module, Module)
    return [(check.module, check.specifier, check.at.line) for check in visit(module)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "import mmcv\nlow = '1.2.4'\nv = digit(mmcv.__version__)\nassert v >= digit(low), 'too old'\n",
            [("mmcv", ">=1.2.4", 4)],
        ),
        (
            "import mmcv\nassert (V(mmcv.__version__) > V('1')\n        and V(mmcv.__version__) != V('1.4')), 'no'\n",
            [("mmcv", ">1", 2), ("mmcv", "!=1.4", 2)],
        ),
        (
            "import mmcv\nlow = digit('1.3.0')\nhigh = digit('1.4.0')\nassert low <= digit(mmcv.__version__) < high\n",
            [("mmcv", ">=1.3.0", 4), ("mmcv", "<1.4.0", 4)],
        ),
        (
            "import torch as t\nif version.parse(t.__version__) < version.parse('1.10'):\n    raise E\n",
            [("torch", ">=1.10", 2)],
        ),
        (
            "import a\nimport b\nif V(a.__version__) < V('1') or not V(b.__version__) < V('3'):\n    raise E\n",
            [("a", ">=1", 3), ("b", "<3", 3)],
        ),
        (
            "import os\nfrom transformers.utils import check_min_version\ncheck_min_version('4.12.0.dev0')\n",
            [("transformers", ">=4.12.0", 3)],
        ),
        (
            "from transformers.utils.versions import require_version\nrequire_version('datasets>=1.8.0,<3', 'fix')\n",
            [("datasets", ">=1.8.0,<3", 2)],
        ),
    ],
)
def test_what_stops_the_program_is_found(text: str, expected: list[tuple[str, str, int | None]]) -> None:
    assert [(module, ",".join(sorted(found.split(","))), line) for module, found, line in demands(text)] == [
        (module, ",".join(sorted(found.split(","))), line) for module, found, line in expected
    ]


@pytest.mark.parametrize(
    "text",
    [
        "import torch\nassert torch.__version__ >= '1.8'\n",  # as text: what it lets pass is another matter
        "import mmcv\nif V(mmcv.__version__) < V('1'):\n    print('old')\n",
        "import mmcv\nif V(mmcv.__version__) < V('1'):\n    pass\nelse:\n    raise E\n",
        "import mmcv\nassert V(mmcv.__version__) < V('1') or FORCED\n",
        "import mmcv\ndef f():\n    assert V(mmcv.__version__) < V('1')\n",
        "import mmcv\ntry:\n    assert V(mmcv.__version__) < V('1')\nexcept AssertionError:\n    pass\n",
        "from . import mmcv\nassert V(mmcv.__version__) < V('1')\n",
        "import mmcv\nassert V(mmcv.__version__) < V('one')\n",
        "import mmcv\nassert V(mmcv.__version__) < V('1+cu110')\n",
        "import mmcv\nassert V(mmcv.ops.__version__) < V('1')\n",
        "assert V(__version__) < V('1')\n",
        "from transformers.utils.versions import require_version\nrequire_version('a @ https://x.example/a.whl')\n",
        "from transformers.utils import check_min_version\ncheck_min_version(LOWEST)\n",
    ],
)
def test_what_may_pass_is_no_demand(text: str) -> None:
    assert demands(text) == []
