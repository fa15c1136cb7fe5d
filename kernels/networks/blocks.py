"""The layers of published networks that are more than one product: tables, sub-sampling, normalisation, residuals."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod, sqrt

import numpy as np

from kernels.layer.spec import Array, LayerSpec, Shape, SpecError, whole
from kernels.learning.layers import Back, Layer, volume
from kernels.learning.linear import Wired
from kernels.learning.network import Network, run
from kernels.learning.windows import scattered, windows

Table = tuple[tuple[int, ...], ...]  # the input channels that each output channel reads
EPSILON = 1e-5


@dataclass(frozen=True, slots=True)
class Tabled:
    """A convolution whose maps read only some of the channels: what they do not read, they have no kernel for.

    θ: the kernels, in the order of the table, then one bias per map if the spec has them (LeCun 1989 and 1998).
    """

    spec: LayerSpec
    table: Table
    gain: float = 2.0

    def __post_init__(self) -> None:
        if self.spec.groups != 1:
            raise SpecError(f"groups must be 1 beside a table, which says who reads what, got {self.spec.groups}")
        if len(self.table) != self.spec.out_channels or not all(self.table):
            raise SpecError(f"table must name channels for each of {self.spec.out_channels} maps, got {self.table}")
        there = range(self.spec.in_channels)
        for reads in self.table:
            if list(reads) != sorted({n for n in reads if n in there}):
                raise SpecError(
                    f"each map of a table must name channels from 0 to {self.spec.in_channels - 1}, rising, each once, "
                    f"got {', '.join(map(str, reads))}"
                )

    @property
    def kept(self) -> Array:
        """Which numbers of the whole bank's θ this layer has."""
        O, _, K, L = self.spec.weight_shape
        ids = np.arange(prod(self.spec.weight_shape)).reshape(O, -1, K * L)
        kernels = [ids[o, list(reads)].ravel() for o, reads in enumerate(self.table)]
        return np.concatenate([*kernels, ids.size + np.arange(O * self.spec.bias)])

    def out_shape(self, in_shape: Shape) -> Shape:
        return self.spec.out_shape(in_shape)

    def parameters(self, _in_shape: Shape) -> int:
        return sum(map(len, self.table)) * prod(self.spec.kernel_size) + self.spec.out_channels * self.spec.bias

    def init(self, rng: np.random.Generator, in_shape: Shape) -> Array:
        taps = prod(self.spec.kernel_size)
        scales = [np.full(len(reads) * taps, sqrt(self.gain / (len(reads) * taps))) for reads in self.table]
        weights = np.concatenate(scales) * rng.standard_normal(sum(map(len, scales)))
        return np.append(weights, np.zeros(self.parameters(in_shape) - len(weights))).astype(np.float32)

    def apply(self, theta: Array, x: Array) -> tuple[Array, Back]:
        layer, kept = Wired("conv", self.spec), self.kept
        bank = np.zeros(layer.parameters(volume(x)), theta.dtype)
        bank[kept] = theta
        y, whole_back = layer.apply(bank, x)

        def back(dy: Array, out: Array | None = None) -> tuple[Array, Callable[[], Array]]:
            gradient, dx = whole_back(dy)
            return np.take(gradient, kept, out=out), dx

        return y, back


@dataclass(frozen=True, slots=True)
class Subsample:
    """y = a_c · Σ window + b_c over windows that do not overlap: two numbers a map (LeNet-5's S2 and S4).

    θ: a (C,), then b (C,). Starts as the mean: a = 1 / size².

    >>> Subsample(2).apply(np.array([2.0, 1.0]), np.array([[[[1.0, 2.0], [3.0, 4.0]]]]))[0].item()
    21.0
    """

    size: int

    def __post_init__(self) -> None:
        whole("size", self.size, 1)

    @property
    def spec(self) -> LayerSpec:
        return LayerSpec(self.size, stride=self.size)

    def out_shape(self, in_shape: Shape) -> Shape:
        return in_shape[0], *self.spec.out_shape((1, *in_shape[1:]))[1:]

    def parameters(self, in_shape: Shape) -> int:
        return 2 * in_shape[0]

    def init(self, _rng: np.random.Generator, in_shape: Shape) -> Array:
        return np.repeat([1 / self.size**2, 0], in_shape[0]).astype(np.float32)

    def apply(self, theta: Array, x: Array) -> tuple[Array, Back]:
        seen = windows(x, self.spec)
        sums = seen.sum(axis=(4, 5))
        a, b = (part[:, None, None] for part in theta.reshape(2, -1))

        def back(dy: Array, out: Array | None = None) -> tuple[Array, Callable[[], Array]]:
            gradient = np.empty_like(theta) if out is None else out
            to_a, to_b = gradient.reshape(2, -1)
            (dy * sums).sum(axis=(0, 2, 3), out=to_a)
            dy.sum(axis=(0, 2, 3), out=to_b)
            lost = np.broadcast_to((a * dy)[..., None, None], seen.shape)
            return gradient, lambda: scattered(lost, self.spec, x.shape[2:])

        return a * sums + b, back


@dataclass(frozen=True, slots=True)
class BatchNorm:
    """y = γ_c · (x − m_c) / √(v_c + 10⁻⁵) + β_c, m and v over the batch and all places (Ioffe & Szegedy 2015).

    θ: γ (C,), ones at first, then β (C,). There is no running average: the statistics are those of what is shown.
    """

    def out_shape(self, in_shape: Shape) -> Shape:
        return in_shape

    def parameters(self, in_shape: Shape) -> int:
        return 2 * in_shape[0]

    def init(self, _rng: np.random.Generator, in_shape: Shape) -> Array:
        return np.repeat([1.0, 0.0], in_shape[0]).astype(np.float32)

    def apply(self, theta: Array, x: Array) -> tuple[Array, Back]:
        over = 0, 2, 3
        scale = 1 / np.sqrt(x.var(axis=over, keepdims=True) + EPSILON)
        normal = (x - x.mean(axis=over, keepdims=True)) * scale
        gamma, beta = (part[:, None, None] for part in theta.reshape(2, -1))

        def back(dy: Array, out: Array | None = None) -> tuple[Array, Callable[[], Array]]:
            gradient = np.empty_like(theta) if out is None else out
            to_gamma, to_beta = gradient.reshape(2, -1)
            (dy * normal).sum(axis=over, out=to_gamma)
            dy.sum(axis=over, out=to_beta)

            def dx() -> Array:
                """dL/dx = scale · (up − mean up − normal · mean(up · normal)), up = γ · dL/dy."""
                up = gamma * dy
                shared = up.mean(axis=over, keepdims=True) + normal * (up * normal).mean(axis=over, keepdims=True)
                down: Array = scale * (up - shared)
                return down

            return gradient, dx

        return gamma * normal + beta, back


@dataclass(frozen=True, slots=True)
class Residual:
    """y = f(x) + g(x): a branch, and a shortcut beside it that does nothing or makes the shapes agree (He et al. 2015).

    θ: the branch's, then the shortcut's.
    """

    branch: tuple[Layer, ...]
    shortcut: tuple[Layer, ...] = ()

    def paths(self, in_shape: Shape) -> tuple[Network, Network]:
        return Network(self.branch, in_shape), Network(self.shortcut, in_shape)

    def out_shape(self, in_shape: Shape) -> Shape:
        ends = [path.shapes[-1] for path in self.paths(in_shape)]
        if ends[0] != ends[1]:
            raise SpecError(f"a branch that ends in {ends[0]} cannot be added to a shortcut that ends in {ends[1]}")
        return ends[0]

    def parameters(self, in_shape: Shape) -> int:
        return sum(path.parameters for path in self.paths(in_shape))

    def init(self, rng: np.random.Generator, in_shape: Shape) -> Array:
        return np.concatenate([path.draw(rng) for path in self.paths(in_shape)])

    def apply(self, theta: Array, x: Array) -> tuple[Array, Back]:
        branch, shortcut = self.paths(volume(x))
        cut = branch.parameters
        y, back_branch = run(branch.layers, branch.parts, theta[:cut], x)
        z, back_shortcut = run(shortcut.layers, shortcut.parts, theta[cut:], x)

        def back(dy: Array, out: Array | None = None) -> tuple[Array, Callable[[], Array]]:
            gradient = np.empty_like(theta) if out is None else out
            one, other = back_branch(dy, gradient[:cut]), back_shortcut(dy, gradient[cut:])
            return gradient, lambda: one[1]() + other[1]()

        return y + z, back
