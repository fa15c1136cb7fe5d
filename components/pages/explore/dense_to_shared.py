"""From dense to shared in four stages: what W shows in each, how many weights are left, and why. Pure.

    fully connected → locality deletes what lies outside the windows → sharing gives all windows the same weights →
    the K·L weights themselves

Every stage is made of the layer's wiring as tiles, never of W: it answers for a matrix of 10¹¹ cells at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from components.display import words
from components.display.layer import Layer
from components.display.matrix import Tiles, Window, tiles_of_views, visible_window
from components.state.setup import View
from kernels.layer.counts import count


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One of the four pictures of W.

    view: whose weights W then has. parameters: free ones, biases included; counted: the same as it is written. tiles:
    where weights are shared ink n is weight n of the kernel as typed, otherwise one of the colours of weights that are
    not.
    """

    name: str
    view: View
    sentence: str
    parameters: int
    counted: str
    tiles: Tiles

    @property
    def shared(self) -> bool:
        """Whether all windows have the same weights."""
        return self.view == "conv"


def stages(layer: Layer, flip: bool) -> tuple[Stage, ...]:
    """The four stages of a layer, all its weights tied.

    Tile by tile one leads to the next: what locality keeps has the colour it had, sharing fills the same tiles, and
    the last stage has a tile for each colour of the third.
    """
    views: Sequence[View] = ("dense", "local", "conv")
    dense, local, shared = tiles_of_views(layer, views, flip, 1, visible_window(layer, ()))
    static = dense.ink.copy()
    static[local.at] = local.ink
    K, L = layer.spec.kernel_size
    taps = np.arange(K * L)
    kernel = Tiles(Window(0, K, 0, L), K, L, taps.astype(np.uint32), taps.astype(shared.ink.dtype))
    free = {kind: count(kind, layer.spec, layer.in_shape).parameters for kind in views}

    def stage(name: str, view: View, sentence: str, tiles: Tiles) -> Stage:
        return Stage(name, view, sentence, free[view], words.amount(free[view]), tiles)

    told = stage("The kernel", "conv", _kernel(layer, free), kernel)
    return (
        stage("Fully connected", "dense", _dense(layer, free), replace(dense, ink=static)),
        stage("Locality", "local", _local(layer, free), local),
        stage("Weight sharing", "conv", _shared(layer, free), shared),
        replace(told, counted=f"{K} × {L}{' + 1' if layer.spec.bias else ''}"),
    )


def _dense(layer: Layer, free: dict[View, int]) -> str:
    outputs, pixels = words.plural(prod(layer.out_shape), "output"), words.plural(prod(layer.in_shape), "pixel")
    biases = " (each with a bias)" if layer.spec.bias else ""
    return f"{outputs}{biases} × {pixels}: every pair has its own weight, {words.amount(free['dense'])} in all."


def _local(layer: Layer, free: dict[View, int]) -> str:
    K, L = layer.spec.kernel_size
    if free["local"] == free["dense"]:
        return "The window covers the whole picture, so there is nothing outside it to delete."
    deleted = words.amount(free["dense"] - free["local"])
    left = words.plural(free["local"], "weight is", "weights are")
    return f"Each output sees only its {K} × {L} window: {deleted} weights outside are deleted, {left} left."


def _shared(layer: Layer, free: dict[View, int]) -> str:
    places, taps = prod(layer.out_shape), prod(layer.spec.kernel_size)
    if places == 1:
        return "There is only one position, so there is nothing to share."
    saved = f", {words.fewer(free['local'] / free['conv'])}" if free["local"] > free["conv"] else ""
    used = f"{words.amount(taps)} at all {words.amount(places)} positions{saved}"
    return f"A pattern can occur anywhere, so every position uses the same weights: {used}."


def _kernel(layer: Layer, free: dict[View, int]) -> str:
    bias = " and a bias" if layer.spec.bias else ""
    taps = words.plural(prod(layer.spec.kernel_size), "weight")
    saved = (
        f", {words.fewer(free['dense'] / free['conv'])} than fully connected" if free["dense"] > free["conv"] else ""
    )
    return f"All of W is made of {taps}{bias}: the kernel{saved}."
