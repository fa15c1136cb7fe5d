"""The code that is shown is the network: it runs, and has the same parameters and shapes.

The engine's own is executed as it is. PyTorch and Keras need not be installed: small stand-ins keep their documented
rules for what a layer holds and for the shape of what it gives, and refuse what the frameworks refuse. Where PyTorch is
installed, the code also runs on it, and computes what our layers do.
"""

import ast
import runpy
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from components.pages.network.code.snippets import snippets
from kernels.layer.spec import Shape
from kernels.networks.description import MOST, parse
from kernels.networks.plan import Plan, plan
from kernels.networks.trained import IN_SHAPE, LAYERS
from kernels.networks.zoo import ZOO

Array = NDArray[Any]
Sizes = int | tuple[int, ...]
FEW = 10**6  # parameters, with which a network is also run
NETS: dict[str, tuple[str, Shape]] = {
    "an activation alone": ("tanh", (2, 3, 4)),
    "trained": (LAYERS, IN_SHAPE),
    "even kernels, same": ("conv 3 4x2 padding=same, sigmoid, conv 2 2x5 padding=same", (2, 7, 8)),
    "even kernels, reflected": ("conv 3 4x2 padding=same mode=reflect", (2, 7, 8)),
    "even kernels, replicated": ("conv 3 4x2 padding=same mode=replicate bias=0", (2, 7, 8)),
    "even kernels, circular": ("conv 3 4x2 padding=same mode=circular, relu", (2, 7, 8)),
    "reflected": ("conv 3 3x5 padding=1x2 mode=reflect stride=2", (2, 7, 8)),
    "replicated": ("conv 3 3x5 padding=9x2 mode=replicate", (2, 7, 8)),
    "circular": ("conv 3 3 padding=7x0 mode=circular", (2, 7, 8)),
    "a mode, and nothing to pad": ("conv 3 3 mode=circular", (2, 7, 8)),
    "full": ("conv 3 3x2 padding=full dilation=2x1", (1, 5, 4)),
    "stride and dilation": (
        "conv 3 3x2 padding=same dilation=2x3 stride=2x3, conv 2 2 dilation=1x2 stride=2x1",
        (2, 12, 14),
    ),
    "groups": ("conv 6 3 groups=3 padding=2, conv 6 1 groups=6 bias=0, conv 4 2x3 groups=2 stride=1x2", (3, 6, 9)),
    "local": ("local 3 3x2, relu, local 2 2 stride=2x1 bias=0", (2, 6, 7)),
    "tiled": ("tiled 3 3x2 2, tiled 2 2 3 stride=1x2 bias=0, tiled 2 1 64, tiled 2 2 1 stride=2", (2, 9, 12)),
    "tables": ("table 01/2/012 3, tanh, table 02/1 2x1 stride=2x1 bias=0, table 0 2", (3, 9, 8)),
    "a wide table": (f"table {'/'.join(['0123456789ab', '2', '34ab'] * 9)} 2", (12, 4, 4)),
    "the words of 1989 and 1998": (
        "pad 1x2 value=-1, conv 4 5 bias=0, unitbias, tanh, subsample 2, pad 1, pad 0x2",
        (1, 9, 8),
    ),
    "pooling": ("max 2, mean 3 stride=1, max 1 stride=2, conv 2 1, globalmax, globalmean", (2, 17, 16)),
    "a number a map": ("conv 4 3, globalmean, conv 5 1, relu, flatten, dense 3", (2, 6, 5)),
    "dense on a volume": ("dense 5 bias=0, relu, dense 4, dense 3", (2, 3, 4)),
    "a volume after numbers": (
        "dense 6, conv 4 1, max 1, flatten, pad 1, conv 3 2 padding=full, flatten, flatten",
        (2, 3, 4),
    ),
    "numbers with everything": (
        "dense 6, unitbias, norm, sigmoid, subsample 1, dense 4, globalmax, local 3 1",
        (2, 3, 4),
    ),
    "softmax of a volume": ("conv 3 2, softmax, norm, conv 2 2, flatten, softmax", (1, 5, 4)),
    "softmax of one place": ("globalmax, softmax, dense 3, softmax, pad 1, softmax", (3, 5, 4)),
    "residual": ("conv 4 3, split, conv 4 3 padding=1, norm, relu, conv 4 3 padding=1, add, relu", (2, 8, 7)),
    "shortcut": (
        "split, conv 4 3 stride=2 padding=1, norm, shortcut, conv 4 1 stride=2, norm, add, dense 3",
        (2, 8, 7),
    ),
    "nested": (
        "split, conv 2 3 padding=1, split, tanh, split, norm, add, shortcut, conv 2 1, split, relu, add, add, "
        "shortcut, split, relu, shortcut, unitbias, add, add, split, relu, add",
        (2, 5, 4),
    ),
    "empty branches": (
        "split, add, split, shortcut, add, split, relu, shortcut, add, split, shortcut, tanh, add",
        (2, 3, 3),
    ),
    "residual of numbers": ("dense 6, split, dense 4, relu, dense 6, add, split, conv 6 1, add, dense 2", (2, 3, 3)),
    "numbers and a volume": (
        "globalmax, split, dense 4, shortcut, conv 4 1, add, split, dense 4, add, conv 2 1",
        (2, 3, 3),
    ),
    "numbers that grow": (
        "dense 3, split, pad 1, conv 2 1, shortcut, conv 2 1 padding=1, add, norm, dense 4",
        (2, 3, 3),
    ),
    "shortcut of numbers": ("split, globalmean, shortcut, dense 2, add, norm, dense 3", (2, 3, 3)),
    "most layers": (", ".join(["conv 2 3 padding=1, relu"] * (MOST // 2)), (1, 4, 4)),
    "deep": (
        "split, tanh, " * 40 + "conv 4 3x5 padding=2x6 dilation=2x3 groups=2 bias=0 mode=replicate" + ", add" * 40,
        (4, 3, 2),
    ),
}
NETS |= {known.id: (known.layers, known.in_shape) for known in ZOO}
each = pytest.mark.parametrize("name", NETS)


def made_of(name: str) -> Plan:
    text, in_shape = NETS[name]
    made = plan(parse(text), in_shape)
    assert made.fault is None
    return made


def run(code: str, **modules: SimpleNamespace) -> dict[str, Any]:
    """What is defined after the code has run, with these modules to import."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        for name, module in modules.items():
            patch.setitem(sys.modules, name, module)
        file = Path(folder) / "code.py"
        file.write_text(code, "utf-8")
        return runpy.run_path(str(file))


def as_pair(value: Sizes) -> tuple[int, ...]:
    return (value, value) if isinstance(value, int) else value


def blank(*shape: int) -> Array:
    """Zeros that take no memory."""
    return np.broadcast_to(np.float32(0), shape)


def left(sizes: tuple[int, ...], kernel: Sizes, stride: Sizes, padding: Sizes = 0, dilation: Sizes = 1) -> list[int]:
    """Sizes after a sliding window, by the formula both frameworks document."""
    axes = zip(sizes, *map(as_pair, (kernel, stride, padding, dilation)), strict=True)
    found = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in axes]
    assert min(found) > 0
    return found


# PyTorch


class Weights(np.ndarray[Any, np.dtype[Any]]):
    """An nn.Parameter."""


def weights(values: Array) -> Array:
    return values.view(Weights)


def count(thing: object) -> int:
    """Numbers in the parameters of a module and of its modules."""
    if isinstance(thing, Weights):
        return thing.size
    if isinstance(thing, list | tuple):
        return sum(map(count, thing))
    return sum(map(count, vars(thing).values())) if isinstance(thing, Module) else 0


class Module:
    forward: Callable[..., Array]

    def __call__(self, x: Array) -> Array:
        return self.forward(x)


class Sequential(Module):
    def __init__(self, *layers: Module) -> None:
        self.layers = layers

    def forward(self, x: Array) -> Array:
        for layer in self.layers:
            x = layer(x)
        return x


class Conv2d(Module):
    def __init__(
        self,
        channels: int,
        maps: int,
        size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
    ) -> None:
        assert not channels % groups
        assert not maps % groups
        assert padding_mode in ("zeros", "reflect", "replicate", "circular")
        self.channels, self.maps = channels, maps
        self.window = size, stride, padding, dilation
        self.weight = weights(blank(maps, channels // groups, *as_pair(size)))
        self.bias = weights(blank(maps)) if bias else None

    def forward(self, x: Array) -> Array:
        examples, channels, *sizes = x.shape
        assert channels == self.channels
        return blank(examples, self.maps, *left(tuple(sizes), *self.window))


class Linear(Module):
    def __init__(self, inputs: int, outputs: int, bias: bool = True) -> None:
        self.weight = weights(blank(outputs, inputs))
        self.bias = weights(blank(outputs)) if bias else None

    def forward(self, x: Array) -> Array:
        examples, inputs = x.shape
        assert inputs == self.weight.shape[1]
        return blank(examples, len(self.weight))


class BatchNorm(Module):
    dimensions = 4

    def __init__(self, channels: int, track_running_stats: bool) -> None:
        assert not track_running_stats
        self.weight, self.bias = weights(blank(channels)), weights(blank(channels))

    def forward(self, x: Array) -> Array:
        assert (x.ndim, x.shape[1]) == (self.dimensions, len(self.bias))
        assert x.size > x.shape[1]  # one number a channel has no statistics
        return x


class BatchNorm1d(BatchNorm):
    dimensions = 2


class Map(Module):
    """A layer without weights."""

    def __init__(self, forward: Callable[[Array], Array]) -> None:
        self.forward = forward


def torch_pool(size: int, stride: int | None = None) -> Module:
    return Map(lambda x: blank(*x.shape[:2], *left(x.shape[2:], size, stride or size)))


def torch_pad(width: Sizes, _value: float = 0) -> Module:
    before, after, above, below = width if isinstance(width, tuple) else (width,) * 4
    return Map(lambda x: np.pad(x, ((0, 0), (0, 0), (above, below), (before, after))))


def torch_softmax(dim: int) -> Module:
    def forward(x: Array) -> Array:
        assert x.size == len(x) * x.shape[dim]
        return x

    return Map(forward)


def same() -> Module:
    return Map(lambda x: x)


def unfold(x: Array, size: tuple[int, int], stride: tuple[int, int]) -> Array:
    """(examples, C·K·L, places)."""
    seen = sliding_window_view(x, size, axis=(2, 3))[:, :, :: stride[0], :: stride[1]]
    return seen.transpose(0, 1, 4, 5, 2, 3).reshape(len(x), x.shape[1] * prod(size), -1)


def summed(x: Array, size: int, divisor_override: int) -> Array:
    """An average whose divisor is given."""
    sums: Array = unfold(x.reshape(-1, 1, *x.shape[2:]), (size, size), (size, size)).sum(axis=1) / divisor_override
    return sums.reshape(*x.shape[:2], *left(x.shape[2:], size, size))


def stand_in_torch() -> dict[str, SimpleNamespace]:
    """The modules by their names."""
    nn = SimpleNamespace(
        Module=Module, Sequential=Sequential, ModuleList=list, Parameter=weights, Conv2d=Conv2d, Linear=Linear,
        BatchNorm1d=BatchNorm1d, BatchNorm2d=BatchNorm, Softmax=torch_softmax, ReLU=same, Tanh=same, Sigmoid=same,
        MaxPool2d=torch_pool, AvgPool2d=torch_pool, ZeroPad2d=torch_pad, ReflectionPad2d=torch_pad,
        ReplicationPad2d=torch_pad, CircularPad2d=torch_pad, ConstantPad2d=torch_pad,
        AdaptiveMaxPool2d=lambda _size: Map(lambda x: blank(*x.shape[:2], 1, 1)),
        AdaptiveAvgPool2d=lambda _size: Map(lambda x: blank(*x.shape[:2], 1, 1)),
        Flatten=lambda: Map(lambda x: x.reshape(len(x), -1)),
        Unflatten=lambda _dim, shape: Map(lambda x: x.reshape(len(x), *shape)),
        functional=SimpleNamespace(unfold=unfold, avg_pool2d=summed),
    )  # fmt: skip
    torch = SimpleNamespace(
        nn=nn, zeros=lambda *shape: np.zeros(shape[0] if isinstance(shape[0], tuple) else shape), arange=np.arange,
        ones=lambda *shape: np.ones(shape), randn=lambda *shape: np.zeros(shape), einsum=np.einsum,
        cat=lambda parts, dim: np.concatenate(parts, axis=dim),
    )  # fmt: skip
    return {"torch": torch, "torch.nn": nn, "torch.nn.functional": nn.functional}


# Keras


class Layer:
    """made: all weights there are, in order."""

    made: list[Array]
    call: Callable[..., Array]

    def __call__(self, x: Array, training: bool | None = None) -> Array:
        self.training = training
        self.build(x.shape)
        return self.call(x)

    def build(self, shape: Shape) -> None:
        """Some have weights."""

    def add_weight(self, shape: tuple[int, ...], initializer: object = "glorot_uniform") -> Array:
        """Numbers that differ, to compute with."""
        assert initializer
        self.made.append(np.sin(np.arange(prod(shape))).reshape(shape))
        return self.made[-1]


class Conv2D(Layer):
    def __init__(
        self,
        maps: int,
        size: Sizes,
        strides: Sizes = 1,
        dilation_rate: Sizes = 1,
        groups: int = 1,
        use_bias: bool = True,
    ) -> None:
        assert max(as_pair(strides)) == 1 or max(as_pair(dilation_rate)) == 1
        self.maps, self.groups, self.use_bias = maps, groups, use_bias
        self.window = size, strides, 0, dilation_rate

    def call(self, x: Array) -> Array:
        examples, height, width, channels = x.shape
        assert not channels % self.groups
        self.made += [
            blank(*as_pair(self.window[0]), channels // self.groups, self.maps),
            blank(self.maps * self.use_bias),
        ]
        return blank(examples, *left((height, width), *self.window), self.maps)


class Dense(Layer):
    def __init__(self, units: int, use_bias: bool = True) -> None:
        self.units, self.use_bias = units, use_bias

    def call(self, x: Array) -> Array:
        examples, inputs = x.shape
        self.made.append(blank(inputs + self.use_bias, self.units))
        return blank(examples, self.units)


class BatchNormalization(Layer):
    def __init__(self, epsilon: float) -> None:
        assert epsilon == 1e-5

    def call(self, x: Array) -> Array:
        assert self.training
        self.made.append(blank(2, x.shape[-1]))
        return x


def layer(call: Callable[..., Array]) -> Layer:
    """One without weights."""
    found = Layer()
    found.call = call
    return found


def keras_pool(size: int, strides: int | None = None) -> Layer:
    return layer(lambda x: blank(len(x), *left(x.shape[1:3], size, strides or size), x.shape[3]))


def keras_padding(pads: Any) -> Layer:  # noqa: ANN401  # one number or two pairs of them
    return layer(lambda x: np.pad(x, ((0, 0), *(((pads, pads),) * 2 if isinstance(pads, int) else pads), (0, 0))))


def keras_softmax(axis: Sizes = -1) -> Layer:
    def call(x: Array) -> Array:
        assert x.size == len(x) * prod(np.array(x.shape)[np.array(axis)].ravel())
        return x

    return layer(call)


def coded(shape: tuple[int, ...]) -> Array:
    """An input whose numbers say where they are."""
    return np.arange(prod(shape)).reshape(1, *shape)


def average(x: Array, size: int, strides: int) -> Array:
    assert size == strides
    return summed(x.transpose(0, 3, 1, 2), size, size**2).transpose(0, 2, 3, 1)


def added(parts: list[Array]) -> Array:
    assert parts[0].shape == parts[1].shape
    return parts[0] + parts[1]


def stand_in_keras(made: list[Array]) -> dict[str, SimpleNamespace]:
    """The modules by their names; the weights go into `made`."""
    Layer.made = made
    layers = SimpleNamespace(
        Layer=Layer, Conv2D=Conv2D, Dense=Dense, BatchNormalization=BatchNormalization, Softmax=keras_softmax,
        MaxPooling2D=keras_pool, AveragePooling2D=keras_pool, ZeroPadding2D=keras_padding,
        Activation=lambda _name: layer(lambda x: x),
        GlobalMaxPooling2D=lambda keepdims: layer(lambda x: x.max(axis=(1, 2), keepdims=keepdims)),
        GlobalAveragePooling2D=lambda keepdims: layer(lambda x: x.mean(axis=(1, 2), keepdims=keepdims)),
        Permute=lambda axes: layer(lambda x: x.transpose(0, *axes)),
        Flatten=lambda: layer(lambda x: x.reshape(len(x), -1)),
        Reshape=lambda shape: layer(lambda x: x.reshape(len(x), *shape)),
        Add=lambda: added, Concatenate=lambda: lambda parts: np.concatenate(parts, axis=-1),
    )  # fmt: skip
    ops = SimpleNamespace(
        take=np.take, pad=np.pad, einsum=np.einsum, zeros=np.zeros,
        average_pool=average,
    )  # fmt: skip
    keras = SimpleNamespace(
        layers=layers, ops=ops, Input=coded, Model=lambda _inputs, x: lambda _given: x,
        initializers=SimpleNamespace(Constant=float),
    )  # fmt: skip
    return {"keras": keras, "keras.layers": layers, "keras.ops": ops}


# What is claimed


def check_numpy(made: Plan) -> None:
    found = run(snippets(made)["NumPy"])
    network, x, theta = found["network"], found["x"], found["theta"]
    assert network == made.network
    assert (x.shape, x.dtype, len(theta)) == ((1, *made.in_shape), np.float32, made.parameters)
    assert found["y"].shape == (1, *made.rows[-1].out_shape)
    rng = np.random.default_rng(0)
    theta, x = rng.standard_normal(len(theta)), rng.standard_normal((2, *made.in_shape))
    assert np.array_equal(network.apply(theta, x), made.network.apply(theta, x))


def check_torch(made: Plan) -> None:
    found = run(snippets(made)["PyTorch"], **stand_in_torch())
    assert count(found["network"]) == made.parameters
    assert (*found["y"].shape[1:], 1, 1)[:3] == made.rows[-1].out_shape


def theta_in(module: Any) -> list[Array]:  # noqa: ANN401  # a module of PyTorch, if there is one
    """The weights of a real module in our order: of a dense layer output by output, each with its bias."""
    kind, own = type(module).__name__, [part.detach().numpy() for part in module.parameters()]
    if kind == "Linear":
        return [np.column_stack([own[0], *own[1:]]).ravel()]
    if kind == "Table":
        return [part.ravel() for dimensions in (4, 1) for part in own if part.ndim == dimensions]
    inner = [part for child in module.children() for part in theta_in(child)]
    return inner or [part.ravel() for part in own]


def check_installed_torch(made: Plan) -> None:
    torch: Any = import_module("torch")
    code = snippets(made)["PyTorch"]
    with torch.device("meta"):  # shapes alone take no memory
        found = run(code)
    assert sum(part.numel() for part in found["network"].parameters()) == made.parameters
    assert (*found["y"].shape[1:], 1, 1)[:3] == made.rows[-1].out_shape
    if made.parameters < FEW:
        network, x = run(code)["network"].double(), np.random.default_rng(0).standard_normal((2, *made.in_shape))
        y = network(torch.from_numpy(x)).detach().numpy()
        wanted = made.network.apply(np.concatenate([np.zeros(0), *theta_in(network)]), x)
        assert np.allclose(y.reshape(wanted.shape), wanted, rtol=1e-9, atol=1e-9 * np.abs(wanted).max())


TORCHES = {"stand-in": check_torch} | ({"installed": check_installed_torch} if find_spec("torch") else {})
each_torch = pytest.mark.parametrize("check", TORCHES.values(), ids=TORCHES)


def check_keras(made: Plan) -> None:
    found: list[Array] = []
    y = run(snippets(made)["Keras"], **stand_in_keras(found))["y"]
    assert sum(weight.size for weight in found) == made.parameters
    assert (y.shape[-1], *(*y.shape[1:-1], 1, 1)[:2]) == made.rows[-1].out_shape


def names(code: str) -> tuple[set[str], set[str]]:
    """What is imported or defined as a helper, and what is used."""
    tree = ast.parse(code)
    bound = {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {alias.asname or alias.name for alias in node.names}
    return bound, {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


@each
def test_the_numpy_code_makes_the_same_network(name: str) -> None:
    made = made_of(name)
    if made.parameters < 10**6:
        check_numpy(made)
    else:
        code, _, _ = snippets(made)["NumPy"].partition("theta =")
        assert run(code)["network"] == made.network


@each_torch
@each
def test_the_pytorch_code_has_our_parameters_and_shapes(name: str, check: Callable[[Plan], None]) -> None:
    check(made_of(name))


@each
def test_the_keras_code_has_our_parameters_and_shapes(name: str) -> None:
    check_keras(made_of(name))


WORDS = (
    "conv 3 3 padding=same", "conv 4 2x3 padding=same mode=reflect", "conv 2 3 stride=2 dilation=2 padding=full",
    "conv 4 1", "conv 6 2 groups=2 bias=0", "local 2 2", "tiled 3 2 2", "table 01/1 2", "unitbias", "relu", "max 2",
    "mean 2 stride=1", "globalmax", "globalmean", "subsample 2", "pad 1x2 value=3", "norm", "flatten", "dense 4",
    "softmax", "split, tanh, add", "split, norm, shortcut, unitbias, split, sigmoid, add, add",
    "split, dense 4, shortcut, globalmean, conv 4 1, add", "split, globalmean, shortcut, globalmax, add",
    "split, conv 4 3 padding=1, shortcut, conv 4 1, split, relu, add, add",
)  # fmt: skip


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Layers in any order, as far as each fits on those before it."""
    in_shape = draw(st.integers(1, 4)), draw(st.integers(1, 9)), draw(st.integers(1, 9))
    made = plan(parse("relu"), in_shape)
    for word in draw(st.lists(st.sampled_from(WORDS), max_size=10)):
        longer = plan(parse(f"{made.text}, {word}"), in_shape)
        made = made if longer.fault else longer
    return made


@settings(deadline=None)
@given(plans())
def test_layers_in_any_order_become_code_that_runs(made: Plan) -> None:
    check_numpy(made)
    check_torch(made)
    check_keras(made)


@each
def test_nothing_is_imported_or_written_out_that_is_not_used(name: str) -> None:
    for code in snippets(made_of(name)).values():
        bound, used = names(code)
        assert bound <= used


@pytest.mark.parametrize(
    ("text", "torch", "keras"),
    [
        ("conv 2 3 padding=same, norm, max 2, pad 1 value=2, flatten, dense 2, softmax", set(), set()),
        ("tiled 2 3 1", set(), set()),
        ("split, relu, add", {"Residual"}, set()),
        ("table 01/1 3", {"Table"}, set()),
        ("tiled 2 3 2", {"Tiled"}, {"Tiled"}),
        ("local 2 3, subsample 2, unitbias", {"Tiled", "Subsample", "UnitBias"}, {"Tiled", "Subsample", "UnitBias"}),
        ("conv 2 2 padding=same mode=reflect", set(), {"padded"}),
    ],
)
def test_a_network_has_the_helpers_it_needs(text: str, torch: set[str], keras: set[str]) -> None:
    codes = snippets(plan(parse(text), (2, 8, 8)))
    for name, needed in {"PyTorch": torch, "Keras": keras}.items():
        defined = {
            node.name for node in ast.parse(codes[name]).body if isinstance(node, ast.ClassDef | ast.FunctionDef)
        }
        assert defined == needed


@each
def test_code_fits_120_columns_and_says_first_how_many_parameters_of_what(name: str) -> None:
    made = made_of(name)
    for code in snippets(made).values():
        assert max(map(len, code.splitlines())) <= 120
        amount, _, what = code.splitlines()[0].removeprefix("# ").partition(" parameters: ")
        assert int(amount.replace(",", "")) == made.parameters
        assert made.text.startswith(what.removesuffix(" …"))
        assert what.endswith(" …") or what == made.text


PLACED = ("local 3 2x3 stride=1x2", "tiled 3 3x2 2 stride=2x1", "tiled 2 2 3 bias=0", "subsample 2", "unitbias")


@each_torch
@pytest.mark.parametrize("text", WORDS)
def test_every_word_of_a_network_is_one_of_pytorch_s(text: str, check: Callable[[Plan], None]) -> None:
    check(plan(parse(text), (4, 9, 8)))


@pytest.mark.parametrize("text", PLACED)
def test_the_helpers_for_pytorch_compute_what_our_layers_do(text: str) -> None:
    made = plan(parse(text), (2, 9, 8))
    (helper,) = run(snippets(made)["PyTorch"], **stand_in_torch())["network"].layers
    x, theta = np.cos(np.arange(288.0)).reshape(2, 2, 9, 8), np.sin(np.arange(made.parameters))
    rest = theta
    for name, value in list(vars(helper).items()):
        if isinstance(value, Weights):
            setattr(helper, name, rest[: value.size].reshape(value.shape))
            rest = rest[value.size :]
    assert np.allclose(helper(x), made.network.apply(theta, x))


@pytest.mark.parametrize("text", PLACED)
def test_the_helpers_for_keras_compute_what_our_layers_do(text: str) -> None:
    made, found = plan(parse(text), (2, 9, 8)), list[Array]()
    y = run(snippets(made)["Keras"], **stand_in_keras(found))["y"]
    axes = {6: (5, 4, 2, 3, 0, 1), 3: (2, 0, 1), 1: (0,)}  # from their order to ours
    theta = np.concatenate([weight.transpose(axes[weight.ndim]).ravel() for weight in found])
    x = coded((9, 8, 2)).transpose(0, 3, 1, 2)
    assert np.allclose(y.transpose(0, 3, 1, 2), made.network.apply(theta, x))


def test_numbers_of_a_volume_are_in_our_order_when_keras_makes_it_a_row() -> None:
    made = plan(parse("relu, flatten"), (2, 3, 4))
    y = run(snippets(made)["Keras"], **stand_in_keras([]))["y"]
    x = coded((3, 4, 2))[0]
    assert y.tolist() == [[x[i, j, c] for c in range(2) for i in range(3) for j in range(4)]]


WRITTEN = {
    "conv 8 3 padding=same": ("nn.Conv2d(2, 8, 3, padding=1)", "layers.ZeroPadding2D(1)(x) x = layers.Conv2D(8, 3)(x)"),
    "conv 8 3x5 stride=2x1 padding=1x2 bias=0": (
        "nn.Conv2d(2, 8, (3, 5), stride=(2, 1), padding=(1, 2), bias=False)",
        "layers.ZeroPadding2D(((1, 1), (2, 2)))(x) x = layers.Conv2D(8, (3, 5), strides=(2, 1), use_bias=False)(x)",
    ),
    "conv 4 4x2 padding=same": (
        "nn.ZeroPad2d((0, 1, 1, 2)), nn.Conv2d(2, 4, (4, 2))",
        "layers.ZeroPadding2D(((1, 2), (0, 1)))(x)",
    ),
    "conv 4 4x2 padding=same mode=reflect": (
        "nn.ReflectionPad2d((0, 1, 1, 2))",
        'padded(x, ((1, 2), (0, 1)), "reflect")',
    ),
    "conv 4 4x2 padding=same mode=replicate": (
        "nn.ReplicationPad2d((0, 1, 1, 2))",
        'padded(x, ((1, 2), (0, 1)), "edge")',
    ),
    "conv 4 4x2 padding=same mode=circular": ("nn.CircularPad2d((0, 1, 1, 2))", 'padded(x, ((1, 2), (0, 1)), "wrap")'),
    "conv 4 3 padding=1 mode=circular": (
        'nn.Conv2d(2, 4, 3, padding=1, padding_mode="circular")',
        'padded(x, ((1, 1), (1, 1)), "wrap")',
    ),
    "conv 4 3 groups=2 dilation=2": (
        "nn.Conv2d(2, 4, 3, dilation=2, groups=2)",
        "layers.Conv2D(4, 3, dilation_rate=2, groups=2)(x)",
    ),
    "conv 4 2 stride=3x2 dilation=2": (
        "nn.Conv2d(2, 4, 2, stride=(3, 2), dilation=2)",
        "layers.Conv2D(4, 2, dilation_rate=2)(x)[:, ::3, ::2]",
    ),
    "local 4 3x2 stride=2 bias=0": (
        "Tiled(2, 4, (3, 2), period=(3, 4), stride=(2, 2), bias=False)",
        "Tiled(4, (3, 2), period=(3, 4), strides=(2, 2), use_bias=False)(x)",
    ),
    "tiled 4 3 2": ("Tiled(2, 4, (3, 3), period=(2, 2))", "Tiled(4, (3, 3), period=(2, 2))(x)"),
    "table 0/01 3 stride=2": ("Table([[0], [0, 1]], 3, stride=2)", "table = [[0], [0, 1]]"),
    "unitbias": ("UnitBias(2, 8, 8)", "UnitBias()(x)"),
    "relu": ("nn.ReLU()", 'layers.Activation("relu")(x)'),
    "tanh": ("nn.Tanh()", 'layers.Activation("tanh")(x)'),
    "sigmoid": ("nn.Sigmoid()", 'layers.Activation("sigmoid")(x)'),
    "max 2": ("nn.MaxPool2d(2)", "layers.MaxPooling2D(2)(x)"),
    "mean 3 stride=2": ("nn.AvgPool2d(3, stride=2)", "layers.AveragePooling2D(3, strides=2)(x)"),
    "globalmax": ("nn.AdaptiveMaxPool2d(1)", "layers.GlobalMaxPooling2D(keepdims=True)(x)"),
    "globalmean": ("nn.AdaptiveAvgPool2d(1)", "layers.GlobalAveragePooling2D(keepdims=True)(x)"),
    "subsample 2": ("Subsample(2, 2)", "Subsample(2)(x)"),
    "pad 1": ("nn.ZeroPad2d(1)", "layers.ZeroPadding2D(1)(x)"),
    "pad 1x2 value=-1": (
        "nn.ConstantPad2d((1, 2, 1, 2), -1.0)",
        "ops.pad(x, ((0, 0), (1, 2), (1, 2), (0, 0)), constant_values=-1.0)",
    ),
    "norm": (
        "nn.BatchNorm2d(2, track_running_stats=False)",
        "layers.BatchNormalization(epsilon=1e-5)(x, training=True)",
    ),
    "dense 4": (
        "nn.Flatten(), nn.Linear(128, 4)",
        "layers.Permute((3, 1, 2))(x) x = layers.Flatten()(x) x = layers.Dense(4)(x)",
    ),
    "softmax": ("nn.Flatten(), nn.Softmax(dim=1), nn.Unflatten(1, (2, 8, 8))", "layers.Softmax(axis=(1, 2, 3))(x)"),
    "split, relu, shortcut, tanh, add": (
        "Residual( nn.ReLU(), shortcut=[ nn.Tanh(), ], )",
        'other = x x = layers.Activation("relu")(x) x, other = other, x x = layers.Activation("tanh")(x) '
        "x = layers.Add()([x, other])",
    ),
    "split, split, relu, add, tanh, add": (
        "Residual( Residual( nn.ReLU(), ), nn.Tanh(), )",
        'other = x other_2 = x x = layers.Activation("relu")(x) x = layers.Add()([x, other_2]) '
        'x = layers.Activation("tanh")(x) x = layers.Add()([x, other])',
    ),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_layer_is_written_as_one_would_write_it(text: str) -> None:
    torch, keras = WRITTEN[text]
    codes = snippets(plan(parse(text), (2, 8, 8)))
    network = codes["PyTorch"].partition("network = ")[2]
    assert " ".join(network.split()).startswith(f"nn.Sequential( {torch},")
    _, _, statements = " ".join(codes["Keras"].split()).partition("keras.Input((8, 8, 2)) ")
    assert statements.startswith((keras, f"x = {keras}"))


def test_the_code_of_this_engine_tells_what_is_not_usual() -> None:
    codes = snippets(plan(parse("conv 8 3 padding=same, max 2, tiled 2 3 2 bias=0, split, relu, add"), (1, 16, 16)))
    assert list(codes) == ["PyTorch", "Keras", "NumPy"]
    assert (
        'Wired("conv", LayerSpec(3, 1, 8, padding="same", bias=True)), Pool("max", 2, 2), '
        'Wired("tiled", LayerSpec(3, 8, 2), period=2), Residual(( Activate("relu"), )), ), (1, 16, 16))'
    ) in " ".join(codes["NumPy"].split())


@pytest.mark.parametrize("text", ["", "conv 8 9, max 2", "split, relu"])
def test_what_is_no_network_has_no_code(text: str) -> None:
    assert snippets(plan(parse(text), (1, 4, 4))) == {}
