"""Each type of field reads what it says and nothing else."""

import math
from typing import Any

import pytest

from components.pages.channels.state import INPUTS, OUTPUTS, TAPS, Bank
from components.pages.network.state import Layers
from components.state.fields import (
    SHOWN,
    WEIGHT,
    Field,
    Grid,
    Limited,
    ListOf,
    Numbers,
    OneOf,
    Real,
    Rectangle,
    Several,
    Switch,
    TabName,
    Whole,
    Wholes,
    WordOr,
    checked,
    pair,
)
from components.state.setup import Copies, Levels
from tests.support.hostile_values import nested
from tests.support.states import LAYERS

AB, PADDING = ("a", "b"), WordOr(("same", "full"), Whole(0, 64))
PLACE = Wholes((Whole(0, 5), Whole(3, 9)), "two whole numbers")
BANK, LONG_TABLE = (
    Bank(OUTPUTS, INPUTS, TAPS),
    "table " + "/".join(["0123456789abcdefghijklmnopqrstuvwxyz"] * 300) + " 5",
)
SQUARE = "-".join(["0" * 8] * 8)


def grid(K: int, L: int, number: object = 1.5) -> list[list[object]]:
    return [[number] * L for _ in range(K)]


READ: list[tuple[Field[Any], object, object]] = [
    (Whole(2, 8), "8", 8),
    (Whole(2, 8), 2, 2),
    *((Whole(2, 8), text, 3) for text in ("3,0", "6/2", ".3e1")),
    (Whole(1, 3, step=2), 3, 3),
    (Whole(-64, 64), "-64", -64),
    (Real(0.5, 2), "1e0", 1.0),
    *((Real(-1, 1), text, -0.125) for text in ("−1/8", "-0,125", "-.125", "-125e-3")),
    (Real(-1, 1), -0.0, 0.0),
    (WEIGHT, "1e6", 1e6),
    (WEIGHT, -1_000_000, -1e6),
    (Switch(), "1", True),
    (Switch(), False, False),
    (OneOf(AB), "b", "b"),
    *((TabName(AB), name, name) for name in ("", "b")),
    (PADDING, "full", "full"),
    (PADDING, "64", 64),
    (Several(AB), "b,a", ("a", "b")),
    (Several(AB), ["b", "b"], ("b",)),
    *((Several(AB, none=True), none, ()) for none in ("", [], (), [""])),
    (ListOf(AB, 3), "b,b,a", ("b", "b", "a")),
    (ListOf(AB, 3), "", ()),
    (Numbers(1, 3), "1,2.5,-0", (1.0, 2.5, 0.0)),
    (Numbers(1, 3), ["1"], (1.0,)),
    *((PLACE, text, (5, 3)) for text in ("5,3", [5, 3], (5, 3), ["5", "3"])),
    (Wholes((Whole(0, 5),) * 2, "", optional=True), [], ()),
    (Rectangle(), "0,1,0,999999999", (0, 1, 0, 999_999_999)),
    (Rectangle(), (), ()),
    (Grid(1, 15), "1,0;-0,2", ((1.0, 0.0), (0.0, 2.0))),
    *((Grid(1, 15), grid(K, L), ((1.5,) * L,) * K) for K in (1, 15) for L in (1, 15)),
    (Copies(2), "12,0,14,0.5;0,14,0,-1", ((12, 0, 14, 0.5), (0, 14, 0, -1.0))),
    (Copies(2), [], ()),
    (Levels(8, 32), SQUARE, SQUARE),
    (BANK, "1,2/3,4|5,6/7,8", ((((1.0, 2.0),), ((3.0, 4.0),)), (((5.0, 6.0),), ((7.0, 8.0),)))),
    (BANK, [[grid(7, 7)] * 4] * 6, (((((1.5,) * 7,) * 7),) * 4,) * 6),
    *((Layers(), layer, layer) for layer in LAYERS),
    (Layers(), "  conv 8 3 ,relu", "conv 8 3, relu"),
    (Layers(), ",".join(["relu"] * 256), ", ".join(["relu"] * 256)),
    (Layers(), LONG_TABLE, LONG_TABLE),
]


def each(field: Field[Any], *values: object) -> list[tuple[Field[Any], object]]:
    return [(field, value) for value in values]


REFUSED: list[tuple[Field[Any], object]] = [
    *each(Whole(2, 8), 1, 9, "1", 3.0, True, "2,5", "2_0", "1/3", math.nan, 10**5000, [2]),
    (Whole(1, 3, step=2), 2),
    *each(Real(0.5, 2), 0.4999999, 2.0000001, math.nan, math.inf, True, "1" + "0" * 40, None),
    *each(WEIGHT, math.nextafter(1e6, 2e6), math.nextafter(-1e6, -2e6), repr(1e300)),
    *each(Switch(), "2", "on", "True", 2, 0.5),
    *each(OneOf(AB), "", "A", "a,b", ["a"]),
    *each(TabName(AB), "A", "a,b", None, [], False),
    *each(PADDING, "valid", "65", -1, "same,full"),
    *each(Several(AB), [], (), "", ",", "a,", "A", ["a", "c"], [["a"]], ["a", 1], None, {}, 0),
    *each(Several(AB, none=True), None, ",", "a,", "A", ["a", ""], ["a", 1], [[]], {}, "x", 0),
    *each(ListOf(AB, 3), "a,a,a,a", "c", ["a"] * 4, [1], None),
    *each(Numbers(1, 3), "", "1,2,3,4", [], [1] * 4, [True], ["x"]),
    *each(PLACE, "6,3", "5,2", "5,10", "-1,3", "5", "5,3,3", [5], [5, 3, 3], [], {}, 5),
    (Wholes((Whole(0, 5),) * 2, "", optional=True), [1]),
    *each(Rectangle(), "1,1,0,1", "0,1,1,1", "0,1,0", "0,1,0,1,0", "-1,1,0,1", "0,1,0,1000000000"),
    *each(Grid(1, 15), grid(16, 1), grid(1, 16), [], [[]], [[1], [2, 3]], "1,2;3", "1;"),
    *each(Grid(1, 15), grid(3, 3, None), grid(3, 3, math.nan), [[1e6 + 1]], ["12"], {"0": [1]}),
    *each(Copies(2), "0,0,0,1;0,0,0,2", "0,15,0,1", "0,0,15,1", "-1,0,0,1", "0,0,0", "0,0,0,nan"),
    *each(Copies(2), [[n, 0, 0, 1] for n in range(3)], [[0, 0, 0, 0, 0]], [[0.5, 0, 0, 1]], 3),
    *each(Levels(8, 32), SQUARE[:-1], SQUARE + "-" + "0" * 8, SQUARE.replace("0", "F"), 8, None),
    *each(Levels(8, 32), *("-".join(["0" * n] * n) for n in (7, 33))),
    *each(BANK, [[grid(1, 1)]] * 7, [[grid(1, 1)] * 5], [[grid(8, 1)]], [[grid(1, 8)]], [], [[]]),
    *each(BANK, "1/2|3", "1|", "|", "1,2/3", "1;2|3", [[grid(1, 1)], [grid(1, 2)]], [[3]]),
    *each(Layers(), " " * 12_001, f"{LONG_TABLE}, {LONG_TABLE}", ",".join(["relu"] * 257), 3),
]


TYPES = sorted({type(field) for field, _ in REFUSED}, key=lambda type_: type_.__name__)
each_type = pytest.mark.parametrize("type_", TYPES, ids=lambda type_: type_.__name__)


@each_type
def test_a_sound_value_is_read_in_its_own_form(type_: type[Field[Any]]) -> None:
    for field, value, becomes in READ:
        if type(field) is type_:
            assert repr(field.read(value)) == repr(becomes)  # of its own type, and no −0


@each_type
def test_anything_else_is_refused(type_: type[Field[Any]]) -> None:
    for field, value in REFUSED:
        if type(field) is type_:
            with pytest.raises(ValueError, match=r"^a thing must be .*, not “"):
                checked("a thing", field, value)


def test_limits_are_those_of_the_number_or_of_how_many_there_are() -> None:
    found = [Whole(2, 8), PADDING, ListOf(AB, 3), Numbers(1, 3), Grid(1, 15), Copies(8), Levels(8, 32)]
    limited = [(field.low, field.high) for field in found if isinstance(field, Limited)]
    assert limited == [(2, 8), (0, 64), (0, 3), (1, 3), (1, 15), (0, 8), (8, 32)]
    assert not isinstance(Switch(), Limited)


def test_a_refusal_names_the_field_what_it_accepts_and_the_beginning_of_what_came() -> None:
    shown: list[tuple[object, str]] = [
        ("x" * SHOWN, "x" * SHOWN),
        ("x" * (SHOWN + 1), "x" * SHOWN + "…"),
        (10**5000, "int"),
        (nested(4000), "[[[[[[[...]]]]]]]"),
        (None, "None"),
        ([9] * 1000, "[9, 9, 9, 9, 9, 9, ...]"),
    ]
    for value, beginning in shown:
        with pytest.raises(ValueError, match=r"^side must be") as refused:
            checked("side", OneOf(AB), value)
        assert str(refused.value) == f"side must be one of a, b, not “{beginning}”"


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
def test_a_network_that_cannot_be_read_is_refused_with_the_layer_and_the_reason(net: str, told: str) -> None:
    with pytest.raises(ValueError, match=f"^net must be layers separated by commas.* not “.*”: {told}$"):
        checked("net", Layers(), net)


def test_a_place_that_a_component_sends_is_a_pair() -> None:
    assert pair("the shift", [1, "x"]) == pair("the shift", (1, "x")) == (1, "x")
    for place in (None, "12", [1], [1, 2, 3], {"0": 1, "1": 2}, {1, 2}, range(2), nested(4000)):
        with pytest.raises(ValueError, match=r"^the shift must be two whole numbers$"):
            pair("the shift", place)
