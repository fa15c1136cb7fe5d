"""At which size all four layers can be wired up, and the layer there."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from components.display.layer import spec_of
from components.pages.compare.small import small_state
from components.state import setup
from components.state.link import edited
from components.state.setup import DRAWING, Setup
from kernels.images.decode import resize
from kernels.layer.counts import count
from kernels.layer.spec import SpecError
from tests.support.layers import FLAT15, Size, Way, geometry
from tests.support.text import numbers

DEFAULT = Setup()
LIMIT, LOCAL_LIMIT, COMFORT = 2**21, 2**19, 32
EXTREMES: list[Way] = [
    {},
    {"kernel": FLAT15, "padding": "same", "bias": 1},
    {"kernel": FLAT15, "padding": 64},
    {"kernel": FLAT15, "padding": 64, "mode": "replicate"},
    {"kernel": [[1] * 7] * 7, "padding": 32, "mode": "replicate"},
    {"kernel": FLAT15, "dilation": 8},
    {"kernel": FLAT15, "dilation": 3, "padding": "same", "mode": "circular"},
    {"kernel": FLAT15, "dilation": 8, "padding": "full"},
    {"kernel": "1", "padding": 64, "mode": "circular", "stride": 16},
    {"kernel": [[1] * 15], "padding": "same"},
    {"stride": 16},
]


def short(value: object) -> str:
    return str(value).replace(str(FLAT15), "15×15")[:60]


def at_side(size: Size, side: int) -> Size:
    """The picture as it is with its longer side at so many pixels."""
    height, width = resize(np.zeros((*size, 3), np.uint8), side).shape[:2]
    return height, width


@cache
def works(state: Setup, size: Size) -> bool | None:
    """Whether all four layers have as few connections as they may; None where there is no layer at all."""
    if not geometry(state, size).is_valid:
        return None
    dense, local = (count(kind, spec_of(state), (1, *size)).connections for kind in ("dense", "local"))
    return dense <= LIMIT and local <= LOCAL_LIMIT


def best_side(state: Setup, size: Size) -> int | None:
    """The largest side up to COMFORT that works, or else the smallest above it, if there is one."""
    whole = max(size)
    for sides in (range(min(COMFORT, whole), min(8, whole) - 1, -1), range(COMFORT + 1, whole + 1)):
        for side in sides:
            if works(state, at_side(size, side)):
                return side
    return None


@pytest.mark.parametrize("size", [(8, 8), (9, 12), (12, 3)], ids=str)
@pytest.mark.parametrize("way", EXTREMES, ids=short)
def test_the_small_picture_is_the_largest_comfortable_one_or_the_layer_is_refused(way: Way, size: Size) -> None:
    state = edited(DEFAULT, **way, side=max(size))
    wanted = best_side(state, size)
    if wanted is None:
        with pytest.raises(SpecError, match=r"kernel|dilation|padding|stride"):
            small_state(state, size)
        return
    assert small_state(state, size) == replace(state, side=wanted)


@pytest.mark.parametrize(("taps", "side"), [(7, 32), (9, 33), (15, 57)])  # 4 (taps − 1) + 1 pixels are reached
def test_a_picture_is_no_larger_than_comfortable_unless_the_kernel_is(taps: int, side: int) -> None:
    for whole in (64, 200):
        state = edited(DEFAULT, kernel=[[1] * taps] * taps, dilation=4, side=whole)
        assert small_state(state, (whole, whole)).side == side


def test_a_locally_connected_layer_with_more_taps_than_pixels_is_what_makes_the_picture_small() -> None:
    state = edited(DEFAULT, kernel=FLAT15, padding=20, mode="replicate", side=30)  # 27 pixels would do for the other
    assert small_state(state, (30, 30)).side == best_side(state, (30, 30)) == 22


TOO_MANY = r"2,097,152 .*524,288.*(padding|kernel)"


@pytest.mark.parametrize(
    ("way", "side", "reason"),
    [
        ({"kernel": [[1] * 9] * 9}, 8, "kernel"),
        ({"dilation": 8}, 8, "kernel"),
        ({"padding": 9, "mode": "circular"}, 8, "padding"),
        ({"kernel": FLAT15, "padding": 64, "mode": "replicate"}, 12, TOO_MANY),
        ({"kernel": "1", "stride": 16, "padding": 1}, 12, r"reads? .*pixel.*(stride|padding)"),  # on padding alone
    ],
    ids=short,
)
def test_a_layer_that_can_be_wired_up_at_no_size_is_refused_with_the_reason(way: Way, side: int, reason: str) -> None:
    with pytest.raises(SpecError, match=reason) as refused:
        small_state(edited(DEFAULT, **way, side=side), (side, side))
    assert bool({LIMIT, LOCAL_LIMIT} & set(numbers(str(refused.value)))) == (reason == TOO_MANY)


@pytest.mark.parametrize(("height", "side"), [(23, 64), (24, 64), (47, 100), (49, 64)])
def test_a_thin_picture_has_the_size_at_which_the_layer_fits_it_as_it_is_then(height: int, side: int) -> None:
    state = edited(DEFAULT, kernel="1,1;1,1", side=side)
    found = small_state(state, (height, 512)).side
    rows, cols = at_side((height, 512), found)
    assert (rows >= 2, cols) == (True, found)
    assert found == COMFORT or at_side((height, 512), COMFORT)[0] < 2


def test_the_small_state_is_grey_and_shared_and_otherwise_the_visitors() -> None:
    ways = {"kernel": "1,2;3,4", "flip": True, "bias": 2, "stride": 2, "activation": "relu", "period": 7}
    state = edited(edited(DEFAULT, colour="rgb", **ways), zoom=[0, 9, 0, 9], untied=[[0, 0, 0, 5.0]])
    assert small_state(state, (64, 64)) == replace(state, colour="grey", zoom=(), untied=(), side=32)
    upload = edited(DEFAULT, image="upload", side=12)
    assert small_state(upload, (300, 200)).side == 12


@pytest.mark.parametrize(("padding", "side"), [("valid", 32), (64, 10)])
def test_a_drawing_is_scaled_with_its_rows(padding: object, side: int) -> None:
    state = setup.with_side(edited(DEFAULT, image=DRAWING, padding=padding), 32)
    found = small_state(state, (32, 32))
    assert (found.side, found.drawing.count("-") + 1) == (side, side)
    assert edited(found) == found
