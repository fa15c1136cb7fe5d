"""A student is the least-squares fit of its wiring, and how far it ends from its teacher is σ²·p/n."""

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import KINDS, Kind, LayerSpec, SpecError, Wiring, wiring
from kernels.learning.teacher import MOST, Teacher, excess, expected_excess, least_squares
from tests.support.oracles import Geometry, loop_connections
from tests.support.wirings import edges_of, tied_cells

Array = NDArray[np.float64]
KERNEL = np.array([[1.0, -0.5, 0.25], [0.5, 2.0, -1.0], [0.0, 0.75, -0.25]])
every_kind = pytest.mark.parametrize("kind", KINDS)
STUDENTS = [
    *(Teacher(np.ones((2, 3)), side=5).student(kind) for kind in KINDS),
    *(Teacher(np.ones((5, 4)), side=6).student(kind) for kind in KINDS),
    wiring("conv", LayerSpec(2, 2, 3), (2, 4, 4)),
    wiring("conv", LayerSpec(2, 4, 2, groups=2), (4, 3, 3)),
    wiring("local", LayerSpec(2, 2, 2, bias=True), (2, 3, 4)),
    wiring("conv", LayerSpec(2, 1, 2, bias=True), (1, 4, 3)),
    wiring("dense", LayerSpec(2, 1, 2, bias=True), (1, 3, 3)),
    wiring("conv", LayerSpec(3, padding=1, padding_mode="circular"), (1, 4, 4)),
]


def in_loops(student: Wiring, x: Array, y: Array) -> Array:
    """NumPy's least squares on the whole design: a row for every number of every output, a column for every weight."""
    design = np.zeros((*y.shape, student.n_params))
    for target, source, name in edges_of(student):
        design[:, target, name] += x[:, source]
    return np.linalg.lstsq(design.reshape(-1, student.n_params), y.ravel())[0].astype(np.float64)


@pytest.mark.parametrize("student", STUDENTS, ids=lambda student: f"{student.n_params} weights for {student.shape}")
def test_a_fit_is_numpys_least_squares_on_the_whole_design(student: Wiring) -> None:
    """Also with fewer examples than weights: then of all the perfect fits the shortest θ."""
    for n in (1, 3, 12, 40):
        rng, (outputs, inputs) = np.random.default_rng(n), student.shape
        x, y = rng.standard_normal((n, inputs)), rng.standard_normal((n, outputs))
        wanted = in_loops(student, x, y)
        atol = 1e-9 * max(1.0, np.abs(wanted).max())
        np.testing.assert_allclose(least_squares(student, x, y), wanted, rtol=0, atol=atol)


@every_kind
@pytest.mark.parametrize(("side", "kernel", "period"), [(5, (2, 3), 2), (8, (2, 4), 2), (12, (3, 2), 3)], ids=str)
def test_a_student_is_a_layer_of_its_kind_and_a_tiled_one_repeats_after_a_third_of_the_map(
    kind: Kind, side: int, kernel: tuple[int, int], period: int
) -> None:
    g = Geometry("", (1, side, side), kernel)
    found = edges_of(Teacher(np.ones(kernel), side).student(kind))
    assert tied_cells(found) == tied_cells(loop_connections(kind, g, (period, period)))


def test_a_student_whose_outputs_read_unequally_much_is_refused() -> None:
    """3, 4, 5, 5, 4 and 3 pixels: a table of four columns would hold them, in the wrong places."""
    student = wiring("conv", LayerSpec((1, 5), padding=(0, 2)), (1, 1, 6))
    x = np.random.default_rng(0).standard_normal((50, 6))
    with pytest.raises(SpecError, match="the same number of connections"):
        least_squares(student, x, x)


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
    for n in (10 * reads, 20 * reads):
        measured = np.mean([excess(teacher, student, n, seed) for seed in range(40 if kind == "conv" else 6)])
        wanted = 0.1 * student.n_params / n
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
    student = teacher.student(kind)
    theta = in_loops(student, x, x @ right.T + np.sqrt(0.5) * v)
    found = student.matrix(theta).toarray()
    assert excess(teacher, student, 9, 7) == pytest.approx(float(np.sum((found - right) ** 2)), rel=1e-9)


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
