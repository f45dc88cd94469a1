"""The part of the repository that was asked about: the whole, or one folder of it."""

from __future__ import annotations

from repotriage.models.snapshot import File
from repotriage.models.study import Study


def inside(study: Study, path: str) -> str | None:
    """`path` relative to the part of the repository that was asked about; None outside of it."""
    prefix = f"{study.snapshot.subdir}/" if study.snapshot.subdir else ""
    return path.removeprefix(prefix) if path.startswith(prefix) else None


def readmes(study: Study) -> tuple[File, ...]:
    """The README files at the top of what was asked about, or else at the repository's root."""

    def named(file: File, folder: str) -> bool:
        parent, _, name = file.path.rpartition("/")
        return parent == folder and name.lower().partition(".")[0].startswith("readme")

    subdir = study.snapshot.subdir
    here = tuple(file for file in study.snapshot.files if named(file, subdir))
    return here or tuple(file for file in study.snapshot.files if named(file, ""))
