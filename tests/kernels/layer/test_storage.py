"""The sizes of every way to write a layer down are those of the arrays themselves, exact where none can be built."""

import numpy as np

from kernels import LayerSpec, im2col, wiring
from kernels.layer.storage import Stored, storage
from tests.support.geometries import data_for, every_geometry, spec_of
from tests.support.oracles import Geometry, loop_connections


@every_geometry
def test_sizes_are_those_of_the_arrays(g: Geometry) -> None:
    spec, sizes = spec_of(g), storage(spec_of(g), g.in_shape)
    conv = wiring("conv", spec, g.in_shape)
    W = conv.matrix(np.ones(conv.n_params, np.float32))
    W.sum_duplicates()
    full, columns = W.toarray(), im2col(np.zeros(g.in_shape, np.float32), spec)
    assert sizes.dense == Stored(full.shape, full.size, full.nbytes)
    assert sizes.im2col == Stored(columns.shape, columns.size, columns.nbytes)
    assert sizes.sparse.numbers == len({(t, s) for t, s, _ in loop_connections("conv", g)})
    assert sizes.sparse.bytes == W.data.nbytes + 4 * W.indices.size + 4 * W.indptr.size
    assert (sizes.kernel.numbers, sizes.kernel.bytes) == (conv.n_params, 4 * conv.n_params)
    assert data_for(g)[1].size + g.bias * g.out_channels == sizes.kernel.numbers


def test_a_megapixel_picture_is_answered_too() -> None:
    sizes = storage(LayerSpec(15, padding="same"), (1, 1000, 1000))
    assert sizes.dense == Stored((10**6, 10**6), 10**12, 4 * 10**12)
    assert sizes.im2col == Stored((225, 10**6), 225 * 10**6, 9 * 10**8)
    along = sum(min(999, i + 7) - max(0, i - 7) + 1 for i in range(1000))
    assert sizes.sparse.numbers == along**2
