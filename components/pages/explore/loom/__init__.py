"""The loom: Input, Kernel, Output and Weight matrix in one linked component that runs in the browser.

Hovering, pinning, scanning and dragging never wait for the server; an edit that has settled comes back as an `Edit`.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from components.display import matrix, theme
from components.display.layer import LAYER_NAMES, Convolved, axis_props, layer_of
from components.pages.explore import text
from components.pages.explore.dense_to_shared import Stage, stages
from components.state import setup
from components.state.fields import WEIGHT
from components.state.link import limits
from components.state.setup import DRAWING, Setup
from components.widgets.mount import Still, registered
from kernels.layer.spec import SpecError

COST = ("kind", "name", "parameters", "why", "side", "exact")  # of a cost row, that is drawn
SMALL = 8  # pixels along the longer side
NEURONS = 100  # that the network picture has room for, on each side
PARTS = (
    *("room", "geometry", "arithmetic", "canvas", "kernel", "panels", "matrix", "zoom"),
    *("network", "magnifier", "untie", "draw", "choices", "player", "scan", "moving"),
    *("tying", "copies", "faces", "describe", "walk", "pointing"),
)
MIDDLE = {"light": "#ffffff", "dark": "#1b1e25"}  # the cards' colours, where a signed map is zero

_mount = registered(__file__, *PARTS)


def loom(
    key: str,
    data: dict[str, Any],
    still: Still,
    on_edit: Callable[[], None],
    on_act: Callable[[], None],
    on_marks: Callable[[], None],
) -> None:
    """Mount the loom; what comes of it is in session state under `key`.

    on_edit: runs when the visitor's change has settled. on_act: when one of the acts in `data` was done, once a scene.
    on_marks: when letters were turned on or off.
    """
    _mount(key=key, data=data, still=still, on_edit_change=on_edit, on_act_change=on_act, on_marks_change=on_marks)


def props(convolved: Convolved) -> dict[str, Any]:
    """What the browser needs besides `still_props`: small, and exact (the kernel as it was typed)."""
    state, layer, result = convolved.state, convolved.layer, convolved.result
    return {
        "kernel": state.kernel,
        "bias": state.bias,
        "activation": state.activation,
        "output": {
            "shape": result.levels.shape,
            "levels": _text(result.levels),
            "high": result.scale.high,
            "signed": result.scale.signed,
        },
        "untied": [[*use.output, *use.tap, *use.input, use.value] for use in layer.untied],
    }


def still_props(convolved: Convolved) -> dict[str, Any]:
    """What stays as it is while a weight is changed: the picture (in 8 bits), the matrix, colours, names and counts."""
    state, layer, planes = convolved.state, convolved.layer, convolved.planes
    rows, cols = layer.spec.axes(layer.in_shape)
    K, L = state.kernel_size
    colours = theme.weights(K, L)
    tile = matrix.matrix_tiles(layer, state.view, state.flip, state.period, state.zoom)
    return {
        "image": {"shape": planes.shape, "levels": _text(planes)},
        "flip": state.flip,
        "rows": axis_props(rows),
        "cols": axis_props(cols),
        "view": state.view,
        "views": [{"kind": kind, "name": LAYER_NAMES[kind]} for kind in reversed(LAYER_NAMES)],
        "neurons": NEURONS,
        "cells": matrix.CELLS,
        "tiles": matrix.TILES,
        "tile": tile and _tile(tile),
        "tying": tying(stages(layer, state.flip)),
        "period": state.period,
        "zoom": matrix.visible_window(layer, state.zoom) if state.zoom else (),
        "drawing": state.image == DRAWING,
        "wires": repr(state.wires),
        "shrink": _shrink(state, planes),
        "limits": {"weight": (WEIGHT.low, WEIGHT.high), "copies": limits(Setup, "untied")[1]},
        "costs": [{field: row[field] for field in COST} for row in text.cost_rows(layer, state.view)],
        "repeats": text.repeated_colours(layer, state.view, state.period),
        "total": text.total(layer),
        "why": text.price(layer, len(planes)),
        "helps": text.helps(layer, state.flip),
        "moves": text.moves_with_picture(layer),
        "names": [text.weight_name(k, l) for k in range(K) for l in range(L)],
        "colours": [theme.css(colour) for colour in colours],
        "inks": [theme.ink(colour) for colour in colours],
        "static": _text(theme.untied()),
        "diverging": {name: _text(theme.diverging(middle)) for name, middle in MIDDLE.items()},
    }


def tying(told: Sequence[Stage]) -> dict[str, Any]:
    """From dense to shared for the browser: which tiles have connections, a bit each, and their colours."""
    _, local, shared, _ = (stage.tiles for stage in told)
    filled = np.zeros(local.rows * local.cols, bool)
    filled[local.at] = True
    return {
        "stages": [
            {field: getattr(stage, field) for field in ("name", "counted", "view", "sentence", "parameters")}
            for stage in told
        ],
        "rows": local.rows,
        "cols": local.cols,
        "filled": _text(np.packbits(filled)),
        "local": _text(local.ink),
        "shared": _text(shared.ink),
    }


def _shrink(state: Setup, planes: NDArray[np.uint8]) -> int:
    """The longer side at which the network picture has room for this layer, or 0 where there is none to offer."""
    height, width = (max(1, round(n * SMALL / max(planes.shape[1:]))) for n in planes.shape[1:])
    try:
        small = layer_of(setup.with_side(state, SMALL), (height, width))
    except SpecError:
        return 0
    return SMALL if prod(small.out_shape) <= NEURONS else 0


def _tile(tile: matrix.Tiles) -> dict[str, Any]:
    places = tile.window._asdict() | {"rows": tile.rows, "cols": tile.cols}
    return places | {"at": _text(tile.at), "ink": _text(tile.ink)}


def _text(array: NDArray[Any]) -> str:
    return b64encode(np.ascontiguousarray(array).tobytes()).decode()
