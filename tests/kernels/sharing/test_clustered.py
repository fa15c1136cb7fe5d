"""Deep Compression's figure 3, number by number, and k-means by loops."""

import numpy as np
import pytest
from scipy.cluster.vq import kmeans2

from kernels import LayerSpec, SpecError, Wiring, wiring
from kernels.sharing.clustered import Clusters, clustered, clusters

WEIGHTS = [[2.09, -0.98, 1.48, 0.09], [0.05, -0.14, -1.08, 2.12], [-0.91, 1.92, 0, -1.03], [1.87, 0, 1.53, 1.49]]
IDS = [[3, 0, 2, 1], [1, 1, 0, 3], [0, 3, 1, 0], [3, 1, 2, 2]]
GRADIENT = [
    [-0.03, -0.01, 0.03, 0.02],
    [-0.01, 0.01, -0.02, 0.12],
    [-0.01, 0.02, 0.04, 0.01],
    [-0.07, -0.02, 0.01, -0.02],
]


def test_the_figure_of_han_mao_and_dally_comes_out_number_by_number() -> None:
    found = clusters(np.ravel(WEIGHTS), 4)
    assert found.names.reshape(4, 4).tolist() == IDS
    assert found.centroids.round(2).tolist() == [-1.0, 0.0, 1.5, 2.0]
    dense = wiring("dense", LayerSpec((1, 4), out_channels=4), (1, 1, 4))
    tied = clustered(dense, np.ravel(WEIGHTS), 4)
    summed = tied.collect(GRADIENT)
    np.testing.assert_allclose(summed, [-0.03, 0.04, 0.02, 0.04], rtol=0, atol=1e-12)
    assert (found.centroids.round(2) - summed).round(2).tolist() == [-0.97, -0.04, 1.48, 1.96]  # at a rate of 1
    assert 16 * 32 / found.bits() == 3.2


@pytest.mark.filterwarnings("ignore:One of the clusters is empty")
@pytest.mark.parametrize(("n", "k"), [(16, 4), (200, 7), (1000, 64), (50, 40)])
def test_scipys_kmeans_from_the_same_start_gives_the_same_clusters(n: int, k: int) -> None:
    theta = np.random.default_rng(n).standard_normal(n)
    centroids, names = kmeans2(theta, np.linspace(theta.min(), theta.max(), k), iter=100, minit="matrix")
    found = clusters(theta, k)
    np.testing.assert_allclose(found.weights, centroids[names], rtol=1e-12)
    assert found.weights.tolist() == [found.centroids[name] for name in found.names]


def test_no_cluster_is_empty_and_few_values_need_few_clusters() -> None:
    found = clusters([1.0, 1.0, 5.0], 8)
    assert (found.names.tolist(), found.centroids.tolist()) == ([0, 0, 1], [1.0, 5.0])
    assert clusters([2.0, 2.0], 3).centroids.tolist() == [2.0]
    assert Clusters(np.zeros(5, dtype=int), np.ones(1)).bits() == 32  # a single value needs no names


@pytest.mark.parametrize(
    ("theta", "k", "said"), [([], 2, "theta"), ([np.nan], 1, "theta"), ([[1.0]], 1, "theta"), ([1.0], 0, "k must")]
)
def test_what_cannot_be_clustered_is_refused_by_name(theta: list[float], k: int, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        clusters(theta, k)


def test_a_clustered_wiring_keeps_the_connections() -> None:
    conv = wiring("conv", LayerSpec(2), (1, 3, 3))
    tied = clustered(conv, [1.0, 1.1, 5.0, 5.1], 2)
    assert isinstance(tied, Wiring)
    assert tied.ids.tolist() == [id // 2 for id in conv.ids.tolist()]
    assert (tied.targets.tolist(), tied.sources.tolist()) == (conv.targets.tolist(), conv.sources.tolist())
