"""What the engine must agree with, written a second time as plain loops.

Nothing here is imported from `kernels`, nothing is clever, and nothing is fast: each function follows the definition
word for word, so that an oracle and the engine can only agree by both being right.
"""

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Pair = tuple[int, int]
Pads = tuple[Pair, Pair]
Shape = tuple[int, int, int]
Key = tuple[str | int, ...]
Connection = tuple[int, int, Key]


@dataclass(frozen=True)
class Geometry:
    """A layer and the image it meets, as bare numbers."""

    name: str
    in_shape: Shape
    kernel_size: Pair
    out_channels: int = 1
    stride: Pair = (1, 1)
    padding: str | Pair = (0, 0)
    dilation: Pair = (1, 1)
    groups: int = 1
    bias: bool = False
    mode: str = "zeros"

    def __str__(self) -> str:
        """The name pytest prints."""
        return self.name

    @property
    def pads(self) -> Pads:
        """((top, bottom), (left, right))."""
        return self._axis_pads(0), self._axis_pads(1)

    def _axis_pads(self, axis: int) -> Pair:
        reach = self.dilation[axis] * (self.kernel_size[axis] - 1)
        if self.padding == "valid":
            return 0, 0
        if self.padding == "same":
            return reach // 2, reach - reach // 2
        if self.padding == "full":
            return reach, reach
        assert not isinstance(self.padding, str)
        return self.padding[axis], self.padding[axis]

    @property
    def out_size(self) -> Pair:
        """(H', W'), found by walking the window until it leaves the padded image; (0, 0) parts mean no output."""
        height, width = (
            _positions(size + sum(pad), kernel, stride, dilation)
            for size, pad, kernel, stride, dilation in zip(
                self.in_shape[1:], self.pads, self.kernel_size, self.stride, self.dilation, strict=True
            )
        )
        return height, width

    @property
    def weight_shape(self) -> tuple[int, int, int, int]:
        """(O, C/groups, K, L)."""
        return self.out_channels, self.in_shape[0] // self.groups, *self.kernel_size

    @property
    def n_outputs(self) -> int:
        """All output cells, all channels."""
        return self.out_channels * self.out_size[0] * self.out_size[1]

    @property
    def n_inputs(self) -> int:
        """All input pixels, all channels, without the constant 1."""
        return self.in_shape[0] * self.in_shape[1] * self.in_shape[2]

    @property
    def is_valid(self) -> bool:
        """Whether PyTorch would run this layer."""
        if min(self.out_size) < 1 or self.in_shape[0] % self.groups or self.out_channels % self.groups:
            return False
        for size, pad in zip(self.in_shape[1:], self.pads, strict=True):
            if self.mode == "reflect" and max(pad) >= size:
                return False
            if self.mode == "circular" and max(pad) > size:
                return False
        return True


def _positions(padded: int, kernel: int, stride: int, dilation: int) -> int:
    found, start = 0, 0
    while start + dilation * (kernel - 1) < padded:
        found, start = found + 1, start + stride
    return found


def pad_index(i: int, n: int, mode: str) -> int | None:
    """The real index that stands at position `i` of an axis of `n` pixels; None where nothing real does."""
    if 0 <= i < n:
        return i
    if mode == "zeros":
        return None
    if mode == "replicate":
        return 0 if i < 0 else n - 1
    if mode == "circular":
        return i + n if i < 0 else i - n
    assert mode == "reflect"
    return -i if i < 0 else 2 * (n - 1) - i


def loop_correlate(
    image: NDArray[np.float64],
    weight: NDArray[np.float64],
    stride: Pair,
    pads: Pads,
    dilation: Pair,
    groups: int,
    mode: str,
    bias: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    """Six nested loops: Y[o, i, j] = b[o] + Σ over c, k, l of X[c, i s + k d − p, j s + l d − p] · F[o, c, k, l]."""
    in_channels, height, width = image.shape
    out_channels, per_group, kernel, length = weight.shape
    assert in_channels == groups * per_group
    out_height = _positions(height + sum(pads[0]), kernel, stride[0], dilation[0])
    out_width = _positions(width + sum(pads[1]), length, stride[1], dilation[1])
    y = np.zeros((out_channels, out_height, out_width))
    for o, i, j in np.ndindex(y.shape):
        group = o // (out_channels // groups)
        total = 0.0 if bias is None else float(bias[o])
        for c, k, m in np.ndindex(per_group, kernel, length):
            row = pad_index(i * stride[0] + k * dilation[0] - pads[0][0], height, mode)
            col = pad_index(j * stride[1] + m * dilation[1] - pads[1][0], width, mode)
            if row is not None and col is not None:
                total += float(image[group * per_group + c, row, col]) * float(weight[o, c, k, m])
        y[o, i, j] = total
    return y


def correlate_geometry(
    g: Geometry, image: NDArray[np.float64], weight: NDArray[np.float64], bias: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """`loop_correlate` with the numbers of a geometry."""
    return loop_correlate(image, weight, g.stride, g.pads, g.dilation, g.groups, g.mode, bias)


def loop_connections(kind: str, g: Geometry, period: Pair = (1, 1)) -> list[Connection]:
    """Every connection as (target, source, key); two connections share a weight exactly when their keys are equal."""
    found = _dense_connections(g) if kind == "dense" else _window_connections(kind, g, period)
    if g.bias:
        one = g.n_inputs
        for target, (o, i, j) in enumerate(np.ndindex(g.out_channels, *g.out_size)):
            keys: dict[str, Key] = {
                "dense": ("bias", o, i, j),
                "local": ("bias", o, i, j),
                "tiled": ("bias", o, i % period[0], j % period[1]),
                "conv": ("bias", o),
            }
            found.append((target, one, keys[kind]))
    return found


def loop_taps(g: Geometry) -> list[tuple[int, int, Shape]]:
    """(place, pixel, tap) of whatever a window over all channels reads; a tap is (channel, row, column)."""
    one = replace(g, out_channels=1, groups=1, bias=False)
    found = []
    for place, pixel, (_, _, *tap) in loop_connections("conv", one):
        c, k, l = map(int, tap)
        found.append((place, pixel, (c, k, l)))
    return found


def parameter_count(kind: str, g: Geometry, period: Pair = (1, 1)) -> int:
    """One per key that occurs; a convolution (a period of one) owns its whole kernel, whatever its taps meet."""
    if kind == "conv" or (kind == "tiled" and period == (1, 1)):
        out_channels, per_group, kernel, length = g.weight_shape
        return out_channels * per_group * kernel * length + out_channels * g.bias
    return len({key for _, _, key in loop_connections(kind, g, period)})


def _dense_connections(g: Geometry) -> list[Connection]:
    return [(t, s, ("weight", t, s)) for t in range(g.n_outputs) for s in range(g.n_inputs)]


def _window_connections(kind: str, g: Geometry, period: Pair) -> list[Connection]:
    _, height, width = g.in_shape
    _, per_group, kernel, length = g.weight_shape
    found: list[Connection] = []
    for target, (o, i, j) in enumerate(np.ndindex(g.out_channels, *g.out_size)):
        group = o // (g.out_channels // g.groups)
        for c, k, m in np.ndindex(per_group, kernel, length):
            row = pad_index(i * g.stride[0] + k * g.dilation[0] - g.pads[0][0], height, g.mode)
            col = pad_index(j * g.stride[1] + m * g.dilation[1] - g.pads[1][0], width, g.mode)
            if row is None or col is None:
                continue
            source = ((group * per_group + c) * height + row) * width + col
            keys: dict[str, Key] = {
                "local": ("weight", o, c, k, m, i, j),
                "tiled": ("weight", o, c, k, m, i % period[0], j % period[1]),
                "conv": ("weight", o, c, k, m),
            }
            found.append((target, source, keys[kind]))
    return found


def loop_weave(g: Geometry, rows: list[int], cols: list[int], block: Pair = (0, 0)) -> NDArray[np.int64]:
    """Uses of each tap in each tile of one (out channel, in channel) block, counted one by one.

    Only the targets between the first and the last row edge are visited, so a small window of a huge matrix is cheap.
    """
    _, height, width = g.in_shape
    _, per_group, kernel, length = g.weight_shape
    uses = np.zeros((kernel, length, len(rows) - 1, len(cols) - 1), dtype=np.int64)
    if block[0] // (g.out_channels // g.groups) != block[1] // per_group:
        return uses
    out_width = g.out_size[1]
    for target in range(rows[0], rows[-1]):
        i, j = target // out_width, target % out_width
        for k, m in np.ndindex(kernel, length):
            row = pad_index(i * g.stride[0] + k * g.dilation[0] - g.pads[0][0], height, g.mode)
            col = pad_index(j * g.stride[1] + m * g.dilation[1] - g.pads[1][0], width, g.mode)
            if row is None or col is None:
                continue
            source = row * width + col
            if cols[0] <= source < cols[-1]:
                uses[k, m, bisect_right(rows, target) - 1, bisect_right(cols, source) - 1] += 1
    return uses


def sigmoid(y: float) -> float:
    """1 / (1 + e^−y), with the exponential that cannot overflow."""
    small = math.exp(-abs(y))
    return 1 / (1 + small) if y >= 0 else small / (1 + small)


FORMULAS: dict[str, Callable[[float], float]] = {  # of the activations
    "none": lambda y: y,
    "relu": lambda y: y if y > 0 else 0.0,
    "abs": math.fabs,
    "sigmoid": sigmoid,
    "tanh": math.tanh,
}


def near(map: NDArray[np.float32], truth: NDArray[np.float64]) -> bool:
    """Whether they are equal but for what float32 cannot hold."""
    return map.shape == truth.shape and bool(np.abs(map - truth).max() <= 1e-6 * max(1.0, float(np.abs(truth).max())))
