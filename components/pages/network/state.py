"""What the Network page sets."""

from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from components.state.fields import Field, Named, OneOf, Seed, Switch, TabName, Whole, Wholes
from components.state.link import State
from kernels.networks.description import LONGEST, parse, text_of
from kernels.networks.trained import IN_SHAPE, LAYERS, TESTED

Weights = Literal["trained", "random", "edges"]
Shown = Literal["digit", "scene", "sheet", "picture"]
Tabs = Literal["activations", "layers", "cost", "published", "convolution", "code"]

INPUT_CHANNELS = Whole(1, 3, step=2)  # grey or RGB
INPUT_SIDE = Whole(4, 256)  # rows and columns
VOLUME = Wholes(
    (INPUT_CHANNELS, INPUT_SIDE, INPUT_SIDE),
    f"three whole numbers: {INPUT_CHANNELS.low} or {INPUT_CHANNELS.high} channels, "
    f"and from {INPUT_SIDE.low} to {INPUT_SIDE.high} rows and columns",
)
UNIT = Wholes((Whole(0, 999_999),) * 4, "four whole numbers: the layer, and the unit's channel, row and column", True)


@dataclass(frozen=True, slots=True)
class Layers(Field[str]):
    """A network in the words of `kernels.networks.description`, in their shortest form."""

    @property
    def accepts(self) -> str:
        return "layers separated by commas, such as conv 8 3, relu, flatten, dense 10"

    def read(self, value: object) -> str:
        if not isinstance(value, str) or len(value) > LONGEST:
            raise ValueError
        return text_of(parse(value))


@dataclass(frozen=True, slots=True)
class Net(State):
    """net: the layers. inputs: the volume they read (C, H, W).

    weights, seed: where θ comes from; trained as far as the layers are those that were. shown: what flows in: digit
    number `digit` of the unseen ones, that and those after it side by side, the drawing on the sheet, or the common
    picture; inverted: black for white. unit: the one that is taken apart, its layer, channel, row and column. tab: the
    open one, "" for the first.
    """

    net: Annotated[str, Layers()] = LAYERS
    inputs: Annotated[tuple[int, int, int], VOLUME] = IN_SHAPE
    weights: Annotated[Weights, OneOf(get_args(Weights))] = "trained"
    seed: Annotated[Seed, Named("net_seed")] = 0
    shown: Annotated[Shown, OneOf(get_args(Shown))] = "digit"
    digit: Annotated[int, Whole(0, TESTED - 1)] = 83  # a 2 like most: of the unseen twos the nearest to their mean
    inverted: Annotated[bool, Switch()] = False
    unit: Annotated[tuple[int, ...], UNIT, Named("opened")] = ()
    tab: Annotated[str, TabName(get_args(Tabs)), Named("network_tab")] = ""
