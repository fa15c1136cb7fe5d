"""Wᵀ scatters what W gathers: against W.T, against loops, by ⟨Wx, y⟩ = ⟨x, Wᵀy⟩, and in PyTorch."""

import re
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import Kind, LayerSpec, SpecError, flat, transposed, wiring
from kernels.layer.transposed import correlate_transposed
from tests.support.geometries import AS_PYTORCH, data_for, full_sweep, spec_of
from tests.support.oracles import Geometry, loop_connections

Array = NDArray[np.float64]
KINDS: tuple[Kind, ...] = ("dense", "local", "conv")


def drawn(g: Geometry) -> Array:
    """A number for every output, (O, H', W')."""
    return np.random.default_rng([19, g.n_outputs]).standard_normal((g.out_channels, *g.out_size))


def scattered_by_loops(g: Geometry, weight: Array, y: Array) -> Array:
    """Each output, one after the other, adds its multiple of each weight to the pixel that weight was laid on."""
    x, flat_y = [0.0] * g.n_inputs, y.ravel().tolist()
    for target, source, key in loop_connections("conv", g):
        if key[0] == "weight":
            o, c, k, l = map(int, key[1:])
            x[source] += float(weight[o, c, k, l]) * flat_y[target]
    return np.array(x).reshape(g.in_shape)


@full_sweep
def test_the_transposed_layer_scatters_as_the_loops_do_and_is_the_adjoint_in_every_kind(g: Geometry) -> None:
    spec, (image, weight, bias), y = spec_of(g), data_for(g), drawn(g)
    wanted = scattered_by_loops(g, weight, y)
    np.testing.assert_allclose(correlate_transposed(y, weight, spec, g.in_shape), wanted, rtol=0, atol=1e-11)
    for kind in KINDS:
        wires = wiring(kind, spec, g.in_shape)
        turned, theta, x = transposed(wires), wires.theta_from(weight, bias), flat(spec, image)
        W = wires.matrix(theta).toarray()
        np.testing.assert_allclose(turned.matrix(theta).toarray(), W.T, rtol=0, atol=1e-14)  # sums in another order
        back = turned.product(theta, y.ravel())
        np.testing.assert_allclose(back[: g.n_inputs].reshape(g.in_shape), wanted, rtol=0, atol=1e-11)
        np.testing.assert_allclose(wires.product(theta, x) @ y.ravel(), x @ back, rtol=1e-9, atol=1e-9)
        along = np.random.default_rng(3).standard_normal(wires.shape)
        np.testing.assert_allclose(turned.collect(along.T), wires.collect(along), rtol=0, atol=1e-11)
        again = transposed(turned)
        assert again.shape == wires.shape
        np.testing.assert_array_equal(again.sources, wires.sources)


def test_arrays_that_do_not_fit_the_layer_are_refused_with_the_shape_they_should_have() -> None:
    with pytest.raises(SpecError, match=re.escape("output must have shape (1, 2, 2), got (1, 3, 3)")):
        correlate_transposed(np.zeros((1, 3, 3)), np.zeros((1, 1, 2, 2)), LayerSpec(2), (1, 3, 3))
    with pytest.raises(SpecError, match=re.escape("weight must have shape (1, 1, 2, 2), got (2, 2)")):
        correlate_transposed(np.zeros((1, 2, 2)), np.zeros((2, 2)), LayerSpec(2), (1, 3, 3))


@pytest.mark.long
def test_it_is_pytorchs_transposed_convolution() -> None:
    torch: Any = import_module("torch")
    assert len(AS_PYTORCH) > 30
    for g in AS_PYTORCH:
        _, weight, _ = data_for(g)
        y = drawn(g)
        reach = [d * (k - 1) + 1 for d, k in zip(g.dilation, g.kernel_size, strict=True)]
        made = [
            (out - 1) * s - 2 * p + r for out, s, (p, _), r in zip(g.out_size, g.stride, g.pads, reach, strict=True)
        ]
        rest = [size - n for size, n in zip(g.in_shape[1:], made, strict=True)]  # columns that no window reaches
        wanted = torch.nn.functional.conv_transpose2d(
            torch.from_numpy(y)[None],
            torch.from_numpy(weight),
            stride=g.stride,
            padding=[before for before, _ in g.pads],
            output_padding=rest,
            groups=g.groups,
            dilation=g.dilation,
        )[0]
        found = correlate_transposed(y, weight, spec_of(g), g.in_shape)
        np.testing.assert_allclose(found, wanted.numpy(), rtol=0, atol=1e-11, err_msg=str(g))
