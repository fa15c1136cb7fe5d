"""The files that the Explore page offers, each made only when it is asked for. Pure."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from functools import partial
from io import BytesIO, StringIO
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from components.display import words
from components.display.document import HTML, utf8
from components.display.layer import LAYER_NAMES, Convolved, Layer, OutputMap, window_weights
from components.pages.explore.export import figure, gif, handout, script
from components.state.setup import Setup
from kernels.layer.spec import Floats, Pair
from kernels.layer.wiring import MAX_CONNECTIONS, connections, wiring

MOST_LINES = 200_000  # connections in matrix.csv: a spreadsheet still opens so many
CSV, PNG, SVG, GIF = "text/csv", "image/png", "image/svg+xml", "image/gif"
NPZ, PYTHON = "application/octet-stream", "text/x-python"


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """The connections of W, four arrays of one length: cell (target, source) holds parameter `id` with this value."""

    target: NDArray[np.int32]
    source: NDArray[np.int32]
    id: NDArray[np.int32]
    value: Floats

    def columns(self) -> dict[str, NDArray[Any]]:
        """The four arrays by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Export:
    """A file on offer. refused: why it is not offered here, and what to change; then it is not made."""

    name: str
    label: str
    mime: str
    note: str
    make: Callable[[], bytes]
    refused: str = ""


def exports(convolved: Convolved, link: str) -> tuple[Export, ...]:
    """Everything on offer; nothing is made before it is asked for. link: what the handout says to open."""
    return (
        *_pictures(convolved),
        *_tables(convolved),
        *_matrices(convolved.state, convolved.layer),
        *_texts(convolved, link),
    )


def _pictures(convolved: Convolved) -> tuple[Export, ...]:
    layer, planes = convolved.layer, convolved.planes
    places = prod(layer.out_shape)
    return (
        Export(
            "figure.png",
            "Figure (PNG)",
            PNG,
            "Input, kernel, output and matrix, with their sizes.",
            partial(figure.figure_png, convolved),
        ),
        Export(
            "figure.svg",
            "Figure (SVG)",
            SVG,
            "The figure as vector graphics, with selectable text.",
            partial(figure.figure_svg, convolved),
        ),
        Export(
            "scan.gif",
            "Scan (GIF)",
            GIF,
            f"{words.plural(places, 'frame')}, one per output, row by row.",
            partial(gif.scan_gif, convolved),
            gif.refusal(layer),
        ),
        Export("input.png", "Input (PNG)", PNG, "Enlarged, each pixel a square.", partial(figure.input_png, planes)),
        Export(
            "output.png",
            "Output (PNG)",
            PNG,
            "Enlarged, in the colours shown.",
            partial(figure.output_png, convolved.result),
        ),
        Export(
            script.PICTURE,
            "Input, pixel by pixel (PNG)",
            PNG,
            f"{planes.shape[1]:,} × {planes.shape[2]:,} pixels, for use with the scripts.",
            partial(figure.picture_png, planes),
        ),
    )


def _tables(convolved: Convolved) -> tuple[Export, ...]:
    state, result = convolved.state, convolved.result
    K, L = state.kernel_size
    turned = "; applied rotated by 180°" if state.flip else ""
    return (
        Export(
            "kernel.csv",
            "Kernel (CSV)",
            CSV,
            f"{K} × {L} weights as typed{turned}.",
            partial(kernel_csv, state),
        ),
        Export(
            "output.csv",
            "Output (CSV)",
            CSV,
            f"All {words.plural(result.output.size, 'number')} at full precision; rows and columns count from 1.",
            partial(output_csv, result),
        ),
        Export(
            "counts.csv",
            "Counts (CSV)",
            CSV,
            f"The cost of each kind of layer; tiled with period {state.period}.",
            partial(counts_csv, convolved.layer),
        ),
    )


def _matrices(state: Setup, layer: Layer) -> tuple[Export, ...]:
    needed = layer.counts[state.view].connections
    what = f"{LAYER_NAMES[state.view]}: {words.plural(needed, 'connection')}, counted from 0"
    x = "; the last input is the constant 1 for the bias" if layer.spec.bias else ""
    kind = "another kind of layer, " if state.view == "dense" else ""
    return tuple(
        Export(
            name,
            f"Matrix ({name.split('.')[1].upper()})",
            mime,
            f"{what}{x}; W·x is Y before the activation, channel by channel.",
            make,
            f"W has {words.plural(needed, 'connection')} here, but {name} holds at most {most:,}: "
            f"choose {kind}a smaller picture or a larger stride."
            if needed > most
            else "",
        )
        for name, mime, most, make in (
            ("matrix.npz", NPZ, MAX_CONNECTIONS, partial(matrix_npz, state, layer)),
            ("matrix.csv", CSV, MOST_LINES, partial(matrix_csv, state, layer)),
        )
    )


def _texts(convolved: Convolved, link: str) -> tuple[Export, ...]:
    reads = (
        "Contains the picture."
        if script.embeds(convolved.planes)
        else f"Reads {script.PICTURE}: save it in the same folder."
    )
    return (
        Export(
            "recipe_numpy.py",
            "Script (NumPy)",
            PYTHON,
            reads,
            partial(utf8, script.numpy, convolved),
        ),
        Export(
            "recipe_torch.py",
            "Script (PyTorch)",
            PYTHON,
            reads,
            partial(utf8, script.torch, convolved),
        ),
        Export(
            "handout.html",
            "Handout (HTML)",
            HTML,
            "For printing on A4 or Letter, with three exercises.",
            partial(utf8, handout.handout, convolved, link),
        ),
    )


def _csv(*lines: Iterable[object]) -> bytes:
    """Comma-separated lines; floats in the shortest form that reads back exactly."""
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode()


def kernel_csv(state: Setup) -> bytes:
    """The weights as typed, a row of the kernel a line."""
    return _csv(*state.kernel)


def output_csv(result: OutputMap) -> bytes:
    """Every number of the output, after the activation."""
    places = np.ndindex(result.output.shape)
    values = result.output.ravel().tolist()
    lines = ((o + 1, i + 1, j + 1, value) for (o, i, j), value in zip(places, values, strict=True))
    return _csv(("channel", "row", "column", "value"), *lines)


def counts_csv(layer: Layer) -> bytes:
    """The exact integers, a kind of layer a line."""
    names = ("parameters", "connections", "padded_connections", "multiply_adds", "bytes")
    lines = ((kind, *(getattr(count, name) for name in names)) for kind, count in layer.counts.items())
    return _csv(("kind", *names), *lines)


def matrix_entries(state: Setup, layer: Layer) -> Entries:
    """W of the layer on the page: W·x is the map before the activation.

    An untied copy is a parameter of its own, numbered after the others; where none is shared it has one already. The
    one weight of a cell of a fully connected layer is the sum of all that meet there. Raises SpecError for too many.
    """
    wires = wiring(state.view, layer.spec, layer.in_shape, state.period)
    theta = wires.theta_from(window_weights(state)[None, None], [state.bias] if layer.spec.bias else None)
    ids, values = wires.ids.copy(), theta[wires.ids]
    if layer.untied and state.view == "dense":
        for use in layer.untied:
            values[_cell(layer, use.output, use.input)] += use.value - window_weights(state)[use.tap]
    elif layer.untied:
        targets, _, taps = connections(layer.spec, layer.in_shape)
        for n, use in enumerate(layer.untied):
            tap = use.tap[0] * layer.spec.kernel_size[1] + use.tap[1]
            at = (targets == use.output[0] * layer.out_shape[2] + use.output[1]) & (taps == tap)
            values[at] = use.value
            ids[at] = ids[at] if state.view == "local" else wires.n_params + n
    return Entries(wires.targets.astype(np.int32), wires.sources.astype(np.int32), ids.astype(np.int32), values)


def _cell(layer: Layer, output: Pair, source: Pair) -> int:
    """The number of the connection from this input to this output in a fully connected layer."""
    t, s = output[0] * layer.out_shape[2] + output[1], source[0] * layer.in_shape[2] + source[1]
    return t * (prod(layer.in_shape) + layer.spec.bias) + s


def matrix_npz(state: Setup, layer: Layer) -> bytes:
    """For numpy.load: scipy.sparse.coo_array((value, (target, source)), shape) is W."""
    shape = np.array([prod(layer.out_shape), prod(layer.in_shape) + layer.spec.bias])
    file, kind = BytesIO(), np.array(state.view)
    arrays: dict[str, Any] = {**matrix_entries(state, layer).columns(), "shape": shape, "kind": kind}
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def matrix_csv(state: Setup, layer: Layer) -> bytes:
    """The connections of W, one per line."""
    columns = matrix_entries(state, layer).columns()
    return _csv(tuple(columns), *zip(*(column.tolist() for column in columns.values()), strict=True))
