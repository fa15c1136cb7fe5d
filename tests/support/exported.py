"""Runs exported code, and brings the weights it made into this engine's order."""

import pickle
import runpy
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def run(code: str) -> dict[str, Any]:
    """The names that are defined after the code has run."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "exported.py"
        file.write_text(code, "utf-8")
        return runpy.run_path(str(file))


# Runs every code it is sent with nothing to import but NumPy, then its network once more on random numbers.
ISOLATED = """
import pickle, sys
sys.path.append(sys.argv[1])
import numpy as np
answers, rng = [], np.random.default_rng(0)
for code in pickle.load(sys.stdin.buffer):
    names = {}
    exec(compile(code, "pasted", "exec"), names)
    before = names.get("params", [])
    params = [rng.standard_normal(part.shape) for part in before]
    x = rng.standard_normal(names["x"].shape)
    y = names["network"](x, params) if params else names["network"](x)
    answers.append((before, params, names["x"], names["y"], x, y))
sys.stdout.buffer.write(pickle.dumps((answers, sorted({name.partition(".")[0] for name in sys.modules}))))
"""


def run_isolated(codes: list[str]) -> tuple[list[tuple[Any, ...]], list[str]]:
    """What every code makes where only NumPy is installed, and which packages that process has loaded.

    Of each: its params, other params, its x and y, another x, and the network's y for it and the other params.
    """
    with TemporaryDirectory() as folder:
        for part in Path(np.__file__).parents[1].glob("numpy*"):
            (Path(folder) / part.name).symlink_to(part)
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", ISOLATED, folder], input=pickle.dumps(codes), capture_output=True
        )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    found: tuple[list[tuple[Any, ...]], list[str]] = pickle.loads(done.stdout)  # noqa: S301  # of our own process
    return found


def volume(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """(C, H, W) of a volume or of a row of numbers."""
    C, H, W = (*shape, 1, 1)[:3]
    return C, H, W


def theta_of_torch(module: Any) -> list[Floats]:  # noqa: ANN401  # an nn.Module
    """The parameters in the engine's order: of a dense layer unit by unit, each with its bias."""
    kind, own = type(module).__name__, [part.detach().numpy() for part in module.parameters()]
    if kind == "Linear":
        return [np.column_stack([own[0], *own[1:]]).ravel()]
    if kind == "Table":
        return [part.ravel() for dimensions in (4, 1) for part in own if part.ndim == dimensions]
    inner = [part for child in module.children() for part in theta_of_torch(child)]
    return inner or [part.ravel() for part in own]


def theta_of_numpy(params: list[Floats], ops: list[str]) -> Floats:
    """The parameters in the engine's order. ops: of every layer that has some, its word and how many arrays it has."""
    found, parts = [], iter(params)
    for op, many in (entry.split() for entry in ops):
        own = [next(parts) for _ in range(int(many))]
        found += [np.column_stack(own).ravel()] if op == "dense" else [part.ravel() for part in own]
    assert next(parts, None) is None
    return np.concatenate([np.zeros(0), *found])


# From the axes of a Keras weight to the engine's, by its number of axes: (K, L, C, O) to (O, C, K, L), and so on.
AXES = {6: (5, 4, 2, 3, 0, 1), 4: (3, 2, 0, 1), 3: (2, 0, 1), 1: (0,)}


def theta_of_keras(calls: list[Any]) -> list[Floats]:
    """The parameters in the engine's order. calls: the layers, as the code calls them one after the other.

    A table is written as a convolution for each map and `Concatenate`: the engine has their biases at the end.
    """
    layers: list[list[Floats]] = []
    for layer in calls:
        kind, own = type(layer).__name__, [part.value.detach().numpy() for part in layer.trainable_weights]
        if kind == "Concatenate":
            reads = len(layer.input) if isinstance(layer.input, list) else 1
            maps, layers = layers[-reads:], layers[:-reads]
            layers += [[part[0] for part in maps], [part[1] for part in maps if len(part) > 1]]
        elif kind == "Dense":
            layers.append([np.column_stack([own[0].T, *own[1:]]).ravel()])
        else:
            layers.append([part.transpose(AXES[part.ndim]).ravel() for part in own])
    return [part for layer in layers for part in layer]
