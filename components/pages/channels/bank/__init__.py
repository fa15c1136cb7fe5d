"""A bank of kernels as a table of number fields: one row per output, one column per input channel."""

from collections.abc import Callable
from typing import Any

from components.display import theme
from components.pages.channels.state import Channels
from components.state.fields import WEIGHT
from components.widgets.mount import registered

LIMITS = {"low": WEIGHT.low, "high": WEIGHT.high, "whole": False}
_mount = registered(__file__)


def bank(key: str, own: Channels, names: tuple[str, ...], serial: int, on_edit: Callable[[], None]) -> None:
    """Mount it; `on_edit` finds what was changed, and where, in session state under `key`.

    serial: of the last message that came from it.
    """
    _mount(key=key, data=props(own, names) | {"serial": serial}, on_edit_change=on_edit)


def props(own: Channels, names: tuple[str, ...]) -> dict[str, Any]:
    """The weights with their colours; None where groups leave an output and a channel unconnected."""
    reads, (K, L) = len(own.filters[0]), own.kernel_size
    colours = theme.bank(own.outputs, reads, K, L).reshape(own.outputs, reads, K * L, 3)
    rows: list[list[dict[str, Any] | None]] = [[None] * len(names) for _ in range(own.outputs)]
    for o, one in enumerate(own.filters):
        first = o // (own.outputs // own.groups) * reads
        for c, kernel in enumerate(one):
            rows[o][first + c] = {
                "channel": c,
                "weights": [weight for row in kernel for weight in row],
                "colours": [theme.css(colour) for colour in colours[o, c]],
                "inks": [theme.ink(colour) for colour in colours[o, c]],
            }
    return {"channels": names, "L": L, "outputs": rows, "biases": own.biases, "limits": LIMITS}
