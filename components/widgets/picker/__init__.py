"""A row of small pictures to choose from: a radio group that looks like what it offers."""

from collections.abc import Callable

from components.widgets.mount import Still, registered

_mount = registered(__file__)


def picker(key: str, options: list[dict[str, str]], chosen: str, on_choose: Callable[[], None]) -> None:
    """Mount it; options are {"id", "title", "src"}. `on_choose` finds the id in session state under `key`."""
    _mount(key=key, data={"chosen": chosen}, still=Still({"options": options}), on_choice_change=on_choose)
