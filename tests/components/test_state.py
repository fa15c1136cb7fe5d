"""A link brings the exact state back, and nothing in a link can stop the page."""

import math
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, get_args

import numpy as np
import pytest

from components import state as state_module
from components.parsers import Kernel
from components.state import DRAWING, PARSERS, UPLOAD, Compare, Explore, edited, from_query, to_query
from kernels.samples import SAMPLES

LONG = 400  # characters a sentence may have: a few lines on a phone
Page = type[Explore] | type[Compare]
PAGES: list[Page] = [Explore, Compare]
NAMES = {page: [field.name for field in fields(page)] for page in PAGES}
FIELDS = [(page, name) for page in PAGES for name in NAMES[page]]
IMAGES = [*(sample.id for sample in SAMPLES), UPLOAD, DRAWING]
CHOICES: dict[str, list[str]] = {
    "image": IMAGES,
    "colour": ["grey", "rgb"],
    "activation": ["none", "relu", "abs", "sigmoid", "tanh"],
    "mode": ["zeros", "reflect", "replicate", "circular"],
    "view": ["conv", "tiled", "local", "dense"],
    "border": ["circular", "zeros"],
    "quantity": ["parameters", "bytes", "multiply_adds"],
}
WHOLE = {
    "side": (8, 512),
    "stride": (1, 16),
    "padding": (0, 64),
    "dilation": (1, 8),
    "period": (1, 512),
    "draw": (0, 9999),
    "down": (-64, 64),
    "right": (-64, 64),
    "hop": (1, 2),
    "shuffle": (0, 9999),
    "pasted": (1, 24),
    "places": (0, 9999),
    "pictures": (1, 60),
}


SQUARE = ((0, 511), (0, 511), (3, 15))  # row, column, side


def is_weight(value: object) -> bool:
    return isinstance(value, float) and abs(value) <= 1e6 and math.copysign(1, value + 0.0) == math.copysign(1, value)


def is_whole(name: str, value: object) -> bool:
    return type(value) is int and WHOLE[name][0] <= value <= WHOLE[name][1]


def is_kernel(value: object) -> bool:
    return (
        isinstance(value, tuple)
        and 1 <= len(value) <= 15
        and len({len(row) for row in value}) == 1
        and 1 <= len(value[0]) <= 15
        and all(isinstance(row, tuple) and all(map(is_weight, row)) for row in value)
    )


def is_zoom(value: object) -> bool:
    if not (isinstance(value, tuple) and all(type(edge) is int and edge >= 0 for edge in value)):
        return False
    return value == () or (len(value) == 4 and value[0] < value[1] and value[2] < value[3])


def is_untied(value: object) -> bool:
    return (
        isinstance(value, tuple)
        and len(value) <= 8
        and len({copy[:3] for copy in value}) == len(value)
        and all(type(n) is int and n >= 0 for copy in value for n in copy[:3])
        and all(max(copy[1:3]) <= 14 and is_weight(copy[3]) and len(copy) == 4 for copy in value)
    )


def is_drawing(value: object) -> bool:
    rows = value.split("-") if isinstance(value, str) else []
    return 8 <= len(rows) <= 32 and all(len(row) == len(rows) and set(row) <= set("0123456789abcdef") for row in rows)


def is_region(value: object) -> bool:
    if value == ():
        return isinstance(value, tuple)
    return (
        isinstance(value, tuple)
        and len(value) == 3
        and all(type(n) is int for n in value)
        and 0 <= min(value[:2]) <= max(value[:2]) <= 511
        and 3 <= value[2] <= 15
    )


VALID: dict[str, Callable[[Any], bool]] = {
    **{name: lambda value, among=among: value in among for name, among in CHOICES.items()},  # type: ignore[misc]
    **{name: lambda value, name=name: is_whole(name, value) for name in WHOLE},  # type: ignore[misc]
    "padding": lambda value: value in ("valid", "same", "full") or is_whole("padding", value),
    "kernel": is_kernel,
    "bias": is_weight,
    "flip": lambda value: type(value) is bool,
    "zoom": is_zoom,
    "untied": is_untied,
    "drawing": is_drawing,
    "pattern": is_region,
}

HOSTILE_TEXT = [
    *("", " ", "nan", "NaN", "-nan", "inf", "-inf", "Infinity", "1e300", "-1e300", "1e-400", "0x10", "1_0", "--1", "+"),
    *("-1", "-0", "1.5", "10000000000000000000000000000000", "9" * 100_000, "1," * 100_000, "1;" * 100_000),
    *("," * 100_000, ";" * 100_000, "-" * 100_000, "x" * 100_000, "<script>alert(1)</script>", "<img src=x onerror=1>"),
    *(
        "１２",
        "²",
        "½",
        "٣",
        "१",
        "−1",
        "\x00",
        "\n",
        "\ud800",
        "🧵",
        "None",
        "True",
        "[]",
        "{}",
        "[[1]]",
        "null",
        "{0}",
    ),
    *("1,2;3", "1,2;", ";", ",", "1,,2", "1;2,3", ";".join(["1"] * 16), ",".join(["1"] * 16), "1,2,3,4,5", "5,1,5,1"),
    *("%s%s%n", "../../etc/passwd", "'; drop table states;--", "conv ", "Conv", "grey,rgb", "valid;same", "__class__"),
    *("0,0,0,0.5;0,0,0,0.5", "1,15,0,1", "1,0,15,1", "-1,0,0,1", "1,0,0,nan", "0123456789", "g" * 8, "-".join("0" * 9)),
    *("0,0,2", "0,0,16", "512,0,9", "0,512,9", "-1,0,9", "0,0,9,9", "0,0", "1,2;3", "0,0,3.0", "0,0,9999999999"),
    *("-".join(["0" * 33] * 33), "-".join(["0" * 8] * 7), "-".join(["F" * 8] * 8), "-".join(["0" * 7] * 7)),
]
HOSTILE_VALUES: list[object] = [
    *(None, True, False, math.nan, math.inf, -math.inf, 1e300, -1e300, 1.5, -0.0, -1, 0, 10**30, -(10**30), 10**4000),
    *([], (), {}, set(), [[]], [[], []], [[1], [1, 2]], [[[1]]], [[None]], [["x"]], [[math.nan]], [[True]], [1, 2, 3]),
    *([[1]] * 16, [[1] * 16], [{}], [{"0": 1}], {"0": [1]}, {"length": 3}, b"1", b"\xff", 1j, object(), Explore(), len),
    *([[1, 2], "ab"], [[0, 0, 0, 1]] * 2, [[0, 0, 0, 1]] * 9, [0, 5, 0, math.nan], [5, 0, 5, 0], [[0.5, 0, 0, 1]]),
    *([0, 0, 2], [0, 0, 16], [-1, 0, 9], [0, 512, 9], [0, 0, True], [0, 0, 9.0], [0, [0], 9], [0, 0], (0, 0, 9, 9)),
    *(["x" * 100_000], [["9" * 100_000]], [["1" * 39]], [[10**30]]),
]
REFUSED_BY_ALL = ["", " ", "nan", "inf", "1e300", "9" * 100_000, "x" * 100_000, "," * 100_000, "²", "\x00", "[]", "{}"]
NOT_STRINGS_REFUSED_BY_ALL: list[object] = [None, math.nan, math.inf, 1e300, 10**30, {}, [[None]], [{}], b"1", object()]
PREFIX = "The link's "


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


def random_weight(rng: np.random.Generator) -> float:
    kind = int(rng.integers(8))
    choices = [
        float(rng.integers(-9, 10)),
        float(rng.normal()),
        float(rng.uniform(-1e6, 1e6)),
        float(rng.normal() * 10.0 ** rng.integers(-320, 5)),
        0.1 * int(rng.integers(-30, 30)),
        1 / 3,
        float(rng.choice([1e6, -1e6, 5e-324, 2.0**-1074, 1 / 9, 999_999.9999999999, 1e-5, 123456.0])),
        0.0,
    ]
    return choices[kind] + 0.0


def random_whole(rng: np.random.Generator, name: str) -> int:
    low, high = WHOLE[name]
    return int(rng.choice([low, high, int(rng.integers(low, high + 1))]))


def random_explore(rng: np.random.Generator) -> Explore:
    K, L, n = int(rng.integers(1, 16)), int(rng.integers(1, 16)), int(rng.integers(8, 33))
    kernel: Kernel = tuple(tuple(random_weight(rng) for _ in range(L)) for _ in range(K))
    places = rng.permutation(60)[: rng.integers(0, 9)].tolist()
    top, left, height = rng.integers(0, 10**6, 3).tolist()
    choices = {name: str(rng.choice(CHOICES[name])) for name in NAMES[Explore] if name in CHOICES}
    return Explore(
        **choices,  # type: ignore[arg-type]
        side=n if choices["image"] == "drawing" else random_whole(rng, "side"),  # a drawing has the size of its sheet
        kernel=kernel,
        flip=bool(rng.integers(2)),
        bias=random_weight(rng),
        stride=random_whole(rng, "stride"),
        padding=random_whole(rng, "padding") if rng.integers(2) else str(rng.choice(["valid", "same", "full"])),
        dilation=random_whole(rng, "dilation"),
        period=random_whole(rng, "period"),
        zoom=(top, top + 1 + height, left, left + 7) if rng.integers(2) else (),
        untied=tuple((place // 4, place % 4 % K, place % L, random_weight(rng)) for place in places[::4]),
        drawing="-".join("".join(rng.choice(list("0123456789abcdef"), n)) for _ in range(n)),
    )


def random_compare(rng: np.random.Generator) -> Compare:
    values: dict[str, Any] = {name: str(rng.choice(CHOICES[name])) for name in NAMES[Compare] if name in CHOICES}
    values |= {name: random_whole(rng, name) for name in NAMES[Compare] if name in WHOLE}
    top, left, side = (int(rng.choice([low, high, int(rng.integers(low, high))])) for low, high in SQUARE)
    return Compare(**values, pattern=(top, left, side) if rng.integers(4) else ())


def random_state(page: Page, seed: int) -> Explore | Compare:
    """A valid state: every field anywhere in its range, often at a bound."""
    rng = np.random.default_rng([31, seed])
    return random_explore(rng) if page is Explore else random_compare(rng)


def named(value: object) -> str:
    """What pytest calls a page or a field."""
    return value.__name__ if isinstance(value, type) else str(value)[:12]


each_page = pytest.mark.parametrize("page", PAGES, ids=named)
each_field = pytest.mark.parametrize(("page", "name"), FIELDS, ids=named)


def test_every_field_of_the_states_has_its_rule_here_and_its_parser() -> None:
    assert set(VALID) == {name for _, name in FIELDS} <= set(PARSERS)
    for page, name in FIELDS:
        if name in CHOICES:
            annotation = page.__annotations__[name]
            assert annotation is str or list(get_args(annotation)) == CHOICES[name]


@each_page
@pytest.mark.parametrize("seed", range(300))
def test_a_link_brings_back_the_exact_state(page: Page, seed: int) -> None:
    state = random_state(page, seed)
    assert all(VALID[name](getattr(state, name)) for name in NAMES[page])
    query = to_query(state)
    assert all(isinstance(text, str) for text in query.values())
    assert from_query(query, page()) == (state, ())


def test_no_two_pages_use_the_same_name() -> None:
    pages = [kind for kind in vars(state_module).values() if isinstance(kind, type) and is_dataclass(kind)]
    assert set(PAGES) <= set(pages)
    names = [field.name for kind in pages for field in fields(kind)]
    assert len(set(names)) == len(names)
    assert set(names) == set(PARSERS)


@pytest.mark.parametrize("seed", range(100))
def test_one_link_holds_the_states_of_all_pages(seed: int) -> None:
    states = [random_state(page, seed + n) for n, page in enumerate(PAGES)]
    query = {name: text for state in states for name, text in to_query(state).items()}
    assert len(query) == sum(len(to_query(state)) for state in states)
    for page, state in zip(PAGES, states, strict=True):
        assert from_query(query, page()) == (state, ())


@each_page
def test_a_page_does_not_speak_of_what_is_damaged_in_anothers_part_of_the_link(page: Page) -> None:
    state = random_state(page, 5)
    others = {name: "<script>" for other, name in FIELDS if other is not page}
    assert len(others) >= 10
    assert from_query(others | to_query(state), page()) == (state, ())


@each_field
def test_a_link_to_one_changed_field_holds_that_field_alone(page: Page, name: str) -> None:
    states = (random_state(page, seed) for seed in range(99))
    changed = next(state for state in states if getattr(state, name) != getattr(page(), name))
    state = replace(page(), **{name: getattr(changed, name)})
    assert list(to_query(state)) == [name]
    assert from_query(to_query(state), page()) == (state, ())


@each_page
def test_the_defaults_need_no_query_and_no_query_is_the_defaults(page: Page) -> None:
    assert to_query(page()) == {}
    assert from_query({}, page()) == (page(), ())
    assert all(VALID[name](getattr(page(), name)) for name in NAMES[page])


@each_page
def test_the_state_can_be_a_key_and_cannot_be_changed(page: Page) -> None:
    assert len({random_state(page, 1), random_state(page, 1), random_state(page, 2)}) == 2
    name = NAMES[page][0]
    with pytest.raises(AttributeError, match=f"cannot assign to field '{name}'"):
        setattr(page(), name, 9)


@each_field
def test_hostile_text_in_a_link_is_refused_with_one_sentence_or_is_a_valid_value(page: Page, name: str) -> None:
    refused = 0
    for text in HOSTILE_TEXT:
        state, notes = from_query({name: text}, page())
        assert VALID[name](getattr(state, name))
        if notes:
            refused += 1
            assert len(notes) == 1
            assert notes[0].startswith(f"{PREFIX}{name} must be ")
            assert len(notes[0]) <= LONG
            assert state == page()
        else:
            assert replace(state, **{name: getattr(page(), name)}) == page()
            assert from_query(to_query(state), page()) == (state, ())
    assert refused >= 0.7 * len(HOSTILE_TEXT)


@each_field
@pytest.mark.parametrize("text", REFUSED_BY_ALL, ids=lambda text: repr(text[:9]))
def test_nonsense_is_refused_by_every_parameter(page: Page, name: str, text: str) -> None:
    state, notes = from_query({name: text}, page())
    assert (state, len(notes)) == (page(), 1)
    with pytest.raises(ValueError, match=rf"^{name} must be .*, not “"):
        edited(page(), **{name: text})


@each_field
def test_hostile_values_raise_nothing_but_valueerror_or_are_valid(page: Page, name: str) -> None:
    reasons: list[str] = []
    for value in [*HOSTILE_TEXT, *HOSTILE_VALUES, nested(60), [0, nested(3000), 9], [nested(60)] * 3]:
        try:
            state = edited(page(), **{name: value})
        except ValueError as error:
            reasons.append(str(error))
        else:
            assert VALID[name](getattr(state, name)), repr(value)[:60]
    assert all(reason.startswith(f"{name} must be ") and len(reason) <= LONG for reason in reasons)
    assert len(reasons) > len(HOSTILE_VALUES)


@each_field
@pytest.mark.parametrize("value", NOT_STRINGS_REFUSED_BY_ALL, ids=lambda value: repr(value)[:9])
def test_values_that_are_nothing_are_refused_by_every_parameter(page: Page, name: str, value: object) -> None:
    with pytest.raises(ValueError, match=rf"^{name} must be "):
        edited(page(), **{name: value})


@pytest.mark.parametrize(("page", "name"), [field for field in FIELDS if field[1] != "flip"], ids=named)
@pytest.mark.parametrize("value", [True, False])
def test_true_and_false_are_no_numbers(page: Page, name: str, value: bool) -> None:
    with pytest.raises(ValueError, match=rf"^{name} must be .*, not “{value}”$"):
        edited(page(), **{name: value})


@pytest.mark.parametrize(("page", "sound"), [(Explore, "stride"), (Compare, "pasted")], ids=named)
def test_every_damaged_parameter_has_its_own_sentence_and_the_sound_ones_count(page: Page, sound: str) -> None:
    query, changes = dict.fromkeys(NAMES[page], "<script>") | {sound: "3"}, dict[str, Any]({sound: 3})
    state, notes = from_query(query, page())
    assert state == replace(page(), **changes)
    assert [note.removeprefix(PREFIX).split()[0] for note in notes] == sorted(set(NAMES[page]) - {sound})


@pytest.mark.parametrize(("page", "known"), [(Explore, {"side": 32}), (Compare, {"pasted": 3})], ids=named)
@pytest.mark.parametrize(
    "name", ["K", "utm_source", "Kernel", "kernel ", "__class__", "kernel_size", "wires", "x" * 100_000, ""], ids=named
)
def test_unknown_parameters_are_ignored_without_a_word(page: Page, known: dict[str, Any], name: str) -> None:
    query = {name: "<script>", "side": "32", "pasted": "3"}
    assert from_query(query, page()) == (replace(page(), **known), ())


@pytest.mark.parametrize("zero", ["-0", "-0.0", "-0e5", -0.0, "-1e-400"])
def test_minus_zero_becomes_zero(zero: object) -> None:
    state = edited(Explore(), bias=zero, kernel=[[zero, 1], [zero, zero]])
    for number in (state.bias, *state.kernel[0][:1], *state.kernel[1]):
        assert (number, math.copysign(1, number)) == (0.0, 1.0)
    assert "-0" not in str(to_query(state))


@pytest.mark.parametrize(("page", "name"), [field for field in FIELDS if field[1] in WHOLE], ids=named)
def test_bounds_of_whole_numbers_are_inclusive(page: Page, name: str) -> None:
    low, high = WHOLE[name]
    for value in (low, high):
        for given in (value, str(value)):
            assert getattr(edited(page(), **{name: given}), name) == value
    for value in (low - 1, high + 1):
        for given in (value, str(value)):
            with pytest.raises(ValueError, match=f"^{name} must be .*from {low} to {high}, not “{value}”$"):
                edited(page(), **{name: given})


def test_bounds_of_the_square_are_inclusive() -> None:
    for given in ([0, 0, 3], [511, 511, 15], [511, 0, 3], [0, 511, 15]):
        for value in (given, tuple(given), ",".join(map(str, given)), [str(n) for n in given]):
            assert edited(Compare(), pattern=value).pattern == tuple(given)
    for refused in ([-1, 0, 9], [0, -1, 9], [512, 0, 9], [0, 512, 9], [0, 0, 2], [0, 0, 16], [0, 0], [0, 0, 9, 9]):
        for value in (refused, ",".join(map(str, refused))):
            with pytest.raises(ValueError, match=r"^pattern must be three whole numbers.* from 3 to 15, not “"):
                edited(Compare(), pattern=value)


@pytest.mark.parametrize("sign", [-1, 1])
def test_bounds_of_weights_are_inclusive(sign: int) -> None:
    most, more = sign * 1e6, sign * math.nextafter(1e6, 2e6)
    for given in (most, int(most), repr(most)):
        assert edited(Explore(), bias=given, kernel=[[given]]).kernel == ((most,),)
    for refused in (more, repr(more)):
        with pytest.raises(ValueError, match=r"^bias must be a number from −1,000,000 to 1,000,000, not “"):
            edited(Explore(), bias=refused)
        with pytest.raises(ValueError, match=r"^kernel must be "):
            edited(Explore(), kernel=[[refused]])


@pytest.mark.parametrize(("K", "L"), [(1, 1), (1, 15), (15, 1), (15, 15)])
def test_kernels_come_from_one_to_fifteen_rows_and_columns(K: int, L: int) -> None:
    rows = [[1.5] * L] * K
    text = ";".join([",".join(["1.5"] * L)] * K)
    assert edited(Explore(), kernel=rows) == edited(Explore(), kernel=text)
    assert edited(Explore(), kernel=rows).kernel_size == (K, L)


@pytest.mark.parametrize("rows", [[[1.0]] * 16, [[1.0] * 16], [], [[]], [[1, 2], [3]], [[1], [2, 3]]], ids=repr)
def test_kernels_of_other_shapes_are_refused(rows: list[list[float]]) -> None:
    text = ";".join(",".join(map(str, row)) for row in rows)
    for given in (rows, text):
        with pytest.raises(ValueError, match=r"^kernel must be 1 to 15 rows of 1 to 15 numbers each"):
            edited(Explore(), kernel=given)


@pytest.mark.parametrize(("page", "name"), [field for field in FIELDS if field[1] in CHOICES], ids=named)
def test_choices_are_exactly_those_on_offer(page: Page, name: str) -> None:
    for choice in CHOICES[name]:
        assert getattr(edited(page(), **{name: choice}), name) == choice
    with pytest.raises(ValueError, match=f"^{name} must be one of {', '.join(CHOICES[name])}, not “x”$"):
        edited(page(), **{name: "x"})


def test_the_size_of_the_kernel_is_rows_then_columns() -> None:
    assert edited(Explore(), kernel="1,2,3;4,5,6").kernel_size == (2, 3)
    assert edited(Explore(), kernel="1,2,3;4,5,6").kernel == ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))
