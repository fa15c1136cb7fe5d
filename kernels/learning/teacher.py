"""Teacher–student: how near layers of every kind come to a known kernel from n noisy examples.

    y = W_o x + v,  x white with variance 1, v with variance σ², W_o the convolution by the teacher's kernel
    θ̂ = the least-squares fit of the student's wiring to n pairs (x, y)
    E‖(Ŵ − W_o) x‖² = ‖Ŵ − W_o‖²  →  σ²·p/n,   p the student's free parameters, n well above what one output reads

The limit is the textbook's variance of least squares, added up over the outputs; it is the same line for every kind, so
a student with fewer parameters needs fewer examples in proportion. With fewer examples than an output reads there are
many perfect fits, and the smallest is taken.
"""

from dataclasses import dataclass
from math import isfinite, prod

import numpy as np

from kernels.layer.counts import Kind
from kernels.layer.kinds import ConvWiring, wiring
from kernels.layer.spec import Floats, LayerSpec, Shape, SpecError, whole
from kernels.layer.wiring import Wiring

MOST = 2**22  # numbers in all pictures of one fit: 34 MB


@dataclass(frozen=True, slots=True, eq=False)
class Teacher:
    """A kernel (K, L) that slides over white pictures of side × side. noise: σ². Raises SpecError."""

    kernel: Floats
    side: int = 8
    noise: float = 0.1

    def __post_init__(self) -> None:
        whole("side", self.side, 1)
        if not (isfinite(self.noise) and self.noise >= 0):
            raise SpecError(f"noise must be >= 0, got {self.noise}")
        self.spec.out_shape(self.in_shape)

    @property
    def in_shape(self) -> Shape:
        return 1, self.side, self.side

    @property
    def spec(self) -> LayerSpec:
        return LayerSpec((self.kernel.shape[0], self.kernel.shape[1]))

    def student(self, kind: Kind) -> ConvWiring:
        """The wiring of a layer of this kind; a tiled one repeats after a third of the map."""
        rows = self.side - self.kernel.shape[0] + 1
        return wiring(kind, self.spec, self.in_shape, max(2, rows // 3))


def excess(teacher: Teacher, student: Wiring, n: int, seed: int) -> float:
    """‖Ŵ − W_o‖² after n examples: the error on new pictures beyond the noise, summed over the outputs.

    >>> teacher = Teacher(np.array([[1.0, -1.0]]), side=4, noise=0.0)
    >>> excess(teacher, teacher.student("conv"), n=50, seed=0) < 1e-20  # without noise the kernel is recovered
    True
    """
    whole("n", n, 1)
    if n * prod(teacher.in_shape) > MOST:
        raise SpecError(f"n must be <= {MOST // prod(teacher.in_shape):,} for a side of {teacher.side}, got {n}")
    rng = np.random.default_rng([seed, n])
    right = teacher.student("conv").matrix(teacher.kernel.ravel())
    x = rng.standard_normal((n, right.shape[1]))
    y = x @ right.T + np.sqrt(teacher.noise) * rng.standard_normal((n, right.shape[0]))
    lost = student.matrix(least_squares(student, x, y)) - right
    return float(lost.multiply(lost).sum())


def least_squares(student: Wiring, x: Floats, y: Floats) -> Floats:
    """θ of least Σ‖y − W x‖² over the examples x (n, inputs), y (n, outputs); of several the one of least ‖θ‖.

    Outputs with the same weights are fitted together. Raises SpecError where outputs do not all read equally much.

    >>> from kernels import LayerSpec, wiring
    >>> shared, x = wiring("conv", LayerSpec((1, 2)), (1, 1, 3)), np.eye(3)
    >>> least_squares(shared, x, x @ shared.matrix([2.0, 5.0]).T).round(9).tolist()
    [2.0, 5.0]
    """
    counts = np.bincount(student.targets, minlength=student.shape[0])
    if (counts != counts[0]).any():
        raise SpecError(f"student must give every output the same number of connections, got {set(counts.tolist())}")
    by_target = np.argsort(student.targets, kind="stable")
    ids, sources = (part[by_target].reshape(student.shape[0], -1) for part in (student.ids, student.sources))
    theta = np.zeros(student.n_params)
    first = np.unique(ids[:, 0], return_index=True)[1]
    for own in ids[first]:
        together = np.flatnonzero(ids[:, 0] == own[0])
        gram, moment = np.zeros((len(own), len(own))), np.zeros(len(own))
        for t in together:  # the normal equations: no table of all rows is ever made
            seen = x[:, sources[t]]
            gram += seen.T @ seen
            moment += seen.T @ y[:, t]
        theta[own] = np.linalg.lstsq(gram, moment)[0]
    return theta


def expected_excess(teacher: Teacher, student: Wiring, n: Floats) -> Floats:
    """σ²·p/n for each of the numbers of examples n.

    >>> teacher = Teacher(np.ones((3, 3)), noise=0.1)
    >>> expected_excess(teacher, teacher.student("conv"), np.array([9.0, 90.0])).tolist()
    [0.1, 0.01]
    """
    line: Floats = teacher.noise * student.n_params / n
    return line
