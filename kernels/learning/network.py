"""A network: layers one after the other, with all their parameters in one vector θ.

h₀ = x,  h_{n+1} = layer_n(θ_n, h_n)
dL/dθ by the chain rule, from the last layer to the first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kernels.layer.spec import Array, Shape, SpecError
from kernels.learning.layers import Back, Layer

Loss = Callable[[Array, Array], tuple[float, Array]]  # (h, wanted) -> (L, dL/dh)


@dataclass(frozen=True, slots=True)
class Network:
    """Layers for inputs of `in_shape` (C, H, W). SpecError names the layer that does not fit, counted from 1.

    >>> from kernels.learning.layers import Activate
    >>> from kernels.learning.linear import full
    >>> network = Network((full(3, (1, 2, 2)), Activate("relu"), full(2, (3, 1, 1))), (1, 2, 2))
    >>> network.shapes[-1], network.parameters
    ((2, 1, 1), 23)
    >>> network.apply(network.init(seed=0), np.ones((5, 1, 2, 2), np.float32)).shape
    (5, 2, 1, 1)
    """

    layers: tuple[Layer, ...]
    in_shape: Shape

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The input's shape, then that of every layer's output."""
        shapes = [self.in_shape]
        for n, layer in enumerate(self.layers):
            try:
                shapes.append(layer.out_shape(shapes[-1]))
            except SpecError as error:
                raise SpecError(f"layer {n + 1} ({type(layer).__name__}): {error}") from None
        return tuple(shapes)

    def init(self, seed: int) -> Array:
        """The first θ, float32, which the seed decides."""
        return self.draw(np.random.default_rng(seed))

    def draw(self, rng: np.random.Generator) -> Array:
        """The first θ from this generator's next numbers, float32."""
        drawn = (layer.init(rng, shape) for layer, shape in zip(self.layers, self.shapes, strict=False))
        return np.concatenate([np.zeros(0, np.float32), *drawn])

    @property
    def parameters(self) -> int:
        """How many numbers θ has."""
        return self.parts[-1].stop if self.layers else 0

    @property
    def parts(self) -> tuple[slice, ...]:
        """Where each layer's θ_n lies in θ."""
        sizes = [layer.parameters(shape) for layer, shape in zip(self.layers, self.shapes, strict=False)]
        return tuple(slice(int(a), int(b)) for a, b in pairwise(np.cumsum([0, *sizes])))

    def apply(self, theta: Array, x: Array) -> Array:
        """The last layer's output for a batch (examples, C, H, W)."""
        for layer, part in zip(self.layers, self.parts, strict=True):
            x = layer.apply(theta[part], x)[0]
        return x

    def gradient(self, theta: Array, x: Array, wanted: Array, loss: Loss) -> tuple[float, Array]:
        """L and dL/dθ. The gradient with respect to x itself is never computed."""
        y, back = run(self.layers, self.parts, theta, x)
        value, up = loss(y, wanted)
        return value, back(up)[0]


def run(layers: tuple[Layer, ...], parts: tuple[slice, ...], theta: Array, x: Array) -> tuple[Array, Back]:
    """The last layer's output, and the way back through all of them: layers in a row are a layer."""
    backs = []
    for layer, part in zip(layers, parts, strict=True):
        x, back = layer.apply(theta[part], x)
        backs.append(back)

    def back_all(dy: Array, out: Array | None = None) -> tuple[Array, Callable[[], Array]]:
        gradient = np.empty_like(theta) if out is None else out

        def down() -> Array:
            return dy

        for back, part in zip(reversed(backs), reversed(parts), strict=True):
            _, down = back(down(), gradient[part])
        return gradient, down

    return x, back_all
