"""A wiring as a network picture: inputs left, outputs right, one line per connection, in its colour. Pure."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil, sqrt
from typing import Any

from components.display import theme, words
from components.state.setup import View
from kernels.layer.kinds import ConvWiring, wiring
from kernels.layer.spec import LayerSpec, Pair
from kernels.layer.wiring import Wiring

Place = tuple[float, float]
PIXELS, FEW = 8, 4
TAPS = 3
WIDTH, HEIGHT = 120, 84
NETWORK_SHAPE = HEIGHT, WIDTH
MIMO_SHAPE = 240, 300


@lru_cache(maxsize=64)
def network(kind: View, kernel_size: Pair, flip: bool, period: int) -> str:
    """This kind of layer on a line of PIXELS pixels, along the kernel's longer axis: a data: URL.

    It has at most TAPS taps, those in the middle of the kernel.
    """
    line = _line(kernel_size, flip)
    layer = wiring(kind, LayerSpec((1, len(line))), (1, 1, PIXELS), period)
    shared, static = theme.weights(*kernel_size), theme.untied()

    def colour(target: int, source: int, tap: list[int]) -> str:
        if kind == "conv" or (kind == "tiled" and period == 1):
            return theme.css(shared[line[tap[0]]])
        if kind == "tiled":
            return theme.css(static[theme.tiled_ink(line[tap[0]], target % period)])
        return theme.css(static[theme.untied_ink(target, source)])

    return _picture(layer, colour, (WIDTH, HEIGHT), (0, 0))


def _line(kernel_size: Pair, flip: bool) -> list[int]:
    """The numbers of the weights in the middle of the kernel's middle row, or of its column if that is longer."""
    K, L = kernel_size
    numbers = [K // 2 * L + l for l in range(L)] if L >= K else [k * L + L // 2 for k in range(K)]
    taps = min(len(numbers), TAPS)
    first = (len(numbers) - taps) // 2
    return [K * L - 1 - n if flip else n for n in numbers[first : first + taps]]


@lru_cache(maxsize=64)
def channels(reads: int, outputs: int, groups: int, kernel_size: tuple[int, int]) -> str:
    """A convolution of several channels, each a row of FEW pixels, at most two taps of each kernel: a data: URL."""
    K, L = kernel_size
    taps = min(L, 2)
    spec = LayerSpec((1, taps), reads * groups, outputs, groups=groups)
    layer = wiring("conv", spec, (reads * groups, 1, FEW))
    palette = theme.bank(outputs, reads, K, L).reshape(outputs * reads, K * L, 3)
    middle = K // 2 * L + (L - taps) // 2

    def colour(_target: int, _source: int, tap: list[int]) -> str:
        return theme.css(palette[tap[0] // taps, middle + tap[0] % taps])

    return _picture(layer, colour, MIMO_SHAPE[::-1], (FEW, layer.shape[0] // outputs))


def _picture(layer: ConvWiring, colour: Callable[[int, int, list[int]], str], size: Pair, runs: Pair) -> str:
    """Every connection as a line; those that stand in for no tap of the convolution are thin. `runs`: neurons that
    stand together, on each side."""
    width, height = size
    lines, dots = [], []
    places = [_places(count, run, height) for count, run in zip(layer.shape[::-1], runs, strict=True)]
    for target, source, id in zip(layer.targets.tolist(), layer.sources.tolist(), layer.ids.tolist(), strict=True):
        tap = layer.copies[[id]].indices.tolist()  # which tap this parameter stands in for; none outside the window
        lines.append(
            f'<line x1="10" y1="{places[0][source]:.1f}" x2="{width - 10}" y2="{places[1][target]:.1f}" '
            f'stroke="{colour(target, source, tap)}" stroke-width="{2.2 if tap else 1}"/>'
        )
    for x, column in zip((10, width - 10), places, strict=True):
        dots += [f'<circle cx="{x}" cy="{y:.1f}" r="3.6" fill="{theme.NEURON}"/>' for y in column]
    picture = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{"".join(lines + dots)}</svg>'
    return "data:image/svg+xml;base64," + b64encode(picture.encode()).decode()


def _places(count: int, run: int, height: int) -> list[float]:
    """Heights of so many neurons; between two runs of them is room for one more."""
    gaps = [n // run if run else 0 for n in range(count)]
    return [(n + gap + 0.5) / (count + gaps[-1]) * (height - 12) + 6 for n, gap in enumerate(gaps)]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the units of a wiring stand in a picture of this size (width, height), in pixels (right, down).

    outputs: by row of its matrix. inputs: by column; None for one that is not drawn, as the 1 of the biases.
    """

    outputs: list[Place]
    inputs: list[Place | None]
    size: tuple[float, float]


MATRIX_ALONE = Layout([], [], (0, 0))


@dataclass(frozen=True, slots=True, eq=False)
class Diagram:
    """A wiring to be drawn as a network and as its matrix, or, with the layout MATRIX_ALONE, as its matrix.

    use: how often its weights are used, in words. colours, names: by parameter. bands: the columns of the matrix at
    which something begins, and what; rows: how many rows of it belong together.
    """

    wiring: Wiring
    title: str
    use: str
    layout: Layout
    colours: list[str]
    names: list[str]
    bands: list[tuple[int, str]] = field(default_factory=list)
    rows: int = 1

    @property
    def headline(self) -> str:
        return words.plural(self.wiring.n_params, "free parameter")

    @property
    def connections(self) -> str:
        return words.plural(len(self.wiring.ids), "connection")

    @property
    def note(self) -> str:
        unseen = {n for n, place in enumerate(self.layout.inputs) if place is None}
        biases = sum(source in unseen for source in self.wiring.sources.tolist())
        more = f", {words.amount(biases)} of them {'a bias' if biases == 1 else 'biases'}" if biases else ""
        return f"{self.connections}{more}" + (f": {self.use}" if self.use else "")

    @property
    def alt(self) -> str:
        used = f"{self.connections}, {words.plural(self.wiring.n_params, 'weight')}, {self.use}"
        rows, cols = self.wiring.shape
        network = "a network and as " if self.layout.outputs else ""
        return f"{self.title}: {used}; as {network}a {rows} × {cols} matrix"

    def props(self) -> dict[str, Any]:
        """For the browser. edges: (target, source, parameter) of every connection."""
        wires = self.wiring
        return {
            "title": self.title,
            "headline": self.headline,
            "note": self.note,
            "alt": self.alt,
            "shape": wires.shape,
            "size": self.layout.size,
            "outs": self.layout.outputs,
            "ins": self.layout.inputs,
            "edges": list(zip(wires.targets.tolist(), wires.sources.tolist(), wires.ids.tolist(), strict=True)),
            "colours": self.colours,
            "names": self.names,
            "bands": self.bands,
            "steps": self.rows,
        }


def in_two_rows(wires: Wiring) -> Layout:
    """Inputs below, outputs above, each spread over the width."""
    outputs, inputs = wires.shape
    width = 30.0 * max(outputs, inputs)
    return Layout(
        [((n + 0.5) * width / outputs, 20) for n in range(outputs)],
        [((n + 0.5) * width / inputs, 120) for n in range(inputs)],
        (width, 140.0),
    )


def colours(wires: Wiring) -> list[str]:
    """By parameter: a colour of its own where any weight is shared; muted ones that differ where none is."""
    if wires.n_params < len(wires.ids):
        return shades(wires.n_params)
    muted, found = theme.untied(), [""] * wires.n_params
    for id, ink in zip(wires.ids.tolist(), theme.untied_ink(wires.targets, wires.sources).tolist(), strict=True):
        found[id] = theme.css(muted[ink])
    return found


def shades(n: int) -> list[str]:
    """A colour for each of n weights."""
    across = ceil(sqrt(n))
    return [theme.css(colour) for colour in theme.weights(-(-n // across), across)[:n]]
