"""What a link can hold: the whole state of a page as frozen scalars and tuples, and its way to and from a URL.

A bad value never stops the page: the default takes its place and a sentence says so. The names are unique among all
pages, so that one link can hold the states of several.
"""

import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, TypeAlias, TypeVar, get_args

from components.state.fields import (
    BATCHES,
    CHANNELS,
    DIGIT,
    DILATIONS,
    EPOCHS,
    EXAMPLES,
    FAR,
    HIDDEN,
    LAGS,
    LENGTH,
    MEMBERS,
    MU,
    NOISES,
    RADIUS,
    RATES,
    REACH,
    READERS,
    SEEDS,
    SHIFTS,
    SIDES,
    STEP_INPUTS,
    STEPS,
    STRIDES,
    TRIALS,
    Copy,
    Filters,
    Kernel,
    Region,
    Zoom,
    cell,
    drawing,
    entry,
    filters,
    inputs,
    network,
    numbers,
    one_of,
    opened,
    padding,
    pictures,
    real,
    region,
    several,
    switch,
    taps,
    untied,
    watched,
    weight,
    whole,
    zoom,
)
from kernels.images.samples import SAMPLES
from kernels.layer.activation import Activation
from kernels.layer.banks import bank
from kernels.layer.presets import kernel
from kernels.layer.spec import PADDING_MODES, SpecError
from kernels.learning.training import Optimiser
from kernels.networks.trained import IN_SHAPE, LAYERS

Colour = Literal["grey", "rgb"]
View = Literal["conv", "tiled", "local", "dense"]
Border = Literal["circular", "zeros"]
Experiment = Literal["parallel", "mimo", "pictures"]
Quantity = Literal["parameters", "bytes", "multiply_adds"]
Readout = Literal["max", "mean", "flat"]
Pace = Literal["step", "fast"]
Weights = Literal["trained", "random", "edges"]
Shown = Literal["digit", "sheet", "picture"]
Hideable = Literal["sidebar", "fields", "buttons", "notes", "navigation"]
Level = Literal["easy", "medium", "hard"]
Sound = TypeVar("Sound")
State = TypeVar("State", bound="AnyState")

JOINTS = (",", ";", "/", "|")  # between the parts of a tuple, by how deep the tuples in it go
UPLOAD = "upload"  # the one picture a link cannot carry
DRAWING = "drawing"  # the picture a visitor draws: rows of hexadecimal grey levels, 0 black to f white
PICTURES = (1, 60)
COPIES_PASTED = (1, 24)
STEPS_OF_THE_LESSON = (1, 14)


@dataclass(frozen=True, slots=True)
class Explore:
    """The Explore page: picture, kernel, geometry and view."""

    image: str = SAMPLES[0].id
    side: int = SAMPLES[0].side
    colour: Colour = "grey"
    kernel: Kernel = tuple(map(tuple, kernel("sobel_vertical").tolist()))
    flip: bool = False
    bias: float = 0.0
    activation: Activation = "none"
    stride: int = 1
    padding: int | str = "valid"
    mode: str = "zeros"
    dilation: int = 1
    view: View = "conv"
    period: int = 2
    zoom: Zoom = ()
    untied: tuple[Copy, ...] = ()
    drawing: str = "-".join(["0" * 16] * 16)

    @property
    def kernel_size(self) -> tuple[int, int]:
        return len(self.kernel), len(self.kernel[0])

    @property
    def wires(self) -> tuple[object, ...]:
        """All that decides which pixels are connected: the matrix has the same cells as long as this is the same."""
        picture = self.image, self.side, len(self.drawing)
        return *picture, self.kernel_size, self.stride, self.padding, self.mode, self.dilation


@dataclass(frozen=True, slots=True)
class Compare:
    """The Compare page, beyond what it takes from Explore.

    draw: 0 sets all four layers to the same numbers, n draws their free weights with seed n. down, right: the shift.
    border, hop: padding and stride of the layers that are shifted. shuffle: the seed of the scrambled pixels.
    pattern: the square to look for, () for the liveliest. pasted, places: how many copies of it, and the seed of
    where. pictures: how many lessons the layers have had.
    """

    draw: int = 0
    quantity: Quantity = "parameters"
    down: int = 3
    right: int = 5
    border: Border = "circular"
    hop: int = 1
    shuffle: int = 1
    pattern: Region = ()
    pasted: int = 6
    places: int = 1
    pictures: int = 1


@dataclass(frozen=True, slots=True)
class Channels:
    """The layer of several channels; geometry and activation are Explore's.

    stack: samples that are the input's channels, in grey; () is the picture's red, green and blue. filters, biases,
    groups: the bank. bank_seed: of the random one. cell: the output that is written out. part: the window of W in the
    close-up, () for one that can be drawn cell by cell.
    """

    stack: tuple[str, ...] = ()
    filters: Filters = tuple(tuple(tuple(map(tuple, k)) for k in one) for one in bank("oriented", 3).tolist())
    biases: tuple[float, ...] = (0.0,) * 4
    groups: int = 1
    cell: tuple[int, int, int] = (0, 30, 30)
    part: Zoom = ()
    bank_seed: int = 0

    @property
    def outputs(self) -> int:
        return len(self.filters)

    @property
    def kernel_size(self) -> tuple[int, int]:
        return len(self.filters[0][0]), len(self.filters[0][0][0])


@dataclass(frozen=True, slots=True)
class Adaptive:
    """Filters that learn online, with weights of their own and shared (see `kernels.worlds`).

    members, lags: how many filters (or inputs and outputs), of how many taps; steps: iterations.
    """

    experiment: Experiment = "parallel"
    members: int = 4
    lags: int = 8
    mu: float = 0.05
    variance: float = 0.01
    ar: float = 0.0
    mismatch: float = 0.0
    drift: float = 0.0
    normalised: bool = False
    steps: int = 2000
    trials: int = 20
    lms_seed: int = 0


@dataclass(frozen=True, slots=True)
class Train:
    """The Train page: digits on a larger canvas, and networks that differ only in the wiring of their first layer.

    racers: those kinds. reach: by how many pixels the digits to train with are moved, at most. readout: what comes
    after the first layer. scrambled: the same race once more with all pixels reordered. pace: one epoch a tick, or as
    many as there is time for. watched: the weight (kernel, row, column) whose gradient is taken apart. disturbance: the
    variance of the noise in what the teacher says.
    """

    racers: tuple[View, ...] = ("dense", "local", "conv")
    examples: int = 300
    reach: int = 3
    readout: Readout = "max"
    scrambled: bool = False
    optimiser: Optimiser = "adam"
    rate: float = 0.005
    batch: int = 32
    epochs: int = 40
    train_seed: int = 0
    pace: Pace = "fast"
    watched: tuple[int, int, int] = (0, 2, 2)
    disturbance: float = 0.1


@dataclass(frozen=True, slots=True)
class Net:
    """The Network page. net: the layers, in the words of `kernels.steps`. inputs: the volume they read (C, H, W).

    weights, net_seed: where θ comes from; trained as far as the layers are those that were. shown: what flows in: digit
    number `digit` of the unseen ones, the drawing on the sheet, or the common picture; inverted: black for white.
    opened: the unit that is taken apart, its row, channel, row and column.
    """

    net: str = LAYERS
    inputs: tuple[int, int, int] = IN_SHAPE
    weights: Weights = "trained"
    net_seed: int = 0
    shown: Shown = "digit"
    digit: int = 0
    inverted: bool = False
    opened: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sequence:
    """The Sequence page: weights shared through time.

    units, length, step_inputs: of the layer that is drawn. radius: the spectral radius of a larger one's V, whose
    gradient is followed over `far` steps; entry: the one of V that is taken apart. readers, reading_*: of the layers
    that learn to read digits row by row.
    """

    units: int = 3
    length: int = 5
    step_inputs: int = 2
    radius: float = 0.8
    far: int = 24
    entry: tuple[int, int] = (0, 0)
    sequence_seed: int = 0
    readers: int = 16
    reading_digits: int = 600
    reading_rate: float = 0.01
    reading_epochs: int = 40
    reading_seed: int = 0
    reading_pace: Pace = "fast"


@dataclass(frozen=True, slots=True)
class Show:
    """How every page is shown. present: for a classroom. hide: what is not shown then."""

    present: bool = False
    hide: tuple[Hideable, ...] = ("sidebar", "notes")


@dataclass(frozen=True, slots=True)
class Lesson:
    """The guided path. step: counted from 1."""

    step: int = 1


@dataclass(frozen=True, slots=True)
class Quiz:
    """A quiz is its seed and its level."""

    quiz_seed: int = 0
    level: Level = "easy"


AnyState: TypeAlias = Explore | Compare | Channels | Adaptive | Train | Net | Sequence | Show | Lesson | Quiz

PARSERS: dict[str, Callable[[object], object]] = {
    "image": one_of(*(sample.id for sample in SAMPLES), UPLOAD, DRAWING),
    "side": whole(*SIDES),
    "colour": one_of(*get_args(Colour)),
    "kernel": taps,
    "flip": switch,
    "bias": weight,
    "activation": one_of(*get_args(Activation)),
    "stride": whole(*STRIDES),
    "padding": padding,
    "mode": one_of(*PADDING_MODES),
    "dilation": whole(*DILATIONS),
    "view": one_of(*get_args(View)),
    "period": whole(1, SIDES[1]),
    "zoom": zoom,
    "untied": untied,
    "drawing": drawing,
    "draw": whole(*SEEDS),
    "quantity": one_of(*get_args(Quantity)),
    "down": whole(*SHIFTS),
    "right": whole(*SHIFTS),
    "border": one_of(*get_args(Border)),
    "hop": whole(1, 2),
    "shuffle": whole(*SEEDS),
    "pattern": region,
    "pasted": whole(*COPIES_PASTED),
    "places": whole(*SEEDS),
    "pictures": whole(*PICTURES),
    "stack": pictures(*(sample.id for sample in SAMPLES)),
    "filters": filters,
    "biases": numbers,
    "groups": whole(*CHANNELS),
    "cell": cell,
    "part": zoom,
    "bank_seed": whole(*SEEDS),
    "experiment": one_of(*get_args(Experiment)),
    "members": whole(*MEMBERS),
    "lags": whole(*LAGS),
    "mu": real(*MU),
    "variance": real(0, 1),
    "ar": real(-0.95, 0.95),
    "mismatch": real(0, 2),
    "drift": real(0, 0.001),
    "normalised": switch,
    "steps": whole(*STEPS),
    "trials": whole(*TRIALS),
    "lms_seed": whole(*SEEDS),
    "racers": several("dense", "local", "tiled", "conv"),
    "examples": whole(*EXAMPLES),
    "reach": whole(*REACH),
    "readout": one_of(*get_args(Readout)),
    "scrambled": switch,
    "optimiser": one_of(*get_args(Optimiser)),
    "rate": real(*RATES),
    "batch": whole(*BATCHES),
    "epochs": whole(*EPOCHS),
    "train_seed": whole(*SEEDS),
    "pace": one_of(*get_args(Pace)),
    "watched": watched,
    "disturbance": real(*NOISES),
    "net": network,
    "inputs": inputs,
    "weights": one_of(*get_args(Weights)),
    "net_seed": whole(*SEEDS),
    "shown": one_of(*get_args(Shown)),
    "digit": whole(*DIGIT),
    "inverted": switch,
    "opened": opened,
    "units": whole(*HIDDEN),
    "length": whole(*LENGTH),
    "step_inputs": whole(*STEP_INPUTS),
    "radius": real(*RADIUS),
    "far": whole(*FAR),
    "entry": entry,
    "sequence_seed": whole(*SEEDS),
    "readers": whole(*READERS),
    "reading_digits": whole(*EXAMPLES),
    "reading_rate": real(*RATES),
    "reading_epochs": whole(*EPOCHS),
    "reading_seed": whole(*SEEDS),
    "reading_pace": one_of(*get_args(Pace)),
    "present": switch,
    "hide": several(*get_args(Hideable), none=True),
    "step": whole(*STEPS_OF_THE_LESSON),
    "quiz_seed": whole(*SEEDS),
    "level": one_of(*get_args(Level)),
}


def edited(state: State, **changes: object) -> State:
    """The state with these fields changed; ValueError says which value was refused and what would do.

    Other wires make another matrix: places in the old one, zoomed into or untied, mean nothing there.
    """
    parsed: dict[str, Any] = {name: _parse(name, value) for name, value in changes.items()}
    new = _fitted(replace(state, **parsed))
    if isinstance(new, Explore) and isinstance(state, Explore) and new.wires != state.wires:
        new = replace(new, zoom=parsed.get("zoom", ()), untied=parsed.get("untied", ()))
    return new


def from_query(query: Mapping[str, str], default: State) -> tuple[State, tuple[str, ...]]:
    """The state a link describes, and a sentence for each of its values that could not be used."""
    good: dict[str, Any] = {}
    notes = []
    for name in {field.name for field in fields(default)} & query.keys():
        try:
            good[name] = _parse(name, query[name])
        except ValueError as error:
            notes.append(f"The link's {error}; the default is shown instead.")
    return _fitted(replace(default, **good)), tuple(sorted(notes))


def to_query(state: AnyState, default: AnyState | None = None) -> dict[str, str]:
    """The parameters of the link to this state; what is at its default, or as in `default`, is left out."""
    default = default or type(state)()
    return {
        field.name: _text(getattr(state, field.name))
        for field in fields(state)
        if getattr(state, field.name) != getattr(default, field.name)
    }


def _fitted(state: State) -> State:
    """A drawing has the size it was drawn in."""
    if isinstance(state, Explore) and state.image == DRAWING:
        return replace(state, side=len(state.drawing.split("-")))
    return state


def checked(name: str, parse: Callable[[object], Sound], value: object) -> Sound:
    """A sound value, or ValueError in words: what it is the value of, what was accepted and what came."""
    try:
        return parse(value)
    except (ValueError, OverflowError) as error:
        why = f": {error}" if isinstance(error, SpecError) else ""  # which layer, and what it lacks
        raise ValueError(f"{name} must be {parse.__doc__}, not “{_shown(value)}”{why}") from None


def _parse(name: str, value: object) -> object:
    return checked(name, PARSERS[name], value)


def _shown(value: object) -> str:
    """The beginning of a refused value; whatever it is, this neither fails nor takes long."""
    try:
        text = value[:41] if isinstance(value, str) else reprlib.repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits has no decimal form
        text = type(value).__name__
    return text if len(text) <= 40 else text[:40] + "…"


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return JOINTS[_depth(value)].join(map(_text, value))
    if isinstance(value, bool):
        return str(int(value))
    return repr(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _depth(value: object) -> int:
    """How many tuples lie in each other below this one."""
    return 1 + _depth(value[0]) if isinstance(value, tuple) and value and isinstance(value[0], tuple) else 0
