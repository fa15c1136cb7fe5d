"""The digits and the networks of the Train page a second time, in plain NumPy; small runs of it, held for all tests."""

from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from components.display.race import Result, Round, Variant
from components.pages.train import race
from components.pages.train.state import Train
from components.state.link import edited
from components.state.setup import View
from kernels.images.digits import Examples
from tests.support.work import records_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FILE = Path(__file__).parents[2] / "assets" / "digits.npz"
KINDS: tuple[View, ...] = ("dense", "local", "tiled", "conv")
NAMES: dict[View, str] = {
    "dense": "Fully connected",
    "local": "Locally connected",
    "tiled": "Tiled",
    "conv": "Convolution",
}
PARAMETERS: dict[View, int] = {"dense": 315_370, "local": 41_770, "tiled": 16 * 4 * 26 + 170, "conv": 586}


def of(**ways: object) -> Train:
    """The default state, changed, and quick."""
    return edited(Train(), **({"examples": 40, "epochs": 3, "batch": 20} | ways))


ALL = of(kinds=KINDS, scrambled=True)
IN_ORDER = of(kinds=KINDS)


@cache
def held(own: Train) -> list[Round]:
    return records_of(race.rounds(own))


def variant(kind: View, scrambled: bool = False) -> Variant:
    return Variant(NAMES[kind] + (", scrambled" if scrambled else ""), kind, scrambled)


def result(train: float, test: float, loss: float = 1.0, diverged: bool = False) -> Result:
    return Result(train, test, loss, diverged, kernels=np.ones((16, 5, 5)))


LOST = result(0.1, 0.1, float("nan"), True)


def theta_of(round: Round) -> Floats:
    """θ of the convolution, as its result holds it."""
    theta = round.results[variant("conv")].theta
    assert theta is not None
    return theta.astype(np.float64)


@cache
def raw() -> tuple[Floats, Ints]:
    """All digits and their labels, from the file."""
    with np.load(FILE) as file:
        return file["images"].astype(np.float64) / 16, file["labels"].astype(np.int64)


def plain(these: Examples) -> Floats:
    return these.x[:, 0].astype(np.float64)


def maps_of(theta: Floats, x: Floats) -> Floats:
    """ReLU of 16 maps of 5×5 windows, (examples, 16, 10, 10)."""
    weight, bias = theta[:400].reshape(16, 5, 5), theta[400:416]
    y = np.zeros((len(x), 16, 10, 10)) + bias[:, None, None]
    for k, l in product(range(5), range(5)):
        y += x[:, None, k : k + 10, l : l + 10] * weight[:, k, l][:, None, None]
    return np.maximum(y, 0)


def read(maps: Floats, readout: str) -> Floats:
    """What the last layer reads of every example."""
    if readout == "flat":
        return maps.reshape(len(maps), -1)
    summary: Floats = maps.max(axis=(2, 3)) if readout == "max" else maps.mean(axis=(2, 3))
    return summary


def answers(theta: Floats, x: Floats, readout: str) -> Floats:
    """The ten numbers for every example."""
    last = theta[416:].reshape(10, -1)
    found: Floats = read(maps_of(theta, x), readout) @ last[:, :-1].T + last[:, -1]
    return found


def share(theta: Floats, these: Examples, readout: str) -> float:
    """Accuracy."""
    return float(np.mean(answers(theta, plain(these), readout).argmax(axis=1) == these.labels))


def entropy(theta: Floats, these: Examples, readout: str) -> float:
    """The mean cross-entropy."""
    found = answers(theta, plain(these), readout)
    wrong = [np.log(np.exp(row - row[label]).sum()) for row, label in zip(found, these.labels, strict=True)]
    return float(np.mean(wrong))


def traces(figure: go.Figure) -> dict[str, Any]:
    """The traces of a chart by their names, of which no two are alike."""
    found = {trace.name: trace for trace in figure.data}
    assert len(found) == len(figure.data)
    return found
