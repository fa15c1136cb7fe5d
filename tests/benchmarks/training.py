"""An epoch of each network of the Train page against PyTorch on the same batches: a tool of this table, not of the app.

    pip install torch --index-url https://download.pytorch.org/whl/cpu

Both in float32, Adam, 1,000 digits in batches of 32. PyTorch gets the threads it would take by itself and one alone.
"""

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from components.pages.train import race
from components.pages.train.state import Train
from components.session.process import use_one_blas_thread
from components.state.setup import View
from kernels.learning.losses import cross_entropy
from kernels.learning.training import fit
from tests.benchmarks.tables import in_turn, ratio, spread, table

OWN = Train(examples=1000, epochs=10_000)
KINDS: tuple[View, ...] = ("dense", "local", "conv")


def run() -> None:
    try:
        torch: Any = importlib.import_module("torch")
    except ImportError:
        print("\nAn epoch against PyTorch: not measured, for torch is not installed (see tests/benchmarks/training.py)")
        return
    use_one_blas_thread()
    rows = []
    for kind in KINDS:
        for threads in sorted({1, torch.get_num_threads()}):
            torch.set_num_threads(threads)
            ours, theirs = in_turn(epochs_here(kind), epochs_there(torch, kind))
            rows.append([kind, str(threads), spread(ours), spread(theirs), ratio(ours, theirs)])
    table(
        "An epoch of 1,000 digits, batch 32, Adam, float32 (ms; goal: ratio <= 1)",
        ["first layer", "torch threads", "here", "torch", "here/torch"],
        rows,
    )


def epochs_here(kind: View) -> Callable[[], object]:
    train, _ = race.shifted_digits(OWN, OWN.examples)
    run = fit(race.network(kind, OWN), train.x, train.labels, cross_entropy, race.recipe(OWN))
    return lambda: next(run)


def epochs_there(torch: Any, kind: View) -> Callable[[], object]:  # noqa: ANN401  # it has no types here
    """This network in PyTorch, written as its users would."""
    train, _ = race.shifted_digits(OWN, OWN.examples)
    x, labels = torch.from_numpy(train.x), torch.from_numpy(train.labels)
    nn, functional = torch.nn, torch.nn.functional
    weights: Any = {
        "dense": lambda: [*nn.Linear(196, 1600).parameters()],
        "local": lambda: [nn.Parameter(torch.randn(100, 25, 16) * 0.28), nn.Parameter(torch.zeros(16, 100))],
        "conv": lambda: [*nn.Conv2d(1, 16, 5).parameters()],
    }[kind]()
    first: Any = {
        "dense": lambda x, w, b: functional.linear(x.flatten(1), w, b).reshape(-1, 16, 100),
        "local": lambda x, w, b: torch.einsum("brp,pro->bop", functional.unfold(x, 5), w) + b,
        "conv": lambda x, w, b: functional.conv2d(x, w, b).flatten(2),
    }[kind]
    head = nn.Linear(16, 10)
    optimiser = torch.optim.Adam([*weights, *head.parameters()], OWN.rate)

    def epoch() -> None:
        order: Any = torch.from_numpy(np.random.default_rng(0).permutation(len(x)))
        for some in order.split(OWN.batch):
            optimiser.zero_grad()
            hidden = torch.relu(first(x[some], *weights)).amax(2)
            functional.cross_entropy(head(hidden), labels[some]).backward()
            optimiser.step()

    return epoch
