from __future__ import annotations

import pytest

from tests.builders import snapshot


@pytest.mark.parametrize("name", ["Owner/Net", "net", "owner+Net", "Net-main", "owner/net-master"])
def test_the_own_name_is_without_what_folders_add(name: str) -> None:
    assert snapshot(name=name).own_name == "net"
