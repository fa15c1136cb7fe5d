"""Nobody else is in the line: the visitors of other tests have left it."""

import pytest

from components.session.queue import QUEUE


@pytest.fixture(autouse=True)
def _alone() -> None:
    QUEUE.entries.clear()
