"""What is said of padding "same" is what SciPy and TensorFlow's formula do, and is said where it applies only."""

import re
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.signal import convolve2d, correlate2d

from components.display import padding
from kernels import LayerSpec, correlate
from tests.support.text import numbers

Array = NDArray[np.float64]


def picture(rows: int, cols: int) -> Array:
    return np.random.default_rng([rows, cols]).standard_normal((rows, cols))


def ours(x: Array, weight: Array, spec: LayerSpec) -> Array:
    found: Array = correlate(x[None], weight[None, None], spec)[0]
    return found


def tensorflow(x: Array, weight: Array, stride: int, dilation: int) -> tuple[Array, tuple[int, int]]:
    """By its documentation: pad_along = max((⌈n/s⌉ − 1)·s + k_eff − n, 0), half of it before; and what that is."""
    pads = []
    for n, k in zip(x.shape, weight.shape, strict=True):
        reach = (k - 1) * dilation + 1
        along = max(reach - stride, 0) if n % stride == 0 else max(reach - n % stride, 0)
        pads.append((along // 2, along - along // 2))
    wide = np.pad(x, pads)
    spread = np.zeros([(k - 1) * dilation + 1 for k in weight.shape])
    spread[::dilation, ::dilation] = weight
    return correlate2d(wide, spread, mode="valid")[::stride, ::stride], (pads[0][0], pads[1][0])


def said(spec: LayerSpec, x: Array, about: str, flip: bool = False) -> str:
    """The sentence about this, or ""."""
    return next((line for line in padding.sentences(spec, (1, *x.shape), flip) if about in line), "")


GEOMETRIES = list(product((8, 9, 13), (1, 2, 3, 4, 5), (1, 2, 3), (1, 2)))


def test_the_size_at_a_stride_is_told_and_is_what_comes_out() -> None:
    for n, K, stride, dilation in GEOMETRIES:
        x, spec = picture(n, n + 3), LayerSpec(K, stride=stride, padding="same", dilation=dilation)
        line = said(spec, x, "divided by the stride")
        assert bool(line) == (stride > 1)
        if line:
            shown = numbers(line.partition("Here")[2])
            assert shown == [*ours(x, np.ones((K, K)), spec).shape, *x.shape]


def test_tensorflow_is_named_where_it_pads_otherwise_and_by_how_much_its_windows_are_moved() -> None:
    """Its map is then ours over the picture moved by that much; where nothing is said, it is ours."""
    differing = set()
    for n, K, stride, dilation in GEOMETRIES:
        x, spec = picture(n, n + 1), LayerSpec(K, stride=stride, padding="same", dilation=dilation)
        weight = picture(K, K)
        wanted, before = tensorflow(x, weight, stride, dilation)
        line = said(spec, x, "TensorFlow")
        if not line:
            np.testing.assert_allclose(ours(x, weight, spec), wanted, atol=1e-12)
            continue
        differing.add(stride)
        there, here = re.findall(r"adds (\d+) above and (\d+)|layer (\d+) and (\d+)", line)
        assert tuple(map(int, there[:2])) == before
        pads = spec.pads[0][0], spec.pads[1][0]
        assert tuple(map(int, here[2:])) == pads
        down, right = (
            int((re.search(rf"(\d+)(?: pixels?)? {way}", line) or [0, 0])[1]) for way in ("down", "to the right")
        )
        assert (down, right) == (pads[0] - before[0], pads[1] - before[1])
        moved = np.pad(x, ((0, down), (0, right)))[down:, right:]  # what lies at 0 there lies at `down` here
        inner = slice(K * dilation, -K * dilation)  # away from the border, where nothing is padding
        np.testing.assert_allclose(ours(moved, weight, spec)[inner, inner], wanted[inner, inner], atol=1e-12)
    assert differing == {2, 3}


def test_it_is_scipys_but_for_a_flipped_even_kernel_that_is_moved_by_one_and_that_is_told() -> None:
    for K, L in product((1, 2, 3, 4), repeat=2):
        x, weight, spec = picture(9, 8), picture(K, L), LayerSpec((K, L), padding="same")
        np.testing.assert_allclose(ours(x, weight, spec), correlate2d(x, weight, mode="same"), atol=1e-12)
        assert padding.sentences(spec, (1, 9, 8)) == []
        found, wanted = ours(x, weight[::-1, ::-1], spec), convolve2d(x, weight, mode="same")
        up, left = K % 2 == 0, L % 2 == 0
        np.testing.assert_allclose(found[: 9 - up, : 8 - left], wanted[up:, left:], atol=1e-12)
        line = said(spec, x, "SciPy", flip=True)
        assert (bool(line), " up" in line, "to the left" in line) == (up or left, up, left)


def test_nothing_is_said_of_other_padding() -> None:
    for shown in ("valid", "full", 2):
        assert padding.sentences(LayerSpec(4, stride=2, padding=shown), (1, 9, 9), flip=True) == []
