"""A GitHub of our own, on loopback: serves real git data and a little metadata over REST and GraphQL.

An answer is worth as much as its likeness to GitHub's: everything that passes, in either direction, is held against
what GitHub publishes (see `judge`). Tests say `with GitHub(World(repositories=[...])) as github:` and look at
`github.violations` in the end; the fixture `github_of` in conftest.py does both.
"""

from tests.double.facts import (
    App,
    Asset,
    Block,
    Comment,
    Issue,
    Release,
    Repository,
    Token,
    World,
    at,
    load,
)
from tests.double.faults import (
    Fault,
    failing_fields,
    forbidden,
    graphql_errors,
    secondary_limit,
    server_error,
)
from tests.double.gitdata import commit_files, commit_folder
from tests.double.server import GitHub, Seen

__all__ = [
    "App",
    "Asset",
    "Block",
    "Comment",
    "Fault",
    "GitHub",
    "Issue",
    "Release",
    "Repository",
    "Seen",
    "Token",
    "World",
    "at",
    "commit_files",
    "commit_folder",
    "failing_fields",
    "forbidden",
    "graphql_errors",
    "load",
    "secondary_limit",
    "server_error",
]
