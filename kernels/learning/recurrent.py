"""Sharing through time: a recurrent layer has one set of weights for all its steps, as a convolution for all places.

    a_t = U x_t + V h_{t−1} + b,  h_t = tanh a_t,  h_0 = 0,  t = 1..T
    ∂L/∂a_t = ∂L/∂h_t ∘ (1 − h_t²),  ∂L/∂h_{t−1} = Vᵀ ∂L/∂a_t      (back-propagation through time)
    ∂L/∂U = Σ_t ∂L/∂a_t x_tᵀ,  ∂L/∂V = Σ_{t>1} ∂L/∂a_t h_{t−1}ᵀ,  ∂L/∂b = Σ_t ∂L/∂a_t

The sums are what sharing does to learning. Untied, a term of a sum is the gradient of a weight of its own, and a step
that was never trained has no weights. `unrolled` is the layer as one matrix, the ids the same in every block.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite, sqrt
from typing import NoReturn

import numpy as np

from kernels.layer.spec import Array, Shape, SpecError, whole
from kernels.layer.wiring import MAX_CONNECTIONS, Wiring
from kernels.learning.layers import Back, volume


@dataclass(frozen=True, slots=True)
class Recurrent:
    """x: (examples, 1, T, F), one row per step; y: the last state (examples, hidden, 1, 1).

    tied: one U, V and b for all steps, however many there are; otherwise a fresh set for each. Raises SpecError.
    """

    hidden: int
    tied: bool = True

    def __post_init__(self) -> None:
        whole("hidden", self.hidden, 1)

    def out_shape(self, in_shape: Shape) -> Shape:
        if len(in_shape) != 3 or in_shape[0] != 1 or min(in_shape) < 1:
            raise SpecError(f"in_shape must be (1, steps >= 1, inputs >= 1), got {in_shape}: give one row per step")
        return self.hidden, 1, 1

    def parameters(self, in_shape: Shape) -> int:
        """Tied H·F + H·H + H; untied T·(H·F + H) + (T − 1)·H·H: before the first step there is no state to weigh."""
        self.out_shape(in_shape)
        (_, steps, inputs), H = in_shape, self.hidden
        sets, turns = (1, 1) if self.tied else (steps, steps - 1)
        return sets * (H * inputs + H) + turns * H * H

    def init(self, rng: np.random.Generator, in_shape: Shape) -> Array:
        """Normal numbers of variance 1/F in U and 1/H in V, 0 in b."""
        theta = rng.standard_normal(self.parameters(in_shape), np.float32)
        U, V, b = self.split(theta, in_shape)
        U *= 1 / sqrt(in_shape[2])
        V *= 1 / sqrt(self.hidden)
        b[...] = 0
        return theta

    def split(self, theta: Array, in_shape: Shape) -> tuple[Array, Array, Array]:
        """θ as U (S, H, F), V (R, H, H) and b (S, H), all views: the one place that knows how θ is laid out.

        Tied S = R = 1; untied S = T and R = T − 1, V[0] on the way into the second step. SpecError where θ is too short
        or too long.
        """
        if theta.shape != (self.parameters(in_shape),):
            _refuse(self, theta, in_shape)
        (_, steps, inputs), H = in_shape, self.hidden
        sets, turns = (1, 1) if self.tied else (steps, steps - 1)
        U, V, b = np.split(theta, [sets * H * inputs, sets * H * inputs + turns * H * H])
        return U.reshape(sets, H, inputs), V.reshape(turns, H, H), b.reshape(sets, H)

    def states(self, theta: Array, x: Array) -> Array:
        """All h_t, (examples, T, hidden)."""
        return _states(self, theta, x).swapaxes(0, 1)

    def apply(self, theta: Array, x: Array) -> tuple[Array, Back]:
        h = _states(self, theta, x)

        def back(dy: Array, out: Array | None = None) -> tuple[Array, Callable[[], Array]]:
            U, V, _ = self.split(theta, volume(x))
            da = _arriving(V, h, dy) * (1 - h * h)
            gradient = np.empty_like(theta) if out is None else out
            to_U, to_V, to_b = self.split(gradient, volume(x))
            np.matmul(_sets(da, len(U)).swapaxes(1, 2), _sets(_rows(x), len(U)), out=to_U)
            np.matmul(_sets(da[1:], len(V)).swapaxes(1, 2), _sets(h[:-1], len(V)), out=to_V)
            _sets(da, len(U)).sum(axis=1, out=to_b)
            return gradient, lambda: (da @ U).swapaxes(0, 1)[:, None]

        return h[-1].reshape(len(x), self.hidden, 1, 1), back


def unrolled(layer: Recurrent, in_shape: Shape) -> Wiring:
    """The whole layer as one product: a = W [x_1 … x_T | h_1 … h_{T−1} | 1], a (T·H,), step after step.

    W is (T·H, T·F + (T−1)·H + 1), θ as in `Recurrent.split`. The connections: those of all U_t, row by row, then those
    of all V_t, then those of all b_t. The V of a tied layer of one step is in θ, but on no connection. Raises SpecError
    above MAX_CONNECTIONS.

    >>> unrolled(Recurrent(hidden=1), (1, 3, 1)).matrix([5, 7, 9]).toarray()  # U, V and b, on every step
    array([[5, 0, 0, 0, 0, 9],
           [0, 5, 0, 7, 0, 9],
           [0, 0, 5, 0, 7, 9]])
    """
    tied, free = replace(layer, tied=True), replace(layer, tied=False)
    # Untied there is one weight per connection; but of one step, the tied layer's V is more than all the connections.
    needed = max(free.parameters(in_shape), tied.parameters(in_shape))
    if needed > MAX_CONNECTIONS:
        raise SpecError(
            f"in_shape {in_shape} with hidden = {layer.hidden} needs {needed:,} connections or weights, more than the "
            f"{MAX_CONNECTIONS:,} that are ever built: take fewer steps, or a smaller hidden"
        )
    (_, T, F), H = in_shape, layer.hidden
    t, j, f = np.indices((T, H, F)).reshape(3, T * H * F)
    r, i, k = np.indices((T - 1, H, H)).reshape(3, (T - 1) * H * H)
    last = T * F + (T - 1) * H
    targets = np.concatenate([t * H + j, (r + 1) * H + i, np.arange(T * H)])
    sources = np.concatenate([t * F + f, T * F + r * H + k, np.full(T * H, last)])
    return Wiring(targets, sources, _uses(layer, in_shape), layer.parameters(in_shape), (T * H, last + 1))


def by_step(layer: Recurrent, theta: Array, x: Array, dy: Array) -> tuple[Array, Array, Array]:
    """What every step adds to the tied layer's ∂L/∂U (T, H, F), ∂L/∂V (T, H, H) and ∂L/∂b (T, H), given ∂L/∂y.

    It is the gradient of the untied layer whose steps all have a copy of θ. The first step adds nothing to ∂L/∂V.
    Raises SpecError for an untied layer.
    """
    _tied(layer)
    layer.split(theta, volume(x))  # raises for a θ of another size
    free = replace(layer, tied=False)
    copied = np.empty(free.parameters(volume(x)), theta.dtype)
    copied[_uses(free, volume(x))] = theta[_uses(layer, volume(x))]
    gradient, _ = free.apply(copied, x)[1](dy)
    U, V, b = free.split(gradient, volume(x))
    return U, np.concatenate([np.zeros((1, *V.shape[1:]), V.dtype), V]), b


def effect(layer: Recurrent, theta: Array, in_shape: Shape) -> Array:
    """The linear network's map from all inputs to all states, (T·H, T·F): tanh replaced by the identity, no bias.

    Block (t, s) is V^{t−s} U for s ≤ t and 0 above: block Toeplitz. Untied it is V_t ··· V_{s+1} U_s, and is not.
    """
    (U, V, _), (_, T, F), H = layer.split(theta, in_shape), in_shape, layer.hidden
    blocks = np.zeros((T, T, H, F), theta.dtype)
    blocks[np.arange(T), np.arange(T)] = U
    for t, v in enumerate(_turns(V, T), start=1):
        blocks[t, :t] = v @ blocks[t - 1, :t]
    return blocks.swapaxes(1, 2).reshape(T * H, T * F)


def radius(V: Array) -> float:
    """The spectral radius of V (H, H): the largest size of an eigenvalue. Raises SpecError.

    >>> round(radius(np.array([[0.0, -0.5], [0.5, 0.0]])), 9)
    0.5
    """
    if V.ndim != 2 or V.shape[0] != V.shape[1] or not V.size:
        raise SpecError(f"V must be square, (H, H), got shape {V.shape}")
    if not np.isfinite(V).all():
        raise SpecError("V must be finite, got inf or nan in it: it has diverged, go back to an earlier one")
    return float(np.abs(np.linalg.eigvals(V.astype(np.float64))).max())


def with_radius(layer: Recurrent, theta: Array, in_shape: Shape, rho: float) -> Array:
    """θ of a tied layer with V multiplied by the factor that gives it the spectral radius rho. Raises SpecError."""
    _tied(layer)
    if not (isfinite(rho) and rho >= 0):
        raise SpecError(f"rho must be a number >= 0, got {rho}")
    scaled = theta.copy()
    _, V, _ = layer.split(scaled, in_shape)
    now = radius(V[0])
    if not now:
        raise SpecError("theta has a V of spectral radius 0, which no factor changes: draw another V")
    V *= rho / now
    return scaled


def norms(layer: Recurrent, theta: Array, x: Array, dy: Array) -> Array:
    """How much of the gradient arrives at each step, (T,): the mean over the examples of ‖∂L/∂h_t‖, dy = ∂L/∂h_T."""
    _, V, _ = layer.split(theta, volume(x))
    arriving: Array = np.linalg.norm(_arriving(V, _states(layer, theta, x), dy), axis=2).mean(axis=1)
    return arriving


def _states(layer: Recurrent, theta: Array, x: Array) -> Array:
    """All h_t, (T, examples, H): a step's numbers lie side by side."""
    U, V, b = layer.split(theta, volume(x))
    h: Array = _rows(x) @ U.swapaxes(1, 2) + b[:, None]
    np.tanh(h[0], out=h[0])
    for t, v in enumerate(_turns(V, len(h)), start=1):
        h[t] += h[t - 1] @ v.T
        np.tanh(h[t], out=h[t])
    return h


def _arriving(V: Array, h: Array, dy: Array) -> Array:
    """All ∂L/∂h_t, (T, examples, H), along every way to the last state."""
    turns, up = _turns(V, len(h)), np.empty_like(h)
    up[-1] = dy.reshape(h.shape[1:])
    for t in range(len(h) - 1, 0, -1):
        up[t - 1] = (up[t] * (1 - h[t] * h[t])) @ turns[t - 1]
    return up


def _rows(x: Array) -> Array:
    """x_t, (T, examples, F)."""
    return np.ascontiguousarray(x[:, 0].swapaxes(0, 1))


def _turns(V: Array, steps: int) -> Array:
    """The V on the way into each step but the first, (T − 1, H, H)."""
    return np.broadcast_to(V, (steps - 1, *V.shape[1:]))


def _sets(a: Array, sets: int) -> Array:
    """(steps, examples, numbers) as (sets, steps·examples / sets, numbers): what is summed for one set of weights."""
    return a.reshape(sets, a.shape[0] * a.shape[1] // max(sets, 1), a.shape[2])  # no −1: there may be no sets at all


def _uses(layer: Recurrent, in_shape: Shape) -> Array:
    """The place in θ of the weight on each connection, in `unrolled`'s order."""
    (U, V, b), T = layer.split(np.arange(layer.parameters(in_shape)), in_shape), in_shape[1]
    parts = np.broadcast_to(U, (T, *U.shape[1:])), _turns(V, T), np.broadcast_to(b, (T, *b.shape[1:]))
    return np.concatenate([part.ravel() for part in parts])


def _tied(layer: Recurrent) -> None:
    if not layer.tied:
        raise SpecError("layer must be tied, got tied = False: there is no one V, and no sum over the steps")


def _refuse(layer: Recurrent, theta: Array, in_shape: Shape) -> NoReturn:
    """Raises SpecError that says why θ does not fit: it may be of an untied layer with another number of steps."""
    (_, T, F), H = in_shape, layer.hidden
    held, rest = divmod(theta.size + H * H, H * F + H + H * H)
    if layer.tied or theta.ndim != 1 or rest:
        raise SpecError(
            f"theta must have shape ({layer.parameters(in_shape)},) for in_shape {in_shape} and hidden = {H}, "
            f"got {theta.shape}"
        )
    those = f"the untied layer has weights for {held} step{'s' if held > 1 else ''}"
    if held < T:
        raise SpecError(f"{those} only, none for step {held + 1}: shorten the sequence or tie the layer")
    raise SpecError(f"{those} but this sequence has {T}: use the full length or tie the layer")
