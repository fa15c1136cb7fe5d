"""What flows into the network: a test digit, the drawing or the picture, at the size the network reads. Pure."""

from collections.abc import Callable, Hashable

import numpy as np
from numpy.typing import NDArray

from components.display.image import grey
from components.pages.network.state import Net
from components.state.setup import Setup
from kernels.images.decode import cover, planes
from kernels.images.digits import Examples, smoothed, split
from kernels.images.samples import drawn
from kernels.layer.spec import Array, Bytes
from kernels.networks.trained import IN_SHAPE, SEED, TESTED, TRAINED

SIDE, STEP = IN_SHAPE[1], 4  # of a digit, and how far apart the windows of the trained network are, in pixels


def digit(n: int) -> NDArray[np.uint8]:
    """Test digit number n as the trained network was shown its digits: levels (16, 16, 3)."""
    _, test = split(TRAINED, TESTED, SEED)
    seen = smoothed(Examples(test.x[n : n + 1], test.labels[n : n + 1])).x[0, 0]
    return np.repeat(grey(seen.astype(np.float64))[:, :, None], 3, axis=2)


def places(n: int, height: int, width: int) -> list[tuple[int, int, int]]:
    """(test digit, top, left) of digits n, n + 1, … side by side, each in columns of its own, at heights drawn by n.

    These are multiples of STEP, so that one window of the trained network holds one digit.
    """
    many = width // SIDE if height >= SIDE else 0
    tops = np.random.default_rng(n).integers(0, max(0, height - SIDE) // STEP + 1, many) * STEP
    return [((n + at) % TESTED, int(top), at * SIDE) for at, top in enumerate(tops)]


def scene(n: int, height: int, width: int) -> NDArray[np.uint8]:
    """The digits of `places`, as the trained network reads them: levels (height, width, 3); if none fits, digit n."""
    found = places(n, height, width)
    canvas = np.zeros((height, width, 3), np.uint8) if found else digit(n)
    for example, top, left in found:
        canvas[top : top + SIDE, left : left + SIDE] = digit(example)
    return canvas


def label(own: Net) -> int | None:
    """The class of the test digit that flows in; None for a drawing or a picture."""
    return label_of(own.digit) if own.shown == "digit" else None


def label_of(n: int) -> int:
    """The class of test digit n."""
    return int(split(TRAINED, TESTED, SEED)[1].labels[n])


def key(setup: Setup, own: Net, picture: Hashable) -> Hashable:
    """Two states with the same key have the same input. picture: what identifies the picture."""
    source = {"digit": own.digit, "scene": own.digit, "sheet": setup.drawing, "picture": picture}[own.shown]
    return own.inputs, own.shown, source, own.inverted


def levels(setup: Setup, own: Net, picture: Callable[[], Bytes]) -> Bytes:
    """The input as levels 0..255, channel planes (C, H, W) of the network's input size.

    picture: called for the picture (h, w, 3) where that is what flows in.
    """
    channels, height, width = own.inputs
    if own.shown == "digit":
        source = digit(own.digit)
    elif own.shown == "scene":
        source = scene(own.digit, height, width)
    elif own.shown == "sheet":
        source = drawn(setup.drawing)
    else:
        source = picture()
    found = planes(cover(source, height, width), "grey" if channels == 1 else "rgb")
    return 255 - found if own.inverted else found


def volume(levels: Bytes) -> Array:
    """Levels 0..255 (C, H, W) as the numbers 0..1 the network reads."""
    return levels.astype(np.float32) / np.float32(255)
