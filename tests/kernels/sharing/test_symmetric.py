"""Orbits, counted a second way: by Burnside's lemma, over the group that the generators span."""

import numpy as np
import pytest

from kernels import SpecError, wiring
from kernels.layer.equivariance import commutes
from kernels.layer.spec import Ints, LayerSpec
from kernels.sharing.groups import mirror, on_pairs, permutations, quarter_turn, ring_mirror, ring_shift, torus_shifts
from kernels.sharing.symmetric import Action, symmetric
from tests.support.wirings import edges_of, tied_cells


def alike(*places: Ints) -> list[Action]:
    return [Action(each, each) for each in places]


def torus(n: int) -> dict[str, list[Action]]:
    shifts, turn = torus_shifts(n), quarter_turn(n)
    return {
        "none": [],
        "shifts": alike(*shifts),
        "p4": alike(*shifts, turn),
        "p4m": alike(*shifts, turn, mirror(n)),
    }


def span(actions: list[Action], shape: tuple[int, int]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """All elements of the group, by multiplying until nothing new appears."""
    start = tuple(range(shape[0])), tuple(range(shape[1]))
    found, new = {start}, [start]
    while new:
        t, s = new.pop()
        for g in actions:
            product = tuple(int(g.targets[p]) for p in t), tuple(int(g.sources[p]) for p in s)
            if product not in found:
                found.add(product)
                new.append(product)
    return list(found)


def burnside(actions: list[Action], shape: tuple[int, int]) -> int:
    """The number of orbits: the mean number of cells that an element leaves where they are."""
    group = span(actions, shape)
    fixed = [sum(p == g for p, g in enumerate(t)) * sum(p == g for p, g in enumerate(s)) for t, s in group]
    assert sum(fixed) % len(group) == 0
    return sum(fixed) // len(group)


@pytest.mark.parametrize(
    ("n", "counts"), [(3, (81, 9, 3, 3)), (4, (256, 16, 6, 6)), (5, (625, 25, 7, 6)), (8, (4096, 64, 18, 15))]
)
def test_a_torus_has_the_published_number_of_colours_and_burnside_counts_as_many(n: int, counts: tuple[int]) -> None:
    shape = n * n, n * n
    for actions, wanted in zip(torus(n).values(), counts, strict=True):
        assert symmetric(shape, actions).n_params == burnside(actions, shape) == wanted


@pytest.mark.parametrize(("n", "c4", "d4"), [(3, 3, 3), (5, 7, 6), (7, 13, 10)])
def test_a_kernel_that_turns_and_mirrors_leave_alone_has_the_published_number_of_weights(
    n: int, c4: int, d4: int
) -> None:
    one = np.array([0])
    turn, flip = Action(one, quarter_turn(n)), Action(one, mirror(n))
    for actions, wanted in (([turn], c4), ([turn, flip], d4)):
        assert symmetric((1, n * n), actions).n_params == burnside(actions, (1, n * n)) == wanted


@pytest.mark.parametrize("n", [4, 5])
def test_sets_have_two_weights_and_pairs_of_their_items_fifteen_five_and_two(n: int) -> None:
    all_orders, one = permutations(n), np.array([0])
    layers = {
        "set": ((n, n), alike(*all_orders), 2),
        "pairs": ((n * n, n * n), alike(*map(on_pairs, all_orders)), 15),
        "pairs to nodes": ((n, n * n), [Action(g, on_pairs(g)) for g in all_orders], 5),
        "pairs to one": ((1, n * n), [Action(one, on_pairs(g)) for g in all_orders], 2),
    }
    for shape, actions, wanted in layers.values():
        assert symmetric(shape, actions).n_params == wanted
        assert n == 5 or burnside(actions, shape) == wanted


@pytest.mark.parametrize("kind", ["none", "shifts", "p4", "p4m"])
def test_the_layer_commutes_with_every_generator_and_with_no_other_move(kind: str) -> None:
    rng = np.random.default_rng(3)
    wires, all_moves = symmetric((16, 16), torus(4)[kind]), torus(4)["p4m"]
    W, x = wires.matrix(rng.standard_normal(wires.n_params)).toarray(), rng.standard_normal(16)
    for action in all_moves:
        before, after = np.empty(16), np.empty(16)
        before[action.sources], after[action.targets] = x, W @ x
        inside = any(np.array_equal(action.sources, own.sources) for own in torus(4)[kind])
        origin = np.argsort(action.sources)
        if inside:
            np.testing.assert_allclose(W @ before, after, rtol=0, atol=1e-12)
            assert commutes(wires, origin, origin).all()
        elif kind in ("none", "shifts"):  # on 4 × 4 points a mirror is among the moves that p4's colours allow
            assert not np.allclose(W @ before, after)
            assert not commutes(wires, origin, origin).any()


def test_shifts_of_a_torus_make_the_circular_convolution() -> None:
    conv = wiring("conv", LayerSpec(4, padding="same", padding_mode="circular"), (1, 4, 4))
    own = symmetric((16, 16), torus(4)["shifts"])
    assert tied_cells(edges_of(own)) == tied_cells(edges_of(conv))


def test_a_mirror_makes_a_ring_symmetric_and_orbits_are_numbered_by_their_first_cells() -> None:
    wires = symmetric((5, 5), alike(ring_shift(5), ring_mirror(5)))
    assert wires.matrix([0, 1, 2]).toarray()[0].tolist() == [0, 1, 2, 2, 1]
    first = [wires.ids.tolist().index(id) for id in range(wires.n_params)]
    assert first == sorted(first)


@pytest.mark.parametrize("places", [[0, 0, 1], [0, 1], [1, 2, 3], [-1, 0, 1]])
def test_what_is_no_permutation_is_refused_by_name(places: list[int]) -> None:
    good, bad = np.array([1, 2, 0]), np.array(places)
    with pytest.raises(SpecError, match=r"sources of an action must be a permutation of 0 to 2, got \["):
        symmetric((3, 3), [Action(good, bad)])
    with pytest.raises(SpecError, match="targets of an action"):
        symmetric((3, 3), [Action(bad, good)])


def test_too_many_cells_are_refused_with_their_number() -> None:
    with pytest.raises(SpecError, match="shape must have 1 to 4,194,304 cells, got 5000 × 5000"):
        symmetric((5000, 5000), [])
