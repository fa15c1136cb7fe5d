"""A list of layers one edits: add, remove, move, set an option, undo. What does not fit says why, where it is."""

from collections.abc import Callable
from typing import Any

from components.widgets.mount import registered

_mount = registered(__file__)


def builder(key: str, data: dict[str, Any], on_edit: Callable[[], None]) -> None:
    """Mount it; `on_edit` finds the edit, as `edits.revised` takes it, in session state under `key`."""
    _mount(key=key, data=data, on_edit_change=on_edit)
