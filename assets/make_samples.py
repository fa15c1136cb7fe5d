"""Cut the pictures in assets/samples/ out of two packages that ship free pictures, and draw the favicon.

Run once; the files are kept.

Needs Pillow and NumPy, and these two wheels, which are no part of requirements.txt (only their data is read):

    pip install --target /tmp/samples --no-deps scikit-learn==1.9.1 scikit-image==0.26.0
    PYTHONPATH=/tmp/samples python assets/make_samples.py

Who made what, and under which licence, is in assets/README.md.
"""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

ASSETS = Path(__file__).parent
HERE = ASSETS / "samples"
QUALITY = 85
DIGIT_ROW = 32  # which of the 1797 digits: a five

ACROSS = ("#0072b2", "#d55e00", "#009e73")  # Okabe and Ito's colours: told apart with any colour vision
DOWN = ("#e69f00", "#cc79a7", "#e69f00")
CENTRES, HALF, END, GAP = (7.0, 16.0, 25.0), 3.0, 0.0, 1.0  # on a 32 × 32 field; END: where threads start


def package(name: str) -> Path:
    """The folder of an installed package, found without importing it."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{name} is not installed: see the top of this file")
    return Path(spec.submodule_search_locations[0])


def crop(source: Path, name: str, box: tuple[int, int, int, int], quarter_turns: int = 0) -> None:
    """Save the box (left, top, right, bottom) of source as samples/name.jpg, turned counter-clockwise."""
    with Image.open(source) as picture:
        piece = picture.crop(box).rotate(90 * quarter_turns, expand=True)
        piece.save(HERE / f"{name}.jpg", quality=QUALITY, optimize=True)


def digit(source: Path, row: int) -> None:
    """Save one 8x8 digit of the UCI table (64 counts 0..16, then the class) as samples/digit.png, 0..255."""
    counts = np.loadtxt(source, delimiter=",", dtype=np.int64)[row, :64].reshape(8, 8)
    Image.fromarray(np.rint(counts * 255 / 16).astype(np.uint8)).save(HERE / "digit.png", optimize=True)


def threads() -> list[tuple[str, bool, float, float, float]]:
    """(colour, is_across, centre, start, stop) of each visible piece: a thread stops short where it goes under."""
    pieces = []
    for row, (colours, is_across) in enumerate(((ACROSS, True), (DOWN, False))):
        for i, (colour, centre) in enumerate(zip(colours, CENTRES, strict=True)):
            under = [c for j, c in enumerate(CENTRES) if (i + j + row) % 2]
            starts = [END, *(c + HALF + GAP for c in under)]
            stops = [*(c - HALF - GAP for c in under), 32 - END]
            pieces += [(colour, is_across, centre, a, b) for a, b in zip(starts, stops, strict=True)]
    return pieces


def favicon(side: int = 128, fine: int = 8) -> None:
    """Draw the mark as favicon.svg and, side pixels large and averaged over fine × fine points, as favicon.png."""
    scale = side * fine / 32
    shapes = []
    page = Image.new("RGBA", (side * fine, side * fine))
    for colour, is_across, centre, start, stop in threads():
        left, top, right, bottom = start, centre - HALF, stop, centre + HALF
        if not is_across:
            left, top, right, bottom = top, left, bottom, right
        size = f'width="{right - left:g}" height="{bottom - top:g}"'
        shapes.append(f'  <rect x="{left:g}" y="{top:g}" {size} rx="1" fill="{colour}"/>')
        box = [value * scale for value in (left, top, right, bottom)]
        ImageDraw.Draw(page).rounded_rectangle(box, scale, colour)
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">\n  <title>Weight Loom</title>\n'
    (ASSETS / "favicon.svg").write_text(head + "\n".join(shapes) + "\n</svg>\n", encoding="utf-8")
    page.resize((side, side), Image.Resampling.BOX).save(ASSETS / "favicon.png", optimize=True)


def main() -> None:
    """Write every picture in assets/."""
    favicon()
    learn, image = package("sklearn") / "datasets", package("skimage") / "data"
    crop(learn / "images" / "china.jpg", "pagoda", (40, 10, 390, 360))
    crop(learn / "images" / "flower.jpg", "dahlia", (120, 20, 480, 380))
    crop(image / "coffee.png", "coffee", (80, 0, 480, 400))
    crop(image / "chelsea.png", "cat", (110, 0, 410, 300))
    crop(image / "camera.png", "camera", (40, 0, 472, 432))
    crop(image / "brick.png", "bricks", (96, 0, 416, 320), quarter_turns=1)
    digit(learn / "data" / "digits.csv.gz", DIGIT_ROW)


if __name__ == "__main__":
    main()
