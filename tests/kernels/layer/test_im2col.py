"""Windows as columns: against loops that read the picture pixel by pixel, as a product, and in PyTorch."""

import re
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from kernels import LayerSpec, SpecError, im2col
from tests.support.geometries import AS_PYTORCH, data_for, every_geometry, spec_of
from tests.support.oracles import Geometry, correlate_geometry, loop_taps


@every_geometry
def test_columns_are_the_windows_and_the_weights_times_them_are_the_convolution(g: Geometry) -> None:
    image, weight, _ = data_for(g)
    columns = im2col(image, spec_of(g))
    windows = np.zeros((g.in_shape[0], *g.kernel_size, g.out_size[0] * g.out_size[1]))
    for place, pixel, tap in loop_taps(g):
        windows[*tap, place] = image.ravel()[pixel]
    np.testing.assert_array_equal(columns, windows.reshape(-1, windows.shape[-1]))
    groups = zip(np.split(weight, g.groups), np.split(columns, g.groups), strict=True)
    product = np.concatenate([filters.reshape(len(filters), -1) @ own for filters, own in groups])
    wanted = correlate_geometry(g, image, weight, None)
    np.testing.assert_allclose(product.reshape(wanted.shape), wanted, rtol=0, atol=1e-12)
    assert im2col(image.astype(np.float32), spec_of(g)).dtype == np.float32


def test_what_does_not_fit_and_what_is_too_large_is_refused_with_numbers() -> None:
    with pytest.raises(SpecError, match=re.escape("image must have shape (C, H, W), got (3, 3)")):
        im2col(np.zeros((3, 3)), LayerSpec(2))
    with pytest.raises(SpecError, match="in_shape has 2 channels where in_channels = 1"):
        im2col(np.zeros((2, 3, 3)), LayerSpec(2))
    with pytest.raises(SpecError, match="needs 55,800,900 numbers as columns, more than the 4,194,304"):
        im2col(np.zeros((1, 512, 512), np.uint8), LayerSpec(15))


@pytest.mark.long
def test_columns_are_those_of_pytorchs_unfold() -> None:
    torch: Any = import_module("torch")
    assert len(AS_PYTORCH) > 30
    for g in AS_PYTORCH:
        image, _, _ = data_for(g)
        padding = [before for before, _ in g.pads]
        wanted = torch.nn.functional.unfold(torch.from_numpy(image)[None], g.kernel_size, g.dilation, padding, g.stride)
        np.testing.assert_array_equal(im2col(image, spec_of(g)), wanted[0].numpy(), err_msg=str(g))
