"""The engine of Weight Loom: every layer is one product y = W x, and the wiring of W says which weights are shared.

Parts of SciPy that the first picture does without are named in full where they are used (`import scipy`, then
`scipy.fft.rfft2`): SciPy loads each when it is first asked for.
"""

from kernels.layer.conv import correlate
from kernels.layer.counts import KINDS, Count, Kind, count
from kernels.layer.im2col import im2col
from kernels.layer.kinds import ConvWiring, connections, flat, fully_connected, wiring
from kernels.layer.spec import PADDING_MODES, LayerSpec, SpecError
from kernels.layer.transposed import transposed
from kernels.layer.weave import threads, weave
from kernels.layer.wiring import Wiring
from kernels.sharing.clustered import clustered
from kernels.sharing.composed import composed
from kernels.sharing.hashed import hashed
from kernels.sharing.reused import reused
from kernels.sharing.symmetric import symmetric

__all__ = [
    "KINDS",
    "PADDING_MODES",
    "ConvWiring",
    "Count",
    "Kind",
    "LayerSpec",
    "SpecError",
    "Wiring",
    "clustered",
    "composed",
    "connections",
    "correlate",
    "count",
    "flat",
    "fully_connected",
    "hashed",
    "im2col",
    "reused",
    "symmetric",
    "threads",
    "transposed",
    "weave",
    "wiring",
]
