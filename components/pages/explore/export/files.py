"""The files that the Explore page offers, each made only when it is asked for. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import partial
from io import BytesIO
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from components.display import words
from components.display.document import HTML, utf8
from components.display.export import CSV, PNG, SVG, Export, columns_csv, csv_bytes
from components.display.layer import LAYER_NAMES, Convolved, Layer, OutputMap, window_weights
from components.pages.explore.export import dense_to_shared_gif, figure, gif, handout, script
from components.state.setup import Setup
from kernels.layer.kinds import connections, wiring
from kernels.layer.spec import Floats, Pair
from kernels.layer.wiring import MAX_CONNECTIONS

MOST_LINES = 200_000  # connections in matrix.csv: a spreadsheet still opens so many
GIF = "image/gif"
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


def exports(convolved: Convolved, link: str) -> tuple[Export, ...]:
    """Everything on offer; nothing is made before it is asked for. link: what the handout says to open."""
    return (
        *_pictures(convolved),
        *_tables(convolved),
        *_matrices(convolved.state, convolved.layer),
        *_texts(convolved, link),
    )


def _pictures(convolved: Convolved) -> Iterator[Export]:
    layer, planes, result = convolved.layer, convolved.planes, convolved.result
    note = "Input, kernel, output and matrix, with their sizes."
    yield Export("figure.png", "Figure (PNG)", PNG, note, partial(figure.figure_png, convolved))
    note = "The figure as vector graphics, with selectable text."
    yield Export("figure.svg", "Figure (SVG)", SVG, note, partial(figure.figure_svg, convolved))
    note = f"{words.plural(prod(layer.out_shape), 'frame')}, one per output, row by row."
    yield Export("scan.gif", "Scan (GIF)", GIF, note, partial(gif.scan_gif, convolved), gif.refusal(layer))
    yield from _slides(convolved)
    note = "Enlarged, each pixel a square."
    yield Export("input.png", "Input (PNG)", PNG, note, partial(figure.input_png, planes))
    note = "Enlarged, in the colours shown."
    yield Export("output.png", "Output (PNG)", PNG, note, partial(figure.output_png, result))
    note = f"{planes.shape[1]:,} × {planes.shape[2]:,} pixels, for use with the scripts."
    make = partial(figure.picture_png, planes)
    yield Export(script.PICTURE, "Input, pixel by pixel (PNG)", PNG, note, make, bare=True)


def _slides(convolved: Convolved) -> Iterator[Export]:
    """The two animations at the sizes of slides, and as strips."""
    weave, scan = "From dense to shared", "Scan"
    for size in dense_to_shared_gif.SIZES:
        big, file = (sign.join(map(str, size)) for sign in "×x")
        of = f"{size[0]:,} × {size[1]:,} pixels, for a slide."
        make = partial(dense_to_shared_gif.weave_gif, convolved, size)
        yield Export(
            f"weave-{file}.gif", f"{weave} (GIF, {big})", GIF, f"W in four stages, with the kernel. {of}", make
        )
        refused = gif.refusal(convolved.layer, size)
        make = partial(gif.scan_gif, convolved, size)
        yield Export(f"scan-{file}.gif", f"{scan} (GIF, {big})", GIF, f"The scan, with the kernel. {of}", make, refused)
    refused = gif.refusal(convolved.layer, gif.STRIP_SIZE)
    make_strip = partial(dense_to_shared_gif.weave_strip, convolved)
    yield Export("weave-strip.png", f"{weave} (PNG strip)", PNG, "Its stages side by side, for a handout.", make_strip)
    make_strip = partial(gif.scan_strip, convolved)
    note = f"{gif.STRIP} frames side by side, for a handout."
    yield Export("scan-strip.png", f"{scan} (PNG strip)", PNG, note, make_strip, refused)


def _tables(convolved: Convolved) -> Iterator[Export]:
    state, result = convolved.state, convolved.result
    K, L = state.kernel_size
    turned = "; applied rotated by 180°" if state.flip else ""
    yield Export("kernel.csv", "Kernel (CSV)", CSV, f"{K} × {L} weights as typed{turned}.", partial(kernel_csv, state))
    note = f"All {words.plural(result.output.size, 'number')} at full precision; rows and columns count from 1."
    yield Export("output.csv", "Output (CSV)", CSV, note, partial(output_csv, result))
    note = f"The cost of each kind of layer; tiled with period {state.period}."
    yield Export("counts.csv", "Counts (CSV)", CSV, note, partial(counts_csv, convolved.layer))


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


def _texts(convolved: Convolved, link: str) -> Iterator[Export]:
    reads = f"Reads {script.PICTURE}: save it in the same folder."
    if script.embeds(convolved.planes):
        reads = "Contains the picture."
    yield Export("recipe_numpy.py", "Script (NumPy)", PYTHON, reads, partial(utf8, script.numpy, convolved))
    yield Export("recipe_torch.py", "Script (PyTorch)", PYTHON, reads, partial(utf8, script.torch, convolved))
    note = "For printing on A4 or Letter, with three exercises."
    yield Export("handout.html", "Handout (HTML)", HTML, note, partial(utf8, handout.handout, convolved, link))


def kernel_csv(state: Setup) -> bytes:
    """The weights as typed, a row of the kernel a line."""
    return csv_bytes(*state.kernel)


def output_csv(result: OutputMap) -> bytes:
    """Every number of the output, after the activation."""
    places = np.ndindex(result.output.shape)
    values = result.output.ravel().tolist()
    lines = ((o + 1, i + 1, j + 1, value) for (o, i, j), value in zip(places, values, strict=True))
    return csv_bytes(("channel", "row", "column", "value"), *lines)


def counts_csv(layer: Layer) -> bytes:
    """The exact integers, one line per kind of layer."""
    names = ("parameters", "connections", "padded_connections", "multiply_adds", "bytes")
    lines = ((kind, *(getattr(count, name) for name in names)) for kind, count in layer.counts.items())
    return csv_bytes(("kind", *names), *lines)


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
    return columns_csv({name: column.tolist() for name, column in columns.items()})
