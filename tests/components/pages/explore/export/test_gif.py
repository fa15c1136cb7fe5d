"""The scan is read back frame by frame."""

import io
from collections.abc import Iterator
from math import prod

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from components.display.layer import output_map
from components.pages.explore.export import figure, gif
from kernels.layer.conv import NUMPY_MODE
from tests.support.explored import Case

Bytes = NDArray[np.uint8]
SCANS = [
    Case(),
    Case({"kernel": "1,2,3;4,5,7", "stride": 2, "padding": 1}),
    Case({"padding": "full", "dilation": 2, "mode": "replicate"}, (6, 9)),
    Case({"kernel": "1;2;-3", "padding": 2, "mode": "circular"}, (7, 5)),
    Case({"kernel": "3"}, (1, 1)),
    Case({"kernel": "1", "stride": 3}, (9, 10)),
    Case({"stride": 11, "mode": "reflect", "padding": 7}, (130, 60)),
]


def frames(data: bytes) -> Iterator[Bytes]:
    with Image.open(io.BytesIO(data)) as file:
        for n in range(file.n_frames):  # type: ignore[attr-defined]  # a GIF has it
            file.seek(n)
            yield np.asarray(file.convert("RGB"))


def is_colour(picture: Bytes, number: int) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (picture == list(bytes.fromhex(gif.SCAN_COLOURS[number][1:]))).all(axis=2)
    return found


@pytest.mark.parametrize("case", SCANS, ids=str)
def test_frame_n_frames_window_n_and_has_n_outputs_and_the_rest_of_the_input_stays(case: Case) -> None:
    state, layer, planes, _ = case.made()
    planes = planes // 32 * 32  # eight levels: no colour has to be left out
    result = output_map(state, layer, planes)
    rows, cols = layer.spec.axes(layer.in_shape)
    padded = np.pad(planes[0], layer.spec.pads, mode=NUMPY_MODE[state.mode])
    outside = np.pad(np.zeros(planes.shape[1:], bool), layer.spec.pads, constant_values=True)
    pale = np.where(outside, (padded.astype(int) + 255) // 2, padded)
    layout, (height, width) = gif.layout_of(layer), layer.out_shape[1:]
    large = np.kron(pale, np.ones((layout.input_zoom, layout.input_zoom), int))
    wanted = figure.output_picture(result).reshape(-1, 3)
    (left, top), zoom = layout.output_at, layout.output_zoom
    seen = 0
    for n, frame in enumerate(frames(gif.scan_gif(layer, planes, result))):
        i, j = divmod(n, width)
        accent = is_colour(frame, gif.ACCENT)
        at = np.argwhere(accent)
        y, x = (at.min(axis=0) + gif.EDGE).tolist()
        assert y == layout.input_at[1] + i * state.stride * layout.input_zoom
        assert x == layout.input_at[0] + j * state.stride * layout.input_zoom
        reach = np.array([rows.reach, cols.reach]) * layout.input_zoom
        assert (at.max(axis=0) + 1 - gif.EDGE - (y, x)).tolist() == reach.tolist()
        x0, y0 = layout.input_at
        part = np.s_[y0 : y0 + len(large), x0 : x0 + large.shape[1]]
        assert ((frame[part] == large[..., None]).all(axis=2) | accent[part]).all()
        output = frame[top : top + height * zoom, left : left + width * zoom]
        cells = output[::zoom, ::zoom]
        np.testing.assert_array_equal(cells.repeat(zoom, axis=0).repeat(zoom, axis=1), output)
        np.testing.assert_array_equal(cells.reshape(-1, 3)[: n + 1], wanted[: n + 1])
        assert is_colour(frame, gif.PENDING).sum() == zoom**2 * (height * width - n - 1)
        seen += 1
    assert seen == height * width


def test_the_scan_goes_round_for_ever_and_rests_at_its_end() -> None:
    _, layer, planes, result = Case().made()
    with Image.open(io.BytesIO(gif.scan_gif(layer, planes, result))) as file:
        assert file.info["loop"] == 0
        lasts = []
        for n in range(file.n_frames):  # type: ignore[attr-defined]  # a GIF has it
            file.seek(n)
            lasts.append(file.info["duration"])
    assert lasts == [300] * 62 + [2000]


def test_many_colours_are_brought_down_to_a_palette_that_is_near_them() -> None:
    _, layer, planes, result = Case({"stride": 4}, (40, 50), 3).made()
    layout = gif.layout_of(layer)
    *_, last = frames(gif.scan_gif(layer, planes, result))
    (left, top), (height, width), zoom = layout.output_at, layer.out_shape[1:], layout.output_zoom
    found = last[top : top + height * zoom : zoom, left : left + width * zoom : zoom]
    assert np.abs(found.astype(int) - figure.output_picture(result)).mean() < 16
    assert layout.size == (last.shape[1], last.shape[0])


@pytest.mark.long
def test_the_largest_scan_has_a_frame_for_each_of_its_places() -> None:
    _, layer, planes, result = Case({"padding": "same"}, (50, 100)).made()
    assert prod(layer.out_shape) == gif.MOST
    with Image.open(io.BytesIO(gif.scan_gif(layer, planes, result))) as file:
        assert file.n_frames == gif.MOST  # type: ignore[attr-defined]  # a GIF has it


def test_a_longer_scan_is_refused_and_not_made_anyway() -> None:
    _, layer, planes, result = Case({"padding": "same"}, (71, 71)).made()
    said = "The scan would have 5,041 frames, one for each output, and 5,000 are the most: choose"
    assert gif.refusal(layer).startswith(said)
    with pytest.raises(ValueError, match=r"^The scan would have 5,041 frames"):
        gif.scan_gif(layer, planes, result)
    assert gif.refusal(Case({"padding": "same"}, (70, 71)).made()[1]) == ""


def test_a_scan_is_about_480_pixels_wide_and_whole_pixels_are_squares() -> None:
    for side, stride in ((8, 1), (32, 1), (64, 1), (226, 16), (512, 16)):
        layout = gif.layout_of(Case({"stride": stride}, (side, side)).made()[1])
        assert layout.input_zoom == max(1, gif.SCAN // side)
        assert layout.size[0] <= max(480, side + 260)
