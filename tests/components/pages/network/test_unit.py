"""A unit shows its own numbers: what it reads, with which weights, and that this makes what it is."""

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
from tests.support.networks import NETS, SMALL
from tests.support.pictures import read_values
from tests.support.text import exact, numbers

Array = NDArray[Any]
POWER = re.compile(r"(-?[\d.]+|nan|inf)(?: \\cdot 10\^\{(-?\d+)\})?")
SUMS = ("conv", "local", "tiled", "table", "dense", "subsample")


def of(net: str, inputs: Shape = (1, 8, 8), unit: tuple[int, ...] = ()) -> Net:
    return replace(Net(), net=net, inputs=inputs, unit=unit, weights="random")


def noise(inputs: Shape) -> Array:
    return np.random.default_rng(4).random(inputs).astype(np.float32)


def shown(own: Net, x: Array | None = None) -> UnitDetails:
    """The unit in the whole network, which is the unit in the network that ends with its row."""
    made = plan_of(own)
    found = forward(own, made, noise(own.inputs) if x is None else x)
    whole = unit_details(own, made, found)
    part = up_to_chosen(own, made)
    alone = unit_details(own, part, forward(own, part, found.x))
    assert (whole.title, whole.sentence, whole.formula) == (alone.title, alone.sentence, alone.formula)
    return whole


def outputs(own: Net) -> list[Array]:
    made = plan_of(own)
    return activations(made, theta_of(own, made).values, noise(own.inputs))


def values(text: str) -> list[float]:
    """The numbers of a formula, in the order in which they are read."""
    return [float(figure) * 10.0 ** int(power or 0) for figure, power in POWER.findall(text)]


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
    return np.stack([sheet[k // across * (h + 1) :, k % across * (w + 1) :][:h, :w] for k in range(n)])


@pytest.mark.parametrize("name", SMALL)
def test_the_formula_of_a_unit_ends_in_its_value_and_its_products_make_it(name: str) -> None:
    own = of(*NETS[name])
    for at, (row, volume) in enumerate(zip(plan_of(own).rows, outputs(own), strict=True)):
        some = np.random.default_rng(2).integers(0, volume.shape, (3, 3)).tolist()
        for unit in ((0, 0, 0), tuple(n - 1 for n in volume.shape), *map(tuple, some)):
            found, value = shown(replace(own, unit=(at, *unit))), float(volume[unit])
            assert values(found.formula)[-1] == pytest.approx(value, rel=6e-3, abs=1e-12), unit
            first = 0 if row.config.op == "softmax" else 1  # classes are counted from 0, as digits are
            place = [unit[0] + first] if math.prod(volume.shape[1:]) == 1 else [n + 1 for n in unit]
            assert numbers(found.title) == [at + 1, *place]
            assert not re.search(r"(\+|-|\\cdot) *-", found.formula)  # negative numbers after a sign are in braces
            if row.config.op in SUMS:
                adds_up(found.cards, value, "bias=0" not in str(row.config))


def adds_up(cards: list[Card], value: float, biased: bool) -> None:
    """Inputs times weights are the products, and with the bias, which is 0 at first, they make the value."""
    assert [card.title for card in cards] == ["Inputs", "Weights", "Products"]
    x, w, products = (maps(card).astype(np.float64) for card in cards)
    np.testing.assert_allclose(x * w, products, rtol=1e-6)
    assert products.sum() == pytest.approx(value, abs=1e-5)
    (fact,) = cards[2].facts
    assert ("bias" in fact.name) == biased
    assert numbers(fact.text) == pytest.approx([value], rel=6e-3, abs=1e-9)
    assert exact(fact.exact) == pytest.approx(value, rel=1e-5)
    assert not any(card.facts for card in cards[:2])


def test_the_bias_is_in_the_sum() -> None:
    own = replace(Net(), unit=(0, 3, 5, 6))
    found, volume = shown(own), outputs(own)[0]
    bias = float(theta_of(own, plan_of(own)).values[72 + 3])
    assert abs(bias) > 1e-3
    products = maps(found.cards[2]).astype(np.float64)
    assert products.sum() + bias == pytest.approx(float(volume[3, 5, 6]), rel=1e-5)
    assert values(sides(found.formula)[1])[-1] == pytest.approx(bias, rel=6e-3)


def test_the_window_is_the_one_of_the_picture_and_the_weights_are_the_kernel() -> None:
    own, x = of("conv 3 3x2 stride=2", (2, 7, 8), (0, 1, 2, 3)), noise((2, 7, 8))
    kernel = theta_of(own, plan_of(own)).values[:36].reshape(3, 2, 3, 2)
    found = shown(own, x)
    np.testing.assert_array_equal(tiles(maps(found.cards[0]), 2, 3, 2), x[:, 4:7, 6:8])
    np.testing.assert_array_equal(tiles(maps(found.cards[1]), 2, 3, 2), kernel[1])


def test_taps_that_fall_on_padding_are_zero_in_the_window_and_no_products() -> None:
    found = shown(of("conv 1 3 padding=1", (1, 4, 4), (0, 0, 0, 0)), np.ones((1, 4, 4), np.float32))
    assert maps(found.cards[0]).tolist() == [[0, 0, 0], [0, 1, 1], [0, 1, 1]]
    assert numbers(found.sentence)[0] == 4
    for bias in ("", " bias=0"):  # and a unit that reads nothing but padding has no empty sum
        found = shown(of(f"conv 1 1 padding=1{bias}", (1, 4, 4), (0, 0, 0, 0)))
        assert all(re.match(r"[\\(\d-]", side) for side in sides(found.formula))
        assert "the largest are" not in found.sentence


@pytest.mark.parametrize(("net", "counts"), [("conv 1 5", [25, 22, 26, 26]), ("conv 1 3x4", [12, 13, 13])])
def test_a_short_sum_is_written_whole_and_of_a_long_one_the_largest_terms(net: str, counts: list[int]) -> None:
    found = shown(of(net, (1, 8, 8), (0, 0, 2, 2)))
    products, whole = maps(found.cards[2]).ravel(), counts[0] <= 12
    written = values(" ".join(sides(found.formula)[1:-1]))
    wanted = products if whole else sorted(products, key=abs, reverse=True)[:3]
    many = 2 * len(wanted)
    terms = [a * b for a, b in zip(written[:many:2], written[1:many:2], strict=True)]
    assert terms == pytest.approx(list(wanted), rel=0.02, abs=1e-3)
    assert len(written) == many + 1  # and the bias
    assert numbers(found.sentence) == counts
    assert (r"\cdots" in found.formula) != whole


@pytest.mark.parametrize(
    ("net", "unit", "note"),
    [
        ("conv 2 3, flatten, tanh, dense 4", (3, 1, 0, 0), "2 × 4 × 4"),  # drawn as it was before it was flattened
        ("conv 2 3, flatten, dense 4", (2, 1, 0, 0), "2 × 4 × 4"),
        ("flatten, dense 16, relu, dense 3", (3, 0, 0, 0), "16 × 1 × 1"),  # mixed: no places any more
    ],
)
def test_what_was_flattened_is_drawn_as_it_was_before(net: str, unit: tuple[int, ...], note: str) -> None:
    own = of(net, (1, 6, 6), unit)
    card = shown(own).cards[0]
    assert card.note == note
    found = tiles(maps(card), *map(int, note.split(" × ")))
    np.testing.assert_array_equal(found.ravel(), outputs(own)[-2].ravel())


def test_of_a_very_large_window_part_is_drawn_and_it_is_said() -> None:
    own = of("dense 1", (3, 190, 190), (0, 0, 0, 0))
    made = plan_of(own)
    found = unit_details(own, made, forward(own, made, noise(own.inputs)))
    assert numbers(found.cards[0].note)[0] == 2
    assert "are drawn" in found.sentence
    assert sum(len(card.pictures[0].values) for card in found.cards) < 3_000_000


@pytest.mark.parametrize(
    ("pool", "unit", "corner", "size"),
    [
        ("max 2", (0, 0, 0), (0, 0), 2),
        ("max 2", (1, 2, 1), (4, 2), 2),
        ("max 3 stride=2", (1, 2, 1), (4, 2), 3),
        ("max 2 stride=3", (1, 2, 1), (6, 3), 2),
        ("globalmax", (1, 0, 0), (0, 0), 9),
    ],
)
def test_the_winner_of_a_window_is_framed_and_named(
    pool: str, unit: tuple[int, int, int], corner: tuple[int, int], size: int
) -> None:
    x, (top, left) = noise((2, 9, 9)), corner
    found = shown(of(pool, (2, 9, 9), (0, *unit)), x)
    window = x[unit[0], top : top + size, left : left + size]
    np.testing.assert_array_equal(maps(found.cards[0]), window)
    k, l = divmod(int(window.argmax()), size)
    assert found.cards[0].pictures[0].marks == ((k, l, 1, 1),)
    assert numbers(found.sentence)[:2] == [k + 1, l + 1]
    assert "has the maximum. The others have no effect" in found.sentence


def test_of_equals_the_first_one_counts() -> None:
    x = np.zeros((1, 4, 4), np.float32)
    x[0, 0, 1] = x[0, 1, 0] = 0.5
    found = shown(of("max 2", (1, 4, 4), (0, 0, 0, 0)), x)
    assert found.cards[0].pictures[0].marks == ((0, 1, 1, 1),)
    assert "2 positions tie" in found.sentence


@pytest.mark.parametrize("net", ["mean 2", "globalmean"])
def test_of_a_mean_all_count_alike(net: str) -> None:
    found = shown(of(net, (1, 4, 4), (0, 0, 0, 0)))
    assert found.cards[0].pictures[0].marks == ()
    assert numbers(found.sentence) == [maps(found.cards[0]).size]
    assert values(found.formula)[-1] == pytest.approx(float(maps(found.cards[0]).mean()), rel=6e-3)


@pytest.mark.parametrize(("many", "written"), [(3, 3), (9, 3)])
def test_the_numbers_in_the_softmax_make_the_probability_and_are_the_largest(many: int, written: int) -> None:
    own = of(f"dense {many}, softmax", (1, 4, 4), (1, 2, 0, 0))
    scores, found = outputs(own)[0].ravel().astype(float), shown(own)
    line = sides(found.formula)[1]
    powers = [float(number) for number in re.findall(r"e\^\{(-?[\d.]+)\}", line)]
    assert powers == pytest.approx([scores[2], *sorted(scores, reverse=True)[:written]], rel=6e-3)
    assert values(found.formula)[-1] == pytest.approx(np.exp(scores[2]) / np.exp(scores).sum(), rel=6e-3)
    assert (r"\cdots" in line) == (many > written)
    assert found.title.endswith("class 2")
    assert found.formula.startswith(r"\begin{aligned} p_{2} ")


def test_the_numbers_of_a_normalised_unit_make_its_value() -> None:
    own = of("conv 2 3, norm", (1, 6, 6), (1, 1, 2, 2))
    volume, lines = outputs(own)[0][1].astype(float), sides(shown(own).formula)
    normalised = (volume[2, 2] - volume.mean()) / math.sqrt(volume.var() + 1e-5)
    gamma, x, mean, spread, beta, value = values(lines[1] + lines[2])
    assert [gamma, beta] == [1, 0]
    wanted = [volume[2, 2], volume.mean(), volume.var() + 1e-5, normalised]
    assert [x, mean, spread, value] == pytest.approx(wanted, rel=6e-3)


def test_a_branch_and_its_shortcut_are_added_and_an_activation_names_what_it_reads() -> None:
    own = of("split, conv 2 3 padding=1, shortcut, conv 2 1, add", (1, 4, 4), (4, 1, 2, 2))
    found = outputs(own)
    line = values(sides(shown(own).formula)[1])
    assert line == pytest.approx([float(found[1][1, 2, 2]), float(found[3][1, 2, 2])], rel=6e-3)
    own = of("tanh", (1, 4, 4), (0, 0, 1, 2))
    assert plan_of(own).rows[0].reads == (INPUT,)
    assert values(shown(own).formula)[-2] == pytest.approx(float(noise((1, 4, 4))[0, 1, 2]), rel=6e-3)


def test_without_a_choice_or_with_one_that_no_longer_exists_the_strongest_unit_of_the_last_layer_is_shown() -> None:
    own = Net()
    strongest = shown(own)
    assert strongest.title == f"9. Softmax: class {outputs(own)[-1].argmax()}"
    for unit in ((9, 0, 0, 0), (8, 10, 0, 0), (0, 0, 16, 0), (0, 0, 0, 16), (999_999,) * 4):
        assert shown(replace(own, unit=unit)) == strongest
    own = of("conv 3 3, tanh", (1, 6, 6))
    c, i, j = np.unravel_index(int(outputs(own)[-1].argmax()), (3, 4, 4))
    assert numbers(shown(own).title)[1:] == [c + 1, i + 1, j + 1]


@pytest.mark.filterwarnings("ignore:(overflow|invalid|divide):RuntimeWarning")
@pytest.mark.parametrize("last_layer", ["conv 8 3", "add", "norm", "max 2", "globalmean", "softmax", "tanh", "dense 4"])
def test_units_whose_numbers_are_too_large_for_float32_can_be_shown(last_layer: str) -> None:
    grown = [*["split, add"] * 127, *(["split"] if last_layer == "add" else []), last_layer]
    x = np.full((1, 6, 6), 3, np.float32)
    x[0, 3, 3] = -3
    found = shown(of(", ".join(grown), (1, 6, 6)), x)
    told = [found.formula, found.sentence, *(picture.alt for card in found.cards for picture in card.pictures)]
    told += [fact.text for card in found.cards for fact in card.facts]
    assert not re.search(r"\b(nan|inf)\b", " ".join(told))
