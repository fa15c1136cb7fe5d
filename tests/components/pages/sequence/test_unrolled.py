"""What is drawn of a layer unrolled over time is the layer: every line a connection, every colour a weight.

The wirings are written a second time here, as loops over steps, units and inputs.
"""

import json
import math
import re
from dataclasses import fields
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display import theme
from components.pages.sequence import unrolled
from components.pages.sequence.state import Sequence
from components.pages.sequence.unrolled import Web
from components.state.link import edited, limits
from kernels.learning.recurrent import Recurrent
from tests.support.pictures import read_png, read_values
from tests.support.text import numbers

Floats = NDArray[np.float64]
Weight = tuple[str | int, ...]  # a letter and its places, and the step where every step has its own
Edge = tuple[int, int, Weight]
EVERY = [(T, F, H) for T in range(2, 9) for F in (1, 2, 3) for H in (1, 2, 3, 4)]
LARGEST = 8, 3, 4
SIZES = [(2, 1, 1), (2, 3, 4), (3, 1, 4), (3, 2, 2), (4, 3, 1), (5, 2, 3), (7, 3, 3), (8, 1, 2), LARGEST]
TITLES = ["Recurrent, one set of weights", "Recurrent, a fresh set a step", "Convolution over time"]
SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
every_size = pytest.mark.parametrize(("T", "F", "H"), SIZES)
every_web = pytest.mark.parametrize("which", range(3), ids=["tied", "untied", "conv"])


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


def wanted(T: int, F: int, H: int, which: int) -> list[Edge]:
    return over_time(T, F, H) if which == 2 else recurrent(T, F, H, which == 0)


def name(weight: Weight, untied: bool) -> str:
    """As it is written: U₁₂, b₃, or U₁₂ of step 4."""
    letter, *places = weight
    step = f" of step {places.pop()}" if untied else ""
    return str(letter) + "".join(SUBSCRIPTS[int(n)] for n in places) + step


def far_apart(colours: list[str]) -> float:
    """The distance of the two most alike, in sRGB."""
    levels = [bytes.fromhex(colour[1:]) for colour in colours]
    return min(math.dist(one, other) for one, other in combinations(levels, 2))


# The connections.


@every_size
@every_web
def test_every_connection_and_no_other_is_an_edge(T: int, F: int, H: int, which: int) -> None:
    web = unrolled.webs(of(T, F, H))[which]
    cells = sorted((t, s) for t, s, _ in web.edges)
    assert cells == sorted((t, s) for t, s, _ in wanted(T, F, H, which))
    assert len(set(cells)) == len(cells)


@every_size
@every_web
def test_two_edges_have_one_id_exactly_where_they_have_one_weight(T: int, F: int, H: int, which: int) -> None:
    web = unrolled.webs(of(T, F, H))[which]
    at = {(t, s): weight for t, s, weight in wanted(T, F, H, which)}
    met = {(id, at[t, s]) for t, s, id in web.edges}
    assert len(met) == len({id for id, _ in met}) == len({weight for _, weight in met})


@every_size
@every_web
def test_a_weight_is_called_by_its_letter_and_its_places(T: int, F: int, H: int, which: int) -> None:
    web = unrolled.webs(of(T, F, H))[which]
    at = {(t, s): name(weight, which == 1) for t, s, weight in wanted(T, F, H, which)}
    assert all(web.names[id] == at[t, s] for t, s, id in web.edges)
    assert len(set(web.names)) == len(web.names)


@every_size
@every_web
def test_every_id_has_a_name_a_colour_and_a_use(T: int, F: int, H: int, which: int) -> None:
    web = unrolled.webs(of(T, F, H))[which]
    assert {id for _, _, id in web.edges} == set(range(len(web.names)))
    assert len(web.colours) == len(web.names)
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in web.colours)


@pytest.mark.parametrize("which", [0, 2], ids=["tied", "conv"])
@pytest.mark.parametrize("H", [1, 2, 3, 4])
def test_a_colour_is_one_weight_and_a_weight_one_colour_where_weights_are_shared(H: int, which: int) -> None:
    for T, F in {(T, F) for T, F, _ in EVERY}:
        web = unrolled.webs(of(T, F, H))[which]
        assert len(set(web.colours)) == len(web.colours)
        assert far_apart(web.colours) >= 8


@every_size
def test_tied_every_step_has_the_same_colours_and_names_as_the_one_before(T: int, F: int, H: int) -> None:
    web = unrolled.webs(of(T, F, H))[0]
    steps: list[dict[tuple[int, str, int], tuple[str, str]]] = [{} for _ in range(T)]
    for target, source, id in web.edges:
        t, h = divmod(target, H)
        if source < T * F:
            place = h, "x", source - t * F
        elif source < T * F + (T - 1) * H:
            place = h, "h", source - T * F - (t - 1) * H
        else:
            place = h, "1", 0
        steps[t][place] = web.colours[id], web.names[id]
    assert all(step == steps[1] for step in steps[1:])
    assert steps[0].items() <= steps[1].items()
    assert all(len({colour for colour, _ in step.values()}) == len(step) for step in steps)


@every_size
def test_untied_no_id_is_used_twice(T: int, F: int, H: int) -> None:
    web = unrolled.webs(of(T, F, H))[1]
    ids = [id for _, _, id in web.edges]
    assert len(set(ids)) == len(ids) == len(web.names)
    static = {theme.css(colour) for colour in theme.untied()}
    assert set(web.colours) <= static


def test_every_size_there_is_can_be_drawn() -> None:
    assert tuple(limits(Sequence, name) for name in ("length", "inputs", "units")) == ((2, 8), (1, 3), (1, 4))
    for size in EVERY:
        for which, web in enumerate(unrolled.webs(of(*size))):
            assert len(web.edges) == len(wanted(*size, which))
            assert web.headline == f"{parameters(*size)[which]} free parameters"


def test_untied_weights_that_meet_at_a_unit_are_seldom_of_one_colour() -> None:
    web = unrolled.webs(of(*LARGEST))[1]
    inks = np.array([web.colours[id] for *_, id in sorted(web.edges)])
    assert len(set(inks.tolist())) > len(inks) / 2
    assert np.mean(inks[1:] == inks[:-1]) < 0.02


@every_size
def test_the_rows_of_the_convolution_are_in_the_order_of_time_and_repeat_their_colours(T: int, F: int, H: int) -> None:
    web = unrolled.webs(of(T, F, H))[2]
    taps, places = min(3, T), T - min(3, T) + 1
    assert web.shape == (places * H, T * F + 1)
    rows: list[list[tuple[int, str]]] = [[] for _ in range(places * H)]
    for target, source, id in sorted(web.edges):
        shift = target // H * F
        rows[target].append((source - shift if source < T * F else T * F, web.colours[id]))
    assert all(len(row) == taps * F + 1 for row in rows)
    assert all(row == rows[n % H] for n, row in enumerate(rows))
    assert [web.outs[p * H][0] for p in range(places)] == sorted(web.outs[p * H][0] for p in range(places))


# What is said.


def parameters(T: int, F: int, H: int) -> tuple[int, int, int]:
    return H * (F + H + 1), T * H * (F + 1) + (T - 1) * H * H, H * (min(3, T) * F + 1)


@every_size
def test_the_headline_is_the_number_of_free_parameters(T: int, F: int, H: int) -> None:
    for web, n, title in zip(unrolled.webs(of(T, F, H)), parameters(T, F, H), TITLES, strict=True):
        assert web.title == title
        assert (web.headline, len(web.names)) == (f"{n} free parameters", n)


@every_size
@every_web
def test_the_alternative_text_and_the_note_say_how_many_there_are(T: int, F: int, H: int, which: int) -> None:
    web = unrolled.webs(of(T, F, H))[which]
    connections, n = len(wanted(T, F, H, which)), parameters(T, F, H)[which]
    told = web.alt.removeprefix(f"{web.title}: ")
    assert numbers(told)[:2] == [connections, n]
    assert numbers(told)[-2:] == list(web.shape)
    assert numbers(web.note)[0] == connections
    assert (f"{min(3, T)} steps" in web.note) == (which == 2)
    assert ("no weight is used twice" in web.alt) == (which == 1)


# Where it stands.


@every_size
@every_web
def test_units_stand_apart_inside_their_frame_and_a_state_that_is_read_is_where_it_was_made(
    T: int, F: int, H: int, which: int
) -> None:
    web = unrolled.webs(of(T, F, H))[which]
    width, height = web.size
    assert (len(web.outs), len(web.ins)) == web.shape
    inputs = web.ins[: T * F]
    assert None not in inputs
    own = [at for at in inputs if at] + web.outs
    assert min(math.dist(one, other) for one, other in combinations(own, 2)) >= 13  # of radius 6
    assert all(7 <= x <= width - 7 and 7 <= y <= height - 7 for x, y in own)
    assert web.ins[T * F :] == ([None] if which == 2 else [*web.outs[: (T - 1) * H], None])


@every_size
@every_web
def test_time_runs_to_the_right(T: int, F: int, H: int, which: int) -> None:
    web = unrolled.webs(of(T, F, H))[which]
    for target, source, _ in web.edges:
        start = web.ins[source]
        assert start is None or start[0] < web.outs[target][0]
    last = {(t, web.outs[t][0]) for t in range(web.shape[0])}
    assert [x for _, x in sorted(last)] == sorted(x for _, x in last)


@every_size
@every_web
def test_the_bands_begin_where_inputs_states_and_the_one_begin(T: int, F: int, H: int, which: int) -> None:
    web = unrolled.webs(of(T, F, H))[which]
    states = [] if which == 2 else [(T * F, "states h")]
    assert web.bands == [(0, "inputs x"), *states, (web.shape[1] - 1, "1")]
    assert web.steps == H
    assert web.shape[0] % web.steps == 0


def test_the_largest_state_is_still_a_picture_and_a_small_message() -> None:
    webs = unrolled.webs(of(*LARGEST))
    assert max(len(web.edges) for web in webs) == 8 * 4 * 4 + 7 * 16 == 240
    assert len(json.dumps(unrolled.props(webs), allow_nan=False)) < 60_000


def test_what_is_sent_holds_everything_and_nothing_that_json_has_not() -> None:
    webs = unrolled.webs(Sequence())
    sent = json.loads(json.dumps(unrolled.props(webs), allow_nan=False))
    assert set(sent["webs"][0]) == {field.name for field in fields(Web)}
    assert [web["edges"] for web in sent["webs"]] == [[list(edge) for edge in web.edges] for web in webs]


# How it grows.


@pytest.mark.parametrize(("F", "H"), [(1, 1), (2, 3), (3, 4), (1, 4), (3, 1)])
@pytest.mark.parametrize("T", [2, 3, 8])
def test_the_counts_are_those_of_arithmetic_for_every_number_of_steps(T: int, F: int, H: int) -> None:
    found, taps = unrolled.counts(of(T, F, H)), min(3, T)
    steps = [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert found == {
        "fully connected": [(n, n * H * (n * F + 1)) for n in steps],
        "recurrent, untied": [(n, n * (H * F + H) + (n - 1) * H * H) for n in steps],
        "convolution over time": [(n, H * (taps * F + 1)) for n in steps if n >= taps],
        "recurrent, tied": [(n, H * F + H * H + H) for n in steps],
    }


@every_size
def test_the_sentence_about_the_cost_has_the_numbers_of_this_many_steps_and_of_twice_as_many(
    T: int, F: int, H: int
) -> None:
    n, one = parameters(T, F, H), parameters(2 * T, F, H)
    assert numbers(unrolled.cost_sentence(of(T, F, H)).replace("**", "")) == [T, n[0], 2 * T, n[1], one[1]]


# What every input does to every state.


def powers(own: Sequence) -> Floats:
    """The same by loops: the states that a single 1 among the inputs leads to, step by step, without tanh."""
    T, F, H = own.length, own.inputs, own.units
    theta = Recurrent(H).init(np.random.default_rng(own.seed), (1, T, F)).astype(np.float64)
    U, V = theta[: H * F].reshape(H, F), theta[H * F : H * F + H * H].reshape(H, H)
    V = V * (own.radius / max(abs(np.linalg.eigvals(V))))
    found = np.zeros((T * H, T * F))
    for s in range(T):
        for f in range(F):
            h = np.zeros(H)
            for t in range(s, T):
                fed = U[:, f] if t == s else np.zeros(H)
                h = np.array([sum(V[i, j] * h[j] for j in range(H)) + fed[i] for i in range(H)])
                found[t * H : (t + 1) * H, s * F + f] = h
    return found


EFFECTS = [Sequence(), of(2, 1, 1), of(8, 3, 4), edited(of(6, 2, 3), radius=1.6, seed=7)]


@pytest.mark.parametrize("own", EFFECTS, ids=["default", "smallest", "largest", "exploding"])
def test_the_effect_is_what_a_single_input_leads_to_and_the_same_down_each_diagonal(own: Sequence) -> None:
    (picture,) = unrolled.effect_card(own).pictures
    T, F, H = own.length, own.inputs, own.units
    values = read_values(picture)
    assert values.shape == (T * H, T * F)
    np.testing.assert_allclose(values, powers(own), rtol=1e-5, atol=1e-7 * abs(values).max())
    blocks = values.reshape(T, H, T, F).swapaxes(1, 2)
    for t in range(T):
        for s in range(T):
            np.testing.assert_array_equal(blocks[t, s], blocks[t - s, 0] if s <= t else np.zeros((H, F)))


@pytest.mark.parametrize("own", EFFECTS, ids=["default", "smallest", "largest", "exploding"])
def test_the_picture_of_the_effect_is_its_numbers_in_colour(own: Sequence) -> None:
    (picture,) = unrolled.effect_card(own).pictures
    values, pixels = read_values(picture), read_png(picture.src)
    assert pixels.shape[:2] == values.shape
    if picture.ramp == "signed":
        high = abs(values).max()
        np.testing.assert_allclose(pixels[..., 3], np.rint(255 * (abs(values) / high) ** 0.8), atol=1)
        strong = pixels[..., 3] > 8
        for sign, colour in ((values > 0, theme.POSITIVE), (values < 0, theme.NEGATIVE)):
            assert (pixels[..., :3][strong & sign] == colour).all()
    assert numbers(picture.alt)[-2:] == pytest.approx([values.min(), values.max()], rel=6e-3)


# Three times the same idea.


def test_the_idea_is_shown_in_space_in_time_and_over_channels() -> None:
    webs = unrolled.ideas()
    assert [web.title for web in webs] == [
        "In space: a CNN", "In time: an RNN", "Over channels: an adaptive filter"
    ]  # fmt: skip
    assert all(web.alt.startswith(f"{web.title}: ") for web in webs)


def test_in_space_a_kernel_of_three_visits_every_place_of_eight() -> None:
    web = unrolled.ideas()[0]
    assert sorted(web.edges) == [(p, p + k, k) for p in range(6) for k in range(3)]
    assert (web.shape, web.headline, web.names) == ((6, 8), "3 free parameters", ["F₁", "F₂", "F₃"])


def test_in_time_one_unit_reads_two_inputs_over_five_steps() -> None:
    web = unrolled.ideas()[1]
    names = [(t, s, web.names[id]) for t, s, id in web.edges]
    assert sorted(names) == sorted((t, s, name(weight, False)) for t, s, weight in recurrent(5, 2, 1, True))
    assert (web.shape, web.headline) == ((5, 15), "4 free parameters")


def test_over_channels_each_of_three_has_its_own_inputs_and_all_have_one_filter() -> None:
    web = unrolled.ideas()[2]
    assert sorted(web.edges) == [(m, 3 * m + tap, tap) for m in range(3) for tap in range(3)]
    assert (web.shape, web.headline, web.names) == ((3, 9), "3 free parameters", ["w₁", "w₂", "w₃"])


@pytest.mark.parametrize("which", range(3))
def test_the_three_are_drawn_apart_inside_their_frames_in_a_colour_a_weight(which: int) -> None:
    web = unrolled.ideas()[which]
    own = web.outs + [at for at in web.ins if at and at not in web.outs]
    assert (len(web.outs), len(web.ins)) == web.shape
    assert min(math.dist(one, other) for one, other in combinations(own, 2)) >= 13
    assert all(7 <= x <= web.size[0] - 7 and 7 <= y <= web.size[1] - 7 for x, y in own)
    assert len(set(web.colours)) == len(web.colours) == len(web.names)
