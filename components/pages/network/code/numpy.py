"""A network as NumPy code that needs nothing else: a statement a layer, on volumes (examples, C, H, W). Pure."""

import re
from collections.abc import Callable, Iterator
from math import prod
from typing import cast

from components.pages.network.code.torch import call, frame_of, period_of, spec_of
from kernels.layer.conv import NUMPY_MODE
from kernels.layer.spec import LayerSpec, Pair
from kernels.learning.layers import Pool
from kernels.networks.blocks import Tabled
from kernels.networks.plan import Plan, Row

Written = tuple[list[str], list[str]]  # the arrays that a layer learns, and its statements: each array is a `next(p)`
NEXT = "next(p)"


def code(made: Plan) -> str:
    """The helpers it needs, the numbers the network learns, drawn at random, the network and one run."""
    arrays, statements = [], []
    for row, names in zip(made.rows, _names(made), strict=True):
        learned, lines = LINES[row.config.op](row)
        arrays += [", ".join(learned)] if learned else []
        statements += [line.replace("OTHER", names) for line in lines]
    body = [*(["p = iter(params)"] if arrays else []), *statements, "return x"]
    arguments, params = (
        ("x, params", ["params = [", *(f"    {line}," for line in arrays), "]"]) if arrays else ("x", [])
    )
    network = "\n".join([f"def network({arguments}):", *(f"    {line}" for line in body)])
    run = f"x = np.zeros(({', '.join(map(str, (1, *made.in_shape)))}), np.float32)\ny = network({arguments})"
    drawn = ["rng = np.random.default_rng(0)"] if any("normal(" in line for line in arrays) else []
    imports = "\n".join(["import numpy as np", *[f"\n{line}" for line in drawn]])
    return "\n\n\n".join([imports, *_helpers("\n".join([*arrays, *statements])), network, "\n".join([*params, run])])


def _names(made: Plan) -> Iterator[str]:
    """For each row, the variable that holds what its branch is added to: a branch in a branch has one of its own."""
    depth = 0
    for row in made.rows:
        depth += row.config.op == "split"
        yield "other" if depth <= 1 else f"other_{depth}"
        depth -= row.config.op == "add"


def _helpers(text: str) -> list[str]:
    """The functions that the text calls, and those that they call."""
    needed: set[str] = set()
    while found := {name for name in HELPERS if name not in needed and re.search(rf"\b{name}\(", text)}:
        needed |= found
        text = "\n".join(HELPERS[name] for name in found)
    return [text for name, text in HELPERS.items() if name in needed]


def _weights(reads: int, *shape: int) -> str:
    return call("normal", *shape, reads=reads)


def _zeros(*shape: int) -> str:
    return f"np.zeros({shape if len(shape) > 1 else shape[0]})"


def _pair(pair: Pair) -> Pair | None:
    """What is not (1, 1)."""
    return pair if pair != (1, 1) else None


def _conv(row: Row) -> Written:
    spec = spec_of(row)
    shape = spec.weight_shape
    biases = [_zeros(spec.out_channels)] if spec.bias else []
    layer = call(
        "conv",
        "x",
        NEXT,
        *[NEXT for _ in biases],
        stride=_pair(spec.stride),
        dilation=_pair(spec.dilation),
        groups=spec.groups if spec.groups > 1 else None,
    )
    return [_weights(prod(shape[1:]), *shape), *biases], [*_padded(spec), f"x = {layer}"]


def _padded(spec: LayerSpec) -> list[str]:
    if not any(map(any, spec.pads)):
        return []
    mode = "" if spec.padding_mode == "zeros" else f', "{NUMPY_MODE[spec.padding_mode]}"'
    return [f"x = np.pad(x, ((0, 0), (0, 0), {spec.pads[0]}, {spec.pads[1]}){mode})"]


def _placed(row: Row) -> Written:
    spec, period = spec_of(row), period_of(row)
    if period is None:
        return _conv(row)
    shape = spec.weight_shape
    biases = [_zeros(spec.out_channels, *period)] if spec.bias else []
    layer = call("tiled", "x", NEXT, *[NEXT for _ in biases], stride=_pair(spec.stride))
    return [_weights(prod(shape[1:]), *shape, *period), *biases], [f"x = {layer}"]


def _table(row: Row) -> Written:
    spec, reads = spec_of(row), list(map(list, cast(Tabled, row.layer).table))
    biases = [_zeros(spec.out_channels)] if spec.bias else []
    most = max(map(len, reads)) * prod(spec.kernel_size)
    weights = _weights(most, sum(map(len, reads)), *spec.kernel_size)
    layer = call("table", "x", reads, NEXT, *[NEXT for _ in biases], stride=_pair(spec.stride))
    return [weights, *biases], [f"x = {layer}"]


def _dense(row: Row) -> Written:
    reads, units = prod(row.in_shape), spec_of(row).out_channels
    biases = [_zeros(units)] if spec_of(row).bias else []
    return [_weights(reads, units, reads), *biases], [f"x = {call('dense', 'x', NEXT, *[NEXT for _ in biases])}"]


def _pad(row: Row) -> Written:
    frame = frame_of(row)
    value = f", constant_values={frame.value}" if frame.value else ""
    return [], [f"x = np.pad(x, ((0, 0), (0, 0), {frame.pads[0]}, {frame.pads[1]}){value})"]


def _pool(row: Row) -> Written:
    pool = cast(Pool, row.layer)
    size, stride = ((n, n) for n in (pool.size, pool.stride))
    return [], [f"x = {call('windows', 'x', size, _pair(stride) or '(1, 1)')}.{pool.name}((4, 5))"]


def _subsample(row: Row) -> Written:
    maps, size = row.in_shape[0], row.config["size"]
    sums = f"windows(x, ({size}, {size}), ({size}, {size})).sum((4, 5))"
    return [f"np.full({(maps, 1, 1)}, 1 / {size}**2)", _zeros(maps, 1, 1)], [f"x = {NEXT} * {sums} + {NEXT}"]


def _norm(row: Row) -> Written:
    maps = row.in_shape[0], 1, 1
    return [f"np.ones({maps})", _zeros(*maps)], [f"x = normalised(x) * {NEXT} + {NEXT}"]


def _unit_bias(row: Row) -> Written:
    return [_zeros(*row.in_shape)], [f"x = x + {NEXT}"]


def _always(*lines: str) -> Callable[[Row], Written]:
    return lambda _row: ([], list(lines))


LINES: dict[str, Callable[[Row], Written]] = {
    "conv": _conv,
    "local": _placed,
    "tiled": _placed,
    "table": _table,
    "unitbias": _unit_bias,
    "relu": _always("x = np.maximum(x, 0)"),
    "tanh": _always("x = np.tanh(x)"),
    "sigmoid": _always("x = 0.5 + 0.5 * np.tanh(x / 2)  # 1 / (1 + exp(−x)), without overflow"),
    "max": _pool,
    "mean": _pool,
    "globalmax": _always("x = x.max((2, 3), keepdims=True)"),
    "globalmean": _always("x = x.mean((2, 3), keepdims=True)"),
    "subsample": _subsample,
    "pad": _pad,
    "norm": _norm,
    "flatten": _always("x = x.reshape(len(x), -1, 1, 1)"),
    "dense": _dense,
    "softmax": _always("x = softmax(x)"),
    "split": _always("OTHER = x"),
    "shortcut": _always("x, OTHER = OTHER, x"),
    "add": _always("x = x + OTHER"),
}
HELPERS = {
    "normal": '''\
def normal(*shape, reads):
    """Random weights, scaled so that outputs have about the variance of their inputs."""
    return rng.standard_normal(shape, np.float32) * np.float32((2 / reads) ** 0.5)''',
    "windows": '''\
def windows(x, size, stride=(1, 1), dilation=(1, 1)):
    """The window of every output: (examples, C, H', W', K, L)."""
    reach = [(k - 1) * d + 1 for k, d in zip(size, dilation)]
    seen = np.lib.stride_tricks.sliding_window_view(x, reach, axis=(2, 3))
    return seen[:, :, :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]''',
    "conv": '''\
def conv(x, weight, bias=None, stride=(1, 1), dilation=(1, 1), groups=1):
    """Kernels (O, C, K, L) that are shared by all positions."""
    seen = windows(x, weight.shape[2:], stride, dilation)
    parts = zip(np.split(seen, groups, axis=1), np.split(weight, groups))
    y = np.concatenate([np.einsum("nchwkl,ockl->nohw", s, w, optimize=True) for s, w in parts], axis=1)
    return y if bias is None else y + bias[:, None, None]''',
    "tiled": '''\
def tiled(x, weight, bias=None, stride=(1, 1)):
    """Kernels (O, C, K, L, rows, columns) that take turns; locally connected if none comes twice."""
    seen = windows(x, weight.shape[2:4], stride)
    i, j = np.arange(seen.shape[2])[:, None] % weight.shape[4], np.arange(seen.shape[3]) % weight.shape[5]
    y = np.einsum("ncijkl,ocklij->noij", seen, weight[..., i, j])
    return y if bias is None else y + bias[:, i, j]''',
    "table": '''\
def table(x, reads, weight, bias=None, stride=(1, 1)):
    """A convolution whose maps read only the channels named for each; their kernels (sum of reads, K, L)."""
    kernels = np.split(weight, np.cumsum([len(channels) for channels in reads])[:-1])
    maps = [conv(x[:, channels], kernel[None], stride=stride) for channels, kernel in zip(reads, kernels)]
    y = np.concatenate(maps, axis=1)
    return y if bias is None else y + bias[:, None, None]''',
    "dense": '''\
def dense(x, weight, bias=0):
    """Fully connected: a weight for every input of every output; nothing is shared."""
    return (x.reshape(len(x), -1) @ weight.T + bias)[:, :, None, None]''',
    "normalised": '''\
def normalised(x):
    """Every map minus its mean, divided by its standard deviation, both over the batch and all positions."""
    return (x - x.mean((0, 2, 3), keepdims=True)) / np.sqrt(x.var((0, 2, 3), keepdims=True) + 1e-5)''',
    "softmax": '''\
def softmax(x):
    """Probabilities: positive and summing to 1 over all numbers of an example."""
    e = np.exp(x - x.max((1, 2, 3), keepdims=True))
    return e / e.sum((1, 2, 3), keepdims=True)''',
}
