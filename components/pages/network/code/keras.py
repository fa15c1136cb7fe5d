"""A network as Keras 3 code, for any of its backends: functional, channels last, a statement a layer. Pure.

Where a volume becomes a row of numbers it is first brought into our order, (C, H, W), so that weights can be carried
over.
"""

from collections.abc import Callable, Iterator
from typing import cast

from components.pages.network.code.torch import (
    Piece,
    call,
    frame_of,
    no_bias,
    period_of,
    pieces,
    places,
    sides,
    spec_of,
    stride_of,
)
from kernels.layer.conv import NUMPY_MODE
from kernels.layer.spec import LayerSpec, Pair
from kernels.networks.blocks import Tabled
from kernels.networks.plan import Plan

NOTE = (
    "# training=True: the statistics of the batch; the moving averages that Keras keeps are not used and not counted."
)


def code(made: Plan) -> str:
    """The network, the helpers it needs and one run."""
    C, H, W = made.in_shape
    body = [f"inputs = x = keras.Input(({H}, {W}, {C}))", *_statements(made), "network = keras.Model(inputs, x)"]
    helpers = [text for name, text in HELPERS.items() if any(f"{name}(" in line for line in body)]
    uses = "\n".join([*body, *helpers])
    if "BatchNormalization" in uses:
        body.insert(0, NOTE)
    numpy = ["import numpy as np"] if "np." in uses else []
    names = ", ".join(name for name in ("layers", "ops") if f"{name}." in uses)
    imports = "\n".join(["import keras", *numpy, f"from keras import {names}"])
    run = f"y = network(keras.ops.zeros((1, {H}, {W}, {C})))"
    return "\n\n\n".join([imports, *helpers, "\n".join([*body, run])])


def _statements(made: Plan) -> Iterator[str]:
    """A branch in a branch has a name of its own for what it is added to."""
    depth = 0
    for piece in pieces(made):
        depth += piece.op == "split"
        other = "other" if depth == 1 else f"other_{depth}"
        yield from (line.replace("OTHER", other) for line in LINES[piece.op](piece))
        depth -= piece.op == "add"


def _x(expression: str, then: str = "") -> str:
    """x = layer(x)."""
    return f"x = {expression}(x){then}"


def _conv(piece: Piece) -> list[str]:
    """Keras has no layer with both strides and dilation: there it is computed everywhere, and then every s-th taken."""
    spec = spec_of(piece.row)
    both = max(spec.stride) > 1 and max(spec.dilation) > 1
    layer = call(
        "layers.Conv2D",
        spec.out_channels,
        sides(spec.kernel_size),
        strides=None if both else sides(spec.stride, 1),
        dilation_rate=sides(spec.dilation, 1),
        groups=spec.groups if spec.groups > 1 else None,
        use_bias=no_bias(piece.row),
    )
    taken = f"[:, ::{spec.stride[0]}, ::{spec.stride[1]}]" if both else ""
    return [*_padded(spec), _x(layer, taken)]


def _padded(spec: LayerSpec) -> list[str]:
    if not any(map(any, spec.pads)):
        return []
    if spec.padding_mode == "zeros":
        return [_zeros(spec.pads)]
    return [f'x = padded(x, {spec.pads}, "{NUMPY_MODE[spec.padding_mode]}")']


def _zeros(pads: tuple[Pair, Pair]) -> str:
    """One number where all four sides get as much."""
    return _x(call("layers.ZeroPadding2D", pads[0][0] if len({*pads[0], *pads[1]}) == 1 else pads))


def _placed(piece: Piece) -> list[str]:
    spec, period = spec_of(piece.row), period_of(piece.row)
    if period is None:
        return _conv(piece)
    stride = spec.stride if spec.stride != (1, 1) else None
    given = spec.out_channels, spec.kernel_size
    return [_x(call("Tiled", *given, period=period, strides=stride, use_bias=no_bias(piece.row)))]


def _table(piece: Piece) -> list[str]:
    row, spec = piece.row, spec_of(piece.row)
    size, strides = sides(spec.kernel_size), sides(spec.stride, 1)
    conv = call("layers.Conv2D", 1, size, strides=strides, use_bias=no_bias(row))
    return [
        f"table = {list(map(list, cast(Tabled, row.layer).table))}",
        f"x = layers.Concatenate()([{conv}(ops.take(x, reads, axis=-1)) for reads in table])",
    ]


def _pad(piece: Piece) -> list[str]:
    frame = frame_of(piece.row)
    if not frame.value:
        return [_zeros(frame.pads)]
    return [f"x = ops.pad(x, ((0, 0), {frame.pads[0]}, {frame.pads[1]}, (0, 0)), constant_values={frame.value})"]


def _row(piece: Piece) -> list[str]:
    order = [_x("layers.Permute((3, 1, 2))")] if places(piece.shape) > 1 else []
    return [*order, _x("layers.Flatten()")]


def _volume(piece: Piece) -> list[str]:
    C, H, W = piece.shape
    return [_x(call("layers.Reshape", (H, W, C)))]


def _dense(piece: Piece) -> list[str]:
    return [_x(call("layers.Dense", spec_of(piece.row).out_channels, use_bias=no_bias(piece.row)))]


def _softmax(piece: Piece) -> list[str]:
    """Over all numbers of an example."""
    return [_x(call("layers.Softmax", axis=(1, 2, 3) if places(piece.shape) > 1 else None))]


def _pool(name: str) -> Callable[[Piece], list[str]]:
    return lambda piece: [_x(call(name, piece.row.config["size"], strides=stride_of(piece.row)))]


def _always(*lines: str) -> Callable[[Piece], list[str]]:
    return lambda _piece: list(lines)


LINES: dict[str, Callable[[Piece], list[str]]] = {
    "conv": _conv,
    "local": _placed,
    "tiled": _placed,
    "table": _table,
    "unitbias": _always(_x("UnitBias()")),
    "relu": _always(_x('layers.Activation("relu")')),
    "tanh": _always(_x('layers.Activation("tanh")')),
    "sigmoid": _always(_x('layers.Activation("sigmoid")')),
    "max": _pool("layers.MaxPooling2D"),
    "mean": _pool("layers.AveragePooling2D"),
    "globalmax": _always(_x("layers.GlobalMaxPooling2D(keepdims=True)")),
    "globalmean": _always(_x("layers.GlobalAveragePooling2D(keepdims=True)")),
    "subsample": lambda piece: [_x(call("Subsample", piece.row.config["size"]))],
    "pad": _pad,
    "norm": _always("x = layers.BatchNormalization(epsilon=1e-5)(x, training=True)"),
    "flatten": _always(),  # the change of form before it is all it does
    "row": _row,
    "volume": _volume,
    "dense": _dense,
    "softmax": _softmax,
    "split": _always("OTHER = x"),
    "shortcut": _always("x, OTHER = OTHER, x"),
    "add": _always("x = layers.Add()([x, OTHER])"),
}
HELPERS = {
    "padded": '''\
def padded(x, pads, mode):
    """Rows and columns continued as np.pad continues them: "reflect", "edge" or "wrap"."""
    for axis, pad in enumerate(pads, start=1):
        x = ops.take(x, np.pad(np.arange(x.shape[axis]), pad, mode), axis=axis)
    return x''',
    "Tiled": '''\
class Tiled(layers.Layer):
    """One bank of kernels per position within a period; locally connected if no position repeats."""

    def __init__(self, maps, size, period, strides=(1, 1), use_bias=True):
        super().__init__()
        self.maps, self.size, self.period, self.strides, self.use_bias = maps, size, period, strides, use_bias

    def build(self, shape):
        self.kernel = self.add_weight(shape=(*self.period, *self.size, shape[-1], self.maps))
        self.bias = self.add_weight(shape=(*self.period, self.maps), initializer="zeros") if self.use_bias else None

    def call(self, x):
        y, kinds = x, []
        for axis, n, k, s, period in zip((1, 3), x.shape[1:3], self.size, self.strides, self.period):
            at = np.arange(0, n - k + 1, s)
            y = ops.take(y, at[:, None] + np.arange(k), axis=axis)
            kinds.append(np.arange(len(at)) % period)
        y = ops.einsum("bikjlc,ijklco->bijo", y, self.at(self.kernel, kinds))
        return y + self.at(self.bias, kinds) if self.use_bias else y

    def at(self, weights, kinds):
        return ops.take(ops.take(weights, kinds[0], axis=0), kinds[1], axis=1)''',
    "Subsample": '''\
class Subsample(layers.Layer):
    """a · Σ window + b over adjacent windows: two parameters per map, initialised to the mean."""

    def __init__(self, size):
        super().__init__()
        self.size = size

    def build(self, shape):
        mean = keras.initializers.Constant(1 / self.size**2)
        self.a = self.add_weight(shape=(shape[-1],), initializer=mean)
        self.b = self.add_weight(shape=(shape[-1],), initializer="zeros")

    def call(self, x):
        return self.a * self.size**2 * ops.average_pool(x, self.size, self.size) + self.b''',
    "UnitBias": '''\
class UnitBias(layers.Layer):
    """A separate bias for every unit."""

    def build(self, shape):
        self.bias = self.add_weight(shape=shape[1:], initializer="zeros")

    def call(self, x):
        return x + self.bias''',
}
