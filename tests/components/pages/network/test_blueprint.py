"""An edit does what it says or leaves everything as it was, and the table holds what one counts by hand."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from components.pages.network import blueprint, input
from components.pages.network.blueprint import Kept, built, plan_of, revised, theta_of
from components.pages.network.history import History
from components.pages.network.state import Net
from components.state.link import edited, from_query, to_query
from kernels.images.digits import split
from kernels.layer.spec import Shape
from kernels.networks.description import OPTIONS
from kernels.networks.trained import LAYERS, trained
from kernels.networks.zoo import ZOO
from tests.support.text import numbers, sizes

Array = NDArray[Any]
IDS = [known.id for known in ZOO]


def of(net: str, inputs: Shape = (1, 16, 16), **more: Any) -> Net:  # noqa: ANN401  # Net's own
    return replace(Net(), net=net, inputs=inputs, **more)


def sent(own: Net, do: str, **message: object) -> str:
    """The layers after this edit."""
    return built(own, {"do": do} | message).net


THREE = of("conv 8 3, relu, max 2")


# Edits.


@pytest.mark.parametrize(
    ("at", "net"),
    [
        (0, "tanh, conv 8 3, relu, max 2"),
        (1, "conv 8 3, tanh, relu, max 2"),
        (3, "conv 8 3, relu, max 2, tanh"),
    ],
)
def test_a_layer_is_added_where_it_was_asked_for(at: int, net: str) -> None:
    assert sent(THREE, "add", at=at, op="tanh") == net


@pytest.mark.parametrize("op", [*OPTIONS])
def test_a_layer_of_every_kind_can_be_added_and_is_shown_with_its_name(op: str) -> None:
    own = built(of(""), {"do": "add", "at": 0, "op": op})
    (row,) = blueprint.props(plan_of(own), History(), "")["rows"]
    assert (row["op"], row["name"]) == (op, blueprint.NAMES[op])
    assert [option["name"] for option in row["options"]] == [option.name for option in OPTIONS[op]]


@pytest.mark.parametrize(
    ("op", "inputs"), [(op, (3, 9, 9)) for op in OPTIONS if op not in ("split", "shortcut", "add")]
)
def test_a_new_layer_fits_a_picture_in_colour(op: str, inputs: Shape) -> None:
    assert plan_of(built(of("", inputs), {"do": "add", "at": 0, "op": op})).fault is None


@pytest.mark.parametrize(("at", "net"), [(0, "relu, max 2"), (1, "conv 8 3, max 2"), (2, "conv 8 3, relu")])
def test_a_layer_is_removed(at: int, net: str) -> None:
    assert sent(THREE, "remove", at=at) == net


@pytest.mark.parametrize(
    ("at", "to", "net"),
    [
        (0, 2, "relu, max 2, conv 8 3"),
        (2, 0, "max 2, conv 8 3, relu"),
        (1, 0, "relu, conv 8 3, max 2"),
        (1, 1, "conv 8 3, relu, max 2"),
    ],
)
def test_a_layer_is_moved(at: int, to: int, net: str) -> None:
    assert sent(THREE, "move", at=at, to=to) == net


@pytest.mark.parametrize(
    ("name", "value", "net"),
    [
        ("maps", "12", "conv 12 3"),
        ("size", "3x5", "conv 8 3x5"),
        ("size", " 5x5 ", "conv 8 5"),
        ("stride", "2", "conv 8 3 stride=2"),
        ("padding", "same", "conv 8 3 padding=same"),
        ("padding", "0", "conv 8 3"),
        ("padding", "1x2", "conv 8 3 padding=1x2"),
        ("dilation", "2", "conv 8 3 dilation=2"),
        ("groups", "3", "conv 8 3 groups=3"),
        ("bias", "0", "conv 8 3 bias=0"),
        ("mode", "circular", "conv 8 3 mode=circular"),
    ],
)
def test_an_option_is_set_and_the_others_stay(name: str, value: str, net: str) -> None:
    assert sent(of("conv 8 3"), "set", at=0, name=name, value=value) == net
    own = of("relu, conv 8 3 stride=1x2 padding=1 bias=0, relu")
    before, after = (str(plan_of(one).configs[1].values) for one in (own, own))
    assert before == after
    other = plan_of(built(own, {"do": "set", "at": 1, "name": "maps", "value": "9"})).configs[1]
    assert other.values[1:] == plan_of(own).configs[1].values[1:]


@pytest.mark.parametrize("op", [*OPTIONS])
def test_what_every_field_shows_can_be_typed_into_it_again(op: str) -> None:
    own = built(of(""), {"do": "add", "at": 0, "op": op})
    for option in blueprint.props(plan_of(own), History(), "")["rows"][0]["options"]:
        assert built(own, {"do": "set", "at": 0, "name": option["name"], "value": option["value"]}) == own
        for choice in option["choices"]:
            assert built(own, {"do": "set", "at": 0, "name": option["name"], "value": choice})


def test_an_edit_lets_go_of_the_unit_that_was_open_and_of_nothing_else() -> None:
    own = of("conv 8 3, relu", unit=(0, 1, 2, 3), weights="edges", seed=7, shown="sheet", digit=5, inverted=True)
    assert built(own, {"do": "remove", "at": 1}) == replace(own, net="conv 8 3", unit=())


def test_a_network_that_does_not_fit_is_an_edit_like_any_other_and_comes_back_from_its_link() -> None:
    own = built(of("conv 8 3, relu"), {"do": "set", "at": 0, "name": "size", "value": "17"})
    assert plan_of(own).fault is not None
    assert from_query(to_query(own), Net()) == (own, ())


def test_there_are_at_most_256_layers() -> None:
    own = of(", ".join(["relu"] * 255))
    full = built(own, {"do": "add", "at": 255, "op": "tanh"})
    assert len(plan_of(full).rows) == 256
    assert from_query(to_query(full), Net()) == (full, ())
    with pytest.raises(ValueError, match=r"^a network has at most 256 layers$"):
        built(full, {"do": "add", "at": 0, "op": "tanh"})


LONG = "x" * 10**6
NOTHING: list[Any] = [
    *(None, True, 0, 1.5, math.nan, math.inf, 10**5000, "", LONG, [], {}, [[]], b"1", object(), len, ("do", "add")),
    *({"do": None}, {"do": 0}, {"do": ""}, {"do": LONG}, {"do": "eval"}, {"do": "_set"}, {"do": "__class__"}),
    *({"do": []}, {"do": {}}, {"do": ["add"]}, {"do": {"do": "add"}}, {"do": math.nan}),
    *({"do": "add"}, {"do": "add", "at": 0}, {"do": "add", "op": "relu"}, {"do": "remove"}, {"do": "move"}),
    *({"do": "set"}, {"do": "set", "at": 0}, {"do": "set", "at": 0, "name": "maps"}, {"do": "set", "value": "1"}),
    *({"do": "move", "at": 0}, {"do": "move", "to": 0}, {"do": "set", "at": 0, "value": "3"}),
]
OPS: list[Any] = [None, "", "Conv", "lambda", "conv 8 3", LONG, 3, [], {}, ["relu"]]
PLACES: list[Any] = [
    *(None, -1, 4, 1.0, math.nan, math.inf, True, 10**30, 10**5000, "-1", "x", LONG, [], [0], {}, b"0"),
]
TARGETS: list[Any] = [None, -1, 3, 0.0, math.nan, False, 10**30, "x", LONG, [], {}]
OPTION_NAMES: list[Any] = [None, "", "op", "__class__", LONG, 3, [], {}]
VALUES: list[Any] = [
    *(None, 3, True, math.nan, 10**5000, [], ["3"], {}, b"3", "", " ", "-1", "99999", "9" * 10**6, LONG),
    *("3x", "x3", "3x3x3", "1e3", "3.0", "0o3", "３", "²", "nan", "None", "<b>", "3\t5", "3\n5", "3\u20283"),
    *("3 3", "3,3", "3, relu", "maps=3", "8 3 stride=2", ",", "=", "\x00", "\ud800", "$3$", "`3`"),
]
WHOLE_MESSAGE = {"op": "relu", "name": "maps", "value": "4", "to": 0}
HOSTILE: list[Any] = [
    *NOTHING,
    *({"do": "add", "at": 0, "op": op} for op in OPS),
    *(WHOLE_MESSAGE | {"do": do, "at": at} for do in ("add", "remove", "move", "set") for at in PLACES),
    *({"do": "move", "at": 0, "to": to} for to in TARGETS),
    *({"do": "set", "at": 0, "name": name, "value": "3"} for name in OPTION_NAMES),
    *(
        {"do": "set", "at": 0, "name": name, "value": value}
        for name in ("maps", "size", "stride", "padding", "dilation", "groups", "bias", "mode")
        for value in VALUES
    ),
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_message_that_means_nothing_is_refused_in_a_sentence(number: int) -> None:
    with pytest.raises(ValueError, match=r"\w") as refused:
        revised(THREE, HOSTILE[number], noted(THREE))
    assert len(str(refused.value)) <= 400
    assert not isinstance(refused.value, UnicodeError)


@pytest.mark.parametrize("do", ["remove", "move", "set"])
def test_without_layers_there_is_nothing_to_edit(do: str) -> None:
    with pytest.raises(ValueError, match=r"^there is no layer yet$"):
        sent(of(""), do, at=0, to=0, name="maps", value="3")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("size", "65", "size of conv must be a whole number from 1 to 64, or two like 3x5, got '65'"),
        ("size", "3 5", "size of conv must be a whole number from 1 to 64, or two like 3x5, not “3 5”"),
        ("padding", "all", "padding of conv must be valid, same, full or a whole number from 0 to 64"),
        ("mode", "mirror", "mode of conv must be one of zeros, reflect, replicate, circular, got 'mirror'"),
    ],
)
def test_a_refusal_says_what_would_do_and_what_came(name: str, value: str, said: str) -> None:
    with pytest.raises(ValueError, match="must be") as refused:
        sent(THREE, "set", at=0, name=name, value=value)
    assert str(refused.value).startswith(said)


# Undo and redo.


def noted(*owns: Net) -> History[Kept]:
    history: History[Kept] = History()
    for own in owns:
        history.note(blueprint.kept(own))
    return history


def test_undo_brings_back_layers_and_volume_and_redo_what_was_undone() -> None:
    first, second = of("conv 8 3"), of("conv 8 3, relu", (3, 9, 9), weights="random", digit=4)
    history = noted(first, second)
    undone = revised(second, {"do": "undo"}, history)
    assert undone == replace(second, net="conv 8 3", inputs=(1, 16, 16), weights=first.weights)
    assert revised(undone, {"do": "redo"}, history) == second


@pytest.mark.parametrize("id", ["digits", *IDS])
def test_undo_goes_back_over_a_network_of_somebody_elses(id: str) -> None:
    own = of("conv 8 3, relu", (1, 20, 24))
    started = blueprint.start_from(own, id)
    undone = revised(started, {"do": "undo"}, noted(own, started))
    assert (undone.net, undone.inputs) == (own.net, own.inputs)


def test_undo_brings_back_the_choice_of_weights() -> None:
    own = of("conv 8 3", weights="random")
    started = blueprint.start_from(own, "digits")
    history = noted(own, started)
    assert started.weights == "trained"
    undone = revised(started, {"do": "undo"}, history)
    assert undone.weights == "random"
    assert revised(undone, {"do": "redo"}, history).weights == "trained"


@pytest.mark.parametrize("do", ["undo", "redo"])
def test_where_there_is_nothing_to_undo_the_network_stays(do: str) -> None:
    assert revised(THREE, {"do": do}, noted(THREE)) == THREE


# Networks to start from.


def test_one_can_start_from_the_small_network_and_from_all_that_were_published() -> None:
    assert list(blueprint.titles()) == ["digits", *IDS, "empty"]
    assert blueprint.start_from(THREE, None) == THREE
    assert blueprint.start_from(THREE, "empty").net == ""


@pytest.mark.parametrize("id", IDS)
def test_a_published_network_fits_comes_with_its_volume_and_goes_into_a_link(id: str) -> None:
    known = next(one for one in ZOO if one.id == id)
    own = blueprint.start_from(of("relu", unit=(0, 0, 0, 0), digit=3), id)
    made = plan_of(own)
    assert (made.fault, own.inputs, own.unit, own.digit) == (None, known.in_shape, (), 3)
    assert made.parameters == known.parameters
    assert own.shown == ("picture" if known.in_shape[0] == 3 else "digit")
    assert from_query(to_query(own), Net()) == (own, ())


def test_the_small_network_comes_with_its_weights() -> None:
    own = blueprint.start_from(of("relu", (3, 9, 9), weights="edges", unit=(0, 0, 0, 0)), "digits")
    assert (own.net, own.inputs, own.weights, own.unit) == (LAYERS, (1, 16, 16), "trained", ())


# Weights.


def parts(own: Net) -> list[Array]:
    theta, _ = theta_of(own, plan_of(own))
    return [theta[row.part] for row in plan_of(own).rows if row.parameters]


FILE = np.split(trained().theta, [80, 80 + 1168])


def test_the_trained_network_has_the_numbers_of_the_file() -> None:
    theta, taken = theta_of(Net(), plan_of(Net()))
    np.testing.assert_array_equal(theta, trained().theta)
    assert taken == 3


def test_after_an_edit_of_the_head_the_first_layers_keep_what_they_have_learned() -> None:
    own = of(LAYERS.replace("dense 10", "dense 7"), seed=3)
    found = parts(own)
    np.testing.assert_array_equal(found[0], FILE[0])
    np.testing.assert_array_equal(found[1], FILE[1])
    assert theta_of(own, plan_of(own))[1] == 2
    random = parts(replace(own, weights="random"))
    np.testing.assert_array_equal(found[2], random[2])
    assert len(found[2]) == 7 * 257


@pytest.mark.parametrize(
    ("net", "inputs", "taken"),
    [
        (LAYERS.replace("conv 8 3", "conv 9 3"), (1, 16, 16), [False, False, True]),
        (LAYERS.replace("conv 8", "conv 4 1, conv 8"), (1, 16, 16), [False, False, False, False]),
        (LAYERS, (1, 20, 16), [False, False, False]),
        (LAYERS, (3, 16, 16), [False, True, True]),
        (LAYERS.replace("relu, max 2, flatten", "tanh, mean 2, flatten"), (1, 16, 16), [True, True, True]),
        (LAYERS.replace("padding=same", "padding=1"), (1, 16, 16), [True, True, True]),
        (LAYERS.replace("conv 8 3 padding=same", "conv 8 3 padding=1 mode=reflect"), (1, 16, 16), [False, True, True]),
        (LAYERS.replace("conv 8 3 padding=same", "pad 1, conv 8 3"), (1, 16, 16), [False, True, True]),
    ],
)
def test_a_layer_takes_what_was_learned_where_it_is_the_same_layer_on_the_same_volume(
    net: str, inputs: Shape, taken: list[bool]
) -> None:
    own = of(net, inputs)
    assert theta_of(own, plan_of(own))[1] == sum(taken)
    for found, known, same in zip(parts(own), FILE, taken, strict=False):
        assert (len(found) == len(known) and np.array_equal(found, known)) == same


@pytest.mark.parametrize("weights", ["trained", "random", "edges"])
def test_the_same_link_has_the_same_numbers_and_another_seed_others(weights: str) -> None:
    own = of("conv 4 3, tanh, local 2 3, flatten, dense 5", weights=weights, seed=11)
    again = from_query(to_query(own), Net())[0]
    for one, other in zip(parts(own), parts(again), strict=True):
        np.testing.assert_array_equal(one, other)
    others = parts(replace(own, seed=12))
    assert [bool(np.any(a != b)) for a, b in zip(parts(own), others, strict=True)] == [weights != "edges", True, True]


def test_edges_are_in_the_first_kernels_alone() -> None:
    own = of("conv 4 3, conv 4 3, flatten, dense 3", weights="edges")
    random = parts(replace(own, weights="random"))
    found = parts(own)
    assert np.any(found[0] != random[0])
    np.testing.assert_allclose(found[0][:36].reshape(4, 9).sum(axis=1), 0, atol=1e-6)
    for one, other in zip(found[1:], random[1:], strict=True):
        np.testing.assert_array_equal(one, other)


def line(own: Net) -> str:
    made = plan_of(own)
    return blueprint.weights_line(own, made, theta_of(own, made)[1])


def test_however_its_padding_is_written_it_is_the_network_that_was_trained_and_measured() -> None:
    for net, told in (
        (LAYERS.replace("padding=same", "padding=1"), True),
        (LAYERS.replace("padding=same", "padding=1x1", 1), True),
        (LAYERS.replace("relu", "tanh", 1), False),
        (LAYERS.replace(", softmax", ""), False),
        (LAYERS + ", relu", False),
    ):
        own = of(net)
        assert blueprint.is_trained(own, plan_of(own)) == told, net
        assert ("99.5 %" in line(own)) == told
        assert not blueprint.is_trained(replace(own, weights="random"), plan_of(own))


def test_the_caption_tells_where_the_weights_come_from() -> None:
    assert "99.5 % of 600 unseen digits" in line(Net())
    head = line(of(LAYERS.replace("dense 10", "dense 7"), seed=3))
    assert head.startswith("2 of 3 layers of weights as trained, the others random, seed 3")
    assert "seed 4" in line(of("conv 9 5", seed=4))
    assert line(of("conv 9 5", seed=4)).startswith("Nobody has trained")
    assert "random, seed 5" in line(replace(Net(), weights="random", seed=5))
    assert line(replace(Net(), weights="edges")).startswith("Edges")


@pytest.mark.parametrize(
    "net",
    [
        "conv 8 3 padding=same",
        "conv 8 3 padding=same, relu, max 2",
        LAYERS.replace(", relu", ""),
        LAYERS.replace("max 2", "mean 2"),
        LAYERS.replace(", softmax", ", sigmoid, softmax"),
        f"sigmoid, {LAYERS}",
    ],
)
def test_the_accuracy_is_told_of_the_network_it_was_measured_with_and_of_no_other(net: str) -> None:
    assert "%" not in line(of(net))


@pytest.mark.parametrize("net", ["flatten, dense 10", "conv 8 1, relu", "relu", ""])
def test_where_no_kernel_can_see_an_edge_the_caption_does_not_say_so(net: str) -> None:
    assert "Edges" not in line(of(net, weights="edges"))


# Digits.


@pytest.mark.parametrize("n", [0, 1, 7, 599])
def test_a_digit_is_one_of_those_nobody_trained_with_and_its_label_is_its_own(n: int) -> None:
    _, test = split(1197, 600, 0)
    seen = input.digit(n)
    assert (seen.shape, str(seen.dtype)) == ((16, 16, 3), "uint8")
    for corner, here in ((0, 0), (15, 7)):
        assert seen[corner, corner].tolist() == [round(255 * float(test.x[n, 0, here, here]))] * 3
    assert input.label(replace(Net(), digit=n)) == test.labels[n]
    assert input.label(replace(Net(), digit=n, shown="sheet")) is None
    assert input.label(replace(Net(), digit=n, shown="picture")) is None


# What the builder is sent.


def test_the_builder_is_told_of_each_layer_what_comes_out_and_what_it_weighs() -> None:
    rows = blueprint.props(plan_of(Net()), History(), "")["rows"]
    assert [row["volume"] for row in rows] == [
        *("8 × 16 × 16", "8 × 16 × 16", "8 × 8 × 8", "16 × 8 × 8", "16 × 8 × 8", "16 × 4 × 4"),
        *("256 × 1 × 1", "10 × 1 × 1", "10 × 1 × 1"),
    ]
    weights = {0: "80 weights", 3: "1,168 weights", 7: "2,570 weights"}
    assert {n: row["parameters"] for n, row in enumerate(rows) if row["parameters"]} == weights
    assert not any(row["fault"] for row in rows)


@pytest.mark.parametrize(
    ("net", "at", "words"),
    [
        ("conv 8 3, relu, conv 4 15, relu", 2, ["Layer 3", "conv", "15", "14"]),
        ("relu, conv 9 3 groups=2", 1, ["Layer 2", "groups"]),
        ("max 2, max 2, max 2, max 2, max 2", 4, ["Layer 5", "max"]),
        ("relu, add", 1, ["Layer 2", "add has no split"]),
        ("relu, split, relu", 1, ["Layer 2", "no add"]),
        ("split, conv 2 3, add", 2, ["Layer 3", "2 × 14 × 14", "1 × 16 × 16"]),
        ("table 02 3", 0, ["Layer 1", "table"]),
        ("conv 4 3, local 2 3x20", 1, ["Layer 2", "local", "20", "14"]),
    ],
)
def test_which_layer_does_not_fit_and_why_is_said_at_that_layer_and_below(net: str, at: int, words: list[str]) -> None:
    made = plan_of(of(net))
    rows = blueprint.props(made, History(), "")["rows"]
    assert [n for n, row in enumerate(rows) if row["fault"]] == [at]
    for word in words:
        assert word in rows[at]["fault"]
        assert word in blueprint.verdict(made).replace("\\", "")
    assert all(not row["volume"] for row in rows[at + 1 :]) or "split" in net
    assert all(row["volume"] for row in rows[:at])


def test_the_builder_is_sent_nothing_that_json_does_not_hold() -> None:
    for id in IDS:
        data = blueprint.props(plan_of(blueprint.start_from(Net(), id)), History(), "so")
        assert json.loads(json.dumps(data, allow_nan=False))["refusal"] == "so"


def test_undo_and_redo_are_offered_where_there_is_something() -> None:
    history = noted(THREE, Net())

    def offered() -> list[bool]:
        data = blueprint.props(plan_of(THREE), history, "")
        return [data["undo"], data["redo"]]

    assert offered() == [True, False]
    history.back()
    assert offered() == [False, True]


def test_every_option_says_what_it_takes() -> None:
    for op in OPTIONS:
        own = built(of(""), {"do": "add", "at": 0, "op": op})
        for option in blueprint.props(plan_of(own), History(), "")["rows"][0]["options"]:
            assert option["help"]
            assert option["switch"] == (option["name"] == "bias")


def test_what_the_network_is_is_said_in_a_sentence() -> None:
    untied = sum(small().column(1))
    told = numbers(blueprint.verdict(plan_of(Net())).replace("**", ""))
    assert told == [9, 3818, untied, round(untied / 3818)]
    assert "without layers" in blueprint.verdict(plan_of(of("")))
    assert "1 layer," in blueprint.verdict(plan_of(of("relu")))


# The table, counted by hand.


@dataclass
class Count:
    """A network walked through with a pencil: a line a layer: output, three counts, and what a unit sees.

    shape: now. sees, hop: pixels one unit sees, and pixels from one unit to the next.
    left: units of a flattened axis beyond the first. lines: so far.
    """

    shape: Shape
    sees: int = 1
    hop: int = 1
    left: int = 0
    lines: list[tuple[Shape, tuple[int, int, int], int]] = field(default_factory=list)

    def column(self, at: int) -> list[int]:
        """Parameters, connections or multiply-adds."""
        return [figures[at] for _, figures, _ in self.lines]

    def note(self, shape: Shape, parameters: int = 0, connections: int = 0, adds: int = 0) -> None:
        self.shape = shape
        self.lines.append((shape, (parameters, connections, adds), self.sees))

    def seen(self, size: int, stride: int = 1) -> None:
        self.sees += (size - 1) * self.hop
        self.hop *= stride

    def kernels(self, maps: int, size: int, pad: int, pairs: int) -> None:
        """A convolution with biases; pairs: how many (map, channel) there are."""
        _, n, _ = self.shape
        out = n + 2 * pad - size + 1
        uses = sum(0 <= i + k - pad < n for i in range(out) for k in range(size)) ** 2
        self.seen(size)
        self.note((maps, out, out), pairs * size * size + maps, pairs * uses + maps * out * out, pairs * uses)

    def same(self) -> None:
        self.note(self.shape)

    def pool(self) -> None:
        self.seen(2, 2)
        self.note((self.shape[0], self.shape[1] // 2, self.shape[1] // 2))

    def sub(self) -> None:
        c, n = self.shape[0], self.shape[1] // 2
        self.seen(2, 2)
        self.note((c, n, n), 2 * c, c * n * n * 5, c * n * n * 4)

    def flat(self) -> None:
        self.left = self.shape[1] - 1
        self.note((self.shape[0] * self.shape[1] ** 2, 1, 1))

    def dense(self, units: int) -> None:
        self.sees, self.left = self.sees + self.left * self.hop, 0
        n = self.shape[0]
        self.note((units, 1, 1), units * n + units, units * n + units, units * n)


def small() -> Count:
    count = Count((1, 16, 16))
    for maps, channels in ((8, 1), (16, 8)):
        count.kernels(maps, 3, 1, maps * channels)
        count.same()
        count.pool()
    count.flat()
    count.dense(10)
    count.same()
    return count


def lenet() -> Count:
    count = Count((1, 32, 32))
    count.kernels(6, 5, 0, 6)
    count.sub()
    count.same()
    count.kernels(16, 5, 0, 6 * 3 + 9 * 4 + 6)
    count.sub()
    count.same()
    count.kernels(120, 5, 0, 120 * 16)
    count.same()
    count.flat()
    count.dense(84)
    count.same()
    return count


def vgg() -> Count:
    count, channels = Count((3, 224, 224)), 3
    for many, maps in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        for _ in range(many):
            count.kernels(maps, 3, 1, maps * channels)
            count.same()
            channels = maps
        count.pool()
    count.flat()
    for units in (4096, 4096, 1000):
        count.dense(units)
        count.same()
    return count


TABLES: list[tuple[str, Callable[[], Count]]] = [("digits", small), ("lenet5", lenet), ("vgg16", vgg)]


@pytest.mark.parametrize(("id", "by_hand"), TABLES, ids=[id for id, _ in TABLES])
def test_the_table_holds_what_one_counts_by_hand(id: str, by_hand: Callable[[], Count]) -> None:
    own = blueprint.start_from(Net(), id)
    table, count = blueprint.table(plan_of(own)), by_hand()
    shapes = [shape for shape, _, _ in count.lines]
    assert {len(column) for column in table.values()} == {len(shapes) + 1}
    assert table["output"] == [*(" × ".join(map(str, shape)) for shape in shapes), ""]
    for at, name in ((0, "free parameters"), (1, "if nothing were shared"), (1, "connections"), (2, "multiply-adds")):
        assert table[name] == [*count.column(at), sum(count.column(at))], name
    assert table["receptive field"] == [*(f"{sees} × {sees}" for _, _, sees in count.lines), ""]
    kept = [4 * (weights + math.prod(shape)) for weights, shape in zip(count.column(0), shapes, strict=True)]
    for text, right in zip(table["memory"], [*kept, sum(kept)], strict=True):
        assert sizes(text) == pytest.approx([right], rel=0.05)
    assert table["layer"][0].startswith("1. conv")
    assert table["layer"][-1] == "total"


def test_the_totals_by_hand_are_those_in_the_literature() -> None:
    assert (sum(lenet().column(0)), sum(lenet().column(1))) == (60_000, 340_068)
    assert sum(vgg().column(0)) == 138_357_544
    assert sum(small().column(0)) == 3_818


def test_of_a_network_that_does_not_fit_the_layers_that_do_are_in_the_table() -> None:
    table = blueprint.table(plan_of(of("conv 8 3, conv 4 99, relu".replace("99", "64"))))
    assert table["layer"] == ["1. conv 8 3", "total"]
    assert table["free parameters"] == [80, 80]


def test_no_layers_cost_nothing() -> None:
    table = blueprint.table(plan_of(of("")))
    assert table["layer"] == ["total"]
    assert [table[name] for name in blueprint.NUMBERS] == [[0]] * 4


def test_a_word_of_the_state_is_read_as_it_was_written() -> None:
    own = edited(Net(), net="conv 8 3x3 stride=1  ,relu ,, ".replace(",, ", ""))
    assert own.net == "conv 8 3, relu"
