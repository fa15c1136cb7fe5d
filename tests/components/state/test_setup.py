"""What a control does to the common setup: kernels keep their centre, pictures their size, places their matrix."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from components.state import setup
from components.state.fields import Kernel
from components.state.link import edited, from_query
from components.state.setup import DRAWING, UPLOAD, Setup
from kernels.images.samples import SAMPLES
from kernels.layer.presets import PRESETS, Preset, kernel

START = Setup()
NAMED = [known for known in PRESETS if known.id != "random"]
SOBEL = ((1.0, 0.0, -1.0), (2.0, 0.0, -2.0), (1.0, 0.0, -1.0))


def of(text: str, **others: object) -> Setup:
    """The default state with this kernel, written as in a link."""
    return edited(START, kernel=text, **others)


def counting(K: int, L: int) -> Setup:
    return edited(START, kernel=[[1 + k * L + l for l in range(L)] for k in range(K)])


@pytest.mark.parametrize(
    ("before", "K", "L", "after"),
    [
        ("1,2,3;4,5,6;7,8,9", 1, 5, "0,4,5,6,0"),
        ("1,2,3;4,5,6;7,8,9", 5, 1, "0;2;5;8;0"),
        ("1,2,3;4,5,6;7,8,9", 2, 2, "1,2;4,5"),
        ("1,2,3;4,5,6;7,8,9", 4, 4, "0,0,0,0;0,1,2,3;0,4,5,6;0,7,8,9"),
        ("1,2;3,4", 3, 3, "1,2,0;3,4,0;0,0,0"),
        ("1,2;3,4", 4, 4, "0,0,0,0;0,1,2,0;0,3,4,0;0,0,0,0"),
        ("1,2;3,4", 1, 1, "4"),
        ("7", 2, 4, "0,0,0,0;0,0,7,0"),
    ],
)
def test_a_resized_kernel_keeps_its_centre(before: str, K: int, L: int, after: str) -> None:
    assert setup.resized(of(before), K, L) == of(after)


def test_growing_adds_zeros_and_shrinking_back_restores_every_odd_kernel() -> None:
    for K, L in product(range(1, 16, 2), repeat=2):
        state = counting(K, L)
        for rows, cols in [(15, 15), (K, 15), (15, L), (min(15, K + 2), min(15, L + 2)), (min(15, K + 1), L)]:
            grown = setup.resized(state, rows, cols)
            assert grown.kernel_size == (rows, cols)
            assert sorted(filter(None, np.ravel(grown.kernel))) == list(range(1, K * L + 1))
            assert setup.resized(grown, K, L) == state


@pytest.mark.parametrize(("K", "L"), [(0, 3), (3, 0), (16, 3), (3, 16)])
def test_a_kernel_is_not_resized_out_of_bounds(K: int, L: int) -> None:
    with pytest.raises(ValueError, match=r"^kernel must be 1 to 15 rows of 1 to 15 numbers each"):
        setup.resized(START, K, L)


@pytest.mark.parametrize(
    ("size", "name", "becomes"),
    [
        ((5, 5), "box", (5, 5)),
        ((5, 7), "sobel_vertical", (5, 7)),
        ((4, 4), "sobel_vertical", (3, 3)),
        ((1, 1), "gaussian", (5, 5)),
        ((3, 3), "log", (9, 9)),
        ((3, 3), "motion_horizontal", (1, 7)),
        ((1, 4), "motion_horizontal", (1, 4)),
        ((3, 3), "roberts_falling", (2, 2)),
    ],
)
def test_a_preset_comes_in_the_present_size_where_it_can_and_in_its_own_where_not(
    size: tuple[int, int], name: str, becomes: tuple[int, int]
) -> None:
    state = setup.start_from(counting(*size), name)
    assert state.kernel_size == becomes
    assert setup.preset_of(state) is not None


def test_a_preset_sets_the_weights_of_the_textbook_and_nothing_else() -> None:
    state = replace(counting(3, 3), flip=True, bias=2.0, stride=3)
    assert setup.start_from(state, "sobel_vertical") == replace(state, kernel=SOBEL)
    assert setup.start_from(state, None) is state
    with pytest.raises(ValueError, match=r"^id must be one of identity, box,"):
        setup.start_from(state, "<script>")


def test_filling_keeps_the_size_and_the_seed_makes_the_kernel() -> None:
    state = counting(4, 6)
    assert setup.emptied(state).kernel == ((0.0,) * 6,) * 4
    first, again, other = (setup.scattered(state, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert first.kernel_size == (4, 6)
    assert np.abs(first.kernel).max() <= 1


def test_a_normalised_kernel_sums_to_one_or_where_its_sum_is_zero_to_absolute_sum_one() -> None:
    for before in ("1,1,1;1,1,1;1,1,1", "1,2,1", "3", "-2,-6", "0.1,0.2;0.3,0.7", "5,-1", "1e-9,2e-9"):
        assert np.sum(setup.normalised(of(before)).kernel) == pytest.approx(1, abs=1e-12)
    for before in ("1,0,-1;2,0,-2;1,0,-1", "1,-1", "0.1,0.2,-0.3", "0,5,-5", "1e6,-1e6", "1e-9,-1e-9"):
        weights = np.array(setup.normalised(of(before)).kernel)
        assert np.abs(weights).sum() == pytest.approx(1, abs=1e-12)
        assert np.sign(weights).tolist() == np.sign(of(before).kernel).tolist()


def test_normalising_keeps_the_proportions_or_is_refused_in_words() -> None:
    once = setup.normalised(of("1,2,5"))
    assert once.kernel == ((0.125, 0.25, 0.625),)
    assert setup.normalised(once) == once
    with pytest.raises(ValueError, match=r"^all weights are 0, so there is no sum to divide by$"):
        setup.normalised(of("0,0;0,0"))
    with pytest.raises(ValueError, match=r"^the weights sum to only .*: dividing by that makes some exceed 1,000,000$"):
        setup.normalised(of("1000000,-999999.5,-0.4"))


def test_a_kernel_is_transposed_turned_and_scaled_in_any_size() -> None:
    state = of("1,2,3;4,5,6")
    assert setup.transposed(state) == of("1,4;2,5;3,6")
    assert setup.rotated(state) == of("4,1;5,2;6,3")
    assert setup.scaled(of("16,0;-8,1"), 1 / 16) == of("1,0;-0.5,0.0625")
    with pytest.raises(ValueError, match=r"^weights must be a number from −1,000,000 to 1,000,000, not 2e\+06$"):
        setup.scaled(of("1000000"), 2)


def test_a_pasted_matrix_sets_the_weights_and_the_size_and_a_refused_one_nothing() -> None:
    assert setup.pasted(START, "1/9\t-2\n0,5\t3").kernel == ((1 / 9, -2), (0.5, 3))
    assert setup.pasted(edited(START, bias=1), "[1 2 3]").bias == 1
    for text, why in (
        ("1 2; 3", "row 2 has 1"),
        (" ".join(["1"] * 16), "a kernel can be at most 15 × 15"),
        ("1e7", "weights must be a number from"),
        ("1e300 [1e300]", "weights must be a number from −1,000,000 to 1,000,000, not inf"),
        (None, "must be text"),
        ([[1]], "must be text"),
    ):
        with pytest.raises(ValueError, match=why):
            setup.pasted(START, text)


@pytest.mark.parametrize(
    ("image", "side", "chosen", "becomes"),
    [
        ("pagoda", 64, "cat", 64),
        ("pagoda", 128, "cat", 128),  # a size of the visitor's own stays between photographs
        ("pagoda", 128, "digit", 8),  # a drawing of few pixels has its own
        ("pagoda", 128, "pagoda", 128),
        ("digit", 8, "pagoda", 64),
        ("digit", 100, "pagoda", 100),
        ("pagoda", 64, UPLOAD, 64),
        ("pagoda", 200, UPLOAD, 200),
        (UPLOAD, 200, "cat", 200),
        (UPLOAD, 64, "dot", 9),
        ("pagoda", 64, DRAWING, 16),
        (DRAWING, 16, "pagoda", 64),
    ],
)
def test_a_picture_comes_at_its_size_unless_the_visitor_chose_one(
    image: str, side: int, chosen: str, becomes: int
) -> None:
    state = setup.with_image(edited(START, image=image, side=side), chosen)
    assert (state.image, state.side) == (chosen, becomes)


def test_going_to_another_picture_and_back_brings_the_first_back() -> None:
    for first, other in product(SAMPLES, SAMPLES):
        state = setup.with_image(START, first.id)
        assert state.side == first.side
        assert setup.with_image(setup.with_image(state, other.id), first.id) == state


def test_taking_an_upload_away_goes_back_to_the_first_sample_only_from_the_upload() -> None:
    assert setup.without_upload(setup.with_image(START, UPLOAD)) == START
    first = edited(setup.with_upload(START), zoom=[0, 4, 0, 4], untied=[[0, 0, 0, 2]])
    assert (setup.with_upload(START), setup.with_upload(first)) == (setup.with_image(START, UPLOAD),) * 2
    state = setup.with_image(START, "cat")
    assert setup.without_upload(state) == state


def test_padding_is_a_shortcut_or_a_number() -> None:
    for name in ("valid", "same", "full"):
        assert setup.padded(START, name).padding == name
    assert setup.padded(START, setup.NUMBER).padding == 1
    with pytest.raises(
        ValueError, match=r"^padding must be valid, same, full or a whole number from 0 to 64, not “x”$"
    ):
        setup.padded(START, "x")


def test_a_drawing_is_scaled_pixel_by_pixel_and_back() -> None:
    rows = ["".join(f"{(3 * i + j) % 16:x}" for j in range(8)) for i in range(8)]
    state = edited(START, image=DRAWING, side=8, drawing="-".join(rows))
    doubled = setup.with_side(state, 16)
    assert doubled.drawing == "-".join("".join(2 * level for level in row) for row in rows for _ in range(2))
    assert doubled.side == 16
    assert setup.with_side(doubled, 8) == state
    assert setup.with_side(state, 500).side == 32


def test_a_drawing_has_the_size_it_was_drawn_in_and_the_side_of_other_pictures_leaves_it_alone() -> None:
    assert setup.with_side(START, 100) == replace(START, side=100)
    assert edited(START, image=DRAWING).side == 16
    assert edited(START, image=DRAWING, side=99, drawing="-".join(["0" * 9] * 9)).side == 9
    assert from_query({"image": DRAWING, "side": "99"}, START)[0].side == 16


def test_places_in_the_new_matrix_come_with_its_wiring() -> None:
    there = {"zoom": (0, 5, 0, 5), "untied": ((1, 0, 0, 2.0),)}
    state = edited(START, zoom=[0, 9, 0, 9], untied=[[0, 0, 0, 5.0]])
    assert edited(state, stride=2, **there) == replace(START, stride=2, **there)  # type: ignore[arg-type]
    assert edited(state, stride=2, zoom=(0, 5, 0, 5)) == replace(START, stride=2, zoom=(0, 5, 0, 5))
    assert from_query({"stride": "2"}, state)[0] == replace(state, stride=2)  # a link says all it means


@pytest.mark.parametrize(
    ("change", "value"), [("stride", 2), ("dilation", 2), ("padding", "same"), ("mode", "reflect"), ("side", 65)]
)
def test_another_wiring_forgets_places_in_the_old_matrix(change: str, value: object) -> None:
    state = edited(START, zoom=[0, 9, 0, 9], untied=[[0, 0, 0, 5.0]])
    assert edited(state, bias=1).untied == ((0, 0, 0, 5.0),)
    moved = edited(state, **{change: value})
    assert (moved.zoom, moved.untied) == ((), ())


def equal_earlier(weights: Kernel, size: tuple[int, int]) -> list[str]:
    """The presets that are these very weights in this size, in their order."""
    fitting = [known.id for known in NAMED if known.fits(*size)]
    return [name for name in fitting if kernel(name, size).tolist() == [list(row) for row in weights]]


@pytest.mark.parametrize("known", NAMED, ids=lambda known: known.id)
def test_a_preset_is_recognised_in_every_size_by_its_name_or_that_of_an_equal_one(known: Preset) -> None:
    sizes = [(K, L) for K in range(1, 16) for L in range(1, 16) if known.fits(K, L)]
    for size in sizes[:: max(1, len(sizes) // 12)]:
        state = edited(START, kernel=kernel(known.id, size).tolist())
        names = equal_earlier(state.kernel, size)
        assert known.id in names
        assert setup.preset_of(state) == names[0]


def test_one_changed_weight_is_no_preset_and_random_never_is() -> None:
    assert setup.preset_of(of("1,0,-1;2,0,-2;1,0,-1.0000001")) is None
    assert setup.preset_of(setup.scattered(START, 0)) is None
