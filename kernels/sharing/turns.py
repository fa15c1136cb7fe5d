"""Convolutions that know quarter turns: the group p4 of shifts and turns by 90° (Cohen & Welling, 2016).

    lift      picture (C, H, W) → maps (O·4, H', W'): every kernel in four orientations
    turned    maps (C·4, H, W) → maps (O·4, H', W'): turning a kernel also moves it on by one orientation
    TurnPool  maps (O·4, H, W) → maps (O, H, W): the largest of the four

Channel 4·o + r is map o in orientation r, turned r times by 90° counter-clockwise. Each layer is an ordinary
convolution with O·4 outputs whose taps are tied: parameters count once for all four orientations. A turned input gives
maps that are turned and moved on by one orientation; after `TurnPool` they are turned alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kernels.layer.spec import Array, Ints, LayerSpec, Shape, SpecError, whole
from kernels.learning.layers import Back, Weightless
from kernels.learning.linear import Wired
from kernels.learning.tied import Tied

TURNS = 4


def lift(channels: int, outputs: int, side: int) -> Tied:
    """From a picture of so many channels to `outputs` maps in four orientations, by side × side kernels and biases.

    It has outputs·(channels·side² + 1) parameters. Raises SpecError for a number below 1.

    >>> lift(1, 8, 3).n_params
    80
    """
    ids = np.arange(_size(outputs, channels, side)).reshape(outputs, channels, side, side)
    bank = np.stack([np.rot90(ids, r, axes=(2, 3)) for r in range(TURNS)], axis=1)
    return _tied(bank.reshape(outputs * TURNS, channels, side, side))


def turned(inputs: int, outputs: int, side: int) -> Tied:
    """From `inputs` maps in four orientations to `outputs` such maps, by side × side kernels and biases.

    It has outputs·(inputs·4·side² + 1) parameters. Raises SpecError for a number below 1.

    >>> turned(8, 16, 3).n_params
    4624
    """
    ids = np.arange(_size(outputs, inputs * TURNS, side)).reshape(outputs, inputs, TURNS, side, side)
    bank = np.stack(
        [np.rot90(np.roll(ids, r, axis=2), r, axes=(3, 4)) for r in range(TURNS)], axis=1
    )  # output, its orientation, input, its orientation, row, column
    return _tied(bank.reshape(outputs * TURNS, inputs * TURNS, side, side))


def _size(outputs: int, channels: int, side: int) -> int:
    for name, number in (("outputs", outputs), ("channels", channels), ("side", side)):
        whole(name, number, 1)
    return outputs * channels * side * side


def _tied(bank: Ints) -> Tied:
    """The convolution whose taps are these parameters, with a bias for the four orientations of each map."""
    channels, side = bank.shape[1], bank.shape[2]
    taps = int(bank.max()) + 1
    biases = taps + np.arange(len(bank)) // TURNS
    inside = Wired("conv", LayerSpec(side, channels, len(bank), bias=True))
    return Tied(inside, np.concatenate([bank.ravel(), biases]), taps + len(bank) // TURNS)


@dataclass(frozen=True, slots=True)
class TurnPool(Weightless):
    """The largest of the four orientations of each map, place by place; the gradient goes to the first that won."""

    def out_shape(self, in_shape: Shape) -> Shape:
        if in_shape[0] % TURNS:
            raise SpecError(f"channels must be a multiple of {TURNS}, a map in {TURNS} orientations, got {in_shape[0]}")
        return in_shape[0] // TURNS, *in_shape[1:]

    def apply(self, theta: Array, x: Array) -> tuple[Array, Back]:
        apart = x.reshape(len(x), -1, TURNS, *x.shape[2:])
        won = apart.argmax(axis=2)[:, :, None]

        def dx(dy: Array) -> Array:
            lost = np.zeros_like(apart, dy.dtype)
            np.put_along_axis(lost, won, dy[:, :, None], axis=2)
            return lost.reshape(x.shape)

        def back(dy: Array, _out: Array | None = None) -> tuple[Array, Callable[[], Array]]:
            return theta, lambda: dx(dy)

        return np.take_along_axis(apart, won, axis=2)[:, :, 0], back
