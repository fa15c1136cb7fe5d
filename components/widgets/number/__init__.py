"""A field for a number, which keeps it when it is emptied, and says so; `st.number_input` takes its minimum then."""

from typing import Literal

from components.session import bind
from components.state.fields import Whole
from components.widgets.mount import registered

_mount = registered(__file__)


def number(
    label: str,
    tied: bind.Number,
    *,
    step: float = 1,
    help: str = "",
    width: int | Literal["stretch"] = "stretch",
) -> None:
    """Mount it. step: what the buttons and the arrow keys add; width: in pixels."""
    data = {
        "label": label,
        "help": help,
        "value": tied.shown,
        "low": tied.takes.low,
        "high": tied.takes.high,
        "whole": isinstance(tied.takes, Whole),
        "step": step,
        "serial": bind.heard(tied.key),
    }
    _mount(key=tied.key, data=data, width=width, on_entered_change=tied.take)
