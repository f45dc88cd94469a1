"""git-lfs and submodules × what the repository keeps there."""

from __future__ import annotations

from collections.abc import Iterator

from repotriage.compat.rules.registry import Case, fail, rule, warning
from repotriage.models.base import msg
from repotriage.models.host import CheckItem

LFS = "https://git-lfs.com"


@rule
def git_lfs(case: Case) -> Iterator[CheckItem]:
    """Files that git-lfs keeps can be fetched."""
    pointers = [] if case.study is None else [file.path for file in case.study.snapshot.inside() if file.kind == "lfs"]
    if not pointers:
        return
    summary = msg("files kept by git-lfs: {n}, such as {path}", n=len(pointers), path=pointers[0])
    if "git-lfs" in case.host.tools:
        yield warning("git-lfs", summary, msg("git lfs install && git lfs pull"), LFS)
    else:
        yield fail("git-lfs", summary, msg("install git-lfs, then: git lfs install && git lfs pull"), LFS)


@rule
def submodules(case: Case) -> Iterator[CheckItem]:
    """Submodules are fetched with the repository."""
    if case.study is None:
        return
    found = [file for file in case.study.snapshot.inside() if file.mode == "submodule"]
    if found:
        yield warning(
            "submodules",
            msg(
                "submodules: {n}, such as {path}; an archive or a plain clone lacks them",
                n=len(found),
                path=found[0].path,
            ),
            msg("git submodule update --init --recursive"),
            ".gitmodules",
        )
