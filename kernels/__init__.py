"""The engine of Weight Loom: every layer is one product y = W x, and the wiring of W says which weights are shared."""

from kernels.layer.conv import correlate
from kernels.layer.counts import KINDS, Count, Kind, count
from kernels.layer.im2col import im2col
from kernels.layer.spec import PADDING_MODES, LayerSpec, SpecError
from kernels.layer.transposed import transposed
from kernels.layer.weave import threads, weave
from kernels.layer.wiring import Wiring, connections, flat, wiring

__all__ = [
    "KINDS",
    "PADDING_MODES",
    "Count",
    "Kind",
    "LayerSpec",
    "SpecError",
    "Wiring",
    "connections",
    "correlate",
    "count",
    "flat",
    "im2col",
    "threads",
    "transposed",
    "weave",
    "wiring",
]
