"""What the page says of sharing over turns: the recorded runs, and the digits that are turned."""

import numpy as np
import pytest

from components.pages.sharing import turned_digits as turned
from components.session.recorded import recorded


def test_with_300_turned_digits_and_five_seeds_p4_beats_a_convolution_of_about_as_many_parameters() -> None:
    known = recorded("turns", 0, turned.Result)
    assert known
    assert len(known.records) == turned.SEEDS * len(turned.RUNS)
    p4, conv = (turned.of(known.records, name, "turned") for name in ("p4", "conv"))
    assert len(p4) == len(conv) == 5
    assert turned.TRAIN == 300
    assert turned.mean_accuracy(p4) - turned.mean_accuracy(conv) >= 0.05
    assert f"{100 * (turned.mean_accuracy(p4) - turned.mean_accuracy(conv)):.1f} points" in turned.sentence(
        known.records
    )


def test_the_networks_have_the_parameters_their_layers_add_up_to() -> None:
    counts = {net.name: net.network.parameters for net in turned.NETS}
    conv = (9 + 1) * 16 + (16 * 9 + 1) * 32 + 33 * 10
    assert counts == {"dense": 145 * 200 + 201 * 10, "conv": conv, "pool": conv, "p4": 80 + (8 * 4 * 9 + 1) * 16 + 170}
    assert counts["p4"] < counts["conv"]


def test_each_digit_is_turned_by_quarter_turns_or_stays_upright() -> None:
    upright, turns = (turned.examples(0, how)[1].x[:, 0] for how in ("upright", "turned"))
    for one, other in zip(upright, turns, strict=True):
        assert any(np.array_equal(np.rot90(one, r), other) for r in range(4))
    assert 0.15 < np.mean([np.array_equal(a, b) for a, b in zip(upright, turns, strict=True)]) < 0.35


@pytest.mark.parametrize("name", ["p4", "conv"])
def test_half_a_turn_more_changes_nothing_for_p4_and_something_for_a_convolution(name: str) -> None:
    network = next(net.network for net in turned.NETS if net.name == name)
    x = turned.examples(0, "upright")[1].x[:9]
    theta = network.init(1)
    ways = [network.apply(theta, np.ascontiguousarray(np.rot90(x, r, axes=(2, 3)))) for r in range(4)]
    same = all(np.allclose(ways[0], way, atol=1e-5) for way in ways[1:])
    assert same == (name == "p4")


def test_before_it_has_run_nothing_is_claimed() -> None:
    assert "**" not in turned.sentence(())
    rows = [line.split(" | ") for line in turned.as_table(()).splitlines()[2:]]
    assert [row[2] for row in rows] == ["—"] * 4
    assert [row[-1].rstrip(" |") for row in rows] == ["—", "5.03%", "3.21%", "2.28%"]


def test_a_price_is_named_only_where_p4_mixes_up_more_upright_digits() -> None:
    def results(mixed: float) -> list[turned.Result]:
        return [turned.Result(name, how, 0, 0.8, mixed if name == "p4" else 0.2)
                for name in ("conv", "p4") for how in ("turned", "upright")]  # fmt: skip

    assert "The price" in turned.sentence(results(0.3))
    assert "The price" not in turned.sentence(results(0.1))
