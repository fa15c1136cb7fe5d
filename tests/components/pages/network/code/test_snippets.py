"""Exported code is whole Python that says what it is and is written as one would write it; test_frameworks runs it."""

import ast

import numpy as np
import pytest

from components.pages.network.code.snippets import snippets
from kernels.learning.linear import Wired
from kernels.learning.network import run as run_layers
from kernels.networks.blocks import Tabled
from kernels.networks.description import parse
from kernels.networks.plan import Plan, plan
from tests.support.exported import run_isolated, theta_of_numpy
from tests.support.networks import FEW, every


def unused(code: str) -> set[str]:
    """What is imported or defined as a helper, and not used."""
    tree = ast.parse(code)
    bound = {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {alias.asname or alias.name for alias in node.names}
    return bound - {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_code_is_python_of_120_columns_that_imports_what_it_uses_and_says_first_what_it_is() -> None:
    for made in every().values():
        for code in snippets(made).values():
            assert unused(code) == set()
            assert max(map(len, code.splitlines())) <= 120
            amount, _, what = code.splitlines()[0].removeprefix("# ").partition(" parameters: ")
            assert int(amount.replace(",", "")) == made.parameters
            assert made.text.startswith(what.removesuffix(" …"))
            assert what.endswith(" …") or what == made.text


def learns(made: Plan) -> list[str]:
    """Each layer that learns something, with how many arrays: its weights and, where it has them, its biases."""
    two = {
        n
        for n, row in enumerate(made.rows)
        if row.config.op in ("subsample", "norm") or (isinstance(row.layer, Wired | Tabled) and row.layer.spec.bias)
    }
    return [f"{row.config.op} {2 if n in two else 1}" for n, row in enumerate(made.rows) if row.parameters]


def test_the_numpy_code_runs_where_only_numpy_is_and_computes_what_the_engine_does() -> None:
    """Its weights are laid out anew: theirs in the engine's order make the engine's output."""
    few = [made for made in every().values() if made.parameters < FEW]
    answers, loaded = run_isolated([snippets(made)["NumPy"] for made in few])
    assert "numpy" in loaded
    assert not {"kernels", "components", "scipy", "streamlit"} & set(loaded)
    for made, (params, others, x, y, given, found) in zip(few, answers, strict=True):
        assert (x.shape, x.dtype) == ((1, *made.in_shape), np.float32)
        assert y.shape == found.shape == (1, *made.rows[-1].out_shape)
        assert sum(part.size for part in params) == made.parameters
        theta = theta_of_numpy(others, learns(made))
        wanted, _ = run_layers(made.network.layers, made.network.parts, theta, given)
        scale = max(1.0, float(np.abs(wanted).max()))
        np.testing.assert_allclose(found, wanted, rtol=1e-7, atol=1e-9 * scale, err_msg=made.text)


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
    "conv 4 3 padding=1 mode=circular": (
        'nn.Conv2d(2, 4, 3, padding=1, padding_mode="circular")',
        'padded(x, ((1, 1), (1, 1)), "wrap")',
    ),
    "conv 4 2 stride=3x2 dilation=2": (
        "nn.Conv2d(2, 4, 2, stride=(3, 2), dilation=2)",
        "layers.Conv2D(4, 2, dilation_rate=2)(x)[:, ::3, ::2]",
    ),
    "local 4 3x2 stride=2 bias=0": (
        "Tiled(2, 4, (3, 2), period=(3, 4), stride=(2, 2), bias=False)",
        "Tiled(4, (3, 2), period=(3, 4), strides=(2, 2), use_bias=False)(x)",
    ),
    "table 0/01 3 stride=2": ("Table([[0], [0, 1]], 3, stride=2)", "table = [[0], [0, 1]]"),
    "unitbias": ("UnitBias(2, 8, 8)", "UnitBias()(x)"),
    "relu": ("nn.ReLU()", 'layers.Activation("relu")(x)'),
    "max 2": ("nn.MaxPool2d(2)", "layers.MaxPooling2D(2)(x)"),
    "mean 3 stride=2": ("nn.AvgPool2d(3, stride=2)", "layers.AveragePooling2D(3, strides=2)(x)"),
    "globalmax": ("nn.AdaptiveMaxPool2d(1)", "layers.GlobalMaxPooling2D(keepdims=True)(x)"),
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
    "split, split, relu, add, shortcut, tanh, add": (
        "Residual( Residual( nn.ReLU(), ), shortcut=[ nn.Tanh(), ], )",
        'other = x other_2 = x x = layers.Activation("relu")(x) x = layers.Add()([x, other_2]) '
        'x, other = other, x x = layers.Activation("tanh")(x) x = layers.Add()([x, other])',
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


def test_the_numpy_code_is_as_one_would_write_it() -> None:
    codes = snippets(plan(parse("conv 8 3 padding=same, max 2, tiled 2 3 2 bias=0, split, relu, add"), (1, 16, 16)))
    assert list(codes) == ["PyTorch", "Keras", "NumPy"]
    _, _, body = codes["NumPy"].partition("def network(x, params):")
    assert " ".join(body.split()) == (
        "p = iter(params) x = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))) x = conv(x, next(p), next(p)) "
        "x = windows(x, (2, 2), (2, 2)).max((4, 5)) x = tiled(x, next(p)) other = x x = np.maximum(x, 0) x = x + other "
        "return x params = [ normal(8, 1, 3, 3, reads=9), np.zeros(8), normal(2, 8, 3, 3, 2, 2, reads=72), ] "
        "x = np.zeros((1, 1, 16, 16), np.float32) y = network(x, params)"
    )


@pytest.mark.parametrize("text", ["", "conv 8 9, max 2", "split, relu"])
def test_what_is_no_network_has_no_code(text: str) -> None:
    assert snippets(plan(parse(text), (1, 4, 4))) == {}
