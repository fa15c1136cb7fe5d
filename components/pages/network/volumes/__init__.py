"""What flows through a network: one card per layer, its units linked with all they see. Runs in the browser."""

from collections.abc import Callable
from typing import Any

from components.widgets.mount import registered

_mount = registered(__file__)


def volumes(key: str, data: dict[str, Any], on_open: Callable[[], None]) -> None:
    """Mount it; `on_open` finds [row, channel, row, column] of the unit that was clicked under `key`."""
    _mount(key=key, data=data, on_open_change=on_open)
