"""What the Train page sets."""

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from components.state.fields import Named, OneOf, Real, Seed, Several, Switch, TabName, Whole, Wholes
from components.state.link import State, tab_of
from components.state.setup import View
from components.state.training import Epochs, Examples, Pace, Rate
from kernels.learning.training import Optimiser

Readout = Literal["max", "mean", "flat"]
KINDS: tuple[View, ...] = ("dense", "local", "tiled", "conv")
TABS: dict[str, tuple[str, ...]] = {  # the fields that each tab shows alone
    "race": (),
    "readouts": (),
    "size": (),
    "gradient": ("watched",),
    "teacher": ("disturbance",),
    "nets": (),
}
MAP, TAP = Whole(0, 15), Whole(0, 4)
WATCHED = Wholes(
    (MAP, TAP, TAP),
    f"three whole numbers: the kernel, {MAP.low} to {MAP.high}, "
    f"and the row and column of a weight, {TAP.low} to {TAP.high}",
)


@dataclass(frozen=True, slots=True)
class Train(State):
    """Digits on a larger canvas, and networks that differ only in the wiring of their first layer.

    kinds: those wirings. reach: by how many pixels the digits to train with are moved, at most. readout: what comes
    after the first layer. scrambled: train once more with all pixels reordered. watched: the weight (kernel, row,
    column) whose gradient is taken apart. disturbance: the variance of the noise in what the teacher says. tab: the
    chosen one; "" where none has been.
    """

    kinds: Annotated[tuple[View, ...], Several(KINDS), Named("racers")] = ("dense", "local", "conv")
    examples: Examples = 300
    reach: Annotated[int, Whole(0, 3)] = 3
    readout: Annotated[Readout, OneOf(get_args(Readout))] = "max"
    scrambled: Annotated[bool, Switch()] = False
    optimiser: Annotated[Optimiser, OneOf(get_args(Optimiser))] = "adam"
    rate: Rate = 0.005
    batch: Annotated[int, Whole(1, 256)] = 32
    epochs: Epochs = 40
    seed: Annotated[Seed, Named("train_seed")] = 0
    pace: Pace = "fast"
    watched: Annotated[tuple[int, int, int], WATCHED] = (0, 2, 2)
    disturbance: Annotated[float, Real(0.001, 10.0)] = 0.1
    tab: Annotated[str, TabName((*TABS,)), Named("train_tab")] = ""

    @property
    def shown(self) -> str:
        """The tab that is shown: the chosen one, or else the one to which a link without a tab belongs."""
        return self.tab or tab_of(self, TABS) or next(iter(TABS))
