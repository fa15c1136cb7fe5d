"""A picture of which something is dragged by whole pixels: a frame over it, or the picture itself."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from components.widgets.mount import registered

_mount = registered(__file__)

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class DragPicture:
    """The picture: its name for people, its source (a data: URL) and its size in pixels (rows, columns).

    stands_for: the rows and columns it is a picture of, where those are more than its pixels.
    """

    label: str
    src: str
    shape: Pair
    stands_for: Pair = (0, 0)


def drag_frame(key: str, picture: DragPicture, frame: Pair, at: Pair, on_place: Callable[[], None]) -> None:
    """A frame of `frame` pixels over the picture, its corner `at`. `on_place` finds the new corner under `key`."""
    _mount(key=key, data=asdict(picture) | {"frame": frame, "at": at, "wrap": False}, on_place_change=on_place)


def drag_picture(key: str, picture: DragPicture, wrap: bool, at: Pair, on_place: Callable[[], None]) -> None:
    """The picture itself, moved `at` (down, right); what leaves comes back on the other side, or is lost."""
    _mount(key=key, data=asdict(picture) | {"frame": None, "at": at, "wrap": wrap}, on_place_change=on_place)
