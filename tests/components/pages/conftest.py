"""Nobody else is in the line: the visitors of other tests have left it."""

import pytest

from components.line import LINE
from tests.components.pages.player import record_by_record

__all__ = ["record_by_record"]


@pytest.fixture(autouse=True)
def _alone() -> None:
    LINE.entries.clear()
