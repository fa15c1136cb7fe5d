"""What a control does to the state: kernels keep their centre, pictures their size, hostile messages their distance."""

import math
from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np
import pytest

from components.pages.channels import layer, window
from components.pages.channels.state import Channels, pinned, rebanked, reweighted
from components.pages.channels.window import moved
from components.pages.compare.state import Compare, framed, shifted
from components.state import setup
from components.state.fields import Kernel
from components.state.link import edited
from components.state.setup import DRAWING, UPLOAD, Setup
from kernels.images.samples import SAMPLES, Sample
from kernels.layer.presets import PRESETS, Preset, kernel

START = Setup()
SOBEL = ((1.0, 0.0, -1.0), (2.0, 0.0, -2.0), (1.0, 0.0, -1.0))


def of(text: str, **others: object) -> Setup:
    """The default state with this kernel, written as in a link."""
    return edited(START, kernel=text, **others)


def counting(K: int, L: int) -> Setup:
    return edited(START, kernel=[[1 + k * L + l for l in range(L)] for k in range(K)])


@pytest.mark.parametrize(
    ("before", "K", "L", "after"),
    [
        ("1,2,3;4,5,6;7,8,9", 3, 3, "1,2,3;4,5,6;7,8,9"),
        ("1,2,3;4,5,6;7,8,9", 1, 1, "5"),
        ("1,2,3;4,5,6;7,8,9", 1, 3, "4,5,6"),
        ("1,2,3;4,5,6;7,8,9", 3, 1, "2;5;8"),
        ("1,2,3;4,5,6;7,8,9", 5, 3, "0,0,0;1,2,3;4,5,6;7,8,9;0,0,0"),
        ("1,2,3;4,5,6;7,8,9", 3, 5, "0,1,2,3,0;0,4,5,6,0;0,7,8,9,0"),
        ("1,2,3;4,5,6;7,8,9", 1, 5, "0,4,5,6,0"),
        ("1,2,3;4,5,6;7,8,9", 2, 2, "1,2;4,5"),
        ("1,2,3;4,5,6;7,8,9", 4, 4, "0,0,0,0;0,1,2,3;0,4,5,6;0,7,8,9"),
        ("1,2;3,4", 3, 3, "1,2,0;3,4,0;0,0,0"),
        ("1,2;3,4", 4, 4, "0,0,0,0;0,1,2,0;0,3,4,0;0,0,0,0"),
        ("1,2;3,4", 1, 1, "4"),
        ("7", 3, 3, "0,0,0;0,7,0;0,0,0"),
        ("7", 2, 4, "0,0,0,0;0,0,7,0"),
        ("1,2,3,4,5", 1, 3, "2,3,4"),
    ],
)
def test_a_resized_kernel_keeps_its_centre(before: str, K: int, L: int, after: str) -> None:
    assert setup.resized(of(before), K, L) == of(after)


@pytest.mark.parametrize("K", range(1, 16, 2))
@pytest.mark.parametrize("L", range(1, 16, 2))
def test_growing_and_shrinking_back_restores_every_odd_kernel(K: int, L: int) -> None:
    state = counting(K, L)
    for rows, cols in [(15, 15), (K, 15), (15, L), (min(15, K + 2), min(15, L + 2)), (min(15, K + 1), min(15, L + 1))]:
        grown = setup.resized(state, rows, cols)
        assert grown.kernel_size == (rows, cols)
        assert setup.resized(grown, K, L) == state


def test_growing_adds_nothing_but_zeros() -> None:
    for K, L in [(4, 4), (5, 3), (15, 15), (3, 8)]:
        grown = np.array(setup.resized(counting(3, 3), K, L).kernel)
        assert sorted(grown[grown != 0].tolist()) == list(range(1, 10))


@pytest.mark.parametrize(("K", "L"), [(0, 3), (3, 0), (16, 3), (3, 16)])
def test_a_kernel_is_not_resized_out_of_bounds(K: int, L: int) -> None:
    with pytest.raises(ValueError, match=r"^kernel must be 1 to 15 rows of 1 to 15 numbers each"):
        setup.resized(START, K, L)


@pytest.mark.parametrize(
    ("size", "name", "becomes"),
    [
        ((5, 5), "box", (5, 5)),
        ((2, 7), "box", (2, 7)),
        ((5, 7), "sobel_vertical", (5, 7)),
        ((4, 4), "sobel_vertical", (3, 3)),
        ((9, 9), "sobel_vertical", (3, 3)),
        ((1, 1), "gaussian", (5, 5)),
        ((15, 15), "gaussian", (15, 15)),
        ((5, 5), "sharpen", (3, 3)),
        ((3, 3), "log", (9, 9)),
        ((3, 3), "motion_horizontal", (1, 7)),
        ((1, 4), "motion_horizontal", (1, 4)),
        ((4, 1), "motion_horizontal", (1, 7)),
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


@pytest.mark.parametrize("before", ["1,1,1;1,1,1;1,1,1", "1,2,1", "3", "-2,-6", "0.1,0.2;0.3,0.7", "5,-1", "1e-9,2e-9"])
def test_a_normalised_kernel_sums_to_one(before: str) -> None:
    assert np.sum(setup.normalised(of(before)).kernel) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("before", ["1,0,-1;2,0,-2;1,0,-1", "1,-1", "0.1,0.2,-0.3", "0,5,-5", "1e6,-1e6", "1e-9,-1e-9"])
def test_a_kernel_of_sum_zero_is_normalised_to_absolute_sum_one(before: str) -> None:
    weights = np.array(setup.normalised(of(before)).kernel)
    assert np.abs(weights).sum() == pytest.approx(1, abs=1e-12)
    assert np.sign(weights).tolist() == np.sign(of(before).kernel).tolist()


def test_normalising_keeps_the_proportions_and_twice_is_once() -> None:
    once = setup.normalised(of("1,2,5"))
    assert once.kernel == ((0.125, 0.25, 0.625),)
    assert setup.normalised(once) == once


def test_a_kernel_of_zeros_is_not_normalised() -> None:
    with pytest.raises(ValueError, match=r"^all weights are 0, so there is nothing to divide by$"):
        setup.normalised(of("0,0;0,0"))


@pytest.mark.parametrize(
    ("image", "side", "chosen", "becomes"),
    [
        ("pagoda", 64, "cat", 64),
        ("pagoda", 64, "digit", 8),
        ("pagoda", 64, "checkerboard", 32),
        ("pagoda", 128, "cat", 128),  # a size of the visitor's own stays between photographs
        ("pagoda", 128, "digit", 8),  # a drawing of few pixels has its own
        ("pagoda", 128, "pagoda", 128),
        ("digit", 8, "pagoda", 64),
        ("digit", 8, "dot", 9),
        ("digit", 100, "pagoda", 100),
        ("digit", 100, "grid", 10),
        ("pagoda", 64, UPLOAD, 64),
        ("pagoda", 200, UPLOAD, 200),
        (UPLOAD, 200, "cat", 200),
        (UPLOAD, 64, "dot", 9),
        ("dot", 9, UPLOAD, 64),
        ("pagoda", 64, DRAWING, 16),
        (DRAWING, 16, "pagoda", 64),
    ],
)
def test_a_picture_comes_at_its_size_unless_the_visitor_chose_one(
    image: str, side: int, chosen: str, becomes: int
) -> None:
    state = setup.with_image(edited(START, image=image, side=side), chosen)
    assert (state.image, state.side) == (chosen, becomes)


@pytest.mark.parametrize("first", SAMPLES, ids=lambda sample: sample.id)
def test_going_to_another_picture_and_back_brings_the_first_back(first: Sample) -> None:
    state = setup.with_image(START, first.id)
    assert state.side == first.side
    for other in SAMPLES:
        assert setup.with_image(setup.with_image(state, other.id), first.id) == state


@pytest.mark.parametrize("choice", [None, 3, "", "<script>", "Pagoda", [], {}, ["pagoda"], True])
def test_a_picker_that_sends_nonsense_is_refused_by_name(choice: object) -> None:
    with pytest.raises(ValueError, match=r"^image must be one of pagoda, "):
        setup.with_image(START, choice)  # type: ignore[arg-type]  # as the browser may


def test_taking_an_upload_away_goes_back_to_the_first_sample_only_from_the_upload() -> None:
    assert setup.without_upload(setup.with_image(START, UPLOAD)) == START
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


def test_the_side_of_other_pictures_leaves_the_drawing_alone() -> None:
    assert setup.with_side(START, 100) == replace(START, side=100)


@pytest.mark.parametrize(
    ("change", "value"), [("stride", 2), ("dilation", 2), ("padding", "same"), ("mode", "reflect"), ("side", 65)]
)
def test_another_wiring_forgets_places_in_the_old_matrix(change: str, value: object) -> None:
    state = edited(START, zoom=[0, 9, 0, 9], untied=[[0, 0, 0, 5.0]])
    assert edited(state, bias=1).untied == ((0, 0, 0, 5.0),)
    moved = edited(state, **{change: value})
    assert (moved.zoom, moved.untied) == ((), ())


def test_the_loom_changes_weights_and_the_view() -> None:
    assert setup.in_loom(START, {"kernel": [[1, 2, 3], [4, 5, 6], [7, 8, 9.5]]}) == of("1,2,3;4,5,6;7,8,9.5")
    assert setup.in_loom(START, {"view": "local", "origin": "x", "serial": 4}) == replace(START, view="local")


@pytest.mark.parametrize("rows", [[[1]], [[1, 2, 3]], [[1] * 3] * 4, [[1] * 4] * 3, [[1] * 15] * 15], ids=repr)
def test_the_loom_cannot_change_the_size_of_the_kernel(rows: list[list[int]]) -> None:
    with pytest.raises(ValueError, match=r"^kernel must stay 3 × 3 here$"):
        setup.in_loom(START, {"kernel": rows})


@pytest.mark.parametrize("name", ["kernel", "view", "drawing"])
@pytest.mark.parametrize(
    "value",
    [None, 3, -1.5, "x", "", "<script>", True, [[None] * 3] * 3, [[math.nan] * 3] * 3, [["9" * 99] * 3] * 3, {}, [{}]],
    ids=lambda value: repr(value)[:12],
)
def test_the_loom_refuses_hostile_values_by_name(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=rf"^{name} must be "):
        setup.in_loom(START, {name: value})


def test_the_loom_changes_nothing_it_was_not_given() -> None:
    messages: list[dict[str, object]] = [
        {},
        {"serial": 3},
        {"bias": 5.0},
        {"stride": 4},
        {"colour": "rgb"},
        {"__class__": 1},
        {"image": "cat"},
    ]
    for message in messages:
        assert setup.in_loom(START, message) == START


def test_a_storm_of_messages_ends_in_valueerror_or_in_a_kernel_of_the_same_size() -> None:
    rng = np.random.default_rng(5)
    atoms: list[object] = [None, 0, -1, 3.5, 1e300, math.nan, math.inf, "", "1", "1,2;3,4", [], {}, [[]], True, "dense"]
    reasons: list[str] = []
    for _ in range(3000):
        leaves = [atoms[n] for n in rng.integers(0, len(atoms), 9)]
        shapes: list[object] = [leaves[0], leaves, [leaves] * 3, [leaves[:3], leaves[3:6], leaves[6:]], {"0": leaves}]
        names = rng.choice([*setup.IN_LOOM, "bias", "stride", "x"], rng.integers(0, 4)).tolist()
        message = {name: shapes[rng.integers(len(shapes))] for name in names}
        try:
            state = setup.in_loom(START, message)
        except ValueError as error:
            reasons.append(str(error))
        else:
            assert state.kernel_size == (3, 3)
            assert all(math.isfinite(value) for row in state.kernel for value in row)
    assert 500 < len(reasons) < 3000
    assert all(" must " in reason for reason in reasons)


def equal_earlier(weights: Kernel, size: tuple[int, int]) -> list[str]:
    """The presets that are these very weights in this size, in their order."""
    fitting = [known for known in PRESETS if known.id != "random" and known.fits(*size)]
    return [known.id for known in fitting if kernel(known.id, size).tolist() == [list(row) for row in weights]]


@pytest.mark.parametrize("known", [known for known in PRESETS if known.id != "random"], ids=lambda known: known.id)
def test_a_preset_is_recognised_in_every_size_by_its_name_or_that_of_an_equal_one(known: Preset) -> None:
    sizes = [(K, L) for K in range(1, 16) for L in range(1, 16) if known.fits(K, L)]
    for size in sizes[:: max(1, len(sizes) // 12)]:
        state = edited(START, kernel=kernel(known.id, size).tolist())
        names = equal_earlier(state.kernel, size)
        assert known.id in names
        assert setup.preset_of(state) == names[0]


def test_one_changed_weight_is_no_preset_and_random_never_is() -> None:
    assert setup.preset_of(START) == "sobel_vertical"
    assert setup.preset_of(of("1,0,-1;2,0,-2;1,0,-1.0000001")) is None
    assert setup.preset_of(setup.scattered(START, 0)) is None


OWN = edited(Compare(), down=-7, right=9, pattern=[3, 4, 11], pasted=2, places=8)
Drag = Callable[[Compare, object], Compare]


def frame(own: Compare, place: object) -> Compare:
    """The frame of eleven pixels."""
    return framed(own, 11, place)


each_drag = pytest.mark.parametrize("drag", [shifted, frame], ids=["shifted", "framed"])


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


NO_PLACES: list[object] = [
    *(None, True, False, 0, 3, -1.5, math.nan, math.inf, 10**30, 10**5000, 1j, b"12", object(), len, Compare()),
    *("", "1", "12", "1,2", "[1,2]", "<script>", "x" * 100_000, "9" * 100_000),
    *({}, {"0": 1, "1": 2}, {0: 1, 1: 2}, {1, 2}, {"place": [1, 2]}, range(2), iter([1, 2])),
    *([], [1], [1, 2, 3], [[1, 2]], [[1], [2]], [[1, 2], [3, 4]], (), (1,), [1] * 10_000, nested(4000)),
    *([None, 1], [1, None], [True, 1], [1, False], [1.0, 2], [1, 2.5], [math.nan, 1], [1, math.inf], [1, -0.0]),
    *([10**30, 1], [1, -(10**30)], [10**5000, 1], ["9" * 100_000, 1], [1, "x"], ["", 1], ["1.5", 2], ["nan", 1]),
    *(
        [{}, 1],
        [1, []],
        [nested(4000), 1],
        [1, nested(50)],
        [b"1", 2],
        [1j, 2],
        ["−1", 2],
        [np.float64(1), 2],
        [1e300, 1],
    ),
]


@each_drag
@pytest.mark.parametrize("place", NO_PLACES, ids=lambda value: type(value).__name__)
def test_what_is_no_place_is_refused_with_a_short_sentence(drag: Drag, place: object) -> None:
    before = asdict(OWN)
    with pytest.raises(ValueError, match=r" must be .*whole number") as refused:
        drag(OWN, place)
    assert len(str(refused.value)) <= 400
    assert asdict(OWN) == before


@pytest.mark.parametrize(
    ("drag", "place", "name"),
    [
        (shifted, (65, 0), "down"),
        (shifted, (-65, 0), "down"),
        (shifted, (0, 65), "right"),
        (shifted, (0, -65), "right"),
        (frame, (512, 0), "pattern"),
        (frame, (0, 512), "pattern"),
        (frame, (-1, 0), "pattern"),
        (frame, (0, -1), "pattern"),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_drag_out_of_bounds_is_refused_by_name(drag: Drag, place: tuple[int, int], name: str) -> None:
    with pytest.raises(ValueError, match=rf"^{name} must be .*whole number.*, not “.*{max(place, key=abs)}"):
        drag(OWN, place)


@pytest.mark.parametrize("place", [(0, 0), (64, -64), (-64, 64), (5, 3)], ids=str)
def test_a_dragged_picture_is_shifted_down_and_right_and_nothing_else_changes(place: tuple[int, int]) -> None:
    for message in (place, list(place), [str(n) for n in place]):
        assert shifted(OWN, message) == replace(OWN, down=place[0], right=place[1])


@pytest.mark.parametrize("place", [(0, 0), (511, 0), (0, 511), (5, 3)], ids=str)
def test_a_dragged_frame_keeps_its_size_and_nothing_else_changes(place: tuple[int, int]) -> None:
    for message in (place, list(place), [str(n) for n in place]):
        for side in (3, 11, 15):
            assert framed(OWN, side, message) == replace(OWN, pattern=(*place, side))
        assert framed(Compare(), 9, message) == Compare(pattern=(*place, 9))  # the first square chosen


@pytest.mark.parametrize("side", [0, 2, 16, -3])
def test_a_frame_of_a_side_that_is_not_on_offer_is_refused(side: int) -> None:
    with pytest.raises(ValueError, match=r"^pattern must be .* from 3 to 15, not “"):
        framed(OWN, side, [1, 2])


@each_drag
def test_a_storm_of_drags_ends_in_valueerror_or_in_whole_numbers_within_bounds(drag: Drag) -> None:
    rng = np.random.default_rng(6)
    atoms: list[object] = [None, 0, 1, -1, 64, 65, 600, 3.5, 1e300, math.nan, "", "7", "x", [], {}, [[]], True, 10**400]
    taken = 0
    for _ in range(3000):
        leaves = [atoms[n] for n in rng.integers(0, len(atoms), 4)]
        shapes: list[object] = [leaves[0], leaves[:2], leaves[:3], tuple(leaves[:2]), [leaves[:2]], {"0": leaves}]
        try:
            own = drag(OWN, shapes[rng.integers(len(shapes))])
        except ValueError:
            continue
        taken += 1
        assert replace(own, down=OWN.down, right=OWN.right, pattern=OWN.pattern) == OWN
        assert all(type(n) is int for n in (own.down, own.right, *own.pattern))
        assert max(abs(own.down), abs(own.right)) <= 64
        assert 0 <= min(own.pattern[:2]) <= max(own.pattern[:2]) <= 511
        assert own.pattern[2] == 11
    assert 30 < taken < 1000


# A bank of kernels.


BANK = edited(
    Channels(),
    filters=(np.arange(4 * 2 * 3 * 2).reshape(4, 2, 3, 2) / 8).tolist(),
    biases=[1, 2, 3, 4],
    groups=2,
    cell=[3, 7, 8],
    part=[0, 30, 0, 40],
    seed=5,
)
BANK_LAYER = layer.layer(Setup(), layer.fitted(BANK, 4), (4, 30, 30))


def typed(what: object, at: object, value: object) -> dict[str, object]:
    return {"what": what, "at": at, "value": value}


NO_WEIGHTS: list[object] = [
    *(None, True, False, math.nan, math.inf, -math.inf, 1e300, -1e300, 1e6 + 1, 10**400, 10**5000, 1j, b"1", object()),
    *("", "x", "nan", "inf", "1e300", "1,2", "0x10", "−1", "9" * 100_000, "<script>"),
    *([], [1], [[1]], [1, 2], [0] * 10_000, (), (1,), {}, {"value": 1}, {1}, nested(4000), range(3), np.zeros((3, 2))),
]
NOWHERE: list[object] = [
    *(None, "0000", 0, {}, (0, 0, 0, 0), {"0": 0}, np.zeros(4, int)),
    *([], [0], [0] * 3, [0] * 5, [0] * 100_000, [[0, 0, 0, 0]]),
]
NOTHING: list[object] = [None, "", "Weight", "weights", "bias", 0, True, ["weight"], {}]
NO_MESSAGES: list[object] = [
    *(None, True, 0, 1.5, math.nan, "weight", b"x", [], ["weight", [0, 0, 0, 0], 1], (), set(), object(), nested(4000)),
    *(
        {},
        {"what": "weight"},
        {"at": [0]},
        {"value": 1},
        {"what": "weight", "value": 1},
        {"at": [0, 0, 0, 0], "value": 1},
    ),
    *(typed("weight", at, 1) for at in NOWHERE),
    *(typed("bias", at, 1) for at in [[], [0, 0], [0] * 4]),
    *(typed(what, [0, 0, 0, 0], 1) for what in NOTHING),
    *(typed(what, [0], 1) for what in [None, "weight", "Bias"]),
]
NO_PLACE_NUMBERS: list[object] = [
    -1,
    10**9,
    10**400,
    1.0,
    0.5,
    True,
    None,
    "",
    "x",
    "-1",
    math.nan,
    [0],
    {},
    1j,
    nested(4000),
]


@pytest.mark.parametrize("message", NO_MESSAGES, ids=lambda value: type(value).__name__)
def test_a_message_that_names_no_weight_and_no_bias_is_refused_in_words(message: object) -> None:
    with pytest.raises(ValueError, match=r"^the bank's message must name ") as refused:
        reweighted(BANK, message)
    assert len(str(refused.value)) <= 400


@pytest.mark.parametrize("value", NO_WEIGHTS, ids=lambda value: type(value).__name__)
def test_a_weight_or_bias_that_is_no_number_is_refused_by_name(value: object) -> None:
    before = asdict(BANK)
    with pytest.raises(ValueError, match=r"^a weight must be a number from −1,000,000 to 1,000,000, not “") as refused:
        reweighted(BANK, typed("weight", [3, 1, 2, 1], value))
    assert len(str(refused.value)) <= 400
    with pytest.raises(ValueError, match=r"^a bias must be a number from −1,000,000 to 1,000,000, not “") as refused:
        reweighted(BANK, typed("bias", [2], value))
    assert len(str(refused.value)) <= 400
    assert asdict(BANK) == before


@pytest.mark.parametrize("number", NO_PLACE_NUMBERS, ids=lambda value: type(value).__name__)
def test_a_place_that_is_not_in_the_bank_changes_nothing(number: object) -> None:
    for axis in range(4):
        at: list[object] = [0, 0, 0, 0]
        at[axis] = number
        with pytest.raises(ValueError, match=r"^"):
            reweighted(BANK, typed("weight", at, 1))
    with pytest.raises(ValueError, match=r"^"):
        reweighted(BANK, typed("bias", [number], 1))


@pytest.mark.parametrize("number", [-1, 4, None, 1.5, "x"], ids=str)
def test_a_place_that_is_not_in_the_bank_is_refused_in_words(number: object) -> None:
    for message in (typed("weight", [number, 0, 0, 0], 1), typed("bias", [number], 1)):
        with pytest.raises(ValueError, match=r"[a-z]+ must be "):
            reweighted(BANK, message)


@pytest.mark.parametrize("at", [(0, 0, 0, 0), (3, 1, 2, 1), (1, 0, 2, 0), (2, 1, 0, 1)], ids=str)
@pytest.mark.parametrize(
    ("value", "becomes"), [(7, 7.0), (-0.5, -0.5), ("2.5", 2.5), (1e6, 1e6), (-0.0, 0.0), (0, 0.0)]
)
def test_a_typed_weight_is_the_only_thing_that_changes(at: tuple[int, ...], value: object, becomes: float) -> None:
    found = reweighted(BANK, typed("weight", list(at), value))
    wanted = np.array(BANK.filters)
    wanted[at] = becomes
    assert np.array(found.filters).tolist() == wanted.tolist()
    assert replace(found, filters=BANK.filters) == BANK
    hash(found)
    with pytest.raises(ValueError, match=r"^"):
        reweighted(BANK, typed("weight", [*at, 0], value))


@pytest.mark.parametrize("which", range(4))
def test_a_typed_bias_is_the_only_thing_that_changes(which: int) -> None:
    found = reweighted(BANK, typed("bias", [which], -2.5))
    wanted = list(BANK.biases)
    wanted[which] = -2.5
    assert found.biases == tuple(wanted)
    assert replace(found, biases=BANK.biases) == BANK


def test_a_storm_of_messages_ends_in_valueerror_or_in_a_bank_of_the_same_shape() -> None:
    rng = np.random.default_rng(9)
    atoms: list[object] = [
        None,
        0,
        1,
        2,
        3,
        5,
        -1,
        0.5,
        1e300,
        math.nan,
        "",
        "1",
        "x",
        [],
        {},
        [[0]],
        True,
        10**400,
        "weight",
    ]
    taken = 0
    for _ in range(4000):
        pick = [atoms[n] for n in rng.integers(0, len(atoms), 6)]
        at = pick[: rng.integers(0, 6)] if rng.random() < 0.3 else rng.integers(-1, 4, rng.choice([1, 4])).tolist()
        what = rng.choice(["weight", "bias", "x"]) if rng.random() < 0.9 else pick[5]
        try:
            own = reweighted(BANK, typed(str(what), at, pick[4]))
        except ValueError:
            continue
        taken += 1
        assert np.shape(own.filters) == np.shape(BANK.filters)
        assert np.isfinite(np.array(own.filters)).all()
        assert np.abs(own.biases).max() <= 1e6
        changed = (np.array(own.filters) != BANK.filters).sum() + (np.array(own.biases) != BANK.biases).sum()
        assert changed <= 1
    assert 100 < taken < 2500


@pytest.mark.parametrize("outputs", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("size", [(3, 2), (1, 1), (7, 7), (5, 4), (2, 3)], ids=str)
def test_another_size_of_the_bank_keeps_every_kernel_around_its_centre(outputs: int, size: tuple[int, int]) -> None:
    found = rebanked(BANK, outputs, *size)
    assert (found.outputs, found.kernel_size) == (outputs, size)
    for o, c in np.ndindex(outputs, 2):
        alone = edited(START, kernel=BANK.filters[o][c] if o < 4 else [[0, 0]] * 3)
        assert found.filters[o][c] == setup.resized(alone, *size).kernel
    assert found.biases == (1, 2, 3, 4, 0, 0)[:outputs]
    assert found.groups == (2 if outputs % 2 == 0 else 1)
    assert replace(found, filters=BANK.filters, biases=BANK.biases, groups=2) == BANK


def test_the_same_size_of_the_bank_is_the_same_bank() -> None:
    assert rebanked(BANK, 4, 3, 2) == BANK
    assert rebanked(rebanked(BANK, 6, 7, 7), 4, 3, 2) == BANK


@pytest.mark.parametrize(
    ("outputs", "K", "L"),
    [(0, 3, 3), (7, 3, 3), (4, 0, 3), (4, 3, 0), (4, 8, 3), (4, 3, 8), (-1, 3, 3), (4, -1, 3), (4, 3, -2), (100, 1, 1)],
)
def test_a_bank_of_a_size_that_is_not_on_offer_is_refused_in_words(outputs: int, K: int, L: int) -> None:
    with pytest.raises(ValueError, match=r"^(filters|outputs|kernel|kernel_size|K|L) must be "):
        rebanked(BANK, outputs, K, L)


@pytest.mark.parametrize(("outputs", "K", "L"), [(10**12, 3, 3), (4, 10**12, 1), (4, 1, 10**12), (4, 10**7, 10**7)])
def test_a_bank_of_a_size_without_measure_is_refused_before_it_is_made(outputs: int, K: int, L: int) -> None:
    with pytest.raises(ValueError, match=r"^"):
        rebanked(BANK, outputs, K, L)


def by_pin(own: Channels, place: object) -> Channels:
    return pinned(own, place)


def by_frame(own: Channels, place: object) -> Channels:
    return moved(own, BANK_LAYER, place)


@pytest.mark.parametrize("drag", [by_pin, by_frame], ids=["pinned", "moved"])
@pytest.mark.parametrize("place", NO_PLACES, ids=lambda value: type(value).__name__)
def test_what_is_no_place_of_an_output_or_of_the_matrix_is_refused(
    drag: Callable[[Channels, object], Channels], place: object
) -> None:
    before = asdict(BANK)
    with pytest.raises(ValueError, match=r"^") as refused:
        drag(BANK, place)
    assert len(str(refused.value)) <= 400
    assert asdict(BANK) == before


@pytest.mark.parametrize("place", [None, "12", [1], [-1, 0], [0, 1000], [1.5, 2], [None, 1], ["x", 1]], ids=str)
def test_a_wrong_output_is_refused_in_words(place: object) -> None:
    with pytest.raises(ValueError, match=r"^(cell|the output) must be .*whole numbers"):
        pinned(BANK, place)


@pytest.mark.parametrize("place", [None, "12", [1], [-1, 0], [0, 177], [1.5, 2], [None, 1], ["x", 1]], ids=str)
def test_a_frame_that_was_left_nowhere_is_refused_in_words(place: object) -> None:
    with pytest.raises(ValueError, match=r"[a-z] must be .*whole number"):
        moved(BANK, BANK_LAYER, place)


@pytest.mark.parametrize("place", [(0, 0), (999, 0), (0, 999), (12, 34)], ids=str)
def test_another_output_is_pinned_and_nothing_else_changes(place: tuple[int, int]) -> None:
    for message in (place, list(place), [str(n) for n in place]):
        assert pinned(BANK, message) == replace(BANK, cell=(3, *place))


def test_a_moved_frame_changes_the_window_alone_and_lies_where_it_was_left() -> None:
    for corner in ((0, 0), (100, 20), (30, 100)):
        found = moved(BANK, BANK_LAYER, list(corner))
        assert replace(found, part=BANK.part) == BANK
        _, at = window.frame(BANK_LAYER, found.part)
        assert all(abs(a - b) <= 1 for a, b in zip(at, corner, strict=True))
