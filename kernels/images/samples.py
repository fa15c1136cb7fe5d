"""The pictures that come with the app: photographs, one handwritten digit, and drawings that answer a question.

Photographs are resized copies of the files in assets/samples/ (authors and licences in assets/README.md). Drawings are
computed at the very size asked for, so their edges are as sharp as pixels allow.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from kernels.images.decode import MAX_SIDE, MIN_SIDE, ImageError, Picture, decode, resize

FOLDER = Path(__file__).parents[2] / "assets" / "samples"
OURS = "Drawn by Weight Loom, MIT licence"


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture on offer: its name in a URL, its title, what it shows, whom to thank, the side in pixels it suits."""

    id: str
    title: str
    alt: str
    credit: str
    side: int


SAMPLES: tuple[Sample, ...] = (
    Sample(
        "pagoda",
        "Pagoda",
        "An eight-sided Chinese pagoda with three tiers of curved roofs stands against a pale sky.",
        "Photograph by danielbuechele, CC BY 2.0, via Flickr and scikit-learn; cropped",
        64,
    ),
    Sample(
        "dahlia",
        "Dahlia",
        "A round orange dahlia with hundreds of petals glows in front of dark leaves.",
        "Photograph by vultilion, CC BY 2.0, via Flickr and scikit-learn; cropped",
        64,
    ),
    Sample(
        "coffee",
        "Coffee cup",
        "A cup of coffee with a white rim stands on a red saucer with a spoon, seen from above.",
        "Photograph by Rachel Michetti, courtesy of Pikolo Espresso Bar, CC0, via scikit-image; cropped",
        64,
    ),
    Sample(
        "cat",
        "Cat",
        "The face of Chelsea, a striped cat with green eyes and long whiskers, fills the picture.",
        "Photograph by Stefan van der Walt, CC0, via scikit-image; cropped",
        64,
    ),
    Sample(
        "camera",
        "Photographer",
        "A man in a dark coat looks through a camera on a tripod on a lawn.",
        "Photograph by Lav Varshney, CC0, via scikit-image; cropped",
        64,
    ),
    Sample(
        "bricks",
        "Brick wall",
        "Courses of grey bricks with pale joints run across a wall.",
        "Photograph from CC0Textures, CC0, via scikit-image; cropped and rotated",
        64,
    ),
    Sample(
        "digit",
        "Handwritten five",
        "A handwritten digit five, white on black, is drawn in eight by eight pixels.",
        "Optical Recognition of Handwritten Digits by E. Alpaydin and C. Kaynak, UCI, CC BY 4.0, via scikit-learn",
        8,
    ),
    Sample(
        "grid",
        "Coded grid",
        "Ten by ten squares grow lighter row by row: the square in row i, column j (from 0) has the value 10 i + j.",
        OURS,
        10,
    ),
    Sample(
        "checkerboard",
        "Checkerboard",
        "Black and white squares alternate, eight along each side.",
        OURS,
        32,
    ),
    Sample(
        "bars",
        "Bars, wide to narrow",
        "Vertical grey waves grow narrower from left to right.",
        OURS,
        64,
    ),
    Sample(
        "word",
        "The word “weave”",
        "The word weave is set in black letters on white.",
        OURS,
        64,
    ),
    Sample(
        "disc",
        "Edge and disc",
        "A dark half meets a light half at a vertical edge; inside a central disc the two are swapped.",
        OURS,
        32,
    ),
    Sample(
        "dot",
        "Single dot",
        "One white pixel sits in the middle of black.",
        OURS,
        9,
    ),
)


def sample(id: str, side: int) -> Picture:
    """The sample called `id` with longer side `side` pixels: shape (h, w, 3), bytes 0..255.

    Raises ImageError for an unknown id, ValueError for a side outside MIN_SIDE..MAX_SIDE.

    >>> sample("grid", 10)[2, 3].tolist()  # row 2, column 3
    [23, 23, 23]
    """
    if not MIN_SIDE <= side <= MAX_SIDE:
        raise ValueError(f"side must be in {MIN_SIDE}..{MAX_SIDE}, got {side}")
    if id in _DRAWN:
        return np.repeat(_DRAWN[id](side)[:, :, np.newaxis], 3, axis=2)
    if id == "digit":
        return _nearest(decode((FOLDER / "digit.png").read_bytes()), side)
    if any(id == known.id for known in SAMPLES):
        return resize(decode((FOLDER / f"{id}.jpg").read_bytes()), side)
    known_ids = ", ".join(known.id for known in SAMPLES)
    raise ImageError(f"There is no sample picture called {id!r}: choose one of {known_ids}.")


def drawn(levels: str) -> Picture:
    """A picture written as rows of hexadecimal grey levels joined by hyphens, 0 black to f white: (h, w, 3).

    >>> drawn("0f-f0")[:, :, 0].tolist()
    [[0, 255], [255, 0]]
    """
    rows = [[17 * int(level, 16) for level in row] for row in levels.split("-")]
    return np.repeat(np.array(rows, dtype=np.uint8)[:, :, np.newaxis], 3, axis=2)


def _nearest(cells: Picture, side: int) -> Picture:
    """Square cells (n, n, ...) at side × side pixels: pixel (i, j) shows cell (i·n // side, j·n // side)."""
    index = np.arange(side) * len(cells) // side
    return cells[index][:, index]


def _grid(side: int) -> Picture:
    return _nearest(np.arange(100, dtype=np.uint8).reshape(10, 10), side)


def _checkerboard(side: int) -> Picture:
    cells = np.indices((8, 8)).sum(axis=0) % 2 * 255
    return _nearest(cells.astype(np.uint8), side)


def _bars(side: int) -> Picture:
    """Rows of 127.5 (1 − cos φ): from one wave per picture at the left to one per four pixels at the right."""
    x = (np.arange(side) + 0.5) / side
    fastest = max(1.0, side / 4)
    phase = 2 * np.pi * (x + (fastest - 1) * x**2 / 2)
    row = np.rint(127.5 * (1 - np.cos(phase))).astype(np.uint8)
    return np.tile(row, (side, 1))


def _word(side: int) -> Picture:
    """Black letters in Pillow's own font, the word as wide as nine tenths of the picture."""
    page = Image.new("L", (side, side), 255)
    draw = ImageDraw.Draw(page)
    left, _, right, _ = draw.textbbox((0, 0), "weave", font=ImageFont.load_default(size=100))
    font = ImageFont.load_default(size=max(1.0, 100 * 0.9 * side / (right - left)))
    draw.text((side / 2, side / 2), "weave", fill=0, font=font, anchor="mm")
    return np.array(page, np.uint8)


def _disc(side: int) -> Picture:
    rows, columns = np.indices((side, side)) - (side - 1) / 2
    light = (columns > 0) ^ (np.hypot(rows, columns) < 0.31 * side)
    return np.where(light, 224, 32).astype(np.uint8)


def _dot(side: int) -> Picture:
    """A single 1 in a field of 0: cross-correlation answers with the kernel turned by 180°, convolution as it is."""
    page = np.zeros((side, side), np.uint8)
    page[side // 2, side // 2] = 255
    return page


_DRAWN: dict[str, Callable[[int], NDArray[np.uint8]]] = {
    "grid": _grid,
    "checkerboard": _checkerboard,
    "bars": _bars,
    "word": _word,
    "disc": _disc,
    "dot": _dot,
}
