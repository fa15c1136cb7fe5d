"""Letters on colours: each stands on what has the colour of its number, none on another; the link keeps the switch."""

from collections import Counter
from itertools import combinations, product
from string import ascii_uppercase
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display import matrix, theme
from components.display.layer import Convolved, Layer
from components.pages.explore import loom
from components.state.setup import Setup
from components.widgets.mount import SHARED
from kernels.layer.kinds import wiring
from tests.support import node
from tests.support.explored import Case
from tests.support.visitor import Visitor

LOOM = SHARED.parents[1] / "pages" / "explore" / "loom"
SCRIPT = "\n".join(
    path.read_text("utf-8")
    for path in (SHARED, *(LOOM / f"{name}.js" for name in ("geometry", "arithmetic", "canvas", "matrix", "network")))
)
PLACES = """({ props, window }) => threadPlaces({
  props, window, geo: geometry(props), tile: props.tile, ownCells: new Set(), ownValue: new Map(),
  weights: props.kernel.flat() })"""
ROOM = (3.0, 2.0)
SIDE = 16
WAYS = [
    {"side": SIDE},
    {"side": SIDE, "kernel": "1,2,3;4,5,7", "stride": 2, "padding": 1, "flip": True},
    {"side": SIDE, "view": "local"},
    {"side": SIDE, "view": "tiled", "period": 2},
    {"side": SIDE, "view": "tiled", "period": 1},
    {"side": 64},
    {"side": 64, "view": "local"},
    {"side": 64, "view": "dense"},
]


def places(made: Convolved) -> tuple[list[tuple[float, float, int]], float, float]:
    """Where letters may stand on the whole of W, (row, column, number), and how large what they stand on is."""
    rows, cols = made.layer.out_shape[1] * made.layer.out_shape[2], made.state.side**2
    window = {"top": 0, "bottom": rows, "left": 0, "right": cols}
    found = node.call(SCRIPT, PLACES, {"props": loom.props(made) | loom.still_props(made), "window": window})
    return [(at["y"], at["x"], at["id"]) for at in found["places"]], found["high"], found["wide"]


def inks(state: Setup, layer: Layer) -> dict[tuple[int, int], int]:
    """The number of the colour of every connection, from the wiring."""
    wires = wiring(state.view, layer.spec, layer.in_shape, state.period)
    numbers: NDArray[Any]
    taps: NDArray[Any]
    shared = state.view == "conv" or (state.view == "tiled" and state.period == 1)
    if shared:
        taps = np.arange(wires.n_params)[::-1] if state.flip else np.arange(wires.n_params)
        numbers = taps[wires.ids]
    elif state.view == "tiled":
        taps = wires.copies.indices[wires.copies.indptr[:-1]][wires.ids]  # which tap each parameter stands in for
        wide, period = layer.out_shape[2], state.period
        i, j = wires.targets // wide, wires.targets % wide
        numbers = theme.tiled_ink(taps, i % period * period + j % period)
    else:
        numbers = theme.untied_ink(wires.targets, wires.sources)
    return dict(zip(zip(wires.targets.tolist(), wires.sources.tolist(), strict=True), map(int, numbers), strict=True))


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_letter_may_stand_on_every_cell_or_tile_and_has_the_number_of_its_colour(way: dict[str, Any]) -> None:
    made = Case(way, (way["side"], way["side"])).made()
    state, layer = made.state, made.layer
    found, high, wide = places(made)
    tiles = matrix.matrix_tiles(layer, state.view, state.flip, state.period)
    if tiles:
        rows, cols = tiles.window.bottom / tiles.rows, tiles.window.right / tiles.cols
        numbers = {int(at): int(ink) for at, ink in zip(tiles.at, tiles.ink, strict=True)}
        assert (high, wide) == pytest.approx((rows, cols))
        assert {int(y / rows) * tiles.cols + int(x / cols): id for y, x, id in found} == numbers
    elif state.view == "dense":
        assert len(found) == matrix.TILES**2
        edges = [(int(y / high) * high, int(x / wide) * wide, id) for y, x, id in found]
        assert all(id == theme.untied_ink(int(y), int(x)) for y, x, id in edges[:: matrix.TILES + 1])
    else:
        assert (high, wide) == (1, 1)
        assert {(int(y), int(x)): id for y, x, id in found} == inks(state, layer)


def test_what_is_written_on_a_colour_is_black_or_white_by_the_same_rule_in_both_languages() -> None:
    colours = np.random.default_rng(22).integers(0, 256, (400, 3))
    pixels = (colours @ [1, 256, 65536]).tolist()
    assert node.call(SCRIPT, "(pixels) => pixels.map(inkOn)", pixels) == [*map(theme.ink, colours)]


def test_letters_go_from_a_to_z_and_on_with_two() -> None:
    wanted = [*ascii_uppercase, *("".join(pair) for pair in product(ascii_uppercase, repeat=2))]
    assert node.call(SHARED.read_text("utf-8"), "(n) => n.map(letterOf)", [*range(len(wanted))]) == wanted


def test_letters_keep_their_room_take_turns_and_leave_no_place_that_is_free() -> None:
    rng = np.random.default_rng(22)
    some = [
        {"x": x, "y": y, "id": id, "of": of}
        for x, y, id, of in zip(
            rng.uniform(0, 40, 400), rng.uniform(0, 20, 400), rng.integers(0, 5, 400).tolist(),
            rng.integers(0, 300, 400).tolist(), strict=True,
        )
    ]  # fmt: skip
    script = f"(places) => {{ const first = lettered(places.slice(0, 100), {[*ROOM]});"
    script += f" return [first, lettered(places.slice(100), {[*ROOM]}, first)]; }}"
    first, then = node.call(SHARED.read_text("utf-8"), script, some)
    written = first + then

    def near(one: dict[str, float], other: dict[str, float]) -> bool:
        return abs(one["x"] - other["x"]) < ROOM[0] and abs(one["y"] - other["y"]) < ROOM[1]

    assert not any(near(one, other) for one, other in combinations(written, 2))
    assert max(Counter(place["of"] for place in written).values()) == 1
    for place in some:
        assert any(place["of"] == one["of"] or near(place, one) for one in written)
    turns = [place["id"] for place in first]
    assert sorted(turns[:5]) == [0, 1, 2, 3, 4]
    assert min(Counter(turns).values()) > 0


def test_the_switch_of_the_loom_and_of_a_wiring_is_one_and_the_link_keeps_it() -> None:
    page = Visitor()
    assert not page.data("loom")["letters"]
    page.send("loom", "marks", "letters")
    page.is_sound()
    assert page.data("loom")["letters"]
    assert page.query == {"marks": "letters"}
    page.go("sequence")
    assert page.data("unrolled")["letters"]
    page.send("unrolled", "marks", "colours")
    page.is_sound()
    assert not page.data("unrolled")["letters"]
    assert "marks" not in page.query


@pytest.mark.parametrize("sent", ["hatches", "", None, 5, {"marks": "letters"}, ["letters"]], ids=repr)
def test_any_other_mark_is_refused_in_words(sent: object) -> None:
    page = Visitor()
    page.send("loom", "marks", sent)
    page.is_sound()
    assert not page.data("loom")["letters"]
    assert "marks must be one of colours, letters" in " ".join(page.warnings + page.errors)
