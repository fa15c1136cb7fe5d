"""The exported code runs in PyTorch and in Keras, with the engine's parameters, and computes the same numbers."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from components.pages.network.code.snippets import snippets
from kernels.networks.plan import Plan
from tests.support.exported import Floats, run, theta_of_keras, theta_of_torch, volume
from tests.support.networks import FEW, every

pytestmark = pytest.mark.long
every_network = pytest.mark.parametrize("made", every().values(), ids=every())


@every_network
def test_the_pytorch_code_computes_what_the_engine_does(made: Plan) -> None:
    torch: Any = import_module("torch")
    code = snippets(made)["PyTorch"]
    with torch.device("meta"):  # shapes alone take no memory
        found = run(code)
    assert sum(part.numel() for part in found["network"].parameters()) == made.parameters
    assert volume(found["y"].shape[1:]) == made.rows[-1].out_shape
    if made.parameters >= FEW:
        return
    module, rng = run(code)["network"].double(), np.random.default_rng(0)
    for part in module.parameters():
        part.data = torch.from_numpy(0.3 * rng.standard_normal(tuple(part.shape)))
    x = rng.standard_normal((2, *made.in_shape))
    y = module(torch.from_numpy(x)).detach().numpy()
    are_close(y, made.network.apply(np.concatenate([np.zeros(0), *theta_of_torch(module)]), x), 1e-9)


def are_close(y: Floats, wanted: Floats, tolerance: float) -> None:
    np.testing.assert_allclose(y.reshape(wanted.shape), wanted, rtol=0, atol=tolerance * np.abs(wanted).max())


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


@every_network
def test_the_keras_code_computes_what_the_engine_does(made: Plan, keras: Any) -> None:  # noqa: ANN401
    with recorded(keras) as calls:
        found = run(snippets(made)["Keras"])
    module = found["network"]
    C, H, W = made.rows[-1].out_shape
    assert sum(int(np.prod(part.shape)) for part in module.trainable_weights) == made.parameters
    assert tuple(found["y"].shape) in {(1, H, W, C), (1, C) if H * W == 1 else ()}
    if made.parameters >= FEW:
        return
    rng = np.random.default_rng(0)
    for part in module.trainable_weights:
        part.assign(0.3 * rng.standard_normal(tuple(part.shape)))
    theta = np.concatenate([np.zeros(0), *theta_of_keras(calls)])
    x = rng.standard_normal((2, *made.in_shape))
    y = module(x.transpose(0, 2, 3, 1)).detach().numpy()
    y = y.transpose(0, 3, 1, 2) if y.ndim == 4 else y
    are_close(y, made.network.apply(theta, x), 1e-3)  # in single precision, which normalising few numbers makes worse
