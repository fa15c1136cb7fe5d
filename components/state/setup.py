"""The setup that all pages share: picture, kernel, geometry and view, and what a control does to it. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Literal, Self, TypeAlias, get_args

import numpy as np

from components.state.fields import (
    LARGEST_PLACE,
    LARGEST_WEIGHT,
    WEIGHT,
    Field,
    Grid,
    Kernel,
    OneOf,
    Rectangle,
    Switch,
    Whole,
    WordOr,
    Zoom,
    rows_of,
)
from components.state.link import State, edited
from components.state.typed import read_matrix
from kernels.images.decode import MAX_SIDE, MIN_SIDE
from kernels.images.samples import SAMPLES
from kernels.layer.activation import Activation
from kernels.layer.presets import PRESETS, kernel, preset
from kernels.layer.spec import PADDING_MODES, SHORTCUTS, Floats

Colour = Literal["grey", "rgb"]
View: TypeAlias = Literal["conv", "tiled", "local", "dense"]
Copy = tuple[int, int, int, float]  # output, tap row, tap column, value: one use of a weight that has left the others

UPLOAD = "upload"  # the one picture a link cannot carry
DRAWING = "drawing"  # the picture a visitor draws: rows of hexadecimal grey levels, 0 black to f white
PHOTO_SIDE = SAMPLES[0].side
NUMBER = "number"  # the padding that is none of the shortcuts
SIDE = Whole(MIN_SIDE, MAX_SIDE)
TAPS = Grid(1, 15)


@dataclass(frozen=True, slots=True)
class Copies(Field[tuple[Copy, ...]]):
    """Up to `high` copies of a kernel's weights that are untied, no place twice."""

    high: int

    @property
    def low(self) -> int:
        return 0

    @property
    def accepts(self) -> str:
        return f"up to {self.high} copies such as 12,0,1,0.5: output, tap row, tap column, value"

    def read(self, value: object) -> tuple[Copy, ...]:
        rows = rows_of(value, 0, self.high, (4, 4))
        output, tap = Whole(0, LARGEST_PLACE).read, Whole(0, TAPS.high - 1).read
        copies = tuple((output(t), tap(k), tap(l), WEIGHT.read(v)) for t, k, l, v in rows)
        if len({copy[:3] for copy in copies}) != len(copies):
            raise ValueError
        return copies


@dataclass(frozen=True, slots=True)
class Levels(Field[str]):
    """A square drawing of `low` to `high` rows of grey levels."""

    low: int
    high: int

    @property
    def accepts(self) -> str:
        return f"{self.low} to {self.high} rows of as many hexadecimal digits each, joined by hyphens"

    def read(self, value: object) -> str:
        rows = value.split("-", self.high) if isinstance(value, str) else []
        if not self.low <= len(rows) <= self.high or {len(row) for row in rows} != {len(rows)}:
            raise ValueError
        if not set("".join(rows)) <= set("0123456789abcdef"):
            raise ValueError
        return "-".join(rows)


DRAWN = Levels(8, 32)


@dataclass(frozen=True, slots=True)
class Setup(State):
    """Picture, kernel, geometry and view."""

    image: Annotated[str, OneOf((*(sample.id for sample in SAMPLES), UPLOAD, DRAWING))] = SAMPLES[0].id
    side: Annotated[int, SIDE] = PHOTO_SIDE
    colour: Annotated[Colour, OneOf(get_args(Colour))] = "grey"
    kernel: Annotated[Kernel, TAPS] = tuple(map(tuple, kernel("sobel_vertical").tolist()))
    flip: Annotated[bool, Switch()] = False
    bias: Annotated[float, WEIGHT] = 0.0
    activation: Annotated[Activation, OneOf(get_args(Activation))] = "none"
    stride: Annotated[int, Whole(1, 16)] = 1
    padding: Annotated[int | str, WordOr(SHORTCUTS, Whole(0, 64))] = "valid"
    mode: Annotated[str, OneOf(PADDING_MODES)] = "zeros"
    dilation: Annotated[int, Whole(1, 8)] = 1
    view: Annotated[View, OneOf(get_args(View))] = "conv"
    period: Annotated[int, Whole(1, SIDE.high)] = 2
    zoom: Annotated[Zoom, Rectangle()] = ()
    untied: Annotated[tuple[Copy, ...], Copies(8)] = ()
    drawing: Annotated[str, DRAWN] = "-".join(["0" * 16] * 16)

    @property
    def kernel_size(self) -> tuple[int, int]:
        return len(self.kernel), len(self.kernel[0])

    @property
    def wires(self) -> tuple[object, ...]:
        """All that decides which pixels are connected: the matrix has the same cells as long as this is the same."""
        picture = self.image, self.side, len(self.drawing)
        return *picture, self.kernel_size, self.stride, self.padding, self.mode, self.dilation

    def fitted(self, before: Self | None = None, chosen: Collection[str] = ()) -> Self:
        """A drawing has the size it was drawn in; places in a matrix with other wires mean nothing in this one."""
        drawn = replace(self, side=len(self.drawing.split("-"))) if self.image == DRAWING else self
        if before is None or before.wires == drawn.wires:
            return drawn
        zoom = drawn.zoom if "zoom" in chosen else ()
        return replace(drawn, zoom=zoom, untied=drawn.untied if "untied" in chosen else ())


def with_image(state: Setup, image: str) -> Setup:
    """Another picture, at the size that suits it; a size the visitor chose is kept where the new picture has no say."""
    image = edited(state, image=image).image
    suits = {sample.id: sample.side for sample in SAMPLES} | {DRAWING: len(state.drawing.split("-"))}
    chosen = state.side != suits.get(state.image, PHOTO_SIDE)
    side = suits.get(image, PHOTO_SIDE)
    return edited(state, image=image, side=state.side if chosen and side >= PHOTO_SIDE else side)


LANDING = with_image(Setup(), "digit")  # small enough that every number, neuron and cell can be seen


def sketched(state: Setup, levels: object) -> Setup:
    """Another drawing; the picture of the other pages stays what it was."""
    return edited(state, drawing=levels)


def with_side(state: Setup, side: object) -> Setup:
    """Another working size. A drawing is scaled to it, pixel by pixel, as far as drawings go."""
    if state.image != DRAWING:
        return edited(state, side=side)
    rows = state.drawing.split("-")
    n = min(max(edited(Setup(), side=side).side, DRAWN.low), DRAWN.high)
    nearest = [i * len(rows) // n for i in range(n)]
    return edited(state, side=n, drawing="-".join("".join(rows[i][j] for j in nearest) for i in nearest))


def with_upload(state: Setup) -> Setup:
    """Another picture of the visitor's own: a part of the matrix and copies of weights belonged to the one before."""
    return replace(with_image(state, UPLOAD), zoom=(), untied=())


def without_upload(state: Setup) -> Setup:
    """The uploaded picture was taken away: back to the first sample."""
    return with_image(state, SAMPLES[0].id) if state.image == UPLOAD else state


def resized(state: Setup, K: int, L: int) -> Setup:
    """Another kernel size: the weights keep their places around the centre, new ones are zero."""
    return edited(state, kernel=recentred(np.array(state.kernel), K, L).tolist())


def recentred(old: Floats, K: int, L: int) -> Floats:
    """A kernel at another size: the weights keep their places around the centre, new ones are zero."""
    new = np.zeros((K, L))
    for (k, l), value in np.ndenumerate(old):
        i, j = k + K // 2 - len(old) // 2, l + L // 2 - len(old[0]) // 2
        if 0 <= i < K and 0 <= j < L:
            new[i, j] = value
    return new


def start_from(state: Setup, name: str | None) -> Setup:
    """A named kernel, in the present size where it comes in it."""
    if name is None:
        return state
    size = state.kernel_size if preset(name).fits(*state.kernel_size) else None
    return edited(state, kernel=kernel(name, size).tolist())


def emptied(state: Setup) -> Setup:
    """The present size, all zeros."""
    return edited(state, kernel=kernel("zero", state.kernel_size).tolist())


def scattered(state: Setup, seed: int) -> Setup:
    """The present size, at random."""
    return edited(state, kernel=kernel("random", state.kernel_size, seed).tolist())


def normalised(state: Setup) -> Setup:
    """Divided by the sum of the weights, or by the sum of their absolute values where that sum is zero."""
    weights = np.array(state.kernel)
    total, size = weights.sum(), np.abs(weights).sum()
    if size == 0:
        raise ValueError("all weights are 0, so there is no sum to divide by")
    scaled = weights / (total if abs(total) > 1e-9 * size else size)
    if np.abs(scaled).max() > LARGEST_WEIGHT:
        told = f"{total:.2g}".replace("-", "−")
        raise ValueError(f"the weights sum to only {told}: dividing by that makes some exceed {LARGEST_WEIGHT:,.0f}")
    return edited(state, kernel=scaled.tolist())


def transposed(state: Setup) -> Setup:
    """Rows and columns exchanged: F[l, k] in place of F[k, l]."""
    return edited(state, kernel=np.array(state.kernel).T.tolist())


def rotated(state: Setup) -> Setup:
    """A quarter turn clockwise."""
    return edited(state, kernel=np.rot90(np.array(state.kernel), -1).tolist())


def scaled(state: Setup, factor: float) -> Setup:
    """Every weight times this factor."""
    return edited(state, kernel=_within(factor * np.array(state.kernel)).tolist())


def pasted(state: Setup, text: object) -> Setup:
    """The matrix in a text, which also sets K and L. Raises ValueError with what is in the way."""
    if not isinstance(text, str):
        raise ValueError("a pasted kernel must be text")
    return edited(state, kernel=_within(np.array(read_matrix(text, TAPS.high))).tolist())


def _within(weights: Floats) -> Floats:
    if np.abs(weights).max() > LARGEST_WEIGHT:
        raise ValueError(f"weights must be {WEIGHT.accepts}, not {np.abs(weights).max():,.6g}")
    return weights


def padded(state: Setup, choice: str) -> Setup:
    """A shortcut by its name, or one pixel to begin with."""
    return edited(state, padding=1 if choice == NUMBER else choice)


def preset_of(state: Setup) -> str | None:
    """The named kernel these weights are, if they are one."""
    return _preset(state.kernel)


@lru_cache(256)  # every part of a page asks
def _preset(weights: tuple[tuple[float, ...], ...]) -> str | None:
    size = len(weights), len(weights[0])
    for known in PRESETS:
        comes = known.id != "random" and known.fits(*size)
        if comes and np.array_equal(kernel(known.id, size), weights):
            return known.id
    return None
