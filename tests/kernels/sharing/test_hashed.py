"""Cells dealt to weights: evenly, alike for a seed, otherwise for another; the hash against Python's own integers."""

import numpy as np
import pytest

from kernels import SpecError
from kernels.sharing.hashed import hashed, hashes


def splitmix(state: int) -> int:
    mask = 2**64 - 1
    z = state & mask
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & mask
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & mask
    return z ^ (z >> 31)


@pytest.mark.parametrize("seed", [0, 1, 2**40])
def test_hashes_are_those_of_splitmix64(seed: int) -> None:
    golden = 0x9E3779B97F4A7C15
    assert hashes(5, seed).tolist() == [splitmix((seed + n) * golden) >> 2 for n in range(1, 6)]


def test_cells_are_dealt_evenly_and_by_the_seed_alone() -> None:
    wires, again, other = hashed((40, 50), 10, 3), hashed((40, 50), 10, 3), hashed((40, 50), 10, 4)
    assert wires.ids.tolist() == again.ids.tolist() != other.ids.tolist()
    uses = np.bincount(wires.ids, minlength=10)
    assert uses.sum() == 2000
    assert ((uses > 140) & (uses < 260)).all()  # 200 ± 4.5 standard deviations
    neighbours = np.mean(wires.ids[1:] == wires.ids[:-1])
    assert neighbours < 0.15
    assert (wires.shape, wires.n_params, len(np.unique(wires.targets * 50 + wires.sources))) == ((40, 50), 10, 2000)


def test_hashes_are_refused_for_no_weights_and_too_many_cells() -> None:
    with pytest.raises(SpecError, match="n_params"):
        hashed((2, 2), 0, 0)
    with pytest.raises(SpecError, match="shape must have 1 to"):
        hashed((5000, 5000), 3, 0)
