"""What the Channels page sets: the bank of a layer of several channels. Pure."""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from components.state.fields import (
    WEIGHT,
    Field,
    Grid,
    Kernel,
    ListOf,
    Named,
    Numbers,
    Rectangle,
    Seed,
    TabName,
    Whole,
    Wholes,
    Zoom,
    checked,
    pair,
)
from components.state.link import State, edited
from components.state.setup import Setup, recentred, with_image
from kernels.images.samples import SAMPLES
from kernels.layer.banks import bank

TABS: dict[str, tuple[str, ...]] = {  # with the fields that each shows
    "bank": ("stack", "filters", "biases", "groups", "seed"),
    "inside": ("cell",),
    "matrix": ("part",),
}
MOVED = (  # to the page of adaptive filters, which once stood below the layer: what links set of them
    *("experiment", "members", "lags", "mu", "variance", "ar", "mismatch", "drift", "normalised", "steps", "trials"),
    "lms_seed",
)
Filters = tuple[tuple[Kernel, ...], ...]  # a kernel for every output channel: a slice for every input channel it reads

INPUTS = Whole(1, 4)
OUTPUTS = Whole(1, 6)
TAPS = Grid(1, 7)  # rows and columns of each slice
PIXEL = Whole(0, 999)
CELL = Wholes(
    (Whole(0, OUTPUTS.high - 1), PIXEL, PIXEL), "three whole numbers: the output channel, the row and the column"
)


@dataclass(frozen=True, slots=True)
class Bank(Field[Filters]):
    """A kernel for every output, with a slice for every input, all of one size."""

    outputs: Whole
    inputs: Whole
    taps: Grid

    @property
    def accepts(self) -> str:
        outputs, inputs, most = self.outputs, self.inputs, self.taps.high
        return (
            f"{outputs.low} to {outputs.high} kernels joined by |, each {inputs.low} to {inputs.high} slices joined "
            f"by /, all of one size up to {most}×{most}"
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
    close-up, () for one that can be drawn cell by cell. tab: the one that is open, "" where none has been chosen.
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
    tab: Annotated[str, TabName(tuple(TABS)), Named("channels_tab")] = ""

    @property
    def outputs(self) -> int:
        return len(self.filters)

    @property
    def kernel_size(self) -> tuple[int, int]:
        return len(self.filters[0][0]), len(self.filters[0][0][0])


def _filters(name: str) -> Filters:
    return tuple(tuple(tuple(map(tuple, kernel)) for kernel in one) for one in bank(name, 3).tolist())


# What an address without parameters shows.
OPENING = (with_image(Setup(), "dahlia"), Channels(filters=_filters("opponent_edges"), tab="bank"))


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
