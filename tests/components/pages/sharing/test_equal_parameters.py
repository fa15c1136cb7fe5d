"""The race at equal parameters: none has more than the convolution, and which weights are tied matters."""

import numpy as np

from components.pages.sharing import equal_parameters as race
from components.session.recorded import recorded


def test_none_has_more_parameters_than_the_convolution() -> None:
    conv = race.convolution().parameters
    assert conv == 16 * 26 + 170
    assert conv - 155 < race.small().parameters <= conv  # one hidden unit more would be too many
    assert race.by_hash(3).parameters == conv
    assert race.flattened().parameters == 3 * 26 + 3 * 4 * 4 * 10 + 10 == conv - 18
    assert race.of_windows(np.zeros(race.window_weights(), int), race.KERNELS).parameters == conv


def test_windows_tied_over_all_places_are_the_convolution() -> None:
    places = race.window_weights() // race.KERNELS
    tied, conv = race.of_windows(np.repeat(np.arange(race.KERNELS), places), race.KERNELS), race.convolution()
    theta, x = conv.init(0), np.random.default_rng(0).random((3, *race.IN_SHAPE)).astype(np.float32)
    np.testing.assert_allclose(tied.apply(theta, x), conv.apply(theta, x), atol=1e-5)


def test_hashed_layers_compute_what_their_dealt_matrix_says() -> None:
    network = race.by_hash(1)
    theta, x = network.init(0), np.random.default_rng(0).random((1, *race.IN_SHAPE)).astype(np.float32)
    first = network.layers[0]
    own = theta[network.parts[0]]
    W = own[first.ids].reshape(race.HIDDEN, race.PIXELS + 1)  # type: ignore[attr-defined]  # a tied layer has ids
    assert len(np.unique(W[:, :-1])) <= race.weights_left()[0]
    found = first.apply(own, x)[0].ravel()
    np.testing.assert_allclose(found, W[:, :-1] @ x.ravel() + W[:, -1], atol=1e-5)


def test_in_the_recorded_race_the_convolution_is_far_ahead_of_other_ties_of_the_same_windows() -> None:
    known = recorded("equal", 0, race.Result)
    assert known
    assert len(known.records) == race.SEEDS * len(race.WAYS)
    limit = race.convolution().parameters
    assert all(result.parameters <= limit for result in known.records)
    shares = {name: race.of(known.records, name, "maps") for name in ("clustered", "hashed", "conv")}
    assert min(shares["conv"]) > max(shares["clustered"]) > max(shares["hashed"])
    told = race.sentence(known.records)
    assert told.startswith("**Global max pooling: convolution")
    rows = [line.strip("| ").split(" | ") for line in race.as_table(known.records).splitlines()[2:]]
    assert [row[3] == "—" for row in rows] == [True, False, False, False]
    mean, spread = 100 * np.mean(shares["conv"]), 100 * np.std(shares["conv"])
    assert rows[-1] == ["Convolution", "586", rows[-1][2], f"{mean:.1f}% ± {spread:.1f}"]


def test_in_the_recorded_race_a_convolution_whose_every_unit_is_read_is_not_ahead_and_the_page_says_why() -> None:
    known = recorded("equal", 0, race.Result)
    assert known
    shares = {name: np.mean(race.of(known.records, name, "units")) for name in race.TITLES}
    assert shares["clustered"] > shares["conv"]
    assert "pay here only if position is ignored" in race.sentence(known.records)


def test_before_it_has_run_nothing_is_claimed() -> None:
    assert "**" not in race.sentence(())
    assert "25,786 and 9,930 parameters" in race.scope()  # 25·64·16 + 16 + 170, 145·64 + 65·10
    assert "%" not in race.as_table(())


def test_a_race_goes_on_where_it_stood() -> None:
    (result, done), *_ = race.experiment(0, after=race.SEEDS * len(race.WAYS) - 1)
    assert (result.name, result.readout, result.seed, done) == ("conv", "maps", 4, 35)


def test_that_it_matters_which_weights_are_tied_is_said_where_the_seeds_show_it() -> None:
    def results(conv: float) -> list[race.Result]:
        shares = {"small": 0.5, "clustered": 0.4, "hashed": 0.3, "conv": conv}
        ways = [(name, readout, seed) for name, readout in race.WAYS for seed in (0, 1)]
        return [race.Result(name, readout, seed, 1, shares[name] + seed / 10) for name, readout, seed in ways]

    assert "It matters" in race.sentence(results(0.8))
    assert "It matters" not in race.sentence(results(0.35))
    assert "It matters" not in race.sentence(results(0.8)[::2])
    assert "pay here only if" not in race.sentence(results(0.8))  # it is ahead with flattened maps too
