from __future__ import annotations

import subprocess
import sys

import pytest

# In a process of its own: the one that runs the tests may have several threads, and then nothing is forked.
TWO_PROCESSES = """
from repotriage.manifests import imports
from repotriage.manifests.imports import ImportFact
from repotriage.models.reading import BrokenFile
from repotriage.parsing import walk
from tests.builders import snapshot

texts = {f"a{n:02}.py": f"import module{n}\\n" for n in range(20)} | {"a15.py": "print 1\\n"}
tree = snapshot(texts)
one = walk.walk(tree, [imports.visit])
walk._LARGE = 10
started = []
start = walk._Half.__init__
walk._Half.__init__ = lambda self, files, visitors: (started.append(len(files)), start(self, files, visitors))[1]
two = walk.walk(tree, [imports.visit])
assert one.of(ImportFact) == two.of(ImportFact) and len(one.of(ImportFact)) == 19
assert one.of(BrokenFile) == two.of(BrokenFile) and len(one.of(BrokenFile)) == 1
print(*started)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux forks")
def test_two_processes_find_what_one_finds_in_the_same_order() -> None:
    command = [sys.executable, "-c", TWO_PROCESSES]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- our own program
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in ("", "10", "11")  # "": one core only
