"""A network as planes of units, the input below: two units of each layer with their windows in weight colours. Pure."""

from base64 import b64encode
from dataclasses import dataclass

import numpy as np

from components.display import theme
from kernels.layer.kinds import wiring
from kernels.layer.spec import Shape
from kernels.learning.layers import Pad
from kernels.learning.linear import Wired
from kernels.learning.network import Network

WIDTH, HEIGHT = 230, 290
FRAME = 12  # pixels above, below and between two maps
CELLS = {16: 6.0, 8: 6.0, 4: 8.0, 1: 12.0}  # pixels of a unit, by the side of its map


@dataclass(frozen=True, slots=True)
class Plane:
    """The maps of one layer's units beside each other. top: of the maps, in pixels from above."""

    shape: Shape
    top: float

    @property
    def cell(self) -> float:
        return CELLS[self.shape[1]]

    @property
    def height(self) -> float:
        return self.shape[1] * self.cell

    def corner(self, map: int) -> float:
        """The left edge of a map."""
        maps, _, cols = self.shape
        gap = FRAME if cols > 1 else 4
        return (WIDTH - maps * (cols * self.cell + gap) + gap) / 2 + map * (cols * self.cell + gap)

    def place(self, map: int, row: int, col: int) -> tuple[float, float]:
        """The top left corner of a unit, (right, down); also of one beyond the border."""
        return self.corner(map) + col * self.cell, self.top + row * self.cell


@dataclass(frozen=True, slots=True)
class Step:
    """A layer with weights between two planes. pad: rows above and columns left of the plane it reads."""

    layer: Wired
    in_shape: Shape
    pad: tuple[int, int]
    below: Plane
    above: Plane


def picture(network: Network) -> str:
    """The network as an SVG, a data: URL."""
    found = steps(network)
    planes = [found[0].below, *(step.above for step in found)]
    parts = [part for step in found for part in _windows(step)]
    parts += [part for plane in planes for part in _outlines(plane)]
    parts += [part for step in found for part in _units(step)]
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(parts)}</svg>'
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def steps(network: Network) -> list[Step]:
    """The layers with weights, from the input up; heights are spread evenly between the input and the outputs."""
    pairs = [*zip(network.layers, network.shapes, strict=False)]
    wired = [n for n, (layer, _) in enumerate(pairs) if isinstance(layer, Wired)]
    shapes = [network.in_shape, *(network.shapes[n + 1] for n in wired)]
    room = (HEIGHT - 2 * FRAME - sum(shape[1] * CELLS[shape[1]] for shape in shapes)) / len(wired)
    planes, top = [], float(HEIGHT - FRAME)
    for shape in shapes:
        top -= shape[1] * CELLS[shape[1]]
        planes.append(Plane(shape, top))
        top -= room
    found = []
    for at, n in enumerate(wired):
        layer, before = pairs[n][0], pairs[n - 1][0] if n else None
        pad = (before.pads[0][0], before.pads[1][0]) if isinstance(before, Pad) else (0, 0)
        if isinstance(layer, Wired):
            found.append(Step(layer, pairs[n][1], pad, planes[at], planes[at + 1]))
    return found


def shown(step: Step) -> list[int]:
    """The outputs whose windows are drawn: of a map two far apart, of single units the middle one."""
    maps, rows, cols = step.above.shape
    if rows == 1:
        return [maps // 2]
    inset = rows // 8
    return [inset * cols + inset, (rows - 1 - inset) * cols + cols - 1 - inset]


def window(step: Step, unit: int) -> list[tuple[tuple[int, int, int], str]]:
    """What this output reads: the (map, row, column) of each input in the plane below, and the colour of its weight."""
    wires = wiring(step.layer.kind, step.layer.spec, step.in_shape, step.layer.period)
    mine = (wires.targets == unit) & (wires.sources < int(np.prod(step.in_shape)))  # the 1 of the biases is not drawn
    sources, ids = wires.sources[mine], wires.ids[mine]
    if step.layer.kind == "conv":
        O, C, K, L = step.layer.spec.weight_shape
        colours = theme.bank(O, C, K, L)[ids]
    else:
        colours = theme.untied()[theme.untied_ink(np.full(len(sources), unit), sources)]
    map, row, col = np.unravel_index(sources, step.in_shape)
    places = zip(map.tolist(), (row - step.pad[0]).tolist(), (col - step.pad[1]).tolist(), strict=True)
    return [(place, theme.css(colour)) for place, colour in zip(places, colours, strict=True)]


def _windows(step: Step) -> list[str]:
    """The coloured cells each shown output reads, and lines from the corners of its windows."""
    parts = []
    for unit in shown(step):
        cells = window(step, unit)
        for place, colour in cells:
            parts.append(_cell(step.below, place, f'fill="{colour}"'))
        x, y = step.above.place(*_at(step.above, unit))
        for map in sorted({place[0] for place, _ in cells}) if step.below.shape[1] > 1 else []:
            cols = [place[2] for place, _ in cells if place[0] == map]
            rows = [place[1] for place, _ in cells if place[0] == map]
            for col, side in ((min(cols), 0.0), (max(cols) + 1, step.above.cell)):
                at = step.below.place(map, min(rows), col)
                parts.append(_line((x + side, y + step.above.cell), at))
    return parts


def _at(plane: Plane, unit: int) -> tuple[int, int, int]:
    map, row, col = np.unravel_index(unit, plane.shape)
    return int(map), int(row), int(col)


def _cell(plane: Plane, place: tuple[int, int, int], style: str) -> str:
    x, y = plane.place(*place)
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{plane.cell:g}" height="{plane.cell:g}" {style}/>'


def _line(one: tuple[float, float], other: tuple[float, float]) -> str:
    ends = f'x1="{one[0]:.1f}" y1="{one[1]:.1f}" x2="{other[0]:.1f}" y2="{other[1]:.1f}"'
    return f'<line {ends} stroke="{theme.NEURON}" stroke-width="0.8"/>'


def _outlines(plane: Plane) -> list[str]:
    """The border of every map, or of every single unit."""
    maps, _, cols = plane.shape
    return [
        f'<rect x="{plane.corner(map):.1f}" y="{plane.top:.1f}" width="{cols * plane.cell:g}" '
        f'height="{plane.height:g}" fill="none" stroke="{theme.NEURON}"/>'
        for map in range(maps)
    ]


def _units(step: Step) -> list[str]:
    """A frame around each output whose windows are drawn."""
    style = f'fill="none" stroke="{theme.HERE}" stroke-width="2"'
    return [_cell(step.above, _at(step.above, unit), style) for unit in shown(step)]
