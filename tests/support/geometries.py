"""The layers every route through the engine must agree on: one table chosen by hand, and seeded random ones."""

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import LayerSpec
from tests.support.oracles import Geometry

TABLE = [
    Geometry("plain 3x3", (1, 6, 7), (3, 3)),
    Geometry("wide image, tall kernel", (1, 5, 9), (4, 2)),
    Geometry("even kernel, same", (1, 5, 6), (2, 4), padding="same"),
    Geometry("odd kernel, same, bias", (1, 6, 5), (3, 5), padding="same", bias=True),
    Geometry("full", (1, 4, 5), (3, 2), padding="full"),
    Geometry("full, dilated, strided", (1, 5, 4), (2, 3), padding="full", dilation=(2, 1), stride=(2, 3)),
    Geometry("same, dilated, strided, even", (1, 7, 6), (2, 2), padding="same", dilation=(3, 1), stride=(2, 2)),
    Geometry("valid by name", (2, 5, 5), (2, 3), padding="valid", out_channels=2),
    Geometry("stride leaves a remainder", (1, 8, 9), (3, 2), stride=(3, 2)),
    Geometry("stride larger than kernel", (1, 9, 8), (2, 1), stride=(4, 3)),
    Geometry("stride and uneven padding", (1, 6, 6), (3, 3), stride=(2, 1), padding=(1, 2)),
    Geometry("dilation", (1, 9, 8), (3, 2), dilation=(2, 4)),
    Geometry("1x1 kernel mixes channels", (3, 4, 5), (1, 1), out_channels=2, bias=True),
    Geometry("1x1 kernel, padded: outputs without pixels", (1, 3, 4), (1, 1), padding=(2, 1), bias=True),
    Geometry("kernel as large as the image", (2, 4, 5), (4, 5), out_channels=3, bias=True),
    Geometry("image one pixel high", (1, 1, 8), (1, 3), padding=(0, 1)),
    Geometry("image one pixel high, padded above", (1, 1, 6), (3, 3), padding=(1, 1)),
    Geometry("single pixel", (1, 1, 1), (3, 3), padding=(1, 1), bias=True),
    Geometry("taps that meet only padding", (1, 2, 2), (5, 5), padding=(2, 2), stride=(3, 3)),
    Geometry("channels in and out", (3, 5, 4), (3, 2), out_channels=4, padding=(1, 1), bias=True),
    Geometry("two groups", (4, 5, 4), (2, 3), out_channels=2, groups=2, bias=True),
    Geometry("depthwise", (3, 4, 5), (3, 3), out_channels=3, groups=3, padding=(1, 1)),
    Geometry("depthwise, two maps each", (2, 4, 4), (2, 2), out_channels=4, groups=2, stride=(2, 1), bias=True),
    Geometry("reflect", (1, 5, 6), (3, 3), padding=(2, 1), mode="reflect"),
    Geometry("reflect, as far as it goes", (1, 3, 4), (3, 4), padding=(2, 3), mode="reflect", bias=True),
    Geometry("replicate", (1, 4, 5), (3, 3), padding=(1, 1), mode="replicate"),
    Geometry("replicate, wider than the image", (1, 2, 3), (3, 2), padding=(4, 5), mode="replicate", bias=True),
    Geometry("replicate, channels, stride", (2, 4, 5), (3, 3), 2, stride=(2, 2), padding="same", mode="replicate"),
    Geometry("circular", (1, 5, 4), (3, 3), padding="same", mode="circular"),
    Geometry("circular, a whole turn", (1, 3, 2), (2, 3), padding=(3, 2), mode="circular"),
    Geometry("circular, groups, dilation", (2, 6, 5), (2, 2), 2, (1, 1), "full", (2, 3), groups=2, mode="circular"),
    Geometry("reflect, even kernel, same, stride", (1, 6, 7), (4, 2), padding="same", stride=(2, 3), mode="reflect"),
]  # fmt: skip


def _pair(rng: np.random.Generator, low: int, high: int) -> tuple[int, int]:
    first, second = rng.integers(low, high, size=2, endpoint=True).tolist()
    return first, second


def random_geometry(seed: int) -> Geometry:
    """One valid geometry per seed: small enough for the loops, odd enough to find what the table forgot."""
    rng = np.random.default_rng([20260, seed])
    for attempt in itertools.count():
        groups = int(rng.choice([1, 1, 1, 2, 3]))
        named = str(rng.choice(["valid", "same", "full"])) if rng.random() < 0.4 else None
        g = Geometry(
            f"seed {seed}.{attempt}",
            (groups * int(rng.integers(1, 3)), *_pair(rng, 1, 7)),
            _pair(rng, 1, 4),
            out_channels=groups * int(rng.integers(1, 3)),
            stride=_pair(rng, 1, 3),
            padding=named or _pair(rng, 0, 4),
            dilation=_pair(rng, 1, 3),
            groups=groups,
            bias=bool(rng.random() < 0.5),
            mode=("zeros", "zeros", "reflect", "replicate", "circular")[int(rng.integers(5))],
        )
        if g.is_valid and g.n_outputs <= 400:
            return g
    raise AssertionError("itertools.count ended")


RANDOM = [random_geometry(seed) for seed in range(150)]
GEOMETRIES = TABLE + RANDOM[:6]
FEW = TABLE[::4]
AS_PYTORCH = [g for g in [*TABLE, *RANDOM] if g.mode == "zeros" and all(before == after for before, after in g.pads)]
LONG = [pytest.param(g, marks=pytest.mark.long) for g in RANDOM[6:]]
every_geometry = pytest.mark.parametrize("g", GEOMETRIES, ids=str)
full_sweep = pytest.mark.parametrize("g", [*GEOMETRIES, *LONG], ids=str)  # slow: for one test of each claim


def spec_of(g: Geometry) -> LayerSpec:
    """The engine's name for a geometry."""
    return LayerSpec(
        g.kernel_size,
        in_channels=g.in_shape[0],
        out_channels=g.out_channels,
        stride=g.stride,
        dilation=g.dilation,
        groups=g.groups,
        bias=g.bias,
        padding=g.padding,
        padding_mode=g.mode,
    )


def data_for(g: Geometry, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64] | None]:
    """An image in 0..1, a weight and (if the layer has one) a bias."""
    rng = np.random.default_rng([7, seed])
    image = rng.random(g.in_shape)
    weight = rng.standard_normal(g.weight_shape)
    return image, weight, rng.standard_normal(g.out_channels) if g.bias else None


def position_coded(height: int, width: int) -> NDArray[np.float64]:
    """(1, H, W) with pixel (i, j) = 10 i + j, so that a number tells where it came from."""
    coded: NDArray[np.float64] = np.add.outer(10.0 * np.arange(height), np.arange(width))
    return coded[None]
