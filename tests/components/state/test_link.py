"""A link brings the exact state back, and nothing in a link can stop the page."""

import math
import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, get_args

import numpy as np
import pytest

from components.state import link as state_module
from components.state.fields import Kernel, several
from components.state.link import (
    DRAWING,
    PARSERS,
    UPLOAD,
    Adaptive,
    AnyState,
    Channels,
    Compare,
    Explore,
    Hideable,
    Lesson,
    Net,
    Quiz,
    Show,
    Train,
    edited,
    from_query,
    to_query,
)
from kernels.images.samples import SAMPLES

LONG = 400  # characters a sentence may have: a few lines on a phone
Page = (
    type[Explore]
    | type[Compare]
    | type[Channels]
    | type[Adaptive]
    | type[Train]
    | type[Net]
    | type[Show]
    | type[Lesson]
    | type[Quiz]
)
PAGES: list[Page] = [Explore, Compare, Channels, Adaptive, Train, Net, Show, Lesson, Quiz]
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
    "experiment": ["parallel", "mimo", "pictures"],
    "readout": ["max", "mean", "flat"],
    "optimiser": ["adam", "momentum"],
    "pace": ["step", "fast"],
    "weights": ["trained", "random", "edges"],
    "shown": ["digit", "sheet", "picture"],
    "level": ["easy", "medium", "hard"],
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
    "groups": (1, 4),
    "bank_seed": (0, 9999),
    "members": (1, 16),
    "lags": (1, 32),
    "steps": (100, 10_000),
    "trials": (1, 50),
    "lms_seed": (0, 9999),
    "examples": (10, 1000),
    "reach": (0, 3),
    "batch": (1, 256),
    "epochs": (1, 100),
    "train_seed": (0, 9999),
    "net_seed": (0, 9999),
    "digit": (0, 599),
    "step": (1, 14),
    "quiz_seed": (0, 9999),
}
REAL = {
    "mu": (1e-4, 2.0),
    "variance": (0.0, 1.0),
    "ar": (-0.95, 0.95),
    "mismatch": (0.0, 2.0),
    "drift": (0.0, 0.001),
    "rate": (1e-4, 10.0),
    "disturbance": (0.001, 10.0),
}
SWITCHES = {"flip", "normalised", "scrambled", "inverted", "present"}
HIDEABLES = ("sidebar", "fields", "buttons", "notes", "navigation")
KINDS = ("dense", "local", "tiled", "conv")
WATCHED = (15, 4, 4)  # the last kernel, row and column
CELL = (5, 999, 999)
VOLUMES = ((1, 3), (4, 256), (4, 256))  # channels (these two), rows and columns that a network may read
UNIT = (999_999,) * 4
LAYERS = (  # as they are written, in their shortest form
    *("conv 8 3", "conv 4096 64x1 stride=32 padding=64 dilation=16x1 groups=4096 bias=0 mode=circular"),
    *("conv 1 1 padding=same", "conv 2 3x5 padding=full mode=reflect", "local 4 3 stride=2x1", "tiled 2 3 2 bias=0"),
    *("table 01/12/0z 5 stride=2", "unitbias", "relu", "tanh", "sigmoid", "max 2", "mean 3 stride=2", "globalmax"),
    *("globalmean", "subsample 2", "pad 1x2 value=-1", "pad 64 value=0.125", "norm", "flatten", "dense 10"),
    *("dense 10000 bias=0", "softmax", "split", "shortcut", "add"),
)
LAYER = re.compile(r"[a-z]+(?: [0-9a-z/]+)*(?: [a-z]+=[0-9a-z.+-]+)*")


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


def is_real(name: str, value: object) -> bool:
    return is_weight(value) and isinstance(value, float) and REAL[name][0] <= value <= REAL[name][1]


def is_place(value: object, last: tuple[int, ...]) -> bool:
    return (
        isinstance(value, tuple)
        and len(value) == len(last)
        and all(type(n) is int and 0 <= n <= most for n, most in zip(value, last, strict=True))
    )


def is_numbers(value: object) -> bool:
    return isinstance(value, tuple) and 1 <= len(value) <= 6 and all(map(is_weight, value))


def is_filters(value: object) -> bool:
    if not (isinstance(value, tuple) and 1 <= len(value) <= 6 and all(isinstance(one, tuple) for one in value)):
        return False
    kernels = [kernel for one in value for kernel in one]
    return (
        len({len(one) for one in value}) == 1
        and 1 <= len(value[0]) <= 4
        and all(map(is_kernel, kernels))
        and len({(len(kernel), len(kernel[0])) for kernel in kernels}) == 1
        and max(len(kernels[0]), len(kernels[0][0])) <= 7
    )


def is_stack(value: object) -> bool:
    samples = [sample.id for sample in SAMPLES]
    return isinstance(value, tuple) and len(value) <= 4 and all(id in samples for id in value)


def is_racers(value: object) -> bool:
    """Some of the kinds, each once, always in the same order."""
    return isinstance(value, tuple) and len(value) > 0 and value == tuple(kind for kind in KINDS if kind in value)


def is_hidden(value: object) -> bool:
    """Any of what can be hidden, each once, always in the same order; nothing, too."""
    return isinstance(value, tuple) and value == tuple(name for name in HIDEABLES if name in value)


def is_network(value: object) -> bool:
    """Layers as one would write them; () is ""."""
    if not isinstance(value, str) or len(value) > 12_000:
        return False
    layers = value.split(", ") if value else []
    return len(layers) <= 256 and all(LAYER.fullmatch(layer) for layer in layers)


def is_volume(value: object) -> bool:
    if not (isinstance(value, tuple) and len(value) == 3 and all(type(n) is int for n in value)):
        return False
    return value[0] in VOLUMES[0] and all(
        low <= n <= high for n, (low, high) in zip(value[1:], VOLUMES[1:], strict=True)
    )


VALID: dict[str, Callable[[Any], bool]] = {
    **{name: lambda value, among=among: value in among for name, among in CHOICES.items()},  # type: ignore[misc]
    **{name: lambda value, name=name: is_whole(name, value) for name in WHOLE},  # type: ignore[misc]
    "padding": lambda value: value in ("valid", "same", "full") or is_whole("padding", value),
    "kernel": is_kernel,
    "bias": is_weight,
    **{name: lambda value: type(value) is bool for name in SWITCHES},
    **{name: lambda value, name=name: is_real(name, value) for name in REAL},  # type: ignore[misc]
    "zoom": is_zoom,
    "untied": is_untied,
    "drawing": is_drawing,
    "pattern": is_region,
    "part": is_zoom,
    "stack": is_stack,
    "filters": is_filters,
    "biases": is_numbers,
    "cell": lambda value: is_place(value, CELL),
    "racers": is_racers,
    "hide": is_hidden,
    "watched": lambda value: is_place(value, WATCHED),
    "net": is_network,
    "inputs": is_volume,
    "opened": lambda value: value == () or is_place(value, UNIT),
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
    *("conv,", ",conv", "conv,recurrent", "dense;conv", "conv,conv,conv,conv,conv", "CONV", "16,0,0", "0,5,0", "0,0,5"),
    *(
        "1/2|3",
        "|",
        "1|",
        "/",
        "1/2/3/4/5",
        "|".join(["1"] * 7),
        "cat,dot,cat,dot,cat",
        "cat,nowhere",
        "6,0,0",
        "0,1000,0",
    ),
    *("-".join(["0" * 33] * 33), "-".join(["0" * 8] * 7), "-".join(["F" * 8] * 8), "-".join(["0" * 7] * 7)),
]
HOSTILE_VALUES: list[object] = [
    *(None, True, False, math.nan, math.inf, -math.inf, 1e300, -1e300, 1.5, -0.0, -1, 0, 10**30, -(10**30), 10**4000),
    *([], (), {}, set(), [[]], [[], []], [[1], [1, 2]], [[[1]]], [[None]], [["x"]], [[math.nan]], [[True]], [1, 2, 3]),
    *([[1]] * 16, [[1] * 16], [{}], [{"0": 1}], {"0": [1]}, {"length": 3}, b"1", b"\xff", 1j, object(), Explore(), len),
    *([[1, 2], "ab"], [[0, 0, 0, 1]] * 2, [[0, 0, 0, 1]] * 9, [0, 5, 0, math.nan], [5, 0, 5, 0], [[0.5, 0, 0, 1]]),
    *([0, 0, 2], [0, 0, 16], [-1, 0, 9], [0, 512, 9], [0, 0, True], [0, 0, 9.0], [0, [0], 9], [0, 0], (0, 0, 9, 9)),
    *(["conv", None], ["conv", ["dense"]], [16, 0, 0], [0, 5, 0], [0, 0, 5], [0, 0, -1], [6, 0, 0], [0, 1000, 0]),
    *([[[[1]]], [[[1, 2]]]], [[[[1]]]] * 7, [[[[1]]] * 5], [[[[1] * 8]]], ["cat"] * 5, [True], [[[[math.nan]]]]),
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


def random_real(rng: np.random.Generator, name: str) -> float:
    low, high = REAL[name]
    return float(rng.choice([low, high, rng.uniform(low, high)])) + 0.0


def random_plain(rng: np.random.Generator, page: Page) -> dict[str, Any]:
    """The fields that are one word, number or switch."""
    names = NAMES[page]
    values: dict[str, Any] = {name: str(rng.choice(CHOICES[name])) for name in names if name in CHOICES}
    values |= {name: random_whole(rng, name) for name in names if name in WHOLE}
    values |= {name: random_real(rng, name) for name in names if name in REAL}
    return values | {name: bool(rng.integers(2)) for name in names if name in SWITCHES}


def random_place(rng: np.random.Generator, last: tuple[int, int, int]) -> tuple[int, int, int]:
    a, b, c = (int(rng.choice([0, most, int(rng.integers(0, most + 1))])) for most in last)
    return a, b, c


def random_channels(rng: np.random.Generator) -> Channels:
    O, C, K, L, top = (int(rng.integers(1, most + 1)) for most in (6, 4, 7, 7, 999))
    kernels = [[[[random_weight(rng) for _ in range(L)] for _ in range(K)] for _ in range(C)] for _ in range(O)]
    return Channels(
        **random_plain(rng, Channels),
        stack=tuple(str(rng.choice([sample.id for sample in SAMPLES])) for _ in range(rng.integers(5))),
        filters=tuple(tuple(tuple(map(tuple, kernel)) for kernel in one) for one in kernels),
        biases=tuple(random_weight(rng) for _ in range(rng.integers(1, 7))),
        cell=random_place(rng, CELL),
        part=(top, top + 5, 0, 9) if rng.integers(2) else (),
    )


def random_train(rng: np.random.Generator) -> Train:
    racing = rng.permutation(4)[: rng.integers(1, 5)]
    return Train(
        **random_plain(rng, Train),
        racers=tuple(kind for n, kind in enumerate(KINDS) if n in racing),  # type: ignore[misc]
        watched=random_place(rng, WATCHED),
    )


def random_net(rng: np.random.Generator) -> Net:
    layers = [str(layer) for layer in rng.choice(LAYERS, rng.integers(0, 12))]
    rows, columns = (int(rng.choice([4, 256, int(rng.integers(4, 257))])) for _ in range(2))
    unit = tuple(int(rng.choice([0, 999_999, int(rng.integers(10**6))])) for _ in range(4))
    return Net(
        **random_plain(rng, Net),
        net=", ".join(layers),
        inputs=(int(rng.choice(VOLUMES[0])), rows, columns),
        opened=unit if rng.integers(2) else (),
    )


def random_show(rng: np.random.Generator) -> Show:
    hidden = rng.permutation(5)[: rng.integers(0, 6)]
    names: list[Hideable] = [name for n, name in enumerate(get_args(Hideable)) if n in hidden]
    return Show(**random_plain(rng, Show), hide=tuple(names))


def random_state(page: Page, seed: int) -> AnyState:
    """A valid state: every field anywhere in its range, often at a bound."""
    rng = np.random.default_rng([31, seed])
    if page is Explore:
        return random_explore(rng)
    if page is Compare:
        return random_compare(rng)
    if page is Channels:
        return random_channels(rng)
    if page is Net:
        return random_net(rng)
    if page is Show:
        return random_show(rng)
    return random_train(rng) if page is Train else page(**random_plain(rng, page))


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
    if (name, text) == ("stack", ""):
        assert from_query({name: text}, page()) == (Channels(), ())  # no samples: the picture's own channels
        return
    if name == "net" and not text.strip():
        assert from_query({name: text}, page()) == (Net(net=""), ())  # a network without layers
        return
    if (name, text) == ("hide", ""):
        assert from_query({name: text}, page()) == (Show(hide=()), ())  # nothing is hidden
        return
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


@pytest.mark.parametrize(("page", "name"), [field for field in FIELDS if field[1] not in SWITCHES], ids=named)
@pytest.mark.parametrize("value", [True, False])
def test_true_and_false_are_no_numbers(page: Page, name: str, value: bool) -> None:
    with pytest.raises(ValueError, match=rf"^{name} must be .*, not “{value}”$"):
        edited(page(), **{name: value})


@pytest.mark.parametrize(
    ("page", "sound"),
    [
        (Explore, "stride"),
        (Compare, "pasted"),
        (Channels, "groups"),
        (Adaptive, "lags"),
        (Train, "reach"),
        (Net, "digit"),
        (Lesson, "step"),
        (Quiz, "quiz_seed"),
    ],
    ids=named,
)
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


@pytest.mark.parametrize(("page", "name"), [field for field in FIELDS if field[1] in REAL], ids=named)
def test_bounds_of_numbers_are_inclusive(page: Page, name: str) -> None:
    low, high = REAL[name]
    for value in (low, high):
        for given in (value, repr(value)):
            assert getattr(edited(page(), **{name: given}), name) == value
    for value in (math.nextafter(low, -9), math.nextafter(high, 99)):
        for given in (value, repr(value)):
            with pytest.raises(ValueError, match=f"^{name} must be a number from {low:g} to {high:g}, not “"):
                edited(page(), **{name: given})


@pytest.mark.parametrize(("page", "name"), [field for field in FIELDS if field[1] in SWITCHES], ids=named)
def test_a_switch_is_on_or_off(page: Page, name: str) -> None:
    for given, value in (("0", False), ("1", True), (False, False), (True, True)):
        assert getattr(edited(page(), **{name: given}), name) is value
    for refused in ("2", "on", "True", "yes", 2, 0.5):
        with pytest.raises(ValueError, match=f"^{name} must be 0 or 1, not “"):
            edited(page(), **{name: refused})


@pytest.mark.parametrize(
    ("given", "racers"),
    [
        ("conv", ("conv",)),
        ("conv,dense", ("dense", "conv")),
        (["tiled", "conv", "local", "dense"], KINDS),
        (("conv", "conv"), ("conv",)),
    ],
    ids=str,
)
def test_racers_are_some_kinds_in_the_order_of_the_page(given: object, racers: tuple[str, ...]) -> None:
    assert edited(Train(), racers=given).racers == racers


@pytest.mark.parametrize("given", [[], (), "", ",", "conv,", "Conv", ["conv", "recurrent"], [["conv"]], ["conv", 1]])
def test_nobody_and_strangers_do_not_race(given: object) -> None:
    with pytest.raises(ValueError, match=r"^racers must be one or more of dense, local, tiled, conv, joined by commas"):
        edited(Train(), racers=given)


@pytest.mark.parametrize(
    ("given", "hidden"),
    [
        ("", ()),
        ([], ()),
        ((), ()),
        ([""], ()),
        ("notes", ("notes",)),
        ("notes,sidebar", ("sidebar", "notes")),
        (["navigation", "buttons", "fields", "notes", "sidebar"], HIDEABLES),
        (("fields", "fields"), ("fields",)),
    ],
    ids=str,
)
def test_what_is_hidden_is_any_of_it_in_one_order_or_nothing(given: object, hidden: tuple[str, ...]) -> None:
    show = edited(Show(), hide=given)
    assert show.hide == hidden
    assert from_query(to_query(show), Show()) == (show, ())


@pytest.mark.parametrize("given", [None, ",", "notes,", "Notes", ["notes", ""], ["notes", 1], [[]], {}, set(), "x", 0])
def test_nothing_else_can_be_hidden(given: object) -> None:
    with pytest.raises(
        ValueError, match=r"^hide must be any of sidebar, fields, buttons, notes, navigation, joined by commas, not “"
    ):
        edited(Show(), hide=given)


def test_without_leave_nobody_is_nobody() -> None:
    some, or_none = several("a", "b"), several("a", "b", none=True)
    for given in ("", [], (), [""]):
        assert or_none(given) == ()
        with pytest.raises(ValueError, match=r"^$"):
            some(given)
    assert some("b,a") == or_none("b,a") == ("a", "b")
    assert (some.__doc__, or_none.__doc__) == ("one or more of a, b, joined by commas", "any of a, b, joined by commas")


def test_bounds_of_the_watched_weight_are_inclusive() -> None:
    for given in ([0, 0, 0], [15, 4, 4], [15, 0, 4]):
        for value in (given, tuple(given), ",".join(map(str, given)), [str(n) for n in given]):
            assert edited(Train(), watched=value).watched == tuple(given)
    for refused in ([-1, 0, 0], [16, 0, 0], [0, 5, 0], [0, 0, 5], [0, 0, -1], [0, 0], [0, 0, 0, 0]):
        for value in (refused, ",".join(map(str, refused))):
            with pytest.raises(
                ValueError, match=r"^watched must be three whole numbers: the kernel, 0 to 15,.* 0 to 4"
            ):
                edited(Train(), watched=value)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_that_is_written_in_its_shortest_form_stays_as_it_is(layer: str) -> None:
    assert edited(Net(), net=layer).net == layer
    assert edited(Net(), net=f"  {layer} ,relu").net == f"{layer}, relu"


def test_a_network_goes_up_to_256_layers_and_12000_characters() -> None:
    assert edited(Net(), net=",".join(["relu"] * 256)).net == ", ".join(["relu"] * 256)
    longest = "table " + "/".join(["0123456789abcdefghijklmnopqrstuvwxyz"] * 300) + " 5"
    assert len(edited(Net(), net=longest).net) == len(longest) > 11_000
    for refused in (" " * 12_001, f"{longest}, {longest}"):
        with pytest.raises(ValueError, match=r"^net must be layers joined by commas, like conv 8 3"):
            edited(Net(), net=refused)


@pytest.mark.parametrize(
    ("net", "told"),
    [
        (",".join(["relu"] * 257), "a network must have at most 256 layers, got 257"),
        ("conv 8 3 padding=all", "layer 1: padding of conv must be .*, got 'all'"),
        ("relu, conv 8 3, konv 8 3, relu", "layer 3: a layer must be one of conv, .*, got 'konv'"),
        ("relu,", "layer 2: a layer must be one of .*, got ''"),
        ("relu, max", "layer 2: max needs size: .*"),
    ],
)
def test_a_network_in_a_link_that_cannot_be_read_is_refused_with_the_layer_and_the_reason(net: str, told: str) -> None:
    state, (note,) = from_query({"net": net}, Net())
    assert state == Net()
    assert re.fullmatch(
        f"The link's net must be layers joined .* not “.*”: {told}; the default is shown instead\\.", note
    )


def test_bounds_of_a_volume_are_inclusive() -> None:
    for given in ([1, 4, 4], [3, 256, 256], [1, 4, 256], [3, 256, 4]):
        for value in (given, tuple(given), ",".join(map(str, given)), [str(n) for n in given]):
            assert edited(Net(), inputs=value).inputs == tuple(given)
    for refused in ([2, 16, 16], [0, 16, 16], [4, 16, 16], [1, 3, 16], [1, 16, 257], [1, 16], [1, 16, 16, 16], []):
        for value in (refused, ",".join(map(str, refused))):
            with pytest.raises(ValueError, match=r"^inputs must be three whole numbers: 1 or 3 channels"):
                edited(Net(), inputs=value)


def test_an_open_unit_is_four_numbers_or_none() -> None:
    assert edited(Net(), opened=[]).opened == ()
    assert edited(Net(), opened="0,1,2,999999").opened == (0, 1, 2, 999_999)
    for refused in ([0, 0, 0], [0, 0, 0, 10**6], [-1, 0, 0, 0], [0, 0, 0, 0, 0], "0,0,0", ""):
        with pytest.raises(ValueError, match=r"^opened must be four whole numbers"):
            edited(Net(), opened=refused)


@pytest.mark.parametrize(("page", "name"), [field for field in FIELDS if field[1] in CHOICES], ids=named)
def test_choices_are_exactly_those_on_offer(page: Page, name: str) -> None:
    for choice in CHOICES[name]:
        assert getattr(edited(page(), **{name: choice}), name) == choice
    with pytest.raises(ValueError, match=f"^{name} must be one of {', '.join(CHOICES[name])}, not “x”$"):
        edited(page(), **{name: "x"})


def test_the_size_of_the_kernel_is_rows_then_columns() -> None:
    assert edited(Explore(), kernel="1,2,3;4,5,6").kernel_size == (2, 3)
    assert edited(Explore(), kernel="1,2,3;4,5,6").kernel == ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))
