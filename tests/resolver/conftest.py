from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.index.house import House, serving


@pytest.fixture
def house() -> Iterator[House]:
    with serving(House()) as found:
        yield found
