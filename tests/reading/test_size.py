from tests.reading import read


def test_code_is_counted() -> None:
    code = '{"cell_type": "code", "source": ["x = 1"], "outputs": [{"a": 1}]}'
    notebook = f'{{"cells": [{code}, {{"cell_type": "markdown", "source": []}}]}}'
    size = read({"a.py": "# c\n\ndef f():\n    return 1\n", "b.py": "def f(:\n", "n.ipynb": notebook, "k.cu": "x"}).size
    assert (size.python_files, size.python_lines, size.functions, size.classes) == (2, 2, 1, 0)
    assert (size.notebooks, size.notebook_code_cells, size.notebooks_with_outputs) == (1, 1, 1)
    assert size.native_files == 1
