"""The layers of a state on a picture, by loops: an oracle for every page that shows one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from components.display.layer import layer_of
from components.pages.compare.small import SmallLayer
from components.state.link import edited
from components.state.setup import Setup
from tests.support.oracles import Geometry, loop_connections, loop_correlate

Bytes = NDArray[np.uint8]
Size = tuple[int, int]
Way = dict[str, object]  # a state, by what is not as at first
FLAT15 = [[1] * 15] * 15  # the largest kernel there is

WAYS: list[Way] = [
    {},
    {"kernel": "1,2,3;4,5,7", "stride": 2, "padding": 1, "bias": 0.5},
    {"kernel": "1,-2;0.5,3;4,1", "padding": "same", "mode": "reflect"},
    {"kernel": "0.1,0.7,-1.5", "padding": "full", "dilation": 2},
    {"kernel": "1,2;3,4", "padding": 3, "mode": "circular", "stride": 3, "bias": -1.25},
    {"padding": 2, "mode": "replicate", "stride": 2, "dilation": 2},
    {"kernel": "3"},
    {"kernel": ";".join(["1,-1,2,0.5,1,3,-2,1"] * 8), "padding": "same", "bias": 0.125},  # enough taps for the FFT
]


SIZES: list[Size] = [(9, 11), (12, 8)]


def picture(channels: int, size: Size, seed: int = 0) -> Bytes:
    return np.random.default_rng([4, seed]).integers(0, 256, (channels, *size), dtype=np.uint8)


def small_layer(way: dict[str, Any], planes: Bytes) -> SmallLayer:
    """The layer on this picture, with a kernel without symmetry if none is given: no two sums are equal by chance."""
    state = edited(Setup(), **{"kernel": "1,2,-3;4,0.5,7;-1,3,2"} | way)
    return SmallLayer(state, layer_of(state, planes.shape[1:]), planes)


def geometry(state: Setup, size: Size, bias: bool = False) -> Geometry:
    pad = state.padding if isinstance(state.padding, str) else (state.padding, state.padding)
    pairs: dict[str, Any] = {"stride": (state.stride,) * 2, "dilation": (state.dilation,) * 2, "padding": pad}
    return Geometry("state", (1, *size), state.kernel_size, mode=state.mode, bias=bias, **pairs)


def by_loops(state: Setup, planes: Bytes, kernel: NDArray[np.float64]) -> NDArray[np.float64]:
    g = geometry(state, planes.shape[1:])
    maps = [
        loop_correlate(plane[None] / 255, kernel[None, None], g.stride, g.pads, g.dilation, 1, g.mode, None)[0]
        for plane in planes
    ]
    return np.stack(maps) + state.bias


def close(found: NDArray[np.float64], wanted: NDArray[np.float64]) -> None:
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-12 * max(1.0, float(np.abs(wanted).max())))


def untied_by_loops(state: Setup, planes: Bytes) -> NDArray[np.float64]:
    """Y = W x with W cell by cell, a copy's value in place of its weight's."""
    g = geometry(state, planes.shape[1:])
    own = {copy[:3]: copy[3] for copy in state.untied}
    window = np.array(state.kernel)[::-1, ::-1] if state.flip else np.array(state.kernel)
    matrix = np.zeros((g.n_outputs, g.n_inputs))
    for target, source, key in loop_connections("conv", g):
        k, l = int(key[3]), int(key[4])
        matrix[target, source] += own.get((target, k, l), float(window[k, l]))
    flat = matrix @ (planes.reshape(len(planes), -1).T / 255)
    return flat.T.reshape(len(planes), *g.out_size) + state.bias
