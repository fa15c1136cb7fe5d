"""The exported Keras code runs in Keras, with the engine's parameters and shapes, and computes the same numbers."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from components.pages.network.code.snippets import snippets
from kernels.networks.description import parse
from kernels.networks.plan import Plan, plan
from tests.support.exported import run, theta_of_keras
from tests.support.networks import FEW, LAYERS_IN_ANY_ORDER, NETS, network

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def keras() -> Iterator[Any]:
    """Keras 3 on PyTorch."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        yield import_module("keras")


@contextmanager
def recorded(keras: Any) -> Iterator[list[Any]]:  # noqa: ANN401
    """The layers in the order in which they are called for the first time."""
    calls: list[Any] = []
    call = keras.layers.Layer.__call__

    def noted(layer: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        y = call(layer, *args, **options)
        if layer not in calls and not isinstance(layer, keras.Model):
            calls.append(layer)
        return y

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.layers.Layer, "__call__", noted)
        yield calls


def check(keras: Any, made: Plan) -> None:  # noqa: ANN401
    with recorded(keras) as calls:
        found = run(snippets(made)["Keras"])
    module = found["network"]
    C, H, W = made.rows[-1].out_shape
    assert sum(int(np.prod(part.shape)) for part in module.trainable_weights) == made.parameters
    assert tuple(found["y"].shape) in {(1, H, W, C), (1, C) if H * W == 1 else ()}
    if made.parameters < FEW:
        computes_the_same(made, module, calls)


def computes_the_same(made: Plan, module: Any, calls: list[Any]) -> None:  # noqa: ANN401
    rng = np.random.default_rng(0)
    for part in module.trainable_weights:
        part.assign(0.3 * rng.standard_normal(tuple(part.shape)))
    theta = np.concatenate([np.zeros(0), *theta_of_keras(calls)])
    x = rng.standard_normal((2, *made.in_shape))
    wanted = made.network.apply(theta, x)
    y = module(x.transpose(0, 2, 3, 1)).detach().numpy()
    y = y.transpose(0, 3, 1, 2) if y.ndim == 4 else y
    # in single precision, which a normalisation of few numbers makes worse
    np.testing.assert_allclose(y.reshape(wanted.shape), wanted, rtol=0, atol=1e-3 * np.abs(wanted).max())


@pytest.mark.parametrize("name", NETS)
def test_the_keras_code_computes_what_the_engine_does(name: str, keras: Any) -> None:  # noqa: ANN401
    check(keras, network(name))


def test_layers_in_any_order_become_code_that_runs_in_keras(keras: Any) -> None:  # noqa: ANN401
    for text in LAYERS_IN_ANY_ORDER:
        check(keras, plan(parse(text), (4, 9, 8)))
