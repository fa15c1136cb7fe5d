"""The scan is read back frame by frame."""

from io import BytesIO
from math import prod

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from components.display import theme
from components.display.layer import Convolved, output_map
from components.pages.explore.export import figure, gif
from kernels.layer.conv import NUMPY_MODE
from tests.support.explored import Case
from tests.support.pictures import frames

Bytes = NDArray[np.uint8]
WIDE = ";".join([",".join(["-0.123"] * 8)] * 8)  # 64 colours
SCANS = [
    Case(),
    Case({"kernel": "1,2,3;4,5,7", "stride": 2, "padding": 1}),
    Case({"padding": "full", "dilation": 2, "mode": "replicate"}, (6, 9)),
    Case({"kernel": "1;2;-3", "padding": 2, "mode": "circular"}, (7, 5)),
    Case({"kernel": "3"}, (1, 1)),
    Case({"kernel": "1,2;3,4", "flip": True, "dilation": 2}, (6, 7)),
    Case({"stride": 11, "mode": "reflect", "padding": 7}, (130, 60)),
]


def is_colour(picture: Bytes, number: int) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (picture == list(bytes.fromhex(gif.SCAN_COLOURS[number][1:]))).all(axis=2)
    return found


def in_eight_levels(case: Case) -> Convolved:
    """Few colours, so that none has to be left out."""
    made = case.made()
    planes = made.planes // 32 * 32
    return Convolved(made.state, made.layer, planes, output_map(made.state, made.layer, planes))


def pale_outside(made: Convolved) -> NDArray[np.int64]:
    """The input with its padding half of the way to white."""
    pads = made.layer.spec.pads
    padded = np.pad(made.planes[0], pads, mode=NUMPY_MODE[made.state.mode]).astype(int)
    return np.where(
        np.pad(np.zeros(made.planes.shape[1:], bool), pads, constant_values=True), (padded + 255) // 2, padded
    )


def at_window(made: Convolved, layout: gif.Layout, n: int) -> tuple[slice, slice]:
    """Where the window of output n is, with its frame."""
    down, across = made.layer.spec.axes(made.layer.in_shape)
    i, j = divmod(n, made.layer.out_shape[2])
    top, left = (
        layout.input_at[1 - axis] + at * made.state.stride * layout.input_zoom for axis, at in ((0, i), (1, j))
    )
    return (
        slice(top - gif.EDGE, top + down.reach * layout.input_zoom + gif.EDGE),
        slice(left - gif.EDGE, left + across.reach * layout.input_zoom + gif.EDGE),
    )


def framed(part: Bytes) -> bool:
    """Whether a dark line goes round it, and a white one inside of that."""
    inner = part[1:-1, 1:-1]
    lines = [np.concatenate([p[0], p[-1], p[:, 0], p[:, -1]])[None] for p in (part, inner)]
    return bool(is_colour(lines[0], gif.DARK).all() and is_colour(lines[1], gif.FREE).all())


@pytest.mark.parametrize("case", SCANS, ids=str)
def test_frame_n_has_the_kernels_colours_on_window_n_and_n_outputs_the_rest_stays_and_the_last_one_rests(
    case: Case,
) -> None:
    made = in_eight_levels(case)
    layout, (height, width) = gif.layout_of(made.layer), made.layer.out_shape[1:]
    small = pale_outside(made)
    large = np.kron(small, np.ones((layout.input_zoom, layout.input_zoom), int))
    wanted = figure.output_picture(made.result)
    K, L = made.state.kernel_size
    colours = theme.weights(K, L).reshape(K, L, 3)[:: -1 if made.state.flip else 1, :: -1 if made.state.flip else 1]
    (x0, y0), (left, top), zoom = layout.input_at, layout.output_at, layout.output_zoom
    pictures = list(frames(gif.scan_gif(made)))
    delay = min(300, max(20, 10 * (3000 // (height * width))))  # half a minute in all, with 20 to 300 ms a frame
    assert [told["duration"] for _, told in pictures] == [delay] * (height * width - 1) + [2000]
    assert {told["loop"] for _, told in pictures} == {0}  # for ever
    for n, (frame, _) in enumerate(pictures):
        window = at_window(made, layout, n)
        assert framed(frame[window])
        inside = frame[window][gif.EDGE : -gif.EDGE, gif.EDGE : -gif.EDGE]
        step, z = made.state.dilation * layout.input_zoom, layout.input_zoom
        for k, l in np.ndindex(K, L):
            tap = inside[k * step : k * step + z, l * step : l * step + z]
            assert (tap[0] == colours[k, l]).all()
            assert (tap[:, -1] == colours[k, l]).all()
            if z > 4:  # in the middle of the rim is the pixel
                at = [
                    (w.start + gif.EDGE + m * step - o) // z for w, m, o in zip(window, (k, l), (y0, x0), strict=True)
                ]
                assert (tap[z // 2, z // 2] == small[at[0], at[1]]).all()
        outside = np.ones(frame.shape[:2], bool)
        outside[window] = False
        part = np.s_[y0 : y0 + len(large), x0 : x0 + large.shape[1]]
        assert ((frame[part] == large[..., None]).all(axis=2) | ~outside[part]).all()
        i, j = divmod(n, width)
        made_now = np.s_[
            top + i * zoom - gif.EDGE : top + (i + 1) * zoom + gif.EDGE,
            left + j * zoom - gif.EDGE : left + (j + 1) * zoom + gif.EDGE,
        ]
        assert framed(frame[made_now])
        marked = np.zeros(frame.shape[:2], bool)
        marked[made_now] = True
        output = np.s_[top : top + height * zoom, left : left + width * zoom]
        done = np.arange(height * width).reshape(height, width).repeat(zoom, 0).repeat(zoom, 1) <= n
        shown = wanted.repeat(zoom, axis=0).repeat(zoom, axis=1)
        assert ((frame[output] == shown).all(axis=2) | ~done | marked[output]).all()
        assert (is_colour(frame[output], gif.PENDING) | done | marked[output]).all()
        assert (
            frame[top + i * zoom : top + (i + 1) * zoom, left + j * zoom : left + (j + 1) * zoom] == wanted[i, j]
        ).all()


def test_the_kernel_stands_between_with_its_colours_and_its_numbers_where_they_fit() -> None:
    kernels = {"1,0,-1;2,0,-2;1,0,-1": True, "1,2.25;-3,4": True, WIDE: False}
    for (kernel, numbered), flip in zip(kernels.items(), (False, True, False), strict=True):
        made = Case({"kernel": kernel, "flip": flip}, (16, 17)).made()
        layout, (K, L) = gif.layout_of(made.layer), made.state.kernel_size
        frame, _ = next(frames(gif.scan_gif(made)))
        (left, top), zoom = layout.kernel_at, layout.kernel_zoom
        assert layout.input_at[0] < left < left + L * zoom < layout.output_at[0]
        for (k, l), colour in zip(np.ndindex(K, L), theme.weights(K, L), strict=True):
            cell = frame[top + k * zoom : top + (k + 1) * zoom, left + l * zoom : left + (l + 1) * zoom]
            own = (cell == colour).all(axis=2)
            assert own[0].all()
            assert own.mean() > 0.5
            written = is_colour(cell, gif.DARK if theme.ink(colour) == "#000000" else gif.FREE)
            assert (own | written).all()
            assert written.any() == numbered


def test_many_colours_are_brought_down_to_a_palette_that_is_near_them() -> None:
    made = Case({"stride": 4}, (40, 50), 3).made()
    layout = gif.layout_of(made.layer)
    *_, (last, _) = frames(gif.scan_gif(made))
    (left, top), (height, width), zoom = layout.output_at, made.layer.out_shape[1:], layout.output_zoom
    found = last[top : top + height * zoom : zoom, left : left + width * zoom : zoom]
    assert np.abs(found.astype(int) - figure.output_picture(made.result)).mean() < 16
    assert layout.size == (last.shape[1], last.shape[0])


@pytest.mark.long
def test_the_largest_scan_has_a_frame_for_each_of_its_places() -> None:
    made = Case({"padding": "same"}, (50, 100)).made()
    assert prod(made.layer.out_shape) == gif.MOST == sum(1 for _ in frames(gif.scan_gif(made)))


def test_what_is_too_long_or_does_not_fit_on_a_slide_is_refused_in_words_and_not_made_anyway() -> None:
    long, large = (Case({"padding": "same"}, (71, 71)).made(), Case({"stride": 11}, (500, 500)).made())
    for made, size, said in (
        (long, None, "The scan would have 5,041 frames, one per output, and at most 5,000 are possible: choose"),
        (large, (640, 360), "does not fit on 640 × 360 pixels"),
    ):
        assert said in gif.refusal(made.layer, size)
        with pytest.raises(ValueError, match=said):
            gif.scan_gif(made, size)
    assert gif.refusal(Case({"padding": "same"}, (70, 71)).made().layer) == gif.refusal(large.layer) == ""


def test_a_scan_is_about_600_pixels_wide_and_whole_pixels_are_squares() -> None:
    for side, stride in ((8, 1), (32, 1), (64, 1), (226, 16), (512, 16)):
        layout = gif.layout_of(Case({"stride": stride}, (side, side)).made().layer)
        assert layout.input_zoom == max(1, gif.SCAN // side)
        assert layout.size[0] <= max(600, side + 380)


@pytest.mark.parametrize("size", [(1280, 720), (640, 360)], ids=str)
def test_on_a_slide_it_is_the_same_scan_in_the_middle_and_larger(size: tuple[int, int]) -> None:
    made = in_eight_levels(SCANS[1])
    assert gif.layout_of(made.layer, size).size == size

    def outputs(frame: Bytes, layout: gif.Layout) -> Bytes:
        """The colour in the middle of each output."""
        (left, top), zoom, (_, height, width) = layout.output_at, layout.output_zoom, made.layer.out_shape
        middles: Bytes = frame[top + zoom // 2 :: zoom, left + zoom // 2 :: zoom][:height, :width]
        return middles

    for (slide, _), (frame, _) in zip(frames(gif.scan_gif(made, size)), frames(gif.scan_gif(made)), strict=True):
        assert slide.shape == (size[1], size[0], 3)
        small = outputs(frame, gif.layout_of(made.layer))
        np.testing.assert_array_equal(outputs(slide, gif.layout_of(made.layer, size)), small)


def test_a_strip_has_frames_of_the_scan_from_the_first_to_the_last() -> None:
    made = in_eight_levels(SCANS[1])
    with Image.open(BytesIO(gif.scan_strip(made))) as file:
        parts = np.split(np.asarray(file.convert("RGB")), gif.STRIP, axis=1)
    found = [frame for frame, _ in frames(gif.scan_gif(made, gif.STRIP_SIZE))]
    np.testing.assert_array_equal(parts[0], found[0])
    np.testing.assert_array_equal(parts[-1], found[-1])
    assert all(any(np.array_equal(part, frame) for frame in found) for part in parts)
