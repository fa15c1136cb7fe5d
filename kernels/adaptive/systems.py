"""Unknown systems that adaptive filters identify: parallel channels, many inputs and many outputs, and pictures.

Each is a wiring of its own: parallel channels are a convolution whose stride is the filter's length, circulant sharing
is a convolution over the channels, a picture's kernel is the convolution itself. Untied, they are the local or the
dense layer of the same shape.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, prod

import numpy as np
import scipy
from numpy.lib.stride_tricks import sliding_window_view

from kernels.layer.axis import Axis
from kernels.layer.kinds import wiring
from kernels.layer.spec import Floats, LayerSpec, Shape, SpecError, whole
from kernels.layer.wiring import Wiring

SLICE = 200  # iterations between two records
LARGEST = 2**23  # numbers in a slice, where it has all its iterations
HELD = 2**21  # numbers in a slice of windows: 17 MB, which a run keeps until the next one


@dataclass(frozen=True, slots=True)
class Parallel:
    """d_m(n) = w_omᵀ x_m(n) + v_m(n), m = 1..M: M channels whose targets are the same, or nearly. Raises SpecError.

    x_m(n): the last L samples of a Gaussian input of variance 1, white or AR(1), x(n) = a·x(n−1) + √(1−a²)·u(n), a =
    colour. mismatch: Δ, the mean of ‖w_om − w̄_o‖² over the channels, ‖w̄_o‖ = 1. drift: variance per tap of the step
    the targets take together at every iteration.
    """

    channels: int = 4
    taps: int = 8
    noise: float = 0.01
    colour: float = 0.0
    mismatch: float = 0.0
    drift: float = 0.0
    iterations: int = 2000
    trials: int = 20
    seed: int = 0

    def __post_init__(self) -> None:
        _check(self, ("channels", "taps", "iterations", "trials"), ("noise", "mismatch", "drift"))
        if not abs(self.colour) < 1:
            raise SpecError(f"colour must be between −1 and 1, got {self.colour}")
        _check_length(self.taps, self.iterations)
        _check_size({"trials": self.trials, "channels": self.channels, "taps": self.taps})

    @property
    def wirings(self) -> tuple[Wiring, Wiring]:
        """The shared and the untied wiring."""
        spec, in_shape = LayerSpec((1, self.taps), stride=(1, self.taps)), (1, 1, self.channels * self.taps)
        return wiring("conv", spec, in_shape), wiring("local", spec, in_shape)

    def targets(self, rng: np.random.Generator) -> Floats:
        """The targets w_om (M, L)."""
        common, own = rng.standard_normal(self.taps), rng.standard_normal((self.channels, self.taps))
        own -= own.mean(axis=0)
        apart = float(np.mean(np.sum(own**2, axis=1)))
        scale = np.sqrt(self.mismatch / apart) if self.channels > 1 else 0.0
        aligned: Floats = common / np.linalg.norm(common) + scale * own
        return aligned

    def slices(self, rng: np.random.Generator) -> Iterator[tuple[Floats, Floats]]:
        """x (n, trials, M·L) and w_omᵀ x_m (n, trials, M)."""
        target = np.broadcast_to(self.targets(rng), (self.trials, self.channels, self.taps))
        for windows in _lines(rng, self.trials, self.channels, self.taps, self.iterations, self.colour):
            steps = np.sqrt(self.drift) * rng.standard_normal((len(windows), self.trials, 1, self.taps))
            path = target + np.cumsum(steps, axis=0)
            target = path[-1]
            yield windows.reshape(*windows.shape[:2], -1), np.vecdot(windows, path)


@dataclass(frozen=True, slots=True)
class Mimo:
    """y_j(n) = Σ_i Σ_l h[(i−j) mod N, l]·x_i(n−l): N inputs and N outputs, each seeing the others as its neighbours do.

    White Gaussian input of variance 1, ‖h‖ = 1. Raises SpecError.
    """

    channels: int = 4
    taps: int = 4
    noise: float = 0.01
    iterations: int = 2000
    trials: int = 20
    seed: int = 0

    def __post_init__(self) -> None:
        _check(self, ("channels", "taps", "iterations", "trials"), ("noise",))
        _check_length(self.taps, self.iterations)
        _check_size({"trials": self.trials, "inputs": self.channels, "outputs": self.channels, "taps": self.taps})

    @property
    def wirings(self) -> tuple[Wiring, Wiring]:
        """The shared wiring (circulant, N·L weights) and the full one (N²·L)."""
        full = wiring(
            "dense", LayerSpec((self.channels, self.taps), out_channels=self.channels), (1, self.channels, self.taps)
        )
        return circulant(self.channels, self.taps), full

    def targets(self, rng: np.random.Generator) -> Floats:
        """The impulse responses h (N, L)."""
        h = rng.standard_normal((self.channels, self.taps))
        unit: Floats = h / np.linalg.norm(h)
        return unit

    def slices(self, rng: np.random.Generator) -> Iterator[tuple[Floats, Floats]]:
        """x (n, trials, N·L) and the outputs without noise (n, trials, N)."""
        matrix = circulant(self.channels, self.taps).matrix(self.targets(rng).ravel()).toarray()
        for windows in _lines(rng, self.trials, self.channels, self.taps, self.iterations, 0.0):
            x = windows.reshape(*windows.shape[:2], -1)
            yield x, x @ matrix.T


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Y(n) = X(n) ⋆ F_o + V: every iteration brings a patch of a picture, and what a hidden kernel makes of it.

    picture: (H, W), of which its mean is taken, so that brightness is not what is learned first. Raises SpecError.
    """

    picture: Floats
    kernel: Floats
    side: int = 12
    noise: float = 0.001
    iterations: int = 2000
    trials: int = 4
    seed: int = 0

    def __post_init__(self) -> None:
        _check(self, ("side", "iterations", "trials"), ("noise",))
        if self.side > min(self.picture.shape):
            raise SpecError(f"side must be <= {min(self.picture.shape)}, the picture's shorter side, got {self.side}")
        self._spec.out_shape(self._in_shape)  # raises where the kernel does not fit into a patch

    @property
    def _spec(self) -> LayerSpec:
        return LayerSpec((self.kernel.shape[0], self.kernel.shape[1]))

    @property
    def _in_shape(self) -> Shape:
        return 1, self.side, self.side

    @property
    def wirings(self) -> tuple[Wiring, Wiring]:
        """The shared and the untied wiring."""
        return wiring("conv", self._spec, self._in_shape), wiring("local", self._spec, self._in_shape)

    def slices(self, rng: np.random.Generator) -> Iterator[tuple[Floats, Floats]]:
        """x (n, trials, side²) and X ⋆ F_o (n, trials, outputs)."""
        patches = sliding_window_view(self.picture - self.picture.mean(), (self.side, self.side))
        matrix = self.wirings[0].matrix(self.kernel.ravel())
        for first in range(0, self.iterations, SLICE):
            shape = min(SLICE, self.iterations - first), self.trials
            i, j = (rng.integers(0, n, shape) for n in patches.shape[:2])
            x = patches[i, j].reshape(*shape, -1)
            yield x, (x.reshape(-1, x.shape[-1]) @ matrix.T).reshape(*shape, -1)


def circulant(channels: int, taps: int) -> Wiring:
    """N outputs that all read N·L inputs; the weight of input i, lag l for output j is number ((i−j) mod N)·L + l.

    A convolution over the channels, which are a ring: tap k of output j reads channel j + k, once around.

    >>> circulant(3, 1).matrix([1, 2, 3]).toarray()
    array([[1, 2, 3],
           [3, 1, 2],
           [2, 3, 1]])
    """
    ring = Axis(channels, channels, 1, 0, channels - 1, 1, "circular").sources()
    tap, output, lag = np.indices((channels, channels, taps)).reshape(3, -1)
    ids = tap * taps + lag
    n_params = channels * taps
    return Wiring(output, ring[tap, output] * taps + lag, ids, n_params, (channels, n_params))


def _lines(
    rng: np.random.Generator, trials: int, channels: int, taps: int, iterations: int, colour: float
) -> Iterator[Floats]:
    """Windows (n, trials, channels, taps) of delay lines, newest sample first, a slice at a time."""
    samples = rng.standard_normal((trials, channels, 1))  # what came before: AR(1) goes on from it
    length = max(1, min(SLICE, HELD // (trials * channels * taps)))
    for first in range(0, iterations, length):
        count = min(length, iterations - first) + (0 if first else taps - 1)
        fresh = rng.standard_normal((trials, channels, count))
        if colour:
            fresh = _coloured(fresh, colour, samples[..., -1:])
        kept = taps - 1 if first else 0
        samples = np.concatenate([samples[..., samples.shape[-1] - kept :], fresh], axis=-1)
        windows = sliding_window_view(samples, taps, axis=-1)[..., ::-1]
        yield np.ascontiguousarray(windows.transpose(2, 0, 1, 3))


def _coloured(fresh: Floats, colour: float, before: Floats) -> Floats:
    """AR(1): x(n) = a·x(n−1) + √(1 − a²)·e(n), going on from the sample before."""
    # Coloured input alone needs this part of SciPy, which takes half a second to load, and 37 MB.
    found: Floats = scipy.signal.lfilter([np.sqrt(1 - colour**2)], [1, -colour], fresh, zi=colour * before)[0]
    return found


def _check(system: Parallel | Mimo | Pictures, counts: tuple[str, ...], sizes: tuple[str, ...]) -> None:
    for name in counts:
        whole(name, getattr(system, name), 1)
    for name in sizes:
        if not (isfinite(getattr(system, name)) and getattr(system, name) >= 0):
            raise SpecError(f"{name} must be >= 0, got {getattr(system, name)}")


def _check_length(taps: int, iterations: int) -> None:
    if taps > iterations:
        raise SpecError(f"taps must be <= iterations = {iterations}, got {taps}")


def _check_size(factors: dict[str, int]) -> None:
    """Raises SpecError where a slice would hold more numbers than LARGEST."""
    numbers = prod(factors.values())
    if SLICE * numbers > LARGEST:
        raise SpecError(
            f"{' × '.join(factors)} must be at most {LARGEST // SLICE:,}, got {numbers:,}: use fewer Monte Carlo runs"
        )
