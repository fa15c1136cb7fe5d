"""Banks of kernels for layers of several channels: (outputs, channels read, K, L), derived and cited."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kernels.layer.presets import kernel
from kernels.layer.spec import Floats


@dataclass(frozen=True, slots=True)
class Bank:
    """A named bank. `make(channels, seed)` is (O, channels read, K, L); a depthwise one reads one.

    channels: how many it needs, None for any.
    """

    id: str
    title: str
    sentence: str
    source: str
    channels: int | None
    make: Callable[[int, int], Floats]


def bank(id: str, channels: int, seed: int = 0) -> Floats:
    """The bank of this name, (outputs, channels read, K, L), for filters that read so many channels.

    Raises ValueError where there is no such bank or it needs another number of channels.

    >>> bank("oriented", channels=3).shape
    (4, 3, 3, 3)
    >>> bank("opponent", channels=3)[0].ravel().tolist()  # luma
    [0.299, 0.587, 0.114]
    """
    known = next((known for known in BANKS if known.id == id), None)
    if known is None:
        raise ValueError(f"bank must be one of {', '.join(known.id for known in BANKS)}, got {id!r}")
    if known.channels not in (None, channels):
        raise ValueError(f"bank {id!r} is for {known.channels} channels, got {channels}")
    return known.make(channels, seed)


def _over(kernels: list[Floats], channels: int) -> Floats:
    """Each kernel on every channel alike: on their sum. Two decimals."""
    return np.repeat(np.array(kernels)[:, None], channels, axis=1).round(2) + 0.0  # −0 is 0


def _oriented(channels: int, _seed: int) -> Floats:
    """cos θ · Sobel vertical + sin θ · Sobel horizontal: a first derivative can be steered to any angle."""
    upright, level = kernel("sobel_vertical"), kernel("sobel_horizontal")
    angles = np.deg2rad([0, 45, 90, 135])
    return _over([np.cos(a) * upright + np.sin(a) * level for a in angles], channels)


def _gabors(channels: int, _seed: int) -> Floats:
    """Upright, rising, level and falling stripes."""
    upright, rising = kernel("gabor_vertical", (5, 5)), kernel("gabor_rising", (5, 5))
    return _over([upright, rising, upright.T, rising[:, ::-1]], channels)


def _opponent(_channels: int, _seed: int) -> Floats:
    """Luma, red − green, blue − yellow, pixel by pixel."""
    return np.array([[0.299, 0.587, 0.114], [1, -1, 0], [-0.5, -0.5, 1]])[:, :, None, None]


def _opponent_edges(_channels: int, _seed: int) -> Floats:
    """Edges of the luma, upright and level; red − green and blue − yellow of the pixel in the middle."""
    luma, opponents = _opponent(3, 0)[0], _opponent(3, 0)[1:]
    edges = [luma * kernel(name) for name in ("sobel_vertical", "sobel_horizontal")]
    return np.array([*edges, *(one * kernel("identity") for one in opponents)]).round(2) + 0.0


def _depthwise(channels: int, seed: int) -> Floats:
    """The oriented edges one after the other, one on each channel alone."""
    return np.resize(_oriented(1, seed), (channels, 1, 3, 3))


def _random(channels: int, seed: int) -> Floats:
    """Uniform in −1..1, two decimals, as in the bank of single kernels."""
    rng = np.random.default_rng(seed)
    drawn: Floats = np.round(rng.uniform(-1, 1, (4, channels, 3, 3)), 2)
    return drawn


BANKS = (
    Bank("oriented", "Oriented edges", "Edges at 0°, 45°, 90° and 135°.",
         "Steered Sobel kernels: Freeman & Adelson 1991, The Design and Use of Steerable Filters", None, _oriented),
    Bank("opponent", "Grey and opponent colours", "1×1: luma, red against green, blue against yellow.",
         "ITU-R BT.601 luma; opponent axes after Hering", 3, _opponent),
    Bank("opponent_edges", "Edges and opponent colours", "Edges of the luma; red against green, blue against yellow.",
         "ITU-R BT.601 luma under Sobel kernels; opponent axes after Hering", 3, _opponent_edges),
    Bank("gabor", "Gabor bank", "Stripes of one width in four directions.",
         "Gabor 1946; Daugman 1985", None, _gabors),
    Bank("depthwise", "Depthwise edges", "One separate kernel for each channel.",
         "Depthwise layers: Sifre 2014, Rigid-Motion Scattering for Image Classification", None, _depthwise),
    Bank("random", "Random", "The starting point of an untrained layer.",
         "Uniform in −1..1 from the seed, two decimals", None, _random),
)  # fmt: skip
