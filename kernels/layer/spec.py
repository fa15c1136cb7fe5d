"""What a layer is: kernel size, channels and geometry, in PyTorch's words, checked before anything is computed."""

from dataclasses import dataclass
from functools import lru_cache
from operator import index
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kernels.layer.axis import Axis

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")
SHORTCUTS = ("valid", "same", "full")

Pair = tuple[int, int]
Shape = tuple[int, int, int]
Array = NDArray[Any]
Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class SpecError(ValueError):
    """A layer that cannot be; the message names the argument, the value and what to do.

    >>> LayerSpec(3, stride=0)
    Traceback (most recent call last):
    kernels.layer.spec.SpecError: stride must be >= 1, got 0
    """


def whole(name: str, value: object, least: int) -> int:
    """`value` as an int that is at least `least`. Raises SpecError with the name and the value.

    >>> whole("batch", 32, 1)
    32
    """
    try:
        if isinstance(value, bool):
            raise TypeError
        number = index(value)  # type: ignore[arg-type]  # the question is whether it has an __index__
    except TypeError:
        raise SpecError(f"{name} must be a whole number, got {value!r}") from None
    if number < least:
        raise SpecError(f"{name} must be >= {least}, got {number}")
    return number


def pair(name: str, value: object, least: int) -> Pair:
    """`value`, an int or two of them (rows, columns), as a pair of ints that are at least `least`. Raises SpecError.

    >>> pair("stride", 2, 1), pair("stride", (1, 3), 1)
    ((2, 2), (1, 3))
    """
    both = value if isinstance(value, tuple | list) else (value, value)
    if len(both) != 2:
        raise SpecError(f"{name} must be one number or two (rows, columns), got {value!r}")
    return whole(name, both[0], least), whole(name, both[1], least)


@dataclass(frozen=True, slots=True, init=False)
class LayerSpec:
    """A 2-D layer: O×(C/groups) kernels of K×L taps sliding over a C×H×W volume.

    Ints stand for pairs (rows, columns). `padding` counts pixels on each side, or is "valid" (none), "same" (as many as
    keep the size at stride 1; an even kernel gets the odd one at the bottom and right, as in PyTorch) or "full" (every
    output that touches the image). Raises SpecError.

    >>> spec = LayerSpec(3, in_channels=1, out_channels=8, stride=2, padding=1)
    >>> spec.kernel_size, spec.weight_shape
    ((3, 3), (8, 1, 3, 3))
    >>> spec.out_shape((1, 28, 28))
    (8, 14, 14)
    """

    kernel_size: Pair
    in_channels: int
    out_channels: int
    stride: Pair
    padding: Pair | str
    dilation: Pair
    groups: int
    bias: bool
    padding_mode: str

    def __init__(
        self,
        kernel_size: int | Pair,
        in_channels: int = 1,
        out_channels: int = 1,
        stride: int | Pair = 1,
        padding: int | Pair | str = 0,
        dilation: int | Pair = 1,
        groups: int = 1,
        bias: bool = False,
        padding_mode: str = "zeros",
    ) -> None:
        if isinstance(padding, str) and padding not in SHORTCUTS:
            raise SpecError(f"padding must be a number, a pair or one of {SHORTCUTS}, got {padding!r}")
        if padding_mode not in PADDING_MODES:
            raise SpecError(f"padding_mode must be one of {PADDING_MODES}, got {padding_mode!r}")
        checked = {
            "kernel_size": pair("kernel_size", kernel_size, 1),
            "in_channels": whole("in_channels", in_channels, 1),
            "out_channels": whole("out_channels", out_channels, 1),
            "stride": pair("stride", stride, 1),
            "padding": padding if isinstance(padding, str) else pair("padding", padding, 0),
            "dilation": pair("dilation", dilation, 1),
            "groups": whole("groups", groups, 1),
            "bias": bool(bias),
            "padding_mode": padding_mode,
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        for name, put in (("in_channels", "input"), ("out_channels", "output")):
            if checked[name] % groups:  # type: ignore[operator]  # both are ints by now
                raise SpecError(f"groups must divide the {checked[name]} {put} channels, got {groups}")

    @property
    def pads(self) -> tuple[Pair, Pair]:
        """Pixels added ((top, bottom), (left, right))."""
        if isinstance(self.padding, tuple):
            rows, cols = self.padding
            return (rows, rows), (cols, cols)
        full = [(k - 1) * d for k, d in zip(self.kernel_size, self.dilation, strict=True)]
        before = {"valid": [0, 0], "same": [n // 2 for n in full], "full": full}[self.padding]
        after = {"valid": [0, 0], "same": [n - n // 2 for n in full], "full": full}[self.padding]
        return (before[0], after[0]), (before[1], after[1])

    @property
    def weight_shape(self) -> tuple[int, int, int, int]:
        """(O, C/groups, K, L)."""
        return (self.out_channels, self.in_channels // self.groups, *self.kernel_size)

    def axes(self, in_shape: Shape) -> tuple[Axis, Axis]:
        """The row axis and the column axis of this layer on a (C, H, W) input; SpecError where there is no output."""
        return _axes(self, in_shape)

    def out_shape(self, in_shape: Shape) -> Shape:
        """(O, H', W') for an input of (C, H, W); SpecError says which number to change where nothing is left."""
        rows, cols = self.axes(in_shape)
        return self.out_channels, rows.out, cols.out


@lru_cache(1024)  # asked again and again by everything that derives from it
def _axes(spec: LayerSpec, in_shape: Shape) -> tuple[Axis, Axis]:
    if len(in_shape) != 3:
        raise SpecError(f"in_shape must be (C, H, W), got {in_shape}")
    channels, *sizes = in_shape
    if channels != spec.in_channels:
        raise SpecError(f"in_shape has {channels} channels where in_channels = {spec.in_channels}")
    rows, cols = (
        Axis(size, k, s, *pads, d, spec.padding_mode)
        for size, k, s, pads, d in zip(sizes, spec.kernel_size, spec.stride, spec.pads, spec.dilation, strict=True)
    )
    _check(rows, "rows")
    _check(cols, "columns")
    return rows, cols


def _check(axis: Axis, name: str) -> None:
    most = {"reflect": axis.size - 1, "circular": axis.size}.get(axis.mode)
    if axis.size < 1:
        raise SpecError(f"in_shape must have at least 1 of its {name}, got {axis.size}")
    if most is not None and max(axis.before, axis.after) > most:
        raise SpecError(
            f"padding must be at most {most} along the {axis.size} {name} in mode {axis.mode}, got "
            f"{max(axis.before, axis.after)}"
        )
    if axis.out < 1:
        raise SpecError(
            f"a kernel of {axis.kernel} {name} with dilation {axis.dilation} spans {axis.reach} {name}, but the "
            f"input has {axis.size} and padding adds {axis.before + axis.after}: make the kernel or the dilation "
            f"smaller, or the padding or the image larger"
        )
