"""The exported PyTorch code runs in PyTorch, with the engine's parameters and shapes, and computes the same numbers."""

from importlib import import_module
from typing import Any

import numpy as np
import pytest

from components.pages.network.code.snippets import snippets
from kernels.networks.description import parse
from kernels.networks.plan import Plan, plan
from tests.support.exported import run, theta_of_torch, volume
from tests.support.networks import FEW, LAYERS_IN_ANY_ORDER, NETS, network

pytestmark = pytest.mark.long


def check(made: Plan) -> None:
    torch: Any = import_module("torch")
    code = snippets(made)["PyTorch"]
    with torch.device("meta"):  # shapes alone take no memory
        found = run(code)
    assert sum(part.numel() for part in found["network"].parameters()) == made.parameters
    assert volume(found["y"].shape[1:]) == made.rows[-1].out_shape
    if made.parameters < FEW:
        computes_the_same(made, run(code)["network"].double())


def computes_the_same(made: Plan, module: Any) -> None:  # noqa: ANN401  # an nn.Module
    torch: Any = import_module("torch")
    rng = np.random.default_rng(0)
    for part in module.parameters():
        part.data = torch.from_numpy(0.3 * rng.standard_normal(tuple(part.shape)))
    x = rng.standard_normal((2, *made.in_shape))
    wanted = made.network.apply(np.concatenate([np.zeros(0), *theta_of_torch(module)]), x)
    y = module(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(y.reshape(wanted.shape), wanted, rtol=1e-9, atol=1e-9 * np.abs(wanted).max())


@pytest.mark.parametrize("name", NETS)
def test_the_pytorch_code_computes_what_the_engine_does(name: str) -> None:
    check(network(name))


def test_layers_in_any_order_become_code_that_runs_in_pytorch() -> None:
    for text in LAYERS_IN_ANY_ORDER:
        check(plan(parse(text), (4, 9, 8)))
