"""A card shows the numbers of its layer, and what the browser is told of a layer is what the layer reads."""

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display import theme
from components.pages.network import activations, input
from components.pages.network.activations import CELL, MAPS, SIDE, VECTOR, VolumeCard, Volumes
from components.pages.network.layers import plan_of
from components.pages.network.state import Net
from components.pages.network.weights import theta_of
from kernels.images.digits import split
from kernels.layer.spec import Shape, SpecError
from kernels.networks.plan import INPUT
from kernels.networks.plan import activations as run
from kernels.networks.zoo import ZOO
from tests.support.networks import network_of
from tests.support.pictures import read_png
from tests.support.text import numbers, sizes

Array = NDArray[Any]
ONES = np.ones((1, 16, 16), np.float32)


def of(net: str, inputs: Shape = (1, 16, 16), **more: Any) -> Net:  # noqa: ANN401  # Net's own
    return network_of(net, inputs, **({"weights": "random"} | more))


def noise(inputs: Shape) -> Array:
    return input.volume(np.random.default_rng(4).integers(0, 256, inputs, dtype=np.uint8))


def shown(own: Net) -> Volumes:
    made = plan_of(own)
    return activations.volumes_of(made, activations.forward(own, made, noise(own.inputs)))


def outputs_of(own: Net) -> list[Array]:
    """Every row's output."""
    made = plan_of(own)
    return run(made, theta_of(own, made).values, noise(own.inputs))


def is_drawn(pixel: list[int], value: float, high: float) -> bool:
    """Whether a pixel has the colour and opacity of this number, which is rounded once."""
    ink, opacity = theme.NEGATIVE if value < 0 else theme.POSITIVE, round(255 * (abs(value) / high) ** 0.8)
    return abs(pixel[3] - opacity) <= 1 and (opacity <= 1 or pixel[:3] == list(ink))


def place(card: VolumeCard, c: int, i: int, j: int) -> tuple[int, int]:
    """Where in the picture row i and column j of map c are drawn."""
    height, width = card.cells
    return c // card.across * (height + 1) + i, c % card.across * (width + 1) + j


@pytest.mark.parametrize(
    ("net", "inputs"),
    [
        ("conv 5 3 padding=same, relu, split, conv 5 3 padding=1, add, max 2", (1, 7, 9)),
        ("conv 12 3, conv 9 4, tanh", (1, 6, 6)),
        ("conv 2 3, flatten, dense 10, softmax", (1, 6, 6)),
        ("dense 20, tanh, dense 70", (1, 4, 4)),
        ("conv 2 1", (1, 65, 40)),
        ("conv 6 1 padding=1", (1, 150, 256)),
    ],
)
def test_a_card_is_the_numbers_of_its_layer_pixel_by_pixel(net: str, inputs: Shape) -> None:
    found, outputs = shown(of(net, inputs)), outputs_of(of(net, inputs))
    for card in found.cards[1:]:
        output, picture = outputs[card.at], read_png(card.src)
        maps, height, width = output.shape
        places = height * width > 1
        step = max(1, -(-max(height, width) // SIDE))
        assert (card.shape, picture.shape[:2]) == (output.shape, card.size)
        assert card.shown == min(maps, MAPS if places else VECTOR)
        assert card.cells == ((-(-height // step), -(-width // step)) if places else (CELL, CELL))
        assert max(card.cells) <= SIDE
        high = float(np.abs(output[: card.shown]).max())
        for c in range(card.shown):
            for i, j in np.random.default_rng(c).integers(0, card.cells, (30, 2)).tolist():
                value = float(output[c, i * step, j * step] if places else output[c, 0, 0])
                assert is_drawn(picture[place(card, c, i, j)].tolist(), value, high), (card.title, c, i, j)


@pytest.mark.parametrize("inputs", [(1, 8, 8), (3, 100, 256)])
def test_the_input_is_shown_as_the_picture_it_is(inputs: Shape) -> None:
    levels = np.random.default_rng(4).integers(0, 256, inputs, dtype=np.uint8)
    card = shown(of("relu", inputs)).cards[0]
    np.testing.assert_array_equal(read_png(card.src), levels[0] if inputs[0] == 1 else np.moveaxis(levels, 0, 2))
    assert (card.at, card.title, card.shown, card.across) == (INPUT, "Input", 1, 1)
    assert (card.shape, card.cells, card.size) == (inputs, inputs[1:], inputs[1:])


@pytest.mark.parametrize(
    ("net", "at", "titles"),
    [
        ("conv 4 3 padding=1, split, conv 4 3 padding=1, shortcut, conv 4 1, add, relu", [0, 2, 4, 5, 6],
         ["1. Convolution", "3. Convolution", "5. Convolution", "6. Branch end: add", "7. ReLU"]),
        ("conv 4 3, relu, conv 4 64, relu", [0, 1], ["1. Convolution", "2. ReLU"]),  # as far as it fits
        ("", [], []),
    ],
)  # fmt: skip
def test_there_is_a_card_for_the_input_and_every_layer_but_not_for_where_branches_begin(
    net: str, at: list[int], titles: list[str]
) -> None:
    found = shown(of(net))
    assert [card.at for card in found.cards] == [INPUT, *at]
    assert [card.title for card in found.cards] == ["Input", *titles]
    assert [card.note for card in found.cards[1:2]] == [net.split(", ")[0]][: len(at)]
    assert (found.probabilities, found.theta_chosen) == ([], 0)


@pytest.mark.parametrize(("many", "side"), [(40, SIDE), (41, 28)])
def test_among_many_layers_maps_are_smaller(many: int, side: int) -> None:
    found = shown(of(", ".join(["tanh"] * many), (1, 100, 60)))
    assert max(found.cards[-1].cells) <= side < 2 * max(found.cards[-1].cells)


def test_the_text_alternative_says_how_many_maps_how_large_and_how_strong() -> None:
    own = of("conv 12 3, flatten")
    found = shown(own)
    told = numbers(found.cards[1].alt)
    assert told == [1, 12, 14, 14, 8, pytest.approx(np.abs(outputs_of(own)[0][:8]).max(), rel=0.006)]
    texts = [card["text"] for card in activations.props(plan_of(own), found, ())["cards"]]
    assert texts == ["1 × 16 × 16", "12 × 14 × 14\n8 of 12 shown", "2352 × 1 × 1\n64 of 2352 shown"]


DOUBLED = ", ".join(["split, add"] * 127)


@pytest.mark.filterwarnings("ignore:(overflow|invalid|divide):RuntimeWarning")
@pytest.mark.parametrize(
    "net", [f"{DOUBLED}, {last}" for last in ("split, add", "conv 8 3, tanh", "norm, tanh", "globalmean, softmax")]
)
def test_numbers_too_large_for_float32_stop_no_page(net: str) -> None:
    own = of(net, (3, 16, 16))
    made, x = plan_of(own), np.ones(own.inputs, np.float32)
    assert (made.fault, len(made.rows), activations.refused(made)) == (None, len(made.configs), "")
    found = activations.volumes_of(made, activations.forward(own, made, x))
    data = activations.props(made, found, ())
    assert json.loads(json.dumps(data, allow_nan=False))["gap"] == 1
    told = [*(card["alt"] for card in data["cards"]), activations.prediction(own, made, found, x)]
    assert not re.search(r"\b(nan|inf)\b", " ".join(told))


def test_the_probabilities_are_the_last_layers_numbers_where_it_is_a_softmax_of_few() -> None:
    own = of("flatten, dense 16, softmax")
    assert shown(own).probabilities == [float(p) for p in outputs_of(own)[-1].ravel()]
    assert sum(shown(own).probabilities) == pytest.approx(1)
    for net in ("flatten, dense 7", "flatten, dense 17, softmax", "flatten, dense 7, softmax, relu", "softmax"):
        assert shown(of(net)).probabilities == []


def test_the_prediction_names_the_best_class_its_probability_and_whether_it_is_right() -> None:
    label, found = split(1197, 600, 0)[1].labels[Net().digit], Volumes([], [0.1] * 10, 3)

    def told(own: Net, best: int, x: Array = ONES) -> str:
        volumes = replace(found, probabilities=[0.7 if n == best else 0.03 for n in range(10)] if best >= 0 else [])
        return activations.prediction(own, plan_of(own), volumes, x)

    other = (label + 1) % 10
    assert told(Net(), label) == f"Prediction: **{label}** (70%), correct."
    assert told(Net(), other) == f"Prediction: **{other}** (70%), incorrect: the digit is {label}."
    assert told(replace(Net(), shown="sheet"), 3) == "Prediction: **3** (70%)."
    assert told(Net(), -1) == "Output: 10 × 1 × 1."
    for silent in (told(Net(), 3, 0 * ONES), told(replace(Net(), weights="random"), 3)):
        assert not numbers(silent)
    assert "Draw" in told(replace(Net(), weights="random"), 3, 0 * ONES)


def test_the_bars_are_the_probabilities_and_small_ones_are_not_none() -> None:
    own = of("flatten, dense 4, softmax")
    found = replace(shown(own), probabilities=[0.9996, 0.0005, 0.0004, 0.0])
    told = activations.props(plan_of(own), found, ())["probabilities"]
    assert [(one["label"], one["share"], one["text"]) for one in told] == [
        *(("0", 0.9996, "100.0%"), ("1", 0.0005, "0.1%"), ("2", 0.0004, "< 0.1%"), ("3", 0.0, "< 0.1%")),
    ]


def test_what_is_too_large_is_said_with_what_it_would_need_and_the_rest_runs() -> None:
    for known in ZOO:
        text = activations.refused(known.plan)
        assert bool(text) == (known.id in ("alexnet", "vgg16", "resnet50", "mobilenet_full"))
        if text:
            need, limit = sizes(text)
            assert need == pytest.approx(known.plan.memory, rel=0.05)
            assert limit == 128e6 < need
            with pytest.raises(SpecError, match=r"needs [\d,]+ bytes"):
                activations.forward(of("relu"), known.plan, noise(known.in_shape))


def test_a_unit_is_framed_if_a_card_has_it() -> None:
    own = of("conv 8 3, relu")
    found = shown(own)
    for unit, framed in (
        ((0, 7, 13, 13), True), ((-1, 0, 15, 15), True), ((0, 8, 0, 0), False), ((0, 0, 14, 0), False),
        ((1, 0, 0, 14), False), ((2, 0, 0, 0), False), ((), False),
    ):  # fmt: skip
        assert activations.props(plan_of(own), found, unit)["unit"] == (unit if framed else ())
