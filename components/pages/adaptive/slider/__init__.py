"""A number on a logarithmic scale, with marks where something changes."""

from collections.abc import Callable, Mapping

from components.widgets.mount import registered

_mount = registered(__file__)


def slider(
    key: str,
    label: str,
    value: float,
    limits: tuple[float, float],
    marks: Mapping[str, float],
    on_place: Callable[[], None],
) -> None:
    """Mount it; `on_place` finds the new number in session state under `key`. `marks` are names with their numbers."""
    data = {"label": label, "value": value, "low": limits[0], "high": limits[1], "marks": dict(marks)}
    _mount(key=key, data=data, on_place_change=on_place)
