"""The virtual environment that step 1 makes, as a Unix shell of the machine sees it (on Windows, Git Bash)."""

from __future__ import annotations

from repotriage.models.base import Message, msg
from repotriage.models.study import Study


def on_windows(study: Study) -> bool:
    """Whether the plan is for Windows."""
    return study.environment is not None and study.environment.os == "windows"


def interpreter(study: Study) -> str:
    """Its Python."""
    return ".venv/Scripts/python.exe" if on_windows(study) else ".venv/bin/python"


def activation(study: Study) -> str:
    """The command that makes it the one of the shell."""
    return ". .venv/Scripts/activate" if on_windows(study) else ". .venv/bin/activate"


def installation(study: Study, folder: str) -> str:
    """The command that makes it, by the script that `repotriage env --write` has put into `folder`."""
    if on_windows(study):
        return f"powershell -ExecutionPolicy Bypass -File {folder}/install.ps1 .venv"
    return f"sh {folder}/install.sh .venv"


def shells(study: Study) -> tuple[Message, ...]:
    """Which shell the commands are for, where that is not the usual one."""
    return (msg("the commands are for a Unix shell: on Windows, Git Bash"),) if on_windows(study) else ()
