"""A plan: every row has the shape it says, all rows together are the network, and a fault says where and why."""

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import SpecError
from kernels.layer.spec import Shape
from kernels.networks.blocks import Residual
from kernels.networks.description import OPTIONS, parse
from kernels.networks.plan import INPUT, MEMORY, Fault, Plan, activations, init, plan
from tests.support.memory import peak
from tests.support.networks import FEW, NETS, network
from tests.support.networks import made as planned

Array = NDArray[np.float64]

ROWS: list[tuple[str, Shape, Shape]] = [  # a step, its input, its output by hand
    ("conv 4 3", (3, 5, 6), (4, 3, 4)),
    ("conv 4 3x2 stride=2x1 padding=1x0 bias=0", (2, 6, 5), (4, 3, 4)),
    ("conv 4 2 padding=same dilation=3 groups=2", (2, 5, 4), (4, 5, 4)),
    ("conv 2 3 padding=full", (1, 4, 4), (2, 6, 6)),
    ("conv 2 3 padding=2 mode=reflect", (1, 4, 5), (2, 6, 7)),
    ("conv 2 3 padding=2 mode=circular", (1, 2, 5), (2, 4, 7)),
    ("conv 2 3 padding=5 mode=replicate", (1, 2, 5), (2, 10, 13)),
    ("conv 3 1", (7, 1, 1), (3, 1, 1)),
    ("local 2 3 stride=2", (2, 7, 6), (2, 3, 2)),
    ("local 1 2x3 bias=0", (1, 2, 3), (1, 1, 1)),
    ("tiled 2 3 2", (2, 7, 6), (2, 5, 4)),
    ("tiled 2 3 64 stride=2 bias=0", (1, 7, 6), (2, 3, 2)),
    ("tiled 2 2 1", (1, 3, 3), (2, 2, 2)),
    ("table 0/12/012 2", (3, 4, 5), (3, 3, 4)),
    ("table 2 3x1 stride=2x3 bias=0", (3, 5, 4), (1, 2, 2)),
    ("unitbias", (2, 3, 4), (2, 3, 4)),
    ("relu", (2, 3, 4), (2, 3, 4)),
    ("tanh", (1, 1, 1), (1, 1, 1)),
    ("sigmoid", (2, 3, 4), (2, 3, 4)),
    ("max 2", (2, 5, 4), (2, 2, 2)),
    ("max 3 stride=1", (1, 5, 4), (1, 3, 2)),
    ("mean 2 stride=3", (2, 8, 5), (2, 3, 2)),
    ("mean 4", (2, 4, 4), (2, 1, 1)),
    ("globalmax", (3, 2, 5), (3, 1, 1)),
    ("globalmean", (3, 1, 1), (3, 1, 1)),
    ("subsample 2", (3, 5, 6), (3, 2, 3)),
    ("pad 1x2 value=-1", (2, 3, 4), (2, 6, 7)),  # 1 before and 2 after, along both axes
    ("pad 0", (2, 3, 4), (2, 3, 4)),
    ("norm", (2, 3, 4), (2, 3, 4)),
    ("flatten", (2, 3, 4), (24, 1, 1)),
    ("dense 5", (2, 3, 4), (5, 1, 1)),
    ("dense 5 bias=0", (6, 1, 1), (5, 1, 1)),
    ("softmax", (2, 3, 4), (2, 3, 4)),
    ("split, add", (2, 3, 4), (2, 3, 4)),
    ("split, shortcut, add", (2, 3, 4), (2, 3, 4)),
    ("split, conv 3 3, shortcut, conv 3 3 bias=0, add", (2, 4, 5), (3, 2, 3)),
]
NETWORKS: list[tuple[str, Shape]] = [
    *((text, in_shape) for text, in_shape, _ in ROWS),
    *(NETS[name] for name in NETS if network(name).parameters <= FEW),
    ("split, split, conv 2 1, add, conv 2 3 padding=1, shortcut, conv 2 1, tanh, add, dense 2", (2, 4, 4)),
    ("split, conv 2 1, shortcut, split, conv 2 1, shortcut, conv 2 1 bias=0, add, add, conv 1 1", (2, 3, 4)),
    ("", (2, 3, 4)),
]
every_network = pytest.mark.parametrize(("text", "in_shape"), NETWORKS, ids=lambda value: str(value)[:60])


def drawn(made: Plan) -> tuple[Array, Array]:
    rng = np.random.default_rng(4)
    return rng.standard_normal(made.parameters), rng.standard_normal(made.in_shape)


def test_the_last_shape_is_that_counted_by_hand_for_every_word_there_is() -> None:
    assert {word.split()[0] for text, _, _ in ROWS for word in text.split(",")} == set(OPTIONS)
    for text, in_shape, out_shape in ROWS:
        assert planned(text, in_shape).rows[-1].out_shape == out_shape, text


@every_network
def test_every_row_is_its_layer_of_what_it_reads(text: str, in_shape: Shape) -> None:
    """Which rows it reads is found here by a stack, from the words alone."""
    made = planned(text, in_shape)
    theta, x = drawn(made)
    found = activations(made, theta, x)
    at, stack, last = 0, [], x  # the stack: what a split was given, and the end of its branch if that has come
    for row, given in zip(made.rows, found, strict=True):
        if row.config.op == "split":
            stack.append([last])
        elif row.config.op == "shortcut":
            stack[-1].append(last)
            last = stack[-1][0]
        elif row.config.op == "add":
            split, *ended = stack.pop()
            last = (ended[0] if ended else split) + last
        else:
            assert row.layer is not None
            many = row.layer.parameters(last.shape)
            last = row.layer.apply(theta[at : at + many], last[None])[0][0]
            assert row.part == slice(at, at + many)
            at += many
        np.testing.assert_array_equal(given, last)
    assert at == made.parameters


@every_network
def test_the_rows_are_the_network_and_have_the_shapes_they_say(text: str, in_shape: Shape) -> None:
    made = planned(text, in_shape)
    theta, x = (part.astype(np.float32) for part in drawn(made))
    kept = theta.copy(), x.copy()
    found = activations(made, theta, x)
    assert [part.shape for part in found] == [row.out_shape for row in made.rows]
    assert all(part.dtype == np.float32 for part in found)
    np.testing.assert_array_equal(theta, kept[0])
    np.testing.assert_array_equal(x, kept[1])
    assert len(found) == len(made.rows) == len(made.configs)
    for n, row in enumerate(made.rows):
        assert row.in_shape == (in_shape if row.reads[0] == INPUT else made.rows[row.reads[0]].out_shape)
        assert len(row.reads) == (2 if row.config.op == "add" else 1)
        assert all(read < n for read in row.reads)
    assert parse(made.text) == made.configs

    whole = made.network
    assert whole.shapes[-1] == (made.rows[-1].out_shape if made.rows else in_shape)
    assert whole.parameters == made.parameters
    double, image = drawn(made)
    last = [image, *activations(made, double, image)][-1]
    np.testing.assert_allclose(last, whole.apply(double, image[None])[0], rtol=0, atol=1e-12)
    first = init(made, 3)
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, whole.init(3))
    draws = {"conv", "local", "tiled", "table", "dense"} & {config.op for config in made.configs}
    assert np.array_equal(first, init(made, 4)) == (not draws)


def test_a_branch_is_one_layer_of_the_network() -> None:
    text = "relu, split, split, conv 1 1, add, shortcut, tanh, split, add, add, sigmoid"
    layers = planned(text, (1, 2, 2)).network.layers
    assert [type(layer).__name__ for layer in layers] == ["Activate", "Residual", "Activate"]
    outer = layers[1]
    assert isinstance(outer, Residual)
    assert [type(layer).__name__ for layer in outer.branch] == ["Residual"]
    assert [type(layer).__name__ for layer in outer.shortcut] == ["Activate", "Residual"]
    inner, empty = outer.branch[0], outer.shortcut[1]
    assert isinstance(inner, Residual)
    assert (len(inner.branch), len(inner.shortcut)) == (1, 0)
    assert empty == Residual(())


def test_layers_do_what_their_words_say() -> None:
    """Where the shapes alone could not tell."""
    x = np.arange(-4.0, 5.0).reshape(1, 3, 3)

    def given(text: str, theta: Array | None = None) -> Array:
        return activations(planned(text, (1, 3, 3)), np.zeros(0) if theta is None else theta, x)[-1]

    assert given("max 2 stride=1").tolist() == [[[0, 1], [3, 4]]]
    assert given("mean 2 stride=1").tolist() == [[[-2, -1], [1, 2]]]
    assert given("max 2").tolist() == [[[0]]]
    assert (given("globalmax").item(), given("globalmean").item()) == (4, 0)
    np.testing.assert_array_equal(given("relu"), np.maximum(x, 0))
    np.testing.assert_array_equal(given("tanh"), np.tanh(x))
    np.testing.assert_allclose(given("sigmoid"), 1 / (1 + np.exp(-x)), rtol=1e-15)
    np.testing.assert_allclose(given("softmax"), np.exp(x) / np.exp(x).sum(), rtol=1e-14)
    np.testing.assert_array_equal(given("pad 1x0 value=-1"), np.pad(x, ((0, 0), (1, 0), (1, 0)), constant_values=-1))
    np.testing.assert_array_equal(given("unitbias", np.arange(9.0)), x + np.arange(9.0).reshape(1, 3, 3))
    assert given("conv 1 1 mode=reflect padding=1 bias=0", np.ones(1))[0, 0].tolist() == [0, -1, 0, 1, 0]
    assert given("dense 1", np.arange(10.0)).item() == float(np.arange(9.0) @ x.ravel() + 9)


REACH = "make the kernel or the dilation smaller, or the padding or the image larger"
AGREE = "Layer {} (add) does not fit: its branch outputs {} and its shortcut {}, but they must be equal"
FAULTS: list[tuple[str, Shape, int, str]] = [
    ("conv 4 9", (1, 8, 9), 0, "Layer 1 (conv) does not fit: a kernel of 9 rows with dilation 1 spans 9 rows, "
     f"but the input has 8 and padding adds 0: {REACH}"),
    ("max 2, max 2, max 2, relu", (1, 6, 6), 2, "Layer 3 (max) does not fit: a kernel of 2 rows with dilation 1 "
     f"spans 2 rows, but the input has 1 and padding adds 0: {REACH}"),
    ("relu, conv 4 3 groups=2", (3, 8, 8), 1,
     "Layer 2 (conv) does not fit: groups must divide the 3 input channels, got 2"),
    ("relu, conv 3 3 groups=2", (2, 8, 8), 1,
     "Layer 2 (conv) does not fit: groups must divide the 3 output channels, got 2"),
    ("conv 1 3 padding=3 mode=reflect", (1, 3, 9), 0,
     "Layer 1 (conv) does not fit: padding must be at most 2 along the 3 rows in mode reflect, "
     "got 3"),
    ("conv 2 3, relu, table 0/12 3, relu", (1, 8, 8), 2,
     "Layer 3 (table) does not fit: each map of a table must name channels from 0 to 1, rising, each once, got 1, 2"),
    ("relu, add", (1, 4, 4), 1, "Layer 2 (add) does not fit: add has no split before it"),
    ("shortcut", (1, 4, 4), 0, "Layer 1 (shortcut) does not fit: shortcut has no split before it"),
    ("split, relu, add, add", (1, 4, 4), 3, "Layer 4 (add) does not fit: add has no split before it"),
    ("split, relu, add, shortcut", (1, 4, 4), 3, "Layer 4 (shortcut) does not fit: shortcut has no split before it"),
    ("split, relu, shortcut, tanh, shortcut, add", (1, 4, 4), 4,
     "Layer 5 (shortcut) does not fit: this branch already has a shortcut"),
    ("split, conv 2 3, add", (1, 4, 5), 2, AGREE.format(3, "2 × 2 × 3", "1 × 4 × 5")),
    ("relu, split, relu, shortcut, conv 2 3, add, relu", (1, 4, 5), 5, AGREE.format(6, "1 × 4 × 5", "2 × 2 × 3")),
    ("split, split, conv 2 1, add, add", (1, 4, 5), 3, AGREE.format(4, "2 × 4 × 5", "1 × 4 × 5")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "in_shape", "at", "sentence"), FAULTS, ids=lambda value: str(value)[:60])
def test_a_fault_names_the_layer_and_why_and_keeps_the_rows_before(
    text: str, in_shape: Shape, at: int, sentence: str
) -> None:
    made = plan(parse(text), in_shape)
    assert made.fault == Fault(at, sentence)
    assert made.text == text
    before = plan(made.configs[:at], in_shape)
    assert made.rows == before.rows
    assert len(made.rows) == at
    assert len(activations(made, *drawn(made))) == at
    with pytest.raises(SpecError) as refused:
        _ = made.network
    assert str(refused.value) == sentence


def test_a_branch_without_an_end_is_a_fault_of_its_split_and_an_empty_image_of_the_first_layer() -> None:
    ends = {
        "split": 0, "relu, split, relu": 1, "split, relu, shortcut, relu": 0, "split, split, relu, add": 0,
        "split, relu, split, tanh": 2,
    }  # fmt: skip
    for text, at in ends.items():
        made = plan(parse(text), (1, 3, 3))
        assert made.fault == Fault(at, f"Layer {at + 1} (split) is not closed by an add")
        assert len(activations(made, *drawn(made))) == len(made.rows) == len(made.configs)
        with pytest.raises(SpecError, match=rf"^Layer {at + 1} \(split\) is not closed by an add$"):
            _ = made.network
    for in_shape in ((1, 0, 4), (1, 4, 0)):
        fault = plan(parse("conv 1 1"), in_shape).fault
        assert fault is not None
        assert fault.sentence.startswith("Layer 1 (conv) does not fit: in_shape must have at least 1 of its ")


@pytest.mark.long
def test_as_many_branches_as_can_be_written_are_no_trouble() -> None:
    deep = planned(", ".join(["split"] * 127 + ["conv 1 1"] + ["add"] * 127), (1, 1, 1))
    theta = np.array([-1.0, 0.0])
    found = activations(deep, theta, np.full((1, 1, 1), 3.0))[-1]
    assert found.item() == 3 * (127 - 1)
    assert deep.network.init(0).shape == (2,)
    assert deep.network.apply(theta, np.full((1, 1, 1, 1), 3.0)).item() == found.item()


def test_more_than_a_visitor_may_take_is_refused_with_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("conv 4096 64 padding=64", "dense 10000", "pad 64, pad 64, pad 64, pad 64, pad 64, relu"):
        made = planned(text, (3, 700, 700))
        assert made.memory > MEMORY
        message = rf"^running this network needs {made.memory:,} bytes, more than the {MEMORY:,} a visitor may take$"
        with pytest.raises(SpecError, match=message):
            activations(made, np.zeros(0, np.float32), np.zeros((3, 700, 700), np.float32))
    made = planned("conv 2 3, relu", (1, 5, 5))
    monkeypatch.setattr("kernels.networks.plan.MEMORY", made.memory)
    assert len(activations(made, *drawn(made))) == 2
    monkeypatch.setattr("kernels.networks.plan.MEMORY", made.memory - 1)
    with pytest.raises(SpecError, match=f"^running this network needs {made.memory:,} bytes, more than the "):
        activations(made, *drawn(made))


def test_even_planning_and_counting_the_largest_is_exact() -> None:
    """Nothing is built: sizes are whole numbers of any length."""
    made = planned("conv 4096 64 padding=64, " * 3 + "local 4096 64, dense 10000", (3, 64, 64))
    sides = [64, 129, 194, 259, 196]
    weights = [4096 * c * 4096 for c in (3, 4096, 4096)]
    local = 196 * 196 * (4096 * 4096 * 4096 + 4096)
    assert [row.out_shape[1] for row in made.rows[:4]] == sides[1:]
    assert made.parameters == sum(weights) + 3 * 4096 + local + 10_000 * (4096 * 196 * 196 + 1)


def measured(made: Plan) -> int:
    """Bytes that running it takes at most, θ included."""
    theta = init(made, 0)
    x = np.random.default_rng(0).random(made.in_shape, np.float32)
    activations(made, theta, x)
    return peak(lambda: activations(made, theta, x)) + theta.nbytes


BESIDES = 2**14  # bytes for what is no array of numbers
CONVS = [
    "conv 8 3",
    "conv 64 1, relu",
    "conv 8 3 padding=1, relu, conv 16 3, max 2, conv 8 1",
    "conv 32 3 stride=2, relu, conv 64 3 stride=2",
    "conv 8 5 padding=2, relu, max 2, flatten, dense 100",
    "split, conv 3 3 padding=1 bias=0, norm, relu, conv 3 3 padding=1, norm, add, relu",
]


def test_the_memory_that_is_told_is_what_a_network_takes_and_for_convolutions_within_a_factor_of_four() -> None:
    others = [
        "conv 8 1 padding=8 mode=reflect", "max 3 stride=1", "max 16 stride=1", "mean 16 stride=1", "local 8 3",
        "tiled 8 3 2", "tiled 16 5 8", "table 0/1/2/012 5", f"table {'/'.join('0' * 64)} 32 stride=32", "subsample 2",
        "pad 8, relu", "norm", "softmax", "sigmoid", "unitbias", "dense 200", "globalmax", "globalmean",
    ]  # fmt: skip
    for text in [*CONVS, *others]:
        made = planned(text, (3, 64, 64))
        most = measured(made)
        assert most <= made.memory + BESIDES, text
        assert made.memory <= 4 * most or text in others, text
