"""Deep Compression's figure 3 as the page shows it, and what clustering a network does to it."""

import re
from base64 import b64decode
from dataclasses import replace

import numpy as np
import pytest

from components.pages.sharing import clustering
from components.pages.sharing.clustering import GRADIENT, Point
from components.pages.sharing.state import Clustering, text_of, typed
from components.session.recorded import recorded
from kernels.sharing.clustered import clusters

IDS = [[3, 0, 2, 1], [1, 1, 0, 3], [0, 3, 1, 0], [3, 1, 2, 2]]  # the paper's


@pytest.mark.parametrize("k", [1, 4, 8])
def test_the_example_is_one_step_of_deep_compression_with_the_paper_s_weights(k: int) -> None:
    own = replace(Clustering(), clusters=k, step=0.5)
    made, found = clustering.example(own), clusters(np.ravel(own.weights), k)
    assert made.names.ravel().tolist() == found.names.tolist()
    for name, centroid in enumerate(found.centroids):
        summed = GRADIENT[made.names == name].sum()
        assert made.found.centroids[name] == centroid
        assert (made.summed[name], made.tuned[name]) == pytest.approx((summed, centroid - 0.5 * summed))
    assert made.saving == 16 * 32 / found.bits()
    if k == 4:
        assert "3.2 times" in clustering.sentence(own)  # as the paper has it


def test_cells_have_the_colour_of_their_cluster_and_the_text_alternative_its_numbers() -> None:
    weights, names, *_, by_colour = clustering.as_cards(Clustering())
    fills = [re.findall(r'<rect[^>]*fill="(#\w+)"', _svg(card.pictures[0].src)) for card in (weights, by_colour)]
    shown = {(id, fill) for id, fill in zip(np.ravel(IDS).tolist(), fills[0], strict=True)}
    assert len(shown) == 4 == len(set(fills[0]))
    assert fills[1][::3] == [fill for _, fill in sorted(shown)]
    assert weights.pictures[0].alt.startswith("Weights: 2.09, −0.98, 1.48, 0.09;")
    assert names.pictures[0].alt == "Clusters: 3, 0, 2, 1; 1, 1, 0, 3; 0, 3, 1, 0; 3, 1, 2, 2"
    assert by_colour.pictures[0].alt == "By colour: −1, −0.03, −0.97; 0, 0.04, −0.04; 1.5, 0.02, 1.48; 2, 0.04, 1.96"


def _svg(url: str) -> str:
    return b64decode(url.split(",", 1)[1]).decode()


def test_weights_are_read_as_they_are_written_and_others_are_refused_in_words() -> None:
    own = Clustering()
    assert typed(own, text_of(own.weights)) == own
    assert typed(own, "[1 2 3 4; 5 6 7 8; 9 10 11 12; 13 14 15 16]").weights[3] == (13, 14, 15, 16)
    for text in ("1 2; 3 4", "", "<b>", "1 2 3 4; 5 6 7 8; 9 10 11 12; 13 14 15 x"):
        with pytest.raises(ValueError, match=r"\w"):
            typed(own, text)


def test_a_tied_layer_starts_at_the_means_and_keeps_every_bias() -> None:
    first, _ = clustering.layers()
    theta = np.random.default_rng(0).normal(size=first.parameters(clustering.IN_SHAPE)).astype(np.float32)
    part = clustering.tied(first, theta, clustering.IN_SHAPE, 4)
    weights, biases = first.split(theta, clustering.IN_SHAPE)
    spread, kept = first.split(part.theta[part.layer.ids], clustering.IN_SHAPE)
    np.testing.assert_array_equal(kept, biases)
    assert len(np.unique(spread)) == 4
    for value in np.unique(spread):
        assert value == pytest.approx(weights[spread == value].mean(), abs=1e-6)
    assert part.size == weights.size * 2 / 8 + 4 * 4 + 4 * biases.size


def test_the_recorded_network_loses_little_with_few_values_and_fine_tuning_gives_back_what_two_cost() -> None:
    known = recorded("clusters", 0, Point)
    assert known
    assert [point.clusters for point in known.records] == [0, *clustering.CLUSTERS]
    whole, few, *_, most = known.records
    assert whole.size == 4 * (65 * 32 + 33 * 10)
    assert few.before < few.after < whole.after
    assert most.after > whole.after - 0.02
    assert [point.size for point in known.records[1:]] == sorted(point.size for point in known.records[1:])
    assert clustering.told(known.records).startswith("**")
    assert "Nothing measured" not in clustering.chart_alt(known.records)


def test_without_points_the_page_says_what_would_be_done() -> None:
    assert clustering.told(()).startswith("A network of 32 hidden units")
    assert clustering.chart_alt(()).endswith("Nothing measured yet.")
    assert len(clustering.chart(()).data) == 2


def test_the_first_point_is_the_network_as_trained_and_a_later_slice_says_when_it_is_trained_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clustering, "LEARN", replace(clustering.LEARN, epochs=1))
    point, done = next(clustering.experiment(0))
    assert point
    assert (point.clusters, point.size, done) == (0, 4 * (65 * 32 + 33 * 10), 1)
    assert 0.1 < point.before == point.after < 1  # it has learned something
    assert next(clustering.experiment(0, after=1)) == (None, 1)
