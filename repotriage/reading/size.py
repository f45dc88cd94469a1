"""How much code there is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from repotriage.models.reading import CodeSize
from repotriage.models.snapshot import Snapshot
from repotriage.reading.python_files import PythonFile

_NATIVE = (".cu", ".cuh", ".cpp", ".cc", ".cxx", ".c", ".h", ".hpp")
_CODE_CELL = re.compile(r'"cell_type"\s*:\s*"code"')
_OUTPUT = re.compile(r'"outputs"\s*:\s*\[\s*\{')


def code_size(snapshot: Snapshot, python: Sequence[PythonFile]) -> CodeSize:
    """Count files, lines, functions and classes; a file that cannot be parsed counts as a file only."""
    notebooks = [file for file in snapshot.inside() if file.path.endswith(".ipynb")]
    texts = [file.text for file in notebooks if file.text is not None]
    plain = [file for file in python if not file.notebook]
    return CodeSize(
        python_files=sum(file.path.endswith(".py") for file in snapshot.inside()),
        python_lines=sum(file.code_lines for file in plain),
        notebooks=len(notebooks),
        # In JSON a quote inside a string is escaped, so these match keys only.
        notebook_code_cells=sum(len(_CODE_CELL.findall(text)) for text in texts),
        notebooks_with_outputs=sum(_OUTPUT.search(text) is not None for text in texts),
        native_files=sum(file.path.endswith(_NATIVE) for file in snapshot.inside()),
        functions=sum(file.functions for file in python),
        classes=sum(file.classes for file in python),
    )
