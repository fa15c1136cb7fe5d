"""What the Channels page sets: the bank of a layer of several channels, and the adaptive filters. Pure."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

import numpy as np

from components.state.fields import (
    WEIGHT,
    Field,
    Grid,
    Kernel,
    ListOf,
    Named,
    Numbers,
    OneOf,
    Real,
    Rectangle,
    Seed,
    Switch,
    Whole,
    Wholes,
    Zoom,
    checked,
    pair,
)
from components.state.link import State, edited
from components.state.setup import recentred
from kernels.images.samples import SAMPLES
from kernels.layer.banks import bank

Experiment = Literal["parallel", "mimo", "pictures"]
Filters = tuple[tuple[Kernel, ...], ...]  # a kernel for every output channel and every input channel it reads

INPUTS = Whole(1, 4)
OUTPUTS = Whole(1, 6)
TAPS = Grid(1, 7)  # rows and columns of each kernel
PIXEL = Whole(0, 999)
CELL = Wholes(
    (Whole(0, OUTPUTS.high - 1), PIXEL, PIXEL), "three whole numbers: the output channel, the row and the column"
)


@dataclass(frozen=True, slots=True)
class Bank(Field[Filters]):
    """A kernel for every output and every input, all of one size."""

    outputs: Whole
    inputs: Whole
    taps: Grid

    @property
    def accepts(self) -> str:
        outputs, inputs, most = self.outputs, self.inputs, self.taps.high
        return (
            f"{outputs.low} to {outputs.high} outputs joined by |, "
            f"each {inputs.low} to {inputs.high} kernels joined by /, all of one size up to {most}×{most}"
        )

    def read(self, value: object) -> Filters:
        outputs: Any = value
        if isinstance(value, str):
            outputs = [one.split("/", self.inputs.high) for one in value.split("|", self.outputs.high)]
        if not isinstance(outputs, list | tuple) or not self.outputs.low <= len(outputs) <= self.outputs.high:
            raise ValueError
        inputs = self.inputs
        if not all(isinstance(one, list | tuple) and inputs.low <= len(one) <= inputs.high for one in outputs):
            raise ValueError
        filters = tuple(tuple(map(self.taps.read, one)) for one in outputs)
        if len({len(one) for one in filters}) != 1 or len({(len(k), len(k[0])) for one in filters for k in one}) != 1:
            raise ValueError
        return filters


@dataclass(frozen=True, slots=True)
class Channels(State):
    """The layer of several channels; geometry and activation are the setup's.

    stack: samples that are the input's channels, in grey; () is the picture's red, green and blue. filters, biases,
    groups: the bank. seed: of the random one. cell: the output that is written out. part: the window of W in the
    close-up, () for one that can be drawn cell by cell.
    """

    stack: Annotated[tuple[str, ...], ListOf(tuple(sample.id for sample in SAMPLES), INPUTS.high)] = ()
    filters: Annotated[Filters, Bank(OUTPUTS, INPUTS, TAPS)] = tuple(
        tuple(tuple(map(tuple, kernel)) for kernel in one) for one in bank("oriented", 3).tolist()
    )
    biases: Annotated[tuple[float, ...], Numbers(OUTPUTS.low, OUTPUTS.high)] = (0.0,) * 4
    groups: Annotated[int, INPUTS] = 1
    cell: Annotated[tuple[int, int, int], CELL] = (0, 30, 30)
    part: Annotated[Zoom, Rectangle()] = ()
    seed: Annotated[Seed, Named("bank_seed")] = 0

    @property
    def outputs(self) -> int:
        return len(self.filters)

    @property
    def kernel_size(self) -> tuple[int, int]:
        return len(self.filters[0][0]), len(self.filters[0][0][0])


@dataclass(frozen=True, slots=True)
class Adaptive(State):
    """Filters that learn online, with weights of their own and shared.

    members, lags: how many filters (or inputs and outputs), of how many taps; steps: iterations.
    """

    experiment: Annotated[Experiment, OneOf(get_args(Experiment))] = "parallel"
    members: Annotated[int, Whole(1, 16)] = 4
    lags: Annotated[int, Whole(1, 32)] = 8
    mu: Annotated[float, Real(1e-4, 2.0)] = 0.05
    variance: Annotated[float, Real(0.0, 1.0)] = 0.01
    ar: Annotated[float, Real(-0.95, 0.95)] = 0.0
    mismatch: Annotated[float, Real(0.0, 2.0)] = 0.0
    drift: Annotated[float, Real(0.0, 0.001)] = 0.0
    normalised: Annotated[bool, Switch()] = False
    steps: Annotated[int, Whole(100, 10_000)] = 2000
    trials: Annotated[int, Whole(1, 50)] = 20
    seed: Annotated[Seed, Named("lms_seed")] = 0


def reweighted(own: Channels, message: object) -> Channels:
    """A weight or a bias of the bank was typed: {"what", "at", "value"}."""
    if not isinstance(message, dict) or not isinstance(message.get("at"), list):
        raise ValueError("the bank's message must name a position and a value")
    at, value = message["at"], message.get("value")
    if message.get("what") == "bias" and len(at) == 1:
        value = checked("a bias", WEIGHT, value)
        which = checked("the bias", Whole(0, len(own.biases) - 1), at[0])
        return edited(own, biases=(*own.biases[:which], value, *own.biases[which + 1 :]))
    if message.get("what") == "weight" and len(at) == 4:
        filters = np.array(own.filters, dtype=object)
        place = (checked("the weight", Whole(0, n - 1), i) for i, n in zip(at, filters.shape, strict=True))
        filters[tuple(place)] = checked("a weight", WEIGHT, value)
        return edited(own, filters=filters.tolist())
    raise ValueError("the bank's message must name a weight or a bias")


def rebanked(own: Channels, outputs: int, K: int, L: int) -> Channels:
    """Another number of outputs, or another kernel size: weights keep their places around the centre."""
    outputs = checked("outputs", OUTPUTS, outputs)
    K, L = (checked(name, Whole(TAPS.low, TAPS.high), n) for name, n in (("K", K), ("L", L)))
    old = np.array(own.filters)
    new = np.zeros((outputs, old.shape[1], K, L))
    for o in range(min(outputs, len(old))):
        for c in range(old.shape[1]):
            new[o, c] = recentred(old[o, c], K, L)
    biases = (own.biases + (0.0,) * outputs)[:outputs]
    groups = own.groups if outputs % own.groups == 0 else 1
    return edited(own, filters=new.tolist(), biases=biases, groups=groups)


def pinned(own: Channels, place: object) -> Channels:
    """Another output is written out."""
    return edited(own, cell=(own.cell[0], *pair("the output", place)))
