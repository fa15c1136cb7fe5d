"""States of the Explore page, and what the page makes of them."""

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from components.display.layer import Convolved, gradient_notes, layer_of, output_map
from components.pages.explore import text
from components.pages.explore.faces import faces
from components.pages.explore.loom import props, still_props
from components.pages.explore.untied_copies import untied_copies
from components.state.link import edited
from components.state.setup import DRAWING, Setup
from kernels.images.decode import planes
from kernels.images.samples import drawn, sample
from tests.support.layers import picture

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Case:
    """A state by its changes, on a random picture."""

    change: dict[str, object] = field(default_factory=dict)
    size: tuple[int, int] = (9, 11)
    channels: int = 1
    untied: str = ""

    def __str__(self) -> str:
        """The name pytest prints."""
        return f"{self.change} {self.size} {self.channels} {self.untied}"

    def made(self) -> Convolved:
        state = edited(edited(Setup(), **self.change), untied=self.untied or ())
        planes = picture(self.channels, self.size)
        layer = layer_of(state, self.size)
        return Convolved(state, layer, planes, output_map(state, layer, planes))


CASES = [
    Case(),
    Case(channels=3),
    Case({"flip": True}),
    Case({"kernel": "1,2,3;4,5,7", "stride": 2, "padding": 1, "bias": 0.5}),
    Case({"kernel": "1,-2;0.5,3;4,1", "padding": "same", "mode": "reflect"}, (12, 8), 3),
    Case({"kernel": "0.1,0.7,-1.5", "padding": "full", "dilation": 2, "flip": True}),
    Case({"kernel": "1,2;3,4", "padding": 3, "mode": "circular", "stride": 3, "bias": -1.25}),
    Case({"padding": 2, "mode": "replicate", "stride": 2, "dilation": 2}, (12, 8)),
    Case({"kernel": "3"}, (1, 1)),
    Case({"kernel": "1;2;-3", "stride": 4, "padding": 1}, (10, 7)),
    Case({"kernel": ";".join(["1,-1,2,0.5,1,3,-2,1"] * 8), "padding": "same", "bias": 0.125}),
    Case({"kernel": ";".join(["0.25,-1,2"] * 4), "padding": "same", "mode": "circular", "dilation": 3}, (13, 12)),
    Case({"padding": "full", "mode": "reflect", "stride": 3, "flip": True}, (11, 9), 3),
    Case({"activation": "relu", "bias": 0.1}),
    Case({"activation": "abs"}, channels=3),
    Case({"activation": "sigmoid", "bias": -2.5}),
    Case({"activation": "tanh", "padding": "same"}),
    Case({"kernel": "1e6,-999999.5;0.000001,0.1", "activation": "sigmoid"}),
    Case({"padding": 1}, untied="0,1,1,9;13,0,2,-4;13,2,0,0.25;20,1,0,0"),
    Case({"padding": 1, "flip": True, "bias": 0.5, "activation": "relu"}, (8, 9), 3, "0,1,1,9;13,0,2,-4"),
    Case({"padding": 2, "mode": "replicate", "stride": 2}, untied="0,0,0,5;0,0,1,-3;7,2,2,1.5"),
    Case({"padding": 2, "mode": "reflect", "dilation": 2, "stride": 2}, (12, 12), 1, "0,0,0,5;3,1,2,-7.5"),
    Case({"padding": "full", "mode": "circular"}, untied="0,0,0,0.3333333333333333;30,2,1,2"),
    Case({"padding": 1}, untied="0,0,0,9;500,1,1,9;5,3,0,1"),  # none of them is a connection
    Case({"stride": 16, "padding": 40, "kernel": "2"}, (20, 30)),
    Case({"padding": "same", "bias": 1}, (65, 40)),  # too large to lie in the script
    Case({"stride": 3, "mode": "reflect", "padding": 2, "flip": True}, (20, 70), 3, "4,0,1,-2"),
    Case({"dilation": 4, "kernel": ";".join(["0.1,-0.2,0.3,0.7,1"] * 5)}, (64, 64), 3),
]


SESSION = ("origin", "applied", "scene", "parts", "acts")  # of the props, what is of the session or the step


def picture_of(state: Setup) -> NDArray[np.uint8]:
    """The picture as (channels, h, w), for any that a link can hold."""
    if state.image == DRAWING:
        return planes(drawn(state.drawing), state.colour)
    return planes(sample(state.image, state.side), state.colour)


def expected(state: Setup, picture: NDArray[np.uint8] | None = None) -> tuple[dict[str, Any], str]:
    """What the loom is sent in this state, as JSON brings it, and the title in Markdown."""
    picture = picture_of(state) if picture is None else picture
    layer = layer_of(state, picture.shape[1:])
    made = Convolved(state, layer, picture, output_map(state, layer, picture))
    data = props(made) | still_props(made)
    data["faces"] = faces(state, layer, picture)
    data["copies"] = untied_copies(state, layer, picture)
    data["notes"] = gradient_notes(state, layer, picture)
    data["letters"] = False
    return json.loads(json.dumps(data)), text.headline(layer)


def close(found: Any, wanted: NDArray[np.float64]) -> None:  # noqa: ANN401  # an array of either library
    np.testing.assert_allclose(np.asarray(found), wanted, rtol=0, atol=1e-9 * max(1.0, float(np.abs(wanted).max())))
