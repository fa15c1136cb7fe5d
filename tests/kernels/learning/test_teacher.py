"""A student is the least-squares fit of its wiring, and how far it ends from its teacher is σ²·p/n."""

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import KINDS, Kind, LayerSpec, SpecError, wiring
from kernels.learning.teacher import MOST, Teacher, excess, expected_excess, least_squares
from tests.support.oracles import Geometry, Key, loop_connections

Array = NDArray[np.float64]
KERNEL = np.array([[1.0, -0.5, 0.25], [0.5, 2.0, -1.0], [0.0, 0.75, -0.25]])
every_kind = pytest.mark.parametrize("kind", KINDS)


def period_of(side: int, rows_of_kernel: int) -> int:
    """A third of the map, and at least 2: between the convolution and the locally connected layer."""
    return max(2, (side - rows_of_kernel + 1) // 3)


def named(kind: Kind, side: int, kernel: tuple[int, int]) -> tuple[list[tuple[int, int, Key]], list[Key]]:
    """The connections, and the parameters in the order of θ: tap after tap, and of a tap place after place."""
    period = period_of(side, kernel[0])
    found = loop_connections(kind, Geometry("", (1, side, side), kernel), (period, period))
    return found, sorted({key for _, _, key in found})


def in_loops(kind: Kind, side: int, kernel: tuple[int, int], x: Array, y: Array) -> Array:
    """NumPy's least squares on the whole design: a row for every number of every output, a column for every weight."""
    connections, keys = named(kind, side, kernel)
    design = np.zeros((*y.shape, len(keys)))
    for target, source, key in connections:
        design[:, target, keys.index(key)] += x[:, source]
    return np.linalg.lstsq(design.reshape(-1, len(keys)), y.ravel())[0].astype(np.float64)


def drawn(n: int, side: int, kernel: tuple[int, int]) -> tuple[Array, Array]:
    """Inputs, and targets that no student can fit."""
    rng = np.random.default_rng(n)
    outputs = (side - kernel[0] + 1) * (side - kernel[1] + 1)
    return rng.standard_normal((n, side * side)), rng.standard_normal((n, outputs))


@every_kind
@pytest.mark.parametrize(("side", "kernel"), [(5, (2, 3)), (6, (5, 4)), (3, (3, 3))], ids=str)
def test_a_fit_is_numpys_least_squares_on_the_whole_design(kind: Kind, side: int, kernel: tuple[int, int]) -> None:
    """Also with fewer examples than weights: then of all the perfect fits the shortest θ."""
    for n in (1, 3, 12, 30):
        x, y = drawn(n, side, kernel)
        student = Teacher(np.ones(kernel), side).student(kind)
        wanted = in_loops(kind, side, kernel, x, y)
        assert student.n_params == len(wanted)
        atol = 1e-9 * max(1.0, np.abs(wanted).max())
        np.testing.assert_allclose(least_squares(student, x, y), wanted, rtol=0, atol=atol)


@pytest.mark.parametrize(
    ("kind", "spec", "in_shape"),
    [
        ("conv", LayerSpec(2, 2, 3), (2, 4, 4)),
        ("conv", LayerSpec(2, 4, 2, groups=2), (4, 3, 3)),
        ("local", LayerSpec(2, 2, 2, bias=True), (2, 3, 4)),
        ("conv", LayerSpec(2, 1, 2, bias=True), (1, 4, 3)),
        ("dense", LayerSpec(2, 1, 2, bias=True), (1, 3, 3)),
        ("conv", LayerSpec(3, padding=1, padding_mode="circular"), (1, 4, 4)),
    ],
    ids=str,
)
def test_channels_groups_and_biases_are_fitted_too(kind: Kind, spec: LayerSpec, in_shape: tuple[int, int, int]) -> None:
    student = wiring(kind, spec, in_shape)
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((40, student.shape[1])), rng.standard_normal((40, student.shape[0]))
    design = np.zeros((40, student.shape[0], student.n_params))
    for target, source, name in zip(student.targets, student.sources, student.ids, strict=True):
        design[:, target, name] += x[:, source]
    wanted = np.linalg.lstsq(design.reshape(-1, student.n_params), y.ravel())[0]
    np.testing.assert_allclose(least_squares(student, x, y), wanted, rtol=0, atol=1e-10)


def test_a_student_whose_outputs_read_unequally_much_is_refused() -> None:
    """3, 4, 5, 5, 4 and 3 pixels: a table of four columns would hold them, in the wrong places."""
    student = wiring("conv", LayerSpec((1, 5), padding=(0, 2)), (1, 1, 6))
    x, y = drawn(50, 6, (1, 1))
    with pytest.raises(SpecError, match="the same number of connections"):
        least_squares(student, x[:, :6], y[:, :6])


@every_kind
def test_without_noise_the_hidden_kernel_is_found_everywhere(kind: Kind) -> None:
    teacher = Teacher(KERNEL, side=6, noise=0.0)
    student = teacher.student(kind)
    assert excess(teacher, student, 200, 0) < 1e-20
    rng = np.random.default_rng(0)
    x = rng.standard_normal((200, 36))
    y = np.zeros((200, 4, 4))
    for i, j, k, m in np.ndindex(4, 4, 3, 3):
        y[:, i, j] += x[:, (i + k) * 6 + j + m] * KERNEL[k, m]
    theta = least_squares(student, x, y.reshape(200, 16))
    np.testing.assert_allclose(theta, student.theta_from(KERNEL[None, None]), rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", [pytest.param("dense", marks=pytest.mark.long), *KINDS[1:]])
def test_the_excess_is_the_expected_one_from_ten_times_what_an_output_reads(kind: Kind) -> None:
    teacher = Teacher(KERNEL, 8, 0.1)
    student = teacher.student(kind)
    reads = 64 if kind == "dense" else 9
    parameters = len(named(kind, 8, (3, 3))[1])
    for n in (10 * reads, 20 * reads):
        measured = np.mean([excess(teacher, student, n, seed) for seed in range(40 if kind == "conv" else 6)])
        wanted = 0.1 * parameters / n
        assert expected_excess(teacher, student, np.array([n]))[0] == pytest.approx(wanted, rel=1e-12)
        assert 0.75 * wanted < measured < 1.25 * wanted


@every_kind
def test_the_excess_is_the_squared_distance_between_the_two_matrices(kind: Kind) -> None:
    """The excess error of these draws, fitted and measured in loops."""
    teacher = Teacher(KERNEL[:2], side=4, noise=0.5)
    rng = np.random.default_rng([7, 9])
    x, v = rng.standard_normal((9, 16)), rng.standard_normal((9, 6))
    right = np.zeros((6, 16))
    for i, j, k, m in np.ndindex(3, 2, 2, 3):
        right[i * 2 + j, (i + k) * 4 + j + m] = KERNEL[k, m]
    theta = in_loops(kind, 4, (2, 3), x, x @ right.T + np.sqrt(0.5) * v)
    connections, keys = named(kind, 4, (2, 3))
    found = np.zeros((6, 16))
    for target, source, key in connections:
        found[target, source] += theta[keys.index(key)]
    assert excess(teacher, teacher.student(kind), 9, 7) == pytest.approx(float(np.sum((found - right) ** 2)), rel=1e-9)


def test_the_seed_decides_the_examples_and_fewer_are_no_part_of_more() -> None:
    """Points of one curve are independent of each other."""
    teacher = Teacher(KERNEL, side=5, noise=1.0)
    student = teacher.student("conv")
    first, again, other = (excess(teacher, student, 30, seed) for seed in (1, 1, 2))
    assert first == again != other
    small, large = ([excess(teacher, student, n, seed) for seed in range(60)] for n in (40, 41))
    assert abs(np.corrcoef(small, large)[0, 1]) < 0.5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"noise": -0.1}, r"^noise must be >= 0, got -0\.1$"),
        ({"noise": float("nan")}, r"^noise must be >= 0, got nan$"),
        ({"noise": float("inf")}, r"^noise must be >= 0, got inf$"),
        ({"side": 0}, r"^side must be >= 1, got 0$"),
        ({"side": 4.0}, r"^side must be a whole number, got 4\.0$"),
        ({"side": 2}, r"^a kernel of 3 rows with dilation 1 spans 3 rows"),
    ],
    ids=str,
)
def test_a_teacher_that_cannot_be_is_refused(change: dict[str, float], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        Teacher(KERNEL, **change)  # type: ignore[arg-type]  # that is the point


def test_no_examples_and_more_than_there_is_room_for_are_refused() -> None:
    teacher = Teacher(KERNEL)
    student = teacher.student("conv")
    bad = {0: ">= 1, got 0", 2.5: "a whole number, got 2.5"}
    for n, message in bad.items():
        with pytest.raises(SpecError, match=f"^n must be {message}$"):
            excess(teacher, student, n, 0)  # type: ignore[arg-type]  # that is the point
    most = MOST // 64
    with pytest.raises(SpecError, match=rf"^n must be <= {most:,} for a side of 8, got {most + 1}$"):
        excess(teacher, student, most + 1, 0)
    assert excess(teacher, student, most // 8, 0) < 1e-3
    with pytest.raises(SpecError, match=r"^n must be <= 65,536 for a side of 8, got 1000000000$"):
        excess(teacher, teacher.student("dense"), 10**9, 0)
