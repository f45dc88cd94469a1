"""Peak memory of reading an archive of a given size, made as a stream and never held.

    python benchmarks/archive_memory.py [MEGABYTES]

The archive is a worst case of what the caps let in: source files up to the cap on all
text, in Chinese and with one emoji in each (so that Python needs four bytes a
character), then large data files and as many small binaries as the cap on entries allows.
"""

from __future__ import annotations

import itertools
import os
import resource
import sys
import tarfile
import time
import zlib
from collections.abc import Iterator

from repotriage.fetchers.archive import read_archive
from repotriage.fetchers.port import Caps

SOURCE = ("# 训练一个模型 🙂\n" + "x = 'a string of a program that is read'\n" * 400).encode()


def header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(f"repo-0123456/{name}")
    info.size = size
    return info.tobuf(tarfile.PAX_FORMAT)


def padded(size: int) -> bytes:
    return b"\0" * (-size % tarfile.BLOCKSIZE)


def tar(total: int) -> Iterator[bytes]:
    written = 0
    noise = os.urandom(1_000_000)
    for number in itertools.count():
        if number < 12_000:
            name, content = f"src/package_{number % 97}/module_{number}.py", SOURCE
        elif number % 2000:
            name, content = f"assets/{number}", noise[:1000]
        else:
            name, content = f"data/{number}.csv", noise * 7
        yield header(name, len(content)) + content + padded(len(content))
        written += len(content)
        if written >= total or number >= Caps().entries - 1:
            break
    yield bytes(2 * tarfile.BLOCKSIZE)


def gzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


if __name__ == "__main__":
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    start = time.perf_counter()
    contents = read_archive(gzipped(tar(megabytes * 1_000_000)), caps=Caps())
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    text = sum(len(file.text or "") for file in contents.files) / 1e6
    print(f"{megabytes} MB archive in {seconds:.1f} s, peak {peak:.0f} MiB")
    print(f"{len(contents.files)} files, {text:.0f} M characters of text")
    for gap in contents.gaps:
        print(gap.message)
    sys.exit(peak > 300)
