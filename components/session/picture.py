"""The visitor's picture as one object: its pixels as they came, and at every size a page asks for."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from components.state.setup import DRAWING, SIDE, UPLOAD, Setup
from kernels.images.decode import planes, resize
from kernels.images.samples import drawn, sample
from kernels.layer.spec import Bytes

SIZES = 6  # sizes of one picture that are kept at a time; each is at most 512 × 512 in colour


@dataclass(slots=True, eq=False)
class Picture:
    """A picture at any size. id: equal for equal pixels. size: rows and columns as it came. rgb: (h, w, 3), its longer
    side so many pixels.
    """

    id: Hashable
    size: tuple[int, int]
    rgb: Callable[[int], Bytes]
    made: dict[tuple[int, str], Bytes] = field(default_factory=dict, repr=False)

    def at(self, side: int, colour: str) -> Bytes:
        """Channel planes (C, H, W), the longer side `side` pixels: C = 1 in grey, 3 in RGB."""
        key = side, colour
        found = self.made.get(key)
        if found is None:
            for oldest in [*self.made][: len(self.made) - SIZES + 1]:
                self.made.pop(oldest, None)  # a run that was broken off may have been here
            found = self.made[key] = planes(self.rgb(side), colour)
        return found


@dataclass(frozen=True, slots=True)
class Upload:
    """The picture a visitor gave. master: its pixels; data, name: of the file; field: of the camera it came from; note:
    what was done to its pixels that a person should know.
    """

    master: Bytes | None = None
    id: str = ""
    data: bytes = b""
    name: str = ""
    field: str = ""
    note: str = ""


def picture(setup: Setup, upload: Upload) -> Picture:
    """The picture these settings name."""
    id = picture_id(setup, upload)
    if setup.image == DRAWING:
        pixels = drawn(setup.drawing)
        return Picture(id, (pixels.shape[0], pixels.shape[1]), lambda _side: pixels)
    master = upload.master
    if setup.image == UPLOAD and master is not None:
        return Picture(id, (master.shape[0], master.shape[1]), lambda side: resize(master, side))
    square = SIDE.high, SIDE.high  # samples are drawn at any size
    return Picture(id, square, lambda side: sample(setup.image, side))


def picture_id(setup: Setup, upload: Upload) -> Hashable:
    """Equal for two settings that name the same picture."""
    return setup.image, {UPLOAD: upload.id, DRAWING: setup.drawing}.get(setup.image)
