"""What crosses to the browser is small, plain JSON, and exactly the arrays it stands for."""

import json
from base64 import b64decode
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display import matrix, theme
from components.display.layer import Convolved, layer_of, output_map
from components.pages.explore.loom import props
from components.state.link import edited
from components.state.setup import DRAWING, Setup
from kernels.images.samples import sample
from kernels.layer.axis import PADDING

Bytes = NDArray[np.uint8]
DEFAULT = Setup()
WAYS: list[dict[str, object]] = [
    {},
    {"view": "local"},
    {"view": "tiled", "period": 3},
    {"view": "dense"},
    {"kernel": "1,2,3;4,5,7", "stride": 2, "padding": 1, "bias": 0.5, "flip": True, "mode": "circular"},
    {"kernel": "0.1,1e-300,-1e6", "padding": "same", "mode": "replicate", "activation": "sigmoid"},
    {"kernel": "0,0;0,0", "padding": "full", "dilation": 2},
    {"kernel": [[0.1] * 15] * 15, "padding": "same"},
    {"zoom": [5, 900, 40, 1000], "untied": [[0, 1, 1, 2.5], [7, 0, 0, -1.0]]},
    {"kernel": "1", "stride": 16, "padding": 1, "bias": 1, "side": 14},
    {"image": DRAWING, "side": 16},
]
every_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way)[:60])


def picture(channels: int, size: tuple[int, int]) -> Bytes:
    return np.random.default_rng(2).integers(0, 256, (channels, *size), dtype=np.uint8)


class Shown:
    """The props of a state on a picture, as the browser reads them, beside what they were made of."""

    def __init__(self, state: Setup, planes: Bytes) -> None:
        self.state, self.planes = state, planes
        self.layer = layer_of(state, planes.shape[1:])
        self.map = output_map(state, self.layer, planes)
        self.tile = matrix.matrix_tiles(self.layer, state.view, state.flip, state.period, state.zoom)
        self.text = json.dumps(props(Convolved(state, self.layer, planes, self.map), self.tile), allow_nan=False)
        self.read: dict[str, Any] = json.loads(self.text)


def show(way: dict[str, object], channels: int = 1) -> Shown:
    state = edited(DEFAULT, **way)
    return Shown(state, picture(channels, (state.side, state.side)))


def levels(text: str, shape: tuple[int, ...] | list[int], dtype: str = "u1") -> NDArray[Any]:
    return np.frombuffer(b64decode(text, validate=True), dtype).reshape(shape)


def test_the_picture_and_the_output_arrive_byte_for_byte() -> None:
    for way, channels in product(WAYS, [1, 3]):
        shown = show(way, channels)
        image, output = shown.read["image"], shown.read["output"]
        np.testing.assert_array_equal(levels(image["levels"], image["shape"]), shown.planes)
        np.testing.assert_array_equal(levels(output["levels"], output["shape"]), shown.map.levels)
        assert output["shape"] == list(shown.map.output.shape)
        assert (output["high"], output["signed"]) == (shown.map.scale.high, shown.map.scale.signed)


@every_way
def test_the_tiles_arrive_byte_for_byte_or_not_at_all(way: dict[str, object]) -> None:
    shown = show(way)
    if shown.tile is None:
        assert shown.read["tile"] is None
        return
    tile = shown.read["tile"]
    assert levels(tile["at"], (-1,), "<u4").tolist() == shown.tile.at.tolist()
    assert levels(tile["ink"], (-1,)).tolist() == shown.tile.ink.tolist()
    assert max(levels(tile["at"], (-1,), "<u4"), default=0) < tile["rows"] * tile["cols"]


def test_the_default_picture_has_tiles_and_the_smallest_has_none() -> None:
    assert show({}).tile is not None
    assert show({"side": 8}).tile is None


def test_the_kernel_arrives_as_typed_and_every_number_exactly() -> None:
    for way, channels in product(WAYS, [1, 3]):
        shown = show(way, channels)
        state, read = shown.state, shown.read
        assert read["kernel"] == [list(row) for row in state.kernel]
        for name in ("bias", "flip", "activation", "view", "period"):
            assert read[name] == getattr(state, name)


def test_the_axes_are_the_geometry_of_the_layer() -> None:
    for way in WAYS:
        shown = show(way)
        for name, axis in zip(("rows", "cols"), shown.layer.spec.axes(shown.layer.in_shape), strict=True):
            sent = shown.read[name]
            assert (sent["size"], sent["out"], sent["reach"]) == (axis.size, axis.out, axis.reach)
            for tap, reads in zip(sent["taps"], axis.sources(), strict=True):
                found = np.full(axis.out, PADDING)
                for start, stop, source, slope in tap:
                    found[start:stop] = source + slope * np.arange(stop - start)
                np.testing.assert_array_equal(found, reads)


def test_the_limits_of_weights_and_copies_are_those_of_a_link() -> None:
    limits = show({}).read["limits"]
    assert edited(DEFAULT, kernel=[limits["weight"]]).kernel == (tuple(limits["weight"]),)
    with pytest.raises(ValueError, match="kernel"):
        edited(DEFAULT, kernel=[[1.001 * limits["weight"][1]]])
    copies = [[n, 0, 0, 1.0] for n in range(limits["copies"] + 1)]
    assert len(edited(DEFAULT, untied=copies[:-1]).untied) == limits["copies"]
    with pytest.raises(ValueError, match="untied"):
        edited(DEFAULT, untied=copies)


def test_every_weight_has_a_name_a_colour_and_letters() -> None:
    for way in WAYS:
        shown = show(way)
        K, L = shown.state.kernel_size
        assert [len(shown.read[name]) for name in ("names", "colours", "inks")] == [K * L] * 3
        assert len(set(shown.read["names"])) == len(set(shown.read["colours"])) == K * L
        assert shown.read["colours"] == ["#" + bytes(row).hex() for row in theme.weights(K, L).tolist()]
        assert set(shown.read["inks"]) <= {"#000000", "#ffffff"}


def test_the_colour_tables_have_256_colours() -> None:
    read = show({}).read
    np.testing.assert_array_equal(levels(read["static"], (256, 3)), theme.untied())
    assert set(read["diverging"]) == {"light", "dark"}
    for name, middle in (("light", [255, 255, 255]), ("dark", [0x1B, 0x1E, 0x25])):
        assert levels(read["diverging"][name], (256, 3))[128].tolist() == middle


def test_the_views_on_offer_hold_the_one_that_is_shown() -> None:
    for way in WAYS:
        read = show(way).read
        assert read["view"] in [view["kind"] for view in read["views"]]
        assert [row["kind"] for row in read["costs"]][-1] == "conv"


def test_untied_copies_arrive_with_their_places_and_a_note_each() -> None:
    read = show({"side": 16, "untied": [[15, 1, 2, 2.5], [0, 0, 0, -1.0]]}).read
    assert read["untied"] == [[1, 1, 1, 2, 2, 3, 2.5], [0, 0, 0, 0, 0, 0, -1.0]]
    assert len(read["notes"]) == 2


def test_the_default_page_sends_less_than_60_kilobytes() -> None:
    for view in ["conv", "local", "tiled", "dense"]:
        state = edited(DEFAULT, view=view)
        planes = sample(state.image, state.side).transpose(2, 0, 1)[:1]
        assert len(Shown(state, np.ascontiguousarray(planes)).text) < 60_000


def test_the_largest_grey_picture_sends_less_than_1200_kilobytes() -> None:
    for view in ["conv", "local"]:
        state = edited(DEFAULT, kernel=[[1 / 3] * 15] * 15, padding="same", side=512, view=view)
        assert len(Shown(state, picture(1, (512, 512))).text) < 1_200_000


def test_a_picture_that_is_not_square_keeps_its_axes() -> None:
    shown = Shown(DEFAULT, picture(3, (9, 30)))
    assert shown.read["image"]["shape"] == [3, 9, 30]
    assert shown.read["output"]["shape"] == [3, 7, 28]
