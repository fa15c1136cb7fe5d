"""What is drawn of a layer unrolled over time is the layer: every line a connection, every colour a weight."""

import json
import math
import re
from itertools import combinations

import numpy as np
import pytest

from components.display import theme
from components.display.diagram import Diagram
from components.pages.sequence import unrolled
from components.pages.sequence.state import Sequence
from components.state.link import edited, limits
from kernels.learning.recurrent import Recurrent, effect, with_radius
from tests.support.pictures import read_png, read_values
from tests.support.text import numbers
from tests.support.wirings import edges_of

Weight = tuple[str | int, ...]  # a letter and its places, and the step where every step has its own
Edge = tuple[int, int, Weight]
SIZES = [(2, 1, 1), (2, 3, 4), (3, 1, 4), (4, 3, 1), (5, 2, 3), (8, 1, 2), (8, 3, 4)]  # steps, inputs, units
TITLES = ["Tied RNN", "Untied RNN (separate weights per step)", "Convolution over time"]
SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
every_size = pytest.mark.parametrize(("T", "F", "H"), SIZES)


def of(T: int, F: int, H: int) -> Sequence:
    return edited(Sequence(), length=T, inputs=F, units=H)


def recurrent(T: int, F: int, H: int, tied: bool) -> list[Edge]:
    """Every connection: a row a step and unit; columns first all inputs, then all states but the last, then 1."""
    edges: list[Edge] = []
    for t in range(T):
        own: Weight = () if tied else (t + 1,)
        for h in range(H):
            row = t * H + h
            for f in range(F):
                edges.append((row, t * F + f, ("U", h + 1, f + 1, *own)))
            for g in range(H if t else 0):
                edges.append((row, T * F + (t - 1) * H + g, ("V", h + 1, g + 1, *own)))
            edges.append((row, T * F + (T - 1) * H, ("b", h + 1, *own)))
    return edges


def over_time(T: int, F: int, H: int) -> list[Edge]:
    """A window of up to three steps, a row a place and unit, places in the order of time."""
    edges: list[Edge] = []
    taps = min(3, T)
    for p in range(T - taps + 1):
        for h in range(H):
            row = p * H + h
            for k in range(taps):
                for f in range(F):
                    edges.append((row, (p + k) * F + f, ("F", h + 1, k + 1, f + 1)))
            edges.append((row, T * F, ("b", h + 1)))
    return edges


def wanted(T: int, F: int, H: int) -> list[list[Edge]]:
    return [recurrent(T, F, H, True), recurrent(T, F, H, False), over_time(T, F, H)]


def parameters(T: int, F: int, H: int) -> tuple[int, int, int]:
    return H * (F + H + 1), T * H * (F + 1) + (T - 1) * H * H, H * (min(3, T) * F + 1)


def name(weight: Weight, untied: bool) -> str:
    """As it is written: U₁₂, b₃, or U₁₂ of step 4."""
    letter, *places = weight
    step = f" of step {places.pop()}" if untied else ""
    return str(letter) + "".join(SUBSCRIPTS[int(n)] for n in places) + step


def stand_apart(diagram: Diagram) -> bool:
    """Whether every unit has its place in the frame, and no two touch: their radius is 6."""
    layout = diagram.layout
    places = {at for at in (*layout.inputs, *layout.outputs) if at}
    inside = all(7 <= x <= layout.size[0] - 7 and 7 <= y <= layout.size[1] - 7 for x, y in places)
    return inside and min(math.dist(one, other) for one, other in combinations(places, 2)) >= 13


@every_size
def test_every_connection_and_no_other_is_drawn_under_the_name_of_its_weight(T: int, F: int, H: int) -> None:
    for which, (diagram, edges) in enumerate(zip(unrolled.diagrams(of(T, F, H)), wanted(T, F, H), strict=True)):
        drawn = sorted((t, s, diagram.names[id]) for t, s, id in diagram.props()["edges"])
        assert drawn == sorted((t, s, name(weight, which == 1)) for t, s, weight in edges)
        assert len(set(diagram.names)) == len(diagram.names) == len(diagram.colours) == parameters(T, F, H)[which]
        assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in diagram.colours)


def test_a_weight_has_one_colour_of_its_own_where_weights_are_shared() -> None:
    assert tuple(limits(Sequence, name) for name in ("length", "inputs", "units")) == ((2, 8), (1, 3), (1, 4))
    for size in SIZES:
        tied, _, conv = unrolled.diagrams(of(*size))
        for diagram in (tied, conv):
            levels = [bytes.fromhex(colour[1:]) for colour in diagram.colours]
            assert all(math.dist(one, other) >= 8 for one, other in combinations(levels, 2))  # in sRGB


def test_a_tied_unit_has_a_row_of_the_palette_its_inputs_its_states_and_its_bias() -> None:
    tied, _, conv = unrolled.diagrams(of(4, 2, 3))
    for diagram, columns in ((tied, 6), (conv, 7)):
        palette = [theme.css(colour) for colour in theme.weights(3, columns)]
        by_unit = {h: [] for h in "₁₂₃"}  # type: dict[str, list[str]]
        for weight, colour in zip(diagram.names, diagram.colours, strict=True):
            by_unit[weight[1]].append(colour)
        assert [colour for row in by_unit.values() for colour in row] == palette


def test_untied_weights_have_muted_colours_and_those_that_meet_at_a_unit_are_seldom_alike() -> None:
    diagram = unrolled.diagrams(of(8, 3, 4))[1]
    assert set(diagram.colours) <= {theme.css(colour) for colour in theme.untied()}
    inks = np.array([diagram.colours[id] for *_, id in sorted(edges_of(diagram.wiring))])
    assert len(set(inks.tolist())) > len(inks) / 2
    assert np.mean(inks[1:] == inks[:-1]) < 0.02


@every_size
def test_the_words_say_how_many_there_are(T: int, F: int, H: int) -> None:
    for which, diagram in enumerate(unrolled.diagrams(of(T, F, H))):
        connections, n = len(wanted(T, F, H)[which]), parameters(T, F, H)[which]
        biases = sum(weight[0] == "b" for _, _, weight in wanted(T, F, H)[which])
        assert (diagram.title, diagram.headline) == (TITLES[which], f"{n} free parameters")
        told = numbers(diagram.alt.removeprefix(f"{diagram.title}: "))
        assert told[:2] + told[-2:] == [connections, n, *diagram.wiring.shape]
        assert numbers(diagram.note)[:2] == [connections, biases]
        assert (f"{min(3, T)} steps" in diagram.note) == (which == 2)
        assert ("no weight is used twice" in diagram.alt) == (which == 1)


@every_size
def test_time_runs_to_the_right_and_a_state_is_read_where_it_was_made(T: int, F: int, H: int) -> None:
    for which, diagram in enumerate(unrolled.diagrams(of(T, F, H))):
        layout, shape = diagram.layout, diagram.wiring.shape
        assert (len(layout.outputs), len(layout.inputs)) == shape
        assert len({*layout.inputs[: T * F], *layout.outputs} - {None}) == T * F + shape[0]
        assert stand_apart(diagram)
        assert layout.inputs[T * F :] == ([None] if which == 2 else [*layout.outputs[: (T - 1) * H], None])
        for target, source, _ in edges_of(diagram.wiring):
            start = layout.inputs[source]
            assert start is None or start[0] < layout.outputs[target][0]
        assert [x for x, _ in layout.outputs] == sorted(x for x, _ in layout.outputs)
        states = [] if which == 2 else [(T * F, "states h")]
        assert diagram.bands == [(0, "inputs x"), *states, (shape[1] - 1, "1")]
        assert (diagram.rows, shape[0] % diagram.rows) == (H, 0)


def test_what_is_sent_of_the_largest_layer_is_small() -> None:
    sent = json.dumps([diagram.props() for diagram in unrolled.diagrams(of(8, 3, 4))], allow_nan=False)
    assert len(sent) < 60_000


@pytest.mark.parametrize(("T", "F", "H"), [(2, 1, 1), (3, 2, 3), (8, 3, 4)])
def test_the_parameters_are_those_of_arithmetic_for_every_number_of_steps(T: int, F: int, H: int) -> None:
    taps, steps = min(3, T), (2, 4, 8, 16, 32, 64, 128, 256)
    found = {one.name: list(zip(one.steps, one.parameters, strict=True)) for one in unrolled.growth(of(T, F, H))}
    assert found == {
        "fully connected": [(n, n * H * (n * F + 1)) for n in steps],
        "recurrent, untied": [(n, n * (H * F + H) + (n - 1) * H * H) for n in steps],
        "convolution over time": [(n, H * (taps * F + 1)) for n in steps if n >= taps],
        "recurrent, tied": [(n, H * F + H * H + H) for n in steps],
    }
    near, far = parameters(T, F, H), parameters(2 * T, F, H)
    assert numbers(unrolled.cost_sentence(of(T, F, H)).replace("**", "")) == [T, near[0], 2 * T, near[1], far[1]]
    assert numbers(unrolled.title(of(T, F, H))) == [near[0]]


@pytest.mark.parametrize(
    "own",
    [Sequence(), of(2, 1, 1), of(8, 3, 4), edited(of(6, 2, 3), radius=1.6, seed=7)],
    ids=["default", "smallest", "largest", "exploding"],
)
def test_the_effect_is_that_of_the_layer_with_its_radius_and_its_picture_is_its_numbers(own: Sequence) -> None:
    layer, shape = Recurrent(own.units), (1, own.length, own.inputs)
    theta = layer.init(np.random.default_rng(own.seed), shape).astype(np.float64)
    wanted = effect(layer, with_radius(layer, theta, shape, own.radius), shape)
    (picture,) = unrolled.effect_card(own).pictures
    values, pixels = read_values(picture), read_png(picture.src)
    assert values.shape == pixels.shape[:2] == (own.length * own.units, own.length * own.inputs)
    np.testing.assert_allclose(values, wanted, rtol=1e-5, atol=1e-7 * abs(values).max())
    assert numbers(picture.alt)[-2:] == pytest.approx([values.min(), values.max()], rel=6e-3)


def test_the_idea_is_shown_in_space_in_time_and_over_channels() -> None:
    space, time, channels = unrolled.ideas()
    assert sorted(edges_of(space.wiring)) == [(p, p + k, k) for p in range(6) for k in range(3)]
    assert (space.title, space.wiring.shape, space.names) == ("Across space: CNN", (6, 8), ["F₁", "F₂", "F₃"])
    named = sorted((t, s, time.names[id]) for t, s, id in edges_of(time.wiring))
    assert named == sorted((t, s, name(weight, False)) for t, s, weight in recurrent(5, 2, 1, True))
    assert (time.title, time.wiring.shape) == ("Across time: RNN", (5, 15))
    assert sorted(edges_of(channels.wiring)) == [(m, 3 * m + tap, tap) for m in range(3) for tap in range(3)]
    assert channels.title == "Across channels: adaptive filter"
    assert (channels.wiring.shape, channels.names) == ((3, 9), ["w₁", "w₂", "w₃"])
    for diagram in (space, time, channels):
        assert diagram.alt.startswith(f"{diagram.title}: ")
        assert (len(diagram.layout.outputs), len(diagram.layout.inputs)) == diagram.wiring.shape
        assert stand_apart(diagram)
        assert len(set(diagram.colours)) == len(diagram.colours) == len(diagram.names)
