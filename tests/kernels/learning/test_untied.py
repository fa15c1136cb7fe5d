"""One step of untied copies: gradients against finite differences and a plain loop, and what tying makes of them."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import LayerSpec, SpecError, correlate
from kernels.layer.presets import kernel
from kernels.learning.untied import UntiedStep, untied_step
from tests.support.geometries import RANDOM, TABLE, spec_of
from tests.support.oracles import Geometry, correlate_geometry, loop_connections

Array = NDArray[np.float64]
SINGLE = [g for g in [*TABLE, *RANDOM[:40]] if g.in_shape[0] == g.out_channels == 1]
RATE, BIAS = 0.25, 0.5


def drawn(g: Geometry, n: int = 2) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng([19, g.n_inputs])
    size = (n, *g.in_shape[1:]), g.kernel_size, (n, *g.out_size)
    images, weight, targets = (rng.standard_normal(shape) for shape in size)
    return images, weight, targets


def by_loop(g: Geometry, images: Array, weight: Array, targets: Array, offsets: dict[tuple[int, ...], float]) -> float:
    """½ Σ (y − t)² with a number added to some uses (k, l, i, j): one product after the other."""
    loss = 0.0
    for image, target in zip(images, targets, strict=True):
        y = np.full(g.out_size, BIAS)
        for t, s, key in loop_connections("conv", g):
            if key[0] == "weight":
                k, l, (i, j) = int(key[3]), int(key[4]), divmod(t, g.out_size[1])
                y[i, j] += (weight[k, l] + offsets.get((k, l, i, j), 0.0)) * image.ravel()[s]
        loss += float(((y - target) ** 2).sum()) / 2
    return loss


def stepped(g: Geometry) -> UntiedStep:
    images, weight, targets = drawn(g)
    return untied_step(spec_of(g), images, weight, targets, RATE, BIAS)


@pytest.mark.parametrize("g", SINGLE, ids=str)
def test_every_copy_steps_by_its_own_gradient_the_shared_weight_by_their_sum_and_tying_is_their_mean(
    g: Geometry,
) -> None:
    step, (images, weight, targets) = stepped(g), drawn(g)
    y = [correlate_geometry(replace(g, bias=False), image[None], weight[None, None], None)[0] for image in images]
    error = np.stack(y) + BIAS - targets
    wanted = np.full((*g.kernel_size, *g.out_size), np.nan)
    for t, s, key in loop_connections("conv", g):
        if key[0] == "weight":
            place = int(key[3]), int(key[4]), *divmod(t, g.out_size[1])
            wanted[place] = sum(e.ravel()[t] * x.ravel()[s] for e, x in zip(error, images, strict=True))
    np.testing.assert_allclose(step.gradients, wanted, rtol=0, atol=1e-11)
    for k, l in np.ndindex(g.kernel_size):
        own = [value for value in wanted[k, l].ravel().tolist() if value == value]
        moved = [weight[k, l] - RATE * value for value in own]
        assert step.uses[k, l] == len(own)
        assert step.shared_gradient[k, l] == pytest.approx(sum(own))
        assert step.shared[k, l] == pytest.approx(weight[k, l] - RATE * sum(own))
        assert step.tied[k, l] == pytest.approx(sum(moved) / len(own) if own else weight[k, l])
        assert step.spread[k, l] == pytest.approx(np.std(moved) if own else 0, abs=1e-12)
        found = step.copies[k, l].ravel()
        np.testing.assert_allclose(found[~np.isnan(found)], moved, rtol=0, atol=1e-11)
    assert step.loss == pytest.approx(by_loop(g, images, weight, targets, {}))


@pytest.mark.parametrize("g", SINGLE[::4], ids=str)
def test_gradients_are_finite_differences_of_the_loss(g: Geometry) -> None:
    images, weight, targets = drawn(g)
    step, h = stepped(g), 1e-5
    places = [tuple(place) for place in np.argwhere(~np.isnan(step.gradients)).tolist()]
    for place in places[:: max(1, len(places) // 6)]:
        up, down = (by_loop(g, images, weight, targets, {place: sign * h}) for sign in (1, -1))
        assert step.gradients[place] == pytest.approx((up - down) / (2 * h), rel=1e-5, abs=1e-6)


def test_at_the_target_nothing_moves_and_elsewhere_copies_drift_and_their_mean_lowers_the_loss() -> None:
    spec, image = LayerSpec(3), np.random.default_rng(1).random((1, 8, 8))
    goal, start = kernel("sharpen"), kernel("identity")
    target = correlate(image, goal[None, None], spec)
    rest = untied_step(spec, image, goal, target, 0.1)
    assert rest.loss == pytest.approx(0)
    np.testing.assert_allclose(rest.spread, 0, atol=1e-12)
    step = untied_step(spec, image, start, target, 0.1)
    assert step.spread.min() > 0
    assert untied_step(spec, image, step.tied, target, 0.1).loss < step.loss
    np.testing.assert_allclose(step.tied - start, (step.shared - start) / 36, atol=1e-12)


def test_what_does_not_fit_or_is_too_large_is_refused_with_numbers() -> None:
    ones = np.ones((1, 4, 4))
    with pytest.raises(SpecError, match=r"images must have shape \(N, H, W\), got \(4, 4\)"):
        untied_step(LayerSpec(2), ones[0], np.ones((2, 2)), np.ones((1, 3, 3)), 0.1)
    with pytest.raises(SpecError, match=r"weight must have shape \(2, 2\), got \(3, 3\)"):
        untied_step(LayerSpec(2), ones, np.ones((3, 3)), np.ones((1, 3, 3)), 0.1)
    with pytest.raises(SpecError, match=r"targets must have shape \(1, 3, 3\), got \(1, 4, 4\)"):
        untied_step(LayerSpec(2), ones, np.ones((2, 2)), ones, 0.1)
    with pytest.raises(SpecError, match="out_channels must be 1 where copies are untied one by one, got 2"):
        untied_step(LayerSpec(2, 1, 2), ones, np.ones((2, 2)), np.ones((1, 3, 3)), 0.1)
    full, large = np.ones((1, 64, 128)), np.ones((1, 64, 129))
    assert untied_step(LayerSpec(1), full, np.ones((1, 1)), full, 0.1).uses.tolist() == [[8192]]
    with pytest.raises(SpecError, match="this layer has 8,256 connections, and at most 8,192 are untied"):
        untied_step(LayerSpec(1), large, np.ones((1, 1)), large, 0.1)
