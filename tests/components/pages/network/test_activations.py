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
from kernels.layer.spec import Shape, SpecError
from kernels.networks.plan import INPUT
from kernels.networks.plan import activations as run
from kernels.networks.zoo import ZOO
from tests.support.pictures import read_png
from tests.support.text import numbers, sizes

Array = NDArray[Any]


def of(net: str, inputs: Shape = (1, 16, 16), **more: Any) -> Net:  # noqa: ANN401  # Net's own
    return replace(Net(), net=net, inputs=inputs, **({"weights": "random"} | more))


def noise(inputs: Shape) -> Array:
    return input.volume(np.random.default_rng(4).integers(0, 256, inputs, dtype=np.uint8))


def flowed(own: Net) -> tuple[Volumes, Array, list[Array]]:
    """What is shown, the input, and every row's output."""
    made, x = plan_of(own), noise(own.inputs)
    return activations.volumes_of(made, activations.forward(own, made, x)), x, run(made, theta_of(own, made).values, x)


def pixel(value: float, high: float) -> list[int]:
    """A number as its colour and opacity."""
    ink = theme.NEGATIVE if value < 0 else theme.POSITIVE
    return [*ink, round(255 * (abs(value) / high) ** 0.8) if high else 0]


def cell(card: VolumeCard, picture: Array, c: int, i: int, j: int) -> list[int]:
    """The pixel of map c at row i and column j as it is drawn."""
    height, width = card.cells
    top, left = c // card.across * (height + 1), c % card.across * (width + 1)
    found: list[int] = picture[top + i, left + j].tolist()
    return found


def same(found: list[int], wanted: list[int]) -> bool:
    """Opacity is rounded once."""
    return abs(found[3] - wanted[3]) <= 1 and (wanted[3] <= 1 or found[:3] == wanted[:3])


# Cards.

NETS: list[tuple[str, Shape]] = [
    ("conv 3 3 padding=same, tanh, mean 2", (1, 8, 6)),
    ("conv 1 3", (3, 6, 9)),
    ("conv 5 3 padding=same, relu, split, conv 5 3 padding=1, add, max 2", (1, 7, 7)),
    ("conv 12 3", (1, 6, 6)),
    ("conv 2 3, flatten, dense 10, softmax", (1, 6, 6)),
    ("conv 9 9, tanh", (1, 9, 9)),
    ("dense 20, tanh, dense 70", (1, 4, 4)),
    ("conv 2 1", (1, 65, 40)),
    ("conv 6 1 padding=1", (1, 150, 256)),
]


@pytest.mark.parametrize(("net", "inputs"), NETS)
def test_a_card_is_the_numbers_of_its_layer_pixel_by_pixel(net: str, inputs: Shape) -> None:
    found, _, outputs = flowed(of(net, inputs))
    for card in found.cards[1:]:
        output, picture = outputs[card.at], read_png(card.src)
        maps, height, width = output.shape
        places = height * width > 1
        assert (card.shape, picture.shape[:2]) == (output.shape, card.size)
        assert card.shown == min(maps, MAPS if places else VECTOR)
        high = float(np.abs(output[: card.shown]).max())
        step = 1 if max(height, width) <= SIDE else -(-max(height, width) // SIDE)
        if places:
            assert card.cells == (-(-height // step), -(-width // step))
            assert max(card.cells) <= SIDE
        else:
            assert card.cells == (CELL, CELL)
        rng = np.random.default_rng(1)
        for c in range(card.shown):
            for i, j in rng.integers(0, card.cells, (30, 2)).tolist():
                value = float(output[c, i * step, j * step] if places else output[c, 0, 0])
                assert same(cell(card, picture, c, i, j), pixel(value, high)), (card.title, c, i, j)


@pytest.mark.parametrize("inputs", [(1, 8, 8), (3, 8, 12), (1, 256, 200), (3, 100, 256)])
def test_the_input_is_shown_as_the_picture_it_is(inputs: Shape) -> None:
    levels = np.random.default_rng(4).integers(0, 256, inputs, dtype=np.uint8)
    found, x, _ = flowed(of("relu", inputs))
    card = found.cards[0]
    wanted = levels[0] if inputs[0] == 1 else np.moveaxis(levels, 0, 2)
    np.testing.assert_array_equal(read_png(card.src), wanted)
    np.testing.assert_allclose(x, levels / 255, atol=1e-7)
    assert (card.at, card.title, card.shown, card.across) == (INPUT, "Input", 1, 1)
    assert (card.shape, card.cells, card.size) == (inputs, inputs[1:], inputs[1:])


def test_there_is_a_card_for_the_input_and_every_layer_but_not_for_where_branches_begin() -> None:
    found, _, _ = flowed(of("conv 4 3 padding=1, split, conv 4 3 padding=1, shortcut, conv 4 1, add, relu"))
    assert [card.at for card in found.cards] == [INPUT, 0, 2, 4, 5, 6]
    assert [card.title for card in found.cards[1:]] == [
        *("1. Convolution", "3. Convolution", "5. Convolution", "6. Branch ends: add", "7. ReLU"),
    ]
    assert found.cards[1].note == "conv 4 3 padding=1"


@pytest.mark.parametrize(("many", "side"), [(40, SIDE), (41, 28)])
def test_among_many_layers_maps_are_smaller(many: int, side: int) -> None:
    found, _, _ = flowed(of(", ".join(["tanh"] * many), (1, 100, 60)))
    assert max(found.cards[-1].cells) <= side < 2 * max(found.cards[-1].cells)


def test_the_text_alternative_says_how_many_maps_how_large_and_how_strong() -> None:
    found, _, outputs = flowed(of("conv 12 3, flatten"))
    told = numbers(found.cards[1].alt)
    assert told[:5] == [1, 12, 14, 14, 8]
    assert told[5] == pytest.approx(np.abs(outputs[0][:8]).max(), rel=0.006)
    texts = [card["text"] for card in activations.props(plan_of(of("conv 12 3, flatten")), found, ())["cards"]]
    assert texts == ["1 × 16 × 16", "12 × 14 × 14, 8 shown", "2352 × 1 × 1, 64 shown"]


def test_a_network_that_does_not_fit_flows_as_far_as_it_does() -> None:
    found, _, _ = flowed(of("conv 4 3, relu, conv 4 64, relu"))
    assert [card.at for card in found.cards] == [INPUT, 0, 1]


def test_a_network_without_layers_shows_its_input() -> None:
    found, _, _ = flowed(of(""))
    assert ([card.at for card in found.cards], found.probabilities, found.theta_chosen) == ([INPUT], [], 0)


DOUBLED = ", ".join(["split, add"] * 128)


@pytest.mark.filterwarnings("ignore:(overflow|invalid|divide):RuntimeWarning")
@pytest.mark.parametrize(
    ("net", "inputs"),
    [
        (DOUBLED, (1, 16, 16)),
        (f"{DOUBLED.removesuffix(', split, add')}, conv 8 3, tanh", (1, 16, 16)),
        (f"{DOUBLED.removesuffix(', split, add')}, norm, tanh", (1, 16, 16)),
        (f"{DOUBLED.removesuffix(', split, add')}, globalmean, softmax", (3, 16, 16)),
        (", ".join(["pad 1 value=100, conv 16 3"] * 120), (1, 16, 16)),
    ],
)
def test_numbers_too_large_for_float32_stop_no_page(net: str, inputs: Shape) -> None:
    own = of(net, inputs)
    made = plan_of(own)
    assert (made.fault, len(made.rows)) == (None, len(made.configs))
    assert activations.refused(made) == ""
    found = activations.volumes_of(made, activations.forward(own, made, np.ones(inputs, np.float32)))
    data = activations.props(made, found, ())
    assert json.loads(json.dumps(data, allow_nan=False))["gap"] == 1
    told = " ".join(
        [*(card["alt"] for card in data["cards"]), activations.prediction(found.probabilities, 3, True, False)]
    )
    assert not re.search(r"\b(nan|inf)\b", told)


# Chances.


def test_the_chances_are_the_last_layers_numbers_where_it_is_a_softmax_of_few() -> None:
    found, _, outputs = flowed(of("flatten, dense 7, softmax"))
    assert found.probabilities == [float(p) for p in outputs[-1].ravel()]
    assert sum(found.probabilities) == pytest.approx(1)
    for net in ("flatten, dense 7", "flatten, dense 17, softmax", "flatten, dense 7, softmax, relu", "softmax", ""):
        assert flowed(of(net))[0].probabilities == []


@pytest.mark.parametrize(
    ("label", "said"), [(2, "it is a 2: right."), (1, "it is a 1: wrong."), (None, "**2** with 70 %.")]
)
def test_the_sentence_names_the_best_its_share_and_whether_it_is_right(label: int | None, said: str) -> None:
    text = activations.prediction([0.1, 0.2, 0.7], label, True, False)
    assert text.endswith(said)
    assert "**2** with 70 %" in text


def test_without_chances_nothing_is_claimed() -> None:
    assert not numbers(activations.prediction([], 3, True, False))


def test_nothing_is_claimed_of_an_empty_sheet_or_of_a_network_that_nobody_taught() -> None:
    for trained, empty in ((True, True), (False, False), (False, True)):
        assert not numbers(activations.prediction([0.1, 0.2, 0.7], 2, trained, empty))


def test_the_bars_are_the_chances_and_small_ones_are_not_none() -> None:
    found, _, _ = flowed(of("flatten, dense 3, softmax"))
    found = replace(found, probabilities=[0.9996, 0.0004, 0.0])
    told = activations.props(plan_of(of("flatten, dense 3, softmax")), found, ())["probabilities"]
    assert [(one["label"], one["share"], one["text"]) for one in told] == [
        *(("0", 0.9996, "100.0 %"), ("1", 0.0004, "< 0.1 %"), ("2", 0.0, "< 0.1 %")),
    ]


# What is too large.


@pytest.mark.parametrize("id", [known.id for known in ZOO])
def test_what_is_too_large_is_said_with_what_it_would_need_and_the_rest_runs(id: str) -> None:
    made = next(known for known in ZOO if known.id == id).plan
    text = activations.refused(made)
    assert bool(text) == (id in ("alexnet", "vgg16", "resnet50"))
    if text:
        need, limit = sizes(text)
        assert need == pytest.approx(made.memory, rel=0.05)
        assert limit == 128e6 < need
        with pytest.raises(SpecError, match=r"needs [\d,]+ bytes"):
            activations.forward(of("relu"), made, noise(made.in_shape))


# What hangs together.


@pytest.mark.parametrize(
    ("net", "wanted"),
    [
        ("conv 4 3", {"how": "window", "channels": {"each": 4, "reads": 2}}),
        ("conv 4 3 groups=2", {"how": "window", "channels": {"each": 2, "reads": 1}}),
        ("local 4 3", {"how": "window", "channels": {"each": 4, "reads": 2}}),
        ("table 0/1/01 3", {"how": "window", "channels": ((0,), (1,), (0, 1))}),
        ("max 2", {"how": "window", "channels": None}),
        ("subsample 2", {"how": "window", "channels": None}),
        ("globalmax", {"how": "map"}),
        ("flatten", {"how": "flat"}),
        ("dense 3", {"how": "all"}),
        ("softmax", {"how": "all"}),
        ("pad 1x2", {"how": "pad", "before": [1, 1]}),
        ("norm", {"how": "same"}),
        ("relu", {"how": "same"}),
        ("unitbias", {"how": "same"}),
        ("split, add", {"how": "same"}),
    ],
)
def test_the_browser_is_told_how_a_unit_hangs(net: str, wanted: dict[str, object]) -> None:
    (row, *_) = plan_of(of(net, (2, 8, 8))).rows
    found = activations.field_rule(row)
    assert {name: found[name] for name in wanted} == wanted
    assert (found["reads"], found["shape"]) == ((INPUT,), (2, 8, 8))


@pytest.mark.parametrize("unit", [(0, 0, 900, 900), (0, 9, 0, 0), (0, 0, 0, 14), (7, 0, 0, 0)])
def test_a_unit_that_does_not_exist_is_not_framed(unit: tuple[int, ...]) -> None:
    own = of("conv 8 3, relu", unit=unit)
    data = activations.props(plan_of(own), flowed(own)[0], own.unit)
    if data["unit"]:
        at, *unit = data["unit"]
        shape = next(card["shape"] for card in data["cards"] if card["at"] == at)
        assert all(n < size for n, size in zip(unit, shape, strict=True))
