"""The visitor's layer on a picture so small that it can be wired up fully connected. Pure.

A fully connected layer has a weight for every pair of pixels, so the picture is made smaller first.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from components.display.layer import NOISE, Layer, all_tied, spec_of, window_weights, without_noise
from components.state.setup import SIDE, Setup, View, with_side
from kernels.images.decode import fit, unit
from kernels.layer.counts import count
from kernels.layer.kinds import ConvWiring, flat, wiring
from kernels.layer.spec import Bytes, Floats, Pair, SpecError
from kernels.layer.wiring import Wiring

COMFORT = 32  # pixels: the longer side of the small picture, where the geometry allows it
LIMIT = 2**21  # connections of the fully connected layer: four times what 32 × 32 pixels need
LOCAL_LIMIT = 2**19  # connections of the locally connected one


@dataclass(frozen=True, slots=True, eq=False)
class SmallLayer:
    """A state, its layer and the grey picture (1, H, W) it runs on."""

    state: Setup
    layer: Layer
    planes: Bytes

    @property
    def picture(self) -> Floats:
        """The picture (H, W), 0..1."""
        picture: Floats = unit(self.planes)[0]
        return picture

    @property
    def x(self) -> Floats:
        """The input as the vector that W is multiplied with."""
        return flat(self.layer.spec, unit(self.planes))

    @property
    def size(self) -> str:
        return f"{self.layer.in_shape[1]} × {self.layer.in_shape[2]}"

    @property
    def bias(self) -> list[float] | None:
        return [self.state.bias] if self.layer.spec.bias else None

    @property
    def weight(self) -> Floats:
        """The visitor's kernel as it lies on the picture, (1, 1, K, L)."""
        return window_weights(self.state)[None, None]

    def wiring(self, kind: View) -> ConvWiring:
        return wiring(kind, self.layer.spec, self.layer.in_shape, self.state.period if kind == "tiled" else None)

    def theta(self, wires: ConvWiring) -> Floats:
        """The parameters with which this wiring computes the visitor's kernel."""
        return wires.theta_from(self.weight, self.bias)

    def product(self, wires: Wiring, theta: Floats, x: Floats) -> Floats:
        """W x (outputs,); sums that are rounding noise are 0."""
        largest_sum = wires.product(np.abs(theta), np.abs(x)).max(initial=0)
        return without_noise(wires.product(theta, x), NOISE * float(largest_sum))

    def map(self, outputs: ArrayLike) -> Floats:
        """The outputs of W x as a map (H', W')."""
        values: Floats = np.asarray(outputs).reshape(self.layer.out_shape)[0]
        return values


def small_state(state: Setup, size: Pair) -> Setup:
    """The state at the largest size at which all four layers can be wired up; `size` is that of its picture.

    At most COMFORT pixels, or as few more as a kernel needs that is wider than that. Raises SpecError if there is none,
    or if no output would read a pixel.
    """
    grey = replace(all_tied(state), colour="grey")
    whole = min(max(size), state.side)
    refused, fits = None, False
    comfort = min(COMFORT, whole)
    for side in (*range(comfort, min(SIDE.low, comfort) - 1, -1), *range(comfort + 1, whole + 1)):
        width, height = fit(size[1], size[0], side)
        try:
            dense, local = (count(kind, spec_of(state), (1, height, width)) for kind in ("dense", "local"))
        except SpecError as error:
            refused = error
            continue
        fits = True
        if dense.connections <= LIMIT and local.connections <= LOCAL_LIMIT:
            if not local.multiply_adds:
                raise SpecError("no output of this layer reads a pixel: choose a smaller stride or less padding")
            return with_side(grey, side)
    if refused and not fits:
        raise refused
    raise SpecError(
        f"with this geometry a fully connected layer needs more than {LIMIT:,} weights, or a locally connected one "
        f"more than {LOCAL_LIMIT:,}, the most that are built here: choose less padding or a smaller kernel"
    )
