"""What crosses to the browser is small, plain JSON, and exactly the arrays it stands for."""

import json
import re
from base64 import b64decode
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display import matrix, theme
from components.display.layer import Convolved, layer_of, output_map
from components.pages.explore.loom import props, still_props
from components.state.link import edited
from components.state.setup import DRAWING, Setup
from components.widgets.mount import SHARED
from kernels.images.samples import sample
from kernels.layer.axis import PADDING
from tests.support.layers import picture

Bytes = NDArray[np.uint8]
LOOM = SHARED.parents[1] / "pages" / "explore" / "loom"
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
    {"side": 8},
]


class Shown:
    """The props of a state on a picture, as the browser reads them, beside what they were made of."""

    def __init__(self, state: Setup, planes: Bytes) -> None:
        self.state, self.planes = state, planes
        self.layer = layer_of(state, planes.shape[1:])
        self.map = output_map(state, self.layer, planes)
        made = Convolved(state, self.layer, planes, self.map)
        self.text = json.dumps(props(made) | still_props(made), allow_nan=False)
        self.read: dict[str, Any] = json.loads(self.text)


def show(way: dict[str, object], channels: int = 1) -> Shown:
    state = edited(DEFAULT, **way)
    return Shown(state, picture(channels, (state.side, state.side)))


def levels(text: str, shape: tuple[int, ...] | list[int], dtype: str = "u1") -> NDArray[Any]:
    return np.frombuffer(b64decode(text, validate=True), dtype).reshape(shape)


def test_picture_output_and_tiles_arrive_byte_for_byte() -> None:
    shown = [show(way, channels) for way, channels in product(WAYS, [1, 3])]
    for one in [*shown, Shown(DEFAULT, picture(3, (9, 30)))]:
        sent, output = one.read["image"], one.read["output"]
        np.testing.assert_array_equal(levels(sent["levels"], sent["shape"]), one.planes)
        np.testing.assert_array_equal(levels(output["levels"], output["shape"]), one.map.levels)
        assert (sent["shape"], output["shape"]) == ([*one.planes.shape], [*one.map.output.shape])
        assert (output["high"], output["signed"]) == (one.map.scale.high, one.map.scale.signed)
        state, tile = one.state, one.read["tile"]
        wanted = matrix.matrix_tiles(one.layer, state.view, state.flip, state.period, state.zoom)
        assert (tile is None) == (wanted is None)
        if wanted:
            assert levels(tile["at"], (-1,), "<u4").tolist() == wanted.at.tolist()
            assert levels(tile["ink"], (-1,)).tolist() == wanted.ink.tolist()
            assert (tile["rows"], tile["cols"]) == (wanted.rows, wanted.cols)
    assert [one.read["tile"] is None for one in (shown[0], shown[-1])] == [False, True]


def test_of_the_costs_only_what_is_drawn_is_sent() -> None:
    script = (LOOM / "choices.js").read_text("utf-8")
    assert {*show({}).read["costs"][0]} == {*re.findall(r"\brow\.(\w+)", script)}


def test_the_kernel_arrives_as_typed_and_every_weight_has_a_name_a_colour_and_letters() -> None:
    for shown in (show(way) for way in WAYS):
        state, read, (K, L) = shown.state, shown.read, shown.state.kernel_size
        assert read["kernel"] == [list(row) for row in state.kernel]
        for name in ("bias", "flip", "activation", "view", "period"):
            assert read[name] == getattr(state, name)
        assert read["view"] in [view["kind"] for view in read["views"]]
        assert read["costs"][-1]["kind"] == "conv"
        assert [len({*read[name]}) for name in ("names", "colours")] == [K * L] * 2
        colours = theme.weights(K, L)
        assert read["colours"] == [theme.css(colour) for colour in colours]
        assert read["inks"] == [theme.ink(colour) for colour in colours]


def test_the_axes_are_the_geometry_of_the_layer() -> None:
    for shown in (show(way) for way in WAYS):
        for name, axis in zip(("rows", "cols"), shown.layer.spec.axes(shown.layer.in_shape), strict=True):
            sent = shown.read[name]
            assert (sent["size"], sent["out"], sent["reach"]) == (axis.size, axis.out, axis.reach)
            for tap, reads in zip(sent["taps"], axis.sources(), strict=True):
                found = np.full(axis.out, PADDING)
                for start, stop, source, slope in tap:
                    found[start:stop] = source + slope * np.arange(stop - start)
                np.testing.assert_array_equal(found, reads)


def test_untied_copies_arrive_with_their_places_and_the_limits_of_weights_and_copies_are_those_of_a_link() -> None:
    read = show({"side": 16, "untied": [[15, 1, 2, 2.5], [0, 0, 0, -1.0]]}).read
    assert read["untied"] == [[1, 1, 1, 2, 2, 3, 2.5], [0, 0, 0, 0, 0, 0, -1.0]]
    limits = read["limits"]
    copies = [[n, 0, 0, 1.0] for n in range(limits["copies"] + 1)]
    assert edited(DEFAULT, kernel=[limits["weight"]]).kernel == (tuple(limits["weight"]),)
    assert len(edited(DEFAULT, untied=copies[:-1]).untied) == limits["copies"]
    for name, value in (("kernel", [[1.001 * limits["weight"][1]]]), ("untied", copies)):
        with pytest.raises(ValueError, match=name):
            edited(DEFAULT, **{name: value})


def test_the_colour_tables_are_the_themes() -> None:
    read = show({}).read
    np.testing.assert_array_equal(levels(read["static"], (256, 3)), theme.untied())
    for name, middle in (("light", "#ffffff"), ("dark", "#1b1e25")):
        np.testing.assert_array_equal(levels(read["diverging"][name], (256, 3)), theme.diverging(middle))


def test_the_default_page_sends_less_than_60_kilobytes_and_the_largest_grey_picture_less_than_1200() -> None:
    planes = np.ascontiguousarray(sample(DEFAULT.image, DEFAULT.side).transpose(2, 0, 1)[:1])
    for view in ["conv", "local", "tiled", "dense"]:
        assert len(Shown(edited(DEFAULT, view=view), planes).text) < 60_000
    state = edited(DEFAULT, kernel=[[1 / 3] * 15] * 15, padding="same", side=512, view="local")
    assert len(Shown(state, picture(1, (512, 512))).text) < 1_200_000
