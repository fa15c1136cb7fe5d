"""A unit that is opened shows its own numbers: what it reads, with which weights, and that this makes what it is."""

import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display.cards import Card
from components.pages.network.activations import forward
from components.pages.network.layers import plan_of
from components.pages.network.state import Net
from components.pages.network.unit import UnitDetails, unit_details, up_to_chosen
from components.pages.network.weights import theta_of
from kernels.layer.spec import Shape
from kernels.networks.plan import INPUT, activations
from tests.support.pictures import read_values
from tests.support.text import numbers

Array = NDArray[Any]
POWER = re.compile(r"(-?[\d.]+|nan|inf)(?: \\cdot 10\^\{(-?\d+)\})?")


def of(net: str, inputs: Shape = (1, 8, 8), unit: tuple[int, ...] = (), **more: Any) -> Net:  # noqa: ANN401  # Net's
    return replace(Net(), net=net, inputs=inputs, unit=unit, **({"weights": "random"} | more))


def noise(inputs: Shape) -> Array:
    return np.random.default_rng(4).random(inputs).astype(np.float32)


def shown(own: Net, x: Array | None = None) -> UnitDetails:
    made = plan_of(own)
    found = forward(own, made, noise(own.inputs) if x is None else x)
    whole = unit_details(own, made, found)
    part = up_to_chosen(own, made)
    alone = unit_details(own, part, forward(own, part, found.x))
    assert (whole.title, whole.sentence, whole.formula) == (alone.title, alone.sentence, alone.formula)
    return whole


def outputs(own: Net, x: Array | None = None) -> list[Array]:
    made = plan_of(own)
    return activations(made, theta_of(own, made).values, noise(own.inputs) if x is None else x)


def values(text: str) -> list[float]:
    """The numbers of a formula, in the order in which they are read."""
    return [float(figure) * 10.0 ** int(power or 0) for figure, power in POWER.findall(text)]


def last(formula: str) -> float:
    return values(formula)[-1]


def sides(formula: str) -> list[str]:
    """The lines of a formula, each without what stands before its first &=."""
    inner = formula.removeprefix(r"\begin{aligned}").removesuffix(r"\end{aligned}")
    return [side.strip() for side in inner.split("&=")[1:]]


def maps(card: Card) -> NDArray[np.float32]:
    return read_values(card.pictures[0])


def tiles(sheet: Array, n: int, h: int, w: int) -> Array:
    """The maps of a mosaic, (n, h, w)."""
    if (h, w) == (1, 1):
        return sheet.ravel()[:n].reshape(n, 1, 1)
    across = (sheet.shape[1] + 1) // (w + 1)
    found = [sheet[k // across * (h + 1) :, k % across * (w + 1) :][:h, :w] for k in range(n)]
    return np.stack(found)


NETS: list[tuple[str, Shape]] = [
    ("conv 4 3 padding=same", (2, 6, 6)),
    ("conv 4 3 stride=2 padding=1 mode=circular groups=2", (2, 7, 7)),
    ("conv 3 3 dilation=2 bias=0", (1, 8, 8)),
    ("conv 3 3 padding=2 mode=reflect", (1, 6, 6)),
    ("local 2 3", (2, 6, 6)),
    ("tiled 2 3 2", (1, 8, 8)),
    ("table 0/01/2 3", (3, 6, 6)),
    ("unitbias", (2, 4, 4)),
    ("relu", (1, 4, 4)),
    ("conv 2 3, relu", (1, 5, 5)),
    ("conv 2 3, tanh", (1, 5, 5)),
    ("conv 2 3, sigmoid", (1, 5, 5)),
    ("conv 2 3, max 2", (1, 6, 6)),
    ("conv 2 3, max 3 stride=1", (1, 6, 6)),
    ("conv 2 3, mean 2", (1, 6, 6)),
    ("conv 2 3, globalmax", (1, 5, 5)),
    ("conv 2 3, globalmean", (1, 5, 5)),
    ("conv 2 3, subsample 2", (1, 6, 6)),
    ("conv 2 3, pad 1 value=-1", (1, 5, 5)),
    ("conv 2 3, norm", (1, 5, 5)),
    ("conv 2 3, flatten", (1, 5, 5)),
    ("dense 5", (2, 4, 4)),
    ("dense 5 bias=0", (1, 4, 4)),
    ("flatten, dense 5, softmax", (1, 4, 4)),
    ("dense 2, softmax", (1, 4, 4)),
    ("split, conv 2 3 padding=1, add", (2, 4, 4)),
    ("split, conv 3 3 padding=1, shortcut, conv 3 1, add", (2, 4, 4)),
]


@pytest.mark.parametrize(("net", "inputs"), NETS)
def test_the_formula_of_every_unit_ends_in_its_value(net: str, inputs: Shape) -> None:
    own = of(net, inputs)
    volume = outputs(own)[-1]
    at = len(plan_of(own).rows) - 1
    rng = np.random.default_rng(2)
    ends = [(0, 0, 0), tuple(n - 1 for n in volume.shape)]
    for unit in [*ends, *(tuple(rng.integers(0, volume.shape).tolist()) for _ in range(6))]:
        found = shown(replace(own, unit=(at, *unit)))
        assert last(found.formula) == pytest.approx(float(volume[unit]), rel=6e-3, abs=1e-12), unit
        assert re.match(rf"{at + 1}\. ", found.title)
        first = 0 if "softmax" in net else 1  # classes are counted from 0, as digits are
        place = [unit[0] + first] if math.prod(volume.shape[1:]) == 1 else [n + 1 for n in unit]
        assert numbers(found.title)[1:] == place


@pytest.mark.parametrize(
    ("net", "inputs"), [one for one in NETS if one[0].split()[0] in "conv local tiled table dense"]
)
def test_inputs_times_weights_are_the_products_and_with_the_bias_they_make_the_value(net: str, inputs: Shape) -> None:
    steps = net.split(", ")
    own = of(steps[0], inputs)
    volume = outputs(own)[0]
    for unit in ((0, 0, 0), tuple(n - 1 for n in volume.shape)):
        found = shown(replace(own, unit=(0, *unit)))
        assert [card.title for card in found.cards] == ["Inputs", "Weights", "Products"]
        x, w, products = (maps(card).astype(np.float64) for card in found.cards)
        np.testing.assert_allclose(x * w, products, rtol=1e-6)
        bias = float(volume[unit]) - products.sum()  # biases are 0 at first
        assert bias == pytest.approx(0, abs=1e-5)
        fact = found.cards[2].facts[0]
        assert ("bias" in fact.name) == ("bias=0" not in net)
        assert numbers(fact.text) == pytest.approx([float(volume[unit])], rel=6e-3, abs=1e-9)
        assert float(fact.exact) == pytest.approx(float(volume[unit]), rel=1e-5)
        assert not any(card.facts for card in found.cards[:2])


def test_the_bias_is_in_the_sum() -> None:
    own = Net()
    volume = outputs(own, noise(own.inputs))[0]
    found = shown(replace(own, unit=(0, 3, 5, 6)))
    products = maps(found.cards[2]).astype(np.float64)
    made = plan_of(own)
    bias = float(theta_of(own, made).values[72 + 3])
    assert abs(bias) > 1e-3
    assert products.sum() + bias == pytest.approx(float(volume[3, 5, 6]), rel=1e-5)
    written = values(sides(found.formula)[1])
    assert written[-1] == pytest.approx(bias, rel=6e-3)


def test_the_window_is_the_one_of_the_picture_and_the_weights_are_the_kernel() -> None:
    own = of("conv 3 3x2 stride=2", (2, 7, 8), (0, 1, 2, 3))
    made, x = plan_of(own), noise((2, 7, 8))
    kernel = theta_of(own, made).values[:36].reshape(3, 2, 3, 2)
    found = shown(own, x)
    np.testing.assert_array_equal(tiles(maps(found.cards[0]), 2, 3, 2), x[:, 4:7, 6:8])
    np.testing.assert_array_equal(tiles(maps(found.cards[1]), 2, 3, 2), kernel[1])


def test_taps_that_fall_on_padding_are_zero_in_the_window_and_no_products() -> None:
    own, x = of("conv 1 3 padding=1", (1, 4, 4), (0, 0, 0, 0)), np.ones((1, 4, 4), np.float32)
    found = shown(own, x)
    assert maps(found.cards[0]).tolist() == [[0, 0, 0], [0, 1, 1], [0, 1, 1]]
    assert numbers(found.sentence)[0] == 4


def test_the_terms_of_a_long_sum_that_are_written_out_are_the_largest_and_the_others_are_counted() -> None:
    own = of("conv 1 5", (1, 8, 8), (0, 0, 2, 2))
    found = shown(own)
    products = np.sort(np.abs(maps(found.cards[2]).ravel()))[::-1]
    written = values(sides(found.formula)[1])
    terms = [abs(a * b) for a, b in zip(written[:6:2], written[1:6:2], strict=True)]
    assert terms == pytest.approx(products[:3].tolist(), rel=0.02)
    assert numbers(found.sentence) == [25, 22, 26, 26]
    assert r"\cdots" in found.formula


def test_a_short_sum_is_written_whole_in_the_order_of_the_window_and_can_be_added_up() -> None:
    own = of("conv 1 3", (1, 6, 6), (0, 0, 2, 2))
    found = shown(own)
    written = values(" ".join(sides(found.formula)[1:-1]))
    terms = [a * b for a, b in zip(written[:18:2], written[1:18:2], strict=True)]
    assert terms == pytest.approx(maps(found.cards[2]).ravel().tolist(), rel=0.02, abs=1e-3)
    assert sum(terms) + written[18] == pytest.approx(last(found.formula), abs=0.02)
    assert numbers(found.sentence) == [9, 10, 10]
    assert r"\cdots" not in found.formula


@pytest.mark.parametrize(("net", "inputs"), [*NETS, ("conv 4 3 padding=1, conv 4 3 padding=1, norm", (1, 9, 9))])
def test_negative_numbers_after_a_sign_are_in_braces(net: str, inputs: Shape) -> None:
    own = of(net, inputs)
    volume = outputs(own)[-1]
    at = len(plan_of(own).rows) - 1
    for unit in np.random.default_rng(3).integers(0, volume.shape, (8, 3)).tolist():
        formula = shown(replace(own, unit=(at, *unit))).formula
        assert not re.search(r"(\+|-|\\cdot) *-", formula)


@pytest.mark.parametrize(
    ("pool", "size", "stride"), [("max 2", 2, 2), ("max 3 stride=2", 3, 2), ("max 2 stride=3", 2, 3)]
)
def test_the_winner_of_a_window_is_framed_and_named(pool: str, size: int, stride: int) -> None:
    x = noise((2, 9, 9))
    for unit in ((0, 0, 0), (1, 2, 1)):
        found = shown(of(pool, (2, 9, 9), (0, *unit)), x)
        c, i, j = unit
        window = x[c, i * stride : i * stride + size, j * stride : j * stride + size]
        np.testing.assert_array_equal(maps(found.cards[0]), window)
        k, l = divmod(int(window.argmax()), window.shape[1])
        assert found.cards[0].pictures[0].marks == ((k, l, 1, 1),)
        assert numbers(found.sentence)[:2] == [k + 1, l + 1]
        assert "has won. The others have no say" in found.sentence


def test_where_places_tie_the_first_one_counts_and_it_is_said_how_many_there_are() -> None:
    x = np.zeros((1, 4, 4), np.float32)
    x[0, 0, 1] = x[0, 1, 0] = 0.5
    found = shown(of("max 2", (1, 4, 4), (0, 0, 0, 0)), x)
    assert found.cards[0].pictures[0].marks == ((0, 1, 1, 1),)
    assert "2 places have the same" in found.sentence


def test_the_winner_of_a_whole_map_is_where_it_is() -> None:
    x = noise((2, 5, 6))
    found = shown(of("globalmax", (2, 5, 6), (0, 1, 0, 0)), x)
    assert found.cards[0].pictures[0].marks == ((*divmod(int(x[1].argmax()), 6), 1, 1),)


@pytest.mark.parametrize("net", ["mean 2", "globalmean"])
def test_of_a_mean_all_count_alike(net: str) -> None:
    x = noise((1, 4, 4))
    found = shown(of(net, (1, 4, 4), (0, 0, 0, 0)), x)
    window = maps(found.cards[0])
    assert found.cards[0].pictures[0].marks == ()
    assert numbers(found.sentence) == [window.size]
    assert last(found.formula) == pytest.approx(float(window.mean()), rel=6e-3)


def test_the_numbers_in_the_softmax_make_the_chance() -> None:
    own = of("dense 3, softmax", (1, 4, 4), (1, 2, 0, 0))
    scores = outputs(own)[0].ravel().astype(float)
    found = shown(own)
    line = sides(found.formula)[1]
    written = [float(number) for number in re.findall(r"e\^\{(-?[\d.]+)\}", line)]
    assert written[0] == pytest.approx(scores[2], rel=6e-3)
    assert written[1:] == pytest.approx(sorted(scores, reverse=True), rel=6e-3)
    assert last(found.formula) == pytest.approx(np.exp(scores[2]) / np.exp(scores).sum(), rel=6e-3)
    assert r"\cdots" not in line
    assert found.title.endswith("class 2")
    assert found.formula.startswith(r"\begin{aligned} p_{2} ")


def test_the_terms_of_a_softmax_of_many_are_the_largest() -> None:
    own = of("dense 9, softmax", (1, 4, 4), (1, 4, 0, 0))
    scores = sorted(outputs(own)[0].ravel().tolist(), reverse=True)
    line = sides(shown(own).formula)[1]
    written = [float(number) for number in re.findall(r"e\^\{(-?[\d.]+)\}", line)]
    assert written[1:] == pytest.approx(scores[:3], rel=6e-3)
    assert r"\cdots" in line


def test_the_numbers_of_a_normalised_unit_make_its_value() -> None:
    own = of("conv 2 3, norm", (1, 6, 6), (1, 1, 2, 2))
    volume = outputs(own)[0][1].astype(float)
    gamma, x, mean, spread, beta, value = values(sides(shown(own).formula)[1] + sides(shown(own).formula)[2])
    assert [gamma, beta] == [1, 0]
    assert [x, mean] == pytest.approx([volume[2, 2], volume.mean()], rel=6e-3)
    assert spread == pytest.approx(volume.var() + 1e-5, rel=6e-3)
    assert value == pytest.approx((volume[2, 2] - volume.mean()) / math.sqrt(volume.var() + 1e-5), rel=6e-3)


def test_a_branch_and_its_shortcut_are_added_with_their_numbers() -> None:
    own = of("split, conv 2 3 padding=1, shortcut, conv 2 1, add", (1, 4, 4), (4, 1, 2, 2))
    found = outputs(own)
    line = values(sides(shown(own).formula)[1])
    assert line == pytest.approx([float(found[1][1, 2, 2]), float(found[3][1, 2, 2])], rel=6e-3)


# Which unit.


def test_without_a_choice_the_strongest_unit_of_the_last_layer_is_open() -> None:
    own = Net()
    best = int(outputs(own)[-1].argmax())
    assert shown(own).title == f"9. Softmax: class {best}"
    own = of("conv 3 3, tanh", (1, 6, 6))
    c, i, j = np.unravel_index(int(outputs(own)[-1].argmax()), (3, 4, 4))
    assert numbers(shown(own).title)[1:] == [c + 1, i + 1, j + 1]


@pytest.mark.parametrize(
    "unit", [(9, 0, 0, 0), (8, 10, 0, 0), (0, 0, 16, 0), (0, 0, 0, 16), (999_999,) * 4, (5, 16, 0, 0)]
)
def test_a_unit_that_no_longer_exists_gives_way_to_the_strongest(unit: tuple[int, ...]) -> None:
    own = Net()
    assert shown(replace(own, unit=unit)) == shown(own)


@pytest.mark.parametrize(("net", "inputs"), NETS)
def test_every_unit_of_every_row_can_be_opened(net: str, inputs: Shape) -> None:
    own = of(net, inputs)
    for at, volume in enumerate(outputs(own)):
        for unit in np.ndindex(volume.shape):
            if min(unit) == 0 or sum(unit) % 7 == 0 or unit[0] == volume.shape[0] - 1:
                found = shown(replace(own, unit=(at, *unit)))
                assert found.title
                assert found.formula


@pytest.mark.parametrize("bias", ["", " bias=0"])
def test_a_unit_that_reads_nothing_but_padding_has_no_empty_sum(bias: str) -> None:
    found = shown(of(f"conv 1 1 padding=1{bias}", (1, 4, 4), (0, 0, 0, 0)))
    for side in sides(found.formula):
        assert re.match(r"[\\(\d-]", side), side
    assert "the largest are" not in found.sentence


@pytest.mark.parametrize("net", ["conv 2 3, flatten, tanh, dense 4", "conv 2 3, flatten, dense 4"])
def test_what_was_flattened_is_drawn_as_it_was_before(net: str) -> None:
    own = of(net, (1, 6, 6))
    found = outputs(own)
    card = shown(replace(own, unit=(len(found) - 1, 1, 0, 0))).cards[0]
    assert card.note == "2 × 4 × 4"
    np.testing.assert_array_equal(tiles(maps(card), 2, 4, 4).ravel(), found[-2].ravel())


def test_what_a_dense_layer_has_mixed_is_not_drawn_as_if_it_lay_where_it_was_before() -> None:
    own = of("flatten, dense 16, relu, dense 3", (1, 4, 4), (3, 0, 0, 0))
    assert shown(own).cards[0].note == "16 × 1 × 1"


def test_of_a_very_large_window_it_is_said_that_not_all_of_it_is_drawn() -> None:
    found = shown(of("dense 1", (3, 256, 256), (0, 0, 0, 0)))
    card = found.cards[0]
    drawn = numbers(card.note)[0]
    assert drawn == 3 or re.search(r"drawn|shown|first", card.note + found.sentence)


def test_the_largest_window_takes_no_more_room_than_a_page_has() -> None:
    found = shown(of("dense 1", (3, 256, 256), (0, 0, 0, 0)))
    assert sum(len(card.pictures[0].values) for card in found.cards) < 3_000_000


def test_the_input_alone_is_read_by_the_first_layer() -> None:
    own = of("tanh", (1, 4, 4), (0, 0, 1, 2))
    assert plan_of(own).rows[0].reads == (INPUT,)
    assert values(shown(own).formula)[-2] == pytest.approx(float(noise((1, 4, 4))[0, 1, 2]), rel=6e-3)


@pytest.mark.filterwarnings("ignore:(overflow|invalid|divide):RuntimeWarning")
@pytest.mark.parametrize("last_layer", ["conv 8 3", "add", "norm", "max 2", "globalmean", "softmax", "tanh", "dense 4"])
def test_units_whose_numbers_are_too_large_for_float32_can_be_opened(last_layer: str) -> None:
    grown = ["split, add"] * 127 if last_layer != "add" else ["split, add"] * 127 + ["split"]
    own = of(", ".join([*grown, last_layer]), (1, 6, 6))
    x = np.full((1, 6, 6), 3, np.float32)
    x[0, 3, 3] = -3
    found = shown(own, x)
    told = [found.formula, found.sentence]
    told += [picture.alt for card in found.cards for picture in card.pictures]
    told += [fact.text for card in found.cards for fact in card.facts]
    assert not re.search(r"\b(nan|inf)\b", " ".join(told))
