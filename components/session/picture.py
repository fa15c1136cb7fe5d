"""The visitor's picture as one object: its pixels as they came, and at every size a page asks for."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from weakref import ReferenceType, ref

from components.state.setup import DRAWING, SIDE, UPLOAD, Setup
from kernels.images.decode import Decoded, planes, resize
from kernels.images.samples import drawn, sample
from kernels.layer.spec import Bytes

SIZES = 6  # sizes of one picture that are kept at a time; each is at most 512 × 512 in colour
KEPT = 200_000_000  # bytes of files of all visitors together
_kept: list["ReferenceType[Original]"] = []  # the newest at the end
_keeping = Lock()


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


@dataclass(slots=True, weakref_slot=True, eq=False)
class Original:
    """A file as it came, for the output at its full size; empty once it had to leave its memory to others."""

    data: bytes = b""

    def keep(self) -> "Original":
        """Hold it, and let the oldest go where all visitors' files are too many."""
        with _keeping:
            held = [*filter(None, (known() for known in _kept)), self]
            while sum(len(one.data) for one in held) > KEPT:
                held.pop(0).data = b""
            _kept[:] = map(ref, held)
        return self


@dataclass(frozen=True, slots=True)
class Upload:
    """The picture a visitor gave. master: its pixels; original, name: of the file; camera: the field it came from;
    note: what was done to its pixels that a person should know.
    """

    master: Bytes | None = None
    id: str = ""
    original: Original = field(default_factory=Original)
    name: str = ""
    camera: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A picture that a worker is reading. since: when that was asked for."""

    upload: Upload
    found: "Future[Decoded]"
    since: float = field(default_factory=monotonic)


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
