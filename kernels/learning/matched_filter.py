"""The matched filter: what one gradient step on training pictures makes of a layer, and what it then detects.

A training picture holds a pattern P at some places, P − mean on a ground of 0; its target T is 1 at the outputs whose
windows hold it. One step of gradient descent on ½Σ(Y − T)², from θ = 0, gives

    θ = −∂L/∂θ = collect(T[t] · x[s])

Shared, every copy of the pattern adds to the one kernel, which becomes the matched filter (North 1943: the filter with
the largest response to P in white noise is P itself); untied, the weights of a place learn only what was at that place.
"""

import numpy as np

from kernels.layer.spec import Floats, LayerSpec, Pair, Shape
from kernels.layer.wiring import Wiring

FLAT = 1e-9  # per pixel: a window whose numbers vary less holds nothing that could resemble anything
TRIES = 2000


def places(size: Pair, pattern: Pair, count: int, rng: np.random.Generator, taken: tuple[Pair, ...] = ()) -> list[Pair]:
    """Up to `count` top left corners of windows that overlap neither each other nor those that are `taken`.

    >>> places((4, 4), (4, 4), 3, np.random.default_rng(0))
    [(0, 0)]
    """
    found: list[Pair] = []
    if any(k > n for n, k in zip(size, pattern, strict=True)):
        return found
    for _ in range(TRIES):
        if len(found) == count:
            break
        i, j = (int(rng.integers(0, n - k + 1)) for n, k in zip(size, pattern, strict=True))
        if all(abs(i - a) >= pattern[0] or abs(j - b) >= pattern[1] for a, b in (*taken, *found)):
            found.append((i, j))
    return found


def paste(picture: Floats, pattern: Floats, corners: list[Pair]) -> Floats:
    """The picture (H, W) with the pattern (K, L) laid over it at these corners.

    >>> paste(np.zeros((2, 3)), np.ones((1, 2)), [(1, 1)]).tolist()
    [[0.0, 0.0, 0.0], [0.0, 1.0, 1.0]]
    """
    picture = picture.copy()
    for i, j in corners:
        picture[i : i + pattern.shape[0], j : j + pattern.shape[1]] = pattern
    return picture


def gradient_step(wiring: Wiring, in_shape: Shape, pattern: Floats, corners: list[Pair]) -> Floats:
    """θ (n_params,) after one step on one picture with the pattern at these corners (stride 1, no padding).

    A flat pattern gives 0: what is left of it without its mean is rounding.

    >>> from kernels import wiring
    >>> shared = wiring("conv", matcher((1, 2)), (1, 1, 6))
    >>> gradient_step(shared, (1, 1, 6), np.array([[1.0, 3.0]]), [(0, 0), (0, 3)]).tolist()  # twice P − mean
    [-2.0, 2.0]
    """
    contrast = pattern - pattern.mean()
    if is_flat(pattern):
        contrast = np.zeros(pattern.shape)
    x = paste(np.zeros(in_shape[1:]), contrast, corners).ravel()
    target = np.zeros(wiring.shape[0])
    target[[i * (in_shape[2] - pattern.shape[1] + 1) + j for i, j in corners]] = 1.0
    return wiring.collect(target[wiring.targets] * x[wiring.sources])


def normalised_correlation(wiring: Wiring, theta: Floats, x: Floats) -> Floats:
    """The correlation of each window with the weights on it, −1..1, (outputs,); 0 where either is flat.

        r = Σ w·x / (‖w‖ · ‖x − x̄‖)

    Weights that add up to 0 (see `gradient_step`) do not see the brightness x̄. By Cauchy and Schwarz r = 1 only where
    the window is the pattern, as it is or in another contrast.

    >>> from kernels import wiring
    >>> shared = wiring("conv", matcher((1, 2)), (1, 1, 4))
    >>> normalised_correlation(shared, np.array([-1.0, 1.0]), np.array([0.0, 5.0, 5.0, 1.0])).tolist()
    [1.0, 0.0, -1.0]
    """

    def total(values: Floats) -> Floats:
        return np.bincount(wiring.targets, values, wiring.shape[0]).astype(np.float64, copy=False)

    w, read = theta[wiring.ids], x[wiring.sources]
    size = np.bincount(wiring.targets, minlength=wiring.shape[0])
    mean = total(read) / size
    contrast = total((read - mean[wiring.targets]) ** 2)
    energy = total(w**2)
    seen = (contrast > FLAT * size) & (energy > 0)
    response = np.divide(total(w * read), np.sqrt(contrast * energy), out=np.zeros(wiring.shape[0]), where=seen)
    return response.clip(-1, 1)


def is_flat(pattern: Floats) -> bool:
    """Whether a pattern has no contrast, so that nothing can be detected by it."""
    return bool(((pattern - pattern.mean()) ** 2).sum() <= FLAT * pattern.size)


def matcher(pattern: Pair) -> LayerSpec:
    """The layer whose windows have the size of the pattern."""
    return LayerSpec(pattern)
