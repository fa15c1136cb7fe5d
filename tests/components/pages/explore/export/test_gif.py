"""The scan is read back frame by frame."""

from math import prod

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display.layer import Convolved, output_map
from components.pages.explore.export import figure, gif
from kernels.layer.conv import NUMPY_MODE
from tests.support.explored import Case
from tests.support.pictures import frames

Bytes = NDArray[np.uint8]
SCANS = [
    Case(),
    Case({"kernel": "1,2,3;4,5,7", "stride": 2, "padding": 1}),
    Case({"padding": "full", "dilation": 2, "mode": "replicate"}, (6, 9)),
    Case({"kernel": "1;2;-3", "padding": 2, "mode": "circular"}, (7, 5)),
    Case({"kernel": "3"}, (1, 1)),
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


@pytest.mark.parametrize("case", SCANS, ids=str)
def test_frame_n_frames_window_n_and_has_n_outputs_and_the_rest_of_the_input_stays(case: Case) -> None:
    made = in_eight_levels(case)
    layer, layout, (height, width) = made.layer, gif.layout_of(made.layer), made.layer.out_shape[1:]
    reach = [axis.reach * layout.input_zoom for axis in layer.spec.axes(layer.in_shape)]
    large = np.kron(pale_outside(made), np.ones((layout.input_zoom, layout.input_zoom), int))
    wanted = figure.output_picture(made.result).reshape(-1, 3)
    (x0, y0), (left, top), zoom = layout.input_at, layout.output_at, layout.output_zoom
    step, n = made.state.stride * layout.input_zoom, -1
    for n, (frame, _) in enumerate(frames(gif.scan_gif(made))):
        accent = is_colour(frame, gif.ACCENT)
        at = np.argwhere(accent)
        corner = [y0 + n // width * step, x0 + n % width * step]
        assert (at.min(axis=0) + gif.EDGE).tolist() == corner
        assert (at.max(axis=0) + 1 - gif.EDGE - corner).tolist() == reach
        part = np.s_[y0 : y0 + len(large), x0 : x0 + large.shape[1]]
        assert ((frame[part] == large[..., None]).all(axis=2) | accent[part]).all()
        output = frame[top : top + height * zoom, left : left + width * zoom]
        cells = output[::zoom, ::zoom]
        np.testing.assert_array_equal(cells.repeat(zoom, axis=0).repeat(zoom, axis=1), output)
        np.testing.assert_array_equal(cells.reshape(-1, 3)[: n + 1], wanted[: n + 1])
        assert is_colour(frame, gif.PENDING).sum() == zoom**2 * (height * width - n - 1)
    assert n + 1 == height * width


def test_the_scan_goes_round_for_ever_and_rests_at_its_end() -> None:
    said = [info for _, info in frames(gif.scan_gif(Case().made()))]
    assert {info["loop"] for info in said} == {0}
    assert [info["duration"] for info in said] == [300] * 62 + [2000]


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


def test_a_longer_scan_is_refused_and_not_made_anyway() -> None:
    made = Case({"padding": "same"}, (71, 71)).made()
    said = "The scan would have 5,041 frames, one for each output, and 5,000 are the most: choose"
    assert gif.refusal(made.layer).startswith(said)
    with pytest.raises(ValueError, match=said):
        gif.scan_gif(made)
    assert gif.refusal(Case({"padding": "same"}, (70, 71)).made().layer) == ""


def test_a_scan_is_about_480_pixels_wide_and_whole_pixels_are_squares() -> None:
    for side, stride in ((8, 1), (32, 1), (64, 1), (226, 16), (512, 16)):
        layout = gif.layout_of(Case({"stride": stride}, (side, side)).made().layer)
        assert layout.input_zoom == max(1, gif.SCAN // side)
        assert layout.size[0] <= max(480, side + 260)
