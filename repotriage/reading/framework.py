"""The framework that the code is written in."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from repotriage.data import table
from repotriage.models.snapshot import Snapshot
from repotriage.reading.python_files import PythonFile

_TF1 = re.compile(
    r"\b(?:tf|tensorflow)\.(?:placeholder|Session|contrib|app\.(?:run|flags)|get_variable|global_variables_initializer"
    r"|disable_v2_behavior|train\.(?:AdamOptimizer|GradientDescentOptimizer|Saver)|compat\.v1\.(?:Session|placeholder))\b"
)
_ASIDE = re.compile(r"(?:^|/)(?:third[_-]?party|external|vendor|tests?|docs?)/", re.IGNORECASE)


def framework(snapshot: Snapshot, python: Sequence[PythonFile]) -> str | None:
    """The framework that most files import, those at the top above all; None when none does.

    TensorFlow 1 is told apart by its API. scikit-learn counts only where there is no other.
    """
    known = {module: row["name"] for row in table("frameworks")["framework"] for module in row["modules"]}
    counts: dict[str, float] = defaultdict(float)
    for file in python:
        if _ASIDE.search(file.path):
            continue
        names = {known[top] for name in file.imports if (top := name.partition(".")[0]) in known}
        for name in names:
            counts[name] += 1 / (1 + file.path.count("/"))  # what stands at the top is the project itself
    if not counts:
        return None
    helpers = {"sklearn"} if len(counts) > 1 else set()
    best = min((name for name in counts if name not in helpers), key=lambda name: (-counts[name], name))
    if best == "tensorflow":
        texts = [
            snapshot.text(file.path) or "" for file in python if any(n.startswith("tensorflow") for n in file.imports)
        ]
        # `tf.contrib` and sessions are gone in TensorFlow 2: a third of the files, or one that uses `contrib`, decides.
        old = sum(_TF1.search(text) is not None for text in texts)
        if old * 3 >= len(texts) or any("tf.contrib." in text for text in texts):
            return "tensorflow1"
    return best
