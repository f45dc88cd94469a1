"""Serve checkouts as GitHub does, to try the command line by hand: `python -m tests.double FOLDER ...` or a JSON world.

A folder called owner+name is that repository, any other is octo/name. Then, elsewhere:
`GITHUB_TOKEN=a-good-token repotriage score octo/name --api-url http://127.0.0.1:PORT`.
"""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from pathlib import Path

from tests.double import GitHub, Repository, World, load


def main(arguments: list[str]) -> None:
    world = World()
    for n, argument in enumerate(arguments):
        path = Path(argument)
        if path.suffix == ".json":
            world = load(path)
        else:
            owner, plus, name = path.resolve().name.partition("+")
            full_name = f"{owner}/{name}" if plus else f"octo/{owner}"
            world.repositories.append(Repository(full_name=full_name, git=path, id=n + 1))
    with GitHub(world) as github:
        names = " ".join(repository.full_name for repository in world.repositories)
        sys.stdout.write(f"{github.url} serves {names}; tokens: {' '.join(world.tokens)}; stop with Ctrl-C\n")
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            threading.Event().wait()
        sys.stdout.write("".join(f"{seen.status} {seen.host} {seen.method} {seen.path}\n" for seen in github.seen))
        sys.stdout.write("".join(f"broken contract: {violation}\n" for violation in github.violations))


if __name__ == "__main__":
    main(sys.argv[1:])
