"""Layers that share over quarter turns: a turned input gives turned outputs, and on a torus the ties are the orbits."""

import numpy as np
import pytest

from kernels import LayerSpec, SpecError, wiring
from kernels.layer.spec import Array, Ints
from kernels.learning.linear import Wired
from kernels.learning.tied import Tied
from kernels.sharing.groups import quarter_turn, torus_shifts
from kernels.sharing.symmetric import Action, symmetric
from kernels.sharing.turns import TURNS, TurnPool, lift, turned

RNG = np.random.default_rng(3)


def turned_maps(maps: Array) -> Array:
    """Maps (n, O·4, H, W) turned by 90°, with every orientation moved on by one."""
    n, channels, h, w = maps.shape
    apart = np.rot90(maps, axes=(2, 3)).reshape(n, channels // TURNS, TURNS, w, h)
    return np.roll(apart, 1, axis=2).reshape(n, channels, w, h)


@pytest.mark.parametrize("side", [1, 2, 3, 4])
def test_a_turned_input_gives_turned_maps_one_orientation_on(side: int) -> None:
    first, second = lift(2, 3, side), turned(3, 2, side)
    theta = RNG.standard_normal(first.n_params), RNG.standard_normal(second.n_params)
    x = RNG.standard_normal((2, 2, 9, 9))
    maps = first.apply(theta[0], x)[0]
    np.testing.assert_allclose(first.apply(theta[0], np.rot90(x, axes=(2, 3)))[0], turned_maps(maps), atol=1e-12)
    deeper = second.apply(theta[1], maps)[0]
    found = second.apply(theta[1], turned_maps(maps))[0]
    np.testing.assert_allclose(found, turned_maps(deeper), atol=1e-12)
    pooled = TurnPool().apply(theta[0], deeper)[0]
    np.testing.assert_allclose(TurnPool().apply(theta[0], found)[0], np.rot90(pooled, axes=(2, 3)), atol=1e-12)


def on_a_torus(layer: Tied, n: int) -> Ints:
    """The ids of W (outputs, inputs) where the layer's windows go around an n × n torus."""
    assert isinstance(layer.inside, Wired)
    spec = layer.inside.spec
    around = LayerSpec(spec.kernel_size, spec.in_channels, spec.out_channels, padding=1, padding_mode="circular")
    wires = wiring("conv", around, (spec.in_channels, n, n)).tied(layer.ids[: -spec.out_channels], layer.n_params)
    W = np.full(wires.shape, -1)
    W[wires.targets, wires.sources] = wires.ids
    return W


def action(n: int, places: Ints, turns: int, channels: int) -> Ints:
    """What moving all maps does to the numbers of `channels` maps in four orientations; of a picture where it is 0."""
    if not channels:
        return places
    c, r = np.divmod(np.arange(channels * TURNS), TURNS)
    moved = c * TURNS + (r + turns) % TURNS
    found: Ints = (moved[:, None] * n * n + places).ravel()
    return found


@pytest.mark.parametrize(("inputs", "outputs"), [(0, 1), (0, 2), (1, 1), (2, 1)])
def test_on_a_torus_the_ties_are_the_orbits_of_shifts_and_turns(inputs: int, outputs: int) -> None:
    n = 3
    layer = turned(inputs, outputs, n) if inputs else lift(1, outputs, n)
    moves = [(places, 0) for places in torus_shifts(n)] + [(quarter_turn(n), 1)]
    actions = [Action(action(n, p, t, outputs), action(n, p, t, inputs)) for p, t in moves]
    W = on_a_torus(layer, n)
    orbits = symmetric((W.shape[0], W.shape[1]), actions)
    pairs = set(zip(W.ravel().tolist(), orbits.ids.tolist(), strict=True))
    assert len(pairs) == orbits.n_params == layer.n_params - outputs  # one to one, without the biases


def test_the_gradient_of_the_largest_orientation_goes_to_the_one_that_won() -> None:
    x = np.array([1.0, 5.0, 5.0, 2.0, 3.0, 0.0, 1.0, 9.0]).reshape(1, 8, 1, 1)
    y, back = TurnPool().apply(np.zeros(0), x)
    assert y.ravel().tolist() == [5, 9]
    assert back(np.array([2.0, 7.0]).reshape(y.shape))[1]().ravel().tolist() == [0, 2, 0, 0, 0, 0, 0, 7]


def test_wrong_numbers_are_named() -> None:
    with pytest.raises(SpecError, match="outputs must be"):
        lift(1, 0, 3)
    with pytest.raises(SpecError, match="channels must be a multiple of 4"):
        TurnPool().out_shape((6, 2, 2))
