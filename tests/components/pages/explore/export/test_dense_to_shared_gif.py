"""The story as a GIF is read back picture by picture: its stages have the cells and colours of W."""

from collections.abc import Callable
from io import BytesIO
from math import prod
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from assets import make_gif
from components.display import theme
from components.display.layer import Convolved
from components.pages.explore.export import dense_to_shared_gif as story
from components.pages.explore.export import gif
from kernels.layer.kinds import wiring
from tests.support.explored import Case
from tests.support.pictures import frames

Bytes = NDArray[np.uint8]
CASE = Case({"kernel": "1,0,-1;2,0,-2;1,0,-1"}, (8, 8))
CASES = [
    CASE,
    Case({"kernel": "1,2;3,4", "stride": 2, "padding": 1, "bias": 0.5}, (7, 9)),
    Case({"kernel": "3"}, (1, 1)),
]


def cells(picture: Bytes, made: Convolved, size: tuple[int, int]) -> Bytes:
    """The colour in the middle of each cell of W, (rows, columns, 3)."""
    rows, cols = prod(made.layer.out_shape), prod(made.layer.in_shape)
    K, L = made.state.kernel_size
    side = min(int(story.KERNEL * size[0]) // L, size[1] // 2 // K)
    zoom = min(int(story.WIDE * size[0]) // cols, int((story.BOTTOM - story.TOP) * size[1]) // rows, side)
    top, left = round(story.TOP * size[1]), round(story.MARGIN * size[1])
    middle = (zoom - 1) // 2
    found: Bytes = picture[top + middle :: zoom, left + middle :: zoom][:rows, :cols]
    return found


def rests(made: Convolved, size: tuple[int, int]) -> list[Bytes]:
    """The pictures of the four stages: those that stay longest."""
    found = [frame for frame, told in frames(story.weave_gif(made, size)) if told["duration"] >= story.REST]
    assert len(found) == 4
    return found


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("size", [pytest.param(story.SIZES[0], marks=pytest.mark.long), story.SIZES[1]], ids=str)
def test_the_stages_have_the_cells_of_w_and_the_third_has_the_kernel_s_colours(
    case: Case, size: tuple[int, int]
) -> None:
    made = case.made()
    dense, local, shared, last = (cells(picture, made, size) for picture in rests(made, size))
    wires = wiring("conv", made.layer.spec, made.layer.in_shape)
    here = np.zeros(dense.shape[:2], bool)
    pixels = wires.sources < dense.shape[1]  # the bias has a column of its own, which is not drawn
    here[wires.targets[pixels], wires.sources[pixels]] = True
    empty = last[0, 0]
    assert (last == empty).all()
    assert (dense != empty).any(axis=2).all()
    for found in (local, shared):
        assert ((found != empty).any(axis=2) == here).all()
    assert (local[here] == dense[here]).all()
    colours = theme.weights(*made.state.kernel_size)
    wanted = np.broadcast_to(empty, dense.shape).copy()
    wanted[wires.targets[pixels], wires.sources[pixels]] = colours[wires.ids[pixels]]
    assert (shared == wanted).all()


def test_between_two_stages_cells_only_vanish_take_their_colour_or_leave() -> None:
    made, size = CASE.made(), story.SIZES[1]
    pictures = [cells(frame, made, size) for frame, _ in frames(story.weave_gif(made, size))]
    empty, steps = pictures[-1][0, 0], story.STEPS + 1
    filled = [int((picture != empty).any(axis=2).sum()) for picture in pictures]
    assert filled[0] == 2304
    assert filled[: steps + 1] == sorted(filled[: steps + 1], reverse=True)
    assert set(filled[steps : 2 * steps + 1]) == {324}
    first, last = pictures[steps], pictures[2 * steps]
    turned = [int((picture != first).any(axis=2).sum()) for picture in pictures[steps : 2 * steps + 1]]
    assert turned == sorted(turned)
    assert all(((p == first) | (p == last)).all(axis=2).all() for p in pictures[steps : 2 * steps])


def test_the_strip_has_the_four_stages_side_by_side_and_a_large_kernel_still_fits() -> None:
    for case in (CASE, Case({"kernel": ";".join([",".join(["0.25"] * 15)] * 15)}, (20, 20))):
        made = case.made()
        with Image.open(BytesIO(story.weave_strip(made))) as file:
            strip = np.asarray(file.convert("RGB"))
        assert strip.shape == (story.STRIP[1], 4 * story.STRIP[0], 3)
        parts = np.split(strip, 4, axis=1)
        for part, rest in zip(parts, rests(made, story.STRIP), strict=True):
            np.testing.assert_array_equal(part, rest)


@pytest.mark.parametrize("make", [story.weave_gif, gif.scan_gif], ids=["weave", "scan"])
def test_all_that_is_written_is_in_the_letters_of_the_font(
    make: Callable[[Convolved, tuple[int, int]], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    draw = ImageDraw.ImageDraw.text

    def noting(pen: ImageDraw.ImageDraw, place: Any, text: str, *more: Any, **options: Any) -> None:  # noqa: ANN401  # Pillow's own
        written.append(text)
        draw(pen, place, text, *more, **options)

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", noting)
    for kernel in ("1,0,-1;2,0,-2;1,0,-1", "1e-11"):
        make(Case({"kernel": kernel}, (8, 8)).made(), story.SIZES[0])
    assert written
    assert [text for text in written if not text.isascii() or "?" in text] == []


@pytest.mark.long
def test_the_animation_of_readme_is_small_and_is_what_the_app_makes_today() -> None:
    assert make_gif.FILE.stat().st_size < 3_000_000
    kept, made = frames(make_gif.FILE.read_bytes()), frames(make_gif.animation())
    for (one, told), (other, told_now) in zip(kept, made, strict=True):
        assert (one == other).all()
        assert told["duration"] == told_now["duration"]
