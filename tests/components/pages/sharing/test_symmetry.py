"""What the first tab of Sharing shows: counts known from elsewhere, and the check by a plain matrix product."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from components.pages.sharing import symmetry
from components.pages.sharing.state import GROUPS, MOVES, Domain, Group, Move, Sharing
from tests.support.text import numbers

EVERY = [
    Sharing("", domain, 5, "cube", group, move).possible
    for domain in GROUPS
    for group, move in product(GROUPS[domain], MOVES[domain])
]
IN_GROUP: dict[tuple[Domain, Group], set[Move]] = {
    ("ring", "shifts"): {"shift"}, ("ring", "mirrors"): {"shift", "mirror"}, ("torus", "shifts"): {"down", "right"},
    ("torus", "turns"): {"down", "right", "turn"}, ("torus", "mirrors"): {"down", "right", "turn", "mirror"},
    ("graph", "automorphisms"): {"automorphism"}, ("pairs", "permutations"): {"swap", "shuffle"},
}  # fmt: skip


def commuting(own: Sharing) -> set[Move]:
    if own.group == "permutations" and own.domain != "pairs":
        return {*MOVES[own.domain]}
    return IN_GROUP.get((own.domain, own.group), set())


@pytest.mark.parametrize("own", EVERY, ids=lambda own: f"{own.domain}-{own.group}-{own.move}")
def test_a_layer_commutes_with_the_moves_of_its_group_and_with_no_others(own: Sharing) -> None:
    found = symmetry.check(own)
    assert bool(found.same.all()) == (own.move in commuting(own))
    assert found.difference.any() == (own.move not in commuting(own))
    assert ("exactly equal" in symmetry.sentence(own)) == (own.move in commuting(own))


@pytest.mark.parametrize("own", EVERY[::3], ids=lambda own: f"{own.domain}-{own.group}-{own.move}")
def test_both_ways_are_what_a_plain_product_says(own: Sharing) -> None:
    wires, places, found = symmetry.layer(own), symmetry.move(own), symmetry.check(own)
    W = np.zeros(wires.shape)
    W[wires.targets, wires.sources] = symmetry.weights(wires.n_params)[wires.ids]
    P = np.zeros(wires.shape)
    P[places, np.arange(len(places))] = 1
    np.testing.assert_array_equal(found.of_moved, W @ (P @ found.x))
    np.testing.assert_array_equal(found.moved_y, P @ (W @ found.x))


@pytest.mark.parametrize("own", EVERY, ids=lambda own: f"{own.domain}-{own.group}-{own.move}")
def test_one_weight_changed_alone_breaks_what_held_and_is_the_only_cell_of_its_colour(own: Sharing) -> None:
    broken = replace(own, alone=True)
    diagram = symmetry.diagram(broken)
    assert np.flatnonzero(diagram.wiring.ids == diagram.wiring.n_params - 1).tolist() == [symmetry.APART]
    assert diagram.colours[-1] not in diagram.colours[:-1]
    if own.move in commuting(own) and own.group != "none":
        assert not symmetry.check(broken).same.all()
        assert "untied from its orbit" in symmetry.sentence(broken) or "not for every one" in symmetry.sentence(broken)


@pytest.mark.parametrize(
    ("own", "wanted"),
    [
        (Sharing("", "torus", 5, group="none"), [625]),
        (Sharing("", "torus", 5, group="turns"), [7, 625]),
        (Sharing("", "pairs", 4, group="permutations"), [15, 256]),
        (Sharing("", "graph", graph="cube", group="automorphisms"), [4, 64]),  # a colour for each distance on the cube
        (Sharing("", "graph", graph="path", group="automorphisms"), [13, 25]),
    ],
    ids=lambda value: "" if isinstance(value, list) else f"{value.domain}-{value.group}",
)
def test_the_headline_counts_the_orbits(own: Sharing, wanted: list[int]) -> None:
    assert numbers(symmetry.headline(own)) == wanted
    assert len(set(symmetry.diagram(own).colours)) >= min(wanted[0], 100)


def test_a_domain_takes_only_what_it_has() -> None:
    for domain in GROUPS:
        own = Sharing("", domain, 12, "star", "turns", "down").possible
        assert own.group in GROUPS[domain]
        assert own.move in MOVES[domain]
        assert symmetry.cells(own) <= 64


@pytest.mark.parametrize(("side", "delta"), [(1, 1), (3, 1), (4, 2), (5, 9)])
def test_the_ladder_counts_displacements(side: int, delta: int) -> None:
    places = [*product(range(side), repeat=2)]
    shifts = {(t[0] - s[0], t[1] - s[1]) for t in places for s in places}
    near = {shift for shift in shifts if max(map(abs, shift)) <= delta}
    assert [rung.weights for rung in symmetry.ladder(side, delta)] == [len(places) ** 2, len(shifts), len(near)]


def test_the_ladder_of_a_thousand_pixels_is_the_book_s() -> None:
    assert [rung.weights for rung in symmetry.ladder(1000, 2)] == [10**12, 3_996_001, 25]
    assert "3,996,001 weights" in [card.headline for card in symmetry.ladder_cards(Sharing())]


@pytest.mark.parametrize("domain", ["set", "pairs"])
def test_a_shuffle_moves_something_even_of_two(domain: Domain) -> None:
    places = symmetry.move(Sharing("", domain, 2, group="permutations", move="shuffle"))
    assert places.tolist() != [*range(len(places))]


def test_a_weight_changed_alone_is_not_blamed_for_what_no_symmetry_held() -> None:
    own = Sharing("", "ring", 5, group="shifts", move="mirror", alone=True)
    assert "not one of the symmetries" in symmetry.sentence(own)
    assert "untied from its orbit" in symmetry.sentence(replace(own, move="shift"))
